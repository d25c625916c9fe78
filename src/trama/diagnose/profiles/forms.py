"""Forms of sharing."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..rounds.models import Round
from .models import Share
from .selectors import Receiver, latest_end, owner_today, receivers_for


class ShareForm(forms.Form):
    """With whom, what, by name or not, until when."""

    receiver = forms.ChoiceField(label=gettext_lazy("Share with"))
    detail = forms.ChoiceField(
        label=gettext_lazy("What is shared"),
        choices=Share.Detail,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Answers, comments, reasons, evidence and names of people are never shared."),
    )
    named = forms.TypedChoiceField(
        label=gettext_lazy("How it appears"),
        choices=[
            ("0", gettext_lazy("without a name, only inside distributions of five or more")),
            ("1", gettext_lazy("with the name of our institution, as a profile that the receiver opens")),
        ],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="0",
    )
    until = forms.DateField(
        label=gettext_lazy("Until (inclusive)"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *arguments: Any, of: Round, at: datetime, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.of, self.at = of, at
        self.receivers: dict[str, Receiver] = {one.key: one for one in receivers_for(of, at=at)}
        self.fields["receiver"].choices = [("", "…"), *self._grouped()]  # type: ignore[attr-defined]
        self.last = latest_end(of, at)
        self.fields["until"].help_text = _("At most %(day)s. You can take it back before, at any time.") % {
            "day": date_format(self.last)
        }
        self.fields["until"].widget.attrs |= {"min": owner_today(of, at).isoformat(), "max": self.last.isoformat()}
        self.fields["until"].widget.format = "%Y-%m-%d"

    def _grouped(self) -> list[tuple[str, list[tuple[str, str]]]]:
        labels = {
            "network": _("Secretariat"),
            "group": _("Group of networks"),
            "organisation": _("Programme and partners"),
        }
        found: dict[str, list[tuple[str, str]]] = {}
        for one in self.receivers.values():
            found.setdefault(labels[one.field], []).append((one.key, str(one.thing)))
        return list(found.items())

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if not owner_today(self.of, self.at) <= until <= self.last:
            raise forms.ValidationError(
                _("The last day must be today or later, and at most %(day)s.") % {"day": date_format(self.last)}
            )
        return until

    @property
    def chosen(self) -> Receiver:
        return self.receivers[self.cleaned_data["receiver"]]
