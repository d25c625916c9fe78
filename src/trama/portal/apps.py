"""Wires portal: its menu entries, its texts, what editors' changes bring about, what the search finds of it."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "trama.portal"
    label = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from trama.foundation import navigation
        from trama.foundation.content import register_content
        from trama.foundation.jobs import register_daily, register_minute
        from trama.know.api import register_search_section

        from .editors import services as editors
        from .pages import contexts, signals
        from .pages.content import load_pages
        from .pages.schedule import is_due, publish_due
        from .pages.setting_up import set_up
        from .policies import APPOINT_PAGES, ENTER_EDITOR, TRANSLATION_PAGES
        from .site_search.selectors import find_courses, find_pages, find_technologies

        for order, label, view_name in (
            (10, _("About Trama"), "portal:about"),
            (20, _("News"), "portal:news"),
            (30, _("Numbers"), "portal:numbers"),
            (40, _("Partners"), "portal:partners"),
            (60, _("Help"), "portal:help"),
            (70, _("Transparency"), "portal:transparency"),
            (80, _("Accessibility"), "portal:accessibility"),
            (90, _("Privacy"), "portal:privacy"),
        ):
            navigation.register_entry(navigation.FOOTER, order=order, label=label, view_name=view_name)
        for order, label, view_name in (
            (36, _("Training"), "portal:training"),
            (38, _("Experiences"), "portal:stories"),
        ):
            navigation.register_entry(navigation.MAIN, order=order, label=label, view_name=view_name)
        group = _("Public site")
        for order, label, view_name, policy in (
            (72, _("Edit the site"), "wagtailadmin_home", ENTER_EDITOR),
            (73, _("Translations that wait"), "portal:translations", TRANSLATION_PAGES),
            (74, _("Who edits the site"), "portal:editors", APPOINT_PAGES),
            (75, _("Components"), "foundation:components", ENTER_EDITOR),
        ):
            navigation.register_entry(
                navigation.ACCOUNT, order=order, group=group, label=label, view_name=view_name, policy=policy
            )
        post_migrate.connect(set_up, sender=self, dispatch_uid="portal.set_up")
        contexts.register()
        signals.listen()
        editors.listen()
        register_content("pages", load_pages)
        register_search_section("technology", _("Technologies"), find_technologies)
        register_search_section("course", _("Courses"), find_courses)
        register_search_section("page", _("Pages"), find_pages)
        register_minute("portal.pages.schedule", title=_("Pages with a date"), is_due=is_due, work=publish_due)
        register_daily("portal.editors.forget", title=_("Who edits the site"), work=editors.forget_who_left)
