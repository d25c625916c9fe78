"""Shows the store in the menu of the team, and lets the worker write the platform's own events."""

from django.utils.translation import gettext_lazy as _

from trama.foundation import navigation
from trama.foundation.jobs import register_minute

from ..policies import STATEMENT_CLIENTS
from .own import is_due, write_own


def register() -> None:
    """Called once, by ``AppConfig.ready``."""
    navigation.register_entry(
        navigation.ACCOUNT,
        order=72,
        group=_("Programme and partners"),
        label=_("Access to learning records"),
        view_name="learn:statement_programs",
        policy=STATEMENT_CLIENTS,
    )
    navigation.register_entry(
        navigation.ACCOUNT,
        order=37,
        group=_("My learning"),
        label=_("My learning records"),
        view_name="learn:my_records",
    )
    register_minute("learn.statements.own", title=_("Learning records of this site"), is_due=is_due, work=write_own)
