"""QTI 1.2 as Common Cartridge uses it: choices, several choices, true or false, a word to write.

Source: IMS Global, Common Cartridge Profile 1.1, "QTI profile" (2011); QTI 1.2 ASI specification (2002).
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from ..archive import Archive, Finding
from .base import attribute, child, children, every, words, xml_of
from .plain_html import as_text

KINDS = {"multiple_choice": "single", "multiple_response": "multiple", "true_false": "true_false", "fib": "short"}
MOST_QUESTIONS, MOST_OPTIONS = 200, 20
LONGEST, LONGEST_OPTION = 2_000, 500


def read_quiz(archive: Archive, name: str) -> tuple[str, list[dict[str, Any]], list[Finding]]:
    """Title, questions in the shape of ``courses.parts``, and what could not be carried."""
    root = xml_of(archive, name)
    assessment = next(every(root, "assessment"), None)
    title = attribute(assessment, "title")[:160] if assessment is not None else ""
    questions: list[dict[str, Any]] = []
    notes: list[Finding] = []
    for item in every(root, "item"):
        label = attribute(item, "title") or attribute(item, "ident")
        kind = KINDS.get(_profile(item))
        question = _question(item, kind) if kind else None
        if question is None or len(questions) >= MOST_QUESTIONS:
            notes.append(Finding("question_left_out", f"{name}: {label[:80]}", _profile(item) or "?"))
        else:
            questions.append(question)
    return title, questions, notes


def _profile(item: Element) -> str:
    """The kind of question, as ``cc_profile`` says it: ``cc.multiple_choice.v0p1``."""
    for field in every(item, "qtimetadatafield"):
        if words(child(field, "fieldlabel")) == "cc_profile":
            parts = words(child(field, "fieldentry")).split(".")
            return parts[1] if len(parts) > 1 else ""
    return ""


def _question(item: Element, kind: str) -> dict[str, Any] | None:
    """A question; None where its right answer cannot be told."""
    presentation = child(item, "presentation")
    if presentation is None:
        return None
    feedback = {attribute(one, "ident"): _material(one) for one in every(item, "itemfeedback")}
    found: dict[str, Any] = {
        "kind": kind,
        "text": _material(presentation, own=True)[:LONGEST],
        "feedback": next((feedback[key] for key in ("general_fb", "correct_fb") if feedback.get(key)), "")[:LONGEST],
        "options": [],
        "accepted": "",
    }
    right, wrong = _right(item)
    if kind == "short":
        found["accepted"] = "\n".join(dict.fromkeys(right))[:LONGEST]
        return found if right and found["text"] else None
    labels = list(every(presentation, "response_label"))[:MOST_OPTIONS]
    rights_of = set(right) - wrong
    found["options"] = [
        {"text": _material(one)[:LONGEST_OPTION], "right": attribute(one, "ident") in rights_of} for one in labels
    ]
    rights = sum(option["right"] for option in found["options"])
    enough = rights >= 1 if kind == "multiple" else rights == 1
    return found if enough and len(labels) > 1 and found["text"] else None


def _right(item: Element) -> tuple[list[str], set[str]]:
    """What the conditions that give the full score ask for, and what they ask to leave."""
    right: dict[str, None] = {}
    wrong: set[str] = set()
    for condition in every(item, "respcondition"):
        scores = [words(one) for one in children(condition, "setvar")]
        if not any(_positive(score) for score in scores):
            continue
        for test in every(condition, "varequal"):
            right[words(test)] = None
        for negated in every(condition, "not"):
            wrong |= {words(test) for test in every(negated, "varequal")}
    return list(right), wrong


def _positive(score: str) -> bool:
    try:
        return float(score) > 0
    except ValueError:
        return False


def _material(element: Element, *, own: bool = False) -> str:
    """The words of an element. ``own``: without those of its answers."""
    return " ".join(as_text(text) for text in _texts(element, own)).strip()


def _texts(element: Element, own: bool) -> Iterator[str]:
    waiting = [element]
    while waiting:
        one = waiting.pop(0)
        if one.tag.rpartition("}")[2] == "mattext":
            yield "".join(one.itertext())
        elif not (own and one.tag.rpartition("}")[2].startswith(("response_label", "render_"))):
            waiting[:0] = list(one)
