"""The calls that ship as content: loaded once, updated while untouched, left alone once edited."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.know import factories as know
from tests.programme.factories import NOON, admin
from trama.foundation.content import ContentError, Outcome
from trama.programme.calls.content import load_calls
from trama.programme.calls.services import change_call
from trama.programme.eligibility.selectors import current_version, tree_of
from trama.programme.eligibility.tree import conditions_of
from trama.programme.models import Call, CallCategory

pytestmark = pytest.mark.django_db

ONE = """
slug = "uma"
state = "closed"
closes_at = "2021-03-10T23:59:59"
title_pt = "Uma"
title_en = "One"
[[category]]
slug = "municipal"
name_pt = "Municipal"
name_en = "Municipal"
admission = "rule"
[category.rule]
combine = "all"
[[category.rule.of]]
indicator = "population"
dependency = "total"
year = 2020
operator = "le"
threshold = 500000
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    know.indicator("population")
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "one.toml").write_text(ONE, encoding="utf-8")
    return tmp_path


def load_shipped() -> Outcome:
    for code in ("population", "enrolment", "ideb"):
        know.indicator(code)
    return load_calls(settings.CONTENT_DIR, NOON)


def thresholds(slug: str) -> dict[str, float | None]:
    category = CallCategory.objects.get(call__slug=slug, slug="municipal")
    version = current_version(category)
    assert version is not None
    return {c.indicator: c.threshold for _, c in conditions_of(tree_of(version))}


def test_the_three_known_editions_ship_with_their_own_thresholds():
    assert load_shipped() == Outcome(created=3)
    assert thresholds("melhoria-da-educacao-2019") == {"population": 500_000, "enrolment": 10_000, "ideb": None}
    assert thresholds("melhoria-da-educacao-2020") == {"population": 550_000, "enrolment": 10_000, "ideb": None}
    assert thresholds("melhoria-da-educacao-2021-2024") == {"population": 550_000, "enrolment": 10_000, "ideb": None}


def test_urban_enrolments_are_asked_in_2019_and_2021_and_all_of_them_in_2020():
    load_shipped()
    locations = {}
    for slug in ("2019", "2020", "2021-2024"):
        category = CallCategory.objects.get(call__slug=f"melhoria-da-educacao-{slug}", slug="municipal")
        rule = tree_of(current_version(category))
        locations[slug] = [c.location for _, c in conditions_of(rule) if c.indicator == "enrolment"]
    assert locations == {"2019": ["U"], "2020": [""], "2021-2024": ["U"]}


def test_the_regional_category_admits_by_groups_of_which_21_are_stated():
    know.group("conisul", members=(2700201,))
    load_shipped()
    regional = CallCategory.objects.get(call__slug="melhoria-da-educacao-2021-2024", slug="regional")
    assert (regional.admission, regional.groups_stated) == ("groups", 21)
    assert [link.group.slug for link in regional.admitted_groups.all()] == ["conisul"]


def test_a_group_that_comes_later_is_linked_by_the_next_load():
    load_shipped()
    know.group("conisul", members=(2700201,))
    assert load_shipped() == Outcome(unchanged=3)
    assert CallCategory.objects.get(slug="regional").admitted_groups.count() == 1


def test_loading_again_changes_nothing(folder):
    assert load_calls(folder, NOON) == Outcome(created=1)
    before = Call.objects.values().get()
    assert load_calls(folder, NOON) == Outcome(unchanged=1)
    assert Call.objects.values().get() == before


def test_the_deadline_is_read_in_the_time_zone_of_the_call(folder):
    load_calls(folder, NOON)
    assert Call.objects.get().closes_at == datetime(2021, 3, 11, 2, 59, 59, tzinfo=UTC)  # São Paulo is 3 hours behind


def test_a_changed_rule_becomes_a_further_version_and_the_published_one_stays(folder):
    load_calls(folder, NOON)
    (folder / "calls" / "one.toml").write_text(ONE.replace("500000", "550000"), encoding="utf-8")
    assert load_calls(folder, NOON) == Outcome(updated=1)
    rule = CallCategory.objects.get().rule
    found = {v.number: tree_of(v).children[0].threshold for v in rule.versions.all()}
    assert found == {1: 500_000, 2: 550_000}


def test_a_call_that_a_person_edited_is_never_overwritten(folder):
    load_calls(folder, NOON)
    call = Call.objects.get()
    change_call(call, {"title_pt": "Editada", "text_pt": "x", "text_en": "x", "summary_pt": "x", "summary_en": "x"},
                revision=1, by=admin(), at=NOON)  # fmt: skip
    (folder / "calls" / "one.toml").write_text(ONE.replace('"Uma"', '"Outra"'), encoding="utf-8")
    assert load_calls(folder, NOON) == Outcome(kept=1)
    assert Call.objects.get().title_pt == "Editada"


def test_a_row_edited_outside_the_services_is_kept_too(folder):
    load_calls(folder, NOON)
    Call.objects.update(title_pt="Editada")
    assert load_calls(folder, NOON) == Outcome(kept=1)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"population"', '"populacao"', "populacao"),
        ('state = "closed"', 'state = "shut"', "shut"),
        ("2021-03-10T23:59:59", "10/03/2021", "closes_at"),
        ('operator = "le"', 'operator = "le"\ncolour = "red"', "colour"),
        ('combine = "all"', 'combine = "some"', "some"),
        ("[[category]]", "[[category", "one.toml"),
    ],
)
def test_a_wrong_file_is_refused_by_name_and_place_and_changes_nothing(folder, old, new, said):
    (folder / "calls" / "one.toml").write_text(ONE.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError, match=f"one.toml.*{said}|{said}"):
        load_calls(folder, NOON)
    assert not Call.objects.exists()


def test_the_command_loads_and_tells_what_it_did(folder, capsys):
    call_command("content", "load", "--only", "calls", "--from", str(folder))
    assert "calls" in capsys.readouterr().out
    assert Call.objects.get().title_en == "One"
