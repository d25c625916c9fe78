"""Pages of adoptions: from the choice to the end by forms alone, conflicts, foreign adoptions, markers, queries."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests.accounts.factories import a_group, a_network, a_partner, a_school, person_with
from tests.diagnose import factories as diagnose
from tests.plan.factories import NOON, a_version, an_adoption
from trama.accounts.models import User
from trama.diagnose.api import DecidedPriorities, priorities_of
from trama.diagnose.models import CriterionTechnology, Priority, PriorityList
from trama.foundation.panels import panels_of
from trama.plan.adoptions import help_services, services, step_services
from trama.plan.adoptions.selectors import steps_of
from trama.plan.models import Adoption, AdoptionEvidence, AdoptionNote, AdoptionStep, HelpRequest

pytestmark = pytest.mark.django_db
MARKER = "MARCADOR-QUE-SO-A-REDE-LE"


def address(name: str, *args: object) -> str:
    with translation.override("pt-br"):
        return reverse(f"plan:{name}", args=args)


@pytest.fixture
def own(client: Client, director) -> Client:
    client.force_login(director)
    return client


@pytest.fixture
def adoption(network, director):
    return an_adoption(network, by=director, reason=MARKER)


def test_from_the_choice_to_an_open_adoption(own, network):
    version = a_version()
    assert version.title in own.get(address("adoption_new")).content.decode()
    start = address("adoption_new") + f"?tecnologia={version.technology.slug}"
    assert own.get(start).status_code == 200
    role = version.roles.first()
    sent = {
        "uid": str(uuid4()), "reason": "Porque sim", "starts_on": "2026-03-02", "recess_from": "2026-12-20",
        "recess_until": "2027-01-31", "weekends_free": "on", "contexts": ["rural"], "adaptations": "",
        f"name-{role.pk}": "Dona Lia",
    }  # fmt: skip
    preview = own.post(start, sent | {"preview": "1"})
    page = preview.content.decode()
    assert preview.status_code == 200
    assert not Adoption.objects.exists()  # a look, nothing else
    assert 'value="2026-03-06"' in page
    assert 'name="reason" value="Porque sim"' in page
    steps = [step for stage in version.stages.all() for step in stage.steps.all()]
    dates = {f"start-{step.pk}": "2026-03-02" for step in steps} | {f"due-{step.pk}": "2026-03-03" for step in steps}
    wrong = own.post(start, sent | dates | {f"due-{steps[0].pk}": "2026-03-01", "open": "1"})
    assert wrong.status_code == 200
    assert not Adoption.objects.exists()
    for _ in range(2):  # pressed twice
        own.post(start, sent | dates | {"open": "1"})
    made = Adoption.objects.get()
    assert made.network == network
    assert (made.recess_from, made.recess_until, made.reason) == ("12-20", "01-31", "Porque sim")
    assert [person.name for person in made.people.all()] == ["Dona Lia"]
    assert {step.due_on.isoformat() for step in steps_of(made)} == {"2026-03-03"}
    assert own.get(address("adoption", made.uid)).status_code == 200


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"recess_until": ""}, "Give both days of the recess"),
        ({"recess_from": "2026-02-01", "recess_until": "2026-01-31"}, "leaves no time"),
        ({"starts_on": "2026-02-30"}, "valid date"),
        ({"starts_on": "9999-12-31"}, "valid date"),
    ],
)
def test_a_form_that_makes_no_sense_says_so(own, change, problem):
    version = a_version()
    sent = {"uid": str(uuid4()), "starts_on": "2026-03-02", "recess_from": "2026-12-20", "recess_until": "2027-01-31"}
    start = "/en" + address("adoption_new") + f"?versao={version.pk}"
    assert problem in own.post(start, sent | change | {"open": "1"}).content.decode()
    assert not Adoption.objects.exists()


def test_a_step_is_done_with_evidence_on_its_page(own, adoption):
    step = steps_of(adoption)[0]
    page = own.get(address("adoption_step", adoption.uid, step.uid)).content.decode()
    assert "pauta" in page  # its document, at hand
    own.post(
        address("adoption_evidence_new", adoption.uid, step.uid),
        {"title": "Ata", "file": SimpleUploadedFile("ata.pdf", b"%PDF-1.7 conteudo")},
    )
    file = own.get(address("adoption_evidence_file", AdoptionEvidence.objects.get().uid))
    assert b"".join(file.streaming_content) == b"%PDF-1.7 conteudo"
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Content-Disposition"].startswith("attachment")
    refused = own.post(
        address("adoption_evidence_new", adoption.uid, step.uid),
        {"title": "Página", "file": SimpleUploadedFile("a.pdf", b"<html>")},
    )
    assert refused.status_code == 200
    assert AdoptionEvidence.objects.count() == 1
    own.post(address("adoption_step_done", adoption.uid, step.uid), {"revision": step.revision})
    step.refresh_from_db()
    assert step.state == "done"
    own.post(address("adoption_step_again", adoption.uid, step.uid), {"revision": step.revision})
    step.refresh_from_db()
    own.post(address("adoption_step_leave", adoption.uid, step.uid), {"revision": step.revision, "reason": "Não cabe"})
    step.refresh_from_db()
    assert (step.state, step.note) == ("skipped", "Não cabe")


def test_two_editors_of_a_step_the_second_keeps_what_was_typed(own, adoption, director):
    step = steps_of(adoption)[0]
    step_services.set_responsible(step, director, revision=1, by=director, at=NOON)
    answer = own.post(
        address("adoption_step_leave", adoption.uid, step.uid), {"revision": 1, "reason": "Texto que digitei"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Texto que digitei" in page
    assert director.name in page  # how it stands now
    assert AdoptionStep.objects.get(pk=step.pk).state == "todo"


def test_two_editors_of_the_calendar_see_both_versions(own, adoption, director):
    form = {}
    for step in steps_of(adoption):
        form |= {
            f"start-{step.uid}": step.starts_on.isoformat(), f"due-{step.uid}": step.due_on.isoformat(),
            f"revision-{step.uid}": step.revision,
        }  # fmt: skip
    first = steps_of(adoption)[0]
    own.post(address("adoption_calendar", adoption.uid), form | {f"due-{first.uid}": "2026-03-05"})
    answer = own.post("/en" + address("adoption_calendar", adoption.uid), form | {f"due-{first.uid}": "2026-03-04"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "There is now: 2 Mar 2026 – 5 Mar 2026" in page
    assert 'value="2026-03-04"' in page
    first.refresh_from_db()
    assert first.due_on.isoformat() == "2026-03-05"
    knowing = form | {f"due-{first.uid}": "2026-03-04", f"revision-{first.uid}": first.revision}
    own.post(address("adoption_calendar", adoption.uid), knowing)
    first.refresh_from_db()
    assert first.due_on.isoformat() == "2026-03-04"


def test_a_shift_is_shown_before_it_is_saved(own, adoption):
    second = steps_of(adoption)[1]
    page = own.post(
        address("adoption_calendar", adoption.uid), {"step": str(second.uid), "begin": "2026-03-16", "shift": "1"}
    ).content.decode()
    assert page.count("is-moved") == 5
    assert 'value="2026-03-16"' in page
    second.refresh_from_db()
    assert second.starts_on.isoformat() == "2026-03-09"


def test_two_editors_of_the_texts_see_both(own, adoption, director):
    services.change_adoption(
        adoption, {"reason": "Da outra pessoa"}, contexts=[], revision=1, by=director, at=NOON
    )  # fmt: skip
    answer = own.post(address("adoption_texts", adoption.uid), {"revision": 1, "reason": "O meu texto"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Da outra pessoa" in page
    assert "O meu texto" in page
    adoption.refresh_from_db()
    assert adoption.reason == "Da outra pessoa"


def test_pausing_giving_up_reopening_and_finishing_by_forms(own, adoption):
    def move(verb, **sent):
        own.post(address("adoption_move", adoption.uid, verb), sent)
        adoption.refresh_from_db()
        return adoption.state

    assert move("iniciar") == "active"
    assert move("pausar", cause="time") == "active"  # no reason: the form asks again
    assert move("pausar", cause="time", reason="Férias") == "paused"
    assert move("retomar") == "active"
    assert move("desistir", cause="money", reason="Sem verba", named="on") == "given_up"
    assert move("reabrir", reason="Veio verba") == "active"
    assert move("concluir", what_changed="As turmas leem") == "finished"
    assert own.get(address("adoption_move", adoption.uid, "voar")).status_code == 404
    assert own.get(address("adoption_history", adoption.uid)).status_code == 200


def every_address(adoption: Adoption) -> list[str]:
    step = steps_of(adoption)[0]
    with_step = ("", "_done", "_leave", "_again", "_responsible")
    return [
        *(address(f"adoption_step{end}", adoption.uid, step.uid) for end in with_step),
        *(address(name, adoption.uid, step.uid) for name in ("adoption_evidence_new", "adoption_step_note")),
        *(
            address(name, adoption.uid)
            for name in (
                "adoption", "adoption_history", "adoption_note", "adoption_calendar", "adoption_texts",
                "adoption_people", "adoption_indicators", "adoption_version", "adoption_listed", "adoption_remove",
                "adoption_restore", "adoption_help",
            )
        ),
        address("adoption_move", adoption.uid, "iniciar"),
    ]  # fmt: skip


def test_an_adoption_of_others_does_not_exist(client, network, adoption):
    school = a_school(network)
    for person in (
        person_with("network_principal", a_network()),
        person_with("school_principal", school),
        person_with("group_coordinator", a_group(network)),
    ):
        client.force_login(person)
        for where in every_address(adoption):
            for answer in (client.get(where), client.post(where, {"revision": 1})):
                assert answer.status_code in (404, 405), where
                assert MARKER not in answer.content.decode()
        assert MARKER not in client.get(address("adoptions")).content.decode()


def test_the_marker_of_a_network_reaches_neither_partner_nor_programme(client, network, director):
    partner = a_partner()
    version = a_version(organisation=partner)
    adoption = an_adoption(network, version, by=director, reason=MARKER)
    step = steps_of(adoption)[0]
    step_services.write_note(adoption, MARKER, uid=uuid4(), step=step, by=director, at=NOON)
    asked = help_services.ask_help(
        adoption, partner, uid=uuid4(), subject="Pergunta visível", text="Como?", by=director, at=NOON
    )
    for role, where, reads in (("trainer", partner, True), ("programme_admin", None, False)):
        client.force_login(person_with(role, where))
        pages = [client.get(address(name)) for name in ("help_asked", "adoption_funnels", "adoptions")]
        pages.append(client.get(address("adoption_funnel", version.technology.slug)))
        pages.append(client.get(address("help_asked_request", asked.uid)))
        text = "".join(page.content.decode() for page in pages)
        assert MARKER not in text
        assert director.name not in text
        assert ("Pergunta visível" in text) is reads
        assert ("Como?" in text) is reads
        assert client.get(address("adoption", adoption.uid)).status_code in (403, 404)


def test_a_thread_goes_both_ways(client, own, network, director):
    partner = a_partner()
    adoption = an_adoption(network, a_version(organisation=partner), by=director)
    own.post(
        address("adoption_help", adoption.uid),
        {"uid": str(uuid4()), "organisation": partner.pk, "subject": "Dúvida", "text": "Como começar?"},
    )
    asked = HelpRequest.objects.get()
    client.force_login(person_with("trainer", partner, name="Formadora Ana"))
    client.post(address("help_answer", asked.uid), {"uid": str(uuid4()), "text": "Pelo começo."})
    client.force_login(director)
    page = client.get(address("adoption_help_request", adoption.uid, asked.uid)).content.decode()
    assert "Pelo começo." in page
    assert "Formadora Ana" not in page  # the organisation answers
    client.post(address("adoption_help_close", adoption.uid, asked.uid))
    asked.refresh_from_db()
    assert asked.closed_at is not None


def test_who_only_reads_sees_no_form(client, network, adoption):
    client.force_login(person_with("network_team", network, tools={"plan": "view"}))
    page = client.get(address("adoption", adoption.uid)).content.decode()
    assert MARKER in page
    assert 'name="text"' not in page
    assert address("adoption_calendar", adoption.uid) not in page
    assert client.get(address("adoption_calendar", adoption.uid)).status_code == 403


def test_the_panel_of_a_technology_asks_nobody_who_they_are():
    technology = a_version().technology
    shown = "".join(str(panel(None, technology)) for panel in panels_of("technology"))
    assert f"?tecnologia={technology.slug}" in shown


def decided_round(network, director, *technologies: str, decided: int = 2):
    """A submitted round that decided on its first items; the first criterion names technologies."""
    of = diagnose.a_submitted_round(
        network, (1,) * 5, version=diagnose.an_instrument((5,), published=False), by=director
    )
    for n, slug in enumerate(technologies):
        CriterionTechnology.objects.create(criterion=of.items.first().criterion, technology=slug, position=n)
    kept = PriorityList.objects.create(round=of, decided_at=NOON, decided_by=director)
    with diagnose.before_submission(of):
        rows = [Priority.objects.create(list=kept, item=one, position=n)
                for n, one in enumerate(of.items.all()[:decided], start=1)]  # fmt: skip
    return of, rows


def under(of, user) -> list[str]:
    """What the panel says under each priority of a round; nothing where it is not there."""
    request = RequestFactory().get("/")
    request.user = user
    chosen = DecidedPriorities(of, priorities_of(of))
    return "".join(str(panel(request, chosen)) for panel in panels_of("priorities")).split("<h3")[1:]


def test_under_each_priority_stand_its_adoptions_and_what_can_be_opened(network, director):
    version, other, draft = a_version("uma"), a_version("outra"), a_version("rascunho", state="draft")
    of, (first, second) = decided_round(network, director, "outra", "rascunho", "uma", "nenhuma")
    made = an_adoption(network, version, by=director, priority=second)
    one, two = under(of, director)
    open_first = [f"versao={v.pk}&amp;prioridade={first.pk}" for v in (other, version)]
    assert [one.index(text) for text in open_first] == sorted(one.index(text) for text in open_first)
    assert f"versao={draft.pk}&" not in one
    assert str(made.uid) not in one
    assert address("adoption", made.uid) in two
    assert "versao=" not in two


def test_who_may_not_open_sees_adoptions_only_and_others_nothing(network, director):
    version = a_version("uma")
    of, (first, _second) = decided_round(network, director, "uma")
    reader = person_with("network_team", network, tools={"plan": "view"})
    assert under(of, reader) == []
    made = an_adoption(network, version, by=director, priority=first)
    (only,) = under(of, reader)
    assert address("adoption", made.uid) in only
    assert "prioridade=" not in only
    assert under(of, person_with("network_principal", a_network())) == []


def test_the_panel_asks_two_questions_however_many_priorities(network, director):
    def questions(decided: int) -> int:
        of, rows = decided_round(network, director, "uma", decided=decided)
        for row in rows:
            an_adoption(network, by=director, priority=row)
        request = RequestFactory().get("/")
        request.user = User.objects.get(pk=director.pk)
        chosen = DecidedPriorities(of, priorities_of(of))
        with CaptureQueriesContext(connection) as caught:
            for panel in panels_of("priorities"):
                assert panel(request, chosen)
        return sum("plan_" in one["sql"] for one in caught.captured_queries)

    a_version("uma")
    assert questions(1) == questions(5) == 2


def test_the_page_of_an_adoption_asks_the_same_number_of_questions_however_much_hangs_on_it(own, adoption, director):
    def questions(name: str, *args: object) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert own.get(address(name, *args)).status_code == 200
        return len(caught)

    step = steps_of(adoption)[0]
    step_services.write_note(adoption, "Uma", uid=uuid4(), step=step, by=director, at=NOON)
    pages = (("adoptions",), ("adoption", adoption.uid), ("adoption_step", adoption.uid, step.uid))
    for page in pages:
        questions(*page)
    before = [questions(*page) for page in pages]
    for n in range(4):
        step_services.write_note(adoption, f"Nota {n}", uid=uuid4(), step=step, by=director, at=NOON)
        step_services.add_evidence(step, title=f"E{n}", address="https://x.org", by=director, at=NOON)
        services.add_person(adoption, part="Parte", name=f"Pessoa {n}", by=director, at=NOON)
        an_adoption(adoption.network, a_version(), by=director)
    assert [questions(*page) for page in pages] == before
    assert max(before) <= 24
    assert AdoptionNote.objects.count() == 5
