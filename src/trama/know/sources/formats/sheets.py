"""Workbooks (.xlsx), one row at a time.

A national school workbook has twelve million cells; a library that holds a sheet whole needs gigabytes, and a small
file can hide a million rows. Here the parts of the zip stream through an XML parser that refuses document types
(entity bombs), counts bytes, rows and columns as they pass, and keeps only one row.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from posixpath import join, normpath
from xml.parsers import expat

from django.utils.translation import gettext as _

from .base import Member, UnreadableFile
from .limits import Limits, limits_of
from .problems import refuse, unreadable

type Cell = str | float | bool | None

BLOCK = 1 << 18
SHARED_CHARS = 256 << 20  # characters of all shared texts together
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, LookupError, ValueError,
    expat.ExpatError,
)  # fmt: skip
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


class Workbook:
    """An open workbook: the names of its sheets, and the rows of each."""

    def __init__(self, member: Member, archive: zipfile.ZipFile) -> None:
        self.name = member.name
        self.limits: Limits = limits_of(member)
        self._archive = archive
        self._unpacked = 0
        self._sheets = self._guarded(self._find_sheets)
        self._shared: list[str] | None = None

    @property
    def sheets(self) -> list[str]:
        """Names of the sheets, in order."""
        return list(self._sheets)

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Cell]]]:
        """Number (the first row is 1) and cells of each row that is written in the sheet, blank rows left out."""
        if self._shared is None:
            self._shared = self._guarded(self._shared_texts)
        parser = _SheetParser(self, sheet, self._shared)
        blocks = self._blocks(self._sheets[sheet])
        while self._guarded(lambda: parser.feed(next(blocks, b""))):
            yield from parser.take()
        self._guarded(parser.close)
        yield from parser.take()

    def refuse(self, found: object, expected: str, *, sheet: str = "", row: int = 0) -> None:
        refuse(f"{self.name} · {sheet}" if sheet else self.name, found, expected, row=row)

    def _guarded[T](self, step: Callable[[], T]) -> T:
        """Run one step of reading; damage found in it is the file's, not the program's."""
        try:
            return step()
        except DAMAGED as error:
            raise _damaged(self.name, error) from error

    def _blocks(self, part: str) -> Iterator[bytes]:
        """The bytes of one part, within the limits."""
        info = self._archive.getinfo(part)
        written = 0
        with self._archive.open(info) as file:
            while block := file.read(BLOCK):
                written += len(block)
                self._unpacked += len(block)
                if self._unpacked > self.limits.unpacked_bytes:
                    mib = self.limits.unpacked_bytes >> 20
                    self.refuse(self._unpacked, _("at most %(mib)d MiB once unpacked") % {"mib": mib})
                if written > (1 << 20) and written > max(info.compress_size, 1) * self.limits.ratio:
                    ratio = self.limits.ratio
                    self.refuse(written, _("an archive that grows at most %(ratio)d times") % {"ratio": ratio})
                yield block

    def _attributes(self, part: str, wanted: str) -> list[dict[str, str]]:
        """Attributes of the elements called ``wanted`` in a small part."""
        parser = _AttributeParser(self, wanted)
        for block in self._blocks(part):
            parser.feed(block)
        parser.close()
        return parser.found

    def _find_sheets(self) -> dict[str, str]:
        if {"xl/workbook.bin", "mimetype"} & set(self._archive.namelist()):
            self.refuse("xlsb, ods", _("the same workbook saved as .xlsx or .csv"))
        if "xl/workbook.xml" not in self._archive.namelist():
            self.refuse("", _("an Excel workbook (.xlsx); this file is of another kind"))
        targets: dict[str, str] = {}
        for attributes in self._attributes("xl/_rels/workbook.xml.rels", "Relationship"):
            target = attributes.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else join("xl", target)
            targets[attributes.get("Id", "")] = normpath(whole)
        sheets: dict[str, str] = {}
        for attributes in self._attributes("xl/workbook.xml", "sheet"):
            relation = next((value for key, value in attributes.items() if key.endswith("}id")), "")
            part = targets.get(relation, "")
            if part.startswith("xl/worksheets/") and part in self._archive.NameToInfo:
                sheets[attributes.get("name", "")] = part
        if not sheets:
            self.refuse("", _("a workbook with at least one sheet"))
        return sheets

    def _shared_texts(self) -> list[str]:
        part = next((name for name in self._archive.namelist() if name.lower() == "xl/sharedstrings.xml"), None)
        if part is None:
            return []
        parser = _SharedParser(self)
        for block in self._blocks(part):
            parser.feed(block)
        parser.close()
        return parser.texts


@contextmanager
def workbook(member: Member) -> Iterator[Workbook]:
    """Open a workbook. Raises ``UnreadableFile`` if it is damaged, protected, or not a workbook."""
    try:
        archive = zipfile.ZipFile(member.path)
    except DAMAGED as error:
        raise _damaged(member.name, error) from error
    with archive:
        yield Workbook(member, archive)


def _damaged(name: str, error: Exception) -> UnreadableFile:
    return unreadable(name, error, _("a whole workbook (.xlsx); this one is damaged or was cut short"))


class _LocalNames(dict[str, str]):
    """Names of elements without their namespace, worked out once each."""

    def __missing__(self, tag: str) -> str:
        local = tag.rpartition("}")[2]
        if len(self) < 256:  # a hostile file may have a new name in each element
            self[tag] = local
        return local


class _Parser:
    """An expat parser that refuses document types and joins character data."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self._local = _LocalNames()
        self._expat = expat.ParserCreate(namespace_separator="}")
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._doctype

    def _doctype(self, name: str, *_rest: object) -> None:
        self.book.refuse(name, _("a workbook without document types"))

    def feed(self, block: bytes) -> bool:
        """Parse one block; False when there is none."""
        if block:
            self._expat.Parse(block)
        return bool(block)

    def close(self) -> None:
        self._expat.Parse(b"", True)


class _AttributeParser(_Parser):
    """Attributes of the elements of one name."""

    def __init__(self, book: Workbook, wanted: str) -> None:
        super().__init__(book)
        self.found: list[dict[str, str]] = []
        self._wanted = wanted
        self._expat.StartElementHandler = self._start

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._local[tag] == self._wanted:
            self.found.append(attributes)


class _SharedParser(_Parser):
    """Shared texts: the ``t`` parts of each ``si``, phonetic hints left out."""

    def __init__(self, book: Workbook) -> None:
        super().__init__(book)
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._chars = 0
        self._phonetic = False
        self._inside = False
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._data

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        local = self._local[tag]
        if local == "si":
            self._parts = []
        elif local == "rPh":
            self._phonetic = True
        elif local == "t":
            self._inside = not self._phonetic

    def _end(self, tag: str) -> None:
        local = self._local[tag]
        if local == "si":
            self.texts.append("".join(self._parts))
        elif local == "rPh":
            self._phonetic = False
        elif local == "t":
            self._inside = False

    def _data(self, data: str) -> None:
        if self._inside:
            self._chars += len(data)
            if self._chars > SHARED_CHARS:
                self.book.refuse(self._chars, _("less text in the workbook"))
            self._parts.append(data)


class _SheetParser(_Parser):
    """Rows of one sheet. ``take`` gives those that are whole so far."""

    def __init__(self, book: Workbook, sheet: str, shared: list[str]) -> None:
        super().__init__(book)
        self._sheet, self._shared = sheet, shared
        self._ready: list[tuple[int, list[Cell]]] = []
        self._row: list[Cell] = []
        self._number = 0
        self._written = 0
        self._column = 0
        self._kind = "n"
        self._text: list[str] | None = None
        self._columns: dict[str, int] = {}
        self._prefix = ""
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._data

    def take(self) -> list[tuple[int, list[Cell]]]:
        ready, self._ready = self._ready, []
        return ready

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = self._local[tag]
        if local == "c":
            self._cell(attributes)
        elif local in ("v", "t"):
            if self._text is None:
                self._text = []
        elif local == "row":
            self._begin_row(attributes.get("r", ""))

    def _begin_row(self, stated: str) -> None:
        self._number = int(stated) if stated.isascii() and stated.isdigit() else self._number + 1
        self._row, self._column = [], 0
        self._written += 1
        if self._written > self.book.limits.rows or self._number > 2_000_000:
            count = self.book.limits.rows
            self.book.refuse(
                self._number, _("at most %(count)d rows") % {"count": count}, sheet=self._sheet, row=self._number
            )

    def _cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._kind = attributes.get("t", "n")
        self._text = None
        letters = reference.rstrip("0123456789") if reference else ""
        column = self._columns.get(letters) or (self._learn(letters) if letters else self._column + 1)
        if column > self.book.limits.columns:
            expected = _("at most %(count)d columns") % {"count": self.book.limits.columns}
            self.book.refuse(reference or column, expected, sheet=self._sheet, row=self._number)
        self._column = column

    def _learn(self, letters: str) -> int:
        column = 0
        for letter in letters[:4]:
            column = column * 26 + ord(letter.upper()) - 64
        if not 0 < column <= 20_000 or not letters.isalpha() or not letters.isascii():
            self.book.refuse(letters, _("a column name such as A or BC"), sheet=self._sheet, row=self._number)
        self._columns[letters] = column
        return column

    def _data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _end(self, tag: str) -> None:
        local = self._local[tag]
        if local == "c":
            if self._text is not None:
                value = self._value("".join(self._text))
                if value is not None:
                    self._row.extend([None] * (self._column - 1 - len(self._row)))
                    if len(self._row) < self._column:
                        self._row.append(value)
                self._text = None
        elif local == "row" and self._row:
            self._ready.append((self._number, self._row))

    def _value(self, text: str) -> Cell:
        kind = self._kind
        if kind == "n":
            return float(text) if NUMBER.fullmatch(text) else (text or None)
        if kind == "s":
            position = int(text) if text.isascii() and text.isdigit() else -1
            if not 0 <= position < len(self._shared):
                expected = _("a text that the workbook holds; the file is damaged")
                self.book.refuse(text, expected, sheet=self._sheet, row=self._number)
            text = self._shared[position]
        elif kind == "b":
            return text == "1"
        if len(text) > self.book.limits.cell_chars:
            expected = _("a cell of at most %(count)d characters") % {"count": self.book.limits.cell_chars}
            self.book.refuse(text[:80], expected, sheet=self._sheet, row=self._number)
        return text or None
