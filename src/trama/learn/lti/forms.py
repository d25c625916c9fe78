"""Forms of the programme's team: a tool, a learning platform."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..courses.models import CourseVersion
from .models import Platform, Tool
from .services import PLATFORM_FIELDS, TOOL_FIELDS
from .trust import read_keys

KEYS_HELP = _("Fill in this address or paste the key below, one of the two.")
MOST_REDIRECTS = 20


def _secure(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.fragment:
        raise ValidationError(_("Write an address that begins with https://."))
    return address


class _WithKeys(forms.ModelForm):
    """What tools and platforms have in common: addresses over https, and one source of keys."""

    addresses: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("public_key", 6), ("redirect_urls", 3), ("deployment_ids", 3)):
            if name in self.fields:
                self.fields[name].widget.attrs["rows"] = rows
        self.fields["jwks_url"].help_text = KEYS_HELP
        self.fields["public_key"].help_text = _("PEM or JWK. With a pasted key no server has to be asked.")

    def clean_public_key(self) -> str:
        text: str = self.cleaned_data["public_key"].strip()
        if text:
            try:
                read_keys(text)
            except (ValueError, TypeError, AttributeError, RecursionError) as problem:
                raise ValidationError(
                    _("This is no public key that can be used (RSA of 2048 bits, or EC).")
                ) from problem
        return text

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.addresses:
            if data.get(name):
                try:
                    _secure(data[name])
                except ValidationError as problem:
                    self.add_error(name, problem)
        if bool(data.get("jwks_url")) == bool(data.get("public_key")) and "public_key" not in self.errors:
            self.add_error("jwks_url", KEYS_HELP)
        return data

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ToolForm(_WithKeys):
    addresses = ("login_url", "launch_url", "deep_link_url", "jwks_url")

    class Meta:
        model = Tool
        fields = TOOL_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["redirect_urls"].help_text = _("One a line. The tool gets its messages at these addresses alone.")
        self.fields["share_name"].help_text = _("Off: the tool knows people by a random name only.")
        if self.instance.pk:
            del self.fields["slug"]

    def clean_redirect_urls(self) -> str:
        found: list[str] = self.cleaned_data["redirect_urls"].split()
        if len(found) > MOST_REDIRECTS:
            raise ValidationError(_("These are too many addresses."))
        return "\n".join(_secure(one) for one in found)


class PlatformForm(_WithKeys):
    addresses = ("auth_url", "token_url", "jwks_url")

    class Meta:
        model = Platform
        fields = PLATFORM_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issuer"].help_text = _("As the platform writes it, usually its address.")
        self.fields["deployment_ids"].help_text = _("One a line.")


class ChooseForm(forms.Form):
    """A course to open from another platform."""

    course = forms.ChoiceField(label=_("Courses"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, versions: Sequence[CourseVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["course"]
        field.choices = [(one.course.slug, _told(one)) for one in versions]


def _told(version: CourseVersion) -> SafeString:
    """A course as somebody chooses by it: title, hours, what it is about."""
    hours = ngettext("%(hours)s hour", "%(hours)s hours", version.hours) % {"hours": version.hours}
    text = "<span><strong>{}</strong><br><span class='small soft'>{} · {}</span></span>"
    return format_html(text, version.title, hours, version.summary)
