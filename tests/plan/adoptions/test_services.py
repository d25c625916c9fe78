"""Verbs on adoptions: who may, what they leave, the states as a machine, versions, two editors."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.accounts.factories import a_group, a_network, a_partner, a_person, a_school, person_with, the_programme
from tests.diagnose import factories as diagnose
from tests.plan.factories import NOON, a_mapping, a_version, an_adoption
from trama.diagnose.models import Priority, PriorityList
from trama.foundation.audit.models import Event
from trama.plan.adoptions import help_services, services, step_services
from trama.plan.adoptions.calendar import Span
from trama.plan.adoptions.errors import (
    AdoptionError,
    AlreadyOpened,
    EvidenceRefused,
    MeasureOfThatDay,
    NobodyToAsk,
    PersonOutside,
    PriorityOfOthers,
    ReasonMissing,
    RequestClosed,
    ResultMissing,
    StaleAdoption,
    StaleStep,
    VersionNotOffered,
    WrongDates,
    WrongState,
)
from trama.plan.adoptions.help_selectors import requests_asked_of
from trama.plan.adoptions.selectors import (
    adoptions_of,
    adoptions_visible_to,
    due_steps,
    indicators_of,
    listed_adopters,
    move_to,
    newer_versions,
    standing_of,
    steps_of,
)
from trama.plan.models import Adoption, AdoptionChange, AdoptionStep

pytestmark = pytest.mark.django_db
GIVE_UP = {"cause": "time", "reason": "Faltou tempo."}


@pytest.fixture
def adoption(network, director):
    return an_adoption(network, by=director)


def first_step(adoption: Adoption) -> AdoptionStep:
    return steps_of(adoption)[0]


# --- opening ---------------------------------------------------------------------------------------------------------


def test_every_step_of_the_version_gets_its_dates(adoption):
    """Three stages of two weeks from Monday 2 March 2026, two steps of five days in each."""
    dates = [(step.starts_on.isoformat(), step.due_on.isoformat()) for step in steps_of(adoption)]
    assert dates == [
        ("2026-03-02", "2026-03-06"), ("2026-03-09", "2026-03-11"),  # days 5 to 9 of the stage: Sat 7 to Wed 11
        ("2026-03-16", "2026-03-20"), ("2026-03-23", "2026-03-25"),
        ("2026-03-30", "2026-04-03"), ("2026-04-06", "2026-04-08"),
    ]  # fmt: skip
    assert adoption.state == "planned"
    assert Event.objects.filter(verb="adoption opened", target_id=str(adoption.pk)).exists()


@pytest.mark.parametrize("make", [a_network, a_school, a_group])
def test_a_network_a_school_and_a_group_can_adopt(make):
    owner = make()
    role = {a_network: "network_principal", a_school: "school_principal", a_group: "group_coordinator"}[make]
    person = person_with(role, owner)
    made = an_adoption(owner, by=person)
    assert made.scope == owner
    assert list(adoptions_visible_to(person)) == [made]


def test_who_only_reads_or_belongs_elsewhere_opens_nothing(network):
    for person in (
        person_with("network_team", network, tools={"plan": "view"}),
        person_with("network_principal", a_network()),
        person_with("school_principal", a_school(network)),
        person_with("trainer"),
        person_with("programme_admin"),
        a_person(),
    ):
        with pytest.raises(PermissionDenied):
            an_adoption(network, by=person)
    assert not Adoption.objects.exists()
    an_adoption(network, by=person_with("network_team", network, tools={"plan": "edit"}))


def test_what_a_school_keeps_is_not_its_networks(network, director):
    school = a_school(network)
    theirs = an_adoption(school, by=person_with("school_principal", school))
    assert not adoptions_visible_to(director).filter(pk=theirs.pk).exists()
    with pytest.raises(PermissionDenied):
        services.start_adoption(theirs, by=director, at=NOON)


@pytest.mark.parametrize("state", ["draft", "in_review", "retired"])
def test_only_what_is_published_or_in_pilot_can_be_adopted(network, director, state):
    with pytest.raises(VersionNotOffered):
        an_adoption(network, a_version(state=state), by=director)
    assert an_adoption(network, a_version(state="pilot"), by=director).pk


def test_a_form_sent_twice_opens_once_and_another_content_is_refused(network, director):
    uid, version = uuid4(), a_version()
    first = an_adoption(network, version, by=director, uid=uid)
    assert an_adoption(network, version, by=director, uid=uid).pk == first.pk
    assert Adoption.objects.count() == 1
    with pytest.raises(AlreadyOpened):
        an_adoption(network, a_version(), by=director, uid=uid)


def test_given_dates_must_cover_every_step_and_run_forward(network, director):
    version = a_version()
    keys = [step.pk for stage in version.stages.all() for step in stage.steps.all()]
    day = date(2026, 5, 4)
    for dates in (
        {keys[0]: Span(day, day)},
        {key: Span(day, day - timedelta(days=1)) for key in keys},
    ):
        with pytest.raises(WrongDates):
            an_adoption(network, version, by=director, dates=dates)
    made = an_adoption(network, version, by=director, dates={key: Span(day, day) for key in keys})
    assert {step.due_on for step in steps_of(made)} == {day}


def a_priority(network, **fields):
    of = diagnose.a_submitted_round(network, **fields)
    with diagnose.before_submission(of):
        kept, _ = PriorityList.objects.get_or_create(round=of)
        return Priority.objects.create(list=kept, item=of.items.first(), position=1)


def test_it_answers_a_priority_of_its_owner_only(network, director):
    ours, theirs = a_priority(network, by=director), a_priority(a_network())
    assert an_adoption(network, by=director, priority=ours).priority == ours
    with pytest.raises(PriorityOfOthers):
        an_adoption(network, by=director, priority=theirs)


def test_people_of_the_team_or_written_names_take_parts(network, director):
    version = a_version()
    role = version.roles.first()
    made = an_adoption(
        network, version, by=director, people=[{"role": role, "user": director}, {"role": role, "name": "Dona Lia"}]
    )
    assert [(person.called, person.does) for person in made.people.all()] == [
        (director.name, role.name),
        ("Dona Lia", role.name),
    ]
    with pytest.raises(PersonOutside):
        services.add_person(made, part="Outra", user=a_person(), by=director, at=NOON)


# --- states ----------------------------------------------------------------------------------------------------------


def test_stopping_wants_a_reason_and_finishing_a_result(adoption, director):
    services.start_adoption(adoption, by=director, at=NOON)
    for given in ({"cause": "time", "reason": " "}, {"cause": "", "reason": "x"}):
        with pytest.raises(ReasonMissing):
            services.give_up_adoption(adoption, **given, by=director, at=NOON)
    with pytest.raises(ResultMissing):
        services.finish_adoption(adoption, what_changed="  ", by=director, at=NOON)
    done = services.finish_adoption(adoption, what_changed="Todas leem.", by=director, at=NOON)
    assert (done.state, done.ended_at, done.what_changed) == ("finished", NOON, "Todas leem.")


def test_the_owner_is_named_only_by_who_answers_for_it(network, adoption):
    team = person_with("network_team", network, tools={"plan": "edit"})
    with pytest.raises(PermissionDenied):
        services.set_listed(adoption, True, by=team, at=NOON)
    with pytest.raises(PermissionDenied):
        services.give_up_adoption(adoption, **GIVE_UP, named=True, by=team, at=NOON)
    assert services.give_up_adoption(adoption, **GIVE_UP, by=team, at=NOON).state == "given_up"


def test_the_stage_where_it_stopped_is_kept(adoption, director):
    services.start_adoption(adoption, by=director, at=NOON)
    for step in steps_of(adoption)[:2]:
        step_services.mark_done(step, revision=step.revision, by=director, at=NOON)
    services.pause_adoption(adoption, **GIVE_UP, by=director, at=NOON)
    assert AdoptionChange.objects.get(kind="paused").stage.slug == "etapa-2"


def test_names_are_shown_only_while_agreed_and_going_on(adoption, director):
    technology = adoption.version.technology
    services.set_listed(adoption, True, by=director, at=NOON)
    assert listed_adopters(technology) == []  # planned: nothing is carried out yet
    services.start_adoption(adoption, by=director, at=NOON)
    assert listed_adopters(technology) == [adoption.scope]
    services.set_listed(adoption, False, by=director, at=NOON)
    assert listed_adopters(technology) == []
    services.set_listed(adoption, True, by=director, at=NOON)
    now = Adoption.objects.get(pk=adoption.pk)
    services.remove_adoption(now, revision=now.revision, by=director, at=NOON)
    services.restore_adoption(now, by=director, at=NOON)
    assert listed_adopters(technology) == []  # put back, but not named again by itself


def test_a_removed_adoption_is_seen_by_nobody_and_can_be_put_back(adoption, director):
    with pytest.raises(StaleAdoption):
        services.remove_adoption(adoption, revision=9, by=director, at=NOON)
    services.remove_adoption(adoption, revision=1, by=director, at=NOON)
    assert not adoptions_visible_to(director).exists()
    assert not adoptions_of(adoption.scope).exists()
    with pytest.raises(WrongState):
        services.start_adoption(adoption, by=director, at=NOON)
    services.restore_adoption(adoption, by=director, at=NOON)
    assert adoptions_visible_to(director).get() == adoption


class States(RuleBasedStateMachine):
    """Random histories of moves and steps against the table of states written by hand."""

    ALLOWED = {
        "planned": {"start": "active", "give_up": "given_up"},
        "active": {"pause": "paused", "finish": "finished", "give_up": "given_up"},
        "paused": {"resume": "active", "give_up": "given_up"},
        "finished": {"reopen": "active"},
        "given_up": {"reopen": "active"},
    }

    def __init__(self) -> None:
        super().__init__()
        network = a_network()
        self.by = person_with("network_principal", network)
        self.adoption = an_adoption(network, by=self.by)
        self.state, self.settled, self.at = "planned", {}, NOON

    def later(self):
        self.at += timedelta(hours=5)
        return {"by": self.by, "at": self.at}

    @rule(verb=st.sampled_from(["start", "pause", "resume", "finish", "give_up", "reopen"]))
    def move(self, verb):
        run = {
            "start": lambda: services.start_adoption(self.adoption, **self.later()),
            "pause": lambda: services.pause_adoption(self.adoption, **GIVE_UP, **self.later()),
            "resume": lambda: services.resume_adoption(self.adoption, **self.later()),
            "finish": lambda: services.finish_adoption(self.adoption, what_changed="Mudou.", **self.later()),
            "give_up": lambda: services.give_up_adoption(self.adoption, **GIVE_UP, **self.later()),
            "reopen": lambda: services.reopen_adoption(self.adoption, reason="De novo.", **self.later()),
        }[verb]
        target = self.ALLOWED[self.state].get(verb)
        if target is None:
            with pytest.raises(WrongState):
                run()
        else:
            run()
            self.state = target

    @rule(place=st.integers(0, 5), verb=st.sampled_from(["done", "skipped", "todo"]), stale=st.booleans())
    def settle(self, place, verb, stale):
        step = steps_of(self.adoption)[place]
        seen = {"revision": step.revision - stale, **self.later()}
        run = {
            "done": lambda: step_services.mark_done(step, **seen),
            "skipped": lambda: step_services.leave_out(step, reason="Não cabe.", **seen),
            "todo": lambda: step_services.take_up_again(step, **seen),
        }[verb]
        before = self.settled.get(place, "todo")
        if self.state not in ("planned", "active"):
            with pytest.raises(WrongState):
                run()
        elif stale or (before == "todo") == (verb == "todo"):
            with pytest.raises(StaleStep):
                run()
        else:
            run()
            self.settled[place] = verb
            if verb != "todo":
                self.state = "active"

    @precondition(lambda self: self.state in ("planned", "active", "paused"))
    @rule(days=st.integers(0, 60))
    def reschedule(self, days):
        step = steps_of(self.adoption)[-1]
        span = Span(step.starts_on, step.starts_on + timedelta(days=days))
        step_services.change_dates(self.adoption, {step.uid: (span, step.revision)}, **self.later())

    @invariant()
    def kept_as_the_model_says(self):
        now = Adoption.objects.get(pk=self.adoption.pk)
        assert now.state == self.state
        assert (now.ended_at is not None) == (self.state in ("finished", "given_up"))
        states = {place: step.state for place, step in enumerate(steps_of(now)) if step.state != "todo"}
        assert states == {place: state for place, state in self.settled.items() if state != "todo"}


class TestStates(HypothesisCase, States.TestCase):
    settings = settings(
        max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )


# --- steps -----------------------------------------------------------------------------------------------------------


def test_the_first_settled_step_starts_a_planned_adoption(adoption, director):
    step_services.mark_done(first_step(adoption), revision=1, by=director, at=NOON)
    adoption.refresh_from_db()
    assert adoption.state == "active"
    standing = standing_of(adoption, NOON)
    assert (standing.n_settled, standing.n_steps, standing.present.stage.slug) == (1, 6, "etapa-1")


def test_the_second_of_two_editors_of_a_step_is_told(adoption, director):
    mine, theirs = first_step(adoption), first_step(adoption)
    step_services.mark_done(mine, revision=mine.revision, by=director, at=NOON)
    with pytest.raises(StaleStep):
        step_services.leave_out(theirs, reason="Não cabe.", revision=theirs.revision, by=director, at=NOON)
    assert first_step(adoption).state == "done"


def test_dates_are_changed_all_or_none(adoption, director):
    one, two = steps_of(adoption)[:2]
    day = date(2026, 4, 1)
    step_services.change_dates(adoption, {one.uid: (Span(day, day), one.revision)}, by=director, at=NOON)
    later = date(2026, 5, 1)
    stale = {one.uid: (Span(later, later), one.revision), two.uid: (Span(later, later), two.revision)}
    with pytest.raises(StaleStep) as problem:
        step_services.change_dates(adoption, stale, by=director, at=NOON)
    assert [step.uid for step in problem.value.steps] == [one.uid]
    assert problem.value.steps[0].starts_on == day  # what is there now, to be shown beside
    two.refresh_from_db()
    assert two.starts_on != later
    assert AdoptionChange.objects.filter(kind="rescheduled").count() == 1


def test_due_steps_are_those_to_do_of_open_adoptions(network, adoption, director):
    until = date(2026, 3, 11)
    assert [step.step.slug for step in due_steps(network, until)] == ["passo-1-1", "passo-1-2"]
    step_services.mark_done(first_step(adoption), revision=1, by=director, at=NOON)
    assert [step.step.slug for step in due_steps(network, until)] == ["passo-1-2"]
    assert list(due_steps(a_network(), until)) == []
    services.pause_adoption(adoption, **GIVE_UP, by=director, at=NOON)
    assert list(due_steps(network, until)) == []


def test_evidence_is_a_web_address_or_an_accepted_file(adoption, director):
    step = first_step(adoption)
    for refused in (
        {"address": "javascript:alert(1)"},
        {"file": ContentFile(b"<html><script>", name="a.pdf")},
        {"file": ContentFile(b"MZ", name="a.exe")},
    ):
        with pytest.raises(EvidenceRefused):
            step_services.add_evidence(step, title="Ata", **refused, by=director, at=NOON)
    kept = step_services.add_evidence(
        step, title="Ata", file=ContentFile(b"%PDF-1.7 ata", name="../ata final.pdf"), by=director, at=NOON
    )
    assert (kept.file_name, kept.media_type) == ("ata final.pdf", "application/pdf")
    assert "ata" not in kept.file.name
    step_services.remove_evidence(kept, by=director, at=NOON)
    kept.refresh_from_db()
    assert kept.removed_at == NOON


def test_one_value_per_indicator_and_day(adoption, director):
    indicator = adoption.version.indicators.first()
    day = {"measured_on": date(2026, 3, 10), "by": director, "at": NOON}
    kept = step_services.record_value(adoption, indicator, value=Decimal("40"), **day)
    assert step_services.record_value(adoption, indicator, value=Decimal("40"), **day).pk == kept.pk
    with pytest.raises(MeasureOfThatDay):
        step_services.record_value(adoption, indicator, value=Decimal("50"), **day)
    step_services.remove_value(kept, by=director, at=NOON)
    step_services.record_value(adoption, indicator, value=Decimal("50"), **day)
    assert [measure.value for measure in indicators_of(adoption)[0].measures] == [Decimal("50")]
    with pytest.raises(AdoptionError):
        step_services.record_value(adoption, a_version().indicators.first(), value=Decimal("1"), **day)


def test_the_second_of_two_editors_of_the_texts_gets_a_conflict(adoption, director):
    texts = {"reason": "Um", "adaptations": "", "what_changed": ""}
    services.change_adoption(adoption, texts, contexts=["rural"], revision=1, by=director, at=NOON)
    with pytest.raises(StaleAdoption):
        services.change_adoption(
            adoption, {**texts, "reason": "Dois"}, contexts=[], revision=1, by=director, at=NOON
        )  # fmt: skip
    adoption.refresh_from_db()
    assert adoption.reason == "Um"
    assert [one.context for one in adoption.contexts.all()] == ["rural"]
    assert set(AdoptionChange.objects.filter(kind="changed").values_list("field", flat=True)) == {"reason", "contexts"}


# --- versions --------------------------------------------------------------------------------------------------------


def newer(adoption: Adoption, **changes):
    """A second version: stage 2 loses its second step, stage 3 takes it, and stage 1 gets a new step."""
    data = a_mapping("Novo", **changes)
    stages = data["stages"]
    wandered = stages[1]["steps"].pop(1)
    stages[2]["steps"].insert(0, wandered)
    stages[2]["steps"].pop()  # passo-3-2 is gone
    stages[0]["steps"].append({**stages[0]["steps"][0], "slug": "passo-novo", "instruments": []})
    return a_version(adoption.version.technology.slug, label="2.0", state="pilot", data=data)


def test_a_newer_version_keeps_steps_by_slug_with_what_hangs_on_them(adoption, director):
    steps = {step.step.slug: step for step in steps_of(adoption)}
    step_services.mark_done(steps["passo-1-1"], revision=1, by=director, at=NOON)
    step_services.mark_done(steps["passo-3-2"], revision=1, by=director, at=NOON)
    step_services.add_evidence(steps["passo-2-2"], title="Ata", address="https://x.org", by=director, at=NOON)
    version = newer(adoption)
    assert newer_versions(adoption) == [version]
    plan = move_to(adoption, version)
    assert [step.slug for step in plan.added] == ["passo-novo"]
    assert [one.step.slug for one in plan.dropped] == ["passo-3-2"]
    now = Adoption.objects.get(pk=adoption.pk)
    services.move_to_version(adoption, version, revision=now.revision, by=director, at=NOON)
    after = {step.step.slug: step for step in steps_of(adoption)}
    assert list(after) == ["passo-1-1", "passo-1-2", "passo-novo", "passo-2-1", "passo-2-2", "passo-3-1"]
    assert after["passo-1-1"].state == "done"
    assert after["passo-1-1"].pk == steps["passo-1-1"].pk
    assert after["passo-2-2"].evidence.count() == 1
    assert after["passo-2-2"].step.stage.slug == "etapa-3"
    assert after["passo-novo"].starts_on == date(2026, 3, 12)  # the day after the step before it
    assert AdoptionStep.objects.get(step__slug="passo-3-2").dropped_at == NOON
    with pytest.raises(VersionNotOffered):
        services.move_to_version(adoption, version, revision=now.revision + 1, by=director, at=NOON)


def test_one_does_not_move_back_nor_to_another_technology_nor_over_a_change(adoption, director):
    version = newer(adoption)
    with pytest.raises(StaleAdoption):
        services.move_to_version(adoption, version, revision=99, by=director, at=NOON)
    with pytest.raises(VersionNotOffered):
        services.move_to_version(adoption, a_version(), revision=1, by=director, at=NOON)
    old = adoption.version
    services.move_to_version(adoption, version, revision=1, by=director, at=NOON)
    with pytest.raises(VersionNotOffered):
        services.move_to_version(adoption, old, revision=2, by=director, at=NOON)


# --- help ------------------------------------------------------------------------------------------------------------


def test_only_who_was_asked_sees_and_answers_a_request(network, director):
    partner, other = a_partner(), a_partner()
    adoption = an_adoption(network, a_version(organisation=partner), by=director)
    given = {"uid": uuid4(), "subject": "Dúvida", "text": "Como formar o grupo?", "by": director, "at": NOON}
    with pytest.raises(NobodyToAsk):
        help_services.ask_help(adoption, other, **given)
    made = help_services.ask_help(adoption, partner, **given)
    assert help_services.ask_help(adoption, partner, **given).pk == made.pk
    trainer, stranger = person_with("trainer", partner), person_with("trainer", other)
    programme = person_with("programme_admin", the_programme())
    assert list(requests_asked_of(trainer)) == [made]
    assert list(requests_asked_of(stranger)) == list(requests_asked_of(programme)) == []
    told = {"uid": uuid4(), "text": "Assim.", "from_owner": False, "at": NOON}
    for person in (stranger, programme, director):
        with pytest.raises(PermissionDenied):
            help_services.answer_help(made, **told, by=person)
    help_services.answer_help(made, **told, by=trainer)
    help_services.answer_help(made, **told, by=trainer)
    assert made.messages.count() == 1
    assert not adoptions_visible_to(trainer).exists()
    help_services.close_help(made, from_owner=True, by=director, at=NOON)
    with pytest.raises(RequestClosed):
        help_services.answer_help(made, **{**told, "uid": uuid4()}, by=trainer)


# --- what may never be false -----------------------------------------------------------------------------------------


def test_the_database_keeps_what_may_never_be_false(adoption):
    step = first_step(adoption)
    for change in (
        {"state": "done", "done_at": None},
        {"state": "skipped", "done_at": NOON, "note": ""},
        {"due_on": date(2020, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            AdoptionStep.objects.filter(pk=step.pk).update(**change)
    for change in ({"state": "finished"}, {"state": "given_up", "ended_at": NOON}, {"recess_until": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Adoption.objects.filter(pk=adoption.pk).update(**change)
