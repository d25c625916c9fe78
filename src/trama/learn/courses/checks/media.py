"""Checks of videos and files: captions, a text in their place, what they weigh, and a lesson that shows each."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from trama.foundation.documents.errors import DocumentError

from .. import lessons
from ..parts import LANGUAGES, LESSON, parts_of
from .problem import Problem, check_number, check_readable, none

LONGEST_SECONDS = 4 * 3600
HEAVY = 15 * 1024 * 1024  # bytes: three minutes at 0.7 Mbit/s
AFTER = 5  # seconds that the last caption may stay after the end


def check_media(data: Mapping[str, Any]) -> Iterator[Problem]:
    """The texts in both languages are looked at with the other lists."""
    shown = _shown(data)
    for row in data["videos"]:
        yield from _video(row)
        yield from _unused("video", row, shown)
    for row in data["files"]:
        if row["file_pt"] is None:
            yield Problem("file", row["slug"], "file_pt", none(), _("a file"))
        elif row["file_en"] is None:
            expected = _("a file in English too, where there is one")
            yield Problem("file", row["slug"], "file_en", none(), expected, blocks=False)
        yield from _unused("file", row, shown)


def _video(row: Mapping[str, Any]) -> Iterator[Problem]:
    name = row["slug"]
    yield from _elsewhere(name, row) if row["file"] is None else _own(name, row)
    seconds = row["seconds"] if row["file"] is None or row["file"].seconds is None else row["file"].seconds
    yield from check_number("video", name, "seconds", seconds, LONGEST_SECONDS)
    for language in LANGUAGES:
        field = f"transcript_{language}"
        try:
            yield from check_readable("video", name, field, lessons.read_task(row[field]))
        except DocumentError as error:
            yield Problem("video", name, f"{field}, {error.where}", error.found, error.expected)


def _elsewhere(name: str, row: Mapping[str, Any]) -> Iterator[Problem]:
    """Somebody else plays it: the author answers for its captions."""
    parts = urlsplit(row["address"])
    if parts.scheme != "https" or not parts.hostname:
        found = row["address"][:80] or none()
        yield Problem("video", name, "address", found, _("a video file, or an address that begins with https://"))
    elif not row["captions_there"]:
        expected = _("a video elsewhere with captions, and that its author says so")
        yield Problem("video", name, "captions_there", none(), expected)


def _own(name: str, row: Mapping[str, Any]) -> Iterator[Problem]:
    file, light = row["file"], row["light"]
    if row["address"]:
        expected = _("a file or an address, not both")
        yield Problem("video", name, "address", row["address"][:80], expected)
    for language in LANGUAGES:
        captions = row[f"captions_{language}"]
        if captions is None:
            yield Problem("video", name, f"captions_{language}", none(), _("captions (WebVTT)"))
        elif file.seconds and (captions.seconds or 0) > file.seconds + AFTER:
            found = _("captions that end after %d seconds") % captions.seconds
            expected = _("captions of this video, which lasts %d seconds") % file.seconds
            yield Problem("video", name, f"captions_{language}", found, expected)
    if light is not None and light.size >= file.size:
        yield Problem("video", name, "light", _("a file as large as the other one"), _("a smaller one"))
    if light is None and file.size > HEAVY:
        found = _("%d MB to load") % round(file.size / 1024 / 1024)
        yield Problem(
            "video", name, "light", found, _("a light version, for a phone on a weak connection"), blocks=False
        )
    if row["poster"] is None:
        yield Problem("video", name, "poster", none(), _("a picture before it plays"), blocks=False)


def _shown(data: Mapping[str, Any]) -> set[tuple[str, str]]:
    """("video", slug) and ("file", slug) of all that a lesson shows."""
    found: set[tuple[str, str]] = set()
    for kind, part in parts_of(data):
        if kind is LESSON:
            found |= set(named_in(part["body_pt"]))
    return found


def named_in(text: str) -> Iterator[tuple[str, str]]:
    """("video", slug) and ("file", slug) of the frames of a lesson; nothing of one that cannot be read."""
    try:
        frames = lessons.frames_in(lessons.read_lesson(text))
    except DocumentError:
        return
    for frame in frames:
        if frame.name == "video":
            yield "video", frame.argument
        if frame.name == "files":
            yield from (("file", slug) for slug in frame.argument.split())


def _unused(kind: str, row: Mapping[str, Any], shown: set[tuple[str, str]]) -> Iterator[Problem]:
    if (kind, row["slug"]) not in shown:
        yield Problem(
            kind, row["slug"], "slug", _("no lesson that shows it"), _("a lesson that shows it"), blocks=False
        )


def check_named(name: str, field: str, text: str, data: Mapping[str, Any]) -> Iterator[Problem]:
    """What a lesson shows is there."""
    held = {("video", row["slug"]) for row in data["videos"]} | {("file", row["slug"]) for row in data["files"]}
    for kind, slug in named_in(text):
        if (kind, slug) not in held:
            expected = _("a video of this course") if kind == "video" else _("a file of this course")
            yield Problem("lesson", name, field, slug, expected)
