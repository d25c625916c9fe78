"""The roles of the field, and the tools that a principal user grants to the team."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a profile makes of a person. The scope each role needs is in ``SCOPE_OF_ROLE``."""

    NETWORK_PRINCIPAL = "network_principal", _("principal user of the network (director of education)")
    NETWORK_TEAM = "network_team", _("technical team of the network")
    STATE_PRINCIPAL = "state_principal", _("principal user of the state secretariat")
    STATE_TEAM = "state_team", _("technical team of the state secretariat")
    SCHOOL_PRINCIPAL = "school_principal", _("school principal")
    PEDAGOGICAL_COORDINATOR = "pedagogical_coordinator", _("pedagogical coordinator")
    TEACHER = "teacher", _("teacher")
    SCHOOL_CLERK = "school_clerk", _("school clerk")
    GROUP_COORDINATOR = "group_coordinator", _("coordinator of a group of networks")
    TRAINER = "trainer", _("trainer of a technical partner")
    PROGRAMME_ADMIN = "programme_admin", _("administrator of the programme")
    PROGRAMME_TEAM = "programme_team", _("team of the programme")


class Scope(models.TextChoices):
    NETWORK = "network", _("network")
    SCHOOL = "school", _("school")
    GROUP = "group", _("group of networks")
    ORGANISATION = "organisation", _("organisation")


SCOPE_OF_ROLE: dict[str, str] = {
    Role.NETWORK_PRINCIPAL: Scope.NETWORK,
    Role.NETWORK_TEAM: Scope.NETWORK,
    Role.STATE_PRINCIPAL: Scope.NETWORK,
    Role.STATE_TEAM: Scope.NETWORK,
    Role.SCHOOL_PRINCIPAL: Scope.SCHOOL,
    Role.PEDAGOGICAL_COORDINATOR: Scope.SCHOOL,
    Role.TEACHER: Scope.SCHOOL,
    Role.SCHOOL_CLERK: Scope.SCHOOL,
    Role.GROUP_COORDINATOR: Scope.GROUP,
    Role.TRAINER: Scope.ORGANISATION,
    Role.PROGRAMME_ADMIN: Scope.ORGANISATION,
    Role.PROGRAMME_TEAM: Scope.ORGANISATION,
}
MUNICIPAL_ROLES = frozenset({Role.NETWORK_PRINCIPAL, Role.NETWORK_TEAM})
STATE_ROLES = frozenset({Role.STATE_PRINCIPAL, Role.STATE_TEAM})
SCHOOL_ROLES = frozenset({Role.SCHOOL_PRINCIPAL, Role.PEDAGOGICAL_COORDINATOR, Role.TEACHER, Role.SCHOOL_CLERK})
PRINCIPAL_ROLES = frozenset({Role.NETWORK_PRINCIPAL, Role.STATE_PRINCIPAL})
TEAM_ROLES = frozenset({Role.NETWORK_TEAM, Role.STATE_TEAM})
PROGRAMME_ROLES = frozenset({Role.PROGRAMME_ADMIN, Role.PROGRAMME_TEAM})

TEAM_ROLE_OF_PRINCIPAL: dict[str, str] = {
    Role.NETWORK_PRINCIPAL: Role.NETWORK_TEAM,
    Role.STATE_PRINCIPAL: Role.STATE_TEAM,
}


class Tool(models.TextChoices):
    """What a principal user grants, tool by tool, to view or to edit."""

    TEAM = "team", _("My team")
    CALLS = "calls", _("Calls and eligibility")
    SOURCES = "sources", _("Official files")
    DIAGNOSIS = "diagnosis", _("Self-diagnosis")
    PLAN = "plan", _("Plan and technologies")
    TECHNOLOGIES = "technologies", _("Catalogue of technologies")
    COURSES = "courses", _("Courses and cohorts")


class AccessLevel(models.TextChoices):
    """What a grant lets a person do with a tool. To edit includes to view."""

    VIEW = "view", _("view")
    EDIT = "edit", _("edit")


NETWORK_TOOLS = (Tool.TEAM, Tool.CALLS, Tool.DIAGNOSIS, Tool.PLAN, Tool.COURSES)
PROGRAMME_TOOLS = (Tool.TEAM, Tool.CALLS, Tool.SOURCES, Tool.TECHNOLOGIES, Tool.COURSES)
PROGRAMME_TEAM_TOOLS = (
    Tool.CALLS,
    Tool.SOURCES,
    Tool.TECHNOLOGIES,
    Tool.COURSES,
)  # who enters the programme is the administrator's business
SCOPE_TOOLS: dict[str, tuple[Tool, ...]] = {  # held by role, without a grant
    Role.SCHOOL_PRINCIPAL: (Tool.DIAGNOSIS, Tool.PLAN, Tool.COURSES),
    Role.PEDAGOGICAL_COORDINATOR: (Tool.DIAGNOSIS, Tool.PLAN, Tool.COURSES),
    Role.GROUP_COORDINATOR: (Tool.DIAGNOSIS, Tool.PLAN, Tool.COURSES),
    Role.TRAINER: (Tool.TECHNOLOGIES, Tool.COURSES),
}
