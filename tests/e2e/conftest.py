"""Fixtures: one site for the whole run, a browser, pages on a phone and a desktop that fail on any complaint."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from . import server
from .watch import Watch

PHONE = {"width": 360, "height": 780}
DESKTOP = {"width": 1280, "height": 900}

expect.set_options(timeout=20_000)  # other parts of the suite run beside this one

type OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is ``e2e`` and comes last: once Playwright's loop runs, Django's connections are others."""
    here = Path(__file__).parent
    ours = [item for item in items if here in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.e2e)
        item.add_marker(pytest.mark.timeout(180))
    items[:] = [item for item in items if here not in item.path.parents] + ours


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.Site]:
    """The running site."""
    var = tmp_path_factory.mktemp("e2e-var")
    sessions = server.prepare_site(var)
    facts = server.read_facts(var)
    with server.running(var, var / "server.log") as address:
        yield server.Site(address, var, facts, sessions)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the content and nobody in it, to copy: for the sites that a module starts for itself."""
    var = tmp_path_factory.mktemp("e2e-prepared")
    server.prepare(var, "empty")
    return var / "trama.sqlite3"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = server.chromium()
    if executable is None:
        pytest.skip("Chromium is absent: install it, or name it in CHROMIUM_PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def watch(site: server.Site) -> Iterator[Watch]:
    """Keeps the complaints of every page of a test; the test fails at its end if there is one."""
    watch = Watch(urlsplit(site.address).netloc)
    yield watch
    watch.assert_quiet()


@pytest.fixture
def open_page(site: server.Site, browser: Browser, watch: Watch) -> Iterator[OpenPage]:
    """``open_page(size=PHONE, who="team", language="en", theme="dark")``: a new page, with a context of its own."""
    contexts: list[BrowserContext] = []

    def open_page(
        size: dict[str, int] = DESKTOP, *, who: str = "", language: str = "pt-br", theme: str = "light"
    ) -> Page:
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            base_url=site.address,
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            locale="en-GB" if language == "en" else "pt-BR",
            has_touch=size is PHONE,
        )
        context.set_default_timeout(15_000)
        if who:
            context.add_cookies([{"name": "sessionid", "value": site.sessions[who], "url": site.address}])
        watch.attach(context)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page_phone(open_page: OpenPage) -> Page:
    """A phone, 360 × 780."""
    return open_page(PHONE)


@pytest.fixture
def page_desktop(open_page: OpenPage) -> Page:
    """A desktop, 1280 × 900."""
    return open_page(DESKTOP)
