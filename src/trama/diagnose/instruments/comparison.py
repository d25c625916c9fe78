"""What changed from one version of an instrument to another: criterion by criterion, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .models import Level
from .structure import Both, CriterionData, VersionData

WORDS = re.compile(r"\s+|\w+|[^\w\s]")

type Piece = tuple[Literal["same", "out", "in"], str]


@dataclass(frozen=True, slots=True)
class ChangedText:
    """A question or level that is worded otherwise. ``pieces`` in order; what went out stands before what came in."""

    label: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class ChangedCriterion:
    before: CriterionData
    after: CriterionData
    texts: list[ChangedText]  # in the language of the page
    other_language: bool  # question or levels changed in the other language (too)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``same``: question and levels are as before, so answers of both versions can be compared."""

    same: list[CriterionData]
    moved: list[tuple[CriterionData, CriterionData, str]]  # same question and levels; what else is different, in words
    changed: list[ChangedCriterion]
    new: list[CriterionData]
    removed: list[CriterionData]


def compare_versions(before: VersionData, after: VersionData) -> Comparison:
    """Criteria belong together by their key. Every criterion of either version is in exactly one list, once."""
    old = {criterion.key: criterion for criterion in before.criteria}
    new = {criterion.key: criterion for criterion in after.criteria}
    both = [(old[key], criterion) for key, criterion in new.items() if key in old]
    alike = [(was, now) for was, now in both if was.anchors_hash == now.anchors_hash]
    return Comparison(
        same=[now for was, now in alike if was == now],
        moved=[(was, now, ", ".join(_other_differences(was, now))) for was, now in alike if was != now],
        changed=[_changed(was, now) for was, now in both if was.anchors_hash != now.anchors_hash],
        new=[criterion for key, criterion in new.items() if key not in old],
        removed=[criterion for key, criterion in old.items() if key not in new],
    )


def _changed(before: CriterionData, after: CriterionData) -> ChangedCriterion:
    code, other = ("en", "pt") if (get_language() or "").startswith("en") else ("pt", "en")
    pairs = [(_("Question"), before.question, after.question)]
    pairs += [
        (str(level.label), was, now) for level, was, now in zip(Level, before.anchors, after.anchors, strict=True)
    ]

    def differ(was: Both, now: Both, language: str) -> bool:
        return bool(getattr(was, language) != getattr(now, language))

    texts = [
        ChangedText(label, changed_words(getattr(was, code), getattr(now, code)))
        for label, was, now in pairs
        if differ(was, now, code)
    ]
    return ChangedCriterion(before, after, texts, any(differ(was, now, other) for _label, was, now in pairs))


def _other_differences(before: CriterionData, after: CriterionData) -> Iterator[str]:
    words = {
        "code": _("number"),
        "title": _("title"),
        "starred": _("short version"),
        "weight": _("weight"),
        "reach": _("reach"),
        "governability": _("governability"),
        "respondents": _("who answers"),
        "evidence": _("evidence"),
        "law": _("legal basis"),
        "why": _("why it matters"),
        "technologies": _("technologies"),
        "indicators": _("official figures"),
    }
    return (word for name, word in words.items() if getattr(before, name) != getattr(after, name))


def changed_words(before: str, after: str) -> list[Piece]:
    """The two texts as one: pieces that stayed, went out and came in. Whole words; what is equal is joined.

    >>> changed_words("uma lista", "uma lista pública")
    [('same', 'uma lista'), ('in', ' pública')]
    """
    old, new = WORDS.findall(before), WORDS.findall(after)
    pieces: list[Piece] = []
    for verb, start, end, start_new, end_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb == "equal":
            pieces.append(("same", "".join(old[start:end])))
            continue
        if end > start:
            pieces.append(("out", "".join(old[start:end])))
        if end_new > start_new:
            pieces.append(("in", "".join(new[start_new:end_new])))
    return pieces
