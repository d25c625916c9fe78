"""Loading courses from files: what is published, what is left alone, and what a mistake says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from trama.foundation.content import ContentError
from trama.learn.courses.content import load_courses
from trama.learn.courses.parts import as_mapping
from trama.learn.models import Course, CourseVersion, Part, Question

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

COURSE = """
slug = "a-course"
position = 3
version = "1.0"
hours = 1
license = "CC BY-SA 4.0"
audiences = ["secretariat"]
technologies = []
criteria = []
title_pt = "Um curso"
title_en = "A course"
summary_pt = "Curto."
summary_en = "Short."
authors_pt = "Equipe"
authors_en = "Team"
note_pt = ""
note_en = ""
objectives_pt = ["Ao fim, você lê."]
objectives_en = ["At the end you read."]
what_you_need_pt = "Uma hora."
what_you_need_en = "An hour."
further = []
[completion]
lessons = "all"
quizzes = "pass"
assignments = "accepted"
attendance_percent = 0
[[glossary]]
term_pt = "rede"
term_en = "network"
definition_pt = "Escolas."
definition_en = "Schools."
[[library]]
slug = "sheet"
title_pt = "Folha"
title_en = "Sheet"
summary_pt = "Para ler."
summary_en = "To read."
"""
MODULE = """
slug = "first"
title_pt = "Primeiro"
title_en = "First"
summary_pt = "Olhar."
summary_en = "Look."
minutes = 60
order = ["lesson:look", "quiz:seen", "assignment:do"]
[[lesson]]
slug = "look"
minutes = 20
[[quiz]]
slug = "seen"
title_pt = "Visto"
title_en = "Seen"
instructions_pt = ""
instructions_en = ""
minutes = 10
pass_percent = 70
attempts = 3
[[quiz.question]]
kind = "number"
text_pt = "Quantas?"
text_en = "How many?"
feedback_pt = "Trinta."
feedback_en = "Thirty."
lesson = "look"
answer = 30.0
tolerance = 0.5
unit_pt = "escolas"
unit_en = "schools"
[[quiz.question]]
kind = "short"
text_pt = "Qual?"
text_en = "Which?"
feedback_pt = "O censo."
feedback_en = "The census."
lesson = "look"
accepted_pt = ["censo escolar", "censo"]
accepted_en = ["school census"]
[[quiz.question]]
kind = "single"
text_pt = "Qual destas?"
text_en = "Which of these?"
feedback_pt = "Esta."
feedback_en = "This one."
lesson = "look"
[[quiz.question.option]]
text_pt = "sim"
text_en = "yes"
right = true
feedback_pt = "Isso."
feedback_en = "Right."
[[quiz.question.option]]
text_pt = "não"
text_en = "no"
right = false
feedback_pt = "Não."
feedback_en = "No."
[[assignment]]
slug = "do"
minutes = 30
who = "pair"
title_pt = "Fazer"
title_en = "Do"
task_pt = "Faça."
task_en = "Do it."
product_pt = "Um texto."
product_en = "A text."
example_pt = "Inventado."
example_en = "Invented."
[[assignment.criterion]]
title_pt = "Clareza"
title_en = "Clarity"
weight = 2
levels_pt = ["a", "b", "c", "d"]
levels_en = ["a", "b", "c", "d"]
"""
LESSON = "# {}\n\nVeja a [folha](trama:library/sheet).\n\n::: reflection what-struck\n?\n:::\n"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "courses" / "a-course"
    (folder / "01-first").mkdir(parents=True)
    (folder / "library").mkdir()
    (folder / "course.toml").write_text(COURSE)
    (folder / "01-first" / "module.toml").write_text(MODULE)
    for language, title in (("pt", "Olhar"), ("en", "Look")):
        (folder / "01-first" / f"look.{language}.md").write_text(LESSON.format(title))
        (folder / "library" / f"sheet.{language}.md").write_text("# Folha\n\nNome: _____\n")
    return tmp_path


def edit(content: Path, file: str, old: str, new: str) -> None:
    path = content / "courses" / "a-course" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_folder_becomes_a_published_version_with_all_it_holds(content: Path):
    outcome = load_courses(content, NOON)
    assert outcome.created == 1
    version = CourseVersion.objects.get()
    assert (version.state, version.version, version.course.position) == ("published", "1.0", 3)
    keys = [part.key for part in Part.objects.all()]
    assert keys == ["lesson:look", "quiz:seen", "assignment:do"]
    data = as_mapping(version)
    lesson, quiz, assignment = data["modules"][0]["parts"]
    assert (lesson["title_pt"], lesson["body_pt"].splitlines()[0]) == ("Olhar", "Veja a [folha](trama:library/sheet).")
    assert [question["kind"] for question in quiz["questions"]] == ["number", "short", "single"]
    assert quiz["questions"][1]["accepted_pt"] == "censo escolar\ncenso"
    assert Question.objects.filter(lesson__slug="look").count() == 3
    assert [level["text_pt"] for level in assignment["criteria"][0]["levels"]] == ["a", "b", "c", "d"]
    assert (assignment["who"], assignment["criteria"][0]["weight"]) == ("pair", 2)


def test_feedback_of_peers_may_be_asked_for_and_need_not_be_said(content: Path):
    load_courses(content, NOON)
    names = ("peers", "peers_days", "peers_anonymous", "peers_asked")
    plain = as_mapping(CourseVersion.objects.get())["modules"][0]["parts"][2]
    assert [plain[name] for name in names] == [0, 7, True, False]
    edit(content, "course.toml", '"1.0"', '"1.1"\nwhat_changed_pt = "a"\nwhat_changed_en = "b"')
    said = 'who = "pair"\npeers = 2\npeers_days = 5\npeers_anonymous = false\npeers_asked = true'
    edit(content, "01-first/module.toml", 'who = "pair"', said)
    load_courses(content, NOON)
    asked = as_mapping(CourseVersion.objects.get(version="1.1"))["modules"][0]["parts"][2]
    assert [asked[name] for name in names] == [2, 5, False, True]


def test_loading_again_changes_nothing(content: Path):
    load_courses(content, NOON)
    assert load_courses(content, NOON).unchanged == 1
    assert CourseVersion.objects.count() == 1


def test_a_new_label_is_a_new_version_and_the_one_before_retires(content: Path):
    load_courses(content, NOON)
    edit(content, "course.toml", 'version = "1.0"', 'version = "1.1"')
    edit(content, "01-first/look.pt.md", "Veja", "Leia")
    assert load_courses(content, NOON).updated == 1
    assert list(CourseVersion.objects.order_by("pk").values_list("version", "state")) == [
        ("1.0", "retired"),
        ("1.1", "published"),
    ]


def test_other_words_under_a_published_label_are_refused(content: Path):
    load_courses(content, NOON)
    edit(content, "01-first/look.pt.md", "Veja", "Leia")
    with pytest.raises(ContentError, match="expected a new label"):
        load_courses(content, NOON)


def test_a_course_that_people_took_up_is_left_to_them(content: Path):
    load_courses(content, NOON)
    course = Course.objects.get()
    held = CourseVersion.objects.get()
    course.versions.create(version="2.0", hours=1, licence="x", created_at=NOON, changed_at=NOON)
    edit(content, "course.toml", 'version = "1.0"', 'version = "1.1"')
    assert load_courses(content, NOON).kept == 1
    held.refresh_from_db()
    assert held.state == "published"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("course.toml", 'title_en = "A course"', "title_en = 3", "course.toml: title_en: found 3, expected a text"),
        ("course.toml", "hours = 1", 'hours = "1"', "course.toml: hours: found '1', expected a whole number"),
        ("course.toml", "hours = 1", "hours = 3", "course.toml: hours: "),
        ("course.toml", "hours = 1", "hours = 99999999999", "course.toml: hours: found 99999999999"),
        ("course.toml", "position = 3", "position = -1", "course.toml: position: found -1"),
        ("course.toml", 'slug = "a-course"', 'slug = "other"', "expected 'a-course', the name of its folder"),
        ("course.toml", 'version = "1.0"', 'version = "one"', "course.toml: version: found 'one'"),
        ("course.toml", '"secretariat"', '"everyone"', "course.toml: audiences: found everyone"),
        ("course.toml", 'technologies = []', 'technologies = ["none"]', "course.toml: technologies: found none"),
        ("course.toml", "further = []", "author = 1", "course.toml: found author, expected only"),
        ("course.toml", "[completion]", "[completions]", "course.toml: "),
        ("course.toml", 'lessons = "all"', 'lessons = "most"', "lessons_rule: found 'most'"),
        ("course.toml", "attendance_percent = 0", "attendance_percent = 101", "attendance_percent: found 101"),
        ("course.toml", '["At the end you read."]', '["At the end", "you read."]', "objectives: found 1 / 2"),
        ("course.toml", 'slug = "sheet"', 'slug = "../../x"', "library, slug: found '../../x'"),
        ("course.toml", 'slug = "sheet"', 'slug = "page"', "library/page.pt.md: found no such file"),
        ("course.toml", "slug =", "slug", "course.toml: "),
        ("01-first/module.toml", "minutes = 60", "minutes = 50", "module first, minutes: found 50"),
        ("01-first/module.toml", '"quiz:seen", ', "", "order: found it without quiz:seen"),
        ("01-first/module.toml", '"lesson:look"', '"lesson:look", "lesson:more"', "order: found it with lesson:more"),
        ("01-first/module.toml", '"lesson:look"', '"lesson:look", "lesson:look"', "order: found it with doubles"),
        ("01-first/module.toml", 'slug = "look"', 'slug = "../look"', "lesson, slug: found '../look'"),
        ("01-first/module.toml", "right = true", "right = false", "quiz seen, "),
        ("01-first/module.toml", "right = true", 'right = "yes"', "question 3, option 1: right: found 'yes'"),
        ("01-first/module.toml", "answer = 30.0", "answer = nan", "question 1: answer: found Decimal('NaN')"),
        ("01-first/module.toml", "answer = 30.0", "", "answer: found "),
        ("01-first/module.toml", 'kind = "number"', 'kind = "guess"', "kind: found 'guess'"),
        ("01-first/module.toml", 'accepted_en = ["school census"]', "accepted_en = []", "accepted_en: found "),
        ("01-first/module.toml", 'lesson = "look"', 'lesson = "gone"', "lesson: found gone"),
        ("01-first/module.toml", 'who = "pair"', 'who = "all"', "assignment do, who: found 'all'"),
        ("01-first/module.toml", 'who = "pair"', 'who = "pair"\npeers = 4', "assignment do, peers: found 4"),
        ("01-first/module.toml", 'who = "pair"', 'who = "pair"\npeers = 1\npeers_days = 0', "peers_days: found 0"),
        ("01-first/module.toml", 'who = "pair"', 'who = "pair"\npeers_asked = 1', "peers_asked: found 1"),
        ("01-first/module.toml", '["a", "b", "c", "d"]\nlevels_en', '["a", "b"]\nlevels_en', "found 2 / 4"),
        ("01-first/module.toml", "attempts = 3", "attempts = 101", "quiz seen, attempts: found 101"),
        ("01-first/look.pt.md", "# Olhar", "Olhar", "01-first/look.pt.md: line 1: found 'Olhar'"),
        ("01-first/look.pt.md", "?\n:::\n", "?\n", "01-first/look.pt.md: linha 5: "),
        ("01-first/look.pt.md", "Veja", "<b>Veja</b>", "01-first/look.pt.md: linha 3: "),
        ("01-first/look.pt.md", "library/sheet", "library/other", "01-first/look.pt.md: found trama:library/other"),
        ("01-first/look.pt.md", "[folha]", "[clique aqui]", "01-first/look.pt.md: found [clique aqui]"),
        ("01-first/look.en.md", "what-struck", "something", "01-first/look.en.md: found something"),
        ("library/sheet.pt.md", "Nome: _____", "> Nome", "library/sheet.pt.md: linha 3: "),
    ],
)  # fmt: skip
def test_a_mistake_says_file_place_found_and_expected(content: Path, file: str, old: str, new: str, said: str):
    edit(content, file, old, new)
    with pytest.raises(ContentError) as refused:
        load_courses(content, NOON)
    assert said in str(refused.value), str(refused.value)
    assert "a-course" in str(refused.value)
    assert not Course.objects.exists() or not CourseVersion.objects.exists()


@pytest.mark.parametrize(
    ("name", "content_of_it", "said"),
    [
        ("01-first/notes.txt", b"x", "found notes.txt"),
        ("library/more.pt.md", b"# x", "found more.pt.md"),
        ("last/module.toml", b"", "a-course/last: found this folder"),
        ("01-first/look.pt.md", b"\xff\xfe# x", "expected UTF-8"),
        ("01-first/look.pt.md", b"# T\n\na\x00b\n", "01-first/look.pt.md: linha 3"),
        ("01-first/module.toml", b"slug = [", "01-first/module.toml: "),
        ("01-first/module.toml", b"lesson = 3\nslug = 'first'\n", "01-first/module.toml: "),
        ("course.toml", b"\xff", "a-course/course.toml: "),
    ],
)
def test_nasty_files_are_refused_with_their_name(content: Path, name: str, content_of_it: bytes, said: str):
    path = content / "courses" / "a-course" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content_of_it)
    with pytest.raises(ContentError) as refused:
        load_courses(content, NOON)
    assert said in str(refused.value), str(refused.value)
