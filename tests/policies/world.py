"""A small country for the matrix: whose things there are. ``actors`` has who asks, ``targets`` where addresses lead."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.accounts import factories as make
from trama.accounts.models import Invitation, Profile, RenewalRequest, User
from trama.accounts.roles.vocabulary import Role

CODE = "a-code-that-only-these-tests-know"


@dataclass
class World:
    """Network ``a`` is where things happen; ``b`` is in its state, ``c`` in its group, ``d`` elsewhere."""

    a: Any
    b: Any
    c: Any
    d: Any
    school: Any
    sibling_school: Any
    far_school: Any
    group: Any
    far_group: Any
    programme: Any
    partner: Any
    far_partner: Any
    member: Profile
    member_d: Profile
    invitation: Invitation
    renewal: RenewalRequest
    round: Any  # being answered in ``a``, coordinated by somebody without any role
    receipt: Any


def _invitation(network: Any, by: User) -> Invitation:
    from trama.accounts.roles.invitations import _hash

    return Invitation.objects.create(
        email="convidada@exemplo.org",
        role=Role.NETWORK_TEAM,
        network=network,
        code_hash=_hash(CODE),
        invited_by=by,
        created_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=7),
    )


def _round(network: Any, by: User) -> Any:
    """A round of a network, with an invitation that ``CODE`` opens."""
    from tests.diagnose import factories
    from trama.diagnose.models import RoundInvitation
    from trama.diagnose.rounds.selectors import code_hash

    made = factories.a_round(network, factories.an_instrument(slug="matriz"), by=by)
    RoundInvitation.objects.create(
        round=made,
        email="convidada@exemplo.org",
        code_hash=code_hash(CODE),
        language="pt-br",
        invited_by=by,
        created_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=7),
    )
    return made


def _receipt(of: Any) -> Any:
    from trama.diagnose.rounds.services import finish_part

    return finish_part(of.members.get(), submission=uuid.uuid4(), by=of.opened_by, at=timezone.now())


def a_world() -> World:
    a, b, c, d = make.a_network(26), make.a_network(26), make.a_network(29), make.a_network(35)
    inviter = make.a_person()
    member = make.give_profile(make.a_person(), Role.NETWORK_TEAM, a)
    asked = _round(a, make.a_person())
    return World(
        a=a,
        b=b,
        c=c,
        d=d,
        school=make.a_school(a),
        sibling_school=make.a_school(b),
        far_school=make.a_school(d),
        group=make.a_group(a, c),
        far_group=make.a_group(d),
        programme=make.the_programme(),
        partner=make.a_partner(),
        far_partner=make.a_partner(),
        member=member,
        member_d=make.give_profile(make.a_person(), Role.NETWORK_TEAM, d),
        invitation=_invitation(a, inviter),
        renewal=RenewalRequest.objects.create(
            network=d,
            asked_by=inviter,
            asked_at=timezone.now(),
            act_number="12/2029",
            act_date=date(2029, 1, 2),
            document=a_document(),
        ),
        round=asked,
        receipt=_receipt(asked),
    )


def a_document() -> Any:
    from django.core.files.base import ContentFile

    return ContentFile(b"%PDF-1.4 act", name="act.pdf")
