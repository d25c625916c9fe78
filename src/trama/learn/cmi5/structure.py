"""The course structure: cmi5.xml read into blocks and units. Nothing here reads files, the database or the clock.

Source: cmi5 specification (quartz), section 13, and its schema CourseStructure.xsd.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from ..statements.checking.formats import is_iri
from .errors import BadStructure

NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
MOVE_ON = ("NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed")
LAUNCH_METHODS = ("AnyWindow", "OwnWindow")
LAUNCH_PARAMETERS = frozenset({"endpoint", "fetch", "actor", "registration", "activityId"})
MAX_BYTES = 5 * 1024 * 1024
MAX_UNITS = 5000
MAX_DEPTH = 20
type Words = dict[str, str]  # by language tag


@dataclass(frozen=True, slots=True)
class Unit:
    """An assignable unit. ``key`` names it in its course: "au-1" is the first in the order of the file."""

    key: str
    publisher_id: str
    title: Words
    description: Words
    url: str
    move_on: str = "NotApplicable"
    mastery_score: float | None = None
    launch_method: str = "AnyWindow"
    launch_parameters: str = ""
    entitlement_key: str = ""
    activity_type: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a course that holds others; the course itself has the key "course"."""

    key: str
    publisher_id: str
    title: Words
    description: Words
    parts: "tuple[Block | Unit, ...]" = field(default_factory=tuple)

    def units(self) -> Iterator[Unit]:
        """Every unit below, in order."""
        for part in self.parts:
            if isinstance(part, Unit):
                yield part
            else:
                yield from part.units()

    def blocks(self) -> "Iterator[Block]":
        """Every block below, the innermost first, and this one last."""
        for part in self.parts:
            if isinstance(part, Block):
                yield from part.blocks()
        yield self


def parse(structure: bytes) -> Block:
    """Read a course structure. Raises ``BadStructure``."""
    if len(structure) > MAX_BYTES:
        raise BadStructure("", _("The file is larger than %(mib)d MiB.") % {"mib": MAX_BYTES // 1024 // 1024})
    try:
        root = fromstring(structure, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        raise BadStructure("", _("This is no XML that can be read.")) from None
    if root.tag != f"{{{NAMESPACE}}}courseStructure":
        raise BadStructure("", _("The first element must be courseStructure, in the namespace of cmi5."))
    return _Reader().course(root)


class _Reader:
    """Reads one structure: keys are counted, ids may stand once."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.units = self.blocks = 0

    def course(self, root: Element) -> Block:
        about = _child(root, "course", "courseStructure")
        name = self._id(about, "course")
        title, description = _words(about, "title", "course"), _words(about, "description", "course")
        parts = self._parts(root, 1)
        if not self.units:
            raise BadStructure("courseStructure", _("There is no au in it."))
        return Block("course", name, title, description, parts)

    def _parts(self, element: Element, depth: int) -> tuple[Block | Unit, ...]:
        if depth > MAX_DEPTH:
            raise BadStructure("block", _("Blocks are nested too deeply."))
        found: list[Block | Unit] = []
        for child in element:
            if child.tag == f"{{{NAMESPACE}}}au":
                found.append(self._unit(child))
            elif child.tag == f"{{{NAMESPACE}}}block":
                found.append(self._block(child, depth))
        return tuple(found)

    def _block(self, element: Element, depth: int) -> Block:
        self.blocks += 1
        key, where = f"block-{self.blocks}", f"block {self.blocks}"
        name = self._id(element, where)
        title, description = _words(element, "title", where), _words(element, "description", where)
        parts = self._parts(element, depth + 1)
        if not parts:
            raise BadStructure(where, _("There is no au in it."))
        return Block(key, name, title, description, parts)

    def _unit(self, element: Element) -> Unit:
        self.units += 1
        where = f"au {self.units}"
        if self.units > MAX_UNITS:
            raise BadStructure(where, _("There are too many."))
        return Unit(
            key=f"au-{self.units}",
            publisher_id=self._id(element, where),
            title=_words(element, "title", where),
            description=_words(element, "description", where),
            url=_url(element, where),
            move_on=_choice(element, "moveOn", MOVE_ON, where),
            mastery_score=_score(element, where),
            launch_method=_choice(element, "launchMethod", LAUNCH_METHODS, where),
            launch_parameters=_text(element, "launchParameters"),
            entitlement_key=_text(element, "entitlementKey"),
            activity_type=element.get("activityType", ""),
        )

    def _id(self, element: Element, where: str) -> str:
        name = (element.get("id") or "").strip()
        if not is_iri(name):
            raise BadStructure(
                where, _("id must be an absolute address (IRI); found: %(found)s") % {"found": name[:80]}
            )
        if name in self.ids:
            raise BadStructure(where, _("This id stands twice: %(found)s") % {"found": name[:80]})
        self.ids.add(name)
        return name


def _child(element: Element, name: str, where: str) -> Element:
    found = element.find(f"{{{NAMESPACE}}}{name}")
    if found is None:
        raise BadStructure(where, _("%(name)s is missing.") % {"name": name})
    return found


def _text(element: Element, name: str) -> str:
    found = element.find(f"{{{NAMESPACE}}}{name}")
    return (found.text or "").strip() if found is not None else ""


def _words(element: Element, name: str, where: str) -> Words:
    found = {}
    for one in _child(element, name, where).iter(f"{{{NAMESPACE}}}langstring"):
        found[one.get("lang", "und")] = re.sub(r"\s+", " ", one.text or "").strip()
    if not found:
        raise BadStructure(where, _("%(name)s has no text.") % {"name": name})
    return found


def _choice(element: Element, name: str, known: tuple[str, ...], where: str) -> str:
    found = element.get(name, known[0])
    if found not in known:
        raise BadStructure(where, _("%(name)s must be one of %(known)s.") % {"name": name, "known": ", ".join(known)})
    return found


def _score(element: Element, where: str) -> float | None:
    given = element.get("masteryScore")
    if given is None:
        return None
    if not re.fullmatch(r"\s*(?:0(?:\.\d{1,12})?|1(?:\.0{1,12})?|\.\d{1,12})\s*", given):
        raise BadStructure(
            where, _("masteryScore must be a number from 0 to 1; found: %(found)s") % {"found": given[:20]}
        )
    return float(given)


def _url(element: Element, where: str) -> str:
    """Absolute by http(s), or relative to the package; its own parameters are none of those of a launch."""
    found = _text(element, "url")
    try:
        parts = urlsplit(found)
        names = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    except ValueError:
        raise BadStructure(where, _("url cannot be read.")) from None
    if not found or parts.scheme not in ("", "http", "https") or bool(parts.scheme) != bool(parts.netloc):
        raise BadStructure(where, _("url must be a web address or a file of the package."))
    if not parts.scheme and (found.startswith(("/", "\\")) or ".." in parts.path.split("/")):
        raise BadStructure(where, _("url leads out of the package."))
    if names & LAUNCH_PARAMETERS:
        raise BadStructure(
            where, _("url has a parameter that the launch needs: %(name)s") % {"name": min(names & LAUNCH_PARAMETERS)}
        )
    return found


def as_json(course: Block) -> dict[str, Any]:
    """The structure as it is kept."""
    shared: dict[str, Any] = {
        "key": course.key,
        "id": course.publisher_id,
        "title": course.title,
        "description": course.description,
    }
    parts = [as_json(one) if isinstance(one, Block) else _unit_json(one) for one in course.parts]
    return {**shared, "parts": parts}


def _unit_json(unit: Unit) -> dict[str, Any]:
    return {name: getattr(unit, name) for name in Unit.__slots__}


def from_json(kept: dict[str, Any]) -> Block:
    """What ``as_json`` made."""
    parts = tuple(from_json(one) if "parts" in one else Unit(**one) for one in kept["parts"])
    return Block(kept["key"], kept["id"], kept["title"], kept["description"], parts)
