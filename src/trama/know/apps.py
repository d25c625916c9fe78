"""Wires know: its checks, its menu entries and its content."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowConfig(AppConfig):
    name = "trama.know"
    label = "know"
    verbose_name = _("Know")

    def ready(self) -> None:
        from trama.foundation import content, navigation
        from trama.foundation.doctor import register_check
        from trama.foundation.site import register_demonstration_check

        from .indicators.selectors import shows_demonstration
        from .sources import jobs as _jobs  # noqa: F401 (declares them)
        from .sources.content import load_indicators
        from .sources.health import staged_imports

        register_demonstration_check(shows_demonstration)
        content.register_content("indicators", load_indicators)
        register_check(order=60)(staged_imports)
        for order, label, view_name in (
            (10, _("Overview"), "know:country"),
            (20, _("Indicators"), "know:indicators"),
            (30, _("Territories"), "know:groups"),
            (60, _("Data"), "know:releases"),
        ):
            navigation.register_entry(navigation.MAIN, order=order, label=label, view_name=view_name)
        navigation.register_entry(navigation.SEARCH, order=0, label=_("Search"), view_name="know:search")
        navigation.register_entry(navigation.SUGGESTIONS, order=0, label=_("Search"), view_name="know:suggestions")
