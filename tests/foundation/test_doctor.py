"""``trama doctor``: what is wrong, in plain words, and how to mend it."""

import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from trama.foundation import checks, doctor
from trama.foundation.audit.triggers import GUARDS as TRAIL
from trama.foundation.doctor import FAILURE, GOOD, WARNING, Finding
from trama.foundation.guards.checks import guards
from trama.foundation.jobs.services import note_worker

ROOT = Path(__file__).resolve().parents[2]


def levels(findings: Iterator[Finding]) -> list[str]:
    found = list(findings)
    assert all(finding.mend for finding in found if finding.level != GOOD), "a problem without a way to mend it"
    return [finding.level for finding in found]


def trama(environment: dict[str, str], *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "config.cli", *arguments]
    return subprocess.run(
        command, env={**environment, **more}, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_good_installation_has_no_failure_and_the_exit_code_says_so(installation):
    answer = trama(installation, "doctor")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "✗" not in answer.stdout
    assert "settings read back" in answer.stdout


def test_a_bad_installation_ends_with_code_1_and_says_how_to_mend_it(installation, tmp_path):
    answer = trama(
        installation, "doctor", TRAMA_VAR=str(tmp_path), TRAMA_DATABASE_URL=f"sqlite:///{tmp_path}/new.sqlite3"
    )
    assert answer.returncode == 1
    assert "Run: trama migrate" in answer.stdout


def test_a_database_that_does_not_answer_is_told_and_not_a_traceback(installation):
    answer = trama(installation, "doctor", TRAMA_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert answer.returncode == 1
    assert "TRAMA_DATABASE_URL" in answer.stdout
    assert "Traceback" not in answer.stdout + answer.stderr


def test_the_language_is_that_of_the_terminal(monkeypatch):
    from django.utils.translation import get_language

    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for terminal, expected in (("pt_BR.UTF-8", "pt-br"), ("en_US.UTF-8", "en"), ("C", "en"), ("", "en")):
        monkeypatch.setenv("LANG", terminal)
        with doctor.language_of_the_terminal():
            assert get_language() == expected


def test_a_full_disk_is_announced_before_it_is_full(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10, 10, 2**29))
    assert levels(checks.folders()) == [GOOD, WARNING]


def test_a_folder_that_cannot_be_written_to_is_a_failure(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.VAR_DIR = tmp_path / "file"
    assert levels(checks.folders()) == [FAILURE]


@pytest.mark.django_db
def test_a_lost_guard_is_a_failure_that_names_it_and_says_how_to_mend_it():
    from django.db import connection

    assert levels(checks.migrations()) == [GOOD]
    assert levels(guards()) == [GOOD]
    TRAIL.remove(connection)
    assert levels(checks.migrations()) == [GOOD]
    (told,) = guards()
    assert told.level == FAILURE
    assert "foundation_event_append_only" in told.what
    assert "trama migrate" in told.mend


@pytest.mark.django_db
def test_without_a_worker_there_is_a_warning():
    assert levels(checks.worker()) == [WARNING]
    note_worker("here:1", at=timezone.now())
    assert levels(checks.worker()) == [GOOD]


@pytest.mark.django_db
def test_a_missing_cache_table_is_a_failure(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "no_table"}}
    assert levels(checks.cache_table()) == [FAILURE]


def test_settings_that_would_expose_people_are_failures(settings, tmp_path):
    settings.SECRET_KEY = "short"
    settings.ALLOWED_HOSTS = ["*"]
    settings.VAR_DIR = tmp_path
    assert levels(checks.secrets_and_hosts()) == [FAILURE, FAILURE]
    (tmp_path / "secret-key").write_text("x" * 60)
    (tmp_path / "secret-key").chmod(0o644)
    settings.SECRET_KEY = "x" * 60
    settings.ALLOWED_HOSTS = ["trama.example.org"]
    assert levels(checks.secrets_and_hosts()) == [GOOD, WARNING, GOOD]


def test_production_without_its_static_files_is_a_failure(settings, tmp_path):
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    settings.STATIC_ROOT = tmp_path
    assert levels(checks.static_files()) == [FAILURE]
    (tmp_path / "staticfiles.json").write_text("{}")
    assert levels(checks.static_files()) == [GOOD]


def test_a_mail_server_that_does_not_answer_is_a_failure(settings):
    options = {"host": "127.0.0.1", "port": 1, "use_tls": False}
    settings.MAILERS = {"wire": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    assert levels(checks.connect_to_mail()) == [FAILURE]
    settings.DEFAULT_FROM_EMAIL = "Trama <nao-responda@localhost>"
    assert levels(checks.mail()) == [GOOD, WARNING]


@pytest.mark.django_db
def test_other_phases_add_checks_and_a_broken_check_does_not_end_the_examination(monkeypatch):
    monkeypatch.setattr(doctor, "_checks", [])

    @doctor.register_check(order=2)
    def last() -> Iterator[Finding]:
        yield doctor.good("the last one was asked")

    @doctor.register_check(order=1)
    def broken() -> Iterator[Finding]:
        yield doctor.good("so far so good")
        raise ZeroDivisionError("a bug in the check")

    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=out)
    assert ended.value.code == 1
    told: Any = out.getvalue()
    assert told.index("so far so good") < told.index("ZeroDivisionError") < told.index("the last one was asked")
