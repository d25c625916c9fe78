"""Shows the page of e-mails in the menu, and lets the worker forget old ones."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .. import navigation
from ..jobs import register_daily
from .selectors import FOLLOW
from .services import forget_old


def register() -> None:
    """Called once, by ``AppConfig.ready``."""
    navigation.register_entry(
        navigation.ACCOUNT,
        order=79,
        group=_("Programme and partners"),
        label=_("E-mails of the site"),
        view_name="foundation:letters",
        policy=FOLLOW,
    )
    register_daily("foundation.letters.forget", title=_("Old e-mails"), work=forget)


def forget(at: datetime) -> str:
    """The daily work, in a line."""
    texts, rows = forget_old(at=at)
    n = texts + rows
    return ngettext("%(n)d e-mail forgotten.", "%(n)d e-mails forgotten.", n) % {"n": n}
