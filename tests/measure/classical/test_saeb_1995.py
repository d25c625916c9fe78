"""Saeb 1995, mathematics: 26 booklets, 153 items, 9,049 students, from the file to item statistics.

The file's printed key does not fit the answers (shared data, README), so items are marked by the option most related to
the official proficiency. What is checked against other people's figures: shares per option, and that the share of right
answers goes with the official proficiency at 0.90.
"""

import csv
import gzip
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

from trama_measure.classical import Analysis, analyse, tally
from trama_measure.responses import SAEB_1995, Columns, Design, Key, Responses, from_strings, mark, refuse_unconnected

pytestmark = pytest.mark.shared_data
LENGTHS = {str(block): 11 if block <= 8 else 13 for block in range(1, 14)}


class Saeb(NamedTuple):
    responses: Responses
    found: Analysis
    empirical: dict[str, dict[str, str]]
    proficiency: np.ndarray
    design: Design


@pytest.fixture(scope="module")
def saeb(shared_data) -> Saeb:
    folder = shared_data / "irt"
    with (folder / "saeb_1995_matematica_3em_chave_empirica.csv").open() as file:
        empirical = {f"b{row['bloco']}-{row['posicao']}": row for row in csv.DictReader(file)}
    with gzip.open(folder / "saeb_1995_matematica_3em_respostas.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    booklets = {row["CADERNO"]: (row["BLOCO1"], row["BLOCO2"], row["BLOCO3"]) for row in rows}
    blocks = {block: tuple(f"b{block}-{place}" for place in range(1, size + 1)) for block, size in LENGTHS.items()}
    design = Design(dict(sorted(booklets.items())), blocks)
    texts = [
        "".join(row[f"RESP_BL{place}"][: LENGTHS[row[f"BLOCO{place}"]]] for place in (1, 2, 3)).ljust(39, "_")
        for row in rows
    ]
    frame = pl.DataFrame({"student": range(len(rows)), "booklet": [row["CADERNO"] for row in rows], "answers": texts})
    answers = from_strings(frame, Columns("student", booklet="booklet"), "answers", design, SAEB_1995)
    key = Key("empirical", {item: empirical[item]["letra_mais_associada"] for item in design.items})
    responses = mark(answers, key)
    found = analyse(tally(responses, answers=answers, key=key), positions=design.positions())
    return Saeb(responses, found, empirical, np.array([float(row["PROFIC"]) for row in rows]), design)


def test_the_booklets_hang_together_by_their_items(saeb):
    incidence = saeb.responses.items_of_booklets()
    assert incidence.shape == (26, 153)
    refuse_unconnected(incidence, saeb.responses.items, saeb.responses.booklets)


def test_facilities_are_the_shares_of_the_option(saeb):
    """``prop_letra`` of the derived file is a share of all who were presented the item, "not reached" among them."""
    items = saeb.found.items.filter(pl.col("booklet") == "all")
    for row in items.iter_rows(named=True):
        own = saeb.empirical[row["item"]]
        assert row["students"] == int(own["n"])
        presented = row["facility"] * row["answered"] / row["students"]
        assert presented == pytest.approx(float(own["prop_letra"]), abs=6e-4)


def test_the_share_of_right_answers_goes_with_the_official_proficiency(saeb):
    """README of the shared data: items with r above 0.15 (125 of 153) correlate at 0.90 with PROFIC."""
    good = [item for item, row in saeb.empirical.items() if float(row["r_ponto_bisserial"]) > 0.15]
    assert len(good) == 125
    columns = [saeb.responses.items.index(item) for item in good]
    codes = saeb.responses.codes[:, columns]
    share = (codes == 1).sum(axis=1) / (codes != 255).sum(axis=1)
    assert np.corrcoef(share, saeb.proficiency)[0, 1] == pytest.approx(0.90, abs=0.01)


def test_a_booklet_of_33_to_37_items_is_as_reliable_as_such_booklets_are(saeb):
    assert saeb.found.booklets["items"].min() == 33
    assert saeb.found.booklets["alpha"].min() > 0.55
    assert saeb.found.alpha.alpha == pytest.approx(saeb.found.booklets["alpha"].mean(), abs=0.03)
    # 13 blocks, each pair together in one booklet: every pair of items is together somewhere
    assert saeb.found.alpha.pairs_never_together == 0


def test_items_at_the_end_of_a_booklet_are_reached_by_fewer(saeb):
    positions = saeb.design.positions()
    rows = saeb.found.items.filter(pl.col("booklet") != "all").iter_rows(named=True)
    first, last = [], []
    for row in rows:
        place = positions[row["booklet"]][row["item"]]
        (first if place <= 11 else last if place > 26 else []).append(row["not_reached"])
    assert np.mean(first) < np.mean(last)
