"""multipart/mixed: statements with the content of their attachments (xAPI 1.0.3, Communication 1.5.2; RFC 2046)."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from .errors import Malformed, TooLarge
from .wire import MAX_JSON, MAX_PARTS, Call, read_json

_HASHES = {56: hashlib.sha224, 64: hashlib.sha256, 96: hashlib.sha384, 128: hashlib.sha512}


@dataclass(frozen=True, slots=True)
class File:
    """The content of an attachment as it came."""

    content_type: str
    content: bytes


def read_statements(call: Call) -> tuple[Any, dict[str, File]]:
    """The JSON of a request to the statement resource, and what came with it by its hash. Raises ``Malformed``."""
    kind = call.content_type.split(";")[0].strip().lower()
    if kind == "application/json":
        return read_json(call.body), {}
    if kind != "multipart/mixed":
        raise Malformed("Content-Type", "application/json or multipart/mixed is expected")
    (head, first), *others = _parts(call.body, _boundary(call.content_type))
    if head.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Malformed("", "the first part must be application/json")
    if len(first) > MAX_JSON:
        raise TooLarge(MAX_JSON)
    files: dict[str, File] = {}
    for head, content in others:
        if head.get("content-transfer-encoding", "").lower() != "binary":
            raise Malformed("Content-Transfer-Encoding", "binary is expected in each attachment")
        named = head.get("x-experience-api-hash", "").lower()
        known = _HASHES.get(len(named))
        if known is None or known(content).hexdigest() != named:
            raise Malformed("X-Experience-API-Hash", "it is missing, or not the SHA-2 of what follows")
        files[named] = File(head.get("content-type", "application/octet-stream")[:200], content)
    return read_json(first), files


def _boundary(content_type: str) -> bytes:
    found = re.search(r"boundary=(?:\"([^\"]{1,70})\"|([^\s;\"]{1,70}))", content_type, re.IGNORECASE)
    if found is None:
        raise Malformed("Content-Type", "multipart/mixed needs a boundary")
    return (found.group(1) or found.group(2)).encode()


def _parts(body: bytes, boundary: bytes) -> list[tuple[dict[str, str], bytes]]:
    """Head and content of each part (RFC 2046, 5.1.1). Line ends may be CRLF or LF."""
    mark = b"--" + boundary
    pieces = re.split(rb"(?:^|\r?\n)" + re.escape(mark) + rb"(?=--|[ \t]*\r?\n)", body)[1:]
    found: list[tuple[dict[str, str], bytes]] = []
    for piece in pieces:
        if piece.startswith(b"--"):
            break
        if len(found) >= MAX_PARTS:
            raise Malformed("", f"at most {MAX_PARTS} parts are taken")
        found.append(_part(piece))
    else:
        raise Malformed("", "the last boundary is missing")
    if not found:
        raise Malformed("", "there is no part")
    return found


def _part(piece: bytes) -> tuple[dict[str, str], bytes]:
    piece = re.sub(rb"\A[ \t]*\r?\n", b"", piece, count=1)
    cut = re.search(rb"(?:\A|\r?\n)\r?\n", piece)
    if cut is None:
        raise Malformed("", "a part has no empty line after its head")
    head = {}
    for line in piece[: cut.start()].decode("latin-1").splitlines():
        name, _, value = line.partition(":")
        head[name.strip().lower()] = value.strip()
    return head, piece[cut.end() :]
