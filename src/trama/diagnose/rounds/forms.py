"""Forms of rounds. Deadlines are written as the owner's clocks show them."""

import zoneinfo
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from trama.foundation.fields import MINUTE_END, WallClockField, zone_name

from .models import Round, RoundMember

USUAL_DAYS = 14
GRACE = ((0, _("none")), (24, _("1 day")), (72, _("3 days")), (168, _("7 days")))
_GRACE_HELP = _("How long answers given in time, on a device without connection, may still arrive.")


def _deadline_help(zone: str) -> str:
    return _("%(zone)s. The whole minute counts: at 23:59 one can still answer.") % {"zone": zone_name(zone)}


def in_zone(wall: datetime | None, zone: str) -> datetime | None:
    """A time on the wall of a zone as an instant, the whole minute included."""
    return wall.replace(tzinfo=zoneinfo.ZoneInfo(zone)) + MINUTE_END if wall is not None else None


class _WithDeadline(forms.Form):
    """Has ``answers_until`` in the zone given to it. The label and help say which."""

    answers_until = WallClockField(label=_("Answers until"))

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["answers_until"].help_text = _deadline_help(zone)

    def clean_answers_until(self) -> datetime | None:
        return in_zone(self.cleaned_data["answers_until"], self.zone)


class OpenRoundForm(_WithDeadline):
    """A new round over one version."""

    title = forms.CharField(label=_("Name of the round"), max_length=160)
    short = forms.TypedChoiceField(
        label=_("Which version"), widget=forms.RadioSelect, coerce=lambda value: value == "short", initial="full"
    )
    respondent: Any = forms.ModelChoiceField(
        label=_("You answer as"),
        queryset=None,
        required=False,
        help_text=_("Each question says who usually knows the answer: this decides what you are asked."),
    )
    own_questions: Any = forms.ModelMultipleChoiceField(
        label=_("Questions of our own"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    grace_hours = forms.TypedChoiceField(
        label=_("Tolerance for late arrival"), choices=GRACE, coerce=int, initial=72, help_text=_GRACE_HELP
    )

    field_order = ("title", "short", "answers_until", "grace_hours", "respondent", "own_questions")

    def __init__(self, *args: Any, version: Any, own_questions: list[Any], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        n, starred = version.criteria.count(), version.criteria.filter(starred=True).count()
        choices = [("full", _("Full: %(n)s criteria, over some days") % {"n": n})]
        if starred:
            choices.append(("short", _("Short: the %(n)s starred criteria, about an hour") % {"n": starred}))
        fields["short"].choices = choices
        fields["respondent"].queryset = version.respondents.order_by("position")
        fields["respondent"].empty_label = _("Ask me everything")
        fields["respondent"].label_from_instance = lambda kind: kind.name
        asked = [one.pk for one in own_questions]
        model = fields["own_questions"]
        if asked:
            model.queryset = type(own_questions[0]).objects.filter(pk__in=asked).order_by("pk")
            self.initial.setdefault("own_questions", asked)
        else:
            del fields["own_questions"]
        local = at.astimezone(zoneinfo.ZoneInfo(self.zone))
        end = (local + timedelta(days=USUAL_DAYS)).replace(hour=23, minute=59, tzinfo=None)
        self.initial.setdefault("answers_until", end)
        self.initial.setdefault("title", _("Self-diagnosis %(year)s") % {"year": local.year})

    def values(self) -> dict[str, Any]:
        """What ``services.open_round`` takes."""
        return {**self.cleaned_data, "own_questions": self.cleaned_data.get("own_questions") or ()}


class ChangeRoundForm(_WithDeadline):
    """Name and deadline, with the revision the person saw."""

    title = forms.CharField(label=_("Name of the round"), max_length=160)
    grace_hours = forms.TypedChoiceField(
        label=_("Tolerance for late arrival"), choices=GRACE, coerce=int, help_text=_GRACE_HELP
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    field_order = ("title", "answers_until", "grace_hours", "revision")

    @classmethod
    def initial_of(cls, of: Round) -> dict[str, Any]:
        return {
            "title": of.title,
            "answers_until": of.answers_until_local.replace(tzinfo=None),
            "grace_hours": of.grace_hours,
            "revision": of.revision,
        }


class ReasonForm(forms.Form):
    """Why: for reopening and for cancelling."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerAgainForm(_WithDeadline, ReasonForm):
    """Back to answering, until a new day."""

    field_order = ("answers_until", "reason")


class _WithPart(forms.Form):
    part = forms.ChoiceField(label=_("Part in the round"), choices=RoundMember.Part, widget=forms.RadioSelect)
    respondent: Any = forms.ModelChoiceField(
        label=_("Answers as"), queryset=None, required=False, help_text=_("It decides what this person is asked.")
    )

    def __init__(self, *args: Any, of: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["respondent"]
        kinds.queryset = of.version.respondents.order_by("position")
        kinds.empty_label = _("Asked everything")
        kinds.label_from_instance = lambda kind: kind.name


class AddMemberForm(_WithPart):
    """Takes a person of the owner into the round; ``user`` is checked by the service."""

    user = forms.IntegerField(widget=forms.HiddenInput)


class MemberForm(_WithPart):
    """What a member does in the round. The items are drawn by the page (``asked`` boxes)."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class InviteForm(_WithPart):
    """A place for somebody without a profile here: they answer or follow, never coordinate."""

    email = forms.EmailField(label=_("E-mail"))
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)

    field_order = ("email", "respondent", "part", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        part: Any = self.fields["part"]
        part.choices = [one for one in RoundMember.Part.choices if one[0] != RoundMember.Part.COORDINATOR]
        self.initial.setdefault("part", RoundMember.Part.RESPONDENT)
        self.initial.setdefault("language", get_language())


class SubmitForm(forms.Form):
    """The client's id of the submission, and how many open criteria the person accepted."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    acknowledged = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


def resubmit_as(form: forms.BaseForm, *, revision: int) -> None:
    """Let a bound form that met a conflict be sent again, knowingly, for the present revision."""
    data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict: what a request brought
    data["revision"] = str(revision)
    form.data = data
