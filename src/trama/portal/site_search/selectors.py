"""Pages, technologies and courses that fit a query. What is held is built once per process and change of the site."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.rich_text import get_text_for_indexing

from trama.know.api import SearchResult
from trama.learn import api as learn
from trama.plan import api as plan

from ..pages.addresses import LANGUAGES, active_language
from ..pages.models import BasePage
from ..pages.selectors import public_pages, site_number
from .words import Text, Words, text_of


@dataclass
class _Held:
    """What this process holds: the words of each language, and what is shown of each thing found."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    mark: str = ""
    pages: dict[str, Words] = field(default_factory=dict)
    shown: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # title, kind, address


type Line = tuple[str, Text, str]
"""What makes the address, the words, and the title as shown: of one thing in one language."""

_pages, _technologies, _courses = _Held(), _Held(), _Held()


def find_pages(query: str, most: int) -> list[SearchResult]:
    """Published pages in the language of the request. One query."""
    mark = site_number()
    if _pages.mark != mark or not mark:
        with _pages.lock:
            if _pages.mark != mark or not mark:
                _hold_pages(mark)
    return _results("page", _pages, query, most)


def find_technologies(query: str, most: int) -> list[SearchResult]:
    """Technologies of the catalogue. One query."""
    _hold(_technologies, plan.catalogue_state(), _technology_lines, "plan:technology", _("educational technology"))
    return _results("technology", _technologies, query, most)


def find_courses(query: str, most: int) -> list[SearchResult]:
    """Published courses. One query."""
    _hold(_courses, learn.course_versions_state(), _course_lines, "learn:course", _("course"))
    return _results("course", _courses, query, most)


def _results(section: str, held: _Held, query: str, most: int) -> list[SearchResult]:
    language = active_language()
    words = held.pages.get(language)
    keys = words.find(query, most) if words is not None else []
    shown = [held.shown[f"{language} {key}"] for key in keys]
    return [
        SearchResult(section, section, int(key) if key.isdigit() else number, title, kind, address)
        for number, (key, (title, kind, address)) in enumerate(zip(keys, shown, strict=True))
    ]


def _hold_pages(mark: str) -> None:
    texts: dict[str, list[Text]] = {language: [] for language in LANGUAGES}
    shown = {}
    pages: Any = public_pages()
    for page in pages.filter(depth__gt=2).specific():
        language, _path = page.place
        key = str(page.pk)
        texts[language].append(text_of(key, page.title, page.summary, _words_of_body(page)))
        shown[f"{language} {key}"] = (page.title, _kind_of(page), page.address)
    _pages.pages = {language: Words(found) for language, found in texts.items()}
    _pages.shown, _pages.mark = shown, mark


def _kind_of(page: BasePage) -> str:
    language, _path = page.place
    with translation.override(language):
        return str(page._meta.verbose_name)


def _words_of_body(page: BasePage) -> str:
    parts = (part for block in page.body for part in block.block.get_searchable_content(block.value))
    return " ".join(get_text_for_indexing(str(part)) for part in parts)


def _hold(held: _Held, mark: str, lines_of: Callable[[], list[Line]], view_name: str, kind: Promise) -> None:
    """Hold what a catalogue has in its state ``mark``, in every language."""
    if held.mark == mark:
        return
    with held.lock:
        if held.mark == mark:
            return
        pages, shown = {}, {}
        for language in LANGUAGES:
            with translation.override(language):
                lines = lines_of()
                for slug, _text, title in lines:
                    shown[f"{language} {slug}"] = (title, str(kind), reverse(view_name, args=[slug]))
                pages[language] = Words([text for _slug, text, _title in lines])
        held.pages, held.shown, held.mark = pages, shown, mark


def _technology_lines() -> list[Line]:
    """In the active language."""
    return [
        (one.technology.slug, text_of(one.technology.slug, one.title, one.summary, strip_tags(one.problem)), one.title)
        for one in plan.technologies_in_catalogue()
    ]


def _course_lines() -> list[Line]:
    """In the active language."""
    return [
        (one.course.slug, text_of(one.course.slug, one.title, one.summary, one.objectives), one.title)
        for one in learn.published_versions()
    ]
