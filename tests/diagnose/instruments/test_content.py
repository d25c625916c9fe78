"""The instruments that ship as content: read whole or refused by file and criterion, kept once, never changed after."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.accounts.factories import person_with, the_programme
from tests.know import factories as know
from trama.diagnose.instruments import services
from trama.diagnose.instruments.content import load_instruments, read_folder
from trama.diagnose.instruments.selectors import current_version, version_data
from trama.diagnose.instruments.structure import Both, as_plain, from_plain
from trama.diagnose.models import Area, Criterion, Dimension, InstrumentVersion, Respondent
from trama.foundation.audit.models import Event
from trama.foundation.content import ContentError, Outcome, load_content

from ..factories import NOON
from .worlds import a_criterion, a_version, versions, write_folder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def indicators():
    for code in ("approval_rate", "ideb", "dropout_rate"):
        know.indicator(code)


def test_what_a_folder_says_is_what_is_kept(tmp_path):
    data = a_version()
    assert load_instruments(write_folder(data, tmp_path), NOON) == Outcome(created=1)
    version = current_version("rede")
    assert version is not None
    assert version_data(version) == data
    assert (version.state, version.published_at, version.criteria_count, version.starred_count) == (
        "published", NOON, 2, 1,
    )  # fmt: skip
    assert {row.key: row.anchors_hash for row in version.criteria.all()} == {
        criterion.key: criterion.anchors_hash for criterion in data.criteria
    }
    assert Event.objects.filter(verb="instrument version published", target_id=str(version.pk)).exists()


@pytest.mark.parametrize("slug", ["rede", "escola", "territorio"])
def test_the_instruments_that_ship_are_sound(slug):
    import tomllib

    for code in tomllib.loads((settings.CONTENT_DIR / "indicators.toml").read_text(encoding="utf-8")):
        know.indicator(code)
    data, _files = read_folder(settings.CONTENT_DIR / "instruments" / slug)
    outcome = load_instruments(settings.CONTENT_DIR, NOON)
    assert outcome == Outcome(created=3)
    version = current_version(slug)
    assert version is not None
    assert version_data(version) == data
    assert (version.criteria_count, version.starred_count) == {"rede": (46, 16), "escola": (16, 6),
                                                               "territorio": (13, 5)}[slug]  # fmt: skip


def test_loading_again_changes_nothing(tmp_path):
    load_instruments(write_folder(a_version(), tmp_path), NOON)
    before = list(InstrumentVersion.objects.values()), list(Criterion.objects.values())
    assert load_instruments(tmp_path, NOON) == Outcome(unchanged=1)
    assert (list(InstrumentVersion.objects.values()), list(Criterion.objects.values())) == before


def test_a_published_label_with_other_content_is_refused_and_told_to_raise_the_version(tmp_path):
    load_instruments(write_folder(a_version(), tmp_path), NOON)
    write_folder(a_version(a_criterion(weight=3), a_criterion("flow", "1.1.2", starred=False, indicators=())), tmp_path)
    with pytest.raises(ContentError, match=r"rede/instrument.toml: version: .*1\.0") as refused:
        load_instruments(tmp_path, NOON)
    assert "access" in str(refused.value)  # the criterion that differs
    assert "flow" not in str(refused.value)
    assert Criterion.objects.get(key="access").weight == 2


def test_a_new_label_becomes_the_current_version_and_the_old_one_stays_as_it_was(tmp_path):
    load_instruments(write_folder(a_version(), tmp_path), NOON)
    second = a_version(a_criterion(weight=3), version="1.1")
    assert load_instruments(write_folder(second, tmp_path), NOON) == Outcome(created=1)
    states = dict(InstrumentVersion.objects.values_list("version", "state"))
    assert states == {"1.0": "retired", "1.1": "published"}
    assert version_data(InstrumentVersion.objects.get(version="1.0")) == a_version()


def test_where_people_published_their_own_version_a_further_one_comes_as_a_draft(tmp_path):
    load_instruments(write_folder(a_version(), tmp_path), NOON)
    admin = person_with("programme_admin", the_programme())
    own = services.keep_draft(a_version(a_criterion(), version="nossa-1"), by=admin, at=NOON)
    services.publish_draft(own, by=admin, at=NOON)
    write_folder(a_version(a_criterion(weight=3), version="1.1"), tmp_path)
    assert load_instruments(tmp_path, NOON) == Outcome(created=1)
    states = dict(InstrumentVersion.objects.values_list("version", "state"))
    assert states == {"1.0": "retired", "nossa-1": "published", "1.1": "draft"}


def test_an_instrument_keeps_its_kind_of_owner(tmp_path):
    load_instruments(write_folder(a_version(), tmp_path), NOON)
    write_folder(a_version(scope="school", version="2.0"), tmp_path)
    with pytest.raises(ContentError, match=r"rede/instrument.toml.*school"):
        load_instruments(tmp_path, NOON)


CRITERION_FILE, HEAD_FILE = "1-results.toml", "instrument.toml"
WRONG = [
    # file, what is replaced, by what, what the message says beside the file
    (CRITERION_FILE, 'key = "access"', 'key = "Access!"', r"criterion 1\.1\.1 \(Access!\): key: found 'Access!'"),
    (CRITERION_FILE, 'key = "flow"', 'key = "access"', r"criterion.*access"),
    (CRITERION_FILE, "weight = 2", "weight = 4", r"criterion 1\.1\.1 \(access\): weight: found '4', expected 1, 2"),
    (CRITERION_FILE, "weight = 2", "weight = true", r"1\.1\.1 \(access\): weight: found True"),
    (CRITERION_FILE, "weight = 2", 'weight = "2"', r"weight: found '2', expected 1, 2 or 3"),
    (CRITERION_FILE, "starred = true", "starred = false", r"starred: found '0'"),
    (CRITERION_FILE, "starred = true", 'starred = "sim"', r"starred: found 'sim', expected true or false"),
    (CRITERION_FILE, '["dme"]', '["prefeito"]', r"\(access\): respondents: found 'prefeito', expected .*dme"),
    (CRITERION_FILE, '"approval_rate"', '"aprovacao"', r"\(access\): aprovacao AI: indicator: found 'aprovacao'"),
    (CRITERION_FILE, 'stage = "AI"', 'stage = "XX"', r"stage: found 'XX', expected .*AI"),
    (CRITERION_FILE, "[60.0, 80.5, 95.0]", "[95.0, 80.5, 60.0]", r"cuts: found"),
    (CRITERION_FILE, 'better = "higher"', 'better = "lower"', r"cuts: found '\(60.0, 80.5, 95.0\)'"),
    (CRITERION_FILE, "[60.0, 80.5, 95.0]", "[60.0, 80.5]", r"cuts: found \[60.0, 80.5\], expected a list of three"),
    (CRITERION_FILE, "[60.0, 80.5, 95.0]", "[60.0, nan, 95.0]", r"cuts: found"),
    (CRITERION_FILE, "Pouco access em", "Nada access em", r"fragile_pt: found 'Nada access em português'"),
    (CRITERION_FILE, '"Nada access em português"', '"  "', r"\(access\): fragile_pt: found ''"),
    (CRITERION_FILE, 'fragile_en = "Nada access in English"\n', "", r"1\.1\.1 \(access\): fragile_en: missing"),
    (CRITERION_FILE, 'law_en = "LDB, art. 5º in English"\n', "", r"law_en: found ''"),
    (CRITERION_FILE, '["Lista em português", "Ata em português"]', '["Lista"]', r"evidence: found 1 lines in Portug"),
    (CRITERION_FILE, '["strategic-planning"]', '["Planejamento estratégico"]', r"technologies: found 'Planejamento"),
    (CRITERION_FILE, "reach = 3", "reach = 3\ncolour = 1", r"1\.1\.1 \(access\): colour: found 1, expected no such"),
    (CRITERION_FILE, 'code = "1.1.1"', 'code = "2.1.1"', r"code: found '2\.1\.1', expected .*1\.1\."),
    (CRITERION_FILE, 'code = "1.1.2"', 'code = "1.1.1"', r"code: found '1\.1\.1'"),
    (CRITERION_FILE, "Pergunta access? em", "${access} em", r"question_pt: found '\$\{access\} em"),
    (CRITERION_FILE, "Título access em", "Título\\u0000 em", r"title_pt"),
    (CRITERION_FILE, "[[area.criterion]]", "[[area.criterio]]", r"Cannot overwrite a value \(at line"),
    (CRITERION_FILE, "[[area]]", "[[area", r"1-results.toml"),
    (HEAD_FILE, 'scope = "network"', 'scope = "rede"', r"scope: found 'rede', expected .*network"),
    (HEAD_FILE, 'slug = "rede"', 'slug = "Rede"', r"slug: found 'Rede'"),
    (HEAD_FILE, 'version = "1.0"', "version = 1.0", r"version: found 1.0, expected a text"),
    (HEAD_FILE, 'version = "1.0"', 'version = "1 0"', r"version: found '1 0'"),
    (HEAD_FILE, '"Frágil"', '"Fraco"', r"level.fragile: name: found 'Fraco'"),
    (HEAD_FILE, "[level.basic]", "[level.low]", r"level: basic: missing"),
    (HEAD_FILE, "meaning_en", "meening_en", r"level.fragile: meaning_en: missing"),
    (HEAD_FILE, "summary_en", "sumary_en", r"summary_en: missing"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "said"), WRONG)
def test_a_wrong_file_is_refused_by_name_and_place_and_changes_nothing(tmp_path, file, old, new, said):
    path = write_folder(a_version(), tmp_path) / "instruments" / "rede" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=rf"rede/.*{said}"):
        load_instruments(tmp_path, NOON)
    assert not InstrumentVersion.objects.exists()


NASTY = {
    "empty": b"",
    "nul": b"\x00\x00\x00",
    "latin 1": 'title_pt = "Educação"'.encode("latin-1"),
    "utf-16": 'slug = "rede"'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbfslug = "rede"',
    "half a file": b'slug = "rede"\ntitle_pt = "Auto',
    "deep": b"a = " + b"[" * 20_000,
    "a list": b"[[slug]]\n[[scope]]",
    "dates": b"slug = 2021-03-10\nscope = 12:00:00",
    "huge": b'slug = "' + b"a" * (3 << 20) + b'"',
}


@pytest.mark.parametrize("content", NASTY.values(), ids=NASTY.keys())
@pytest.mark.parametrize("file", [HEAD_FILE, CRITERION_FILE])
def test_a_nasty_file_is_a_clear_refusal(tmp_path, file, content):
    folder = write_folder(a_version(), tmp_path) / "instruments" / "rede"
    (folder / file).write_bytes(content)
    with pytest.raises(ContentError, match=rf"rede/(instrument|{file})"):
        load_instruments(tmp_path, NOON)
    assert not InstrumentVersion.objects.exists()


def test_a_folder_without_its_head_or_without_dimensions_is_refused(tmp_path):
    folder = write_folder(a_version(), tmp_path) / "instruments" / "rede"
    (folder / CRITERION_FILE).unlink()
    with pytest.raises(ContentError, match=r"rede/instrument.toml: dimension"):
        load_instruments(tmp_path, NOON)
    (folder / HEAD_FILE).unlink()
    with pytest.raises(ContentError, match=r"rede/instrument.toml: missing"):
        load_instruments(tmp_path, NOON)


def test_one_wrong_folder_keeps_all_of_them_out(tmp_path):
    write_folder(a_version(), tmp_path)
    write_folder(a_version(slug="outra", scope="nobody"), tmp_path)
    with pytest.raises(ContentError, match=r"outra/instrument\.toml"):
        load_content(tmp_path, at=NOON, only="instruments")
    assert not InstrumentVersion.objects.exists()


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)
@given(versions())
def test_any_version_survives_the_way_through_json(data):
    import json

    assert from_plain(json.loads(json.dumps(as_plain(data)))) == data


@hypothesis_settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=25)
@given(versions())
def test_any_version_survives_the_way_through_files_and_the_database(tmp_path_factory, data):
    directory = write_folder(data, tmp_path_factory.mktemp("content"))
    with transaction.atomic():
        assert load_instruments(directory, NOON) == Outcome(created=1)
        version = current_version(data.slug)
        assert version is not None
        assert version_data(version) == data
        assert load_instruments(directory, NOON) == Outcome(unchanged=1)
        transaction.set_rollback(True)


@hypothesis_settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=150)
@given(st.data())
def test_no_damage_to_a_file_ends_in_anything_but_a_refusal_or_a_sound_version(tmp_path_factory, data):
    """Cut a piece out of a file, or put one in: it loads, or it is refused by name. Never anything else."""
    folder = write_folder(a_version(), tmp_path_factory.mktemp("content")) / "instruments" / "rede"
    path = folder / data.draw(st.sampled_from([HEAD_FILE, CRITERION_FILE]))
    text = path.read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 60)))
    pieces = st.sampled_from(
        ["", '"', "[", "]]", "=", "\n", "\x00", "true", "[[area]]\n", "1e999", "${x}", "a.b.c = 1\n"]
    )
    path.write_text(text[:start] + data.draw(pieces) + text[end:], encoding="utf-8")
    with transaction.atomic():
        try:
            load_instruments(folder.parents[1], NOON)
            refused = ""
        except ContentError as error:
            refused = str(error)
        transaction.set_rollback(True)
    assert not refused or "rede/" in refused


# --- what is published stays ---------------------------------------------------------------------------------------


def _published(tmp_path: Path) -> InstrumentVersion:
    load_instruments(write_folder(a_version(), tmp_path), NOON)
    return InstrumentVersion.objects.get()


CHANGES = [
    lambda version: InstrumentVersion.objects.update(title_pt="Outro"),
    lambda version: InstrumentVersion.objects.update(state="draft"),
    lambda version: InstrumentVersion.objects.update(published_at=None),
    lambda version: Criterion.objects.update(fragile_pt="Outra coisa"),
    lambda version: Criterion.objects.filter(key="flow").delete(),
    lambda version: Dimension.objects.update(title_en="Other"),
    lambda version: Area.objects.update(title_en="Other"),
    lambda version: Respondent.objects.update(name_pt="Outra"),
    lambda version: version.levels.update(meaning_pt="Outra"),
    lambda version: Criterion.objects.get(key="access").indicators.update(cut_basic=1.0),
    lambda version: Criterion.objects.get(key="access").technologies.all().delete(),
    lambda version: Criterion.objects.get(key="access").respondents.clear(),
    lambda version: Criterion.objects.get(key="access").respondents.add(Respondent.objects.get(key="teachers")),
    lambda version: Respondent.objects.create(version=version, key="new", name_pt="N", name_en="N"),
    lambda version: version.delete(),
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_what_is_published(tmp_path, change):
    version = _published(tmp_path)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        change(version)
    version.refresh_from_db()
    assert version_data(version) == a_version()


def test_a_retired_version_is_as_frozen_and_never_comes_back(tmp_path):
    version = _published(tmp_path)
    InstrumentVersion.objects.update(state="retired")
    for change in (
        lambda: InstrumentVersion.objects.update(state="published"),
        lambda: Criterion.objects.update(title_pt="Outro"),
        lambda: version.delete(),
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()


def test_a_draft_is_free_and_the_guard_makes_the_difference(tmp_path):
    from trama.diagnose.instruments.freezing import install_triggers, remove_triggers

    version = _published(tmp_path)
    remove_triggers(connection)  # the negative control
    Criterion.objects.update(title_pt="Outro")
    install_triggers(connection)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Criterion.objects.update(title_pt="Ainda outro")
    assert set(version.criteria.values_list("title_pt", flat=True)) == {"Outro"}


def test_an_instrument_has_one_published_version_at_a_time(tmp_path):
    version = _published(tmp_path)
    with pytest.raises(IntegrityError), transaction.atomic():
        InstrumentVersion.objects.create(instrument=version.instrument, version="9", state="published",
                                         published_at=NOON)  # fmt: skip


def test_the_command_loads_and_tells_what_it_did(tmp_path, capsys):
    write_folder(a_version(), tmp_path)
    call_command("content", "load", "--only", "instruments", "--from", str(tmp_path))
    assert "instruments" in capsys.readouterr().out


# --- the hash of what is asked -------------------------------------------------------------------------------------


def test_the_hash_of_a_criterion_covers_question_and_levels_in_both_languages_and_nothing_else():
    plain = a_criterion()
    for same in ({"weight": 1}, {"title": Both("x", "y")}, {"code": "1.1.9"}, {"key": "other", "anchors": plain.anchors,
                 "question": plain.question}, {"evidence": ()}):  # fmt: skip
        assert replace(plain, **same).anchors_hash == plain.anchors_hash
    assert replace(plain, question=Both(plain.question.pt, "Other?")).anchors_hash != plain.anchors_hash
    for n in range(4):
        for changed in (Both("x", plain.anchors[n].en), Both(plain.anchors[n].pt, "x")):
            anchors = [*plain.anchors]
            anchors[n] = changed
            assert replace(plain, anchors=tuple(anchors)).anchors_hash != plain.anchors_hash
    swapped = (plain.anchors[1], plain.anchors[0], *plain.anchors[2:])
    assert replace(plain, anchors=swapped).anchors_hash != plain.anchors_hash
