"""Addresses of videos and files of lessons, and of the page where authors send them."""

from django.urls import path

from . import author_views, views

VERSION = "equipe/cursos/<slug:slug>/<str:label>/"
urlpatterns = [
    path("cursos/<slug:slug>/midia/<uuid:uid>/", views.course_media, name="course_media"),
    path(f"{VERSION}leitura/midia/<uuid:uid>/", views.draft_media, name="draft_media"),
    path(f"{VERSION}midia/<slug:kind>/<int:pk>/", author_views.media_files, name="media_files"),
]
