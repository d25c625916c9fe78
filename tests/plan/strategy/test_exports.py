"""The workbook and the PDF of a plan: what they hold, and that the workbook comes back."""

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from tests.plan.factories import an_action
from tests.plan.strategy.test_importing import read
from trama.plan.strategy.pages import lines_of
from trama.plan.strategy.pdf import document_data

from .worlds import a_full_plan, client_of

pytestmark = pytest.mark.django_db


def test_the_workbook_has_typed_cells_the_numbers_of_the_screen_and_no_formula():
    plan = a_full_plan()
    an_action(plan.objectives.get(), "=1+1")
    body = client_of(plan.created_by).get(reverse("plan:export_plan", args=[plan.uid, "xlsx"])).content
    book = openpyxl.load_workbook(io.BytesIO(body))
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    assert len(sheets) == 6
    goals, actions = book.worksheets[2], book.worksheets[5]
    assert (goals["F2"].value, goals["G2"].value, goals["H2"].value) == (4.8, 2023, 4.8)
    assert actions["F2"].value.date() == date(2026, 5, 1)
    assert actions["I2"].value == 1500.5
    assert actions["B3"].value == "'=1+1"
    targets = book.worksheets[3]
    assert (targets["C2"].value, targets["D2"].value) == (2027, 5.5)


def test_the_workbook_comes_back_through_the_import_as_what_is_there():
    plan = a_full_plan()
    body = client_of(plan.created_by).get(reverse("plan:export_plan", args=[plan.uid, "xlsx"])).content
    book = openpyxl.load_workbook(io.BytesIO(body))
    for sheet in book.worksheets[:5]:
        book.remove(sheet)
    memory = io.BytesIO()
    book.save(memory)
    (row,), problems, _unknown = read("plano.xlsx", memory.getvalue())
    assert problems == []
    assert (row.what, row.due_on, row.cost, row.state) == ("Visitar as escolas", "2026-05-01", "1500.5", "todo")


@pytest.mark.parametrize("language", ["pt-br", "en"])
def test_the_pdf_is_tagged_in_its_language_and_says_what_the_page_says(language):
    plan = a_full_plan()
    prefix = "/en" if language == "en" else ""
    answer = client_of(plan.created_by).get(f"{prefix}/planos/{plan.uid}/plano.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    for mark in (b"pdfuaid", b"/StructTreeRoot", b"/Lang", b"Plano de teste"):
        assert mark in answer.content
    with translation.override(language):
        data = document_data(plan, lines_of(plan, date(2026, 3, 2)), None)
    (objective,) = data["objectives"]
    (goal,), (action,) = objective["goals"], objective["actions"]
    comma = "." if language == "en" else ","
    assert goal["now"] == f"4{comma}8 (2023)"
    assert goal["targets"] == [f"2027: 5{comma}5"]
    assert action["title"] == "Visitar as escolas"
    assert action["cost"] == ("R$ 1,500.50" if language == "en" else "R$ 1.500,50")
