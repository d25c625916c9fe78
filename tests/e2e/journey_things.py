"""What the journeys of training begin with, made once; each journey has a cohort and people of its own.

- ``author``: writes courses for a technical partner; the programme (``team``) publishes them;
- ``importer``: trains the cohort ``LISTED``, into which a spreadsheet brings people;
- ``head``, ``coordinator``, ``substitute``: of one school; their course ``JOINT`` asks for work by the pair;
- ``reviser``, ``arriver``, ``finisher``: learners of ``PRACTICE``; what is done before is said where they are made.
  ``mentor`` trains both ``PRACTICE`` and the cohort of the pair.
"""

import uuid
from datetime import timedelta
from typing import Any

PARTNER = "Instituto Exemplo de Formação"
LISTED = "Turma da planilha"
PAIRED = "Turma da dupla"
PRACTICE = "Turma da serra"
JOINT = "ler-a-rede-em-dupla"
COURSE = "praticar-a-leitura"
PEOPLE = ("author", "importer", "head", "coordinator", "substitute", "mentor", "reviser", "arriver", "finisher")
WITH_ACCOUNT = 150  # of the people of the spreadsheet; the others are invited


def prepare() -> dict[str, Any]:
    """The people of the journeys, by the names above."""
    from django.contrib.auth import get_user_model

    from trama.learn.models import Cohort

    if not Cohort.objects.filter(name=PRACTICE).exists():
        _make()
    users = get_user_model().objects
    return {name: users.get(email=f"{name}@exemplo.org.br") for name in PEOPLE}


def _make() -> None:
    from tests.accounts import factories as make
    from trama.accounts.models import Organisation

    partner = Organisation.objects.create(kind="partner", name=PARTNER, slug="instituto-exemplo")
    make.person_with("trainer", partner, name="Olga Autora", email="author@exemplo.org.br")
    mentor = _person("mentor", "Marta Formadora")
    _listed()
    _paired(mentor)
    _practice(mentor)


def _person(key: str, name: str) -> Any:
    from tests.accounts import factories as make

    return make.a_person(name=name, email=f"{key}@exemplo.org.br")


def _cohort(version: Any, name: str, trainer: Any, **fields: Any) -> Any:
    """A cohort that began ten days ago, with its trainer."""
    from django.utils import timezone

    from trama.learn.models import Cohort, CohortTrainer

    now, today = timezone.now(), timezone.localdate()
    values = {"state": "running", "opening": "all", "starts_on": today - timedelta(days=10)} | fields
    cohort = Cohort.objects.create(
        version=version, name=name, ends_on=today + timedelta(days=60), created_at=now, changed_at=now, **values
    )
    CohortTrainer.objects.create(cohort=cohort, user=trainer, since=now)
    return cohort


def _listed() -> None:
    """A cohort that takes people, and those of the spreadsheet who have an account."""
    from django.contrib.auth import get_user_model

    from trama.learn.models import CourseVersion

    version = CourseVersion.objects.get(course__slug="strategic-planning-secretariats", state="published")
    _cohort(version, LISTED, _person("importer", "Cecília Coordenadora"), state="open")
    model = get_user_model()
    model.objects.bulk_create(
        model(email=address_of(number), name=f"Pessoa da Lista {number}", password="!")
        for number in range(1, WITH_ACCOUNT + 1)
    )


def address_of(number: int) -> str:
    """The e-mail of a person of the spreadsheet."""
    return f"lista{number}@exemplo.org.br"


def _paired(mentor: Any) -> None:
    """A school with its principal and two people who coordinate, and a course with work for the pair."""
    from tests.accounts import factories as make
    from tests.learn import factories
    from trama.accounts.roles.vocabulary import Role
    from trama.learn.models import Assignment

    texts = {"title_pt": "Ler a rede em dupla", "title_en": "Reading the network in a pair"}
    version = factories.a_version(JOINT, state="draft", **texts)
    Assignment.objects.filter(module__version=version).update(who="pair")
    _cohort(factories.seal(version), PAIRED, mentor)
    school = make.a_school()
    make.person_with(Role.SCHOOL_PRINCIPAL, school, name="Helena Diretora", email="head@exemplo.org.br")
    for key, name in (("coordinator", "Iara Coordenadora"), ("substitute", "Joana Coordenadora")):
        make.person_with(Role.PEDAGOGICAL_COORDINATOR, school, name=name, email=f"{key}@exemplo.org.br")


def _practice(mentor: Any) -> None:
    """``reviser`` handed in and has the rest done; ``arriver`` did nothing, and a meeting goes on; ``finisher`` has
    all done but opening the lesson.
    """
    from django.utils import timezone

    from tests.learn import factories
    from trama.learn.assignments.services import decide, hand_in
    from trama.learn.cohorts.enrolling import enrol
    from trama.learn.meetings.services import plan_meeting
    from trama.learn.models import Assignment, Lesson

    now = timezone.now()
    texts = {"title_pt": "Praticar a leitura", "title_en": "Practising to read"}
    cohort = _cohort(factories.a_version(COURSE, **texts), PRACTICE, mentor)
    names = {"reviser": "Nilza Reis", "arriver": "Paulo Lima", "finisher": "Quitéria Alves de Souza"}
    rows = {}
    for key, name in names.items():
        person = _person(key, name)
        rows[key] = enrol(cohort, person, by=person, at=now - timedelta(days=8))
    task = Assignment.objects.get(module__version=cohort.version)
    for key in ("reviser", "finisher"):
        _pass_quiz(rows[key], now - timedelta(days=3))
        text = "Duas escolas ficam longe do posto de saúde."
        made = hand_in(rows[key], task, text, submission=uuid.uuid4(), base=0, by=rows[key].person, at=now)
        if key == "finisher":
            levels = dict.fromkeys(task.criteria.values_list("pk", flat=True), 4)
            decide(made, "accepted", feedback="Muito bem.", levels=levels, by=mentor, at=now)
    _open_lesson(rows["reviser"], Lesson.objects.get(module__version=cohort.version), now)
    plan_meeting(
        cohort, {"title": "Encontro de agora", "starts_at": now - timedelta(minutes=10), "minutes": 240,
                 "place": "Biblioteca"}, by=mentor, at=now,
    )  # fmt: skip


def _open_lesson(row: Any, lesson: Any, at: Any) -> None:
    from trama.learn.progress.services import record_visit

    record_visit(row, lesson, by=row.person, at=at)


def _pass_quiz(row: Any, at: Any) -> None:
    """Every question answered rightly."""
    from trama.learn.models import Quiz
    from trama.learn.progress.services import finish_attempt, give_answer, start_attempt

    attempt = start_attempt(row, Quiz.objects.get(module__version=row.cohort.version), by=row.person, at=at)
    for question in attempt.quiz.questions.prefetch_related("options"):
        given = _right(question)
        give_answer(
            attempt, question, given, submission=uuid.uuid4(), language="pt-br", by=row.person, at=at
        )  # fmt: skip
    finish_attempt(attempt, by=row.person, at=at)


def _right(question: Any) -> Any:
    """The right answer in the plain form of ``progress.scoring``."""
    options = list(question.options.all())
    right = [one.pk for one in options if one.right]
    if question.kind == "multiple":
        return right
    if question.kind == "order":
        return [one.pk for one in options]
    if question.kind == "match":
        return {one.pk: one.pk for one in options}
    if question.kind == "number":
        return str(int(question.answer))
    return "censo" if question.kind == "short" else right[0]
