"""Every page that an editor adds, under the address the editor gave it. Asked last: no part of the site is hidden."""

from django.urls import re_path

from .pages.views import page

app_name = "site"
urlpatterns = [re_path(r"^(?P<path>(?:[-a-z0-9_]+/)+)$", page, name="page")]
