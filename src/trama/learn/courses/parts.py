"""What a version of a course holds, described once: its kinds of parts, what each says in both languages and besides.

``as_mapping`` gives a version as plain values; ``write_parts`` makes the rows of a version from such values. The loader
of content, revisions, the checks and the comparison of versions all use them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import (
    Assignment,
    CourseAudience,
    CourseCriterion,
    CourseTechnology,
    CourseVersion,
    FurtherReading,
    GlossaryTerm,
    Lesson,
    LessonFile,
    LibraryItem,
    Module,
    Option,
    Package,
    Part,
    Question,
    Quiz,
    RubricCriterion,
    RubricLevel,
    ToolPart,
    Video,
)

LANGUAGES = ("pt", "en")


def in_both(names: Sequence[str]) -> tuple[str, ...]:
    """("title",) gives ("title_pt", "title_en")."""
    return tuple(f"{name}_{language}" for name in names for language in LANGUAGES)


@dataclass(frozen=True, slots=True)
class PartKind:
    """A kind of part: its model, where it belongs, the texts it has in both languages, and its other values."""

    name: str
    label: str | Promise
    model: type[models.Model]
    parent: str  # name of the kind it belongs to; "" is the version itself
    place: str  # the field that says to which row
    related: str  # the list it is in, in the mapping of its parent
    texts: tuple[str, ...]
    others: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()  # texts that may be empty, in both languages at once
    elsewhere: frozenset[str] = frozenset()  # fields that have a page of their own, not a place in the form

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.others, *in_both(self.texts))

    @property
    def written(self) -> tuple[str, ...]:
        """What the form of the kind asks for."""
        return tuple(name for name in self.fields if name not in self.elsewhere)

    @property
    def is_of_module(self) -> bool:
        """A lesson, quiz or assignment: they stand in one order."""
        return self.parent == "module"


GLOSSARY = PartKind("term", _("Glossary"), GlossaryTerm, "", "version", "glossary", ("term", "definition"))
LIBRARY = PartKind(
    "paper", _("Library"), LibraryItem, "", "version", "library", ("title", "summary", "body"), ("slug",)
)
FURTHER = PartKind(
    "further", _("Further reading"), FurtherReading, "", "version", "further", ("note",), ("title", "address"),
    optional=frozenset({"note"}),
)  # fmt: skip
VIDEO = PartKind(
    "video", _("Video"), Video, "", "version", "videos", ("title", "transcript"),
    ("slug", "address", "seconds", "captions_there", "file", "light", "poster", "captions_pt", "captions_en"),
    elsewhere=frozenset({"file", "light", "poster", "captions_pt", "captions_en"}),
)  # fmt: skip
FILE = PartKind(
    "file", _("File to download"), LessonFile, "", "version", "files", ("title",), ("slug", "file_pt", "file_en"),
    elsewhere=frozenset({"file_pt", "file_en"}),
)  # fmt: skip
MODULE = PartKind("module", _("Module"), Module, "", "version", "modules", ("title", "summary"), ("slug", "minutes"))
LESSON = PartKind("lesson", _("Lesson"), Lesson, "module", "module", "parts", ("title", "body"), ("slug", "minutes"))
QUIZ = PartKind(
    "quiz", _("Quiz"), Quiz, "module", "module", "parts", ("title", "instructions"),
    ("slug", "minutes", "pass_percent", "attempts", "time_limit", "draw"), optional=frozenset({"instructions"}),
)  # fmt: skip
ASSIGNMENT = PartKind(
    "assignment", _("Practice assignment"), Assignment, "module", "module", "parts",
    ("title", "task", "product", "example"),
    ("slug", "minutes", "who", "peers", "peers_days", "peers_anonymous", "peers_asked"),
    optional=frozenset({"example"}),
)  # fmt: skip
PACKAGE = PartKind(
    "package", _("Interactive content"), Package, "module", "module", "parts", ("title", "alternative"),
    ("slug", "minutes", "rule", "asked_percent", "file"), elsewhere=frozenset({"file"}),
)  # fmt: skip
TOOL = PartKind(
    "tool", _("External tool"), ToolPart, "module", "module", "parts", ("title", "text"),
    ("slug", "minutes", "tool", "target", "custom", "asks", "pass_percent"),
)  # fmt: skip
QUESTION = PartKind(
    "question", _("Question"), Question, "quiz", "quiz", "questions", ("text", "feedback", "unit", "accepted"),
    ("kind", "answer", "tolerance"), optional=frozenset({"unit", "accepted"}),
)  # fmt: skip
OPTION = PartKind(
    "option", _("Option"), Option, "question", "question", "options", ("text", "pair", "feedback"), ("right",),
    optional=frozenset({"pair", "feedback"}),
)  # fmt: skip
CRITERION = PartKind(
    "criterion", _("Criterion"), RubricCriterion, "assignment", "assignment", "criteria", ("title",), ("weight",)
)
LEVEL = PartKind("level", _("Level"), RubricLevel, "criterion", "criterion", "levels", ("text",))

BESIDE = (VIDEO, FILE, GLOSSARY, LIBRARY, FURTHER)  # what a version holds beside its modules
OF_VERSION = (MODULE, *BESIDE)
OF_MODULE = (LESSON, QUIZ, ASSIGNMENT, PACKAGE, TOOL)
EDITED = (*OF_VERSION, *OF_MODULE, QUESTION, CRITERION)  # options and levels are written with what they belong to
KINDS = {kind.name: kind for kind in (*EDITED, OPTION, LEVEL)}

VERSION_TEXTS = ("title", "summary", "objectives", "what_you_need", "authors", "note")
OPTIONAL_TEXTS = frozenset({"what_you_need", "note", "what_changed"})
VERSION_OTHERS = ("hours", "licence", "lessons_rule", "quizzes_rule", "assignments_rule", "attendance_percent")
VERSION_FIELDS = (*VERSION_OTHERS, *in_both(VERSION_TEXTS))
LISTS: dict[str, tuple[Any, str]] = {
    "audiences": (CourseAudience, "audience"),
    "technologies": (CourseTechnology, "slug"),
    "criteria": (CourseCriterion, "code"),
}


def children_of(kind: PartKind) -> tuple[PartKind, ...]:
    """The kinds that belong to a kind."""
    return tuple(one for one in KINDS.values() if one.parent == kind.name)


def kind_of(row: models.Model) -> PartKind:
    """The kind of a row."""
    return next(kind for kind in KINDS.values() if kind.model is type(row))


def name_of(kind: PartKind, row: Mapping[str, Any], number: int) -> str:
    """How a part is told from its neighbours: its slug, or its number."""
    return str(row.get("slug") or number)


# --- reading ------------------------------------------------------------------------------------------------------


def as_mapping(version: CourseVersion) -> dict[str, Any]:
    """A version as plain values, in order. Seventeen queries, whatever it holds."""
    data: dict[str, Any] = {name: getattr(version, name) for name in VERSION_FIELDS}
    for name, (model, key) in LISTS.items():
        data[name] = sorted(model._default_manager.filter(version=version).values_list(key, flat=True))
    for kind in BESIDE:
        rows: models.QuerySet[Any] = kind.model._default_manager.filter(version=version)
        rows = rows.select_related(*sorted(kind.elsewhere)) if kind.elsewhere else rows
        data[kind.related] = [_values(row, kind) for row in rows]
    slugs = dict(Lesson.objects.filter(module__version=version).values_list("pk", "slug"))
    grown = _grown(version, slugs)
    data["modules"] = []
    for module in Module.objects.filter(version=version):
        parts = [(part.position, part.pk, values) for part, values in grown if part.module_id == module.pk]
        data["modules"].append(
            _values(module, MODULE)
            | {"parts": [values for _place, _pk, values in sorted(parts, key=lambda one: one[:2])]}
        )
    return data


def _grown(version: CourseVersion, slugs: Mapping[int, str]) -> list[tuple[Any, dict[str, Any]]]:
    """Every part of a module with all that belongs to it."""
    questions = Question.objects.filter(quiz__module__version=version).prefetch_related("options")
    of_quiz: dict[int, list[dict[str, Any]]] = {}
    for question in questions:
        values = _values(question, QUESTION) | {
            "lesson": slugs.get(question.lesson_id or 0, ""),
            "options": [_values(option, OPTION) for option in question.options.all()],
        }
        of_quiz.setdefault(question.quiz_id, []).append(values)
    of_assignment: dict[int, list[dict[str, Any]]] = {}
    for criterion in RubricCriterion.objects.filter(assignment__module__version=version).prefetch_related("levels"):
        values = _values(criterion, CRITERION) | {"levels": [_values(level, LEVEL) for level in criterion.levels.all()]}
        of_assignment.setdefault(criterion.assignment_id, []).append(values)
    found = []
    for kind in OF_MODULE:
        rows: models.QuerySet[Any] = kind.model._default_manager.filter(module__version=version)
        for row in rows.select_related("file") if kind is PACKAGE else rows:
            values = {"part": kind.name} | _values(row, kind)
            if kind is QUIZ:
                values["questions"] = of_quiz.get(row.pk, [])
            if kind is ASSIGNMENT:
                values["criteria"] = of_assignment.get(row.pk, [])
            found.append((row, values))
    return found


def _values(row: models.Model, kind: PartKind) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.fields}


def parts_of(data: Mapping[str, Any]) -> Iterator[tuple[PartKind, Mapping[str, Any]]]:
    """Every part of the modules of a mapping, in the order of reading."""
    for module in data["modules"]:
        for part in module["parts"]:
            yield KINDS[part["part"]], part


# --- writing ------------------------------------------------------------------------------------------------------


def write_parts(version: CourseVersion, data: Mapping[str, Any]) -> None:
    """Make all that a version holds; it has nothing yet."""
    for name, (model, key) in LISTS.items():
        model._default_manager.bulk_create(model(version=version, **{key: value}) for value in data[name])
    for kind in BESIDE:
        kind.model._default_manager.bulk_create(
            kind.model(version=version, position=position, **_chosen(values, kind))
            for position, values in enumerate(data[kind.related], start=1)
        )
    waiting: list[tuple[Question, str]] = []
    for position, values in enumerate(data["modules"], start=1):
        module = Module.objects.create(version=version, position=position, **_chosen(values, MODULE))
        for place, part in enumerate(values["parts"], start=1):
            kind = KINDS[part["part"]]
            row = kind.model._default_manager.create(
                module=module, kind=Part.Kind(kind.name), position=place, **_chosen(part, kind)
            )
            waiting += _write_questions(row, part.get("questions", ()))
            _write_criteria(row, part.get("criteria", ()))
    lessons = {one.slug: one for one in Lesson.objects.filter(module__version=version)}
    for question, slug in waiting:
        Question.objects.filter(pk=question.pk).update(lesson=lessons.get(slug))


def _write_questions(quiz: Any, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Question, str]]:
    """The questions of a quiz, and the slug of the lesson that each goes back to: it may come later."""
    made = []
    for position, values in enumerate(rows, start=1):
        question = Question.objects.create(quiz=quiz, position=position, **_chosen(values, QUESTION))
        write_options(question, values["options"])
        if values["lesson"]:
            made.append((question, values["lesson"]))
    return made


def _write_criteria(assignment: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    for position, values in enumerate(rows, start=1):
        criterion = RubricCriterion.objects.create(
            assignment=assignment, position=position, **_chosen(values, CRITERION)
        )
        write_levels(criterion, values["levels"])


def write_options(question: Question, rows: Sequence[Mapping[str, Any]]) -> None:
    """The options of a question, in place of those it had."""
    question.options.all().delete()
    Option.objects.bulk_create(
        Option(question=question, position=position, **_chosen(values, OPTION))
        for position, values in enumerate(rows, start=1)
    )


def write_levels(criterion: RubricCriterion, rows: Sequence[Mapping[str, Any]]) -> None:
    """The levels of a criterion, the lowest first, in place of those it had."""
    criterion.levels.all().delete()
    RubricLevel.objects.bulk_create(
        RubricLevel(criterion=criterion, level=level, **_chosen(values, LEVEL))
        for level, values in enumerate(rows, start=1)
    )


def _chosen(values: Mapping[str, Any], kind: PartKind) -> dict[str, Any]:
    return {name: values[name] for name in kind.fields}
