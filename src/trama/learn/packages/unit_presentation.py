"""Packages of cmi5 on a page: their units with what each asks and how it stands, and where one is opened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.formats import number_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from ..cmi5.models import Cmi5Session
from ..cmi5.selectors import UnitStanding, Way
from ..cmi5.structure import Unit
from ..courses.models import PackageFile
from .addresses import quoted
from .archive import shown
from .manifests.base import TITLE
from .manifests.cmi5 import elsewhere
from .presentation import frame_of
from .selectors import outline, runnable


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """Where a unit is opened, where it leads back to, and the other site that it is on ("" in the package)."""

    address: str
    return_url: str
    own_window: bool
    host: str


def place_of(request: Any, file: PackageFile, item: dict[str, Any], whom: str, *, back: str, at: datetime) -> UnitPlace:
    """Where an item of a package is for one person. ``back``: the path of the page that it came from.

    In a frame it leads back to a page of ours on the packages' origin, which tells the page around it: a package takes
    the site nowhere by itself.
    """
    _origin, root = frame_of(request, file, whom, at)
    outside = elsewhere(item["href"])
    address = item["href"] if outside else f"{root}p/{quoted(item['href'])}"
    home = request.build_absolute_uri(back) if item["own_window"] else f"{root}back"
    return UnitPlace(address, home, item["own_window"], urlsplit(address).netloc if outside else "")


def setup_of_units(request: Any, file: PackageFile, whom: str, at: datetime, way: Way | None = None) -> dict[str, Any]:
    """What the page of a package of cmi5 needs; the caller adds the addresses that it posts to (``open``) and asks."""
    origin, _root = frame_of(request, file, whom, at)
    items = runnable(file)
    return {"kind": file.kind, "origin": origin, "items": [one["id"] for one in items], "first": _first(items, way)}


def _first(items: list[dict[str, Any]], way: Way | None) -> str:
    """Where to go on: the unit of the latest launch; where it is satisfied, the next that is not."""
    keys = [one["id"] for one in items]
    if way is None or way.latest not in keys:
        return str(keys[0])
    if not way.units[way.latest].satisfied:
        return way.latest
    rest = [*keys[keys.index(way.latest) + 1 :], *keys]
    return str(next((key for key in rest if not way.units[key].satisfied), way.latest))


def lines_of_units(file: PackageFile, way: Way) -> list[dict[str, Any]]:
    """Blocks and units in order. A unit says what it asks (``asks``), how it stands (``told``, ``done``), and the other
    site that it opens on (``host``).
    """
    lines = []
    for item in outline(file):
        standing = way.units.get(item["id"])
        if standing is None:
            lines.append(item)
            continue
        title = _in_words(standing.unit) or item["title"]
        host = urlsplit(item["href"]).netloc if elsewhere(item["href"]) else ""
        lines.append(item | {"title": title, "asks": asked(standing.unit), "host": host, **how(standing)})
    return lines


def how(one: UnitStanding) -> dict[str, Any]:
    """How a unit stands: in words, and whether it is done."""
    return {"told": told(one), "done": one.satisfied and (one.begun or one.waived)}


def _in_words(unit: Unit) -> str:
    """The title in the language of the page, if the structure has it."""
    wanted = (get_language() or "").partition("-")[0]
    return next(
        (shown(text[:TITLE]) for tag, text in unit.title.items() if tag.lower().startswith(wanted) and text), ""
    )


def _share(value: float) -> str:
    cent = round(value * 100, 2)
    return number_format(cent, decimal_pos=2 if cent % 1 else 0) + "%"


def asked(unit: Unit) -> str:
    """What a unit asks of a learner (moveOn and masteryScore), in words."""
    plain = {
        "NotApplicable": _("asks for nothing"),
        "Completed": _("asks to be completed"),
        "Passed": _("asks to be passed"),
        "CompletedAndPassed": _("asks to be completed and passed"),
        "CompletedOrPassed": _("asks to be completed or passed"),
    }[unit.move_on]
    if unit.mastery_score is None:
        return plain
    return _("%(asks)s; passing takes %(score)s") % {"asks": plain, "score": _share(unit.mastery_score)}


def told(one: UnitStanding) -> str:
    """What is known of a unit: not begun, begun, completed, passed or not, waived; with its best score."""
    found = []
    if one.waived:
        found.append(pgettext("unit of a package", "waived"))
    if one.completed:
        found.append(pgettext("unit of a package", "completed"))
    if one.passed is not None and not one.waived:
        word = pgettext("unit of a package", "passed") if one.passed else pgettext("unit of a package", "not passed")
        score = "" if one.scaled is None else _share(max(one.scaled, 0))
        found.append(_("%(word)s with %(score)s") % {"word": word, "score": score} if score else word)
    if not found:
        found.append(
            pgettext("unit of a package", "begun") if one.begun else pgettext("unit of a package", "not begun")
        )
    return ", ".join(found)


def mode_told(mode: str) -> str:
    """What a learner should know of the mode that a unit was opened in; "" where it counts."""
    if mode == Cmi5Session.Mode.REVIEW:
        return _("Open to look at again: what you do now changes no result.")
    if mode == Cmi5Session.Mode.BROWSE:
        return _("Open to look around: no result is kept.")
    return ""
