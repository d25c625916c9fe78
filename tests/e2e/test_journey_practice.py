"""A cohort and who trains it: work returned, revised and accepted, and presence by the code on the screen."""

import re
import time
from uuid import UUID

import qrcode
import qrcode.image.svg
from playwright.sync_api import Page, expect

from trama.learn.meetings.codes import EARLIER_WINDOWS, WINDOW_SECONDS, code_of

from .conftest import DESKTOP, PHONE, OpenPage
from .journey_things import COURSE, PRACTICE
from .server import Site
from .steps import ask

PROGRESS = f"/aprender/{COURSE}/meu-progresso/"
WORK = f"/aprender/{COURSE}/tarefas/tarefa-1/trabalho/"


def desk_of(site: Site) -> str:
    ((uid,),) = ask(site, "SELECT uid FROM learn_cohort WHERE name = ?", PRACTICE)
    return f"/turmas/{UUID(uid)}/equipe/"


def test_work_is_returned_revised_and_accepted_and_both_sides_know_at_once(site: Site, open_page: OpenPage):
    learner, mentor = open_page(PHONE, who="reviser"), open_page(DESKTOP, who="mentor")
    desk = desk_of(site)
    missing(learner, "2 de 3", "Entregue; aguarda a resposta de quem forma a turma.")
    answered(mentor, desk, "devolver para revisão", "Diga a que distância.", level="2")
    seen_by_the_trainer(mentor, desk, "Devolvida para revisão")
    missing(learner, "2 de 3", "Devolvida para revisão")
    revised(learner)
    missing(learner, "2 de 3", "Entregue; aguarda a resposta de quem forma a turma.")
    answered(mentor, desk, "aceitar", "Agora está claro.", level="4")
    learner.goto(PROGRESS)
    expect(learner.locator("main")).to_contain_text("você concluiu este curso")
    learner.goto(WORK)
    expect(learner.locator("main")).to_contain_text("Agora está claro.")
    seen_by_the_trainer(mentor, desk, "Concluiu este curso.")
    rows = ask(
        site,
        "SELECT r.number, r.outcome FROM learn_workround r JOIN learn_assignmentwork w ON w.id = r.work_id"
        " JOIN learn_enrolment e ON e.id = w.enrolment_id JOIN accounts_user u ON u.id = e.person_id"
        " WHERE u.name = 'Nilza Reis' ORDER BY r.number",
    )
    assert rows == [(1, "returned"), (2, "accepted")]


def missing(page: Page, met: str, state: str) -> None:
    """What the learner reads of what is missing."""
    page.goto(PROGRESS)
    expect(page.locator("main .lead")).to_contain_text(met)
    expect(page.locator("main")).to_contain_text(state)


def answered(page: Page, desk: str, outcome: str, words: str, *, level: str) -> None:
    page.goto(f"{desk}tarefas/")
    page.get_by_role("link", name="Nilza Reis").click()
    page.get_by_label(outcome).check()
    page.get_by_label("Devolutiva", exact=True).fill(words)
    page.get_by_label("Clareza").select_option(level)
    page.get_by_role("button", name="Enviar a resposta").click()
    expect(page.locator("main")).to_contain_text("Sua resposta foi enviada.")


def seen_by_the_trainer(page: Page, desk: str, state: str) -> None:
    """The trainer's page of the learner says the same."""
    page.goto(f"{desk}progresso/")
    page.get_by_role("link", name="Nilza Reis").click()
    expect(page.locator("main")).to_contain_text(state)


def revised(page: Page) -> None:
    page.goto(WORK)
    expect(page.locator("main")).to_contain_text("Diga a que distância.")
    text = page.get_by_label("Texto", exact=True)
    expect(text).to_have_value("Duas escolas ficam longe do posto de saúde.")
    text.fill("Duas escolas ficam a 14 km do posto de saúde.")
    page.get_by_role("button", name="Entregar").tap()
    expect(page.locator("main")).to_contain_text("Entregue.")
    expect(page.locator("main")).to_contain_text("Versão 2")


def test_a_learner_is_present_by_the_code_on_the_screen_and_an_old_code_is_refused(site: Site, open_page: OpenPage):
    ((uid, secret),) = ask(site, "SELECT uid, secret FROM learn_cohortmeeting WHERE title = 'Encontro de agora'")
    screen, phone = open_page(DESKTOP, who="mentor"), open_page(PHONE, who="arriver")
    screen.clock.install()
    link = shown(screen, secret)
    old = code_of(secret, int(time.time()) // WINDOW_SECONDS - EARLIER_WINDOWS - 1)
    phone.goto(f"{link}?c={old}")
    phone.get_by_role("button", name="Registrar minha presença").tap()
    expect(phone.get_by_role("alert")).to_contain_text("Este código não vale, ou já não vale.")
    assert presence(site) == []
    phone.goto(f"{link}?c={present_code(screen)}")  # what the camera opens
    phone.get_by_role("button", name="Registrar minha presença").tap()
    expect(phone.locator("main")).to_contain_text("Sua presença foi registrada.")
    expect(phone.locator("main")).to_contain_text("Você esteve presente")
    screen.clock.fast_forward(21_000)  # the page asks for the next code by itself
    expect(screen.locator(".presence-code")).to_contain_text("1 pessoa presente")
    assert present_code(screen) in codes_of_now(secret)
    screen.goto(f"/encontros/{UUID(uid)}/")
    expect(screen.get_by_role("listitem").filter(has_text="Paulo Lima")).to_contain_text("presente")
    assert presence(site) == [("Paulo Lima", 1, "code")]


def codes_of_now(secret: str) -> list[str]:
    """The code of this window and of the one before: the screen may be a moment old."""
    window = int(time.time()) // WINDOW_SECONDS
    return [code_of(secret, window), code_of(secret, window - 1)]


def present_code(page: Page) -> str:
    return page.locator(".presence-letters").inner_text().replace(" ", "")


def shown(page: Page, secret: str) -> str:
    """The trainer opens the screen of the code; the QR holds the address with the code. Gives the address."""
    page.goto("/turmas/")
    page.get_by_role("link", name=PRACTICE).click()
    page.get_by_role("link", name=re.compile("[Ee]ncontros")).first.click()
    page.get_by_role("link", name="Encontro de agora").click()
    page.get_by_role("link", name="Mostrar o código").click()
    link = page.locator(".presence-code p").nth(1).inner_text()
    code = present_code(page)
    assert code in codes_of_now(secret)
    image = qrcode.make(f"{link}?c={code}", image_factory=qrcode.image.svg.SvgPathImage, box_size=12, border=4)
    drawn = page.locator(".presence-qr svg path").get_attribute("d")
    assert drawn is not None
    assert drawn in image.to_string(encoding="unicode")
    return link


def presence(site: Site) -> list[tuple[str, int, str]]:
    rows = ask(
        site,
        "SELECT u.name, a.present, a.source FROM learn_attendance a JOIN learn_cohortmeeting m ON m.id = a.meeting_id"
        " JOIN learn_enrolment e ON e.id = a.enrolment_id JOIN accounts_user u ON u.id = e.person_id"
        " WHERE m.title = 'Encontro de agora'",
    )
    return [tuple(row) for row in rows]
