"""Histories of several devices, late, reordered and doubled, against a model; and the controls that must fail it.

``TRAMA_FUZZ_EXAMPLES`` raises the number of histories (a nightly run takes 20,000).
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.diagnose import factories as make
from trama.diagnose.answers import protocol, services
from trama.diagnose.answers.protocol import Merge
from trama.diagnose.answers.selectors import open_conflicts
from trama.diagnose.answers.services import record_saves
from trama.diagnose.models import Answer, RoundItem, RoundMember, Submission

from .model import History, Step, Told, play

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("TRAMA_FUZZ_EXAMPLES", "40"))
fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FIELDS = st.sampled_from([("level",), ("text",), ("level", "text")])
STEPS = st.lists(
    st.builds(
        Step,
        what=st.sampled_from(["type", "type", "type", "sync", "deliver", "deliver", "again"]),
        device=st.integers(0, 2),
        number=st.integers(0, 20),
        fields=FIELDS,
    ),
    min_size=2,
    max_size=24,
)
CHAINS = st.lists(FIELDS, min_size=1, max_size=6).flatmap(
    lambda chain: st.tuples(st.just(chain), st.permutations(range(len(chain))), st.lists(st.integers(0, 5), max_size=4))
)


def a_server(record: Callable[..., Any]) -> tuple[Callable[[dict[str, Any]], Told], RoundMember, RoundItem]:
    """A new member and item, and a way to send saves about it."""
    member = make.a_member(a_server.round)  # type: ignore[attr-defined]
    item = member.round.items.first()

    def send(save: dict[str, Any]) -> Told:
        (result,) = record(member.round.uid, [save | {"item": item.pk}], by=member.user, at=make.NOON)
        made, now = result.submission, result.standing
        told = {"level": now.level, "text": now.text, "revision": now.revision}
        return Told(made.outcome, frozenset(made.applied.split()), made.revision, told)

    return send, member, item


@pytest.fixture(autouse=True)
def one_round() -> None:
    a_server.round = make.a_round()  # type: ignore[attr-defined]


def problems_of(steps: list[Step], record: Callable[..., Any] = record_saves) -> list[str]:
    """Everything that is wrong at the end of a history."""
    send, member, item = a_server(record)
    history, now, repeated = play(steps, 3, send)
    found = history.lost(now)
    if repeated:
        found.append(f"{repeated} repeated saves got another answer")
    ids = {save["id"] for save, _ in history.sent}
    kept = Submission.objects.filter(member=member)
    if kept.count() != len(ids):
        found.append(f"{kept.count()} saves kept of {len(ids)}")
    in_conflict = {save["id"] for save, told in history.first_of_each() if told.outcome == "conflict"}
    if {str(one.pk) for one in open_conflicts([item.pk], member=member)} != in_conflict:
        found.append("the open conflicts are not the saves that were in conflict")
    answer = Answer.objects.filter(member=member, item=item).first()
    if answer is not None and (answer.level, answer.comment) != (now["level"], now["text"]):
        found.append("the answer is not what was told last")
    return found


@fuzz
@given(steps=STEPS)
def test_no_history_of_several_devices_loses_anything_in_silence(steps):
    assert problems_of(steps) == []


@fuzz
@given(chain=CHAINS)
def test_what_one_device_did_ends_as_it_left_it_in_whatever_order_it_arrives(chain):
    fields, order, again = chain
    assert end_of_chain(fields, order, again) == expected_end(fields)


def expected_end(fields: list[tuple[str, ...]]) -> dict[str, Any]:
    end: dict[str, Any] = {"level": None, "text": ""}
    for place, names in enumerate(fields):
        end |= {name: _value(name, place) for name in names}
    return end | {"conflicts": 0, "rows": len(fields)}


def _value(name: str, place: int) -> Any:
    return place % 6 - 1 if name == "level" else f"texto {place}"


def end_of_chain(
    fields: list[tuple[str, ...]], order: Any, again: list[int], record: Callable[..., Any] = record_saves
) -> dict[str, Any]:
    from .model import Device

    send, member, item = a_server(record)
    device = Device()
    saves = [device.type({name: _value(name, place) for name in names}) for place, names in enumerate(fields)]
    for place in [*order, *(one % len(saves) for one in again)]:
        send(saves[place])
    answer = Answer.objects.get(member=member, item=item)
    return {
        "level": answer.level,
        "text": answer.comment,
        "conflicts": len(open_conflicts([item.pk], member=member)),
        "rows": Submission.objects.filter(member=member).count(),
    }


# --- the controls: the same properties must fail for a room that does it wrong -------------------------------------


def fails(check: Callable[..., Any]) -> bool:
    """Whether a property fails within the usual number of histories."""
    try:
        settings(fuzz, max_examples=max(EXAMPLES, 200), phases=[Phase.generate])(check)()
    except AssertionError:
        return True
    return False


def test_last_write_wins_would_be_caught(monkeypatch):
    monkeypatch.setattr(services, "merge", lambda save, standing, earlier=(): Merge("saved", save.changes))

    @given(steps=STEPS)
    def check(steps: list[Step]) -> None:
        assert problems_of(steps) == []

    assert fails(check)


def test_a_room_that_knows_no_late_saves_would_be_caught(monkeypatch):
    monkeypatch.setattr(services, "earlier_saves", lambda save, member: [])

    @given(chain=CHAINS)
    def check(chain: Any) -> None:
        fields, order, again = chain
        assert end_of_chain(fields, order, again) == expected_end(fields)

    assert fails(check)


def test_a_room_without_the_unique_key_would_be_caught(monkeypatch):
    """Each sending gets an id of its own, as where nothing is unique: repeats then count twice."""
    import uuid

    def without_key(uid: Any, sent: list[Any], **more: Any) -> Any:
        return record_saves(uid, [one | {"id": str(uuid.uuid4())} for one in sent], **more)

    @given(steps=STEPS)
    def check(steps: list[Step]) -> None:
        assume(any(step.what == "again" for step in steps))
        assert problems_of(steps, without_key) == []

    assert fails(check)


def test_the_checker_itself_sees_a_loss():
    one = {"id": "a", "base": 0, "after": [], "changes": ["level"], "level": 1, "text": ""}
    two = {"id": "b", "base": 0, "after": [], "changes": ["level"], "level": 2, "text": ""}
    told = Told("saved", frozenset({"level"}), 1, {})
    history = History([(one, told), (two, told)])
    assert history.lost({"level": 2, "text": ""}) == ["level 1 of a was lost"]
    assert History([(one, told), (two | {"base": 1}, told)]).lost({"level": 2, "text": ""}) == []
    assert protocol.MAX_AFTER >= 24
