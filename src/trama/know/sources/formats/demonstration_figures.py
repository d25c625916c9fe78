"""The invented figures of the demonstration, for a municipality, a school and the whole."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from .base import ObservationRow, SchoolRow

SHIFT = {"AI": 0.0, "AF": 38.0, "EM": 62.0}  # Saeb points above the early years
LIMITS = {"AI": ((49, 324), (60, 322)), "AF": ((100, 400), (100, 400)), "EM": ((117, 451), (111, 467))}
GRADES = {"AI": range(1, 6), "AF": range(6, 10), "EM": range(1, 4)}
NETWORKS = {"AI": ("municipal", "publica"), "AF": ("municipal", "estadual", "publica"), "EM": ("estadual", "publica")}
SHARE_OF_PEOPLE = {"INF": 0.045, "AI": 0.07, "AF": 0.056, "EM": 0.035}
INFRASTRUCTURE = (
    "infra_water", "infra_power", "infra_sewage", "infra_internet", "infra_internet_students", "infra_broadband",
    "infra_library", "infra_computer_lab", "infra_science_lab", "infra_sports_court", "infra_cafeteria",
    "infra_kitchen", "infra_meals", "infra_ramps", "infra_school_council",
)  # fmt: skip
_SUMMED = frozenset({"population", "gdp", "enrolment", "teachers", "schools", "fundeb_amount"})
_PER_PERSON = "gdp_per_capita"


@dataclass(frozen=True, slots=True)
class Town:
    """An invented municipality."""

    code: int
    name: str
    column: int
    row: int
    wealth: float  # hidden, mean 0, standard deviation 1
    people: int  # in the last year
    schools: int


def _row(
    indicator: str, place: int, year: int, value: float | None, dependency: str = "total", stage: str = "",
    grade: int = 0, location: str = "", status: str = "v",
) -> ObservationRow:  # fmt: skip
    return ObservationRow(
        indicator, place, dependency, stage, grade, location, year, value, status if value is None else "v", 1
    )


def town_figures(town: Town, first_year: int, last_year: int, dice: random.Random) -> list[ObservationRow]:
    """Everything about a municipality."""
    rows: list[ObservationRow] = []
    years = range(first_year, last_year + 1)
    for year in years:
        people = round(town.people * (1 - 0.008 * (last_year - year)))
        gdp = round(people * 18_000 * (1.05 ** (year - 2010)) * (1.25**town.wealth))
        rows += [
            _row("population", town.code, year, people), _row("gdp", town.code, year, gdp),
            _row(_PER_PERSON, town.code, year, gdp / people),
        ]  # fmt: skip
        if year >= last_year - 6:
            rows += _enrolment(town, year, people, dice)
    for stage in SHIFT:
        for network in NETWORKS[stage]:
            level = dice.gauss(195 + 9 * town.wealth, 6) + SHIFT[stage] + (4 if network == "estadual" else 0)
            for year in years:
                if year % 2:
                    rows += _ideb(town, stage, network, year, level + 3.1 * (year - first_year) / 2, dice)
    rows += _yearly(town, last_year, dice)
    return rows


def _ideb(
    town: Town, stage: str, network: str, year: int, level: float, dice: random.Random
) -> Iterator[ObservationRow]:
    """The parts of Ideb; now and then a small network is not disclosed."""
    cell = (town.code, year)
    if town.people < 6_000 and dice.random() < 0.25:
        yield _row("ideb", *cell, None, network, stage, status="d")
        return
    lp, mt = round(level + dice.gauss(0, 4), 2), round(level + 11 + dice.gauss(0, 4), 2)
    rates = [
        round(min(99.9, 82 + 3 * town.wealth + (year - 2007) * 0.55 + dice.gauss(0, 2.5)), 1) for _g in GRADES[stage]
    ]
    flow = len(rates) / sum(100 / rate for rate in rates)
    (lp_low, lp_high), (mt_low, mt_high) = LIMITS[stage]
    mean = ((lp - lp_low) / (lp_high - lp_low) + (mt - mt_low) / (mt_high - mt_low)) * 5
    yield _row("saeb_lp", *cell, lp, network, stage)
    yield _row("saeb_mt", *cell, mt, network, stage)
    yield _row("ideb_n", *cell, round(mean, 6), network, stage)
    yield _row("ideb_p", *cell, round(flow, 6), network, stage)
    yield _row("ideb", *cell, int(mean * flow * 10 + 0.5) / 10, network, stage)
    yield _row("approval_rate", *cell, round(sum(rates) / len(rates), 1), network, stage)
    for grade, rate in zip(GRADES[stage], rates, strict=True):
        yield _row("approval_rate", *cell, rate, network, stage, grade)
    yield _row("saeb_participation", *cell, round(min(100, dice.gauss(90, 5)), 1), network, stage)
    if year <= 2021:
        target = min(6.5, 3.2 + 0.18 * (year - 2007) / 2 + 0.15 * town.wealth)
        yield _row("ideb_target", *cell, round(target, 1), network, stage)


def _enrolment(town: Town, year: int, people: int, dice: random.Random) -> Iterator[ObservationRow]:
    urban = min(0.98, max(0.4, 0.72 + 0.08 * town.wealth))
    for stage, share in SHARE_OF_PEOPLE.items():
        count = round(people * share * dice.uniform(0.95, 1.05))
        municipal = {"INF": 0.85, "AI": 0.86, "AF": 0.6, "EM": 0.0}[stage]
        parts = {"municipal": round(count * municipal), "privada": round(count * 0.08)}
        parts["estadual"] = count - parts["municipal"] - parts["privada"]
        for network, number in {**parts, "total": count, "publica": count - parts["privada"]}.items():
            inside = round(number * urban)
            cell = (town.code, year)
            yield _row("enrolment", *cell, number, network, stage)
            yield _row("enrolment", *cell, inside, network, stage, location="U")
            yield _row("enrolment", *cell, number - inside, network, stage, location="R")
            if number:
                yield _row("teachers", *cell, max(1, round(number / dice.uniform(17, 23))), network, stage)


def _yearly(town: Town, last_year: int, dice: random.Random) -> Iterator[ObservationRow]:
    """What is known of the last years only."""
    for year in range(last_year - 2, last_year + 1):
        cell = (town.code, year)
        yield _row("schools", *cell, town.schools, "total")
        yield _row("schools", *cell, town.schools - 1, "municipal")
        for indicator in INFRASTRUCTURE:
            for network in ("municipal", "total"):
                share = min(100.0, max(0.0, dice.gauss(68 + 9 * town.wealth, 12)))
                yield _row(indicator, *cell, round(share, 1), network)
        for stage in ("AI", "AF", "EM"):
            late = min(60.0, max(1.0, dice.gauss(18 - 3 * town.wealth, 4)))
            yield _row("age_grade_distortion", *cell, round(late, 1), "publica", stage)
        literate = min(98.0, max(15.0, dice.gauss(58 + 6 * town.wealth, 9)))
        yield _row("literacy_rate", *cell, round(literate, 1), "publica")
        yield _row("literacy_target", *cell, 60.0 + 4 * (year - last_year + 1), "publica")
        yield _row("literacy_mean", *cell, round(743 + (literate - 56) * 1.1, 1), "publica")
        yield _row("mde_share", *cell, round(dice.gauss(27.5, 1.8), 2), "municipal")
        yield _row("fundeb_pay_share", *cell, round(min(100, dice.gauss(81, 6)), 2), "municipal")
        yield _row("fundeb_balance_share", *cell, round(abs(dice.gauss(4, 3)), 2), "municipal")
        yield _row("spending_per_student", *cell, round(dice.gauss(9_800, 900), 2), "municipal")
        yield _row("fundeb_amount", *cell, round(town.people * dice.uniform(900, 1_300), 2), "municipal")


def school_figures(school: SchoolRow, town: Town, last_year: int, dice: random.Random) -> Iterator[ObservationRow]:
    """Enrolment and Ideb of one school."""
    stages = ("AF", "EM") if school.dependency == "estadual" else ("AI",)
    for stage in stages:
        pupils = dice.randint(8, 420)
        yield _row("enrolment", school.code, last_year, pupils, school.dependency, stage)
        yield _row("teachers", school.code, last_year, max(1, pupils // 19), school.dependency, stage)
        if pupils < 40:
            yield _row("ideb", school.code, last_year - (last_year + 1) % 2, None, school.dependency, stage, status="d")
            continue
        for year in range(last_year - 6, last_year + 1):
            if year % 2:
                score = 4.6 + 0.25 * town.wealth + 0.1 * (year - last_year + 6) + dice.gauss(0, 0.35)
                yield _row("ideb", school.code, year, round(min(9.8, max(1.5, score)), 1), school.dependency, stage)


def state_figures(rows: list[ObservationRow], state: int) -> list[ObservationRow]:
    """The invented state and, around it, an invented country: sums of counts, means of the rest."""
    cells: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for row in rows:
        if row.value is not None:
            key = (row.indicator, row.year, row.dependency, row.stage, row.grade, row.location)
            cells[key].append(row.value)
    found: list[ObservationRow] = []
    for (indicator, year, dependency, stage, grade, location), values in cells.items():
        total = sum(values)
        if indicator not in _SUMMED:
            total = round(total / len(values), 2 if indicator not in ("ideb", "ideb_target") else 1)
        for place in (state, 0):
            found.append(
                ObservationRow(
                    str(indicator), place, str(dependency), str(stage), int(str(grade)), str(location), int(str(year)),
                    total, "v", 1,
                )
            )  # fmt: skip
    return found
