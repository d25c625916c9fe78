"""What people send: a form with an instrument in it, and a question of their own."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import Instrument, Level, OwnQuestion
from .xlsform_sheets import LIMITS, MEBIBYTE

ANCHORS = tuple(level.field for level in Level)


class ImportForm(forms.Form):
    """An XLSForm, and of which instrument it is a version where the file does not say so."""

    file = forms.FileField(
        label=_("XLSForm"),
        help_text=_("An Excel workbook (.xlsx) of at most 5 MB, with the sheets survey and choices."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )
    instrument = forms.ChoiceField(label=_("Instrument"), required=False)
    version = forms.CharField(
        label=_("Version"),
        required=False,
        max_length=20,
        help_text=_("A new label, such as 1.1. Leave it empty to use the one in the file."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(instrument.slug, instrument.slug) for instrument in Instrument.objects.all()]
        self.fields["instrument"].choices = [("", gettext("The one the file names")), *known]  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        """Refuse by size and by name before anything is read."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LIMITS.file_bytes:
            raise forms.ValidationError(
                gettext("This file has %(found)d MB; at most %(most)d MB can be sent.")
                % {"found": -(-(file.size or 0) // MEBIBYTE), "most": LIMITS.file_bytes // MEBIBYTE}
            )
        if not (file.name or "").lower().endswith(".xlsx"):
            raise forms.ValidationError(
                gettext("Expected an Excel workbook (.xlsx). Open the file in a spreadsheet and save it as .xlsx.")
            )
        return file


class OwnQuestionForm(forms.ModelForm):
    """A question of a network, school or group. The four levels are described all, or not at all."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = OwnQuestion
        fields = ("title", "question", *ANCHORS)
        widgets = {
            "question": forms.Textarea(attrs={"rows": 2, "maxlength": 600}),
            **{name: forms.Textarea(attrs={"rows": 3, "maxlength": 800}) for name in ANCHORS},
        }
        help_texts = {
            "title": _("Two to six words. It stands in lists and charts."),
            "question": _("One question, one idea, that can be answered by choosing a level."),
            "fragile": _("What somebody visiting would see, read or hear at this level. Describe all four, or none."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["revision"] = self.instance.revision

    def clean_question(self) -> str:
        return self._at_most("question", 600)

    def _at_most(self, name: str, most: int) -> str:
        text: str = self.cleaned_data[name].replace("\r\n", "\n").strip()
        if len(text) > most:
            raise forms.ValidationError(
                gettext("This text has %(count)d characters; at most %(most)d fit.")
                % {"count": len(text), "most": most}
            )
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ANCHORS:
            if name in data:
                try:
                    data[name] = self._at_most(name, 800)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        written = [name for name in ANCHORS if data.get(name)]
        for name in ANCHORS:
            if written and not data.get(name) and name not in self.errors:
                self.add_error(name, gettext("Describe this level too, or leave all four empty."))
        return data

    def values(self) -> dict[str, str]:
        """The texts, for the service."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def resubmit_as(self, revision: int) -> None:
        """After a conflict: saving again is then a choice made with both texts in sight."""
        self.data = {**self.data.dict(), "revision": str(revision)}  # type: ignore[attr-defined]
