"""SCORM 1.2 and 2004: organisations, items, resources, and what they say about passing and completing.

Source: ADL, SCORM 1.2 Content Aggregation Model (2001); SCORM 2004 4th Edition Content Aggregation Model (2009).
"""

from collections.abc import Iterator
from functools import partial
from xml.etree.ElementTree import Element

from ..archive import Archive, Finding, Refused
from .base import (
    LAUNCH_DATA,
    MOST_ITEMS,
    PARAMETERS,
    Item,
    Manifest,
    Reader,
    attribute,
    child,
    children,
    every,
    first,
    number,
    resolved,
    with_parameters,
    words,
    xml_of,
)

FILE = "imsmanifest.xml"
_OF_2004 = ("2004", "cam 1.3", "1.3")
_RULES = (
    "preConditionRule",
    "postConditionRule",
    "exitConditionRule",
    "rollupRule",
    "limitConditions",
    "randomizationControls",
)


def edition_of(root: Element) -> str:
    """ "1.2", or "2004" with the edition as the package says it: by its metadata, else by its namespaces."""
    metadata = child(root, "metadata")
    told = words(child(metadata, "schemaversion")).lower()
    if any(mark in told for mark in _OF_2004):
        return words(child(metadata, "schemaversion")) if "2004" in told else "2004"
    if told.startswith("1.2"):
        return "1.2"
    names = {str(one.tag) for one in root.iter()} | {key for one in root.iter() for key in one.attrib}
    return "2004" if any("adlcp_v1p3" in name or "imsss" in name for name in names) else "1.2"


def _recognises(archive: Archive, *, of_2004: bool) -> bool:
    return FILE in archive.sizes and (edition_of(xml_of(archive, FILE)) != "1.2") == of_2004


def _read(archive: Archive, *, kind: str) -> Manifest:
    root = xml_of(archive, FILE)
    resources = _resources(root)
    organisation = _organisation(root)
    items: list[Item] = []
    if organisation is not None:
        items = list(_items(archive, organisation, resources))
    if not any(item.href for item in items):
        items = list(_bare(archive, resources))
    if not items:
        raise Refused("no_items", FILE)
    if len(items) > MOST_ITEMS:
        raise Refused("many_items", FILE, len(items))
    if len({item.id for item in items}) < len(items):
        raise Refused("same_item", FILE)
    title = words(child(organisation, "title")) or items[0].title
    return Manifest(kind, title, tuple(items), tuple(_notes(root)), edition_of(root), {"flow": _flows(organisation)})


def _organisation(root: Element) -> Element | None:
    """The organisation that the manifest calls its default; else the first."""
    held = child(root, "organizations")
    every_one = children(held, "organization")
    wanted = attribute(held, "default") if held is not None else ""
    return next((one for one in every_one if attribute(one, "identifier") == wanted), next(iter(every_one), None))


def _resources(root: Element) -> dict[str, tuple[Element, str]]:
    """Resources by their names, each with the folder that its links begin in."""
    base = attribute(root, "base")
    found = {}
    for group in children(root, "resources"):
        for resource in children(group, "resource"):
            place = base + attribute(group, "base") + attribute(resource, "base")
            found[attribute(resource, "identifier")] = (resource, place)
    return found


def _items(archive: Archive, organisation: Element, resources: dict[str, tuple[Element, str]]) -> Iterator[Item]:
    """Every item in the order of the tree."""
    waiting = [(one, 0) for one in reversed(children(organisation, "item"))]
    while waiting:
        element, depth = waiting.pop()
        waiting += [(one, depth + 1) for one in reversed(children(element, "item"))]
        yield _item(archive, element, depth, resources)


def _item(archive: Archive, element: Element, depth: int, resources: dict[str, tuple[Element, str]]) -> Item:
    name = attribute(element, "identifier")
    where = f"{FILE}: item {name}"
    wanted = attribute(element, "identifierref")
    href, tracked = "", False
    if wanted:
        if wanted not in resources:
            raise Refused("no_resource", where, wanted)
        href, tracked = _launch(archive, *resources[wanted], where)
        href = with_parameters(href, attribute(element, "parameters")[:PARAMETERS])
    to_complete, to_pass = _thresholds(element)
    return Item(
        id=name[:200] or f"item-{depth}",
        title=words(child(element, "title")) or name[:200],
        href=href,
        depth=min(depth, 20),
        tracked=tracked,
        visible=attribute(element, "isvisible").lower() != "false",
        mastery=number(words(child(element, "masteryscore")), 0, 100),
        to_pass=to_pass,
        to_complete=to_complete,
        data=_text(first(element, "datafromlms", "dataFromLMS"), LAUNCH_DATA),
        longest=words(child(element, "maxtimeallowed")) or _limit(element),
        on_time_limit=words(first(element, "timelimitaction", "timeLimitAction")).lower(),
    )


def _launch(archive: Archive, resource: Element, base: str, where: str) -> tuple[str, bool]:
    """Where a resource begins, and whether it speaks to the platform."""
    href = attribute(resource, "href")
    if not href:
        raise Refused("no_href", where, attribute(resource, "identifier"))
    kind = attribute(resource, "scormtype") or attribute(resource, "scormType")
    return resolved(archive, base, href, where), kind.lower() != "asset"


def _bare(archive: Archive, resources: dict[str, tuple[Element, str]]) -> Iterator[Item]:
    """A package without organisation: what speaks to the platform, as a row of items."""
    for name, (resource, base) in resources.items():
        if attribute(resource, "href") and (attribute(resource, "scormtype") or attribute(resource, "scormType")):
            href, tracked = _launch(archive, resource, base, f"{FILE}: resource {name}")
            yield Item(id=name[:200], title=name[:200], href=href, tracked=tracked)


def _text(element: Element | None, most: int) -> str:
    """A text as it stands: launch data belong to the package."""
    return (element.text or "")[:most].replace("\x00", "") if element is not None else ""


def _thresholds(element: Element) -> tuple[float | None, float | None]:
    """What SCORM 2004 asks to complete (0 to 1) and to pass (-1 to 1)."""
    to_complete = None
    threshold = child(element, "completionThreshold")
    if threshold is not None:
        plain = number(words(threshold), 0, 1)  # 3rd edition: the number is the text
        asked = attribute(threshold, "completedByMeasure").lower() == "true"  # 4th: an attribute, if asked for
        to_complete = number(attribute(threshold, "minProgressMeasure") or "1.0", 0, 1) if asked else plain
    objective = child(child(child(element, "sequencing"), "objectives"), "primaryObjective")
    if objective is None or attribute(objective, "satisfiedByMeasure").lower() != "true":
        return to_complete, None
    least = child(objective, "minNormalizedMeasure")
    return to_complete, number(words(least), -1, 1) if least is not None else 1.0


def _limit(element: Element) -> str:
    limits = child(child(element, "sequencing"), "limitConditions")
    return attribute(limits, "attemptAbsoluteDurationLimit")[:40] if limits is not None else ""


def _flows(organisation: Element | None) -> bool:
    """Whether the package wants "next" and "previous" (SCORM 2004: ``flow``)."""
    control = child(child(organisation, "sequencing"), "controlMode")
    return control is not None and attribute(control, "flow").lower() == "true"


def _notes(root: Element) -> Iterator[Finding]:
    rules = sorted({name for name in _RULES if next(every(root, name), None) is not None})
    if rules:
        yield Finding("sequencing", FILE, ", ".join(rules))
    if next(every(root, "prerequisites"), None) is not None:
        yield Finding("prerequisites", FILE)
    if len(children(child(root, "organizations"), "organization")) > 1:
        yield Finding("one_organisation", FILE)


SCORM_12 = Reader("scorm12", partial(_recognises, of_2004=False), partial(_read, kind="scorm12"))
SCORM_2004 = Reader("scorm2004", partial(_recognises, of_2004=True), partial(_read, kind="scorm2004"))
