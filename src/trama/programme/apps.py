"""Wires programme: its panels, its menu entries, its content and its guards."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammeConfig(AppConfig):
    name = "trama.programme"
    label = "programme"
    verbose_name = _("Programme")

    def ready(self) -> None:
        from trama.foundation import navigation
        from trama.foundation.content import register_content
        from trama.foundation.guards import register_guards
        from trama.foundation.panels import register_panel

        from .calls.content import load_calls
        from .calls.panels import calls_of_network, panel_state
        from .eligibility.freezing import GUARDS
        from .policies import TEAM_CALLS

        register_content("calls", load_calls)
        register_guards(GUARDS)
        register_panel("network", calls_of_network, panel_state)
        navigation.register_entry(navigation.MAIN, order=40, label=_("Calls"), view_name="programme:calls")
        navigation.register_entry(
            navigation.ACCOUNT,
            order=60,
            group=_("Programme and partners"),
            label=_("Calls of the team"),
            view_name="programme:team_calls",
            policy=TEAM_CALLS,
        )
