"""Histories of several devices, and a checker that says what was lost. It shares no code with the room it checks.

A *device* answers one item while it is offline, sees the server when it comes on line, and sends its saves. The network
between delays, reorders and doubles them. What the checker asks of the end:

- nothing is lost in silence: each value that was sent is the value now, or was replaced by somebody who knew of it, or
  is in a conflict that is still open or was settled by somebody who saw it;
- what one device alone did, in whatever order it arrived, ends as the device left it, without a question.
"""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

FIELDS = ("level", "text")


@dataclass
class Told:
    """What a server says of one save: its outcome and the answer now."""

    outcome: str
    applied: frozenset[str]
    revision: int  # of the answer after the save, as the receipt says
    now: dict[str, Any]  # level, text, revision


type Send = Callable[[dict[str, Any]], Told]


@dataclass
class Device:
    """One device with its own picture of the answer."""

    known: int = 0
    on_their_way: list[str] = field(default_factory=list)

    def type(self, values: dict[str, Any]) -> dict[str, Any]:
        save = {
            "id": str(uuid.uuid4()),
            "base": self.known,
            "changes": sorted(values),
            "after": list(self.on_their_way),
            "level": values.get("level"),
            "text": values.get("text", ""),
        }
        self.on_their_way.append(save["id"])
        return save


@dataclass
class History:
    """What was sent, in the order of arrival, and what was told."""

    sent: list[tuple[dict[str, Any], Told]] = field(default_factory=list)

    def first_of_each(self) -> list[tuple[dict[str, Any], Told]]:
        seen: set[str] = set()
        return [(save, told) for save, told in self.sent if not (save["id"] in seen or seen.add(save["id"]))]

    def lost(self, now: dict[str, Any]) -> list[str]:
        """Every value that vanished without anybody having known of it."""
        first = self.first_of_each()
        accounted: dict[str, bool] = {}
        problems = []
        for name in FIELDS:
            writes = [(save, told) for save, told in first if name in save["changes"]]
            for save, told in writes:
                key = f"{save['id']} {name}"
                accounted[key] = (
                    now[name] == save[name]
                    or (told.outcome == "conflict" and name not in told.applied)
                    or any(_knew(other, save, told) for other, _ in writes if other is not save)
                    or any(other[name] == save[name] for other, _ in writes if other is not save)
                )
                if not accounted[key]:
                    problems.append(f"{name} {save[name]!r} of {save['id'][:8]} was lost")
        return problems


def _knew(other: dict[str, Any], save: dict[str, Any], told: Told) -> bool:
    """Whether who sent ``other`` had seen ``save``, on their own device or in the answer they started from."""
    return save["id"] in other["after"] or other["base"] >= told.revision > 0


@dataclass(frozen=True)
class Step:
    """One thing that happens: a device types something, gets on line, or the network delivers a save."""

    what: str  # "type", "sync", "deliver", "again"
    device: int
    number: int
    fields: tuple[str, ...] = ()


def play(steps: list[Step], devices: int, send: Send) -> tuple[History, dict[str, Any], int]:
    """Play a history against a server, deliver what is still on its way, and give the end: history, answer, repeats."""
    people = [Device() for _ in range(devices)]
    waiting: list[tuple[int, dict[str, Any]]] = []
    history, repeated, value = History(), 0, 0
    now: dict[str, Any] = {"level": None, "text": "", "revision": 0}

    def deliver(place: int) -> None:
        nonlocal now
        who, save = waiting.pop(place)
        told = send(save)
        history.sent.append((save, told))
        now = told.now
        if save["id"] in people[who].on_their_way:
            people[who].on_their_way.remove(save["id"])

    for step in steps:
        who = step.device % devices
        if step.what == "type":
            value += 1
            values = {"level": value % 6 - 1, "text": f"texto {value}"}
            waiting.append((who, people[who].type({name: values[name] for name in step.fields or ("level",)})))
        elif step.what == "sync" and not people[who].on_their_way:
            people[who].known = now["revision"]  # the page is loaded anew
        elif step.what == "deliver" and waiting:
            deliver(step.number % len(waiting))
        elif step.what == "again" and history.sent:
            save, told = history.sent[step.number % len(history.sent)]
            again = send(save)
            repeated += (again.outcome, again.applied, again.revision) != (told.outcome, told.applied, told.revision)
            now = again.now
    random.Random(len(steps)).shuffle(waiting)
    while waiting:
        deliver(0)
    return history, now, repeated
