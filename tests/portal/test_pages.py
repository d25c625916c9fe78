"""Pages: what is served at which address, in which language, with what for machines."""

import json
import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.contrib.redirects.models import Redirect

from tests.learn import factories as learn
from trama.learn.models import CourseVersion
from trama.portal.pages.addresses import SECTIONS
from trama.portal.pages.blocks import check_address
from trama.portal.pages.models import BasePage, NewsPage, TextPage

from .conftest import page

pytestmark = pytest.mark.django_db
all_pages = pytest.mark.usefixtures("pages")
some_pages = pytest.mark.usefixtures("some_pages")
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def html(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@all_pages
def test_every_shipped_page_has_its_twin_at_the_same_path(client: Client):
    keys: dict[str, set[str]] = {}
    for one in BasePage.objects.live().filter(depth__gte=2):
        keys.setdefault(str(one.translation_key), set()).add("|".join(one.place))
        answer = client.get(one.address)
        assert answer.status_code == 200, one.address
        assert f'<html lang="{one.place[0]}"' in answer.content.decode()
    assert len(keys) >= 20
    for both in keys.values():
        languages, paths = zip(*(one.split("|") for one in both), strict=True)
        assert sorted(languages) == ["en", "pt-br"]
        assert len(set(paths)) == 1


@all_pages
def test_every_section_that_menus_name_is_there(client: Client):
    for path in SECTIONS.values():
        for prefix in ("/", "/en/"):
            assert client.get(prefix + path).status_code == 200


@all_pages
def test_no_page_reads_the_session_or_sets_a_cookie(client: Client):
    for path in ("/", "/en/sobre/historia/", "/noticias/", "/experiencias/itapevi/"):
        answer = client.get(path)
        assert not answer.wsgi_request.session.accessed
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")


@all_pages
def test_links_in_english_pages_stay_in_english(client: Client):
    for one in BasePage.objects.live().filter(url_path__startswith="/home-en/"):
        main = re.search(r"<main.*?</main>", html(client, one.address), re.S)
        assert main is not None
        for address in re.findall(r'href="(/[^"]*)"', main[0]):
            assert address.startswith(("/en/", "/documentos/")), f"{one.address}: {address}"


@all_pages
def test_every_link_of_every_shipped_page_leads_somewhere(client: Client):
    wanted = set()
    for one in BasePage.objects.live().filter(depth__gte=2):
        main = re.search(r"<main.*?</main>", html(client, one.address), re.S)
        assert main is not None
        wanted |= set(re.findall(r'href="(/[^"#?]*)"', main[0]))
    dead = [address for address in sorted(wanted) if client.get(address).status_code not in (200, 302)]
    assert dead == []


@some_pages
def test_a_page_that_is_not_published_is_not_there(client: Client):
    page("sobre/").unpublish()
    assert client.get("/sobre/").status_code == 404
    assert client.get("/en/sobre/").status_code == 200


def test_a_page_under_the_front_page_may_not_take_the_address_of_another_part():
    home = page("")
    with pytest.raises(ValidationError, match=r"address|endereço"):
        home.add_child(instance=TextPage(title="Busca", slug="buscar", locale=home.locale))
    assert not BasePage.objects.filter(slug="buscar").exists()


@some_pages
def test_a_page_and_its_translation_share_their_address(client: Client, django_capture_on_commit_callbacks):
    english = page("parceiros/", "en")
    english.title, english.slug = "Our partners", "our-partners"
    english.save_revision().publish()
    assert client.get("/en/our-partners/").status_code == 404
    assert "Our partners" in client.get("/en/parceiros/").content.decode()
    portuguese = page("parceiros/")
    portuguese.slug = "quem-faz-conosco"
    with django_capture_on_commit_callbacks(execute=True):
        portuguese.save_revision().publish()
    for root in ("/", "/en/"):
        assert client.get(f"{root}quem-faz-conosco/").status_code == 200
        assert client.get(f"{root}parceiros/").headers["Location"] == f"{root}quem-faz-conosco/"


@some_pages
def test_an_editor_sends_an_old_address_on(client: Client):
    Redirect.objects.create(old_path="/velho", redirect_page=page("sobre/"), is_permanent=True)
    Redirect.objects.create(old_path="/fora", redirect_link="javascript:alert(1)")
    answer = client.get("/velho/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/sobre/")
    assert client.get("/fora/").status_code == 404
    assert client.get("/nada/").status_code == 404


@some_pages
def test_what_search_engines_read_is_json_and_cannot_close_its_element(client: Client):
    about = page("sobre/")
    about.title = "Sobre </script><b>nós"
    about.save_revision().publish()
    text = html(client, "/sobre/")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)
    assert found is not None
    data = json.loads(found[1])
    assert data["name"] == about.title
    assert data["inLanguage"] == "pt-BR"
    assert "<b>nós" not in text
    help_page = json.loads(re.search(r'ld\+json">(.*?)</script>', html(client, "/ajuda/"), re.S)[1])  # type: ignore[index]
    assert "FAQPage" in help_page["@type"]
    assert len(help_page["mainEntity"]) >= 8


@all_pages
def test_the_feed_holds_the_news_of_its_language_newest_first(client: Client):
    answer = client.get("/en/noticias/atom.xml")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    days = [news.title for news in NewsPage.objects.filter(url_path__startswith="/home-en/").order_by("-day")]
    assert titles == days
    assert len(titles) == 3
    links = [entry.find(f"{ATOM}link").get("href") for entry in feed.iter(f"{ATOM}entry")]  # type: ignore[union-attr]
    assert all("/en/noticias/" in str(link) for link in links)
    assert all(str(link).startswith("http://localhost:8000/") for link in links)  # never the host of the request


@all_pages
def test_the_map_for_search_engines_names_every_page_and_its_translation(client: Client):
    page("parceiros/").unpublish()
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    places = {str(url.findtext(f"{MAP}loc")).removeprefix("http://localhost:8000") for url in root}
    assert {"/", "/en/", "/sobre/", "/en/sobre/", "/experiencias/conisul/", "/tecnologias/"} <= places
    assert "/parceiros/" not in places
    assert "/en/parceiros/" in places


@all_pages
def test_news_are_listed_newest_first_and_in_pages(client: Client):
    index = page("noticias/")
    for number in range(12):
        index.add_child(
            instance=NewsPage(
                title=f"Nova {number}", slug=f"nova-{number}", locale=index.locale, day=date(2027, 1, 1 + number)
            )
        )
    text = html(client, "/noticias/")
    assert text.index("Nova 11") < text.index("Nova 10") < text.index("Nova 0<")
    assert "Catorze tecnologias" not in text
    assert "Catorze tecnologias" in html(client, "/noticias/?pagina=2")


@some_pages
def test_numbers_counted_here_say_what_they_count_and_when(client: Client):
    text = html(client, "/numeros/")
    assert "8.834" in text
    assert "relatório anual 2020" in text
    assert "Contado" not in text  # nothing is on record in this database: no zero either
    from tests.plan import factories

    factories.a_version("primeira")
    text = html(client, "/numeros/")
    assert re.search(
        r'figure-value">1</p>\s*<p class="figure-label"><a href="/tecnologias/">tecnologias no catálogo', text
    )
    assert "Contado neste site em" in text


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//elsewhere.org/", "/\\elsewhere.org", "http://plain.org/", "sobre/"]
)
def test_only_safe_addresses_are_accepted(address: str):
    with pytest.raises(ValidationError):
        check_address(address)


@pytest.mark.parametrize("address", ["", "/", "/tecnologias/", "https://example.org/x?y=1"])
def test_addresses_here_and_secure_ones_elsewhere_are_accepted(address: str):
    check_address(address)


@some_pages
def test_the_page_about_training_shows_the_courses_that_are_open(client: Client):
    assert "/cursos/rios/" not in client.get("/formacao/").content.decode()
    version = learn.a_version(slug="rios", title_pt="Cheias dos rios", title_en="When rivers rise", modules=3)
    portuguese, english = (client.get(address).content.decode() for address in ("/formacao/", "/en/formacao/"))
    assert 'href="/cursos/rios/">Cheias dos rios<' in portuguese
    assert "3 horas" in portuguese
    assert 'href="/en/cursos/rios/">When rivers rise<' in english
    learn.seal(version, "retired")
    CourseVersion.objects.update(changed_at=learn.NOON + timedelta(hours=1))
    assert "/cursos/rios/" not in client.get("/formacao/").content.decode()
