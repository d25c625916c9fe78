"""A document as ODT (OpenDocument 1.3): real headings, lists and table heads, for LibreOffice and other editors."""

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from .archives import archive
from .markdown import (
    BLANK,
    Block,
    Bullets,
    Document,
    Frame,
    Heading,
    Paragraph,
    Span,
    Spans,
    Table,
    column_widths,
    plain,
)
from .paper import Paper

TYPE = "application/vnd.oasis.opendocument.text"
WIDTH = 17.0  # cm of the text on A4
UNDERSCORES, UNDERSCORES_IN_CELL = "_" * 20, "_" * 10
INK = "#0c326f"
_SPACES = " ".join(
    f'xmlns:{name}="{space}"'
    for name, space in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
        "xlink": "http://www.w3.org/1999/xlink",
        "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
    }.items()
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_STYLES = {(False, False): "", (True, False): "Strong", (False, True): "Emphasis", (True, True): "StrongEmphasis"}


def as_odt(document: Document, paper: Paper) -> bytes:
    """The document on A4. The same document and paper always give the same bytes."""
    writer = _Writer()
    body = f'<text:p text:style-name="Title">{escape(document.title)}</text:p>{writer.all(document.blocks)}'
    members = {
        "mimetype": TYPE,  # first, as the format asks
        "content.xml": _content(body, writer.columns),
        "styles.xml": _styles(paper),
        "meta.xml": _meta(document, paper),
        "META-INF/manifest.xml": _manifest(),
    }
    return archive([(name, text.encode()) for name, text in members.items()])


class _Writer:
    """Writes blocks one after another; ``columns`` gathers the widths of each table, in per mille of the page."""

    def __init__(self) -> None:
        self.columns: list[list[float]] = []

    def all(self, blocks: Iterable[Block]) -> str:
        return "".join(self.block(block) for block in blocks)

    def block(self, block: Block, style: str = "Text_20_body") -> str:
        match block:
            case Heading(level, spans):
                depth = level - 1
                inner = self.inline(spans)
                return f'<text:h text:style-name="Heading_20_{depth}" text:outline-level="{depth}">{inner}</text:h>'
            case Paragraph(spans):
                return f'<text:p text:style-name="{style}">{self.inline(spans)}</text:p>'
            case Bullets(items, first):
                return self.list(items, first)
            case Table():
                return self.table(block)
            case Frame(blocks=blocks):
                return self.all(blocks)

    def list(self, items: tuple[tuple[Block, ...], ...], first: int | None) -> str:
        name = "Bullets" if first is None else "Numbers"
        found = []
        for number, item in enumerate(items):
            start = f' text:start-value="{first}"' if first is not None and number == 0 else ""
            inner = "".join(self.block(one, "List_20_Contents") for one in item)
            found.append(f"<text:list-item{start}>{inner}</text:list-item>")
        return f'<text:list text:style-name="{name}">{"".join(found)}</text:list>'

    def table(self, table: Table) -> str:
        self.columns.append(column_widths(table))
        name = f"Table{len(self.columns)}"
        columns = "".join(
            f'<table:table-column table:style-name="{name}.{number}"/>' for number, _ in enumerate(table.head, start=1)
        )
        head = f"<table:table-header-rows>{self.row(table.head, head=True)}</table:table-header-rows>"
        rows = "".join(self.row(row) for row in table.rows)
        return (
            f'<table:table table:name="{name}" table:style-name="Table">{columns}{head}{rows}</table:table>'
            '<text:p text:style-name="Gap"/>'
        )

    def row(self, cells: tuple[Spans, ...], *, head: bool = False) -> str:
        writing = not head and any(not plain(spans).strip() for spans in cells)  # room to write by hand
        cell, text = ("HeadCell", "Table_20_Heading") if head else ("Cell", "Table_20_Contents")
        inner = "".join(
            f'<table:table-cell table:style-name="{cell}" office:value-type="string">'
            f'<text:p text:style-name="{text}">{self.inline(spans, UNDERSCORES_IN_CELL)}</text:p></table:table-cell>'
            for spans in cells
        )
        style = ' table:style-name="WritingRow"' if writing else ' table:style-name="Row"'
        return f"<table:table-row{style}>{inner}</table:table-row>"

    def inline(self, spans: Spans, blank: str = UNDERSCORES) -> str:
        return "".join(self.span(span, blank) for span in spans)

    def span(self, span: Span, blank: str) -> str:
        text = escape(span.text.replace(BLANK, blank))
        style = _STYLES[span.bold, span.italic]
        made = f'<text:span text:style-name="{style}">{text}</text:span>' if style else text
        return f'<text:a xlink:type="simple" xlink:href={quoteattr(span.link)}>{made}</text:a>' if span.link else made


def _content(body: str, columns: list[list[float]]) -> str:
    widths = "".join(
        f'<style:style style:name="Table{number}.{place}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{share * WIDTH:.2f}cm"/></style:style>'
        for number, shares in enumerate(columns, start=1)
        for place, share in enumerate(shares, start=1)
    )
    border = 'fo:padding="0.12cm" fo:border="0.5pt solid #787878"'
    return (
        f'{_HEAD}<office:document-content {_SPACES} office:version="1.3"><office:automatic-styles>{widths}'
        '<style:style style:name="Table" style:family="table">'
        f'<style:table-properties style:width="{WIDTH}cm" table:align="left"/></style:style>'
        '<style:style style:name="Row" style:family="table-row">'
        '<style:table-row-properties fo:keep-together="always"/></style:style>'
        '<style:style style:name="WritingRow" style:family="table-row">'
        '<style:table-row-properties style:min-row-height="0.85cm" fo:keep-together="always"/></style:style>'
        '<style:style style:name="Cell" style:family="table-cell">'
        f"<style:table-cell-properties {border}/></style:style>"
        '<style:style style:name="HeadCell" style:family="table-cell">'
        f'<style:table-cell-properties {border} fo:background-color="#e6ecf7"/></style:style>'
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )


def _paragraph_style(name: str, size: float, *, bold: bool = False, above: float = 0, outline: int = 0) -> str:
    weight = f'fo:font-weight="bold" fo:color="{INK}"' if bold else ""
    keep = ' fo:keep-with-next="always"' if bold else ""
    level = f' style:default-outline-level="{outline}"' if outline else ""
    return (
        f'<style:style style:name="{name}" style:family="paragraph"{level}>'
        f'<style:paragraph-properties fo:margin-top="{above}cm" fo:margin-bottom="0.2cm"{keep}/>'
        f'<style:text-properties fo:font-size="{size}pt" {weight}/></style:style>'
    )


def _list_style(name: str, level: str) -> str:
    levels = "".join(
        level.format(depth=depth).replace(
            "/>",
            '><style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
            f'<style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-0.6cm" '
            f'fo:margin-left="{depth * 0.8:.1f}cm"/></style:list-level-properties>'
            f"</text:list-level-style-{'bullet' if name == 'Bullets' else 'number'}>",
            1,
        )
        for depth in (1, 2, 3)
    )
    return f'<text:list-style style:name="{name}">{levels}</text:list-style>'


def _styles(paper: Paper) -> str:
    language, country = paper.language.split("-")
    footer = [f"{escape(paper.work)} · {escape(paper.edition)}", *([escape(paper.note)] if paper.note else [])]
    page = "<text:page-number>1</text:page-number> / <text:page-count>1</text:page-count>"
    lines = "".join(
        f'<text:p text:style-name="Footer">{line}{f"<text:tab/>{page}" if number == 0 else ""}</text:p>'
        for number, line in enumerate(footer)
    )
    return (
        f'{_HEAD}<office:document-styles {_SPACES} office:version="1.3"><office:styles>'
        '<style:default-style style:family="paragraph"><style:text-properties '
        f'fo:font-family="Calibri, Carlito, sans-serif" fo:font-size="11pt" fo:language="{language}" '
        f'fo:country="{country}"/></style:default-style>'
        + _paragraph_style("Title", 22, bold=True)
        + _paragraph_style("Heading_20_1", 14, bold=True, above=0.5, outline=1)
        + _paragraph_style("Heading_20_2", 12, bold=True, above=0.35, outline=2)
        + "".join(_paragraph_style(name, 11) for name in ("Text_20_body", "List_20_Contents"))
        + _paragraph_style("Table_20_Contents", 10)
        + _paragraph_style("Table_20_Heading", 10, bold=True)
        + _paragraph_style("Gap", 4)
        + '<style:style style:name="Footer" style:family="paragraph"><style:paragraph-properties><style:tab-stops>'
        f'<style:tab-stop style:position="{WIDTH}cm" style:type="right"/></style:tab-stops>'
        '</style:paragraph-properties><style:text-properties fo:font-size="8pt"/></style:style>'
        '<style:style style:name="Strong" style:family="text"><style:text-properties fo:font-weight="bold"/>'
        '</style:style><style:style style:name="Emphasis" style:family="text">'
        '<style:text-properties fo:font-style="italic"/></style:style>'
        '<style:style style:name="StrongEmphasis" style:family="text">'
        '<style:text-properties fo:font-weight="bold" fo:font-style="italic"/></style:style>'
        + _list_style("Bullets", '<text:list-level-style-bullet text:level="{depth}" text:bullet-char="•"/>')
        + _list_style(
            "Numbers", '<text:list-level-style-number text:level="{depth}" style:num-format="1" style:num-suffix="."/>'
        )
        + '</office:styles><office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties '
        'fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-top="1.8cm" fo:margin-bottom="1.8cm" '
        'fo:margin-left="2cm" fo:margin-right="2cm"/></style:page-layout></office:automatic-styles>'
        '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4">'
        f"<style:footer>{lines}</style:footer></style:master-page></office:master-styles></office:document-styles>"
    )


def _meta(document: Document, paper: Paper) -> str:
    dated: datetime = paper.dated.replace(tzinfo=None, microsecond=0)
    return (
        f'{_HEAD}<office:document-meta {_SPACES} office:version="1.3"><office:meta>'
        f"<dc:title>{escape(document.title)}</dc:title><dc:subject>{escape(paper.work)}</dc:subject>"
        f"<meta:initial-creator>{escape(paper.authors)}</meta:initial-creator><dc:creator>{escape(paper.authors)}"
        f"</dc:creator><dc:description>{escape(paper.note)}</dc:description><dc:language>{paper.language}</dc:language>"
        f"<meta:creation-date>{dated.isoformat()}</meta:creation-date><dc:date>{dated.isoformat()}</dc:date>"
        "</office:meta></office:document-meta>"
    )


def _manifest() -> str:
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (
            ("/", TYPE),
            ("content.xml", "text/xml"),
            ("styles.xml", "text/xml"),
            ("meta.xml", "text/xml"),
        )
    )
    return (
        f'{_HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        f'manifest:version="1.3">{entries}</manifest:manifest>'
    )
