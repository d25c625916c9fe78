"""The world that ``signed_pages.py`` looks at: one municipal network in the middle of its year.

The shipped questionnaire for networks (46 criteria); four rounds that six people answered: one being answered, one
being agreed, one submitted with scores and a decision, one signed; a plan in force with 5 objectives, 12 goals, 40
actions and 60 weekly checks, with comments, meetings and a review. Made through the same functions as the site.
"""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

CONTENT = Path(__file__).resolve().parents[1] / "content"
RESPONDENTS, OBJECTIVES, GOALS, ACTIONS, CHECKS = 6, 5, 12, 40, 60
FIRST_COMPUTED = 5

type Pages = list[tuple[str, str, str]]
"""(what it is called, its address, who looks: "director" or "" for the public)"""


def make_world() -> dict[str, Any]:
    """Write the world; give the session of its director and the pages."""
    from django.utils import timezone

    from tests.accounts import factories as accounts
    from tests.e2e.people import _session
    from trama.diagnose.instruments.content import load_instruments
    from trama.diagnose.models import InstrumentVersion
    from trama.know.sources.content import load_indicators

    now = timezone.now()
    load_indicators(CONTENT, now)
    load_instruments(CONTENT, now)
    network = accounts.a_network(26)
    director = accounts.person_with("network_principal", network)
    version = InstrumentVersion.objects.get(instrument__slug="rede", state="published")
    rounds = _rounds(network, director, version, now)
    _figures(network, version)
    plan = _plan(network, director, rounds["decided"], now)
    return {
        "session": _session(director),
        "pages": [*_round_pages(rounds), *_plan_pages(plan), *_public_pages(version)],
    }


# --- self-diagnosis ---------------------------------------------------------------------------------------------------


def _rounds(network: Any, director: Any, version: Any, now: datetime) -> dict[str, Any]:
    from tests.diagnose import factories as make
    from trama.diagnose.models import Round

    made = {}
    for n, name in enumerate(("signed", "decided", "agreeing", "answering")):
        of = make.a_round(
            network,
            version,
            by=director,
            title=f"Rodada {n + 1}",
            opened_at=now - timedelta(days=300 - 90 * n),
            answers_until=now + timedelta(days=10),
        )
        members = [of.members.get(), *(make.a_member(of) for _ in range(RESPONDENTS - 1))]
        numbers = random.Random(n)
        for member in members:
            asked = list(of.items.all())
            make.answer_all(member, [numbers.choice((1, 2, 2, 3, 3, 4, -1)) for _ in asked])
        if name == "answering":  # the director is in the middle of it
            members[0].answers.filter(item__position__gt=30).delete()
        elif name == "agreeing":
            Round.objects.filter(pk=of.pk).update(state="agreeing")
            make.agree_all(
                of, [numbers.choice((1, 2, 3, 4)) if item.position <= 20 else None for item in of.items.all()]
            )
        else:
            make.agree_all(of, [numbers.choice((1, 1, 2, 2, 3, 4)) for _ in of.items.all()])
            Round.objects.filter(pk=of.pk).update(state="submitted", submitted_at=now - timedelta(days=60 - n))
            of.refresh_from_db()
            _decide(of, members, director, numbers, now, sign=name == "signed")
        made[name] = Round.objects.get(pk=of.pk)
    return made


def _decide(of: Any, members: list[Any], director: Any, numbers: random.Random, now: datetime, *, sign: bool) -> None:
    """Everybody but one scores what is proposed; five are chosen, two of them otherwise than computed."""
    from trama.diagnose.models import PriorityList
    from trama.diagnose.priorities import services
    from trama.diagnose.priorities.scales import PROPOSED
    from trama.diagnose.priorities.selectors import list_of, order_of

    kept, _ = PriorityList.objects.get_or_create(round=of)
    kept.round = of
    proposed = [place.facts.item for place in order_of(kept, with_gut=False).places[:PROPOSED]]
    for member in members[:-1]:
        member.round = of
        for item in proposed:
            for part in ("gravity", "urgency", "trend"):
                services.score(member, item, part, numbers.randint(1, 5), before=None, by=member.user, at=now)
    services.adjust_factor(
        of, proposed[2], reach=4, governability=2, reason="Aqui alcança mais gente.", revision=0, by=director, at=now
    )
    order = order_of(kept)
    chosen = [place.facts.item.pk for place in order.places[:FIRST_COMPUTED]]
    chosen[3] = order.places[7].facts.item.pk
    reasons = dict.fromkeys(order.position_of, "A equipe já começou e quer terminar.")
    services.decide(
        of, chosen, reasons=reasons, number_reason="", revision=list_of(of).decision_revision, by=director, at=now
    )
    if sign:
        services.sign(of, revision=list_of(of).decision_revision, by=director, at=now)


def _figures(network: Any, version: Any) -> None:
    """Official figures of four years for whatever the questionnaire and the plan speak of."""
    from tests.know import factories as know
    from trama.diagnose.models import CriterionIndicator

    wanted = set(CriterionIndicator.objects.filter(criterion__version=version).values_list("indicator", "stage"))
    release = know.release("tests", "2023")
    for n, (code, stage) in enumerate(sorted(wanted | {("ideb", "AI"), ("ideb", "AF")})):
        for k, year in enumerate((2017, 2019, 2021, 2023)):
            know.observe(network.place, code, 4.0 + n % 5 * 0.3 + k * 0.1, year=year, stage=stage, release=release)


def _round_pages(rounds: dict[str, Any]) -> Pages:
    from trama.diagnose.answers.presentation import sheet_of

    def at(name: str, rest: str) -> str:
        return f"/autodiagnostico/rodadas/{rounds[name].uid}/{rest}"

    sheet = sheet_of(rounds["answering"].members.order_by("pk").first())
    area = max(sheet.areas, key=lambda one: len(one.lines))
    number = rounds["signed"].priority_list.signatures.get().number
    first = rounds["decided"].priority_list.priorities.order_by("position").first().item.position
    weights = "?gap=1.5&importance=1.0&reach=1.0&governability=1.0&gut=0.5&revision=0"
    named = [
        ("answering: what is asked", at("answering", "responder/")),
        ("answering: what is missing", at("answering", "responder/?mostrar=faltam")),
        ("answering: the largest area", at("answering", f"responder/areas/{area.code}/")),
        ("agreeing: the list", at("agreeing", "acordo/")),
        ("agreeing: one criterion", at("agreeing", "acordo/3/")),
        ("results of a round", at("decided", "resultado/")),
        ("priorities: overview", at("decided", "prioridades/")),
        ("priorities: overview, signed", at("signed", "prioridades/")),
        ("priorities: one criterion", at("decided", f"prioridades/criterio/{first}/")),
        ("priorities: factors", at("decided", "prioridades/fatores/")),
        ("priorities: factors, weights tried", at("decided", f"prioridades/fatores/{weights}")),
        ("priorities: scoring", at("decided", "prioridades/notas/")),
        ("priorities: deciding", at("decided", "prioridades/decidir/")),
        ("priorities: signing", at("decided", "prioridades/assinar/")),
        ("priorities: in one page", at("decided", "prioridades/explicar/")),
        ("priorities: a signed list", at("signed", f"prioridades/assinadas/{number}/")),
    ]
    return [(name, address, "director") for name, address in named]


# --- plan -------------------------------------------------------------------------------------------------------------


def _plan(network: Any, director: Any, decided: Any, now: datetime) -> Any:
    from tests.plan import factories as make
    from trama.plan.models import StrategicPlan

    numbers = random.Random(40)
    today = now.date()
    plan = make.a_plan(
        network,
        by=director,
        title="Plano da rede",
        starts_on=today.replace(month=1, day=1),
        ends_on=today.replace(year=today.year + 3, month=12, day=31),
    )
    priorities = list(decided.priority_list.priorities.order_by("position"))
    objectives = [
        make.an_objective(plan, f"Objetivo {n + 1}: todas as crianças aprendem", priority=priorities[n])
        for n in range(OBJECTIVES)
    ]
    for n, objective in zip(range(GOALS), cycle(objectives), strict=False):
        values: dict[str, Any] = {f"target_{today.year + 1}": Decimal("5.5"), f"target_{today.year + 3}": Decimal(6)}
        if n % 3 == 2:
            values |= {"unit": "%", f"target_{today.year + 1}": Decimal(70)}
        else:
            values |= {"figure": f"ideb|municipal|{('AI', 'AF')[n % 2]}", "baseline": Decimal("4.8")}
            values |= {"baseline_year": 2021}
        make.a_goal(objective, f"Meta {n + 1}", **values)
    actions = [
        make.an_action(
            objective,
            f"Ação {n + 1}: formar, visitar e acompanhar",
            starts_on=today - timedelta(days=60),
            due_on=None if n % 9 == 8 else today + timedelta(days=n * 3 - 40),
            **({"responsible": director} if n % 4 == 0 else {"who": "" if n % 11 == 10 else f"Equipe {n % 5}"}),
            **({"cost": Decimal("1500.50")} if n % 5 == 0 else {}),
        )
        for n, objective in zip(range(ACTIONS), cycle(objectives), strict=False)
    ]
    StrategicPlan.objects.filter(pk=plan.pk).update(state="active")
    plan.refresh_from_db()
    _check(actions, director, numbers, now)
    _talk(plan, actions, director, numbers, now)
    return plan


def _check(actions: list[Any], director: Any, numbers: random.Random, now: datetime) -> None:
    """Weekly checks of two weeks, every second action twice."""
    from trama.plan.followup import services

    for n, action in zip(range(CHECKS), cycle(actions), strict=False):
        action.objective.plan.refresh_from_db()
        services.check_action(
            action,
            state=("doing", "todo", "done", "blocked")[n % 4],
            done="Duas escolas visitadas.",
            blocked_by="Falta transporte." if n % 4 == 3 else "",
            next_step="Mais três na semana que vem.",
            uid=_uid(numbers),
            by=director,
            at=now - timedelta(days=14 - n // 6),
        )
        action.refresh_from_db()


def _talk(plan: Any, actions: list[Any], director: Any, numbers: random.Random, now: datetime) -> None:
    """Comments, a meeting held and one to come, a review begun."""
    from trama.plan.followup import services

    about: dict[str, Any] = {"by": director, "at": now}
    for n in range(10):
        services.comment(plan, "action", actions[n].uid, f"Comentário {n}.", uid=_uid(numbers), **about)
    for days in (-7, 2):
        points = [(action.what, action) for action in actions[:8]]
        values = {"title": "Reunião da equipe", "starts_at": now + timedelta(days=days), "minutes": 60}
        values |= {"where": "Sala 2", "present": "", "notes": ""}
        services.plan_meeting(plan, values, points, uid=_uid(numbers), **about)
    services.begin_review(plan, now.date(), uid=_uid(numbers), **about)


def _uid(numbers: random.Random) -> UUID:
    return UUID(int=numbers.getrandbits(128), version=4)


def _plan_pages(plan: Any) -> Pages:
    root = f"/planos/{plan.uid}/"
    objective = plan.objectives.order_by("position").first()
    goal, action = (getattr(objective, kind).order_by("position").first() for kind in ("goals", "actions"))
    _held, coming = plan.meetings.order_by("starts_at")
    named = [
        ("plans", "/planos/"),
        ("plan", root),
        ("plan, to be printed", f"{root}imprimir/"),
        ("plan: history", f"{root}historico/"),
        ("plan: an objective", f"{root}objetivo/{objective.uid}/"),
        ("plan: a goal", f"{root}meta/{goal.uid}/"),
        ("plan: an action", f"{root}acao/{action.uid}/"),
        ("plan: from the priorities", f"{root}comecar/objetivos/"),
        ("week", "/planos/semana/"),
        *((f"follow-up: {view}", f"{root}acompanhar/?ver={view}") for view in ("lista", "quadro", "tempo", "pessoas")),
        ("follow-up: an action", f"{root}acompanhar/{action.uid}/"),
        ("comments", f"{root}comentarios/"),
        ("meetings", f"{root}reunioes/"),
        ("meeting", f"{root}reunioes/{coming.uid}/"),
        ("reviews", f"{root}revisoes/"),
        ("review", f"{root}revisoes/{plan.reviews.get().uid}/"),
        ("calendar", f"{root}calendario/"),
    ]
    return [(name, address, "director") for name, address in named]


def _public_pages(version: Any) -> Pages:
    root = f"/autodiagnostico/instrumentos/{version.instrument.slug}/"
    named = [
        ("instruments", "/autodiagnostico/"),
        ("instrument", root),
        ("instrument: criterion", f"{root}criterios/{version.criteria.order_by('position').first().key}/"),
        ("instrument: whole text", f"{root}texto/"),
        ("instrument: search", f"{root}?q=forma%C3%A7%C3%A3o"),
        ("instrument: search, nothing found", f"{root}?q=zzz"),
        ("instrument: versions compared", f"{root}comparar/"),
    ]
    return [(name, address, "") for name, address in named]
