"""The search finds pages and technologies beside places, in the reader's language."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.learn import factories as learn
from tests.plan import factories
from trama.know import api as know
from trama.learn.models import CourseVersion
from trama.portal.site_search.words import Words, text_of, words_of

from .conftest import page


def test_words_are_read_without_accents_and_punctuation():
    assert words_of("Formação, à distância: 2º ano!") == ["formacao", "a", "distancia", "2o", "ano"]


def test_the_title_counts_more_than_the_summary_and_the_body():
    words = Words(
        [
            text_of("body", "Outra", "coisa", "o transporte escolar"),
            text_of("summary", "Outra", "transporte", ""),
            text_of("title", "Transporte escolar", "", ""),
            text_of("none", "Merenda", "", ""),
        ]
    )
    assert words.find("transporte", 9) == ["title", "summary", "body"]
    assert words.find("transp", 1) == ["title"]
    assert words.find("escolar transporte", 9) == ["title", "body"]
    assert words.find("o de", 9) == []
    assert words.find("xyz", 9) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("some_pages")
class TestSite:
    def test_a_published_page_is_found_in_its_own_language(self, client: Client):
        text = client.get("/buscar/?q=privacidade").content.decode()
        assert 'href="/privacidade/"' in text
        assert "/en/privacidade/" not in text.split("<main")[1].split("</main>")[0]
        assert 'href="/en/privacidade/"' in client.get("/en/buscar/?q=privacy").content.decode()

    def test_a_page_is_found_by_a_word_of_its_text_without_accents(self):
        assert (
            "Ajuda" in [line.name for line in know.find("ideb autodiagnostico")["page"]]
            or know.find("rankings")["page"]
        )
        assert [line.address for line in know.find("cofinanciamento conviva")["page"]] == ["/parceiros/"]

    def test_what_is_unpublished_is_no_longer_found(self):
        assert know.find("cofinanciamento").get("page")
        page("parceiros/").unpublish()
        assert not know.find("cofinanciamento").get("page")

    def test_technologies_of_the_catalogue_are_found_and_drafts_are_not(self):
        factories.a_version("aberta", word="Leituras")
        factories.a_version("rascunho", state="draft", word="Leituras")
        found = know.find("leituras")["technology"]
        assert [line.address for line in found] == ["/tecnologias/aberta/"]
        assert found[0].name.startswith("Leituras")

    def test_published_courses_are_found_in_both_languages_and_drafts_are_not(self, client: Client):
        version = learn.a_version(slug="rios", state="draft", title_pt="Cheias dos rios", title_en="When rivers rise")
        assert "course" not in know.find("cheias")
        learn.seal(version)
        assert [line.address for line in know.find("cheias")["course"]] == ["/cursos/rios/"]
        assert 'href="/en/cursos/rios/"' in client.get("/en/buscar/?q=rivers").content.decode()
        learn.seal(version, "retired")
        CourseVersion.objects.update(changed_at=learn.NOON + timedelta(hours=1))
        assert "course" not in know.find("cheias")

    def test_suggestions_hold_them_too(self, client: Client):
        sections = client.get("/buscar/sugestoes/?q=privacidade").json()["sections"]
        assert {"page"} == {one["section"] for one in sections}
        assert sections[0]["results"][0]["address"] == "/privacidade/"
