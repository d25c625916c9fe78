"""A document as HTML: how it reads on the site, and how it looks while it is being written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .markdown import BLANK, Block, Bullets, Document, Frame, Heading, Paragraph, Span, Spans, Table


def _bare(frame: Frame, inner: SafeString) -> SafeString:
    return inner


def _as_written(address: str) -> str:
    return address


@dataclass(frozen=True, slots=True)
class Look:
    """How the parts of a dialect are drawn: a frame around what is in it, and where a link leads ("": nowhere)."""

    frame: Callable[[Frame, SafeString], SafeString] = _bare
    address: Callable[[str], str] = _as_written


PLAIN = Look()


def as_html(document: Document, look: Look = PLAIN) -> SafeString:
    """What stands below the title. The document itself was checked when it was read; everything is escaped."""
    return blocks_as_html(document.blocks, look)


def blocks_as_html(blocks: Iterable[Block], look: Look = PLAIN) -> SafeString:
    """Blocks one after another, escaped."""
    return _Page(look).all(blocks)


@dataclass(frozen=True, slots=True)
class _Page:
    look: Look

    def all(self, blocks: Iterable[Block]) -> SafeString:
        return format_html_join("\n", "{}", ((self.block(block),) for block in blocks))

    def block(self, block: Block) -> SafeString:
        match block:
            case Heading(level, spans):
                return format_html("<h{0}>{1}</h{0}>", level, self.inline(spans))
            case Paragraph(spans):
                return format_html("<p>{}</p>", self.inline(spans))
            case Bullets(items, first):
                inner = format_html_join("", "<li>{}</li>", ((self.item(item),) for item in items))
                if first is None:
                    return format_html("<ul>{}</ul>", inner)
                return format_html('<ol start="{}">{}</ol>', first, inner)
            case Table():
                return self.table(block)
            case Frame():
                return self.look.frame(block, self.all(block.blocks))

    def item(self, item: tuple[Block, ...]) -> SafeString:
        """The first paragraph of an item stands without a frame of its own."""
        first, *others = item or (Paragraph(()),)
        shown = self.inline(first.spans) if isinstance(first, Paragraph) else self.block(first)
        return format_html("{}{}", shown, self.all(others))

    def table(self, table: Table) -> SafeString:
        head = format_html_join("", '<th scope="col">{}</th>', ((self.inline(cell),) for cell in table.head))
        rows = format_html_join(
            "",
            "<tr>{}</tr>",
            ((format_html_join("", "<td>{}</td>", ((self.inline(cell),) for cell in row)),) for row in table.rows),
        )
        return format_html(
            '<div class="table-frame" tabindex="0" role="group" aria-label="{}"><table class="table table-compact">'
            "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
            _("Table of the document"),
            head,
            rows,
        )

    def inline(self, spans: Spans) -> SafeString:
        return format_html_join("", "{}", ((self.span(span),) for span in spans))

    def span(self, span: Span) -> SafeString:
        blank = format_html(
            '<span class="document-blank"><span class="sr-only">{}</span></span>', _("blank to fill in")
        )
        shown = format_html_join(blank, "{}", ((piece,) for piece in span.text.split(BLANK)))
        if span.italic:
            shown = format_html("<em>{}</em>", shown)
        if span.bold:
            shown = format_html("<strong>{}</strong>", shown)
        address = self.look.address(span.link) if span.link else ""
        return format_html('<a href="{}">{}</a>', address, shown) if address else shown
