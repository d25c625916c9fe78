"""An administrator makes somebody an editor, who writes a page and publishes it in both languages; it is found."""

import re

from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, OpenPage
from .server import Site

PATH = "mutirao-de-leitura"


def test_an_editor_publishes_a_page_in_both_languages(site: Site, open_page: OpenPage):
    make_an_editor(open_page(DESKTOP, who="team", language="en"))
    page = open_page(DESKTOP, who="writer")
    write(page)
    portuguese = open_page(PHONE)
    assert portuguese.request.get(f"/{PATH}/").status == 404
    publish(page)
    read(portuguese, f"/{PATH}/", "Mutirão de leitura", "Cada escola abre a biblioteca")
    translate(page)
    english = open_page(PHONE, language="en")
    assert english.request.get(f"/en/{PATH}/").status == 404  # a draft until it is published
    publish_translation(page)
    read(english, f"/en/{PATH}/", "Reading drive", "Cada escola abre a biblioteca")
    found(english)


def make_an_editor(page: Page) -> None:
    page.goto("/en/equipe/site/")
    card = page.locator("li.card").filter(has_text="Escreve o Site")
    card.get_by_label("Role on the site").select_option("editor")
    card.get_by_role("button", name=re.compile("Save the role")).click()
    expect(page.locator("main")).to_contain_text("Escreve o Site: the role was changed.")
    expect(card.get_by_label("Role on the site")).to_have_value("editor")


HOME = "Como vai a educação pública no seu município?"
A_PAGE = re.compile(r"/cms/pages/\d+/$")
EDITING = re.compile(r"/cms/pages/\d+/edit/")


def number_of(page: Page, title: str) -> str:
    """The number of a page in a list of the editor, by its title."""
    address = page.get_by_role("link", name=title).first.get_attribute("href") or ""
    return re.findall(r"\d+", address)[0]


def write(page: Page) -> None:
    """A draft under the Portuguese front page, with a part of text."""
    page.goto("/cms/pages/")
    page.goto(f"/cms/pages/add/portal/textpage/{number_of(page, HOME)}/")
    page.locator("#id_title").fill("Mutirão de leitura")
    page.locator("#id_summary").fill("Um sábado por mês para ler com as famílias.")
    page.locator(".c-sf-add-button").first.click()
    page.get_by_role("option", name="Texto", exact=True).click()
    page.locator(".public-DraftEditor-content").first.click()
    page.keyboard.type("Cada escola abre a biblioteca.")
    expect(page.locator("[name=body-0-value]")).to_have_value(re.compile("biblioteca"))  # the editor's own delay
    page.get_by_role("tab", name="Promover").click()
    page.locator("#id_slug").fill(PATH)
    page.get_by_role("button", name="Salvar rascunho", exact=True).click()
    page.wait_for_url(EDITING)


def publish(page: Page) -> None:
    page.get_by_role("button", name="Mais ações").last.click()
    page.locator("button[name=action-publish]").click()
    page.wait_for_url(A_PAGE)
    expect(page.locator(".messages").first).to_contain_text("publicada")


def translate(page: Page) -> None:
    """The twin is made at the same path, as a draft, and opens to be edited."""
    page.goto(f"/cms/translation/submit/page/{number_of(page, 'Mutirão de leitura')}/")
    page.locator("input[name=locales]").first.check()
    page.get_by_role("button", name="Enviar").click()
    page.wait_for_url(EDITING)


def publish_translation(page: Page) -> None:
    page.locator("#id_title").fill("Reading drive")
    page.locator("#id_summary").fill("One Saturday a month to read with families.")
    publish(page)


def read(page: Page, path: str, title: str, text: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("main")).to_contain_text(text)
    other = page.locator("a.header-action[hreflang]")
    assert PATH in str(other.get_attribute("href"))


def found(page: Page) -> None:
    """The search and the map for search engines know it, in its own language."""
    page.goto("/en/buscar/?q=reading+drive")
    page.get_by_role("link", name="Reading drive").tap()
    expect(page.locator("h1")).to_have_text("Reading drive")
    assert f"/en/{PATH}/" in page.request.get("/sitemap.xml").text()
