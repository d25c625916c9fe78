"""Addresses of the store: the same in every language (xAPI 1.0.3, Communication 2)."""

from django.urls import path

from . import document_views as documents
from . import statement_views as statements

urlpatterns = [
    path("xapi/statements", statements.statements, name="xapi_statements"),
    path("xapi/statements/more", statements.more_statements, name="xapi_more"),
    path("xapi/activities/state", documents.state, name="xapi_state"),
    path("xapi/activities/profile", documents.activity_profile, name="xapi_activity_profile"),
    path("xapi/activities", documents.activities, name="xapi_activities"),
    path("xapi/agents/profile", documents.agent_profile, name="xapi_agent_profile"),
    path("xapi/agents", documents.agents, name="xapi_agents"),
    path("xapi/about", documents.about, name="xapi_about"),
]
