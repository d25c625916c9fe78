"""What a token may do, in the words of the specification (xAPI 1.0.3, Communication 4.3)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WRITE = "statements/write"
READ_MINE = "statements/read/mine"
READ = "statements/read"
STATE = "state"
PROFILE = "profile"
ALL = "all"

SCOPES: dict[str, str | Promise] = {
    WRITE: _("write records"),
    READ_MINE: _("read the records that it wrote itself"),
    READ: _("read all records"),
    STATE: _("keep and read the state of learners"),
    PROFILE: _("keep and read profiles of agents and activities"),
    ALL: _("everything, and void records of other programs"),
}


def reaches(scopes: str, wanted: str) -> bool:
    """Whether scopes, as they are kept, contain one. ``all`` contains each; reading all contains reading one's own."""
    held = scopes.split()
    return wanted in held or ALL in held or (wanted == READ_MINE and READ in held)
