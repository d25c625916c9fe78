"""Content in two languages: fields ``title_pt`` and ``title_en``, shown in the language of the page."""

from typing import Any

from django.utils.translation import get_language


def in_language(portuguese: str, english: str) -> str:
    """The text of the active language; the other one where it is still missing."""
    first, second = (english, portuguese) if (get_language() or "").startswith("en") else (portuguese, english)
    return first or second


def localised(thing: Any, name: str) -> str:
    """``localised(criterion, "title")`` is ``criterion.title_pt`` or ``criterion.title_en``."""
    return in_language(getattr(thing, f"{name}_pt"), getattr(thing, f"{name}_en"))


class Localised:
    """On a model, ``title = Localised()`` reads ``title_pt`` or ``title_en``, as the page's language asks."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, thing: Any, owner: type | None = None) -> str:
        return localised(thing, self.name) if thing is not None else self.name
