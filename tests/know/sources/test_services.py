"""What an import promises: whole or not at all, the same report tried or real, every bad row named."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import translation

from trama.foundation.audit.models import Event
from trama.know.indicators.models import Observation, Release
from trama.know.models import GroupMembership, Place, RejectedRow, ReleaseIndicator, School, TeachingNetwork
from trama.know.sources import services, staging
from trama.know.sources.errors import NotPublished
from trama.know.sources.rawfiles import raw_path, report_path
from trama.know.sources.services import import_path, withdraw_release

from .. import factories
from . import official_layouts as official
from .conftest import NOON, Import, population, table

pytestmark = pytest.mark.django_db

GOOD = ["2600054,2022,98462,Censo 2022", "2600104,2022,40241,Censo 2022", "2700102,2022,19008,Censo 2022"]


def _counts() -> dict[str, int]:
    """How many rows each table of the phase holds."""
    models = (
        Release,
        Observation,
        Place,
        School,
        TeachingNetwork,
        GroupMembership,
        RejectedRow,
        ReleaseIndicator,
        Event,
    )
    return {model.__name__: model.objects.count() for model in models}


def test_a_good_file_is_published_with_its_figures_its_file_and_its_trace(tmp_path: Path, bring: Import):
    path = population(tmp_path / "p.csv", *GOOD)
    report = bring(path)
    assert (report.outcome, report.rows_read, report.rows_rejected, report.observations) == ("published", 3, 0, 3)
    release = Release.objects.get(pk=report.release_id)
    assert (release.state, release.published_at, release.observations_count) == ("published", NOON, 3)
    assert (release.source, release.publisher, release.vintage) == ("ibge-population", "IBGE", "2022")
    figure = Observation.objects.get(place=2600054)
    assert (figure.value, figure.status, figure.year, figure.release_id) == (98462.0, "v", 2022, release.pk)
    held = ReleaseIndicator.objects.get(release=release)
    assert (held.indicator_id, held.observations, held.first_year, held.last_year) == ("population", 3, 2022, 2022)
    kept = raw_path(report.file_sha256)
    assert kept.read_bytes() == path.read_bytes()
    facts = json.loads(kept.with_name(f"{kept.name}.json").read_text())
    assert (facts["vintage"], facts["rows"], facts["observations"]) == ("2022", 3, 3)
    assert Event.objects.get(verb="release published").target_id == str(release.pk)


@pytest.mark.parametrize("bad_row", range(3))
def test_a_bad_row_wherever_it_stands_keeps_everything_out(tmp_path: Path, bring: Import, bad_row: int):
    rows = list(GOOD)
    rows[bad_row] = "2600054,2022,muita gente,Censo 2022" if bad_row == 0 else "2600104,2022,-5,x"
    before = _counts()
    report = bring(population(tmp_path / "p.csv", *rows))
    after = _counts()
    assert (report.outcome, report.rows_read, report.rows_rejected) == ("rejected", 3, 1)
    problem = report.problems[0]
    assert (problem.row, problem.column) == (bad_row + 2, "POPULACAO")
    assert problem.found == ("muita gente" if bad_row == 0 else "-5")
    assert problem.expected
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"Release", "RejectedRow", "Event"}
    assert Release.objects.get().state == "rejected"
    assert not raw_path(report.file_sha256).exists()


def test_the_report_file_has_every_rejected_row_and_nothing_that_a_spreadsheet_would_run(tmp_path: Path, bring: Import):
    report = bring(population(tmp_path / "p.csv", '2600054,2022,"=HYPERLINK(""http://x"")",t', "2600104,2022,@x,t"))
    assert report.release_id is not None
    with report_path(report.release_id).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["member", "row", "column", "found", "expected"]
    assert [(row["row"], row["column"], row["found"]) for row in rows] == [
        ("2", "POPULACAO", '\'=HYPERLINK("http://x")'),
        ("3", "POPULACAO", "'@x"),
    ]
    assert RejectedRow.objects.get(row=2).found == '=HYPERLINK("http://x")'


def test_more_problems_than_are_stored_are_all_counted_and_all_in_the_file(
    tmp_path: Path, bring: Import, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("trama.know.sources.report.STORED_ROWS", 5)
    report = bring(population(tmp_path / "p.csv", *(f"2600054,{year},?,t" for year in range(2001, 2021))))
    assert (report.problems_count, report.rows_rejected, len(report.problems)) == (20, 20, 5)
    assert RejectedRow.objects.count() == 5
    assert report.release_id is not None
    assert len(report_path(report.release_id).read_text().splitlines()) == 21


def test_an_unknown_municipality_is_named_with_the_nearest_one(tmp_path: Path, bring: Import):
    report = bring(population(tmp_path / "p.csv", *GOOD, "2700210,2022,5000,t"))
    problem = report.problems[0]
    assert (report.outcome, report.problems_count) == ("rejected", 1)
    assert (problem.row, problem.found) == (5, "2700210")
    assert "2700201 (Anadia)" in problem.expected


def test_without_a_territory_the_report_says_what_to_import_first(tmp_path: Path, indicators: None):
    report = import_path(population(tmp_path / "p.csv", *GOOD), by=None, at=NOON)
    assert report.outcome == "rejected"
    assert all("IBGE" in problem.expected for problem in report.problems)


def test_an_unknown_indicator_is_a_problem_with_a_suggestion(tmp_path: Path, bring: Import, monkeypatch: Any):
    from trama.know.sources.formats import population as layout

    monkeypatch.setattr(layout, "_add", lambda line, column, indicator, place, year: line.chunk.observations.append(
        layout.observation("populatoin", place, year, 5.0, "v", line.number)
    ))  # fmt: skip
    report = bring(population(tmp_path / "p.csv", GOOD[0]))
    assert (report.outcome, report.problems[0].found) == ("rejected", "populatoin")
    assert "population" in report.problems[0].expected


def test_identical_rows_are_dropped_and_counted(tmp_path: Path, bring: Import):
    report = bring(population(tmp_path / "p.csv", *GOOD, GOOD[0], GOOD[0]))
    assert (report.outcome, report.observations, report.duplicates) == ("published", 3, 2)


def test_rows_that_contradict_each_other_are_both_named(tmp_path: Path, bring: Import):
    report = bring(population(tmp_path / "p.csv", *GOOD, "2600054,2022,7,t"))
    problem = report.problems[0]
    assert (report.outcome, problem.row, problem.found) == ("rejected", 5, "7.0")
    assert "2" in problem.expected  # the other row
    assert "98462" in problem.expected
    assert not Observation.objects.exists()


def test_a_missing_value_against_a_number_is_a_contradiction_too(tmp_path: Path, bring: Import):
    report = bring(population(tmp_path / "p.csv", "2600054,2022,7,t", "2600054,2022,...,t"))
    assert report.outcome == "rejected"


def test_missing_never_becomes_zero(tmp_path: Path, bring: Import):
    bring(population(tmp_path / "p.csv", "2600054,2022,...,t", "2600104,2022,,t"))
    found = dict(Observation.objects.values_list("place_id", "status"))
    assert found == {2600054: "n", 2600104: "b"}
    assert set(Observation.objects.values_list("value", flat=True)) == {None}


@pytest.mark.parametrize("rows", [GOOD, [*GOOD, GOOD[0]], [*GOOD, "2700210,2022,?,t"], [*GOOD, "2600054,2022,7,t"], []])
def test_a_trial_gives_the_very_same_report_and_writes_nothing(tmp_path: Path, bring: Import, rows: list[str]):
    path = population(tmp_path / "p.csv", *rows)
    before = _counts()
    tried = bring(path, dry_run=True)
    assert _counts() == before
    assert not (tmp_path / "raw").exists()
    real = bring(path)
    assert tried == real
    assert (tried.dry_run, tried.release_id, real.dry_run) == (True, None, False)


def test_the_same_file_again_changes_nothing_and_names_the_earlier_release(tmp_path: Path, bring: Import):
    path = population(tmp_path / "p.csv", *GOOD)
    first = bring(path)
    before = _counts()
    again = bring(path.rename(tmp_path / "renamed.csv"))
    assert (again.outcome, again.release_id) == ("unchanged", first.release_id)
    assert _counts() == before
    assert bring(tmp_path / "renamed.csv", dry_run=True).outcome == "unchanged"


def test_a_refused_file_sent_again_keeps_one_report(tmp_path: Path, bring: Import):
    path = population(tmp_path / "p.csv", "2600054,2022,?,t")
    bring(path)
    bring(path)
    assert Release.objects.filter(state="rejected").count() == 1
    assert RejectedRow.objects.count() == 1


def test_a_mended_file_is_published_after_a_refused_one(tmp_path: Path, bring: Import):
    bring(population(tmp_path / "p.csv", "2600054,2022,?,t"))
    assert bring(population(tmp_path / "p.csv", *GOOD)).outcome == "published"
    assert Observation.objects.filter(release__state="published").count() == 3


def test_an_error_of_ours_while_writing_leaves_no_trace(tmp_path: Path, bring: Import, monkeypatch: pytest.MonkeyPatch):
    def fails(*_args: Any) -> None:
        raise RuntimeError("the disk is full")

    before = _counts()
    monkeypatch.setattr(services, "_flip", fails)
    with pytest.raises(RuntimeError):
        bring(population(tmp_path / "p.csv", *GOOD))
    assert _counts() == before


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"<html></html>", b"a;b\n1;2\n", b"PK\x03\x04broken"])
def test_a_file_of_no_known_layout_is_refused_with_a_report(tmp_path: Path, bring: Import, content: bytes):
    path = tmp_path / "what.csv"
    path.write_bytes(content)
    report = bring(path)
    assert (report.outcome, report.source) == ("rejected", "unknown")
    assert report.problems[0].expected
    assert Release.objects.get().state == "rejected"


def test_a_table_without_rows_is_refused(tmp_path: Path, bring: Import):
    assert bring(population(tmp_path / "p.csv")).outcome == "rejected"


def test_only_the_programme_with_the_tool_may_import(tmp_path: Path, bring: Import):
    path = population(tmp_path / "p.csv", *GOOD)
    for dry_run in (False, True):
        with pytest.raises(PermissionDenied):
            bring(path, by=AnonymousUser(), dry_run=dry_run)
    assert not Release.objects.exists()


def test_a_wrong_name_of_layout_is_an_error(tmp_path: Path, bring: Import):
    with pytest.raises(ValueError, match="unknown source"):
        bring(population(tmp_path / "p.csv", *GOOD), source="no-such-layout")


def test_schools_of_the_file_itself_are_known(tmp_path: Path, bring: Import):
    report = bring(official.census_single(tmp_path / "censo.csv", schools=30))
    assert report.outcome == "published", report.problems[:3]
    assert report.schools == 30
    assert School.objects.count() == 30
    school = School.objects.select_related("network", "place").filter(dependency="municipal").first()
    assert school is not None
    assert school.network is not None
    assert school.network_id == school.municipality_id * 10 + 3
    assert school.place.parent_id == school.municipality_id


def test_an_older_census_does_not_overwrite_a_newer_one(tmp_path: Path, bring: Import):
    bring(official.census_single(tmp_path / "new.csv", 2024, schools=10))
    School.objects.update(location="R")
    bring(official.census_single(tmp_path / "old.csv", 2022, schools=10))
    assert set(School.objects.values_list("census_year", "location")) == {(2024, "R")}


def test_withdrawn_figures_leave_at_once_and_the_file_may_come_back(tmp_path: Path, bring: Import):
    path = population(tmp_path / "p.csv", *GOOD)
    release = Release.objects.get(pk=bring(path).release_id)
    with pytest.raises(PermissionDenied):
        withdraw_release(release, by=AnonymousUser(), at=NOON)
    withdraw_release(release, by=None, at=NOON, reason="wrong year")
    assert not Observation.objects.filter(release__state="published").exists()
    assert Event.objects.get(verb="release withdrawn").detail == {"reason": "wrong year"}
    with pytest.raises(NotPublished):
        withdraw_release(release, by=None, at=NOON)
    again = bring(path)
    assert (again.outcome, again.release_id != release.pk) == ("published", True)


def test_where_two_releases_speak_of_a_cell_both_are_kept(tmp_path: Path, bring: Import):
    bring(population(tmp_path / "a.csv", "2600054,2022,98462,t"))
    bring(population(tmp_path / "b.csv", "2600054,2022,98463,t"))
    values = Observation.objects.filter(place=2600054).order_by("release__vintage", "release_id")
    assert [row.value for row in values] == [98462.0, 98463.0]


def test_gdp_by_resident_is_derived_from_the_same_file(tmp_path: Path, bring: Import):
    bring(
        table(tmp_path / "pib.csv", "id_municipio,ano_pib,pib,populacao", "2600054,2022,1000000,40", "2600104,2022,5,")
    )
    figures = {(row.indicator_id, row.place_id): row.value for row in Observation.objects.all()}
    assert figures["gdp_per_capita", 2600054] == 25_000
    assert ("gdp_per_capita", 2600104) not in figures


def test_what_a_dead_import_left_is_cleared_by_the_next(tmp_path: Path, bring: Import):
    dead = factories.release("ibge-population", state="staged")
    factories.observe(2600054, "population", 1.0, release=dead, stage="")
    assert not Observation.objects.filter(release__state="published").exists()
    bring(population(tmp_path / "p.csv", *GOOD))
    assert not Release.objects.filter(pk=dead.pk).exists()
    assert Observation.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_figures_are_staged_in_pieces_that_nobody_sees(tmp_path: Path, bring: Import, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(staging, "CHUNK_ROWS", 4)
    seen: list[tuple[int, int]] = []

    def watch(_done: int, _total: int | None, _message: str) -> None:
        shown = Observation.objects.filter(release__state="published").count()
        seen.append((Observation.objects.count(), shown))

    rows = [f"{code},{year},{year},t" for code in (2600054, 2600104, 2700102) for year in range(2001, 2008)]
    report = bring(population(tmp_path / "p.csv", *rows), progress=watch)
    assert report.observations == 21
    staged = [count for count, _shown in seen]
    assert {shown for _count, shown in seen} == {0}
    assert staged[-1] == 21
    assert len(set(staged)) >= 6
    assert Observation.objects.filter(release__state="published").count() == 21
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_key_check")
            assert cursor.fetchall() == []
            cursor.execute("PRAGMA foreign_keys")
            assert cursor.fetchone() == (1,)


def test_the_title_of_a_release_speaks_the_language_of_the_page(tmp_path: Path, bring: Import):
    report = bring(population(tmp_path / "p.csv", *GOOD))
    release = Release.objects.get(pk=report.release_id)
    with translation.override("en"):
        assert release.title.startswith("Resident population")
    with translation.override("pt-br"):
        assert release.title.startswith("População residente")
