"""What the checked pages show beyond the shared data: a call being written, a member, an offer, a request, a job."""

from datetime import date, timedelta
from typing import Any

CODE = "um-codigo-que-so-estes-testes-conhecem"


def prepare(*, network: Any, principal: Any, newcomer: Any, team: Any, programme: Any) -> None:
    """Make them once; a database that has them already stays as it is."""
    from tests.programme import factories
    from trama.programme.models import Call

    if not Call.objects.filter(slug="rascunho").exists():
        call = factories.call("rascunho", state="draft", organisation=programme)
        category = factories.category(call)
        factories.version(category, factories.all_of(factories.POPULATION))
        factories.version(
            category, factories.all_of(factories.POPULATION, factories.ENROLMENT), published=False, number=2
        )
    _job(team)
    if network is not None:
        _people_of(network, principal, newcomer)


def _job(team: Any) -> None:
    from django.utils import timezone

    from trama.foundation.models import Job

    now = timezone.now()
    Job.objects.get_or_create(
        name="tests.shown", by=team, defaults={
            "title": "Importação de um arquivo", "created_at": now, "started_at": now, "heartbeat_at": now,
            "state": Job.State.FAILED, "finished_at": now, "done": 40, "total": 100, "error": "O arquivo está vazio.",
        },
    )  # fmt: skip


def _people_of(network: Any, principal: Any, newcomer: Any) -> None:
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from trama.accounts.models import Invitation, Profile, RenewalRequest
    from trama.accounts.roles.invitations import _hash

    member, new = get_user_model().objects.get_or_create(
        email="coordena@exemplo.org.br", defaults={"name": "Técnica da Rede"}
    )
    if not new:
        return
    given = {"start": date(2025, 1, 1), "end": date(2029, 1, 1)}
    Profile.objects.create(user=member, role="network_team", network=network, **given)
    now = timezone.now()
    Invitation.objects.create(
        email=newcomer.email, role="network_team", network=network, code_hash=_hash(CODE), invited_by=principal,
        created_at=now, expires_at=now + timedelta(days=7),
    )  # fmt: skip
    RenewalRequest.objects.create(
        network=network, asked_by=newcomer, asked_at=now, act_number="Portaria 1", act_date=date(2025, 1, 2)
    )
