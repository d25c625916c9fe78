"""How a sound or video goes out: the part that a player asks for, so that it can wind.

Source: RFC 9110, sections 13.1.5 (If-Range) and 14 (range requests).
"""

import re
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})\Z")
CHUNK = 64 * 1024
MOST_AT_ONCE = 4 * 1024 * 1024  # bytes of an open range: a player asks for the next ones, and a worker is free again
DAY = 24 * 3600


def as_played(request: HttpRequest, file: Any, media_type: str, *, tag: str, public: bool) -> HttpResponseBase:
    """A kept file as it is played or shown inside the site: whole, or the range that was asked for.

    ``tag`` names the content; it never changes under one address. One range of bytes is understood; another form of
    ``Range``, or one of other content (``If-Range``), gets the whole file. Raises ``Http404`` where it is gone.
    """
    try:
        size = file.size
        opened = file.open("rb")
    except OSError as error:
        raise Http404 from error
    etag = f'"{tag}"'
    wanted = _asked(request, size, etag)
    response: HttpResponseBase
    if wanted == ():
        opened.close()
        response = HttpResponse(status=416, content_type=media_type)
        response["Content-Range"] = f"bytes */{size}"
    else:
        first, last = wanted or (0, size - 1)
        pieces = _pieces(opened, first, last - first + 1)
        response = StreamingHttpResponse(pieces, status=206 if wanted else 200, content_type=media_type)
        response["Content-Length"] = str(last - first + 1)
        if wanted:
            response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = f"public, max-age={DAY}" if public else "private, no-cache"
    return response


def _asked(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | tuple[()] | None:
    """(first, last) byte; () for a range outside the file; None for the whole file."""
    condition = request.headers.get("If-Range", "")
    found = _RANGE.match(request.headers.get("Range", ""))
    if found is None or not (found[1] or found[2]) or (condition and condition != etag):
        return None
    if not found[1]:
        length = int(found[2])
        return (max(size - length, 0), size - 1) if length else ()
    first = int(found[1])
    if first >= size or (found[2] and int(found[2]) < first):
        return () if first >= size else None
    last = int(found[2]) if found[2] else first + MOST_AT_ONCE - 1
    return first, min(last, size - 1)


def _pieces(file: Any, first: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
