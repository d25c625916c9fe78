"""The same way as ``test_journey_cycle``, in English and with the keyboard alone: no pointer touches the site.

Addresses are typed, as in the browser's own address bar; everything else is Tab, arrows, Space, Enter and letters.
Each stop must show where the focus is.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import DESKTOP
from .place import SECRETARIAT, Open, Place, devices, started
from .steps import ask
from .test_journey_cycle import AREAS, address_of_the_round

MOST_STOPS = 400
# What has the focus; fields of dates and times mark the part that has it by themselves.
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const ring = (s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
    const card = one.closest("label, .search-field") || one;
    const labels = [...(one.labels || [])].map((label) => label.innerText).join(" ");
    return {
        name: [one.getAttribute("aria-label"), labels, one.innerText].filter(Boolean).join(" ").trim(),
        id: one.id, field: one.name || "", kind: (one.type || one.tagName).toLowerCase(), value: one.value || "",
        shown: /^(date|time|datetime-local|month|week)$/.test(one.type || "") || ring(style)
            || [card, ...card.children].some((part) => ring(getComputedStyle(part))),
        size: box.width * box.height,
    };
}"""


class Hands:
    """A person at a keyboard, on one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def type_address(self, address: str) -> None:
        self.page.goto(f"/en{address}")

    def reach(self, *, name: str = "", field: str = "", kind: str = "") -> None:
        """Press Tab until the focus is on what is named so; fails at a stop that does not show its focus."""
        passed = []
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            now = self.page.evaluate(FOCUSED)
            if now is None:
                continue  # the browser's own bar, between the end of the page and its beginning
            assert now["shown"] or not now["size"], f"no visible focus: {now}"
            passed.append(now["name"][:40])
            is_it = now["name"].startswith(name) if name else True
            if is_it and field in (now["field"], "") and kind in (now["kind"], ""):
                return
        raise AssertionError(f"the keyboard does not reach {name or field!r} on {self.page.url}; last: {passed[-12:]}")

    def press(self, name: str, *, kind: str = "") -> None:
        """Go to a link or button, and Enter."""
        self.reach(name=name, kind=kind)
        before = self.page.evaluate("() => performance.timeOrigin")
        self.page.keyboard.press("Enter")
        self.page.wait_for_function("(before) => performance.timeOrigin !== before", arg=before)
        self.page.wait_for_load_state()

    def choose(self, steps_down: int, *, field: str) -> None:
        """Go into a group of radio buttons and take the one so many below the first."""
        self.reach(field=field, kind="radio")
        self.page.keyboard.press("Space")
        for _ in range(steps_down):
            self.page.keyboard.press("ArrowDown")

    def write(self, text: str, *, field: str) -> None:
        self.reach(field=field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Place]:
    with started(tmp_path_factory.mktemp("keyboard-var"), prepared, SECRETARIAT) as (place, _):
        yield place


@pytest.fixture
def open_as(browser: Browser, place: Place) -> Iterator[Open]:
    with devices(browser, place) as open_as:
        yield open_as


def _open_round(hands: Hands, place: Place) -> str:
    hands.type_address("/autodiagnostico/rodadas/abrir/")
    hands.reach(name="Full:", kind="radio")
    hands.page.keyboard.press("ArrowDown")
    expect(hands.page.get_by_label("Short:", exact=False)).to_be_checked()
    hands.press("Open and choose who answers")
    return address_of_the_round(place)


def _answer(hands: Hands, of: str) -> int:
    """Each area's criteria one after the other; every answer is told to be saved. Gives how many."""
    given = 0
    for area in AREAS:
        hands.type_address(f"{of}responder/areas/{area}/")
        items = hands.page.locator(".answer-item")
        expect(items.first).to_be_attached()
        for n in range(items.count()):
            if items.count() > 1:
                jump = hands.page.locator("[data-jump]").nth(n)
                hands.reach(name=str(jump.get_attribute("aria-label") or jump.inner_text()).strip())
                hands.page.keyboard.press("Enter")
            hands.choose(given % 3, field=f"level-{items.nth(n).get_attribute('data-item')}")
            expect(items.nth(n).locator("[data-state]")).to_have_attribute("data-now", "sent")
            given += 1
    hands.type_address(f"{of}minha-parte/concluir/")
    hands.press("I have finished", kind="submit")
    assert "/recibos/AD-" in hands.page.url
    return given


def _agree(hands: Hands, of: str, count: int) -> None:
    hands.type_address(f"{of}iniciar-acordo/")
    hands.press("Start the agreement", kind="submit")
    for n in range(count):
        hands.type_address(f"{of}acordo/{n + 1}/")
        item = hands.page.locator("[data-item]").first.get_attribute("data-item")
        hands.choose(n % 3, field=f"level-{item}")
        hands.write("We talked and agreed.", field=f"text-{item}")
        hands.reach(name="Record what we agree")
        hands.page.keyboard.press("Enter")
        expect(hands.page.locator("[data-state]").first).to_have_attribute("data-now", "sent")
    hands.type_address(f"{of}enviar/")
    hands.press("Submit the round", kind="submit")


def _submit(page: Page, *, last: bool = False) -> str:
    """The words on the button that sends the page's form."""
    buttons = page.locator("main form button[type=submit]")
    return (buttons.last if last else buttons.first).inner_text().strip()


@pytest.mark.timeout(900)
def test_the_keyboard_alone_leads_from_the_first_question_to_the_week(open_as: Open, place: Place):
    page = open_as("director", DESKTOP, "en-GB")
    hands = Hands(page)
    of = _open_round(hands, place)
    count = _answer(hands, of)
    assert ask(place.site, "SELECT count(*) FROM diagnose_answer WHERE level IS NOT NULL") == [(count,)]
    _agree(hands, of, count)
    assert ask(place.site, "SELECT state FROM diagnose_round") == [("submitted",)]

    for part in ("gravidade", "urgencia", "tendencia"):
        hands.type_address(f"{of}prioridades/notas/?parte={part}")
        for n, item in enumerate(page.locator("fieldset[data-item]").all()[:10]):
            hands.choose(n % 4, field=str(item.locator("input[type=radio]").first.get_attribute("name")))
            expect(item.locator(".priorities-status")).to_have_attribute("data-state", "saved")
    hands.type_address(f"{of}prioridades/decidir/")
    hands.press(_submit(page), kind="submit")
    if page.get_by_role("button", name="Save the decision").count():
        hands.press("Save the decision", kind="submit")
    hands.type_address(f"{of}prioridades/assinar/")
    hands.press("Sign", kind="submit")
    assert ask(place.site, "SELECT count(*) FROM diagnose_priority")[0][0] >= 3

    hands.type_address(f"{of}prioridades/")
    link = page.locator("main a[href*='/adocoes/nova/?versao=']").first
    hands.press(link.inner_text().strip())
    hands.write("It answers the priority that was signed.", field="reason")
    hands.press("Show the calendar")
    hands.press("Open the adoption")
    assert ask(place.site, "SELECT count(*), count(priority_id) FROM plan_adoption") == [(1, 1)]

    hands.type_address("/planos/das-prioridades/")
    for _step in range(8):
        if "/comecar/" not in page.url and "das-prioridades" not in page.url:
            break
        hands.press(_submit(page, last=True), kind="submit")
    hands.press("Put in force")
    hands.press(_submit(page), kind="submit")
    plan = page.url.split("?")[0].removeprefix(f"{place.site.address}/en")
    assert ask(place.site, "SELECT state FROM plan_strategicplan") == [("active",)]

    hands.type_address(f"{plan}acompanhar/")
    hands.press(page.locator(".followup-line a").first.inner_text().strip())
    hands.reach(name="to do", kind="radio")
    while not page.get_by_label("blocked", exact=True).is_checked():
        page.keyboard.press("ArrowDown")
    hands.reach(name="Blocked by")
    page.keyboard.type("There is no car to go to the schools.")
    hands.press("Write it down", kind="submit")
    hands.type_address("/planos/semana/")
    expect(page.locator("main")).to_contain_text("Blocked 1")
    written = ask(place.site, "SELECT blocked_by FROM plan_weeklycheck")
    assert written == [("There is no car to go to the schools.",)]

    with page.expect_download() as downloading:
        hands.type_address(plan)
        hands.reach(name="PDF")
        page.keyboard.press("Enter")
    assert Path(downloading.value.path()).read_bytes().startswith(b"%PDF-")
