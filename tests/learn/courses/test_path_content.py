"""Loading paths from files."""

from pathlib import Path as File

import pytest

from tests.learn.factories import NOON, a_version
from trama.foundation.content import ContentError
from trama.learn.courses import path_services
from trama.learn.courses.path_content import load_paths
from trama.learn.models import Path

pytestmark = pytest.mark.django_db
PATH = """
slug = "way"
position = 1
title_pt = "Caminho"
title_en = "Way"
summary_pt = "Dois."
summary_en = "Two."
[[course]]
slug = "um"
required = true
[[course]]
slug = "dois"
[[material]]
address = "/tecnologias/"
title_pt = "Tecnologias"
title_en = "Technologies"
"""


@pytest.fixture
def content(tmp_path: File) -> File:
    a_version("um")
    a_version("dois")
    (tmp_path / "paths").mkdir()
    (tmp_path / "paths" / "way.toml").write_text(PATH)
    return tmp_path


def change(content: File, old: str, new: str) -> None:
    assert old in PATH
    (content / "paths" / "way.toml").write_text(PATH.replace(old, new))


def test_a_file_becomes_a_published_path_and_a_change_of_it_is_taken_up(content: File):
    assert load_paths(content, NOON).created == 1
    path = Path.objects.get()
    assert (path.state, path.title_pt) == ("published", "Caminho")
    assert [(stop.course.slug, stop.required) for stop in path.courses.all()] == [("um", True), ("dois", False)]
    assert load_paths(content, NOON).unchanged == 1
    change(content, "Dois.", "Dois cursos.")
    assert load_paths(content, NOON).updated == 1
    path.refresh_from_db()
    assert path.summary_pt == "Dois cursos."
    assert path.materials.count() == 1


def test_a_path_changed_on_the_site_is_left_to_its_people(content: File):
    from tests.accounts import factories as accounts

    load_paths(content, NOON)
    path = Path.objects.get()
    by = accounts.person_with("programme_team", accounts.the_programme())
    stops = [{"course": stop.course} for stop in path.courses.all()]
    path_services.change_path(path, {"title_pt": "Nosso"}, stops, [], revision=path.revision, by=by, at=NOON)
    change(content, "Dois.", "Dois cursos.")
    assert load_paths(content, NOON).kept == 1
    path.refresh_from_db()
    assert path.title_pt == "Nosso"


def test_a_path_that_was_retired_stays_so(content: File):
    load_paths(content, NOON)
    Path.objects.update(state="retired")
    change(content, "Dois.", "Dois cursos.")
    load_paths(content, NOON)
    assert Path.objects.get().state == "retired"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('slug = "way"', 'slug = "other"', "way.toml: slug: found 'other'"),
        ('slug = "dois"', 'slug = "três"', "way.toml: course: found 'três'"),
        ("required = true", 'required = "yes"', "course 1: required: found 'yes'"),
        ('"/tecnologias/"', '"//x.example"', "material 1: address: found '//x.example'"),
        ('"/tecnologias/"', '"javascript:1"', "material 1: address"),
        ('title_en = "Way"', "", "way.toml: title_en: found None"),
        ("position = 1", 'position = "1"', "way.toml: position: found '1'"),
        ("position = 1", "position = 1\nat_least = 3", "way.toml: Um percurso não pode"),
        ('[[course]]\nslug = "dois"', "", "way.toml: Um percurso reúne"),
        ("position = 1", "position = 1\nextra = 1", "way.toml: found extra"),
        ("position = 1", "position =", "way.toml: "),
    ],
)
def test_a_mistake_says_file_place_found_and_expected(content: File, old: str, new: str, said: str):
    change(content, old, new)
    with pytest.raises(ContentError) as refused:
        load_paths(content, NOON)
    assert said in str(refused.value)
