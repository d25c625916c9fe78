"""Spreadsheets of technologies: what is read, what is refused with its place, and what comes out as XLSX."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plan.factories import SHEETS
from trama.foundation.documents.errors import DocumentError
from trama.foundation.documents.paper import Paper
from trama.plan.technologies.documents.formulas import check_formula, in_row
from trama.plan.technologies.documents.workbook import read_workbook
from trama.plan.technologies.documents.xlsx import as_xlsx


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
