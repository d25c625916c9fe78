"""Checks of quizzes: every question has a right answer of its kind, and a lesson to go back to."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..models import Question
from ..parts import LANGUAGES, LESSON, OPTION, QUESTION, parts_of
from .problem import Problem, check_number, check_texts, is_whole, named, none

LARGEST, DECIMALS = 10**12, 4  # what the database keeps of a right number


def check_quiz(part: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Problem]:
    name = part["slug"]
    yield from check_number("quiz", name, "pass_percent", part["pass_percent"], 100)
    for field, least, most in (("attempts", 0, 100), ("time_limit", 1, 600), ("draw", 1, 1000)):
        value = part[field]
        if value is not None and (not is_whole(value) or not least <= value <= most):
            expected = _("a whole number from %(least)d to %(most)d") % {"least": least, "most": most}
            yield Problem("quiz", name, field, repr(value), expected)
    if not part["questions"]:
        yield Problem("quiz", name, "questions", none(), _("at least one question"))
    if is_whole(part["draw"]) and part["draw"] > len(part["questions"]):
        expected = _("at most the %d questions there are") % len(part["questions"])
        yield Problem("quiz", name, "draw", str(part["draw"]), expected)
    slugs = {row["slug"] for kind, row in parts_of(data) if kind is LESSON}
    for number, question in enumerate(part["questions"], start=1):
        place = named(name, _("question"), number)
        yield from check_texts("quiz", place, question, ("text", "feedback"), QUESTION.model)
        if question["lesson"] and question["lesson"] not in slugs:
            yield Problem("quiz", place, "lesson", question["lesson"], _("the slug of a lesson of this course"))
        rule = _RULES.get(question["kind"])
        if rule is None:
            expected = _("one of %s") % ", ".join(Question.Kind.values)
            yield Problem("quiz", place, "kind", repr(question["kind"]), expected)
            continue
        for number_of_option, option in enumerate(question["options"], start=1):
            where = named(place, _("option"), number_of_option)
            yield from check_texts("quiz", where, option, ("text", "feedback"), OPTION.model, OPTION.optional)
        for field, found, expected in rule(question):
            yield Problem("quiz", place, field, found, expected)


type Finding = tuple[str, str, str]  # field, found, expected


def _rights(question: Mapping[str, Any]) -> int:
    return sum(bool(option["right"]) for option in question["options"])


def _several(question: Mapping[str, Any], least: int = 2) -> Iterator[Finding]:
    options = question["options"]
    if len(options) < least:
        yield "options", str(len(options)), _("at least %d options") % least
    for language in LANGUAGES:
        texts = [option[f"text_{language}"].strip().lower() for option in options if option[f"text_{language}"].strip()]
        if len(set(texts)) < len(texts):
            yield f"text_{language}", _("two options that say the same"), _("options that differ")


def _single(question: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _several(question)
    if _rights(question) != 1:
        yield "right", str(_rights(question)), _("exactly one right option")


def _true_false(question: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _single(question)
    if len(question["options"]) > 2:
        yield "options", str(len(question["options"])), _("two options: true and false")


def _multiple(question: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _several(question)
    if not _rights(question):
        yield "right", "0", _("at least one right option")


def _match(question: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _several(question)
    for language in LANGUAGES:
        pairs = [option[f"pair_{language}"].strip().lower() for option in question["options"]]
        if not all(pairs):
            yield f"pair_{language}", none(), _("a pair for each option")
        elif len(set(pairs)) < len(pairs):
            yield f"pair_{language}", _("two pairs that say the same"), _("pairs that differ")


def _a_number(question: Mapping[str, Any]) -> Iterator[Finding]:
    if question["answer"] is None:
        yield "answer", none(), _("the right number")
    for field in ("answer", "tolerance"):
        value = question[field]
        if value is not None and (abs(value) >= LARGEST or round(value, DECIMALS) != value):
            expected = _("a number below a million million with at most %d decimals") % DECIMALS
            yield field, str(value), expected
    if question["tolerance"] is not None and question["tolerance"] < 0:
        yield "tolerance", str(question["tolerance"]), _("a number, at least 0")


def _short(question: Mapping[str, Any]) -> Iterator[Finding]:
    for language in LANGUAGES:
        if not question[f"accepted_{language}"].strip():
            yield f"accepted_{language}", none(), _("at least one accepted answer")


_RULES: dict[str, Callable[[Mapping[str, Any]], Iterator[Finding]]] = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "order": _several,
    "match": _match,
    "number": _a_number,
    "short": _short,
}
