"""Requests for help from before they said whether they were seen and answered: read from their messages."""

from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps

from tests.accounts import factories as accounts
from tests.plan.factories import NOON, a_version, an_adoption
from trama.plan.models import HelpMessage, HelpRequest

MIGRATION = import_module("trama.plan.migrations.0005_help_is_seen_and_answered")
HOUR = timedelta(hours=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("messages", "expected"),  # a message: hours after the question, whether the owner wrote it
    [
        ([], (NOON, None, None)),
        ([(1, True)], (NOON, None, None)),
        ([(1, False), (2, False)], (None, NOON + HOUR, NOON + 2 * HOUR)),
        ([(1, False), (3, True), (4, True)], (NOON + 3 * HOUR, None, None)),
        ([(1, False), (3, True), (5, False)], (None, NOON + 5 * HOUR, NOON + 5 * HOUR)),
    ],
)
def test_what_was_asked_before_says_since_when_it_waits_or_when_it_was_answered(messages, expected):
    partner = accounts.a_partner()
    adoption = an_adoption(version=a_version(organisation=partner))
    asked = HelpRequest.objects.create(
        adoption=adoption, organisation=partner, subject="Dúvida", text="Como?", asked_by=adoption.opened_by,
        asked_at=NOON, waits_since=NOON - HOUR,
    )  # fmt: skip
    for hours, from_owner in messages:
        HelpMessage.objects.create(
            uid=uuid4(), request=asked, from_owner=from_owner, text="…", by=adoption.opened_by, at=NOON + hours * HOUR
        )
    MIGRATION.read_from_messages(apps, None)
    asked.refresh_from_db()
    assert (asked.waits_since, asked.seen_at, asked.answered_at) == expected
