"""A call, from the first draft to the citizen who asks about one network, and to the next version of its rule.

What each network's answer should be is worked out here from the figures themselves, and held against every page.
"""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, OpenPage
from .people import ORGANISER, ORGANISER_SECRET
from .server import Site
from .steps import ask, csv_rows, number_in, one_time_code, rows_of, same_number, sign_in

SLUG = "edital-da-jornada"
TEAM = f"/en/equipe/editais/{SLUG}/"
MOST_RESIDENTS = 30_000
MET, NOT_MET, UNKNOWN = 1, 0, 2

type Figures = dict[int, tuple[float | None, float | None]]
"""Residents and Ideb of the early years, by municipality."""


def figures_of(site: Site) -> tuple[Figures, int, int]:
    """The figures of every municipal network, and the years they are of."""
    kinds = {"population": ("total", ""), "ideb": ("municipal", "AI")}
    columns: list[dict[int, float | None]] = []
    years: list[int] = []
    for indicator, (dependency, stage) in kinds.items():
        found = ask(
            site,
            "SELECT o.place_id, o.year, o.value FROM know_observation o JOIN know_release r ON r.id = o.release_id"
            " WHERE o.indicator_id = ? AND o.dependency = ? AND o.stage = ? AND o.grade = 0 AND o.location = ''"
            " AND r.state = 'published' ORDER BY r.vintage, r.id",
            indicator,
            dependency,
            stage,
        )
        counted = [year for place, year, value in found if value is not None and place > 999_999]
        year = max(set(counted), key=lambda one: (counted.count(one), one))
        columns.append({place: value for place, of, value in found if of == year})
        years.append(year)
    towns = ask(site, "SELECT place_id FROM know_teachingnetwork WHERE dependency = 'municipal'")
    people, ideb = columns
    return {town: (people.get(town), ideb.get(town)) for (town,) in towns}, years[0], years[1]


def answer(figures: tuple[float | None, float | None], below: float, *, both: bool = True) -> int:
    """Few residents and (or) an Ideb below the number. What is missing leaves open what it could decide."""
    people, ideb = figures
    truths = [
        UNKNOWN if people is None else int(people <= MOST_RESIDENTS),
        UNKNOWN if ideb is None else int(ideb < below),
    ]
    decisive = NOT_MET if both else MET
    if decisive in truths:
        return decisive
    return UNKNOWN if UNKNOWN in truths else 1 - decisive


def count(figures: Figures, below: float, *, both: bool = True) -> dict[int, int]:
    """How many networks there are of each answer."""
    answers = [answer(one, below, both=both) for one in figures.values()]
    return {truth: answers.count(truth) for truth in (MET, NOT_MET, UNKNOWN)}


def assert_counts(page: Page, expected: dict[int, int]) -> None:
    """The three counts of a preview, and their sum."""
    shown = {}
    for truth, label in ((MET, "Eligible"), (NOT_MET, "Not eligible"), (UNKNOWN, "Not known")):
        card = page.locator("section[aria-label=Counts] .figure-card").filter(
            has=page.get_by_text(label, exact=True)
        )  # fmt: skip
        shown[truth] = number_in(card.locator(".figure-value").inner_text(), comma=False)
    assert shown == expected
    said = page.locator("section[aria-label=Counts] .small").inner_text()
    assert number_in(said, comma=False) == sum(expected.values())


def add_condition(page: Page, indicator: str, dependency: str, stage: str, year: int, operator: str, number: str):
    """Fill in the form of one condition, and save it."""
    page.get_by_role("link", name="Condition", exact=True).first.click()
    page.select_option("#id_indicator", indicator)
    page.select_option("#id_dependency", dependency)
    page.select_option("#id_stage", stage)
    page.fill("#id_year", str(year))
    page.select_option("#id_operator", operator)
    page.fill("#id_threshold", number)
    page.get_by_role("button", name="Save the condition").click()
    expect(page.locator("main")).to_contain_text("The condition was saved.")


def test_a_call_is_written_tried_published_asked_about_and_changed(site: Site, open_page: OpenPage):
    if "municipality" not in site.facts:
        pytest.skip("the database holds no municipality with figures")
    figures, people_year, ideb_year = figures_of(site)
    known = sorted(ideb for _people, ideb in figures.values() if ideb is not None)
    first, second = known[len(known) // 2], known[len(known) // 4] - 0.1
    assert count(figures, first)[MET] > count(figures, second)[MET]  # or nothing would change below
    page = open_page(DESKTOP, language="en")
    sign_in(page, ORGANISER, code=one_time_code(ORGANISER_SECRET))

    closes = write_the_call(page)
    write_the_rule(page, people_year, ideb_year, first)
    try_it(page, figures, first)
    publish(page, site, open_page, closes)
    ask_about_one_network(site, open_page, figures, first)
    change_the_rule(page, site, figures, first, second)


def write_the_call(page: Page) -> datetime:
    """The texts in both languages and the dates in the time of Manaus, in the form of a new call."""
    closes = datetime.now().replace(hour=23, minute=59, second=0, microsecond=0) + timedelta(days=10)
    page.goto("/en/equipe/editais/")
    page.get_by_role("link", name="New call").click()
    for name, text in {
        "title_pt": "Edital da jornada", "title_en": "Call of the journey",
        "summary_pt": "Para redes pequenas.", "summary_en": "For small networks.",
        "text_pt": "Texto do edital.", "text_en": "Text of the call.",
        "opens_at": (closes - timedelta(days=12)).strftime("%Y-%m-%dT08:00"),
        "closes_at": closes.strftime("%Y-%m-%dT%H:%M"),
        "slug": SLUG,
    }.items():  # fmt: skip
        page.fill(f"#id_{name}", text)
    page.select_option("#id_time_zone", "America/Manaus")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("Call of the journey")
    expect(page.locator("main")).to_contain_text("Draft")
    expect(page.locator(".dates")).to_contain_text("23:59 (Amazonas time)")
    return closes


def write_the_rule(page: Page, people_year: int, ideb_year: int, below: float) -> None:
    """A category with two conditions, both of which must be met."""
    page.get_by_role("link", name="Add a category").click()
    page.fill("#id_name_pt", "Municipal")
    page.fill("#id_name_en", "Municipal")
    page.fill("#id_slug", "municipal")
    page.locator("input[name=admission][value=rule]").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Write the rule").click()
    add_condition(page, "population", "total", "", people_year, "le", f"{MOST_RESIDENTS:,}")
    add_condition(page, "ideb", "municipal", "AI", ideb_year, "lt", str(round(below, 1)))
    expect(page.locator(".rule")).to_contain_text("at most 30,000")


def try_it(page: Page, figures: Figures, below: float) -> None:
    """The preview: counts for both conditions and for either, the map, the filtered list, the file."""
    page.get_by_role("link", name="See whom it admits").click()
    both = count(figures, below)
    assert_counts(page, both)
    page.go_back()
    page.select_option("#combine-root", "any")
    page.locator(".builder-line").first.get_by_role("button", name="Change").click()
    page.get_by_role("link", name="See whom it admits").click()
    assert_counts(page, count(figures, below, both=False))
    page.go_back()
    page.select_option("#combine-root", "all")
    page.locator(".builder-line").first.get_by_role("button", name="Change").click()
    page.get_by_role("link", name="See whom it admits").click()
    assert_counts(page, both)
    expect(page.locator(".country-map .legend")).to_contain_text("eligible")
    page.locator(".country-map summary").click()
    told = page.locator(".map-list").inner_text()
    for truth, word in ((MET, "eligible"), (NOT_MET, "not eligible"), (UNKNOWN, "unknown")):
        assert sum(int(number) for number in re.findall(rf"(\d+) {word}\b", told)) == both[truth], word

    page.select_option("#id_resposta", "1")
    page.get_by_role("button", name="Filter").click()
    rows = rows_of(page.locator("table", has=page.locator("#rows-caption")))
    assert len(rows) == min(50, both[MET])
    assert {row[2] for row in rows} == {"eligible"}
    assert number_in(page.locator("#rows-caption").inner_text(), comma=False) == both[MET]
    assert exported(page) == both[MET]
    page.select_option("#id_resposta", "")
    page.get_by_role("button", name="Filter").click()
    assert exported(page) == len(figures)


def exported(page: Page) -> int:
    """How many networks the CSV of a preview holds."""
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    return len(csv_rows(started.value.path().read_bytes())) - 1


def publish(page: Page, site: Site, open_page: OpenPage, closes: datetime) -> None:
    """Nobody else sees the draft; after the question, everyone sees the call."""
    citizen = open_page(PHONE)
    assert citizen.request.get(f"/editais/{SLUG}/").status == 404
    page.goto(TEAM)
    page.get_by_role("link", name="Publish…").click()
    expect(page.locator("h1")).to_have_text("Publish “Call of the journey”?")
    page.get_by_role("button", name="Publish the call").click()
    expect(page.locator("main")).to_contain_text("The call is public.")
    citizen.goto("/editais/")
    citizen.get_by_role("link", name="Edital da jornada").tap()
    expect(citizen.locator("h1")).to_have_text("Edital da jornada")
    expect(citizen.locator("main")).to_contain_text("no máximo 30.000")
    expect(citizen.locator(".dates")).to_contain_text(f"{closes.day} de ")
    expect(citizen.locator(".dates")).to_contain_text("23:59 (horário do Amazonas)")


def ask_about_one_network(site: Site, open_page: OpenPage, figures: Figures, below: float) -> None:
    """A citizen reads the answer for one network of each kind: verdict, figures found, source and vintage."""
    words = {MET: "Elegível", NOT_MET: "Não elegível", UNKNOWN: "Ainda não se sabe"}
    page = open_page(PHONE)
    for truth, word in words.items():
        towns = [town for town, found in figures.items() if answer(found, below) == truth]
        if not towns:
            continue
        town = towns[0]
        [(name,)] = ask(site, "SELECT name FROM know_place WHERE code = ?", town)
        page.goto(f"/editais/{SLUG}/")
        page.locator("#q").tap()
        page.keyboard.type(name, delay=10)
        page.get_by_role("option").filter(has_text=re.compile(rf"de {re.escape(name)}\s*(\(|rede)")).first.tap()
        page.get_by_role("button", name="Ver a resposta").tap()
        expect(page).to_have_url(re.compile(rf"/editais/{SLUG}/redes/{town}3/$"))
        expect(page.locator(".verdict-word")).to_have_text(re.compile(rf"^\s*{word}\s*$"))
        people, ideb = figures[town]
        for condition, value in (("População residente", people), ("Ideb", ideb)):
            finding = page.locator("li.finding").filter(has_text=condition).last
            if value is None:
                expect(finding).to_contain_text("não se sabe")
            else:
                assert same_number(finding.locator("dd").first.inner_text(), value)
                expect(finding.locator(".source").first).to_contain_text(re.compile(r"Fonte: .+ \(publicação de .+\)"))


def change_the_rule(page: Page, site: Site, figures: Figures, first: float, second: float) -> None:
    """A second version asks for a lower Ideb: the comparison names who leaves, and nobody enters."""
    page.goto(TEAM)
    page.get_by_role("button", name="New version").click()
    page.get_by_role("link", name=re.compile(r"Change\s*: Ideb")).click()
    page.fill("#id_threshold", str(round(second, 1)))
    page.get_by_role("button", name="Save the condition").click()
    expect(page.locator("main")).to_contain_text("The condition was saved.")
    page.goto(TEAM)
    page.get_by_role("link", name="Compare versions").click()
    expect(page.locator("h1")).to_have_text("From version 1 to version 2")
    leaving = [town for town, found in figures.items() if answer(found, first) == MET != answer(found, second)]
    names = {name for town in leaving for (name,) in ask(site, "SELECT name FROM know_place WHERE code = ?", town)}
    cards = page.locator("section[aria-label=Counts] .figure-card")
    expect(cards.filter(has_text="Become eligible").locator(".figure-value")).to_have_text("0")
    left = cards.filter(has_text="Are no longer eligible").locator(".figure-value").inner_text()
    assert number_in(left, comma=False) == len(leaving) > 0
    listed = page.locator("section", has=page.get_by_role("heading", name="Are no longer eligible")).locator("li")
    shown = {re.sub(r"\s+[A-Z]{2}$", "", text.strip()) for text in listed.all_inner_texts()}
    assert shown <= names
    assert len(shown) == min(len(names), 200)
    page.goto(f"{TEAM}categorias/municipal/regra/")
    page.get_by_role("link", name="Publish this version…").click()
    page.get_by_role("button", name="Publish the version").click()
    expect(page.locator("main")).to_contain_text("Version 2 is in force.")
    page.goto(f"/en/editais/{SLUG}/redes/{leaving[0]}3/")
    expect(page.locator(".verdict-word")).to_have_text(re.compile(r"^\s*Not eligible\s*$"))
    expect(page.locator("main")).to_contain_text("By version 2 of the rule.")
