"""People of a cohort learn together: work comes back and goes on, a colleague says what they think, reminders are
silenced from a page without signing in, a question of the forum is answered; the trainer writes to who is late. What is
written without a connection waits on the device, and a lesson that was opened is read there.
"""

import re

from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, OpenPage
from .server import Site
from .steps import ask, letters_to, link_in, said_when_the_device_is_slow

PRACTICE = "/aprender/aprender-juntos/tarefas/tarefa-1/"


def test_a_cohort_learns_together(site: Site, open_page: OpenPage):
    learner, trainer = open_page(PHONE, who="learner"), open_page(DESKTOP, who="trainer")
    returned(trainer, site)
    handed_in_again(learner)
    a_colleague_answers(learner, site)
    read_by(open_page(PHONE, who="colleague"))
    question = asked(learner, site)
    answered(trainer, question)
    found(learner, question)
    written_to_who_is_late(trainer, site)
    silenced(open_page(PHONE), site)


def returned(page: Page, site: Site) -> None:
    """The trainer returns the work of the learner with words."""
    page.goto(f"/turmas/{site.facts['practice_cohort']}/equipe/tarefas/")
    page.get_by_role("link", name="Ana Diretora").click()
    page.get_by_label("devolver para revisão").check()
    page.get_by_label("Devolutiva", exact=True).fill("Diga quantos quilômetros são.")
    page.get_by_role("button", name="Enviar a resposta").click()
    expect(page.locator("main")).to_contain_text("Sua resposta foi enviada.")


def handed_in_again(page: Page) -> None:
    """The learner reads why, writes more and hands it in again."""
    page.goto(f"{PRACTICE}trabalho/")
    expect(page.locator("main")).to_contain_text("Diga quantos quilômetros são.")
    page.get_by_label("Texto", exact=True).fill("Duas escolas ficam a 14 km do posto.")
    page.get_by_role("button", name="Entregar").click()
    expect(page.locator("main")).to_contain_text("Entregue.")
    expect(page.locator("main")).to_contain_text("Versão 2")


def a_colleague_answers(page: Page, site: Site) -> None:
    """The learner reads the work that was given to them, and answers with the rubric."""
    page.goto(PRACTICE)
    page.get_by_role("link", name="Trabalho 1").click()
    expect(page.locator("main")).to_contain_text("A pessoa não vê quem você é")
    page.get_by_role("textbox", name="Devolutiva").fill("Claro. Falta dizer por onde a linha passa.")
    page.get_by_role("button", name="Enviar a devolutiva").click()
    expect(page.locator("main")).to_contain_text("Escolha um nível para cada critério.")
    page.get_by_label("Clareza").select_option("3")
    page.get_by_role("button", name="Enviar a devolutiva").click()
    expect(page.locator("main")).to_contain_text("Obrigado: a sua devolutiva foi enviada.")
    rows = ask(site, "SELECT count(*) FROM learn_peerfeedback WHERE text LIKE 'Claro.%' AND given_at IS NOT NULL")
    assert rows == [(1,)]


def read_by(page: Page) -> None:
    """The author reads it, without a name."""
    page.goto(f"{PRACTICE}trabalho/")
    expect(page.locator("main")).to_contain_text("Falta dizer por onde a linha passa.")
    expect(page.locator("main")).not_to_contain_text("Ana Diretora")


def asked(page: Page, site: Site) -> str:
    """A question on the phone; its address."""
    page.goto(f"/turmas/{site.facts['practice_cohort']}/forum/")
    page.get_by_role("link", name="Novo tema").click()
    page.get_by_label("Assunto").fill("Como medir a distância?")
    page.get_by_role("textbox", name="Texto").fill("A estrada muda na chuva.")
    page.get_by_role("button", name="Enviar").click()
    expect(page.locator("h1")).to_have_text("Como medir a distância?")
    return page.url


def answered(page: Page, question: str) -> None:
    """The trainer answers and says that this is the answer."""
    page.goto(question)
    page.get_by_role("textbox", name="Texto").fill("Use o mapa do município: https://exemplo.org.br/mapa.")
    page.get_by_role("button", name="Enviar").click()
    page.get_by_role("button", name=re.compile("Esta é a resposta")).click()
    expect(page.get_by_role("button", name=re.compile("Não é a resposta"))).to_be_visible()


def found(page: Page, question: str) -> None:
    """The learner sees what is new, searches without accents, and goes to the answer."""
    page.goto(f"{question.rpartition('/forum/')[0]}/turmas/")
    page.get_by_role("link", name="Turma de prática").click()
    expect(page.locator("main")).to_contain_text("1 texto novo")
    page.get_by_role("link", name=re.compile(r"\d tema")).click()
    page.get_by_label("Buscar no fórum").fill("MUNICIPIO")
    page.get_by_role("button", name="Buscar", exact=True).last.click()
    page.get_by_role("link", name="Como medir a distância?").click()
    page.get_by_role("link", name="Ir para a resposta").click()
    expect(page.get_by_role("link", name="https://exemplo.org.br/mapa")).to_be_visible()


def written_to_who_is_late(page: Page, site: Site) -> None:
    """Who never came stands on the list with the reason; the trainer sees the letter, then it goes out."""
    page.goto(f"/turmas/{site.facts['learning_cohort']}/equipe/")
    page.get_by_role("link", name="2 de 4: ver por quê e escrever").click()
    expect(page.locator("main")).to_contain_text("Nunca veio")
    for name in ("Carla Técnica", "Davi Técnico"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="Escrever às pessoas marcadas").click()
    page.get_by_role("textbox", name="Mensagem").fill("Posso ajudar com o primeiro passo?")
    page.get_by_role("button", name="Ver a mensagem").click()
    expect(page.locator("main")).to_contain_text("O seu próximo passo: Às 5h40 o rio subiu")
    page.get_by_role("button", name="Enviar para 2 pessoas").click()
    expect(page.locator("main")).to_contain_text("e-mails enviados: 2")


def silenced(page: Page, site: Site) -> None:
    """From the letter, without signing in: one click, and letters stop."""
    ((address,),) = ask(site, "SELECT email FROM accounts_user WHERE name = 'Davi Técnico'")
    (letter,) = letters_to(site, address)
    assert "Posso ajudar com o primeiro passo?" in letter.get_content()
    path = link_in(letter, "/lembretes/")
    page.goto(path[path.index("/lembretes/") :])
    page.get_by_role("button", name="Não quero lembretes desta turma").click()
    expect(page.get_by_role("status").first).to_contain_text("Nenhum e-mail lembra você desta turma.")
    assert ask(site, "SELECT count(*) FROM learn_nudgemute") == [(1,)]


LESSON = "/aprender/education-in-emergencies/aulas/decide-and-warn/"


def test_notes_and_answers_wait_on_the_device_until_there_is_a_connection(site: Site, open_page: OpenPage):
    page = open_page(PHONE, who="learner")
    page.goto(LESSON)
    note = page.get_by_role("textbox", name="Minhas anotações").first
    note.fill("Escrita com conexão.")
    state = page.locator("form[data-device] [data-device-state]").first
    expect(state).to_have_text("Salvo.")
    page.wait_for_function("navigator.serviceWorker.ready")
    expect_kept(page, LESSON)
    page.context.set_offline(True)
    note.fill("Escrita sem conexão.")
    expect(state).to_have_text("Guardado neste aparelho. Vai quando houver conexão.")
    page.reload()  # the lesson is read without the site, and what was written stands in it
    expect(page.get_by_role("textbox", name="Minhas anotações").first).to_have_value("Escrita sem conexão.")
    expect(page.locator("h1")).to_contain_text("Às 5h40 o rio subiu")
    assert notes_of(site) == ["Escrita com conexão."]
    page.context.set_offline(False)
    expect(page.locator("form[data-device] [data-device-state]").first).to_have_text("Salvo.")
    assert notes_of(site) == ["Escrita sem conexão."]


def test_a_note_is_not_called_kept_before_all_of_it_is(site: Site, open_page: OpenPage):
    page = open_page(PHONE, who="learner")
    page.goto(LESSON)
    expect(page.locator("#learn-device[data-kept]")).to_be_attached()
    form = "form[data-device=reflection]"
    said = said_when_the_device_is_slow(page, f"{form} textarea", f"{form} [data-device-state]", "Meia", "Meia frase.")
    assert said == "Ainda não salvo."
    expect(page.locator(f"{form} [data-device-state]").first).to_have_text("Salvo.")
    assert notes_of(site) == ["Meia frase."]


def notes_of(site: Site) -> list[str]:
    """What the site keeps of the learner's first note."""
    question = "SELECT r.text FROM learn_reflection r JOIN learn_part p ON p.id = r.lesson_id WHERE p.slug = ?"
    rows = ask(site, question, "decide-and-warn")
    return [text for (text,) in rows]


def expect_kept(page: Page, path: str) -> None:
    """The page is on the device, with all that it needs."""
    expect(page.locator("#learn-device[data-kept]")).to_be_attached()
    page.wait_for_function(
        "async (path) => Boolean(await caches.match(path, { ignoreSearch: true, ignoreVary: true }))", arg=path
    )
