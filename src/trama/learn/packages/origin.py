"""The origin that packages run on: it answers files of packages under a signed path, and nothing else of the site.

No session, no cookie, no user: this stands before all that. What goes out carries a sandbox, so that a package reaches
neither the site nor another host; docs/decisions/0181 says what each rule holds back.
"""

import mimetypes
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.http.request import split_domain_port
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from ..courses.models import PackageFile
from .addresses import WINDOW, Pass, domain, read_path
from .archive import extension_of

RUNTIME = Path(__file__).parent / "runtime"
OURS = {"": "learn/packages/bridge.html", "back": "learn/packages/back.html"}  # pages beside a package, by their name
STREAMED = 1024 * 1024  # bytes: larger files are sent piece by piece
CHUNK = 64 * 1024
SANDBOX = "sandbox allow-scripts allow-forms allow-same-origin"
TYPES = {
    "html": "text/html", "htm": "text/html", "xhtml": "application/xhtml+xml", "js": "text/javascript",
    "mjs": "text/javascript", "css": "text/css", "json": "application/json", "svg": "image/svg+xml", "xml": "text/xml",
    "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf", "webp": "image/webp",
    "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "mp3": "audio/mpeg", "m4a": "audio/mp4",
    "vtt": "text/vtt", "wasm": "application/wasm", "avif": "image/avif", "pdf": "application/pdf",
}  # fmt: skip
_FRAMES_ONLY = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), clipboard-read=()"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")

type Answer = Callable[[HttpRequest], HttpResponseBase]


class PackageOriginMiddleware:
    """Answers requests to the packages' domain; every other request goes on to the site."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.answer = ConditionalGetMiddleware(GZipMiddleware(answer))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        label = label_asked(request)
        if label is None:
            return self.get_response(request)
        return cast(HttpResponseBase, self.answer(request))


def label_asked(request: HttpRequest) -> str | None:
    """The first part of the host name on the packages' domain; None on every other host."""
    own = domain()
    host, _port = split_domain_port(request.META.get("HTTP_HOST", "").lower())
    if not own or not (host == own or host.endswith(f".{own}")):
        return None
    return host.removesuffix(own).rstrip(".")


def answer(request: HttpRequest) -> HttpResponseBase:
    """A file of a package, the bridge, or the run-time beside it."""
    if request.method not in ("GET", "HEAD"):
        return _plain(405)
    if "Service-Worker" in request.headers:
        return _plain(403)
    token, _slash, rest = request.path_info.removeprefix("/").partition("/")
    allowed = read_path(token, label_asked(request) or "", timezone.now())
    if allowed is None:
        return _plain(404)
    area, _slash, name = rest.partition("/")
    speaks = False
    found: HttpResponseBase
    if area == "p":
        file = PackageFile.objects.filter(uid=allowed.file).first()
        found = _file(request, file, name) if file is not None else _plain(404)
        speaks = file is not None and file.kind == PackageFile.Kind.CMI5
    elif area == "r":
        found = _runtime(name)
    elif rest in OURS:
        found = HttpResponse(render_to_string(OURS[rest], {"site": allowed.site, "language": get_language()}))
    else:
        found = _plain(404)
    return _guarded(found, allowed, strict=rest in OURS, speaks=speaks)


def _plain(status: int) -> HttpResponse:
    """An answer that says nothing, and that no frame outside may show as a page."""
    response = HttpResponse(status=status, content_type="text/plain")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _guarded(response: HttpResponseBase, allowed: Pass, *, strict: bool, speaks: bool = False) -> HttpResponseBase:
    """The rules that a package runs under. ``strict``: for our own pages, which need no inline script. ``speaks``:
    it is of cmi5, whose units ask the store of statements themselves, and no other address of the site.
    """
    store = f" {settings.TRAMA_ORIGIN}/xapi/" if speaks else ""
    sources = "'self'" if strict else "'self' 'unsafe-inline' 'unsafe-eval' data: blob:"
    response["Content-Security-Policy"] = "; ".join(
        [
            SANDBOX,
            f"default-src {sources}",
            f"connect-src 'self'{store}",
            "frame-src 'self'",
            "form-action 'self'",
            "base-uri 'self'",
            "object-src 'none'",
            "worker-src 'none'",
            "manifest-src 'none'",
            f"frame-ancestors 'self' {allowed.site}",
        ]
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Permissions-Policy"] = _FRAMES_ONLY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Origin-Agent-Cluster"] = "?1"
    if response.status_code < 400:
        response["Cache-Control"] = f"private, max-age={WINDOW}"
    return response


def _runtime(name: str) -> HttpResponseBase:
    """A file of the bridge: ours, or of the libraries that were brought into the tree."""
    path = (RUNTIME / name).resolve()
    if not path.is_relative_to(RUNTIME) or not path.is_file():
        return _plain(404)
    response = HttpResponse(path.read_bytes(), content_type=type_of(name))
    response["ETag"] = f'"{path.stat().st_mtime_ns:x}-{path.stat().st_size:x}"'
    return response


def type_of(name: str) -> str:
    """The media type of a name. Texts name no charset: pages of packages say their own."""
    extension = extension_of(name)
    return TYPES.get(extension) or mimetypes.types_map.get(f".{extension}", "application/octet-stream")


# --- files of a package -------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _archive(path: str) -> zipfile.ZipFile:
    """An archive, opened once in this process: archives never change under their name."""
    return zipfile.ZipFile(path)


def _file(request: HttpRequest, file: PackageFile, name: str) -> HttpResponseBase:
    try:
        archive = _archive(file.file.path)
        member = archive.getinfo(name)
    except (OSError, KeyError):
        return _plain(404)
    if member.is_dir():
        return _plain(404)
    wanted = _asked_range(request, member.file_size)
    response = _whole(archive, member) if wanted is None else _piece(archive, member, *wanted)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{member.CRC:08x}-{member.file_size:x}"'
    return response


def _whole(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> HttpResponseBase:
    kind = type_of(member.filename)
    if member.file_size <= STREAMED:
        return HttpResponse(archive.read(member), content_type=kind)
    response = StreamingHttpResponse(_pieces(archive, member, 0, member.file_size), content_type=kind)
    response["Content-Length"] = str(member.file_size)
    return response


def _asked_range(request: HttpRequest, size: int) -> tuple[int, int] | None:
    """(first, last) byte that a player asks for; None for the whole file, as for a range that we do not read."""
    found = _RANGE.match(request.headers.get("Range", ""))
    if found is None or not size or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(size - int(found[2]), 0), size - 1
    first, last = int(found[1]), int(found[2] or size - 1)
    return (first, min(last, size - 1)) if first <= last and first < size else None


def _piece(archive: zipfile.ZipFile, member: zipfile.ZipInfo, first: int, last: int) -> HttpResponseBase:
    """A part of a sound or video: players that wind ask for one."""
    length = last - first + 1
    pieces = _pieces(archive, member, first, length)
    response = StreamingHttpResponse(pieces, status=206, content_type=type_of(member.filename))
    response["Content-Length"] = str(length)
    response["Content-Range"] = f"bytes {first}-{last}/{member.file_size}"
    return response


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo, first: int, length: int) -> Iterator[bytes]:
    with archive.open(member) as file:
        file.seek(first)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
