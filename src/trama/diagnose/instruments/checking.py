"""What must hold for every version of an instrument, wherever it came from: a folder of content or a spreadsheet.

Whether the levels build on each other, only people can judge; whether they are there, are four different texts, name
known indicators and have cuts in the right order, is checked here.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from trama.know.api import Stage

from .models import Instrument
from .structure import (
    LANGUAGES,
    LEVELS,
    AreaData,
    Both,
    CriterionData,
    DimensionData,
    IndicatorData,
    VersionData,
)

MOST_CRITERIA = 200
SHOWN = 80  # characters of what was found

KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RESPONDENT_KEY = re.compile(r"[a-z][a-z0-9_]*")
LABEL = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]*")
CODE = re.compile(r"[0-9]+(\.[0-9]+)*")
FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]|\$\{")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong: in what (a criterion and its key, say), in which field, what stands there, what should."""

    kind: str  # version · level · respondent · dimension · area · criterion · indicator
    key: str
    field: str
    found: str
    expected: str


class _Flaws:
    """The flaws of one thing, gathered."""

    def __init__(self, kind: str, key: str) -> None:
        self.kind, self.key = kind, key
        self.all: list[Flaw] = []

    def add(self, field: str, found: object, expected: str) -> None:
        text = " ".join(str(found).split())
        shown = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
        self.all.append(Flaw(self.kind, self.key, field, shown, expected))

    def text(self, field: str, text: Both, most: int, *, lines: bool = False, required: bool = True) -> None:
        """Both languages or, where it may be left out, neither; within the length; nothing a form cannot carry."""
        if not required and not text:
            return
        for language in LANGUAGES:
            self._one(f"{field}_{language}", getattr(text, language), most, lines=lines)

    def _one(self, field: str, text: str, most: int, *, lines: bool) -> None:
        if not text.strip():
            self.add(field, "", _("a text; both languages are needed"))
        elif len(text) > most:
            found = _("%(count)d characters") % {"count": len(text)}
            self.add(field, found, _("at most %(most)d characters") % {"most": most})
        elif not lines and "\n" in text:
            self.add(field, text, _("a text of one line"))
        elif FORBIDDEN.search(text):
            self.add(field, text, _("a text without control characters and without ${"))

    def fits(self, field: str, text: str, pattern: re.Pattern[str], most: int, expected: str) -> None:
        if not pattern.fullmatch(text) or len(text) > most:
            self.add(field, text, expected)

    def once(self, field: str, values: list[str]) -> None:
        for value, times in Counter(values).items():
            if times > 1:
                self.add(field, value, _("each one once; this one stands %(times)d times") % {"times": times})


def flaws_of(data: VersionData, known_indicators: Collection[str]) -> list[Flaw]:
    """Everything that is wrong with a version, in reading order. Empty: it can be kept."""
    return [*_head(data), *_tree(data), *_criteria(data, known_indicators)]


def _head(data: VersionData) -> Iterator[Flaw]:
    head = _Flaws("version", "")
    slug_words = _("small letters, digits and hyphens, beginning with a letter")
    head.fits("slug", data.slug, KEY, 60, slug_words)
    if data.scope not in Instrument.Scope.values:
        head.add("scope", data.scope, _("one of: %(values)s") % {"values": ", ".join(Instrument.Scope.values)})
    head.fits("version", data.version, LABEL, 20, _("a label such as 1.0: letters, digits, full stops and hyphens"))
    head.text("title", data.title, 160)
    head.text("summary", data.summary, 2_000, lines=True)
    head.text("guidance", data.guidance, 8_000, lines=True)
    head.text("authors", data.authors, 300)
    head.text("note", data.note, 2_000, lines=True, required=False)
    yield from head.all
    for name, meaning in zip(LEVELS, data.levels, strict=True):
        level = _Flaws("level", name)
        level.text("meaning", meaning, 600, lines=True)
        yield from level.all
    for entry in data.respondents:
        respondent = _Flaws("respondent", entry.key)
        respondent.fits("key", entry.key, RESPONDENT_KEY, 40, _("small letters, digits and underscores"))
        respondent.text("name", entry.name, 120)
        yield from respondent.all
    whole = _Flaws("version", "")
    if not data.respondents:
        whole.add("respondent", 0, _("at least one kind of respondent"))
    whole.once("respondent", [entry.key for entry in data.respondents])
    yield from whole.all


def _tree(data: VersionData) -> Iterator[Flaw]:
    whole = _Flaws("version", "")
    if not data.dimensions:
        whole.add("dimension", 0, _("at least one dimension"))
    whole.once("dimension", [dimension.slug for dimension in data.dimensions])
    codes = [dimension.code for dimension in data.dimensions]
    codes += [area.code for dimension in data.dimensions for area in dimension.areas]
    whole.once("code", codes)
    yield from whole.all
    for dimension in data.dimensions:
        flaws = _Flaws("dimension", dimension.slug)
        _part(flaws, dimension)
        if not dimension.areas:
            flaws.add("area", 0, _("at least one area"))
        flaws.once("area", [area.slug for area in dimension.areas])
        yield from flaws.all
        for area in dimension.areas:
            flaws = _Flaws("area", area.slug)
            _part(flaws, area)
            if not area.code.startswith(f"{dimension.code}."):
                flaws.add("code", area.code, _("a number that begins with %(start)s") % {"start": f"{dimension.code}."})
            if not area.criteria:
                flaws.add("criterion", 0, _("at least one criterion"))
            yield from flaws.all


def _part(flaws: _Flaws, part: DimensionData | AreaData) -> None:
    flaws.fits("code", part.code, CODE, 8, _("a number such as 1 or 1.2"))
    flaws.fits("slug", part.slug, KEY, 80, _("small letters, digits and hyphens, beginning with a letter"))
    flaws.text("title", part.title, 160)
    flaws.text("summary", part.summary, 2_000, lines=True, required=False)


def _criteria(data: VersionData, known_indicators: Collection[str]) -> Iterator[Flaw]:
    criteria = list(data.criteria)
    whole = _Flaws("version", "")
    whole.once("criterion", [criterion.key for criterion in criteria])
    whole.once("code", [criterion.code for criterion in criteria])
    if len(criteria) > MOST_CRITERIA:
        whole.add("criterion", len(criteria), _("at most %(most)d criteria") % {"most": MOST_CRITERIA})
    if criteria and not any(criterion.starred for criterion in criteria):
        whole.add("starred", 0, _("at least one criterion with a star: they make the short version"))
    yield from whole.all
    respondents = {entry.key for entry in data.respondents}
    for dimension in data.dimensions:
        for area in dimension.areas:
            for criterion in area.criteria:
                yield from _criterion(criterion, area, respondents)
                for figure in criterion.indicators:
                    yield from _indicator(criterion, figure, known_indicators)


def _criterion(criterion: CriterionData, area: AreaData, respondents: Collection[str]) -> Iterator[Flaw]:
    flaws = _Flaws("criterion", criterion.key)
    flaws.fits("key", criterion.key, KEY, 80, _("small letters, digits and hyphens, beginning with a letter"))
    flaws.fits("code", criterion.code, CODE, 12, _("a number such as 1.2.3"))
    if not criterion.code.startswith(f"{area.code}."):
        flaws.add("code", criterion.code, _("a number that begins with %(start)s") % {"start": f"{area.code}."})
    for name in ("weight", "reach", "governability"):
        if getattr(criterion, name) not in (1, 2, 3):
            flaws.add(name, getattr(criterion, name), _("1, 2 or 3"))
    flaws.text("title", criterion.title, 160)
    flaws.text("question", criterion.question, 600)
    for name, anchor in zip(LEVELS, criterion.anchors, strict=True):
        flaws.text(name, anchor, 2_000, lines=True)
    for language in LANGUAGES:
        texts = [getattr(anchor, language).strip() for anchor in criterion.anchors]
        if all(texts) and len(set(texts)) < len(texts):
            repeated = next(text for text, times in Counter(texts).items() if times > 1)
            flaws.add(f"{LEVELS[texts.index(repeated)]}_{language}", repeated, _("four levels that differ"))
    if len(criterion.evidence) > 10:
        flaws.add("evidence", len(criterion.evidence), _("at most 10 examples of evidence"))
    for line in criterion.evidence:
        flaws.text("evidence", line, 400)
    flaws.text("law", criterion.law, 1_000, lines=True, required=False)
    flaws.text("why", criterion.why, 1_000, lines=True, required=False)
    for key in criterion.respondents:
        if key not in respondents:
            flaws.add("respondents", key, _("one of: %(values)s") % {"values": ", ".join(sorted(respondents))})
    flaws.once("respondents", list(criterion.respondents))
    for technology in criterion.technologies:
        flaws.fits("technologies", technology, KEY, 60, _("the address of a technology, such as strategic-planning"))
    flaws.once("technologies", list(criterion.technologies))
    if len(criterion.technologies) > 5:
        flaws.add("technologies", len(criterion.technologies), _("at most 5 technologies"))
    flaws.once("indicator", [f"{figure.indicator} {figure.stage}".strip() for figure in criterion.indicators])
    yield from flaws.all


def _indicator(criterion: CriterionData, figure: IndicatorData, known: Collection[str]) -> Iterator[Flaw]:
    flaws = _Flaws("indicator", f"{criterion.key} {figure.indicator} {figure.stage}".strip())
    if figure.indicator not in known:
        flaws.add("indicator", figure.indicator, _("the code of an indicator that Trama knows"))
    if figure.stage not in Stage.values:
        flaws.add("stage", figure.stage, _("one of: %(values)s") % {"values": ", ".join(filter(None, Stage.values))})
    if figure.better not in ("higher", "lower"):
        flaws.add("better", figure.better, _("one of: %(values)s") % {"values": "higher, lower"})
    flaws.text("note", figure.note, 1_000, lines=True, required=False)
    if figure.cuts is not None:
        basic, adequate, exemplary = figure.cuts
        rising, falling = basic < adequate < exemplary, basic > adequate > exemplary
        if not all(math.isfinite(cut) for cut in figure.cuts):
            flaws.add("cuts", figure.cuts, _("three numbers"))
        elif not {"higher": rising, "lower": falling}.get(figure.better, True):
            order = _("rising") if figure.better == "higher" else _("falling")
            expected = _("three %(order)s numbers, because better is %(better)s")
            flaws.add("cuts", figure.cuts, expected % {"order": order, "better": figure.better})
    yield from flaws.all
