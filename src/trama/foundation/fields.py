"""Form fields that several phases use."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MINUTE_END = timedelta(seconds=59)  # "until 23:59" includes that minute

ZONES = (
    ("America/Sao_Paulo", _("Brasília time")),
    ("America/Manaus", _("Amazonas time")),
    ("America/Rio_Branco", _("Acre time")),
    ("America/Cuiaba", _("Mato Grosso time")),
    ("America/Noronha", _("Fernando de Noronha time")),
    ("UTC", "UTC"),
)

_SAME_CLOCK = {  # zones of the country that show the time of another one, by the name people use
    "America/Araguaina": "America/Sao_Paulo",
    "America/Bahia": "America/Sao_Paulo",
    "America/Belem": "America/Sao_Paulo",
    "America/Fortaleza": "America/Sao_Paulo",
    "America/Maceio": "America/Sao_Paulo",
    "America/Recife": "America/Sao_Paulo",
    "America/Santarem": "America/Sao_Paulo",
    "America/Boa_Vista": "America/Manaus",
    "America/Porto_Velho": "America/Manaus",
    "America/Campo_Grande": "America/Cuiaba",
    "America/Eirunepe": "America/Rio_Branco",
}


def zone_name(zone: str) -> str:
    """How people call the time of a zone, such as "Acre time"; a zone without such a name keeps its own."""
    return str(dict(ZONES).get(_SAME_CLOCK.get(zone, zone), zone))


class WallClockField(forms.Field):
    """A day and time as a clock on the wall shows them, without a zone: the form gives them one.

    Gives a naive ``datetime``. The browser's own field is used, which works with a keyboard and on a phone.
    """

    default_error_messages = {"invalid": _("Write a day and a time, such as 2026-03-10T23:59.")}

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **options)

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        try:
            return datetime.fromisoformat(value).replace(tzinfo=None, second=0, microsecond=0)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
