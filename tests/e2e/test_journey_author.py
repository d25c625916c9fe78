"""An author of a partner writes a course from nothing until nothing is missing; the programme publishes it and a cohort
begins. A new version goes into the catalogue, and the cohort stays with the one that it began with.
"""

import re

from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, OpenPage
from .server import Site
from .steps import ask

TITLE = "Ler os dados da escola"
DRAFT = "/equipe/cursos/ler-os-dados-da-escola/1.0/"
NEXT = "/equipe/cursos/ler-os-dados-da-escola/1.1/"
TODAY = "document.querySelector('#id_starts_on').value = new Date().toISOString().slice(0, 10)"
LESSON = """Abra o painel da escola.

::: reflection primeiro-olhar
O que chama a sua atenção?
:::
"""


def test_an_author_writes_a_course_and_running_cohorts_keep_their_version(site: Site, open_page: OpenPage):
    author = open_page(DESKTOP, who="author")
    begun(author)
    blocked(author)
    texts(author)
    module(author)
    lesson(author)
    quiz(author)
    assignment(author)
    put_in_order(author, site)
    seen_as_a_learner(open_page(PHONE, who="author"))
    complete(author)
    team = open_page(DESKTOP, who="team")
    published(team, site)
    learner = open_page(PHONE, who="newcomer")
    a_cohort_begins(team, learner)
    revised(author, team)
    each_keeps_their_version(learner, open_page(PHONE), site)


def both(page: Page, name: str, portuguese: str, english: str) -> None:
    page.locator(f"#id_{name}_pt").fill(portuguese)
    page.locator(f"#id_{name}_en").fill(english)


def saved(page: Page) -> None:
    page.get_by_role("button", name="Salvar", exact=True).click()
    expect(page.locator("main h1")).to_have_text(re.compile(rf"^{TITLE} 1\.\d$"))


def begun(page: Page) -> None:
    """A name and an address: the author's organisation is chosen already."""
    page.goto("/equipe/cursos/")
    page.get_by_role("link", name="Novo curso").click()
    expect(page.locator("#id_organisation option:checked")).to_have_text("Instituto Exemplo de Formação")
    both(page, "title", TITLE, "Reading the school's figures")
    page.locator("#id_slug").fill("ler-os-dados-da-escola")
    page.get_by_role("button", name="Criar o rascunho").click()
    expect(page.locator("main h1")).to_have_text(f"{TITLE} 1.0")


def blocked(page: Page) -> None:
    """What is missing is told in the words of the form; nobody can publish."""
    missing = page.locator("details").filter(has_text="antes de publicar")
    expect(missing).to_contain_text("Objetivos (português): encontrado: nada; esperado: um texto")
    expect(missing).to_contain_text("Para quem")
    expect(missing).to_contain_text("ao menos um módulo")
    expect(missing).not_to_contain_text("_pt")
    expect(page.get_by_role("link", name="Publicar")).to_have_count(0)


def texts(page: Page) -> None:
    page.get_by_role("link", name="Editar os textos").click()
    both(page, "title", TITLE, "Reading the school's figures")
    both(page, "summary", "Um olhar sobre os números.", "A look at the figures.")
    both(page, "objectives", "Ler o painel.\nContar o que se viu.", "Read the panel.\nTell what was seen.")
    both(page, "authors", "Olga Autora", "Olga Autora")
    page.get_by_label("direções de escola").check()
    page.locator("#id_hours").fill("1")
    saved(page)


def module(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Adicionar ?: Módulo")).click()
    page.locator("#id_slug").fill("primeiro")
    page.locator("#id_minutes").fill("60")
    both(page, "title", "Primeiro olhar", "First look")
    both(page, "summary", "O painel.", "The panel.")
    saved(page)


def part(page: Page, kind: str, slug: str, minutes: int, title: str, english: str) -> None:
    """The form of a new part of the module, with what every part has."""
    page.locator(".course-adds").get_by_role("link", name=re.compile(f"{kind} ?: Primeiro olhar")).click()
    page.locator("#id_slug").fill(slug)
    page.locator("#id_minutes").fill(str(minutes))
    both(page, "title", title, english)


def lesson(page: Page) -> None:
    part(page, "Aula", "painel", 20, "Abrir o painel", "Opening the panel")
    english = LESSON.replace("Abra o painel da escola.", "Open the panel.").replace("O que chama", "What strikes")
    both(page, "body", LESSON, english)
    page.get_by_role("button", name="Prévia").click()
    preview = page.locator("#preview + div")
    expect(preview).to_contain_text("O que chama a sua atenção?")
    saved(page)


def quiz(page: Page) -> None:
    """A quiz with four kinds of question."""
    part(page, "Teste", "o-que-ficou", 10, "O que ficou", "What stayed")
    saved(page)
    question(page, "single", "Onde se começa?", [("No painel", True), ("Na rua", False)])
    question(page, "order", "Em que ordem?", [("Abrir", False), ("Ler", False), ("Contar", False)])
    question(page, "number", "Quantas escolas há?", [], answer="30")
    question(page, "short", "Que censo conta as escolas?", [], accepted="censo escolar")


def question(page: Page, kind: str, text: str, options: list[tuple[str, bool]], **more: str) -> None:
    page.get_by_role("link", name=re.compile("Pergunta ?: O que ficou")).click()
    page.locator("#id_kind").select_option(kind)
    both(page, "text", text, f"{text} (en)")
    both(page, "feedback", "Está na aula.", "It is in the lesson.")
    page.locator("#id_lesson").select_option(label="Abrir o painel")
    if "answer" in more:
        page.locator("#id_answer").fill(more["answer"])
    if "accepted" in more:
        both(page, "accepted", more["accepted"], more["accepted"])
    for number, (words, right) in enumerate(options):
        both(page, f"options-{number}-text", words, f"{words} (en)")
        page.locator(f"#id_options-{number}-right").set_checked(right)
    saved(page)


def assignment(page: Page) -> None:
    """Practice with a rubric of one criterion in four levels."""
    part(page, "Trabalho prático", "na-sua-escola", 30, "Na sua escola", "In your school")
    page.get_by_label("Quem entrega").select_option("each")
    both(page, "task", "Leia o painel com a equipe.", "Read the panel with the team.")
    both(page, "product", "Três frases.", "Three sentences.")
    saved(page)
    page.get_by_role("link", name=re.compile("Critério ?: Na sua escola")).click()
    both(page, "title", "Clareza", "Clarity")
    page.locator("#id_weight").fill("1")
    for number in range(4):
        both(page, f"levels-{number}-text", f"Nível {number + 1}", f"Level {number + 1}")
    saved(page)


def put_in_order(page: Page, site: Site) -> None:
    """The practice comes before the quiz."""
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_role("button", name=re.compile("Mover para cima: Na sua escola")).click()
    rows = ask(
        site,
        "SELECT p.slug FROM learn_part p JOIN learn_module m ON m.id = p.module_id JOIN learn_courseversion v"
        " ON v.id = m.version_id JOIN learn_course c ON c.id = v.course_id"
        " WHERE c.slug = 'ler-os-dados-da-escola' ORDER BY p.position",
    )
    assert [slug for (slug,) in rows] == ["painel", "na-sua-escola", "o-que-ficou"]


def seen_as_a_learner(page: Page) -> None:
    page.goto(DRAFT)
    page.get_by_role("link", name="Ver como quem estuda").tap()
    page.get_by_role("link", name="Abrir o painel").tap()
    expect(page.locator("main")).to_contain_text("O que chama a sua atenção?")


def complete(page: Page) -> None:
    """Nothing is missing; the author cannot publish, and reads who does."""
    page.goto(DRAFT)
    expect(page.locator("main")).to_contain_text("Nada falta")
    expect(page.locator("main")).to_contain_text("Quem publica é a equipe do programa")
    expect(page.get_by_role("link", name="Publicar")).to_have_count(0)
    assert page.request.get(f"{DRAFT}estado/publicar/").status == 403


def published(page: Page, site: Site) -> None:
    page.goto(DRAFT)
    page.get_by_role("link", name="Publicar").click()
    page.get_by_role("button", name="Publicar").click()
    expect(page.locator("main")).to_contain_text("A versão foi publicada.")
    kinds = ask(site, "SELECT DISTINCT q.kind FROM learn_question q JOIN learn_part p ON p.id = q.quiz_id"
                      " WHERE p.slug = 'o-que-ficou' ORDER BY 1")  # fmt: skip
    assert [kind for (kind,) in kinds] == ["number", "order", "short", "single"]


def a_cohort_begins(team: Page, learner: Page) -> None:
    """The programme opens a cohort of it, somebody enrols on the phone, the course begins."""
    team.goto("/turmas/nova/")
    team.locator("#id_version").select_option(label=f"{TITLE} (1.0)")
    team.locator("#id_name").fill("Turma dos dados")
    team.locator("#id_opening").select_option("all")
    team.locator("#id_self_paced").check()
    team.evaluate(TODAY)
    team.get_by_role("button", name="Criar o rascunho").click()
    team.get_by_role("button", name="Abrir as matrículas").click()
    expect(team.locator("main")).to_contain_text("A turma agora está assim: ")
    uid = team.url.split("/turmas/")[1].split("/")[0]
    learner.goto(f"/turmas/{uid}/")
    learner.get_by_role("button", name="Fazer matrícula", exact=True).tap()
    expect(learner.locator("h1")).to_have_text("Turma dos dados")
    team.get_by_role("button", name="Começar o curso").click()
    expect(team.locator("main")).to_contain_text("A turma agora está assim: em andamento.")


def revised(author: Page, team: Page) -> None:
    """The author changes the lesson in a new version; the programme publishes it."""
    author.goto("/equipe/cursos/ler-os-dados-da-escola/")
    author.locator("#id_label").fill("1.1")
    author.get_by_role("button", name="Começar uma nova versão").click()
    author.locator("main").get_by_role("link", name="Abrir o painel", exact=True).click()
    author.locator("#id_body_pt").fill(LESSON.replace("Abra o painel", "Abra o painel novo"))
    saved(author)
    team.goto(NEXT)
    team.get_by_role("link", name="Publicar").click()
    team.get_by_role("button", name="Publicar").click()
    expect(team.locator("main")).to_contain_text("A versão foi publicada.")


def each_keeps_their_version(learner: Page, visitor: Page, site: Site) -> None:
    learner.goto("/aprender/ler-os-dados-da-escola/aulas/painel/")
    expect(learner.locator("main")).to_contain_text("Abra o painel da escola.")
    visitor.goto("/cursos/ler-os-dados-da-escola/aulas/painel/")
    expect(visitor.locator("main")).to_contain_text("Abra o painel novo da escola.")
    rows = ask(
        site,
        "SELECT v.version FROM learn_cohort c JOIN learn_courseversion v ON v.id = c.version_id WHERE c.name = ?",
        "Turma dos dados",
    )
    assert rows == [("1.0",)]
