"""Forms of those who write courses. A draft may be incomplete: what is missing is listed, not refused."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from trama.accounts.api import scopes_held
from trama.diagnose.api import current_version

from .checks import LABEL
from .known import INSTRUMENT, technology_titles
from .models import Course, CourseAudience, CourseVersion
from .parts import (
    LISTS,
    VERSION_OTHERS,
    VERSION_TEXTS,
    in_both,
)
from .selectors import belongs_to_programme

RESERVED = frozenset({"novo", "previa"})
ROWS = {
    "body": 26,
    "task": 12,
    "example": 8,
    "objectives": 6,
    "what_you_need": 5,
    "accepted": 4,
    "alternative": 6,
    "text": 3,
    "transcript": 14,
}
SLUG_HELP = _("The end of the page's address: small letters, digits and hyphens.")
LINES_HELP = _("One a line.")


def relaxed(form: forms.BaseForm, *, keep: frozenset[str] = frozenset()) -> None:
    """Room to write of the right height; every text may be empty in a draft."""
    for name, field in form.fields.items():
        if isinstance(field, forms.CharField) and name not in keep:
            field.required = False
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = ROWS.get(name.rsplit("_", 1)[0], 3)
        if name == "slug":
            field.label, field.help_text = capfirst(_("address")), SLUG_HELP


class NewCourseForm(forms.Form):
    """What a course needs to begin: a name, an address, and whose it is."""

    title_pt = forms.CharField(label=_("title (Portuguese)"), max_length=160)
    title_en = forms.CharField(label=_("title (English)"), max_length=160)
    slug = forms.SlugField(label=_("address"), max_length=80, help_text=SLUG_HELP)
    organisation: Any = forms.ModelChoiceField(label=_("who writes it"), queryset=None, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in self.fields.values():
            one.label = capfirst(one.label)
        organisations: Any = Course._meta.get_field("organisation").related_model
        rows = organisations.objects.order_by("name")
        field: Any = self.fields["organisation"]
        field.empty_label = "—"
        if not belongs_to_programme(user):
            rows = rows.filter(pk__in=scopes_held(user, "courses", "edit").organisations)
            field.required = True
            own = list(rows)
            self.initial.setdefault("organisation", own[0].pk if len(own) == 1 else None)
        field.queryset = rows

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if slug in RESERVED or Course.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("This address belongs to another page. Choose another one."))
        return slug


class RevisionForm(forms.Form):
    """The label of a new version."""

    label = forms.CharField(label=_("version"), max_length=14, help_text=_("Numbers with points, such as 1.1 or 2.0."))

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.course = course

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"].strip()
        if not LABEL.match(label):
            raise forms.ValidationError(_("Write numbers with points, such as 1.1 or 2.0."))
        if self.course.versions.filter(version=label).exists():
            raise forms.ValidationError(_("There is a version with this label already."))
        return label


class VersionForm(forms.ModelForm):
    """The texts of a version in both languages, its workload and rules, whom it is for and what it serves."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    audiences = forms.MultipleChoiceField(
        label=_("for whom"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=CourseAudience.Audience.choices,
    )
    technologies = forms.MultipleChoiceField(
        label=_("technologies that it serves"), required=False, widget=forms.CheckboxSelectMultiple
    )
    criteria = forms.MultipleChoiceField(
        label=_("criteria of the self-diagnosis that it serves"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = CourseVersion
        fields = (*in_both((*VERSION_TEXTS, "what_changed")), *VERSION_OTHERS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relaxed(self)
        self.initial["revision"] = self.instance.revision
        fields: Mapping[str, Any] = self.fields
        for name in in_both(("objectives",)):
            fields[name].help_text = LINES_HELP
        held = {
            name: [getattr(one, key) for one in getattr(self.instance, name).all()] for name, (_m, key) in LISTS.items()
        }
        instrument = current_version(INSTRUMENT)
        rows = instrument.criteria.order_by("position") if instrument is not None else []
        choices = {
            "technologies": technology_titles(),
            "criteria": {row.code: f"{row.code} {row.title}" for row in rows},
        }
        for name, labels in choices.items():
            fields[name].choices = list((labels | {one: one for one in held[name] if one not in labels}).items())
        self.initial.update(held)

    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, *LISTS)}

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        """Portuguese beside English."""
        return [(self[f"{name}_pt"], self[f"{name}_en"]) for name in (*VERSION_TEXTS, "what_changed")]

    @property
    def singles(self) -> list[Any]:
        return [self[name] for name in VERSION_OTHERS]


class ReasonForm(forms.Form):
    """Why a version goes away."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


def resubmit_as(form: forms.BaseForm, *, revision: int) -> None:
    """Let a bound form that met a conflict be sent again, knowingly, for the present revision."""
    data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict: what a request brought
    data["revision"] = str(revision)
    form.data = data
