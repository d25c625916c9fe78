"""Two and three editors of one plan, in any order, against a model; and what an editor without revisions loses."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.plan.factories import NOON, a_plan, an_action, an_objective
from trama.plan.models import Action, PlanChange
from trama.plan.strategy.errors import EditConflict
from trama.plan.strategy.parts import texts_of
from trama.plan.strategy.services import change_part

pytestmark = pytest.mark.django_db
FIELDS = ("what", "why", "where")
TEXTS = ("um", "dois", "três")
EDITORS = 3


@dataclass
class Editor:
    """An open form: what it showed, and what was typed into it since."""

    revision: int
    shown: dict[str, str]
    typed: dict[str, str] = field(default_factory=dict)


step = st.one_of(
    st.tuples(st.just("open"), st.integers(0, EDITORS - 1)),
    st.tuples(st.just("type"), st.integers(0, EDITORS - 1), st.sampled_from(FIELDS), st.sampled_from(TEXTS)),
    st.tuples(st.just("save"), st.integers(0, EDITORS - 1), st.sampled_from(["mine", "theirs"])),
)
histories = st.lists(step, min_size=4, max_size=25)


def opened(action: Action) -> Editor:
    texts = texts_of(action)
    return Editor(action.revision, {name: texts[name] for name in FIELDS})


def save_safely(action: Action, editor: Editor, choice: str, by: Any) -> None:
    """As the page does: send the whole form; after a conflict choose, knowing both versions."""
    values, settled = editor.shown | editor.typed, {}
    while True:
        try:
            change_part(action, values, revision=editor.revision, settled=settled, by=by, at=NOON)
        except EditConflict as conflict:
            for one in conflict.conflicts:
                if choice == "theirs":
                    del values[one.name]
                else:
                    settled[one.name] = conflict.part.revision
        else:
            return


def save_blindly(action: Action, editor: Editor, choice: str, by: Any) -> None:
    """Without a revision: the last form sent wins, field by field, seen or not."""
    now = Action.objects.get(pk=action.pk)
    change_part(action, editor.shown | editor.typed, revision=now.revision, by=by, at=NOON)


def play(history: list[Any], save: Callable[[Action, Editor, str, Any], None]) -> list[str]:
    """Play a history; gives what was lost: words that a field had, overwritten by a form that never showed them."""
    plan = a_plan()
    action = an_action(an_objective(plan), "um", why="um", where="um")
    editors = [opened(action) for _editor in range(EDITORS)]
    model = dict.fromkeys(FIELDS, "um")
    lost: list[str] = []
    for kind, who, *rest in history:
        editor = editors[who]
        if kind == "open":
            editors[who] = opened(Action.objects.get(pk=action.pk))
        elif kind == "type":
            editor.typed[rest[0]] = rest[1]
        else:
            wanted = {name: text for name, text in editor.typed.items() if text != editor.shown[name]}
            save(action, editor, rest[0], plan.created_by)
            now = {name: texts_of(Action.objects.get(pk=action.pk))[name] for name in FIELDS}
            for name in FIELDS:
                changed_by_others = model[name] != editor.shown[name]
                if name not in wanted:
                    allowed = {model[name]}  # a field that this editor left alone stays as it was
                elif changed_by_others and rest[0] == "theirs":
                    allowed = {model[name], wanted[name]} if model[name] == wanted[name] else {model[name]}
                else:
                    allowed = {wanted[name]}
                if now[name] not in allowed:
                    lost.append(f"{name}: {model[name]} became {now[name]}")
            model = now
            editors[who] = opened(Action.objects.get(pk=action.pk))
    _history_is_whole(action, model)
    return lost


def _history_is_whole(action: Action, model: dict[str, str]) -> None:
    """Every change starts where the one before ended, so every version that ever was can be found again."""
    for name in FIELDS:
        standing = "um"
        for change in PlanChange.objects.filter(uid=action.uid, field=name).order_by("pk"):
            assert change.before == standing
            standing = change.after
        assert standing == model[name]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
def test_no_order_of_saves_of_three_editors_loses_what_somebody_wrote(history):
    assert play(history, save_safely) == []


def test_without_revisions_an_update_is_lost():
    """The negative control: the same history, once with revisions and once without."""
    history = [("type", 0, "what", "dois"), ("save", 0, "mine"), ("type", 1, "why", "três"), ("save", 1, "mine")]
    assert play(history, save_safely) == []
    assert play(history, save_blindly) == ["what: dois became um"]
