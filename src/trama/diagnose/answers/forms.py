"""What a browser without scripts sends: the fields of one area, or of one agreement, as saves of the same protocol."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Evidence
from .presentation import text_mark
from .protocol import About


def saves_in_form(sent: Mapping[str, Any], items: Iterable[int], about: About, at: datetime) -> list[dict[str, Any]]:
    """One save for each item that the person changed. What comes back as it was shown is no change."""
    found = []
    for item in items:
        save_id = sent.get(f"save-{item}")
        if not save_id:
            continue
        changes, level, text = [], sent.get(f"level-{item}", ""), sent.get(f"text-{item}")
        if level != "" and level != sent.get(f"was-level-{item}", ""):
            changes.append("level")
        if text is not None and text_mark(text) != sent.get(f"was-text-{item}", text_mark("")):
            changes.append("text")
        resolves = sent.get(f"resolves-{item}", "")
        if changes or resolves:
            found.append(
                {
                    "id": save_id,
                    "item": item,
                    "about": about.value,
                    "base": _number(sent.get(f"base-{item}")),
                    "changes": changes,
                    "level": _number(level),
                    "text": text,
                    "resolves": resolves,
                    "device_at": at,
                }
            )
    return found


def _number(value: Any) -> Any:
    """A whole number as text became one; anything else stays as it is, and the protocol says what is wrong with it."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return value


class EvidenceForm(forms.ModelForm[Evidence]):
    """A link or a file: exactly one of the two."""

    class Meta:
        model = Evidence
        fields = ("title", "address", "file")
        labels = {"title": _("What it is"), "address": _("Address on the web"), "file": _("Or a file, up to 10 MB")}
        help_texts = {
            "title": _("For example: minutes of the council, 12 March."),
            "file": _("PDF, image, document, spreadsheet, slides or text. Files are not checked for viruses."),
        }

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(sent.get("address")) == bool(sent.get("file")):
            raise forms.ValidationError(_("Give an address or a file, one of the two."))
        return sent
