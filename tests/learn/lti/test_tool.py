"""Other platforms open courses here: what is believed, what is kept, who becomes whom, and the grade that goes back."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import jwt
import pytest
from django.test import Client
from django.utils import timezone

from tests.accounts import factories as accounts
from tests.learn import factories
from tests.learn.factories import NOON
from tests.learn.progress.world import Class, a_class
from trama.accounts.models import User
from trama.accounts.roles.vocabulary import Role
from trama.learn.lti import grade_back
from trama.learn.lti.linking import link
from trama.learn.models import GradePassback, Lesson, Platform, PlatformLaunch, PlatformLink
from trama.learn.progress.services import record_visit

from .foreign_platform import CHOICE, CLAIM, GRADES, ISSUER, WRONG_KEY, a_platform, begun
from .world import OTHER_KEY, a_tool, a_tool_class, form_of, signed_in

pytestmark = pytest.mark.django_db


def a_visit(platform, browser: Client | None = None, **changed):
    """From the platform to the page where one arrives; the browser, and the answer of the launch."""
    browser = browser or Client()
    told = begun(browser)
    made = browser.post("/lti/abrir", {"state": told["state"], "id_token": platform.token(told, **changed)})
    return browser, made


def test_who_is_sent_reads_the_public_course_and_gets_no_account(monkeypatch):
    factories.a_version("conhecer")
    people = User.objects.count()
    platform = a_platform(monkeypatch)
    browser, answer = a_visit(platform)
    assert answer.status_code == 303
    assert User.objects.count() == people + 1  # the administrator who registered the platform
    page = browser.get(answer["Location"]).content.decode()
    assert 'href="/cursos/conhecer/"' in page
    assert browser.get("/cursos/conhecer/").status_code == 200
    assert "_auth_user_id" not in browser.session
    row = PlatformLaunch.objects.get()
    assert "Bia" not in json.dumps({f.name: str(getattr(row, f.name)) for f in PlatformLaunch._meta.concrete_fields})


def test_a_part_is_opened_where_the_platform_asks_for_one(monkeypatch):
    factories.a_version("conhecer")
    browser, answer = a_visit(
        a_platform(monkeypatch), **{CLAIM + "custom": {"course": "conhecer", "part": "aulas/aula-1"}}
    )
    assert 'href="/cursos/conhecer/aulas/aula-1/"' in browser.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("slug", ["", "nenhum", "rascunho", "../conta", "conhecer/../x"])
def test_only_a_published_course_is_opened(slug, monkeypatch):
    factories.a_version("rascunho", state="draft")
    browser, answer = a_visit(
        a_platform(monkeypatch), **{CLAIM + "custom": {"course": slug}, CLAIM + "target_link_uri": "https://x/"}
    )
    assert PlatformLaunch.objects.get().course == ""
    assert 'href="/cursos/"' in browser.get(answer["Location"]).content.decode()


WRONG = [
    {"key": WRONG_KEY},
    {"iss": "https://evil.example.org"},
    {"aud": "somebody-else"},
    {"aud": ["trama-at-moodle", "other"]},
    {"aud": ["trama-at-moodle", "other"], "azp": "other"},
    {"azp": "other"},
    {"exp": 1},
    {"iat": 4_000_000_000, "exp": 4_000_000_100},
    {"nonce": "another"},
    {"drop": "nonce"},
    {"drop": "exp"},
    {"drop": "iat"},
    {CLAIM + "version": "1.1"},
    {CLAIM + "deployment_id": "9"},
    {"drop": CLAIM + "deployment_id"},
    {CLAIM + "message_type": "LtiStartProctoring"},
    {"drop": CLAIM + "resource_link"},
    {CLAIM + "resource_link": {"id": ""}},
    {CLAIM + "resource_link": "x"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda one: str(sorted(one))[-40:])
def test_a_message_that_is_not_in_order_opens_nothing(wrong, monkeypatch):
    factories.a_version("conhecer")
    platform = a_platform(monkeypatch)
    assert a_visit(platform, aud=["trama-at-moodle"])[1].status_code == 303
    PlatformLaunch.objects.all().delete()
    _browser, answer = a_visit(platform, **wrong)
    assert answer.status_code in (400, 403)
    assert not PlatformLaunch.objects.exists()


def test_a_message_is_taken_once(monkeypatch):
    factories.a_version("conhecer")
    platform, browser = a_platform(monkeypatch), Client()
    told = begun(browser)
    posted = {"state": told["state"], "id_token": platform.token(told)}
    assert browser.post("/lti/abrir", posted).status_code == 303
    assert browser.post("/lti/abrir", posted).status_code == 403


def test_the_state_belongs_to_the_browser_that_began(monkeypatch):
    factories.a_version("conhecer")
    platform, browser = a_platform(monkeypatch), Client()
    told = begun(browser)
    posted = {"state": told["state"], "id_token": platform.token(told)}
    refused = Client().post("/lti/abrir", posted)
    assert refused.status_code == 403
    assert "cookie" in refused.content.decode()
    assert browser.post("/lti/abrir", posted | {"state": told["state"] + "x"}).status_code == 403
    cookie = next(one for name, one in browser.cookies.items() if name.startswith("lti-"))
    assert (cookie["samesite"], bool(cookie["secure"]), bool(cookie["httponly"])) == ("None", True, True)
    assert browser.post("/lti/abrir", posted).status_code == 303


@pytest.mark.parametrize(
    "changed",
    [{"iss": "https://unknown.example.org"}, {"client_id": "x"}, {"login_hint": ""}, {"lti_deployment_id": "99"}],
)
def test_a_login_begins_for_registered_platforms_alone(changed, monkeypatch):
    a_platform(monkeypatch)
    told = {"iss": ISSUER, "login_hint": "p", "target_link_uri": "https://x/", "client_id": "trama-at-moodle"}
    assert Client().get("/lti/login", told).status_code == 302
    assert Client().get("/lti/login", told | changed).status_code in (400, 403)


def test_a_platform_out_of_use_opens_nothing(monkeypatch):
    platform, browser = a_platform(monkeypatch), Client()
    told = begun(browser)
    Platform.objects.update(active=False)
    assert browser.post("/lti/abrir", {"state": told["state"], "id_token": platform.token(told)}).status_code == 403


def test_keys_are_asked_once_and_again_when_the_platform_has_a_new_one(monkeypatch):
    factories.a_version("conhecer")
    platform = a_platform(monkeypatch)
    for _visit in range(2):
        assert a_visit(platform)[1].status_code == 303
    assert platform.asked == [f"GET {ISSUER}/jwks"]
    platform.down = True
    assert a_visit(platform)[1].status_code == 303  # what is kept still serves


def test_a_platform_that_does_not_answer_is_not_asked_by_every_message(monkeypatch):
    factories.a_version("conhecer")
    platform = a_platform(monkeypatch)
    platform.down = True
    for _visit in range(4):
        assert a_visit(platform)[1].status_code == 403
    assert len(platform.asked) == 1


def test_a_key_that_the_platform_never_showed_is_asked_for_once_more_only(monkeypatch):
    factories.a_version("conhecer")
    platform = a_platform(monkeypatch)
    assert a_visit(platform)[1].status_code == 303
    for _visit in range(4):
        browser = Client()
        told = begun(browser)
        token = jwt.encode({"iss": ISSUER}, OTHER_KEY[0], "RS256", headers={"kid": "strange"})
        assert browser.post("/lti/abrir", {"state": told["state"], "id_token": token}).status_code == 403
    assert len(platform.asked) == 2


def test_the_page_of_arrival_belongs_to_the_browser_that_arrived(monkeypatch):
    factories.a_version("conhecer")
    browser, answer = a_visit(a_platform(monkeypatch))
    assert browser.get(answer["Location"]).status_code == 200
    victim = signed_in(accounts.a_person())
    assert victim.get(answer["Location"]).status_code == 404
    assert victim.post(answer["Location"]).status_code == 404
    assert not PlatformLink.objects.exists()


# --- linked accounts and grades -----------------------------------------------------------------------------------


def linked(monkeypatch) -> tuple[Class, Client, str, object]:
    """A learner of the course, sent by the platform, who linked the account here."""
    of, platform = a_class("conhecer", lessons_only=True), a_platform(monkeypatch)
    browser = signed_in(of.learner)
    _browser, answer = a_visit(platform, browser)
    where = answer["Location"]
    assert browser.post(where).status_code == 302
    return of, browser, where, platform


def complete(of: Class) -> None:
    for lesson in Lesson.objects.filter(module__version=of.version):
        record_visit(of.enrolment, lesson, by=of.learner, at=NOON)


def test_who_linked_the_account_goes_on_to_the_own_enrolment(monkeypatch):
    of, browser, where, _platform = linked(monkeypatch)
    assert PlatformLink.objects.get().person == of.learner
    assert browser.get(where)["Location"] == "/aprender/conhecer/"


def test_one_name_on_a_platform_is_one_account(monkeypatch):
    of, _browser, _where, platform = linked(monkeypatch)
    other = signed_in(of.stranger)
    _other, answer = a_visit(platform, other)
    other.post(answer["Location"])
    assert list(PlatformLink.objects.values_list("person", flat=True)) == [of.learner.pk]
    page = other.get(answer["Location"]).content.decode()
    assert "/aprender/conhecer/" not in page


def test_a_completion_is_told_once_and_only_with_points(monkeypatch):
    of, _browser, _where, platform = linked(monkeypatch)
    complete(of)
    assert grade_back.is_due(timezone.now())
    grade_back.send_due(timezone.now())
    grade_back.send_due(timezone.now() + timedelta(days=1))
    (told,) = platform.scores
    assert told == {
        "userId": "person-7", "scoreGiven": 100, "scoreMaximum": 100, "activityProgress": "Completed",
        "gradingProgress": "FullyGraded", "timestamp": told["timestamp"],
    }  # fmt: skip
    assert GradePassback.objects.get().state == "sent"
    assert not grade_back.is_due(timezone.now() + timedelta(days=9))


def test_a_grade_is_tried_again_until_it_is_taken_or_given_up(monkeypatch):
    of, _browser, _where, platform = linked(monkeypatch)
    complete(of)
    platform.down, at = True, timezone.now()
    grade_back.send_due(at)
    row = GradePassback.objects.get()
    assert (row.state, row.tries) == ("waiting", 1)
    assert not grade_back.is_due(at)
    assert grade_back.is_due(at + timedelta(minutes=2))
    platform.down = False
    grade_back.send_due(at + timedelta(minutes=2))
    assert GradePassback.objects.get().state == "sent"
    GradePassback.objects.update(state="waiting", tries=0, sent_at=None, next_at=at)
    platform.down = True
    for day in range(30):
        grade_back.send_due(at + timedelta(days=7 * day))
    assert GradePassback.objects.get().state == "failed"


def test_who_links_after_completing_is_told_too_and_who_did_not_link_never(monkeypatch):
    of, platform = a_class("conhecer", lessons_only=True), a_platform(monkeypatch)
    _browser, _answer = a_visit(platform)
    complete(of)
    assert not GradePassback.objects.exists()
    link(PlatformLaunch.objects.get(), by=of.learner, at=timezone.now())
    assert GradePassback.objects.get().enrolment == of.enrolment


def test_a_launch_of_another_person_of_the_platform_gets_no_grade(monkeypatch):
    of, _browser, _where, platform = linked(monkeypatch)
    a_visit(platform, sub="person-8")
    complete(of)
    assert [row.launch.subject for row in GradePassback.objects.all()] == ["person-7"]


def test_without_the_right_to_score_nothing_is_sent(monkeypatch):
    of, platform = a_class("conhecer", lessons_only=True), a_platform(monkeypatch)
    a_visit(platform, **{GRADES: {"scope": [], "lineitem": f"{ISSUER}/grades/5/lineitem"}})
    link(PlatformLaunch.objects.get(), by=of.learner, at=timezone.now())
    complete(of)
    assert not GradePassback.objects.exists()


def test_a_person_takes_the_link_back(monkeypatch):
    of, browser, _where, _platform = linked(monkeypatch)
    row = PlatformLink.objects.get()
    assert signed_in(of.stranger).post("/aprender/meus/plataformas/", {"link": row.pk}).status_code == 404
    assert "Moodle da rede" in browser.get("/aprender/meus/plataformas/").content.decode()
    assert browser.post("/aprender/meus/plataformas/", {"link": row.pk}).status_code == 302
    assert not PlatformLink.objects.exists()


# --- choosing a course, and reading names -------------------------------------------------------------------------


def test_a_teacher_chooses_a_course_and_the_platform_can_read_the_answer(monkeypatch):
    factories.a_version("conhecer", title_pt="Conhecer a rede")
    factories.a_version("rascunho", state="draft")
    platform, browser = a_platform(monkeypatch), Client()
    told = begun(browser)
    answer = browser.post("/lti/abrir", {"state": told["state"], "id_token": platform.choice(told)})
    page = browser.get(answer["Location"]).content.decode()
    assert "conhecer" in page
    assert "rascunho" not in page
    chosen = browser.post(answer["Location"], {"course": "conhecer"})
    where, fields = form_of(chosen)
    assert where == f"{ISSUER}/chosen"
    keys = {one.key_id: one.key for one in jwt.PyJWKSet.from_dict(Client().get("/lti/chaves.json").json()).keys}
    kid = jwt.get_unverified_header(fields["JWT"])["kid"]
    claims = jwt.decode(fields["JWT"], keys[kid], algorithms=["RS256"], audience=ISSUER)
    assert claims["iss"] == "trama-at-moodle"
    assert claims["https://purl.imsglobal.org/spec/lti-dl/claim/data"] == "from-moodle"
    (item,) = claims["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"]
    assert (item["type"], item["custom"]) == ("ltiResourceLink", {"course": "conhecer"})
    assert browser.post(answer["Location"], {"course": "rascunho"}).status_code == 200  # asked again


def test_a_choice_that_would_go_back_without_https_is_refused(monkeypatch):
    platform, browser = a_platform(monkeypatch), Client()
    told = begun(browser)
    wrong = {"deep_link_return_url": "javascript:alert(1)", "accept_types": ["ltiResourceLink"]}
    token = platform.choice(told, **{CHOICE: wrong})
    assert browser.post("/lti/abrir", {"state": told["state"], "id_token": token}).status_code == 400


def test_names_and_roles_are_shown_to_the_programme_and_not_kept(monkeypatch):
    _of, _browser, _where, platform = linked(monkeypatch)
    team = signed_in(accounts.person_with(Role.PROGRAMME_ADMIN))
    address = f"/equipe/ferramentas/plataformas/{platform.row.uid}/"
    page = team.get(address).content.decode()
    assert "Turma A" in page
    made = PlatformLaunch.objects.get()
    shown = team.get(f"{address}{made.uid}/").content.decode()
    assert "Bia Lima" in shown
    assert "person-9" in shown
    platform.down = True
    assert "Bia Lima" not in team.get(f"{address}{made.uid}/").content.decode()
    assert signed_in(accounts.a_person()).get(f"{address}{made.uid}/").status_code == 403


# --- both sides of this site, face to face ------------------------------------------------------------------------


def test_this_site_opens_a_course_of_itself(monkeypatch):
    """The platform of this site launches the tool of this site: both speak the same standard."""
    of, part = a_tool_class()
    target = factories.a_version("conhecer")
    tool = a_tool(
        launch_url="https://trama.example.org/lti/abrir", redirect_urls="http://localhost:8000/lti/abrir",
        login_url="https://trama.example.org/lti/login", public_key=OTHER_KEY[1],
    )  # fmt: skip
    Platform.objects.create(
        name="Nós", issuer="http://localhost:8000", client_id=tool.client_id, deployment_ids="1", created_at=NOON,
        auth_url="http://localhost:8000/lti/autorizacao", token_url="http://localhost:8000/lti/token",
        public_key=Client().get("/lti/chaves.json").content.decode(), changed_at=NOON,
    )  # fmt: skip
    browser = signed_in(of.learner)
    _where, fields = form_of(browser.post(f"/aprender/{of.slug}/ferramentas/{part.slug}/abrir/"))
    back = urlsplit(browser.get("/lti/login", fields)["Location"])
    where, posted = form_of(browser.get(f"{back.path}?{back.query}"))
    assert where == "http://localhost:8000/lti/abrir"
    answer = browser.post("/lti/abrir", posted)
    assert answer.status_code == 303, answer.content
    assert PlatformLaunch.objects.get().context_title == of.version.title
    assert browser.get(answer["Location"]).status_code == 200
    assert target.pk
