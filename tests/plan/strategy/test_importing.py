"""Actions from a spreadsheet: what is understood, what is refused and where, and adding once.

``TRAMA_FUZZ_EXAMPLES`` sets the number of invented tables (20,000 before the importer counts as done).
"""

import io
import os
import tempfile
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts import factories as accounts
from tests.plan.factories import NOON, a_plan, an_action, an_objective
from trama.know.api import SheetRow, UnreadableFile
from trama.plan.models import Action, Objective, PlanChange
from trama.plan.strategy.exports import template_csv, template_xlsx
from trama.plan.strategy.importing import (
    _written_amount,
    import_rows,
    preview_of,
    read_actions,
    rows_as_actions,
    sealed,
    unsealed,
)
from trama.plan.strategy.services import remove_part

HEAD = ["Objetivo", "O quê", "De", "Até", "Quem", "Quanto (R$)", "Situação"]


def rows(*lines, head=HEAD):
    return [SheetRow("", n, list(line)) for n, line in enumerate([head, *lines], start=1)]


def faults(*lines, head=HEAD):
    return [(one.row, one.column, one.found) for one in rows_as_actions(rows(*lines, head=head), "a.csv")[1]]


def test_a_row_is_read_as_people_write_it():
    found, problems, unknown = rows_as_actions(
        rows(
            ["Ler", "Visitar", "01/03/2026", 46143.0, "Ana", "R$ 1.500,50", "em andamento"],
            [None, "Formar", "2026-03-05", "", "", 200.0, "Concluída"],
            ["", "", "", "", "", "", ""],
        ),
        "a.csv",
    )
    assert problems == []
    assert unknown == []
    first, second = found
    # by hand: 46143 days after 1899-12-30 is 2026-05-01
    assert (first.starts_on, first.due_on, first.cost, first.state) == ("2026-03-01", "2026-05-01", "1500.5", "doing")
    assert (second.row, second.objective, second.state, second.cost) == (3, "Ler", "done", "200")


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1.500,00", "1500"), ("1,500.25", "1500.25"), ("1500", "1500"), ("12,5", "12.5"), ("1.500", "1500"),
     ("R$ 3", "3"), ("0,05", "0.05"), ("1.234.567", "1234567"), (2.5, "2.5")],
)  # fmt: skip
def test_amounts_are_read_in_both_writings(written, amount):
    assert _written_amount(written) == Decimal(amount)


@pytest.mark.parametrize("written", ["mil", "1e5", "", "--3", "R$", True, float("nan"), float("inf"), "１２"])
def test_what_is_no_amount_is_none(written):
    assert _written_amount(written) is None


def test_every_wrong_cell_is_named_by_row_and_column():
    assert faults(
        ["Ler", "", "31/02/2026", "", "", "", ""],
        ["Ler", "Tudo", "10/05/2026", "01/05/2026", "", "-3", "voando"],
        ["Ler", "x" * 301, "", "1/1/1850", "", "", ""],
    ) == [
        (2, "O quê", ""),
        (2, "De", "31/02/2026"),
        (3, "Quanto", "-3"),
        (3, "Situação", "voando"),
        (3, "Até", "01/05/2026"),
        (4, "O quê", "x" * 200),
        (4, "Até", "1/1/1850"),
    ]


def test_a_near_state_is_suggested_and_english_is_understood():
    (problem,) = rows_as_actions(rows(["Ler", "Tudo", "", "", "", "", "concluda"]), "a.csv")[1]
    assert "feita" in problem.expected
    with translation.override("en"):
        found, problems, _unknown = rows_as_actions(
            rows(["Read", "All", "done"], head=["Objective", "What", "Status"]), "a.csv"
        )
    assert (problems, found[0].state) == ([], "done")


def test_a_table_without_the_needed_column_or_with_one_twice_says_so():
    assert faults(head=["Nome", "Idade"]) == [(1, "", "Nome, Idade")]
    assert faults(["a", "b"], head=["O quê", "Ação"]) == [(1, "O quê", "Ação")]
    assert faults() == [(1, "", "")]
    assert rows_as_actions(rows(["x", "y"], head=["O quê", "Cor"]), "a.csv")[2] == ["Cor"]


@pytest.mark.django_db
def test_a_file_is_added_whole_once_as_the_screen_adds():
    plan = a_plan()
    ana = accounts.person_with("network_team", plan.network, name="Ana Souza", tools={"plan": "edit"})
    objective = an_objective(plan, "Todas as crianças leem")
    found, _problems, _unknown = rows_as_actions(
        rows(
            ["todas as criancas leem", "Visitar", "", "01/05/2026", "ana souza", "10", "feita"],
            ["1", "Formar", "", "", "Equipe", "", ""],
            ["Outra coisa", "Começar", "", "", "", "", ""],
            ["1", "Formar", "", "", "Equipe", "", ""],
        ),
        "a.csv",
    )
    preview = preview_of(plan, found, [], [], at=NOON)
    assert [(one.standing, one.objective_is_new, bool(one.responsible)) for one in preview.lines] == [
        ("new", False, True), ("new", False, False), ("new", True, False), ("repeated", False, False)
    ]  # fmt: skip
    assert Action.objects.count() == 0
    assert import_rows(plan, found, by=plan.created_by, at=NOON) == 3
    first = Action.objects.get(what="Visitar")
    assert (first.objective, first.responsible, first.state, first.done_on) == (
        objective,
        ana,
        "done",
        date(2026, 3, 2),
    )
    assert list(Objective.objects.values_list("title", flat=True)) == ["Todas as crianças leem", "Outra coisa"]
    assert PlanChange.objects.filter(field="created", kind="action").count() == 3
    before = PlanChange.objects.count()
    assert import_rows(plan, found, by=plan.created_by, at=NOON) == 0
    assert PlanChange.objects.count() == before


@pytest.mark.django_db
def test_a_row_under_a_removed_objective_or_without_one_is_refused_and_nothing_is_added():
    plan = a_plan()
    found, *_rest = rows_as_actions(rows(["Novo", "Um", "", "", "", "", ""]), "a.csv")
    import_rows(plan, found, by=plan.created_by, at=NOON)
    remove_part(Objective.objects.get(), revision=1, by=plan.created_by, at=NOON)
    with pytest.raises(ValueError, match="was removed"), translation.override("en"):
        import_rows(plan, found, by=plan.created_by, at=NOON)
    homeless, *_rest = rows_as_actions(rows(["Um"], head=["O quê"]), "a.csv")
    assert preview_of(plan, homeless, [], [], at=NOON).problems
    assert Action.objects.count() == 1


@pytest.mark.django_db
def test_what_a_preview_sealed_opens_for_the_same_person_and_plan_only():
    plan = a_plan()
    found, *_rest = rows_as_actions(rows(["Ler", "Um", "", "", "", "", ""]), "a.csv")
    text = sealed(plan, found, by=plan.created_by)
    assert unsealed(plan, text, by=plan.created_by) == found
    for other, who in ((a_plan(), plan.created_by), (plan, accounts.a_person())):
        with pytest.raises(signing.BadSignature):
            unsealed(other, text, by=who)


def read(name: str, body: bytes):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(body)
        return read_actions(path, name=name)


def workbook(*lines) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    memory = io.BytesIO()
    book.save(memory)
    return memory.getvalue()


@pytest.mark.django_db
def test_the_template_filled_in_comes_back_as_it_was_meant():
    plan = a_plan()
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(plan, ["Ler"])))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]][:2] == ["Objetivo", "O quê"]
    sheet["A2"], sheet["B2"], sheet["E2"], sheet["I2"] = "Ler", "Visitar", date(2026, 5, 1), 12.5
    memory = io.BytesIO()
    book.save(memory)
    (row,), problems, unknown = read("acoes.xlsx", memory.getvalue())
    assert (problems, unknown) == ([], [])
    assert (row.objective, row.what, row.starts_on, row.cost) == ("Ler", "Visitar", "2026-05-01", "12.5")
    text = template_csv() + b"Ler;Visitar;;;01/05/2026;;;;;;\r\n"
    assert read("acoes.csv", text)[0][0].starts_on == "2026-05-01"
    assert read("acoes.csv", "O quê;Até\r\nVisitação;01/05/2026\r\n".encode("latin-1"))[0][0].what == "Visitação"


def _bomb() -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", b"<a>" + b" " * 30_000_000)
    return memory.getvalue()


NASTY = {
    "empty": b"",
    "html": b"<html><table><tr><td>O qu\xc3\xaa</td></tr></table></html>",
    "nul": b"O qu\xc3\xaa;De\n\0;\n",
    "half": workbook(HEAD, ["a", "b"])[:900],
    "old": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "pdf": b"%PDF-1.4",
    "bomb": _bomb(),
    "wide row": b"O qu\xc3\xaa;De\na;b;c;d\n",
    "open quote": b'O qu\xc3\xaa;De\n"a;' + b"x" * 200_000,
    "large cell": "O quê\n".encode() + b"x" * 10_000_000,
    "too many rows": "O quê\n".encode() + b"a\n" * 2_100,
    "no header": workbook(["a", "b"], [1, 2]),
    "two files": _bomb()[:0] or b"PK\x03\x04nada",
}


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_file_is_refused_in_words_and_breaks_nothing(name):
    try:
        found, problems, _unknown = read("a.xlsx" if NASTY[name][:2] == b"PK" else "a.csv", NASTY[name])
    except UnreadableFile as error:
        found, problems = [], list(error.problems)
    assert found == []
    assert problems
    assert all(one.expected for one in problems)


EXAMPLES = int(os.environ.get("TRAMA_FUZZ_EXAMPLES", "1000"))
cells = st.one_of(st.none(), st.text(max_size=30), st.floats(), st.booleans(), st.sampled_from(["01/02/2026", "feita"]))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(cells, max_size=9), max_size=6))
def test_any_cells_give_rows_or_problems_and_never_an_exception(table):
    found, problems, _unknown = rows_as_actions(rows(*table), "a.csv")
    assert found or problems
    for row in found:
        assert 0 < len(row.what) <= 300
        assert all(char.isprintable() for char in row.what)


@pytest.mark.django_db
def test_the_pages_show_what_would_happen_and_then_do_it_once():
    plan = a_plan()
    an_action(an_objective(plan, "Ler"))
    client = Client()
    client.force_login(plan.created_by)
    address = reverse("plan:import_actions", args=[plan.uid])
    good = SimpleUploadedFile("acoes.csv", "Objetivo;O quê;Até\nLer;Nova;01/05/2026\n".encode())
    page = client.post(address, {"file": good})
    assert page.status_code == 200
    assert Action.objects.count() == 1
    token = page.context["token"]
    for expected in (2, 2):
        answer = client.post(reverse("plan:confirm_import", args=[plan.uid]), {"token": token})
        assert answer.status_code == 302
        assert Action.objects.count() == expected
    bad = client.post(address, {"file": SimpleUploadedFile("acoes.csv", "O quê;Até\nNova;ontem\n".encode())})
    assert "ontem" in bad.content.decode()
    assert bad.context["token"] == ""
    assert client.post(address, {"file": SimpleUploadedFile("a.exe", b"x")}).status_code == 200
    answer = client.post(reverse("plan:confirm_import", args=[plan.uid]), {"token": "forged"})
    assert Action.objects.count() == 2
