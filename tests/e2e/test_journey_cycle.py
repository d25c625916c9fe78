"""From the first question to the week: a secretariat diagnoses itself, decides, adopts two technologies and plans.

Three people on phones: one loses the connection in the middle, two disagree, the director agrees with them, overrides
one priority, signs, adopts, plans, checks the week and takes everything out. A site of its own, with shipped content.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from . import checks
from .conftest import DESKTOP, PHONE
from .place import SECRETARIAT, Open, Place, devices, started
from .steps import ask

AREAS = ("1.1", "1.2", "2.1", "2.2", "3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3")
FIRST = (1, 2, 1, 3, 2, 1, 3, 2)
SECOND = (1, 3, 1, 3, 2, 2, 3, 2)
DIRECTOR = (2, 3, 3, 3, 2, 1, 3, 1)
AGREED = (1, 3, 1, 3, 2, 1, 3, 2)  # the middle of the three
OFFLINE_FROM = 4  # the first person loses the connection after so many answers


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Place]:
    """A site with the shipped instruments, technologies and templates, and one network with three people."""
    with started(tmp_path_factory.mktemp("cycle-var"), prepared, SECRETARIAT) as (place, _):
        yield place


@pytest.fixture
def open_as(browser: Browser, place: Place) -> Iterator[Open]:
    with devices(browser, place) as open_as:
        yield open_as


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def open_round(page: Page, place: Place) -> str:
    """The director opens the short version and asks two colleagues. Gives the address of the round."""
    page.goto("/autodiagnostico/rodadas/abrir/")
    page.get_by_label("Curta", exact=False).check()
    press(page, "Abrir e escolher quem responde")
    for name in ("Tereza", "Pedro"):
        page.get_by_role("button", name=f"Adicionar {name}").click()
        page.wait_for_load_state()
    return address_of_the_round(place)


def address_of_the_round(place: Place) -> str:
    (uid,) = ask(place.site, "SELECT uid FROM diagnose_round")[0]
    raw = str(uid).replace("-", "")
    return f"/autodiagnostico/rodadas/{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}/"


def answer(page: Page, of: str, levels: tuple[int, ...], place: Place, *, lose_connection: bool = False) -> int:
    """Answer every criterion, area by area; each is told to be saved. Gives how many."""
    given = 0
    page.goto(f"{of}responder/")
    expect(page.locator("#answers-device[data-kept]")).to_be_attached(timeout=60_000)
    for area in AREAS:
        page.goto(f"{of}responder/areas/{area}/")
        items = page.locator(".answer-item")
        expect(items.first).to_be_attached()
        for n in range(items.count()):
            if items.count() > 1:
                page.locator("[data-jump]").nth(n).tap()
            if lose_connection and given == OFFLINE_FROM:
                place.stop()
            level = levels[given % len(levels)]
            items.nth(n).locator(f"input[type=radio][value='{level}']").first.check(force=True)
            away = place.process is None
            expect(items.nth(n).locator("[data-state]")).to_have_attribute("data-now", "waiting" if away else "sent")
            given += 1
    if place.process is None:
        place.start()
        page.goto(f"{of}responder/")
        expect(page.locator("#answers-device")).to_have_attribute("data-waiting", "0", timeout=60_000)
    page.goto(f"{of}minha-parte/concluir/")
    press(page, "Concluí")
    assert "/recibos/AD-" in page.url
    return given


def agree(page: Page, of: str, count: int) -> None:
    """Start the agreement and settle every criterion, with a reason; one gets a link as evidence."""
    page.goto(f"{of}iniciar-acordo/")
    press(page, "Iniciar o consenso")
    for n in range(count):
        page.goto(f"{of}acordo/{n + 1}/")
        page.locator(f".answer-item input[type=radio][value='{AGREED[n % len(AGREED)]}']").first.check(force=True)
        page.locator(".answer-item textarea").fill("Conversamos e combinamos assim.")
        press(page, "Registrar o que combinamos")
        expect(page.locator(".answer-item [data-now='sent'], .message.is-success").first).to_be_visible()
    page.goto(f"{of}acordo/1/")
    page.get_by_text("Adicionar um link ou um arquivo").click()
    page.fill("#id_title", "Lista de espera")
    page.fill("#id_address", "https://exemplo.org.br/lista")
    press(page, "Adicionar")


def score(page: Page, of: str, shift: int) -> None:
    """Gravity, urgency and trend of the ten criteria that the page proposes."""
    for part in ("gravidade", "urgencia", "tendencia"):
        page.goto(f"{of}prioridades/notas/?parte={part}")
        sets = page.locator("fieldset[data-item]")
        for n in range(min(10, sets.count())):
            value = max(1, 5 - (n + shift) % 4)
            with page.expect_response(lambda response: response.request.method == "POST"):
                sets.nth(n).locator(f"input[type=radio][value='{value}']").check(force=True)


def decide_otherwise(page: Page, of: str) -> None:
    """Put the sixth of the computed order in the place of the third, say why, and sign."""
    page.goto(f"{of}prioridades/decidir/")
    places = page.locator("main form select")
    places.nth(2).select_option("")
    places.nth(5).select_option("3")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    for reason in page.locator("main form textarea").all():
        reason.fill("O conselho pediu isto primeiro.")
    press(page, "Salvar a decisão")
    page.goto(f"{of}prioridades/assinar/")
    press(page, "Assinar")
    expect(page.locator("main")).to_contain_text("o texto confere com o código de verificação")


def adopt(page: Page, of: str, n: int) -> None:
    """Open the adoption that the n-th priority proposes, with the calendar as it is proposed."""
    page.goto(f"{of}prioridades/")
    links = page.locator("main a[href*='/adocoes/nova/?versao=']")
    addresses = list(dict.fromkeys(str(link.get_attribute("href")) for link in links.all()))
    versions = list(dict.fromkeys(address.split("versao=")[1].split("&")[0] for address in addresses))
    page.goto(next(address for address in addresses if f"versao={versions[n]}&" in address))
    page.fill("#id_reason", "Responde à prioridade assinada.")
    press(page, "Mostrar o calendário")
    press(page, "Abrir a adoção")
    assert "/adocoes/nova/" not in page.url


def plan_from_priorities(page: Page) -> str:
    """The guided way, taking what is proposed. Gives the address of the plan."""
    page.goto("/planos/das-prioridades/")
    for _step in range(8):
        if "/comecar/" not in page.url and "das-prioridades" not in page.url:
            break
        page.locator("main form button[type=submit]").last.click()
        page.wait_for_load_state()
    return page.url.split("?")[0].split("#")[0]


def download(page: Page, address: str) -> bytes:
    answer = page.request.get(address)
    assert answer.status == 200, address
    return answer.body()


@pytest.mark.timeout(900)
def test_a_secretariat_goes_from_its_first_question_to_its_week(open_as: Open, place: Place):
    director = open_as("director")
    of = open_round(director, place)
    count = answer(open_as("first"), of, FIRST, place, lose_connection=True)
    assert count == 16
    assert answer(open_as("second"), of, SECOND, place) == count
    assert answer(director, of, DIRECTOR, place) == count
    kept = ask(place.site, "SELECT count(*), count(DISTINCT item_id) FROM diagnose_answer WHERE level IS NOT NULL")[0]
    assert kept == (3 * count, count)

    agree(director, of, count)
    director.goto(f"{of}enviar/")
    press(director, "Enviar a rodada")
    expect(director.locator("main")).to_contain_text("exatamente o que foi enviado")
    director.goto(f"{of}resultado/")
    expect(director.locator("#stands-out")).to_be_visible()

    score(director, of, 0)
    score(open_as("first"), of, 1)
    decide_otherwise(director, of)
    decided = ask(place.site, "SELECT position, computed_position, reason FROM diagnose_priority ORDER BY position")
    assert [position for position, _, _ in decided][:5] == [1, 2, 3, 4, 5]
    assert decided[2][1] == 6
    assert decided[2][2] == "O conselho pediu isto primeiro."

    adopt(director, of, 0)
    adopt(director, of, 1)
    assert ask(place.site, "SELECT count(*), count(priority_id) FROM plan_adoption") == [(2, 2)]

    plan = plan_from_priorities(director)
    director.goto(plan)
    objectives, actions = ask(
        place.site,
        "SELECT (SELECT count(*) FROM plan_objective WHERE priority_id IS NOT NULL),"
        " (SELECT count(*) FROM plan_action)",
    )[0]
    assert objectives >= 3
    assert actions >= 1
    director.get_by_role("link", name="Pôr em vigor").first.click()
    director.wait_for_load_state()
    director.locator("main form button[type=submit]").first.click()
    director.wait_for_load_state()

    first = open_as("first")
    path = plan.removeprefix(place.site.address)
    first.goto(f"{path}acompanhar/")
    first.locator(".followup-line a").first.click()
    first.wait_for_load_state()
    first.get_by_label("com impedimento").check()
    first.get_by_label("O que impede").fill("Falta o carro para ir às escolas.")
    press(first, "Registrar")
    director.goto("/planos/semana/")
    expect(director.locator("#blocked")).to_be_visible()

    _everything_comes_out(director, of, path)
    _it_is_fit_for_everybody(open_as, of, path)


def _everything_comes_out(page: Page, of: str, plan: str) -> None:
    """PDF, spreadsheets, calendar, documents of a technology: each opens and holds what the screen shows."""
    for address in (
        f"{of}resultado/resultado.pdf",
        f"{of}prioridades/explicar.pdf",
        f"{of}formulario.pdf",
        f"{plan}plano.pdf",
    ):
        content = download(page, address)
        assert content.startswith(b"%PDF-"), address
        assert len(content) > 5000, address
    for address in (f"{of}resultado/resultado.xlsx", f"{of}prioridades/fatores.xlsx", f"{plan}plano.xlsx"):
        workbook = openpyxl.load_workbook(io.BytesIO(download(page, address)))
        assert any(sheet.max_row > 3 for sheet in workbook), address
    Calendar.from_ical(download(page, f"{plan}calendario/plano.ics"))
    archive = zipfile.ZipFile(io.BytesIO(download(page, "/tecnologias/strategic-planning/documentos.zip")))
    assert {name.rsplit(".", 1)[1] for name in archive.namelist()} >= {"docx", "xlsx"}


def _it_is_fit_for_everybody(open_as: Open, of: str, plan: str) -> None:
    """No violation of WCAG, no sideways scroll where the journey went: phone and desktop, both languages."""
    pages = (f"{of}resultado/", f"{of}prioridades/", f"{of}prioridades/explicar/", plan, f"{plan}acompanhar/",
             f"{plan}acompanhar/?ver=tempo", "/planos/semana/", "/adocoes/")  # fmt: skip
    for size, prefix in ((PHONE, ""), (DESKTOP, "/en")):
        page = open_as("director", size)
        for address in pages:
            page.goto(prefix + address)
            assert checks.axe_violations(page) == [], prefix + address
            assert not checks.sideways_scroll(page), prefix + address
            page.set_viewport_size(size)  # type: ignore[arg-type]
