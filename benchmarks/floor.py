"""The floor of the comparison: Django with one view and nothing else, under the same server."""

import sys
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


urlpatterns: list[Any] = [path("", hello)]

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=sys.modules[__name__], SECRET_KEY="benchmark", MIDDLEWARE=[])
application = get_wsgi_application()
