"""Gathers the models of the rooms."""

from .editors.models import SiteEditor, SiteRole
from .media.models import SiteDocument, SiteImage, SiteRendition
from .pages.models import (
    BasePage,
    HomePage,
    NewsIndexPage,
    NewsPage,
    ShippedText,
    SiteState,
    StoryIndexPage,
    StoryPage,
    TextPage,
)

__all__ = [
    "BasePage",
    "HomePage",
    "NewsIndexPage",
    "NewsPage",
    "ShippedText",
    "SiteDocument",
    "SiteEditor",
    "SiteImage",
    "SiteRendition",
    "SiteRole",
    "SiteState",
    "StoryIndexPage",
    "StoryPage",
    "TextPage",
]
