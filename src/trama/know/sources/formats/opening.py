"""From a path (file, zip, gzip or folder) to the readable files inside it, within limits counted while reading.

What is unpacked lives in a temporary folder under names of our own, and is gone when the context ends. Names inside
an archive are only labels: nothing is ever written where they point.
"""

import gzip
import hashlib
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from .base import Member
from .limits import OFFICIAL, UPLOAD, Limits, OpenedMember
from .problems import refuse, unreadable

__all__ = ["OFFICIAL", "UPLOAD", "Limits", "OpenedMember", "opened"]

DATA_SUFFIXES = frozenset({".xlsx", ".csv", ".txt", ".json", ".xls", ".xlsb", ".geojson", ".topojson", ""})
ARCHIVE_SUFFIXES = frozenset({".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz", ".zst"})
BLOCK = 1 << 20


@contextmanager
def opened(path: Path, limits: Limits = UPLOAD, *, name: str = "") -> Iterator[list[Member]]:
    """The files to read in ``path``; ``name`` is what the person called it (the path's own name by default).

    Raises ``UnreadableFile`` if there is nothing to read, or if a limit is passed while unpacking.
    """
    with tempfile.TemporaryDirectory(prefix="trama-import-") as folder:
        yield _members(path, limits, name or path.name, Path(folder))


def _members(path: Path, limits: Limits, name: str, folder: Path) -> list[Member]:
    if path.is_symlink() or not path.exists():
        refuse(name, "", _("a file that exists, not a link"))
    if path.is_dir():
        return _folder(path, limits, name)
    if not path.is_file():
        refuse(name, "", _("an ordinary file, a zip file or a folder"))
    _check_size(path, limits, name)
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        refuse(name, _("0 bytes"), _("a file with content; this one is empty"))
    if head.startswith(b"\x1f\x8b"):
        return [_gunzip(path, limits, name, folder)]
    if head.startswith(b"PK") and _is_plain_zip(path, name):
        return _unzip(path, limits, name, folder)
    return [OpenedMember(name, path, limits)]


def _check_size(path: Path, limits: Limits, name: str) -> None:
    size = path.stat().st_size
    if size > limits.file_bytes:
        expected = _("at most %(mib)d MiB; ask whoever runs the platform to import larger official files")
        refuse(name, f"{size / (1 << 20):.0f} MiB", expected % {"mib": limits.file_bytes >> 20})


def _is_plain_zip(path: Path, name: str) -> bool:
    """Whether this zip is an archive, and not itself a document (xlsx, ods, docx are zips too)."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise unreadable(name, error, _("a whole zip or xlsx file; this one is damaged or was cut short")) from None
    return "[Content_Types].xml" not in names and "mimetype" not in names


def _folder(path: Path, limits: Limits, name: str) -> list[Member]:
    members: list[Member] = []
    seen: set[str] = set()
    total = 0
    for count, item in enumerate(sorted(path.rglob("*")), start=1):
        label = item.relative_to(path).as_posix()
        if count > limits.members:
            refuse(name, count, _("at most %(count)d files in a folder") % {"count": limits.members})
        if item.is_symlink():
            refuse(label, "", _("no links inside a folder"))
        if not item.is_file() or not _is_data(label):
            continue
        _note_name(seen, label)
        total += item.stat().st_size
        if total > limits.unpacked_bytes:
            refuse(name, total, _("at most %(mib)d MiB in all") % {"mib": limits.unpacked_bytes >> 20})
        members.append(OpenedMember(label, item, limits))
    if not members:
        refuse(name, "", _("a folder with at least one xlsx, csv, txt or json file"))
    return members


def _is_data(label: str) -> bool:
    path = PurePosixPath(label)
    hidden = path.name.startswith((".", "~$")) or "__MACOSX" in path.parts
    return not hidden and path.suffix.casefold() in DATA_SUFFIXES


def _note_name(seen: set[str], label: str) -> None:
    """Refuse two names that some computers would take for one."""
    folded = label.casefold()
    if folded in seen:
        refuse(label, label, _("names that differ in more than upper and lower case"))
    seen.add(folded)


def _gunzip(path: Path, limits: Limits, name: str, folder: Path) -> Member:
    inner = re.sub(r"\.gz$", "", name, flags=re.IGNORECASE) or name
    target = folder / "0001"
    packed = path.stat().st_size
    try:
        with gzip.open(path, "rb") as source, target.open("wb") as out:
            written = _copy(source, out, packed, limits, 0, name)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise unreadable(name, error, _("a whole gzip file; this one is damaged or was cut short")) from None
    if not written:
        refuse(name, _("0 bytes"), _("a file with content; this one is empty"))
    with target.open("rb") as file:
        _refuse_nested(file.read(4), inner)
    return OpenedMember(inner, target, limits)


def _refuse_nested(head: bytes, label: str) -> None:
    nested = head.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zX"))
    if nested or (head.startswith(b"PK") and not label.casefold().endswith(".xlsx")):
        refuse(label, label, _("no archive inside an archive: unpack it first"))


def _copy(
    source: IO[bytes] | gzip.GzipFile, out: IO[bytes], packed: int, limits: Limits, before: int, label: str
) -> int:
    """Copy counting what really comes out. ``before``: bytes already unpacked from this archive."""
    written = 0
    while block := source.read(BLOCK):
        written += len(block)
        if before + written > limits.unpacked_bytes:
            refuse(label, written, _("at most %(mib)d MiB once unpacked") % {"mib": limits.unpacked_bytes >> 20})
        if written > BLOCK and written > max(packed, 1) * limits.ratio:
            refuse(label, written, _("an archive that grows at most %(ratio)d times") % {"ratio": limits.ratio})
        out.write(block)
    return written


def _unzip(path: Path, limits: Limits, name: str, folder: Path) -> list[Member]:
    members: list[Member] = []
    sums: list[tuple[str, Path]] = []
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for number, info in enumerate(_checked_infos(archive, limits, name), start=1):
                target = folder / f"{number:04d}"
                with archive.open(info) as source, target.open("wb") as out:
                    total += _copy(source, out, info.compress_size, limits, total, info.filename)
                with target.open("rb") as file:
                    _refuse_nested(file.read(4), info.filename)
                if _is_checksum(info.filename):
                    sums.append((info.filename, target))
                else:
                    members.append(OpenedMember(info.filename, target, limits))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise unreadable(name, error, _("a whole zip file; this one is damaged or was cut short")) from None
    if not members:
        refuse(name, "", _("a zip with at least one xlsx, csv, txt or json file"))
    _verify_checksums(members, sums)
    return members


def _checked_infos(archive: zipfile.ZipFile, limits: Limits, name: str) -> list[zipfile.ZipInfo]:
    """The members to unpack, after looking at every name in the archive."""
    infos = archive.infolist()
    if len(infos) > limits.members:
        refuse(name, len(infos), _("at most %(count)d files in a zip") % {"count": limits.members})
    seen: set[str] = set()
    kept: list[zipfile.ZipInfo] = []
    for info in infos:
        label = info.filename
        if label.startswith(("/", "\\")) or "\\" in label or ".." in label.split("/") or re.match(r"[A-Za-z]:", label):
            refuse(label, label, _("names inside the zip, without ‘..’ or a path from the root"))
        if stat.S_ISLNK(info.external_attr >> 16):
            refuse(label, label, _("no links inside a zip"))
        _note_name(seen, label)
        if info.is_dir():
            continue
        if info.flag_bits & 0x1:
            refuse(label, label, _("a zip without a password"))
        if PurePosixPath(label).suffix.casefold() in ARCHIVE_SUFFIXES:
            refuse(label, label, _("no archive inside an archive: unpack it first"))
        if _is_checksum(label) or _is_data(label):
            kept.append(info)
    return kept


def _is_checksum(label: str) -> bool:
    path = PurePosixPath(label)
    return path.suffix.casefold() == ".md5" or path.stem.casefold() in {"md5", "md5sum", "checksum"}


def _verify_checksums(members: list[Member], sums: list[tuple[str, Path]]) -> None:
    """Compare the MD5 that the publisher put beside its files. A sum that names no file here is left alone."""
    by_name = {PurePosixPath(member.name).name.casefold(): member for member in members}
    for label, path in sums:
        with path.open("rb") as file:
            text = file.read(1 << 16).decode("utf-8-sig", errors="replace").replace("\x00", "")
        lines = [line for line in text.splitlines() if re.search(r"\b[0-9a-fA-F]{32}\b", line)]
        for line in lines:
            named = [member for name, member in by_name.items() if name in line.casefold()]
            if not named and len(lines) == 1:
                stem = PurePosixPath(label).stem.casefold()
                named = [m for name, m in by_name.items() if name in (stem, f"{stem}.xlsx", f"{stem}.csv")]
            for member in named:
                _compare(member, re.findall(r"\b[0-9a-fA-F]{32}\b", line)[0].lower())


def _compare(member: Member, expected: str) -> None:
    with member.path.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != expected:
        refuse(member.name, found, _("the MD5 that came in the zip: %(sum)s; download it again") % {"sum": expected})
