"""Videos and files as a lesson shows them: what they weigh and how long they last, before anything loads."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from trama.foundation.documents.html import Look, blocks_as_html
from trama.foundation.documents.markdown import Block, Frame, Heading, Paragraph, Span

from .lessons import read_task
from .models import CourseVersion, LessonFile, SentFile, Video

MEDIA = ("video", "files")  # frames of a lesson
LANGUAGES = {"pt": ("pt-BR", "Português"), "en": ("en", "English")}  # captions name a language in its own words
IN_LANGUAGE = {"pt": gettext_lazy("in Portuguese"), "en": gettext_lazy("in English")}


def transcript_of(text: str) -> tuple[Block, ...]:
    """The blocks of a transcript. Its headings stand as bold lines: it has its place below a video."""
    return tuple(
        Paragraph(tuple(replace(span, bold=True) for span in block.spans)) if isinstance(block, Heading) else block
        for block in read_task(text)
    )


def lasts(seconds: int) -> str:
    """ "3 min 5 s", "1 h 2 min": how long a video is, in words."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes and left:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": left}
    return _("%d min") % minutes if minutes else _("%d s") % left


@dataclass(frozen=True, slots=True)
class Load:
    """Something to load: where it is, and the file it is."""

    address: str
    file: SentFile


@dataclass(frozen=True, slots=True)
class Track:
    """Captions of a video in one language."""

    address: str
    language: str
    label: str
    default: bool


@dataclass(frozen=True, slots=True)
class Player:
    """A video below its title. ``loads``: the light version first, where there is one: it is what plays.

    ``elsewhere``: the address of a video that is not ours, and ``host`` where that is; then nothing plays here.
    """

    title: str
    lasts: str
    loads: tuple[Load, ...]
    poster: str
    tracks: tuple[Track, ...]
    elsewhere: str
    host: str
    transcript: SafeString


@dataclass(frozen=True, slots=True)
class Offer:
    """A document to download. ``language``: "in Portuguese", where it is not that of the page."""

    title: str
    load: Load
    language: Any


class Shelf:
    """The videos and files of a version, read when a lesson first asks for one.

    ``address(uid)`` says where a file is loaded from; ``page(address)`` where a link of a transcript leads.
    """

    def __init__(
        self,
        version: CourseVersion,
        address: Callable[[Any], str],
        page: Callable[[str], str] = lambda address: address,
    ) -> None:
        self._version = version
        self._address = address
        self._page = page

    @cached_property
    def _videos(self) -> dict[str, Video]:
        rows = self._version.videos.select_related("file", "light", "poster", "captions_pt", "captions_en")
        return {row.slug: row for row in rows}

    @cached_property
    def _files(self) -> dict[str, LessonFile]:
        return {row.slug: row for row in self._version.files.select_related("file_pt", "file_en")}

    def of(self, frame: Frame) -> dict[str, Any]:
        """What the template of a frame needs besides; a draft may name what is not there yet."""
        if frame.name == "video":
            video = self._videos.get(frame.argument)
            return {"player": self.player(video) if video is not None else None}
        if frame.name == "files":
            return {"offers": [offer for slug in frame.argument.split() if (offer := self.offer(slug)) is not None]}
        return {}

    def player(self, video: Video) -> Player:
        """A video as the reader's language shows it. Raises ``DocumentError`` for a transcript that cannot be read."""
        english = _english()
        captions = {"pt": video.captions_pt, "en": video.captions_en}
        elsewhere = video.address if video.file is None else ""
        return Player(
            title=video.title,
            lasts=lasts(video.duration) if video.duration else "",
            loads=tuple(Load(self._address(one.uid), one) for one in (video.light, video.file) if one is not None),
            poster=self._address(video.poster.uid) if video.poster is not None else "",
            tracks=tuple(
                Track(self._address(file.uid), *LANGUAGES[code], default=(code == "en") is english)
                for code, file in captions.items()
                if file is not None
            ),
            elsewhere=elsewhere,
            host=urlsplit(elsewhere).hostname or "",
            transcript=blocks_as_html(transcript_of(video.transcript), Look(address=self._page)),
        )

    def offer(self, slug: str) -> Offer | None:
        """A document in the reader's language, else in the other one, which it says."""
        row = self._files.get(slug)
        if row is None:
            return None
        asked, other = ("en", "pt") if _english() else ("pt", "en")
        own, foreign = getattr(row, f"file_{asked}"), getattr(row, f"file_{other}")
        file = own or foreign
        if file is None:
            return None
        language = IN_LANGUAGE[other] if own is None else ""
        return Offer(row.title, Load(self._address(file.uid), file), language)

    # --- on paper -------------------------------------------------------------------------------------------------

    def on_paper(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """The blocks of a lesson for who reads without connection: videos and files as links, transcripts in full."""
        return tuple(
            self._printed(block) if isinstance(block, Frame) and block.name in MEDIA else block for block in blocks
        )

    def _printed(self, frame: Frame) -> Frame:
        if frame.name == "files":
            offers = [offer for slug in frame.argument.split() if (offer := self.offer(slug)) is not None]
            lines = [_link(f"{one.title} ({_weight(one.load.file)})", one.load.address) for one in offers]
            return replace(frame, argument="", blocks=(*frame.blocks, *lines))
        video = self._videos.get(frame.argument)
        if video is None:
            return frame
        player = self.player(video)
        links = [_link(_("Watch: %s") % _weight(one.file), one.address) for one in player.loads]
        links += [_link(_("Watch: %s") % player.elsewhere, player.elsewhere)] if player.elsewhere else []
        title = " · ".join(filter(None, (player.title, player.lasts)))
        return replace(frame, argument=title, blocks=(*frame.blocks, *links, *transcript_of(video.transcript)))


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _weight(file: SentFile) -> str:
    return f"{file.format}, {filesizeformat(file.size)}"


def _link(words: str, address: str) -> Paragraph:
    return Paragraph((Span(words, link=address),))
