"""Brings work to completion, and shows it on the pages of courses and cohorts."""

from django.utils.translation import gettext_lazy as _

from trama.foundation.jobs import register_daily
from trama.foundation.panels import register_panel
from trama.foundation.waiting import register_waiting

from ..progress.panels import nothing_changes
from ..progress.sources import register_assignments
from . import panels, selectors
from .peer_services import serve_who_waited
from .waiting import PROVIDER


def register() -> None:
    """Called once, by ``AppConfig.ready``."""
    register_assignments(selectors.facts)
    register_waiting(PROVIDER)
    register_daily("learn.give_out_work", title=_("Work for colleagues to read"), work=serve_who_waited)
    register_panel("learn.assignment", panels.below_an_assignment, nothing_changes)
    register_panel("learn.desk", panels.on_the_desk, nothing_changes)
