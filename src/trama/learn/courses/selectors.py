"""Questions about courses: what the catalogue shows, what a version holds, who may work on it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet, Sum

from trama.accounts.api import scopes_held
from trama.foundation.policies import may
from trama.foundation.prepared import prepared

from ..policies import PUBLISH_COURSE
from .keeping import kept_rows
from .models import (
    SEALED,
    Assignment,
    Course,
    CourseVersion,
    Lesson,
    LibraryItem,
    Module,
    Package,
    Part,
    Path,
    PathCourse,
    Question,
    Quiz,
    ToolPart,
)

State = CourseVersion.State
_ORDER = ("course__position", "course__slug")


def public_versions() -> QuerySet[CourseVersion]:
    """Versions that anyone may read: published, and retired ones, which cohorts and certificates stand on."""
    return CourseVersion.objects.filter(state__in=SEALED).select_related("course__organisation")


def published_versions() -> QuerySet[CourseVersion]:
    """The version of each course that people enrol in now, in the order of the catalogue."""
    return public_versions().filter(state=State.PUBLISHED).order_by(*_ORDER)


@prepared
def _course(slug: str) -> QuerySet[Course]:
    return Course.objects.filter(slug=slug)


def course_of(slug: str) -> Course | None:
    """A course, published or not. One query."""
    return next(iter(_course(slug)), None)


def catalogue() -> list[CourseVersion]:
    """The published versions with their audiences, technologies and ``module_count``. Three queries."""
    rows = published_versions().annotate(module_count=Count("modules"))
    return list(rows.prefetch_related("audiences", "technologies"))


def version_for_reader(slug: str, label: str = "") -> CourseVersion | None:
    """The version that anyone reads under a slug: the one with this label, else the published one, else the last."""
    versions = public_versions().filter(course__slug=slug)
    if label:
        return versions.filter(version=label).first()
    return versions.filter(state=State.PUBLISHED).first() or versions.order_by("-published_at", "-pk").first()


def other_versions(version: CourseVersion) -> list[CourseVersion]:
    """The other versions of a course that anyone may read, newest first. One query."""
    return list(public_versions().filter(course=version.course_id).exclude(pk=version.pk).order_by("-pk"))


def modules_of(version: CourseVersion) -> list[Module]:
    """Modules with their parts in order; the texts of lessons are not read. Two queries."""
    return list(version.modules.prefetch_related("parts"))


def parts_in_order(version: CourseVersion) -> list[Part]:
    """Every lesson, quiz and assignment of a version in the order of reading, with its module.

    One query; none where this process has read them before, as with all below, which read a sealed version once.
    """

    def read() -> tuple[Part, ...]:
        rows = Part.objects.filter(module__version=version.pk).select_related("module")
        return tuple(rows.order_by("module__position", "module__pk", "position", "pk"))

    return list(kept_rows(version, "parts", read))


def quizzes_of(version: CourseVersion) -> list[Quiz]:
    """Every quiz. One query."""
    return list(kept_rows(version, "quizzes", lambda: tuple(Quiz.objects.filter(module__version=version.pk))))


def questions_of(version: CourseVersion, quiz: int) -> list[Question]:
    """The questions of a quiz of the version with their options, and the lessons they send back to. Two queries."""
    rows = Question.objects.filter(quiz=quiz, quiz__module__version=version.pk).select_related("lesson__module")
    return list(kept_rows(version, f"questions.{quiz}", lambda: tuple(rows.prefetch_related("options"))))


def assignments_of(version: CourseVersion) -> list[Assignment]:
    """Every assignment. One query."""
    rows = Assignment.objects.filter(module__version=version.pk)
    return list(kept_rows(version, "assignments", lambda: tuple(rows)))


def packages_of(version: CourseVersion) -> list[Package]:
    """Every package. One query."""
    return list(kept_rows(version, "packages", lambda: tuple(Package.objects.filter(module__version=version.pk))))


def lesson_of(version: CourseVersion, slug: str) -> Lesson | None:
    rows = Lesson.objects.filter(module__version=version.pk, slug=slug).select_related("module")
    return kept_rows(version, f"lesson.{slug}", rows.first)


def quiz_of(version: CourseVersion, slug: str) -> Quiz | None:
    """A quiz with ``question_count``. One query."""
    rows = Quiz.objects.filter(module__version=version.pk, slug=slug).select_related("module")
    return kept_rows(version, f"quiz.{slug}", rows.annotate(question_count=Count("questions")).first)


def assignment_of(version: CourseVersion, slug: str) -> Assignment | None:
    """An assignment with its rubric. Three queries."""
    rows = Assignment.objects.filter(module__version=version.pk, slug=slug).select_related("module")
    return kept_rows(version, f"assignment.{slug}", rows.prefetch_related("criteria__levels").first)


def package_of(version: CourseVersion, slug: str) -> Package | None:
    """A package with its file. One query."""
    rows = Package.objects.filter(module__version=version.pk, slug=slug).select_related("module", "file")
    return kept_rows(version, f"package.{slug}", rows.first)


def tool_part_of(version: CourseVersion, slug: str) -> ToolPart | None:
    rows = ToolPart.objects.filter(module__version=version.pk, slug=slug).select_related("module")
    return kept_rows(version, f"tool.{slug}", rows.first)


def library_item(version: CourseVersion, slug: str) -> LibraryItem | None:
    return version.library.filter(slug=slug).first()


def course_versions_state() -> str:
    """Changes whenever a public page may say something else of a course. One query."""
    found = CourseVersion.objects.filter(state__in=SEALED).aggregate(
        n=Count("pk"), last=Max("pk"), at=Max("changed_at"), moved=Sum("course__position")
    )
    at = found["at"].timestamp() if found["at"] else 0
    return f"{found['n']} {found['last']} {at} {found['moved']}"


def courses_state() -> str:
    """Changes whenever a public page may say something else of a course or path. Two queries."""
    paths = Path.objects.aggregate(n=Count("pk"), at=Max("changed_at"))
    at = paths["at"].timestamp() if paths["at"] else 0
    return f"{course_versions_state()} {paths['n']} {at}"


def courses_of_technology(slug: str) -> list[CourseVersion]:
    """Published versions that serve a technology, in the order of the catalogue. One query."""
    return list(published_versions().filter(technologies__slug=slug))


def courses_of_criterion(code: str) -> list[CourseVersion]:
    """Published versions that serve a criterion of the self-diagnosis of a network. One query."""
    return list(published_versions().filter(criteria__code=code))


# --- paths --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PathStop:
    """A course of a path, and the version that people enrol in; None while it has none."""

    place: PathCourse
    version: CourseVersion | None


def published_paths() -> list[Path]:
    """The paths of the catalogue with ``course_count``. One query."""
    rows = Path.objects.filter(state=Path.State.PUBLISHED).annotate(course_count=Count("courses"))
    return list(rows)


def path_by_slug(slug: str) -> Path | None:
    """A path that anyone may see. One query."""
    return Path.objects.filter(slug=slug, state=Path.State.PUBLISHED).select_related("organisation").first()


def stops_of(path: Path) -> list[PathStop]:
    """Its courses in order. Two queries."""
    places = list(path.courses.select_related("course"))
    held = {one.course_id: one for one in published_versions().filter(course__in=[row.course_id for row in places])}
    return [PathStop(place, held.get(place.course_id)) for place in places]


def paths_of(course: Course) -> list[Path]:
    """Published paths that a course is on. One query."""
    return list(Path.objects.filter(state=Path.State.PUBLISHED, courses__course=course))


# --- who writes ---------------------------------------------------------------------------------------------------


def courses_visible_to(user: Any) -> QuerySet[Course]:
    """Courses that a person may work on: those of their organisation; for the programme, all."""
    newest = CourseVersion.objects.order_by("-pk")
    rows = Course.objects.select_related("organisation").prefetch_related(Prefetch("versions", newest))
    return rows.filter(_within(user, "organisation"))


def versions_visible_to(user: Any) -> QuerySet[CourseVersion]:
    """Versions, of whatever state, that a person may work on."""
    rows = CourseVersion.objects.select_related("course__organisation", "created_by")
    return rows.filter(_within(user, "course__organisation"))


def paths_visible_to(user: Any) -> QuerySet[Path]:
    """Paths that a person may work on."""
    return Path.objects.select_related("organisation").filter(_within(user, "organisation"))


def _within(user: Any, field: str) -> Q:
    if belongs_to_programme(user):
        return Q()
    return Q(**{f"{field}__in": scopes_held(user, "courses").organisations})


def belongs_to_programme(user: Any) -> bool:
    """Whether a person belongs to the programme, which sees, corrects and publishes every course."""
    return may(user, PUBLISH_COURSE)
