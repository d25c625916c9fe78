"""The part of Markdown that documents use, read into blocks. Anything else is refused, with its line.

Headings, paragraphs, bold, italic, lists, tables, ``☐`` for a tick box and a run of underscores for a blank to fill in.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ..errors import DocumentError

BLANK = "\ue000"  # a run of underscores while the text is read: Markdown would take some for emphasis
BOX = "☐"
BOXES = "☐☑☒"
_RUN = re.compile(r"_{5,}")
_OPTION = re.compile(rf" *([{BOXES}]) +")  # a box stays with the words after it, apart from those before it
MAX_LENGTH = 60_000  # characters: far above three printed pages


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. ``BLANK`` and boxes stand in the text."""

    text: str
    bold: bool = False
    italic: bool = False


type Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    spans: Spans


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: Spans


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; ``first`` is the number of its first item, None where items are not numbered."""

    items: "tuple[tuple[Block, ...], ...]"
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]


type Block = Heading | Paragraph | Bullets | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its title (the first line) and what follows."""

    title: str
    blocks: tuple[Block, ...]


def plain(spans: Spans) -> str:
    """The text without its styles."""
    return "".join(span.text for span in spans)


def read_document(text: str) -> Document:
    """Read a document. Raises ``DocumentError`` at the first line that is not as it should be."""
    if len(text) > MAX_LENGTH:
        raise DocumentError(_("document"), _("%d characters") % len(text), _("at most %d characters") % MAX_LENGTH)
    for number, line in enumerate(text.splitlines(), start=1):
        if BLANK in line or any(ord(letter) < 32 and letter != "\t" for letter in line):
            raise DocumentError(_line(number), _("a control character"), _("text"))
    markdown = MarkdownIt("commonmark").enable("table").disable(["hr", "lheading", "code"])
    reader = _Reader(markdown.parse(_RUN.sub(BLANK, text)))
    blocks = reader.blocks("")
    if not blocks or not isinstance(blocks[0], Heading) or blocks[0].level != 1:
        raise DocumentError(_line(1), (text.strip().splitlines() or [""])[0][:60], _("a title: “# Title”"))
    if len(blocks) == 1:
        raise DocumentError(_line(1), _("a title alone"), _("a text below the title"))
    return Document(plain(blocks[0].spans), tuple(blocks[1:]))


def _line(number: int) -> str:
    return _("line %d") % number


class _Reader:
    """Walks the tokens once, in order."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._line = 1
        self._level = 0

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        if token.map:
            self._line = token.map[0] + 1
        return token

    def blocks(self, end: str) -> list[Block]:
        """Blocks until the token ``end``, or to the last one."""
        found: list[Block] = []
        while self._at < len(self._tokens):
            token = self._next()
            if token.type == end:
                break
            found.append(self._block(token))
        return found

    def _block(self, token: Token) -> Block:
        match token.type:
            case "heading_open":
                return self._heading(int(token.tag[1]))
            case "paragraph_open":
                spans = self._inline()
                self._next()
                return Paragraph(spans)
            case "bullet_list_open":
                return Bullets(self._items("bullet_list_close"))
            case "ordered_list_open":
                start = token.attrGet("start")
                return Bullets(self._items("ordered_list_close"), int(start) if start is not None else 1)
            case "table_open":
                return self._table()
        raise self._refused(token.type)

    def _heading(self, level: int) -> Heading:
        line = self._line
        if level > 3 or (level == 1 and self._level) or level > self._level + 1:
            allowed = _("one title, then ## and below it ###, without leaving a level out")
            raise DocumentError(_line(line), _("a heading of level %d") % level, allowed)
        self._level = level
        spans = self._inline()
        self._next()
        if not plain(spans).strip():
            raise DocumentError(_line(line), _("an empty heading"), _("text"))
        return Heading(level, spans)

    def _items(self, end: str) -> tuple[tuple[Block, ...], ...]:
        items = []
        while (token := self._next()).type != end:
            assert token.type == "list_item_open"
            blocks = self.blocks("list_item_close")
            if any(not isinstance(block, Paragraph | Bullets) for block in blocks):
                raise DocumentError(_line(self._line), _("a heading or a table in a list"), _("text or a list"))
            items.append(tuple(blocks))
        return tuple(items)

    def _table(self) -> Table:
        rows: list[tuple[Spans, ...]] = []
        while (token := self._next()).type != "table_close":
            if token.type == "tr_open":
                rows.append(self._row())
        return Table(rows[0], tuple(rows[1:]))

    def _row(self) -> tuple[Spans, ...]:
        cells = []
        while (token := self._next()).type != "tr_close":
            if token.type in ("th_open", "td_open"):
                cells.append(self._inline())
        return tuple(cells)

    def _inline(self) -> Spans:
        spans = list(_merged(self._spans(self._next().children or [])))
        if spans:
            spans[0] = replace(spans[0], text=spans[0].text.lstrip("\u2002"))
        return tuple(spans)

    def _spans(self, tokens: Sequence[Token]) -> Iterator[Span]:
        bold = italic = 0
        for token in tokens:
            match token.type:
                case "text":
                    yield Span(_OPTION.sub("\u2002\\1\u00a0", token.content), bool(bold), bool(italic))
                case "softbreak":
                    yield Span(" ", bool(bold), bool(italic))
                case "strong_open" | "strong_close":
                    bold += token.nesting
                case "em_open" | "em_close":
                    italic += token.nesting
                case _:
                    raise self._refused(token.type)

    def _refused(self, kind: str) -> DocumentError:
        names = {
            "blockquote_open": _("a quotation (>)"),
            "fence": _("a block of code"),
            "code_inline": _("code (`)"),
            "html_block": _("HTML"),
            "html_inline": _("HTML"),
            "link_open": _("a link"),
            "image": _("an image"),
            "hardbreak": _("a forced line break"),
        }
        return DocumentError(
            _line(self._line),
            names.get(kind, kind),
            _("headings, paragraphs, bold, italic, lists, tables, ☐ and blanks of underscores only"),
        )


def _merged(spans: Iterator[Span]) -> Iterator[Span]:
    """Neighbours of one style in one span, empty ones left out."""
    held: Span | None = None
    for span in spans:
        if not span.text:
            continue
        if held is not None and (held.bold, held.italic) == (span.bold, span.italic):
            held = Span(held.text + span.text, held.bold, held.italic)
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def column_widths(table: Table) -> list[float]:
    """Shares of the page for the columns: by the text in them, with room to write where the cells are empty."""
    weights = []
    for number, head in enumerate(table.head):
        cells = [plain(row[number]) for row in table.rows]
        longest = max((len(word) for text in [plain(head), *cells] for word in text.split()), default=1)
        usual = sorted(len(text) for text in cells)[(len(cells) * 3) // 4] if cells else 0
        empty = bool(cells) and sum(not text.strip() for text in cells) * 2 > len(cells)
        wanted = max(min(usual, 70), min(len(plain(head)), 24), 22 if empty else 4)
        weights.append(max(float(wanted) ** 0.75, longest * 0.75 + 1, 4.0))
    whole = sum(weights)
    return [weight / whole for weight in weights]
