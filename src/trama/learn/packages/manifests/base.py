"""What every reader gives, and how the XML of a package is read: no entities, no network, within limits."""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ..archive import Archive, Finding, Refused, shown

MANIFEST_BYTES = 2 * 1024 * 1024
DEEPEST, MOST_ELEMENTS, MOST_ITEMS = 40, 40_000, 200
TITLE = 200
PARAMETERS, LAUNCH_DATA = 1_000, 4_096  # characters, as the standards have them


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of a package that runs by itself, or a heading (``href`` is "").

    ``depth`` counts from 0. ``tracked``: it tells what the learner does (in SCORM: a SCO). ``mastery`` is the score to
    pass, 0 to 100; ``to_pass`` the same of SCORM 2004, -1 to 1; ``to_complete`` the share to complete, 0 to 1.
    ``own_window``: it opens in a window of its own, for it asks so (cmi5: OwnWindow) or is on another site.
    """

    id: str
    title: str
    href: str = ""
    depth: int = 0
    tracked: bool = True
    visible: bool = True
    mastery: float | None = None
    to_pass: float | None = None
    to_complete: float | None = None
    data: str = ""
    longest: str = ""  # as the standard writes a duration
    on_time_limit: str = ""
    own_window: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package is. ``notes``: what was left out or will not work. ``more``: what one kind alone has."""

    kind: str
    title: str
    items: tuple[Item, ...] = ()
    notes: tuple[Finding, ...] = ()
    edition: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As it is kept: nothing but text, numbers, lists."""
        kept = asdict(self)
        del kept["kind"], kept["title"]
        return kept


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind of package: whether an archive is one, and what it says."""

    kind: str
    recognises: Callable[[Archive], bool]
    read: Callable[[Archive], Manifest]


def xml_of(archive: Archive, name: str) -> Element:
    """The root of an XML file of the archive. Raises ``Refused``."""
    content = archive.read(name, MANIFEST_BYTES)
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Refused("xml_entities", name, type(error).__name__) from error
    except ParseError as error:
        raise Refused("xml", name, str(error)) from error
    except (ValueError, LookupError, UnicodeError) as error:  # an encoding that is none
        raise Refused("xml", name, type(error).__name__) from error
    _check_shape(root, name)
    return root


def _check_shape(root: Element, name: str) -> None:
    """Refuse what is deeper or longer than a manifest is."""
    count, waiting = 0, [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        count += 1
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise Refused("xml_large", name)
        waiting.extend((child, depth + 1) for child in element)


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element | None, name: str) -> list[Element]:
    """The children of a name, in whatever namespace: exporters disagree about theirs."""
    return [child for child in element if local(child) == name] if element is not None else []


def child(element: Element | None, name: str) -> Element | None:
    return next(iter(children(element, name)), None)


def first(element: Element, *names: str) -> Element | None:
    """The first child with one of the names: editions spell some of them differently."""
    return next((one for one in element if local(one) in names), None)


def every(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element.iter() if local(one) == name)


def attribute(element: Element, name: str) -> str:
    """An attribute in whatever namespace; "" where it is missing. Of ``xml:base`` the name is "base"."""
    return next((value.strip() for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def words(element: Element | None, most: int = TITLE) -> str:
    """The text of an element, on one line."""
    return shown(" ".join("".join(element.itertext()).split())[:most]) if element is not None else ""


def number(text: str, least: float, most: float) -> float | None:
    """A number between two; None where the text is something else."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if least <= value <= most else None


def resolved(archive: Archive, base: str, href: str, where: str) -> str:
    """Where a link of a manifest leads inside the package: path and query. Raises ``Refused`` for another place."""
    try:
        parts = urlsplit(href)
    except ValueError as error:
        raise Refused("href", where, href) from error
    if parts.scheme or parts.netloc or href.startswith("/"):
        raise Refused("href_outside", where, href)
    path = posixpath.normpath(posixpath.join(unquote(base), unquote(parts.path)))
    if path.startswith(("../", "/")) or path == "..":
        raise Refused("href_outside", where, href)
    if path not in archive.sizes:
        raise Refused("href", where, path)
    return path + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def with_parameters(href: str, parameters: str) -> str:
    """A launch address with the parameters of its item, put together as SCORM's content packaging says (3.4.2)."""
    given = parameters.strip().lstrip("?&")
    if not given:
        return href
    address, mark, fragment = href.partition("#")
    if given.startswith("#"):
        return href if mark else address + given
    joined = address + ("&" if "?" in address else "?") + given
    return joined + mark + fragment
