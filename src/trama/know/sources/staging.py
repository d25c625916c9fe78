"""Observations into the database, in bulk, under a release that nobody sees yet.

SQLite takes them in chunks of 20,000, each a short transaction of its own, so that no other writer waits long. Foreign
keys are checked beforehand, against everything known (``checking``), and not again by SQLite: the schools of the
same file enter only when it is published. PostgreSQL lets others write meanwhile, so there a COPY runs inside the
transaction that publishes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from django.db import connection, transaction

from ..indicators.models import Observation, Release
from .rawfiles import report_path
from .spool import Spool

CHUNK_ROWS = 20_000
COLUMNS = (
    "indicator_id", "place_id", "dependency", "stage", "grade", "location", "year", "value", "status", "release_id",
)  # fmt: skip

type Told = Callable[[int], None]
"""Told how many observations are in."""


def stage(release: Release, spool: Spool, order: np.ndarray, told: Told) -> None:
    """Write the kept observations of a spool under ``release``."""
    records = spool.records()
    with _loose_references():
        for start in range(0, len(order), CHUNK_ROWS):
            rows = spool.tuples(records[order[start : start + CHUNK_ROWS]])
            with transaction.atomic():
                _insert((*row, release.pk) for row in rows)
            told(min(start + CHUNK_ROWS, len(order)))


@contextmanager
def _loose_references() -> Iterator[None]:
    """SQLite outside a transaction: do not look every place and indicator up again, row by row."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


def _insert(rows: Iterator[tuple[Any, ...]]) -> None:
    table, columns = Observation._meta.db_table, ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(COLUMNS))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(rows))  # noqa: S608 (own names)


def clear_staged() -> int:
    """Delete what dead imports left behind. Call it with the import lock held. Returns how many releases."""
    staged = list(Release.objects.filter(state=Release.State.STAGED))
    for release in staged:
        discard(release)
    return len(staged)


def discard(release: Release) -> None:
    """Delete a release that was never published, with its observations, a chunk at a time."""
    empty_release(release)
    with transaction.atomic():
        report_path(release.pk).unlink(missing_ok=True)
        release.delete()


def empty_release(release: Release) -> None:
    """Delete the observations of a release, a chunk at a time."""
    while True:
        with transaction.atomic():
            last = list(Observation.objects.filter(release=release).values_list("pk", flat=True)[:CHUNK_ROWS])
            if not last:
                return
            Observation.objects.filter(release=release, pk__gte=min(last), pk__lte=max(last))._raw_delete(
                Observation.objects.db
            )
