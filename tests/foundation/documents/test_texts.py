"""Texts: what is read, what is refused with its place, and what comes out as HTML, DOCX and PDF."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import docx
import pytest
from django.utils import translation
from django.utils.html import format_html
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from trama.foundation.documents.docx import as_docx
from trama.foundation.documents.errors import DocumentError
from trama.foundation.documents.html import Look, as_html, blocks_as_html
from trama.foundation.documents.markdown import (
    BLANK,
    Bullets,
    Dialect,
    Frame,
    Heading,
    Paragraph,
    Span,
    Table,
    column_widths,
    read_blocks,
    read_document,
)
from trama.foundation.documents.odt import TYPE, as_odt
from trama.foundation.documents.paper import Paper
from trama.foundation.documents.pdf import FrameOnPaper, PaperLook, as_pdf

PAPER = Paper(
    "pt-BR", "Tecnologia & companhia", "versão 1.0", "Equipe", "Primeira edição.", datetime(2026, 3, 2, tzinfo=UTC)
)
TEXT = """# Pauta

Use **sempre** e *com calma*.

## Parte A

**Data:** ____________________ **Local:** ____________________

1. Um
2. Dois
   - dentro

| Item | Nota |
| --- | --- |
|  | ☐ sim ☐ não |

## Parte B

5. Cinco
"""


def test_a_document_is_read_into_blocks():
    document = read_document(TEXT)
    assert document.title == "Pauta"
    first, heading, blanks, numbered, table, _, five = document.blocks
    assert first == Paragraph(
        (Span("Use "), Span("sempre", bold=True), Span(" e "), Span("com calma", italic=True), Span("."))
    )
    assert heading == Heading(2, (Span("Parte A"),))
    assert isinstance(blanks, Paragraph)
    assert "".join(span.text for span in blanks.spans) == f"Data: {BLANK} Local: {BLANK}"
    assert isinstance(numbered, Bullets)
    assert numbered.first == 1
    assert isinstance(numbered.items[1][1], Bullets)
    assert isinstance(table, Table)
    assert [span.text for span in table.rows[0][1]] == ["☐\u00a0sim\u2002☐\u00a0não"]
    assert isinstance(five, Bullets)
    assert five.first == 5


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Sem título", "1"),
        ("# Só título", "1"),
        ("# T\n\n### Pula um nível\n", "3"),
        ("# T\n\ntexto\n\n# Outro título\n", "5"),
        ("# T\n\n> citação\n", "3"),
        ("# T\n\n[ligação](http://x.y)\n", "3"),
        ("# T\n\n![imagem](x.png)\n", "3"),
        ("# T\n\n<script>alert(1)</script>\n", "3"),
        ("# T\n\ntexto <b>x</b>\n", "3"),
        ("# T\n\n```\ncode\n```\n", "3"),
        ("# T\n\n`code`\n", "3"),
        ("# T\n\nquebra  \nforçada\n", "3"),
        ("# T\n\n- | a | b |\n  | - | - |\n  | 1 | 2 |\n", "5"),
        ("# T\n\na\x00b\n", "3"),
        ("", "1"),
    ],
)
def test_what_is_not_in_the_subset_is_refused_with_its_line(text, line):
    with pytest.raises(DocumentError) as refused:
        read_document(text)
    assert refused.value.where.endswith(f" {line}")
    assert refused.value.found is not None
    assert refused.value.expected


@given(st.text(alphabet="#* _|-☐1.ab\n>`[]()<!~=+\\", max_size=120))
def test_any_text_is_read_or_refused_and_what_is_read_can_be_written(text):
    try:
        document = read_document("# T\n\n" + text)
    except DocumentError:
        return
    html = as_html(document)
    assert "<script" not in html
    for block in document.blocks:
        if isinstance(block, Table):
            assert sum(column_widths(block)) == pytest.approx(1)


def test_html_escapes_what_people_write():
    assert "&lt;b" in as_html(read_document("# T\n\n1 \\<b\n"))


def test_word_gets_styles_headings_lists_a_repeated_table_head_and_boxes_to_click():
    content = as_docx(read_document(TEXT), PAPER)
    word = docx.Document(io.BytesIO(content))
    styles = [(paragraph.style.name, paragraph.text) for paragraph in word.paragraphs if paragraph.text]
    assert ("Title", "Pauta") in styles
    assert ("Heading 1", "Parte A") in styles
    assert ("List Number", "Um") in styles
    assert ("List Bullet 2", "dentro") in styles
    table = word.tables[0]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert len(list(table._tbl.iter("{http://schemas.microsoft.com/office/word/2010/wordml}checkbox"))) == 2
    starts = word.part.numbering_part.element.findall(f".//{qn('w:startOverride')}")
    assert [start.get(qn("w:val")) for start in starts] == ["1", "5"]
    assert {mark.get(qn("w:val")) for mark in word.styles.element.iter(qn("w:lang"))} == {"pt-BR"}
    assert (word.core_properties.title, word.core_properties.language) == ("Pauta", "pt-BR")
    footer = word.sections[0].footer._element.xml
    assert "Primeira edição." in footer
    assert "NUMPAGES" in footer


def test_a_pdf_is_tagged_and_says_its_language_and_title():
    content = as_pdf(read_document(TEXT), PAPER)
    assert content.startswith(b"%PDF-")
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang(pt-BR)", b"pdfuaid:part"):
        assert mark in content, mark


@pytest.mark.parametrize("write", [as_docx, as_odt, as_pdf])
def test_long_words_about_a_document_do_not_keep_it_from_being_written(write):
    paper = replace(PAPER, work="w" * 400, authors="a" * 400, note="n" * 400)
    content = write(read_document(TEXT.replace("# Pauta", "# " + "t" * 400)), paper)
    assert len(content) > 2000


TEXT_OF, TABLE_OF = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("text", "table"))


def test_an_open_document_gets_headings_lists_that_begin_where_they_say_and_a_repeated_table_head():
    with zipfile.ZipFile(io.BytesIO(as_odt(read_document(TEXT), PAPER))) as pack:
        first = pack.infolist()[0]
        assert (first.filename, first.compress_type, pack.read(first)) == ("mimetype", 0, TYPE.encode())
        content, styles, meta = (ElementTree.fromstring(pack.read(f"{n}.xml")) for n in ("content", "styles", "meta"))
        ElementTree.fromstring(pack.read("META-INF/manifest.xml"))
    headings = [(one.get(f"{TEXT_OF}outline-level"), "".join(one.itertext())) for one in content.iter(f"{TEXT_OF}h")]
    assert headings == [("1", "Parte A"), ("1", "Parte B")]
    starts = [one.get(f"{TEXT_OF}start-value") for one in content.iter(f"{TEXT_OF}list-item")]
    assert starts == ["1", None, None, "5"]
    head = content.find(f".//{TABLE_OF}table-header-rows")
    assert head is not None
    assert [" ".join(cell.itertext()) for cell in head.iter(f"{TABLE_OF}table-cell")] == ["Item", "Nota"]
    words = " ".join(content.itertext())
    assert "☐" in words
    assert BLANK not in words
    used = {one.get(f"{TEXT_OF}style-name") for one in content.iter() if one.get(f"{TEXT_OF}style-name")}
    family = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}name"
    assert used <= {one.get(family) for one in styles.iter()}
    assert "Tecnologia & companhia · versão 1.0" in " ".join(styles.itertext())
    assert "pt-BR" in " ".join(meta.itertext())


@pytest.mark.parametrize("write", [as_docx, as_odt, as_pdf])
def test_the_same_document_always_gives_the_same_bytes(write):
    document = read_document(TEXT)
    assert write(document, PAPER) == write(document, PAPER)


def test_members_of_an_archive_carry_no_times():
    with zipfile.ZipFile(io.BytesIO(as_docx(read_document(TEXT), PAPER))) as pack:
        assert {member.date_time for member in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# --- dialects -----------------------------------------------------------------------------------------------------

DIALECT = Dialect(
    link=lambda address: "" if address.startswith("https://") else "https://…",
    frames={"note": lambda argument: "", "box": lambda argument: "" if argument else "a title"},
)
FRAMED = """## Um

Veja [a **lei**](https://lei.example/x?a=1&b=2).

::: box Dentro & fora
- um
- dois
:::

::: note
Fim.
:::

### Dois
"""


def test_a_dialect_admits_links_and_frames():
    heading, paragraph, box, note, last = read_blocks(FRAMED, DIALECT)
    assert heading == Heading(2, (Span("Um"),))
    assert paragraph.spans[1:3] == (
        Span("a ", link="https://lei.example/x?a=1&b=2"),
        Span("lei", bold=True, link="https://lei.example/x?a=1&b=2"),
    )
    assert (box.name, box.argument, box.line) == ("box", "Dentro & fora", 5)
    assert isinstance(box.blocks[0], Bullets)
    assert note == Frame("note", "", 10, (Paragraph((Span("Fim."),)),))
    assert last.level == 3


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("## A\n\n[x](http://y)\n", 3, "https"),
        ("## A\n\n[x](javascript:alert)\n", 3, "[words](address)"),
        ("## A\n\n[x](data:text/html,1)\n", 3, "[words](address)"),
        ("## A\n\n[x](https://a b)\n", 3, "[words](address)"),
        ("# A\n", 1, "##"),
        ("### A\n", 1, "##"),
        ("a\n\n::: vídeo\nb\n:::\n", 3, "note, box"),
        ("a\n\n::: video\nb\n:::\n", 3, "note, box"),
        ("a\n\n::: box\nb\n:::\n", 3, "a title"),
        ("a\n\n::: note\nb\n", 3, ":::"),
        ("a\n\n:::\nb\n", 3, ""),
        ("::: note\n::: box b\nb\n:::\n:::\n", 2, ":::"),
        ("::: note\n\n:::\n", 1, ""),
        ("::: note\n\n## a\n\n:::\n", 3, ""),
        ("::: note\na\n:::\n\n<b>x</b>\n", 5, "links"),
        ("a\n\n::: note\nb\n\n> c\n:::\n", 6, "links"),
    ],
)
def test_what_a_dialect_does_not_admit_is_refused_with_its_line(text, line, expected):
    with pytest.raises(DocumentError) as refused, translation.override("en"):
        read_blocks(text, DIALECT)
    assert refused.value.where.endswith(f" {line}")
    assert expected in refused.value.expected


def test_without_a_dialect_a_fence_is_text_and_a_definition_of_a_link_too():
    document = read_document("# T\n\n::: note\n\n[a]: https://x.y\n")
    assert [span.text for block in document.blocks for span in block.spans] == ["::: note", "[a]: https://x.y"]


def test_a_look_draws_frames_and_leads_links():
    look = Look(
        frame=lambda frame, inner: format_html("<aside>{}{}</aside>", frame.argument, inner),
        address=lambda address: address + "#b",
    )
    html = blocks_as_html(read_blocks(FRAMED, DIALECT), look)
    assert '<a href="https://lei.example/x?a=1&amp;b=2#b"><strong>lei</strong></a>' in html
    assert "<aside>Dentro &amp; fora<ul>" in html
    nowhere = Look(address=lambda address: "")
    assert "<a" not in blocks_as_html(read_blocks(FRAMED, DIALECT), nowhere)


def test_frames_and_links_are_printed():
    look = PaperLook(frame=lambda frame: FrameOnPaper(frame.argument, lines=3), address=lambda address: address)
    framed = as_pdf(read_document("# T\n\n" + FRAMED, DIALECT), PAPER, look)
    assert b"lei.example" in framed
    bare = as_pdf(read_document("# T\n\n" + FRAMED, DIALECT), PAPER, PaperLook(address=lambda address: ""))
    assert b"lei.example" not in bare


@given(st.text(alphabet="#* :|-☐1.ab\n>`[]()<!~=note", max_size=120))
def test_any_text_in_a_dialect_is_read_or_refused(text):
    try:
        blocks = read_blocks(text, DIALECT)
    except DocumentError:
        return
    assert "<script" not in blocks_as_html(blocks)
