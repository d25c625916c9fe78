"""Forms of adoptions: opening one with its calendar, dates, texts, people, evidence, values, requests for help."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from .calendar import LATEST_YEAR, LONGEST_RECESS, FreeDays, Span
from .models import Adoption, AdoptionChange, free_days

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(LATEST_YEAR - 60, 12, 31)


class DayField(forms.DateField):
    """A day, by the browser's own field."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **options)

    def to_python(self, value: Any) -> date | None:
        found = super().to_python(value)
        if found is not None and not FIRST_DAY <= found <= LAST_DAY:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class NumberField(forms.CharField):
    """A number as people write it: with a comma or a point."""

    default_error_messages = {"number": _("Write a number, such as 87,5.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), max_length=20, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).replace(" ", "").replace("%", "")
        text = text.replace(".", "").replace(",", ".") if "," in text else text
        try:
            found = Decimal(text)
        except InvalidOperation as error:
            raise forms.ValidationError(self.error_messages["number"], code="number") from error
        if not found.is_finite() or abs(found) >= 10**9:
            raise forms.ValidationError(self.error_messages["number"], code="number")
        return found.quantize(Decimal("0.001"))


def _area(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def month_day(day: date | None) -> str:
    """ "12-20": how an adoption keeps an end of the recess."""
    return day.strftime("%m-%d") if day is not None else ""


def next_recess(kept: tuple[str, str], today: date) -> dict[str, date | None]:
    """The first recess that ends after ``today``, as days for a form."""
    if not all(kept):
        return {"recess_from": None, "recess_until": None}
    (first_month, first_day), (last_month, last_day) = (map(int, end.split("-")) for end in kept)
    for year in (today.year - 1, today.year, today.year + 1):
        start = date(year, first_month, min(first_day, 28) if first_month == 2 else first_day)
        end_year = year if kept[0] <= kept[1] else year + 1
        end = date(end_year, last_month, min(last_day, 28) if last_month == 2 else last_day)
        if end >= today:
            break
    return {"recess_from": start, "recess_until": end}


class OpenAdoptionForm(forms.Form):
    """Why, who, from when, with which days free, how adapted. The calendar comes next, for a look before saving."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    priority: Any = forms.ModelChoiceField(
        label=_("Priority of the self-diagnosis that it answers"), queryset=None, required=False
    )
    reason = forms.CharField(
        label=_("Why this technology"), required=False, max_length=4000, widget=_area(3),
        help_text=_("In your own words: whoever comes later will read it."),
    )  # fmt: skip
    starts_on = DayField(label=_("First day"))
    recess_from = DayField(
        label=_("Recess, first day"),
        required=False,
        help_text=_("The same days every year. Leave both empty if there is no recess."),
    )
    recess_until = DayField(label=_("Recess, last day"), required=False)
    weekends_free = forms.BooleanField(
        label=_("No step begins or ends on a Saturday or Sunday"), required=False, initial=True
    )
    contexts = forms.MultipleChoiceField(
        label=_("Adaptations of the technology that you will use"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    adaptations = forms.CharField(label=_("What else you will adapt"), required=False, max_length=4000, widget=_area(3))

    def __init__(
        self, *args: Any, version: Any, priorities: list[Any], team: list[Any], roles: list[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        model: Any = Adoption._meta.get_field("priority").related_model
        if priorities:
            fields["priority"].queryset = model.objects.filter(pk__in=[one.pk for one in priorities]).select_related(
                "item__criterion", "item__own_question", "list__round"
            )
            fields["priority"].empty_label = _("None: the team chose it otherwise")
            fields["priority"].label_from_instance = priority_words
        else:
            del fields["priority"]
        offered = list(version.adaptations.all())
        if offered:
            fields["contexts"].choices = [(one.context, one.get_context_display()) for one in offered]
        else:
            del fields["contexts"]
        self.roles, self.team = roles, {person.pk: person for person in team}
        people = [("", "—"), *((person.pk, person.name) for person in team)]
        for role in roles:
            fields[f"user-{role.pk}"] = forms.TypedChoiceField(
                label=_("Person of the team"), choices=people, coerce=int, empty_value=None, required=False
            )
            fields[f"name-{role.pk}"] = forms.CharField(label=_("Or a name"), max_length=160, required=False)
        self.initial.setdefault("uid", uuid4())

    def people_fields(self) -> list[tuple[Any, Any, Any]]:
        """(role, field of the person, field of the name)."""
        return [(role, self[f"user-{role.pk}"], self[f"name-{role.pk}"]) for role in self.roles]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        ends = (data.get("recess_from"), data.get("recess_until"))
        if (ends[0] is None) != (ends[1] is None) and not {"recess_from", "recess_until"} & self.errors.keys():
            self.add_error("recess_until", _("Give both days of the recess, or none."))
        elif self.free_days(data).recess_length > LONGEST_RECESS:
            self.add_error("recess_until", _("A recess longer than four months leaves no time to work."))
        for role in self.roles:
            if data.get(f"user-{role.pk}") and data.get(f"name-{role.pk}"):
                self.add_error(f"name-{role.pk}", _("Choose a person or write a name, one of the two."))
        return data

    @staticmethod
    def free_days(data: Mapping[str, Any]) -> FreeDays:
        ends = (month_day(data.get("recess_from")), month_day(data.get("recess_until")))
        return free_days(*(ends if all(ends) else ("", "")), bool(data.get("weekends_free")))

    def values(self) -> dict[str, Any]:
        """What ``services.open_adoption`` takes beside owner, version and dates."""
        data = self.cleaned_data
        people = []
        for role in self.roles:
            user, name = data.get(f"user-{role.pk}"), data.get(f"name-{role.pk}") or ""
            if user or name:
                people.append({"role": role, "user": self.team.get(user), "name": name})
        return {
            "uid": data["uid"],
            "starts_on": data["starts_on"],
            "priority": data.get("priority"),
            "reason": data["reason"],
            "adaptations": data["adaptations"],
            "contexts": data.get("contexts") or [],
            "people": people,
            "recess": (month_day(data["recess_from"]), month_day(data["recess_until"])),
            "weekends_free": data["weekends_free"],
        }


def priority_words(priority: Any) -> str:
    """How a priority is called in a list of choices."""
    item = priority.item
    title = item.criterion.title if item.criterion is not None else item.own_question.title
    return f"{priority.position}. {title} ({priority.list.round.title})"


class DatesForm(forms.Form):
    """First and last day of every step. ``steps``: (key, span, revision that the person saw; None: not kept yet)."""

    def __init__(self, *args: Any, steps: Iterable[tuple[Any, Span, int | None]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = []
        for key, span, revision in steps:
            self.keys.append(key)
            self.fields[f"start-{key}"] = DayField(label=_("From"), initial=span.start)
            self.fields[f"due-{key}"] = DayField(label=_("Until"), initial=span.end)
            if revision is not None:
                self.fields[f"revision-{key}"] = forms.IntegerField(widget=forms.HiddenInput, initial=revision)

    def pair(self, key: Any) -> tuple[Any, Any, Any]:
        """The fields of a step: from, until, revision (None where there is none)."""
        revision = f"revision-{key}"
        return self[f"start-{key}"], self[f"due-{key}"], self[revision] if revision in self.fields else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for key in self.keys:
            start, due = data.get(f"start-{key}"), data.get(f"due-{key}")
            if start is not None and due is not None and due < start:
                self.add_error(f"due-{key}", _("The last day comes before the first."))
        return data

    def spans(self) -> dict[Any, Span]:
        return {key: Span(self.cleaned_data[f"start-{key}"], self.cleaned_data[f"due-{key}"]) for key in self.keys}

    def with_revisions(self) -> dict[UUID, tuple[Span, int]]:
        """What ``step_services.change_dates`` takes."""
        return {key: (span, self.cleaned_data[f"revision-{key}"]) for key, span in self.spans().items()}


class ShiftForm(forms.Form):
    """Move the steps still to do, from one on, so that it begins on a day."""

    step = forms.UUIDField()
    begin = DayField(label=_("Begins on"))


class TextsForm(forms.Form):
    """Why, what was adapted, what changed."""

    reason = forms.CharField(label=_("Why this technology"), required=False, max_length=4000, widget=_area())
    contexts = forms.MultipleChoiceField(
        label=_("Adaptations of the technology in use"), required=False, widget=forms.CheckboxSelectMultiple
    )
    adaptations = forms.CharField(
        label=_("What else was adapted here"), required=False, max_length=4000, widget=_area()
    )
    what_changed = forms.CharField(
        label=_("What changed"), required=False, max_length=4000, widget=_area(),
        help_text=_("What is different in schools and in the secretariat because of it, and how you know."),
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, adoption: Adoption, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        offered = list(adoption.version.adaptations.all())
        fields["contexts"].choices = [(one.context, one.get_context_display()) for one in offered]
        if not offered:
            del fields["contexts"]

    @staticmethod
    def initial_of(adoption: Adoption) -> dict[str, Any]:
        return {
            "reason": adoption.reason,
            "adaptations": adoption.adaptations,
            "what_changed": adoption.what_changed,
            "contexts": [one.context for one in adoption.contexts.all()],
            "revision": adoption.revision,
        }


class PersonForm(forms.Form):
    """A part for a person of the team or for a written name."""

    role = forms.TypedChoiceField(label=_("Part"), coerce=int, empty_value=None, required=False)
    part = forms.CharField(label=_("Or another part"), max_length=160, required=False)
    user = forms.TypedChoiceField(label=_("Person of the team"), coerce=int, empty_value=None, required=False)
    name = forms.CharField(label=_("Or a name"), max_length=160, required=False)

    def __init__(self, *args: Any, roles: list[Any], team: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        self.roles, self.team = {role.pk: role for role in roles}, {person.pk: person for person in team}
        fields["role"].choices = [("", "—"), *((role.pk, role.name) for role in roles)]
        fields["user"].choices = [("", "—"), *((person.pk, person.name) for person in team)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and bool(data.get("role")) == bool(data.get("part", "").strip()):
            self.add_error("part", _("Choose a part of the technology or write another one, one of the two."))
        if not self.errors and bool(data.get("user")) == bool(data.get("name", "").strip()):
            self.add_error("name", _("Choose a person or write a name, one of the two."))
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "role": self.roles.get(data["role"]),
            "part": data["part"],
            "user": self.team.get(data["user"]),
            "name": data["name"],
        }


class RevisionForm(forms.Form):
    """The revision that the person saw, for a change by one button."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class LeaveOutForm(RevisionForm):
    """Why a step is left out."""

    reason = forms.CharField(label=_("Why it is left out"), max_length=2000, widget=_area(2))


class ResponsibleForm(RevisionForm):
    """Who of the team answers for a step."""

    responsible = forms.TypedChoiceField(label=_("Responsible"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, team: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["responsible"]
        people.choices = [("", _("nobody in particular")), *((person.pk, person.name) for person in team)]


class EvidenceForm(forms.Form):
    """A link or a file: exactly one of the two."""

    title = forms.CharField(label=_("What it is"), max_length=160)
    address = forms.URLField(label=_("Address on the web"), max_length=500, required=False, assume_scheme="https")
    file = forms.FileField(
        label=_("Or a file, up to 10 MB"),
        required=False,
        help_text=_("PDF, image, document, spreadsheet, slides or text. Files are not checked for viruses."),
    )

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or self.cleaned_data
        if not self.errors and bool(sent.get("address")) == bool(sent.get("file")):
            raise forms.ValidationError(_("Give an address or a file, one of the two."))
        return sent


class NoteForm(forms.Form):
    """A note; ``uid`` is made here, so that a form sent twice leaves one."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("What to note"), max_length=4000, widget=_area(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("uid", uuid4())


class ValueForm(forms.Form):
    """The value of an indicator on a day."""

    indicator = forms.TypedChoiceField(label=_("Indicator"), coerce=int)
    measured_on = DayField(label=_("Day"))
    value = NumberField(label=_("Value"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, indicators: list[Any], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        self.indicators = {one.pk: one for one in indicators}
        self.today = today
        fields["indicator"].choices = [(one.pk, one.title) for one in indicators]
        self.initial.setdefault("measured_on", today)

    def clean_measured_on(self) -> date:
        day: date = self.cleaned_data["measured_on"]
        if day > self.today + timedelta(days=1):
            raise forms.ValidationError(_("This day is still to come."))
        return day


class ReasonForm(forms.Form):
    """Why: for taking an adoption up again."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=_area(3))


class ResultForm(forms.Form):
    """What changed: for finishing."""

    what_changed = forms.CharField(
        label=_("What changed"), max_length=4000, widget=_area(5),
        help_text=_("What is different in schools and in the secretariat because of it, and how you know."),
    )  # fmt: skip


class StopForm(forms.Form):
    """Why an adoption pauses or is given up, and whether the owner may be named with it."""

    cause = forms.ChoiceField(
        label=_("What mattered most"), choices=AdoptionChange.Cause.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("In your own words"), max_length=2000, widget=_area(4),
        help_text=_(
            "The programme and whoever writes the technology read this text, without your name, to improve it. Name "
            "nobody in it."
        ),
    )  # fmt: skip
    named = forms.BooleanField(
        label=_("They may also read our name beside it"),
        required=False,
        help_text=_("So that they can get in touch with you."),
    )

    def __init__(self, *args: Any, may_name: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_name:
            del self.fields["named"]


class HelpForm(forms.Form):
    """A request for help, and to whom."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    organisation = forms.TypedChoiceField(label=_("To whom"), coerce=int, widget=forms.RadioSelect)
    subject = forms.CharField(label=_("In one line"), max_length=160)
    text = forms.CharField(label=_("Question"), max_length=4000, widget=_area(6))

    def __init__(self, *args: Any, organisations: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        self.organisations = {one.pk: one for one in organisations}
        fields["organisation"].choices = [(one.pk, one.name) for one in organisations]
        self.initial.setdefault("uid", uuid4())
        if organisations:
            self.initial.setdefault("organisation", organisations[0].pk)


class MessageForm(forms.Form):
    """A message in a request for help."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("Your message"), max_length=4000, widget=_area(4))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("uid", uuid4())


def resubmit_as(form: forms.BaseForm, **fields: Any) -> None:
    """Let a bound form that met a conflict be sent again, knowingly, for what is there now."""
    data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict: what a request brought
    for name, value in fields.items():
        data[name] = str(value)
    form.data = data
