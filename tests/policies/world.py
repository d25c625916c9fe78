"""A small country for the matrix: actors, what is theirs, what is their neighbours', and where each address leads.

New routes with arguments need one line in ``TARGETS``; routes that answer something else than a page need one in
``OTHER_ANSWERS``. Everything else is found by walking the resolver.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone

from tests.accounts import factories as make
from trama.accounts.models import Invitation, Profile, RenewalRequest, User
from trama.accounts.roles.vocabulary import NETWORK_TOOLS, PROGRAMME_TEAM_TOOLS, PROGRAMME_TOOLS, Role
from trama.foundation.policies import ANONYMOUS, SIGNED_IN, Relation

CODE = "a-code-that-only-these-tests-know"
EVERY_NETWORK_TOOL = dict.fromkeys((tool.value for tool in NETWORK_TOOLS), "edit")


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


def a_world() -> World:
    a, b, c, d = make.a_network(26), make.a_network(26), make.a_network(29), make.a_network(35)
    inviter = make.a_person()
    member = make.give_profile(make.a_person(), Role.NETWORK_TEAM, a)
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
            document=_a_document(),
        ),
    )


def _a_document() -> Any:
    from django.core.files.base import ContentFile

    return ContentFile(b"%PDF-1.4 act", name="act.pdf")


# --- actors -------------------------------------------------------------------------------------------------------


@dataclass
class Actor:
    """Who asks. ``roles`` and ``tools`` are written by hand, not asked from the code under test."""

    name: str
    user: User | None
    roles: frozenset[str] = frozenset()
    tools: dict[str, str] = field(default_factory=dict)
    own: Any = None
    sibling: Any = None
    other: Any = None
    signed_in: bool = True
    led_elsewhere: bool = False  # refused pages may lead to the choice of profile or to the second factor

    @property
    def holds(self) -> frozenset[str]:
        """Roles of the register: everyone is anonymous, who signed in is also that."""
        return self.roles | ({ANONYMOUS, SIGNED_IN} if self.signed_in else {ANONYMOUS})

    def expects(self, policy: Any, relation: Relation | None) -> bool:
        """What the declaration says, read independently of ``policies.may``. Relation None: any at all."""
        for role in self.holds:
            relations = policy.allow.get(role, frozenset())
            admitted = bool(relations) if relation is None else relation in relations
            if admitted and (not policy.tool or self._uses(role, policy)):
                return True
        return False

    def _uses(self, role: str, policy: Any) -> bool:
        if role in (ANONYMOUS, SIGNED_IN):
            return True
        return (policy.access == "edit" and self.tools.get(policy.tool) == "edit") or (
            policy.access == "view" and policy.tool in self.tools
        )


def _held(role: str, own: Any, sibling: Any, other: Any, tools: dict[str, str] | None = None, **grants: str) -> Actor:
    user = make.person_with(role, own, tools=grants or None)
    return Actor("", user, frozenset({role}), tools if tools is not None else dict(grants), own, sibling, other)


def _without_role(world: World, user: User | None, **fields: Any) -> Actor:
    return Actor("", user, own=world.a, sibling=world.b, other=world.d, **fields)


def _revoked(world: World) -> Actor:
    user = make.person_with(Role.NETWORK_PRINCIPAL, world.a)
    user.profiles.update(revoked_at=datetime(2026, 1, 1, tzinfo=UTC))
    return _without_role(world, user)


def _suspended(world: World) -> Actor:
    user = make.person_with(Role.NETWORK_PRINCIPAL, world.a, is_active=False)
    return _without_role(world, user, signed_in=False)


def _expired(world: World) -> Actor:
    user = make.person_with(Role.NETWORK_PRINCIPAL, world.a, start=date(2021, 1, 1), end=date(2025, 1, 1))
    return _without_role(world, user)


def _asleep(world: World) -> Actor:
    user = make.person_with(Role.NETWORK_PRINCIPAL, world.a, second_factor=False)
    return _without_role(world, user, led_elsewhere=True)


def _undecided(world: World) -> Actor:
    """Several profiles, none chosen. Outside a request every profile counts, so only the pages are asked."""
    user = make.person_with(Role.NETWORK_PRINCIPAL, world.a)
    make.give_profile(user, Role.TEACHER, world.school)
    return _without_role(world, user, led_elsewhere=True)


def _half(world: World) -> Actor:
    return _without_role(world, make.person_with(Role.NETWORK_PRINCIPAL, world.a), signed_in=False)


ACTORS: dict[str, Callable[[World], Actor]] = {
    "anonymous": lambda world: _without_role(world, None, signed_in=False),
    "half-authenticated": _half,
    "suspended": _suspended,
    "just revoked": _revoked,
    "expired mandate": _expired,
    "no profile": lambda world: _without_role(world, make.a_person()),
    "role asleep": _asleep,
    "undecided": _undecided,
    "network principal": lambda w: _held(Role.NETWORK_PRINCIPAL, w.a, w.b, w.d, EVERY_NETWORK_TOOL),
    "network principal, group": lambda w: _held(Role.NETWORK_PRINCIPAL, w.a, w.c, w.d, EVERY_NETWORK_TOOL),
    "neighbour principal": lambda w: _held(Role.NETWORK_PRINCIPAL, w.b, w.a, w.d, EVERY_NETWORK_TOOL),
    "far principal": lambda w: _held(Role.NETWORK_PRINCIPAL, w.d, make.a_network(35), w.a, EVERY_NETWORK_TOOL),
    "network team, no tool": lambda w: _held(Role.NETWORK_TEAM, w.a, w.b, w.d, {}),
    "network team, views": lambda w: _held(Role.NETWORK_TEAM, w.a, w.b, w.d, team="view", calls="view"),
    "network team, edits": lambda w: _held(Role.NETWORK_TEAM, w.a, w.b, w.d, team="edit"),
    "state principal": lambda w: _held(Role.STATE_PRINCIPAL, make.a_state_network(26), w.a, w.d, EVERY_NETWORK_TOOL),
    "state team": lambda w: _held(Role.STATE_TEAM, make.a_state_network(26), w.a, w.d, calls="edit"),
    "school principal": lambda w: _held(Role.SCHOOL_PRINCIPAL, w.school, w.a, w.far_school, {}),
    "pedagogical coordinator": lambda w: _held(
        Role.PEDAGOGICAL_COORDINATOR, w.school, w.sibling_school, w.far_school, {}
    ),
    "teacher": lambda w: _held(Role.TEACHER, w.school, w.sibling_school, w.d, {}),
    "school clerk": lambda w: _held(Role.SCHOOL_CLERK, w.school, w.sibling_school, w.far_school, {}),
    "group coordinator": lambda w: _held(Role.GROUP_COORDINATOR, w.group, w.a, w.far_group, {}),
    "trainer": lambda w: _held(Role.TRAINER, w.partner, None, w.far_partner, {}),
    "programme team": lambda w: _held(
        Role.PROGRAMME_TEAM, w.programme, None, w.a, dict.fromkeys((t.value for t in PROGRAMME_TEAM_TOOLS), "edit")
    ),
    "programme admin": lambda w: _held(
        Role.PROGRAMME_ADMIN, w.programme, None, w.a, dict.fromkeys((t.value for t in PROGRAMME_TOOLS), "edit")
    ),
}


def actor_of(name: str, world: World) -> Actor:
    actor = ACTORS[name](world)
    actor.name = name
    return actor


# --- addresses ----------------------------------------------------------------------------------------------------


def _job(world: World) -> dict[str, Any]:
    job = apps.get_model("foundation", "Job").objects.create(
        id=uuid.uuid4(), name="tests.matrix", title="Tarefa", created_at=timezone.now()
    )
    return {"pk": job.pk}


def _passkey(world: World) -> dict[str, Any]:
    return {"pk": 987654}  # of nobody: everyone's own account answers 404


def _call(slug: str, state: str, *, draft_rule: bool) -> dict[str, Any]:
    """A call of the programme with one category and one version of its rule."""
    from tests.programme import factories

    call = apps.get_model("programme", "Call").objects.filter(slug=slug).first()
    if call is None:
        call = factories.call(slug, state=state)
        category = factories.category(call)
        factories.version(category, factories.all_of(factories.POPULATION))
        if draft_rule:
            two = factories.all_of(factories.POPULATION, factories.ENROLMENT)
            factories.version(category, two, published=False, number=2)
    return {"slug": slug}


def _public(world: World) -> dict[str, Any]:
    return _call("chamada", "published", draft_rule=False)


def _draft(world: World, **more: str) -> dict[str, Any]:
    return {**_call("rascunho", "draft", draft_rule=True), **more}


def _release(world: World) -> dict[str, Any]:
    from tests.know import factories

    model = apps.get_model("know", "Release")
    return {"pk": (model.objects.filter(source="tests").first() or factories.release("tests")).pk}


def _indicator(world: World) -> dict[str, Any]:
    from tests.know import factories

    return {"code": factories.indicator("ideb").code}


def guessed(path: str, world: World) -> dict[str, Any]:
    """Arguments of an address that nobody listed, by the names they usually have."""
    usual = {
        "code": world.a.place_id,
        "network_id": world.a.pk,
        "kind": "csv",
        "extension": "csv",
        "category_slug": "municipal",
    }
    return {name: usual[name] for name in re.findall(r"<(?:\w+:)?(\w+)>", path) if name in usual}


# view name -> (arguments, the thing it opens; None: not a thing of somebody)
Target = Callable[[World], tuple[dict[str, Any], Any]]
TARGETS: dict[str, Target] = {
    "know:place": lambda w: ({"code": w.a.place_id}, None),
    "know:network": lambda w: ({"network_id": w.a.pk}, None),
    "foundation:job": lambda w: (_job(w), None),
    "know:compare_export": lambda w: ({"kind": "csv"}, None),
    "know:group": lambda w: ({"slug": w.group.slug}, None),
    "know:group_export": lambda w: ({"slug": w.group.slug, "kind": "csv"}, None),
    "know:indicator": lambda w: (_indicator(w), None),
    "know:indicator_export": lambda w: ({**_indicator(w), "kind": "csv"}, None),
    "know:release": lambda w: (_release(w), None),
    "know:import_report": lambda w: (_release(w), None),
    "know:report_csv": lambda w: (_release(w), None),
    "know:withdraw": lambda w: (_release(w), None),
    "know:trial": lambda w: ({"token": "no-such-trial"}, None),
    "programme:call": lambda w: (_public(w), None),
    "programme:call_network": lambda w: ({**_public(w), "network_id": w.a.pk}, None),
    **{
        f"programme:{name}": lambda w: (_draft(w), None)
        for name in ("team_call", "edit_call", "publish_call", "close_call", "new_category")
    },
    **{
        f"programme:{name}": lambda w: (_draft(w, category_slug="municipal"), None)
        for name in (
            "edit_category",
            "remove_category",
            "rule",
            "start_version",
            "condition",
            "discard_version",
            "preview",
            "compare_versions",
        )
    },
    "programme:publish_version": lambda w: (
        {**_call("em-vigor", "published", draft_rule=True), "category_slug": "municipal"},
        None,
    ),
    "programme:preview_network": lambda w: (_draft(w, category_slug="municipal", network_id=w.a.pk), None),
    "programme:export_preview": lambda w: (_draft(w, category_slug="municipal", extension="csv"), None),
    "accounts:resend": lambda w: ({"pk": w.invitation.pk}, w.a),
    "accounts:withdraw": lambda w: ({"pk": w.invitation.pk}, w.a),
    "accounts:grants": lambda w: ({"pk": w.member.pk}, w.a),
    "accounts:end_profile": lambda w: ({"pk": w.member.pk}, w.a),
    "accounts:transfer": lambda w: ({"pk": w.member.pk}, w.a),
    "accounts:invitation": lambda w: ({"code": CODE}, None),
    "accounts:accept": lambda w: ({"code": CODE}, None),
    "accounts:programme_invite": lambda w: ({"role": "network_principal", "code": str(w.b.pk)}, None),
    "accounts:decide": lambda w: ({"pk": w.renewal.pk}, None),
    "accounts:document": lambda w: ({"pk": w.renewal.pk}, None),
    "account_confirm_email": lambda w: ({"key": "no-such-key"}, None),
    "account_reset_password_from_key": lambda w: ({"uidb36": "1", "key": "no-such-key"}, None),
    "mfa_remove_webauthn": lambda w: (_passkey(w), None),
    "mfa_edit_webauthn": lambda w: (_passkey(w), None),
    "openid_connect_login": lambda w: ({"provider_id": "govbr"}, None),
    "openid_connect_callback": lambda w: ({"provider_id": "govbr"}, None),
}

# What an admitted person gets where it is not simply a page (200) or "only by POST" (405)
OTHER_ANSWERS: dict[str, set[int]] = {
    "set_language": {302},  # always sends on to the page in the other language
    "icon": {302},
    "socialaccount_login_error": {401},
    "account_login": {200, 302},  # signed in: goes on
    "account_logout": {200, 302},  # signed out already
    "account_signup": {200, 302},
    "account_confirm_email": {200, 404},
    "account_reauthenticate": {200, 302},
    "account_email_verification_sent": {200},
    "account_set_password": {302},  # who has a password changes it instead
    "account_change_password": {200, 302},
    "mfa_authenticate": {200, 302},  # only in the middle of a login
    "mfa_login_webauthn": {200, 302},
    "mfa_activate_totp": {200, 302},  # who has one already deactivates it; else: prove again who you are
    "mfa_deactivate_totp": {200, 302, 404},
    "mfa_view_recovery_codes": {200, 302, 404},
    "mfa_generate_recovery_codes": {200, 302, 403, 404},
    "mfa_download_recovery_codes": {200, 302, 404},
    "mfa_reauthenticate": {200, 302},
    "mfa_reauthenticate_webauthn": {200, 302, 404, 405},
    "mfa_list_webauthn": {200, 302},
    "mfa_add_webauthn": {200, 302},
    "mfa_remove_webauthn": {404, 302},
    "mfa_edit_webauthn": {404, 302},
    "socialaccount_signup": {302},  # only in the middle of a login by gov.br
    "openid_connect_callback": {404},  # gov.br is not configured here
    "openid_connect_login": {404, 405},
    "accounts:choose_profile": {200, 302},
    "foundation:job": {200, 403, 404},  # only who started it
    "know:report_csv": {404},  # the file exists only where rows were rejected
    "know:trial": {404},  # it was kept for a week
}
