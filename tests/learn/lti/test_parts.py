"""A part that is done in a tool: in files of a course, over versions, in the database's guards."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests.learn import factories
from tests.learn.courses.test_content import COURSE, LESSON, MODULE
from trama.foundation.content import ContentError
from trama.learn.courses.comparison import differences
from trama.learn.courses.content import load_courses
from trama.learn.courses.downloads import module_file
from trama.learn.courses.parts import as_mapping
from trama.learn.courses.services import start_revision
from trama.learn.lti.wiring import forget
from trama.learn.models import Course, PlatformLaunch, ToolPart, ToolScore, UsedOnce

from .foreign_platform import a_platform
from .test_platform import a_grade
from .world import a_tool, a_tool_class, launched

pytestmark = pytest.mark.django_db
TOOL = """
[[tool]]
slug = "chart"
minutes = 10
title_pt = "Gráfico"
title_en = "Chart"
text_pt = "No papel."
text_en = "On paper."
tool = "graficos"
asks = "complete"
pass_percent = 0
"""


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "courses" / "a-course"
    (folder / "01-first").mkdir(parents=True)
    (folder / "library").mkdir()
    (folder / "course.toml").write_text(COURSE)
    module = MODULE.replace("minutes = 60\n", "minutes = 70\n").replace(
        '"assignment:do"', '"assignment:do", "tool:chart"'
    )
    (folder / "01-first" / "module.toml").write_text(module + TOOL)
    for language, title in (("pt", "Olhar"), ("en", "Look")):
        (folder / "01-first" / f"look.{language}.md").write_text(LESSON.format(title))
        (folder / "library" / f"sheet.{language}.md").write_text("# Folha\n\nNome: _____\n")
    return tmp_path


def test_files_hold_a_part_of_a_tool_that_is_registered(content):
    file = content / "courses" / "a-course" / "01-first" / "module.toml"
    file.write_text(file.read_text().replace("minutes = 30", "minutes = 20").replace("minutes = 70", "minutes = 60"))
    with pytest.raises(ContentError, match="graficos"):
        load_courses(content, factories.NOON)
    a_tool()
    load_courses(content, factories.NOON)
    part = ToolPart.objects.get()
    assert (part.tool, part.asks, part.text_pt, part.key) == ("graficos", "complete", "No papel.", "tool:chart")
    assert load_courses(content, factories.NOON).created == 0


def test_a_revision_carries_the_part_and_the_comparison_sees_a_change():
    of, part = a_tool_class()
    admin = a_tool().created_by
    draft = start_revision(Course.objects.get(pk=of.version.course_id), "1.1", by=admin, at=timezone.now())
    copy = ToolPart.objects.get(module__version=draft)
    assert (copy.tool, copy.custom, copy.asks) == (part.tool, part.custom, part.asks)
    before = as_mapping(of.version)
    ToolPart.objects.filter(pk=copy.pk).update(pass_percent=90)
    assert [(one.part, one.field) for one in differences(before, as_mapping(draft))] == [("tool", "pass_percent")]


def test_the_module_on_paper_says_how_to_do_it_without_the_tool():
    of, part = a_tool_class(text_pt="Desenhe barras no papel quadriculado.")
    paper = module_file(of.version, part.module, lambda address: address)
    assert paper.startswith(b"%PDF")


def test_a_published_part_never_changes_and_what_a_tool_told_stays():
    of, part = a_tool_class()
    launch, _foreign = launched(of, part, a_tool())
    launch.get_ags().put_grade(a_grade(launch.get_launch_data()["sub"], 5))
    for act in (
        lambda: ToolPart.objects.filter(pk=part.pk).update(pass_percent=0),
        lambda: ToolPart.objects.filter(pk=part.pk).update(tool="outra"),
        lambda: ToolScore.objects.update(given=10),
        lambda: ToolScore.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_what_is_old_is_forgotten_and_what_is_young_is_kept(monkeypatch):
    platform, now = a_platform(monkeypatch), timezone.now()
    for days in (0, 400):
        at = now - timedelta(days=days)
        UsedOnce.objects.create(what="nonce", key=str(days), until=at)
        PlatformLaunch.objects.create(
            platform=platform.row, kind="resource", subject="p", resource_link=str(days), at=at
        )
    forget(now)
    assert list(UsedOnce.objects.values_list("key", flat=True)) == ["0"]
    assert list(PlatformLaunch.objects.values_list("resource_link", flat=True)) == ["0"]
