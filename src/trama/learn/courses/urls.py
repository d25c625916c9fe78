"""Addresses of the public pages of courses and paths, and of the pages of learners."""

from django.urls import path, register_converter

from . import study_views, views


class Segment:
    """The kind of a part, as addresses say it."""

    regex = "aulas|testes|tarefas|interativos|ferramentas"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Segment, "part_segment")
PART = "<part_segment:segment>/<slug:part>/"
urlpatterns = [
    path("cursos/", views.courses, name="courses"),
    path("cursos/<slug:slug>/", views.course, name="course"),
    path(f"cursos/<slug:slug>/{PART}", views.part, name="course_part"),
    path("cursos/<slug:slug>/glossario/", views.glossary, name="course_glossary"),
    path("cursos/<slug:slug>/biblioteca/", views.library, name="course_library"),
    path("cursos/<slug:slug>/biblioteca.zip", views.download_library, name="course_library_files"),
    path("cursos/<slug:slug>/biblioteca/<slug:item>/", views.paper, name="course_paper"),
    path("cursos/<slug:slug>/biblioteca/<slug:item>.<str:extension>", views.download_paper, name="course_paper_file"),
    path("cursos/<slug:slug>/modulos/<slug:module>.pdf", views.download_module, name="course_module_file"),
    path("percursos/<slug:slug>/", views.path, name="path"),
    path("aprender/<slug:slug>/", study_views.study, name="study"),
    path(f"aprender/<slug:slug>/{PART}", study_views.study_part, name="study_part"),
]
