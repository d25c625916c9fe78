"""What ``trama up`` does the first time, told by the phases: foundation may not import them."""

from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from django.conf import settings

FirstStart = Callable[[TextIO], None]
_first_start: list[FirstStart] = []


def register_first_start(do: FirstStart) -> None:
    """``do(stream)`` runs once, after the data are loaded, on the first ``trama up`` of an installation.

    What it writes to ``stream`` is shown to the person. It must be repeatable: a first start can be interrupted.
    Called in ``AppConfig.ready``; never run by ``trama serve``.
    """
    if do not in _first_start:
        _first_start.append(do)


def marker() -> Path:
    """The file that says that the first start was completed."""
    return Path(settings.VAR_DIR) / "first-start-done"


def run_first_start(stream: TextIO) -> bool:
    """Run what was registered, unless it has been completed before. Returns whether it ran."""
    if marker().exists():
        return False
    for do in _first_start:
        do(stream)
    marker().touch()
    return True
