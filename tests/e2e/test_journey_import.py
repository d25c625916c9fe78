"""Two hundred people come into a cohort by a spreadsheet: seven rows are wrong, and told; the others enter."""

import re
from collections.abc import Sequence
from uuid import UUID

from playwright.sync_api import Page, expect

from .conftest import DESKTOP, OpenPage
from .journey_things import LISTED, WITH_ACCOUNT, address_of
from .server import Site
from .steps import ask, csv_rows, letters_to, rows_of

SOUND = 193
WRONG = {  # line of the file → its cells, in the order of the head: name, e-mail, school
    5: ("Sem Arroba", "sem-arroba", ""),
    40: ("Sem Endereço", "", ""),
    77: ("Duas Vezes", "LISTA3@exemplo.org.br", ""),
    101: ("Código Curto", "curto@exemplo.org.br", "123"),
    102: ("Código com Letra", "letra@exemplo.org.br", "2600000X"),
    150: ("Outra Escola", address_of(WITH_ACCOUNT), "26000001"),
    201: ("Dois Endereços", "um@exemplo.org.br, dois@exemplo.org.br", ""),
}


def test_two_hundred_people_come_by_a_spreadsheet_and_seven_rows_are_told(site: Site, open_page: OpenPage):
    page = open_page(DESKTOP, who="importer")
    ((uid,),) = ask(site, "SELECT uid FROM learn_cohort WHERE name = ?", LISTED)
    page.goto(f"/turmas/{UUID(uid)}/equipe/")
    send(page)
    rows_told(page)
    downloaded(page)
    assert counted(site) == (0, 0)
    page.get_by_role("button", name=f"Fazer para {SOUND} pessoas").click()
    enrolled = WITH_ACCOUNT - 1
    said = f"Com matrícula ou na fila: {enrolled}. Com convite: {SOUND - enrolled}."
    expect(page.locator("main")).to_contain_text(said, timeout=60_000)
    assert counted(site) == (enrolled, SOUND - enrolled)
    letters(site)
    send(page)
    expect(page.locator("main")).to_contain_text("Nada a fazer: nenhuma linha traz alguém novo.")
    assert counted(site) == (enrolled, SOUND - enrolled)


def spreadsheet() -> bytes:
    """A head and two hundred rows, as a spreadsheet in Portuguese saves them."""
    numbers = iter(number for number in range(1, 201) if number != WITH_ACCOUNT)
    lines: list[Sequence[str]] = [("nome", "e-mail", "escola")]
    for line in range(2, 202):
        lines.append(WRONG.get(line) or (f"Pessoa {line}", address_of(next(numbers)), ""))
    return "\r\n".join(";".join(cells) for cells in lines).encode("cp1252")


def send(page: Page) -> None:
    page.get_by_role("link", name="Pessoas por planilha").click()
    file = {"name": "pessoas.csv", "mimeType": "text/csv", "buffer": spreadsheet()}
    page.locator("#id_file").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Ver as linhas").click()


def rows_told(page: Page) -> None:
    """Each wrong row with its line, column, what is there and what should be."""
    expect(page.get_by_role("alert")).to_contain_text("7 linhas ficam de fora")
    told = rows_of(page.locator("table").first)
    assert [int(row[0]) for row in told] == list(WRONG)
    assert [row[1] for row in told] == ["e-mail", "e-mail", "e-mail", "escola", "escola", "escola", "e-mail"]
    assert told[0][2:] == ["sem-arroba", "um e-mail, como ana@exemplo.org"]
    assert re.fullmatch(r"cada pessoa uma vez; a linha \d+ traz a mesma", told[2][3])
    assert told[3][2:] == ["123", "o código Inep de uma escola, com 8 dígitos"]
    assert told[5][3] == "uma escola em que esta pessoa tenha um cargo a que a turma se destina"
    assert len(rows_of(page.locator("table").nth(1))) == SOUND


def downloaded(page: Page) -> None:
    """The report says of every row what the screen says."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Baixar este relatório (.csv)").click()
    head, *rows = csv_rows(waiting.value.path().read_bytes())
    assert head[:4] == ["Linha", "E-mail", "Nome", "O que acontece"]
    assert [int(row[0]) for row in rows] == list(range(2, 202))
    left_out = [[row[0], *(cell or "—" for cell in row[4:])] for row in rows if row[3] == "fica de fora"]
    assert left_out == rows_of(page.locator("table").first)
    others = [row[:4] for row in rows if row[3] != "fica de fora"]
    assert others == rows_of(page.locator("table").nth(1))


def counted(site: Site) -> tuple[int, int]:
    """Enrolments and open invitations of the cohort."""
    tables = ("learn_enrolment", "learn_cohortinvitation")
    found = [
        ask(site, f"SELECT count(*) FROM {table} t JOIN learn_cohort c ON c.id = t.cohort_id WHERE c.name = ?", LISTED)
        for table in tables
    ]
    return found[0][0][0], found[1][0][0]


def letters(site: Site) -> None:
    """Who has an account is told, who has none is invited: one letter each."""
    (told,) = letters_to(site, address_of(7))
    assert "/matriculas/" in told.get_content()
    (invited,) = letters_to(site, address_of(190))
    assert "/turmas/convite/" in invited.get_content()
    assert not letters_to(site, "curto@exemplo.org.br", at_least=0)
