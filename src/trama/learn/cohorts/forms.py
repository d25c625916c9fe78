"""Forms of cohorts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trama.accounts.api import Role
from trama.know.api import networks_said, states

from ..courses.selectors import published_versions
from .models import Cohort, CohortOpening
from .own_people import OwnScope
from .services import organisations_of

# What a cohort is about, for whom and when comes first; the rest follows.
ORDER = (
    "version",
    "name",
    "own",
    "opening",
    "groups",
    "states",
    "networks",
    "self_paced",
    "starts_on",
    "ends_on",
    "roles",
    "places",
)
MONDAY = 0
MOST_NETWORKS = 1_000
SHOWN_NETWORKS = 6  # of those that a line may mean


def next_monday(today: date) -> date:
    """The day on which most cohorts begin: today where it is a Monday, else the Monday that comes."""
    return today + timedelta(days=(MONDAY - today.weekday()) % 7)


DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NetworksInput(forms.Textarea):
    """Names of networks, one a line, and a field that finds one as one types its name."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        area = super().render(name, value, attrs, renderer)
        finder = render_to_string("learn/cohorts/_find_network.html", {"list": (attrs or {}).get("id", "")})
        return format_html("{}{}", area, finder)


def _none(number: int, line: str) -> str:
    return _("Line %(line)d: no municipal or state network is called “%(found)s”.") % {
        "line": number,
        "found": line[:60],
    }


def _several(number: int, line: str, networks: Sequence[Any]) -> str:
    shown = "; ".join(one.name for one in networks[:SHOWN_NETWORKS])
    return _("Line %(line)d: “%(found)s” may be %(count)d networks: %(networks)s. Write the name of one of them.") % {
        "line": number,
        "found": line[:60],
        "count": len(networks),
        "networks": shown + (" …" if len(networks) > SHOWN_NETWORKS else ""),
    }


class CohortForm(forms.ModelForm):
    """What a cohort is: for whom, where, from when until when, with how many places."""

    version: Any = forms.ModelChoiceField(label=gettext_lazy("course"), queryset=None)
    organisation: Any = forms.ModelChoiceField(label=gettext_lazy("who runs it"), queryset=None, required=False)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("for which roles"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None marked: for every role."),
    )
    groups: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("territories"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    states = forms.MultipleChoiceField(
        label=gettext_lazy("states"), required=False, widget=forms.CheckboxSelectMultiple
    )
    networks = forms.CharField(
        label=gettext_lazy("networks"),
        required=False,
        widget=NetworksInput(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One a line: the municipality with its state, as in “Caruaru (PE)”, for its municipal network; for that "
            "of a state, “Rede estadual de Pernambuco”. IBGE codes serve too."
        ),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Cohort
        fields = (
            "name",
            "front",
            "opening",
            "places",
            "self_paced",
            "starts_on",
            "ends_on",
            "prior_course",
            "note",
        )
        widgets = {"starts_on": DAY, "ends_on": DAY, "note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"places": gettext_lazy("Leave empty for no limit.")}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Mapping[str, Any] = self.fields
        fields["version"].queryset = published_versions()
        fields["version"].label_from_instance = lambda version: f"{version.title} ({version.version})"
        titles = {one.course_id: one.title for one in published_versions()}
        fields["prior_course"].label = _("earlier course that it asks for").capitalize()
        fields["prior_course"].queryset = fields["prior_course"].queryset.filter(pk__in=titles)
        fields["prior_course"].label_from_instance = lambda course: titles[course.pk]
        fields["prior_course"].empty_label = "—"
        organisations: Any = Cohort._meta.get_field("organisation").related_model
        fields["organisation"].queryset = organisations.objects.filter(pk__in=organisations_of(user), kind="partner")
        fields["organisation"].empty_label = str(_("the programme"))
        groups: Any = CohortOpening._meta.get_field("group").related_model
        fields["groups"].queryset = groups.objects.order_by("name")
        fields["states"].choices = [(str(one.code), one.name) for one in states()]
        if self.instance.pk is not None:
            del self.fields["version"], self.fields["organisation"]
            self._say_what_is()
        else:
            self.initial.setdefault("starts_on", next_monday(timezone.localdate()))
        self._arrange()

    def _arrange(self) -> None:
        self.order_fields(ORDER)
        for field in self.fields.values():
            field.label = capfirst(str(field.label or ""))

    def _say_what_is(self) -> None:
        openings = list(self.instance.openings.select_related("network"))
        held: dict[str, Any] = {
            "revision": self.instance.revision,
            "roles": [row.role for row in self.instance.roles.all()],
            "groups": [row.group_id for row in openings if row.group_id],
            "states": [str(row.state_id) for row in openings if row.state_id],
            "networks": "\n".join(row.network.name for row in openings if row.network),
        }
        self.initial.update(held)

    def clean_networks(self) -> list[Any]:
        """The networks that the lines name. Every line that names none, or more than one, is told."""
        text = self.cleaned_data["networks"]
        lines = {number: line.strip() for number, line in enumerate(text.splitlines(), start=1) if line.strip()}
        if len(lines) > MOST_NETWORKS:
            most = _("At most %(count)d networks can be listed: for more, choose states or open it to all.")
            raise forms.ValidationError(most % {"count": MOST_NETWORKS})
        said = networks_said(lines.values())
        problems = [
            _several(number, line, said[line]) if said[line] else _none(number, line)
            for number, line in lines.items()
            if len(said[line]) != 1
        ]
        if problems:
            raise forms.ValidationError(problems)
        return [said[line][0] for line in lines.values()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The last day comes before the first."))
        if not data.get("self_paced") and end is None and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Only a cohort at each one's own pace has no last day."))
        if (
            data.get("opening") == Cohort.Opening.LISTED
            and "networks" in self.fields
            and "networks" not in self.errors
            and not any(data.get(name) for name in ("networks", "groups", "states"))
        ):
            self.add_error("opening", _("Say for which territories, states or networks."))
        return data

    def openings(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        rows: Iterable[dict[str, Any]] = (
            *({"network": one} for one in dict.fromkeys(data["networks"])),
            *({"group": one} for one in data["groups"]),
            *({"state_id": int(one)} for one in data["states"]),
        )
        return list(rows) if data["opening"] == Cohort.Opening.LISTED else []


class OwnCohortForm(CohortForm):
    """The same for who opens a cohort for the people of their own territory, network or state."""

    own = forms.MultipleChoiceField(
        label=gettext_lazy("for whose people"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only for those for whom you answer."),
    )

    def __init__(self, *args: Any, scopes: Sequence[OwnScope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("organisation", "opening", "groups", "states", "networks"):
            self.fields.pop(name, None)
        self._arrange()
        self.scopes = {one.key: one for one in scopes}
        field: Any = self.fields["own"]
        field.choices = [(one.key, one.label) for one in scopes]
        if len(scopes) == 1:
            self.initial["own"] = [scopes[0].key]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.cleaned_data |= {"opening": Cohort.Opening.LISTED, "organisation": None}

    def openings(self) -> list[dict[str, Any]]:
        return [dict(self.scopes[key].opening) for key in self.cleaned_data["own"]]


class ReasonForm(forms.Form):
    """Why somebody leaves."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class EmailForm(forms.Form):
    """Whom to invite, or who trains."""

    email = forms.EmailField(label=gettext_lazy("E-mail"))


class PeopleFileForm(forms.Form):
    """A spreadsheet of people."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("An .xlsx or .csv file. The first sheet with content is read."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )

    def clean_file(self) -> Any:
        """Refuse by size and by name before anything is read."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > 5 << 20:
            raise forms.ValidationError(_("At most %(count)d MiB can be sent.") % {"count": 5})
        if not (file.name or "").lower().endswith((".xlsx", ".csv", ".txt")):
            raise forms.ValidationError(_("Expected one of these kinds of file: %s") % ".xlsx, .csv, .txt")
        return file
