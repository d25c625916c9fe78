"""What a trainer writes to many."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .services import LONGEST


class MessageForm(forms.Form):
    """A message, and the name of its sending, so that one sent twice goes out once."""

    text = forms.CharField(
        label=_("Message"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Each letter ends with the person’s own next step and its link."),
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)
