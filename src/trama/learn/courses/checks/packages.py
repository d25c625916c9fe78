"""Checks of packages: there is a file that runs, a rule it can meet, and something to do without it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..models import Package
from .problem import Problem, check_number, none

HEAVY = 5 * 1024 * 1024  # bytes: what takes more than a minute at 0.7 Mbit/s


def check_package(part: Mapping[str, Any]) -> Iterator[Problem]:
    name = part["slug"]
    if part["rule"] not in Package.Rule.values:
        expected = _("one of %s") % ", ".join(Package.Rule.values)
        yield Problem("package", name, "rule", repr(part["rule"]), expected)
    if part["rule"] == Package.Rule.SCORE:
        yield from check_number("package", name, "asked_percent", part["asked_percent"], 100)
    if part["file"] is None:
        yield Problem("package", name, "file", none(), _("a package file"))
        return
    if part["file"].size > HEAVY:
        found = _("%d MB to load") % round(part["file"].size / 1024 / 1024)
        yield Problem("package", name, "file", found, _("at most 5 MB, for a phone on a weak connection"), blocks=False)
