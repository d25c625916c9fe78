"""IMS Common Cartridge 1.1 to 1.3: pages, links and quizzes that can become parts of a course; the rest is reported.

A cartridge is material to write a course with, not something that runs: it has no items.

Source: IMS Global, Common Cartridge Profile 1.3 (2013).
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from ..archive import Archive, Finding, Refused, shown
from .base import TITLE, Manifest, Reader, attribute, child, children, every, resolved, words, xml_of
from .plain_html import as_lesson
from .qti12 import read_quiz

FILE = "imsmanifest.xml"
PAGE_BYTES = 1024 * 1024
MOST_PARTS = 300
_PAGES = (".html", ".htm", ".xhtml")
_LEFT_OUT = {"imsdt": "topic_left_out", "imsbasiclti": "tool_left_out", "assignment": "assignment_left_out"}


def _recognises(archive: Archive) -> bool:
    if FILE not in archive.sizes:
        return False
    root = xml_of(archive, FILE)
    schema = words(child(child(root, "metadata"), "schema")).lower()
    return "imsccv1p" in str(root.tag) or "common cartridge" in schema


class _Material:
    """What was found so far."""

    def __init__(self) -> None:
        self.lessons: list[dict[str, str]] = []
        self.links: list[dict[str, str]] = []
        self.quizzes: list[dict[str, Any]] = []
        self.notes: list[Finding] = []

    @property
    def count(self) -> int:
        return len(self.lessons) + len(self.links) + len(self.quizzes)


def _read(archive: Archive) -> Manifest:
    root = xml_of(archive, FILE)
    material = _Material()
    titles = _titles(root)
    order = {name: place for place, name in enumerate(titles)}
    held = child(root, "resources")
    resources = sorted(children(held, "resource"), key=lambda one: order.get(attribute(one, "identifier"), len(order)))
    for resource in resources:
        if material.count >= MOST_PARTS:
            material.notes.append(Finding("too_many_parts", FILE, str(len(resources))))
            break
        _take(archive, resource, titles.get(attribute(resource, "identifier"), ""), material)
    if not material.count:
        raise Refused("no_material", FILE)
    general = next(every(root, "title"), None)
    title = words(next(every(general, "string"), None)) if general is not None else ""
    title = title or words(general) or FILE
    more = {"lessons": material.lessons, "links": material.links, "quizzes": material.quizzes}
    edition = words(child(child(root, "metadata"), "schemaversion"))[:20]
    return Manifest("cartridge", title, (), tuple(material.notes), edition, more)


def _titles(root: Element) -> dict[str, str]:
    """Titles by resource, in the order of the outline."""
    return {
        attribute(item, "identifierref"): words(child(item, "title"))
        for item in every(root, "item")
        if attribute(item, "identifierref")
    }


def _take(archive: Archive, resource: Element, title: str, material: _Material) -> None:
    kind = attribute(resource, "type").lower()
    name = attribute(resource, "href") or next((attribute(one, "href") for one in children(resource, "file")), "")
    where = title or name
    if left_out := next((code for mark, code in _LEFT_OUT.items() if mark in kind), ""):
        material.notes.append(Finding(left_out, shown(where)))
    elif "imsqti" in kind:
        told, questions, notes = read_quiz(archive, resolved(archive, "", name, FILE))
        material.notes += notes
        if questions:
            material.quizzes.append({"title": shown(title or told or where)[:160], "questions": questions})
    elif "imswl" in kind:
        _link(archive, resolved(archive, "", name, FILE), title, material)
    elif "webcontent" in kind and name.lower().partition("?")[0].endswith(_PAGES):
        _page(archive, resolved(archive, "", name, FILE).partition("?")[0], title, material)
    elif "associatedcontent" not in kind or title:
        material.notes.append(Finding("file_left_out", shown(where), shown(name)))


def _link(archive: Archive, name: str, title: str, material: _Material) -> None:
    root = xml_of(archive, name)
    address = next((attribute(one, "href") for one in every(root, "url")), "")
    label = title or words(child(root, "title"))
    if address.startswith("https://") and len(address) <= 500:
        material.links.append({"title": label[:160] or address[:160], "address": address})
    else:
        material.notes.append(Finding("link_left_out", shown(label), shown(address)))


def _page(archive: Archive, name: str, title: str, material: _Material) -> None:
    text, left_out = as_lesson(archive.read(name, PAGE_BYTES).decode("utf-8", "replace"))
    if text:
        material.lessons.append({"title": title[:TITLE][:160] or name[:160], "text": text})
    material.notes += list(_missing(name, title, left_out, empty=not text))


def _missing(name: str, title: str, left_out: dict[str, int], *, empty: bool) -> Iterator[Finding]:
    if empty:
        yield Finding("page_empty", shown(title or name), shown(name))
    elif left_out:
        told = " ".join(f"{tag}:{count}" for tag, count in sorted(left_out.items()))
        yield Finding("page_without", shown(title or name), told)


CARTRIDGE = Reader("cartridge", _recognises, _read)
