"""Small videos, captions and documents made by hand: enough of each form to be read, nothing to watch."""

import io
import struct
import zipfile
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

CAPTIONS = (
    "WEBVTT\n\n1\n00:00:00.500 --> 00:00:04.000\nA rede tem oito escolas.\n\n00:00:04.000 --> 00:00:08.000\nFim.\n"
)


def box(kind: bytes, *content: bytes) -> bytes:
    held = b"".join(content)
    return struct.pack(">I4s", 8 + len(held), kind) + held


def mp4(seconds: int = 95, *, codec: bytes = b"avc1", body: int = 2000) -> bytes:
    """Head, one track of pictures, and ``body`` bytes that stand for them."""
    movie = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000))
    described = box(b"stsd", struct.pack(">III4s", 0, 1, 16, codec))
    track = box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", described))))
    return (
        box(b"ftyp", b"isom\x00\x00\x02\x00isom")
        + box(b"moov", movie, track)
        + box(b"mdat", bytes(range(250)) * (body // 250))
    )


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int = 160, height: int = 90) -> bytes:
    """A picture of bands of green."""
    rows = b"".join(b"\x00" + bytes([20, 90 + row, 80]) * width for row in range(height))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PNG = png()


def element(identifier: int, content: bytes) -> bytes:
    width = (identifier.bit_length() + 7) // 8
    return identifier.to_bytes(width) + (0x01 << 56 | len(content)).to_bytes(8) + content


def webm(seconds: float = 12.0, *, document: bytes = b"webm") -> bytes:
    info = element(
        0x1549A966, element(0x2AD7B1, (1_000_000).to_bytes(3)) + element(0x4489, struct.pack(">d", seconds * 1000))
    )
    tracks = element(0x1654AE6B, element(0xAE, element(0x83, b"\x01") + element(0x86, b"V_VP9")))
    return element(0x1A45DFA3, element(0x4282, document)) + element(
        0x18538067, info + tracks + element(0x1F43B675, b"\x00" * 64)
    )


def odt() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    return held.getvalue()


def upload(name: str, content: bytes | str) -> Any:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
