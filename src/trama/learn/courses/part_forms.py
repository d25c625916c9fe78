"""Forms of the parts of a course that is being written, and of what a question or a criterion holds."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ..lti.models import Tool
from .forms import LINES_HELP, relaxed
from .models import CourseVersion, Lesson, Option, RubricLevel
from .parts import CRITERION, FILE, OPTION, QUESTION, TOOL, VIDEO, PartKind, in_both

BLANK_OPTIONS = 3
LEVELS = 4


class PartForm(forms.ModelForm):
    """One part of a draft. ``form_of`` makes the form of a kind."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind: PartKind
    version: CourseVersion

    def __init__(self, *args: Any, version: CourseVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        relaxed(self, keep=frozenset({"slug"}))
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
        relaxed(self)
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
        relaxed(self)


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
