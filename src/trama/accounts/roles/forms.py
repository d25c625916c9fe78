"""Forms of the pages of roles."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Profile
from .team import scope_of_code
from .vocabulary import (
    NETWORK_TOOLS,
    PROGRAMME_ROLES,
    SCHOOL_ROLES,
    SCOPE_OF_ROLE,
    TEAM_ROLE_OF_PRINCIPAL,
    AccessLevel,
    Role,
    Scope,
    Tool,
)

NOTHING = ""
ACCESS_CHOICES = [(NOTHING, _("no access")), *AccessLevel.choices]


class GrantsForm(forms.Form):
    """One choice per tool: no access, view, edit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for tool in NETWORK_TOOLS:
            self.fields[f"tool_{tool.value}"] = forms.ChoiceField(
                label=Tool(tool).label, choices=ACCESS_CHOICES, required=False, widget=forms.RadioSelect
            )

    @staticmethod
    def initial_of(profile: Profile) -> dict[str, str]:
        return {f"tool_{grant.tool}": grant.access for grant in profile.grants.all()}

    def grants(self) -> dict[str, str]:
        """``{tool: access}`` of what was chosen."""
        chosen = {tool.value: self.cleaned_data.get(f"tool_{tool.value}", NOTHING) for tool in NETWORK_TOOLS}
        return {tool: access for tool, access in chosen.items() if access}


class InviteForm(GrantsForm):
    """Invite someone to the team of an acting profile: the network and its schools, or the programme."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label=_("Role"), choices=())
    school = forms.CharField(
        label=_("Inep code of the school"),
        required=False,
        max_length=8,
        help_text=_("Only for roles in a school: 8 digits."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, acting: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acting = acting
        if acting.role in PROGRAMME_ROLES:
            roles = [Role.PROGRAMME_TEAM, Role.PROGRAMME_ADMIN]
            for name in ("school", *(f"tool_{tool.value}" for tool in NETWORK_TOOLS)):
                del self.fields[name]
        else:
            team_role = Role(TEAM_ROLE_OF_PRINCIPAL.get(acting.role, acting.role))
            roles = [team_role, *sorted(SCHOOL_ROLES)]
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        role = data.get("role")
        if role is None:
            return data
        if SCOPE_OF_ROLE[role] == Scope.SCHOOL:
            data["scope"] = scope_of_code(Scope.SCHOOL, data.get("school", ""))
            if data["scope"] is None or data["scope"].network_id != self.acting.network_id:
                self.add_error("school", _("There is no school with this code in your network."))
        else:
            data["scope"] = self.acting.scope
        return data


class ProgrammeInviteForm(forms.Form):
    """The programme invites a principal user, a coordinator of a group or a trainer."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))


class RenewalForm(forms.Form):
    """The act that appointed the new director of education."""

    act_number = forms.CharField(label=_("Number of the appointment act"), max_length=60)
    act_date = forms.DateField(
        label=_("Date of the appointment act"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    document = forms.FileField(
        label=_("Appointment act (PDF, at most 5 MB)"), widget=forms.FileInput(attrs={"accept": "application/pdf"})
    )


class DecisionForm(forms.Form):
    """Approve or refuse a renewal request; a refusal says why."""

    approve = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("1", _("Approve")), ("0", _("Refuse"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, help_text=_("Needed to refuse: the person reads it.")
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("approve") is False and not data.get("reason", "").strip():
            self.add_error("reason", _("Say why, so that the person knows what to mend."))
        return data
