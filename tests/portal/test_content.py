"""The texts that ship: loaded once, renewed while nobody touched them, never over what people wrote."""

from pathlib import Path

import pytest
from django.utils import timezone

from trama.foundation.content import ContentError, Outcome, load_content
from trama.portal.pages.models import BasePage

from .conftest import page

pytestmark = pytest.mark.django_db
FILE = """
kind = "text"
path = "teste/"
[pt-br]
title = "Um título"
summary = "Um resumo."
[[pt-br.body]]
block = "text"
text = "**Forte** e <script>nada</script>."
[en]
title = "A title"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "teste.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def load(folder: Path) -> Outcome:
    return load_content(folder, at=timezone.now(), only="pages")["pages"]


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "portal" / "teste.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_page_is_loaded_in_both_languages_as_one(folder: Path):
    assert load(folder) == Outcome(created=2)
    portuguese, english = page("teste/"), page("teste/", "en")
    assert (portuguese.title, english.title) == ("Um título", "A title")
    assert portuguese.translation_key == english.translation_key
    assert portuguese.live
    assert "<script>" not in str(portuguese.body)
    assert "<strong>Forte</strong>" in str(portuguese.body[0].value.source)
    assert load(folder) == Outcome(unchanged=2)


def test_a_new_edition_of_a_text_replaces_the_old_one(folder: Path):
    load(folder)
    change(folder, "Um resumo.", "Outro resumo.")
    assert load(folder) == Outcome(updated=1, unchanged=1)
    assert page("teste/").summary == "Outro resumo."


def test_what_a_person_edited_is_left_alone_draft_or_published(folder: Path):
    load(folder)
    edited = page("teste/")
    edited.summary = "De uma pessoa."
    edited.save_revision()  # a draft
    change(folder, "Um resumo.", "Outro resumo.")
    change(folder, "A title", "Another title")
    assert load(folder) == Outcome(kept=1, updated=1)
    assert page("teste/").get_latest_revision_as_object().summary == "De uma pessoa."
    assert page("teste/", "en").title == "Another title"


def test_what_a_person_removed_or_unpublished_stays_so(folder: Path):
    load(folder)
    page("teste/").delete()
    page("teste/", "en").unpublish()
    assert load(folder) == Outcome(kept=2)
    assert not BasePage.objects.filter(url_path="/home/teste/").exists()
    assert not page("teste/", "en").live


def test_a_page_that_a_person_made_at_the_same_address_is_theirs(folder: Path):
    from trama.portal.pages.models import TextPage

    home = page("")
    home.add_child(instance=TextPage(title="Minha", slug="teste", locale=home.locale))
    assert load(folder) == Outcome(kept=1, created=1)
    assert page("teste/").title == "Minha"
    assert page("teste/", "en").translation_key == page("teste/").translation_key


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "text"', 'kind = "poem"', "teste.toml: kind: found 'poem'"),
        ('path = "teste/"', 'path = "teste"', "path: found 'teste'"),
        ('block = "text"', 'block = "verse"', "pt-br, body, 1: block: found 'verse'"),
        ('[en]\ntitle = "A title"', "", "teste.toml: en: found None"),
        ("[pt-br]", 'colour = "red"\n[pt-br]', "found colour"),
        ('block = "text"\ntext', 'block = "numbers"\nnumbers', r"pt-br, body, 1 \(numbers\)"),
        ("title = ", "title ", "teste.toml: "),
    ],
)
def test_a_wrong_file_is_told_with_its_place_and_changes_nothing(folder: Path, old: str, new: str, told: str):
    change(folder, old, new)
    with pytest.raises(ContentError, match=told):
        load(folder)
    assert not BasePage.objects.filter(slug="teste").exists()


def test_shipped_pages_name_only_technologies_courses_and_parts_that_ship():
    from django.conf import settings

    from trama.portal.pages.content import CATALOGUES, read_page

    folders = {"technologies": "technologies/*/technology.toml", "courses": "courses/*/course.toml"}
    known = {
        kind: {path.parent.name for path in settings.CONTENT_DIR.glob(pattern)} for kind, pattern in folders.items()
    }
    named: dict[str, set[str]] = {kind: set() for kind in CATALOGUES}
    for path in (settings.CONTENT_DIR / "portal").glob("*.toml"):
        data = read_page(path)
        bodies = [data[language]["body"] for language in ("pt-br", "en")]
        for kind, value in bodies[0] + bodies[1]:
            if kind in CATALOGUES:
                named[kind].update(value[kind])
        kinds = [[kind for kind, _value in body] for body in bodies]
        assert kinds[0] == kinds[1], f"{path.name}: the languages have different parts"
    assert named["technologies"]
    assert all(named[kind] <= known[kind] for kind in CATALOGUES)
    assert all(known.values())
