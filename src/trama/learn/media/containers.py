"""What a video file is: MP4 or WebM, how long it lasts, and how its picture is compressed. Read from its head only.

Sources: ISO/IEC 14496-12 (boxes of MP4); RFC 8794 and RFC 9559 (EBML and Matroska, of which WebM is a part).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

MOST_PARTS = 20_000  # boxes or elements that are looked at
MOST_BYTES = 1024 * 1024  # of one value
_HOLDING_BOXES = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
_SEGMENT, _INFO, _TRACKS, _ENTRY, _CLUSTER = 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0x1F43B675
_HEAD, _DOCTYPE, _SCALE, _DURATION, _CODEC = 0x1A45DFA3, 0x4282, 0x2AD7B1, 0x4489, 0x86
_HOLDING_ELEMENTS = {_HEAD, _SEGMENT, _INFO, _TRACKS, _ENTRY}
UNKNOWN_SIZE = -1


@dataclass(frozen=True, slots=True)
class Container:
    """``kind``: "mp4", "webm" or "" for anything else. ``seconds``: None where it is not said. ``codecs``: as named."""

    kind: str
    seconds: float | None = None
    codecs: frozenset[str] = frozenset()


def read_container(file: IO[bytes], size: int) -> Container:
    """Look at a file of ``size`` bytes. Never raises for what it holds."""
    file.seek(0)
    head = file.read(12)
    try:
        if head[4:8] == b"ftyp":
            return _mp4(file, size)
        if head[:4] == _HEAD.to_bytes(4):
            return _webm(file, size)
    except (struct.error, ValueError, ZeroDivisionError, OverflowError):
        pass
    return Container("")


# --- MP4 ----------------------------------------------------------------------------------------------------------


def _mp4(file: IO[bytes], size: int) -> Container:
    seconds: float | None = None
    codecs = set()
    for kind, at, length in _boxes(file, size):
        if kind == b"mvhd":
            seconds = _movie_seconds(_read(file, at, length))
        elif kind == b"stsd":
            codecs.add(_read(file, at, length)[12:16].decode("latin-1").strip("\x00 "))
    return Container("mp4" if seconds is not None else "", seconds or None, frozenset(codecs - {""}))


def _boxes(file: IO[bytes], size: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, where its content begins, how long it is) of every box, those within others after their own."""
    waiting, looked = [(0, size)], 0
    while waiting:
        at, end = waiting.pop()
        while at + 8 <= end and (looked := looked + 1) <= MOST_PARTS:
            length, kind = struct.unpack(">I4s", _read(file, at, 8))
            head = 8
            if length == 1:
                (length,), head = struct.unpack(">Q", _read(file, at + 8, 8)), 16
            length = length or end - at
            if length < head or at + length > end:
                break
            yield kind, at + head, length - head
            if kind in _HOLDING_BOXES:
                waiting.append((at + head, at + length))
            at += length


def _movie_seconds(content: bytes) -> float:
    """0 where the file does not know it."""
    scale, duration = struct.unpack(">IQ", content[20:32]) if content[0] == 1 else struct.unpack(">II", content[12:20])
    unknown = duration in (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
    return 0.0 if unknown else float(duration / scale)


# --- WebM ---------------------------------------------------------------------------------------------------------


def _webm(file: IO[bytes], size: int) -> Container:
    document, scale, ticks, codecs = b"", 1_000_000, 0.0, set()
    for element, at, length in _elements(file, size):
        if element == _CLUSTER:
            break
        content = _read(file, at, length) if element in (_DOCTYPE, _SCALE, _DURATION, _CODEC) else b""
        if element == _DOCTYPE:
            document = content.rstrip(b"\x00")
        elif element == _SCALE:
            scale = int.from_bytes(content)
        elif element == _DURATION:
            (ticks,) = struct.unpack(">f" if length == 4 else ">d", content)
        elif element == _CODEC:
            codecs.add(content.decode("latin-1").strip("\x00 "))
    seconds = ticks * scale / 1_000_000_000
    known = document == b"webm" and codecs
    return Container("webm" if known else "", seconds or None, frozenset(codecs))


def _elements(file: IO[bytes], size: int) -> Iterator[tuple[int, int, int]]:
    """(identifier, where its content begins, how long it is) in the order of the file, into those that hold others."""
    at = 0
    for _number in range(MOST_PARTS):
        if at >= size:
            return
        identifier, after = _variable(file, at, marked=True)
        length, begins = _variable(file, after, marked=False)
        yield identifier, begins, length
        if identifier in _HOLDING_ELEMENTS:
            at = begins
        elif length == UNKNOWN_SIZE:
            return
        else:
            at = begins + length


def _variable(file: IO[bytes], at: int, *, marked: bool) -> tuple[int, int]:
    """A number of EBML and where it ends; ``marked``: with the bits that say its length, as identifiers are."""
    first = _read(file, at, 1)[0]
    width = 9 - first.bit_length()
    if not first or width > (4 if marked else 8):
        raise ValueError("no number of EBML")
    value = int.from_bytes(_read(file, at, width))
    if marked:
        return value, at + width
    value &= (1 << (7 * width)) - 1
    return (UNKNOWN_SIZE if value == (1 << (7 * width)) - 1 else value), at + width


def _read(file: IO[bytes], at: int, length: int) -> bytes:
    if not 0 < length <= MOST_BYTES:
        raise ValueError("a value of no length that can be read")
    file.seek(at)
    content = file.read(length)
    if len(content) < length:
        raise ValueError("the file ends before what it holds")
    return content
