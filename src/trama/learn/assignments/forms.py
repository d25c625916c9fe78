"""What a trainer answers to work."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import WorkRound


class RubricForm(forms.Form):
    """One field for each criterion of a rubric."""

    def __init__(self, *args: Any, criteria: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for criterion in criteria:
            self.fields[f"level-{criterion.pk}"] = forms.TypedChoiceField(
                label=criterion.title,
                choices=[("", "—"), *((str(one.level), f"{one.level}: {one.text}") for one in criterion.levels.all())],
                coerce=int,
                empty_value=None,
                required=False,
            )

    @property
    def levels(self) -> dict[int, int]:
        """The levels chosen, by criterion."""
        return {
            int(name.removeprefix("level-")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("level-") and value is not None
        }


class PeerForm(RubricForm):
    """What a peer says of a piece of work."""

    feedback = forms.CharField(
        label=_("Feedback"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=10_000,
        required=False,
        help_text=_("Say what is good, and what would make it better. Leave names of students out."),
    )


class DecisionForm(RubricForm):
    """Feedback, the outcome, and one field for each criterion of the rubric."""

    outcome = forms.ChoiceField(
        label=_("Your decision"),
        choices=(
            (WorkRound.Outcome.RETURNED, _("return for revision")),
            (WorkRound.Outcome.ACCEPTED, _("accept")),
        ),
        widget=forms.RadioSelect,
    )
    feedback = forms.CharField(
        label=_("Feedback"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=10_000,
        required=False,
        help_text=_("Say what is good, and what would make it better. Needed where you return the work."),
    )


class WorkFileForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("At most 10 MB. Leave names and pictures of students out. Files are not checked for viruses."),
    )
