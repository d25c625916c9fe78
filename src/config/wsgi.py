"""The WSGI application that the server runs."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  the views are imported here, not while the first people of each process wait
