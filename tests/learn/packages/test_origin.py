"""The packages' own origin: what it answers, under which rules, and what it refuses."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.accounts import factories as accounts
from tests.learn.packages import making
from tests.learn.packages.world import a_class_with, a_file
from tests.learn.progress.world import later
from trama.learn.packages.addresses import label_of, signed_path
from trama.learn.packages.origin import RUNTIME, SANDBOX
from trama.learn.packages.services import open_package

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


@pytest.fixture
def file():
    return a_file(accounts.a_person(), making.scorm_12(**{"media/som.mp3": bytes(range(256)) * 8}))


@pytest.fixture
def ask(file):
    """``ask("p/aula/index.html")``: an answer of the packages' origin."""
    label = label_of(file, "ana")

    def ask(rest="", *, host=f"{label}.packages.localhost:8000", token=None, method="get", **headers):
        path = token or signed_path(file, label, SITE, timezone.now())
        return getattr(Client(), method)(f"/{path}/{rest}", headers={"host": host, **headers})

    return ask


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_file_goes_out_sandboxed_and_without_a_session(ask):
    answer = ask("p/aula/index.html")
    assert answer.status_code == 200
    assert "Página" in body(answer).decode()
    policy = answer["Content-Security-Policy"]
    assert policy.startswith(SANDBOX)
    for word in ("allow-top-navigation", "allow-popups", "allow-downloads", "allow-modals"):
        assert word not in policy
    for rule in ("connect-src 'self'", "worker-src 'none'", f"frame-ancestors 'self' {SITE}", "object-src 'none'"):
        assert rule in policy
    assert not answer.cookies
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "X-Frame-Options" not in answer
    assert "Service-Worker-Allowed" not in answer


@pytest.mark.parametrize(
    "rest", ["p/nada.html", "p/aula/", "p/../aula/index.html", "x/y", "r/../origin.py", "r/nada.js", "p/"]
)
def test_what_is_not_there_is_not_found(ask, rest):
    assert ask(rest).status_code == 404


def test_nothing_of_the_site_is_on_the_packages_domain(ask, file):
    for host in ("packages.localhost", f"{label_of(file, 'ana')}.packages.localhost"):
        for path in ("/", "/cursos/", "/static/foundation/trama.css", "/conta/entrar/", "/saude/"):
            assert Client().get(path, headers={"host": host}).status_code == 404, (host, path)


def test_nothing_of_a_package_is_on_the_site(file):
    path = signed_path(file, label_of(file, "ana"), SITE, timezone.now())
    assert Client().get(f"/{path}/p/aula/index.html").status_code == 404


def test_a_path_is_good_for_its_host_and_its_time_alone(ask, file):
    other = label_of(file, "rui")
    assert ask("p/aula/index.html", host=f"{other}.packages.localhost").status_code == 404
    good = signed_path(file, label_of(file, "ana"), SITE, timezone.now())
    assert ask("p/aula/index.html", token=good[:-1] + ("a" if good[-1] != "a" else "b")).status_code == 404
    assert ask("p/aula/index.html", token="x").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        assert ask("p/aula/index.html", token=good).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        assert ask("p/aula/index.html", token=good).status_code == 200


def test_an_address_stays_the_same_for_a_while_so_browsers_keep_what_they_loaded(file):
    label, start = label_of(file, "ana"), later(0)
    assert signed_path(file, label, SITE, start) == signed_path(file, label, SITE, start + timedelta(minutes=1))


def test_each_learner_has_a_host_of_their_own(file):
    assert label_of(file, "ana") != label_of(file, "rui")
    assert file.sha256[:8] not in label_of(file, "ana")


def test_no_service_worker_and_no_other_method(ask):
    assert ask("p/js/aula.js", **{"service-worker": "script"}).status_code == 403
    assert ask("p/js/aula.js", method="post").status_code == 405
    assert ask("p/js/aula.js").status_code == 200


def test_a_player_gets_the_piece_it_asks_for(ask):
    whole = bytes(range(256)) * 8
    piece = ask("p/media/som.mp3", range="bytes=100-199")
    assert (piece.status_code, body(piece)) == (206, whole[100:200])
    assert piece["Content-Range"] == "bytes 100-199/2048"
    assert body(ask("p/media/som.mp3", range="bytes=2000-")) == whole[2000:]
    assert body(ask("p/media/som.mp3", range="bytes=-10")) == whole[-10:]
    assert body(ask("p/media/som.mp3", range="bytes=9999-")) == whole
    assert ask("p/media/som.mp3")["Content-Type"] == "audio/mpeg"


def test_a_file_that_did_not_change_is_not_sent_again(ask):
    first = ask("p/js/aula.js")
    assert ask("p/js/aula.js", **{"if-none-match": first["ETag"]}).status_code == 304


def test_the_bridge_speaks_to_its_site_alone(ask):
    page = ask()
    assert f'data-site="{SITE}"' in page.content.decode()
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert ask("r/bridge.js").status_code == 200


def test_the_page_of_a_launch_shows_its_own_package_and_no_other_host():
    room, package = a_class_with()
    launch = open_package(room.enrolment, package, by=room.learner, at=timezone.now())
    client = Client()
    client.force_login(room.learner)
    answer = client.get(f"/aprender/aberturas/{launch.uid}/")
    origin = f"http://{label_of(package.file, str(room.enrolment.uid))}.packages.localhost"
    assert f"frame-src {origin}" in answer["Content-Security-Policy"]
    assert answer.context["setup"]["address"].startswith(f"{origin}/")
    assert room.learner.email not in json.dumps(answer.context["setup"])
    frame = Client().get(answer.context["setup"]["address"].removeprefix(origin), headers={"host": origin[7:]})
    assert frame.status_code == 200


def test_what_was_brought_from_elsewhere_is_as_it_was_noted():
    manifest = json.loads((RUNTIME / "vendor.json").read_text())
    noted = {name: sha for package in manifest.values() for name, sha in package["sha256"].items()}
    there = {str(path.relative_to(RUNTIME)) for path in Path(RUNTIME / "vendor").rglob("*") if path.is_file()}
    assert there == set(noted)
    for name, sha in noted.items():
        assert hashlib.sha256((RUNTIME / name).read_bytes()).hexdigest() == sha, name


def test_the_core_of_h5p_comes_with_its_own_licence():
    held = json.loads((RUNTIME / "vendor.json").read_text())["h5p-standalone"]
    assert b"XAPIEvent" in (RUNTIME / "vendor/h5p/frame.bundle.js").read_bytes()  # the core, not the player
    assert held["licence"] == "MIT AND GPL-3.0-only"
    text = (RUNTIME / "licences/GPL-3.0.txt").read_text()
    assert "GNU GENERAL PUBLIC LICENSE\n                       Version 3" in text
    assert "END OF TERMS AND CONDITIONS" in text
    told = (RUNTIME / "licences/README.txt").read_text()
    assert f"version {held['version']}" in told
    assert all(name in told for name in ("frame.bundle.js", "h5p-php-library", "GPL-3.0.txt"))
