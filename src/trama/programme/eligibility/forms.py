"""The form of one condition, and of the filters of a preview."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from trama.know.api import Dependency, Location, Stage, indicators_by_code, states

from .models import Condition
from .tree import ConditionNode

COMPARISONS = (
    ("number", _("a number")),
    ("country-published", _("the figure published for Brazil")),
    ("state-published", _("the figure published for the network's state")),
    ("country-mean", _("the simple mean of the municipal networks of Brazil")),
    ("state-mean", _("the simple mean of the municipal networks of the same state")),
)
FIRST_YEAR, LAST_YEAR = 1990, 2100


class WrittenNumberField(forms.Field):
    """A number as people write it in the active language: ``550.000`` in Portuguese, ``550,000`` in English.

    Gives a ``float``. What could be read both ways is read in the active language when its groups have three digits
    (``550.000`` is 550 thousand in Portuguese), and otherwise by its only mark (``5.5`` is five and a half anywhere).
    """

    default_error_messages = {"invalid": _("Write a number, such as %(example)s.")}

    def to_python(self, value: Any) -> Any:
        text = re.sub(r"[\s\u00a0\u202f]", "", str(value or "")[:60])
        if not text:
            return None
        thousands, decimal = (",", ".") if (get_language() or "").startswith("en") else (".", ",")
        grouped = rf"-?\d{{1,3}}(?:\{thousands}\d{{3}})+(?:\{decimal}\d+)?"
        if re.fullmatch(grouped, text, re.ASCII):
            return float(text.replace(thousands, "").replace(decimal, "."))
        if len(text) <= 20 and re.fullmatch(r"-?\d+(?:[.,]\d+)?", text, re.ASCII):
            return float(text.replace(",", "."))
        example = number_format(1234.5, 1, use_l10n=True, force_grouping=True)
        raise forms.ValidationError(self.error_messages["invalid"], code="invalid", params={"example": example})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, float):
            exact = Decimal(repr(value)).normalize()
            decimals = max(0, -int(exact.as_tuple().exponent))
            return number_format(exact, decimals, use_l10n=True, force_grouping=True)
        return value


class ConditionForm(forms.Form):
    """One condition in plain controls: works without any script, and with a keyboard alone."""

    indicator = forms.ChoiceField(label=_("Indicator"))
    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices, required=False)
    dependency = forms.ChoiceField(
        label=_("Network"),
        choices=Dependency.choices,
        initial=Dependency.MUNICIPAL,
        help_text=_("For figures of the whole municipality, such as population, choose all networks."),
    )
    location = forms.ChoiceField(label=_("Location"), choices=Location.choices, required=False)
    year_policy = forms.ChoiceField(
        label=_("Which edition"), choices=Condition.YearPolicy.choices, initial=Condition.YearPolicy.FIXED
    )
    year = forms.IntegerField(label=_("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    release_vintage = forms.CharField(
        label=_("As published until"),
        max_length=40,
        required=False,
        help_text=_("Optional. A vintage such as 2021-06: later corrections by the source do not count."),
    )
    operator = forms.ChoiceField(label=_("Must be"), choices=Condition.Operator.choices)
    compared_with = forms.ChoiceField(label=_("Compared with"), choices=COMPARISONS, initial="number")
    threshold = WrittenNumberField(label=_("Number"), required=False, widget=forms.TextInput({"inputmode": "decimal"}))
    reference_dependency = forms.ChoiceField(
        label=_("Published figure of"),
        choices=Dependency.choices,
        initial=Dependency.PUBLIC,
        required=False,
        help_text=_(
            "States have no published figure for municipal networks: the public networks are the usual choice."
        ),
    )
    use_bounds = forms.BooleanField(
        label=_("Where the figure is missing, accept what follows from a part of it or from the whole it belongs to"),
        required=False,
        help_text=_("For counts: enrolments of the early years above the number prove elementary school above it."),
    )
    label_pt = forms.CharField(label=_("Short label in Portuguese"), max_length=200, required=False)
    label_en = forms.CharField(label=_("Short label in English"), max_length=200, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)
    mark = forms.CharField(widget=forms.HiddenInput, required=False)  # fingerprint of what the form is about

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted((i.name, code) for code, i in indicators_by_code().items())
        self.fields["indicator"].choices = [(code, name) for name, code in names]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("year_policy") == Condition.YearPolicy.FIXED and data.get("year") is None:
            self.add_error("year", _("State the year of the figure, or choose the latest edition."))
        if data.get("compared_with") == "number" and data.get("threshold") is None and "threshold" not in self.errors:
            self.add_error("threshold", _("Write the number to compare with."))
        if str(data.get("compared_with", "")).endswith("published") and not data.get("reference_dependency"):
            self.add_error("reference_dependency", _("Say of which networks the published figure is."))
        return data

    def node(self) -> ConditionNode:
        """The condition that the form describes."""
        data = self.cleaned_data
        place, _dash, kind = data["compared_with"].partition("-")
        by_number = place == "number"
        return ConditionNode(
            indicator=data["indicator"],
            operator=data["operator"],
            threshold=data["threshold"] if by_number else None,
            dependency=data["dependency"],
            stage=data["stage"],
            location=data["location"],
            year_policy=data["year_policy"],
            year=data["year"],
            release_vintage=data["release_vintage"].strip(),
            reference="" if by_number else place,
            reference_kind="" if by_number else kind,
            reference_dependency=data["reference_dependency"] if kind == "published" else "",
            use_bounds=data["use_bounds"],
            label_pt=data["label_pt"].strip(),
            label_en=data["label_en"].strip(),
        )

    @staticmethod
    def initial_of(node: ConditionNode) -> dict[str, Any]:
        """The form's values for an existing condition."""
        values: dict[str, Any] = {name: getattr(node, name) for name in ConditionNode.__match_args__}
        values["compared_with"] = f"{node.reference}-{node.reference_kind}" if node.reference else "number"
        values["reference_dependency"] = node.reference_dependency or Dependency.PUBLIC
        return values


VERDICTS = (("", _("all answers")), ("1", _("eligible")), ("0", _("not eligible")), ("2", _("unknown")))
SIZES = (
    ("", _("all sizes")),
    ("a", _("up to 20 thousand inhabitants")),
    ("b", _("20 to 100 thousand")),
    ("c", _("100 to 550 thousand")),
    ("d", _("above 550 thousand")),
)
SIZE_LIMITS = {"a": (0, 20_000), "b": (20_000, 100_000), "c": (100_000, 550_000), "d": (550_000, float("inf"))}
REGIONS = (
    ("", _("all regions")),
    ("1", _("North")),
    ("2", _("Northeast")),
    ("3", _("Southeast")),
    ("4", _("South")),
    ("5", _("Central-West")),
)


class PreviewFilters(forms.Form):
    """What part of the country a preview lists. A wrong value filters nothing."""

    resposta = forms.ChoiceField(label=_("Answer"), choices=VERDICTS, required=False)
    regiao = forms.ChoiceField(label=_("Region"), choices=REGIONS, required=False)
    uf = forms.ChoiceField(label=_("State (UF)"), required=False)
    porte = forms.ChoiceField(label=_("Size"), choices=SIZES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(str(state.code), state.name) for state in states()]
        self.fields["uf"].choices = [("", _("all states")), *found]  # type: ignore[attr-defined]

    def values(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}
