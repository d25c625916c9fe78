"""Addresses of the pages where technologies are written and reviewed."""

from django.urls import path

from . import author_views as views
from . import reader_views as reader
from . import review_views as review
from . import writing_views as writing

VERSION = "<slug:slug>/<str:label>/"
PART = f"{VERSION}partes/<slug:kind>/"
READ = f"{VERSION}leitura/"
urlpatterns = [
    path("", views.team_technologies, name="team_technologies"),
    path("nova/", views.new_technology, name="new_technology"),
    path("previa/", writing.preview_text, name="preview_technology_text"),
    path("<slug:slug>/", views.team_technology, name="team_technology"),
    path(VERSION, views.team_version, name="team_version"),
    path(f"{VERSION}textos/", writing.edit_version, name="edit_technology_version"),
    path(f"{PART}nova/", writing.add_part, name="add_technology_part"),
    path(f"{PART}<int:pk>/", writing.edit_part, name="edit_technology_part"),
    path(f"{PART}<int:pk>/mover/", writing.move_part, name="move_technology_part"),
    path(f"{PART}<int:pk>/remover/", writing.remove_part, name="remove_technology_part"),
    path(f"{VERSION}comentarios/", review.add_comment, name="comment_technology"),
    path(f"{VERSION}comentarios/<int:pk>/", review.resolve_comment, name="resolve_technology_comment"),
    path(f"{VERSION}estado/<slug:action>/", views.change_state, name="change_technology_state"),
    path(f"{VERSION}historico/", review.history, name="technology_history"),
    path(f"{VERSION}comparar/", review.compare, name="compare_technology"),
    path(READ, reader.read_technology, name="read_technology"),
    path(f"{READ}etapas/<slug:stage>/", reader.read_stage, name="read_stage"),
    path(f"{READ}documentos/<slug:instrument>/", reader.read_document_page, name="read_document"),
    path(f"{READ}documentos/<slug:instrument>.<str:extension>", reader.read_file, name="read_file"),
]
