"""Addresses of portal."""

from django.urls import path

from .home.views import home
from .pages.views import page

app_name = "portal"
urlpatterns = [
    path("", home, name="home"),
    path("sobre/", page, {"template": "about"}, name="about"),
    path("privacidade/", page, {"template": "privacy"}, name="privacy"),
    path("acessibilidade/", page, {"template": "accessibility"}, name="accessibility"),
]
