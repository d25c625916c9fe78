"""Addresses of portal that others link to by name. Those that only editors know are in ``urls_last``."""

from django.urls import path

from .editors import views as editors
from .home.views import home
from .pages import views as pages
from .pages.addresses import SECTIONS
from .translations import views as translations

app_name = "portal"
urlpatterns = [
    path("", home, name="home"),
    *(path(where, pages.page, {"path": where}, name=name) for name, where in SECTIONS.items()),
    path("acessibilidade/", pages.accessibility, name="accessibility"),
    path("noticias/atom.xml", pages.feed, name="feed"),
    path("equipe/site/", editors.editors, name="editors"),
    path("equipe/site/traducoes/", translations.translations, name="translations"),
]
