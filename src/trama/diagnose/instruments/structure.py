"""A whole version of an instrument as plain values: what content, a spreadsheet and the database have in common.

Two versions that say the same are equal, and have the same ``content_hash``.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from trama.foundation.localised import in_language

LEVELS = ("fragile", "basic", "adequate", "exemplary")
LANGUAGES = ("pt", "en")


@dataclass(frozen=True, slots=True)
class Both:
    """A text in the two languages."""

    pt: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.pt or self.en)

    def __str__(self) -> str:
        """The text in the language of the page."""
        return in_language(self.pt, self.en)


NOTHING = Both()
LEVEL_NAMES = {
    "fragile": Both("Frágil", "Fragile"),
    "basic": Both("Básico", "Basic"),
    "adequate": Both("Adequado", "Adequate"),
    "exemplary": Both("Exemplar", "Exemplary"),
}


@dataclass(frozen=True, slots=True)
class RespondentData:
    key: str
    name: Both


@dataclass(frozen=True, slots=True)
class IndicatorData:
    """An official figure beside a criterion. ``cuts``: from which value on it suggests basic, adequate, exemplary."""

    indicator: str
    stage: str = ""
    better: str = "higher"
    note: Both = NOTHING
    cuts: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class CriterionData:
    key: str
    code: str
    title: Both
    question: Both
    anchors: tuple[Both, Both, Both, Both]  # from fragile to exemplary
    starred: bool = False
    weight: int = 1
    reach: int = 2
    governability: int = 2
    respondents: tuple[str, ...] = ()  # sorted: their order says nothing
    evidence: tuple[Both, ...] = ()
    law: Both = NOTHING
    why: Both = NOTHING
    technologies: tuple[str, ...] = ()
    indicators: tuple[IndicatorData, ...] = ()

    @property
    def named_anchors(self) -> list[tuple[Both, Both]]:
        """Name and description of each level, from fragile to exemplary."""
        return list(zip(LEVEL_NAMES.values(), self.anchors, strict=True))

    @property
    def anchors_hash(self) -> str:
        """Of the question and the four levels in both languages: the same hash, the same thing asked."""
        texts = [self.question, *self.anchors]
        return _sha256([[text.pt, text.en] for text in texts])


@dataclass(frozen=True, slots=True)
class AreaData:
    code: str
    slug: str
    title: Both
    summary: Both
    criteria: tuple[CriterionData, ...]


@dataclass(frozen=True, slots=True)
class DimensionData:
    code: str
    slug: str
    title: Both
    summary: Both
    areas: tuple[AreaData, ...]


@dataclass(frozen=True, slots=True)
class VersionData:
    slug: str
    scope: str
    version: str
    title: Both
    summary: Both
    guidance: Both
    authors: Both
    note: Both
    levels: tuple[Both, Both, Both, Both]  # what each level means in general
    respondents: tuple[RespondentData, ...]
    dimensions: tuple[DimensionData, ...]

    @property
    def criteria(self) -> Iterator[CriterionData]:
        """Every criterion, in the order of the instrument."""
        return (criterion for d in self.dimensions for area in d.areas for criterion in area.criteria)

    @property
    def content_hash(self) -> str:
        return _sha256(asdict(self))

    def shortened(self) -> "VersionData":
        """The short version: the starred criteria, with the areas and dimensions that have any."""
        dimensions = []
        for dimension in self.dimensions:
            areas = [
                AreaData(area.code, area.slug, area.title, area.summary, starred)
                for area in dimension.areas
                if (starred := tuple(criterion for criterion in area.criteria if criterion.starred))
            ]
            if areas:
                kept = DimensionData(dimension.code, dimension.slug, dimension.title, dimension.summary, tuple(areas))
                dimensions.append(kept)
        return VersionData(
            self.slug, self.scope, self.version, self.title, self.summary, self.guidance, self.authors, self.note,
            self.levels, self.respondents, tuple(dimensions),
        )  # fmt: skip


def _sha256(value: Any) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def as_plain(data: VersionData) -> dict[str, Any]:
    """The version as plain lists, texts and numbers, for JSON."""
    return asdict(data)


def from_plain(plain: dict[str, Any]) -> VersionData:
    """The version that ``as_plain`` gave, also after a way through JSON."""
    head = {name: Both(**plain[name]) for name in ("title", "summary", "guidance", "authors", "note")}
    return VersionData(
        slug=plain["slug"],
        scope=plain["scope"],
        version=plain["version"],
        **head,
        levels=four(Both(**meaning) for meaning in plain["levels"]),
        respondents=tuple(RespondentData(entry["key"], Both(**entry["name"])) for entry in plain["respondents"]),
        dimensions=tuple(_dimension(entry) for entry in plain["dimensions"]),
    )


def four(texts: Iterator[Both]) -> tuple[Both, Both, Both, Both]:
    first, second, third, fourth = texts
    return first, second, third, fourth


def _dimension(plain: dict[str, Any]) -> DimensionData:
    return DimensionData(
        plain["code"],
        plain["slug"],
        Both(**plain["title"]),
        Both(**plain["summary"]),
        tuple(
            AreaData(
                area["code"],
                area["slug"],
                Both(**area["title"]),
                Both(**area["summary"]),
                tuple(_criterion(entry) for entry in area["criteria"]),
            )
            for area in plain["areas"]
        ),
    )


def _criterion(plain: dict[str, Any]) -> CriterionData:
    fields: dict[str, Any] = {name: Both(**plain[name]) for name in ("title", "question", "law", "why")}
    fields |= {name: tuple(plain[name]) for name in ("respondents", "technologies")}
    fields |= {name: plain[name] for name in ("key", "code", "starred", "weight", "reach", "governability")}
    return CriterionData(
        **fields,
        anchors=four(Both(**anchor) for anchor in plain["anchors"]),
        evidence=tuple(Both(**line) for line in plain["evidence"]),
        indicators=tuple(
            IndicatorData(
                entry["indicator"],
                entry["stage"],
                entry["better"],
                Both(**entry["note"]),
                (entry["cuts"][0], entry["cuts"][1], entry["cuts"][2]) if entry["cuts"] else None,
            )
            for entry in plain["indicators"]
        ),
    )
