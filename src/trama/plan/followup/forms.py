"""Forms of the follow-up. They give values; what may be written is decided by the services."""

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from trama.foundation.fields import WallClockField

from ..strategy.forms import text_area
from ..strategy.models import Action
from .errors import InvalidFollowUp
from .models import DigestChoice, Meeting, ObjectiveReview
from .services import LONGEST_TEXT


class FollowUpForm(forms.Form):
    """A form that carries the ``uid`` of what it makes, or the ``revision`` its sender saw."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"uid": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    @property
    def new_uid(self) -> uuid.UUID:
        return self.cleaned_data.get("uid") or uuid.uuid4()

    @property
    def seen(self) -> int:
        return self.cleaned_data.get("revision") or 0

    def show_problems(self, error: InvalidFollowUp) -> None:
        """Put what the services found wrong beside its field."""
        for name, sentence in error.problems.items():
            self.add_error(name if name in self.fields else None, sentence)


class CheckForm(FollowUpForm):
    """How an action stands this week."""

    state = forms.ChoiceField(label=_("How does it stand?"), choices=Action.State, widget=forms.RadioSelect)
    done = text_area(_("Done since the last time"), rows=2)
    blocked_by = text_area(_("Blocked by"), rows=2, help_text=_("What or whom it waits for. Asked when it is blocked."))
    next_step = text_area(_("Next step"), rows=2)


class CommentForm(FollowUpForm):
    """A comment."""

    text = forms.CharField(label=_("Comment"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}))


class MeetingForm(FollowUpForm):
    """When and where a team meets. Times are those of the owner's clocks."""

    title = forms.CharField(label=_("Title"), max_length=160)
    starts_at = WallClockField(label=_("Day and time"))
    minutes = forms.IntegerField(label=_("Length, in minutes"), min_value=5, max_value=1440, initial=60)
    where = forms.CharField(label=_("Place or link"), max_length=300, required=False)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        moment: datetime = data["starts_at"].replace(tzinfo=self.zone)
        return {"title": data["title"], "starts_at": moment, "minutes": data["minutes"], "where": data["where"]}


class MinutesForm(FollowUpForm):
    """What a meeting leaves behind."""

    present = text_area(_("Who took part"), rows=2)
    notes = text_area(_("Notes"), rows=4)
    state = forms.ChoiceField(label=_("The meeting was"), choices=Meeting.State, widget=forms.RadioSelect)


class PointForm(FollowUpForm):
    """What was said and decided about one point."""

    notes = text_area(_("What was said"), rows=2)
    decision = text_area(_("Decision"), rows=2)


class NewPointForm(FollowUpForm):
    """A further point of a meeting."""

    title = forms.CharField(label=_("Point"), max_length=300)


class ReviewForm(FollowUpForm):
    """The three questions of a review, and a judgement with its reason for each objective."""

    what_worked = text_area(_("What worked, and how do we know?"), rows=3)
    what_did_not = text_area(_("What did not work, and why?"), rows=3)
    what_changes = text_area(_("What will we change from here on?"), rows=3)

    def __init__(self, *args: Any, lines: list[ObjectiveReview], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[f"judgement-{line.pk}"] = forms.ChoiceField(
                label=line.objective.title,
                choices=ObjectiveReview.Judgement,
                required=False,
                initial=line.judgement,
                widget=forms.RadioSelect,
            )
            self.fields[f"note-{line.pk}"] = text_area(_("Why"), rows=2)
            self.fields[f"note-{line.pk}"].initial = line.note

    def judgements(self) -> dict[int, tuple[str, str]]:
        data = self.cleaned_data
        return {line.pk: (data[f"judgement-{line.pk}"], data[f"note-{line.pk}"]) for line in self.lines}

    def objective_fields(self) -> list[tuple[Any, Any]]:
        """The two fields of each objective, for the page."""
        return [(self[f"judgement-{line.pk}"], self[f"note-{line.pk}"]) for line in self.lines]


class DigestForm(forms.Form):
    """How often the digest comes."""

    frequency = forms.ChoiceField(label=_("How often?"), choices=DigestChoice.Frequency, widget=forms.RadioSelect)
