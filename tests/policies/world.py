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
SCHOOL_AND_GROUP_TOOLS = {"diagnosis": "edit", "plan": "edit"}
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
            document=_a_document(),
        ),
        round=asked,
        receipt=_receipt(asked),
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
    "network team, views": lambda w: _held(
        Role.NETWORK_TEAM, w.a, w.b, w.d, team="view", calls="view", diagnosis="view", plan="view"
    ),
    "network team, edits": lambda w: _held(
        Role.NETWORK_TEAM, w.a, w.b, w.d, team="edit", diagnosis="edit", plan="edit"
    ),
    "state principal": lambda w: _held(Role.STATE_PRINCIPAL, make.a_state_network(26), w.a, w.d, EVERY_NETWORK_TOOL),
    "state team": lambda w: _held(Role.STATE_TEAM, make.a_state_network(26), w.a, w.d, calls="edit"),
    "school principal": lambda w: _held(Role.SCHOOL_PRINCIPAL, w.school, w.a, w.far_school, SCHOOL_AND_GROUP_TOOLS),
    "pedagogical coordinator": lambda w: _held(
        Role.PEDAGOGICAL_COORDINATOR, w.school, w.sibling_school, w.far_school, SCHOOL_AND_GROUP_TOOLS
    ),
    "teacher": lambda w: _held(Role.TEACHER, w.school, w.sibling_school, w.d, {}),
    "school clerk": lambda w: _held(Role.SCHOOL_CLERK, w.school, w.sibling_school, w.far_school, {}),
    "group coordinator": lambda w: _held(Role.GROUP_COORDINATOR, w.group, w.a, w.far_group, SCHOOL_AND_GROUP_TOOLS),
    "trainer": lambda w: _held(Role.TRAINER, w.partner, None, w.far_partner, {"technologies": "edit"}),
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


def _technology(world: World, kind: str = "", **more: Any) -> dict[str, Any]:
    """A technology that everyone reads, or a draft of the partner (with a part of a kind, or a comment)."""
    from tests.plan import factories

    versions = apps.get_model("plan", "TechnologyVersion").objects
    if not kind:
        slug = "aberta"
        if not versions.filter(technology__slug=slug).exists():
            factories.a_version(slug)
        return {"slug": slug, **more}
    slug = "do-parceiro"
    version = versions.filter(technology__slug=slug).first()
    if version is None:
        version = factories.a_version(slug, state="draft", organisation=world.partner)
    rows = {"role": version.roles, "comment": version.comments}
    if kind == "comment" and not version.comments.exists():
        version.comments.create(text="Falta.", by=world.member.user, at=timezone.now())
    if kind in rows:
        more["pk"] = rows[kind].first().pk
    return {"slug": slug, "label": "1.0", **more}


def _adoption(world: World, *names: str) -> dict[str, Any]:
    """An adoption of network ``a`` with one of everything that hangs on it; ``names``: what the address asks for."""
    from decimal import Decimal

    from tests.plan import factories
    from trama.plan.adoptions import help_services, step_services
    from trama.plan.adoptions.selectors import steps_of
    from trama.plan.models import (
        Adoption,
        AdoptionEvidence,
        AdoptionMeasure,
        AdoptionNote,
        AdoptionPerson,
        HelpRequest,
        TechnologyRole,
    )

    made = Adoption.objects.filter(network=world.a).first()
    if made is None:
        by = make.person_with(Role.NETWORK_TEAM, world.a, tools={"plan": "edit"})
        told: dict[str, Any] = {"by": by, "at": factories.NOON}
        version = factories.a_version("tecnologia-da-matriz", organisation=world.partner)
        made = factories.an_adoption(
            world.a, version, by=by, people=[{"role": TechnologyRole.objects.filter(version=version)[0], "name": "Lia"}]
        )
        step = steps_of(made)[0]
        file = _a_document()
        step_services.add_evidence(step, title="Ata", file=file, **told)
        step_services.write_note(made, "Nota", uid=uuid.uuid4(), **told)
        indicator = version.indicators.all()[0]
        step_services.record_value(made, indicator, measured_on=date(2026, 3, 9), value=Decimal(1), **told)
        help_services.ask_help(made, world.programme, uid=uuid.uuid4(), subject="Dúvida", text="Como?", **told)
    found = {
        "uid": lambda: made.uid,
        "step": lambda: steps_of(made)[0].uid,
        "note": lambda: AdoptionNote.objects.get(adoption=made).uid,
        "pk": lambda: AdoptionPerson.objects.get(adoption=made).pk,
        "measure": lambda: AdoptionMeasure.objects.get(adoption=made).uid,
        "evidence": lambda: AdoptionEvidence.objects.get(step__adoption=made).uid,
        "request_uid": lambda: HelpRequest.objects.get(adoption=made).uid,
        "verb": lambda: "iniciar",
    }
    return {name: found[name]() for name in names}


def guessed(path: str, world: World) -> dict[str, Any]:
    """Arguments of an address that nobody listed, by the names they usually have."""
    usual = {
        "code": world.a.place_id,
        "network_id": world.a.pk,
        "kind": "csv",
        "extension": "csv",
        "category_slug": "municipal",
        "uid": world.round.uid,
        "number": world.receipt.number,
        "position": 1,
    }
    return {name: usual[name] for name in re.findall(r"<(?:\w+:)?(\w+)>", path) if name in usual}


def _instrument_draft(world: World, **more: str) -> dict[str, Any]:
    """A version of an instrument that only the programme's people see."""
    from tests.diagnose.instruments.worlds import a_version
    from trama.diagnose.instruments.storage import store_version

    return {"pk": store_version(a_version(slug="rascunho"), by=None, at=timezone.now())[0].pk, **more}


def _own_question(world: World) -> dict[str, Any]:
    """A question that network ``a`` adds to its rounds."""
    model = apps.get_model("diagnose", "OwnQuestion")
    made, _ = model.objects.get_or_create(
        network=world.a,
        title="Pergunta própria",
        defaults={"question": "Como?", "created_by": world.round.opened_by, "created_at": timezone.now()},
    )
    return {"pk": made.pk}


def _plan(world: World, *parts: str, **more: Any) -> dict[str, Any]:
    """A strategic plan of network ``a``, with one part of each kind; ``parts`` names arguments to be filled in."""
    from tests.plan import factories

    model = apps.get_model("plan", "StrategicPlan")
    plan = model.objects.filter(network=world.a).first()
    if plan is None:
        writer = make.person_with(Role.NETWORK_TEAM, world.a, tools={"plan": "edit"})
        plan = factories.a_plan(world.a, by=writer)
        objective = factories.an_objective(plan)
        factories.an_action(objective)
        goal = factories.a_goal(objective, unit="escolas")
        apps.get_model("plan", "GoalMeasure").objects.create(
            goal=goal, measured_on=date(2026, 3, 1), value=1, recorded_by=writer, recorded_at=timezone.now()
        )
    objective = plan.objectives.get()
    known = {
        "objective": {"part": objective.uid},
        "goal": {"part": objective.goals.get().uid},
        "measure": {"pk": objective.goals.get().measures.get().pk},
        "change": {"pk": plan.changes.filter(kind="action").first().pk},
        "action": {"part": objective.actions.get().uid},
    }
    if parts and parts[0] in ("meeting", "point", "comment", "review"):
        known |= _followed(plan)
    arguments: dict[str, Any] = {"uid": plan.uid, **more}
    for part in parts:
        arguments |= known[part]
    return arguments


def _followed(plan: Any) -> dict[str, dict[str, Any]]:
    """A meeting with a point, a comment and a review of a plan."""
    from trama.plan.followup import services

    meeting = plan.meetings.first()
    writer, now = plan.created_by, timezone.now()
    if meeting is None:
        point = [("Ponto", None)]
        values = {"title": "Reunião", "starts_at": now}
        meeting = services.plan_meeting(plan, values, point, uid=uuid.uuid4(), by=writer, at=now)
        services.comment(plan, "plan", plan.uid, "Oi", uid=uuid.uuid4(), by=writer, at=now)
        services.begin_review(plan, plan.ends_on, uid=uuid.uuid4(), by=writer, at=now)
    return {
        "meeting": {"meeting": meeting.uid},
        "point": {"meeting": meeting.uid, "pk": meeting.items.get().pk},
        "comment": {"pk": plan.comments.get().pk},
        "review": {"review": plan.reviews.get().uid},
    }


def _education_plan(world: World, *, goal: bool = False) -> dict[str, Any]:
    """The education plan that network ``a`` wrote down."""
    plans = apps.get_model("plan", "EducationPlan")
    now = timezone.now()
    plan, new = plans.objects.get_or_create(
        slug="pme-a", defaults={
            "level": "municipal", "place_id": world.a.place_id, "title": "PME", "law": "Lei 1", "added_at": now,
            "source_address": "https://exemplo.org/lei", "valid_from": date(2015, 1, 1),
        },
    )  # fmt: skip
    if new:
        plan.goals.create(number="1", text="Universalizar.", position=1, added_at=now)
    return {"slug": plan.slug, "pk": plan.goals.get().pk} if goal else {"slug": plan.slug}


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
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid, "pk": w.round.members.get().pk}, None)
        for name in ("round_member", "round_remove")
    },
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid, "pk": w.round.invitations.get().pk}, None)
        for name in ("round_resend", "round_withdraw")
    },
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid}, None)
        for name in ("profile", "profile_pdf", "profile_xlsx", "round_share", "round_distributions")
    },
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid}, None)
        for name in (
            "answer",
            "answer_worker",
            "answer_session",
            "save_answer",
            "save_answers",
            "check_answers",
            "agree",
        )
    },
    "diagnose:answer_area": lambda w: ({"uid": w.round.uid, "code": "1.1"}, None),
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid, "position": 1}, None)
        for name in ("agree_item", "new_evidence")
    },
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid, "pk": 1}, None)
        for name in ("end_evidence", "evidence_file")
    },
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid}, None)
        for name in (
            "priorities",
            "priority_factors",
            "priority_weights",
            "priority_factors_xlsx",
            "priority_scores",
            "priority_score",
            "priority_look",
            "priority_decide",
            "priority_sign",
            "priority_reopen",
            "priority_explain",
            "priority_explain_pdf",
        )
    },
    "diagnose:priority_criterion": lambda w: ({"uid": w.round.uid, "position": 1}, None),
    **{
        f"diagnose:{name}": lambda w: ({"uid": w.round.uid, "number": "PR-2026-AAAA-AAAA-A"}, None)
        for name in ("priority_signed", "priority_signed_content")
    },
    "diagnose:share_take_back": lambda w: ({"uid": w.round.uid, "share_uid": uuid.uuid4()}, None),
    "diagnose:shared": lambda w: ({"uid": uuid.uuid4()}, None),
    **{
        f"diagnose:{name}": lambda w: ({"field": "group", "pk": w.group.pk, "slug": "matriz"}, None)
        for name in ("territory", "territory_pdf", "territory_xlsx")
    },
    "diagnose:round_invitation": lambda w: ({"code": CODE}, None),
    "diagnose:round_accept": lambda w: ({"code": CODE}, None),
    "diagnose:blank_form": lambda w: ({"slug": "matriz"}, None),
    "diagnose:blank_form_pdf": lambda w: ({"slug": "matriz"}, None),
    **{
        f"diagnose:{name}": lambda w: ({"slug": "matriz"}, None)
        for name in ("instrument", "instrument_text", "compare_instruments")
    },
    "diagnose:criterion": lambda w: ({"slug": "matriz", "key": "c1"}, None),
    "diagnose:instrument_xlsform": lambda w: ({"slug": "matriz", "label": "1.0", "kind": "completo"}, None),
    **{
        f"diagnose:{name}": lambda w: (_instrument_draft(w), None)
        for name in ("instrument_draft", "publish_instrument", "discard_instrument")
    },
    "diagnose:draft_xlsform": lambda w: (_instrument_draft(w, kind="completo"), None),
    "diagnose:import_preview": lambda w: ({"token": "no-such-form"}, None),
    **{f"diagnose:{name}": lambda w: (_own_question(w), w.a) for name in ("edit_own_question", "retire_own_question")},
    "plan:technology": lambda w: (_technology(w), None),
    "plan:technology_files": lambda w: (_technology(w), None),
    "plan:technology_stage": lambda w: (_technology(w, stage="etapa-1"), None),
    "plan:technology_document": lambda w: (_technology(w, instrument="pauta"), None),
    "plan:technology_file": lambda w: (_technology(w, instrument="pauta", extension="docx"), None),
    "plan:team_technology": lambda w: ({"slug": _technology(w, "draft")["slug"]}, w.partner),
    **{
        f"plan:{name}": lambda w: (_technology(w, "draft"), w.partner)
        for name in (
            "team_version",
            "edit_technology_version",
            "comment_technology",
            "technology_history",
            "compare_technology",
            "read_technology",
        )
    },
    "plan:add_technology_part": lambda w: (_technology(w, "draft") | {"kind": "role"}, w.partner),
    **{
        f"plan:{name}": lambda w: (_technology(w, "role") | {"kind": "role"}, w.partner)
        for name in ("edit_technology_part", "move_technology_part", "remove_technology_part")
    },
    "plan:resolve_technology_comment": lambda w: (_technology(w, "comment"), w.partner),
    "plan:change_technology_state": lambda w: (_technology(w, "draft", action="descartar"), w.partner),
    "plan:read_stage": lambda w: (_technology(w, "draft", stage="etapa-1"), w.partner),
    "plan:read_document": lambda w: (_technology(w, "draft", instrument="pauta"), w.partner),
    "plan:read_file": lambda w: (_technology(w, "draft", instrument="pauta", extension="docx"), w.partner),
    **{
        f"plan:{name}": lambda w: (_plan(w), w.a)
        for name in (
            "plan",
            "edit_plan",
            "remove_plan",
            "duplicate_plan",
            "plan_history",
            "print_plan",
            "start_objectives",
            "start_goals",
            "start_actions",
            "import_actions",
            "confirm_import",
            "restore_plan",
            "followup",
            "comments",
            "meetings",
            "new_meeting",
            "reviews",
            "calendar",
            "calendar_file",
        )
    },
    "plan:plan_state": lambda w: (_plan(w, state="active"), w.a),
    "plan:export_plan": lambda w: (_plan(w, kind="xlsx"), w.a),
    "plan:import_template": lambda w: (_plan(w, kind="csv"), w.a),
    "plan:new_part": lambda w: (_plan(w, kind="objective"), w.a),
    **{
        f"plan:{name}": lambda w: (_plan(w, "objective", kind="objective"), w.a)
        for name in ("edit_part", "remove_part", "restore_part", "move_part")
    },
    "plan:action": lambda w: (_plan(w, "action"), w.a),
    **{f"plan:{name}": lambda w: (_plan(w, "meeting"), w.a) for name in ("meeting", "edit_meeting", "add_point")},
    **{f"plan:{name}": lambda w: (_plan(w, "point"), w.a) for name in ("note_point", "remove_point")},
    "plan:remove_comment": lambda w: (_plan(w, "comment"), w.a),
    "plan:review": lambda w: (_plan(w, "review"), w.a),
    "plan:feed": lambda w: ({"secret": "of-nobody"}, None),
    "plan:quick_action": lambda w: (_plan(w, "objective"), w.a),
    "plan:measure_goal": lambda w: (_plan(w, "goal"), w.a),
    "plan:remove_measure": lambda w: (_plan(w, "goal", "measure"), w.a),
    "plan:revert_change": lambda w: (_plan(w, "change"), w.a),
    "plan:edit_education_plan": lambda w: (_education_plan(w), w.a),
    "plan:remove_education_goal": lambda w: (_education_plan(w, goal=True), w.a),
    **{
        f"plan:adoption{name}": lambda w: (_adoption(w, "uid"), w.a)
        for name in (
            "",
            "_history",
            "_note",
            "_calendar",
            "_texts",
            "_people",
            "_indicators",
            "_version",
            "_listed",
            "_remove",
            "_restore",
            "_help",
        )
    },
    **{
        f"plan:adoption_{name}": lambda w: (_adoption(w, "uid", "step"), w.a)
        for name in (
            "step",
            "step_done",
            "step_leave",
            "step_again",
            "step_responsible",
            "evidence_new",
            "step_note",
        )
    },
    **{
        f"plan:adoption_help_{name}": lambda w: (_adoption(w, "uid", "request_uid"), w.a)
        for name in ("request", "write", "close")
    },
    "plan:adoption_evidence_end": lambda w: (_adoption(w, "uid", "evidence"), w.a),
    "plan:adoption_evidence_file": lambda w: ({"uid": _adoption(w, "evidence")["evidence"]}, w.a),
    "plan:adoption_note_end": lambda w: (_adoption(w, "uid", "note"), w.a),
    "plan:adoption_person_end": lambda w: (_adoption(w, "uid", "pk"), w.a),
    "plan:adoption_value_end": lambda w: (_adoption(w, "uid", "measure"), w.a),
    "plan:adoption_move": lambda w: (_adoption(w, "uid", "verb"), w.a),
    **{
        f"plan:{name}": lambda w: ({"uid": _adoption(w, "request_uid")["request_uid"]}, w.programme)
        for name in ("help_asked_request", "help_answer", "help_close_asked")
    },
    **{
        f"plan:adoption_{name}": lambda w: (_adoption(w) | {"slug": "tecnologia-da-matriz"}, w.partner)
        for name in ("funnel", "funnel_file")
    },
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
    "plan:feed": {404},  # of nobody: tests/plan/followup/test_pages.py opens one with its secret
    "diagnose:agree": {302, 404},  # while people answer it leads back to answering
    "diagnose:evidence_file": {404},  # of nobody: tests/diagnose/answers/test_pages.py gives one to its round
    # A round is its owner's and its members'; to others it does not exist (tests/diagnose/test_marker.py asks for more)
    **{
        f"diagnose:{name}": {200, 403, 404}
        for name in (
            "round",
            "round_progress",
            "round_change",
            "round_start_agreement",
            "round_answer_again",
            "round_submit",
            "round_reopen",
            "round_cancel",
            "round_finish",
            "round_mute",
            "round_team",
            "round_invite",
            "round_member",
            "round_remove",
            "round_form",
            "round_form_pdf",
            "receipt",
            "receipt_pdf",
            "receipt_content",
            "answer",
            "answer_area",
            "answer_session",
            "agree_item",
            "profile",
            "profile_pdf",
            "profile_xlsx",
            "round_share",
            "share_take_back",
            "shared",
            "territory",
            "territory_pdf",
            "territory_xlsx",
            "priorities",  # and while a round is not submitted, the other pages of its priorities do not exist
            "priority_criterion",
            "priority_factors",
            "priority_factors_xlsx",
            "priority_scores",
            "priority_decide",
            "priority_sign",
            "priority_reopen",
            "priority_explain",
            "priority_explain_pdf",
            "priority_signed",
            "priority_signed_content",
        )
    },
    "foundation:job": {200, 403, 404},  # only who started it
    "know:report_csv": {404},  # the file exists only where rows were rejected
    "know:trial": {404},  # it was kept for a week
    "diagnose:import_preview": {404},  # what was read from a form is kept for a day, for who sent it
}
