"""Packages in a browser: half way, resumed, completed; and a hostile one that gets nowhere."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from . import checks
from .conftest import DESKTOP, PHONE
from .place import Place, started
from .scorm_cases import CASES_12, CASES_2004, Case, wrong

SECRET = "segredo-do-site"
PEOPLE = """
import json
import config.wsgi
from tests.accounts.factories import a_person
from tests.e2e.people import _session
from tests.learn.packages import hostile, making
from tests.learn.packages.world import a_class_with

made = {}
PACKAGES = {
    "scorm12": (making.scorm_12(), {"rule": "score", "asked_percent": 80}),
    "scorm2004": (making.scorm_2004(), {"rule": "passed"}),
    "late": (making.scorm_12(), {"rule": "completed"}),
    "two": (making.two_items(), {"rule": "completed"}),
    "h5p": (making.h5p(), {"rule": "score", "asked_percent": 90}),
    "silent12": (making.scorm_12(**{"js/aula.js": ""}), {}),
    "silent2004": (making.scorm_2004(**{"js/aula.js": ""}), {}),
    "hostile": (hostile.package(), {"rule": "completed"}),
}
for name, (members, fields) in PACKAGES.items():
    room, package = a_class_with(members, **fields)
    made[name] = _session(room.learner)
    made[f"{name}_part"] = f"/aprender/{room.slug}/interativos/{package.slug}/"
print(json.dumps(made))
"""


@dataclass
class Learner:
    """A learner's own browser on the site."""

    page: Page
    part: str

    def open(self, button: str = "Abrir") -> Frame:
        """Open the package from the page of its part; the frame of its content."""
        self.page.goto(self.part)
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page).to_have_url(re.compile("/aprender/aberturas/"))
        return self.content()

    def content(self, part: str = "/p/") -> Frame:
        for _wait in range(100):
            for frame in self.page.frames:
                if part in frame.url:
                    return frame
            self.page.wait_for_timeout(100)
        raise AssertionError(f"no frame: {[one.url for one in self.page.frames]}")

    def saved(self) -> None:
        expect(self.page.locator("#package-saved")).to_have_text("Salvo")

    def leave(self) -> None:
        self.page.locator("#package-leave").click()
        expect(self.page).to_have_url(re.compile(f"{self.part}$"))


type Who = Callable[..., Learner]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[tuple[Place, dict[str, str]]]:
    with started(tmp_path_factory.mktemp("packages"), prepared, PEOPLE) as (place, made):
        yield place, made


@pytest.fixture
def who(place: tuple[Place, dict[str, str]], browser: Browser) -> Iterator[Who]:
    site, made = place
    contexts = []

    def who(name: str, size: dict[str, int] = DESKTOP) -> Learner:
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            base_url=site.site.address,
            locale="pt-BR",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "sessionid", "value": made[name], "url": site.site.address}])
        contexts.append(context)
        return Learner(context.new_page(), made[f"{name}_part"])

    yield who
    for context in contexts:
        context.close()


@pytest.mark.parametrize("kind", ["scorm12", "scorm2004"])
def test_a_package_is_left_half_way_resumed_and_completed(who: Who, kind: str):
    learner = who(kind, PHONE)
    content = learner.open()
    assert "packages.localhost" in content.url
    expect(content.locator("#page")).to_have_text("1")
    expect(content.locator("#entry")).to_have_text("ab-initio")
    content.locator("#next").click()
    learner.saved()
    learner.leave()
    expect(learner.page.locator("main")).to_contain_text("Iniciado e não concluído")

    content = learner.open("Continuar de onde você parou")
    expect(content.locator("#page")).to_have_text("2")
    expect(content.locator("#entry")).to_have_text("resume")
    expect(content.locator("#kept")).to_have_text("half way")
    content.locator("#finish").click()
    learner.saved()
    learner.leave()
    main = learner.page.locator("main")
    expect(main).to_contain_text("85%" if kind == "scorm12" else "Aprovado")
    learner.page.goto(learner.part.split("interativos")[0])
    expect(learner.page.locator("main")).to_contain_text("Você concluiu este curso")


def test_a_package_of_two_items_has_a_list_and_goes_on_with_the_next(who: Who):
    learner = who("two")
    content = learner.open()
    expect(learner.page.get_by_role("button", name="Segunda")).to_be_visible()
    content.locator("#finish").click()
    expect(learner.page.locator('[data-done="a"]')).to_be_visible()
    learner.page.get_by_role("button", name="Segunda").click()
    expect(learner.page.get_by_role("button", name="Segunda")).to_have_attribute("aria-current", "true")
    learner.page.wait_for_timeout(500)
    learner.content("item=b").locator("#finish").click()
    expect(learner.page.locator('[data-done="b"]')).to_be_visible()
    learner.leave()
    expect(learner.page.locator("main")).to_contain_text("Feito até o fim")


def test_h5p_tells_completion_and_score(who: Who):
    learner = who("h5p")
    learner.page.goto(learner.part)
    learner.page.get_by_role("button", name="Abrir", exact=True).click()
    player = learner.content("/r/h5p.html")
    player.frame_locator("iframe").locator("button.ok").click()
    learner.saved()
    learner.leave()
    expect(learner.page.locator("main")).to_contain_text("90%")


def test_without_a_line_what_was_done_waits_and_is_sent_later(who: Who):
    learner = who("scorm12")
    learner.page.goto(learner.part)
    learner.page.locator("form button.button").first.click()
    content = learner.content()
    learner.page.context.route("**/estado/", lambda route: route.abort())
    content.locator("#next").click()
    expect(learner.page.locator("#package-saved")).to_contain_text("aguardando a conexão")
    learner.page.context.unroute("**/estado/")
    learner.saved()


def test_what_waited_when_the_tab_closed_is_sent_at_the_next_opening(who: Who):
    learner = who("two")
    learner.page.goto(learner.part)
    learner.page.get_by_role("button", name="Começar de novo").click()
    content = learner.content()
    learner.page.context.route("**/estado/", lambda route: route.abort())
    content.locator("#next").click()
    expect(learner.page.locator("#package-saved")).to_contain_text("aguardando a conexão")
    learner.page.close()
    learner.page.context.unroute("**/estado/")
    again = Learner(learner.page.context.new_page(), learner.part)
    again.page.goto(again.part)
    again.page.get_by_role("button", name="Continuar de onde você parou").click()
    content = again.content()
    expect(content.locator("#page")).to_have_text("2")


def test_a_package_begins_though_the_page_is_ready_late(who: Who):
    learner = who("late")
    held = []
    learner.page.route(
        "**/learn/package*.js", lambda route: held.append(route)
    )  # on a weak connection it may come after the frame
    learner.page.goto(learner.part)
    with learner.page.expect_response(re.compile(r"/r/vendor/|/r/bridge\.js")):
        learner.page.get_by_role("button", name="Abrir", exact=True).click()
    learner.page.wait_for_timeout(700)
    assert [urlsplit(route.request.url).path for route in held] != []
    assert not [frame for frame in learner.page.frames if "/p/" in frame.url]
    for route in held:
        route.continue_()
    expect(learner.content().locator("#page")).to_have_text("1")


@pytest.mark.parametrize(
    ("kind", "name", "error", "cases"),
    [
        ("silent12", "API", "LMSGetLastError", CASES_12),
        ("silent2004", "API_1484_11", "GetLastError", CASES_2004),
    ],
)
def test_the_run_time_answers_as_the_standard_asks(who: Who, kind: str, name: str, error: str, cases: list[Case]):
    learner = who(kind)
    content = learner.open()
    assert "\n".join(wrong(content, name, error, cases)) == ""
    learner.saved()


def attempts_of(frame: Frame) -> dict[str, str]:
    """What the hostile page wrote about each of its attempts, once all are over."""
    expect(frame.locator("#over")).to_have_text("over", timeout=20_000)
    found: dict[str, str] = json.loads(frame.locator("#results").text_content() or "{}")
    return found


REACHED = {"cookies", "parent", "storage", "api", "popup", "worker", "form", "image"}


def _traps(page: Page) -> dict[str, list[str]]:
    seen: dict[str, list[str]] = {"popup": [], "download": [], "left": [], "stopped": []}
    page.context.on("page", lambda other: seen["popup"].append(other.url))
    page.on("download", lambda download: seen["download"].append(download.suggested_filename))
    page.on("request", lambda request: seen["left"].append(request.url))
    page.on("requestfailed", lambda request: request.failure == "csp" and seen["stopped"].append(request.url))
    return seen


def test_a_hostile_package_reaches_nothing(who: Who, place: tuple[Place, dict[str, str]]):
    learner = who("hostile")
    site = place[0].site.address
    learner.page.context.add_cookies([{"name": "espiao", "value": SECRET, "url": site}])
    learner.page.goto("/cursos/")
    learner.page.evaluate(f"localStorage.setItem('espiao', '{SECRET}')")
    seen = _traps(learner.page)
    content = learner.open()
    address = learner.page.url
    results = attempts_of(content)
    assert set(results) >= REACHED
    assert {name: told for name, told in results.items() if told != "blocked"} == {}
    learner.page.wait_for_timeout(1000)
    assert learner.page.url == address, "the page of the site was not taken elsewhere"
    assert (seen["popup"], seen["download"]) == ([], [])
    stolen = [one for one in seen["left"] if "roubo" in one]
    assert sorted(stolen) == sorted(seen["stopped"]), "every request to another place was stopped in the browser"
    cookies = learner.page.context.cookies()
    assert not [one for one in cookies if "packages" not in one["domain"] and one["name"] == "plantado"]
    # And what packages are for still works: it told its completion by the bridge.
    learner.saved()
    expect(learner.page.locator("#package-told")).to_contain_text("Feito até o fim")


def test_the_same_page_without_our_rules_reaches_it_all(who: Who, place: tuple[Place, dict[str, str]]):
    """The negative control: on the site's own origin, without sandbox and policy, the attempts succeed."""
    from tests.learn.packages import hostile

    learner = who("hostile")
    site = place[0].site.address
    context = learner.page.context
    context.add_cookies([{"name": "espiao", "value": SECRET, "url": site}])
    html = {"content_type": "text/html", "status": 200}
    outer = "<!doctype html><title>x</title><iframe src='/controle/quadro.html'></iframe>"
    context.route("**/controle/", lambda route: route.fulfill(body=outer, **html))
    page = hostile.PAGE.replace('<script src="hostil.js"></script>', f"<script>{hostile.SCRIPT}</script>")
    context.route("**/controle/quadro.html", lambda route: route.fulfill(body=page, **html))
    worker = {"content_type": "text/javascript", "status": 200}
    context.route("**/controle/sw.js", lambda route: route.fulfill(body="", **worker))
    learner.page.goto("/cursos/")
    learner.page.evaluate(f"localStorage.setItem('espiao', '{SECRET}')")
    seen = _traps(learner.page)
    learner.page.goto("/controle/")
    results = attempts_of(learner.content("/controle/quadro.html"))
    reached = {name for name, told in results.items() if told != "blocked"}
    assert reached >= {"cookies", "parent", "storage", "api", "popup", "worker"}
    learner.page.wait_for_timeout(500)
    assert seen["popup"] or seen["download"]


def test_the_page_of_a_package_is_accessible_and_fits_a_phone(who: Who):
    learner = who("two", PHONE)
    learner.page.goto(learner.part)
    assert checks.axe_violations(learner.page) == []
    learner.page.locator("form button.button").first.click()
    learner.content()
    assert checks.axe_violations(learner.page) == []
    assert checks.sideways_scroll(learner.page) == ""
