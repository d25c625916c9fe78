"""Very large text tables, block by block, only the columns that are needed.

A national census file has 88 million cells, of which some forty columns matter. Each block of whole lines is decoded
and handed to a columnar parser; where the block does not parse straight (quotes with line breaks, rows of another
width), the same block is read again line by line, slower, to say which row is wrong.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl
from django.utils.translation import gettext as _

from .base import Member, Problem
from .limits import limits_of
from .problems import problem, refuse, unreadable
from .text import TextFacts, text_facts

BLOCK_BYTES = 4 << 20
LINE = "__line"


@dataclass(slots=True)
class Block:
    """Rows of a table: ``frame`` has the wanted columns as text, null where blank; ``__line`` is the line."""

    frame: pl.DataFrame
    problems: list[Problem] = field(default_factory=list)


def blocks(member: Member, wanted: list[str], block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
    """The rows of a text table, in order. ``wanted``: names (upper case) that the header has."""
    facts, limits = text_facts(member), limits_of(member)
    names = [name.upper() for name in facts.header]
    positions = [names.index(name) for name in wanted]
    line, rows = 1, 0
    for number, text in enumerate(_texts(member, facts, block_bytes)):
        body = text
        if number == 0:
            body = text.partition("\n")[2]
            line = 2
        if not body:
            continue
        block = _block(member.name, facts, body, line, wanted, positions)
        line += body.count("\n") + (not body.endswith("\n"))
        rows += block.frame.height
        if rows > limits.rows:
            refuse(member.name, rows, _("at most %(count)d rows") % {"count": limits.rows}, row=line)
        yield block


def _texts(member: Member, facts: TextFacts, block_bytes: int) -> Iterator[str]:
    """Decoded pieces of the file, each ending where a record ends."""
    limits = limits_of(member)
    rest = ""
    with member.path.open(encoding=facts.encoding, errors="replace", newline="") as file:
        while piece := file.read(block_bytes):
            rest += piece
            if len(rest) > block_bytes + limits.line_chars + limits.cell_chars:
                refuse(
                    member.name, rest[:80], _("lines of at most %(count)d characters") % {"count": limits.line_chars}
                )
            end = _record_end(rest)
            if end:
                yield rest[:end].replace("\r\n", "\n")
                rest = rest[end:]
    if rest:
        yield rest.replace("\r\n", "\n")


def _record_end(text: str) -> int:
    """Where the last whole record ends: after a line end that no open quote precedes. 0 if there is none."""
    end = text.rfind("\n") + 1
    odd = text.count('"', 0, end) % 2
    while end and odd:
        earlier = text.rfind("\n", 0, end - 1) + 1
        odd = (odd + text.count('"', earlier, end)) % 2
        end = earlier
    return end


def _block(name: str, facts: TextFacts, body: str, line: int, wanted: list[str], positions: list[int]) -> Block:
    height = body.count("\n") + (not body.endswith("\n"))
    if "\n\n" not in body and not body.startswith("\n") and "\r" not in body:
        try:
            frame = pl.read_csv(
                io.BytesIO(body.encode()),
                has_header=False,
                separator=facts.separator,
                schema={str(position): pl.String for position in range(len(facts.header))},
                columns=positions,
                truncate_ragged_lines=False,
            )
        except (pl.exceptions.PolarsError, OSError, ValueError):
            frame = pl.DataFrame()
        if frame.height == height and _widths_fit(body, facts, height):
            frame = frame.select([str(position) for position in positions])
            frame.columns = wanted
            lines = pl.Series(LINE, range(line, line + height), dtype=pl.Int64)
            return Block(frame.with_columns(pl.all().str.strip_chars().replace("", None)).with_columns(lines))
    return _slow_block(name, facts, body, line, wanted, positions)


def _widths_fit(body: str, facts: TextFacts, height: int) -> bool:
    """Whether the separators add up: short rows would be filled with nulls in silence."""
    if '"' in body:
        return all(
            len(cells) == len(facts.header) for cells in csv.reader(io.StringIO(body), delimiter=facts.separator)
        )
    mark, expected = facts.separator, len(facts.header) - 1
    if body.count(mark) != expected * height:
        return False
    return all(row.count(mark) == expected for row in body.splitlines())


def _slow_block(name: str, facts: TextFacts, body: str, line: int, wanted: list[str], positions: list[int]) -> Block:
    width = len(facts.header)
    columns: list[list[str | None]] = [[] for _name in wanted]
    lines: list[int] = []
    problems: list[Problem] = []
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=facts.separator)
    while True:
        start = line + reader.line_num
        try:
            cells = next(reader, None)
        except csv.Error as error:
            expected = _("a cell of at most %(count)d characters, with its quotes closed")
            raise unreadable(name, error, expected % {"count": csv.field_size_limit()}, row=start) from None
        if cells is None:
            break
        if not any(cell and not cell.isspace() for cell in cells):
            continue
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if len(cells) != width:
            expected = _("%(count)d cells, as in the header; is a separator or a quote missing?") % {"count": width}
            problems.append(problem(name, start, "", _("%(count)d cells") % {"count": len(cells)}, expected))
            continue
        lines.append(start)
        for column, position in zip(columns, positions, strict=True):
            column.append(cells[position].strip() or None)
    data: dict[str, list[str | None]] = dict(zip(wanted, columns, strict=True))
    frame = pl.DataFrame(data, schema=dict.fromkeys(wanted, pl.String))
    return Block(frame.with_columns(pl.Series(LINE, lines, dtype=pl.Int64)), problems)


def whole_numbers(frame: pl.DataFrame, names: list[str], dtype: type[pl.DataType] = pl.Int64) -> pl.DataFrame:
    """Cast columns of text to whole numbers (``12.0`` counts); what is not one becomes null."""
    cleaned = [pl.col(name).str.strip_suffix(".0").cast(dtype, strict=False).alias(name) for name in names]
    return frame.with_columns(cleaned)
