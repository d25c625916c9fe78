"""A plan with one of everything, the figures it stands on, and who looks at it."""

from datetime import date
from decimal import Decimal

from django.test import Client

from tests.know import factories as know
from tests.plan.factories import a_goal, a_plan, an_action, an_objective


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def observed(place, value, year, *, code="ideb", stage="AI", dependency="municipal"):
    """A figure as it comes in reality: published with the release of its year."""
    know.indicator(code, name_pt="Ideb", name_en="Ideb", unit="index_0_10", decimals=1, better="higher")
    release = know.release("tests", str(year))
    know.observe(place, code, value, year=year, dependency=dependency, stage=stage, release=release)


def a_full_plan(**fields):
    plan = a_plan(**fields)
    observed(plan.network.place_id, 4.8, 2023)
    objective = an_objective(plan)
    a_goal(
        objective, figure="ideb|municipal|AI", baseline=Decimal("4.8"), baseline_year=2023, target_2027=Decimal("5.5")
    )
    an_action(objective, responsible=plan.created_by, due_on=date(2026, 5, 1), cost=Decimal("1500.50"))
    return plan
