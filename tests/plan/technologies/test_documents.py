"""Documents: what is read, what is refused with its place, and what comes out as DOCX, PDF and XLSX."""

import io
import zipfile
from datetime import UTC, datetime

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from tests.plan.factories import SHEETS
from trama.plan.technologies.documents.docx import as_docx
from trama.plan.technologies.documents.formulas import check_formula, in_row
from trama.plan.technologies.documents.html import as_html
from trama.plan.technologies.documents.markdown import (
    BLANK,
    Bullets,
    Heading,
    Paragraph,
    Span,
    Table,
    column_widths,
    read_document,
)
from trama.plan.technologies.documents.paper import Paper
from trama.plan.technologies.documents.pdf import as_pdf
from trama.plan.technologies.documents.workbook import read_workbook
from trama.plan.technologies.documents.xlsx import as_xlsx
from trama.plan.technologies.errors import DocumentError

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


@pytest.mark.parametrize("write", [as_docx, as_pdf])
def test_the_same_document_always_gives_the_same_bytes(write):
    document = read_document(TEXT)
    assert write(document, PAPER) == write(document, PAPER)


def sheet_of(text: str = SHEETS, language: str = "pt-BR"):
    paper = Paper(language, "T", "1.0", "E", "N", datetime(2026, 3, 2, tzinfo=UTC))
    content = as_xlsx(read_workbook(text), paper)
    assert content == as_xlsx(read_workbook(text), paper)
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_spreadsheet_has_typed_cells_choices_formulas_totals_and_a_frozen_head():
    book = sheet_of()
    assert book.sheetnames == ["Como usar", "Dados", "Opções"]
    page = book["Dados"]
    assert [cell.value for cell in page[1]][1:] == ["O quê", "Custo", "Situação", "Prazo", "Dobro"]
    assert page.freeze_panes == "B2"
    assert [cell.value for cell in page[2]][1:] == [
        "Livros", 10, "feito", datetime(2027, 3, 1), '=IF($C2="","",2*$C2)',
    ]  # fmt: skip
    assert page["E2"].is_date
    assert page["A3"].value == 1  # the prepared rows come after the example
    assert page["F7"].value == '=IF($C7="","",2*$C7)'
    assert page["C8"].value == "=SUM(C3:C7)"  # the example does not count
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert rules["D2:D7"].formula1 == "'Opções'!$A$1:$A$2"
    assert rules["C2:C7"].errorStyle == "warning"
    assert book["Opções"].sheet_state == "hidden"
    assert book["Opções"]["A2"].value == "a fazer"


def test_the_english_file_has_english_sheets_and_choices():
    book = sheet_of(language="en-US")
    assert book.sheetnames[1:] == ["Data", "Choices"]
    assert book["Choices"]["A1"].value == "done"


def test_text_that_looks_like_a_formula_stays_text():
    book = sheet_of(SHEETS.replace('"Livros"', '"=1+1"').replace('"O quê"', '"=HYPERLINK(1)"'))
    assert (book["Dados"]["B2"].value, book["Dados"]["B2"].data_type) == ("=1+1", "s")
    assert book["Dados"]["B1"].data_type == "s"


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        ('type = "money"', 'type = "dinheiro"', "Data, cost, type", "money"),
        ("{cost}=", "{price}=", "Data, double", "cost"),
        ("2*{cost}", "TEXT({cost},1)", "Data, double", "SUM"),
        ("2*{cost}", "A1*{cost}", "Data, double", "{key}"),
        ("2*{cost})", "2*{cost}))", "Data, double", "("),
        ("2*{cost}", "[1]x!A1", "Data, double", "{key}"),
        ('name_pt = "Dados"', 'name_pt = "Da/dos"', "1", "28"),
        ('name_en = "Data"', 'name_en = "A name that is really much too long"', "1", "28"),
        ("rows = 5", "rows = 0", "Data, rows", "500"),
        ('state = "done"', 'state = "sold"', "Data, example, state", "done"),
        ("cost = 10, state = \"done\"", 'cost = "ten", state = "done"', "Data, example, cost", "money"),
        ('due = "2027-03-01" }\n', 'due = "1/3/2027" }\n', "Data, example, due", "date"),
        ('choices_en = ["done", "to do"]', 'choices_en = ["done"]', "Data, state, choices", ""),
        ('key = "due"', 'key = "what"', "Data", ""),
        ('total = "sum"', 'total = "most"', "Data, cost, total", "average"),
        ('title_en = "Due"', 'titel_en = "Due"', "Data", "title_en"),
        ("[[sheet]]", "[[sheets]]", "", "sheet"),
        ('title_pt = "Planilha"', "title_pt = Planilha", "", "TOML"),
    ],
)  # fmt: skip
def test_a_wrong_description_says_where_what_was_found_and_what_is_expected(old, new, place, expected):
    assert old in SHEETS
    with pytest.raises(DocumentError) as refused:
        read_workbook(SHEETS.replace(old, new))
    assert place in refused.value.where.replace("“", "").replace("”", "")
    assert expected in refused.value.expected


@given(st.text(alphabet='={}ab"(),+-*/<>&%1.A:!SUMIF [];', max_size=40))
def test_any_formula_is_refused_or_names_only_known_columns_and_functions(text):
    formula = "=" + text
    try:
        check_formula(formula, ["a", "b"], where="x")
    except DocumentError:
        return
    made = in_row(formula, {"a": "$A1", "b": "$B1"})
    assert "{" not in made.replace('"', "") or '"' in text
    assert "!" not in made or '"' in text


def test_members_of_an_archive_carry_no_times():
    with zipfile.ZipFile(io.BytesIO(as_docx(read_document(TEXT), PAPER))) as pack:
        assert {member.date_time for member in pack.infolist()} == {(1980, 1, 1, 0, 0, 0)}
