"""Small worlds for the tests of courses and of what happens in their cohorts."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from trama.learn.models import (
    Assignment,
    Course,
    CourseVersion,
    Lesson,
    Module,
    Option,
    Part,
    Question,
    Quiz,
    RubricCriterion,
    RubricLevel,
)

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
_next = count(1)
LESSON_PT = """Abra o mapa da rede.

## O que olhar

- escolas
- turmas

::: reflection first-look
O que chama a sua atenção?
:::

::: remember
Comece pelo que a rede já sabe.
:::
"""
LESSON_EN = """Open the map of the network.

## What to look at

- schools
- classes

::: reflection first-look
What strikes you?
:::

::: remember
Start with what the network knows already.
:::
"""


def in_two(name: str, portuguese: str, english: str) -> dict[str, str]:
    return {f"{name}_pt": portuguese, f"{name}_en": english}


def a_course(slug: str = "", *, organisation: Any = None) -> Course:
    return Course.objects.create(slug=slug or f"curso-{next(_next)}", organisation=organisation)


def a_version(
    slug: str = "",
    *,
    label: str = "1.0",
    state: str = "published",
    organisation: Any = None,
    course: Course | None = None,
    modules: int = 1,
    by: Any = None,
    **fields: Any,
) -> CourseVersion:
    """A small, complete version: each module has a lesson, a quiz of every kind of question, and an assignment."""
    version = CourseVersion.objects.create(
        course=course or a_course(slug, organisation=organisation),
        version=label,
        created_by=by,
        created_at=NOON,
        changed_at=NOON,
        **(
            {"hours": modules, "licence": "CC BY-SA 4.0"}
            | in_two("title", "Conhecer a rede", "Know the network")
            | in_two("summary", "Um curso curto.", "A short course.")
            | in_two("objectives", "Ao fim, você lê o mapa.", "At the end you read the map.")
            | in_two("what_you_need", "Uma hora e um celular.", "One hour and a phone.")
            | in_two("authors", "Equipe da Trama", "Trama team")
            | fields
        ),
    )
    version.audiences.create(audience="secretariat")
    for number in range(1, modules + 1):
        a_module(version, number)
    version.glossary.create(
        position=1, **in_two("term", "rede", "network"), **in_two("definition", "Escolas juntas.", "Schools together.")
    )
    version.library.create(
        slug="folha",
        position=1,
        **in_two("title", "Folha de leitura", "Reading sheet"),
        **in_two("summary", "Para ler juntos.", "To read together."),
        **in_two("body", "# Folha de leitura\n\nQuem lê: _____", "# Reading sheet\n\nWho reads: _____"),
    )
    version.further.create(position=1, title="LDB", address="https://www.planalto.gov.br/ccivil_03/leis/l9394.htm")
    if state != "draft":
        seal(version, state)
    return version


def seal(version: CourseVersion, state: str = "published") -> CourseVersion:
    CourseVersion.objects.filter(pk=version.pk).update(state=state, published_at=NOON, changed_at=NOON)
    version.refresh_from_db()
    return version


def a_module(version: CourseVersion, number: int = 1) -> Module:
    module = Module.objects.create(
        version=version,
        slug=f"modulo-{number}",
        position=number,
        minutes=60,
        **in_two("title", f"Módulo {number}", f"Module {number}"),
        **in_two("summary", "O primeiro olhar.", "The first look."),
    )
    lesson = a_lesson(module, f"aula-{number}", 1)
    a_quiz(module, f"teste-{number}", 2, lesson)
    an_assignment(module, f"tarefa-{number}", 3)
    return module


def a_lesson(module: Module, slug: str, position: int, **fields: Any) -> Lesson:
    return Lesson.objects.create(
        module=module,
        kind=Part.Kind.LESSON,
        slug=slug,
        position=position,
        minutes=20,
        **(in_two("title", "Ler o mapa", "Read the map") | in_two("body", LESSON_PT, LESSON_EN) | fields),
    )


def a_quiz(module: Module, slug: str, position: int, lesson: Lesson | None = None, **fields: Any) -> Quiz:
    quiz = Quiz.objects.create(
        module=module,
        kind=Part.Kind.QUIZ,
        slug=slug,
        position=position,
        minutes=10,
        **(in_two("title", "O que ficou", "What stayed") | {"pass_percent": 70, "attempts": 3} | fields),
    )
    for place, kind in enumerate(Question.Kind.values, start=1):
        a_question(quiz, kind, place, lesson=lesson)
    return quiz


OPTIONS: dict[str, list[dict[str, Any]]] = {
    "single": [{"right": True}, {}, {}],
    "multiple": [{"right": True}, {"right": True}, {}],
    "true_false": [{"right": True}, {}],
    "order": [{}, {}, {}],
    "match": [{"pair_pt": "par a", "pair_en": "pair a"}, {"pair_pt": "par b", "pair_en": "pair b"}],
}


def a_question(quiz: Quiz, kind: str, position: int, *, lesson: Lesson | None = None) -> Question:
    own: dict[str, Any] = {}
    if kind == "number":
        own = {"answer": Decimal(30), "tolerance": Decimal("0.5"), "unit_pt": "escolas", "unit_en": "schools"}
    if kind == "short":
        own = {"accepted_pt": "censo escolar\ncenso", "accepted_en": "school census\ncensus"}
    question = Question.objects.create(
        quiz=quiz,
        kind=kind,
        position=position,
        lesson=lesson,
        **in_two("text", f"Pergunta {position}?", f"Question {position}?"),
        **in_two("feedback", "Porque sim.", "Because it is."),
        **own,
    )
    Option.objects.bulk_create(
        Option(
            question=question,
            position=place,
            **(in_two("text", f"opção {place}", f"option {place}") | more),
        )
        for place, more in enumerate(OPTIONS.get(kind, []), start=1)
    )
    return question


def an_assignment(module: Module, slug: str, position: int, *, who: str = "each") -> Assignment:
    assignment = Assignment.objects.create(
        module=module,
        kind=Part.Kind.ASSIGNMENT,
        slug=slug,
        position=position,
        minutes=30,
        who=who,
        **in_two("title", "Na sua rede", "In your network"),
        **in_two("task", "Leia o mapa com a equipe.", "Read the map with the team."),
        **in_two("product", "Três frases sobre o que viram.", "Three sentences on what you saw."),
        **in_two("example", "Exemplo inventado.", "Invented example."),
    )
    criterion = RubricCriterion.objects.create(
        assignment=assignment, position=1, weight=1, **in_two("title", "Clareza", "Clarity")
    )
    RubricLevel.objects.bulk_create(
        RubricLevel(criterion=criterion, level=level, **in_two("text", f"Nível {level}", f"Level {level}"))
        for level in (1, 2, 3, 4)
    )
    return assignment
