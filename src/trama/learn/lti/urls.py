"""Addresses for people: tools of parts, people sent by other platforms, the register of the programme's team."""

from django.urls import path

from . import launch_views, registry_views, visitor_views

TEAM = "equipe/ferramentas/"
urlpatterns = [
    path("aprender/<slug:slug>/ferramentas/<slug:part>/abrir/", launch_views.open_tool, name="open_tool"),
    path(
        "equipe/cursos/<slug:slug>/<str:label>/partes/tool/<int:pk>/escolher/",
        launch_views.choose_in_tool,
        name="choose_in_tool",
    ),
    path("turmas/<uuid:uid>/equipe/ferramentas/<slug:part>/abrir/", launch_views.teach_in_tool, name="teach_in_tool"),
    path("lti/entrada/<uuid:uid>/", visitor_views.arrived, name="lti_arrived"),
    path("lti/escolha/<uuid:uid>/", visitor_views.choose, name="lti_choose"),
    path("aprender/meus/plataformas/", visitor_views.links, name="lti_links"),
    path(TEAM, registry_views.tools, name="lti_tools"),
    path(f"{TEAM}nova/", registry_views.new_tool, name="new_lti_tool"),
    path(f"{TEAM}chave/", registry_views.new_key, name="new_lti_key"),
    path(f"{TEAM}plataformas/nova/", registry_views.new_platform, name="new_lti_platform"),
    path(f"{TEAM}plataformas/<uuid:uid>/", registry_views.platform, name="lti_platform"),
    path(f"{TEAM}plataformas/<uuid:uid>/<uuid:context>/", visitor_views.people, name="lti_people"),
    path(f"{TEAM}<uuid:uid>/", registry_views.tool, name="lti_tool"),
]
