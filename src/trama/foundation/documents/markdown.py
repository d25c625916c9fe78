"""The part of Markdown that documents use, read into blocks. Anything else is refused, with its line.

Headings, paragraphs, bold, italic, lists, tables, ``☐`` for a tick box and a run of underscores for a blank to fill in.
A ``Dialect`` may add links and *frames*: parts between a line ``::: name argument`` and a line ``:::``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from .errors import DocumentError

BLANK = "\ue000"  # a run of underscores while the text is read: Markdown would take some for emphasis
BOX = "☐"
BOXES = "☐☑☒"
_RUN = re.compile(r"_{5,}")
_OPTION = re.compile(rf" *([{BOXES}]) +")  # a box stays with the words after it, apart from those before it
_FENCE = re.compile(r":::\s*(?:([a-z]+)(?:\s+(.*))?)?")
MAX_LENGTH = 60_000  # characters: far above three printed pages


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. ``BLANK`` and boxes stand in the text."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""  # where it leads, as it was written


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


@dataclass(frozen=True, slots=True)
class Frame:
    """A part set apart: which frame of the dialect, what stands beside its name, its line, and what is in it."""

    name: str
    argument: str
    line: int
    blocks: "tuple[Block, ...]"


type Block = Heading | Paragraph | Bullets | Table | Frame


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its title (the first line) and what follows."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a kind of text may hold besides. Each check gives what was expected, or "" where all is well.

    ``link(address)`` admits an address; without it there are no links. ``frames`` admits frames by their name, with a
    check of the argument of each.
    """

    link: Callable[[str], str] | None = None
    frames: Mapping[str, Callable[[str], str]] = field(default_factory=dict)


PLAIN = Dialect()


def plain(spans: Spans) -> str:
    """The text without its styles."""
    return "".join(span.text for span in spans)


def read_document(text: str, dialect: Dialect = PLAIN) -> Document:
    """Read a document. Raises ``DocumentError`` at the first line that is not as it should be."""
    blocks = _read(text, dialect, level=0)
    if not blocks or not isinstance(blocks[0], Heading) or blocks[0].level != 1:
        raise DocumentError(_line(1), (text.strip().splitlines() or [""])[0][:60], _("a title: “# Title”"))
    if len(blocks) == 1:
        raise DocumentError(_line(1), _("a title alone"), _("a text below the title"))
    return Document(plain(blocks[0].spans), tuple(blocks[1:]))


def read_blocks(text: str, dialect: Dialect = PLAIN) -> tuple[Block, ...]:
    """Read a text whose title stands elsewhere: its headings begin with ##. Raises ``DocumentError``."""
    return tuple(_read(text, dialect, level=1))


def _read(text: str, dialect: Dialect, *, level: int) -> list[Block]:
    if len(text) > MAX_LENGTH:
        raise DocumentError(_("document"), _("%d characters") % len(text), _("at most %d characters") % MAX_LENGTH)
    for number, line in enumerate(text.split("\n"), start=1):
        if BLANK in line or any(ord(letter) < 32 and letter not in "\t\r" for letter in line):
            raise DocumentError(_line(number), _("a control character"), _("text"))
    found: list[Block] = []
    for part in _parts(text, dialect):
        reader = _Reader(_tokens(part.text), dialect, first=part.first, level=level, framed=bool(part.name))
        blocks = reader.blocks("")
        level = reader.level
        if not part.name:
            found += blocks
        elif not blocks:
            raise DocumentError(_line(part.first - 1), _("an empty block"), _("a text in it"))
        else:
            found.append(Frame(part.name, part.argument, part.first - 1, tuple(blocks)))
    return found


def _tokens(text: str) -> list[Token]:
    markdown = MarkdownIt("commonmark").enable("table").disable(["hr", "lheading", "code", "reference"])
    return markdown.parse(_RUN.sub(BLANK, text))


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines that are read together: those of a frame, or those between two of them. ``first``: number of its line."""

    first: int
    text: str
    name: str = ""
    argument: str = ""


def _parts(text: str, dialect: Dialect) -> Iterator[_Part]:
    """The text cut at its frames. Without frames in the dialect it is one part, whatever it holds."""
    if not dialect.frames:
        yield _Part(1, text)
        return
    lines, first, open_frame = [], 1, ("", "")
    for number, line in enumerate(text.split("\n"), start=1):
        fence = _FENCE.fullmatch(line.strip()) if line.lstrip().startswith(":::") else None
        if fence is None and line.lstrip().startswith(":::"):
            raise DocumentError(_line(number), line.strip()[:60], _frames_in_words(dialect))
        if fence is None:
            lines.append(line)
            continue
        name, argument = fence.group(1) or "", (fence.group(2) or "").strip()
        if bool(name) is bool(open_frame[0]):
            expected = _("“:::” that ends the block before") if name else _("the beginning of a block before its end")
            raise DocumentError(_line(number), line.strip()[:60], expected)
        _check_fence(name, argument, dialect, number)
        yield _Part(first, "\n".join(lines), *open_frame)
        lines, first, open_frame = [], number + 1, (name, argument)
    if open_frame[0]:
        raise DocumentError(_line(first - 1), _("a block that does not end"), _("a line “:::” after it"))
    yield _Part(first, "\n".join(lines))


def _check_fence(name: str, argument: str, dialect: Dialect, number: int) -> None:
    if not name:
        return
    if name not in dialect.frames:
        raise DocumentError(_line(number), f"::: {name}", _frames_in_words(dialect))
    if expected := dialect.frames[name](argument):
        raise DocumentError(_line(number), f"::: {name} {argument}".strip()[:80], expected)


def _frames_in_words(dialect: Dialect) -> str:
    return _("one of the blocks: %s") % ", ".join(dialect.frames)


def _line(number: int) -> str:
    return _("line %d") % number


class _Reader:
    """Walks the tokens once, in order."""

    def __init__(self, tokens: Sequence[Token], dialect: Dialect, *, first: int, level: int, framed: bool) -> None:
        self._tokens = tokens
        self._dialect = dialect
        self._at = 0
        self._first = first
        self._line = first
        self._framed = framed
        self.level = level

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        if token.map:
            self._line = token.map[0] + self._first
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
        if self._framed:
            raise DocumentError(_line(line), _("a heading in a block"), _("text, lists and tables in it"))
        if level > 3 or (level == 1 and self.level) or level > self.level + 1:
            allowed = _("one title, then ## and below it ###, without leaving a level out")
            raise DocumentError(_line(line), _("a heading of level %d") % level, allowed)
        self.level = level
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
        link = ""
        for token in tokens:
            match token.type:
                case "text":
                    if self._dialect.link is not None and "](" in token.content:
                        raise DocumentError(_line(self._line), token.content[:60], _("a link: [words](address)"))
                    yield Span(_OPTION.sub("\u2002\\1\u00a0", token.content), bool(bold), bool(italic), link)
                case "softbreak":
                    yield Span(" ", bool(bold), bool(italic), link)
                case "strong_open" | "strong_close":
                    bold += token.nesting
                case "em_open" | "em_close":
                    italic += token.nesting
                case "link_open" if self._dialect.link is not None and not token.attrGet("title"):
                    link = self._link(str(token.attrGet("href") or ""))
                case "link_close":
                    link = ""
                case _:
                    raise self._refused(token.type)

    def _link(self, address: str) -> str:
        expected = self._dialect.link(address) if self._dialect.link else ""
        if expected or not address:
            raise DocumentError(_line(self._line), address[:80] or _("a link to nowhere"), expected or _("an address"))
        return address

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
        if self._dialect.link is not None:
            expected = _("headings, paragraphs, bold, italic, lists, tables, links, ☐ and blanks of underscores only")
        else:
            expected = _("headings, paragraphs, bold, italic, lists, tables, ☐ and blanks of underscores only")
        return DocumentError(_line(self._line), names.get(kind, kind), expected)


def _merged(spans: Iterator[Span]) -> Iterator[Span]:
    """Neighbours of one style in one span, empty ones left out."""
    held: Span | None = None
    for span in spans:
        if not span.text:
            continue
        if held is not None and replace(held, text="") == replace(span, text=""):
            held = replace(held, text=held.text + span.text)
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
