"""What authors may send: each place takes files of a kind and size, by what they hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trama.foundation.files import FileRefused, media_type_of

from ..courses.models import SentFile
from .captions import read_captions
from .containers import read_container

MB = 1024 * 1024
VIDEO_BYTES, LIGHT_BYTES = 100 * MB, 25 * MB
PICTURE_BYTES, CAPTIONS_BYTES, DOCUMENT_BYTES = MB // 2, MB, 10 * MB
DOCUMENTS = ("pdf", "odt", "docx", "xlsx")
PICTURES = ("jpg", "jpeg", "png", "webp")
CONTAINERS = {"mp4": "video/mp4", "webm": "video/webm"}
PLAYED = frozenset({"avc1", "avc3", "vp09", "av01", "mp4a", "Opus", "tx3g", "text", "mp4s"})  # in MP4, by every browser
Kind = SentFile.Kind


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file turned out to be. ``seconds``: as ``SentFile`` says it."""

    media_type: str
    seconds: int | None = None


class Refusal(Exception):
    """A file that is not taken, with each of its mistakes in words."""

    def __init__(self, *mistakes: str) -> None:
        self.mistakes = list(mistakes)
        super().__init__(*mistakes)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a video or file that a sent file can take: its name, kind, limit in bytes, and what looks at it."""

    name: str
    kind: str
    most: int
    extensions: tuple[str, ...]
    help: Any  # words for the form
    look: Callable[[Any, str], Looked]

    def looked_at(self, upload: Any, name: str) -> Looked:
        """What the upload is. Raises ``Refusal``."""
        extension = PurePath(name).suffix.lower().removeprefix(".")
        if extension not in self.extensions:
            raise Refusal(_("Here a file of the kind %s is expected.") % ", ".join(self.extensions))
        if not upload.size:
            raise Refusal(_("The file is empty."))
        if upload.size > self.most:
            sizes = {"found": _megabytes(upload.size), "most": _megabytes(self.most)}
            raise Refusal(_("The file has %(found)s; at most %(most)s are taken here.") % sizes)
        return self.look(upload, extension)


def _megabytes(size: int) -> str:
    return str(filesizeformat(size))


def _video(upload: Any, extension: str) -> Looked:
    found = read_container(upload, upload.size)
    if found.kind != extension:
        raise Refusal(_("The file is called “.%(kind)s”, but what it holds is something else.") % {"kind": extension})
    strange = sorted(found.codecs - PLAYED) if found.kind == "mp4" else []
    if strange:
        raise Refusal(
            _("Its picture or sound is compressed as %s, which many browsers do not play. Export it as H.264 with AAC.")
            % ", ".join(strange)
        )
    return Looked(CONTAINERS[extension], round(found.seconds) or 1 if found.seconds else None)


def _captions(upload: Any, extension: str) -> Looked:
    upload.seek(0)
    found = read_captions(upload.read())
    if found.mistakes:
        raise Refusal(*found.mistakes)
    return Looked("text/vtt; charset=utf-8", round(found.ends))


def _by_signature(upload: Any, extension: str) -> Looked:
    try:
        return Looked(media_type_of(upload, f"arquivo.{extension}"))
    except FileRefused as refused:
        raise Refusal(str(refused)) from refused


_CAPTIONS = gettext_lazy("WebVTT, a text file that ends in .vtt, at most 1 MB.")
_DOCUMENT = gettext_lazy("PDF, ODT, DOCX or XLSX, at most 10 MB.")
_PLACES = (
    Place(
        "file", Kind.VIDEO, VIDEO_BYTES, tuple(CONTAINERS), gettext_lazy("MP4 (H.264) or WebM, at most 100 MB."), _video
    ),
    Place(
        "light", Kind.VIDEO, LIGHT_BYTES, tuple(CONTAINERS),
        gettext_lazy("The same video, smaller, for a phone on a weak connection: at most 25 MB."), _video,
    ),
    Place(
        "poster", Kind.PICTURE, PICTURE_BYTES, PICTURES,
        gettext_lazy("What is seen before it plays: JPEG, PNG or WebP, at most 512 KB."), _by_signature,
    ),
    Place("captions_pt", Kind.CAPTIONS, CAPTIONS_BYTES, ("vtt",), _CAPTIONS, _captions),
    Place("captions_en", Kind.CAPTIONS, CAPTIONS_BYTES, ("vtt",), _CAPTIONS, _captions),
    Place("file_pt", Kind.DOCUMENT, DOCUMENT_BYTES, DOCUMENTS, _DOCUMENT, _by_signature),
    Place("file_en", Kind.DOCUMENT, DOCUMENT_BYTES, DOCUMENTS, _DOCUMENT, _by_signature),
)  # fmt: skip
PLACES: Mapping[str, Place] = {place.name: place for place in _PLACES}
PLACES_OF: Mapping[str, tuple[str, ...]] = {
    "video": ("file", "light", "poster", "captions_pt", "captions_en"),
    "file": ("file_pt", "file_en"),
}
