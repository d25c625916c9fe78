"""Loading the instruments that ship as content (``content/instruments/<slug>/``, docs/user/instruments.md).

A version is loaded once and published. Loading it again changes nothing; other content under a published label is
refused, because rounds stand on it. Where people published a version of their own on the site, a further one from the
files comes as a draft, for them to judge.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from trama.foundation.content import ContentError, Outcome
from trama.know.api import indicators_by_code

from .checking import Flaw, flaws_of
from .errors import InstrumentError
from .models import InstrumentVersion
from .storage import make_current, store_version
from .structure import (
    LEVEL_NAMES,
    LEVELS,
    NOTHING,
    AreaData,
    Both,
    CriterionData,
    DimensionData,
    IndicatorData,
    RespondentData,
    VersionData,
    four,
)

HEAD = "instrument.toml"
MOST_BYTES = 2 << 20  # of one file
POSITIONS = {"network": 1, "school": 2, "territory": 3}  # in the list of instruments


class _Wrong(Exception):
    """A value of the wrong kind: where, what stands there, what should."""


class _Table:
    """One table of a file. Every key must be taken; what is left over is a mistake."""

    def __init__(self, values: Any, where: str) -> None:
        if not isinstance(values, dict):
            raise _Wrong(f"{where}: found {_shown(values)}, expected a table")
        self.where = where
        self._left = dict(values)

    def _take(self, name: str, default: Any) -> Any:
        if name not in self._left and default is ...:
            raise _Wrong(f"{self._at(name)}: missing")
        return self._left.pop(name, default)

    def _at(self, name: str) -> str:
        return f"{self.where}: {name}" if self.where else name

    def _refuse(self, name: str, found: Any, expected: str) -> None:
        raise _Wrong(f"{self._at(name)}: found {_shown(found)}, expected {expected}")

    def text(self, name: str, default: Any = ...) -> str:
        value = self._take(name, default)
        if not isinstance(value, str):
            self._refuse(name, value, "a text")
        return str(value).replace("\r\n", "\n").strip()

    def both(self, name: str, *, required: bool = True) -> Both:
        default = ... if required else ""
        return Both(self.text(f"{name}_pt", default), self.text(f"{name}_en", default))

    def texts(self, name: str, default: Any = ...) -> tuple[str, ...]:
        values = self._take(name, default)
        if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
            self._refuse(name, values, "a list of texts")
        return tuple(value.strip() for value in values)

    def flag(self, name: str) -> bool:
        value = self._take(name, ...)
        if not isinstance(value, bool):
            self._refuse(name, value, "true or false")
        return bool(value)

    def whole(self, name: str) -> int:
        value = self._take(name, ...)
        if not isinstance(value, int) or isinstance(value, bool):
            self._refuse(name, value, "1, 2 or 3")
        return int(value)

    def cuts(self, name: str) -> tuple[float, float, float] | None:
        values = self._take(name, None)
        if values is None:
            return None
        numbers = isinstance(values, list) and all(type(value) in (int, float) for value in values)
        if not numbers or len(values) != 3:
            self._refuse(name, values, "a list of three numbers")
        basic, adequate, exemplary = (float(value) for value in values)
        return basic, adequate, exemplary

    def tables(self, name: str, *, required: bool = True) -> list[Any]:
        values = self._take(name, ... if required else [])
        if not isinstance(values, list):
            self._refuse(name, values, f"tables written as [[{name}]]")
        return list(values)

    def table(self, name: str) -> dict[str, Any]:
        value = self._take(name, ...)
        if not isinstance(value, dict):
            self._refuse(name, value, f"tables written as [{name}.…]")
        return dict(value)

    def done(self) -> None:
        """Refuse what nobody asked for: a misspelt key would otherwise be lost without a word."""
        if self._left:
            name, value = next(iter(self._left.items()))
            self._refuse(name, value, "no such key (docs/user/instruments.md lists them)")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def load_instruments(directory: Path, at: datetime) -> Outcome:
    """Load every folder of ``directory/instruments``. Raises ``ContentError`` naming file, place, found, expected."""
    outcome = Outcome()
    known = frozenset(indicators_by_code())
    for folder in sorted(path for path in (directory / "instruments").glob("*") if path.is_dir()):
        outcome += _load(folder, known, at)
    return outcome


def _load(folder: Path, known: frozenset[str], at: datetime) -> Outcome:
    data, files = read_folder(folder)
    flaws = flaws_of(data, known)
    if flaws:
        raise ContentError(_sentence(folder.name, flaws[0], data, files))
    try:
        version, new = store_version(data, by=None, at=at, position=POSITIONS[data.scope])
    except InstrumentError as error:
        raise ContentError(f"{folder.name}/{HEAD}: version: {error}") from error
    if not new:
        return Outcome(unchanged=1)
    published = version.instrument.versions.filter(state=InstrumentVersion.State.PUBLISHED).first()
    if published is None or published.created_by_id is None:
        make_current(version, by=None, at=at)
    return Outcome(created=1)


def read_folder(folder: Path) -> tuple[VersionData, dict[str, str]]:
    """The version in a folder, and the file of each dimension by its slug. Raises ``ContentError``."""
    head = _parse(folder / HEAD)
    paths = sorted(folder.glob("[0-9]*.toml"))
    dimensions, files = [], {}
    for path in paths:
        name = f"{folder.name}/{path.name}"
        try:
            dimension = _dimension(_Table(_parse(path), ""))
        except _Wrong as wrong:
            raise ContentError(f"{name}: {wrong}") from None
        dimensions.append(dimension)
        files[dimension.slug] = path.name
    try:
        return _version(_Table(head, ""), tuple(dimensions)), files
    except _Wrong as wrong:
        raise ContentError(f"{folder.name}/{HEAD}: {wrong}") from None


def _parse(path: Path) -> dict[str, Any]:
    name = f"{path.parent.name}/{path.name}"
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ContentError(f"{name}: found {path.stat().st_size} bytes, expected at most {MOST_BYTES}")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ContentError(f"{name}: missing") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ContentError(f"{name}: {error}") from error


def _version(head: _Table, dimensions: tuple[DimensionData, ...]) -> VersionData:
    levels = _Table(head.table("level"), "level")
    meanings = []
    for name in LEVELS:
        level = _Table(levels.table(name), f"level.{name}")
        given = level.both("name")
        if given != LEVEL_NAMES[name]:
            fixed = LEVEL_NAMES[name]
            raise _Wrong(f"level.{name}: name: found {given.pt!r}, {given.en!r}, expected {fixed.pt!r}, {fixed.en!r}")
        meanings.append(level.both("meaning"))
        level.done()
    levels.done()
    respondents = []
    for key, values in head.table("respondent").items():
        entry = _Table(values, f"respondent.{key}")
        respondents.append(RespondentData(key, entry.both("name")))
        entry.done()
    data = VersionData(
        slug=head.text("slug"),
        scope=head.text("scope"),
        version=head.text("version"),
        title=head.both("title"),
        summary=head.both("summary"),
        guidance=head.both("guidance"),
        authors=head.both("authors"),
        note=head.both("note", required=False),
        levels=four(iter(meanings)),
        respondents=tuple(respondents),
        dimensions=dimensions,
    )
    head.done()
    return data


def _dimension(table: _Table) -> DimensionData:
    areas = []
    for number, values in enumerate(table.tables("area"), start=1):
        area = _Table(values, f"area {number}")
        areas.append(_area(area))
        area.done()
    data = DimensionData(
        table.text("code"), table.text("slug"), table.both("title"), table.both("summary", required=False), tuple(areas)
    )
    table.done()
    return data


def _area(table: _Table) -> AreaData:
    code, slug = table.text("code"), table.text("slug")
    table.where = f"area {code}"
    criteria = []
    for number, values in enumerate(table.tables("criterion"), start=1):
        criterion = _Table(values, f"area {code}: criterion {number}")
        criteria.append(_criterion(criterion))
        criterion.done()
    return AreaData(code, slug, table.both("title"), table.both("summary", required=False), tuple(criteria))


def _criterion(table: _Table) -> CriterionData:
    key, code = table.text("key"), table.text("code")
    table.where = f"criterion {code} ({key})"
    return CriterionData(
        key=key,
        code=code,
        title=table.both("title"),
        question=table.both("question"),
        anchors=four(table.both(name) for name in LEVELS),
        starred=table.flag("starred"),
        weight=table.whole("weight"),
        reach=table.whole("reach"),
        governability=table.whole("governability"),
        respondents=tuple(sorted(table.texts("respondents"))),
        evidence=_pairs(table, "evidence"),
        law=table.both("law", required=False),
        why=table.both("why", required=False),
        technologies=table.texts("technologies", ()),
        indicators=tuple(_indicators(table)),
    )


def _pairs(table: _Table, name: str) -> tuple[Both, ...]:
    """Two lists of texts that belong together line by line."""
    portuguese, english = table.texts(f"{name}_pt"), table.texts(f"{name}_en")
    if len(portuguese) != len(english):
        found = f"{len(portuguese)} lines in Portuguese, {len(english)} in English"
        raise _Wrong(f"{table.where}: {name}: found {found}, expected as many in each")
    return tuple(Both(pt, en) for pt, en in zip(portuguese, english, strict=True))


def _indicators(table: _Table) -> Iterator[IndicatorData]:
    for number, values in enumerate(table.tables("indicator", required=False), start=1):
        entry = _Table(values, f"{table.where}: indicator {number}")
        yield IndicatorData(
            entry.text("indicator"),
            entry.text("stage", ""),
            entry.text("better"),
            entry.both("note", required=False) or NOTHING,
            entry.cuts("cuts"),
        )
        entry.done()


def _sentence(folder: str, flaw: Flaw, data: VersionData, files: Mapping[str, str]) -> str:
    """A flaw with the file and the criterion it stands in."""
    file, place = HEAD, "" if flaw.kind == "version" else f"{flaw.kind} {flaw.key}"
    for dimension in data.dimensions:
        if flaw.kind == "dimension" and flaw.key == dimension.slug:
            file = files[dimension.slug]
        for area in dimension.areas:
            if flaw.kind == "area" and flaw.key == area.slug:
                file, place = files[dimension.slug], f"area {area.code} ({area.slug})"
            for criterion in area.criteria:
                if flaw.kind in ("criterion", "indicator") and flaw.key.split(" ")[0] == criterion.key:
                    file = files[dimension.slug]
                    figure = flaw.key.partition(" ")[2]
                    place = f"criterion {criterion.code} ({criterion.key})" + (f": {figure}" if figure else "")
    where = f"{folder}/{file}: {place}: {flaw.field}" if place else f"{folder}/{file}: {flaw.field}"
    return f"{where}: found {flaw.found!r}, expected {flaw.expected}"
