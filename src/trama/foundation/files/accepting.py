"""Which files are accepted: by what they hold, not only by what they are called."""

import hashlib
import re
import zipfile
from pathlib import PurePath
from typing import IO, Any

from django.utils.translation import gettext as _

MAX_BYTES = 10 * 1024 * 1024
MAX_MEMBERS = 2000
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = {
    "pdf": (b"%PDF-", "application/pdf"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    "gif": (b"GIF8", "image/gif"),
    "doc": (_OLD_OFFICE, "application/msword"),
    "xls": (_OLD_OFFICE, "application/vnd.ms-excel"),
    "ppt": (_OLD_OFFICE, "application/vnd.ms-powerpoint"),
}
_PACKAGES = {
    "docx": ("word/", f"{_OFFICE}wordprocessingml.document"),
    "xlsx": ("xl/", f"{_OFFICE}spreadsheetml.sheet"),
    "pptx": ("ppt/", f"{_OFFICE}presentationml.presentation"),
    "odt": ("", f"{_ODF}text"),
    "ods": ("", f"{_ODF}spreadsheet"),
    "odp": ("", f"{_ODF}presentation"),
}
_TEXTS = {"txt": "text/plain", "csv": "text/csv"}
ACCEPTED = (*_SIGNATURES, "webp", *_PACKAGES, *_TEXTS)
_MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml)", re.IGNORECASE)


class FileRefused(Exception):
    """A file, or an address, that is not accepted. The message is for the person who gave it."""


def media_type_of(file: Any, name: str) -> str:
    """The media type of an accepted file. Raises ``FileRefused`` for anything else, and says what it found."""
    extension = PurePath(name).suffix.lower().removeprefix(".")
    if extension not in ACCEPTED:
        raise FileRefused(
            _("Files of the kind “%(kind)s” are not accepted. Accepted are: %(accepted)s.")
            % {"kind": extension[:12] or "?", "accepted": ", ".join(ACCEPTED)}
        )
    if file.size > MAX_BYTES:
        raise FileRefused(_("The file is larger than 10 MB."))
    if not file.size:
        raise FileRefused(_("The file is empty."))
    file.seek(0)
    found = _found(file, extension)
    file.seek(0)
    if not found:
        raise FileRefused(
            _("The file is called “.%(kind)s”, but what it holds is something else.") % {"kind": extension}
        )
    return found


def _found(file: IO[bytes], extension: str) -> str:
    head = file.read(16)
    if extension == "webp":
        return "image/webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else ""
    if extension in _SIGNATURES:
        signature, media_type = _SIGNATURES[extension]
        return media_type if head.startswith(signature) else ""
    file.seek(0)
    if extension in _PACKAGES:
        return _package(file, *_PACKAGES[extension])
    text = file.read()
    return "" if b"\x00" in text or _MARKUP.search(text) else _TEXTS[extension]


def _package(file: IO[bytes], folder: str, media_type: str) -> str:
    """Office documents are archives: their list of members tells them apart. Nothing is unpacked but one small name."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if len(names) > MAX_MEMBERS or any(name.lower().endswith("vbaproject.bin") for name in names):
                return ""
            if folder:
                there = "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)
                return media_type if there else ""
            if "mimetype" not in names:
                return ""
            with archive.open("mimetype") as told:
                return media_type if told.read(100).decode("ascii", "replace").strip() == media_type else ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return ""


def sha256_of(file: Any) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def safe_name(name: str) -> str:
    """The name a file came with, for the download: no folders, no control characters, no tricks of direction."""
    plain = PurePath(name.replace("\\", "/")).name
    return "".join(c for c in plain if c.isprintable() and c not in '"\u202a\u202b\u202d\u202e')[-160:] or "arquivo"


def web_address(address: str) -> str:
    """The address as it is kept. Raises ``FileRefused`` for what is no address of the web (``javascript:``, a path)."""
    if not address.startswith(("https://", "http://")):
        raise FileRefused(_("The address must begin with https:// or http://."))
    return address
