"""What the template of each kind of page needs beside the page itself. Registered when the site starts."""

from typing import Any

from django.http import HttpRequest

from trama.know import api as know

from ..home.selectors import home_context
from .models import NewsIndexPage, StoryIndexPage, StoryPage, TextPage, register_context
from .selectors import news_below, paged, stories_below


def _home(page: Any, request: HttpRequest) -> dict[str, Any]:
    return home_context(page)


def _text(page: TextPage, request: HttpRequest) -> dict[str, Any]:
    return {"below": list(TextPage.objects.child_of(page).live().order_by("path"))}


def _news(page: NewsIndexPage, request: HttpRequest) -> dict[str, Any]:
    return {"news": paged(news_below(page), request)}


def _stories(page: StoryIndexPage, request: HttpRequest) -> dict[str, Any]:
    return {"stories": stories_below(page)}


def _story(page: StoryPage, request: HttpRequest) -> dict[str, Any]:
    return {"panorama": know.place_by_code(page.place_code) if page.place_code else None}


def register() -> None:
    """Called once, when the site starts."""
    for kind, more in (
        ("HomePage", _home),
        ("TextPage", _text),
        ("NewsIndexPage", _news),
        ("StoryIndexPage", _stories),
        ("StoryPage", _story),
    ):
        register_context(kind, more)
