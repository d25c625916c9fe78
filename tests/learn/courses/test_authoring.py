"""Writing courses on the site: who may, the way from a draft to the catalogue, two editors, what is remembered."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from tests.accounts import factories as accounts
from tests.learn.factories import NOON, a_course, a_lesson, a_version, in_two, seal
from trama.foundation.audit.models import Event
from trama.learn.courses import path_services, publishing, services
from trama.learn.courses.comparison import differences
from trama.learn.courses.errors import IncompleteCourse, StaleCourse, WrongCourseState
from trama.learn.courses.parts import CRITERION, KINDS, LESSON, MODULE, QUESTION, as_mapping
from trama.learn.models import Course, CourseChange, CourseVersion, Lesson, Module, Part, Path, Question

pytestmark = pytest.mark.django_db
MARK = "SEGREDO-DO-PARCEIRO"


@pytest.fixture
def partner() -> Any:
    return accounts.a_partner()


@pytest.fixture
def author(partner: Any) -> Any:
    return accounts.person_with("trainer", partner)


@pytest.fixture
def draft(partner: Any) -> CourseVersion:
    return a_version("meu", state="draft", organisation=partner, title_pt=MARK)


def team() -> Any:
    return accounts.person_with("programme_team", accounts.the_programme())


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(version: CourseVersion, path: str = "") -> str:
    return f"/equipe/cursos/{version.course.slug}/{version.version}/{path}"


def every_page(version: CourseVersion) -> list[str]:
    module = version.modules.first()
    parts = {part.kind: part for part in module.parts.all()}
    question = Question.objects.filter(quiz__module=module).first()
    criterion = parts["assignment"].assignment.criteria.get()
    return [
        at(version, path)
        for path in (
            "", "textos/", "historico/", "comparar/", "leitura/", "leitura/aulas/aula-1/", "leitura/testes/teste-1/",
            "leitura/tarefas/tarefa-1/", "leitura/glossario/", "leitura/biblioteca/", "leitura/biblioteca/folha/",
            "leitura/biblioteca/folha.docx", "leitura/biblioteca/folha.odt", "leitura/biblioteca/folha.pdf",
            "partes/module/nova/", "partes/term/nova/", "partes/paper/nova/", "partes/further/nova/",
            f"partes/lesson/nova/?em={module.pk}", f"partes/module/{module.pk}/",
            f"partes/lesson/{parts['lesson'].pk}/", f"partes/quiz/{parts['quiz'].pk}/",
            f"partes/assignment/{parts['assignment'].pk}/", f"partes/question/{question.pk}/",
            f"partes/question/nova/?em={parts['quiz'].pk}", f"partes/criterion/{criterion.pk}/",
            f"partes/module/{module.pk}/remover/", "estado/descartar/",
        )
    ]  # fmt: skip


def test_an_author_opens_every_page_of_their_own_and_another_partner_none(author, draft):
    own, other = signed_in(author), signed_in(accounts.person_with("trainer"))
    before = as_mapping(draft)
    assert MARK in own.get("/equipe/cursos/").content.decode()
    assert MARK not in other.get("/equipe/cursos/").content.decode()
    assert own.get("/equipe/cursos/meu/").status_code == 200
    assert other.get("/equipe/cursos/meu/").status_code == 404
    for address in every_page(draft):
        assert own.get(address).status_code == 200, address
        assert other.get(address).status_code == 404, address
    module = draft.modules.first()
    for path in (f"partes/module/{module.pk}/mover/", f"partes/module/{module.pk}/remover/", "estado/descartar/"):
        assert other.post(at(draft, path), {"revision": "1"}).status_code == 404, path
    assert as_mapping(draft) == before


@pytest.mark.parametrize("role", ["network_principal", "school_principal", "teacher", "group_coordinator"])
def test_who_is_no_author_does_not_enter(role, draft):
    client = signed_in(accounts.person_with(role))
    for address in ["/equipe/cursos/", "/equipe/percursos/", *every_page(draft)]:
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert MARK not in answer.content.decode()


def test_a_part_of_another_course_cannot_be_reached_through_ones_own(author, draft):
    foreign = a_version("alheio", state="draft")
    module = foreign.modules.get()
    client = signed_in(author)
    for path in (f"partes/module/{module.pk}/", f"partes/lesson/nova/?em={module.pk}", "partes/lesson/nova/"):
        assert client.get(at(draft, path)).status_code == 404, path
    assert client.post(at(draft, f"partes/module/{module.pk}/remover/"), {"revision": "1"}).status_code == 404
    assert client.get(at(draft, "partes/option/nova/")).status_code == 404
    assert Module.objects.filter(pk=module.pk).exists()


def test_a_partner_writes_for_its_own_organisation_only(author, partner):
    client = signed_in(author)
    fields = {"title_pt": "Novo", "title_en": "New", "slug": "novo-curso"}
    other = accounts.a_partner()
    for organisation in (str(other.pk), ""):
        assert client.post("/equipe/cursos/novo/", {**fields, "organisation": organisation}).status_code == 200
    assert not Course.objects.exists()
    assert client.post("/equipe/cursos/novo/", {**fields, "organisation": str(partner.pk)}).status_code == 302
    assert Course.objects.get().organisation == partner
    for organisation in (other, None):
        with pytest.raises(PermissionDenied):
            services.create_course("x", organisation, fields, by=author, at=NOON)


def test_an_empty_draft_lists_what_is_missing_and_is_not_published(author, partner):
    version = services.create_course("vazio", partner, in_two("title", "T", "T"), by=author, at=NOON)
    page = signed_in(author).get("/en" + at(version)).content.decode()
    assert "missing before publishing" in page
    assert "estado/publicar/" not in page
    with pytest.raises(IncompleteCourse) as refused:
        publishing.publish(version, by=team(), at=NOON)
    assert len(refused.value.problems) > 5


def test_partners_do_not_publish_and_the_programme_does(author, draft):
    with pytest.raises(PermissionDenied):
        publishing.publish(draft, by=author, at=NOON)
    assert signed_in(author).post(at(draft, "estado/publicar/")).status_code == 403
    assert signed_in(team()).post(at(draft, "estado/publicar/")).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.published_at is not None) == ("published", True)
    assert Event.objects.filter(verb="course published").exists()


def test_a_revision_copies_everything_and_the_version_before_retires_when_it_is_published(author, partner):
    first = a_version("dois", organisation=partner)
    second = services.start_revision(first.course, "1.1", by=author, at=NOON)
    assert as_mapping(second) == as_mapping(first)
    with pytest.raises(WrongCourseState):
        services.start_revision(first.course, "1.2", by=author, at=NOON)
    publishing.publish(second, by=team(), at=NOON)
    first.refresh_from_db()
    assert first.state == "retired"
    assert [part.key for part in Part.objects.filter(module__version=first)] == [
        part.key for part in Part.objects.filter(module__version=second)
    ]


def test_a_published_version_is_refused_by_every_verb(partner, author):
    version = a_version("pronto", organisation=partner)
    module = version.modules.get()
    for verb in (
        lambda: services.change_version(version, {"hours": 9}, revision=1, by=author, at=NOON),
        lambda: services.add_part(version, MODULE, {}, by=author, at=NOON),
        lambda: services.change_part(version, MODULE, module, {"title_pt": "x"}, revision=1, by=author, at=NOON),
        lambda: services.remove_part(version, MODULE, module, revision=1, by=author, at=NOON),
        lambda: services.move_part(version, MODULE, module, up=True, by=author, at=NOON),
        lambda: publishing.discard(version, by=author, at=NOON),
    ):
        with pytest.raises(WrongCourseState):
            verb()


def test_two_people_who_change_the_same_part_get_a_conflict_with_both_texts_in_sight(author, draft):
    lesson = Lesson.objects.get(module__version=draft)
    services.change_part(draft, LESSON, lesson, {"title_pt": "Da primeira"}, revision=1, by=author, at=NOON)
    with pytest.raises(StaleCourse):
        services.change_part(draft, LESSON, lesson, {"title_pt": "Da segunda"}, revision=1, by=author, at=NOON)
    fields = {name: getattr(lesson, name) for name in LESSON.fields} | {"title_pt": "Da segunda", "revision": "1"}
    client = signed_in(author)
    answer = client.post(at(draft, f"partes/lesson/{lesson.pk}/"), fields)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Da primeira" in page
    assert "Da segunda" in page
    assert 'name="revision" value="2"' in page
    assert client.post(at(draft, f"partes/lesson/{lesson.pk}/"), fields | {"revision": "2"}).status_code == 302
    lesson.refresh_from_db()
    assert (lesson.title_pt, lesson.revision) == ("Da segunda", 3)


def test_a_question_is_written_with_its_options_in_the_order_given(author, draft):
    quiz = Part.objects.get(module__version=draft, kind="quiz").quiz
    fields = {
        "kind": "single", **in_two("text", "Qual?", "Which?"), **in_two("feedback", "Esta.", "This."),
        "options-TOTAL_FORMS": "3", "options-INITIAL_FORMS": "0",
        "options-0-text_pt": "segunda", "options-0-text_en": "second", "options-0-ORDER": "2",
        "options-1-text_pt": "primeira", "options-1-text_en": "first", "options-1-ORDER": "1", "options-1-right": "on",
        "options-2-text_pt": "", "options-2-text_en": "",
    }  # fmt: skip
    answer = signed_in(author).post(at(draft, f"partes/question/nova/?em={quiz.pk}"), fields)
    assert answer.status_code == 302
    question = quiz.questions.get(text_pt="Qual?")
    assert [(one.text_pt, one.right) for one in question.options.all()] == [("primeira", True), ("segunda", False)]
    assert question.position == 8
    change = CourseChange.objects.filter(part=f"question {question.pk}", field="text_pt").get()
    assert (change.before, change.after, change.by) == ("", "Qual?", author)
    services.change_part(draft, QUESTION, question, {}, revision=1, inner=[], by=author, at=NOON)
    assert not question.options.exists()
    assert "primeira" in CourseChange.objects.get(part=f"question {question.pk}", field="inner").before


def test_a_criterion_is_written_with_four_levels(author, draft):
    task = Part.objects.get(module__version=draft, kind="assignment")
    fields = {"weight": "2", **in_two("title", "Prazo", "Time"), "levels-TOTAL_FORMS": "4", "levels-INITIAL_FORMS": "0"}
    fields |= {f"levels-{n}-text_{language}": f"nível {n + 1}" for n in range(4) for language in ("pt", "en")}
    assert signed_in(author).post(at(draft, f"partes/criterion/nova/?em={task.pk}"), fields).status_code == 302
    criterion = task.assignment.criteria.get(title_pt="Prazo")
    assert [(level.level, level.text_pt) for level in criterion.levels.all()] == [
        (n, f"nível {n}") for n in (1, 2, 3, 4)
    ]


def test_parts_of_a_module_move_in_one_row_with_buttons(author, draft):
    quiz = Part.objects.get(module__version=draft, kind="quiz")
    client = signed_in(author)

    def order() -> list[str]:
        return [part.kind for part in Part.objects.filter(module__version=draft)]

    assert order() == ["lesson", "quiz", "assignment"]
    client.post(at(draft, f"partes/quiz/{quiz.pk}/mover/"), {"up": "1"})
    assert order() == ["quiz", "lesson", "assignment"]
    client.post(at(draft, f"partes/quiz/{quiz.pk}/mover/"), {"up": "1"})
    assert order() == ["quiz", "lesson", "assignment"]
    for _time in range(2):
        client.post(at(draft, f"partes/quiz/{quiz.pk}/mover/"), {"down": "1"})
    assert order() == ["lesson", "assignment", "quiz"]


def test_the_texts_of_a_version_are_saved_with_its_lists(author, draft):
    client = signed_in(author)
    fields = {name: getattr(draft, name) for name in ("hours", "licence", "lessons_rule", "quizzes_rule")}
    fields |= {"assignments_rule": "submitted", "attendance_percent": "75", "revision": "1", "audiences": ["teachers"]}
    fields |= {f"{name}_{language}": "novo" for name in ("title", "summary", "authors") for language in ("pt", "en")}
    assert client.post(at(draft, "textos/"), fields).status_code == 302
    draft.refresh_from_db()
    assert (draft.title_pt, draft.assignments_rule, draft.attendance_percent) == ("novo", "submitted", 75)
    assert [one.audience for one in draft.audiences.all()] == ["teachers"]
    assert CourseChange.objects.get(field="audiences").before == "secretariat"
    assert client.post(at(draft, "textos/"), fields).status_code == 409
    assert client.post(at(draft, "textos/"), fields | {"revision": "2", "attendance_percent": "101"}).status_code == 200


def test_a_slug_is_used_once_in_the_whole_version(author, draft):
    second = services.add_part(
        draft, MODULE, {"slug": "outro", "minutes": 20, **in_two("title", "a", "b"), **in_two("summary", "", "")},
        by=author, at=NOON,
    )  # fmt: skip
    fields = {"slug": "aula-1", "minutes": "20", **in_two("title", "Outra", "Other"), **in_two("body", "a", "a")}
    client = signed_in(author)
    assert client.post(at(draft, f"partes/lesson/nova/?em={second.pk}"), fields).status_code == 200
    assert client.post(at(draft, f"partes/lesson/nova/?em={second.pk}"), fields | {"slug": "x"}).status_code == 302
    a_lesson(second, "aula-1", 9)  # as if two people did at once
    found = [problem for problem in publishing.list_before_publishing(draft) if problem.name == "aula-1"]
    assert [problem.field for problem in found] == ["slug"]


def test_a_text_is_previewed_and_its_first_mistake_said(author, draft):
    client = signed_in(author)
    answer = client.post("/equipe/cursos/previa/?tipo=lesson", {"text": "::: remember\r\nIsto.\r\n:::\r\n"})
    assert "is-remember" in answer.content.decode()
    answer = client.post("/equipe/cursos/previa/?tipo=lesson", {"text": "ok\n\n<script>x</script>"})
    assert "linha 3" in answer.content.decode()
    assert "<script>" not in answer.content.decode()
    lesson = Lesson.objects.get(module__version=draft)
    fields = {name: getattr(lesson, name) for name in LESSON.fields} | {"revision": "1", "preview": "1"}
    page = client.post(at(draft, f"partes/lesson/{lesson.pk}/"), fields | {"body_pt": "**forte**"}).content.decode()
    assert "<strong>forte</strong>" in page
    lesson.refresh_from_db()
    assert "forte" not in lesson.body_pt


def test_a_draft_that_cannot_be_read_yet_says_so_to_its_author(author, draft):
    Lesson.objects.filter(module__version=draft).update(body_pt="> citação", body_en="> quote")
    page = signed_in(author).get(at(draft, "leitura/aulas/aula-1/")).content.decode()
    assert "linha 1" in page


def test_versions_are_compared_part_by_part(author, partner):
    first = a_version("tres", organisation=partner)
    second = services.start_revision(first.course, "1.1", by=author, at=NOON)
    lesson = Lesson.objects.get(module__version=second)
    services.change_part(second, LESSON, lesson, {"title_pt": "Ler um mapa"}, revision=1, by=author, at=NOON)
    criterion = second.modules.get().parts.get(kind="assignment").assignment.criteria.get()
    levels = in_two("text", "novo", "new")
    services.change_part(second, CRITERION, criterion, {}, revision=1, inner=[levels] * 4, by=author, at=NOON)
    found = differences(as_mapping(first), as_mapping(second))
    assert ("lesson", "aula-1", "title_pt") in [(one.part, one.name, one.field) for one in found]
    assert {one.part for one in found} == {"lesson", "level"}
    page = signed_in(author).get(at(second, "comparar/?com=1.0")).content.decode()
    assert "<ins>um</ins>" in page
    assert "<del>o</del>" in page


def test_a_comparison_speaks_of_titles_labels_and_words_not_of_what_is_stored(author, partner):
    first = a_version("quatro", organisation=partner)
    second = services.start_revision(first.course, "1.1", by=author, at=NOON)
    fields = {"quizzes_rule": "answer", "audiences": ["teachers"]}
    services.change_version(second, fields, revision=1, by=author, at=NOON)
    quiz = second.modules.get().parts.get(kind="quiz")
    services.move_part(second, KINDS["quiz"], quiz, up=True, by=author, at=NOON)
    page = signed_in(author).get(at(second, "comparar/?com=1.0")).content.decode()
    for words in ("respondidos", "Ordem das partes", "Módulo: Módulo 1", "O que ficou"):
        assert words.lower() in page.lower(), words
    for stored in ("quizzes_rule", "lesson:aula-1", "aula-1", "modulo-1", ">order<"):
        assert stored not in page, stored


def test_discarding_the_only_draft_takes_the_course_with_it_but_for_one_on_a_path(author, draft, partner):
    publishing.discard(draft, by=author, at=NOON)
    assert not Course.objects.filter(slug="meu").exists()
    again = a_version("meu", state="draft", organisation=partner)
    path = Path.objects.create(slug="p", created_at=NOON, changed_at=NOON, **in_two("title", "a", "b"))
    path.courses.create(course=again.course, position=1)
    publishing.discard(again, by=author, at=NOON)
    assert Course.objects.filter(slug="meu").exists()


# --- paths --------------------------------------------------------------------------------------------------------


def a_path(author: Any, partner: Any, **fields: Any) -> Path:
    return path_services.create_path(
        "caminho", partner, in_two("title", "Caminho", "Way") | in_two("summary", "Dois.", "Two.") | fields,
        by=author, at=NOON,
    )  # fmt: skip


def test_a_path_is_published_when_its_courses_are(author, partner):
    path, one, two = a_path(author, partner), a_version("um"), a_version("outro", state="draft")
    courses = [{"course": one.course, "required": True}, {"course": two.course}]
    path_services.change_path(path, {"at_least": 2}, courses, [], revision=1, by=author, at=NOON)
    with pytest.raises(IncompleteCourse, match="publicados"):
        path_services.publish_path(path, by=team(), at=NOON)
    with pytest.raises(PermissionDenied):
        path_services.publish_path(path, by=author, at=NOON)
    seal(two)
    path_services.publish_path(path, by=team(), at=NOON + timedelta(days=1))
    assert path.state == "published"
    with pytest.raises(PermissionDenied):
        path_services.change_path(path, {}, courses, [], revision=path.revision, by=author, at=NOON)
    with pytest.raises(IncompleteCourse):
        path_services.change_path(path, {}, courses[:1], [], revision=path.revision, by=team(), at=NOON)
    path.refresh_from_db()
    assert path.courses.count() == 2


def test_a_path_is_written_on_one_page(author, partner):
    path, one, two = a_path(author, partner), a_course("um"), a_course("dois")
    fields = {
        **in_two("title", "Outro", "Other"), **in_two("summary", "s", "s"), "position": "5", "at_least": "",
        "revision": "1", "courses-TOTAL_FORMS": "3", "courses-INITIAL_FORMS": "0",
        "courses-0-course": str(one.pk), "courses-0-ORDER": "2",
        "courses-1-course": str(two.pk), "courses-1-ORDER": "1",
        "courses-2-course": str(one.pk), "courses-2-ORDER": "3",
        "materials-TOTAL_FORMS": "1", "materials-INITIAL_FORMS": "0",
        "materials-0-address": "https://lei.example/", "materials-0-title_pt": "Lei", "materials-0-title_en": "Law",
    }  # fmt: skip
    client = signed_in(author)
    answer = client.post("/equipe/percursos/caminho/", fields)
    assert answer.status_code == 302
    assert [row.course.slug for row in path.courses.all()] == ["dois", "um"]
    assert path.materials.get().title == "Lei"
    assert client.post("/equipe/percursos/caminho/", fields).status_code == 409
    bad = fields | {"revision": "2", "materials-0-address": "javascript:alert(1)"}
    assert client.post("/equipe/percursos/caminho/", bad).status_code == 200
    assert signed_in(accounts.person_with("trainer")).get("/equipe/percursos/caminho/").status_code == 404
