"""Meetings of cohorts for a calendar program (iCalendar, RFC 5545)."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from icalendar import Calendar, Event

from .models import CohortMeeting
from .selectors import ends_at

DOMAIN = "trama"


def meetings_calendar(
    meetings: Iterable[CohortMeeting], name: str, *, at: datetime, address: Callable[[CohortMeeting], str]
) -> bytes:
    """Every event keeps its UID, so that a program updates it; what is cancelled stays in as cancelled."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//meetings//PT")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for meeting in meetings:
        event = Event()
        event.add("uid", f"cohort-meeting-{meeting.uid}@{DOMAIN}")
        event.add("dtstamp", at)
        event.add("dtstart", meeting.starts_at)
        event.add("dtend", ends_at(meeting))
        event.add("sequence", meeting.revision)
        event.add("summary", f"{meeting.title} · {meeting.cohort}")
        if meeting.place or meeting.link:
            event.add("location", meeting.place or meeting.link)
        event.add("description", "\n".join(part for part in (meeting.link, address(meeting)) if part))
        event.add("status", "CANCELLED" if meeting.state == CohortMeeting.State.CANCELLED else "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
