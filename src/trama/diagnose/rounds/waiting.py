"""What waits for a person in rounds, and on which days a letter says so (docs/decisions/0119).

Who has not finished their part is reminded 7, 3 and 1 days before the answering ends, by the owner's calendar, inside
the one letter that a person gets a day. Each is told of their own part only: never who else answered, or did not.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trama.foundation.audit import record_event
from trama.foundation.fields import zone_name
from trama.foundation.prepared import prepared
from trama.foundation.waiting import Provider, Waiting

from .models import Round, RoundItem, RoundMember
from .selectors import RoundLine, round_lines

REMINDER_DAYS = (7, 3, 1)  # before the day on which the answering ends
OPEN = (Round.State.ANSWERING, Round.State.AGREEING)
_WEEKEND = 5  # weekday() of Saturday


def reminder_days(deadline: date) -> list[date]:
    """The days of reminders before a deadline, oldest first. One on a weekend moves to the Friday before.

    >>> [day.isoformat() for day in reminder_days(date(2026, 3, 15))]  # a Sunday
    ['2026-03-06', '2026-03-12', '2026-03-13']
    """
    days = (deadline - timedelta(days=days) for days in REMINDER_DAYS)
    return sorted({day - timedelta(days=max(0, day.weekday() - _WEEKEND + 1)) for day in days})


def is_reminder_due(member: RoundMember, of: Round, at: datetime) -> bool:
    """Whether a day of reminders has come since the member was last told: by a reminder, or by being asked in.

    A day that was missed (the machine stood still) is made up for once; a letter of that day, whoever sent it, counts.
    """
    if at >= of.answers_until:
        return False
    today = at.astimezone(of.zone).date()
    come = [day for day in reminder_days(of.answers_until_local.date()) if day <= today]
    told = max(moment for moment in (member.added_at, member.reminded_at) if moment is not None)
    return bool(come) and told.astimezone(of.zone).date() < come[-1]


def rounds_waiting(user: Any, at: datetime, told_at: datetime | None) -> list[Waiting]:
    """A line for the user's own part of each round, and one for each round that they move on. Eight queries at most.

    Each round knows itself when it was told of: ``told_at`` is not asked.
    """
    lines = round_lines(user, states=OPEN)
    open_items = _without_agreement([line.round for line in lines if line.waits_to_agree])
    found: list[Waiting] = []
    for line in lines:
        found.extend(_own_part(line, at))
        found.extend(_to_move(line, open_items.get(line.round.pk, 0), at))
    return found


def _own_part(line: RoundLine, at: datetime) -> Iterable[Waiting]:
    if not line.waits_to_answer or line.member is None or at >= line.round.answers_until:
        return
    of, missing = line.round, line.asked - line.answered
    names = {
        "title": of.title,
        "owner": of.scope,
        "n": missing,
        "deadline": f"{date_format(of.answers_until_local, 'SHORT_DATETIME_FORMAT')} ({zone_name(of.time_zone)})",
    }
    if missing:
        what = ngettext(
            "One question of the round “%(title)s” (%(owner)s) waits for your answer, until %(deadline)s.",
            "%(n)s questions of the round “%(title)s” (%(owner)s) wait for your answer, until %(deadline)s.",
            missing,
        )
    else:
        what = _(
            "You answered everything in the round “%(title)s” (%(owner)s): say that you have finished, until "
            "%(deadline)s."
        )
    yield Waiting(
        what % names,
        reverse("diagnose:round", args=[of.uid]),
        urgent=is_reminder_due(line.member, of, at),
        silent=line.member.muted_at is not None,
        pause=reverse("diagnose:round_mute", args=[of.uid]),
        key=line.member.pk,
    )


def _to_move(line: RoundLine, open_items: int, at: datetime) -> Iterable[Waiting]:
    """What waits for who coordinates: the answering is over and the agreement was not begun, or not submitted."""
    of = line.round
    names = {"title": of.title, "owner": of.scope, "n": open_items}
    if line.waits_to_agree and open_items:
        what = ngettext(
            "The round “%(title)s” (%(owner)s) waits to be submitted: one criterion has no agreement.",
            "The round “%(title)s” (%(owner)s) waits to be submitted: %(n)s criteria have no agreement.",
            open_items,
        )
    elif line.waits_to_agree:
        what = _("The round “%(title)s” (%(owner)s) is agreed and waits to be submitted.")
    elif line.coordinates and of.state == Round.State.ANSWERING and at >= of.answers_until:
        what = _("The time to answer in the round “%(title)s” (%(owner)s) is over: begin the agreement.")
    else:
        return
    muted = line.member is not None and line.member.muted_at is not None
    yield Waiting(
        what % names,
        reverse("diagnose:round", args=[of.uid]),
        silent=muted,
        pause=reverse("diagnose:round_mute", args=[of.uid]) if line.member is not None else "",
    )


def _without_agreement(rounds: Sequence[Round]) -> dict[int, int]:
    """How many items of each round have no agreement. One query, none without rounds."""
    if not rounds:
        return {}
    return dict(_number_not_agreed([one.pk for one in rounds]))


@prepared
def _number_not_agreed(rounds: Collection[int]) -> QuerySet[RoundItem, tuple[int, int]]:
    rows = RoundItem.objects.filter(round__in=rounds).exclude(agreement__level__isnull=False)
    return rows.values("round").annotate(n=Count("pk")).values_list("round", "n")


def members_to_remind(at: datetime) -> Iterable[int]:
    """Accounts whose part may have to be told of now, guests too. One query."""
    soon = at + timedelta(days=max(REMINDER_DAYS) + 3)  # a weekend lies between a day of reminders and its Friday
    rows = RoundMember.objects.filter(
        removed_at__isnull=True,
        finished_at__isnull=True,
        muted_at__isnull=True,
        user__is_active=True,
        round__state=Round.State.ANSWERING,
        round__answers_until__gt=at,
        round__answers_until__lte=soon,
    )
    return rows.exclude(part=RoundMember.Part.READER).values_list("user_id", flat=True).distinct()


def note_reminded(user: Any, lines: Sequence[Waiting], at: datetime) -> None:
    """A letter told a person of these parts: today no other one does."""
    members = [line.key for line in lines if line.key is not None]
    if members:
        RoundMember.objects.filter(pk__in=members, user=user).update(reminded_at=at)
        record_event("reminded of rounds", by=None, at=at, target=user, detail={"members": members})


PROVIDER = Provider(20, gettext_lazy("Self-diagnosis"), rounds_waiting, members_to_remind, note_reminded)
