# ruff: noqa: T201
# %% [markdown]
# # Did a programme that networks joined in different years change learning?
#
# **Every number here is invented.** The panel is drawn from `trama_measure.impact.simulate`, so that the truth is known
# and one can see what each step finds and misses. With real data only the first cell changes:
# `Panel.from_columns(table, unit="network", period="year", outcome="ideb", start="joined")`.
#
# The method, with its formulas: `docs/methods/impact.md`. Run it from the repository with `python
# docs/notebooks/staggered_programme.py`, or open it in an editor that knows `# %%` cells.

# %% The invented panel: 900 networks, nine editions, three cohorts; the effect is 0.25 at first and grows by 0.1
import os
from pathlib import Path

import polars as pl

from trama_measure.impact import (
    Evaluation,
    Plan,
    Subject,
    UnitKind,
    aggregate,
    bacon,
    match,
    minimum_detectable_effect,
    residual_covariance,
    simulated_power,
    two_way_effects,
)
from trama_measure.impact.simulate import World, invented_panel

WORLD = World(
    n_units=900,
    n_periods=9,
    starts=(3, 5, 7),
    never=0.75,
    effect=0.25,
    growth=0.1,
    covariates=2,
    confounding=0.6,
    autocorrelation=0.4,
    noise_sd=0.6,
)
panel = invented_panel(WORLD, seed=2026)
evaluation = Evaluation(panel, seed=1, covariate_names=("income", "size"))


def show(title: str, table: dict) -> None:
    """Print a tidy table."""
    print(f"\n{title}")
    print(pl.DataFrame(table, strict=False))


# %% 1. Design: who is compared with whom. Look before any estimate
show("Cohorts (cohort inf: never)", evaluation.design())
show("How unlike both groups were at first", evaluation.balance())

# %% [markdown]
# Networks that took part differ in income and size, and these also move the outcome. So the estimate conditions on
# them (doubly robust). The alternative is to choose comparison networks first:

# %% Matching, as a second way to the same end
taking_part = ~panel.never
matched = match(panel.covariates, taking_part, caliper=0.2)
print(f"\nMatched: {len(set(matched.treated.tolist()))} of {taking_part.sum()} networks that took part")
on_matched = Evaluation(panel.keep(matched.kept), seed=1)

# %% 2. Estimate
show("Effect (the band of each view holds at all its keys at once)", evaluation.estimate())
truth_by_event = WORLD.true_effect(evaluation.events.key)
show(
    "Estimated and true effect since the start",
    {"event": evaluation.events.key, "truth": truth_by_event}
    | {name: evaluation.events.table()[name] for name in ("estimate", "low", "high")},
)

# %% [markdown]
# The usual regression with unit and period effects mixes in comparisons with networks that already take part. As the
# effect grows, these are subtracted:

# %% The usual regression, taken apart
usual, parts = two_way_effects(panel), bacon(panel)
print(f"\nTwo-way fixed effects: {usual.estimate:.3f}; mean group-time effect: {evaluation.effect.overall:.3f}")
print(f"Weight of comparisons with those already treated: {parts.forbidden:.0%}")

# %% 3. Checks
show("Checks", evaluation.checks())
show(
    "If later trends differ by up to M times the largest difference before",
    {
        "times": [each.violation for each in evaluation.sensitivity()],
        "low": [each.low for each in evaluation.sensitivity()],
        "high": [each.high for each in evaluation.sensitivity()],
    },
)

# %% 4. What can be concluded, as codes with their figures
print("\nConclusions")
for conclusion in evaluation.conclusions():
    figures = ", ".join(f"{name} {value:.2f}" for name, value in conclusion.figures.items())
    print(f"  {conclusion.bearing.value:9} {conclusion.code.value:22} {figures}")

# %% 5. The same in plain words: a page for whoever decides and whoever reports, in both languages
FOLDER = Path(os.environ.get("NOTEBOOK_OUTPUT", "var/notebooks"))
FOLDER.mkdir(parents=True, exist_ok=True)
SUBJECTS = {
    "pt-BR": Subject(
        programme="Programa Exemplo",
        outcome="Ideb dos anos iniciais",
        unit=("ponto", "pontos"),
        units=UnitKind.NETWORKS,
        better="higher",
        source="painel inventado, trama_measure.impact.simulate",
        vintage="semente 2026",
        article="o",
        invented=True,
    ),
    "en": Subject(
        programme="the Example Programme",
        outcome="Ideb of the early years",
        unit=("point", "points"),
        units=UnitKind.NETWORKS,
        better="higher",
        source="invented panel, trama_measure.impact.simulate",
        vintage="seed 2026",
        invented=True,
    ),
}
for language, subject in SUBJECTS.items():
    page = FOLDER / f"staggered_programme.{language}.html"
    page.write_text(evaluation.report(subject, language).html(), encoding="utf-8")
    print(f"\nPage: {page}")
print(evaluation.report(SUBJECTS["en"], "en").section("answer").paragraphs)

# %% [markdown]
# The figures can be kept without the panel (`evaluation.findings.to_json()`) and shown later, in either language
# (`write_report(Findings.from_json(text), subject, "pt-BR")`).

# %% 6. The next call: how many networks would it take? From the periods before anybody joined
never = panel.keep(panel.never)
omega = residual_covariance(never)
print("\nSmallest effect that a call would show with 80 %")
for joining in (20, 40, 80):
    plan = Plan({4: joining, 6: joining}, never=150)
    found = minimum_detectable_effect(plan, omega)
    print(f"  {joining} networks in each of two cohorts: {found.effect:.2f} ({found.in_sd:.2f} standard deviations)")
plan = Plan({4: 40, 6: 40}, never=150)
effect = minimum_detectable_effect(plan, omega).effect
power = simulated_power(never, plan, effect, simulations=100, seed=7)
print(f"  by simulation in the panel itself, 40 networks: {power:.0%} of {effect:.2f} are seen")

# %% Kept for the tests: what this notebook found
FOUND = {
    "overall": evaluation.effect.overall,
    "overall_se": evaluation.effect.overall_se,
    "matched": aggregate(on_matched.effects, "group").overall,
    "codes": [conclusion.code.value for conclusion in evaluation.conclusions()],
    "twfe": usual.estimate,
    "forbidden": parts.forbidden,
    "power": power,
}
