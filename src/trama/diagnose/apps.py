"""Wires diagnose: its menu entries, its content, what waits in it, its daily work."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiagnoseConfig(AppConfig):
    name = "trama.diagnose"
    label = "diagnose"
    verbose_name = _("Self-diagnosis")

    def ready(self) -> None:
        from trama.foundation import navigation
        from trama.foundation.content import register_content
        from trama.foundation.guards import register_guards
        from trama.foundation.jobs import register_daily
        from trama.foundation.panels import register_panel
        from trama.foundation.startup import register_first_start
        from trama.foundation.waiting import register_waiting

        from .answers.panels import sign_out_panel, sign_out_state
        from .demonstration import show_demonstration_rounds
        from .instruments import freezing as instruments
        from .instruments.content import load_instruments
        from .policies import SHOW_OWN_QUESTIONS, SHOW_ROUNDS, SHOW_SHARED, TEAM_INSTRUMENTS
        from .priorities import freezing as priorities
        from .profiles.selectors import receives_shares
        from .rounds import freezing as rounds
        from .rounds.daily import tidy
        from .rounds.waiting import PROVIDER

        register_content("instruments", load_instruments)
        navigation.register_entry(
            navigation.MAIN, order=30, label=_("Self-diagnosis"), view_name="diagnose:instruments"
        )
        own, programme = _("Self-diagnosis"), _("Programme and partners")
        for order, group, label, view_name, policy, shown_to in (
            (20, own, _("Self-diagnosis rounds"), "diagnose:rounds", SHOW_ROUNDS, None),
            (22, own, _("Own questions"), "diagnose:own_questions", SHOW_OWN_QUESTIONS, None),
            (24, own, _("Shared with me"), "diagnose:shared_with_me", SHOW_SHARED, receives_shares),
            (62, programme, _("Instruments of the team"), "diagnose:team_instruments", TEAM_INSTRUMENTS, None),
        ):
            navigation.register_entry(
                navigation.ACCOUNT, order=order, group=group, label=label, view_name=view_name, policy=policy,
                shown_to=shown_to,
            )  # fmt: skip
        register_panel("sign out", sign_out_panel, sign_out_state)
        register_first_start(show_demonstration_rounds)
        register_waiting(PROVIDER)
        register_daily("diagnose.rounds.tidy", title=_("Old invitations to rounds"), work=tidy)
        for room in (instruments, rounds, priorities):
            register_guards(room.GUARDS)
