"""Texts of the editor's own scripts: those of its framework, and ours where that leaves English."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.localization import get_localized_response


def left_in_english() -> dict[str, str | list[str]]:
    """What the framework has not put into Portuguese, by its own words. ``tests/portal/test_framework_texts.py``."""
    return {
        "A network error occurred.": _("The connection failed."),
        "A server error occurred.": _("The site failed."),
        "Autosave in progress…": _("Saving by itself …"),
        "Changes have been autosaved.": _("Changes were saved by themselves."),
        "Complex": _("Hard to read"),
        "Fair": _("Fairly easy to read"),
        "Good": _("Easy to read"),
        "%(num)s min": [_("%(num)s min")] * 3,  # however many forms the plural has
    }


class EditorTexts(JavaScriptCatalog):
    """The framework's catalogue for scripts, with what it lacks."""

    def get_catalog(self) -> dict[str, Any]:
        catalogue: dict[str, Any] = super().get_catalog()
        return {**left_in_english(), **catalogue}


_catalogue = EditorTexts.as_view(packages=["wagtail.admin"])


def scripts_texts(request: HttpRequest) -> HttpResponse:
    """In the language that the person chose in the editor, as the framework's own view."""
    answer: HttpResponse = get_localized_response(_catalogue, request)
    return answer
