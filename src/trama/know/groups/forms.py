"""The date at which the members of a group are asked for."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class DayInput(forms.DateInput):
    """The browser's own calendar. It takes no other form of a date, so what is no date leaves it empty."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        text = super().format_value(value)
        return text if text and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None


class DayField(forms.DateField):
    """A day as browsers send it, or as it is written in Brazil. What is neither is told back."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DayInput(format="%Y-%m-%d"), input_formats=["%Y-%m-%d", "%d/%m/%Y"], **options)

    def to_python(self, value: Any) -> date | None:
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(
                _("“%(found)s” is no date. Expected year, month and day, such as 2026-03-31.")
                % {"found": str(value)[:20]}
            ) from None


class DayForm(forms.Form):
    """A day, ``data`` in the query. Empty means today."""

    day = DayField(
        label=gettext_lazy("Members on"),
        required=False,
        help_text=gettext_lazy("The date chooses the members; the figures are the latest published."),
    )

    def add_prefix(self, field_name: str) -> str:
        """The name in the query: Portuguese, as all addresses are."""
        return super().add_prefix({"day": "data"}.get(field_name, field_name))
