"""What is dear to compute and no longer changes, kept in this process. Whoever asks for it was let in before."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

HOUR = 3600  # seconds


class Memory[T]:
    """The last ``most`` things made, each under everything that it stands on. Nobody may change what is kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[tuple[Any, ...], T] = {}

    def get(self, stands_on: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What is kept under ``stands_on``, else made now."""
        found = self._kept.get(stands_on)
        if found is None:
            found = make()
            while len(self._kept) >= self._most:
                self._kept.pop(next(iter(self._kept), stands_on), None)
            self._kept[stands_on] = found
        return found


def kept_html(name: str, parts: tuple[Any, ...], draw: Callable[[], str]) -> SafeString:
    """``draw()``, remembered under everything that it stands on (``parts``) and the language of the page.

    Markup that our own templates made, escaped there.
    """
    stands_on = "\n".join(map(str, (name, get_language(), *parts)))
    key = f"diagnose.{name}.{hashlib.sha256(stands_on.encode()).hexdigest()[:32]}"
    found = caches["profiles"].get(key)
    if found is None:
        found = str(draw())
        caches["profiles"].set(key, found, HOUR)
    return mark_safe(found)  # noqa: S308
