"""How requests come and answers go: parts, signatures, alternate syntax, versions, tokens, other origins, limits."""

import base64
import hashlib
import json
from datetime import timedelta
from urllib.parse import urlencode

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.utils import timezone

from trama.learn.models import Statement
from trama.learn.statements import limits
from trama.learn.statements.errors import TooMany

from .conformance import covers
from .programs import ANA, LESSON, Program, a_program, a_statement, an_id

MIXED = "multipart/mixed; boundary=ours"
JSON_PART = b"Content-Type: application/json"
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"


@pytest.fixture(params=["1.0.3", "2.0.0"])
def either(request, db) -> Program:
    return a_program(version=request.param)


def an_attachment(content: bytes, **changed):
    found = {
        "usageType": "https://example.org/usage",
        "display": {"en": "A file"},
        "contentType": "text/plain",
        "length": len(content),
        "sha2": hashlib.sha256(content).hexdigest(),
    }
    return {**found, **changed}


def a_part(
    content: bytes, *, sha2: str = "", head: bytes = b"Content-Transfer-Encoding: binary"
) -> tuple[bytes, bytes]:
    named = (sha2 or hashlib.sha256(content).hexdigest()).encode()
    return b"Content-Type: text/plain\r\n" + head + b"\r\nX-Experience-API-Hash: " + named, content


def mixed(*parts: tuple[bytes, bytes], end: bytes = b"--ours--\r\n") -> bytes:
    return b"".join(b"--ours\r\n" + head + b"\r\n\r\n" + content + b"\r\n" for head, content in parts) + end


def with_json(value, *others: tuple[bytes, bytes]) -> bytes:
    return mixed((JSON_PART, json.dumps(value).encode()), *others)


@covers(127, 167, 161)
def test_an_attachment_comes_with_its_statement_and_goes_with_it(either):
    content = b"line\r\n--not ours\r\n\x00\xff"
    statement = a_statement(attachments=[an_attachment(content)])
    answer = either.post(with_json(statement, a_part(content)), content_type=MIXED)
    assert answer.status_code == 200
    uid = answer.json()[0]
    for parameters in ({"statementId": uid, "attachments": "true"}, {"attachments": "true"}):
        got = either.get(**parameters)
        assert got["Content-Type"].startswith("multipart/mixed; boundary=")
        boundary = got["Content-Type"].partition("boundary=")[2].encode()
        first, second, _end = got.content.split(b"--" + boundary)[1:]
        assert uid in first.decode()
        assert second.endswith(b"\r\n\r\n" + content + b"\r\n")
        assert hashlib.sha256(content).hexdigest().encode() in second
        assert b"Content-Transfer-Encoding: binary" in second
    assert either.get(attachments="false")["Content-Type"] == "application/json"
    assert either.get()["Content-Type"] == "application/json"
    uid = either.stored()
    assert either.get(statementId=uid, attachments="true")["Content-Type"].startswith("multipart/mixed")


@covers(127)
def test_an_attachment_elsewhere_comes_as_json_or_in_parts(either):
    statement = a_statement(attachments=[an_attachment(b"x", fileUrl="https://example.org/x")])
    assert either.post(statement).status_code == 200
    assert either.post(with_json(statement), content_type=MIXED).status_code == 200
    assert either.post(with_json(a_statement()), content_type='multipart/mixed; boundary="ours"').status_code == 200
    both = with_json([statement, a_statement()], a_part(b"x"))
    assert either.post(both, content_type=MIXED).status_code == 200


@covers(range(127, 136), 138)
def test_parts_that_are_not_as_they_should_be_are_refused(either):
    content = b"hello"
    statement = a_statement(attachments=[an_attachment(content)])
    good = a_part(content)
    assert either.post(with_json(statement, good), content_type=MIXED).status_code == 200
    bad = {
        "no content": with_json(statement),
        "a part too many": with_json(statement, good, a_part(b"other")),
        "another content": with_json(statement, a_part(b"other", sha2=hashlib.sha256(content).hexdigest())),
        "no hash": with_json(statement, (b"Content-Type: text/plain\r\nContent-Transfer-Encoding: binary", content)),
        "no encoding": with_json(statement, a_part(content, head=b"X-Nothing: 1")),
        "another encoding": with_json(statement, a_part(content, head=b"Content-Transfer-Encoding: base64")),
        "first part no JSON": mixed((b"Content-Type: text/plain", json.dumps(statement).encode()), good),
        "attachment first": mixed(good, (JSON_PART, json.dumps(statement).encode())),
        "two parts of JSON": with_json(statement, (JSON_PART, json.dumps(a_statement()).encode())),
        "no end": mixed((JSON_PART, json.dumps(statement).encode()), good, end=b""),
        "no boundaries": json.dumps(statement).encode(),
        "nothing": b"",
        "no empty line": b"--ours\r\nContent-Type: application/json\r\n{}--ours--",
        "too many": with_json(statement, *[good] * 300),
    }
    answered = {name: either.post(body, content_type=MIXED).status_code for name, body in bad.items()}
    assert {name: status for name, status in answered.items() if status != 400} == {}
    right = with_json(statement, good)
    for kind in ("multipart/mixed", "multipart/form-data; boundary=ours", "text/plain", "application/xml", ""):
        assert either.post(right, content_type=kind).status_code == 400
    assert either.post(statement).status_code == 400  # as JSON the content cannot come


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = timezone.now()
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return base64.b64encode(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)).decode()


def signed(statement, token: bytes, **changed) -> bytes:
    attachment = an_attachment(token, **{"usageType": SIGNATURE, "contentType": "application/octet-stream", **changed})
    return with_json({**statement, "attachments": [attachment]}, a_part(token))


def a_token(statement, key, algorithm="RS256", **heads) -> bytes:
    payload = json.dumps(statement).encode()
    return jwt.api_jws.encode(payload, key, algorithm=algorithm, headers=heads).encode()


@covers(115, 116, 117)
def test_a_signature_is_checked_by_what_it_signs_and_who_made_it(either, rsa_key):
    statement = a_statement(id=an_id(), timestamp="2026-01-01T00:00:00Z")

    def answered(body: bytes) -> int:
        return either.post(body, content_type=MIXED).status_code

    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for algorithm in ("RS256", "RS384", "RS512"):
        statement["id"] = an_id()
        assert answered(signed(statement, a_token(statement, rsa_key, algorithm))) == 200
    x5c = [certificate(rsa_key)]
    assert answered(signed(statement | {"id": an_id()}, a_token(statement, rsa_key, x5c=x5c))) == 200
    bad = {
        "content type": signed(statement, a_token(statement, rsa_key), contentType="text/plain"),
        "algorithm": signed(statement, a_token(statement, b"a secret of thirty-two letters..", "HS256")),
        "another statement": signed(statement, a_token(a_statement(actor={"openid": LESSON}), rsa_key)),
        "no JSON": signed(statement, jwt.api_jws.encode(b"{bad", rsa_key, algorithm="RS256").encode()),
        "no token": signed(statement, b"this is no token"),
        "not its maker": signed(statement, a_token(statement, other, x5c=x5c)),
        "no certificate": signed(statement, a_token(statement, rsa_key, x5c=["bad"])),
        "empty chain": signed(statement, a_token(statement, rsa_key, x5c=[])),
    }
    assert {name: status for name, body in bad.items() if (status := answered(body)) != 400} == {}


FORM = "application/x-www-form-urlencoded"


def alternate(program, method, form, query="", **heads):
    body = urlencode({name: v if isinstance(v, str) else json.dumps(v) for name, v in form.items()}).encode()
    return program.http.generic(
        "POST", f"/xapi/statements?method={method}{query}", body, content_type=FORM, headers=program.heads | heads
    )


@covers(148, 336, "1.0.3 alternate syntax")
def test_the_alternate_syntax_is_a_form_in_the_first_version(program):
    uid = an_id()
    got = alternate(program, "GET", {"limit": "1"})
    assert (got.status_code, got.json()) == (200, {"statements": [], "more": ""})
    assert alternate(program, "PUT", {"statementId": uid, "content": a_statement()}).status_code == 204
    assert alternate(program, "GET", {"statementId": uid}).json()["id"] == uid
    heads = {"Authorization": program.basic, "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"}
    bare = program.http.generic(
        "POST",
        "/xapi/statements?method=PUT",
        urlencode({"statementId": an_id(), "content": json.dumps(a_statement()), **heads}).encode(),
        content_type=FORM,
    )
    assert bare.status_code == 204
    refused = [
        alternate(program, "PUT", {"statementId": uid}),
        alternate(program, "PUT", {"statementId": uid, "content": a_statement()}, "&statementId=x"),
        alternate(program, "PUT", {"statementId": uid, "content": a_statement(), "X-Experience-API-Version": "0.8"}),
        alternate(program, "PUT", {"statementId": uid, "content": a_statement(), "X-Experience-API-Version": "2.0.0"}),
        program.ask("PUT", "statements", {"method": "POST"}, a_statement()),
        program.ask("POST", "statements", {"method": "PUT"}, a_statement()),
        program.ask("POST", "statements", {"method": "PUT"}, b"no form", content_type=FORM),
    ]
    assert [answer.status_code for answer in refused] == [400] * len(refused)
    assert alternate(program, "DELETE", {}).status_code == 405


@covers("2.0 no alternate syntax")
def test_the_second_version_has_no_alternate_syntax(second):
    for method in ("GET", "PUT", "POST"):
        form = {"statementId": an_id(), "content": a_statement()}
        assert alternate(second, method, form).status_code == 400


@covers(331, 333, 321, "2.0 version")
def test_the_version_is_told_and_answered(program, second):
    assert program.get()["X-Experience-API-Version"] == "1.0.3"
    assert second.get()["X-Experience-API-Version"] == "2.0.0"
    for version in ("1.0", "1.0.0", "1.0.9", "2.0", "2.0.1"):
        assert program.ask("GET", "statements", x_experience_api_version=version).status_code == 200
    for version in (None, "", "0.8", "0.95", "1.1.0", "2.1.0", "3.0", "1.0.x", "1"):
        for method, resource in (("GET", "statements"), ("POST", "statements"), ("GET", "activities/state")):
            answer = program.ask(method, resource, x_experience_api_version=version)
            assert answer.status_code == 400, version
            assert answer["X-Experience-API-Version"] == (
                "2.0.0" if version in (None, "") else answer["X-Experience-API-Version"]
            )


@covers(334, 335)
def test_a_token_comes_as_basic_or_bearer(program):
    bearer = f"Bearer {program.key}:{program.secret}"
    assert program.ask("GET", "statements", authorization=bearer).status_code == 200
    right = base64.b64encode(f"{program.key}:{program.secret}".encode()).decode()
    wrong = [None, "", "Basic", "Basic !!", f"Basic {right}x", "Basic " + base64.b64encode(b"no colon").decode()]
    wrong += [
        "Basic " + base64.b64encode(f"{program.key}:x".encode()).decode(),
        "Digest x",
        "Bearer x",
        "Bearer a\x00:b",
    ]
    wrong += ["Basic " + base64.b64encode(b"\xff:\xff").decode(), "Bearer a\x00:b"]
    for one in wrong:
        answer = program.ask("GET", "statements", authorization=one)
        assert answer.status_code == 401, one
        assert answer["WWW-Authenticate"].startswith("Basic")


def test_a_token_ends_when_it_is_revoked_or_over(program):
    over = a_program(expires_at=timezone.now() - timedelta(seconds=1))
    still = a_program(expires_at=timezone.now() + timedelta(hours=1))
    assert over.get().status_code == 401
    assert still.get().status_code == 200
    program.row.revoked_at = timezone.now()
    program.row.save()
    assert program.get().status_code == 401


def test_when_a_token_was_used_is_written_once_an_hour(program):
    assert program.row.last_used_at is None
    program.get()
    program.row.refresh_from_db()
    first = program.row.last_used_at
    assert first is not None
    program.get()
    program.row.refresh_from_db()
    assert program.row.last_used_at == first


@covers(327)
def test_a_token_reaches_as_far_as_its_scopes(program):
    uid = program.stored()
    writer, reader, mine = (
        a_program("statements/write"),
        a_program("statements/read"),
        a_program("statements/read/mine"),
    )
    state, profile = a_program("state"), a_program("profile")
    both = a_program("statements/write", "statements/read/mine")
    assert writer.post(a_statement()).status_code == 200
    assert reader.one(uid)["id"] == uid
    assert mine.get(statementId=uid).status_code == 404  # another program's is not there
    assert mine.found() == []
    assert both.found() == []
    assert [both.stored()] == both.found()
    place = {"activityId": LESSON, "agent": ANA, "stateId": "x"}
    profiles = {"agent": ANA, "profileId": "x"}
    assert state.ask("PUT", "activities/state", place, {}).status_code == 204
    assert profile.ask("PUT", "agents/profile", profiles, {}).status_code == 204
    refused = [
        reader.post(a_statement()),
        writer.get(),
        writer.get(statementId=uid),
        state.get(),
        profile.ask("GET", "activities/state", place),
        state.ask("GET", "agents/profile", profiles),
        writer.ask("GET", "agents", {"agent": ANA}),
        writer.ask("GET", "activities", {"activityId": LESSON}),
        writer.post(
            a_statement(
                verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object={"objectType": "StatementRef", "id": uid}
            )
        ),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert reader.one(uid)["id"] == uid


def test_what_refers_to_a_statement_of_another_program_does_not_tell_of_it(program):
    """Else a program could ask, agent by agent, about whom a statement is that it may not read."""
    secret = program.stored(actor={"mbox": "mailto:eva@example.org"})
    both = a_program("statements/write", "statements/read/mine")
    both.stored(object={"objectType": "StatementRef", "id": secret})
    assert both.found(agent={"mbox": "mailto:eva@example.org"}) == []


@covers(323)
def test_methods_that_there_are_not(program):
    nothing = {"x_experience_api_version": "1.0.1", "authorization": None}
    for resource, methods in {
        "statements": ("DELETE", "PATCH"),
        "statements/more": ("POST", "PUT", "DELETE"),
        "activities": ("DELETE", "POST", "PUT"),
        "agents": ("DELETE", "POST", "PUT"),
        "about": ("DELETE", "POST", "PUT"),
    }.items():
        for method in methods:
            answer = program.ask(method, resource, **nothing)
            assert answer.status_code == 405
            assert "GET" in answer["Allow"]


def test_packages_on_another_origin_may_ask(program):
    before = program.http.options("/xapi/statements", headers={"Origin": "https://packages.example.org"})
    assert before.status_code == 204
    assert "X-Experience-API-Version" in before["Access-Control-Allow-Headers"]
    assert "PUT" in before["Access-Control-Allow-Methods"]
    for answer in (before, program.get(), program.get(foo="bar"), program.ask("GET", "statements", authorization=None)):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
        assert answer.cookies == {}
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"


@covers(328, 323)
def test_what_is_too_large_is_refused(program):
    big = a_statement(result={"response": "x" * 1024 * 1024})
    assert program.post(big).status_code == 413
    assert program.post([a_statement(result={"response": "x" * 900 * 1024})] * 3).status_code == 200
    body = b"x" * (20 * 1024 * 1024 + 1)
    assert program.post(body).status_code == 413
    assert program.post([a_statement()] * 1001).status_code == 400


@covers(329)
def test_a_fault_of_ours_is_a_500_and_nothing_is_kept(program, monkeypatch):
    from trama.learn.statements import services

    def broken(*_arguments, **_named):
        raise RuntimeError("broken")

    program.http.raise_request_exception = False
    monkeypatch.setattr(services, "remember", broken)
    with_definition = a_statement(object={"id": LESSON, "definition": {"type": LESSON}})
    assert program.post(with_definition).status_code == 500
    assert program.found() == []


@pytest.fixture
def no_requests_yet():
    limits._done_at.clear()
    yield
    limits._done_at.clear()


def test_a_token_that_asks_too_often_is_told_when_to_come_back(either, settings, no_requests_yet):
    settings.TRAMA_XAPI_REQUESTS_PER_MINUTE = 3
    for _ in range(3):
        assert either.get(statementId=an_id()).status_code == 404
    refused = either.post(a_statement())
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 20
    assert "3 requests a minute" in refused.json()["message"]
    assert not Statement.objects.exists()
    assert a_program(version=either.version).get(statementId=an_id()).status_code == 404  # another token
    settings.TRAMA_XAPI_REQUESTS_PER_MINUTE = 0
    assert either.post(a_statement()).status_code == 200


def test_a_minutes_worth_comes_at_once_and_then_evenly(settings, no_requests_yet):
    settings.TRAMA_XAPI_REQUESTS_PER_MINUTE = 60
    served = [_is_served(1, now=100.0) for _ in range(62)]
    assert served == [True] * 60 + [False] * 2
    assert [_is_served(1, now=100.5), _is_served(1, now=101.0), _is_served(1, now=101.5)] == [False, True, False]
    with pytest.raises(TooMany) as found:
        limits.count_request(1, now=101.5)
    assert found.value.wait == 1
    assert [_is_served(1, now=200.0) for _ in range(61)] == [True] * 60 + [False]  # a pause gives no more than that


def test_the_counts_stay_small(settings, no_requests_yet, monkeypatch):
    settings.TRAMA_XAPI_REQUESTS_PER_MINUTE = 60
    monkeypatch.setattr(limits, "MOST_KEPT", 5)
    for client in range(5):
        limits.count_request(client, now=100.0)
    limits.count_request(0, now=101.5)
    limits.count_request(5, now=101.6)
    assert set(limits._done_at) == {0, 5}  # the others owed nothing
    for client in range(6, 20):
        limits.count_request(client, now=101.7)
    assert len(limits._done_at) <= 5


def _is_served(client: int, now: float) -> bool:
    try:
        limits.count_request(client, now=now)
    except TooMany:
        return False
    return True
