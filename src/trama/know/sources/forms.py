"""What the team sends."""

import re

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .formats.opening import UPLOAD

SUFFIXES = (".xlsx", ".csv", ".zip", ".gz", ".json", ".geojson", ".topojson", ".txt")


class UploadForm(forms.Form):
    """An official file, and whether to try it first."""

    file = forms.FileField(
        label=gettext_lazy("Official file"),
        help_text=gettext_lazy("As it was published: xlsx, csv, json or zip, at most 20 MiB."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )
    dry_run = forms.BooleanField(
        label=gettext_lazy("Try it only: read and check everything, keep nothing"), required=False, initial=True
    )

    def clean_file(self) -> UploadedFile:
        """Refuse by size and by name before anything is read."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > UPLOAD.file_bytes:
            raise forms.ValidationError(
                _("This file has %(found)d MiB; at most %(most)d MiB can be sent. "
                  "Larger official files are imported by whoever runs the platform.")
                % {"found": (file.size or 0) >> 20, "most": UPLOAD.file_bytes >> 20}
            )  # fmt: skip
        if not (file.name or "").lower().endswith(SUFFIXES):
            raise forms.ValidationError(_("Expected one of these kinds of file: %s") % ", ".join(SUFFIXES))
        return file


class WithdrawForm(forms.Form):
    """Why a release is taken back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


def clean_name(name: str) -> str:
    """The name of a sent file, fit to be shown and kept: no path, no control marks, at most 200 characters."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(char for char in last if char.isprintable())[-200:] or "file"
