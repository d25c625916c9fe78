"""What the checked pages show beyond the shared data: a call being written, a member, an offer, a request, a job."""

from datetime import date, timedelta
from typing import Any

CODE = "um-codigo-que-so-estes-testes-conhecem"


def prepare(*, network: Any, principal: Any, newcomer: Any, team: Any, programme: Any) -> None:
    """Make them once; a database that has them already stays as it is."""
    from tests.e2e import media_things
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
    _instrument_draft()
    _technology_draft(team)
    _course_draft(team)
    media_things.prepare(team)
    _cohort(team)
    _tools(team)
    _program(team)
    if network is not None:
        _own_question(network, principal)
        _people_of(network, principal, newcomer)
        _adoption_of(network, principal, programme)
        _rounds_of(network, principal, programme)
        _plan_of(network, principal)
        _followup_of(network, principal)


def _program(team: Any) -> None:
    """A program with access to the learning records."""
    from django.utils import timezone

    from trama.learn.models import StatementClient
    from trama.learn.statements.tokens import give_token

    if not StatementClient.objects.filter(kind="program").exists():
        give_token("Simulador de aulas", ["statements/write", "state"], expires_at=None, by=team, at=timezone.now())


def _technology_draft(team: Any) -> None:
    """A published technology with a draft of its next version: one text changed, one comment."""
    from django.utils import timezone

    from tests.plan import factories
    from trama.plan.models import Technology
    from trama.plan.technologies import reviewing, services
    from trama.plan.technologies.parts import ROLE

    if Technology.objects.filter(slug="tecnologia-de-teste").exists():
        return
    first, now = factories.a_version("tecnologia-de-teste", word="Tecnologia de teste:"), timezone.now()
    draft = services.start_revision(first.technology, "1.1", by=team, at=now)
    role = draft.roles.get(position=1)
    services.save_part(draft, ROLE, {"task_pt": "Outra tarefa"}, row=role, revision=1, by=team, at=now)
    reviewing.comment(draft, f"role {role.pk}", "Falta dizer quando.", by=team, at=now)


def _course_draft(team: Any) -> None:
    """A published course with a draft of its next version, one title changed; and a path with both shipped courses."""
    from django.utils import timezone

    from tests.learn import factories
    from tests.learn.packages import making
    from tests.learn.packages import world as packages
    from trama.learn.courses import path_services, services
    from trama.learn.courses.parts import LESSON
    from trama.learn.models import Course, Lesson

    if Course.objects.filter(slug="curso-de-teste").exists():
        return
    first, now = factories.a_version("curso-de-teste", title_pt="Curso de teste"), timezone.now()
    draft = services.start_revision(first.course, "1.1", by=team, at=now)
    lesson = Lesson.objects.get(module__version=draft)
    services.change_part(draft, LESSON, lesson, {"title_pt": "Ler o mapa juntos"}, revision=1, by=team, at=now)
    packages.a_package(draft.modules.get(), packages.a_file(team, making.two_items()))
    packages.a_file(team, making.cartridge(), name="curso.imscc")
    texts = factories.in_two("title", "Percurso de teste", "Test path") | factories.in_two("summary", "Um.", "One.")
    path = path_services.create_path("percurso-de-teste", None, texts, by=team, at=now)
    courses = [{"course": one, "required": True} for one in Course.objects.exclude(versions__state="draft")]
    material = {"address": "/tecnologias/"} | factories.in_two("title", "Tecnologias", "Technologies")
    path_services.change_path(path, {}, courses, [material], revision=1, by=team, at=now)
    path_services.publish_path(path, by=team, at=now)


def _cohort(team: Any) -> None:
    """A cohort with the pair of a school, one person in line, and a meeting that goes on."""
    from django.utils import timezone

    from tests.accounts import factories as make
    from tests.know.factories import state
    from tests.learn.cohorts import factories
    from trama.accounts.roles.vocabulary import Role
    from trama.learn.cohorts.pairing import enrol_pair
    from trama.learn.meetings.services import plan_meeting
    from trama.learn.models import Cohort, CourseVersion

    if Cohort.objects.exists():
        return
    state(26)  # with its acronym, before the schools below bring one without
    version = CourseVersion.objects.get(course__slug="curso-de-teste", state="published")
    now, roles = timezone.now(), ["school_principal", "pedagogical_coordinator"]
    cohort = factories.a_cohort(version, by=team, places=2, roles=roles)
    principal, coordinator = factories.a_pair_of(make.a_school())
    enrol_pair(cohort, principal, coordinator, by=principal, at=now, source="self")
    factories.enrolled(cohort, make.person_with(Role.SCHOOL_PRINCIPAL, make.a_school()))
    values = {"title": "Primeiro encontro", "starts_at": now, "minutes": 90, "place": "Escola-polo"}
    plan_meeting(cohort, values, by=team, at=now)


def _tools(team: Any) -> None:
    """An external tool, a course that uses it with the team's person in a cohort, who completed it; a platform."""
    from django.utils import timezone

    from tests.learn import factories
    from tests.learn.progress.world import a_cohort, an_enrolment
    from trama.learn.courses import services
    from trama.learn.lti.launching import open_part
    from trama.learn.lti.services import register_platform, register_tool
    from trama.learn.models import Part, Platform, PlatformLaunch, Tool, ToolPart

    if Tool.objects.exists():
        return
    now = timezone.now()
    tool = {
        "name": "Laboratório de gráficos", "slug": "graficos", "login_url": "https://ferramenta.exemplo.org.br/login",
        "launch_url": "https://ferramenta.exemplo.org.br/abrir", "public_key": "of nobody",
        "redirect_urls": "https://ferramenta.exemplo.org.br/abrir",
        "deep_link_url": "https://ferramenta.exemplo.org.br/escolher",
    }  # fmt: skip
    register_tool(tool, by=team, at=now)
    version = factories.a_version(
        "curso-com-ferramenta", state="draft", title_pt="Curso com ferramenta", lessons_rule="none",
        quizzes_rule="none", assignments_rule="none",
    )  # fmt: skip
    part = ToolPart.objects.create(
        module=version.modules.get(), kind=Part.Kind.TOOL, slug="grafico-1", position=4, minutes=10, tool="graficos",
        asks="open", **factories.in_two("title", "Fazer um gráfico", "Draw a chart"),
        **factories.in_two("text", "Desenhe o gráfico no papel.", "Draw the chart on paper."),
    )  # fmt: skip
    factories.seal(version)
    enrolment = an_enrolment(a_cohort(version, name="Turma com ferramenta", created_by=team), team)
    open_part(enrolment, part, by=team, at=now)
    services.start_revision(version.course, "1.1", by=team, at=now)
    platform = {
        "name": "Moodle da rede", "issuer": "https://moodle.exemplo.org.br", "client_id": "trama",
        "deployment_ids": "1", "auth_url": "https://moodle.exemplo.org.br/auth",
        "token_url": "https://moodle.exemplo.org.br/token", "public_key": "of nobody",
    }  # fmt: skip
    register_platform(platform, by=team, at=now)
    PlatformLaunch.objects.create(
        platform=Platform.objects.get(), kind="resource", subject="p", context_id="1", context_title="Turma A", at=now,
        members_url="https://moodle.invalid/",
    )  # fmt: skip


def _instrument_draft() -> None:
    """A version of the territory's instrument in which one criterion is worded otherwise, one is new and one gone."""
    from dataclasses import replace

    from django.utils import timezone

    from trama.diagnose.instruments.selectors import current_version, version_data
    from trama.diagnose.instruments.storage import store_version
    from trama.diagnose.instruments.structure import Both

    version = current_version("territorio")
    if version is None or version.instrument.versions.filter(state="draft").exists():
        return
    data = version_data(version)
    dimension, *rest = data.dimensions
    area, *others = dimension.areas
    first, second, *more = area.criteria
    worded = Both(f"{first.question.pt[:-1]} hoje?", f"{first.question.en[:-1]} today?")
    criteria = (replace(first, question=worded), replace(second, key="a-new-one"), *more)
    dimensions = (replace(dimension, areas=(replace(area, criteria=criteria), *others)), *rest)
    store_version(replace(data, version="1.1-x", dimensions=dimensions), by=None, at=timezone.now())


def _own_question(network: Any, principal: Any) -> None:
    from django.utils import timezone

    from trama.diagnose.models import OwnQuestion

    OwnQuestion.objects.get_or_create(
        network=network,
        title="Acordo com a cooperativa",
        defaults={
            "question": "Como a rede acompanha o acordo da merenda?",
            "fragile": "Não há acordo escrito.",
            "basic": "Há acordo, e ninguém confere.",
            "adequate": "A nutricionista confere as entregas todo mês.",
            "exemplary": "A conferência muda o cardápio e o contrato.",
            "created_by": principal,
            "created_at": timezone.now(),
        },
    )


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


def _rounds_of(network: Any, principal: Any, programme: Any) -> None:
    """A round of the network in each state, over the whole questionnaire: three people answered and they differ."""
    import uuid

    from django.utils import timezone

    from tests.diagnose import factories
    from trama.diagnose.models import Answer, InstrumentVersion, Round, RoundInvitation
    from trama.diagnose.rounds import services

    if Round.objects.filter(network=network).exists():
        return
    version = InstrumentVersion.objects.get(instrument__slug="rede", state="published")
    now = timezone.now()
    for state in ("answering", "agreeing", "agreeing"):
        made = factories.a_told_round(network, "da equipe", by=principal, state=state, version=version)
        Round.objects.filter(pk=made.pk).update(answers_until=now + timedelta(days=10), opened_at=now)
        third = factories.a_member(made, respondent="teachers")
        Answer.objects.bulk_create(
            Answer(item=item, member=third, level=n % 4 + 1, saved_at=now) for n, item in enumerate(made.items.all())
        )
    RoundInvitation.objects.create(
        round=Round.objects.get(state="answering"), email="conselho@exemplo.org.br", code_hash="0" * 64,
        language="pt-br", invited_by=principal, created_at=now, expires_at=now + timedelta(days=7),
    )  # fmt: skip
    services.submit_round(made, submission=uuid.uuid4(), by=principal, at=now)
    _priorities_of(made, principal)
    _shared_with(programme, made, principal)


def _priorities_of(submitted: Any, principal: Any) -> None:
    """The principal has looked at the order without scoring, and the team has decided on the first three."""
    from django.utils import timezone

    from trama.diagnose.priorities import services
    from trama.diagnose.priorities.selectors import list_of, order_of

    now = timezone.now()
    services.look_without_scoring(submitted.members.get(user=principal), by=principal, at=now)
    chosen = [place.facts.item.pk for place in order_of(list_of(submitted)).places[:3]]
    services.decide(submitted, chosen, reasons={}, number_reason="", revision=1, by=principal, at=now)


def _shared_with(programme: Any, submitted: Any, principal: Any) -> None:
    """The submitted round is shared by name with the programme; five more networks share theirs without a name."""
    from django.utils import timezone

    from tests.diagnose import factories
    from trama.diagnose.models import Share
    from trama.know.models import TeachingNetwork

    now = timezone.now()
    given = {
        "organisation": programme, "granted_by": principal, "granted_at": now,
        "until": timezone.localdate() + timedelta(days=365),
    }  # fmt: skip
    Share.objects.create(round=submitted, named=True, **given)
    others = TeachingNetwork.objects.filter(dependency="municipal").exclude(pk=submitted.network_id).order_by("pk")
    criteria = submitted.version.criteria.count()
    for n, other in enumerate(others[:5]):
        levels = [1 + (n + k) % 4 for k in range(criteria)]
        of = factories.a_submitted_round(other, levels, version=submitted.version, by=principal, title="Rodada vizinha")
        Share.objects.create(round=of, named=False, **given)


def _plan_of(network: Any, principal: Any) -> None:
    """A strategic plan in force, with something of everything, and an education plan that the network wrote down."""
    from decimal import Decimal

    from django.utils import timezone

    from tests.plan import factories
    from trama.plan.models import EducationPlan, StrategicPlan
    from trama.plan.strategy import services

    if StrategicPlan.objects.filter(network=network).exists():
        return
    now = timezone.now()
    start = now.date().replace(month=1, day=1)
    plan = factories.a_plan(
        network, by=principal, title="Plano da rede", starts_on=start, ends_on=start.replace(year=start.year + 4)
    )
    law = EducationPlan.objects.create(
        slug="plano-municipal", level="municipal", place_id=network.place_id, title="Plano Municipal de Educação",
        law="Lei nº 1.234, de 10 de junho de 2015", source_address="https://exemplo.org.br/lei", added_at=now,
        valid_from=date(2015, 6, 10), added_by=principal,
    )  # fmt: skip
    served = law.goals.create(number="1", text="Texto de exemplo de uma meta.", position=1, added_at=now)
    for title in ("Todas as crianças leem no tempo certo", "Ninguém fora da escola"):
        objective = factories.an_objective(plan, title, description="Por que isto importa.", education_goals=[served])
        factories.a_goal(
            objective,
            figure="ideb|municipal|AI",
            baseline=Decimal("4.1"),
            baseline_year=2019,
            target_2027=Decimal("5.5"),
        )
        goal = factories.a_goal(objective, "Escolas com reunião semanal", unit="escolas", target_2027=Decimal(12))
        services.record_measure(goal, measured_on=start, value=Decimal(5), by=principal, at=now)
        for n, state in enumerate(("todo", "doing", "blocked", "done"), start=1):
            factories.an_action(
                objective, f"Ação {n} do objetivo", responsible=principal, due_on=start + timedelta(days=90 * n),
                cost=Decimal("1500.50"), state=state, why="Porque falta.", how="Em três passos.",
            )  # fmt: skip
    removed = factories.an_action(objective, "Ação retirada")
    services.remove_part(removed, revision=1, by=principal, at=now)
    services.change_part(goal, {"unit": "unidades"}, revision=1, by=principal, at=now, reason="Nome certo")


def _followup_of(network: Any, principal: Any) -> None:
    """The plan in force: actions late, blocked, undated, of nobody; checks, comments, two meetings, two reviews."""
    from uuid import uuid4

    from django.utils import timezone

    from tests.plan import factories
    from trama.plan.followup import services
    from trama.plan.models import Meeting, StrategicPlan
    from trama.plan.strategy.selectors import live_objectives
    from trama.plan.strategy.services import set_state

    plan = StrategicPlan.objects.filter(network=network, title="Plano da rede").first()
    if plan is None or Meeting.objects.filter(plan=plan).exists():
        return
    now = timezone.now()
    today = timezone.localdate()
    if plan.state == StrategicPlan.State.DRAFT:
        plan = set_state(plan, StrategicPlan.State.ACTIVE, by=principal, at=now)
    objective = live_objectives(plan)[0]
    late = factories.an_action(
        objective, "Comprar os livros das salas de leitura", responsible=principal,
        starts_on=today - timedelta(days=60), due_on=today - timedelta(days=12), state="doing",
    )  # fmt: skip
    blocked = factories.an_action(
        objective, "Reformar o telhado da escola do Salto", responsible=principal, due_on=today + timedelta(days=20)
    )
    factories.an_action(objective, "Ouvir as famílias do campo", responsible=principal)
    factories.an_action(objective, "Publicar o calendário de formação", due_on=today + timedelta(days=4))
    told: dict[str, Any] = {"by": principal, "at": now}
    services.check_action(late, state="doing", done="Três cotações.", next_step="Licitar.", uid=uuid4(), **told)
    services.check_action(blocked, state="blocked", blocked_by="O laudo não chegou.", uid=uuid4(), **told)
    services.comment(plan, "action", late.uid, "A editora pede dez dias.", uid=uuid4(), **told)
    services.comment(plan, "plan", plan.uid, "O conselho pediu uma cópia.", uid=uuid4(), **told)
    points: list[tuple[str, Any]] = [("O telhado da escola do Salto", blocked), ("Livros", late), ("Informes", None)]
    for title, days in (("Acompanhamento do mês", 2), ("Acompanhamento do mês passado", -28)):
        values = {"title": title, "starts_at": now + timedelta(days=days), "where": "Sala da secretaria"}
        meeting = services.plan_meeting(plan, values, points, uid=uuid4(), **told)
    held = {"state": "held", "present": "Dirigente, Lia, Rui", "notes": "Começou no horário."}
    services.change_meeting(meeting, held, revision=1, **told)
    point = meeting.items.all()[0]
    services.note_point(point, notes="Falta o laudo.", decision="Lia cobra até sexta.", revision=1, **told)
    texts = {"what_worked": "A visita às escolas.", "what_did_not": "As compras.", "what_changes": "Licitar antes."}
    for days in (150, 1):
        review = services.begin_review(plan, today - timedelta(days=days), uid=uuid4(), **told)
        judged = {line.pk: ("at_risk", "As compras atrasaram.") for line in review.objectives.all()}
        review = services.write_review(review, texts, judged, revision=1, **told)
        if days > 1:
            services.finish_review(review, revision=review.revision, **told)


def _adoption_of(network: Any, principal: Any, programme: Any) -> None:
    """An adoption under way: two steps done with evidence, one left out, a note, a value, a request for help."""
    from decimal import Decimal
    from uuid import uuid4

    from django.utils import timezone

    from trama.plan.adoptions import help_services, services, step_services
    from trama.plan.adoptions.selectors import steps_of
    from trama.plan.models import Adoption, TechnologyVersion

    version = TechnologyVersion.objects.filter(technology__slug="strategic-planning", state="published").first()
    if version is None or Adoption.objects.filter(network=network).exists():
        return
    now = timezone.now()
    told: dict[str, Any] = {"by": principal, "at": now}
    made = services.open_adoption(
        network, version, uid=uuid4(), starts_on=now.date() - timedelta(days=20),
        reason="A rede quer poucas prioridades, com dinheiro e responsável.", contexts=["rural"],
        people=[{"role": version.roles.all()[0], "user": principal}, {"role": version.roles.all()[1], "name": "Lia"}],
        **told,
    )  # fmt: skip
    first, second, third = steps_of(made)[:3]
    step_services.add_evidence(first, title="Portaria do grupo", address="https://exemplo.org.br/portaria", **told)
    for step in (first, second):
        step_services.mark_done(step, revision=step.revision, **told)
    step_services.leave_out(third, reason="O calendário já existia.", revision=third.revision, **told)
    step_services.write_note(made, "A contabilidade entra a partir de abril.", uid=uuid4(), **told)
    day = now.date() - timedelta(days=3)
    step_services.record_value(made, version.indicators.all()[0], measured_on=day, value=Decimal("62.5"), **told)
    help_services.ask_help(
        made, programme, uid=uuid4(), subject="Como ouvir as escolas do campo?", text="Temos oito multisseriadas.",
        **told,
    )  # fmt: skip
