"""The forms of the team: let a program into the store, take a person out of it."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from .checking.actors import check_agent
from .erasing import agents_of_email
from .errors import Malformed
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


class ForgetForm(forms.Form):
    """Under which names statements know a person: an e-mail, an account of another program, or both."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail of the person"),
        required=False,
        help_text=gettext_lazy(
            "If it is that of somebody of this site, what the site itself recorded of them goes too."
        ),
    )
    home_page = forms.CharField(
        label=gettext_lazy("Address of another system where the person has an account"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("As the program sends it, such as https://example.org."),
    )
    account = forms.CharField(label=gettext_lazy("Name of the person in that system"), required=False, max_length=500)
    sure = forms.BooleanField(label=gettext_lazy("I know that nothing brings back what is erased"))

    @property
    def accounts(self) -> list[dict[str, Any]]:
        """The agent of the other system, if one was named."""
        data = self.cleaned_data
        if not data.get("account"):
            return []
        return [{"account": {"homePage": data["home_page"], "name": data["account"]}}]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        home, name = cleaned.get("home_page"), cleaned.get("account")
        if bool(home) != bool(name):
            self.add_error("account" if home else "home_page", _("The address and the name are needed together."))
        elif not home and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Give the e-mail or the account in another system."))
        elif home and not _all_agents(self.accounts):
            self.add_error("home_page", _("This must be a whole address, such as https://example.org."))
        if cleaned.get("email") and not _all_agents(agents_of_email(cleaned["email"])):
            self.add_error("email", _("No record can name this e-mail."))
        return cleaned


def _all_agents(found: list[dict[str, Any]]) -> bool:
    """Whether the store would take each of these as an agent."""
    try:
        for one in found:
            check_agent(one, "agent")
    except Malformed:
        return False
    return True
