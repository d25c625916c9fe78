"""What the site needs before anybody edits it: two languages, two front pages, three groups, one way to approval.

Run after each migration, and after each emptying of a database by a test: it makes what is missing and nothing else.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from ..editors.models import SiteRole
from ..editors.selectors import GROUP_OF_ROLE
from .addresses import ENGLISH, HOME_SLUGS, LANGUAGES, PORTUGUESE
from .models import BasePage, HomePage

TITLES = {
    PORTUGUESE: "Como vai a educação pública no seu município?",
    ENGLISH: "How is public education doing in your municipality?",
}
PAGE_PERMISSIONS = {
    SiteRole.AUTHOR: ("add",),
    SiteRole.EDITOR: ("add", "change", "publish"),
    SiteRole.MODERATOR: ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
}
COLLECTION_PERMISSIONS = {
    SiteRole.AUTHOR: ("add", "choose"),
    SiteRole.EDITOR: ("add", "change", "choose"),
    SiteRole.MODERATOR: ("add", "change", "delete", "choose"),
}
# The framework asks for the rights on its own models, also where others stand in for them.
KINDS_OF_FILES = {"image": "wagtailimages", "document": "wagtaildocs"}
ALL = (SiteRole.AUTHOR, SiteRole.EDITOR, SiteRole.MODERATOR)
MODEL_PERMISSIONS = (
    ("wagtailadmin", "access_admin", ALL),
    ("simple_translation", "submit_translation", (SiteRole.EDITOR, SiteRole.MODERATOR)),
    ("wagtailredirects", "add_redirect", (SiteRole.MODERATOR,)),
    ("wagtailredirects", "change_redirect", (SiteRole.MODERATOR,)),
    ("wagtailredirects", "delete_redirect", (SiteRole.MODERATOR,)),
)


def set_up(**kwargs: Any) -> None:
    """Make what is missing. Four queries where nothing is."""
    if _is_complete():
        return
    call_command("createcachetable", verbosity=0)  # the framework forgets kept addresses when a front page is made
    with transaction.atomic():
        locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code in LANGUAGES}
        homes = _homes(locales)
        if not Collection.objects.exists():
            Collection.add_root(name="Root")
        groups = {role: Group.objects.get_or_create(name=name)[0] for role, name in GROUP_OF_ROLE.items()}
        for role, group in groups.items():
            _allow(role, group, homes)
        _approval(groups[SiteRole.MODERATOR])


def _is_complete() -> bool:
    """Whether every group holds what it should, on both front pages."""
    pages = {(GROUP_OF_ROLE[role], f"{verb}_basepage") for role, verbs in PAGE_PERMISSIONS.items() for verb in verbs}
    files = {
        (GROUP_OF_ROLE[role], f"{verb}_{kind}")
        for role, verbs in COLLECTION_PERMISSIONS.items()
        for verb in verbs
        for kind in KINDS_OF_FILES
    }
    plain = {(GROUP_OF_ROLE[role], codename) for _app, codename, roles in MODEL_PERMISSIONS for role in roles}
    names = ("group__name", "permission__codename")
    return (
        HomePage.objects.filter(depth=2).count() == len(LANGUAGES)
        and pages <= set(GroupPagePermission.objects.values_list(*names))
        and files <= set(GroupCollectionPermission.objects.values_list(*names))
        and plain <= set(Group.objects.values_list("name", "permissions__codename"))
    )


def _homes(locales: dict[str, Locale]) -> list[HomePage]:
    """The front pages, in the place of the page of welcome that the framework makes."""
    root = BasePage.objects.filter(depth=1).first()
    if root is None:
        kind = ContentType.objects.get_for_model(BasePage)
        root = BasePage.add_root(title="Root", slug="root", content_type=kind, locale=locales[PORTUGUESE])
    present = {page.slug: page for page in HomePage.objects.filter(depth=2)}
    for welcome in BasePage.objects.filter(depth=2).exclude(pk__in=[page.pk for page in present.values()]):
        welcome.delete()
    root = BasePage.objects.get(pk=root.pk)
    key = next((page.translation_key for page in present.values()), None)
    for language, slug in HOME_SLUGS.items():
        if slug not in present:
            page = HomePage(title=TITLES[language], slug=slug, locale=locales[language])
            if key is not None:
                page.translation_key = key
            present[slug] = root.add_child(instance=page)
            key = page.translation_key
    first = present[HOME_SLUGS[PORTUGUESE]]
    if not Site.objects.filter(is_default_site=True).exists():
        Site.objects.create(hostname="localhost", port=80, root_page_id=first.pk, is_default_site=True)
    return list(present.values())


def _allow(role: SiteRole, group: Group, homes: list[HomePage]) -> None:
    page_kind = ContentType.objects.get_for_model(BasePage)
    names = {"add": "Add", "change": "Change", "publish": "Publish", "bulk_delete": "Delete pages with children"}
    for verb in PAGE_PERMISSIONS[role]:
        permission, _made = Permission.objects.get_or_create(
            content_type=page_kind,
            codename=f"{verb}_basepage",
            defaults={"name": f"{names.get(verb, verb)} page"},
        )
        for home in homes:
            GroupPagePermission.objects.get_or_create(group=group, page_id=home.pk, permission=permission)
    root = Collection.get_first_root_node()
    for kind, app in KINDS_OF_FILES.items():
        for verb in COLLECTION_PERMISSIONS[role]:
            found = Permission.objects.filter(content_type__app_label=app, codename=f"{verb}_{kind}").first()
            if found is not None:
                GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=found)
    for app, codename, roles in MODEL_PERMISSIONS:
        named = Permission.objects.filter(content_type__app_label=app, codename=codename).first()
        if role in roles and named is not None:
            group.permissions.add(named)


def _approval(moderators: Group) -> None:
    """One way to approval, for every page: a moderator says yes."""
    root = BasePage.objects.filter(depth=1).get()
    workflow = Workflow.objects.first()
    if workflow is None:
        workflow = Workflow.objects.create(name="Moderação", active=True)
    task = GroupApprovalTask.objects.first()
    if task is None:
        task = GroupApprovalTask.objects.create(name="Moderação", active=True)
    task.groups.set([moderators])
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.get_or_create(page_id=root.pk, defaults={"workflow": workflow})
