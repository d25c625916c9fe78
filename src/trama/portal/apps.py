"""Wires portal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "trama.portal"
    label = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from trama.foundation import navigation

        for order, label, view_name in (
            (10, _("About Trama"), "portal:about"),
            (80, _("Accessibility"), "portal:accessibility"),
            (90, _("Privacy"), "portal:privacy"),
            (95, _("Components"), "foundation:components"),
        ):
            navigation.register_entry(navigation.FOOTER, order=order, label=label, view_name=view_name)
