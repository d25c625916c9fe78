"""Principal and coordinator of a school enrol together; one works without a connection, and it arrives once; then
another coordinator comes into the pair, finds its work, and both see who was there before.
"""

import re
from uuid import UUID

from playwright.sync_api import Page, expect

from .conftest import PHONE, OpenPage
from .journey_things import JOINT, PAIRED
from .server import Site
from .steps import ask, letters_to
from .test_journey_together import expect_kept

LESSON = f"/aprender/{JOINT}/aulas/aula-1/"
WORK = f"/aprender/{JOINT}/tarefas/tarefa-1/trabalho/"
WRITTEN = "Três escolas do campo têm turmas multisseriadas."


def test_a_pair_enrols_works_without_a_connection_and_changes_hands(site: Site, open_page: OpenPage):
    head, coordinator = open_page(PHONE, who="head"), open_page(PHONE, who="coordinator")
    enrolled_together(head, site)
    written_without_a_connection(coordinator, site)
    read_by_the_other(head)
    pair = replaced(head)
    no_longer(coordinator)
    goes_on(open_page(PHONE, who="substitute"), pair, site)


def enrolled_together(page: Page, site: Site) -> None:
    ((uid,),) = ask(site, "SELECT uid FROM learn_cohort WHERE name = ?", PAIRED)
    page.goto(f"/turmas/{UUID(uid)}/")
    partner = page.get_by_label("Com quem")
    partner.select_option(label=partner.locator("option").filter(has_text="Iara").inner_text())
    page.get_by_role("button", name="Matricular a dupla").tap()
    expect(page.locator("main")).to_contain_text("Helena Diretora")
    expect(page.locator("main")).to_contain_text("Iara Coordenadora")
    (letter,) = letters_to(site, "coordinator@exemplo.org.br")
    assert "Helena Diretora" in letter.get_content()


def written_without_a_connection(page: Page, site: Site) -> None:
    """The coordinator opened the lesson and the joint work; a note and a draft are written away from the network."""
    work = page.context.new_page()
    for one, path in ((page, LESSON), (work, WORK)):
        one.goto(path)
        one.wait_for_function("navigator.serviceWorker.ready")
        expect_kept(one, path)
    page.context.set_offline(True)
    note, draft = page.get_by_role("textbox", name="Minhas anotações"), work.get_by_label("Texto", exact=True)
    note.fill("Ver a rota do ônibus.")
    draft.fill("Três escolas")
    waits(page)
    draft.fill(WRITTEN)
    waits(work)
    assert kept(site) == ([], [])
    work.reload()
    expect(draft).to_have_value(WRITTEN)
    page.context.set_offline(False)
    for one in (page, work):
        expect(one.locator("form[data-device] [data-device-state]").first).to_have_text("Salvo.")
    page.reload()
    expect(note).to_have_value("Ver a rota do ônibus.")
    assert kept(site) == ([("Ver a rota do ônibus.", 1)], [(WRITTEN,)])
    work.close()


def waits(page: Page) -> None:
    state = page.locator("form[data-device] [data-device-state]").first
    expect(state).to_have_text("Guardado neste aparelho. Vai quando houver conexão.")


def kept(site: Site) -> tuple[list[tuple[str, int]], list[tuple[str]]]:
    """The coordinator's notes with their revision, and the texts of the pair's work."""
    notes = ask(
        site,
        "SELECT r.text, r.revision FROM learn_reflection r JOIN learn_enrolment e ON e.id = r.enrolment_id"
        " JOIN accounts_user u ON u.id = e.person_id WHERE u.name = 'Iara Coordenadora'",
    )
    works = ask(
        site,
        "SELECT w.text FROM learn_assignmentwork w JOIN learn_cohort c ON c.id = w.cohort_id WHERE c.name = ?",
        PAIRED,
    )
    return notes, works


def read_by_the_other(page: Page) -> None:
    page.goto(WORK)
    expect(page.get_by_label("Texto", exact=True)).to_have_value(WRITTEN)
    page.goto(LESSON)
    expect(page.get_by_role("textbox", name="Minhas anotações")).to_have_value("")  # notes are one's own


def replaced(page: Page) -> str:
    """The principal says who comes for whom, and why. Gives the address of the pair."""
    page.goto("/turmas/")
    page.get_by_role("link", name=PAIRED).first.tap()
    page.get_by_role("link", name=re.compile("[Dd]upla.*:")).tap()
    page.get_by_text("Alguém mudou de cargo").tap()
    for label, name in (("Quem sai", "Iara"), ("Quem entra", "Joana")):
        field = page.get_by_label(label)
        field.select_option(label=field.locator("option").filter(has_text=name).inner_text())
    page.get_by_label("Motivo").fill("Foi para a secretaria.")
    page.get_by_role("button", name="Alterar").tap()
    expect(page.locator("main")).to_contain_text("Joana Coordenadora")
    return page.url


def no_longer(page: Page) -> None:
    """Who left reads the course as anybody does, and cannot write into the work of the pair."""
    answer = page.request.get(WORK)
    assert answer.status == 404


def goes_on(page: Page, pair: str, site: Site) -> None:
    """The substitute finds what the pair did, hands it in, and sees who was there before."""
    (letter,) = letters_to(site, "substitute@exemplo.org.br")
    assert "Helena Diretora" in letter.get_content()
    page.goto(WORK)
    expect(page.get_by_label("Texto", exact=True)).to_have_value(WRITTEN)
    page.get_by_role("button", name="Entregar").tap()
    expect(page.locator("main")).to_contain_text("Entregue.")
    page.goto(pair)
    history = page.get_by_role("table")
    expect(history.get_by_role("row").filter(has_text="Iara Coordenadora")).to_be_visible()
    expect(history.get_by_role("row").filter(has_text="Joana Coordenadora")).to_contain_text("Foi para a secretaria.")
    rows = ask(site, "SELECT state FROM learn_enrolment e JOIN accounts_user u ON u.id = e.person_id"
                     " WHERE u.name IN ('Iara Coordenadora', 'Joana Coordenadora') ORDER BY u.name")  # fmt: skip
    assert rows == [("withdrawn",), ("enrolled",)]
