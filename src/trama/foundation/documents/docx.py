"""A document as DOCX: real headings, lists, table headers and tick boxes, so that it can be edited and read aloud."""

import io

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from .archives import repacked
from .markdown import (
    BLANK,
    BOXES,
    Block,
    Bullets,
    Document,
    Frame,
    Heading,
    Paragraph,
    Spans,
    Table,
    column_widths,
    plain,
)
from .paper import Paper

WIDTH = Cm(21 - 2 * 2)  # of the text on A4
MOST_OF_A_PROPERTY = 255  # characters that the format keeps
UNDERSCORES = "_" * 20
UNDERSCORES_IN_CELL = "_" * 10
INK = RGBColor(0x0C, 0x32, 0x6F)
_MC = "http://schemas.microsoft.com/office/word/2010/wordml"


def as_docx(document: Document, paper: Paper) -> bytes:
    """The document on A4. The same document and paper always give the same bytes."""
    word = docx.Document()
    _page(word, document, paper)
    title = word.add_paragraph(style="Title")
    title.add_run(document.title)
    _Writer(word).write(document.blocks)
    memory = io.BytesIO()
    word.save(memory)
    return repacked(memory.getvalue())


def _page(word: WordDocument, document: Document, paper: Paper) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    properties = word.core_properties
    properties.title, properties.author = document.title[:MOST_OF_A_PROPERTY], paper.authors[:MOST_OF_A_PROPERTY]
    properties.subject, properties.comments = paper.work[:MOST_OF_A_PROPERTY], paper.note[:MOST_OF_A_PROPERTY]
    properties.language, properties.keywords = paper.language, ""
    properties.created = properties.modified = paper.dated.replace(tzinfo=None)
    properties.last_modified_by, properties.revision = properties.author, 1
    _styles(word, paper.language)
    _footer(section.footer.paragraphs[0], paper)


def _styles(word: WordDocument, language: str) -> None:
    styles = word.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    for name, size, before in (("Title", 22, 0), ("Heading 1", 14, 14), ("Heading 2", 12, 10)):
        style = styles[name]
        style.font.name, style.font.size, style.font.bold, style.font.color.rgb = "Calibri", Pt(size), True, INK
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(6)
        style.paragraph_format.keep_with_next = True
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    for mark in styles.element.iter(qn("w:lang")):
        mark.set(qn("w:val"), language)
    title = styles["Title"].element.get_or_add_pPr()
    for border in title.findall(qn("w:pBdr")):
        title.remove(border)


def _footer(paragraph: WordParagraph, paper: Paper) -> None:
    """What this is, the note of its edition, and the page."""
    paragraph.style = "Normal"  # the style of footers has a stop in the middle
    paragraph.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    lines = [f"{paper.work} · {paper.edition}", *([paper.note] if paper.note else [])]
    for number, line in enumerate(lines):
        run = paragraph.add_run(line)
        if number == 0:
            run.add_tab()
            _field(paragraph, "PAGE")
            paragraph.add_run(" / ")
            _field(paragraph, "NUMPAGES")
            if len(lines) > 1:
                paragraph.add_run().add_break()
    for run in paragraph.runs:
        run.font.size = Pt(8)


def _field(paragraph: WordParagraph, name: str) -> None:
    run = paragraph.add_run()
    for kind in ("begin", "", "separate", "text", "end"):
        if kind == "text":
            run.add_text("1")
        elif kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
            run._r.append(part)
        else:
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {name} "
            run._r.append(code)


class _Writer:
    """Writes blocks one after another."""

    def __init__(self, word: WordDocument) -> None:
        self.word = word
        self.boxes = 0

    def write(self, blocks: tuple[Block, ...]) -> None:
        for block in blocks:
            match block:
                case Heading(level, spans):
                    self._text(self.word.add_paragraph(style=f"Heading {level - 1}"), spans)
                case Paragraph(spans):
                    self._paragraph(spans)
                case Bullets():
                    self._list(block, depth=0)
                case Table():
                    self._table(block)
                case Frame(blocks=blocks):
                    self.write(blocks)

    def _paragraph(self, spans: Spans) -> None:
        self._filled(self.word.add_paragraph(), spans)

    def _filled(self, paragraph: WordParagraph, spans: Spans) -> None:
        if plain(spans).endswith(BLANK):  # the last blank runs to the margin
            paragraph.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)
            self._text(paragraph, spans, last_to_margin=True)
        else:
            self._text(paragraph, spans)

    def _list(self, block: Bullets, depth: int) -> None:
        style = ("List Bullet" if block.first is None else "List Number") + ("", " 2", " 3")[min(depth, 2)]
        number = self._numbering(style, block.first) if block.first is not None else None
        for item in block.items:
            first = True
            for inner in item:
                if isinstance(inner, Bullets):
                    self._list(inner, depth + 1)
                    continue
                assert isinstance(inner, Paragraph)
                paragraph = self.word.add_paragraph(style=style if first else "List Continue")
                if first and number is not None:
                    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
                    properties.get_or_add_numId().val = number
                    properties.get_or_add_ilvl().val = 0
                paragraph.paragraph_format.space_after = Pt(3)
                self._filled(paragraph, inner.spans)
                first = False

    def _numbering(self, style: str, first: int) -> int:
        """A numbering of its own for each list, so that it begins where the text says."""
        numbering = self.word.part.numbering_part.element
        held = self.word.styles[style].element.pPr.numPr.numId.val
        abstract = next(num.abstractNumId.val for num in numbering.num_lst if num.numId == held)
        num = numbering.add_num(abstract)
        num.add_lvlOverride(ilvl=0).add_startOverride(first)
        return int(num.numId)

    def _table(self, table: Table) -> None:
        made = self.word.add_table(rows=0, cols=len(table.head), style="Table Grid")
        made.autofit = False
        widths = [round(WIDTH * share) for share in column_widths(table)]
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        for number, cells in enumerate((table.head, *table.rows)):
            self._row(made, cells, widths, head=number == 0)
        after = self.word.add_paragraph()
        after.paragraph_format.space_after = Pt(2)
        after.paragraph_format.line_spacing = Pt(6)

    def _row(self, made: WordTable, cells: tuple[Spans, ...], widths: list[int], *, head: bool) -> None:
        row = made.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))
        elif any(not plain(spans).strip() for spans in cells):
            row.height = Cm(0.85)  # room to write by hand
        for cell, spans, width in zip(row.cells, cells, widths, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            self._text(paragraph, spans, in_cell=True)
            for run in paragraph.runs:
                run.font.size = Pt(10)
                run.font.bold = True if head else run.font.bold
            if head:
                shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="E6ECF7"/>')
                cell._tc.get_or_add_tcPr().append(shade)

    def _text(
        self, paragraph: WordParagraph, spans: Spans, *, last_to_margin: bool = False, in_cell: bool = False
    ) -> None:
        blank = UNDERSCORES_IN_CELL if in_cell else UNDERSCORES
        pieces = [(span, piece) for span in spans for piece in _pieces(span.text)]
        for number, (span, piece) in enumerate(pieces):
            if piece[0] in BOXES:
                self._box(paragraph, ticked=piece != "☐")
                continue
            run = paragraph.add_run()
            if piece == BLANK and last_to_margin and number == len(pieces) - 1:
                run.add_tab()
                continue
            run.add_text(blank if piece == BLANK else piece)
            run.bold, run.italic = span.bold or None, span.italic or None

    def _box(self, paragraph: WordParagraph, *, ticked: bool) -> None:
        """A tick box that can be clicked in the file and marked with a pen on paper."""
        self.boxes += 1
        content = parse_xml(
            f'<w:sdt {nsdecls("w")} xmlns:w14="{_MC}"><w:sdtPr><w:id w:val="{self.boxes}"/><w14:checkbox>'
            f'<w14:checked w14:val="{int(ticked)}"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
            '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr><w:sdtContent>'
            '<w:r><w:rPr><w:rFonts w:ascii="MS Gothic" w:eastAsia="MS Gothic" w:hAnsi="MS Gothic" w:hint="eastAsia"/>'
            f"</w:rPr><w:t>{'☒' if ticked else '☐'}</w:t></w:r></w:sdtContent></w:sdt>"
        )
        paragraph._p.append(content)


def _pieces(text: str) -> list[str]:
    """Text, blanks and boxes, apart."""
    found: list[str] = []
    for letter in text:
        if letter == BLANK or letter in BOXES or not found or found[-1] == BLANK or found[-1] in BOXES:
            found.append(letter)
        else:
            found[-1] += letter
    return found
