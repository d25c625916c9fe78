"""What is the same for every learner of a version: its rows, read once, and parts of pages, drawn once.

The database never lets a sealed version change, nor anything it holds (``freezing``), so a process keeps both. Parts of
pages have gaps for what is one learner's. A gap is an HTML comment; nothing that anybody wrote can make one: texts are
escaped.
"""

import hashlib
import re
from collections.abc import Callable

from django.core.cache import caches
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from trama.foundation.site import VERSION

from .models import CourseVersion

DAY = 24 * 3600
_GAP = re.compile(r"<!--gap:([a-z0-9-]+)-->")


def gap(name: str) -> SafeString:
    """A place to be filled for each learner. ``name``: small letters, digits and hyphens."""
    return format_html("<!--gap:{}-->", name)


def kept_rows[T](version: CourseVersion, what: str, read: Callable[[], T]) -> T:
    """What ``read`` gives, kept in this process for a sealed version; None is not kept. ``what``: of what.

    Whoever asks is given the same objects, and only reads them. Of a draft they are read each time.
    """
    if not version.is_sealed:
        return read()
    key = f"{version.pk}.{version.published_at:%Y%m%d%H%M%S.%f}.{what}"
    found: T | None = caches["sealed"].get(key)
    if found is None:
        found = read()
        if found is not None:
            caches["sealed"].set(key, found)
    return found


def kept(version: CourseVersion, what: str, draw: Callable[[], SafeString]) -> SafeString:
    """What ``draw`` gives, kept in this process for a sealed version and the language of the page. ``what``: of what.

    A draft is drawn each time.
    """
    if not version.is_sealed:
        return draw()
    parts = (VERSION, str(version.pk), str(version.published_at), str(get_language()), what)
    key = "learn.part." + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    found: str | None = caches["pages"].get(key)
    if found is None:
        found = str(draw())
        caches["pages"].set(key, found, DAY)
    return SafeString(found)


def filled(html: SafeString, content: Callable[[str], SafeString | str]) -> SafeString:
    """The same with every gap filled by what ``content`` gives for its name; what is not safe is escaped."""
    return SafeString(_GAP.sub(lambda found: conditional_escape(content(found.group(1))), html))
