"""What a version lacks to be complete: the same checks for the content files and for what is written on the site."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from trama.foundation.documents.errors import DocumentError
from trama.foundation.documents.markdown import Table, read_document

from .documents.workbook import read_workbook
from .models import Adaptation, TechnologyAudience, TechnologyInstrument, TechnologyVersion
from .parts import (
    INSTRUMENT,
    LANGUAGES,
    OF_VERSION,
    OPTIONAL_TEXTS,
    STAGE,
    STEP,
    VERSION_TEXTS,
    PartKind,
)

DIMENSIONS = ("1", "2", "3", "4")  # of the self-diagnosis of a network
SPREADSHEET = TechnologyInstrument.Kind.SPREADSHEET
MOST = 12  # parts of one kind
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
LABEL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){1,2}\Z")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is missing or wrong. ``kind`` and ``name`` say in which part; "" is the version itself."""

    kind: str
    name: str
    field: str
    found: str
    expected: str

    @property
    def sentence(self) -> str:
        return _("%(field)s: found %(found)s, expected %(expected)s.") % {
            "field": self.field,
            "found": self.found,
            "expected": self.expected,
        }


def problems(data: Mapping[str, Any]) -> list[Problem]:
    """What is missing or wrong in a version (``parts.as_mapping``), in reading order; empty when it is complete."""
    return [*_version(data), *_parts(data), *_links(data), *_instruments(data["instruments"])]


def _nothing() -> str:
    return _("nothing")


def _version(data: Mapping[str, Any]) -> Iterator[Problem]:
    model = TechnologyVersion
    yield from _texts("", "", data, VERSION_TEXTS, model)
    for name, allowed in (("axis", model.Axis.values), ("effort", model.Effort.values)):
        if data[name] not in allowed:
            yield Problem("", "", name, repr(data[name]), _("one of %s") % ", ".join(allowed))
    for name, most in (("weeks", 104), ("team_hours", 40)):
        yield from _number("", "", name, data[name], most)
    lists = (("dimensions", list(DIMENSIONS)), ("audiences", TechnologyAudience.Audience.values))
    for name, allowed in lists:
        if not data[name] or not set(data[name]) <= set(allowed) or len(set(data[name])) != len(data[name]):
            found = ", ".join(map(str, data[name])) or _nothing()
            yield Problem("", "", name, found, _("one or more of %s, each once") % ", ".join(allowed))
    counts = {language: len(data[f"preconditions_{language}"].splitlines()) for language in LANGUAGES}
    if counts["pt"] != counts["en"] or counts["pt"] < 3:
        found = f"{counts['pt']} / {counts['en']}"
        yield Problem("", "", "preconditions", found, _("at least three, as many in Portuguese as in English"))
    weeks = [stage["weeks"] for stage in data["stages"]]
    if weeks and all(map(_whole, [*weeks, data["weeks"]])) and not max(weeks) <= data["weeks"] <= sum(weeks):
        expected = _("from %(most)d (the longest stage) to %(sum)d (all stages one after another)")
        yield Problem("", "", "weeks", str(data["weeks"]), expected % {"most": max(weeks), "sum": sum(weeks)})


def _parts(data: Mapping[str, Any]) -> Iterator[Problem]:
    for kind in OF_VERSION:
        yield from _kind(kind, data[kind.related])
    for stage in data["stages"]:
        yield from _kind(STEP, stage["steps"], stage=stage)
    contexts = [one["context"] for one in data["adaptations"]]
    if sorted(contexts) != sorted(Adaptation.Context.values):
        found = ", ".join(contexts) or _nothing()
        yield Problem("adaptation", "", "context", found, _("each once: %s") % ", ".join(Adaptation.Context.values))


def _kind(
    kind: PartKind, rows: Sequence[Mapping[str, Any]], stage: Mapping[str, Any] | None = None
) -> Iterator[Problem]:
    if not kind.at_least <= len(rows) <= MOST:
        part, name = ("stage", stage["slug"]) if stage is not None else (kind.name, "")
        expected = _("from %(least)d to %(most)d") % {"least": kind.at_least, "most": MOST}
        yield Problem(part, name, kind.related, str(len(rows)), expected)
    for number, row in enumerate(rows, start=1):
        name = part_name(kind, row, number)
        yield from _texts(kind.name, name, row, kind.texts, kind.model)
        if "slug" in kind.others and not _SLUG.match(row["slug"]):
            yield Problem(kind.name, name, "slug", repr(row["slug"]), _("small letters, digits and hyphens"))
        for field in ("weeks", "days"):
            if field in kind.others:
                yield from _number(kind.name, name, field, row[field], 104 if field == "weeks" else 365)


def part_name(kind: PartKind, row: Mapping[str, Any], number: int) -> str:
    """How a part is told from its neighbours: its slug, its context, or its number."""
    return str(row.get("slug") or row.get("context") or number)


def _texts(kind: str, name: str, row: Mapping[str, Any], texts: Sequence[str], model: Any) -> Iterator[Problem]:
    for text in texts:
        given = {language: str(row[f"{text}_{language}"]) for language in LANGUAGES}
        for language, value in given.items():
            field = f"{text}_{language}"
            most = model._meta.get_field(field).max_length
            if not value.strip() and (text not in OPTIONAL_TEXTS or any(given.values())):
                yield Problem(kind, name, field, _nothing(), _("a text"))
            elif most and len(value) > most:
                yield Problem(kind, name, field, _("%d characters") % len(value), _("at most %d") % most)


def _number(kind: str, name: str, field: str, value: Any, most: int) -> Iterator[Problem]:
    if not _whole(value) or not 1 <= value <= most:
        yield Problem(kind, name, field, repr(value), _("a whole number from 1 to %d") % most)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _links(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Slugs are unique, steps name instruments that exist, and each instrument helps in some step."""
    steps = [step for stage in data["stages"] for step in stage["steps"]]
    for kind, rows in ((STAGE, data["stages"]), (STEP, steps), (INSTRUMENT, data["instruments"])):
        for slug, times in Counter(row["slug"] for row in rows).items():
            if times > 1:
                yield Problem(kind.name, slug, "slug", _("%d times") % times, _("once in the technology"))
    known = [one["slug"] for one in data["instruments"]]
    used = {slug for step in steps for slug in step["instruments"]}
    for step in steps:
        for slug in sorted(set(step["instruments"]) - set(known)):
            yield Problem("step", step["slug"], "instruments", slug, _("one of %s") % ", ".join(known))
    for slug in known:
        if slug not in used:
            yield Problem("instrument", slug, "slug", _("no step that uses it"), _("a step that names it"))


def _instruments(rows: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    kinds = {row["kind"] for row in rows}
    if rows and (len(kinds) < 2 or SPREADSHEET not in kinds):
        found = ", ".join(sorted(kinds))
        yield Problem("instrument", "", "kind", found, _("at least two kinds, one of them a spreadsheet"))
    for row in rows:
        if row["kind"] not in TechnologyInstrument.Kind.values:
            allowed = ", ".join(TechnologyInstrument.Kind.values)
            yield Problem("instrument", row["slug"], "kind", repr(row["kind"]), _("one of %s") % allowed)
        elif row["kind"] == SPREADSHEET:
            yield from _spreadsheet(row)
        else:
            yield from _documents(row)


def _spreadsheet(row: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        read_workbook(row["sheets"])
    except DocumentError as error:
        yield Problem("instrument", row["slug"], f"sheets, {error.where}", error.found, error.expected)


def _documents(row: Mapping[str, Any]) -> Iterator[Problem]:
    """Both languages can be read, and say the same as far as tables go."""
    tables = {}
    for language in LANGUAGES:
        try:
            document = read_document(row[f"body_{language}"])
        except DocumentError as error:
            yield Problem("instrument", row["slug"], f"body_{language}, {error.where}", error.found, error.expected)
        else:
            tables[language] = [len(block.head) for block in document.blocks if isinstance(block, Table)]
    if len(tables) == len(LANGUAGES) and tables["pt"] != tables["en"]:
        found = _("tables of %(en)s columns") % {"en": ", ".join(map(str, tables["en"])) or _nothing()}
        expected = _("as in Portuguese: %(pt)s") % {"pt": ", ".join(map(str, tables["pt"])) or _nothing()}
        yield Problem("instrument", row["slug"], "body_en", found, expected)
