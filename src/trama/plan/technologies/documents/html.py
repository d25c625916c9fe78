"""A document as HTML: how it reads on the site, and how it looks while it is being written."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .markdown import BLANK, Block, Bullets, Document, Heading, Paragraph, Spans, Table


def as_html(document: Document) -> SafeString:
    """What stands below the title. The document itself was checked when it was read; everything is escaped."""
    return _all(document.blocks)


def _all(blocks: Iterable[Block]) -> SafeString:
    return format_html_join("\n", "{}", ((_block(block),) for block in blocks))


def _block(block: Block) -> SafeString:
    match block:
        case Heading(level, spans):
            return format_html("<h{0}>{1}</h{0}>", level, _inline(spans))
        case Paragraph(spans):
            return format_html("<p>{}</p>", _inline(spans))
        case Bullets(items, first):
            inner = format_html_join("", "<li>{}</li>", ((_item(item),) for item in items))
            if first is None:
                return format_html("<ul>{}</ul>", inner)
            return format_html('<ol start="{}">{}</ol>', first, inner)
        case Table():
            return _table(block)


def _item(item: tuple[Block, ...]) -> SafeString:
    """The first paragraph of an item stands without a frame of its own."""
    first, *others = item or (Paragraph(()),)
    shown = _inline(first.spans) if isinstance(first, Paragraph) else _block(first)
    return format_html("{}{}", shown, _all(others))


def _table(table: Table) -> SafeString:
    head = format_html_join("", '<th scope="col">{}</th>', ((_inline(cell),) for cell in table.head))
    rows = format_html_join(
        "",
        "<tr>{}</tr>",
        ((format_html_join("", "<td>{}</td>", ((_inline(cell),) for cell in row)),) for row in table.rows),
    )
    return format_html(
        '<div class="table-frame" tabindex="0" role="group" aria-label="{}"><table class="table table-compact">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        _("Table of the document"),
        head,
        rows,
    )


def _inline(spans: Spans) -> SafeString:
    return format_html_join("", "{}", ((_span(span.text, bold=span.bold, italic=span.italic),) for span in spans))


def _span(text: str, *, bold: bool, italic: bool) -> SafeString:
    blank = format_html('<span class="technology-blank"><span class="sr-only">{}</span></span>', _("blank to fill in"))
    shown = format_html_join(blank, "{}", ((piece,) for piece in text.split(BLANK)))
    if italic:
        shown = format_html("<em>{}</em>", shown)
    return format_html("<strong>{}</strong>", shown) if bold else shown
