"""What waits for a person is gathered from every phase; letters leave out what is silenced, and ask for urgency."""

from datetime import UTC, datetime

import pytest

from trama.foundation import waiting
from trama.foundation.waiting import Provider, Waiting, awaited, by_letter, note_told, register_waiting, waiting_for

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LINES = [
    Waiting("urgent", "/1/", urgent=True, key=1),
    Waiting("silenced", "/2/", urgent=True, silent=True),
    Waiting("calm", "/3/"),
]


@pytest.fixture
def told(monkeypatch):
    """Two providers, the later one registered first; what they are told is kept."""
    monkeypatch.setattr(waiting, "_providers", [])
    kept: list[object] = []
    empty = Provider(30, "Empty", lambda user, at, told_at: [], lambda at: [7])
    full = Provider(
        10, "Full", lambda user, at, told_at: LINES if user == "ana" else [], lambda at: [7, 8],
        lambda user, lines, at: kept.append((user, [line.key for line in lines], at)),
    )  # fmt: skip
    for provider in (empty, full, empty):
        register_waiting(provider)
    assert waiting._providers == [full, empty]
    return kept


def whats(groups):
    return [(group.heading, [line.what for line in group.lines]) for group in groups]


def test_a_page_shows_everything_and_leaves_out_who_has_nothing_to_say(told):
    assert whats(waiting_for("ana", at=NOON)) == [("Full", ["urgent", "silenced", "calm"])]
    assert waiting_for("bia", at=NOON) == []


def test_a_letter_leaves_out_what_is_silenced_and_if_asked_what_can_wait(told):
    groups = waiting_for("ana", at=NOON)
    assert whats(by_letter(groups, urgent_only=False)) == [("Full", ["urgent", "calm"])]
    assert whats(by_letter(groups, urgent_only=True)) == [("Full", ["urgent"])]
    assert by_letter([], urgent_only=True) == []


def test_who_said_it_learns_what_was_told(told):
    note_told("ana", by_letter(waiting_for("ana", at=NOON), urgent_only=True), at=NOON)
    assert told == [("ana", [1], NOON)]


def test_accounts_are_awaited_by_whoever_names_them(told):
    assert awaited(at=NOON) == {7, 8}
