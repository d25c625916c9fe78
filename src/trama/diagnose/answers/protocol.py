"""The saving protocol: what a save is, and what becomes of one that meets other saves. No database here.

A save names the fields that the person changed and the revision they were looking at. A field that nobody else changed
since then takes the new value. A field that somebody changed meanwhile is a conflict, unless that change is known to
the save: it is listed in ``after``, the person's own saves that were still on their way when this one was typed over
them. A save that arrives after one typed over it is late: what the later one changed stays.
"""

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from .errors import MalformedSave
from .models import LEVEL_NOT_APPLICABLE, Submission

FIELDS = ("level", "text")
HIGHEST_LEVEL = 4
MAX_TEXT = 4000  # characters
MAX_AFTER = 50  # own saves that were on their way; a client joins what it has not tried to send
MAX_SAVES = 50  # in one request
MAX_BODY = 1024 * 1024  # bytes of one request: fifty saves with long comments
MAX_REVISION = 2**31 - 1
MAX_ITEM = 2**63 - 1
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class About(StrEnum):
    """What a save speaks of."""

    ANSWER = "answer"  # the member's own
    AGREEMENT = "agreement"  # the team's


@dataclass(frozen=True, slots=True)
class Save:
    """One save as the client sent it."""

    id: uuid.UUID
    item: int
    about: About
    base: int  # the revision the person was looking at; 0: none
    changes: frozenset[str]
    level: int | None = None
    text: str = ""
    after: tuple[uuid.UUID, ...] = ()
    device_at: datetime | None = None
    resolves: uuid.UUID | None = None

    @property
    def content_hash(self) -> str:
        """Of what was said, not of how it travelled: the same words again are the same content."""
        parts = [
            self.item,
            self.about,
            self.base,
            sorted(self.changes),
            self.level if "level" in self.changes else None,
            self.text if "text" in self.changes else "",
            str(self.resolves or ""),
        ]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()

    @property
    def second_id(self) -> uuid.UUID:
        """The id under which this content is kept when its own id holds another: the same each time it comes."""
        return uuid.uuid5(self.id, self.content_hash)


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer or agreement that a save meets. Revision 0: there is none yet."""

    level: int | None = None
    text: str = ""
    revision: int = 0
    level_revision: int = 0
    text_revision: int = 0

    def value(self, field: str) -> int | str | None:
        return self.level if field == "level" else self.text

    def changed_at(self, field: str) -> int:
        return self.level_revision if field == "level" else self.text_revision

    def after(self, applied: Collection[str], level: int | None, text: str) -> "Standing":
        """The next revision, with these fields changed."""
        revision = self.revision + 1
        changed = Standing(self.level, self.text, revision, self.level_revision, self.text_revision)
        if "level" in applied:
            changed = replace(changed, level=level, level_revision=revision)
        if "text" in applied:
            changed = replace(changed, text=text, text_revision=revision)
        return changed


@dataclass(frozen=True, slots=True)
class Earlier:
    """A save of the same answer that arrived before and was not refused."""

    id: uuid.UUID
    changes: frozenset[str]
    applied: frozenset[str]
    revision: int
    after: frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Merge:
    """What becomes of a save."""

    outcome: str
    applied: frozenset[str] = frozenset()
    conflicting: frozenset[str] = frozenset()


def merge(save: Save, standing: Standing, earlier: Collection[Earlier] = ()) -> Merge:
    """Decide field by field. ``earlier`` is only looked at when the save started from an older revision."""
    if save.base >= standing.revision:
        return Merge(Submission.Outcome.SAVED, save.changes)
    applied, conflicting = set(), set()
    for field in save.changes:
        if any(save.id in other.after and field in other.changes for other in earlier):
            continue  # late: the person's own later save of this field is here
        if standing.changed_at(field) <= save.base or _knows(save, field, earlier):
            applied.add(field)
        elif standing.value(field) != (save.level if field == "level" else save.text):
            conflicting.add(field)
    outcome = Submission.Outcome.CONFLICT if conflicting else Submission.Outcome.MERGED
    return Merge(outcome, frozenset(applied), frozenset(conflicting))


def _knows(save: Save, field: str, earlier: Collection[Earlier]) -> bool:
    """Whether every change of the field since the base is one that the save was typed over."""
    since = {other.id for other in earlier if field in other.applied and other.revision > save.base}
    return bool(since) and since <= set(save.after)


def parse_save(sent: Any) -> Save:
    """A save from what the client sent. Raises ``MalformedSave``, naming the part that is wrong.

    A clock that makes no sense costs no answer: the time on the device is then left out.
    """
    if not isinstance(sent, Mapping):
        raise MalformedSave("", _("A save must be an object with its parts."))
    changes = sent.get("changes", [])
    if not isinstance(changes, list) or any(not isinstance(name, str) or name not in FIELDS for name in changes):
        raise MalformedSave("changes", _("“changes” must list “level”, “text” or both."))
    resolves = None if sent.get("resolves") in (None, "") else _uuid(sent["resolves"], "resolves")
    if not changes and resolves is None:
        raise MalformedSave("changes", _("A save must change something, or settle a conflict."))
    after = sent.get("after") or []
    if not isinstance(after, list) or len(after) > MAX_AFTER:
        raise MalformedSave("after", _("“after” must be a list of at most %(limit)d ids.") % {"limit": MAX_AFTER})
    try:
        about = About(sent.get("about", About.ANSWER))
    except ValueError:
        raise MalformedSave("about", _("“about” must be “answer” or “agreement”.")) from None
    return Save(
        id=_uuid(sent.get("id"), "id"),
        item=_whole(sent.get("item"), "item", MAX_ITEM),
        about=about,
        base=_whole(sent.get("base", 0), "base", MAX_REVISION),
        changes=frozenset(changes),
        level=_level(sent.get("level")) if "level" in changes else None,
        text=_text(sent.get("text", "")) if "text" in changes else "",
        after=tuple(_uuid(one, "after") for one in after),
        device_at=_instant(sent.get("device_at")),
        resolves=resolves,
    )


def _uuid(value: Any, field: str) -> uuid.UUID:
    if isinstance(value, uuid.UUID):
        return value
    try:
        if not isinstance(value, str) or len(value) > 36:
            raise ValueError
        return uuid.UUID(value)
    except ValueError:
        raise MalformedSave(field, _("“%(field)s” must be a UUID.") % {"field": field}) from None


def _whole(value: Any, field: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise MalformedSave(field, _("“%(field)s” must be a whole number, not negative.") % {"field": field})
    return value


def _level(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not LEVEL_NOT_APPLICABLE <= value <= HIGHEST_LEVEL:
        raise MalformedSave("level", _("The level must be 1 to 4, 0 (I do not know) or -1 (does not apply)."))
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise MalformedSave("text", _("The text must be text."))
    if len(value) > MAX_TEXT:
        raise MalformedSave(
            "text",
            _("The text has %(length)d characters; at most %(limit)d fit.") % {"length": len(value), "limit": MAX_TEXT},
        )
    # What no database keeps is shown as what it is: NUL, and halves of characters.
    return value.replace("\r\n", "\n").replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _instant(value: Any) -> datetime | None:
    if isinstance(value, str) and len(value) <= 40:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    try:
        return value if _EARLIEST <= value <= _LATEST else None
    except OverflowError:
        return None
