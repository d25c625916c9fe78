"""Z7: a marker planted in every text of unshared rounds is seen by their own people and by nobody else, anywhere."""

import contextlib
import io
import os
import re
import uuid
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from tests.policies.actors import ACTORS, actor_of
from tests.policies.test_matrix import _client_of, target_of
from tests.policies.walk import Route, routes
from tests.policies.world import a_world
from trama.diagnose.rounds import services, team
from trama.foundation.audit.models import Event
from trama.foundation.models import Job
from trama.foundation.policies import ANONYMOUS

pytestmark = pytest.mark.django_db
MARKER = "zanzibarmarcado"
STATES = ("answering", "agreeing", "submitted")
OWNERS = {"network principal", "network principal, group", "network team, views", "network team, edits"}
READ_PUBLIC_PAGES = {"anonymous", "neighbour principal"}  # they never read the session: the same for everyone
FOREIGN = sorted(set(ACTORS) - OWNERS)
# One of each kind of stranger; TRAMA_MARKER_ACTORS=all walks as everybody (about twenty minutes).
WALKED = (
    FOREIGN
    if os.environ.get("TRAMA_MARKER_ACTORS") == "all"
    else [
        "anonymous", "group coordinator", "just revoked", "neighbour principal", "programme admin", "school principal",
        "state principal",
    ]
)  # fmt: skip


class Planted:
    """The world of the matrix, with a marked round of network ``a`` in each state."""

    def __init__(self) -> None:
        self.world = a_world()
        self.coordinator = accounts.a_person()
        self.rounds = [make.a_told_round(self.world.a, MARKER, by=self.coordinator, state=state) for state in STATES]
        first = self.rounds[0]
        self.receipt = services.finish_part(
            first.members.get(user=self.coordinator), submission=uuid.uuid4(), by=self.coordinator, at=timezone.now()
        )

    def addresses(self) -> list[tuple[Route, str, bool]]:
        """Every address of the site: its route, itself, and whether it leads into a marked round."""
        found = []
        for route in routes():
            usual, _ = target_of(route, self.world)
            for arguments, marked in [(usual, False), *((one, True) for one in self._inside(route))]:
                with contextlib.suppress(NoReverseMatch, KeyError):  # the matrix asks the world for every address
                    found.append((route, reverse(route.name, kwargs=arguments), marked))
        search = next(route for route, _, _ in found if route.name == "know:search")
        found.append((search, reverse("know:search") + f"?q={MARKER[:6]}", False))
        return found

    def _inside(self, route: Any) -> list[dict[str, Any]]:
        """Arguments that lead a route into each marked round: its own people, items, evidence and receipts."""
        names = set(re.findall(r"<(?:\w+:)?(\w+)>", route.path))
        questions = "own_question" in route.name and "pk" in names
        if not route.name.startswith("diagnose:") or not (names & {"uid", "number"} or questions):
            return []
        ways: list[dict[str, Any]] = []
        for of in self.rounds:
            evidence = of.items.get(position=1).evidence.order_by("-pk").first()
            pk = evidence.pk if "evidence" in route.name else of.members.order_by("pk").first().pk
            if questions:
                pk = of.items.get(own_question__isnull=False).own_question_id
            known = {"uid": of.uid, "number": self.receipt.number, "position": 1, "pk": pk, "code": "1.1"}
            ways.append({name: known[name] for name in names if name in known})
        return ways


def words_of(answer: Any) -> str:
    """All that an answer carries: its body (also inside spreadsheets and archives) and its headers."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode("utf-8", "replace") + repr(list(answer.headers.items()))
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            text += "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return text


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("name", WALKED)
def test_nobody_else_meets_the_marker_at_any_address(name, media):
    planted = Planted()
    actor = actor_of(name, planted.world)
    client = _client_of(actor)
    client.raise_request_exception = False
    leaks, existing = [], []
    for route, address, marked in planted.addresses():
        if not marked and name not in READ_PUBLIC_PAGES and ANONYMOUS in route.policy.allow:
            continue
        answer = client.get(address)
        if MARKER in words_of(answer):
            leaks.append(address)
        if marked and actor.signed_in and not actor.led_elsewhere:
            # 403 where the actor enters no such page at all, whatever its object; else the object does not exist
            fine = (404, 405) if actor.expects(route.policy, None) else (403, 404, 405)
            if answer.status_code not in fine and not _same_without_a_round(client, address, answer):
                existing.append((route.name, answer.status_code))
    assert leaks == []
    assert existing == [], "a round of others answers 404"


def test_its_own_people_meet_the_marker_and_so_the_walk_would_find_it(media):
    """The negative control: the same walk, by who may."""
    planted = Planted()
    principal = actor_of("network principal", planted.world)
    council = planted.rounds[0].members.exclude(user=planted.coordinator).get().user
    council_client = Client()
    council_client.force_login(council)
    for client, enough in ((_client_of(principal), 12), (council_client, 5)):
        seen = {route.name for route, address, _ in planted.addresses() if MARKER in words_of(client.get(address))}
        assert {"diagnose:rounds", "diagnose:round", "diagnose:round_form"} <= seen
        assert len(seen) >= enough, sorted(seen)


def _same_without_a_round(client: Client, address: str, answer: Any) -> bool:
    """Whether a round that does not exist gives the very same answer: then the address tells nothing of rounds."""
    nowhere = re.sub("[0-9a-f-]{36}", str(uuid.uuid4()), address)
    other = client.get(nowhere)
    return nowhere != address and (other.status_code, words_of(other)) == (answer.status_code, words_of(answer))


def _everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of the phase."""
    return {
        model._meta.label: list(model.objects.order_by("pk").values())
        for model in apps.get_app_config("diagnose").get_models()
    }


@pytest.mark.parametrize("name", WALKED)
def test_nobody_else_changes_a_round(name, media):
    planted = Planted()
    actor = actor_of(name, planted.world)
    client = _client_of(actor)
    client.raise_request_exception = False
    member = planted.rounds[0].members.first()
    data = {
        "title": "tomada", "answers_until": "2099-01-01T23:59", "grace_hours": 0, "revision": 1, "reason": "tomada",
        "submission": str(uuid.uuid4()), "acknowledged": 5, "user": actor.user.pk if actor.user else 1,
        "part": "coordinator", "email": "x@exemplo.org", "language": "pt-br", "member": member.pk, "asked": [1],
    }  # fmt: skip
    addresses = planted.addresses()  # makes what the addresses of the matrix lead to
    before, wrong = _everything(), []
    for route, address, marked in addresses:
        if marked:
            answer = client.post(address, data)
            led = answer.status_code == 302 and ("/login/" in answer.url or actor.led_elsewhere)
            if answer.status_code not in (400, 403, 404, 405) and not led:
                wrong.append((route.name, answer.status_code))
            assert MARKER not in words_of(answer)
    assert wrong == []
    assert _everything() == before


def test_letters_with_the_marker_go_to_its_own_people_only(media, mailoutbox, django_capture_on_commit_callbacks):
    world = a_world()
    coordinator = accounts.person_with("network_team", world.a, tools={"diagnosis": "edit"})
    principal = accounts.person_with("network_principal", world.a)
    answering, agreeing = (
        make.a_told_round(world.a, MARKER, by=coordinator, state=state) for state in ("answering", "agreeing")
    )
    by = {"by": coordinator, "at": timezone.now()}
    teacher = accounts.person_with("teacher", world.school)
    with django_capture_on_commit_callbacks(execute=True):
        team.add_member(answering, teacher, part="respondent", **by)
        team.invite(answering, "fora@exemplo.org", part="respondent", respondent=None, language="en", **by)
        assert team.remind(answering, by=coordinator, at=timezone.now() + timedelta(days=1)) == 2
        services.submit_round(agreeing, submission=uuid.uuid4(), **by)
    own = {principal.email, coordinator.email}
    own |= {member.user.email for of in (answering, agreeing) for member in of.members.all()}
    marked = [letter for letter in mailoutbox if MARKER in letter.subject + letter.body]
    assert {address for letter in marked for address in letter.to} <= own
    assert len(marked) >= 4
    assert [letter.to for letter in mailoutbox if letter not in marked] == [["fora@exemplo.org"]]


def test_neither_the_trail_nor_a_job_holds_the_marker(media):
    planted = Planted()
    for of in planted.rounds:
        if of.state == "submitted":
            services.reopen_round(of, reason=MARKER, by=planted.coordinator, at=timezone.now())
        services.cancel_round(of, reason=MARKER, by=planted.coordinator, at=timezone.now())
    assert Event.objects.count() >= 5
    assert not any(MARKER in f"{event.target_label}{event.detail}" for event in Event.objects.all())
    assert not any(MARKER in f"{job.title}{job.arguments}{job.message}{job.error}" for job in Job.objects.all())
