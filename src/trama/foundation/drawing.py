"""Parts of pages that are drawn once for the same content, and kept under that content (docs/decisions/0114).

A part is drawn from one frozen value of texts, numbers and days: no model, no request, no person who looks. What was
drawn is kept in this process under the value itself, the language and the clock, so it cannot be old, and whoever is
shown it may see what it says: the value was read for them a moment ago. Two things differ at each request, the token
of the forms and the ``uid`` of what a form will make; their places are left open in what is kept, and filled for each
reader.
"""

import secrets
from collections.abc import Hashable, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.forms import BaseForm, HiddenInput
from django.forms.boundfield import BoundField
from django.template.defaultfilters import floatformat
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

MOST = 5000  # parts of 0.5 to 10 KiB
_UNGUESSABLE = secrets.token_hex(16)  # nobody can write it into a text
TOKEN, NEW = f"token-{_UNGUESSABLE}", f"new-{_UNGUESSABLE}"


def drawn(template: str, one: Hashable, *, token: str = "", new: UUID | str = "") -> SafeString:
    """``template`` with ``one``, a frozen value of plain things. ``token``: what its forms carry (``get_token``).

    The template sees ``one``, ``{% csrf_token %}`` and ``new_uid``, and nothing else.
    """
    text = _kept(template, get_language() or "", get_current_timezone_name(), one)
    return mark_safe(text.replace(TOKEN, escape(token)).replace(NEW, escape(str(new))))  # noqa: S308 (escaped there)


@lru_cache(maxsize=MOST)
def _kept(template: str, _language: str, _clock: str, one: Hashable) -> str:
    return render_to_string(template, {"one": one, "csrf_token": TOKEN, "new_uid": NEW})


def day_in_words(day: date | None) -> str:
    """A day as it is written in the language of the page; "" where there is none."""
    return _day(day, get_language() or "") if day is not None else ""


def number_in_words(value: Decimal | None, decimals: int) -> str:
    """A number with so many decimals in the language of the page; "" where there is none."""
    return _number(value, decimals, get_language() or "") if value is not None else ""


@lru_cache(maxsize=MOST)
def _day(day: date, _language: str) -> str:
    return str(date_format(day, "SHORT_DATE_FORMAT"))


@lru_cache(maxsize=MOST)
def _number(value: Decimal, decimals: int, _language: str) -> str:
    return str(floatformat(value, f"{decimals}g"))


# --- forms ------------------------------------------------------------------------------------------------------------


def drawn_form(form: BaseForm) -> SafeString:
    """``{{ form }}``, its visible fields kept (``drawn_field``). One with errors is drawn anew, with their summary."""
    if form.errors:
        return SafeString(form)
    pieces = [*map(drawn_field, form.visible_fields()), *map(_hidden, form.hidden_fields())]
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def drawn_field(bound: BoundField) -> SafeString:
    """``{{ field.as_field_group }}``, kept under everything that it is drawn from."""
    said = _said(bound)
    text = _fields.get(said)
    if text is None:
        text = bound.as_field_group()
        while len(_fields) >= MOST:
            _fields.pop(next(iter(_fields), ()), None)
        _fields[said] = text
    return text


_fields: dict[tuple[Any, ...], SafeString] = {}


def _said(bound: BoundField) -> tuple[Any, ...]:
    """What one field is drawn from: its kind, its words, its widget, its choices, its value, what is wrong with it."""
    form, field, value = bound.form, bound.field, bound.value()
    widget = field.widget
    return (
        *(get_language(), type(form), type(form.renderer), type(field), type(widget), bound.html_name, bound.auto_id),
        *(str(bound.label), str(bound.help_text), field.required, field.disabled, form.use_required_attribute),
        *(widget.is_required, widget.is_localized, getattr(widget, "format", None)),
        tuple((name, str(given)) for name, given in widget.attrs.items()),
        _choices(getattr(widget, "choices", ())),
        (type(value), str(value)),
        tuple(map(str, bound.errors)),
    )


def _choices(given: Iterable[Any]) -> tuple[Hashable, ...]:
    """Choices as plain texts; groups with theirs inside."""
    return tuple(
        (str(value), _choices(label) if isinstance(label, list | tuple) else str(label)) for value, label in given
    )


def _hidden(bound: BoundField) -> SafeString:
    """A hidden field. Its value is often new at each request, so it is not kept, only written more directly."""
    value = bound.value()
    if type(bound.field.widget) is not HiddenInput or bound.field.widget.attrs or value in (None, ""):
        return SafeString(bound)
    return format_html('<input type="hidden" name="{}" value="{}" id="{}">', bound.html_name, value, bound.auto_id)
