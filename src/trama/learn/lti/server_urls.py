"""Addresses that other servers ask, and that browsers are sent to by them: the same in every language."""

from django.urls import path

from . import launch_views, server_views, visitor_views

COHORT = "lti/turmas/<uuid:cohort>/"
urlpatterns = [
    path("lti/chaves.json", server_views.keys, name="lti_keys"),
    path("lti/token", server_views.token, name="lti_token"),
    path("lti/autorizacao", launch_views.authorisation, name="lti_authorisation"),
    path("lti/escolhido", launch_views.choice_return, name="lti_choice_return"),
    path(f"{COHORT}itens", server_views.line_items, name="lti_line_items"),
    path(f"{COHORT}itens/<uuid:uid>", server_views.line_item, name="lti_line_item"),
    path(f"{COHORT}itens/<uuid:uid>/scores", server_views.scores, name="lti_scores"),
    path(f"{COHORT}itens/<uuid:uid>/results", server_views.results, name="lti_results"),
    path(f"{COHORT}pessoas", server_views.members, name="lti_members"),
    path("lti/login", visitor_views.login, name="lti_login"),
    path("lti/abrir", visitor_views.launch, name="lti_launch"),
]
