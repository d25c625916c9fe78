"""The funnel: counted by hand, in bands, for whom it is, and the same on paper."""

import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests.accounts.factories import a_network, a_partner, person_with
from tests.plan.factories import NOON, a_version, an_adoption
from trama.plan.adoptions import services, step_services
from trama.plan.adoptions.funnel import Course, adoption_count_band, band_of, funnel_of
from trama.plan.adoptions.funnel_selectors import Filters, courses_of, lines_of, reasons_of, technology_funnel
from trama.plan.adoptions.selectors import steps_of

START = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = timedelta(weeks=1)
STAGES = [("um", "Um"), ("dois", "Dois")]


def test_counts_by_hand():
    """Four courses: one finished, one stopped in the second stage, one in the first, one only opened."""
    courses = [
        Course("finished", START, {"um": START + 2 * WEEK, "dois": START + 5 * WEEK}),
        Course("given_up", START, {"um": START + 4 * WEEK}, "dois", "time"),
        Course("paused", START, {}, "um", "people"),
        Course("planned", None, {}),
    ]
    found = funnel_of(courses, STAGES)
    assert (found.opened, found.started, found.finished, found.paused, found.given_up) == (4, 3, 1, 1, 1)
    first, second = found.stages
    assert (first.done, first.paused, first.given_up) == (2, 1, 0)
    assert (second.done, second.paused, second.given_up) == (1, 0, 1)
    assert first.weeks == pytest.approx([2, 4])
    assert second.weeks == pytest.approx([3])
    assert dict(found.causes) == {"time": 1, "people": 1}


def test_a_median_needs_ten_adoptions():
    courses = [Course("active", START, {"um": START + n * WEEK}) for n in range(1, 10)]
    assert funnel_of(courses, STAGES).stages[0].median_weeks is None
    courses.append(Course("active", START, {"um": START + 10 * WEEK}))
    assert funnel_of(courses, STAGES).stages[0].median_weeks == 6  # 5.5, to the even whole week


def test_bands_of_ten_with_zero_alone():
    assert [band_of(n) for n in (0, 1, 9, 10, 19, 20, 105)] == [
        (0, 0), (1, 9), (1, 9), (10, 19), (10, 19), (20, 29), (100, 109)
    ]  # fmt: skip
    with translation.override("en"):
        assert [adoption_count_band(n) for n in (0, 4, 10)] == ["none", "1 to 9", "10 to 19"]


def going(version, *, done=0, stop=None, named=False, state=26):
    """An adoption that settles some steps, one a week, and then perhaps stops."""
    network = a_network(state)
    by = person_with("network_principal", network)
    adoption = an_adoption(network, version, by=by)
    services.start_adoption(adoption, by=by, at=NOON)
    for n, step in enumerate(steps_of(adoption)[:done], start=1):
        step_services.mark_done(step, revision=step.revision, by=by, at=NOON + n * WEEK)
    if stop is not None:
        verb = {"pause": services.pause_adoption, "give_up": services.give_up_adoption}[stop]
        verb(adoption, cause="time", reason=f"Motivo de {network.pk}", named=named, by=by, at=NOON + 20 * WEEK)
    return adoption


@pytest.mark.django_db
def test_the_database_gives_the_same_courses():
    version = a_version()
    technology = version.technology
    going(version, done=2)
    going(version, done=3, stop="give_up")
    back = going(version, done=1, stop="pause", state=29)
    going(a_version(), done=6)  # of another technology
    courses = {one.state: one for one in courses_of(technology, Filters())}
    assert {state: (one.stopped_in, sorted(one.done_at)) for state, one in courses.items()} == {
        "paused": ("etapa-1", []), "active": ("", ["etapa-1"]), "given_up": ("etapa-2", ["etapa-1"])
    }  # fmt: skip
    found = technology_funnel(technology, Filters())
    assert [(stage.slug, stage.done, stage.given_up, stage.paused) for stage in found.stages] == [
        ("etapa-1", 2, 0, 1), ("etapa-2", 0, 1, 0), ("etapa-3", 0, 0, 0)
    ]  # fmt: skip
    assert found.stages[0].weeks == pytest.approx([2, 2])
    assert technology_funnel(technology, Filters(state=29)).opened == 1
    assert technology_funnel(technology, Filters(year=2025)).opened == 0
    services.resume_adoption(back, by=back.opened_by, at=NOON + 30 * WEEK)
    assert technology_funnel(technology, Filters()).stages[0].paused == 0  # it goes on: it stopped nowhere


@pytest.mark.django_db
def test_reasons_of_few_are_told_only_where_agreed():
    version = a_version()
    quiet, agreed = going(version, stop="give_up"), going(version, stop="pause", named=True)
    told = reasons_of(version.technology, Filters())
    assert [(one.text, one.owner) for one in told] == [(f"Motivo de {agreed.network_id}", str(agreed.network))]
    for _ in range(8):
        going(version)
    told = {one.text: one.owner for one in reasons_of(version.technology, Filters())}
    assert told == {f"Motivo de {quiet.network_id}": "", f"Motivo de {agreed.network_id}": str(agreed.network)}


def address(name: str, *args: object) -> str:
    with translation.override("pt-br"):
        return reverse(f"plan:{name}", args=args)


@pytest.mark.django_db
def test_the_programme_sees_every_funnel_and_a_partner_its_own(client):
    partner = a_partner()
    own, other = a_version(organisation=partner), a_version(organisation=a_partner())
    going(own, stop="give_up")
    for role, where, sees in (
        ("trainer", partner, [200, 404]), ("programme_admin", None, [200, 200]), ("programme_team", None, [200, 200])
    ):  # fmt: skip
        client.force_login(person_with(role, where))
        for name in ("adoption_funnel", "adoption_funnel_file"):
            assert [client.get(address(name, v.technology.slug)).status_code for v in (own, other)] == sees
    for role in ("network_principal", "teacher"):
        client.force_login(person_with(role))
        assert client.get(address("adoption_funnels")).status_code == 403
        assert client.get(address("adoption_funnel", own.technology.slug)).status_code == 403


@pytest.mark.django_db
def test_no_network_is_named_and_no_small_count_shown(client: Client):
    version = a_version()
    adoptions = [going(version, done=n % 3, stop="give_up" if n == 1 else None) for n in range(3)]
    client.force_login(person_with("programme_admin"))
    page = client.get("/en" + address("adoption_funnel", version.technology.slug)).content.decode()
    assert "1 to 9" in page
    for adoption in adoptions:
        assert adoption.network.name not in page
        assert str(adoption.network_id) not in page


@pytest.mark.django_db
def test_the_spreadsheet_says_what_the_page_says(client: Client):
    version = a_version()
    going(version, done=2, stop="give_up", named=True)
    client.force_login(person_with("programme_admin"))
    answer = client.get("/en" + address("adoption_funnel_file", version.technology.slug))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    with translation.override("en"):
        lines = lines_of(technology_funnel(version.technology, Filters()))
    rows = [tuple(cell or "" for cell in row) for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
    assert rows == [(one.label, one.reached, one.paused, one.given_up, one.weeks) for one in lines]
    page = client.get("/en" + address("adoption_funnel", version.technology.slug)).content.decode()
    assert all(one.label in page and one.reached in page for one in lines)
    assert book.worksheets[2]["D2"].value.startswith("Motivo de ")


@pytest.mark.django_db
def test_a_funnel_asks_the_same_number_of_questions_for_one_adoption_and_for_eight(client: Client):
    version = a_version()
    client.force_login(person_with("programme_admin"))

    def questions() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address("adoption_funnel", version.technology.slug)).status_code == 200
        return len(caught)

    going(version, done=1, stop="pause", named=True)
    questions()
    first = questions()
    for _ in range(7):
        going(version, done=3, stop="give_up", named=True)
    assert questions() == first <= 22
