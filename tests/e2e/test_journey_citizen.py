"""A citizen's way through the public site: by touch on a phone, by the keyboard alone, through a territory."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, OpenPage
from .server import Site
from .steps import (
    MISSING,
    alphabetical,
    ask,
    csv_rows,
    focus,
    heads_of,
    mistyped,
    number_in,
    rows_of,
    same_number,
    tab_to,
)


@pytest.fixture
def town(site: Site) -> tuple[int, str]:
    """Code and name of a municipality with many figures."""
    if "municipality" not in site.facts:
        pytest.skip("the database holds no municipality with figures")
    [(code, name)] = ask(site, "SELECT code, name FROM know_place WHERE code = ?", site.facts["municipality"])
    return code, name


def ideb_of(page: Page, code: int, stage: str = "AI") -> dict[int, float | None]:
    """Ideb of the municipal network by edition, as the JSON download says."""
    figures = page.request.get(f"/panorama/{code}/dados.json").json()["figures"]
    return {
        one["year"]: one["value"]
        for one in figures
        if (one["indicator"], one["dependency"], one["stage"]) == ("ideb", "municipal", stage)
    }


def test_by_touch_from_a_mistyped_name_to_the_file_of_a_comparison(page_phone: Page, site: Site, town: tuple[int, str]):
    page, (code, name) = page_phone, town
    page.goto("/")
    page.locator("#home-q").tap()
    page.keyboard.type(mistyped(name), delay=15)
    option = page.get_by_role("option").filter(has_text=name).first
    expect(option).to_be_visible()
    option.tap()
    expect(page).to_have_url(re.compile(rf"/panorama/{code}/$"))
    expect(page.locator("h1")).to_contain_text(name)

    told = ideb_of(page, code)
    assert told
    chart = page.locator("#ideb-ai")
    table = chart.locator("figure table")
    expect(table).to_be_hidden()
    chart.get_by_text("Mostrar como tabela").tap()
    expect(table).to_be_visible()
    column = heads_of(table).index(f"{name}, rede municipal")
    shown = {int(row[0]): row[column] for row in rows_of(table)}
    for year, value in told.items():
        assert same_number(shown.get(year, MISSING), value), (year, value, shown)
    [(state,)] = ask(site, "SELECT name FROM know_place WHERE code = ?", code // 100_000)
    as_public = f"{state}, redes públicas" in heads_of(table)
    expect(chart.get_by_text("a linha do estado mostra as suas redes públicas")).to_have_count(int(as_public))
    last = max(year for year, value in told.items() if value is not None)
    card = page.locator(".key-figures li").filter(has_text="Ideb, anos iniciais")
    assert same_number(card.locator(".figure-value").inner_text(), told[last])
    expect(card.locator(".source")).to_contain_text(str(last))

    source = chart.locator(":scope > details").filter(has_text="Definição e fonte")
    source.locator("summary").tap()
    definition = source.locator("dd").first.inner_text()
    source.get_by_role("link", name="Ideb", exact=True).tap()
    expect(page.locator("h1")).to_contain_text("Ideb")
    expect(page.locator("main")).to_contain_text(definition)
    page.go_back()

    similar = page.locator(f"#similar tbody th a:not([href*='/{code}'])").first  # the first row is its own
    neighbour = similar.inner_text().split("(")[0].strip()
    similar.tap()
    expect(page.locator("h1")).to_contain_text(neighbour)
    page.go_back()
    page.locator("#download").get_by_role("link", name="Comparar com outras redes").tap()
    expect(page).to_have_url(re.compile(rf"/comparar/\?lugar={code}$"))
    page.locator("#nome").tap()
    page.keyboard.type(mistyped(neighbour), delay=15)
    page.get_by_role("option").filter(has_text=neighbour).first.tap()
    expect(page.locator("#nome")).to_have_value(neighbour)
    page.get_by_role("button", name="Adicionar").tap()
    expect(page.locator(".compare-chosen li")).to_have_count(2)
    places = [int(place) for place in parse_qs(urlsplit(page.url).query)["lugar"]]
    assert places[0] == code
    with page.expect_download() as started:
        page.locator("#download").get_by_role("link", name="CSV").tap()
    assert started.value.suggested_filename.endswith(".csv")
    assert_the_file_holds_the_screen(page, csv_rows(started.value.path().read_bytes()), places)


def assert_the_file_holds_the_screen(page: Page, lines: list[list[str]], places: list[int]) -> None:
    """Every figure of the tables of a comparison is in its file: same place, indicator and year, same number."""
    head, *rest = lines
    place, indicator, year, value = (
        head.index(name) for name in ("código do lugar", "indicador", "ano", "valor")
    )  # fmt: skip
    values: dict[tuple[int, str, int], list[float | None]] = {}
    for line in rest:
        number = number_in(line[value]) if line[value] else None
        values.setdefault((int(line[place]), line[indicator], int(line[year])), []).append(number)
    compared = 0
    for table in page.locator("table.compare-table").all():
        codes = table.locator("tbody th a").evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")
        for address, row in zip(codes, rows_of(table), strict=True):
            code, edition = address.strip("/").split("/")[-1], int(row[0].split()[-1])
            for position, number in enumerate(places, start=1):
                if number_in(row[position]) is None:
                    continue
                known = values.get((number, code, edition), [])
                assert any(same_number(row[position], one) for one in known), (row, number, code, known)
                compared += 1
    assert compared >= 10


def test_by_the_keyboard_alone_in_english(open_page: OpenPage, town: tuple[int, str]):
    page, (code, name) = open_page(DESKTOP, language="en"), town
    page.goto("/en/")
    page.keyboard.press("Tab")
    assert focus(page) | {"tag": "a", "href": "#content", "ring": True} == focus(page)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    field = page.locator("#home-q")
    tab_to(page, field)
    page.keyboard.type(name, delay=10)
    expect(page.get_by_role("option").first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("option").first).to_be_hidden()
    expect(field).to_have_value(name)
    page.keyboard.press("ArrowDown")  # opens again
    expect(page.get_by_role("option").first).to_be_visible()
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/en/panorama/{code}/$"))
    expect(page.locator("h1")).to_contain_text(name)

    told = ideb_of(page, code)
    tabs = page.get_by_role("navigation", name="Administrative dependency")
    other = tabs.locator("a:not([aria-current])").first
    label, query = other.inner_text(), other.get_attribute("href") or ""
    tab_to(page, other)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/en/panorama/{code}/{re.escape(query)}$"))
    expect(tabs.locator("[aria-current=page]")).to_have_text(label)
    page.go_back()
    expect(tabs.locator("[aria-current=page]")).to_have_text("Municipal network")
    chart = page.locator("#ideb-ai")
    tab_to(page, chart.locator("figure summary"), most=150)
    page.keyboard.press("Enter")
    table = chart.locator("figure table")
    expect(table).to_be_visible()
    column = heads_of(table).index(f"{name}, municipal network")
    shown = {int(row[0]): row[column] for row in rows_of(table)}
    for year, value in told.items():
        assert same_number(shown.get(year, MISSING), value, comma=False), (year, value, shown)

    page.goto("/en/sobre/")
    menu = page.get_by_role("navigation", name="Main")
    tab_to(page, menu.get_by_role("link", name="Territories"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Territories")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/en/sobre/$"))


def test_a_territory_on_two_days_lists_who_belonged_in_alphabetical_order(page_desktop: Page, site: Site):
    if "group" not in site.facts:
        pytest.skip("the database holds no group")
    [(slug, name)] = ask(site, "SELECT slug, name FROM know_networkgroup WHERE slug = ?", site.facts["group"])
    page = page_desktop
    page.goto("/territorios/")
    page.get_by_role("link", name=name).click()
    expect(page.locator("h1")).to_have_text(name)
    today = page.locator("input[name=data]").input_value()
    assert_members(page, site, slug, today)
    ended = ask(
        site,
        'SELECT date("end", "-1 day") FROM know_groupmembership m JOIN know_networkgroup g ON g.id = m.group_id'
        ' WHERE g.slug = ? AND "end" IS NOT NULL ORDER BY "end"',
        slug,
    )
    if not ended:
        pytest.skip("nobody has left this group")
    before = ended[0][0]
    page.fill("input[name=data]", before)
    page.get_by_role("button", name="Mostrar").click()
    expect(page).to_have_url(re.compile(rf"/territorios/{slug}/\?data={before}$"))
    assert_members(page, site, slug, before)
    page.get_by_role("link", name="Hoje", exact=True).click()
    expect(page.locator("input[name=data]")).to_have_value(today)


def assert_members(page: Page, site: Site, slug: str, day: str) -> None:
    """The page lists whoever belonged on the day, says how many, and puts nobody before another but by name."""
    named = ask(
        site,
        "SELECT p.name FROM know_groupmembership m JOIN know_networkgroup g ON g.id = m.group_id"
        " JOIN know_teachingnetwork n ON n.id = m.network_id JOIN know_place p ON p.code = n.place_id"
        ' WHERE g.slug = ? AND (start IS NULL OR start <= ?) AND ("end" IS NULL OR "end" > ?)',
        slug,
        day,
        day,
    )
    belonged = {name for (name,) in named}
    shown = page.locator("#members tbody th a").all_inner_texts()
    assert set(shown) == belonged
    assert shown == alphabetical(shown)
    expect(page.locator(".facts")).to_contain_text(f"{len(belonged)} integrante")


def test_the_dark_theme_and_the_query_survive_pages_and_languages(open_page: OpenPage, town: tuple[int, str]):
    page, (code, name) = open_page(PHONE), town
    page.goto(f"/panorama/{code}/?rede=publica")
    light = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    page.locator("[data-theme-button]").tap()
    dark = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.locator("header a[hreflang=en]").tap()
    expect(page).to_have_url(re.compile(rf"/en/panorama/{code}/\?rede=publica$"))
    expect(page.locator(".tabs [aria-current=page]")).to_have_text("Public networks")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == dark
    page.goto(f"/en/buscar/?q={name}")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("header a[hreflang=pt-br]").tap()
    expect(page.locator("#search-page-field")).to_have_value(name)
    assert parse_qs(urlsplit(page.url).query) == {"q": [name]}
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == dark
    page.locator("[data-theme-button]").tap()
    page.goto("/")
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == light
