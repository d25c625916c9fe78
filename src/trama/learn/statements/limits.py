"""How many requests a token may make: so many a minute in each process of the server, and a minute's worth at once.

Counted in memory (docs/decisions/0217): a count that all processes share would cost every statement one more write. It
is the generic cell rate algorithm: of each token the one moment is kept at which all that it asked for would be done,
if it had asked evenly.
"""

import math
import time

from django.conf import settings

from .errors import TooMany

MINUTE = 60.0  # seconds
MOST_KEPT = 10_000  # tokens; sessions of packages have tokens too

_done_at: dict[int, float] = {}


def count_request(client: int, now: float | None = None) -> None:
    """Count one request of a token. ``now``: seconds of a clock that never goes back.

    Raises ``TooMany``, which counts for nothing: who waits as long as it says is served. Two requests of one token that
    are counted at the same instant by two threads may count as one.
    """
    most = settings.TRAMA_XAPI_REQUESTS_PER_MINUTE
    if not most:
        return
    now = time.monotonic() if now is None else now
    done_at = max(_done_at.get(client, now), now) + MINUTE / most
    if done_at - now > MINUTE:
        raise TooMany(most, math.ceil(done_at - now - MINUTE))
    if client not in _done_at and len(_done_at) >= MOST_KEPT:
        _forget(now)
    _done_at[client] = done_at


def _forget(now: float) -> None:
    """Those who owe nothing start anew the same; if all owe something, all start anew."""
    for client, done_at in list(_done_at.items()):
        if done_at <= now:
            _done_at.pop(client, None)
    if len(_done_at) >= MOST_KEPT:
        _done_at.clear()
