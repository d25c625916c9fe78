"""The addresses of the site and one more: an empty signed-in page, the floor of ``signed_pages.py``."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path

from config.urls import urlpatterns as addresses
from trama.foundation.policies import MEMBERS, declare, route

ADDRESS = "/moldura-vazia/"


@route(declare("benchmarks.frame.show", kind="route", allow=MEMBERS))
def frame(request: HttpRequest) -> HttpResponse:
    """What every signed-in page has: header, menus, messages, footer."""
    return render(request, "base.html")


urlpatterns: list[URLPattern | URLResolver] = [path(ADDRESS[1:], frame), *addresses]
