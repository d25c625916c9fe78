# ruff: noqa: T201
# %% [markdown]
# # A booklet test, from answer sheets to shares per level
#
# Saeb 1995, mathematics, third year of upper secondary: 9,049 students, 153 items, 26 booklets of three blocks. **Real
# answers**, with one thing to know: the key printed in the public file does not fit the answers, so items are marked by
# the option that goes most with the official proficiency. Figures therefore show the method, not Brazil in 1995.
#
# The methods, with their formulas: `responses.md`, `classical_test_theory.md`, `item_response.md`, `linking.md` and
# `estimates.md` in `docs/methods`. Run it from the repository with `python docs/notebooks/booklet_calibration.py`, or
# open it in an editor that knows `# %%` cells: pictures show themselves there. To keep one, write its `svg` to a file.

# %% The files. They lie beside the repository, in shared/data/irt; without them there is nothing to calibrate
import sys
from pathlib import Path

import numpy as np
import polars as pl

from trama_measure.classical import analyse, tally
from trama_measure.estimates import estimate, jkn, means, shares
from trama_measure.irt import ItemResponseModel, Normal, Prior, Quadrature
from trama_measure.irt.dif import likelihood_ratio_dif, logistic_dif
from trama_measure.irt.fit import item_fit, local_dependence
from trama_measure.irt.plausible import latent_regression, plausible_values
from trama_measure.irt.plots import Look, fit_curve, information_of_test, item_curve, wright_map
from trama_measure.linking import (
    Scale,
    drift,
    four_methods,
    jackknife,
    level_of,
    of_calibration,
    purify,
    reporting,
    standards,
)
from trama_measure.responses import SAEB_1995, Columns, Design, Key, check, from_strings, mark, refuse_unconnected

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "irt"
ANSWERS = FOLDER / "saeb_1995_matematica_3em_respostas.csv.gz"
KEY = FOLDER / "saeb_1995_matematica_3em_chave_empirica.csv"
if not ANSWERS.exists() or not KEY.exists():
    sys.exit(f"Nothing to calibrate: {ANSWERS.name} and {KEY.name} are expected in {FOLDER}")

PICTURES = {}  # name: plot


def show(title: str, table: pl.DataFrame) -> None:
    """Print a table."""
    print(f"\n{title}")
    print(table)


# %% 1. Read. A student's three strings stand in the order of print; each block has its own number of items
ITEMS_OF_BLOCK = {str(block): 11 if block <= 8 else 13 for block in range(1, 14)}
students = pl.read_csv(ANSWERS, infer_schema_length=0).with_row_index("student")
printed = [
    pl.col(f"RESP_BL{place}").str.slice(0, pl.col(f"BLOCO{place}").replace_strict(ITEMS_OF_BLOCK))
    for place in (1, 2, 3)
]
students = students.with_columns(
    answers=pl.concat_str(printed).str.pad_end(39, "_"),
    weight=pl.col("PESO_AC").cast(pl.Float64),
    official=pl.col("PROFIC").cast(pl.Float64),
    school=pl.format("{}/{}", "ESTRATO", "UPA"),
)
order = students.group_by("CADERNO").agg(pl.col("BLOCO1", "BLOCO2", "BLOCO3").first()).sort("CADERNO")
design = Design(
    {booklet: tuple(blocks) for booklet, *blocks in order.iter_rows()},
    {block: tuple(f"b{block}-{place}" for place in range(1, count + 1)) for block, count in ITEMS_OF_BLOCK.items()},
)
columns = Columns("student", booklet="CADERNO", weight="weight", school="school")
answers = from_strings(students, columns, "answers", design, SAEB_1995)

# %% [markdown]
# ## 2. The design: is it balanced, and does it hang together?
#
# Students of different booklets are comparable only through blocks that both saw. In a balanced incomplete block design
# every pair of blocks is together in the same number of booklets. Here every block also stands equally often in every
# position, so that getting tired at the end weighs on all blocks alike.

# %%
balance = check(design)
print(f"Balanced: {balance.is_balanced}; in positions too: {balance.is_position_balanced}; {balance.problems}")
letters = pl.read_csv(KEY).with_columns(item=pl.format("b{}-{}", "bloco", "posicao"))
key = Key("empirical", dict(letters.select("item", "letra_mais_associada").iter_rows()))
responses = mark(answers, key)
refuse_unconnected(responses.items_of_booklets(), responses.items, responses.booklets)

# %% [markdown]
# ## 3. Classical statistics first: an item that does not work has no business in a calibration
#
# The discrimination is the correlation of an item with the rest of its own booklet. Items below 0.15, or with another
# option that goes better with the rest than the key, are annulled in a new version of the key, each with its reason. In
# practice someone looks at the item before.

# %%
classical = analyse(tally(responses, answers=answers, key=key), positions=design.positions())
show("Flags", classical.flags["code"].value_counts(sort=True))
print(f"Reliability of a booklet: alpha {classical.alpha.alpha:.2f}, {classical.alpha.length:.0f} items on average")
UNFIT = ("negative_discrimination", "weak_discrimination", "distractor_better_than_key", "key_suspected")
unfit = {
    row["item"]: row["detail"] for row in classical.flags.filter(pl.col("code").is_in(UNFIT)).iter_rows(named=True)
}
responses = mark(answers, key.annul("empirical, 2", unfit))
print(f"{len(unfit)} of {len(design.items)} items annulled")

# %% [markdown]
# ## 4. Calibrate
#
# Three parameters, as Saeb does. What counts as wrong is a decision and is said: omitted is wrong, not reached is not
# in the likelihood (both are the defaults of `scored`). Weights are those of the sample; with weights, errors are those
# of the sandwich, with students of one school together.

# %% First with the usual grid of 49 points
kept = [item for item in design.items if item not in unfit]
scored = responses.scored(omitted="wrong", not_reached="missing")[:, [design.items.index(item) for item in kept]]
weight = students["weight"].to_numpy()
schools = np.unique(students["school"].to_numpy(), return_inverse=True)[1]
first = ItemResponseModel(model="3pl", errors="none", max_passes=60).fit(scored, items=kept, weights=weight)
print(f"\nConverged: {first.convergence.converged} {first.convergence.reasons}")
print(f"Warnings: {first.warnings}")

# %% [markdown]
# The run says what is wrong: a few very steep items leave some posteriors narrower than the grid. A finer grid settles
# it.

# %%
model = ItemResponseModel(model="3pl", quadrature=Quadrature(97), errors="sandwich")
calibration = model.fit(scored, items=kept, weights=weight, clusters=schools)
ended = calibration.convergence
print(f"Converged: {ended.converged}, {ended.passes} passes; {ended.distance_se:.4f} standard errors from the optimum")
print(f"Warnings: {calibration.warnings}")
show("Items", calibration.items.select("item", "a", "se_a", "b", "se_b", "c", "se_c", "answers", "flags"))

# %% How sure is a booklet, and where are the students? This test is hard for them: it tells most far above the mean
booklets = {name: [item for item in design.items_of(name) if item not in unfit] for name in design.booklets}
PICTURES["information"] = information_of_test(calibration, booklets=booklets)
PICTURES["information"]

# %%
PICTURES["map"] = wright_map(calibration)
PICTURES["map"]

# %% [markdown]
# ## 5. Does the model describe the answers?
#
# With thousands of students every test rejects, so sizes are read first: RMSD is the distance between the observed and
# the fitted curve in shares of right answers; 0.05 deserves a look.

# %%
fit = item_fit(calibration, scored).sort("rmsd", descending=True)
show("Fit, worst first", fit.head(6))
worst = fit["item"][0]
PICTURES["fit of the worst"] = fit_curve(calibration, scored, worst)
PICTURES["fit of the worst"]

# %%
PICTURES["a usual item"] = item_curve(calibration, fit["item"][len(kept) // 2])
PICTURES["a usual item"]

# %% Pairs of items that have more in common than the proficiency, such as two questions on one picture
dependence = local_dependence(calibration, scored).filter(pl.col("students") > 200)
show("Residual correlation, largest first", dependence.head(4))

# %% [markdown]
# **Differential functioning.** Does an item treat girls and boys of equal proficiency alike? Both methods say how much:
# R² gained (A negligible, B moderate, C large), and the gap between the two curves in shares of right answers.

# %%
known = students["SEXO"].is_not_null().to_numpy()
sex = students["SEXO"].replace({"1": "boys", "2": "girls"}).to_numpy()
dif = logistic_dif(calibration, scored[known], sex[known], "girls").sort("r2_gained", descending=True)
show("By regression", dif.select("item", "students", "log_odds", "r2_gained", "class").head(4))
suspect = dif["item"][0]
common = ItemResponseModel(model="3pl", quadrature=Quadrature(97))
gaps = likelihood_ratio_dif(common, scored[known], sex[known], "girls", items=kept, studied=[suspect])
show("By two curves instead of one", gaps.select("item", "statistic", "df", "p", "gap", "absolute_gap", "class"))

# %% [markdown]
# ## 6. Linking
#
# The file holds one year. To show linking where the truth is known, booklets 1 to 13 play *this year* and 14 to 26
# *last year*: booklets were dealt out within each class, so the true line is A = 1, B = 0. Anchors are blocks 1 to 4.
# With half of the answers, a prior on the slopes keeps a few very steep items from carrying the line.

# %%
number = students["CADERNO"].cast(pl.Int64).to_numpy()
held = Prior.for_options(5, log_a=Normal(0.4, 0.5))
apart = ItemResponseModel(model="3pl", prior=held, errors="none")
this_year, last_year = number <= 13, number > 13
own = [of_calibration(apart.fit(scored[half], items=kept, weights=weight[half])) for half in (this_year, last_year)]
anchors = [item for item in kept if item.partition("-")[0] in {"b1", "b2", "b3", "b4"}]
show(
    "Four methods (A = 1 and B = 0 are true)",
    pl.DataFrame(
        [
            {"method": str(name), "A": line.slope, "B": line.intercept}
            for name, line in four_methods(*own, anchors=anchors).items()
        ]
    ),
)
line = jackknife(*own, anchors=anchors)
link_errors = np.sqrt(np.diag(line.covariance))
print(f"A {line.link.slope:.3f} (SE {link_errors[0]:.3f}), B {line.link.intercept:.3f} (SE {link_errors[1]:.3f})")

# %% [markdown]
# **Purification** would drop anchors that seem to have drifted. Nothing has drifted here: with a thousand answers an
# item, two curves of one and the same item differ by more than its limits, and what it leaves links worse. With so few
# answers its list is a list of items to look at, and all anchors stay.

# %%
clean = purify(*own, anchors=anchors)
print(f"Seem to have drifted: {', '.join(clean.dropped) or 'none'} ({len(clean.dropped)} of {len(anchors)})")
print(f"Without them: A {clean.link.slope:.3f}, B {clean.link.intercept:.3f}")
show("Worst anchors, all kept", drift(*own, line.link, anchors=anchors).table().head(3))

# %% [markdown]
# ## 7. Scores and plausible values
#
# A student's own score is an EAP with its error. Groups are never described by EAPs: their spread is too small.
# Plausible values are drawn instead, given the answers *and* what is known of the student (here region, network and
# sex), so that differences between these groups are not drawn towards zero.

# %%
scores = calibration.score(scored)
print(f"\nEAP: SD {np.sqrt(np.cov(scores['theta'], aweights=weight)):.3f}; official: correlation ", end="")
print(f"{np.corrcoef(scores['theta'], students['official'])[0, 1]:.3f}")
known_of_students = students.select(
    constant=pl.lit(1.0),
    **{f"region {code}": (pl.col("REGIAO") == code).cast(pl.Float64) for code in "1345"},
    private=(pl.col("REDE") == "2").cast(pl.Float64),
    network_unknown=(pl.col("REDE") == "9").cast(pl.Float64),
    girl=(pl.col("SEXO") == "2").fill_null(False).cast(pl.Float64),
    sex_unknown=pl.col("SEXO").is_null().cast(pl.Float64),
)
x = known_of_students.to_numpy()
regression = latent_regression(calibration.scorer, scored, x, weight)
show(
    "Regression of proficiency",
    pl.DataFrame({"of": known_of_students.columns, "beta": regression.beta, "se": regression.standard_errors}),
)
drawn = plausible_values(calibration.scorer, scored, 5, seed=1995, covariates=x, regression=regression)
theta = drawn.select(pl.col("^pv.*$")).to_numpy()

# %% [markdown]
# The scale that people know: mean and SD of this population are set to those of the official proficiencies in the file.
# It is a definition, not a link by items, so it carries no linking error; nothing else of the official figures is used.

# %%
mean = float(np.average(theta, weights=np.repeat(weight[:, None], 5, axis=1)))
sd = float(np.sqrt(np.average((theta - mean) ** 2, weights=np.repeat(weight[:, None], 5, axis=1))))
official = students["official"].to_numpy()
official_mean = float(np.average(official, weights=weight))
official_sd = float(np.sqrt(np.average((official - official_mean) ** 2, weights=weight)))
points = reporting(mean, sd, Scale("saeb", official_mean, official_sd))
values = points.abilities(theta)
look = Look(link=points, axis="Proficiency (Saeb points)")
PICTURES["map in points"] = wright_map(calibration, look, values=theta, weights=weight, share=0.65)
PICTURES["map in points"]

# %% [markdown]
# ## 8. Means and shares per level, with their errors
#
# Schools were drawn within strata, so schools are left out one at a time (JKn). The error of a figure holds the sample
# of schools and the few answers of each student; each column says its part.

# %%
replicates = jkn(students["ESTRATO"].to_numpy(), students["school"].to_numpy())
network = students["REDE"].replace({"1": "public", "2": "private", "9": "unknown"}).to_numpy()
told = ["group", "students", "mean", "se", "se_sampling", "se_imputation", "low", "high"]
show("Mean", means(values, weight, replicates).select(told))
by_network = means(values, weight, replicates, network).select(told)
show("Mean by network", by_network)
levels = level_of(values, "mt", 12)
by_level = shares(levels, weight, replicates, standards()["saeb-2019"].levels("mt", 12))
show("Share per level", by_level.select("level", "share", "se", "se_sampling", "se_imputation", "low", "high"))

# %% A difference of groups is a figure of its own: the two share schools' strata, so errors are not simply added
public = network == "public"
private = network == "private"


def private_less_public(value: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Points between the two means."""
    return np.average(value[private], weights=w[private]) - np.average(value[public], weights=w[public])


difference = estimate(private_less_public, values, weight, replicates)
gap, gap_error = float(difference.value), float(difference.standard_error)

# %% [markdown]
# Had the scale come through the anchors of section 6, every figure would carry their error too. It is computed for the
# figure itself, anew under the link without each anchor:

# %%
cut = standards()["saeb-2019"].of("mt", 12)[0]
one = theta[:, 0]


def share_below(shifted: np.ndarray) -> float:
    """Share below the first cut, of scores on the standard scale."""
    return float(np.average(points.abilities(shifted) < cut, weights=weight))


linking_error = float(np.sqrt(line.variance(share_below, one)))
below = by_level.row(0, named=True)
print(
    f"\nBelow level 1: {below['share']:.1%} (SE {below['se']:.1%}); linking would add an error of {linking_error:.1%}"
)

# %% 9. Report
large, moderate = ((dif["class"] == kind).sum() for kind in "CB")
print(
    f"""
Report
  {students.height:,} students, {len(kept)} of {len(design.items)} items, {len(design.booklets)} balanced booklets
  3PL, {ended.passes} passes, {ended.distance_se:.4f} standard errors from the optimum
  Items with RMSD above 0.05: {(fit["rmsd"] > 0.05).sum()}; above 0.10: {(fit["rmsd"] > 0.10).sum()}
  Items that treat boys and girls differently: {large} largely, {moderate} moderately (largest gap: {suspect})
  Below level 1 of the Saeb scale: {below["share"]:.1%} ({below["low"]:.1%} to {below["high"]:.1%})
  Private schools above public ones: {gap:.0f} points (SE {gap_error:.1f})"""
)

# %% Kept for the tests: what this notebook found
FOUND = {
    "balanced": balance.is_balanced,
    "kept": len(kept),
    "warned": first.warnings,
    "converged": ended.converged,
    "line": (line.link.slope, line.link.intercept),
    "line_errors": tuple(link_errors),
    "without_purged": (clean.link.slope, clean.link.intercept),
    "correlation": float(np.corrcoef(scores["theta"], students["official"])[0, 1]),
    "official_shares": [
        float(np.average(level_of(official, "mt", 12) == level, weights=weight)) for level in range(11)
    ],
    "shares": by_level["share"].to_list(),
    "share_errors": by_level["se"].to_list(),
    "gap": gap,
    "gap_error": gap_error,
    "official_gap": float(private_less_public(official, weight)),
    "linking_error": linking_error,
}
