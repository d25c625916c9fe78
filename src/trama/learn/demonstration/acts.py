"""What the people of an invented cohort did, each act through the service that a page would call."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid5

from django.utils import timezone

from trama.accounts.api import DemonstrationTeam

from ..assignments import services as assignments
from ..assignments.errors import NotWritable
from ..cohorts.models import Cohort, Enrolment
from ..courses.models import Assignment, Lesson, Part, Question, Quiz
from ..courses.selectors import parts_in_order
from ..forum import services as forum
from ..meetings import services as meetings
from ..progress import services as progress
from ..progress.selectors import asked_in, key_of
from .content import BrokenDemonstration

LANGUAGE = "pt-br"
TOP_LEVEL = 3  # of the four levels of a rubric: what an accepted work reaches
AFTERNOON = time(14)
DECIDED_LATER = timedelta(days=2)

type Act = tuple[datetime, Callable[[], object]]
"""When, and what was done then."""


def study(
    team: DemonstrationTeam, one: Mapping[str, Any], rows: Mapping[str, Enrolment], line: Mapping[str, Any]
) -> list[Act]:
    """The first parts of the course, spread evenly over the days from ``from`` to ``to``, all of them right."""
    row, person = rows[line["who"]], team.people[line["who"]]
    parts = parts_in_order(row.cohort.version)[: line["parts"]]
    acts: list[Act] = []
    for place, part in enumerate(parts):
        share = place / max(len(parts) - 1, 1)
        at = team.ago(line["from"] - (line["from"] - line["to"]) * share)
        acts += _part(team, one, row, part, person, at)
    return acts


def _part(
    team: DemonstrationTeam, one: Mapping[str, Any], row: Enrolment, part: Part, person: Any, at: datetime
) -> list[Act]:
    if part.kind == Part.Kind.LESSON:
        lesson = Lesson.objects.get(pk=part.pk)
        return [(at, lambda: progress.record_visit(row, lesson, by=person, at=at))]
    if part.kind == Part.Kind.QUIZ:
        return [(at, lambda: _quiz(row, Quiz.objects.get(pk=part.pk), person, at))]
    if part.kind == Part.Kind.ASSIGNMENT:
        work = one.get("work", {}).get(part.slug)
        if work is None:
            raise BrokenDemonstration(f"cohort {one['name']!r}: no text for the assignment {part.slug!r}")
        return [(at, lambda: _work(team, row, Assignment.objects.get(pk=part.pk), work, person, at))]
    return []


def _quiz(row: Enrolment, quiz: Quiz, person: Any, at: datetime) -> None:
    attempt = progress.start_attempt(row, quiz, by=person, at=at)
    for asked in asked_in(attempt):
        progress.give_answer(
            attempt, asked.question, _right(asked.question), submission=uuid5(attempt.uid, str(asked.question.pk)),
            language=LANGUAGE, by=person, at=at,
        )  # fmt: skip


def _right(question: Question) -> object:
    """The right answer, as a learner would give it in Portuguese."""
    key = key_of(question, LANGUAGE)
    match key.kind:
        case "single" | "true_false":
            return min(key.right)
        case "multiple":
            return sorted(key.right)
        case "order":
            return list(key.options)
        case "match":
            return {option: option for option in key.options}
        case "number":
            return str(key.number).replace(".", ",")
    return key.accepted[0]


def _work(
    team: DemonstrationTeam, row: Enrolment, task: Assignment, work: Mapping[str, Any], person: Any, at: datetime
) -> None:
    """Hand a work in, once for a pair or a team, and have it accepted where the content does not leave it waiting."""
    sent = uuid5(row.cohort.uid, f"{task.slug} {row.uid if task.who == Assignment.Who.EACH else row.network_id}")
    try:
        made = assignments.hand_in(row, task, work["text"], submission=sent, base=0, by=person, at=at)
    except NotWritable:  # another of the team was first
        return
    if work.get("waits") or made.outcome != made.Outcome.WAITING:
        return
    levels = dict.fromkeys(task.criteria.values_list("pk", flat=True), TOP_LEVEL)
    assignments.decide(
        made, "accepted", feedback=work["feedback"], levels=levels, by=team.people["programme"],
        at=min(at + DECIDED_LATER, team.now),
    )  # fmt: skip


def hold_meeting(
    team: DemonstrationTeam, cohort: Cohort, rows: Mapping[str, Enrolment], line: Mapping[str, Any]
) -> list[Act]:
    """A meeting that was held, with its list and notes, or one that is planned."""
    trainer, zone = team.people["programme"], timezone.get_default_timezone()
    held = "ago" in line
    day = team.ago(line["ago"]) if held else team.now + timedelta(days=line["in"])
    starts = datetime.combine(day.astimezone(zone).date(), AFTERNOON, zone)
    planned = min(starts - timedelta(days=7), team.now)
    fields = {
        "title": line["title"], "starts_at": starts, "minutes": line["minutes"], "place": line.get("place", ""),
        "link": line.get("link", ""),
    }  # fmt: skip

    def hold() -> None:
        meeting = meetings.plan_meeting(cohort, fields, by=trainer, at=planned)
        if not held:
            return
        after = starts + timedelta(minutes=line["minutes"])
        present = {row.pk: who in line["present"] for who, row in rows.items()}
        meetings.write_list(meeting, present, by=trainer, at=after)
        meeting.refresh_from_db()
        told = {"notes": line.get("notes", "")}
        meetings.change_meeting(meeting, told, revision=meeting.revision, by=trainer, at=after)

    return [(starts if held else planned, hold)]


def write_topic(team: DemonstrationTeam, cohort: Cohort, line: Mapping[str, Any]) -> list[Act]:
    """A question in the forum and, where the content has one, the answer that solved it."""
    at = team.ago(line["ago"])

    def write() -> None:
        asked = forum.ask(
            cohort, line["title"], line["text"], submission=uuid5(cohort.uid, line["title"]),
            by=team.people[line["by"]], at=at,
        )  # fmt: skip
        if "answer" not in line:
            return
        by, when = team.people[line["answer_by"]], team.ago(line["answer_ago"])
        post = forum.reply(asked, line["answer"], submission=uuid5(asked.uid, "answer"), by=by, at=when)
        forum.mark_answer(asked, post, by=by, at=when)

    return [(at, write)] if line["by"] in team.people else []
