"""Archives that people send, read as hostile: limits are counted while reading, never taken from what the file says.

No Django here: this runs in a process apart (``apart``). What is wrong is said in codes; ``errors`` has the words.
"""

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .closing import END_BYTES, read_ending

MEBIBYTE = 1024 * 1024
FILE_BYTES, UNPACKED_BYTES, MEMBERS, RATIO = 20 * MEBIBYTE, 200 * MEBIBYTE, 2_000, 100
LIST_BYTES = 2 * MEBIBYTE  # of the archive's own list of members
LONGEST_NAME, DEEPEST = 240, 24
CHUNK = 64 * 1024
FIRST = b"PK\x03\x04"
_MEDIA = frozenset({
    "png", "jpg", "jpeg", "gif", "webp", "svg", "ico", "bmp", "mp3", "mp4", "m4a", "m4v", "ogg", "oga", "ogv",
    "wav", "webm", "vtt", "srt", "pdf", "swf", "cur", "avif", "aac",
})  # fmt: skip
_PAGES = frozenset({
    "html", "htm", "xhtml", "css", "js", "mjs", "json", "xml", "xsd", "dtd", "txt", "md", "csv", "woff",
    "woff2", "ttf", "otf", "eot", "xsl", "xslt", "properties", "lrc", "ttml", "wasm", "glb", "gltf", "bin",
    "mpd", "m3u8",
})  # fmt: skip
_LEFT_OVER = frozenset({
    "map", "scss", "less", "ts", "yml", "yaml", "lock", "log", "ent", "mod", "dist", "db", "sass", "coffee",
    "story", "editorconfig", "gitignore", "npmignore", "babelrc", "eslintrc", "jshintrc", "webmanifest",
    "tmp", "bak", "po", "pot", "mo", "cat", "opt", "rtf", "text", "def", "ini",
})  # fmt: skip
EXTENSIONS = _MEDIA | _PAGES | _LEFT_OVER  # what programs that make packages leave in them is harmless as text
_ARCHIVES = (FIRST, b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_WINDOWS = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)


_UNZIP = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, NotImplementedError)
_BROKEN = (*_UNZIP, EOFError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, or was left out: a code of ``errors``, where, and what was found there."""

    code: str
    where: str = ""
    found: str = ""


class Refused(Exception):
    """An archive, or what it holds, is not accepted."""

    def __init__(self, code: str, where: str = "", found: object = "") -> None:
        self.finding = Finding(code, shown(where), shown(str(found)))
        super().__init__(code)


def shown(text: str) -> str:
    """A text of a stranger, fit to be shown: short, without control characters and tricks of direction."""
    return "".join(c if c.isprintable() and c not in _DIRECTIONS else "\N{REPLACEMENT CHARACTER}" for c in text[:200])


@dataclass
class Archive:
    """An archive whose members were all read once: none is larger, stranger or more than allowed."""

    zip: zipfile.ZipFile
    sizes: dict[str, int]  # name to bytes that came out

    @property
    def unpacked(self) -> int:
        return sum(self.sizes.values())

    def read(self, name: str, most: int) -> bytes:
        """The content of a member of at most ``most`` bytes. Raises ``Refused``."""
        if self.sizes[name] > most:
            raise Refused("file_large", name, self.sizes[name])
        return self.zip.read(name)


def opened(path: Path) -> Archive:
    """Check an archive and read all of it once. Raises ``Refused`` with the first thing that is not in order."""
    list_at = _check_file(path)
    try:
        archive = zipfile.ZipFile(path)
        members = _checked(archive.infolist(), list_at)
        return Archive(archive, dict(_unpacked(archive, members)))
    except _BROKEN as error:
        raise Refused("broken", "", type(error).__name__) from error
    except RuntimeError as error:  # how zipfile says that a password is needed
        raise Refused("encrypted") from error


def _check_file(path: Path) -> int:
    """Where the list of members begins, if the file is one archive of an allowed size."""
    size = path.stat().st_size
    if not size:
        raise Refused("empty")
    if size > FILE_BYTES:
        raise Refused("archive_large", "", size)
    with path.open("rb") as file:
        if file.read(4) != FIRST:
            raise Refused("no_archive")
    ending = read_ending(path)
    if ending is None:
        raise Refused("broken")
    if ending.large:
        raise Refused("zip64")
    if ending.members > MEMBERS or ending.list_bytes > LIST_BYTES:
        raise Refused("members", "", ending.members)
    if ending.disks or ending.list_at + ending.list_bytes != size - END_BYTES - ending.comment:
        raise Refused("pieces")
    return ending.list_at


def _checked(members: list[zipfile.ZipInfo], list_at: int) -> list[zipfile.ZipInfo]:
    """The files among the members, once every member was found in order."""
    if len(members) > MEMBERS:
        raise Refused("members", "", len(members))
    seen: dict[str, str] = {}
    folders: set[str] = set()
    for member in members:
        _check_name(member)
        _check_kind(member)
        key = folded(member.filename.rstrip("/"))
        if not member.is_dir():
            if key in seen:
                raise Refused("twice", member.filename, seen[key])
            seen[key] = member.filename
        folders.update(key.rsplit("/", depth)[0] for depth in range(1, key.count("/") + 1))
    if clash := folders & seen.keys():
        raise Refused("twice", seen[min(clash)], seen[min(clash)] + "/")
    _check_overlap(members, list_at)
    files = [member for member in members if not member.is_dir()]
    if not files:
        raise Refused("nothing")
    return files


def folded(name: str) -> str:
    """The name as a file system without case, or with composed letters, would take it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())


def _check_name(member: zipfile.ZipInfo) -> None:
    name = member.filename
    told = getattr(member, "orig_filename", name)
    if "\x00" in told or any(not c.isprintable() for c in name) or _DIRECTIONS & set(name):
        raise Refused("control", name)
    if "\\" in told or ":" in name:
        raise Refused("path", told)
    parts = name.removesuffix("/").split("/")
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        raise Refused("path", name)
    if len(name.encode()) > LONGEST_NAME or len(parts) > DEEPEST:
        raise Refused("long_name", name)
    for part in parts:
        if part != part.strip() or part.endswith(".") or part.partition(".")[0].lower() in _WINDOWS:
            raise Refused("odd_name", name)


def _check_kind(member: zipfile.ZipInfo) -> None:
    name, mode = member.filename, member.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused("link", name)
    if member.flag_bits & 0b1 or member.flag_bits & 0x40 or member.flag_bits & 0x2000:
        raise Refused("encrypted", name)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("method", name, member.compress_type)
    if member.is_dir():
        if member.file_size or member.compress_size > 2:
            raise Refused("folder", name)
        return
    extension = extension_of(name)
    if extension and extension not in EXTENSIONS:
        raise Refused("extension", name, f".{extension}")


def extension_of(name: str) -> str:
    """ "HTML" of "a/b.HTML", in small letters; "" where there is none."""
    plain = PurePosixPath(name).name
    return plain.rpartition(".")[2].lower() if "." in plain.lstrip(".") else ""


def _check_overlap(members: list[zipfile.ZipInfo], list_at: int) -> None:
    """Members that share bytes are how a small file becomes a large one many times over."""
    ends = list_at
    for member in sorted(members, key=lambda one: one.header_offset, reverse=True):
        if member.header_offset + 30 + member.compress_size > ends:
            raise Refused("overlap", member.filename)
        ends = member.header_offset


def _unpacked(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Iterator[tuple[str, int]]:
    """Each name with the bytes that came out, counted; nothing is written anywhere."""
    total = 0
    for member in members:
        size = 0
        with archive.open(member) as file:
            while chunk := file.read(CHUNK):
                if not size:
                    _check_head(member.filename, chunk)
                size, total = size + len(chunk), total + len(chunk)
                if total > UNPACKED_BYTES:
                    raise Refused("unpacked", member.filename, total)
                if size > MEBIBYTE and size > RATIO * max(member.compress_size, 1):
                    raise Refused("ratio", member.filename, size // max(member.compress_size, 1))
        if size != member.file_size:
            raise Refused("broken", member.filename)
        yield member.filename, size


def _check_head(name: str, head: bytes) -> None:
    if head.startswith(_ARCHIVES):
        raise Refused("nested", name)
    if head.startswith(_PROGRAMS):
        raise Refused("program", name)
