"""The answering page as production serves it: every style and script under a name that tells its content."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from . import server
from .place import Place, started
from .test_journey_answers import WORLD, a_device, choose, kept

SETTINGS = "tests.e2e.hashed_settings"
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Place]:
    var = tmp_path_factory.mktemp("hashed-var")
    collect = [sys.executable, "-m", "config.cli", "collectstatic", "--no-input", "--verbosity=0"]
    done = subprocess.run(
        collect, env=server.environment(var, SETTINGS), cwd=server.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    with started(var, prepared, WORLD, SETTINGS) as (place, _):
        yield place


def parts_of(page: Page) -> list[str]:
    """The addresses of the styles, scripts and fonts that the page has loaded."""
    return sorted(
        page.evaluate(
            """() => performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname)
            .filter((path) => path.startsWith("/static/"))"""
        )
    )


def answered(page: Page, now: str) -> None:
    expect(page.locator(".answer-item.is-current [data-state]")).to_have_attribute("data-now", now)


@pytest.mark.timeout(400)  # it may be the first, and then waits for the database to be made
def test_a_device_answers_without_a_server_with_files_of_hashed_names_and_outlives_a_release(
    browser: Browser, place: Place
):
    context = a_device(browser, place)
    page = context.new_page()
    kept(page, place)
    parts = parts_of(page)
    assert {"page", "store", "sender"} <= {Path(part).name.split(".")[0] for part in parts}
    assert [part for part in parts if not HASHED.search(part)] == []
    place.stop()
    page.close()

    page = context.new_page()
    page.goto(f"{place.answering}areas/1.2/")  # never opened before: kept with the list
    assert page.locator(".anchor").first.evaluate("(one) => getComputedStyle(one).display") == "flex", "with its style"
    choose(page, 0, 4)
    answered(page, "waiting")

    script = next(part for part in parts if "/sender." in part)
    for file in (place.site.var / "static").glob(script.removeprefix("/static/") + "*"):
        file.unlink()  # the next release has another one under another name
    place.start()
    answered(page, "sent")
    assert page.request.get(script).status == 404
    status, kind = page.evaluate(
        "(path) => fetch(path, {cache: 'reload'}).then((got) => [got.status, got.headers.get('Content-Type')])",
        script,
    )
    assert (status, kind.partition(";")[0]) == (200, "text/javascript"), (
        "a page of the last release still has its parts"
    )
    context.close()
