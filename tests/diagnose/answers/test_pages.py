"""The pages of answering and agreeing: who sees what, what a plain form saves, what each page costs."""

import io
import json
import re
import uuid
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.diagnose import factories as make
from tests.diagnose.answers.test_saving import a_save, agreeing
from tests.know import factories as know
from trama.diagnose.answers.official import Beside, Run, figures_beside, run_of, suggested_level
from trama.diagnose.answers.presentation import person_mark
from trama.diagnose.models import Agreement, Answer, CriterionIndicator, Evidence, Round, RoundMember, Submission

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_elsewhere(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def of() -> Round:
    from django.utils import timezone

    return make.a_round(answers_until=timezone.now() + timedelta(days=3))


@pytest.fixture
def member(of: Round) -> RoundMember:
    return make.a_member(of)


@pytest.fixture
def client(member: RoundMember) -> Client:
    return signed_in(member.user)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(name: str, of: Round, *arguments: Any) -> str:
    return reverse(f"diagnose:{name}", args=[of.uid, *arguments])


def sent(client: Client, name: str, of: Round, body: Any) -> Any:
    raw = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(page(name, of), raw, content_type="application/json")


def test_a_member_sees_what_is_asked_and_a_stranger_sees_nothing(client, of):
    assert client.get(page("answer", of)).status_code == 200
    stranger = signed_in(make.a_round().opened_by)
    for name, arguments in (
        ("answer", ()), ("answer_area", ("1.1",)), ("agree", ()), ("agree_item", (1,)), ("answer_session", ()),
    ):  # fmt: skip
        assert stranger.get(page(name, of, *arguments)).status_code == 404
    for name in ("save_answer", "save_answers", "check_answers"):
        body = {"saves": [], "ids": [], **a_save(of.items.first(), level=3)}
        assert sent(stranger, name, of, body).status_code == 404
        assert sent(Client(), name, of, body).status_code == 302
    assert Submission.objects.count() == 0


def test_one_save_is_told_with_its_status(client, of, member):
    item = of.items.first()
    save = a_save(item, level=3)
    first = sent(client, "save_answer", of, save)
    again = sent(client, "save_answer", of, save)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["receipt"] == again.json()["receipt"]
    clash = sent(client, "save_answer", of, save | {"level": 1})
    assert clash.status_code == 409
    assert (clash.json()["conflict"]["level"], clash.json()["clash"]["level"]) == (1, 3)
    other = sent(client, "save_answer", of, a_save(item, level=2))
    assert other.status_code == 409
    assert other.json()["conflict"]["fields"] == ["level"]
    assert other.json()["now"] == {"level": 3, "text": "", "revision": 1}
    assert sent(client, "save_answer", of, {"id": "x"}).status_code == 400
    RoundMember.objects.filter(pk=member.pk).update(removed_at=make.NOON)
    refused = sent(client, "save_answer", of, a_save(item, level=2, base=1))
    assert (refused.status_code, refused.json()["code"]) == (422, "removed from the round")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400), ("{", 400), ("[" * 100_000, 400), ("null", 400), (b"\xff\xfe", 400), ('{"saves": 3}', 400),
        ('{"saves": [NaN]}', 400), ('{"saves": []}', 200), ('{"saves": [1, null, [], {}]}', 200),
        ('{"saves": [' + ",".join(["1"] * 51) + "]}", 413), (" " * (1024 * 1024 + 1), 413),
        (" " * (3 * 1024 * 1024), 413), ('{"saves": [{"base": ' + "9" * 5000 + "}]}", 400),
    ],
)  # fmt: skip
def test_a_body_that_is_not_one_is_refused_with_a_message(client, of, body, status):
    answer = sent(client, "save_answers", of, body)
    assert answer.status_code == status
    if status != 200:
        assert answer.json()["message"]


def test_several_saves_are_told_one_by_one(client, of):
    items = list(of.items.all())
    answer = sent(
        client, "save_answers", of, {"saves": [a_save(items[0], level=3), {"id": "no"}, a_save(items[1], level=9)]}
    )
    assert [one["outcome"] for one in answer.json()["results"]] == ["saved", "malformed", "malformed"]
    known = a_save(items[2], level=1)
    sent(client, "save_answers", of, {"saves": [known]})
    lost = str(uuid.uuid4())
    assert sent(client, "check_answers", of, {"ids": [known["id"], lost]}).json() == {"unknown": [lost]}
    assert sent(client, "check_answers", of, {"ids": ["x"]}).status_code == 400


def test_a_client_of_another_release_with_parts_we_do_not_know_is_taken(client, of):
    save = a_save(of.items.first(), level=3) | {"version": 99, "colour": "blue", "label": "1.1"}
    del save["device_at"]
    assert sent(client, "save_answer", of, save).status_code == 200


def test_without_scripts_a_form_saves_by_the_same_service(client, of, member):
    area = page("answer_area", of, "1.1")
    html = client.get(area).content.decode()
    item = of.items.first()
    fields = {
        name: re.search(f'name="{name}" value="([^"]*)"', html).group(1)
        for name in (f"save-{item.pk}", f"base-{item.pk}", f"was-level-{item.pk}", f"was-text-{item.pk}")
    }
    form = {**fields, f"level-{item.pk}": "3", f"text-{item.pk}": "Do papel."}
    assert client.post(area, form)["Location"] == area
    client.post(area, form)  # the button pressed twice
    assert client.post(area, {**form, "next": "1"})["Location"] == page("answer_area", of, "1.2")
    answer = Answer.objects.get()
    assert (answer.level, answer.comment, answer.revision, Submission.objects.count()) == (3, "Do papel.", 1, 1)
    untouched = {**fields, f"save-{item.pk}": str(uuid.uuid4()), f"text-{item.pk}": ""}
    client.post(area, untouched)
    assert Submission.objects.count() == 1


def test_the_others_are_seen_after_answering_and_a_changed_mind_stays_visible(client, of, member):
    item = of.items.first()
    Answer.objects.create(
        item=item, member=of.members.get(part="coordinator"), level=1, comment="Só meu.", saved_at=make.NOON
    )
    here = page("agree_item", of, 1)
    assert "Só meu." not in client.get(here).content.decode()
    sent(client, "save_answer", of, a_save(item, level=4))
    assert "Só meu." in client.get(here).content.decode()
    sent(client, "save_answer", of, a_save(item, level=1, base=1))
    said = client.get(here).context["said"]
    mine = next(one for one in said if one["answer"].member == member)
    assert [label for label, _ in mine["before"]] == ["Exemplar"] or [label for label, _ in mine["before"]] == [
        "Exemplary"
    ]


def test_the_team_agrees_in_the_order_of_what_divides_it(client, of, member):
    coordinator = of.members.get(part="coordinator")
    items = list(of.items.all())
    for item, levels in zip(items, ((3, 3), (2, 3), (1, 4), (None, None)), strict=True):
        for who, level in zip((member, coordinator), levels, strict=True):
            if level:
                Answer.objects.create(item=item, member=who, level=level, saved_at=make.NOON)
    assert client.get(page("agree", of)).status_code == 302
    agreeing(of)
    lines = client.get(page("agree", of)).context["lines"]
    assert [one["line"].item for one in lines] == [items[2], items[1], items[0], items[3]]
    boss = signed_in(coordinator.user)
    here, item = page("agree_item", of, 3), items[2]
    form = {f"save-{item.pk}": str(uuid.uuid4()), f"base-{item.pk}": "0", f"level-{item.pk}": "2"}
    boss.post(here, form)
    assert not Agreement.objects.exists()
    boss.post(here, form | {f"save-{item.pk}": str(uuid.uuid4()), f"text-{item.pk}": "Cada um via um lado."})
    assert Agreement.objects.get().level == 2
    assert "Cada um via um lado." in client.get(here).content.decode()


def test_what_the_pages_cost(client, of, member, django_assert_max_num_queries):
    for name, arguments in (("answer", ()), ("answer_area", ("1.1",)), ("agree_item", (1,))):
        with django_assert_max_num_queries(14):
            assert client.get(page(name, of, *arguments)).status_code == 200
    short = make.a_round(of.network, make.an_instrument([2, 2]), by=of.opened_by, answers_until=of.answers_until)
    long = make.a_round(of.network, make.an_instrument([8] * 6), by=of.opened_by, answers_until=of.answers_until)
    director = signed_in(of.opened_by)
    assert count_queries(director, page("answer", short)) == count_queries(director, page("answer", long))
    assert count_queries(director, page("answer_area", short, "1.1")) == count_queries(
        director, page("answer_area", long, "1.1")
    )
    for one in (short, long):
        agreeing(one)
    assert count_queries(director, page("agree", short)) == count_queries(director, page("agree", long))


def count_queries(client: Client, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_the_worker_governs_the_answering_address_and_says_whose_a_page_is(client, of, member):
    worker = client.get(page("answer_worker", of))
    assert worker["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in worker  # its scope is its own folder
    assert page("answer_worker", of).startswith(page("answer", of))
    assert client.get(page("answer", of))["X-Trama-Person"] == person_mark(member.user)
    assert client.get(page("answer_session", of)).json()["person"] == person_mark(member.user)
    assert "answers-sign-out" in client.get(reverse("account_logout")).content.decode()


# --- official figures ---------------------------------------------------------------------------------------------


def beside(of: Round, values: dict[int, float], **fields: Any) -> Beside:
    """What stands beside the first criterion when the owner's figure has these editions."""
    for year, value in values.items():
        know.observe(of.network.place, "approval_rate", value, year=year, dependency="municipal", stage="AI")
    know.indicator("approval_rate")
    criterion = of.items.first().criterion
    line = CriterionIndicator(criterion=criterion, indicator="approval_rate", stage="AI", **fields)
    (found,) = figures_beside([line], of)[criterion.pk]
    return found


CUTS = {"cut_basic": 85, "cut_adequate": 92, "cut_exemplary": 97}


def test_an_official_figure_contrasts_and_only_suggests(of):
    found = beside(of, {2019: 95.0, 2021: 91.0, 2022: 90.0, 2023: 86.0}, **CUTS)
    assert (found.last, found.suggested) == ((2023, 86.0), 2)
    assert set(found.contrasts) == {3, 4}  # it fell three editions running
    assert "3" in found.movement
    assert "3" in found.contrasts[3]


def test_a_figure_that_falls_contrasts_with_a_low_level_where_lower_is_better(of):
    found = beside(of, {2021: 9.0, 2022: 8.0, 2023: 7.0}, better="lower")
    assert found.suggested is None
    assert set(found.contrasts) == {1, 2}


@pytest.mark.parametrize(
    ("values", "direction", "moves", "since"),
    [
        ([], 0, 0, 0), ([5.0], 0, 0, 2020), ([5.0, 5.04], 0, 1, 2020), ([5.0, 6.0], 1, 1, 2020),
        ([9.0, 8.0, 7.0], -1, 2, 2020), ([1.0, 9.0, 8.0], -1, 1, 2021), ([9.0, 8.0, 8.0], 0, 1, 2021),
    ],
)  # fmt: skip
def test_a_run_is_the_moves_in_one_direction_that_end_with_the_last_edition(values, direction, moves, since):
    assert run_of(range(2020, 2020 + len(values)), values, 1) == Run(direction, moves, since)


@pytest.mark.parametrize(("value", "level"), [(84.9, 1), (85, 2), (91.9, 2), (92, 3), (97, 4)])
def test_a_figure_suggests_the_level_of_its_cuts(value, level):
    assert suggested_level(CriterionIndicator(better="higher", **CUTS), value) == level
    mirrored = CriterionIndicator(better="lower", cut_basic=15, cut_adequate=8, cut_exemplary=3)
    assert suggested_level(mirrored, 100 - value) == level


def test_a_group_of_networks_has_no_figures_of_its_own():
    group = know.group()
    of = make.a_round(group, make.an_instrument(scope="territory"), by=make.a_round().opened_by)
    line = CriterionIndicator(criterion=of.items.first().criterion, indicator="ideb")
    assert figures_beside([line], of) == {}


# --- evidence -----------------------------------------------------------------------------------------------------


def a_zip(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


DOCX = a_zip(**{"[Content_Types].xml": "<x/>", "word__document.xml": "<x/>"})
ODT = a_zip(mimetype="application/vnd.oasis.opendocument.text")


@pytest.mark.parametrize(
    ("name", "content", "accepted"),
    [
        ("ata.pdf", b"%PDF-1.7 x", True), ("foto.PNG", b"\x89PNG\r\n\x1a\nx", True),
        ("foto.jpg", b"\xff\xd8\xffx", True),
        ("ata.docx", DOCX, True), ("ata.odt", ODT, True), ("dados.csv", "a;b\n1;2".encode("latin-1"), True),
        ("velho.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x", True), ("foto.webp", b"RIFF1234WEBPx", True),
        ("pagina.html", b"<html>", False), ("desenho.svg", b"<svg/>", False), ("ata.pdf", b"<html>", False),
        ("nota.txt", b"<script>alert(1)</script>", False), ("nota.txt", b" \n<SVG onload=x>", False),
        ("nota.txt", b"a\x00b", False), ("ata.docx", a_zip(x="y"), False), ("ata.odt", DOCX, False),
        ("macro.docx", a_zip(**{"[Content_Types].xml": "x", "word__vbaProject.bin": "x"}), False),
        ("ata.docx", b"PK\x03\x04broken", False), ("programa.exe", b"MZ", False), ("sem-nome", b"%PDF-", False),
        ("vazio.pdf", b"", False), ("grande.pdf", b"%PDF-" + b"x" * (10 * 1024 * 1024), False),
    ],
)  # fmt: skip
def test_files_are_taken_by_what_they_hold(client, of, name, content, accepted):
    file = SimpleUploadedFile(name, content, content_type="text/html")
    client.post(page("new_evidence", of, 1), {"title": "Prova", "file": file})
    assert Evidence.objects.exists() == accepted


def test_a_file_leaves_as_a_download_and_only_to_the_round(client, of, member):
    file = SimpleUploadedFile('ata"\u202efdp.pdf', b"%PDF-1.7 conte\xfado")
    client.post(page("new_evidence", of, 1), {"title": "Ata", "file": file})
    evidence = Evidence.objects.get()
    here = reverse("diagnose:evidence_file", args=[of.uid, evidence.pk])
    answer = client.get(here)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 conte\xfado"
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/octet-stream")
    assert "\u202e" not in evidence.file_name
    assert "static" not in evidence.file.path
    other = make.a_round()
    stranger = signed_in(other.opened_by)
    assert stranger.get(here).status_code == 404
    assert stranger.get(reverse("diagnose:evidence_file", args=[other.uid, evidence.pk])).status_code == 404


def test_a_link_must_be_one_and_who_added_it_or_a_coordinator_takes_it_away(client, of, member):
    client.post(page("new_evidence", of, 1), {"title": "Plano", "address": "javascript:alert(1)"})
    client.post(page("new_evidence", of, 1), {"title": "Plano"})
    assert not Evidence.objects.exists()
    client.post(page("new_evidence", of, 1), {"title": "Plano", "address": "https://exemplo.org.br/plano"})
    evidence = Evidence.objects.get()
    end = reverse("diagnose:end_evidence", args=[of.uid, evidence.pk])
    assert signed_in(make.a_member(of).user).post(end).status_code == 403
    assert signed_in(of.opened_by).post(end).status_code == 302
    evidence.refresh_from_db()
    assert evidence.removed_at is not None


def test_once_the_round_is_over_evidence_does_not_change(client, of):
    Round.objects.filter(pk=of.pk).update(state="submitted", submitted_at=make.NOON)
    client.post(page("new_evidence", of, 1), {"title": "Plano", "address": "https://exemplo.org.br/plano"})
    assert not Evidence.objects.exists()
