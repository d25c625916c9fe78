"""The code of presence: short, signed, another one every 45 seconds. Nothing here reads the database or the clock."""

import base64
import hashlib
import hmac
from datetime import datetime

WINDOW_SECONDS = 45
EARLIER_WINDOWS = 2  # a weak line, a slow hand: a code counts for 90 to 135 seconds
LENGTH = 8  # characters of 5 bits: a guess is right once in 2 ** 40 / 3


def window_of(at: datetime) -> int:
    return int(at.timestamp()) // WINDOW_SECONDS


def code_of(secret: str, window: int) -> str:
    """The code of a window: HMAC-SHA-256 of its number under the meeting's secret, the first 40 bits in base 32."""
    digest = hmac.new(secret.encode(), str(window).encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:5]).decode()


def is_valid(secret: str, code: str, at: datetime) -> bool:
    """Whether a code is of the present window or of the last two. Small letters, spaces and hyphens do not matter.

    What people confuse is read as what a code can hold: 0 as O, 1 as I, 8 as B.
    """
    plain = "".join(char for char in code.upper() if char.isalnum()).translate(str.maketrans("018", "OIB"))
    now = window_of(at)
    return any(
        hmac.compare_digest(code_of(secret, window).encode(), plain.encode())
        for window in range(now - EARLIER_WINDOWS, now + 1)
    )
