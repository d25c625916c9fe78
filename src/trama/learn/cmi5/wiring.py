"""Puts the rules of cmi5 before what its sessions write into the store."""

from ..statements.services import register_session_rules
from .services import check_whose, heard


def register() -> None:
    """Called once, by ``AppConfig.ready``."""
    register_session_rules(check_whose, heard)
