"""Badges, read by a stranger: openbadgeslib takes ours, and refuses what was changed, revoked or replaced."""

import base64
import hashlib
import json
from datetime import timedelta
from xml.dom.minidom import parseString

import jwt
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier
from openbadgeslib.ob3.credential import IdentityObject
from openbadgeslib.ob3.status import decode_encoded_list, set_indices

from tests.accounts import factories as accounts
from tests.learn.factories import NOON
from tests.learn.lti.world import OTHER_KEY
from tests.learn.progress.world import Class, a_class
from trama.accounts.roles.vocabulary import Role
from trama.learn.certificates import badges
from trama.learn.certificates.services import issue_for_cohort, reissue, revoke
from trama.learn.keys.services import rotate
from trama.learn.models import Certificate, Lesson, SigningKey
from trama.learn.progress.services import record_visit

pytestmark = pytest.mark.django_db
DID = "did:web:localhost%3A8000"


def completed(**fields: object) -> tuple[Class, Certificate]:
    of = a_class(lessons_only=True, **fields)
    for lesson in Lesson.objects.filter(module__version=of.version):
        record_visit(of.enrolment, lesson, by=of.learner, at=NOON)
    return of, Certificate.objects.get()


def downloaded(of: Class, certificate: Certificate, extension: str = "jwt") -> bytes:
    client = Client()
    client.force_login(of.learner)
    answer = client.get(f"/aprender/meus/certificados/{certificate.uid}/selo.{extension}")
    assert answer.status_code == 200
    return bytes(answer.content)


def fetched(address: str) -> bytes:
    """What the verifier asks of this site; the document of the issuer under the name that did:web gives it."""
    path = address.partition("localhost")[2].removeprefix("%3A8000").removeprefix(":8000")
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return bytes(answer.content)


def verify(token: str, **options: object):
    verifier = OB3Verifier.for_issuer_did(DID, download=fetched)
    return verifier.verify(token, check_status=True, download=fetched, **options)


def test_a_foreign_verifier_takes_the_badge_and_reads_what_it_is_for():
    of, certificate = completed(hours=8)
    found = verify(downloaded(of, certificate).decode())
    assert found.issuer.id == DID
    assert found.issuer.name == settings.SITE_NAME
    assert found.achievement.name == "Conhecer a rede"
    assert found.achievement.achievement_type == "Course"
    assert "8 h" in found.achievement.criteria_narrative
    assert found.id == f"urn:uuid:{certificate.uid}"
    assert found.evidence[0].id.endswith(f"/certificados/{certificate.code}/")


def test_the_picture_carries_the_same_badge():
    of, certificate = completed(title_pt="Conhecer a rede & <planejar> com a equipe da secretaria, passo a passo")
    token = OB3Verifier.extract_token_from_svg(downloaded(of, certificate, "svg"))
    assert verify(token).id == f"urn:uuid:{certificate.uid}"


def test_the_person_is_a_hash_that_only_who_knows_the_email_can_check():
    of, certificate = completed()
    token = downloaded(of, certificate).decode()
    (identity,) = verify(token).identifiers
    assert identity.identity_hash == IdentityObject.create(of.learner.email, identity.salt).identity_hash
    assert identity.identity_hash == "sha256$" + hashlib.sha256((of.learner.email + identity.salt).encode()).hexdigest()
    told = json.dumps(jwt.decode(token, options={"verify_signature": False}))
    assert of.learner.email not in told
    assert "Ana" not in told


@pytest.mark.parametrize("field", ["name", "validFrom", "id"])
def test_a_badge_that_was_changed_is_refused(field):
    of, certificate = completed()
    head, body, signature = downloaded(of, certificate).decode().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims[field] = "2020-01-01T00:00:00Z" if field == "validFrom" else "urn:another"
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    assert verify(f"{head}.{body}.{signature}")
    with pytest.raises(OB3VerificationError):
        verify(f"{head}.{changed}.{signature}")


def test_a_revoked_badge_is_refused_and_its_neighbour_is_not():
    of, certificate = completed()
    other, kept = completed_again(of)
    token = downloaded(of, certificate).decode()
    revoke(certificate, reason="Emitido por engano.", by=of.trainer, at=timezone.now())
    with pytest.raises(OB3VerificationError, match="revocation"):
        verify(token)
    assert verify(downloaded(other, kept).decode())


def completed_again(before: Class) -> tuple[Class, Certificate]:
    """Another learner of another course."""
    of = a_class(lessons_only=True)
    for lesson in Lesson.objects.filter(module__version=of.version):
        record_visit(of.enrolment, lesson, by=of.learner, at=NOON)
    return of, Certificate.objects.exclude(enrolment=before.enrolment).get()


def test_a_corrected_certificate_has_a_badge_of_its_own_and_the_old_one_ends():
    of, certificate = completed()
    old = downloaded(of, certificate).decode()
    new = reissue(certificate, name="Ana de Souza", reason="Nome.", by=of.trainer, at=timezone.now())
    with pytest.raises(OB3VerificationError):
        verify(old)
    assert verify(downloaded(of, new).decode()).id == f"urn:uuid:{new.uid}"
    client = Client()
    client.force_login(of.learner)
    assert client.get(f"/aprender/meus/certificados/{certificate.uid}/selo.svg").status_code == 404


def test_a_badge_signed_before_a_rotation_still_holds_and_can_still_be_revoked():
    of, certificate = completed()
    before = downloaded(of, certificate).decode()
    rotate("badge", by=accounts.person_with(Role.PROGRAMME_ADMIN), at=timezone.now())
    after = downloaded(of, certificate).decode()
    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
    assert verify(before).id == verify(after).id
    old = SigningKey.objects.get(purpose="badge", retired_at__isnull=False)
    assert old.sealed == ""
    revoke(certificate, reason="Engano.", by=of.trainer, at=timezone.now())
    for token in (before, after):
        with pytest.raises(OB3VerificationError):
            verify(token)


def test_a_changed_secret_stops_nothing_and_undoes_nothing(settings):
    of, certificate = completed()
    before = downloaded(of, certificate).decode()
    at = timezone.now()
    settings.SECRET_KEY = "another secret"
    after = badges.signed_badge(certificate, at=at)
    assert badges.signed_badge(certificate, at=at).split(".")[0] == after.split(".")[0] != before.split(".")[0]
    assert verify(before).id == verify(after).id
    assert SigningKey.objects.filter(purpose="badge").count() == 2


def test_a_badge_signed_with_another_key_is_refused():
    of, certificate = completed()
    token = downloaded(of, certificate).decode()
    head = jwt.get_unverified_header(token)
    forged = jwt.encode(
        jwt.decode(token, options={"verify_signature": False}), OTHER_KEY[0], "RS256", headers={"kid": head["kid"]}
    )
    with pytest.raises(OB3VerificationError):
        verify(forged)


def test_the_status_list_is_long_lapses_and_names_who_was_revoked():
    of, certificate = completed()
    revoke(certificate, reason="Engano.", by=of.trainer, at=timezone.now())
    at = timezone.now()
    told = jwt.decode(badges.status_list(0, at=at), options={"verify_signature": False})
    bits = decode_encoded_list(told["credentialSubject"]["encodedList"])
    assert len(bits) * 8 == badges.LIST_SIZE
    assert set_indices(bits) == {certificate.pk}
    assert told["validUntil"] > (at + timedelta(hours=23)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_partial_certificate_has_no_badge():
    of, _certificate = completed()
    partial = Certificate.objects.create(
        code="AAAA-AAAA-AAAA-AAAA", enrolment=of.enrolment, kind="partial", name="Ana", course_pt="a", course_en="a",
        version="1.0", hours=1, cohort="x", started_on=NOON.date(), ended_on=NOON.date(), issued_at=NOON,
    )  # fmt: skip
    client = Client()
    client.force_login(of.learner)
    assert client.get(f"/aprender/meus/certificados/{partial.uid}/selo.svg").status_code == 404


def test_the_badge_belongs_to_its_holder_and_who_leads_the_cohort():
    of, certificate = completed()
    address = f"/aprender/meus/certificados/{certificate.uid}/selo.jwt"
    expected = {of.learner: 200, of.trainer: 200, of.stranger: 404}
    for person, status in expected.items():
        client = Client()
        client.force_login(person)
        assert client.get(address).status_code == status
    assert Client().get(address).status_code == 302


def test_public_records_hold_no_person_and_can_be_kept_and_read_from_elsewhere():
    of, certificate = completed()
    downloaded(of, certificate)
    did = Client().get("/.well-known/did.json")
    assert did["Access-Control-Allow-Origin"] == "*"
    assert "public" in did["Cache-Control"]
    told = json.loads(did.content)
    assert set(told["verificationMethod"][0]["publicKeyJwk"]) == {"kty", "n", "e", "kid", "alg", "use"}
    course = Client().get(f"/selos/cursos/{of.slug}/1.0.json")
    for answer in (did, course, Client().get("/selos/emissor.json")):
        assert answer.status_code == 200
        assert b"Ana" not in answer.content
        assert certificate.code.encode() not in answer.content
    assert Client().get("/selos/cursos/nenhum/1.0.json").status_code == 404
    assert Client().get("/selos/situacao/7.jwt").status_code == 404


def test_a_badge_says_the_same_in_every_language_of_the_page():
    _of, certificate = completed()
    with override("en"):
        english = badges.credential(certificate)
    with override("pt-br"):
        assert badges.credential(certificate) == english


def test_the_page_of_certificates_offers_the_badge():
    of, certificate = completed()
    client = Client()
    client.force_login(of.learner)
    page = client.get("/aprender/meus/certificados/").content.decode()
    assert f"/aprender/meus/certificados/{certificate.uid}/selo.svg" in page


def test_a_badge_issued_by_hand_after_revocation_holds():
    of, certificate = completed()
    revoke(certificate, reason="Engano.", by=of.trainer, at=timezone.now())
    (again,) = issue_for_cohort(of.cohort, partial=False, by=of.trainer, at=timezone.now())
    assert verify(downloaded(of, again).decode())


@tried(deadline=None)
@given(st.text(max_size=160))
def test_any_title_makes_a_picture_that_can_be_read(title):
    made = Certificate(course_pt="".join(one for one in title if one.isprintable()), hours=3)
    picture = badges.badge_svg(made, "a.b.c")
    parseString(picture.encode())
    assert OB3Verifier.extract_token_from_svg(picture.encode()) == "a.b.c"
