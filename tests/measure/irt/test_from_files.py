"""From files of answers to parameters: Parquet partitions read again at every pass, within the memory allowed."""

import tracemalloc

import numpy as np
import polars as pl
import pytest

from trama_measure.irt import Batch, ItemResponseModel
from trama_measure.responses.partitions import Partitions
from trama_measure.responses.tables import Columns

from .worlds import drawn, two_parameter_items

ITEMS = tuple(f"M{place:02}" for place in range(20))


@pytest.fixture
def files(tmp_path):
    answers = drawn(two_parameter_items(20, 1), np.random.default_rng(2).normal(size=12_000), 3)
    frame = pl.DataFrame({"aluno": np.arange(12_000)} | {name: answers[:, place] for place, name in enumerate(ITEMS)})
    paths = [tmp_path / f"parte-{part}.parquet" for part in range(3)]
    for path, part in zip(paths, np.array_split(np.arange(12_000), 3), strict=True):
        frame[part].write_parquet(path)
    return answers, paths


def test_partitions_on_disk_give_what_memory_gives(files):
    answers, paths = files
    model = ItemResponseModel(errors="none", memory_limit=0)
    whole = model.fit(answers, items=ITEMS)
    streamed = model.fit(Partitions(paths, Columns("aluno"), ITEMS, memory=2**18).sources(), items=ITEMS)
    assert streamed.items["a"].to_list() == pytest.approx(whole.items["a"].to_list(), abs=1e-6)
    assert streamed.items["b"].to_list() == pytest.approx(whole.items["b"].to_list(), abs=1e-6)
    assert streamed.students == 12_000
    by_file = Partitions(paths, Columns("aluno"), ITEMS).sources(groups=["2019", "2021", "2023"])
    assert model.fit(by_file, items=ITEMS).labels == ("2019", "2021", "2023")


def test_memory_does_not_grow_with_the_files(files):
    _, paths = files
    sources = Partitions(paths, Columns("aluno"), ITEMS, memory=2**18).sources()
    model = ItemResponseModel(model="1pl", errors="none", memory_limit=0, max_passes=4)
    model.fit(sources, items=ITEMS)
    tracemalloc.start()
    model.fit(sources, items=ITEMS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * 2**20  # of which the posteriors of one chunk and the curvature take most


class Counted:
    """A partition that counts how often it is read."""

    def __init__(self, answers):
        self.answers, self.reads = answers, 0

    def batches(self):
        self.reads += 1
        yield Batch(self.answers)


class Named(Counted):
    labels = (None,)


def test_files_that_name_their_groups_are_read_once_less(files):
    """Once for their width, once to be packed; and a whole time more where nobody said which groups they hold."""
    answers, paths = files
    silent, named = Counted(answers), Named(answers)
    model = ItemResponseModel(errors="none")
    assert model.fit([named], items=ITEMS).loglik == model.fit([silent], items=ITEMS).loglik
    assert (named.reads, silent.reads) == (2, 3)
    assert [source.labels for source in Partitions(paths, Columns("aluno"), ITEMS).sources(["x", "y", "z"])] == [
        ("x",), ("y",), ("z",)
    ]  # fmt: skip
