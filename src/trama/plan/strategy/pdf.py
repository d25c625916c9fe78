"""The plan as a tagged PDF (PDF/UA-1), set by Typst from what the page shows."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from .diagnosis import DiagnosisSummary
from .figures import with_unit
from .models import Action, StrategicPlan
from .pages import GoalLine, ObjectiveLine

TEMPLATE = Path(__file__).with_name("plan.typ")
LEVELS = 4


def plan_pdf(plan: StrategicPlan, lines: Sequence[ObjectiveLine], diagnosis: DiagnosisSummary | None) -> bytes:
    """The plan on A4 pages."""
    data = json.dumps(document_data(plan, lines, diagnosis), ensure_ascii=False)
    compiler = typst.Compiler(TEMPLATE.read_bytes(), ignore_system_fonts=True, sys_inputs={"data": data})
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no document")
    return made


def _day(value: Any) -> str:
    return str(date_format(value, "SHORT_DATE_FORMAT")) if value else "—"


def document_data(
    plan: StrategicPlan, lines: Sequence[ObjectiveLine], diagnosis: DiagnosisSummary | None
) -> dict[str, Any]:
    """Every text of the document, in the language of the moment."""
    language = (get_language() or "pt-br").split("-")
    owner = str(plan.scope)
    return {
        "site": settings.SITE_NAME,
        "title": plan.title,
        "lang": language[0],
        "region": (language[1] if len(language) > 1 else "us").upper(),
        "eyebrow": _("Strategic plan"),
        "owner": owner,
        "facts": [
            [_("Period"), _("%(start)s to %(end)s") % {"start": _day(plan.starts_on), "end": _day(plan.ends_on)}],
            [pgettext("state of an action", "State"), str(plan.get_state_display())],
        ],
        "purpose_head": _("Purpose"),
        "purpose": _paragraphs(plan.purpose),
        "diagnosis": _diagnosis(diagnosis),
        "objectives": [_objective(line) for line in lines],
        "empty": _("The plan has no objective yet."),
    }


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n") if part.strip()]


def _diagnosis(summary: DiagnosisSummary | None) -> dict[str, Any] | None:
    if summary is None:
        return None
    levels = [_("Fragile"), _("Basic"), _("Adequate"), _("Exemplary")]
    rows = [
        [
            f"{area.code} {area.title}",
            *[str(count) for count in area.counts],
            str(area.without_level),
            levels[area.level - 1] if area.level else _("too little answered"),
        ]
        for area in summary.areas
    ]
    return {
        "title": _("What the self-diagnosis says"),
        "lead": _("%(title)s. How many criteria of each area stand at each level, and the middle level.")
        % {"title": summary.round.title.rstrip(".")},
        "head": [_("Area"), *levels, _("No level"), _("Middle level")],
        "rows": rows,
    }


def _objective(line: ObjectiveLine) -> dict[str, Any]:
    objective = line.node.objective
    notes = []
    if line.priority:
        notes.append(_("Priority of the self-diagnosis: %(priority)s") % {"priority": line.priority})
    for link in objective.education_links.all():
        words = {"law": link.goal.plan.law, "number": link.goal.number}
        notes.append(_("Serves goal %(number)s of %(law)s") % words)
    return {
        "title": f"{line.node.number}. {objective.title}",
        "text": _paragraphs(objective.description),
        "notes": notes,
        "goals_title": _("Goals"),
        "goals_head": [_("Goal"), _("Starting point"), _("Now"), _("Targets")],
        "goals": [_goal(one) for one in line.goals],
        "actions_title": _("Actions"),
        "actions_head": [_("What"), _("Who"), _("When"), _("How much"), pgettext("state of an action", "State")],
        "actions": [_action(one.action) for one in line.actions],
        "no_goals": _("No goal yet."),
        "no_actions": _("No action yet."),
    }


def _goal(line: GoalLine) -> dict[str, Any]:
    goal, standing = line.goal, line.standing

    def shown(value: Any) -> str:
        return with_unit(value, standing.unit, standing.decimals)

    start = f"{shown(goal.baseline)} ({goal.baseline_year})" if goal.baseline is not None else "—"
    targets = [f"{one.year}: {shown(one.value)}" for one in goal.targets.all()]
    return {
        "title": goal.title,
        "small": [standing.name] + [text for text in (standing.distance, standing.source, standing.reason) if text],
        "start": start,
        "now": f"{shown(standing.value)} ({standing.when})" if standing.value is not None else "—",
        "targets": targets or ["—"],
    }


def _action(action: Action) -> dict[str, Any]:
    who = [str(action.responsible) if action.responsible else "", action.who]
    small = [
        f"{label}: {text}"
        for label, text in ((_("Why"), action.why), (_("Where"), action.where), (_("How"), action.how))
        if text
    ]
    cost = "—"
    if action.cost is not None:
        cost = "R$ " + str(floatformat(action.cost, "2g"))
        cost += f" ({action.funding})" if action.funding else ""
    state = str(action.get_state_display())
    return {
        "title": action.what,
        "small": small,
        "who": "; ".join(filter(None, who)) or "—",
        "when": _("%(start)s to %(end)s") % {"start": _day(action.starts_on), "end": _day(action.due_on)}
        if action.starts_on
        else _day(action.due_on),
        "cost": cost,
        "state": f"{state} ({_day(action.done_on)})" if action.done_on else state,
    }
