"""The frame of every page: menu, theme, language, keyboard, and the checks themselves."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from . import checks
from .conftest import DESKTOP, PHONE, OpenPage
from .server import Site
from .watch import Watch


def test_the_menu_opens_by_its_button_and_closes_by_escape(page_phone: Page):
    page_phone.goto("/sobre/")
    button = page_phone.locator("[data-menu-button]")
    menu = page_phone.locator("#menu")
    expect(menu).to_be_hidden()
    button.focus()
    page_phone.keyboard.press("Enter")
    expect(menu).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    page_phone.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_work_of_who_is_signed_in_opens_and_closes_by_keyboard(size: dict[str, int], open_page: OpenPage):
    page = open_page(size, who="principal", language="en")
    page.goto("/en/adocoes/")
    work = page.get_by_role("navigation", name="My work")
    summary, line = work.locator("summary"), work.get_by_role("link", name="Adoptions")
    expect(line).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(line).to_be_visible()
    expect(line).to_have_attribute("aria-current", "true")
    expect(work.locator("[aria-current]")).to_have_count(1)
    assert not checks.axe_violations(page)
    page.keyboard.press("Tab")
    expect(work.get_by_role("link", name="Our week")).to_be_focused()
    page.keyboard.press("Escape")
    expect(line).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_work_menu_closes_when_the_reader_turns_to_the_page_under_it(open_page: OpenPage):
    page = open_page(who="principal")
    page.goto("/adocoes/")
    work = page.locator("[data-work-menu]")
    work.locator("summary").click()
    page.locator("#menu a").last.focus()
    expect(work).not_to_have_attribute("open", "")
    work.locator("summary").click()
    expect(work).to_have_attribute("open", "")
    page.mouse.click(5, 700)
    expect(work).not_to_have_attribute("open", "")


@pytest.mark.parametrize(
    ("who", "sees", "sees_not"),
    [
        ("principal", ["Our week", "Plans", "Adoptions", "Own questions", "Shared with me"], ["Calls of the team"]),
        ("team", ["Calls of the team", "Requests for help", "Shared with me"], ["Our week", "Plans", "Own questions"]),
        ("newcomer", ["Self-diagnosis rounds"], ["Our week", "Plans", "Shared with me", "Calls of the team"]),
    ],
)
def test_everyone_finds_their_own_work_without_scripts(
    who: str, sees: list[str], sees_not: list[str], browser, site: Site
):
    context = browser.new_context(base_url=site.address, java_script_enabled=False, viewport=PHONE)
    context.add_cookies([{"name": "sessionid", "value": site.sessions[who], "url": site.address}])
    page = context.new_page()
    page.goto("/en/conta/")
    work = page.get_by_role("navigation", name="My work")
    work.locator("summary").click()
    for name in sees:
        expect(work.get_by_role("link", name=name, exact=True)).to_be_visible()
    for name in sees_not:
        expect(work.get_by_role("link", name=name, exact=True)).to_have_count(0)
    expect(work.get_by_role("link", name="Sign out")).to_be_visible()
    context.close()


def test_the_chosen_theme_stays_and_the_server_draws_it(page_desktop: Page, site: Site):
    page_desktop.goto("/sobre/")
    switch = page_desktop.locator("[data-theme-button]")
    expect(switch).to_have_attribute("aria-pressed", "false")
    ground = page_desktop.evaluate("() => getComputedStyle(document.body).backgroundColor")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert page_desktop.evaluate("() => getComputedStyle(document.body).backgroundColor") != ground
    answer = page_desktop.context.request.get("/privacidade/")
    assert 'data-theme="dark"' in answer.text()
    assert "Cookie" in answer.headers["vary"]


def test_a_page_kept_by_a_cache_in_another_theme_is_repaired_before_it_is_painted(page_desktop: Page, site: Site):
    page_desktop.context.add_cookies([{"name": "theme", "value": "dark", "url": site.address}])
    page_desktop.route(
        "**/sobre/", lambda route: route.fulfill(body=route.fetch(headers={}).text(), content_type="text/html")
    )
    page_desktop.goto("/sobre/")
    expect(page_desktop.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_typed_query_can_be_read_in_both_themes(theme: str, open_page: OpenPage):
    page = open_page(theme=theme)
    page.goto("/")
    page.fill("#home-q", "vila")
    assert not checks.axe_violations(page)
    colours = page.evaluate(
        """() => [getComputedStyle(document.getElementById("home-q")).color,
                  getComputedStyle(document.querySelector(".hero .search-field")).backgroundColor]"""
    )
    light = [sum(int(part) for part in colour[4:-1].split(",")) for colour in colours]
    assert abs(light[0] - light[1]) > 400  # of 765: dark on light, or light on dark


def test_the_language_link_leads_to_the_same_page_and_back(page_desktop: Page):
    page_desktop.goto("/acessibilidade/?a=1")
    page_desktop.get_by_role("link", name="English").click()
    expect(page_desktop).to_have_url("/en/acessibilidade/?a=1")
    expect(page_desktop.locator("html")).to_have_attribute("lang", "en")
    page_desktop.get_by_role("link", name="Português").click()
    expect(page_desktop).to_have_url("/acessibilidade/?a=1")


@pytest.mark.parametrize("path", ["/", "/sobre/", "/sistema/componentes/", "/conta/login/"])
def test_the_keyboard_walks_the_whole_page_with_visible_focus(path: str, page_desktop: Page):
    page_desktop.goto(path)
    stops = checks.keyboard_walk(page_desktop)
    assert stops[0].startswith("a: ")  # the skip link
    page_desktop.goto(path)
    page_desktop.keyboard.press("Tab")
    page_desktop.keyboard.press("Enter")
    expect(page_desktop.locator("main")).to_be_focused()


def test_pages_are_readable_without_scripts(browser, site: Site):
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    expect(page.locator("#menu")).to_be_visible()
    expect(page.locator("[data-theme-button]")).to_be_hidden()
    context.close()


def test_a_refused_form_is_an_accessible_page_in_both_languages(page_desktop: Page, watch: Watch):
    watch.expected_statuses.add(403)
    page_desktop.goto("/sobre/")
    with page_desktop.expect_navigation():
        page_desktop.evaluate(
            """() => {
                const form = document.createElement("form");
                form.method = "post";
                form.action = "/idioma/";
                document.body.append(form);
                form.submit();
            }"""
        )
    expect(page_desktop.locator("h1")).to_have_count(1)
    expect(page_desktop.locator("[lang=en] h2")).to_have_text("The form expired")
    assert not checks.axe_violations(page_desktop)


def test_public_pages_set_no_cookie_and_read_no_session(site: Site, open_page: OpenPage):
    page = open_page(who="newcomer")
    for path in ("/", "/sobre/", "/sistema/componentes/"):
        answer = page.context.request.get(path)
        assert "set-cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("vary", "")


class TestTheChecksThemselves:
    """Each check finds a planted fault: a check that cannot fail checks nothing."""

    def test_axe_finds_an_unnamed_field_and_weak_contrast(self, page_desktop: Page, watch: Watch):
        page_desktop.goto("/sobre/")
        page_desktop.evaluate(
            """() => { const field = document.createElement("input"); document.querySelector("main").append(field);
            const text = document.createElement("p"); text.textContent = "fraco"; text.style.color = "#ccc";
            text.style.background = "#fff"; document.querySelector("main").append(text); }"""
        )
        found = "\n".join(checks.axe_violations(page_desktop))
        assert "label" in found
        assert "color-contrast" in found

    def test_a_wide_part_is_found(self, page_desktop: Page):
        page_desktop.goto("/sobre/")
        page_desktop.evaluate(
            """() => {
                const wide = document.createElement("div");
                wide.id = "wide";
                wide.style.width = "500px";
                wide.textContent = "larga";
                document.querySelector("main").append(wide);
            }"""
        )
        assert "wide" in checks.sideways_scroll(page_desktop)

    def test_a_lost_focus_ring_is_found(self, page_desktop: Page):
        page_desktop.goto("/sobre/")
        page_desktop.evaluate("() => { document.querySelector('.wordmark').style.outline = 'none'; }")
        with pytest.raises(AssertionError, match="no visible focus"):
            checks.keyboard_walk(page_desktop)

    def test_invalid_html_is_found(self, tmp_path: Path):
        if checks.checker_missing():
            pytest.skip(checks.checker_missing())
        errors = checks.html_errors({"broken": "<!doctype html><title>x</title><p><div></p>"}, tmp_path)
        assert any("broken" in error for error in errors)

    def test_a_request_to_another_host_and_an_inline_script_are_told(self, page_desktop: Page, watch: Watch):
        page_desktop.goto("/sobre/")
        page_desktop.evaluate(
            """() => {
                const script = document.createElement("script"), image = document.createElement("img");
                script.textContent = "1";
                image.src = "http://127.0.0.1:9/x.png";
                document.body.append(script, image);
            }"""
        )
        page_desktop.wait_for_timeout(300)
        told = "\n".join(watch.complaints)
        watch.complaints.clear()
        assert "Content Security Policy" in told
        assert "127.0.0.1:9" in told
