"""What follows from a change of the site: kept pages are no longer shown, and the trail knows who did it."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import ModelLogEntry, PageLogEntry
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from trama.foundation.audit import record_event

from ..media.models import SiteDocument, SiteImage
from .addresses import PORTUGUESE
from .models import BasePage
from .selectors import touch

# What is written into the trail. "edit" is left out: the editor saves a draft every few seconds, and keeps those.
TOLD = frozenset(
    {
        "wagtail.create",
        "wagtail.delete",
        "wagtail.publish",
        "wagtail.publish.schedule",
        "wagtail.publish.scheduled",
        "wagtail.schedule.cancel",
        "wagtail.unpublish",
        "wagtail.unpublish.scheduled",
        "wagtail.move",
        "wagtail.rename",
        "wagtail.copy",
        "wagtail.copy_for_translation",
        "wagtail.revert",
        "wagtail.lock",
        "wagtail.unlock",
        "wagtail.workflow.start",
        "wagtail.workflow.approve",
        "wagtail.workflow.reject",
        "wagtail.workflow.cancel",
    }
)


def look_again(sender: Any, **kwargs: Any) -> None:
    touch()


def rename_twin(sender: Any, instance: BasePage, **kwargs: Any) -> None:
    """The translation follows its Portuguese page to a new address; the old ones are sent on by the framework."""
    twin = instance.twin()
    if twin is not None and instance.locale.language_code == PORTUGUESE and twin.slug != instance.slug:
        twin.specific.save()  # it takes the name from its twin


def look_again_if_live(sender: Any, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, BasePage):
        touch()


def write_trail(sender: Any, instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if not created or raw or instance.action not in TOLD or instance.user is None:
        return  # the pages that ship are written by nobody: they come with the installation
    record_event(
        instance.action.replace("wagtail", "portal.editor", 1),
        by=instance.user,
        at=instance.timestamp,
        target=getattr(instance, "page", None),
        detail={"title": instance.label, "object": str(instance.object_id)},
    )


def listen() -> None:
    """Called once, when the site starts."""
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(look_again, dispatch_uid="portal.look_again")
    page_slug_changed.connect(rename_twin, dispatch_uid="portal.rename_twin")
    post_delete.connect(look_again_if_live, dispatch_uid="portal.page_gone")
    for model in (Redirect, SiteImage, SiteDocument):
        for change in (post_save, post_delete):
            change.connect(look_again, sender=model, dispatch_uid=f"portal.{model.__name__}")
    for log in (PageLogEntry, ModelLogEntry):
        post_save.connect(write_trail, sender=log, dispatch_uid=f"portal.trail.{log.__name__}")
