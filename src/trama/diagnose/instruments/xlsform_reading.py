"""Reading an XLSForm as a version of an instrument: what maps is taken, the rest is named, what is wrong is refused.

Groups become dimensions, groups inside them areas, and a ``select_one`` of exactly four choices a criterion. Whatever
the file does not say (summary, respondents, …) is taken from the current version of the instrument, where there is one.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from trama.know.api import OpenedMember, UnreadableFile, workbook

from .checking import Flaw, flaws_of
from .errors import FormProblem, FormRefused
from .structure import (
    LANGUAGES,
    LEVEL_NAMES,
    LEVELS,
    AreaData,
    Both,
    CriterionData,
    DimensionData,
    IndicatorData,
    RespondentData,
    VersionData,
    four,
)
from .xlsform import HEAD, RESPONDENT_LIST
from .xlsform_sheets import LIMITS, MEBIBYTE, Line, Sheet, read_sheets, shown

MOST_PROBLEMS = 100
MOST_IGNORED = 500
NUMBERED = re.compile(r"(\d+(?:\.\d+)*)[.)]?\s+(.*)", re.DOTALL)
YES, NO = ("yes", "true", "sim", "1"), ("no", "false", "não", "nao", "0", "")
FACTORS = {"weight": 1, "reach": 2, "governability": 2}  # what a criterion has where the file does not say
LEFT_OUT_COLUMNS = ("relevant", "constraint", "calculation", "repeat_count", "choice_filter", "media", "image", "audio")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row or column that has no place in an instrument."""

    sheet: str
    row: int
    what: str


@dataclass(frozen=True, slots=True)
class ReadForm:
    """What came out of a form: a sound version, and what was left out on the way."""

    data: VersionData
    left_out: list[LeftOut]


@dataclass(slots=True)
class _Place:
    """Where a part of the version stands in the file, and in which column each of its fields."""

    sheet: str
    row: int
    columns: dict[str, str] = field(default_factory=dict)


def read_xlsform(
    path: Path,
    *,
    name: str,
    known_indicators: Collection[str],
    current: Callable[[str], VersionData | None],
    slug: str = "",
    version: str = "",
) -> ReadForm:
    """The version that the workbook at ``path`` describes; ``name`` is what the person calls the file.

    ``current(slug)`` gives the current version of an instrument, or None. ``slug`` and ``version``, where given, count
    instead of what the file says. Raises ``FormRefused`` with everything that is wrong.
    """
    if path.stat().st_size > LIMITS.file_bytes:
        size = path.stat().st_size // MEBIBYTE
        expected = _("at most %(most)d MiB") % {"most": LIMITS.file_bytes // MEBIBYTE}
        raise FormRefused([FormProblem(name, 0, "", f"{size} MiB", expected)])
    try:
        with workbook(OpenedMember(name, path, LIMITS)) as book:
            sheets = read_sheets(book)
    except UnreadableFile as error:
        raise FormRefused(FormProblem(p.member, p.row, p.column, p.found, p.expected) for p in error.problems) from None
    reader = _Reader(sheets, known_indicators)
    return reader.read(current, slug, version)


@dataclass(slots=True)
class _Part:
    """A group while it is being read."""

    line: Line
    slug: str
    code: str
    title: Both
    summary: Both = field(default_factory=Both)
    inner: list["_Part"] = field(default_factory=list)
    criteria: list[CriterionData] = field(default_factory=list)


class _Reader:
    """Goes through the sheets once, gathering parts, what is left out, and what is wrong."""

    def __init__(self, sheets: dict[str, Sheet], known_indicators: Collection[str]) -> None:
        self.sheets = sheets
        self.known_indicators = known_indicators
        self.survey = sheets.get("survey", Sheet("survey"))
        self.choices: dict[str, list[Line]] = {}
        self.problems: list[FormProblem] = []
        self.left_out: list[LeftOut] = []
        self.places: dict[tuple[str, str], _Place] = {}
        self.notes: dict[str, Line] = {}
        self.parts: list[_Part] = []
        self.stack: list[_Part] = []
        self.figure_lines: list[Line] = []

    def wrong(self, line: Line, column: str, found: object, expected: str) -> None:
        sheet = next((sheet for sheet in self.sheets.values() if sheet.name == line.sheet), self.survey)
        header = sheet.headers.get(column, column)
        self.problems.append(FormProblem(line.sheet, line.number, header, shown(found), expected))

    def leave(self, line: Line, what: str) -> None:
        if len(self.left_out) < MOST_IGNORED:
            self.left_out.append(LeftOut(line.sheet, line.number, what))

    def read(self, current: Callable[[str], VersionData | None], slug: str, version: str) -> ReadForm:
        self._require_columns()
        self._gather_choices()
        figures = self._figures()
        self._walk(figures)
        head = self._head()
        slug = slug or (head["slug"].text("value") if "slug" in head else "")
        base = current(slug) if slug else None
        self._refuse_if_wrong()
        data = self._version(head, base, slug, version)
        self._note_left_out_columns()
        for flaw in flaws_of(data, self.known_indicators):
            self.problems.append(self._located(flaw))
        self._refuse_if_wrong()
        return ReadForm(data, self.left_out)

    def _refuse_if_wrong(self) -> None:
        if self.problems:
            raise FormRefused(self.problems[:MOST_PROBLEMS])

    def _require_columns(self) -> None:
        label = ("label_pt", "label_en")
        for name, columns in (("survey", ("type", "name", *label)), ("choices", ("list_name", "name", *label))):
            sheet = self.sheets.get(name)
            if sheet is None:
                self.problems.append(FormProblem(name, 0, "", "", _("a sheet called %(name)s") % {"name": name}))
                continue
            for column in columns:
                if column not in sheet.headers:
                    header = {"label_pt": "label::Português (pt)", "label_en": "label::English (en)"}.get(
                        column, column
                    )
                    self.problems.append(FormProblem(sheet.name, 1, header, "", _("a column with this name")))
        self._refuse_if_wrong()

    def _gather_choices(self) -> None:
        for line in self.sheets["choices"].lines:
            self.choices.setdefault(line.text("list_name"), []).append(line)

    # survey

    def _walk(self, figures: dict[str, list[IndicatorData]]) -> None:
        for line in self.survey.lines:
            kind, _space, argument = line.text("type").partition(" ")
            kind = kind.lower()
            if kind in ("begin", "end") or (kind == "select" and argument.lower().startswith("one ")):
                first, _space, rest = argument.partition(" ")
                kind, argument = f"{kind}_{first.lower()}", rest
            if kind == "begin_group":
                self._open(line)
            elif kind == "end_group":
                self._close(line)
            elif kind in ("begin_repeat", "end_repeat"):
                self.wrong(line, "type", line.text("type"), _("no repeats: an instrument asks each thing once"))
            elif kind == "note":
                self._note(line)
            elif kind == "select_one":
                self._select(line, argument.strip(), figures)
            elif not (kind == "text" and line.text("name").startswith("t_")):
                self.leave(line, _("“%(type)s”: only groups, notes and questions with four choices have a place") % {
                    "type": shown(line.text("type"))})  # fmt: skip
        for part in self.stack:
            self.wrong(part.line, "type", "begin_group", _("an end_group for this group"))

    def _open(self, line: Line) -> None:
        if len(self.stack) >= 2:
            self.wrong(line, "type", "begin_group", _("two levels of groups: dimensions, and areas inside them"))
        depth = len(self.stack)
        code, title = self._number(line, line.both("label"))
        siblings = self.stack[-1].inner if self.stack else self.parts
        start = f"{self.stack[-1].code}." if self.stack else ""
        part = _Part(line, _key("a" if depth else "d", line.text("name")), code or f"{start}{len(siblings) + 1}", title)
        siblings.append(part)
        self.stack.append(part)
        columns = {"slug": "name", "key": "name", "code": "label_pt", "title": "label"}
        self.places[("area" if depth else "dimension", part.slug)] = _Place(line.sheet, line.number, columns)

    def _close(self, line: Line) -> None:
        if self.stack:
            self.stack.pop()
        else:
            self.wrong(line, "type", "end_group", _("a begin_group before it"))

    def _note(self, line: Line) -> None:
        name = line.text("name")
        if name == "guidance" or name in {f"level_{level}" for level in LEVELS}:
            self.notes[name] = line
        elif self.stack and name == f"s_{self.stack[-1].line.text('name')}":
            self.stack[-1].summary = line.both("label")
        else:
            self.leave(line, _("a note: instruments have none"))

    def _select(self, line: Line, list_name: str, figures: dict[str, list[IndicatorData]]) -> None:
        list_name = list_name.split(" ")[0]
        if list_name == RESPONDENT_LIST:
            return
        choices = self.choices.get(list_name)
        if choices is None:
            expected = _("a list that the sheet choices has: %(lists)s") % {"lists": shown(", ".join(self.choices))}
            self.wrong(line, "type", list_name, expected)
        elif len(choices) != 4:
            found = _("a question with %(count)d choices; a criterion has four") % {"count": len(choices)}
            self.leave(line, found)
        elif len(self.stack) != 2:
            expected = _("a question inside an area: a group within a group")
            self.wrong(line, "type", line.text("type"), expected)
        else:
            self.stack[-1].criteria.append(self._criterion(line, choices, figures))

    def _criterion(self, line: Line, choices: list[Line], figures: dict[str, list[IndicatorData]]) -> CriterionData:
        area = self.stack[-1]
        key = _key("c", line.text("name"))
        ordered = {choice.text("name"): choice for choice in choices}
        if set(ordered) == set(LEVELS):
            choices = [ordered[level] for level in LEVELS]
        code, label = self._number(line, line.both("label"))
        title, question = _title_and_question(label)
        columns = {
            "key": "name", "code": "label_pt", "title": "label", "question": "label", "evidence": "hint",
            "why": "guidance_hint", "law": "trama_law", "indicator": "name",
        }  # fmt: skip
        columns |= {name: f"trama_{name}" for name in (*FACTORS, "starred", "respondents", "technologies")}
        self.places["criterion", key] = _Place(line.sheet, line.number, columns)
        for level, choice in zip(LEVELS, choices, strict=True):
            self.places["anchor", f"{key} {level}"] = _Place(choice.sheet, choice.number, {level: "label"})
        factors: dict[str, Any] = {
            name: self._factor(line, f"trama_{name}", default) for name, default in FACTORS.items()
        }
        return CriterionData(
            **factors,
            key=key,
            code=code or f"{area.code}.{len(area.criteria) + 1}",
            title=title,
            question=question,
            anchors=four(choice.both("label") for choice in choices),
            starred=self._flag(line, "trama_starred"),
            respondents=tuple(sorted(line.text("trama_respondents").split())),
            evidence=self._evidence(line),
            law=line.both("trama_law"),
            why=line.both("guidance_hint"),
            technologies=tuple(line.text("trama_technologies").split()),
            indicators=tuple(figures.get(key, ())),
        )

    def _number(self, line: Line, label: Both) -> tuple[str, Both]:
        """The number a label begins with, and the rest: ``1.2 Flow`` is ``1.2`` and ``Flow``."""
        found = {language: NUMBERED.fullmatch(getattr(label, language)) for language in LANGUAGES}
        numbers = {match.group(1) if match else "" for match in found.values()}
        if len(numbers) > 1:
            shown = " / ".join(match.group(1) if match else "—" for match in found.values())
            self.wrong(line, "label_en", shown, _("the same number before the label in both languages, or none"))
        if not all(found.values()):
            return "", label
        code = next(match.group(1) for match in found.values() if match)
        return code, Both(*(match.group(2).strip() if match else "" for match in found.values()))

    def _evidence(self, line: Line) -> tuple[Both, ...]:
        lines = {
            language: [text.strip() for text in line.text(f"hint_{language}").split("\n") if text.strip()]
            for language in LANGUAGES
        }
        if len(lines["pt"]) != len(lines["en"]):
            found = _("%(pt)d lines in Portuguese, %(en)d in English") % {
                "pt": len(lines["pt"]), "en": len(lines["en"])}  # fmt: skip
            self.wrong(line, "hint_en", found, _("one example of evidence a line, as many in each language"))
            return ()
        return tuple(Both(pt, en) for pt, en in zip(lines["pt"], lines["en"], strict=True))

    def _flag(self, line: Line, column: str) -> bool:
        if column not in self.survey.headers:
            return True  # said once for the whole sheet, in ``_note_left_out_columns``
        text = line.text(column).lower()
        if text not in (*YES, *NO):
            self.wrong(line, column, text, _("yes or no"))
        return text in YES

    def _factor(self, line: Line, column: str, default: int) -> int:
        text = line.text(column)
        if text and text not in ("1", "2", "3"):
            self.wrong(line, column, text, _("1, 2 or 3"))
            return default
        return int(text or default)

    def _figures(self) -> dict[str, list[IndicatorData]]:
        """The official figures of each criterion, from the sheet ``trama_indicators``."""
        figures: dict[str, list[IndicatorData]] = {}
        sheet = self.sheets.get("trama_indicators")
        for line in sheet.lines if sheet is not None else []:
            key = line.text("criterion")
            figure = IndicatorData(
                line.text("indicator"),
                line.text("stage"),
                line.text("better") or "higher",
                line.both("note"),
                self._cuts(line),
            )
            figures.setdefault(key, []).append(figure)
            columns = {name: name for name in ("indicator", "stage", "better", "note")} | {"cuts": "cut_basic"}
            place = f"{key} {figure.indicator} {figure.stage}".strip()
            self.places["indicator", place] = _Place(line.sheet, line.number, columns)
        self.figure_lines = sheet.lines if sheet is not None else []
        return figures

    def _cuts(self, line: Line) -> tuple[float, float, float] | None:
        names = ("cut_basic", "cut_adequate", "cut_exemplary")
        texts = [line.text(name).replace(",", ".") for name in names]
        if not any(texts):
            return None
        numbers: list[float] = []
        for name, text in zip(names, texts, strict=True):
            try:
                numbers.append(float(text))
            except ValueError:
                self.wrong(line, name, text, _("a number; the three cuts are all there, or none"))
        if len(numbers) != 3:
            return None
        return numbers[0], numbers[1], numbers[2]

    # head

    def _head(self) -> dict[str, Line]:
        sheet = self.sheets.get("trama")
        known = {line.text("name").lower(): line for line in sheet.lines} if sheet is not None else {}
        for name, line in known.items():
            if name not in HEAD:
                self.leave(line, _("“%(name)s” is not known here") % {"name": shown(name)})
        return known

    def _version(self, head: dict[str, Line], base: VersionData | None, slug: str, version: str) -> VersionData:
        settings = self.sheets["settings"].lines[:1] if "settings" in self.sheets else []
        form_title = settings[0].text("form_title") if settings else ""
        stated = version or (settings[0].text("version") if settings else "")
        if settings:
            self.places["version", "version"] = _Place(settings[0].sheet, settings[0].number, {"version": "version"})

        def said(name: str) -> Both:
            if name not in head:
                return getattr(base, name) if base is not None else Both()
            self.places["version", name] = _Place(head[name].sheet, head[name].number, {name: ""})
            return Both(head[name].text("pt"), head[name].text("en"))

        for name in ("slug", "scope"):
            if name in head:
                self.places["version", name] = _Place(head[name].sheet, head[name].number, {name: "value"})
        title = said("title") or Both(form_title, form_title)
        scope = head["scope"].text("value") if "scope" in head else ""
        keys = {criterion.key for part in self.parts for area in part.inner for criterion in area.criteria}
        for line in self.figure_lines:
            if line.text("criterion") not in keys:
                self.wrong(line, "criterion", line.text("criterion"), _("the name of a criterion of the survey"))
        return VersionData(
            slug=slug,
            scope=base.scope if base is not None and not scope else scope,
            version=stated,
            title=title,
            summary=said("summary"),
            guidance=self._noted("guidance", base.guidance if base is not None else Both()),
            authors=said("authors"),
            note=said("note"),
            levels=four(self._meanings(base)),
            respondents=tuple(self._respondents()) or (base.respondents if base is not None else ()),
            dimensions=tuple(_dimension(part) for part in self.parts),
        )

    def _noted(self, name: str, default: Both) -> Both:
        line = self.notes.get(name)
        if line is None:
            return default
        kind, key, own = ("version", "guidance", "guidance")
        if name != "guidance":
            kind, key, own = "level", name.removeprefix("level_"), "meaning"
        self.places[kind, key] = _Place(line.sheet, line.number, {own: "label"})
        return line.both("label")

    def _meanings(self, base: VersionData | None) -> Iterator[Both]:
        for position, level in enumerate(LEVELS):
            name = LEVEL_NAMES[level]
            text = self._noted(f"level_{level}", base.levels[position] if base is not None else Both())
            yield Both(text.pt.removeprefix(f"{name.pt}:").strip(), text.en.removeprefix(f"{name.en}:").strip())

    def _respondents(self) -> Iterator[RespondentData]:
        for line in self.choices.get(RESPONDENT_LIST, []):
            key = line.text("name")
            self.places["respondent", key] = _Place(line.sheet, line.number, {"key": "name", "name": "label"})
            yield RespondentData(key, line.both("label"))

    def _note_left_out_columns(self) -> None:
        for column in LEFT_OUT_COLUMNS:
            used = [line for line in self.survey.lines if line.text(column)]
            if used:
                header = self.survey.headers[column]
                self.leave(Line(self.survey.name, 1, {}), _("the column “%(name)s”") % {"name": header})
        if "trama_starred" not in self.survey.headers and self.parts:
            self.leave(
                Line(self.survey.name, 1, {}),
                _("there is no column trama_starred: every criterion belongs to the short version"),
            )

    def _located(self, flaw: Flaw) -> FormProblem:
        """Where in the file a flaw of the version stands."""
        base, mark, language = flaw.field.rpartition("_")
        name = base if mark and language in LANGUAGES else flaw.field
        kind, key = flaw.kind, flaw.key
        if kind == "criterion" and name in LEVELS:
            kind, key = "anchor", f"{key} {name}"
        elif kind == "version" and (name, flaw.found) in self.places:  # the same key twice
            kind, key, name = name, flaw.found, "key"
        elif kind == "version":
            key = name
        place = self.places.get((kind, key))
        if place is None:
            sheet = "trama" if flaw.kind == "version" and name in HEAD else self.survey.name
            return FormProblem(sheet, 0, flaw.field, flaw.found, flaw.expected)
        column = place.columns.get(name, name)
        if mark and language in LANGUAGES:
            column = f"{column}_{language}" if column else language
        sheet_headers = next((s.headers for s in self.sheets.values() if s.name == place.sheet), {})
        return FormProblem(place.sheet, place.row, sheet_headers.get(column, column), flaw.found, flaw.expected)


def _key(prefix: str, name: str) -> str:
    """The key that ``xlsform.plain_name`` made a name of; any other name as a key of ours."""
    return name.removeprefix(f"{prefix}_").replace("_", "-").lower()


def _title_and_question(label: Both) -> tuple[Both, Both]:
    """The first line is the title, the rest the question; a single line is both, the title cut short."""
    parts = [getattr(label, language).partition("\n") for language in LANGUAGES]
    if all(rest for _title, _mark, rest in parts):
        return Both(*(first.strip() for first, _m, _r in parts)), Both(*(rest.strip() for _f, _m, rest in parts))
    return Both(*(_short(getattr(label, language)) for language in LANGUAGES)), label


def _short(text: str) -> str:
    line = text.replace("\n", " ")
    return line if len(line) <= 160 else f"{line[:159].rsplit(' ', 1)[0]}…"


def _dimension(part: _Part) -> DimensionData:
    areas = tuple(AreaData(area.code, area.slug, area.title, area.summary, tuple(area.criteria)) for area in part.inner)
    return DimensionData(part.code, part.slug, part.title, part.summary, areas)
