"""Forms of those who write technologies. A draft may be incomplete: what is missing is listed, not refused."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from trama.accounts.api import scopes_held

from .checks import DIMENSIONS, LABEL
from .models import (
    Technology,
    TechnologyAudience,
    TechnologyInstrument,
    TechnologyVersion,
)
from .parts import ADAPTATION, INSTRUMENT, STEP, VERSION_OTHERS, VERSION_TEXTS, PartKind, in_both
from .selectors import reviews

RESERVED = frozenset({"nova", "previa"})
LONG = ("problem", "goal", "evidence", "preconditions", "what_changed")
ROWS = {"body": 24, "sheets": 24, **dict.fromkeys(LONG, 8), "what": 7}
SLUG_HELP = _("The end of the page's address: small letters, digits and hyphens.")
LISTS_HELP = _("One a line.")


def _textarea(form: forms.BaseForm) -> None:
    """Rooms to write in of the right height; every text may be empty in a draft."""
    for name, field in form.fields.items():
        if isinstance(field, forms.CharField) and name != "slug":
            field.required = False
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = ROWS.get(name.rsplit("_", 1)[0], ROWS.get(name, 3))
        if isinstance(field, forms.TypedChoiceField):
            choices: Any = field.choices
            field.choices = [(value, label if value else "—") for value, label in choices]
        if name == "slug":
            field.label, field.help_text = capfirst(_("address")), SLUG_HELP


class NewTechnologyForm(forms.Form):
    """What a technology needs to begin: a name, an address, and whose it is."""

    title_pt = forms.CharField(label=_("Title (Portuguese)"), max_length=160)
    title_en = forms.CharField(label=_("Title (English)"), max_length=160)
    slug = forms.SlugField(
        label=_("Address"),
        max_length=60,
        help_text=SLUG_HELP,
    )
    organisation: Any = forms.ModelChoiceField(label=_("Who writes it"), queryset=None, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations: Any = Technology._meta.get_field("organisation").related_model
        rows = organisations.objects.order_by("name")
        field = self.fields["organisation"]
        field.empty_label = "—"  # type: ignore[attr-defined]
        if not reviews(user):
            rows = rows.filter(pk__in=scopes_held(user, "technologies", "edit").organisations)
            field.required = True
            own = list(rows)
            self.initial.setdefault("organisation", own[0].pk if len(own) == 1 else None)
        field.queryset = rows  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if slug in RESERVED or Technology.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("This address belongs to another page. Choose another one."))
        return slug


class RevisionForm(forms.Form):
    """The label of a new version."""

    label = forms.CharField(label=_("Version"), max_length=14, help_text=_("Numbers with points, such as 1.1 or 2.0."))

    def __init__(self, *args: Any, technology: Technology, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.technology = technology

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"].strip()
        if not LABEL.match(label):
            raise forms.ValidationError(_("Write numbers with points, such as 1.1 or 2.0."))
        if self.technology.versions.filter(version=label).exists():
            raise forms.ValidationError(_("There is a version with this label already."))
        return label


class VersionForm(forms.ModelForm):
    """The texts of a version in both languages, its measures, whom it is for."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    dimensions = forms.MultipleChoiceField(
        label=_("Dimensions of the self-diagnosis"), required=False, widget=forms.CheckboxSelectMultiple
    )
    audiences = forms.MultipleChoiceField(
        label=_("For whom"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=TechnologyAudience.Audience.choices,
    )

    class Meta:
        model = TechnologyVersion
        fields = (*in_both((*VERSION_TEXTS, "what_changed")), *VERSION_OTHERS)

    def __init__(self, *args: Any, titles: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _textarea(self)
        self.fields["dimensions"].choices = [  # type: ignore[attr-defined]
            (code, f"{code} {titles.get(code, '')}".strip()) for code in DIMENSIONS
        ]
        for name in in_both(("preconditions",)):
            self.fields[name].help_text = LISTS_HELP
        self.initial["revision"] = self.instance.revision
        self.initial["dimensions"] = [one.code for one in self.instance.dimensions.all()]
        self.initial["audiences"] = [one.audience for one in self.instance.audiences.all()]

    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "dimensions", "audiences")}

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        """Portuguese beside English."""
        names = (*VERSION_TEXTS, "what_changed")
        return [(self[f"{name}_pt"], self[f"{name}_en"]) for name in names]


class PartForm(forms.ModelForm):
    """One part of a draft. ``of_kind`` makes the form of a kind."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind: PartKind
    version: TechnologyVersion

    def __init__(self, *args: Any, version: TechnologyVersion, stage: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version, self.stage = version, stage
        _textarea(self)
        self.initial["revision"] = self.instance.revision
        if self.kind is STEP:
            field = forms.ModelMultipleChoiceField(
                label=_("Documents that help"),
                queryset=TechnologyInstrument.objects.filter(version=version).order_by("position"),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            self.fields["instruments"] = field
            if self.instance.pk:
                self.initial["instruments"] = [one.pk for one in self.instance.instruments.all()]

    def clean_slug(self) -> str:
        """A slug is used once: of a step, in the whole technology."""
        slug: str = self.cleaned_data["slug"].lower()
        of_version = {"stage__version": self.version} if self.kind is STEP else {"version": self.version}
        same = self.kind.model._default_manager.filter(slug=slug, **of_version).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(_("Another part of this technology has this address."))
        return slug

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.kind is ADAPTATION and data.get("context"):
            same = self.version.adaptations.filter(context=data["context"]).exclude(pk=self.instance.pk)
            if same.exists():
                self.add_error("context", _("There is an adaptation for this context already: change that one."))
        if self.kind is INSTRUMENT:
            if data.get("kind") == TechnologyInstrument.Kind.SPREADSHEET:
                data["body_pt"] = data["body_en"] = ""
            else:
                data["sheets"] = ""
        return data

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.kind.fields}

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        texts = (*self.kind.texts, *(("body",) if self.kind is INSTRUMENT else ()))
        return [(self[f"{name}_pt"], self[f"{name}_en"]) for name in texts]

    @property
    def singles(self) -> list[Any]:
        """What has no language."""
        names = [*self.kind.others, *(("sheets",) if self.kind is INSTRUMENT else ())]
        return [self[name] for name in [*names, *(("instruments",) if self.kind is STEP else ())]]


def form_of(kind: PartKind) -> type[PartForm]:
    """The form of a kind of part."""
    made: Any = forms.modelform_factory(kind.model, form=PartForm, fields=list(kind.fields))
    made.kind = kind
    form: type[PartForm] = made
    return form


class CommentForm(forms.Form):
    part = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    text = forms.CharField(label=_("Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(forms.Form):
    """Why a version goes back or goes away."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


def resubmit_as(form: forms.BaseForm, *, revision: int) -> None:
    """Let a bound form that met a conflict be sent again, knowingly, for the present revision."""
    data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict: what a request brought
    data["revision"] = str(revision)
    form.data = data
