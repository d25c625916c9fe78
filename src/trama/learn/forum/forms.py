"""What is written in a forum."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..courses.models import Module
from .texts import LONGEST

HOW = _(
    "Links begin with https://. **Two asterisks** make words strong; a line that begins with - is an item of a list."
)


class PostForm(forms.Form):
    """A text, and the name that its sending has, so that one sent twice is written once."""

    text = forms.CharField(label=_("Text"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}), help_text=HOW)
    submission = forms.UUIDField(widget=forms.HiddenInput)


class TopicForm(PostForm):
    """A subject, its text, and the module that it is about, if it is about one."""

    title = forms.CharField(label=_("Subject"), max_length=160)
    module: Any = forms.ModelChoiceField(label=_("About which module"), queryset=None, required=False)
    field_order = ("title", "text", "module")

    def __init__(self, *args: Any, version: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["module"]
        field.queryset = Module.objects.filter(version=version)
        field.label_from_instance = lambda module: module.title
        field.empty_label = str(_("the whole course"))


class ChangeForm(forms.Form):
    """Another text for one's own post."""

    text = forms.CharField(label=_("Text"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 8}), help_text=HOW)
    revision = forms.IntegerField(widget=forms.HiddenInput)
