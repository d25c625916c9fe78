"""cmi5: ``cmi5.xml`` at the top of the package, the units that it lists, and where each one is.

A structure may also be sent alone: then every unit is elsewhere.
Source: cmi5 specification (quartz), sections 13 and 14.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from ...cmi5.structure import BadStructure, Block, Unit, Words, as_json, parse
from ..archive import Archive, Finding, Refused, shown
from .base import MOST_ITEMS, TITLE, Item, Manifest, Reader, resolved, xml_of

FILE = "cmi5.xml"


def _recognises(archive: Archive) -> bool:
    return FILE in archive.sizes


def _read(archive: Archive) -> Manifest:
    try:
        course = parse(xml_of(archive, FILE))
    except BadStructure as problem:
        raise Refused(problem.code, f"{FILE}: {problem.where}" if problem.where else FILE, problem.found) from None
    items = list(_items(archive, course.parts, 0))
    if len(items) > MOST_ITEMS:
        raise Refused("many_items", FILE, len(items))
    title = in_one(course.title) or "cmi5"
    return Manifest("cmi5", title, tuple(items), tuple(_notes(course)), more={"structure": as_json(course)})


def _items(archive: Archive, parts: tuple[Block | Unit, ...], depth: int) -> Iterator[Item]:
    """Blocks as headings, units as what opens, in the order of the file; the names are the keys of the structure."""
    for part in parts:
        title = in_one(part.title) or part.key
        if isinstance(part, Block):
            yield Item(id=part.key, title=title, depth=depth, tracked=False)
            yield from _items(archive, part.parts, depth + 1)
            continue
        where = f"{FILE}: {part.key.replace('-', ' ')}"
        href = part.url if elsewhere(part.url) else resolved(archive, "", part.url, where)
        mastery = None if part.mastery_score is None else part.mastery_score * 100
        apart = part.launch_method == "OwnWindow" or elsewhere(part.url)
        yield Item(id=part.key, title=title, href=href, depth=depth, mastery=mastery, own_window=apart)


def elsewhere(href: str) -> bool:
    """Whether a unit is on another site, not in the package."""
    return href.startswith("https:")


def in_one(words: Words) -> str:
    """A text of the structure in one language: Portuguese, else English, else the first."""
    wanted = sorted(words, key=lambda tag: (not tag.lower().startswith("pt"), not tag.lower().startswith("en")))
    return next((text for tag in wanted if (text := shown(words[tag][:TITLE]))), "")


def _notes(course: Block) -> Iterator[Finding]:
    units = list(course.units())
    hosts = sorted({urlsplit(unit.url).netloc for unit in units if elsewhere(unit.url)})
    if hosts:
        yield Finding("cmi5_elsewhere", FILE, shown(", ".join(hosts)))
    if all(unit.move_on == "NotApplicable" for unit in units):
        yield Finding("cmi5_asks_nothing", FILE)


CMI5 = Reader("cmi5", _recognises, _read)
