"""Small worlds for profiles: a round worked by hand, networks that share with a group."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from trama.diagnose.models import AnonymousUse, Evidence, Priority, PriorityList, Round, Share

RESULTS = "/autodiagnostico/rodadas/{}/resultado/"
SHARING = "/autodiagnostico/rodadas/{}/compartilhar/"
RECEIVED = "/autodiagnostico/compartilhados/"


def far(days: int = 30) -> date:
    """A day to come, within every mandate that a test meets."""
    return timezone.localdate() + timedelta(days=days)


def a_share(of: Round, *, group: Any = None, network: Any = None, organisation: Any = None, **fields: Any) -> Share:
    """A standing share by name, over criteria, unless told otherwise."""
    values = {
        "detail": "criteria",
        "named": True,
        "granted_by": of.opened_by,
        "granted_at": timezone.now() - timedelta(days=1),
        "until": far(),
        **fields,
    }
    return Share.objects.create(round=of, group=group, network=network, organisation=organisation, **values)


def evidence_for(of: Round, position: int) -> None:
    """One link for the item at a position."""
    with make.before_submission(of):
        Evidence.objects.create(
            item=of.items.get(position=position),
            member=of.members.first(),
            kind="link",
            title="Ata",
            address="https://exemplo.org/ata",
            added_at=make.NOON,
        )


def sign(of: Round, positions: Sequence[int]) -> PriorityList:
    """The priorities that an owner decided and signed."""
    made = PriorityList.objects.create(round=of)
    for n, position in enumerate(positions, start=1):
        Priority.objects.create(list=made, item=of.items.get(position=position), position=n, computed_position=n)
    PriorityList.objects.filter(pk=made.pk).update(
        decided_at=make.NOON, decided_by=of.opened_by, signed_at=make.NOON, signed_by=of.opened_by
    )
    return made


def sharing_networks(levels: Sequence[Sequence[int | None]], *, version: Any = None, **fields: Any) -> Any:
    """A group, and one network per row that shares its submitted round with it; without a name unless told."""
    shared = version or make.an_instrument()
    networks = [accounts.a_network() for _ in levels]
    group = accounts.a_group(*networks)
    rounds = [
        make.a_submitted_round(network, row, version=shared) for network, row in zip(networks, levels, strict=True)
    ]
    for of in rounds:
        a_share(of, group=group, **{"named": False, **fields})
    return group, rounds


def agree_anonymously(of: Round) -> AnonymousUse:
    return AnonymousUse.objects.create(round=of, agreed_by=of.opened_by, agreed_at=make.NOON)


def again(of: Round, levels: Sequence[int | None], *, at: datetime) -> None:
    """The round is reopened, agreed anew and submitted at another instant."""
    with make.before_submission(of):
        for item, level in zip(of.items.order_by("position"), levels, strict=True):
            item.agreement.level = level
            item.agreement.save()
    Round.objects.filter(pk=of.pk).update(submitted_at=at)
