"""The public pages, and those of who learns in a cohort."""

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from tests.accounts import factories as accounts
from tests.learn import factories
from trama.foundation import panels
from trama.learn.courses import study
from trama.learn.courses.study import Enrolled
from trama.learn.models import Lesson, Path

pytestmark = pytest.mark.django_db


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


@pytest.fixture
def version():
    return factories.a_version("a-rede")


def test_the_catalogue_lists_published_courses_and_narrows_them(client: Client, version):
    factories.a_version("rascunho", state="draft", title_pt="Não publicado", title_en="Not published")
    longer = factories.a_version("longo", hours=30, title_pt="Um curso longo", title_en="A long course")
    longer_page = page(client, "/cursos/")
    assert "Conhecer a rede" in longer_page
    assert "Um curso longo" in longer_page
    assert "Não publicado" not in longer_page
    narrowed = page(client, "/cursos/?duracao=longa")
    assert "Um curso longo" in narrowed
    assert "Conhecer a rede" not in narrowed
    assert "1 de 2 cursos" in narrowed
    assert longer.course.slug in narrowed
    assert "Nenhum curso" in page(client, "/cursos/?publico=families")


def test_the_page_of_a_course_says_what_it_leads_to_and_what_it_weighs(client: Client, version):
    text = page(client, "/cursos/a-rede/")
    for words in ("Ao fim, você lê o mapa.", "CC BY-SA 4.0", "Equipe da Trama", "Módulo 1", "Uma hora e um celular."):
        assert words in text
    assert "/cursos/a-rede/aulas/aula-1/" in text
    assert "20 min" in text
    assert "KB" in text  # the page of the lesson and the module's file
    assert "Know the network" in page(client, "/en/cursos/a-rede/")
    page(client, "/cursos/nada/", 404)


def test_a_lesson_is_read_with_its_frames_and_neighbours(client: Client, version):
    text = page(client, "/cursos/a-rede/aulas/aula-1/")
    assert "O que chama a sua atenção?" in text
    assert "is-reflection" in text
    assert "is-remember" in text
    assert "/cursos/a-rede/testes/teste-1/" in text
    assert "<video" not in text
    assert "autoplay" not in text
    english = page(client, "/en/cursos/a-rede/aulas/aula-1/")
    assert "What strikes you?" in english
    page(client, "/cursos/a-rede/aulas/teste-1/", 404)


def test_links_of_a_lesson_lead_to_pages_of_the_site(client: Client):
    version = factories.a_version("com-links", state="draft")
    Lesson.objects.filter(slug="aula-1").update(
        body_pt="Veja a [folha](trama:library/folha) e o [panorama](trama:panorama).\n\n"
        "::: try trama:diagnose Abrir a rodada\nAgora.\n:::\n\n::: accordion A lei <b>\nArtigo.\n:::\n"
    )
    factories.seal(version)
    text = page(client, "/cursos/com-links/aulas/aula-1/")
    assert 'href="/cursos/com-links/biblioteca/folha/"' in text
    assert f'href="{reverse("know:country")}"' in text
    assert f'href="{reverse("diagnose:rounds")}">Abrir a rodada</a>' in text
    assert "A lei &lt;b&gt;" in text


def test_a_quiz_shows_what_awaits_and_no_right_answer(client: Client, version):
    text = page(client, "/cursos/a-rede/testes/teste-1/")
    assert "70%" in text
    for words in ("opção 1", "par a", "censo escolar", "Porque sim."):
        assert words not in text


def test_an_assignment_shows_task_product_example_and_rubric(client: Client, version):
    text = page(client, "/cursos/a-rede/tarefas/tarefa-1/")
    for words in ("Leia o mapa com a equipe.", "Três frases", "Exemplo inventado.", "Clareza", "Nível 4"):
        assert words in text


@pytest.mark.parametrize(
    ("address", "start"),
    [
        ("biblioteca/folha.docx", b"PK"),
        ("biblioteca/folha.odt", b"PK"),
        ("biblioteca/folha.pdf", b"%PDF"),
        ("biblioteca.zip", b"PK"),
        ("modulos/modulo-1.pdf", b"%PDF"),
    ],
)
def test_papers_and_modules_are_downloaded_under_a_name(client: Client, version, address: str, start: bytes):
    answer = client.get(f"/cursos/a-rede/{address}")
    assert answer.content.startswith(start)
    assert 'attachment; filename="' in answer["Content-Disposition"]


def test_what_is_not_there_cannot_be_downloaded(client: Client, version):
    for address in ("biblioteca/folha.exe", "biblioteca/nada.pdf", "modulos/nada.pdf"):
        page(client, f"/cursos/a-rede/{address}", 404)


def test_library_paper_and_glossary_have_pages(client: Client, version):
    assert "planalto.gov.br" in page(client, "/cursos/a-rede/biblioteca/")
    assert "Quem lê:" in page(client, "/cursos/a-rede/biblioteca/folha/")
    assert "Escolas juntas." in page(client, "/cursos/a-rede/glossario/")


def test_an_earlier_version_stays_readable_under_its_label(client: Client):
    first = factories.a_version("antigo", state="retired", title_pt="Primeira edição", title_en="First edition")
    factories.a_version(course=first.course, label="2.0", title_pt="Segunda edição", title_en="Second edition")
    assert "Segunda edição" in page(client, "/cursos/antigo/")
    text = page(client, "/cursos/antigo/?versao=1.0")
    assert "Primeira edição" in text
    assert "/cursos/antigo/aulas/aula-1/?versao=1.0" in text
    page(client, "/cursos/antigo/?versao=9.9", 404)


def test_a_draft_is_nobody_elses(client: Client):
    factories.a_version("rascunho", state="draft")
    for address in ("", "aulas/aula-1/", "glossario/", "biblioteca/", "biblioteca/folha.pdf", "modulos/modulo-1.pdf"):
        page(client, f"/cursos/rascunho/{address}", 404)


def test_a_path_shows_its_courses_and_what_completes_it(client: Client, version):
    path = Path.objects.create(
        slug="caminho", state="published", at_least=1, created_at=factories.NOON, changed_at=factories.NOON,
        title_pt="Caminho", title_en="Way", summary_pt="Dois cursos.", summary_en="Two courses.",
    )  # fmt: skip
    path.courses.create(course=version.course, position=1, required=True)
    path.courses.create(course=factories.a_course("por-vir"), position=2)
    path.materials.create(position=1, title_pt="Lei", title_en="Law", address="https://lei.example/")
    text = page(client, "/percursos/caminho/")
    for words in ("Conhecer a rede", "pelo menos 1 curso", "obrigatório", "https://lei.example/"):
        assert words in text
    Path.objects.filter(pk=path.pk).update(state="draft")
    page(client, "/percursos/caminho/", 404)


# --- who learns ---------------------------------------------------------------------------------------------------


@pytest.fixture
def keeping(settings):
    """The cache of pages as on a real site."""
    kept = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "kept-courses-test"}
    settings.CACHES = {**settings.CACHES, "pages": kept}
    caches["pages"].clear()


def test_what_is_drawn_once_for_all_holds_nothing_of_one_learner(client: Client, version, monkeypatch, keeping):
    def panel(request, subject):
        return f"<de {subject.user.pk}>"

    monkeypatch.setattr(study, "_providers", [lambda user, course: Enrolled(version, None)])
    monkeypatch.setattr(panels, "_panels", {place: [panel] for place in study.PLACES})
    people = [accounts.a_person() for _number in range(2)]
    for person in (*people, people[0]):
        client.force_login(person)
        for address, times in (("/aprender/a-rede/", 4), ("/aprender/a-rede/aulas/aula-1/", 2)):
            text = page(client, address)
            assert text.count(f"&lt;de {person.pk}&gt;") == times, address
            assert text.count("&lt;de ") == times, address
            assert "<!--gap" not in text
        assert page(client, "/aprender/a-rede/").count("biblioteca/folha/") == 1


def test_nobody_writes_a_gap(client: Client):
    version = factories.a_version("com-lacuna", state="draft")
    Lesson.objects.filter(module__version=version).update(body_pt="Isto: \\<!--gap:x--\\>")
    factories.seal(version)
    assert "&lt;!--gap:x--&gt;" in page(client, "/cursos/com-lacuna/aulas/aula-1/")


@pytest.fixture
def learner(client: Client, monkeypatch):
    person = accounts.a_person()
    client.force_login(person)
    monkeypatch.setattr(study, "_providers", [])
    return person


def test_who_is_in_no_cohort_is_led_to_the_page_of_the_course(client: Client, version, learner):
    for address in ("/aprender/a-rede/", "/aprender/a-rede/aulas/aula-1/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/cursos/a-rede/#cohorts")


def test_who_is_not_signed_in_is_asked_to(client: Client, version):
    assert "/conta/login/" in client.get("/aprender/a-rede/")["Location"]


def test_a_learner_reads_the_version_of_the_cohort_with_what_other_rooms_keep(client: Client, learner, monkeypatch):
    old = factories.a_version("fixo", state="retired", title_pt="Da turma", title_en="Of the cohort")
    factories.a_version(course=old.course, label="2.0", title_pt="Nova", title_en="New")
    seen = []

    def panel(request, subject):
        seen.append((subject.user, subject.enrolment, subject.part and subject.part.key, subject.reflection))
        return f"[painel {subject.reflection}]"

    study.register_enrolment(lambda user, course: Enrolled(old, "matrícula") if user == learner else None)
    monkeypatch.setattr(panels, "_panels", {place: [panel] for place in study.PLACES})
    monkeypatch.setattr(panels, "_states", {})
    text = page(client, "/aprender/fixo/")
    assert "Da turma" in text
    assert "/aprender/fixo/aulas/aula-1/" in text
    assert "/cursos/fixo/biblioteca/folha/?versao=1.0" in text
    assert text.count("[painel ]") == 1 + 3  # the page, and each of its three parts
    seen.clear()
    text = page(client, "/aprender/fixo/aulas/aula-1/")
    assert "[painel first-look]" in text
    assert [(part, reflection) for _user, _enrolment, part, reflection in seen] == [
        ("lesson:aula-1", "first-look"),
        ("lesson:aula-1", ""),
    ]
    assert seen[0][:2] == (learner, "matrícula")
    for kind, slug in (("testes", "teste-1"), ("tarefas", "tarefa-1")):
        assert "[painel ]" in page(client, f"/aprender/fixo/{kind}/{slug}/")
    page(client, "/aprender/fixo/aulas/nada/", 404)
