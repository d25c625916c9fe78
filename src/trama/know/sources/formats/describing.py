"""What a file is, said in both languages of the site: a title outlives the language of whoever imported it."""

from dataclasses import replace

from django.utils import translation

from .base import Description, Format, Member


def describe(layout: Format, members: list[Member]) -> Description:
    """The layout's description, with the title in Portuguese and in English."""
    with translation.override("en"):
        english = layout.describe(members).title
    with translation.override("pt-br"):
        return replace(layout.describe(members), title_en=english)
