"""Fetching the official files: whole or not at all, from the official hosts only, resumed where they stopped.

A file is written beside its final name and takes it only when all its bytes are there. What was fetched, when, its size
and its hash stand in a small JSON file beside it.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.utils.translation import gettext as _
from urllib3.exceptions import HTTPError, ReadTimeoutError

from .catalogue import RemoteFile, official_hosts

BLOCK = 1 << 18
CEILING = 2 << 30  # bytes of one file
REDIRECTS = 3
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
AGENT = "Trama/0.1 (public education data; +https://www.gov.br/inep)"

type Told = Callable[[int, int | None, str], None]


class DownloadFailed(Exception):
    """The file did not come, or not whole. An earlier good one stays as it was."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds."""

    connect: float = 10.0
    silence: float = 60.0  # between two pieces
    whole: float = 3 * 3600.0


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is here."""

    path: Path
    sha256: str
    size: int
    fetched: bool  # False: it was here already


def rebased(address: str, base_url: str) -> str:
    """The same path and query on another server. Raises ``ValueError`` unless that server is this machine."""
    base, parts = urlsplit(base_url), urlsplit(address)
    if base.hostname not in LOCAL_HOSTS or base.scheme not in ("http", "https"):
        raise ValueError(f"{base_url}: only a server on this machine may stand in for the official ones")
    return parts._replace(scheme=base.scheme, netloc=base.netloc).geturl()


def download(
    file: RemoteFile,
    folder: Path,
    *,
    at: datetime,
    base_url: str = "",
    progress: Told | None = None,
    again: bool = False,
    patience: Patience = Patience(),
) -> Download:
    """Bring one official file to ``folder``. Raises ``DownloadFailed``, whose text says what went wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file.name
    if not again and (known := _good(target)) is not None:
        return known
    address = rebased(file.address, base_url) if base_url else file.address
    hosts = frozenset({urlsplit(base_url).netloc}) if base_url else official_hosts()
    partial = target.with_name(f".{file.name}.partial")
    try:
        with requests.Session() as session:
            facts = _fetch(session, address, partial, hosts, progress or (lambda *_: None), patience)
    except requests.RequestException as error:
        raise DownloadFailed(_("%(name)s: %(error)s") % {"name": file.name, "error": error}) from error
    digest, size = _digest(partial)
    facts |= {"address": file.address, "size": size, "sha256": digest, "fetched_at": at.isoformat()}
    _write(target.with_name(f"{file.name}.json.part"), json.dumps(facts))
    partial.replace(target)
    target.with_name(f"{file.name}.json.part").replace(_facts_path(target))
    _tag_path(partial).unlink(missing_ok=True)
    return Download(target, digest, size, fetched=True)


def _facts_path(target: Path) -> Path:
    return target.with_name(f".{target.name}.facts")


def _tag_path(partial: Path) -> Path:
    return partial.with_name(f"{partial.name}.tag")


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def _good(target: Path) -> Download | None:
    """The file that is here, if it still is what was fetched."""
    try:
        facts = json.loads(_facts_path(target).read_text(encoding="utf-8"))
        digest, size = _digest(target)
    except (OSError, ValueError):
        return None
    if (digest, size) != (facts.get("sha256"), facts.get("size")):
        return None
    return Download(target, digest, size, fetched=False)


def _fetch(
    session: requests.Session, address: str, partial: Path, hosts: frozenset[str], told: Told, patience: Patience
) -> dict[str, Any]:
    """Write the body to ``partial``, after what is there already if the server agrees."""
    start, tag = _resumable(partial)
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if start:
        headers |= {"Range": f"bytes={start}-", "If-Range": tag}
    response = _follow(session, address, headers, hosts, patience)
    with response:
        if response.status_code == 416:
            partial.unlink(missing_ok=True)
            raise DownloadFailed(_("%(address)s: the file changed meanwhile; try again") % {"address": address})
        if response.status_code not in (200, 206):
            said = f"HTTP {response.status_code}"
            raise DownloadFailed(_("%(address)s: the server answered %(said)s") % {"address": address, "said": said})
        if response.status_code == 200:
            start = 0
        total = _expected_total(response, start)
        _tag_path(partial).write_text(response.headers.get("ETag", ""), encoding="utf-8")
        written = _body(response, partial, start, total, told, patience)
    if total is not None and written != total:
        values = {"address": address, "written": written, "total": total}
        raise DownloadFailed(_("%(address)s: %(written)d of %(total)d bytes came; run it again to go on") % values)
    if written == 0:
        partial.unlink(missing_ok=True)
        raise DownloadFailed(_("%(address)s: the file is empty") % {"address": address})
    return {"etag": response.headers.get("ETag", ""), "modified": response.headers.get("Last-Modified", "")}


def _resumable(partial: Path) -> tuple[int, str]:
    """How many bytes are here, and the mark that lets the server tell whether they are of the same file."""
    try:
        tag = _tag_path(partial).read_text(encoding="utf-8")
        size = partial.stat().st_size
    except OSError:
        return 0, ""
    return (size, tag) if tag and not tag.startswith("W/") else (0, "")


def _follow(
    session: requests.Session, address: str, headers: dict[str, str], hosts: frozenset[str], patience: Patience
) -> requests.Response:
    """Ask, following redirects only to the hosts allowed."""
    for _turn in range(REDIRECTS + 1):
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not {parts.hostname, parts.netloc} & hosts:
            raise DownloadFailed(_("%(address)s: not one of the official addresses") % {"address": address})
        timeout = (patience.connect, patience.silence)
        response = session.get(address, headers=headers, stream=True, timeout=timeout, allow_redirects=False)
        if response.status_code not in (301, 302, 303, 307, 308):
            return response
        response.close()
        address = urljoin(address, response.headers.get("Location", ""))
    raise DownloadFailed(_("%(address)s: too many redirects") % {"address": address})


def _expected_total(response: requests.Response, start: int) -> int | None:
    length = response.headers.get("Content-Length", "")
    return start + int(length) if length.isascii() and length.isdigit() else None


def _piece(response: requests.Response) -> bytes:
    """What has come so far, without waiting for more; nothing at the end, also where the line was cut."""
    try:
        piece: bytes = response.raw.read1(BLOCK)
    except ReadTimeoutError as error:
        raise requests.ReadTimeout(error) from error
    except (HTTPError, OSError):
        return b""
    return piece


def _body(
    response: requests.Response, partial: Path, start: int, total: int | None, told: Told, patience: Patience
) -> int:
    deadline = time.monotonic() + patience.whole
    written = start
    with partial.open("r+b" if start else "wb") as out:
        out.seek(start)
        out.truncate()
        try:
            while block := _piece(response):
                out.write(block)
                written += len(block)
                told(written, total, partial.name)
                if written > CEILING or (total is not None and written > total):
                    raise DownloadFailed(_("%(name)s: more bytes than announced") % {"name": partial.name})
                if time.monotonic() > deadline:
                    raise DownloadFailed(_("%(name)s: it takes too long") % {"name": partial.name})
        finally:
            out.flush()
            os.fsync(out.fileno())
    return written
