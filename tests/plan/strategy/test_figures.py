"""Goals: where they stand by official figures and by measures of the team, in words."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from tests.accounts import factories as accounts
from tests.plan.factories import NOON, a_goal, a_plan, an_objective
from trama.plan.models import Goal
from trama.plan.strategy import services
from trama.plan.strategy.figures import standings_of

from .worlds import a_full_plan, client_of, observed

pytestmark = pytest.mark.django_db


def test_a_goal_says_where_it_stands_and_reads_newer_figures_by_itself():
    plan = a_full_plan()
    goal = Goal.objects.get()
    today = date(2026, 3, 2)
    with translation.override("en"):
        first = standings_of(plan, [goal], today)[goal.pk]
        assert (first.value, first.when, first.newer) == (Decimal("4.8"), "2023", False)
        assert first.distance == "0.7 more to reach the target of 2027 (5.5). Last figure: 4.8 (2023)."  # by hand
        observed(plan.network.place_id, 5.6, 2025)
        second = standings_of(plan, [goal], today)[goal.pk]
        assert (second.reached, second.newer) == (True, True)
        assert second.distance == "The target of 2027 (5.5) is reached: 5.6 (2025)."
        page = client_of(plan.created_by).get(reverse("plan:plan", args=[plan.uid])).content.decode()
    assert "5.6" in page


def test_a_goal_without_figure_says_why():
    plan = a_full_plan()
    objective = plan.objectives.get()
    unknown = a_goal(objective, "Anos finais", figure="ideb|municipal|AF")
    own = a_goal(objective, "Escolas", unit="escolas", higher_is_better=False, target_2026=Decimal(2))
    group = accounts.a_group(plan.network)
    theirs = a_plan(group, by=accounts.person_with("group_coordinator", group))
    joint = a_goal(an_objective(theirs), figure="ideb|municipal|AI")
    today = date(2026, 3, 2)
    with translation.override("en"):
        assert "No figure" in standings_of(plan, [unknown], today)[unknown.pk].reason
        assert "not for groups" in standings_of(theirs, [joint], today)[joint.pk].reason
        assert "nothing was measured" in standings_of(plan, [own], today)[own.pk].reason
        services.record_measure(own, measured_on=date(2026, 2, 1), value=Decimal(5), by=plan.created_by, at=NOON)
        (measured,) = standings_of(plan, [Goal.objects.get(pk=own.pk)], today).values()
        assert measured.distance.startswith("3 escolas less to reach the target of 2026 (2 escolas)")


def test_one_that_is_missing_is_told_in_the_singular_and_without_the_units_plural():
    plan = a_full_plan()
    own = a_goal(plan.objectives.get(), "Escolas", unit="escolas", target_2026=Decimal(5))
    services.record_measure(own, measured_on=date(2026, 2, 1), value=Decimal(4), by=plan.created_by, at=NOON)

    def distance():
        return standings_of(plan, [Goal.objects.get(pk=own.pk)], date(2026, 3, 2))[own.pk].distance

    assert distance().startswith("Falta 1 para chegar à meta de 2026 (5 escolas). Último número: 4 escolas")
    services.record_measure(own, measured_on=date(2026, 2, 8), value=Decimal(3), by=plan.created_by, at=NOON)
    assert distance().startswith("Faltam 2 escolas para chegar à meta de 2026 (5 escolas).")
