"""The dates of a plan for a calendar program (iCalendar, RFC 5545)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from ..strategy.days import is_open
from ..strategy.models import StrategicPlan
from .models import Meeting
from .selectors import FollowedAction

DOMAIN = "trama"


def plan_calendar(
    plan: StrategicPlan, lines: Sequence[FollowedAction], meetings: Iterable[Meeting], *, at: datetime, address: str
) -> bytes:
    """Days by which actions are to be done, and meetings. Every event keeps its UID, so that a program updates it.

    Actions are whole days: programs show those everywhere, tasks (VTODO) almost nowhere. What is cancelled stays in
    as cancelled, so that it disappears from the calendars that had it.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//plan//PT")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", plan.title)
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for line in lines:
        action = line.action
        if action.due_on is None:
            continue
        event = Event()
        event.add("uid", f"action-{action.uid}@{DOMAIN}")
        event.add("dtstamp", at)
        event.add("dtstart", action.due_on)
        event.add("dtend", action.due_on + timedelta(days=1))
        event.add("sequence", action.revision)
        done = "" if is_open(action) else f" ({action.get_state_display()})"
        event.add("summary", f"{line.number} {action.what}{done}")
        words = [_("Who: %(who)s") % {"who": line.holder}] if line.holder else []
        event.add("description", "\n".join([*words, address]))
        event.add("status", "CANCELLED" if action.state == "cancelled" else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    for meeting in meetings:
        event = Event()
        event.add("uid", f"meeting-{meeting.uid}@{DOMAIN}")
        event.add("dtstamp", at)
        event.add("dtstart", meeting.starts_at)
        event.add("dtend", meeting.starts_at + timedelta(minutes=meeting.minutes))
        event.add("sequence", meeting.revision)
        event.add("summary", meeting.title)
        if meeting.where:
            event.add("location", meeting.where)
        event.add("description", address)
        event.add("status", "CANCELLED" if meeting.state == Meeting.State.CANCELLED else "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
