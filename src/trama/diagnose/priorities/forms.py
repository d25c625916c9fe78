"""Forms of priorities: weights, one criterion's factors, the decision, a reason."""

from functools import cache, lru_cache
from typing import Any

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from trama_measure.diagnosis import FACTORS, PriorityWeights, allowed_weights

from ..keeping import Memory
from .decision_selectors import Differences
from .models import Factor, PriorityList
from .order import Order
from .scales import GOVERNABILITY_STEPS, REACH_STEPS
from .selectors import weights_of
from .wording import FACTOR_NAMES, decimal

_drawn_weights: Memory[SafeString] = Memory(200)


@cache
def _weight_choices(name: str, _language: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), decimal(value)) for value in allowed_weights(name))


class WeightsForm(forms.Form):
    """How much each factor counts: every value that the rule allows, in a list."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kept: PriorityList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = weights_of(kept)
        self.initial["revision"] = kept.revision
        for name in FACTORS:
            self.fields[name] = forms.TypedChoiceField(
                label=capfirst(str(FACTOR_NAMES[name])),
                choices=_weight_choices(name, get_language() or ""),
                coerce=float,
            )
            self.initial[name] = str(round(getattr(now, name), 1))

    def drawn_fields(self) -> SafeString:
        """The five lists, kept under what is chosen in them and what is wrong with it."""
        fields = self.visible_fields()
        said = tuple((field.name, str(field.value()), tuple(map(str, field.errors))) for field in fields)
        return _drawn_weights.get(
            (get_language(), said), lambda: format_html_join("", "{}", ((field.as_field_group(),) for field in fields))
        )

    def values(self) -> dict[str, float]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in FACTORS}

    def weights(self) -> PriorityWeights:
        return PriorityWeights(**self.values())


def _steps(named: Any) -> list[tuple[str, Any]]:
    return [("", _("as the questionnaire says")), *((str(step), _StepLabel(step, words)) for step, words in named)]


class _StepLabel:
    """``3 · about half of those concerned``, in the language of the page."""

    def __init__(self, step: int, words: Any) -> None:
        self.step, self.words = step, words

    def __str__(self) -> str:
        return f"{self.step} · {self.words}"


class FactorForm(forms.Form):
    """Reach and governability of one criterion as the team sees them."""

    reach = forms.TypedChoiceField(
        label=_("Reach: how many of the students, schools or staff concerned?"),
        choices=lambda: _steps(REACH_STEPS),
        coerce=int,
        empty_value=None,
        required=False,
    )
    governability = forms.TypedChoiceField(
        label=_("Governability: how much of it is in our own hands?"),
        choices=lambda: _steps(GOVERNABILITY_STEPS),
        coerce=int,
        empty_value=None,
        required=False,
    )
    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @staticmethod
    def initial_of(factor: Factor | None) -> dict[str, Any]:
        if factor is None:
            return {"revision": 0}
        return {
            "reach": factor.reach,
            "governability": factor.governability,
            "reason": factor.reason,
            "revision": factor.revision,
        }


MOST_PLACES = 10


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


@lru_cache(maxsize=500)
def _place_options(most: int, given: str) -> SafeString:
    """``<option>`` for no place and for each of ``most``, the given one selected."""
    values = ("", *(str(n) for n in range(1, most + 1)))
    rows = ((value, SafeString(" selected") if value == given else "", value or "—") for value in values)
    return format_html_join("\n", '<option value="{}"{}>{}</option>', rows)


class DecisionForm(forms.Form):
    """The place of each candidate, and the reasons that the choice needs. Fields are made from the order.

    Only of what was sent: the page that asks shows the places by ``choice`` and ``reason``, without a field for each.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput)
    number_reason = forms.CharField(
        label=_("Why fewer than three or more than five?"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.most = min(len(order.places), MOST_PLACES)
        places = [("", "—"), *((str(n), str(n)) for n in range(1, self.most + 1))]
        if not self.is_bound:
            return
        for place in order.places:
            pk = place.facts.item.pk
            self.fields[f"place_{pk}"] = forms.TypedChoiceField(
                label=place.facts.title, choices=places, coerce=int, empty_value=None, required=False
            )
            self.fields[f"reason_{pk}"] = forms.CharField(
                label=_("Reason"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )

    def choice(self, item: int) -> tuple[str, SafeString]:
        """The place given to an item ("": none) and the options of its list, that one marked."""
        given = self._given(f"place_{item}")
        return given, _place_options(self.most, given)

    def reason(self, item: int) -> str:
        """The reason given for an item."""
        return self._given(f"reason_{item}")

    def _given(self, name: str) -> str:
        value = self[name].value() if self.is_bound else self.initial.get(name)
        return "" if value is None else str(value)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        given = sorted(
            (place, item) for item in self.order.position_of if (place := data.get(f"place_{item}")) is not None
        )
        taken = [place for place, _item in given]
        if len(set(taken)) != len(taken):
            self.add_error(None, _("Two criteria have the same place. Give each its own."))
        elif not given:
            self.add_error(None, _("Choose at least one criterion."))
        data["chosen"] = [item for _place, item in given]
        return data

    def chosen(self) -> list[int]:
        """Items (primary keys) in the order of their places; a place that was skipped closes up."""
        return list(self.cleaned_data.get("chosen", []))

    def reasons(self) -> dict[int, str]:
        return {item: self.cleaned_data.get(f"reason_{item}", "") for item in self.order.position_of}

    def say_why(self, items: set[int]) -> None:
        """Mark the reasons that are missing."""
        for item in items:
            self.add_error(f"reason_{item}", _("Say why."))

    def lines(self, found: Differences) -> list[dict[str, Any]]:
        """The choice as it will be saved, and what is to be explained, each with its field."""
        chosen = self.chosen()
        lines = [(item, n) for n, item in enumerate(chosen, start=1)] + [(item, 0) for item in found.left_out]
        return [
            {
                "place": self.order.place_of[item],
                "position": position,
                "difference": "added"
                if item in found.added
                else "moved"
                if item in found.moved
                else ""
                if position
                else "left out",
                "field": self[f"reason_{item}"] if item in found.need_reason else None,
            }
            for item, position in lines
        ]
