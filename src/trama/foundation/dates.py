"""Words of dates that Portuguese writes otherwise than Django's own translation: months begin with a small letter.

Django looks these words up when it writes a date; named here, they are collected into our catalogue, which comes first.
"""

from typing import Final

from django.utils.translation import gettext_noop

MONTHS: Final = (
    gettext_noop("January"),
    gettext_noop("February"),
    gettext_noop("March"),
    gettext_noop("April"),
    gettext_noop("May"),
    gettext_noop("June"),
    gettext_noop("July"),
    gettext_noop("August"),
    gettext_noop("September"),
    gettext_noop("October"),
    gettext_noop("November"),
    gettext_noop("December"),
)
