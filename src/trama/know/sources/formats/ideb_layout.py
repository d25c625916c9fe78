"""How an Ideb workbook is laid out: which level of place, which stage, which column holds what.

Nine rows for people, then the technical names (on row 10 in every edition seen; searched in rows 5 to 15), then one
row per place and network with every edition since 2005 side by side, then the source and notes. ``SI_4`` is the whole
stage; ``SI`` the 1st grade and ``1``…``4`` the 2nd to 5th (early years), the 6th to 9th (final years) or the series
(upper secondary): row 9 of the workbooks says so.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ...vocabulary import Stage
from .base import Member, UnreadableFile
from .sheets import Cell, Workbook, workbook
from .values import (
    as_text,
    folded,
    region_or_state,
    without_notes,
)

BRAZIL, STATES, MUNICIPALITIES, SCHOOLS = "brazil", "states", "municipalities", "schools"
HEADER_ROWS = range(5, 16)
_NAME = re.compile(
    r"VL_(?:(APROVACAO)_(\d{4})_(SI_4|SI|[1-4])|(INDICADOR_REND|NOTA_MATEMATICA|NOTA_PORTUGUES|NOTA_MEDIA|OBSERVADO"
    r"|PROJECAO)_(\d{4}))",
    re.ASCII,
)
_INDICATORS = {
    "INDICADOR_REND": "ideb_p",
    "NOTA_MATEMATICA": "saeb_mt",
    "NOTA_PORTUGUES": "saeb_lp",
    "NOTA_MEDIA": "ideb_n",
    "OBSERVADO": "ideb",
    "PROJECAO": "ideb_target",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of values: where it is and what it holds."""

    position: int  # from 0
    name: str
    indicator: str
    grade: int
    year: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What one sheet holds, known from its first rows."""

    sheet: str
    level: str
    stage: str
    header_row: int
    ids: tuple[tuple[str, int], ...]  # (technical name, position)
    columns: tuple[Column, ...]
    title: str
    repeated: tuple[str, ...] = ()  # names that come twice and leave doubt

    @property
    def last_year(self) -> int:
        return max(column.year for column in self.columns)


def layouts(member: Member) -> tuple[Layout, ...]:
    """Sheets of an Ideb workbook; none if it is not one. Never raises for a file of another kind."""
    status = member.path.stat()
    return _layouts(member.name, member.path, member, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=32)
def _layouts(_name: str, path: Path, member: Member, _changed: int, _size: int) -> tuple[Layout, ...]:
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return ()
    try:
        with workbook(member) as book:
            found = [_layout(book, sheet, member.name) for sheet in book.sheets]
    except UnreadableFile:
        return ()
    return tuple(layout for layout in found if layout is not None)


def _layout(book: Workbook, sheet: str, file_name: str) -> Layout | None:
    head: dict[int, list[Cell]] = {}
    for number, cells in book.rows(sheet):
        if number > HEADER_ROWS.stop:
            break
        head[number] = cells
    for number in HEADER_ROWS:
        names = [as_text(cell).upper() for cell in head.get(number, [])]
        if sum(1 for name in names if _NAME.fullmatch(name)) >= 2:
            first = [head[row] for row in sorted(head) if row > number]
            above = [" ".join(as_text(cell) for cell in head.get(row, [])) for row in range(1, number)]
            return _describe(sheet, number, names, first, " ".join(above), file_name)
    return None


def _describe(
    sheet: str, header_row: int, names: list[str], first: list[list[Cell]], above: str, file_name: str
) -> Layout | None:
    stage = stage_of(above, sheet, names, file_name)
    level, ids = _level(names, first or [[]])
    columns, repeated = _columns(names, stage)
    if level is None or not columns:
        return None
    title = " ".join(part for part in (above.split("Indicadores")[0].strip(), sheet) if part)[:200]
    return Layout(sheet, level, stage, header_row, ids, tuple(columns), title, tuple(repeated))


def stage_of(above: str, sheet: str, names: list[str], file_name: str) -> str:
    """Stage from the rows above the names, else the sheet, else the file; "" where none says it."""
    for text in (folded(above), folded(sheet), folded(file_name.replace("_", " "))):
        if "integrado" in text:
            return str(Stage.INTEGRATED)
        hits = {
            str(Stage.EARLY_YEARS): "anos iniciais" in text or "(ai)" in text,
            str(Stage.FINAL_YEARS): "anos finais" in text or "(af)" in text,
            str(Stage.UPPER_SECONDARY): "ensino medio" in text or "(em)" in text,
        }
        said = [stage for stage, hit in hits.items() if hit]
        if len(said) == 1:
            return said[0]
    return str(Stage.EARLY_YEARS) if any(re.fullmatch(r"VL_APROVACAO_\d{4}_SI", name) for name in names) else ""


def _level(names: list[str], first: list[list[Cell]]) -> tuple[str | None, tuple[tuple[str, int], ...]]:
    """Level of place and where its id columns are. In Brazil and state sheets they may have no name."""
    where = {name: position for position, name in reversed(list(enumerate(names))) if name}
    if "ID_ESCOLA" in where or "CO_ESCOLA" in where:
        wanted = {"ID_ESCOLA": "school", "CO_ESCOLA": "school", "CO_MUNICIPIO": "municipality", "REDE": "network"}
        wanted["NO_ESCOLA"] = "name"
        return SCHOOLS, tuple((key, where[name]) for name, key in wanted.items() if name in where)
    if "CO_MUNICIPIO" in where:
        return MUNICIPALITIES, tuple(
            (key, where[name]) for name, key in (("CO_MUNICIPIO", "municipality"), ("REDE", "network")) if name in where
        )
    start = next(position for position, name in enumerate(names) if _NAME.fullmatch(name))
    for cells in first:
        place, rede = _unnamed_ids(names[:start], cells[:start])
        if place is not None and rede is not None:
            level = BRAZIL if without_notes(as_text(cells[place])) == "brasil" else STATES
            return level, (("place", place), ("network", rede))
    return None, ()


def _unnamed_ids(names: list[str], cells: list[Cell]) -> tuple[int | None, int | None]:
    """Positions of place and network among the columns before the values, by what a data row holds."""
    place = rede = None
    for position, cell in enumerate(cells):
        label = without_notes(as_text(cell))
        if rede is None and (names[position] == "REDE" or label in ("total", "publica", "estadual", "privada")):
            rede = position
        elif place is None and label and _is_place(cell):
            place = position
    return place, rede


def _is_place(cell: Cell) -> bool:
    try:
        return without_notes(as_text(cell)) == "brasil" or bool(region_or_state(cell))
    except ValueError:
        return False


def _columns(names: list[str], stage: str) -> tuple[list[Column], list[str]]:
    columns: list[Column] = []
    repeated: list[str] = []
    seen: dict[str, int] = {}
    for position, name in enumerate(names):
        match = _NAME.fullmatch(name)
        if match is None:
            continue
        if name in seen:
            mended = _mislabelled(names, position, seen[name])
            if mended is None:
                repeated.append(name)
                columns = [column for column in columns if column.name != name]
                continue
            name = mended
            match = _NAME.fullmatch(name)
            assert match is not None
        seen[name] = position
        if match[1]:
            grade = _grade(match[3], stage)
            if grade is not None:
                columns.append(Column(position, name, "approval_rate", grade, int(match[2])))
        else:
            columns.append(Column(position, name, _INDICATORS[match[4]], 0, int(match[5])))
    return columns, repeated


def _grade(suffix: str, stage: str) -> int | None:
    """Grade of an approval column; None where the stage does not tell which."""
    if suffix == "SI_4":
        return 0
    if suffix == "SI":
        return 1 if stage == Stage.EARLY_YEARS else None
    first = {Stage.EARLY_YEARS: 1, Stage.FINAL_YEARS: 5, Stage.UPPER_SECONDARY: 0, Stage.INTEGRATED: 0}
    return int(suffix) + first[Stage(stage)] if stage else None


def _mislabelled(names: list[str], position: int, earlier: int) -> str | None:
    """The name a repeated column should have, if its place leaves no doubt (decision 0031).

    The 2025 sheet of the states has ``VL_INDICADOR_REND_2023`` twice: the second closes the block of approval rates
    of 2025, where ``VL_INDICADOR_REND_2025`` is missing. The column right before says which edition the block is.
    """
    match = _NAME.fullmatch(names[position])
    before = _NAME.fullmatch(names[position - 1]) if position else None
    earlier_before = _NAME.fullmatch(names[earlier - 1]) if earlier else None
    if match is None or before is None or earlier_before is None or match[4] != "INDICADOR_REND":
        return None
    if not before[1] or earlier_before[2] != match[5] or before[2] == match[5]:
        return None
    proper = f"VL_INDICADOR_REND_{before[2]}"
    return None if proper in names else proper
