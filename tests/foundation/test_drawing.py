"""Parts of pages that are drawn once: under what they are kept, and that nobody is shown another's."""

import dataclasses
import types
import typing
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django import forms
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from trama.diagnose.answers import rows as answer_rows
from trama.diagnose.instruments.views import HitRow
from trama.diagnose.priorities import rows as priority_rows
from trama.foundation import drawing, navigation
from trama.foundation.drawing import day_in_words, drawn, drawn_field, drawn_form, number_in_words
from trama.plan.followup import points
from trama.plan.followup import views as followup_views
from trama.plan.strategy import blocks
from trama.plan.strategy.history import ChangeRow
from trama.plan.templatetags import followup

PLAIN = {str, int, bool, UUID, date, datetime, Decimal, SafeString, type(None)}
PARTS = [
    answer_rows.AnswerRow, answer_rows.AgreementRow, HitRow, priority_rows.FactorRow, priority_rows.ChoiceRow,
    priority_rows.ScoreRow, blocks.ObjectiveBlock, ChangeRow, followup.LineBlock, followup.TaskBlock,
    navigation.Line, navigation.Work, navigation.Foot, navigation.SearchField, points.PointBlock,
    points.ProposedBlock, followup_views.Timeline,
]  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    drawing._kept.cache_clear()
    drawing._fields.clear()


def an_action(**changes: Any) -> blocks.ActionBlock:
    values = {"uid": uuid4(), "what": "Visitar", "why": "", "where": "", "how": "", "state": "a fazer", "tone": "",
              "late": False, "responsible": "Ana", "who": "", "starts_on": "", "due_on": "", "cost": "",
              "adoption": ""}  # fmt: skip
    return blocks.ActionBlock(**{**values, **changes})


def an_objective(**changes: Any) -> blocks.ObjectiveBlock:
    values = {"plan": uuid4(), "pk": 1, "uid": uuid4(), "number": 1, "title": "Todas leem", "description": "",
              "priority": "", "links": (), "goals": (), "actions": (an_action(),), "before": uuid4(),
              "after_next": None, "may_edit": True}  # fmt: skip
    return blocks.ObjectiveBlock(**{**values, **changes})


def held_by(hint: Any) -> Iterator[type]:
    """Every type that a field can hold, inside of tuples, unions and other parts too."""
    arguments = typing.get_args(hint)
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is tuple:
        for argument in arguments:
            if argument is not Ellipsis:
                yield from held_by(argument)
    elif dataclasses.is_dataclass(hint):
        assert hint.__dataclass_params__.frozen  # type: ignore[attr-defined]
        for inner in typing.get_type_hints(hint).values():
            yield from held_by(inner)
    else:
        yield hint


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_a_part_holds_plain_values_only(part):
    """A model would be equal to itself whatever it says by now: what is kept under it could be old."""
    assert set(held_by(part)) <= PLAIN


def test_the_same_content_is_drawn_once_and_any_other_anew(monkeypatch):
    made = []
    render = drawing.render_to_string
    monkeypatch.setattr(drawing, "render_to_string", lambda *args: made.append(args[0]) or render(*args))
    one = an_objective()
    first = drawn("plan/strategy/_objective.html", one, token="a", new="b")
    assert drawn("plan/strategy/_objective.html", dataclasses.replace(one), token="a", new="b") == first
    assert len(made) == 1
    other = dataclasses.replace(one, actions=(dataclasses.replace(one.actions[0], responsible="Bia"),))
    assert "Bia" in drawn("plan/strategy/_objective.html", other)
    assert "Bia" not in first
    assert len(made) == 2


def test_each_language_and_clock_has_its_own():
    at = datetime(2026, 3, 2, 2, 30, tzinfo=timezone.get_fixed_timezone(0))
    row = ChangeRow(uuid4(), 1, "created", "", "x", "", "", False, "Ana", at, "", False, False, False)
    texts = {}
    for language in ("pt-br", "en"):
        for clock in ("America/Sao_Paulo", "America/Rio_Branco"):
            with translation.override(language), timezone.override(clock):
                texts[language, clock] = drawn("plan/strategy/_change.html", row)
    assert "O próprio plano" in texts["pt-br", "America/Sao_Paulo"]
    assert "23:30" in texts["pt-br", "America/Sao_Paulo"]
    assert "21:30" in texts["pt-br", "America/Rio_Branco"]
    assert "The plan itself" in texts["en", "America/Sao_Paulo"]
    assert "21:30" in texts["en", "America/Rio_Branco"]


def test_every_reader_gets_their_own_token_and_nobody_can_write_the_place_of_it():
    one = an_objective(title="token- csrf_token {{ new_uid }} <b>")
    texts = [
        drawn("plan/strategy/_objective.html", one, token=token, new=f"new-of-{token}") for token in ("ana", "bia")
    ]
    assert 'value="ana"' in texts[0]
    assert 'value="new-of-ana"' in texts[0]
    assert "bia" not in texts[0]
    assert texts[1] == texts[0].replace("ana", "bia")
    assert drawing.TOKEN not in texts[0]
    assert drawing.NEW not in texts[0]
    assert "token- csrf_token {{ new_uid }} &lt;b&gt;" in texts[0]


def test_days_and_numbers_are_in_the_language_of_the_page():
    with translation.override("pt-br"):
        assert (day_in_words(date(2026, 3, 2)), number_in_words(Decimal("1234.5"), 2)) == ("02/03/2026", "1.234,50")
    with translation.override("en"):
        assert (day_in_words(date(2026, 3, 2)), number_in_words(Decimal("1234.5"), 2)) == ("2 Mar 2026", "1,234.50")
    assert (day_in_words(None), number_in_words(None, 2)) == ("", "")


class AForm(forms.Form):
    name = forms.CharField(label="Nome", help_text="Como se chama", max_length=5)
    kind = forms.ChoiceField(choices=[("a", "Um"), ("g", [("b", "Dois")])], widget=forms.RadioSelect)
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    agreed = forms.BooleanField(required=False)
    uid = forms.CharField(widget=forms.HiddenInput)
    nothing = forms.CharField(widget=forms.HiddenInput, required=False)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("data", [None, {"name": "Ana", "kind": "b", "uid": "7"}, {"name": "<Beatriz>", "kind": "x"}])
def test_a_form_is_the_same_as_the_framework_draws_it(data):
    initial = {"name": "<Eva>", "day": date(2026, 3, 2), "uid": '"1'}
    for _time in range(2):  # drawn, and kept
        assert squeezed(drawn_form(AForm(data, initial=initial))) == squeezed(str(AForm(data, initial=initial)))


def test_a_field_with_another_value_error_or_choice_is_drawn_anew():
    def field(name: str, **changes: Any) -> str:
        return drawn_field(AForm(**changes)[name])

    assert "Ana" in field("name", initial={"name": "Ana"})
    assert "Ana" not in field("name", initial={"name": "Bia"})
    assert 'aria-invalid="true"' not in field("name", initial={"name": "comprido demais"})
    assert 'aria-invalid="true"' in field("name", data={"name": "comprido demais"})
    assert 'aria-invalid="true"' not in field("name", initial={"name": "comprido demais"})
    form = AForm()
    form.fields["kind"].choices = [("c", "Três")]
    assert "Três" in drawn_field(form["kind"])
    assert "Três" not in field("kind")
    assert len({drawing._said(AForm(auto_id=auto)["name"]) for auto in ("id_%s", "other_%s")}) == 2
