"""Two versions of something side by side: which values differ, word by word, as their readers call them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .wording import Piece, word_by_word

type Key = tuple[str, str, str]  # kind of part ("" is the version itself), which of them, field


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs. ``part`` names the kind ("" is the version itself), ``name`` which of them."""

    part: str
    name: str
    field: str
    pieces: tuple[Piece, ...]


def differing(old: Mapping[Key, str], new: Mapping[Key, str]) -> list[Difference]:
    """What differs, in the order of ``new``; what is gone stands at the end."""
    keys = [*new, *(key for key in old if key not in new)]
    pairs = [(key, old.get(key, ""), new.get(key, "")) for key in keys]
    return [Difference(*key, tuple(word_by_word(gone, come))) for key, gone, come in pairs if gone != come]


def value_in_words(model: type[models.Model], field: str, value: Any) -> str:
    """A value as its form shows it: the words of a choice, "yes", a number. What is empty, or not so, is ""."""
    if value is None or value is False:
        return ""
    if value is True:
        return _("yes")
    choices = dict(getattr(_field(model, field), "flatchoices", ()) or ())
    return str(choices.get(value, value))


def label_in_words(model: type[models.Model], field: str, others: Mapping[str, Any] | None = None) -> str:
    """What a field is called; ``others``: the names of what is no field of the model."""
    known = {"slug": _("address"), "position": _("place"), **(others or {})}
    return str(capfirst(known.get(field) or getattr(_field(model, field), "verbose_name", field)))


def _field(model: type[models.Model], field: str) -> Any:
    try:
        return model._meta.get_field(field)
    except FieldDoesNotExist:
        return None
