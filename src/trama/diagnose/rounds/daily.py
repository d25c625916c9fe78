"""What rounds ask for once a day (``foundation.jobs.daily``)."""

from datetime import datetime

from django.utils.translation import ngettext

from .team import forget_invitations


def tidy(at: datetime) -> str:
    """Delete invitations past their time (docs/security/personal-data.md)."""
    number = forget_invitations(at=at, apply=True)
    return ngettext("%(n)d old invitation deleted", "%(n)d old invitations deleted", number) % {"n": number}
