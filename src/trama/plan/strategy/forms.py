"""Forms of plans. They give values; what may be written is decided by the services."""

import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from .education import GoalLine, read_lines
from .errors import InvalidPart
from .figures import FigureChoice, with_unit
from .models import Action
from .parts import texts_of

NOTHING = "—"
Choices = list[tuple[str, Any]]


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def number_field(label: Any, places: int = 4, *, help_text: Any = "") -> forms.DecimalField:
    """A number written as people write it here: 5,4 or 5.4."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 10})
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=14,
        decimal_places=places,
        localize=True,
        widget=widget,
        help_text=help_text,
    )


def text_area(label: Any, *, rows: int = 3, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, help_text=help_text, max_length=10_000, widget=forms.Textarea(attrs={"rows": rows})
    )


class RevisedForm(forms.Form):
    """A form that knows what its sender had seen: ``revision`` of a part, or the ``uid`` of one that it adds."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    @property
    def seen(self) -> int:
        return self.cleaned_data.get("revision") or 0

    @property
    def new_uid(self) -> uuid.UUID:
        return self.cleaned_data.get("uid") or uuid.uuid4()

    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("revision", "uid", "reason")}

    def show_problems(self, error: InvalidPart) -> None:
        """Put what the services found wrong beside its field."""
        for name, sentence in error.problems.items():
            self.add_error(name if name in self.fields else None, sentence)


def initial_of(part: Any) -> dict[str, Any]:
    """What a form of an existing part starts with."""
    texts: dict[str, Any] = dict(texts_of(part))
    if "higher_is_better" in texts:
        texts["higher_is_better"] = part.higher_is_better
    for name in ("baseline", "cost", *(name for name in texts if name.startswith("target_"))):
        if texts.get(name):
            texts[name] = Decimal(texts[name])
    if "education_goals" in texts:
        texts["education_goals"] = texts["education_goals"].split(",")
    return texts | {"revision": part.revision}


class PlanForm(RevisedForm):
    """The head of a plan."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    purpose = text_area(
        gettext_lazy("Purpose"),
        rows=4,
        help_text=gettext_lazy("What should be different when the plan ends, and for whom."),
    )
    starts_on = day_field(gettext_lazy("From"), required=True)
    ends_on = day_field(gettext_lazy("Until"), required=True)
    round = forms.ChoiceField(label=gettext_lazy("Self-diagnosis it starts from"), required=False)

    def __init__(self, *args: Any, rounds: Iterable[Any] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(str(one.pk), one.title) for one in rounds]
        kept = str(self.initial.get("round") or "")
        if kept and kept not in dict(choices):
            del self.fields["round"]  # a self-diagnosis that this person may not see stays linked
        else:
            self.fields["round"].choices = [("", NOTHING), *choices]  # type: ignore[attr-defined]


class NewPlanForm(RevisedForm):
    """A plan to start: for whom, from which template, when."""

    scope = forms.ChoiceField(label=gettext_lazy("Plan of"))
    template = forms.ChoiceField(label=gettext_lazy("Start from"), widget=forms.RadioSelect)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    starts_on = day_field(gettext_lazy("From"), required=True)
    ends_on = day_field(gettext_lazy("Until"), required=True)

    def __init__(self, *args: Any, scopes: Mapping[str, Any], templates: Mapping[str, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.scopes, self.templates = scopes, templates
        named = [(key, str(scope)) for key, scope in scopes.items()]
        self.fields["scope"].choices = named  # type: ignore[attr-defined]
        self.fields["template"].choices = [  # type: ignore[attr-defined]
            (slug, f"{template.title}. {template.summary}") for slug, template in templates.items()
        ]
        if len(scopes) == 1:
            self.fields["scope"].widget = forms.HiddenInput()
            self.initial.setdefault("scope", next(iter(scopes)))
        if not templates:
            del self.fields["template"]

    def chosen(self) -> tuple[Any, Any, dict[str, Any]]:
        """(scope, template or None, values of the plan)."""
        data = self.cleaned_data
        values = {name: data[name] for name in ("title", "starts_on", "ends_on")}
        return self.scopes[data["scope"]], self.templates.get(data.get("template", "")), values


class PeriodForm(RevisedForm):
    """The same plan for another period."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    starts_on = day_field(gettext_lazy("From"), required=True)
    ends_on = day_field(gettext_lazy("Until"), required=True)


class ObjectiveForm(RevisedForm):
    """An objective, what it comes from and what it serves."""

    title = forms.CharField(
        label=gettext_lazy("Objective"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What should be true in the end, in one sentence."),
    )  # fmt: skip
    description = text_area(gettext_lazy("Description"))
    priority = forms.ChoiceField(label=gettext_lazy("Priority it comes from"), required=False)
    education_goals = forms.MultipleChoiceField(
        label=gettext_lazy("Goals of education plans that it serves"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, priorities: Choices, education_goals: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        kept = str(self.initial.get("priority") or "")
        if (kept and kept not in dict(priorities)) or not (priorities or kept):
            del self.fields["priority"]
        else:
            self.fields["priority"].choices = [("", NOTHING), *priorities]  # type: ignore[attr-defined]
        if education_goals:
            self.fields["education_goals"].choices = education_goals  # type: ignore[attr-defined]
        else:
            del self.fields["education_goals"]

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def values(self) -> dict[str, Any]:
        values = super().values()
        if "education_goals" in values:
            values["education_goals"] = [int(key) for key in values["education_goals"]]
        return values


class GoalForm(RevisedForm):
    """A goal: an official figure or an own one, where it starts, and a target for each year that matters."""

    objective = forms.ChoiceField(label=gettext_lazy("Objective"))
    title = forms.CharField(
        label=gettext_lazy("Goal"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What will be counted, in one sentence."),
    )  # fmt: skip
    figure = forms.ChoiceField(
        label=gettext_lazy("Official indicator"), required=False,
        help_text=gettext_lazy("With an official indicator, the present figure is read and updated by itself."),
    )  # fmt: skip
    unit = forms.CharField(
        label=gettext_lazy("Unit of an own indicator"), max_length=40, required=False,
        help_text=gettext_lazy("For example: schools, students, %. Leave it empty with an official indicator."),
    )  # fmt: skip
    higher_is_better = forms.TypedChoiceField(
        label=gettext_lazy("What is better"), coerce=lambda value: value != "False", required=False, empty_value="True",
        choices=[("True", gettext_lazy("a higher number")), ("False", gettext_lazy("a lower number"))],
    )  # fmt: skip
    baseline = number_field(
        gettext_lazy("Starting point"),
        help_text=gettext_lazy("Left empty with an official indicator: its last figure is taken."),
    )
    baseline_year = forms.IntegerField(
        label=gettext_lazy("Year of the starting point"), required=False, min_value=1990, max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, objectives: Choices, figures: list[FigureChoice], years: Iterable[int], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.figures = {one.key: one for one in figures}
        self.fields["objective"].choices = objectives  # type: ignore[attr-defined]
        self.fields["figure"].choices = self._figure_choices(figures)  # type: ignore[attr-defined]
        kept = {int(name.removeprefix("target_")) for name in self.initial if name.startswith("target_")}
        self.years = sorted({*years, *kept})
        for year in self.years:
            self.fields[f"target_{year}"] = number_field(_("Target for %(year)s") % {"year": year})

    def _figure_choices(self, figures: list[FigureChoice]) -> Choices:
        groups: Choices = []
        for _family, those in groupby(figures, key=lambda one: (one.key.split("|")[1], one.family)):
            listed = list(those)
            lines = [(one.key, _figure_line(one)) for one in listed]
            groups.append((listed[0].label.split(",")[0] if len(listed) == 1 else _group_name(listed), lines))
        kept = str(self.initial.get("figure") or "")
        if kept and kept not in self.figures:
            groups.insert(0, (kept, _("the indicator chosen before (no figure is published here now)")))
        return [("", _("none: an indicator of our own")), *groups]

    @property
    def targets(self) -> list[forms.BoundField]:
        return [self[f"target_{year}"] for year in self.years]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["higher_is_better"] = data.get("higher_is_better") is not False
        choice = self.figures.get(data.get("figure") or "")
        if choice is not None:
            data["unit"], data["higher_is_better"] = "", choice.higher_is_better
            if data.get("baseline") is None:
                data["baseline"], data["baseline_year"] = choice.value, choice.year
        elif data.get("baseline") is not None and not data.get("baseline_year") and "baseline_year" not in self.errors:
            self.add_error("baseline_year", _("Of which year is this number?"))
        return data


def _figure_line(choice: FigureChoice) -> str:
    words = {"label": choice.label, "value": with_unit(choice.value, "", choice.decimals), "year": choice.year}
    return _("%(label)s: %(value)s in %(year)s") % words


def _group_name(choices: list[FigureChoice]) -> str:
    from trama.know.api import Dependency

    return str(Dependency(choices[0].key.split("|")[1]).label).capitalize()


class MeasureForm(forms.Form):
    """What an own indicator was measured to be."""

    measured_on = day_field(gettext_lazy("Measured on"), required=True)
    value = forms.DecimalField(
        label=gettext_lazy("Value"), max_digits=14, decimal_places=4, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 10}),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


class QuickActionForm(RevisedForm):
    """An action in three fields; the rest can wait."""

    what = forms.CharField(label=gettext_lazy("What"), max_length=300)
    who = forms.CharField(label=gettext_lazy("Who"), max_length=300, required=False)
    due_on = day_field(gettext_lazy("Until when"))

    def __init__(self, *args: Any, people: Iterable[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = list(people)
        self.fields["who"].widget.attrs |= {"list": "people-of-the-plan", "autocomplete": "off"}

    def values(self) -> dict[str, Any]:
        """A name that one person of the owner has becomes the responsible person; any other text stays text."""
        values = super().values()
        return values | named_person(values["who"], self.people)


def named_person(who: str, people: Iterable[Any]) -> dict[str, Any]:
    """``{"responsible": …, "who": ""}`` where exactly one person has this name or e-mail address."""
    wanted = " ".join(who.casefold().split())
    found = [one for one in people if wanted and wanted in (one.name.casefold(), one.email.casefold())]
    return {"responsible": found[0], "who": ""} if len(found) == 1 else {"responsible": None, "who": who}


class ActionForm(RevisedForm):
    """An action in 5W2H."""

    objective = forms.ChoiceField(label=gettext_lazy("Objective"))
    what = forms.CharField(label=gettext_lazy("What"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    why = text_area(gettext_lazy("Why"), rows=2)
    where = forms.CharField(label=gettext_lazy("Where"), max_length=300, required=False)
    starts_on = day_field(gettext_lazy("From"))
    due_on = day_field(gettext_lazy("Until"))
    responsible = forms.ChoiceField(label=gettext_lazy("Responsible"), required=False)
    who = forms.CharField(
        label=gettext_lazy("Who else"), max_length=300, required=False,
        help_text=gettext_lazy("Offices, schools, partners, or people without an account."),
    )  # fmt: skip
    how = text_area(gettext_lazy("How"))
    cost = number_field(gettext_lazy("How much, in reais"), 2)
    funding = forms.CharField(label=gettext_lazy("Where the money comes from"), max_length=200, required=False)
    adoption = forms.ChoiceField(label=gettext_lazy("Part of the adoption"), required=False)
    state = forms.ChoiceField(label=pgettext_lazy("state of an action", "State"), choices=Action.State, required=False)
    done_on = day_field(gettext_lazy("Done on"))

    def __init__(
        self, *args: Any, objectives: Choices, people: Iterable[Any], adoptions: Choices, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["objective"].choices = objectives  # type: ignore[attr-defined]
        listed = [(str(one.pk), str(one)) for one in people]
        kept = self.initial.get("responsible")
        if kept and kept not in dict(listed):
            listed.append((kept, self.initial.get("responsible_name") or _("somebody who left")))
        self.fields["responsible"].choices = [("", NOTHING), *listed]  # type: ignore[attr-defined]
        if adoptions:
            self.fields["adoption"].choices = [("", NOTHING), *adoptions]  # type: ignore[attr-defined]
        else:
            del self.fields["adoption"]

    def clean_what(self) -> str:
        return " ".join(self.cleaned_data["what"].split())

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or Action.State.TODO


class ReasonForm(forms.Form):
    """Why."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)


class EducationPlanForm(forms.Form):
    """An education plan as its law identifies it, and goals to add."""

    network = forms.ChoiceField(label=gettext_lazy("Written down by"))
    title = forms.CharField(label=gettext_lazy("Name of the plan"), max_length=200)
    law = forms.CharField(
        label=gettext_lazy("Law"),
        max_length=160,
        help_text=gettext_lazy("For example: Lei nº 1.234, de 10 de junho de 2015."),
    )
    source_address = forms.URLField(
        label=gettext_lazy("Address where the law can be read"), max_length=400, assume_scheme="https"
    )
    valid_from = day_field(gettext_lazy("Valid from"), required=True)
    valid_to = day_field(gettext_lazy("Valid until"))
    goals = forms.CharField(
        label=gettext_lazy("Goals to add or correct"), required=False, max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "One a line: number, then text, as “1. Text of the goal”. Two columns of a spreadsheet can be pasted as "
            "they are. A number that is here already gets the new text."
        ),
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, networks: Mapping[str, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.networks = networks
        named = [(key, str(one)) for key, one in networks.items()]
        self.fields["network"].choices = named  # type: ignore[attr-defined]
        if len(networks) == 1:
            self.fields["network"].widget = forms.HiddenInput()
            self.initial.setdefault("network", next(iter(networks)))

    def clean_goals(self) -> list[GoalLine]:
        try:
            return read_lines(self.cleaned_data["goals"])
        except InvalidPart as error:
            raise forms.ValidationError(error.problems["goals"]) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("valid_from") and data.get("valid_to") and data["valid_to"] <= data["valid_from"]:
            self.add_error("valid_to", _("The plan ends before it starts."))
        return data

    def values(self) -> dict[str, Any]:
        names = ("title", "law", "source_address", "valid_from", "valid_to")
        return {name: self.cleaned_data[name] for name in names}


def new_initial(**values: Any) -> dict[str, Any]:
    """What a form that adds starts with: its own ``uid``, so that sending it twice adds once."""
    return {"uid": uuid.uuid4(), **values}
