"""The world of ``training.py``: the shipped courses, a cohort of one of them, and people who learn in it.

Everybody has a session, a quiz that runs in each module, and a launch of a package of a small course; the first has
opened lessons and handed in a piece of work as well. Each also stands for a program with a token of the store.
"""

import base64
import json
import secrets
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

COURSE = "education-in-emergencies"
LEARNERS = 64
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in with a password here


def make_world(file: str) -> None:
    """Write the world; tell in ``file`` what the clients need of it."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction
    from django.test import override_settings
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    call_command("content", "load", verbosity=0)
    with override_settings(PASSWORD_HASHERS=QUICK), transaction.atomic():
        made = _people(timezone.now())
    Path(file).write_text(json.dumps(made))


def _people(now: Any) -> dict[str, Any]:
    from tests.accounts import factories as accounts
    from tests.learn.packages.world import a_class_with
    from tests.learn.progress.world import a_cohort, an_enrolment
    from trama.learn.courses.selectors import parts_in_order
    from trama.learn.models import CourseVersion, Quiz

    version = CourseVersion.objects.get(course__slug=COURSE, state="published")
    lessons = [part.slug for part in parts_in_order(version) if part.kind == "lesson"]
    quizzes = list(Quiz.objects.filter(module__version=version).prefetch_related("questions__options"))
    dates = {"starts_on": now.date() - timedelta(days=20), "ends_on": now.date() + timedelta(days=60)}
    cohort = a_cohort(version, **dates)
    running, package = a_class_with()
    learners = []
    for number in range(LEARNERS):
        person = accounts.a_person(name=f"Pessoa {number}")
        enrolment = an_enrolment(cohort, person)
        if not number:
            _way(enrolment, version, person, now)
        learners.append(
            {
                "session": _session(person),
                "answers": [one for quiz in quizzes for one in _attempt(enrolment, quiz, person, now)],
                **_launch(an_enrolment(running.cohort, person), package, person, now),
                "token": _token(number, now),
            }
        )
    return {"course": COURSE, "lesson": lessons[2], "learners": learners}


def _session(person: Any) -> str:
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _way(enrolment: Any, version: Any, person: Any, now: Any) -> None:
    """What a learner in the middle of the course has done."""
    from trama.learn.assignments.services import hand_in
    from trama.learn.models import Assignment, Lesson
    from trama.learn.progress.services import record_visit

    for lesson in Lesson.objects.filter(module__version=version).order_by("module__position", "position")[:4]:
        record_visit(enrolment, lesson, by=person, at=now)
    task = Assignment.objects.filter(module__version=version, who="each").order_by("module__position").first()
    if task is not None:
        hand_in(enrolment, task, "A régua do rio em 3 m.", submission=uuid.uuid4(), base=0, by=person, at=now)


def _attempt(enrolment: Any, quiz: Any, person: Any, now: Any) -> list[list[str]]:
    """An attempt begun: for each of its questions the address that takes the answer, and a form without its id."""
    from trama.learn.progress.selectors import asked_in
    from trama.learn.progress.services import start_attempt

    attempt = start_attempt(enrolment, quiz, by=person, at=now)
    return [
        [f"/aprender/tentativas/{attempt.uid}/perguntas/{one.question.pk}/", _form(one.question, one.options)]
        for one in asked_in(attempt)
    ]


def _form(question: Any, options: list[Any]) -> str:
    """Something that can be read as an answer, right or wrong."""
    keys = [one.pk for one in options]
    if question.kind == "match":
        return "&".join(f"given-{key}={key}" for key in keys)
    if question.kind == "order":
        return "&".join(f"given-{key}={place}" for place, key in enumerate(keys, start=1))
    return f"given={keys[0] if keys else 3}"


def _launch(enrolment: Any, package: Any, person: Any, now: Any) -> dict[str, str]:
    from trama.learn.packages.selectors import runnable
    from trama.learn.packages.services import open_package

    launch = open_package(enrolment, package, by=person, at=now)
    return {"launch": f"/aprender/aberturas/{launch.uid}/", "item": runnable(package.file)[0]["id"]}


def _token(number: int, now: Any) -> str:
    from trama.learn.statements.tokens import make_client

    made = make_client(f"Program {number}", ["all"], kind="program", created_by=None, created_at=now)
    return base64.b64encode(f"{made.key}:{made.secret}".encode()).decode()


def a_commit(item: str, number: int) -> str:
    """What a package of SCORM 1.2 says at a page of its own, as the browser sends it."""
    data = {
        "core": {"lesson_location": str(number), "lesson_status": "incomplete", "session_time": "0000:00:30"},
        "suspend_data": secrets.token_hex(200),
    }
    return json.dumps({"item": item, "number": number, "data": data})
