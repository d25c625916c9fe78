"""Forms of the team: a call, and a category of it."""

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from trama.foundation.fields import MINUTE_END, ZONES, WallClockField
from trama.foundation.policies import may

from ..policies import EDIT_CALL
from .models import Call, CallCategory, CategoryGroup

RESERVED = frozenset({"novo"})  # the address of the form itself


class CallForm(forms.ModelForm):
    """Texts in both languages side by side, dates in the call's own time zone."""

    opens_at = WallClockField(label=_("Opens at"), required=False)
    closes_at = WallClockField(
        label=_("Closes at"), required=False, help_text=_("The whole minute counts: at 23:59 one can still apply.")
    )
    time_zone = forms.ChoiceField(label=_("Time zone of the dates"), choices=ZONES)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Call
        fields = (
            "title_pt",
            "title_en",
            "summary_pt",
            "summary_en",
            "text_pt",
            "text_en",
            "opens_at",
            "closes_at",
            "time_zone",
            "organisation",
            "slug",
            "source_note",
        )
        widgets = {
            name: forms.Textarea(attrs={"rows": rows})
            for name, rows in (
                ("summary_pt", 3),
                ("summary_en", 3),
                ("text_pt", 10),
                ("text_en", 10),
                ("source_note", 2),
            )
        }
        help_texts = {"slug": _("The end of the page's address: small letters, digits and hyphens.")}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call = self.instance
        if call.pk:
            self.initial["revision"] = call.revision
            for name in ("opens_at", "closes_at"):
                moment = getattr(call, name)
                self.initial[name] = moment.astimezone(call.zone).replace(tzinfo=None) if moment else None
            if call.time_zone not in dict(ZONES):
                self.fields["time_zone"].choices = [*ZONES, (call.time_zone, call.time_zone)]  # type: ignore[attr-defined]
        own = [o for o in self.fields["organisation"].queryset if may(user, EDIT_CALL, o)]  # type: ignore[attr-defined]
        organisations = self.fields["organisation"]
        organisations.queryset = organisations.queryset.filter(pk__in=[o.pk for o in own])  # type: ignore[attr-defined]
        organisations.empty_label = "—"  # type: ignore[attr-defined]  # Django's own words come in English only
        if not call.pk and len(own) == 1:
            self.initial["organisation"] = own[0].pk

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED:
            raise forms.ValidationError(_("This address belongs to another page. Choose another one."))
        return slug

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        zone = zoneinfo.ZoneInfo(data.get("time_zone") or "America/Sao_Paulo")
        if data.get("opens_at"):
            data["opens_at"] = data["opens_at"].replace(tzinfo=zone)
        if data.get("closes_at"):
            data["closes_at"] = data["closes_at"].replace(tzinfo=zone) + MINUTE_END
        if data.get("opens_at") and data.get("closes_at") and data["closes_at"] <= data["opens_at"]:
            self.add_error("closes_at", _("A call closes after it opens."))
        return data

    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class CategoryForm(forms.ModelForm):
    """A category, and the groups it admits."""

    groups: Any = forms.ModelMultipleChoiceField(
        label=_("Groups admitted"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = CallCategory
        fields = (
            "name_pt",
            "name_en",
            "text_pt",
            "text_en",
            "slug",
            "position",
            "admission",
            "groups_stated",
            "membership_on",
        )
        widgets = {
            "text_pt": forms.Textarea(attrs={"rows": 3}),
            "text_en": forms.Textarea(attrs={"rows": 3}),
            "admission": forms.RadioSelect,
            "membership_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "slug": _("The end of the page's address: small letters, digits and hyphens."),
            "groups_stated": _(
                "How many groups the call names, where not all of them are recorded here: a network outside the "
                "recorded ones is then unknown, not refused."
            ),
            "membership_on": _("Empty: whoever belonged to the group at any time."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group_model: Any = CategoryGroup._meta.get_field("group").related_model
        self.fields["groups"].queryset = group_model.objects.order_by("search_name")  # type: ignore[attr-defined]
        self.fields["admission"].choices = CallCategory.Admission.choices  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["groups"] = [link.group_id for link in self.instance.admitted_groups.all()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("admission") == CallCategory.Admission.RULE:
            data["groups_stated"] = data["membership_on"] = None
            data["groups"] = []
        elif data.get("admission") == CallCategory.Admission.GROUPS and not data.get("groups"):
            self.add_error("groups", _("Choose at least one group, or admit by a rule."))
        return data

    def values(self) -> dict[str, Any]:
        """What the services take, without the groups."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def resubmit_as(form: forms.BaseForm, *, revision: int) -> None:
    """Let a bound form that met a conflict be sent again, knowingly, for the present revision."""
    data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict: what a request brought
    data["revision"] = str(revision)
    form.data = data
