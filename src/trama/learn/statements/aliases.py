"""Pseudonyms of people in the platform's own statements."""

from collections.abc import Collection

from .models import LearnerAlias


def aliases_of(people: Collection[int]) -> dict[int, str]:
    """The pseudonym of each person, by primary key; made where there is none. Two queries, or one.

    The unique key decides between two who make one at once.
    """
    known = _read(people)
    missing = [LearnerAlias(user_id=one) for one in sorted(set(people) - known.keys())]
    if missing:
        LearnerAlias.objects.bulk_create(missing, ignore_conflicts=True)
        known = _read(people)
    return known


def hold(people: Collection[int]) -> None:
    """Whoever erases one of these people waits until this transaction ends. One query."""
    list(LearnerAlias.objects.filter(user__in=people).order_by("pk").select_for_update().values_list("pk"))


def _read(people: Collection[int]) -> dict[int, str]:
    rows = LearnerAlias.objects.filter(user__in=people).values_list("user", "uid")
    return {user: uid.hex for user, uid in rows}
