"""What an author sends to a video or file: one field for each of its places."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ..courses.parts import PartKind
from .accepting import PLACES, PLACES_OF


class FilesForm(forms.Form):
    """A file for each place, and a box that takes away what is there."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: PartKind, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = PLACES_OF[kind.name]
        for name in self.places:
            place = PLACES[name]
            accept = ",".join(f".{one}" for one in place.extensions)
            self.fields[name] = forms.FileField(
                label=capfirst(kind.model._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
                help_text=place.help,
                required=False,
                allow_empty_file=True,
                widget=forms.FileInput(attrs={"accept": accept}),
            )
            if getattr(row, name) is not None:
                self.fields[f"without_{name}"] = forms.BooleanField(label=_("Take this file away"), required=False)

    def changes(self) -> dict[str, Any]:
        """What the service takes: {place: upload}; None takes away what is there."""
        sent = {name: self.cleaned_data[name] for name in self.places if self.cleaned_data.get(name)}
        gone = {name: None for name in self.places if self.cleaned_data.get(f"without_{name}")}
        return gone | sent

    def places_with(self, row: Any) -> list[tuple[Any, Any, Any]]:
        """(field, what is there, the box that takes it away) of each place."""
        boxes = {name: self[f"without_{name}"] for name in self.places if f"without_{name}" in self.fields}
        return [(self[name], getattr(row, name), boxes.get(name)) for name in self.places]
