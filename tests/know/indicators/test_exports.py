"""Downloads: the numbers of the screen, typed, harmless in a spreadsheet."""

import csv
import io
import json

import openpyxl
import pytest
from django.utils import translation

from tests.know import factories as make
from trama.know.indicators.exports import guarded
from trama.know.indicators.panorama import panorama
from trama.know.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Place:
    release = make.release(vintage="2023", title="=HYPERLINK(1)")
    make.network(1100023)
    make.observe(1100023, "ideb", 5.6, year=2023, release=release)
    make.observe(1100023, "ideb", None, year=2021, status="d", release=release)
    make.observe(1100023, "population", 96833, year=2022, dependency="total", stage="", release=release)
    return Place.objects.get(code=1100023)


def rows_of_csv(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "spreadsheets need the mark to read accents"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_csv_has_a_decimal_comma_in_portuguese_and_a_point_in_english(town, client):
    portuguese = rows_of_csv(client.get("/panorama/1100023/dados.csv").content)
    english = rows_of_csv(client.get("/en/panorama/1100023/dados.csv").content)
    assert "5,6" in {tuple(row.values())[10] for row in portuguese}
    assert [row["value"] for row in english if row["year"] == "2023"] == ["5.6"]
    assert [row["value"] for row in english if row["indicator"] == "population"] == ["96833"]


def test_a_cell_without_value_is_empty_and_says_why(town, client):
    row = next(r for r in rows_of_csv(client.get("/en/panorama/1100023/dados.csv").content) if r["year"] == "2021")
    assert row["value"] == ""
    assert row["why there is no value"].startswith("not disclosed")


def test_xlsx_cells_are_typed_and_texts_are_no_formulas(town, client):
    response = client.get("/en/panorama/1100023/dados.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    sheet = book["Figures"]
    head = [cell.value for cell in sheet[1]]
    cells = {row[head.index("year")].value: row[head.index("value")] for row in sheet.iter_rows(min_row=2)}
    assert (cells[2023].value, cells[2023].data_type, cells[2023].number_format) == (5.6, "n", "#,##0.0")
    assert cells[2021].value is None
    every = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in every if cell.data_type == "f"]
    assert {cell.value for cell in every if isinstance(cell.value, str) and "HYPERLINK(1)" in cell.value} >= {
        "'=HYPERLINK(1)"
    }


def test_json_names_definitions_sources_and_status(town, client):
    content = json.loads(client.get("/en/panorama/1100023/dados.json").content)
    figure = next(one for one in content["figures"] if one["indicator"] == "ideb" and one["year"] == 2023)
    assert figure["value"] == 5.6
    assert content["releases"][str(figure["release"])]["vintage"] == "2023"
    assert content["indicators"]["ideb"]["definition"] == "Definition of ideb."
    assert {one["status"] for one in content["figures"]} == {"v", "d"}
    assert content["statuses"]["d"].startswith("not disclosed")


def test_the_three_formats_and_the_screen_say_the_same(town, client):
    content = json.loads(client.get("/en/panorama/1100023/dados.json").content)
    from_json = sorted((f["indicator"], f["year"], f["value"]) for f in content["figures"] if f["value"] is not None)
    rows = rows_of_csv(client.get("/en/panorama/1100023/dados.csv").content)
    from_csv = sorted((r["indicator"], int(r["year"]), float(r["value"])) for r in rows if r["value"])
    assert from_csv == from_json
    with translation.override("en"):
        ideb = next(b for s in panorama(town).sections for b in s.blocks if b.id == "ideb-ai")
    on_screen = {int(row[0]): row[1] for row in ideb.figure.rows}
    assert on_screen[2023] == str(next(v for code, year, v in from_json if (code, year) == ("ideb", 2023)))
    assert on_screen[2021] == "—"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_run_is_guarded(text):
    assert guarded(text) == "'" + text


def test_an_ordinary_text_stays_as_it_is():
    assert guarded("Ariquemes - RO") == "Ariquemes - RO"


def test_the_pdf_is_tagged_and_speaks_of_the_place(town, client):
    response = client.get("/panorama/1100023/panorama.pdf")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    for mark in (b"pdfuaid", "Município 1100023".encode(), b"/StructTreeRoot", b"/Lang"):
        assert mark in response.content, "PDF/UA-1: Typst refuses to write it if headings, language or texts lack"
