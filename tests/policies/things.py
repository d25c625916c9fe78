"""What the addresses of the matrix ask for: one thing of each kind, of network ``a`` or of the programme, made once.

Each gives the arguments of an address.
"""

import re
import uuid
from datetime import date
from typing import Any

from django.apps import apps
from django.utils import timezone

from tests.accounts import factories as make
from trama.accounts.roles.vocabulary import Role

from .world import World, a_document


def a_job(world: World) -> dict[str, Any]:
    job = apps.get_model("foundation", "Job").objects.create(
        id=uuid.uuid4(), name="tests.matrix", title="Tarefa", created_at=timezone.now()
    )
    return {"pk": job.pk}


def a_passkey(world: World) -> dict[str, Any]:
    return {"pk": 987654}  # of nobody: everyone's own account answers 404


def a_call(slug: str, state: str, *, draft_rule: bool) -> dict[str, Any]:
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


def public_call(world: World) -> dict[str, Any]:
    return a_call("chamada", "published", draft_rule=False)


def draft_call(world: World, **more: str) -> dict[str, Any]:
    return {**a_call("rascunho", "draft", draft_rule=True), **more}


def a_release(world: World) -> dict[str, Any]:
    from tests.know import factories

    model = apps.get_model("know", "Release")
    return {"pk": (model.objects.filter(source="tests").first() or factories.release("tests")).pk}


def an_indicator(world: World) -> dict[str, Any]:
    from tests.know import factories

    return {"code": factories.indicator("ideb").code}


def a_technology(world: World, kind: str = "", **more: Any) -> dict[str, Any]:
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


def a_course(world: World, kind: str = "", **more: Any) -> dict[str, Any]:
    """A course that everyone reads, or a draft of the partner; ``kind``: "draft", or the part that is named."""
    from tests.learn import factories

    versions = apps.get_model("learn", "CourseVersion").objects
    slug = "do-parceiro" if kind else "aberto"
    version = versions.filter(course__slug=slug).first()
    if version is None:
        more_of_it = {"state": "draft", "organisation": world.partner} if kind else {}
        version = factories.a_version(slug, **more_of_it)
    if kind == "module":
        more["pk"] = version.modules.get().pk
    return {"slug": slug, **({"label": "1.0"} if kind else {}), **more}


def a_cohort(world: World, part: str = "", **more: Any) -> dict[str, Any]:
    """A cohort of the programme that is open to all, with a person of no network enrolled.

    ``part``: "enrolment", "pair" or "meeting" of it, instead of the cohort.
    """
    from tests.learn.cohorts import factories
    from trama.learn.cohorts.pairing import take_seat
    from trama.learn.meetings.services import plan_meeting

    cohort = apps.get_model("learn", "Cohort").objects.first()
    if cohort is None:
        cohort = factories.a_cohort()
        row = factories.enrolled(cohort, make.person_with(Role.SCHOOL_PRINCIPAL, make.a_school()))
        take_seat(row, by=row.person, at=timezone.now())
        values = {"title": "Encontro", "starts_at": timezone.now(), "minutes": 60}
        plan_meeting(cohort, values, by=factories.leader_of(cohort), at=timezone.now())
    things = {
        "": cohort,
        "enrolment": cohort.enrolments.get(),
        "pair": cohort.pairs.get(),
        "meeting": cohort.meetings.get(),
    }
    return {"uid": things[part].uid, **more}


def in_a_forum(world: World, part: str) -> dict[str, Any]:
    """The "topic" of the forum of ``a_cohort``, or its "post"."""
    from trama.learn.forum.services import ask

    cohort = apps.get_model("learn", "Cohort").objects.get(uid=a_cohort(world)["uid"])
    topic = cohort.topics.first()
    if topic is None:
        by = cohort.enrolments.get().person
        topic = ask(cohort, "Dúvida", "Como?", submission=uuid.uuid4(), by=by, at=timezone.now())
    return {"uid": topic.uid if part == "topic" else topic.posts.get().uid}


def reminders_of(world: World) -> dict[str, Any]:
    """The address that stops the reminders of the learner of ``a_cohort``."""
    from trama.learn.following.services import mute_token

    cohort = apps.get_model("learn", "Cohort").objects.get(uid=a_cohort(world)["uid"])
    return {"token": mute_token(cohort.enrolments.get().person, cohort)}


def learned(world: World, part: str, **more: Any) -> dict[str, Any]:
    """What the learner of ``a_cohort`` did there: "attempt", "work", "file" or "certificate" of it."""
    from datetime import timedelta

    cohort = apps.get_model("learn", "Cohort").objects.get(uid=a_cohort(world)["uid"])
    row, now = cohort.enrolments.get(), timezone.now()
    model = {name: apps.get_model("learn", name) for name in ("Quiz", "Assignment", "QuizAttempt", "AssignmentWork")}
    quiz = model["Quiz"].objects.get(module__version=cohort.version)
    task = model["Assignment"].objects.get(module__version=cohort.version)
    works, certificates = model["AssignmentWork"].objects, apps.get_model("learn", "Certificate").objects
    things = {
        "attempt": lambda: model["QuizAttempt"].objects.get_or_create(
            enrolment=row, quiz=quiz, number=1, defaults={"seed": 1, "started_at": now}
        )[0],
        "work": lambda: works.get_or_create(
            assignment=task, enrolment=row, defaults={"cohort": cohort, "created_at": now, "changed_at": now}
        )[0],
        "certificate": lambda: certificates.get_or_create(
            code="7K3M-9QPD-04TX-WB2R", enrolment=row, kind="complete",
            defaults={
                "name": "Ana", "course_pt": "Curso", "course_en": "Course", "version": "1.0", "hours": 1,
                "cohort": cohort.name, "issued_at": now, "ended_on": now.date(),
                "started_on": now.date() - timedelta(days=1),
            },
        )[0],
    }  # fmt: skip
    made = things[part]()
    more = {name: cohort.uid if value == "cohort" else made.uid for name, value in more.items()}
    return more or {"uid": made.uid}


def a_package(world: World, kind: str = "", **more: Any) -> dict[str, Any]:
    """A package of the partner's draft; ``kind``: "module": the module it is in, "found": a cartridge sent there."""
    from tests.learn.packages import making
    from tests.learn.packages.world import a_file
    from tests.learn.packages.world import a_package as made_of

    address = a_course(world, "module")
    module = apps.get_model("learn", "Module").objects.get(pk=address.pop("pk"))
    if kind:
        more["module"] = module.pk
        if kind == "found":
            sent = a_file(make.a_person(), making.cartridge())
            more["uid"] = sent.uid
        return address | more
    package = apps.get_model("learn", "Package").objects.filter(module=module).first()
    return address | {"pk": (package or made_of(module, a_file(make.a_person()))).pk} | more


def a_media(world: World, kind: str = "") -> dict[str, Any]:
    """A video of the partner's draft; ``kind``: "files" for its page, "draft" for its file; else one that is public."""
    from tests.learn import factories
    from tests.learn.media.world import a_sent_video, a_video

    if not kind:
        video = apps.get_model("learn", "Video").objects.filter(version__course__slug="com-video").first()
        if video is None:
            version = factories.a_version("com-video", state="draft")
            video = a_video(version, file=a_sent_video(make.a_person()))
            factories.seal(version)
        return {"slug": "com-video", "uid": video.file.uid}
    address = a_course(world, "module")
    version = apps.get_model("learn", "Module").objects.get(pk=address.pop("pk")).version
    video = version.videos.first() or a_video(version, file=a_sent_video(make.a_person()))
    return address | ({"kind": "video", "pk": video.pk} if kind == "files" else {"uid": video.file.uid})


def a_launch(world: World) -> dict[str, Any]:
    """A launch of the learner of ``a_cohort``."""
    from tests.learn.packages.world import a_launch_of

    row = apps.get_model("learn", "Cohort").objects.get(uid=a_cohort(world)["uid"]).enrolments.get()
    return {"uid": a_launch_of(row).uid}


def lti(world: World, what: str) -> dict[str, Any]:
    """An external tool, a platform, or the people of a class on it."""
    at = timezone.now()
    key = {"public_key": "of nobody", "created_at": at, "changed_at": at}
    if what == "tool":
        tool, _new = apps.get_model("learn", "Tool").objects.get_or_create(
            slug="ferramenta", defaults={"name": "Ferramenta", "login_url": "https://a.invalid/", **key}
        )
        return {"uid": tool.uid}
    platform, _new = apps.get_model("learn", "Platform").objects.get_or_create(
        issuer="https://a.invalid", client_id="x", defaults={"name": "P", "token_url": "https://a.invalid/", **key}
    )
    if what == "platform":
        return {"uid": platform.uid}
    launch, _new = apps.get_model("learn", "PlatformLaunch").objects.get_or_create(
        platform=platform, kind="resource", subject="p", defaults={"members_url": "https://a.invalid/", "at": at}
    )
    return {"uid": platform.uid, "context": launch.uid}


def a_path(world: World, kind: str = "", **more: Any) -> dict[str, Any]:
    """A path that everyone sees, or a draft of the partner."""
    from tests.learn.factories import NOON

    slug, state = ("caminho-do-parceiro", "draft") if kind else ("caminho-aberto", "published")
    apps.get_model("learn", "Path").objects.get_or_create(
        slug=slug,
        defaults={
            "state": state, "organisation": world.partner, "title_pt": "Caminho", "title_en": "Way",
            "created_at": NOON, "changed_at": NOON,
        },
    )  # fmt: skip
    return {"slug": slug, **more}


def an_adoption(world: World, *names: str) -> dict[str, Any]:
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
        file = a_document()
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


def a_program_with_access(world: World) -> dict[str, Any]:
    """A program that may write into the store of statements."""
    from trama.learn.statements.tokens import make_client

    model = apps.get_model("learn", "StatementClient")
    made = model.objects.filter(kind="program").first()
    if made is None:
        made = make_client("Programa", ["all"], kind="program", created_by=None, created_at=timezone.now()).client
    return {"uid": made.uid}


def an_instrument_draft(world: World, **more: str) -> dict[str, Any]:
    """A version of an instrument that only the programme's people see."""
    from tests.diagnose.instruments.worlds import a_version
    from trama.diagnose.instruments.storage import store_version

    return {"pk": store_version(a_version(slug="rascunho"), by=None, at=timezone.now())[0].pk, **more}


def an_own_question(world: World) -> dict[str, Any]:
    """A question that network ``a`` adds to its rounds."""
    model = apps.get_model("diagnose", "OwnQuestion")
    made, _ = model.objects.get_or_create(
        network=world.a,
        title="Pergunta própria",
        defaults={"question": "Como?", "created_by": world.round.opened_by, "created_at": timezone.now()},
    )
    return {"pk": made.pk}


def a_plan(world: World, *parts: str, **more: Any) -> dict[str, Any]:
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


def an_education_plan(world: World, *, goal: bool = False) -> dict[str, Any]:
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
