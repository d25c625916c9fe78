"""Text tables: which encoding, which separator, and rows with the line they stand on.

Inep writes Latin-1 and ``;`` or ``|``, whoever re-saves the file writes UTF-8 and ``,``. One pass over the bytes
decides, so that an accent on line 200,000 does not stop a file half-way.
"""

import codecs
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path

from django.utils.translation import gettext as _

from .base import Member, Problem
from .limits import Limits, limits_of
from .problems import problem, refuse, unreadable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SEPARATORS = (";", "|", ",", "\t")
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class TextFacts:
    """How a text file is written."""

    encoding: str
    separator: str
    header: tuple[str, ...]  # names of the first line, without blanks around them
    lines: int  # physical lines in the file


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the physical line it starts on (the first is 1) and its cells, as many as the header has."""

    line: int
    cells: list[str]


def text_facts(member: Member) -> TextFacts:
    """Look at the whole file once. Raises ``UnreadableFile`` for what is not a text table."""
    status = member.path.stat()
    return _facts(member.name, member.path, limits_of(member), status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _facts(name: str, path: Path, limits: Limits, _changed: int, _size: int) -> TextFacts:
    with path.open("rb") as file:
        head = file.read(4096)
    _refuse_foreign(name, path, head)
    encoding, lines = _encoding(name, path, head)
    first = _first_line(name, path, encoding, limits)
    separator = _separator(first)
    try:
        header = tuple(cell.strip() for cell in next(csv.reader([first], delimiter=separator), []))
    except csv.Error as error:
        expected = _("a first line with the names of the columns")
        raise unreadable(name, error, expected, row=1) from None
    if len(header) > limits.table_columns:
        refuse(name, len(header), _("at most %(count)d columns") % {"count": limits.table_columns}, row=1)
    return TextFacts(encoding, separator, header, lines)


def _refuse_foreign(name: str, path: Path, head: bytes) -> None:
    """Say what it is when it is not text."""
    if not head:
        refuse(name, _("0 bytes"), _("a file with content; this one is empty"))
    if head.startswith(OLE):
        with path.open("rb") as file:
            body = file.read(4 << 20)
        if "EncryptedPackage".encode("utf-16-le") in body:
            refuse(name, _("a protected workbook"), _("a workbook without a password: save it again without one"))
        refuse(name, _("a workbook in the old .xls form"), _("the same workbook saved as .xlsx or .csv"))
    if (
        head.lstrip(b"\xef\xbb\xbf \r\n\t")
        .lower()
        .startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta"))
    ):
        refuse(name, _("a web page"), _("a real table: open the file and save it as .xlsx or .csv"))
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"PAR1")):
        refuse(name, _("a document or picture"), _("a table: xlsx, csv or json"))


def _encoding(name: str, path: Path, head: bytes) -> tuple[str, int]:
    """Encoding and number of physical lines, from the whole file."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", _check_utf16(name, path)
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, undefined, lines, last = True, False, 0, b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if (at := block.find(b"\0")) >= 0:
                row = lines + block.count(b"\n", 0, at) + 1
                refuse(name, _("a NUL byte"), _("text only; the file is damaged or is not text"), row=row)
            lines += block.count(b"\n")
            last = block[-1:]
            if utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    utf8 = False
            if not utf8 and not undefined:
                undefined = any(byte in block for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
    if utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            utf8 = False
    lines += last != b"\n"
    if utf8:
        return "utf-8-sig", lines
    return ("latin-1" if undefined else "cp1252"), lines


def _check_utf16(name: str, path: Path) -> int:
    lines = 0
    try:
        with path.open(encoding="utf-16", newline="") as file:
            while block := file.read(BLOCK):
                if "\0" in block:
                    refuse(name, _("a NUL byte"), _("text only; the file is damaged or is not text"), row=lines + 1)
                lines += block.count("\n")
    except UnicodeError as error:
        raise unreadable(name, error, _("whole UTF-16 text; the file was cut short")) from None
    return lines + 1


def _first_line(name: str, path: Path, encoding: str, limits: Limits) -> str:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        line = file.readline(limits.line_chars)
    if len(line) >= limits.line_chars:
        expected = _("lines of at most %(count)d characters") % {"count": limits.line_chars}
        refuse(name, _("a first line that does not end"), expected, row=1)
    return line.rstrip("\r\n")


def _separator(line: str) -> str:
    """The separator that the first line has most of, outside quotes."""
    outside = "".join(part for number, part in enumerate(line.split('"')) if number % 2 == 0)
    return max(SEPARATORS, key=lambda mark: (outside.count(mark), -SEPARATORS.index(mark)))


def _lines(file: TextIOWrapper, name: str, limits: Limits) -> Iterator[str]:
    number = 0
    while line := file.readline(limits.line_chars):
        number += 1
        if len(line) >= limits.line_chars:
            expected = _("lines of at most %(count)d characters") % {"count": limits.line_chars}
            refuse(name, line[:80], expected, row=number)
        yield line


type Mend = Callable[[list[str], int], list[str] | None]
"""Given the cells of a row of the wrong width and the right width, the row as it should be, or None."""


def read_rows(member: Member, problems: list[Problem], mend: Mend | None = None) -> Iterator[Row]:
    """Data rows of a text table, the header left out, blank lines skipped.

    A row with more or fewer cells than the header goes to ``problems`` and is not given. Raises ``UnreadableFile`` past
    the limits, or where the quotes do not close.
    """
    facts, limits = text_facts(member), limits_of(member)
    width = len(facts.header)
    with member.path.open(encoding=facts.encoding, errors="replace", newline="") as file:
        reader = csv.reader(_lines(file, member.name, limits), delimiter=facts.separator)
        start, count = 1, 0
        while True:
            start = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                expected = _("a cell of at most %(count)d characters, with its quotes closed")
                raise unreadable(member.name, error, expected % {"count": csv.field_size_limit()}, row=start) from None
            if cells is None:
                return
            if start == 1 or not any(cell and not cell.isspace() for cell in cells):
                continue
            count += 1
            if count > limits.rows:
                refuse(member.name, count, _("at most %(count)d rows") % {"count": limits.rows}, row=start)
            if len(cells) > width and not any(cells[width:]):
                cells = cells[:width]
            if len(cells) != width and mend is not None:
                cells = mend(cells, width) or cells
            if len(cells) != width:
                found = _("%(count)d cells") % {"count": len(cells)}
                expected = _("%(count)d cells, as in the header; is a separator or a quote missing?")
                problems.append(problem(member.name, start, "", found, expected % {"count": width}))
                continue
            yield Row(start, cells)
