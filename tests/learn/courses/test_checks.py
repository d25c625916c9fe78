"""The list before publishing: each rule on a version that is complete but for one thing."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from tests.learn.factories import LESSON_EN, LESSON_PT, a_version
from trama.learn.courses.checks import Known, blocking, check
from trama.learn.courses.parts import as_mapping

pytestmark = pytest.mark.django_db
KINDS = ("single", "multiple", "true_false", "order", "match", "number", "short")


@pytest.fixture
def data() -> dict[str, Any]:
    return as_mapping(a_version(state="draft"))


def part(data: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in data["modules"][0]["parts"] if one["part"] == kind)
    return found


def question(data: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = part(data, "quiz")["questions"][KINDS.index(kind)]
    return found


def problems(data: dict[str, Any], known: Known = Known()) -> list[tuple[str, str, str]]:  # noqa: B008
    with translation.override("en"):
        return [(one.kind, one.field, one.expected) for one in blocking(check(data, known))]


def hints(data: dict[str, Any]) -> list[str]:
    return [one.field for one in check(data) if not one.blocks]


def test_a_complete_version_has_no_problem(data):
    assert problems(data, Known(frozenset(), frozenset())) == []


@pytest.mark.parametrize("field", ["title_pt", "title_en", "summary_pt", "authors_en", "objectives_pt", "licence"])
def test_a_text_that_is_missing_in_one_language_is_named(data, field):
    data[field] = " "
    assert field in [found for _kind, found, _expected in problems(data)]


def test_workload_must_add_up_to_the_module_and_within_a_tenth_to_the_hours(data):
    data["modules"][0]["minutes"] = 61
    assert problems(data) == [("module", "minutes", "60, the sum of its parts")]
    data["modules"][0]["minutes"] = 60
    for hours, fits in ((1, True), (2, False)):
        data["hours"] = hours
        assert (problems(data) == []) is fits
    part(data, "lesson")["minutes"], data["modules"][0]["minutes"], data["hours"] = 26, 66, 1
    assert problems(data) == []  # 66 minutes are within a tenth of an hour
    part(data, "lesson")["minutes"], data["modules"][0]["minutes"] = 27, 67
    assert [field for _kind, field, _expected in problems(data)] == ["hours"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text.replace("first-look", "other-look"), "the reflections of the Portuguese text: first-look"),
        (
            lambda text: text.replace("remember", "accordion X"),
            "the blocks of the Portuguese text: reflection, remember",
        ),
        (lambda text: text + "\n[click here](https://x.example)\n", "words that say where the link leads"),
        (lambda text: text + "\n[https://x.example](https://x.example)\n", "words that say where the link leads"),
        (lambda text: text + "\n[the sheet](trama:library/none)\n", "a paper of the library of this course"),
        (lambda text: text + "\n[this](trama:technologies/none)\n", "something that exists on this site"),
        (lambda text: text + "\n| a | |\n|---|---|\n| b | c |\n", "a heading for each column"),
        (lambda text: text + "\n::: reflection first-look\nAgain?\n:::\n", "once in the lesson"),
        (lambda text: text + "\n<video>\n", "links"),
        (lambda text: "", "a text"),
    ],
)
def test_a_lesson_can_be_read_by_everybody_and_asks_the_same_in_both_languages(data, change, expected):
    part(data, "lesson")["body_en"] = change(LESSON_EN)
    assert any(expected in found for _kind, _field, found in problems(data, Known(frozenset(), frozenset())))


def test_hints_do_not_keep_a_version_from_being_published(data):
    assert "slug" in hints(data)  # the paper that no lesson mentions
    lesson = part(data, "lesson")
    lesson["body_pt"] = LESSON_PT + "\n" + "palavra " * 150
    lesson["minutes"], data["modules"][0]["minutes"] = 20, 60
    assert "body_pt" in hints(data)
    lesson["body_pt"] = LESSON_PT + "\n[a folha](trama:library/folha)\n" + "\n\n".join(["palavra " * 100] * 40)
    found = hints(data)
    assert "slug" not in found
    assert found.count("body_pt") == 1  # more words than minutes
    part(data, "assignment")["example_pt"] = part(data, "assignment")["example_en"] = ""
    assert "example_pt" in hints(data)
    assert problems(data) == []


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("single", lambda q: q["options"][1].update(right=True), "exactly one right option"),
        ("single", lambda q: q["options"][0].update(right=False), "exactly one right option"),
        ("single", lambda q: q["options"].clear(), "at least 2 options"),
        ("single", lambda q: q["options"][1].update(text_en="Option 1 "), "options that differ"),
        ("multiple", lambda q: [o.update(right=False) for o in q["options"]], "at least one right option"),
        ("true_false", lambda q: q["options"].append(q["options"][1] | {"text_pt": "x", "text_en": "x"}), "two option"),
        ("order", lambda q: q["options"].__delitem__(slice(1, None)), "at least 2 options"),
        ("match", lambda q: q["options"][0].update(pair_en=""), "a pair for each option"),
        ("match", lambda q: q["options"][0].update(pair_pt="par b"), "pairs that differ"),
        ("number", lambda q: q.update(answer=None), "the right number"),
        ("number", lambda q: q.update(tolerance=Decimal(-1)), "a number, at least 0"),
        ("number", lambda q: q.update(answer=Decimal("0.00001")), "decimals"),
        ("number", lambda q: q.update(answer=Decimal(10) ** 12), "decimals"),
        ("short", lambda q: q.update(accepted_en=" "), "at least one accepted answer"),
        ("single", lambda q: q.update(feedback_pt=""), "a text"),
        ("single", lambda q: q.update(lesson="none"), "the slug of a lesson of this course"),
        ("single", lambda q: q.update(kind="guess"), "one of single, multiple"),
    ],
)  # fmt: skip
def test_every_question_has_a_right_answer_of_its_kind(data, kind, change, expected):
    change(question(data, kind))
    found = problems(data)
    assert any(expected in said for _kind, _field, said in found), found
    assert {where for where, _field, _expected in found} == {"quiz"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda quiz: quiz.update(draw=8), "at most the 7 questions there are"),
        (lambda quiz: quiz.update(questions=[]), "at least one question"),
        (lambda quiz: quiz.update(pass_percent=0), "from 1 to 100"),
        (lambda quiz: quiz.update(time_limit=0), "from 1 to 600"),
    ],
)
def test_a_quiz_can_be_answered_and_passed(data, change, expected):
    change(part(data, "quiz"))
    assert any(expected in said for _kind, _field, said in problems(data))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda task: task["criteria"][0]["levels"].pop(), "four levels, the lowest first"),
        (lambda task: task["criteria"][0]["levels"][2].update(text_en=""), "a text"),
        (lambda task: task["criteria"].clear(), "a rubric with at least one criterion"),
        (lambda task: task["criteria"][0].update(weight=0), "from 1 to 100"),
        (lambda task: task.update(task_pt="::: remember\nx\n:::\n<b>"), "links"),
        (lambda task: task.update(who="all"), "one of each, pair"),
        (lambda task: task.update(product_pt=""), "a text"),
    ],
)
def test_an_assignment_has_a_rubric_of_four_levels(data, change, expected):
    change(part(data, "assignment"))
    assert any(expected in said for _kind, _field, said in problems(data))


def test_what_stands_beside_the_modules_is_looked_at_too(data):
    data["glossary"].append(dict(data["glossary"][0]))
    data["further"][0]["address"] = "http://x.example"
    data["library"][0]["body_en"] += "\n\n| a | b |\n|---|---|\n| c | d |\n"
    found = [(kind, field) for kind, field, _expected in problems(data)]
    assert set(found) == {("term", "term_pt"), ("term", "term_en"), ("paper", "body_en"), ("further", "address")}


def test_technologies_and_criteria_exist_where_it_can_be_asked(data):
    data["technologies"], data["criteria"] = ["none"], ["9.9.9"]
    assert problems(data) == []
    found = problems(data, Known(frozenset({"some"}), frozenset({"1.1.1"})))
    assert [field for _kind, field, _expected in found] == ["technologies", "criteria"]


def test_a_version_without_modules_is_no_course(data):
    data["modules"] = []
    assert any(expected == "at least one module" for _kind, _field, expected in problems(data))
