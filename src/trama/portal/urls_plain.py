"""Addresses without a language: the editor of the site, pictures, documents, the map for search engines."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path
from wagtail.admin import urls as admin_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from trama.foundation.policies import route

from .editors.texts import scripts_texts
from .media.views import document, picture
from .pages.views import sitemap
from .policies import ENTER_EDITOR


def _of_the_editor(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """One policy stands on every address of the editor, those of extensions too: whoever adds one cannot forget it."""

    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return route(ENTER_EDITOR)(entered)


urlpatterns = [
    path("cms/jsi18n/", _of_the_editor(scripts_texts), name="portal_editor_texts"),
    path("cms/", include(decorate_urlpatterns(admin_urls.urlpatterns, _of_the_editor))),
    path("imagens/<int:pk>/<str:name>", picture, name="portal_picture"),
    path("documentos/<int:document_id>/<str:document_filename>", document, name="wagtaildocs_serve"),
    path("sitemap.xml", sitemap, name="portal_sitemap"),
]
