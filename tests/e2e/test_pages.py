"""Every page of ``pages.py``: accessible, valid, light, usable at 320 px, quiet. Both languages; both themes in one."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from . import checks
from .conftest import DESKTOP, PHONE, OpenPage
from .pages import PAGES, Page
from .server import Site
from .watch import Watch

LANGUAGES = {"pt-br": "", "en": "/en"}


def path_of(page: Page, site: Site) -> str:
    """The page's path with the facts of the database in it; skips the test if one is absent."""
    try:
        return page.path.format_map(site.facts)
    except KeyError as absent:
        pytest.skip(f"the database holds no {absent.args[0]}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_is_light_accessible_in_both_themes_and_keeps_to_a_narrow_screen(
    page: Page, language: str, site: Site, open_page: OpenPage, watch: Watch
):
    watch.expected_statuses.add(page.status)
    tab = open_page(PHONE, who=page.who, language=language)
    with checks.weighing(tab) as parts:
        answer = tab.goto(LANGUAGES[language] + path_of(page, site))
        tab.evaluate("() => document.fonts.ready")
        light = checks.axe_violations(tab)  # by its end, what a script asks for at once has come
    assert answer is not None
    assert answer.status == page.status
    assert tab.locator("html").get_attribute("lang") == language
    assert tab.locator("h1").count() == 1
    heaviest = sorted(parts.items(), key=lambda part: -part[1])[:5]
    assert sum(parts.values()) <= checks.FIRST_VIEW_BYTES, heaviest
    assert not light, "light, phone:\n" + "\n".join(light)
    if language == "pt-br":  # a theme has the same colours in both languages
        tab.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        tab.emulate_media(color_scheme="dark")
        dark = checks.axe_violations(tab)
        assert not dark, "dark, desktop:\n" + "\n".join(dark)
    assert not checks.sideways_scroll(tab)


def test_every_page_is_valid_html_in_both_languages(site: Site, tmp_path: Path):
    missing = checks.checker_missing()
    if missing:
        pytest.skip(missing)
    documents = {}
    for page in PAGES:
        try:
            path = page.path.format_map(site.facts)
        except KeyError:
            continue  # said by the other tests
        for language, prefix in LANGUAGES.items():
            documents[f"{page.name} ({language})"] = fetch(site, prefix + path, page)
    assert documents
    errors = checks.html_errors(documents, tmp_path)
    assert not errors, "\n".join(errors)


def fetch(site: Site, path: str, page: Page) -> str:
    """The HTML of a page as the server sends it."""
    headers = {"Cookie": f"sessionid={site.sessions[page.who]}"} if page.who else {}
    request = urllib.request.Request(site.address + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        if error.code != page.status:
            pytest.fail(f"{path} answered {error.code}")
        return error.read().decode()
