"""How courses are shown: the filters of the catalogue, a course with its parts, one part between its neighbours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from trama.foundation import filters
from trama.foundation.documents.html import Look, blocks_as_html
from trama.foundation.filters import Filter
from trama.plan.api import versions_by_slug

from .keeping import filled, gap, kept
from .lessons import Reader, lesson_as_html, page_of, read_lesson, read_task
from .media import Shelf
from .models import Assignment, CourseAudience, CourseVersion, Lesson, Module, Package, Part, Quiz, ToolPart
from .selectors import assignment_of, lesson_of, modules_of, package_of, parts_in_order, quiz_of, tool_part_of

FILTERS = ("publico", "tecnologia", "duracao")
SHORT, LONG = 5, 20  # hours
SEGMENTS = {  # of addresses
    "lesson": "aulas", "quiz": "testes", "assignment": "tarefas", "package": "interativos", "tool": "ferramentas",
}  # fmt: skip
KIND_OF_SEGMENT = {segment: kind for kind, segment in SEGMENTS.items()}


def narrowed(versions: list[CourseVersion], asked: Mapping[str, str]) -> tuple[list[CourseVersion], list[Filter]]:
    """The versions that meet every filter asked for, and the filters with their counts. At most three queries."""
    slugs = sorted({one.slug for version in versions for one in version.technologies.all()})
    choices = {
        "publico": (_("For whom"), {value: str(label) for value, label in CourseAudience.Audience.choices}),
        "tecnologia": (_("Technology"), {one.technology.slug: one.title for one in versions_by_slug(slugs)}),
        "duracao": (
            _("Workload"),
            {
                "curta": _("up to %d hours") % SHORT,
                "media": _("from %(from)d to %(to)d hours") % {"from": SHORT + 1, "to": LONG},
                "longa": _("more than %d hours") % LONG,
            },
        ),
    }
    return filters.narrowed(versions, asked, choices, _offers)


def _offers(version: CourseVersion) -> Mapping[str, set[str]]:
    length = "curta" if version.hours <= SHORT else "media" if version.hours <= LONG else "longa"
    return {
        "publico": {one.audience for one in version.audiences.all()},
        "tecnologia": {one.slug for one in version.technologies.all()},
        "duracao": {length},
    }


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version is being read: where its addresses begin, and what they carry on.

    Glossary and library stand on pages of their own, which may be elsewhere (``shelf``).
    """

    base: str
    suffix: str = ""
    shelf: "Place | None" = None

    @property
    def shelf_base(self) -> str:
        return (self.shelf or self).base

    @property
    def shelf_end(self) -> str:
        return (self.shelf or self).suffix

    def part(self, part: Part) -> str:
        return f"{self.base}{SEGMENTS[part.kind]}/{part.slug}/{self.suffix}"

    def paper(self, slug: str) -> str:
        return f"{self.shelf_base}biblioteca/{slug}/{self.shelf_end}"

    def media(self, uid: Any) -> str:
        """Where a video or file is loaded from: one address, whatever the version."""
        return f"{self.shelf_base}midia/{uid}/"


def public_place(version: CourseVersion, suffix: str = "") -> Place:
    return Place(reverse("learn:course", args=[version.course.slug]), suffix)


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part in a list: where it is read; its weight where it was worked out."""

    part: Part
    address: str
    bytes: int = 0

    @property
    def gap(self) -> SafeString:
        """Where a page of a learner says how far they are with it."""
        return gap(str(self.part.pk))


def course_context(version: CourseVersion, place: Place, sizes: Mapping[str, int] | None = None) -> dict[str, Any]:
    """What the page of a version shows. About ten queries."""
    weights = sizes or {}
    modules = [
        (
            module,
            [PartLine(part, place.part(part), weights.get(part.key, 0)) for part in module.parts.all()],
            weights.get(f"module:{module.slug}", 0),
        )
        for module in modules_of(version)
    ]
    kinds = [line.part.kind for _module, lines, _size in modules for line in lines]
    return {
        "version": version,
        "course": version.course,
        "place": place,
        "modules": modules,
        "counts": {kind: kinds.count(kind) for kind in SEGMENTS},
        "audiences": [one.get_audience_display() for one in version.audiences.order_by("pk")],
        "library": list(version.library.all()),
        "further": list(version.further.all()),
        "glossary_count": version.glossary.count(),
        "rules": [
            *rules_in_words(version),
            *([_("interactive content, as each one says")] if "package" in kinds else []),
        ],
    }


def rules_in_words(version: CourseVersion) -> list[str]:
    """What the course asks for its certificate, one sentence a rule."""
    rules = [
        version.get_lessons_rule_display() if version.lessons_rule != "none" else "",
        version.get_quizzes_rule_display() if version.quizzes_rule != "none" else "",
        version.get_assignments_rule_display() if version.assignments_rule != "none" else "",
    ]
    if version.attendance_percent:
        rules.append(_("%d%% of the meetings attended, where the cohort has any") % version.attendance_percent)
    return [str(rule) for rule in rules if rule]


# --- one part -----------------------------------------------------------------------------------------------------


type AnyPart = Lesson | Quiz | Assignment | Package | ToolPart


def part_of(version: CourseVersion, kind: str, slug: str) -> AnyPart | None:
    """A part of a version, with what its page needs."""
    finders: dict[str, Callable[[CourseVersion, str], Any]] = {
        "lesson": lesson_of, "quiz": quiz_of, "assignment": assignment_of, "package": package_of,
        "tool": tool_part_of,
    }  # fmt: skip
    found: AnyPart | None = finders[kind](version, slug)
    return found


def part_context(
    version: CourseVersion,
    part: AnyPart,
    place: Place,
    reflection: Callable[[str], SafeString | str] = lambda slug: "",
) -> dict[str, Any]:
    """What the page of a part shows. Raises ``DocumentError`` where the text of a draft cannot be read yet."""
    order = parts_in_order(version)
    at = next(number for number, one in enumerate(order) if one.pk == part.pk)
    context: dict[str, Any] = {
        "version": version,
        "course": version.course,
        "place": place,
        "part": part,
        "module": part.module,
        "number": at + 1,
        "count": len(order),
        "previous": _line(order[at - 1], place) if at else None,
        "next": _line(order[at + 1], place) if at + 1 < len(order) else None,
    }
    if isinstance(part, Lesson):
        context["html"] = filled(_drawn(version, part, place), reflection)
    if isinstance(part, ToolPart):
        look = Look(address=lambda address: page_of(address, place.paper))
        context["text"] = blocks_as_html(read_task(part.text), look)
    if isinstance(part, Assignment):
        look = Look(address=lambda address: page_of(address, place.paper))
        context["task"] = blocks_as_html(read_task(part.task), look)
        context["example"] = blocks_as_html(read_task(part.example), look) if part.example else ""
        context["criteria"] = list(part.criteria.all())
    return context


def _drawn(version: CourseVersion, lesson: Lesson, place: Place) -> SafeString:
    """A lesson with a gap below each question for reflection."""
    what = f"lesson {lesson.pk} {lesson.revision} {place.paper('-')}"
    shelf = Shelf(version, place.media, lambda address: page_of(address, place.paper))
    return kept(version, what, lambda: lesson_as_html(read_lesson(lesson.body), Reader(place.paper, gap, shelf.of)))


def _line(part: Part, place: Place) -> PartLine:
    return PartLine(part, place.part(part))


def module_by_slug(version: CourseVersion, slug: str) -> Module | None:
    return version.modules.filter(slug=slug).prefetch_related("parts").first()
