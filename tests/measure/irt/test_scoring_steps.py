"""Steps of scoring end where EM alone ends, sooner; and they are given up where they do not pay."""

from dataclasses import replace

import numpy as np
import pytest

from trama_measure.irt import ItemResponseModel, Prior, standard_errors
from trama_measure.irt.em import Settings, State, run
from trama_measure.irt.groups import normal_groups
from trama_measure.irt.priors import Prior as ItemPrior
from trama_measure.irt.quadrature import Quadrature
from trama_measure.irt.scoring import Scoring
from trama_measure.irt.sources import Batch, InMemory, blocks_of
from trama_measure.irt.start import starting_items

ITEMS = 20


def a_world(model: str, students: int = 6_000) -> tuple[InMemory, State, Settings]:
    rng = np.random.default_rng(20)
    a, b = np.exp(rng.normal(0, 0.3, ITEMS)), rng.normal(0, 1, ITEMS)
    c = rng.beta(5, 17, ITEMS) if model == "3pl" else np.zeros(ITEMS)
    theta = rng.normal(size=(students, 1))
    answers = (rng.random((students, ITEMS)) < c + (1 - c) / (1 + np.exp(-a * (theta - b)))).astype(np.int8)
    source = InMemory(tuple(blocks_of(Batch(answers), (None,))), (None,))
    counts = np.stack([(answers == 0).sum(axis=0), (answers == 1).sum(axis=0)], axis=1).astype(float)
    prior = Prior.for_options(5) if model == "3pl" else ItemPrior()
    items = starting_items([model] * ITEMS, counts, np.full(ITEMS, 2), prior)
    groups = normal_groups((None,), Quadrature().nodes(), reference=0, free_reference_sd=False, histogram=False)
    return source, State(items, groups), Settings(prior=prior, tolerance=1e-5)


def test_it_ends_where_em_alone_ends_in_fewer_passes():
    source, start, settings = a_world("3pl")
    alone = run(source, start, settings)
    helped = run(source, start, settings, proposal=Scoring(source, settings, 0))
    assert alone.stopped
    assert helped.stopped
    assert helped.passes < alone.passes
    assert np.abs(helped.last.state.items.xi - alone.last.state.items.xi).max() < 1e-4
    assert helped.last.objective == pytest.approx(alone.last.objective, abs=1e-6)


def test_what_is_accepted_never_falls():
    source, start, settings = a_world("3pl")
    trace = run(source, start, settings, proposal=Scoring(source, settings, 0)).trace
    assert min(np.diff(trace)) >= -1e-6


class Misled:
    """Proposes what is worse every time it is asked."""

    asked = given_up = 0

    def __call__(self, now):
        if self.given_up:
            return None
        self.asked += 1
        return replace(now.state, items=now.state.items.with_xi(now.state.items.xi + 0.5))

    def give_up(self) -> None:
        self.given_up += 1


def test_a_proposal_that_is_worse_is_not_taken_and_not_asked_for_again():
    source, start, settings = a_world("2pl")
    misled = Misled()
    found = run(source, start, settings, proposal=misled)
    alone = run(source, start, settings)
    assert (misled.asked, misled.given_up) == (1, 1)
    assert found.passes == alone.passes + 1
    assert np.array_equal(found.last.state.items.xi, alone.last.state.items.xi)


@pytest.mark.parametrize(("model", "students"), [("3pl", 300), ("2pl", 6_000)])
def test_few_students_for_the_parameters_or_no_guessing_leave_it_to_em(model: str, students: int):
    source, start, settings = a_world(model, students)
    scoring = Scoring(source, settings, 0)
    run(source, start, settings, proposal=scoring)
    assert scoring.information is None


def test_the_distance_to_the_optimum_is_judged_by_the_information_of_scoring(monkeypatch):
    rng = np.random.default_rng(4)
    theta = rng.normal(size=(25_000, 1))
    p = 0.2 + 0.8 / (1 + np.exp(-(theta - np.linspace(-1, 1, 8))))
    answers = (rng.random(p.shape) < p).astype(np.int8)
    taken, cross_product = [], standard_errors.cross_product

    def counted(*arguments, **named):
        taken.append(named["most"])
        return cross_product(*arguments, **named)

    monkeypatch.setattr("trama_measure.irt.scoring.standard_errors.cross_product", counted)
    found = ItemResponseModel(model="3pl", errors="none").fit(answers)
    assert taken == [standard_errors.FEW_STUDENTS]
    assert found.convergence.converged
    assert found.convergence.distance_se < 0.01
