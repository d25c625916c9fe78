"""Where the editor's framework asks portal."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem


@hooks.register("register_admin_menu_item")
def translations_that_wait() -> MenuItem:
    """The report stands in the editor's own menu too."""
    address = reverse_lazy("portal:translations")
    return MenuItem(_("Translations that wait"), address, name="translations", icon_name="globe", order=950)


@hooks.register("construct_main_menu")
def leave_out_what_is_not_used(request: HttpRequest, items: list[Any]) -> None:
    """Accounts, groups and the framework's own help are not for editors: people and roles are the programme's."""
    items[:] = [item for item in items if item.name not in {"help"}]


@hooks.register("construct_page_action_menu")
def keep_the_front_pages(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """The front pages are neither unpublished nor deleted: the site would have none."""
    page = context.get("page")
    if page is not None and page.depth == 2:
        items[:] = [item for item in items if item.name not in {"action-unpublish", "action-delete"}]
