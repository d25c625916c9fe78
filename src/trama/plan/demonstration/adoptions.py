"""The invented adoptions, each act through the service that a page would call."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from trama.accounts.api import DemonstrationTeam

from ..adoptions import help_services, services, step_services
from ..adoptions.models import Adoption, AdoptionStep
from ..adoptions.selectors import offered_by_slug, organisations_to_ask, steps_of
from .content import BrokenDemonstration

NO_RECESS = ("", "")  # so that the late step is late in January too
EVIDENCE = "https://exemplo.org.br/demonstracao"  # a name kept for examples: nothing is there


def open_adoptions(
    team: DemonstrationTeam, raw: Mapping[str, Any], priorities: Mapping[str, Any]
) -> dict[str, Adoption]:
    """The adoptions of the content, by technology. ``priorities``: key of a criterion to the decided priority."""
    versions = offered_by_slug([one["technology"] for one in raw["adoption"]])
    made = {}
    for one in raw["adoption"]:
        version = versions.get(one["technology"])
        if version is None:
            raise BrokenDemonstration(f"technology {one['technology']!r}: not among the published ones")
        made[one["technology"]] = _open(team, raw["label"], one, version, priorities.get(one["priority"]))
    return made


def _open(team: DemonstrationTeam, label: str, one: Mapping[str, Any], version: Any, priority: Any) -> Adoption:
    at, director = team.ago(one["started"]), team.people["director"]
    made = services.open_adoption(
        team.network, version, uid=uid_of(team, f"adoption {one['technology']}"),
        starts_on=(team.now - timedelta(days=one["started"])).date(), priority=priority,
        reason=f"{label}. {one['reason']}", adaptations=one.get("adaptations", ""), contexts=one.get("contexts", ()),
        people=_people(team, one, version), recess=NO_RECESS, by=director, at=at,
    )  # fmt: skip
    steps = {step.step.slug: step for step in steps_of(made)}
    for line in one["step"]:
        if line["slug"] not in steps:
            raise BrokenDemonstration(f"technology {one['technology']!r} has no step {line['slug']!r}")
        _work(team, label, made, steps[line["slug"]], line)
    _values(team, made, one)
    return made


def uid_of(team: DemonstrationTeam, name: str) -> UUID:
    """The same for the same thing of the same network: made twice, it is there once."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"trama demonstration {team.network.pk} {name}")


def _people(team: DemonstrationTeam, one: Mapping[str, Any], version: Any) -> list[dict[str, Any]]:
    roles = {role.position: role for role in version.roles.all()}
    people = []
    for line in one["roles"]:
        who = (
            {"user": team.people[line["person"]]}
            if line.get("person") in team.people
            else {"name": line.get("name", "")}
        )
        if line["role"] in roles and (who.get("user") or who.get("name")):
            people.append({"role": roles[line["role"]], **who})
    return people


def _work(team: DemonstrationTeam, label: str, adoption: Adoption, step: AdoptionStep, line: Mapping[str, Any]) -> None:
    """What was done about one step: who answers for it, evidence, a note, and that it is done."""
    by = team.people.get(line["by"], team.people["director"])
    at = team.ago(line.get("done", 2))
    step = step_services.set_responsible(step, by, revision=step.revision, by=by, at=team.ago(line.get("done", 2) + 1))
    if line.get("evidence"):
        step_services.add_evidence(step, title=f"{line['evidence']} ({label})"[:160], address=EVIDENCE, by=by, at=at)
    if line.get("note"):
        step_services.write_note(adoption, line["note"], uid=uid_of(team, f"note {step.uid}"), step=step, by=by, at=at)
    if "done" in line:
        step_services.mark_done(step, revision=step.revision, by=by, at=at)


def _values(team: DemonstrationTeam, adoption: Adoption, one: Mapping[str, Any]) -> None:
    """What was written about the adoption as a whole: a note, a value of an indicator, a request for help."""
    director = team.people["director"]
    if one.get("note"):
        uid = uid_of(team, f"note {one['technology']}")
        step_services.write_note(adoption, one["note"], uid=uid, by=director, at=team.ago(10))
    measured = one.get("measured")
    if measured is not None:
        indicator = adoption.version.indicators.order_by("position")[measured["indicator"] - 1]
        day = (team.now - timedelta(days=measured["ago"])).date()
        step_services.record_value(
            adoption, indicator, measured_on=day, value=Decimal(measured["value"]), note=measured["note"],
            by=team.people.get("technician", director), at=team.ago(measured["ago"]),
        )  # fmt: skip
    asked = organisations_to_ask(adoption)
    if one.get("help_subject") and asked:
        help_services.ask_help(
            adoption, asked[-1], uid=uid_of(team, f"help {one['technology']}"), subject=one["help_subject"],
            text=one["help_text"], by=team.people.get("technician", director), at=team.ago(3),
        )  # fmt: skip
