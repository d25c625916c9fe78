"""Pages of the official files: everyone sees what is published, the team what was refused; a job brings files in."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.accounts.factories import person_with
from trama.foundation.jobs.models import Job
from trama.know.indicators.models import Observation, Release
from trama.know.sources.forms import clean_name
from trama.know.sources.jobs import uploads_folder

from .conftest import Import, population

pytestmark = pytest.mark.django_db
GOOD = ["2600054,2022,98462,t", "2600104,2022,40241,t"]


@pytest.fixture
def published(tmp_path: Path, bring: Import) -> Release:
    return Release.objects.get(pk=bring(population(tmp_path / "população.csv", *GOOD)).release_id)


@pytest.fixture
def refused(tmp_path: Path, bring: Import) -> Release:
    path = population(
        tmp_path / "recusado.csv", '2600054,2022,"<b>x</b>",t', *(f"2600104,{y},?,t" for y in range(1991, 2101))
    )
    return Release.objects.get(pk=bring(path).release_id)


@pytest.fixture
def team(client: Client) -> Client:
    client.force_login(person_with("programme_team", tools={"sources": "edit"}))
    return client


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_everyone_sees_what_is_published_and_what_it_holds(client: Client, published: Release, prefix: str):
    listed = client.get(f"{prefix}/dados/")
    assert published.title in listed.content.decode()
    page = client.get(f"{prefix}/dados/{published.pk}/").content.decode()
    for said in (published.file_sha256, "população.csv", "IBGE", "2022"):
        assert said in page


def test_nobody_else_sees_what_was_refused(client: Client, refused: Release):
    assert refused.title not in client.get("/dados/").content.decode()
    assert client.get(f"/dados/{refused.pk}/").status_code == 404
    for address in ("", f"{refused.pk}/", f"{refused.pk}/linhas.csv", "enviar/", f"{refused.pk}/retirar/"):
        assert client.get(f"/dados/importacoes/{address}").status_code == 302
    client.force_login(person_with("network_principal"))
    for address in ("", f"{refused.pk}/", f"{refused.pk}/linhas.csv", "enviar/"):
        assert client.get(f"/dados/importacoes/{address}").status_code == 403


def test_the_team_sees_the_rejected_rows_page_by_page_and_as_a_file(team: Client, refused: Release):
    first = team.get(f"/dados/importacoes/{refused.pk}/").content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in first
    assert "<b>x</b>" not in first
    second = team.get(f"/dados/importacoes/{refused.pk}/?pagina=2").content.decode()
    assert first != second
    assert team.get("/dados/importacoes/").status_code == 200
    sent = team.get(f"/dados/importacoes/{refused.pk}/linhas.csv")
    rows = b"".join(sent.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(rows) == refused.rows_rejected + 1 == 112
    assert sent["Content-Disposition"].startswith("attachment")


def test_lists_take_the_same_number_of_queries_however_long(
    client: Client, published: Release, tmp_path: Path, bring: Import
):
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    once = (queries("/dados/"), queries(f"/dados/{published.pk}/"))
    for year in range(2001, 2011):
        bring(population(tmp_path / "p.csv", f"2600054,{year},5,t"))
    assert (queries("/dados/"), queries(f"/dados/{published.pk}/")) == once


def _send(team: Client, *rows: str, name: str = "p.csv", dry_run: bool = False) -> Any:
    body = "id_municipio,ano,populacao,tipo\n" + "\n".join(rows) + "\n"
    sent = {"file": SimpleUploadedFile(name, body.encode(), "text/csv")}
    if dry_run:
        sent["dry_run"] = "on"  # type: ignore[assignment]
    return team.post(reverse("know:upload"), sent)


@pytest.mark.django_db(transaction=True)
def test_a_sent_file_becomes_a_job_and_then_a_release(team: Client, territory: None):
    answer = _send(team, *GOOD)
    job = Job.objects.get()
    assert answer["Location"] == reverse("foundation:job", args=[job.pk])
    assert (job.state, job.error) == ("succeeded", "")
    release = Release.objects.get()
    assert (release.state, release.file_name) == ("published", "p.csv")
    assert job.result_address == reverse("know:import_report", args=[release.pk])
    assert list(uploads_folder().iterdir()) == []
    assert team.get(job.result_address).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rows", [GOOD, ["2600054,2022,muitos,t"]])
def test_a_trial_shows_its_report_and_keeps_nothing(team: Client, territory: None, rows: list[str]):
    _send(team, *rows, dry_run=True)
    job = Job.objects.get()
    assert (job.state, Release.objects.count(), Observation.objects.count()) == ("succeeded", 0, 0)
    page = team.get(job.result_address)
    assert page.status_code == 200
    assert ("muitos" in page.content.decode()) == (rows != GOOD)
    assert team.get(reverse("know:trial", args=["nothing-here"])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_sent_file_that_is_wrong_leaves_its_report(team: Client, territory: None):
    _send(team, "2600054,2022,muitos,t")
    release = Release.objects.get()
    assert release.state == "rejected"
    assert "muitos" in team.get(Job.objects.get().result_address).content.decode()


@pytest.mark.parametrize(("name", "size"), [("p.exe", 10), ("p.csv", 21 << 20), ("p.csv", 0)])
def test_what_cannot_be_sent_is_said_in_the_form(team: Client, territory: None, name: str, size: int):
    answer = team.post(reverse("know:upload"), {"file": SimpleUploadedFile(name, b"x" * size)})
    assert answer.status_code == 200
    assert not Job.objects.exists()
    assert not Release.objects.exists()


@pytest.mark.parametrize("role", ["trainer", "network_principal", "state_principal", "group_coordinator", "teacher"])
def test_other_roles_change_nothing(client: Client, published: Release, role: str):
    client.force_login(person_with(role))
    assert client.get(f"/dados/importacoes/{published.pk}/").status_code == 403
    assert client.post("/dados/importacoes/enviar/", {}).status_code == 403
    assert client.post(f"/dados/importacoes/{published.pk}/retirar/", {"reason": "x"}).status_code == 403
    published.refresh_from_db()
    assert published.state == "published"


def test_withdrawing_asks_why(team: Client, published: Release):
    address = f"/dados/importacoes/{published.pk}/retirar/"
    assert team.get(address).status_code == 200
    assert team.post(address, {"reason": ""}).status_code == 200
    assert team.post(address, {"reason": "ano trocado"}).status_code == 302
    published.refresh_from_db()
    assert published.state == "withdrawn"
    assert team.post(address, {"reason": "de novo"}).status_code == 200
    assert published.title in team.get(f"/dados/{published.pk}/").content.decode()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.csv", "y.csv"),
        ("a\u202eb\n.csv", "ab.csv"),
        ("", "file"),
        ("/", "file"),
    ],
)
def test_names_of_sent_files_are_names_only(sent: str, kept: str):
    assert clean_name(sent) == kept
