"""Forms of those who write courses. A draft may be incomplete: what is missing is listed, not refused."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from trama.accounts.api import scopes_held
from trama.diagnose.api import current_version

from ..lti.models import Tool
from .checks import LABEL
from .known import INSTRUMENT, technology_titles
from .models import Course, CourseAudience, CourseVersion, Lesson, Option, RubricLevel
from .parts import (
    CRITERION,
    FILE,
    LISTS,
    OPTION,
    QUESTION,
    TOOL,
    VERSION_OTHERS,
    VERSION_TEXTS,
    VIDEO,
    PartKind,
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
BLANK_OPTIONS = 3
LEVELS = 4


def _relaxed(form: forms.BaseForm, *, keep: frozenset[str] = frozenset()) -> None:
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
        _relaxed(self)
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


class PartForm(forms.ModelForm):
    """One part of a draft. ``form_of`` makes the form of a kind."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind: PartKind
    version: CourseVersion

    def __init__(self, *args: Any, version: CourseVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        _relaxed(self, keep=frozenset({"slug"}))
        fields: Mapping[str, Any] = self.fields
        self.initial["revision"] = self.instance.revision
        for name in in_both(("accepted",)):
            if name in fields:
                fields[name].help_text = LINES_HELP
        if self.kind is VIDEO:
            fields["slug"].label = capfirst(_("short name"))
            fields["slug"].help_text = _("A lesson shows it between the lines “::: video short-name” and “:::”.")
            fields["address"].help_text = _("Leave it empty to send your own file after saving.")
            fields["seconds"].help_text = _("Needed of a video elsewhere; of your own file it is read.")
        if self.kind is FILE:
            fields["slug"].label = capfirst(_("short name"))
            fields["slug"].help_text = _("A lesson offers it between the lines “::: files short-name” and “:::”.")
        if self.kind is TOOL:
            rows = Tool.objects.filter(active=True).values_list("slug", "name")
            self.fields["tool"] = forms.ChoiceField(
                label=capfirst(_("tool")), choices=[("", "—"), *rows], required=False
            )
            fields["target"].help_text = _("Leave it empty to open the tool's own address.")
            fields["custom"].help_text = _("One a line: name=value.")
        if self.kind is QUESTION:
            lessons = Lesson.objects.filter(module__version=version).order_by("module__position", "position")
            fields["lesson"].queryset = lessons
            fields["lesson"].empty_label = "—"

    def clean_slug(self) -> str:
        """A slug of a kind is used once in the whole version."""
        slug: str = self.cleaned_data["slug"].lower()
        of_version = {"module__version": self.version} if self.kind.is_of_module else {"version": self.version}
        same = self.kind.model._default_manager.filter(slug=slug, **of_version).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(_("Another part of this course has this address."))
        return slug

    def values(self) -> dict[str, Any]:
        names = (*self.kind.written, *(("lesson",) if self.kind is QUESTION else ()))
        return {name: self.cleaned_data[name] for name in names}

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        return [(self[f"{name}_pt"], self[f"{name}_en"]) for name in self.kind.texts]

    @property
    def singles(self) -> list[Any]:
        """What has no language."""
        others = [name for name in self.kind.others if name in self.kind.written]
        return [self[name] for name in (*others, *(("lesson",) if self.kind is QUESTION else ()))]


def form_of(kind: PartKind) -> type[PartForm]:
    """The form of a kind of part."""
    names = [*kind.written, *(["lesson"] if kind is QUESTION else [])]
    made: Any = forms.modelform_factory(kind.model, form=PartForm, fields=names)
    made.kind = kind
    form: type[PartForm] = made
    return form


# --- what a question or a criterion holds -------------------------------------------------------------------------


class OptionForm(forms.ModelForm):
    """One option. Without any text it is none."""

    class Meta:
        model = Option
        fields = OPTION.fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relaxed(self)
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 2

    @property
    def more(self) -> list[tuple[Any, Any]]:
        """What only some options have: the pair, the explanation."""
        return [(self[f"{name}_pt"], self[f"{name}_en"]) for name in ("pair", "feedback")]

    @property
    def has_more(self) -> bool:
        return any(field.value() or field.errors for pair in self.more for field in pair)


class LevelForm(forms.ModelForm):
    """How work looks at one level."""

    class Meta:
        model = RubricLevel
        fields = ("text_pt", "text_en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relaxed(self)


def inner_forms(kind: PartKind, row: Any, data: Any) -> Any:
    """The formset of the options of a question or the levels of a criterion; None for other kinds."""
    if kind is QUESTION:
        held = [{name: getattr(one, name) for name in OPTION.fields} for one in row.options.all()] if row else []
        extra = BLANK_OPTIONS if held else 2 * BLANK_OPTIONS
        made: Any = forms.formset_factory(OptionForm, extra=extra, can_order=True, max_num=20, absolute_max=40)
        return made(data, initial=held, prefix="options")
    if kind is CRITERION:
        held = [{"text_pt": one.text_pt, "text_en": one.text_en} for one in row.levels.all()] if row else []
        initial = [*held, *({} for _place in range(LEVELS - len(held)))]
        made = forms.formset_factory(LevelForm, extra=0, max_num=LEVELS, absolute_max=LEVELS)
        return made(data, initial=initial, prefix="levels")
    return None


def inner_values(kind: PartKind, formset: Any) -> list[dict[str, Any]]:
    """What the services take of a valid formset, in the order that the person gave."""
    rows = [form.cleaned_data for form in formset.forms if form.cleaned_data]
    if kind is CRITERION:
        return [{name: row.get(name, "") for name in ("text_pt", "text_en")} for row in rows]
    said = [row for row in rows if any(str(row.get(name, "")).strip() for name in in_both(OPTION.texts))]
    last = len(rows) + 1
    said.sort(key=lambda row: row.get("ORDER") or last)
    return [{name: row[name] for name in OPTION.fields} for row in said]


class ReasonForm(forms.Form):
    """Why a version goes away."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


def resubmit_as(form: forms.BaseForm, *, revision: int) -> None:
    """Let a bound form that met a conflict be sent again, knowingly, for the present revision."""
    data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict: what a request brought
    data["revision"] = str(revision)
    form.data = data
