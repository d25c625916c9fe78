"""Courses here use a tool of somebody else: pylti1p3 is that tool, from the login to the last grade."""

import base64
import json
from datetime import timedelta
from urllib.parse import urlsplit

import jwt
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.exception import LtiException, LtiServiceException
from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem as ForeignItem

from tests.accounts import factories as accounts
from tests.learn import factories
from tests.learn.progress.world import a_class, an_enrolment
from trama.accounts.roles.vocabulary import Role
from trama.learn.cohorts.enrolling import withdraw
from trama.learn.keys.services import rotate
from trama.learn.lti.people import subject_of
from trama.learn.models import Certificate, LineItem, Tool, ToolOpening, ToolPart, ToolScore

from .world import (
    KEY,
    OTHER_KEY,
    TOOL,
    ForeignTool,
    Wire,
    a_tool,
    a_tool_class,
    a_tool_part,
    as_json,
    asked,
    form_of,
    launched,
    signed_in,
)

pytestmark = pytest.mark.django_db
LTI = "https://purl.imsglobal.org/spec/lti/claim/"


def a_grade(subject: str, points: float, *, minutes: int = 0, activity: str = "Completed") -> Grade:
    told = timezone.now() + timedelta(minutes=minutes)
    return (
        Grade()
        .set_score_given(points)
        .set_score_maximum(10)
        .set_timestamp(told.isoformat(timespec="milliseconds"))
        .set_activity_progress(activity)
        .set_grading_progress("FullyGraded")
        .set_user_id(subject)
    )


def test_a_foreign_tool_takes_the_message_and_learns_no_name():
    of, part = a_tool_class()
    launch, _foreign = launched(of, part, tool := a_tool())
    told = launch.get_launch_data()
    assert told["sub"] == subject_of(tool, of.learner)
    assert told[LTI + "custom"] == {"level": "1"}
    assert told[LTI + "context"]["id"] == str(of.cohort.uid)
    assert launch.is_resource_launch()
    assert launch.has_ags()
    assert launch.has_nrps()
    text = json.dumps(told)
    assert "Ana" not in text
    assert of.learner.email not in text
    assert ToolOpening.objects.get().enrolment == of.enrolment


def test_name_and_email_are_told_when_the_programme_says_so():
    of, part = a_tool_class()
    launch, _foreign = launched(of, part, a_tool(share_name=True, share_email=True))
    told = launch.get_launch_data()
    assert (told["name"], told["given_name"], told["email"]) == ("Ana Souza", "Ana", of.learner.email)


def test_two_tools_know_a_person_by_different_names():
    of, _part = a_tool_class()
    one, other = a_tool(), a_tool(slug="outra")
    assert subject_of(one, of.learner) != subject_of(other, of.learner)
    assert subject_of(one, of.learner) == subject_of(Tool.objects.get(pk=one.pk), of.learner)


def test_a_score_completes_the_course_and_issues_the_certificate_in_the_same_act():
    of, part = a_tool_class(asks="score", pass_percent=60)
    launch, _foreign = launched(of, part, a_tool())
    grades = launch.get_ags()
    subject = launch.get_launch_data()["sub"]
    grades.put_grade(a_grade(subject, 5.9))
    of.enrolment.refresh_from_db()
    assert of.enrolment.completed_at is None
    grades.put_grade(a_grade(subject, 6, minutes=1))
    of.enrolment.refresh_from_db()
    assert of.enrolment.completed_at is not None
    assert Certificate.objects.get().enrolment == of.enrolment
    found = grades.get_grades()
    assert [(one["userId"], one["resultScore"], one["resultMaximum"]) for one in found] == [(subject, 60, 100)]
    grades.put_grade(a_grade(subject, 2, minutes=2))  # the tool corrects itself
    of.enrolment.refresh_from_db()
    assert of.enrolment.completed_at is None


@pytest.mark.parametrize(
    ("asks", "activity", "points", "complete"),
    [
        ("open", None, None, True),
        ("nothing", "Completed", 10, False),  # a version that asks for nothing certifies nothing
        ("complete", "InProgress", 10, False),
        ("complete", "Completed", 0, True),
        ("score", "InProgress", 10, True),
    ],
)
def test_each_part_says_what_it_asks(asks, activity, points, complete):
    of, part = a_tool_class(asks=asks)
    launch, _foreign = launched(of, part, a_tool())
    if activity:
        launch.get_ags().put_grade(a_grade(launch.get_launch_data()["sub"], points, activity=activity))
    of.enrolment.refresh_from_db()
    assert (of.enrolment.completed_at is not None) is complete


def test_the_same_score_twice_is_one_and_an_older_one_is_refused():
    of, part = a_tool_class()
    launch, _foreign = launched(of, part, a_tool())
    subject, grades = launch.get_launch_data()["sub"], launch.get_ags()
    grade = a_grade(subject, 8)
    grades.put_grade(grade)
    grades.put_grade(grade)
    assert ToolScore.objects.count() == 1
    with pytest.raises(LtiServiceException):
        grades.put_grade(a_grade(subject, 1, minutes=-5))
    assert float(ToolScore.objects.get().given) == 8


def test_a_score_of_somebody_who_does_not_learn_there_is_refused():
    of, part = a_tool_class()
    tool = a_tool()
    launch, _foreign = launched(of, part, tool)
    for subject in ("nobody", subject_of(tool, of.stranger), str(of.learner.pk)):
        with pytest.raises(LtiServiceException):
            launch.get_ags().put_grade(a_grade(subject, 10))
    assert not ToolScore.objects.exists()


def test_columns_of_the_tools_own_are_kept_and_count_for_nothing():
    of, part = a_tool_class()
    launch, _foreign = launched(of, part, a_tool())
    grades, subject = launch.get_ags(), launch.get_launch_data()["sub"]
    mine = ForeignItem().set_tag("extra").set_label("Bônus").set_score_maximum(10)
    made = grades.find_or_create_lineitem(mine)
    assert made.get_label() == "Bônus"
    assert grades.find_or_create_lineitem(mine).get_id() == made.get_id()
    assert len(list(grades.get_lineitems())) == 2
    grades.put_grade(a_grade(subject, 10), made)
    of.enrolment.refresh_from_db()
    assert of.enrolment.completed_at is None
    data = json.dumps({"label": "Bônus final", "scoreMaximum": 10, "tag": "extra"})
    headers = {"Authorization": f"Bearer {_token(_foreign.tool)}"}
    assert Wire().request("PUT", made.get_id(), data=data, headers=headers).json()["label"] == "Bônus final"
    assert Wire().request("DELETE", made.get_id(), headers=headers).status_code == 409  # it holds what was told
    (of_the_part,) = [one["id"] for one in grades.get_lineitems() if one.get("resourceLinkId")]
    assert Wire().request("DELETE", of_the_part, headers=headers).status_code == 409
    empty = grades.find_or_create_lineitem(ForeignItem().set_tag("x").set_label("Vazia").set_score_maximum(1))
    assert Wire().request("DELETE", empty.get_id(), headers=headers).status_code == 204
    assert set(LineItem.objects.values_list("label", flat=True)) == {"Fazer um gráfico", "Bônus final"}


def test_names_and_roles_hold_who_learns_in_the_cohort_and_nobody_else():
    of, part = a_tool_class()
    tool = a_tool()
    launch, _foreign = launched(of, part, tool)
    members = launch.get_nrps().get_members()
    assert [one["user_id"] for one in members] == [subject_of(tool, of.learner)]
    assert members[0]["roles"] == ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]
    assert not {"name", "email", "given_name"} & set(members[0])


def test_members_come_in_pages():
    of, part = a_tool_class()
    for _number in range(4):
        an_enrolment(of.cohort)
    launch, foreign = launched(of, part, a_tool())
    data = launch.get_launch_data()["https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"]
    data["context_memberships_url"] += "?limit=2"
    assert len(launch.get_nrps().get_members()) == 5
    assert sum(path.endswith("/pessoas") for _method, path in foreign.wire.asked) == 3


def test_another_tool_learns_nothing_of_the_cohort():
    of, part = a_tool_class()
    launch, _foreign = launched(of, part, a_tool())
    stranger = a_tool(slug="outra")
    told = launch.get_launch_data()
    item = told["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]["lineitem"]
    members = told["https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"]["context_memberships_url"]
    token = _token(stranger)
    for address in (item, f"{item}/results", members):
        answer = Wire().request("GET", address, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 404, address
    assert Wire().request("GET", item).status_code == 401


def _token(tool: Tool, scope: str = "", **claims: object) -> str:
    answer = _ask_token(tool, scope, **claims)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


ALL_SCOPES = " ".join(
    [
        "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
        "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
        "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
    ]
)


def _ask_token(tool: Tool, scope: str = "", key: str = "", **claims: object):
    now = int(timezone.now().timestamp())
    body = {
        "iss": tool.client_id,
        "sub": tool.client_id,
        "aud": "http://localhost:8000/lti/token",
        "iat": now,
        "exp": now + 60,
        "jti": f"{now}-{tool.pk}-{len(claims)}-{ToolScore.objects.count()}",
    } | claims
    told = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode({n: v for n, v in body.items() if v is not None}, key or KEY[0], "RS256"),
        "scope": scope or ALL_SCOPES,
    }
    return Client().post("/lti/token", told)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "https://elsewhere.example.org/token"},
        {"sub": "somebody"},
        {"iss": "somebody"},
        {"exp": 1},
        {"jti": None},
        {"exp": 4_000_000_000},
        {"key": OTHER_KEY[0]},
    ],
)
def test_a_token_is_given_to_the_tool_alone(wrong):
    tool = a_tool()
    assert _ask_token(tool).status_code == 200
    assert _ask_token(tool, **wrong).status_code == 401


def test_an_assertion_is_used_once():
    tool = a_tool()
    assert _ask_token(tool, jti="one").status_code == 200
    assert _ask_token(tool, jti="one").status_code == 401
    assert _ask_token(tool, jti="two").status_code == 200


def test_an_unsigned_assertion_and_one_signed_with_the_public_key_are_refused():
    tool = a_tool()
    claims = {"iss": tool.client_id, "sub": tool.client_id, "jti": "1", "iat": 1, "exp": 4_000_000_000}
    parts = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in ({"alg": "none"}, claims)
    ]
    told = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": ".".join([*parts, ""]),
        "scope": ALL_SCOPES,
    }
    assert Client().post("/lti/token", told).status_code == 401


def test_a_scope_that_was_not_given_opens_nothing():
    of, part = a_tool_class()
    launch, _foreign = launched(of, part, tool := a_tool())
    told = launch.get_launch_data()
    members = told["https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"]["context_memberships_url"]
    item = told["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]["lineitem"]
    token = _token(tool, "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly")
    headers = {"Authorization": f"Bearer {token}"}
    assert Wire().request("GET", members, headers=headers).status_code == 200
    assert Wire().request("GET", item, headers=headers).status_code == 403
    assert _ask_token(tool, "openid", jti="z").json()["error"] == "invalid_scope"


def test_a_tool_out_of_use_opens_nothing_any_more():
    of, part = a_tool_class()
    launch, _foreign = launched(of, part, tool := a_tool())
    Tool.objects.filter(pk=tool.pk).update(active=False)
    with pytest.raises(LtiServiceException):
        launch.get_nrps().get_members()
    page = signed_in(of.learner).get(f"/aprender/{of.slug}/ferramentas/{part.slug}/")
    assert "Desenhe no papel." in page.content.decode()
    assert "/abrir/" not in page.content.decode()


# --- who trains the cohort ----------------------------------------------------------------------------------------


def _taught(of, part, tool, person):
    browser = signed_in(person)
    page = browser.post(f"/turmas/{of.cohort.uid}/equipe/ferramentas/{part.slug}/abrir/")
    return browser, page


def test_a_trainer_opens_the_tool_of_the_cohort_as_its_instructor():
    of, part = a_tool_class()
    foreign = ForeignTool(tool := a_tool())
    desk = signed_in(of.trainer).get(f"/turmas/{of.cohort.uid}/equipe/").content.decode()
    assert f"/turmas/{of.cohort.uid}/equipe/ferramentas/{part.slug}/abrir/" in desk
    browser, page = _taught(of, part, tool, of.trainer)
    assert of.cohort.name in page.content.decode()
    back = urlsplit(foreign.login(form_of(page)[1]))
    _where, posted = form_of(browser.get(f"{back.path}?{back.query}"))
    launch = foreign.launch(posted)
    told = launch.get_launch_data()
    assert [one.rpartition("#")[2] for one in told[LTI + "roles"]] == ["Instructor"]
    assert told[LTI + "context"]["id"] == str(of.cohort.uid)
    assert told[LTI + "resource_link"]["id"] == f"{of.cohort.uid}.{part.pk}"
    assert launch.has_ags()
    assert launch.check_teacher_access()
    assert not launch.check_student_access()
    assert not ToolOpening.objects.exists()  # nobody's progress


def test_only_who_trains_the_cohort_is_its_instructor():
    of, part = a_tool_class()
    tool = a_tool()
    for person in (of.learner, of.stranger, a_class().trainer):
        assert _taught(of, part, tool, person)[1].status_code == 404
    browser, page = _taught(of, part, tool, of.trainer)
    told = asked(ForeignTool(tool).login(form_of(page)[1]))
    of.cohort.trainers.update(until=timezone.now())
    assert browser.get("/lti/autorizacao", told).status_code == 403  # taken away meanwhile
    Tool.objects.update(active=False)
    of.cohort.trainers.update(until=None)
    assert _taught(of, part, tool, of.trainer)[1].status_code == 409
    assert "/equipe/ferramentas/" not in signed_in(of.trainer).get(f"/turmas/{of.cohort.uid}/equipe/").content.decode()


# --- the authorisation request ------------------------------------------------------------------------------------


def _request_of(of, part, tool) -> tuple[Client, dict[str, str]]:
    browser = signed_in(of.learner)
    _where, fields = form_of(browser.post(f"/aprender/{of.slug}/ferramentas/{part.slug}/abrir/"))
    return browser, asked(ForeignTool(tool).login(fields))


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 200),
        ({"redirect_uri": "https://evil.example.org/"}, 403),
        ({"redirect_uri": f"{TOOL}/launch/other"}, 403),
        ({"client_id": "unknown"}, 403),
        ({"login_hint": "somebody-else"}, 403),
        ({"lti_message_hint": "made-up"}, 403),
        ({"nonce": ""}, 400),
        ({"state": ""}, 400),
        ({"response_type": "code"}, 400),
        ({"response_mode": "query"}, 400),
        ({"scope": "profile"}, 400),
        ({"prompt": "login"}, 400),
    ],
)
def test_the_authorisation_request_is_checked(changed, status):
    of, part = a_tool_class()
    browser, told = _request_of(of, part, a_tool())
    answer = browser.get("/lti/autorizacao", told | changed)
    assert answer.status_code == status
    assert ('name="id_token"' in answer.content.decode()) is (status == 200)


def test_the_hint_of_one_person_is_of_no_use_to_another():
    of, part = a_tool_class()
    tool = a_tool()
    _browser, told = _request_of(of, part, tool)
    assert signed_in(of.stranger).get("/lti/autorizacao", told).status_code == 403
    theirs = told | {"login_hint": subject_of(tool, of.stranger)}
    assert signed_in(of.stranger).get("/lti/autorizacao", theirs).status_code == 403


def test_who_left_the_cohort_meanwhile_gets_no_message():
    of, part = a_tool_class()
    browser, told = _request_of(of, part, a_tool())
    withdraw(of.enrolment, "Mudou de rede.", by=of.learner, at=timezone.now())
    assert browser.get("/lti/autorizacao", told).status_code == 403


def test_a_posted_request_comes_again_with_the_session_and_nobody_is_asked_to_sign_in():
    of, part = a_tool_class()
    browser, told = _request_of(of, part, a_tool())
    answer = Client(enforce_csrf_checks=True).post("/lti/autorizacao", told)
    assert answer.status_code == 303
    assert browser.get(answer["Location"]).status_code == 200
    assert Client().get("/lti/autorizacao", told)["Location"].startswith("/conta/")


def test_only_the_pages_that_lead_away_let_a_form_leave():
    of, part = a_tool_class()
    a_tool()
    browser = signed_in(of.learner)
    inside = browser.get(f"/aprender/{of.slug}/ferramentas/{part.slug}/")
    away = browser.post(f"/aprender/{of.slug}/ferramentas/{part.slug}/abrir/")
    assert "form-action 'self';" in inside["Content-Security-Policy"] + ";"
    assert "https:" in away["Content-Security-Policy"].partition("form-action")[2]
    assert "script-src 'self'" in away["Content-Security-Policy"]


def test_a_message_signed_before_a_rotation_still_holds():
    of, part = a_tool_class()
    tool = a_tool()
    browser, told = _request_of(of, part, tool)
    before = form_of(browser.get("/lti/autorizacao", told))[1]["id_token"]
    rotate("lti", by=accounts.person_with(Role.PROGRAMME_ADMIN), at=timezone.now())
    after = form_of(browser.get("/lti/autorizacao", told))[1]["id_token"]
    keys = {one.key_id: one.key for one in jwt.PyJWKSet.from_dict(as_json(Client().get("/lti/chaves.json"))).keys}
    kids = [jwt.get_unverified_header(one)["kid"] for one in (before, after)]
    assert len(set(kids)) == 2
    for token, kid in zip((before, after), kids, strict=True):
        assert jwt.decode(token, keys[kid], algorithms=["RS256"], audience=tool.client_id)["nonce"]


def test_the_keys_that_are_shown_hold_nothing_private():
    a_tool()
    (key,) = as_json(Client().get("/lti/chaves.json"))["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}


# --- choosing content ---------------------------------------------------------------------------------------------


def _chosen(tool, *, private: str = "", items=None):
    """An author goes to the tool of a draft's part, and the tool's answer."""
    partner = accounts.person_with(Role.PROGRAMME_TEAM, tools={"courses": "edit"})
    version = factories.a_version("rascunho", state="draft")
    part = a_tool_part(version.modules.get(), title_pt="", title_en="")
    browser = signed_in(partner)
    page = browser.post(f"/equipe/cursos/rascunho/1.0/partes/tool/{part.pk}/escolher/")
    foreign = ForeignTool(tool, **({"private": private} if private else {}))
    told = asked(foreign.login(form_of(page)[1]))
    launch = foreign.launch(form_of(browser.get("/lti/autorizacao", told))[1])
    assert launch.is_deep_link_launch()
    link = launch.get_deep_link()
    token = link.get_response_jwt(items)
    return part, token, launch, browser


def _an_item(url: str = f"{TOOL}/launch?chart=7"):
    return DeepLinkResource().set_url(url).set_title("Gráfico de barras").set_custom_params({"chart": "7"})


def test_what_an_author_chooses_in_the_tool_becomes_the_part():
    tool = a_tool(redirect_urls=f"{TOOL}/launch\n{TOOL}/choose")
    part, token, launch, browser = _chosen(tool, items=[_an_item()])
    answer = Client(enforce_csrf_checks=True).post("/lti/escolhido", {"JWT": token})
    assert answer.status_code == 303, answer.content
    assert browser.get(answer["Location"]).status_code == 200
    part.refresh_from_db()
    assert (part.target, part.custom, part.title_pt) == (f"{TOOL}/launch?chart=7", "chart=7", "Gráfico de barras")
    assert Client().post("/lti/escolhido", {"JWT": token}).status_code == 400  # said once
    assert launch.get_launch_data()["sub"]


def test_a_choice_is_taken_only_as_the_tool_signed_it():
    tool = a_tool(redirect_urls=f"{TOOL}/launch\n{TOOL}/choose")
    part, token, _launch, _browser = _chosen(tool, private=OTHER_KEY[0], items=[_an_item()])
    assert Client().post("/lti/escolhido", {"JWT": token}).status_code == 400
    for broken in ("", "a.b.c", token[:-4], "🌱"):
        assert Client().post("/lti/escolhido", {"JWT": broken}).status_code == 400
    assert ToolPart.objects.get(pk=part.pk).target == ""


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://tool.example.org/", "https://[", "https://x/\x00"])
def test_a_choice_of_a_place_that_is_not_https_is_refused(url):
    tool = a_tool(redirect_urls=f"{TOOL}/launch\n{TOOL}/choose")
    part, token, _launch, _browser = _chosen(tool, items=[_an_item(url)])
    assert Client().post("/lti/escolhido", {"JWT": token}).status_code == 400
    assert ToolPart.objects.get(pk=part.pk).target == ""


def test_the_foreign_tool_itself_refuses_a_message_for_another():
    of, part = a_tool_class()
    tool = a_tool()
    browser, told = _request_of(of, part, tool)
    foreign = ForeignTool(tool)
    _where, posted = form_of(browser.get("/lti/autorizacao", told))
    with pytest.raises(LtiException):
        foreign.launch(posted | {"state": "other"})


def test_the_queries_of_a_tools_page_do_not_grow_with_the_cohort():
    of, part = a_tool_class()
    launch, _foreign = launched(of, part, a_tool())
    launch.get_ags().put_grade(a_grade(launch.get_launch_data()["sub"], 5))
    trainer, address = signed_in(of.trainer), f"/turmas/{of.cohort.uid}/equipe/progresso/"
    counts = []
    for _number in range(2):
        trainer.get(address)
        with CaptureQueriesContext(connection) as found:
            assert trainer.get(address).status_code == 200
        counts.append(len(found))
        for _person in range(3):
            an_enrolment(of.cohort)
    assert counts[0] == counts[1]
