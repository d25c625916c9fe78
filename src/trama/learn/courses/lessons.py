"""The text of a lesson: what it may hold, and how it is read on the site and on paper.

A lesson is Markdown of ``foundation.documents`` with links and seven frames: ``reflection`` (a question that the reader
answers for himself), ``accordion`` (folded), ``example`` (an invented case), ``remember``, ``try`` (do it now in your
network), ``video`` and ``files`` (a video or documents of the version, by their slugs). Links lead to ``https://`` or,
as ``trama:…``, to a page of this site. Authors read about it in docs/user/courses.md.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from trama.foundation.documents.html import Look, blocks_as_html
from trama.foundation.documents.markdown import (
    Block,
    Bullets,
    Dialect,
    Frame,
    Heading,
    Paragraph,
    Spans,
    Table,
    read_blocks,
)
from trama.foundation.documents.markdown import plain as plain_text
from trama.foundation.documents.pdf import FrameOnPaper

OURS = "trama:"
PLACES = {  # what stands after "trama:" → the name of the page
    "panorama": "know:country",
    "indicators": "know:indicators",
    "diagnose": "diagnose:rounds",
    "plan": "plan:plans",
    "week": "plan:week",
    "technologies": "plan:technologies",
    "courses": "learn:courses",
}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_UNDER = re.compile(r"(technologies|library)/([a-z0-9-]+)\Z")
REFLECTION_LINES = 5  # on paper
LONGEST_ARGUMENT = 160


def _link(address: str) -> str:
    """What was expected of an address; "" where it is well formed."""
    if address.startswith(OURS):
        place = address.removeprefix(OURS)
        if place in PLACES or _UNDER.match(place):
            return ""
        return _("one of %s") % ", ".join([f"{OURS}{one}" for one in (*PLACES, "technologies/…", "library/…")])
    parts = urlsplit(address)
    return "" if parts.scheme == "https" and parts.hostname else _("https://… or %s…") % OURS


def _slug(argument: str) -> str:
    return "" if _SLUG.match(argument) and len(argument) <= 80 else _("a short name: small letters, digits and hyphens")


def _title(argument: str) -> str:
    return "" if 0 < len(argument) <= LONGEST_ARGUMENT else _("a title of at most %d characters") % LONGEST_ARGUMENT


def _slugs(argument: str) -> str:
    slugs = argument.split()
    if not slugs or any(_slug(one) for one in slugs):
        return _("the short names of files, with a space between them")
    return ""


def _nothing(argument: str) -> str:
    return _("nothing after its name") if argument else ""


def _try(argument: str) -> str:
    address, _space, label = argument.partition(" ")
    if not address.startswith(OURS):
        return _("an address that begins with %s, and what to do there") % OURS
    return _link(address) or _title(label.strip())


DIALECT = Dialect(
    link=_link,
    frames={
        "reflection": _slug, "accordion": _title, "example": _title, "remember": _nothing, "try": _try,
        "video": _slug, "files": _slugs,
    },
)  # fmt: skip


TASK = Dialect(link=_link)


def read_lesson(text: str) -> tuple[Block, ...]:
    """The blocks of a lesson, without its title. Raises ``DocumentError`` at the first line that is not in order."""
    return read_blocks(text, DIALECT)


def read_task(text: str) -> tuple[Block, ...]:
    """The blocks of the task of an assignment: as a lesson, without frames. Raises ``DocumentError``."""
    return read_blocks(text, TASK)


# --- what is in it ------------------------------------------------------------------------------------------------


def frames_in(blocks: tuple[Block, ...]) -> list[Frame]:
    return [block for block in blocks if isinstance(block, Frame)]


def reflections_in(blocks: tuple[Block, ...]) -> list[str]:
    """The names of the questions for reflection, in order."""
    return [frame.argument for frame in frames_in(blocks) if frame.name == "reflection"]


def outline_of(blocks: tuple[Block, ...]) -> list[str]:
    """The frames in order: their names, of videos and files with what they show."""
    return [
        f"{frame.name} {frame.argument}" if frame.name in ("video", "files") else frame.name
        for frame in frames_in(blocks)
    ]


def spans_in(blocks: tuple[Block, ...]) -> Iterator[Spans]:
    """Every run of text, in the order of reading."""
    for block in blocks:
        match block:
            case Heading(_, spans) | Paragraph(spans):
                yield spans
            case Bullets(items=items):
                for item in items:
                    yield from spans_in(item)
            case Table(head, rows):
                yield from head
                for row in rows:
                    yield from row
            case Frame(blocks=inner):
                yield from spans_in(inner)


def links_in(blocks: tuple[Block, ...]) -> list[tuple[str, str]]:
    """(address, words) of every link, those of ``try`` too."""
    found = [(span.link, span.text) for spans in spans_in(blocks) for span in spans if span.link]
    tries = (frame.argument.partition(" ") for frame in frames_in(blocks) if frame.name == "try")
    return [*found, *((address, label.strip()) for address, _space, label in tries)]


def words_in(blocks: tuple[Block, ...]) -> int:
    return sum(len(plain_text(spans).split()) for spans in spans_in(blocks))


# --- how it looks -------------------------------------------------------------------------------------------------


def page_of(address: str, library: Callable[[str], str]) -> str:
    """Where an address of a lesson leads; ``library(slug)`` gives the page of a paper. "" where there is no page."""
    if not address.startswith(OURS):
        return address
    place = address.removeprefix(OURS)
    under = _UNDER.match(place)
    try:
        if under is None:
            return reverse(PLACES[place])
        if under.group(1) == "library":
            return library(under.group(2))
        return reverse("plan:technology", args=[under.group(2)])
    except (NoReverseMatch, KeyError):
        return ""


@dataclass(frozen=True, slots=True)
class Reader:
    """What a lesson needs of the page it is read on.

    ``library`` gives the address of a paper; ``reflection`` what stands below a question for reflection: a field of
    who learns in a cohort, or nothing; ``media`` what a frame with a video or files shows (``courses.media``).
    """

    library: Callable[[str], str]
    reflection: Callable[[str], SafeString | str] = lambda slug: ""
    media: Callable[[Frame], Mapping[str, Any]] = lambda frame: {}

    def address(self, address: str) -> str:
        return page_of(address, self.library)

    def frame(self, frame: Frame, inner: SafeString) -> SafeString:
        context = {"name": frame.name, "argument": frame.argument, "inner": inner, "line": frame.line}
        context |= self.media(frame)
        if frame.name == "reflection":
            context["own"] = self.reflection(frame.argument)
        if frame.name == "try":
            address, _space, label = frame.argument.partition(" ")
            context |= {"address": self.address(address), "label": label.strip()}
        return SafeString(render_to_string("learn/courses/_frame.html", context))


def lesson_as_html(blocks: tuple[Block, ...], reader: Reader) -> SafeString:
    """A lesson below its title. Everything is escaped."""
    return blocks_as_html(blocks, Look(frame=reader.frame, address=reader.address))


def frame_on_paper(frame: Frame) -> FrameOnPaper:
    """How a frame is printed: a reflection has room to write, nothing is folded."""
    match frame.name:
        case "reflection":
            return FrameOnPaper(_("To reflect and write"), REFLECTION_LINES)
        case "remember":
            return FrameOnPaper(_("To remember"))
        case "try":
            return FrameOnPaper(_("Do it now: %s") % frame.argument.partition(" ")[2].strip())
        case "example":
            return FrameOnPaper(_("Example: %s") % frame.argument)
        case "video":
            return FrameOnPaper(_("Video: %s") % frame.argument)
        case "files":
            return FrameOnPaper(_("Files to download"))
    return FrameOnPaper(frame.argument)
