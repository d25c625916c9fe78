"""Brings packages to completion, and shows them on the pages of a course."""

from trama.foundation.doctor import register_check
from trama.foundation.panels import register_panel

from ..cmi5.services import register_satisfied_listener
from ..progress.panels import nothing_changes
from ..progress.sources import register_packages
from . import health, panels, selectors, units


def register() -> None:
    """Called once, by ``AppConfig.ready``."""
    register_packages(selectors.facts)
    register_satisfied_listener(units.units_told)
    register_check(order=70)(health.packages_can_be_opened)
    register_panel("learn.package", panels.below_a_package, nothing_changes)
