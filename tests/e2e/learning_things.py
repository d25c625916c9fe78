"""A cohort that learns: the pair of a school, a technical team, who never came, a trainer. Everyone is made once.

- ``learner``: the principal of a school, in a pair with the coordinator (``colleague``);
- ``colleague``: the coordinator;
- ``trainer``: trains the cohort and belongs to no network.
"""

import uuid
from datetime import timedelta
from typing import Any

COHORT = "Turma do Sertão"
PRACTICE = "Turma de prática"
COURSE = "education-in-emergencies"


def prepare() -> dict[str, Any]:
    """The people of the cohort, by the names above."""
    from django.contrib.auth import get_user_model

    from trama.learn.models import Cohort

    if not Cohort.objects.filter(name=COHORT).exists():
        _make()
    users = get_user_model().objects
    return {name: users.get(email=f"{name}@exemplo.org.br") for name in ("learner", "colleague", "trainer")}


def _make() -> None:
    from django.utils import timezone

    from tests.accounts import factories as make
    from trama.accounts.models import Profile
    from trama.accounts.roles.vocabulary import Role
    from trama.learn.cohorts import enrolling, pairing
    from trama.learn.models import Cohort, CohortTrainer, CourseVersion

    now, today = timezone.now(), timezone.localdate()
    cohort = Cohort.objects.create(
        version=CourseVersion.objects.get(course__slug=COURSE, state="published"), name=COHORT, state="running",
        opening="all", starts_on=today - timedelta(days=20), ends_on=today + timedelta(days=60), created_at=now,
        changed_at=now,
    )  # fmt: skip
    trainer = make.a_person(name="Rita Formadora", email="trainer@exemplo.org.br")
    CohortTrainer.objects.create(cohort=cohort, user=trainer, since=now)
    school = make.a_school()
    named: dict[str, Any] = {"learner": "Ana Diretora", "colleague": "Bruno Coordenador"}
    posts = {"learner": Role.SCHOOL_PRINCIPAL, "colleague": Role.PEDAGOGICAL_COORDINATOR}
    people = {
        key: make.person_with(posts[key], school, name=name, email=f"{key}@exemplo.org.br")
        for key, name in named.items()
    }
    begun = now - timedelta(days=18)
    pairing.enrol_pair(cohort, people["learner"], people["colleague"], by=people["learner"], at=begun, source="self")
    network = make.a_network()
    for name in ("Carla Técnica", "Davi Técnico"):
        row = enrolling.enrol(
            cohort, person := make.person_with(Role.NETWORK_TEAM, network, name=name), by=person, at=begun
        )
        pairing.take_seat(row, by=row.person, at=begun)
    Profile.objects.filter(user=trainer).delete()
    _what_they_did(cohort, people, trainer)
    _in_the_forum(cohort, people, trainer)
    _in_practice(people, trainer)


def _in_the_forum(cohort: Any, people: Any, trainer: Any) -> None:
    """A question with its answer, pinned; one that nobody answered; a post that was hidden and one that was changed."""
    from django.utils import timezone

    from trama.learn.forum import services

    now = timezone.now()
    asked = services.ask(
        cohort, "Quem avisa as famílias sem telefone?", "Na nossa escola são **40 famílias**.\n\n- rádio\n- motorista",
        submission=uuid.uuid4(), by=people["learner"], at=now, module=cohort.version.modules.first(),
    )  # fmt: skip
    words = "O motorista leva um bilhete: veja https://exemplo.org.br/bilhete."
    answer = services.reply(asked, words, submission=uuid.uuid4(), by=trainer, at=now)
    changed = services.reply(asked, "Aqui a rádio.", submission=uuid.uuid4(), by=people["colleague"], at=now)
    services.change_post(changed, "Aqui é a rádio comunitária.", revision=1, by=people["colleague"], at=now)
    hidden = services.reply(asked, "Traz um nome.", submission=uuid.uuid4(), by=people["learner"], at=now)
    services.hide(hidden, "Há o nome de um estudante.", by=trainer, at=now)
    services.mark_answer(asked, answer, by=trainer, at=now)
    services.set_topic(asked, pinned=True, by=trainer, at=now)
    services.ask(
        cohort, "Kit de alimentação", "Como guardar?", submission=uuid.uuid4(), by=people["colleague"], at=now
    )  # fmt: skip


def _in_practice(people: Any, trainer: Any) -> None:
    """A small cohort where a colleague reads each work; three handed in, one of them gave feedback."""
    from django.utils import timezone

    from tests.learn import factories
    from trama.learn.assignments.peer_services import give_feedback, serve_who_waited
    from trama.learn.assignments.services import hand_in
    from trama.learn.cohorts import enrolling
    from trama.learn.models import Assignment, Cohort, CohortTrainer, Enrolment, PeerFeedback

    now, today = timezone.now(), timezone.localdate()
    texts = {"title_pt": "Ler o mapa da rede", "title_en": "Reading the network's map"}
    version = factories.a_version("aprender-juntos", state="draft", **texts)
    Assignment.objects.filter(module__version=version).update(peers=1, peers_asked=True)
    factories.seal(version)
    cohort = Cohort.objects.create(
        version=version, name=PRACTICE, state="running", opening="all", starts_on=today - timedelta(days=10),
        ends_on=today + timedelta(days=30), created_at=now, changed_at=now,
    )  # fmt: skip
    CohortTrainer.objects.create(cohort=cohort, user=trainer, since=now)
    task = Assignment.objects.get(module__version=version)
    third = _third()
    for person, text in (
        (people["learner"], "Duas escolas ficam longe do posto."),
        (people["colleague"], "A linha do ônibus não passa pela escola do campo."),
        (third, "Há turmas multisseriadas em quatro escolas."),
    ):
        row = enrolling.enrol(cohort, person, by=person, at=now - timedelta(days=4))
        hand_in(row, task, text, submission=uuid.uuid4(), base=0, by=person, at=now - timedelta(days=1))
    serve_who_waited(now + timedelta(days=2))
    done = PeerFeedback.objects.get(giver=Enrolment.objects.get(cohort=cohort, person=third))
    levels = dict.fromkeys(task.criteria.values_list("pk", flat=True), 3)
    words = "Bem visto. Diga também quantos estudantes são."
    give_feedback(done, words, levels, by=third, at=now)


def _third() -> Any:
    from tests.accounts import factories as make

    return make.a_person(name="Elisa Coordenadora", email="third@exemplo.org.br")


def _what_they_did(cohort: Any, people: Any, trainer: Any) -> None:
    """Meetings, lessons, a quiz that goes on, and joint work that came back with feedback."""
    from django.utils import timezone

    from trama.learn.assignments.services import decide, hand_in
    from trama.learn.courses.selectors import parts_in_order
    from trama.learn.meetings.services import plan_meeting, write_list
    from trama.learn.models import Assignment, Enrolment, Lesson, Quiz
    from trama.learn.progress.services import give_answer, record_visit, save_reflection, start_attempt

    now = timezone.now()
    learner, colleague = (Enrolment.objects.get(cohort=cohort, person=people[key]) for key in ("learner", "colleague"))
    held = plan_meeting(
        cohort, {"title": "Encontro de abertura", "starts_at": now - timedelta(days=16), "minutes": 90,
                 "place": "Escola-polo"}, by=trainer, at=now - timedelta(days=18),
    )  # fmt: skip
    write_list(held, {learner.pk: True, colleague.pk: True}, by=trainer, at=now - timedelta(days=15))
    plan_meeting(
        cohort, {"title": "Segundo encontro", "starts_at": now + timedelta(days=9), "minutes": 60,
                 "link": "https://exemplo.org.br/sala"}, by=trainer, at=now,
    )  # fmt: skip
    lessons = [one.pk for one in parts_in_order(cohort.version) if one.kind == "lesson"]
    for days, pk in ((15, lessons[0]), (9, lessons[1])):
        record_visit(learner, Lesson.objects.get(pk=pk), by=people["learner"], at=now - timedelta(days=days))
    record_visit(colleague, Lesson.objects.get(pk=lessons[0]), by=people["colleague"], at=now - timedelta(days=15))
    first = Lesson.objects.get(pk=lessons[0])
    save_reflection(
        learner, first, _reflection_of(first), "A ponte do rio fecha antes da escola.", submission=uuid.uuid4(),
        base=0, by=people["learner"], at=now - timedelta(days=15),
    )  # fmt: skip
    attempt = start_attempt(
        learner, Quiz.objects.filter(module__version=cohort.version).order_by("module__position").first(),
        by=people["learner"], at=now,
    )  # fmt: skip
    question = attempt.quiz.questions.filter(kind__in=("single", "true_false")).first()
    give_answer(
        attempt, question, question.options.first().pk, submission=uuid.uuid4(), language="pt-br",
        by=people["learner"], at=now,
    )  # fmt: skip
    task = Assignment.objects.filter(module__version=cohort.version).order_by("module__position").first()
    text = "Gatilhos: a régua do rio em 3 m; a defesa civil avisa a direção, que decide até as 18h."
    made = hand_in(learner, task, text, submission=uuid.uuid4(), base=0, by=people["learner"], at=now)
    feedback = "Falta dizer quem substitui a direção quando ela está fora."
    decide(made, "returned", feedback=feedback, levels={}, by=trainer, at=now)


def _reflection_of(lesson: Any) -> str:
    from trama.learn.courses.lessons import read_lesson, reflections_in

    return next(iter(reflections_in(read_lesson(lesson.body))))
