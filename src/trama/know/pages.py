"""Public pages are the same for everybody, so each is rendered once per data version, language and theme.

A kept page goes out compressed as it was kept, and a reader who has it already gets "not modified". Only pages with
the expected query parameters are kept, so that nobody fills the memory with invented ones. When a page has to be
rendered again, one thread of each process does it and the others wait for it: a thousand readers after a publication
cost one rendering per process. An answer that turned out to be personal is never kept.
"""

import gzip
import hashlib
import threading
from collections.abc import Callable, Collection
from functools import cache, wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

from trama.foundation.site import THEMES, VERSION, is_demonstration

from .indicators.selectors import data_version

DAY = 24 * 3600
FOREVER = "public, max-age=31536000, immutable"
KEPT_HEADERS = ("Content-Type", "Content-Disposition")
LEVEL = 6  # of gzip
MOST = 2 * 1024 * 1024  # bytes: a larger answer is not kept
WAIT = 10  # seconds, for another thread that renders the same page; then one renders it oneself
_rendering = [threading.Lock() for _number in range(64)]  # a page has the lock that its mark falls on


def kept_page(
    *parameters: str, also: Callable[[], str] = lambda: "", forever: bool = False
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Keep the answers of a public view while the data stay the same.

    ``parameters`` are the query parameters that the page knows; with any other, the view answers each time. ``also()``
    says what else the page stands on (panels of later phases, say): when it changes, the page is rendered again.
    ``forever``: the address changes with the content, so browsers need not ask again.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in ("GET", "HEAD") or not _is_plain(request, parameters):
                return view(request, *args, **kwargs)
            mark = _mark(request, also())
            etag = f'W/"{mark}"'
            if etag in request.headers.get("If-None-Match", ""):
                return _finish(HttpResponse(status=304), etag, forever)
            key = f"know.page.{mark}"
            found = caches["pages"].get(key)
            if found is None:
                lock = _rendering[int(mark[:4], 16) % len(_rendering)]
                waited = lock.acquire(timeout=WAIT)
                try:
                    found = caches["pages"].get(key)  # what we waited for
                    if found is None:
                        response = view(request, *args, **kwargs)
                        found = _keep(key, request, response)
                        if found is None:
                            return response
                finally:
                    if waited:
                        lock.release()
            return _finish(_unpacked(request, *found), etag, forever)

        return answer

    return decorate


def _keep(key: str, request: HttpRequest, response: HttpResponse) -> tuple[dict[str, str], bytes] | None:
    """Keep an answer; gives what is kept, or None where it may not be: no page, too large, or somebody's own."""
    if response.status_code != 200 or response.streaming or len(response.content) > MOST:
        return None
    if (
        getattr(getattr(request, "session", None), "accessed", False)
        or "CSRF_COOKIE" in request.META
        or response.cookies
    ):
        patch_cache_control(response, private=True, no_cache=True)
        return None
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    found = (headers, gzip.compress(response.content, LEVEL, mtime=0))
    caches["pages"].set(key, found, DAY)
    return found


def _is_plain(request: HttpRequest, parameters: Collection[str]) -> bool:
    return all(name in parameters for name in request.GET) and len(request.META.get("QUERY_STRING", "")) < 200


def _mark(request: HttpRequest, also: str) -> str:
    theme = request.COOKIES.get("theme", "")
    parts = (
        data_version(),
        code_version(),
        request.get_full_path(),
        str(get_language()),
        theme if theme in THEMES else "",
        str(is_demonstration()),
        also,
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _unpacked(request: HttpRequest, headers: dict[str, str], packed: bytes) -> HttpResponse:
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(packed, headers={**headers, "Content-Encoding": "gzip"})
    return HttpResponse(gzip.decompress(packed), headers=headers)


def _finish(response: HttpResponse, etag: str, forever: bool) -> HttpResponse:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = FOREVER if forever else "public, max-age=0, must-revalidate"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@cache
def code_version() -> str:
    """Changes with templates, translations and code, so that a new version never shows an old page."""
    digest = hashlib.sha256(VERSION.encode())
    roots = [Path(__file__).resolve().parents[1], *(Path(path) for path in settings.LOCALE_PATHS)]
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.suffix in (".html", ".py", ".mo"):
                stat = path.stat()
                digest.update(f"{path.relative_to(root)} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()[:12]
