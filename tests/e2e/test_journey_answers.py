"""A member answers on a phone, the server goes away in the middle, the tab is closed: everything arrives, once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from .conftest import PHONE
from .place import Place, started
from .steps import ask, said_when_the_device_is_slow

WORLD = """
import json, django
django.setup()
from datetime import timedelta
from django.utils import timezone
from tests.e2e.people import _session
from tests.diagnose import factories as make
until = timezone.now() + timedelta(days=3)
of = make.a_round(version=make.an_instrument([3, 2]), answers_until=until, title="Rodada offline")
member = make.a_member(of)
session = _session(member.user)
print(json.dumps({"uid": str(of.uid), "session": session, "member": session, "coordinator": _session(of.opened_by)}))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Place]:
    with started(tmp_path_factory.mktemp("answers-var"), prepared, WORLD) as (place, _):
        yield place


@pytest.fixture
def running(place: Place) -> Place:
    if place.process is None:
        place.start()
    return place


def a_device(browser: Browser, place: Place) -> BrowserContext:
    context = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        base_url=place.site.address,
        has_touch=True,
        locale="pt-BR",
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": "sessionid", "value": place.session, "url": place.site.address}])
    return context


@pytest.fixture
def device(browser: Browser, running: Place) -> Iterator[BrowserContext]:
    context = a_device(browser, running)
    yield context
    context.close()


def kept(page: Page, place: Place) -> None:
    """Open the list and wait until the round is kept on the device."""
    page.goto(place.answering)
    expect(page.locator("#answers-device[data-kept]")).to_be_attached(timeout=30_000)


def choose(page: Page, criterion: int, level: int) -> None:
    """Choose a level of a criterion of the page, as a person does: by its number in the row, then its card."""
    number = page.locator("[data-jump]").nth(criterion)
    number.tap()
    expect(number).to_have_attribute("aria-current", "step")  # the address changes first, the page after it
    page.locator(f".answer-item.is-current input[type=radio][value='{level}']").first.check(force=True)


def state(page: Page) -> str:
    return page.locator(".answer-item.is-current [data-state]").get_attribute("data-now") or ""


def answers_of(place: Place) -> list[tuple[int, int | None, str]]:
    return ask(
        place.site,
        "SELECT i.position, a.level, a.comment FROM diagnose_answer a JOIN diagnose_rounditem i ON i.id = a.item_id"
        " ORDER BY i.position",
    )


@pytest.mark.timeout(400)  # the first: it also waits for the database to be made
def test_answers_given_without_a_server_survive_the_closed_tab_and_arrive_once(device: BrowserContext, running: Place):
    page = device.new_page()
    kept(page, running)
    page.goto(f"{running.answering}areas/1.1/")
    choose(page, 0, 3)
    expect(page.locator(".answer-item.is-current [data-state]")).to_have_attribute("data-now", "sent")
    running.stop()
    choose(page, 1, 2)
    page.locator(".answer-item.is-current textarea").fill("Sem sinal na escola.")
    expect(page.locator(".answer-item.is-current [data-state]")).to_have_attribute("data-now", "waiting")
    page.close()

    page = device.new_page()
    page.goto(f"{running.answering}areas/1.2/")  # never opened before: kept with the list
    choose(page, 0, 4)
    expect(page.locator(".answer-item.is-current [data-state]")).to_have_attribute("data-now", "waiting")
    page.goto(running.answering)
    expect(page.locator("[data-line].is-answered")).to_have_count(3)
    assert [row[:2] for row in answers_of(running)] == [(1, 3)]

    running.start()
    expect(page.locator("#answers-device[data-waiting='0']")).to_be_attached(timeout=90_000)
    assert [tuple(row) for row in answers_of(running)] == [(1, 3, ""), (2, 2, "Sem sinal na escola."), (4, 4, "")]
    page.goto(f"{running.answering}areas/1.1/#c-{ask(running.site, 'SELECT min(id) FROM diagnose_rounditem')[0][0]}")
    page.reload()
    ((rows, ids),) = ask(running.site, "SELECT count(*), count(DISTINCT id) FROM diagnose_submission")
    assert rows == ids
    ((applied,),) = ask(running.site, "SELECT count(*) FROM diagnose_submission WHERE outcome IN ('saved', 'merged')")
    assert applied == rows


def test_two_devices_that_change_the_same_answer_are_asked(browser: Browser, device: BrowserContext, running: Place):
    second = a_device(browser, running)
    one, two = device.new_page(), second.new_page()
    for page in (one, two):
        page.goto(f"{running.answering}areas/1.1/")
        page.locator("[data-jump]").nth(2).tap()
    choose(one, 2, 1)
    expect(one.locator(".answer-item.is-current [data-state]")).to_have_attribute("data-now", "sent")
    choose(two, 2, 4)
    question = two.locator(".answer-item.is-current .answers-conflict")
    expect(question).to_be_visible()
    assert answers_of(running)[2][1] == 1  # the first stays until the person chose
    question.locator("button").first.tap()  # keep mine
    expect(two.locator(".answer-item.is-current [data-state]")).to_have_attribute("data-now", "sent")
    expect(question).to_be_hidden()
    assert answers_of(running)[2][1] == 4
    second.close()


def test_two_tabs_of_one_device_show_each_other_and_do_not_overwrite(device: BrowserContext, running: Place):
    one, two = device.new_page(), device.new_page()
    for page in (one, two):
        page.goto(f"{running.answering}areas/1.2/")
        page.locator("[data-jump]").nth(1).tap()
    choose(one, 1, 2)
    expect(one.locator(".answer-item.is-current [data-state]")).to_have_attribute("data-now", "sent")
    expect(two.locator(".answer-item.is-current input[type=radio][value='2']")).to_be_checked()
    choose(two, 1, 3)
    expect(two.locator(".answer-item.is-current [data-state]")).to_have_attribute("data-now", "sent")
    expect(one.locator(".answer-item.is-current input[type=radio][value='3']")).to_be_checked()
    assert one.locator(".answers-conflict").count() == 0


def test_a_comment_is_not_called_kept_before_all_of_it_is(device: BrowserContext, running: Place):
    page = device.new_page()
    page.goto(f"{running.answering}areas/1.1/")
    page.locator("[data-jump]").nth(2).tap()
    item = ".answer-item.is-current"
    expect(page.locator(f"{item} textarea")).to_be_visible()
    said = said_when_the_device_is_slow(page, f"{item} textarea", f"{item} [data-state]", "Meia", "Meia frase.")
    assert said == "Ainda não salva"
    expect(page.locator(f"{item} [data-state]")).to_have_attribute("data-now", "sent")
    assert "Meia frase." in [comment for _place, _level, comment in answers_of(running)]


def test_what_is_chosen_before_the_script_is_ready_is_saved(device: BrowserContext, running: Place):
    page = device.new_page()
    held: list[Route] = []
    page.route("**/answers/store*.js", lambda route: held.append(route), times=1)
    page.goto(f"{running.answering}areas/1.2/", wait_until="commit")
    item = page.locator(".answer-item").nth(1)
    item.locator("input[type=radio][value='1']").first.check(force=True)
    item.locator("textarea").fill("Escrito antes.")
    assert held, "the script was not held back"
    for route in held:
        route.continue_()
    expect(item.locator("[data-state]")).to_have_attribute("data-now", "sent")
    assert tuple(answers_of(running)[-1]) == (5, 1, "Escrito antes.")


def test_a_restored_database_gets_back_what_the_device_had_sent(device: BrowserContext, running: Place):
    import shutil

    page = device.new_page()
    kept(page, running)
    running.stop()
    for end in ("", "-wal", "-shm", "-journal"):
        file = running.site.var / f"trama.sqlite3{end}"
        if file.exists():
            shutil.copy(file, running.site.var / f"backup.sqlite3{end}")
    running.start()
    page.goto(f"{running.answering}areas/1.1/")
    choose(page, 0, 2)
    expect(page.locator(".answer-item.is-current [data-state]")).to_have_attribute("data-now", "sent")
    running.stop()
    for end in ("", "-wal", "-shm", "-journal"):
        (running.site.var / f"trama.sqlite3{end}").unlink(missing_ok=True)
        if (running.site.var / f"backup.sqlite3{end}").exists():
            shutil.copy(running.site.var / f"backup.sqlite3{end}", running.site.var / f"trama.sqlite3{end}")
    running.start()
    assert answers_of(running)[0][1] == 3  # the backup knows nothing of the last answer
    page.goto(running.answering)
    expect(page.locator("#answers-device[data-kept]")).to_be_attached(timeout=30_000)
    expect(page.locator("#answers-device[data-waiting='0']")).to_be_attached(timeout=30_000)
    page.wait_for_timeout(500)
    assert answers_of(running)[0][1] == 2


def test_where_the_browser_keeps_nothing_it_is_said_before_typing(device: BrowserContext, running: Place):
    page = device.new_page()
    page.add_init_script("Object.defineProperty(window, 'indexedDB', {get() { throw new Error('refused'); }})")
    page.goto(f"{running.answering}areas/1.1/")
    expect(page.locator("[data-device-warning]")).to_be_visible()


def test_signing_out_says_what_was_not_sent_and_takes_everything_away(device: BrowserContext, running: Place):
    page, elsewhere = device.new_page(), device.new_page()
    kept(page, running)
    kept(elsewhere, running)  # a tab that was left open holds what is kept, too
    page.goto(f"{running.answering}areas/1.2/")
    page.route("**/salvar/**", lambda route: route.abort("connectionrefused"))
    choose(page, 0, 1)
    expect(page.locator(".answer-item.is-current [data-state]")).to_have_attribute("data-now", "waiting")
    page.goto("/conta/logout/")
    expect(page.locator("#answers-sign-out")).to_be_visible()
    button = page.locator("main form button[type=submit]").last
    button.tap()
    expect(page.locator("[data-sign-out-anyway]")).to_be_focused()  # not yet: it would be lost
    page.locator("[data-sign-out-anyway]").check()
    button.tap()
    expect(page).not_to_have_url(re.compile("logout"))
    expect(page.locator("main h1")).to_be_visible()
    left = page.evaluate(
        "async () => ({caches: await caches.keys(), bases: (await indexedDB.databases()).map((one) => one.name)})"
    )
    assert left == {"caches": [], "bases": []}
    elsewhere.close()
    running.stop()
    with pytest.raises(Exception, match=r"ERR_CONNECTION_(REFUSED|RESET)"):
        page.goto(running.answering)
