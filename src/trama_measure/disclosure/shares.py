"""How a percentage of people may be shown.

A percentage beside the number of people gives the count back: 10 % of 30 are three children. And 0 % or 100 % says
something about everyone, however many they are. So a share is shown to the percent only if at least ten people stand
on either side of it; otherwise as the narrowest band that leaves at least ten counts possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .tables import MINIMUM_GROUP

BAND_WIDTHS: Final = (5, 10, 25, 50)  # percentage points; 5 only at the two ends
EXTREME: Final = 5  # percent: at most 5 % and at least 95 % are never told more closely


class ShareKind(StrEnum):
    """How much of a share is told."""

    WITHHELD = "withheld"
    BAND = "band"  # from ``low`` to ``high`` percent
    AT_MOST = "at_most"  # ``high`` percent or less
    AT_LEAST = "at_least"  # ``low`` percent or more
    EXACT = "exact"  # ``low`` percent, to the nearest whole one


@dataclass(frozen=True, slots=True)
class ShownShare:
    """What may be published of a share, in whole percent; both ``None`` if it is withheld."""

    kind: ShareKind
    low: int | None
    high: int | None


def show_share(part: int, whole: int, minimum: int = MINIMUM_GROUP) -> ShownShare:
    """Decide how ``part`` of ``whole`` people may be published as a percentage.

    Under ``minimum`` people nothing is told. From there to twice as many, only "less than half" or "half or more":
    the narrowest bands there are. Beyond, bands or whole percent as the module says.

    Raises
    ------
    ValueError
        If the part is negative or larger than the whole.

    Source
    ------
    NCES 2011-603, brief 3 (minimum group, top and bottom coding at 5 and 95 %, no counts beside coded rates).
    """
    if not 0 <= part <= whole:
        raise ValueError(f"a part lies between 0 and the whole, found {part} of {whole}")
    if whole < minimum:
        return ShownShare(ShareKind.WITHHELD, None, None)
    extreme = 100 * part <= EXTREME * whole or 100 * part >= (100 - EXTREME) * whole
    if min(part, whole - part) >= minimum and not extreme:
        percent = (200 * part + whole) // (2 * whole)
        return ShownShare(ShareKind.EXACT, percent, percent)
    fits = [width for width in BAND_WIDTHS if whole * width >= 100 * minimum and (extreme or width > EXTREME)]
    return _band(part, whole, fits[0] if fits else BAND_WIDTHS[-1])


def counts_within(shown: ShownShare, whole: int) -> tuple[int, int]:
    """The least and the greatest number of people that a share as shown leaves possible, for the audit.

    A reader knows the rule of bands and the whole, so this is what the percentage tells about the count.

    Raises
    ------
    ValueError
        If no count of that whole is shown so.
    """
    if shown.kind is ShareKind.WITHHELD or shown.low is None or shown.high is None:
        return 0, whole
    near = 1 if shown.kind is ShareKind.EXACT else 0
    first, last = (shown.low - near) * whole // 100, -(-(shown.high + near) * whole // 100)
    fits = [part for part in range(max(first, 0), min(last, whole) + 1) if show_share(part, whole) == shown]
    if not fits:
        raise ValueError(f"no part of {whole} is shown as {shown.low} to {shown.high} percent ({shown.kind})")
    return fits[0], fits[-1]


def _band(part: int, whole: int, width: int) -> ShownShare:
    """The band of that width with the share in it; a share on a border belongs to the upper band, 100 % to the last."""
    bands = 100 // width
    low = width * min(part * bands // whole, bands - 1)
    if width == EXTREME:
        low = 0 if 2 * part < whole else 100 - EXTREME
        kind = ShareKind.AT_MOST if low == 0 else ShareKind.AT_LEAST
        return ShownShare(kind, low, low + EXTREME)
    return ShownShare(ShareKind.BAND, low, low + width)
