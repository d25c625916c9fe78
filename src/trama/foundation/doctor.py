"""What is wrong with an installation, and how to mend it: ``trama doctor``.

A check is a function that yields findings. Each phase registers its own in ``AppConfig.ready``::

    @register_check(order=60)
    def staged_imports() -> Iterator[Finding]:
        yield good(_("No import was left halfway."))
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

GOOD, WARNING, FAILURE = "good", "warning", "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer: what was found and, unless it is good, how to mend it."""

    level: str
    what: str
    mend: str = ""


Check = Callable[[], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class _Registered:
    order: int
    check: Check
    before_start: bool


_checks: list[_Registered] = []


def good(what: str) -> Finding:
    return Finding(GOOD, what)


def warning(what: str, mend: str) -> Finding:
    return Finding(WARNING, what, mend)


def failure(what: str, mend: str) -> Finding:
    return Finding(FAILURE, what, mend)


def register_check(*, order: int = 50, before_start: bool = False) -> Callable[[Check], Check]:
    """Add a check. ``before_start``: ``trama up`` asks it too, and does not start on a failure."""

    def register(check: Check) -> Check:
        if all(known.check is not check for known in _checks):
            _checks.append(_Registered(order, check, before_start))
            _checks.sort(key=lambda registered: registered.order)
        return check

    return register


def examine() -> Iterator[Finding]:
    """Every finding. A check that itself breaks is a finding, not the end."""
    yield from _run(_checks)


def before_the_start() -> list[Finding]:
    """The findings that decide whether the site can start at all."""
    return list(_run([registered for registered in _checks if registered.before_start]))


def _run(checks: Iterable[_Registered]) -> Iterator[Finding]:
    for registered in checks:
        try:
            yield from registered.check()
        except Exception as error:
            yield failure(
                _("A check could not be made (%(check)s): %(kind)s: %(error)s")
                % {"check": registered.check.__name__, "kind": type(error).__name__, "error": error},
                _("If the lines above do not explain it, report it with this line."),
            )


@contextlib.contextmanager
def language_of_the_terminal() -> Iterator[None]:
    """Portuguese where the terminal's language is Portuguese, else English."""
    wanted = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    with translation.override("pt-br" if wanted.lower().startswith("pt") else "en"):
        yield
