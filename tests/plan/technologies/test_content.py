"""The technologies that ship as content: complete, linked, loaded once, never changed once published."""

import shutil
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from tests.plan.factories import NOON, a_version
from trama.foundation.content import ContentError, Outcome
from trama.plan.models import Step, Technology, TechnologyVersion
from trama.plan.technologies.checks import problems
from trama.plan.technologies.content import load_technologies, read_technology
from trama.plan.technologies.parts import as_mapping

pytestmark = pytest.mark.django_db
SHIPPED = settings.CONTENT_DIR / "technologies"
SLUGS = sorted(path.parent.name for path in SHIPPED.glob("*/technology.toml"))
NOTE = "First edition written for this platform, pending review by specialists."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of one technology that tests may spoil."""
    shutil.copytree(SHIPPED / "strategic-planning", tmp_path / "technologies" / "strategic-planning")
    return tmp_path


def change(folder: Path, old: str, new: str, file: str = "technology.toml") -> None:
    path = folder / "technologies" / "strategic-planning" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_fourteen_technologies_ship_complete_in_both_languages_and_load_once():
    assert len(SLUGS) == 14
    assert load_technologies(settings.CONTENT_DIR, NOON) == Outcome(created=14)
    assert load_technologies(settings.CONTENT_DIR, NOON) == Outcome(unchanged=14)
    for version in TechnologyVersion.objects.select_related("technology"):
        assert version.state == "published"
        assert version.note_en == NOTE
        data = as_mapping(version)
        assert problems(data) == []
        read = read_technology(SHIPPED / version.technology.slug)
        assert {name: read[name] for name in data} == data  # what is stored is what was written
    positions = Technology.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, 15))


def test_each_technology_answers_two_criteria_or_more_and_no_criterion_names_another():
    named: Counter[str] = Counter()
    for path in (settings.CONTENT_DIR / "instruments").glob("*/*.toml"):
        for area in tomllib.loads(path.read_text(encoding="utf-8")).get("area", []):
            for criterion in area["criterion"]:
                named.update(criterion.get("technologies", []))
    assert set(named) == set(SLUGS)
    assert {slug: times for slug, times in named.items() if times < 2} == {}


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "expected"),
    [
        ("technology.toml", 'title_en = "Strategic planning"', "", "title_en", "a text"),
        ("technology.toml", 'effort = "medium"', 'effort = "enormous"', "effort", "low"),
        ("technology.toml", "weeks = 20", "weeks = 60", "weeks", "20"),
        ("technology.toml", 'instruments = ["plan-and-budget"]', 'instruments = ["plan-and-bugdet"]',
         "step gather-existing-plans", "plan-and-budget"),
        ("technology.toml", 'version = "1.0"', "version = 1.0", "version", "1.0"),
        ("technology.toml", 'audiences = ["secretariat"', 'audiences = ["mayors"', "audiences", "secretariat"),
        ("technology.toml", 'slug = "prepare"', 'slug = "Pre pare"', "slug", ""),
        ("technology.toml", 'context = "rural"', 'context = "urban"', "adaptation", "rural"),
        ("technology.toml", 'axis = "planning"', 'axis = "planning"\ncolour = "blue"', "colour", "axis"),
        ("technology.toml", 'slug = "strategic-planning"', 'slug = "planning"', "slug", "strategic-planning"),
        ("technology.toml", "[[role]]", "[[roles]]", "roles", "role"),
        ("instruments/plan-and-budget.toml", "{due}-TODAY()", "{deu}-TODAY()", "plan-and-budget.toml", "due"),
        ("instruments/plan-and-budget.toml", "{due}-TODAY()", "{due}-NOW()", "plan-and-budget.toml", "TODAY"),
        ("instruments/reading-workshop-agenda.en.md", "# ", "Agenda\n\n# ", "reading-workshop-agenda.en.md", "#"),
    ],
)  # fmt: skip
def test_a_wrong_file_says_file_place_found_and_expected_and_changes_nothing(folder, file, old, new, place, expected):
    change(folder, old, new, file)
    with pytest.raises(ContentError) as refused, transaction.atomic():
        load_technologies(folder, NOON)
    message = str(refused.value)
    assert message.startswith(f"strategic-planning/{file.split('/')[0]}")
    for word in (place, expected, ": "):
        assert word in message
    assert not Technology.objects.exists()


def test_a_missing_file_and_a_stranger_are_named(folder):
    instruments = folder / "technologies" / "strategic-planning" / "instruments"
    (instruments / "notes.txt").write_text("x")
    with pytest.raises(ContentError, match=r"notes\.txt"):
        load_technologies(folder, NOON)
    (instruments / "notes.txt").unlink()
    (instruments / "plan-and-budget.toml").unlink()
    with pytest.raises(ContentError, match=r"instruments/plan-and-budget\.toml"):
        load_technologies(folder, NOON)


def test_a_new_label_is_a_new_version_and_the_old_one_stays_as_it_was(folder):
    load_technologies(folder, NOON)
    before = as_mapping(TechnologyVersion.objects.get())
    change(folder, 'version = "1.0"', 'version = "1.1"')
    change(folder, 'title_en = "Strategic planning"', 'title_en = "Strategic planning, revised"')
    assert load_technologies(folder, NOON) == Outcome(updated=1)
    states = dict(TechnologyVersion.objects.values_list("version", "state"))
    assert states == {"1.0": "retired", "1.1": "published"}
    assert as_mapping(TechnologyVersion.objects.get(version="1.0")) == before


def test_other_words_under_a_published_label_are_refused(folder):
    load_technologies(folder, NOON)
    change(folder, 'title_en = "Strategic planning"', 'title_en = "Something else"')
    with pytest.raises(ContentError, match="new label"):
        load_technologies(folder, NOON)


def test_a_technology_that_people_took_up_on_the_site_is_left_to_them(folder):
    load_technologies(folder, NOON)
    a_version("strategic-planning", label="1.1", state="draft")
    change(folder, 'version = "1.0"', 'version = "1.2"')
    assert load_technologies(folder, NOON) == Outcome(kept=1)
    assert not TechnologyVersion.objects.filter(version="1.2").exists()


@pytest.mark.parametrize("state", ["pilot", "published", "retired"])
def test_the_database_refuses_every_change_of_a_sealed_version(state):
    version = a_version(state=state)
    stage, role = version.stages.first(), version.roles.first()
    step = stage.steps.get(position=1)
    other = version.stages.last().steps.last()
    changes = [
        lambda: TechnologyVersion.objects.filter(pk=version.pk).update(title_pt="outro"),
        lambda: TechnologyVersion.objects.filter(pk=version.pk).update(state="draft"),
        lambda: type(role).objects.filter(pk=role.pk).update(name_pt="outro"),
        lambda: version.roles.create(position=9, name_pt="x", name_en="x", task_pt="x", task_en="x"),
        lambda: type(role).objects.filter(pk=role.pk).delete(),
        lambda: Step.objects.filter(pk=step.pk).update(what_pt="outro"),
        lambda: other.instruments.add(version.instruments.first()),
        lambda: step.instruments.clear(),
        lambda: version.audiences.create(audience="teachers"),
        lambda: version.delete(),
    ]  # fmt: skip
    for act in changes:
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            act()


def test_states_only_move_forward():
    version = a_version(state="pilot")
    rows = TechnologyVersion.objects.filter(pk=version.pk)
    rows.update(state="published", published_at=NOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(state="pilot")
    rows.update(state="retired")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(state="published")


def test_a_draft_can_be_changed_and_thrown_away():
    version = a_version(state="draft")
    version.roles.update(name_pt="outro")
    version.delete()
    assert not TechnologyVersion.objects.exists()
