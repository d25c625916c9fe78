"""The team brings in official files: a sound one is published and seen by all, a bad one leaves only its report."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.know.sources.formats.territory_files import municipality, write
from tests.know.sources.official_layouts import write_csv

from .conftest import OpenPage
from .server import Site
from .steps import ask, heads_of, rows_of

YEAR = 2031  # of no real file
TOWN, NEIGHBOUR = (2700201, "Anadia"), (2704302, "Maceió")


def send(page: Page, path: Path) -> None:
    """Send a file by the form, and watch its job to the end."""
    page.goto("/dados/importacoes/")
    page.get_by_role("link", name="Importar um arquivo").click()
    page.set_input_files("#id_file", path)
    page.uncheck("#id_dry_run")
    page.get_by_role("button", name="Enviar").click()
    expect(page).to_have_url(re.compile(r"/sistema/tarefas/"))
    expect(page.locator("h1")).to_have_text(f"Importação de {path.name}")
    expect(page.locator("#job progress, #job .message").first).to_be_visible()
    page.get_by_role("link", name="Ver o resultado").click(timeout=60_000)


def population(path: Path, year: int, *figures: object) -> Path:
    """A table of residents, one row for each of the two municipalities."""
    rows = [[code, year, figure] for (code, _name), figure in zip((TOWN, NEIGHBOUR), figures, strict=True)]
    return write_csv(path, [["id_municipio", "ano", "populacao"], *rows], separator=",")


@pytest.fixture
def team(site: Site, open_page: OpenPage, tmp_path: Path) -> Page:
    """The programme's team, on a site that knows the two municipalities: their list is brought in if it must be."""
    page = open_page(who="team")
    if not ask(site, "SELECT 1 FROM know_place WHERE code = ?", TOWN[0]):
        send(page, write(tmp_path / "municipios.json", [municipality(*TOWN), municipality(*NEIGHBOUR)]))
        expect(page.locator(".message.is-success")).to_be_visible()
    return page


def test_a_sound_file_is_published_and_the_new_figure_is_on_the_panorama(
    team: Page, open_page: OpenPage, tmp_path: Path
):
    (code, name), page = TOWN, team
    send(page, population(tmp_path / "populacao.csv", YEAR, 54_321, 987_654))
    expect(page.locator(".message.is-success")).to_be_visible()
    page.get_by_role("link", name="Ver a página pública").click()
    expect(page).to_have_url(re.compile(r"/dados/\d+/$"))
    held = rows_of(page.locator("table", has=page.locator("#holdings-caption")))
    assert ["População residente", "2", str(YEAR)] in held
    expect(page.locator("main")).to_contain_text("populacao.csv")
    citizen = open_page()
    citizen.goto(f"/panorama/{code}/")
    expect(citizen.locator("h1")).to_contain_text(name)
    expect(citizen.locator(".facts")).to_contain_text(f"54.321 habitantes ({YEAR})")
    citizen.goto("/dados/")
    expect(citizen.locator("table")).to_contain_text(str(YEAR))


def test_a_bad_file_leaves_a_report_by_row_and_column_and_nothing_else(
    team: Page, site: Site, open_page: OpenPage, tmp_path: Path
):
    before, page = ask(site, "SELECT count(*) FROM know_observation"), team
    send(page, population(tmp_path / "populacao-com-erro.csv", YEAR + 1, 60_000, "doze mil"))
    expect(page.locator(".message.is-danger")).to_contain_text("recusado")
    report = page.locator("table", has=page.locator("#problems-caption"))
    [told] = [dict(zip(heads_of(report), row, strict=True)) for row in rows_of(report)]
    assert (told["Linha"], told["Coluna"], told["Encontrado"]) == ("3", "POPULACAO", "doze mil")
    assert told["Esperado"]
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("CSV")).click()
    assert "doze mil" in started.value.path().read_text("utf-8-sig")
    assert ask(site, "SELECT count(*) FROM know_observation") == before
    citizen = open_page()
    citizen.goto(f"/panorama/{TOWN[0]}/")
    expect(citizen.locator(".facts")).not_to_contain_text(str(YEAR + 1))
    citizen.goto("/dados/")
    expect(citizen.locator("main")).not_to_contain_text("populacao-com-erro")
