"""Settings: documented, safe in production, and complete."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READS = re.compile(r"""(?:environ(?:\.get\(|\[|\.setdefault\()|getenv\(|_required\()\s*["'](TRAMA_[A-Z0-9_]+)["']""")


def variables_in_code() -> set[str]:
    files = [path for folder in ("src", "scripts", "benchmarks", "tests") for path in (ROOT / folder).rglob("*.py")]
    found = {name for path in files for name in READS.findall(path.read_text(encoding="utf-8"))}
    makefile = (ROOT / "Makefile").read_text() + "".join(p.read_text() for p in (ROOT / ".ci").glob("*"))
    return found | set(re.findall(r"\$[{(]?(TRAMA_[A-Z0-9_]+)", makefile))


def test_every_environment_variable_is_documented_and_every_documented_one_is_read():
    documented = set(re.findall(r"^\| `(TRAMA_[A-Z0-9_]+)`", (ROOT / "docs/user/settings.md").read_text(), re.M))
    assert variables_in_code() == documented


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRAMA_")}
    return environment | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "PYTHONPATH": str(ROOT / "src"),
        "TRAMA_VAR": str(tmp_path),
        "TRAMA_SECRET_KEY": secrets.token_urlsafe(60),
        "TRAMA_HOSTS": "trama.example.org",
        "TRAMA_DATABASE_URL": f"sqlite:///{tmp_path}/production.sqlite3",
        "TRAMA_FROM_EMAIL": "Trama <trama@example.org>",
    }


def run(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-W", "error::DeprecationWarning:config", "-m", "config.cli", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)


def test_the_deployment_check_finds_nothing_to_say_about_production(production):
    answer = run(production, "check", "--deploy", "--fail-level", "WARNING")
    assert answer.returncode == 0, answer.stderr
    assert "no issues (0 silenced)" in answer.stdout


def test_the_deployment_check_would_say_something(production):
    answer = run(production | {"TRAMA_SECRET_KEY": "short"}, "check", "--deploy", "--fail-level", "WARNING")
    assert answer.returncode == 1
    assert "security.W009" in answer.stderr


@pytest.mark.parametrize("missing", ["TRAMA_SECRET_KEY", "TRAMA_HOSTS", "TRAMA_DATABASE_URL"])
def test_production_does_not_start_on_a_guess(production, missing):
    del production[missing]
    answer = run(production, "check")
    assert answer.returncode != 0
    assert missing in answer.stderr


@pytest.mark.parametrize("domain", ["trama.example.org", "pacotes.trama.example.org", "example.org"])
def test_packages_do_not_run_above_or_below_the_site(production, domain):
    answer = run(production | {"TRAMA_PACKAGES_DOMAIN": domain}, "check")
    assert answer.returncode != 0
    assert "TRAMA_PACKAGES_DOMAIN" in answer.stderr


def test_packages_run_on_a_domain_of_their_own(production):
    code = "from django.conf import settings; print(settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS)"
    environment = production | {"TRAMA_PACKAGES_DOMAIN": "conteudo-trama.example"}
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == [
        "['trama.example.org',",
        "'.conteudo-trama.example']",
        "['https://trama.example.org']",
    ]


def test_the_static_files_can_be_collected_with_names_that_change_with_their_content(production, tmp_path):
    answer = run(production, "collectstatic", "--no-input", "-v0")
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()
    assert list((tmp_path / "static" / "foundation").glob("trama.*.css.gz"))


ONE_PAGE = """
import django; django.setup()
from django.test import Client
client = Client(headers={"host": "trama.example.org"})
plain = client.get("/robots.txt")
secure = client.get("/robots.txt", secure=True)
print(plain.status_code, plain.get("Location"))
for name in ("Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy",
             "Cross-Origin-Opener-Policy", "X-Frame-Options"):
    print(name, "=", secure.get(name))
"""


def test_every_answer_carries_the_headers_that_protect_people(production):
    command = [sys.executable, "-c", ONE_PAGE]
    answer = subprocess.run(command, env=production, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert lines[0] == "301 https://trama.example.org/robots.txt"
    headers = dict(line.split(" = ", 1) for line in lines[1:])
    assert "max-age=31536000; includeSubDomains; preload" in headers["Strict-Transport-Security"]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy  # no other host, neither for content nor for reports
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_the_settings_use_nothing_that_django_gives_up(production):
    script = (
        "import warnings; warnings.simplefilter('error'); import django; django.setup(); "
        "from django.core import mail; mail.mailers.default"
    )
    for module in ("config.settings.production", "config.settings.embedded", "config.settings.test"):
        environment = production | {"DJANGO_SETTINGS_MODULE": module}
        answer = subprocess.run(
            [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, answer.stderr[-2000:]


def test_the_log_masks_what_would_name_a_person():
    import logging

    from trama.foundation.logs import MaskingFormatter

    def line(text: str) -> str:
        return MaskingFormatter("%(message)s").format(logging.LogRecord("n", 30, "f", 1, text, (), None))

    assert line("Key (email)=(ana.lima@sobral.ce.gov.br) exists") == "Key (email)=([e-mail]) exists"
    assert line("CPF 123.456.789-09 and 12345678909") == "CPF [cpf] and [cpf]"
    assert line("Not Found: /conta/password/reset/key/3-d5k2x9-8f1e2d3c4b5a69788f1e/") == (
        "Not Found: /conta/password/reset/key/[token]/"
    )
    job = "/sistema/tarefas/6f0f3b51-3d52-4d58-9c3f-2f3a1b9d8e7a/ failed for 2304400"
    assert line(job) == job
