"""Forms of meetings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from .models import CohortMeeting

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class MeetingForm(forms.ModelForm):
    """When and where a meeting is. Times are those of Brasília unless the installation says otherwise."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = CohortMeeting
        fields = ("title", "starts_at", "minutes", "place", "link")
        widgets = {"starts_at": MOMENT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes"].widget.attrs["min"] = 1
        self.initial["revision"] = self.instance.revision

    def clean_minutes(self) -> int:
        minutes: int = self.cleaned_data["minutes"]
        if not 1 <= minutes <= 24 * 60:
            raise forms.ValidationError(gettext_lazy("Between 1 minute and 24 hours."))
        return minutes


class NotesForm(forms.ModelForm):
    """What happened."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = CohortMeeting
        fields = ("state", "notes", "recording")
        widgets = {"notes": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision
