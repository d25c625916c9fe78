"""The design system: tags, forms, the frame's variables, vendored files, the page of components."""

import hashlib
import json
import math
import re
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory, override_settings
from django.utils import translation

from trama.foundation import site
from trama.foundation.components import SAMPLES
from trama.foundation.icons import ICONS
from trama.foundation.navigation import register_entry
from trama.foundation.templatetags import trama as tags

STATIC = Path(site.__file__).parent / "static" / "foundation"
SOURCE = Path(site.__file__).parents[2]
KIB = 1024


def drawn(text: str, **context: object) -> str:
    return Template("{% load trama %}" + text).render(Context(context))


class TestNumbers:
    def test_a_number_is_written_in_the_readers_language(self):
        with translation.override("pt-br"):
            assert tags.number(12345.678, 1) == "12.345,7"
        with translation.override("en"):
            assert tags.number(12345.678, 1) == "12,345.7"

    def test_zero_is_a_number_and_missing_is_not_zero(self):
        assert tags.number(0) == "0"
        for nothing in (None, "", math.nan):
            assert "—" in tags.number(nothing)

    def test_a_missing_figure_says_why_to_the_eye_and_to_the_ear(self):
        shown = drawn("{% figure value 1 reason %}", value=None, reason="not disclosed")
        assert 'title="not disclosed"' in shown
        assert '<span class="sr-only">not disclosed</span>' in shown
        assert '<span aria-hidden="true">—</span>' in shown

    def test_a_reason_cannot_carry_html(self):
        assert "<script" not in drawn("{% figure value 1 reason %}", value=None, reason="<script>")

    def test_a_figure_card_shows_number_unit_and_source_or_the_reason(self):
        with translation.override("pt-br"):
            full = drawn('{% figure_card label="Ideb" value=6.04 decimals=1 unit="%" source="Inep, 2023." %}')
        assert "6,0" in full
        assert "Inep, 2023." in full
        empty = drawn('{% figure_card label="Ideb" value=None reason="few students" %}')
        assert "few students" in empty
        assert "figure-unit" not in empty


class TestIcons:
    def test_an_icon_is_decoration_unless_it_has_a_name(self):
        assert 'aria-hidden="true"' in tags.icon("search")
        assert 'role="img" aria-label="Search"' in tags.icon("search", "Search")

    def test_an_unknown_icon_is_an_error(self):
        with pytest.raises(KeyError):
            tags.icon("unicorn")

    def test_templates_ask_only_for_icons_that_exist(self):
        asked = {
            name
            for template in SOURCE.rglob("templates/**/*.html")
            for name in re.findall(r"{% icon \"([^\"]+)\"", template.read_text())
        }
        assert asked
        assert asked <= ICONS.keys()


class SomeForm(forms.Form):
    name = forms.CharField(help_text="As in your document.")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agree = forms.BooleanField()


class TestForms:
    def test_each_field_has_label_help_and_error_tied_to_it(self):
        html = str(SomeForm({"kind": "a"}))
        assert '<label for="id_name">' in html
        assert 'aria-describedby="id_name_helptext id_name_error"' in html
        assert 'id="id_name_helptext"' in html
        assert 'id="id_name_error"' in html
        assert 'aria-invalid="true"' in html

    def test_the_summary_leads_to_each_wrong_field(self):
        html = str(SomeForm({}))
        assert 'role="alert"' in html
        for target in ("id_name", "id_kind", "id_agree"):
            assert f'href="#{target}"' in html
            assert html.count(f'id="{target}"') == 1

    def test_an_untouched_form_has_no_summary(self):
        assert "role=" not in str(SomeForm())

    def test_choices_stand_in_a_fieldset_with_a_legend(self):
        assert re.search(r"<fieldset.*?<legend>Kind", str(SomeForm()), re.DOTALL)


def test_pagination_keeps_the_filters_and_marks_the_page():
    request = RequestFactory().get("/", {"uf": "AL", "pagina": "4"})
    context = {"request": request, "page": Paginator(range(200), 10).page(4)}
    html = drawn("{% pagination page %}", **context)
    assert 'href="?uf=AL&amp;pagina=5"' in html
    assert re.search(r'pagina=4" aria-current="page"', html)
    one = {"request": request, "page": Paginator(range(5), 10).page(1)}
    assert "<nav" not in drawn("{% pagination page %}", **one)


class TestFrame:
    def frame(self, path: str, **cookies: str) -> dict[str, object]:
        request = RequestFactory().get(path)
        request.resolver_match = None
        request.COOKIES.update(cookies)
        return site.frame_context(request)

    @pytest.mark.parametrize(
        ("language", "path", "other"),
        [
            ("pt-br", "/panorama/27/?rede=municipal", "/en/panorama/27/?rede=municipal"),
            ("en", "/en/panorama/27/?rede=municipal", "/panorama/27/?rede=municipal"),
            ("en", "/en/", "/"),
            ("en", "/en//elsewhere.example/", "/elsewhere.example/"),  # never the address of another host
        ],
    )
    def test_the_other_language_is_the_same_page(self, language: str, path: str, other: str):
        request = HttpRequest()
        request.path = path.partition("?")[0]
        request.META["QUERY_STRING"] = path.partition("?")[2]
        with translation.override(language):
            assert site.other_language(request)["href"] == other

    @pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ('"><script>', "")])
    def test_only_a_known_theme_is_drawn(self, cookie: str, theme: str, db: None):
        assert self.frame("/", theme=cookie)["THEME"] == theme

    def test_the_banner_follows_the_setting_and_the_registered_checks(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(site, "_demonstration_checks", [])
        assert not site.is_demonstration()
        site.register_demonstration_check(lambda: True)
        assert site.is_demonstration()
        monkeypatch.setattr(site, "_demonstration_checks", [])
        with override_settings(DEMONSTRATION=True):
            assert site.is_demonstration()

    def test_a_menu_entry_without_an_address_is_left_out(self, client: Client, db: None, monkeypatch):
        monkeypatch.setattr("trama.foundation.navigation._entries", {})
        register_entry("main", order=1, label="Componentes", view_name="foundation:components")
        register_entry("main", order=2, label="Nowhere", view_name="nowhere:at_all")
        html = client.get("/sistema/componentes/").content.decode()
        assert re.search(r'href="/sistema/componentes/" aria-current="true">Componentes', html)
        assert "Nowhere" not in html


@pytest.mark.django_db
class TestComponentPage:
    @pytest.mark.parametrize("prefix", ["", "/en"])
    def test_every_part_is_shown_beside_its_html(self, client: Client, prefix: str):
        html = client.get(f"{prefix}/sistema/componentes/").content.decode()
        for sample in SAMPLES:
            assert f'id="{sample.name}"' in html
        assert html.count("<pre") == len(SAMPLES)
        assert "&lt;progress" in html

    def test_ids_are_unique(self, client: Client):
        ids = re.findall(r'\sid="([^"]+)"', client.get("/sistema/componentes/").content.decode())
        assert sorted(ids) == sorted(set(ids))

    def test_the_page_reads_no_session_and_sets_no_cookie(self, client: Client):
        answer = client.get("/sistema/componentes/")
        assert not answer.wsgi_request.session.accessed
        assert not answer.cookies


@pytest.mark.django_db
class TestThemeCookie:
    def test_a_page_in_a_chosen_theme_varies_by_cookie_and_the_others_do_not(self, client: Client):
        assert "Cookie" not in client.get("/sistema/componentes/").headers.get("Vary", "")
        client.cookies["theme"] = "dark"
        answer = client.get("/sistema/componentes/")
        assert "Cookie" in answer.headers["Vary"]
        assert 'data-theme="dark"' in answer.content.decode()


class TestErrors:
    def test_a_page_not_found_speaks_both_languages(self, client: Client, db: None):
        portuguese, english = client.get("/nada/"), client.get("/en/nada/")
        assert portuguese.status_code == english.status_code == 404
        assert b'lang="pt-br"' in portuguese.content
        assert b'lang="en"' in english.content
        assert b"Page not found" in english.content

    def test_an_error_of_ours_needs_neither_request_nor_database(self):
        from django.views.defaults import server_error

        answer = server_error(RequestFactory().get("/"))  # no database mark: a query would raise
        assert answer.status_code == 500
        assert b'<div lang="en">' in answer.content

    def test_a_form_without_its_token_is_refused_in_our_own_words(self, db: None):
        answer = Client(enforce_csrf_checks=True).post("/idioma/", {"language": "en"})
        assert answer.status_code == 403
        assert b"The form expired" in answer.content


class TestFiles:
    def test_vendored_files_are_what_the_manifest_says(self):
        manifest = json.loads((STATIC / "vendor.json").read_text())
        hashes = {path: digest for package in manifest.values() for path, digest in package["sha256"].items()}
        assert set(hashes) == {f"fonts/{path.name}" for path in (STATIC / "fonts").iterdir()}
        for path, digest in hashes.items():
            assert hashlib.sha256((STATIC / path).read_bytes()).hexdigest() == digest
        assert all(package["licence"] and package["version"] for package in manifest.values())

    def test_font_and_style_stay_light(self):
        assert sum(path.stat().st_size for path in (STATIC / "fonts").glob("*.woff2")) <= 60 * KIB
        assert (STATIC / "trama.css").stat().st_size <= 40 * KIB

    def test_no_style_script_or_address_of_another_host_in_a_template(self):
        inline = re.compile(
            r"\sstyle=\"|\son(?:click|load|change|submit|input)=|<style|<script>|javascript:", re.IGNORECASE
        )
        hosts = re.compile(r"(?:src|action)=\"(?:https?:)?//|<link[^>]+href=\"(?:https?:)?//", re.IGNORECASE)
        for template in SOURCE.rglob("templates/**/*.html"):
            text = template.read_text()
            assert not inline.search(text), template
            assert not hosts.search(text), template

    def test_colours_are_named_once(self):
        """Outside the tokens, no rule of ours names a colour, so that the dark theme forgets none."""
        text = (STATIC / "trama.css").read_text()
        rules = text[text.index("/* 2 Ground */") : text.index("@media print")]
        found = set(re.findall(r"#[0-9a-f]{3,8}\b", rules))
        assert found <= {"#fff", "#7fb0ff"}  # a code to scan stands on white; the mark on the deep blue

    def test_both_dark_blocks_say_the_same(self):
        text = (STATIC / "trama.css").read_text()
        chosen = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', text, re.DOTALL)
        system = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', text, re.DOTALL)
        assert chosen is not None
        assert system is not None
        assert chosen[1].split() == system[1].split()
