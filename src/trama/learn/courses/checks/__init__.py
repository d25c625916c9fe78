"""The list before publishing: what a version lacks, for the content files and for what is written on the site alike.

A *problem* keeps a version from being published. A *hint* warns: the author decides.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ..models import CourseAudience, CourseVersion
from ..parts import (
    FILE,
    KINDS,
    LANGUAGES,
    LESSON,
    LIBRARY,
    MODULE,
    OF_MODULE,
    OPTIONAL_TEXTS,
    PACKAGE,
    QUIZ,
    TOOL,
    VERSION_TEXTS,
    VIDEO,
    PartKind,
    name_of,
    parts_of,
)
from .beside import check_assignment, check_lists, unused_papers
from .lessons import check_lesson
from .media import check_media
from .packages import check_package
from .problem import Known, Problem, check_known, check_number, check_texts, is_whole, none
from .quizzes import check_quiz
from .tools import check_tool

__all__ = ["LABEL", "SLUG", "Known", "Problem", "blocking", "check"]

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
LABEL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){1,2}\Z")
MOST_MINUTES = 600  # of one part
MOST_HOURS = 400
WITHIN = 10  # the minutes of the parts may differ from the workload by a tenth of it


def check(data: Mapping[str, Any], known: Known = Known()) -> list[Problem]:  # noqa: B008  # a value, not a state
    """Problems and hints of a version (``parts.as_mapping``), in reading order; empty when all is well."""
    return [
        *_version(data),
        *check_known("", "", "technologies", data["technologies"], known.technologies),
        *check_known("", "", "criteria", data["criteria"], known.criteria),
        *_workload(data),
        *_slugs(data),
        *_modules(data, known),
        *check_lists(data),
        *check_media(data),
        *unused_papers(data),
    ]


def blocking(found: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in found if problem.blocks]


def _version(data: Mapping[str, Any]) -> Iterator[Problem]:
    model = CourseVersion
    yield from check_texts("", "", data, VERSION_TEXTS, model, OPTIONAL_TEXTS)
    yield from check_number("", "", "hours", data["hours"], MOST_HOURS)
    if not str(data["licence"]).strip():
        yield Problem("", "", "licence", none(), _("a licence, such as CC BY-SA 4.0"))
    allowed = CourseAudience.Audience.values
    if not data["audiences"] or not set(data["audiences"]) <= set(allowed):
        found = ", ".join(map(str, data["audiences"])) or none()
        yield Problem("", "", "audiences", found, _("one or more of %s") % ", ".join(allowed))
    objectives = {language: len(str(data[f"objectives_{language}"]).splitlines()) for language in LANGUAGES}
    if objectives["pt"] != objectives["en"]:
        found = f"{objectives['pt']} / {objectives['en']}"
        yield Problem("", "", "objectives", found, _("as many in Portuguese as in English"))
    rules = (
        ("lessons_rule", model.LessonsRule.values),
        ("quizzes_rule", model.QuizzesRule.values),
        ("assignments_rule", model.AssignmentsRule.values),
    )
    for field, values in rules:
        if data[field] not in values:
            yield Problem("", "", field, repr(data[field]), _("one of %s") % ", ".join(values))
    if not is_whole(data["attendance_percent"]) or not 0 <= data["attendance_percent"] <= 100:
        expected = _("a whole number from 0 to 100")
        yield Problem("", "", "attendance_percent", repr(data["attendance_percent"]), expected)


def _workload(data: Mapping[str, Any]) -> Iterator[Problem]:
    """The minutes of the parts add up: to those of their module, and with all modules to the hours of the course."""
    total = 0
    for module in data["modules"]:
        minutes = [part["minutes"] for part in module["parts"]]
        if not all(map(is_whole, [*minutes, module["minutes"]])):
            return
        total += sum(minutes)
        if sum(minutes) != module["minutes"]:
            expected = _("%d, the sum of its parts") % sum(minutes)
            yield Problem("module", module["slug"], "minutes", str(module["minutes"]), expected)
    stated = 60 * data["hours"] if is_whole(data["hours"]) else 0
    if data["modules"] and stated and abs(total - stated) * WITHIN > stated:
        found = _("%(hours)d hours, and parts of %(minutes)d minutes") % {"hours": data["hours"], "minutes": total}
        yield Problem("", "", "hours", found, _("parts that add up to the workload, within a tenth of it"))


def _slugs(data: Mapping[str, Any]) -> Iterator[Problem]:
    """A slug names one thing in the whole version, and over the versions of the course."""
    groups: list[tuple[PartKind, list[str]]] = [(MODULE, [module["slug"] for module in data["modules"]])]
    groups += [(kind, [part["slug"] for one, part in parts_of(data) if one is kind]) for kind in OF_MODULE]
    groups += [(kind, [row["slug"] for row in data[kind.related]]) for kind in (LIBRARY, VIDEO, FILE)]
    for kind, slugs in groups:
        for slug, times in Counter(slugs).items():
            if not SLUG.match(slug):
                yield Problem(kind.name, slug, "slug", repr(slug), _("small letters, digits and hyphens"))
            if times > 1:
                yield Problem(kind.name, slug, "slug", _("%d times") % times, _("once in the course"))


def _modules(data: Mapping[str, Any], known: Known) -> Iterator[Problem]:
    if not data["modules"]:
        yield Problem("", "", "modules", none(), _("at least one module"))
    for number, module in enumerate(data["modules"], start=1):
        name = name_of(MODULE, module, number)
        yield from check_texts("module", name, module, MODULE.texts, MODULE.model)
        if not module["parts"]:
            yield Problem("module", name, "parts", none(), _("lessons, quizzes and assignments"))
        for part in module["parts"]:
            kind = KINDS[part["part"]]
            yield from check_texts(kind.name, part["slug"], part, kind.texts, kind.model, kind.optional)
            yield from check_number(kind.name, part["slug"], "minutes", part["minutes"], MOST_MINUTES)
            if kind is LESSON:
                yield from check_lesson(part, data, known)
            elif kind is QUIZ:
                yield from check_quiz(part, data)
            elif kind is PACKAGE:
                yield from check_package(part)
            elif kind is TOOL:
                yield from check_tool(part, known)
            else:
                yield from check_assignment(part)
