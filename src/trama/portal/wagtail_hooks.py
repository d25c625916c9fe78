"""Where the editor's framework asks portal."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks


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
