"""The date at which the members of a group are asked for."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DayForm(forms.Form):
    """A day, ``data`` in the query. Empty means today."""

    day = forms.DateField(
        label=_("Members on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": _("This is no date. Expected year-month-day, such as 2026-03-31.")},
    )

    def add_prefix(self, field_name: str) -> str:
        """The name in the query: Portuguese, as all addresses are."""
        return super().add_prefix({"day": "data"}.get(field_name, field_name))
