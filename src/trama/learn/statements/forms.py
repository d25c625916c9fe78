"""The form that lets a program into the store."""

from datetime import datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from .scopes import SCOPES


class TokenForm(forms.Form):
    """Name of the program, what it may do, until when."""

    name = forms.CharField(
        label=pgettext_lazy("of a program", "Name"),
        max_length=120,
        help_text=gettext_lazy("The program and who runs it, as the team will look for it later."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    until = forms.DateField(
        label=gettext_lazy("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Leave empty for access without an end. It can be revoked at any time."),
    )

    @property
    def expires_at(self) -> datetime | None:
        """The end of the last day, on the clock of the installation."""
        day = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day, time.max)) if day else None

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        day = cleaned.get("until")
        if day is not None and day < timezone.localdate():
            self.add_error("until", _("Choose a day that is not over."))
        return cleaned
