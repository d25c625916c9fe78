"""Addresses of the pages where courses are written, below ``/equipe/``."""

from django.urls import path

from . import author_views as views
from . import path_views as paths
from . import reader_views as reader
from . import writing_views as writing
from .urls import PART as READ_PART

VERSION = "cursos/<slug:slug>/<str:label>/"
PART = f"{VERSION}partes/<slug:kind>/"
READ = f"{VERSION}leitura/"
urlpatterns = [
    path("cursos/", views.team_courses, name="team_courses"),
    path("cursos/novo/", views.new_course, name="new_course"),
    path("cursos/previa/", writing.preview_text, name="preview_course_text"),
    path("cursos/<slug:slug>/", views.team_course, name="team_course"),
    path(VERSION, views.team_version, name="team_version"),
    path(f"{VERSION}textos/", writing.edit_version, name="edit_course_version"),
    path(f"{PART}nova/", writing.add_part, name="add_course_part"),
    path(f"{PART}<int:pk>/", writing.edit_part, name="edit_course_part"),
    path(f"{PART}<int:pk>/mover/", writing.move_part, name="move_course_part"),
    path(f"{PART}<int:pk>/remover/", writing.remove_part, name="remove_course_part"),
    path(f"{VERSION}estado/<slug:action>/", views.change_state, name="change_course_state"),
    path(f"{VERSION}historico/", views.history, name="course_history"),
    path(f"{VERSION}comparar/", views.compare, name="compare_course"),
    path(READ, reader.read_course, name="read_course"),
    path(f"{READ}{READ_PART}", reader.read_part, name="read_course_part"),
    path(f"{READ}glossario/", reader.read_glossary, name="read_course_glossary"),
    path(f"{READ}biblioteca/", reader.read_library, name="read_course_library"),
    path(f"{READ}biblioteca/<slug:item>/", reader.read_paper, name="read_course_paper"),
    path(f"{READ}biblioteca/<slug:item>.<str:extension>", reader.read_paper_file, name="read_course_paper_file"),
    path("percursos/", paths.team_paths, name="team_paths"),
    path("percursos/novo/", paths.new_path, name="new_path"),
    path("percursos/<slug:slug>/", paths.team_path, name="team_path"),
    path("percursos/<slug:slug>/estado/<slug:action>/", paths.change_path_state, name="change_path_state"),
]
