"""Wires diagnose: its menu entries and its content."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DiagnoseConfig(AppConfig):
    name = "trama.diagnose"
    label = "diagnose"
    verbose_name = _("Self-diagnosis")

    def ready(self) -> None:
        from trama.foundation import navigation
        from trama.foundation.content import register_content
        from trama.foundation.panels import register_panel

        from .answers.panels import sign_out_panel, sign_out_state
        from .instruments.content import load_instruments
        from .policies import SHOW_OWN_QUESTIONS, SHOW_ROUNDS, SHOW_SHARED, TEAM_INSTRUMENTS
        from .profiles.selectors import receives_shares

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
        post_migrate.connect(_protect_published_instruments, sender=self, dispatch_uid="diagnose.instruments")
        post_migrate.connect(_protect_submitted_rounds, sender=self, dispatch_uid="diagnose.rounds")
        post_migrate.connect(_protect_signed_priorities, sender=self, dispatch_uid="diagnose.priorities")


def _protect_submitted_rounds(using: str, **_: Any) -> None:
    from .rounds.freezing import install_triggers, tables_are_there

    if tables_are_there(connections[using]):
        install_triggers(connections[using])


def _protect_published_instruments(using: str, **_: Any) -> None:
    from .instruments.freezing import install_triggers, tables_are_there

    if tables_are_there(connections[using]):
        install_triggers(connections[using])


def _protect_signed_priorities(using: str, **_: Any) -> None:
    from .priorities.freezing import install_triggers, tables_are_there

    if tables_are_there(connections[using]):
        install_triggers(connections[using])
