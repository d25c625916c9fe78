"""What ``trama doctor`` asks of the guards."""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..doctor import Finding, failure, good, register_check
from .standing import standing_guards, wrong_guards

NAMED = 5  # names that one line tells


@register_check(order=31)
def guards() -> Iterator[Finding]:
    """Triggers go by hand, or with a copy that left them out: then rows that never change could."""
    wrong = wrong_guards(connection)
    if not wrong:
        found = len(standing_guards(connection))
        yield good(
            ngettext(
                "The database itself keeps what never changes: %(n)d guard.",
                "The database itself keeps what never changes: %(n)d guards.",
                found,
            )
            % {"n": found}
        )
        return
    yield failure(
        ngettext(
            "%(n)d guard of what never changes is missing, off or altered in the database: %(names)s.",
            "%(n)d guards of what never changes are missing, off or altered in the database: %(names)s.",
            len(wrong),
        )
        % {"n": len(wrong), "names": ", ".join(wrong[:NAMED]) + (", …" if len(wrong) > NAMED else "")},
        _("Run: trama migrate (it lays them again), then: trama audit verify"),
    )
