"""Forms of single values: IRI, UUID, timestamps, durations, language tags (xAPI 1.0.3, Data 4; IEEE 9274.1.1)."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NoReturn

from ..errors import Malformed

type Match = Callable[[str], re.Match[str] | None]

# An absolute IRI: a scheme, then anything but spaces and what RFC 3987 never allows unescaped.
_iri: Match = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f]+").fullmatch
_uuid: Match = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}").fullmatch
_instant: Match = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?([Zz]|[+\-]\d\d(?::?\d\d)?)?"
    r"|(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(?:(\d\d)(?:[.,](\d+))?)?([Zz]|[+\-]\d\d(?:\d\d)?)?"
).fullmatch
_number = r"\d+(?:[.,]\d+)?"
_duration: Match = re.compile(
    rf"P(?:{_number}W|(?=\d|T\d)(?:{_number}Y)?(?:{_number}M)?(?:{_number}D)?"
    rf"(?:T(?=\d)(?:{_number}H)?(?:{_number}M)?(?:{_number}S)?)?)"
).fullmatch
# RFC 5646, section 2.1: language, script, region, variants, extensions, private use; and private use alone.
_language: Match = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+|i-[a-z0-9]{2,8}|en-gb-oed|sgn-[a-z]{2}-[a-z]{2}",
    re.IGNORECASE,
).fullmatch
_mailbox: Match = re.compile(r"mailto:[^\s@:/]+@[^\s@]+").fullmatch
_sha1: Match = re.compile(r"[0-9a-fA-F]{40}").fullmatch
_sha2: Match = re.compile(r"(?:[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})").fullmatch
_word = r"[A-Za-z0-9!#$&^_.+\-]+"
_media: Match = re.compile(rf"{_word}/{_word}(?:[ \t]*;[^\x00-\x08\x0a-\x1f\x7f]*)?").fullmatch
_UNKNOWN_OFFSETS = ("-00", "-0000", "-00:00")


def fail(where: str, problem: str) -> NoReturn:
    raise Malformed(where, problem)


def is_iri(value: Any) -> bool:
    return isinstance(value, str) and _iri(value) is not None


def iri(value: Any, where: str) -> str:
    if not isinstance(value, str) or _iri(value) is None:
        fail(where, "an absolute IRI is expected")
    return value


def is_uuid(value: Any) -> bool:
    return isinstance(value, str) and _uuid(value) is not None


def uuid(value: Any, where: str) -> str:
    """The UUID in small letters: their case says nothing."""
    if not isinstance(value, str) or _uuid(value) is None:
        fail(where, "a UUID is expected")
    return value.lower()


def text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        fail(where, "a string is expected")
    return value


def boolean(value: Any, where: str) -> bool:
    if value is not True and value is not False:
        fail(where, "true or false is expected")
    return value


def number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        fail(where, "a number is expected")
    return value


def mailbox(value: Any, where: str) -> str:
    if not isinstance(value, str) or _mailbox(value) is None:
        fail(where, "an address mailto:name@place is expected")
    return value


def sha1(value: Any, where: str) -> str:
    if not isinstance(value, str) or _sha1(value) is None:
        fail(where, "40 hexadecimal digits are expected")
    return value


def sha2(value: Any, where: str) -> str:
    if not isinstance(value, str) or _sha2(value) is None:
        fail(where, "the hexadecimal digits of a SHA-2 are expected")
    return value


def media_type(value: Any, where: str) -> str:
    if not isinstance(value, str) or _media(value) is None:
        fail(where, "an Internet media type is expected")
    return value


def duration(value: Any, where: str) -> str:
    """ISO 8601:2004, 4.4.3.2. Weeks stand alone."""
    if not isinstance(value, str) or _duration(value) is None:
        fail(where, "a duration like PT1H30M is expected")
    return value


def language(value: Any, where: str) -> str:
    if not isinstance(value, str) or _language(value) is None:
        fail(where, "a language tag of RFC 5646 is expected")
    return value


def instant(value: Any, where: str) -> datetime:
    """A timestamp (RFC 3339; ISO 8601 basic too). One without an offset is UTC; -00:00 is refused (Data 4.5)."""
    found = _instant(value) if isinstance(value, str) else None
    if found is None:
        fail(where, "a timestamp like 2026-11-22T10:00:00Z is expected")
    parts = found.groups()
    year, month, day, hour, minute, second, fraction, offset = parts[:8] if parts[0] else parts[8:]
    if offset in _UNKNOWN_OFFSETS:
        fail(where, "an offset of -00:00 is not allowed")
    try:
        micro = int((fraction or "0")[:6].ljust(6, "0"))
        naive = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micro)
        return naive.replace(tzinfo=_zone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        fail(where, "this timestamp does not exist")


def _zone(offset: str | None) -> timezone:
    if not offset or offset in "Zz":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:]) if len(offset) > 3 else 0
    if hours > 23 or minutes > 59:
        raise ValueError(offset)
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if offset[0] == "-" else span)


def an_object(value: Any, where: str, allowed: frozenset[str]) -> dict[str, Any]:
    """A JSON object with none but the allowed keys, in their very case."""
    if not isinstance(value, dict) or not value:
        fail(where, "an object is expected, and one that is not empty")
    if not value.keys() <= allowed:
        fail(where, f"{sorted(value.keys() - allowed)[0]!r} is not a property that it may have")
    return value


def language_map(value: Any, where: str) -> None:
    if not isinstance(value, dict) or not value:
        fail(where, "a language map is expected, and one that is not empty")
    for tag, words in value.items():
        language(tag, where)
        text(words, where)


def extensions(value: Any, where: str) -> None:
    """Keys are IRIs; values may be anything, null too (Data 4.1)."""
    if not isinstance(value, dict):
        fail(where, "an object is expected")
    for key in value:
        iri(key, where)


def one_of(value: Any, where: str, known: Iterable[str]) -> str:
    if not isinstance(value, str) or value not in known:
        fail(where, f"one of {', '.join(known)} is expected")
    return value
