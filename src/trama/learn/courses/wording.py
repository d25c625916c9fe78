"""The list before publishing in the words of the authors' forms. Files keep the names that their fields have there."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .checks import Problem
from .comparison import field_label
from .models import CourseAudience
from .parts import KINDS

Audience = CourseAudience.Audience


def where(problem: Problem) -> str:
    """The part that a problem is in: "Lesson first-steps"."""
    if not problem.kind:
        return _("Texts")
    return " ".join(filter(None, (str(KINDS[problem.kind].label), problem.name)))


def told(problem: Problem) -> str:
    """One sentence: what is missing, what is there, what is expected."""
    expected = problem.expected
    if (problem.kind, problem.field) == ("", "audiences"):
        expected = _("one or more of %s") % ", ".join(str(label) for label in Audience.labels)
    said = {"field": _field(problem), "found": problem.found, "expected": expected}
    return capfirst(_("%(field)s: found %(found)s, expected %(expected)s.") % said)


def _field(problem: Problem) -> str:
    """The field as the form calls it. What follows a comma, such as a line of a text, stays."""
    name, comma, place = problem.field.partition(", ")
    return f"{_label(problem, name)}{comma}{place}"


def _label(problem: Problem, name: str) -> str:
    lists = {
        ("", "audiences"): _("for whom"),
        ("", "technologies"): _("technologies that it serves"),
        ("", "criteria"): _("criteria of the self-diagnosis that it serves"),
        ("", "modules"): pgettext("of a course", "modules"),
        ("", "objectives"): pgettext("of a course", "objectives"),
        ("module", "parts"): pgettext("of a course", "parts"),
        ("quiz", "questions"): pgettext("of a course", "questions"),
        ("quiz", "options"): pgettext("of a course", "options"),
        ("assignment", "criteria"): pgettext("of a course", "criteria of the rubric"),
        ("assignment", "levels"): pgettext("of a course", "levels"),
    }
    if (problem.kind, name) in lists:
        return lists[problem.kind, name]
    if name == "slug":
        return _("address")
    for kind in _kinds(problem):
        label = field_label(kind, name)
        if label != name:
            return label
    return name


def _kinds(problem: Problem) -> list[str]:
    """The kind of what has the problem; a check names what belongs to a part after it: "seen, question 2, option 1"."""
    words = {_("question"): "question", _("option"): "option", _("criterion"): "criterion", _("level"): "level"}
    last = problem.name.rpartition(", ")[2].rpartition(" ")[0]
    return [words[last]] if last in words else [problem.kind]
