"""Steps that several journeys share: sign in, read a table, find a letter, ask the database what is true."""

import base64
import csv
import email
import email.policy
import hmac
import io
import re
import sqlite3
import struct
import time
import unicodedata
from collections.abc import Sequence
from contextlib import closing
from email.message import EmailMessage
from typing import Any

from playwright.sync_api import Locator, Page, expect

from .people import PASSWORD
from .server import Site

CODE_SECONDS = 30
MISSING = "—"
SECONDS_FOR_A_LETTER = 20


def ask(site: Site, question: str, *values: object) -> list[Any]:
    """Rows of the tests' own database, read without writing."""
    with closing(sqlite3.connect(f"file:{site.var / 'trama.sqlite3'}?mode=ro", uri=True)) as database:
        return database.execute(question, values).fetchall()


def one_time_code(secret: str, *, ahead: int = 0) -> str:
    """The six digits that a code generator shows now, or ``ahead`` half minutes from now (RFC 6238)."""
    counter = int(time.time()) // CODE_SECONDS + ahead
    digest = hmac.new(base64.b32decode(secret, casefold=True), struct.pack(">Q", counter), "sha1").digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def sign_in(page: Page, address: str, *, code: str = "") -> None:
    """Sign in by the form, with the code of a second factor where one is asked for."""
    page.goto("/conta/login/")
    page.fill("input[name=login]", address)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form.form button[type=submit]").first.click()
    if code:
        page.fill("main input[name=code]", code)
        page.locator("main form.form button[type=submit]").first.click()
    expect(page.locator(".account-name")).not_to_have_text("Minha conta")


def letters_to(site: Site, address: str, *, at_least: int = 1) -> list[EmailMessage]:
    """Letters that the site sent to an address, the oldest first. They leave by the worker: wait for so many."""
    until = time.monotonic() + SECONDS_FOR_A_LETTER
    while len(found := _letters_to(site, address)) < at_least and time.monotonic() < until:
        time.sleep(0.2)
    return found


def _letters_to(site: Site, address: str) -> list[EmailMessage]:
    found: list[EmailMessage] = []
    for path in sorted((site.var / "mail").glob("*"), key=lambda path: path.stat().st_mtime_ns):
        for text in re.split(r"^-{79}$", path.read_text(), flags=re.MULTILINE)[:-1]:  # a line ends each
            letter = email.message_from_string(text.lstrip(), policy=email.policy.default)
            if address in str(letter.get("To", "")):
                found.append(letter)
    return found


def link_in(letter: EmailMessage, part: str) -> str:
    """The first address of a letter that holds ``part``."""
    found = re.search(rf"https?://\S*{re.escape(part)}\S*", letter.get_content())
    assert found, f"no address with {part} in: {letter.get_content()}"
    return found[0].rstrip(".")


def rows_of(table: Locator) -> list[list[str]]:
    """The body of a table as it is read: one list of texts per row. A mark for what is missing stays a dash."""
    text: list[list[str]] = table.evaluate(
        """(table) => [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => {
            const missing = cell.querySelector(".missing [aria-hidden]");
            return (missing || cell).textContent.trim().replace(/\\s+/g, " ");
        }))"""
    )
    return text


def heads_of(table: Locator) -> list[str]:
    """The column heads of a table."""
    heads: list[str] = table.evaluate(
        "(table) => [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim().replace(/\\s+/g, ' '))"
    )
    return heads


def number_in(text: str, *, comma: bool = True) -> float | None:
    """The number that a cell shows, or None for a dash."""
    if text.startswith(MISSING):
        return None
    found = re.search(r"[−-]?\d[\d.,]*", text)
    assert found, f"no number in {text!r}"
    plain = found[0].replace("−", "-")
    plain = plain.replace(".", "").replace(",", ".") if comma else plain.replace(",", "")
    return float(plain)


def shown_decimals(text: str, *, comma: bool = True) -> int:
    """How many decimals a cell shows."""
    found = re.search(r"[,]\d+" if comma else r"[.]\d+", text)
    return len(found[0]) - 1 if found else 0


def same_number(text: str, value: float | None, *, comma: bool = True) -> bool:
    """Whether a cell shows ``value``, rounded to the decimals that it shows; None is a dash."""
    shown = number_in(text, comma=comma)
    if shown is None or value is None:
        return shown is None and value is None
    return abs(shown - value) <= 0.5 * 10 ** -shown_decimals(text, comma=comma) + 1e-9


def csv_rows(content: bytes) -> list[list[str]]:
    """The cells of a file that this site gave out."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def alphabetical(names: Sequence[str]) -> list[str]:
    """Names in the order of a Portuguese index: accents and capitals count for nothing."""

    def plain(name: str) -> str:
        parts = unicodedata.normalize("NFD", name.casefold())
        return "".join(part for part in parts if not unicodedata.combining(part))

    return sorted(names, key=plain)


def mistyped(name: str) -> str:
    """A name as it is typed in haste: small letters, no accents, two letters of the first word changed places."""
    parts = unicodedata.normalize("NFD", name.lower())
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return plain[0] + plain[2] + plain[1] + plain[3:]


def focus(page: Page) -> dict[str, Any]:
    """Where the keyboard stands: ``tag``, ``name``, ``id``, and whether a ring is drawn around it."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const one = document.activeElement, style = getComputedStyle(one);
            const ring = (s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
            const frame = one.closest(".search-field");
            return {
                tag: one.tagName.toLowerCase(), id: one.id, href: one.getAttribute("href") || "",
                name: (one.getAttribute("aria-label") || one.innerText || "").trim(),
                ring: ring(style) || (frame !== null && ring(getComputedStyle(frame))),
            };
        }"""
    )
    return found


def tab_to(page: Page, wanted: Locator, *, most: int = 80) -> None:
    """Press Tab until ``wanted`` has the focus; every stop on the way shows a ring."""
    for _step in range(most):
        page.keyboard.press("Tab")
        here = focus(page)
        assert here["ring"], f"no visible focus: {here}"
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {wanted} in {most} steps; it stands at {focus(page)}")


# The device is held up: a transaction of the browser's own database stays open until it is let go.
HOLD = """async () => {
  const database = await new Promise((done, no) => {
    const asked = indexedDB.open("trama-answers");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => no(asked.error);
  });
  const saves = database.transaction("saves", "readwrite").objectStore("saves");
  const spin = () => {
    if (!window.letGo) saves.count().onsuccess = spin;
  };
  spin();
}"""
# Says more, lets the device go, and tells what the page says before it had time to keep the newer text.
SAY_MORE = """async ([box, state, text]) => {
  const place = document.querySelector(box);
  place.value = text;
  place.dispatchEvent(new Event("input", { bubbles: true }));
  window.letGo = true;
  await new Promise((done) => setTimeout(done, 400));
  return document.querySelector(state).textContent.trim();
}"""


def said_when_the_device_is_slow(page: Page, box: str, state: str, first: str, more: str) -> str:
    """Write into ``box`` (a selector) while the device is held up, write more, and read what ``state`` says then.

    The first text is being kept when the second one is written: whatever is said must be true of the second.
    """
    page.evaluate(HOLD)
    page.locator(box).fill(first)
    page.wait_for_timeout(1200)  # longer than a pause in typing: the page asks the device to keep it
    return str(page.evaluate(SAY_MORE, [box, state, more]))
