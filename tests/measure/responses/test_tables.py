"""The same answers from strings, wide and long tables, Polars and Arrow; and from files beyond the memory given."""

import csv
import gzip
import io
import tracemalloc

import numpy as np
import polars as pl
import pytest

from trama_measure.classical import analyse, tally, tally_all
from trama_measure.responses import (
    SAEB_1995,
    Alphabet,
    Answers,
    Columns,
    Design,
    DuplicatedStudents,
    Key,
    Responses,
    by_item,
    from_arrays,
    from_long,
    from_strings,
    from_wide,
    groups_of,
    mark,
    pack,
)
from trama_measure.responses.partitions import Partitions

COLUMNS = Columns("aluno", booklet="caderno", weight="peso", school="escola")
ITEMS = ("i1", "i2", "i3")
TEXTS = pl.DataFrame(
    {
        "aluno": [11, 12, 13],
        "caderno": ["2", "1", "2"],
        "peso": [1.5, 2.0, 1.0],
        "escola": [7, 7, 9],
        "respostas": ["AB ", "C*E", "..D"],
    }
)


def test_strings_wide_and_long_are_the_same_answers():
    texts = from_strings(TEXTS, COLUMNS, "respostas", ITEMS)
    assert texts.codes.tolist() == [[0, 1, 251], [2, 253, 4], [251, 251, 3]]
    assert texts.booklets == ("1", "2")
    assert texts.roster.booklet.tolist() == [1, 0, 1]
    assert texts.roster.weight.tolist() == [1.5, 2.0, 1.0]
    cells = TEXTS.with_columns(
        *[pl.col("respostas").str.slice(place, 1).alias(item) for place, item in enumerate(ITEMS)]
    ).drop("respostas")
    wide = from_wide(cells, COLUMNS, ITEMS, Alphabet())
    long = from_long(
        cells.unpivot(on=list(ITEMS), index=COLUMNS.names, variable_name="item", value_name="resposta"),
        COLUMNS, item="item", answer="resposta", alphabet=Alphabet(),
    )  # fmt: skip
    for other in (wide, long, from_strings(TEXTS.to_arrow(), COLUMNS, "respostas", ITEMS)):
        assert isinstance(other, Answers)
        assert np.array_equal(other.codes, texts.codes)
        assert other.items == ITEMS
        assert other.roster.student.tolist() == [11, 12, 13]
        assert other.roster.school.tolist() == [7, 7, 9]


def test_a_row_that_is_absent_from_a_long_table_was_not_presented():
    table = pl.DataFrame({"aluno": ["a", "a", "b"], "item": ["x", "y", "y"], "certo": [1, 0, 1]})
    made = from_long(table, Columns("aluno"), item="item", answer="certo")
    assert isinstance(made, Responses)
    assert made.codes.tolist() == [[1, 0], [255, 1]]


def test_a_slice_of_a_frame_reads_its_own_rows():
    """Arrow buffers of a slice begin elsewhere than the slice."""
    part = from_strings(TEXTS.slice(1, 2), COLUMNS, "respostas", ITEMS)
    assert part.codes.tolist() == [[2, 253, 4], [251, 251, 3]]


def test_booklets_in_print_order_and_of_different_length():
    design = Design({"1": ("A", "B"), "2": ("B",)}, {"A": ("a1",), "B": ("b1", "b2")})
    made = from_strings(TEXTS, COLUMNS, "respostas", design)
    assert made.items == ("a1", "b1", "b2")
    assert made.codes.tolist() == [[255, 0, 1], [2, 253, 4], [255, 251, 251]]


def test_blanks_at_the_end_of_the_print_are_not_reached_if_asked():
    texts = TEXTS.with_columns(respostas=pl.Series(["A  ", "C  ", "..D"]))
    plain = from_strings(texts, COLUMNS, "respostas", ITEMS, tail_not_reached=True)
    assert plain.codes.tolist() == [[0, 251, 252], [2, 251, 252], [251, 251, 3]]
    # booklet 2 is printed B, A: the order of print decides, not that of the items
    design = Design({"1": ("A", "B"), "2": ("B", "A")}, {"A": ("a1",), "B": ("b1", "b2")})
    placed = from_strings(texts, COLUMNS, "respostas", design, tail_not_reached=True)
    assert placed.items == ("a1", "b1", "b2")
    assert placed.codes.tolist() == [[252, 0, 251], [2, 251, 252], [3, 251, 251]]
    assert 252 not in from_strings(texts, COLUMNS, "respostas", design).codes


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TEXTS.with_columns(respostas=pl.Series(["AB", "ABC", "ABC"])), r"row 1: found 3 bytes, expected 2"),
        (TEXTS.with_columns(respostas=pl.Series(["ABÉ", "ABC", "ABC"])), r"row 1: found 3 bytes, expected 4"),
        (TEXTS.with_columns(respostas=pl.Series(["ABC", None, "ABC"])), "row 1: no answers"),
        (TEXTS.with_columns(respostas=pl.Series(["AB", "AB", "AB"])), "found 2 characters a student, expected 3"),
        (TEXTS.with_columns(aluno=pl.Series([1, 2, 1])), "1 in rows 0, 2"),
        (TEXTS.with_columns(escola=pl.Series([1, None, 1])), "column escola, row 1: no value"),
        (TEXTS.drop("peso"), "there is no column 'peso'"),
    ],
)
def test_tables_that_cannot_be_read_say_where(table, message):
    with pytest.raises(ValueError, match=message):
        from_strings(table, COLUMNS, "respostas", ITEMS)


def test_cells_that_cannot_be_read_say_where():
    frame = pl.DataFrame({"aluno": [1, 2], "x": ["A", "AB"]})
    with pytest.raises(ValueError, match="column x, row 1: found 'AB', expected one character"):
        from_wide(frame, Columns("aluno"), ["x"], Alphabet())
    with pytest.raises(ValueError, match="column x, row 1: found 300, expected 0, 1 or a code"):
        from_wide(pl.DataFrame({"aluno": [1, 2], "x": [1, 300]}), Columns("aluno"), ["x"])
    twice = pl.DataFrame({"aluno": [1, 1], "item": ["x", "x"], "certo": [1, 0]})
    with pytest.raises(ValueError, match="student 1 has item x more than once"):
        from_long(twice, Columns("aluno"), item="item", answer="certo")
    moved = pl.DataFrame({"aluno": [1, 1], "item": ["x", "y"], "certo": [1, 0], "escola": [3, 4]})
    with pytest.raises(ValueError, match="student 1 has different booklets, weights or schools"):
        from_long(moved, Columns("aluno", school="escola"), item="item", answer="certo")
    with pytest.raises(ValueError, match="found dict, expected a Polars frame or an Arrow table"):
        from_wide({"aluno": [1]}, Columns("aluno"), ["x"])


# Files


def write(folder, n=1000, k=12, files=3):
    generator = np.random.default_rng(9)
    codes = generator.integers(0, 5, (n, k)).astype(np.uint8)
    texts = ["".join("ABCDE"[code] for code in row) for row in codes.tolist()]
    frame = pl.DataFrame(
        {
            "aluno": np.arange(n), "caderno": (np.arange(n) % 2).astype(str), "peso": np.ones(n),
            "escola": generator.integers(0, 20, n), "respostas": texts,
        }
    )  # fmt: skip
    paths = []
    for number, rows in enumerate(np.array_split(np.arange(n), files)):
        paths.append(folder / f"parte-{number}.parquet")
        frame[rows.tolist()].write_parquet(paths[-1])
    return frame, paths


@pytest.fixture
def key():
    return Key("v", {f"i{place + 1}": "ABCDE"[place % 5] for place in range(12)})


def test_files_in_small_batches_give_what_one_table_gives(tmp_path, key):
    frame, paths = write(tmp_path)
    items = tuple(key.options)
    at_once = mark(from_strings(frame, COLUMNS, "respostas", items), key)
    small = Partitions(paths, COLUMNS, items, answers="respostas", key=key, memory=60_000)
    assert small.batch_rows < 100
    assert small.rows == 1000
    batches = list(small)
    assert len(batches) > 9
    assert np.array_equal(np.concatenate([batch.codes for batch in batches]), at_once.codes)
    assert {batch.booklets for batch in batches} == {("0", "1")}
    assert np.concatenate([batch.roster.booklet for batch in batches]).tolist() == at_once.roster.booklet.tolist()
    found, schools = small.school_sums()
    groups = groups_of(at_once.roster.school)
    expected = by_item(pack(at_once), groups)
    assert schools == groups.ids.tolist()
    assert np.array_equal(found.right, expected.right)
    assert np.array_equal(found.answered, expected.answered)


def test_options_are_told_apart_over_batches_as_at_once(tmp_path, key):
    frame, paths = write(tmp_path)
    answers = from_strings(frame, COLUMNS, "respostas", tuple(key.options))
    at_once = tally(mark(answers, key), answers=answers, key=key)
    small = Partitions(paths, COLUMNS, tuple(key.options), answers="respostas", key=key, memory=60_000)
    added = tally_all(small.pairs(), key=key)
    assert added.booklets["0"].kinds[:5] == tuple("ABCDE")
    for label, one in at_once.booklets.items():
        assert np.array_equal(one.counts, added.booklets[label].counts)
    assert analyse(added).items.equals(analyse(at_once).items)


def test_memory_stays_within_what_was_said(tmp_path, key):
    """Twenty thousand students through two megabytes: the arrays alive at once are a small part of all."""
    _, paths = write(tmp_path, n=20_000, files=2)
    files = Partitions(paths, COLUMNS, tuple(key.options), answers="respostas", key=key, memory=2 * 2**20)
    list(files)
    tracemalloc.start()
    files.school_sums()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 2**20


def test_a_student_in_two_files_is_found_and_named(tmp_path, key):
    frame, paths = write(tmp_path)
    frame[[5, 6]].write_parquet(tmp_path / "outra.parquet")
    files = Partitions([*paths, tmp_path / "outra.parquet"], COLUMNS, tuple(key.options), "respostas", key=key)
    with pytest.raises(
        DuplicatedStudents, match=r"2 students come more than once: 5 in outra.parquet, parte-0.parquet"
    ):
        list(files)
    texts = frame.with_columns(pl.col("aluno").cast(pl.String))
    texts.write_parquet(tmp_path / "a.parquet")
    texts[[999]].write_parquet(tmp_path / "b.parquet")
    named = Partitions(
        [tmp_path / "a.parquet", tmp_path / "b.parquet"], COLUMNS, tuple(key.options), "respostas", key=key
    )
    with pytest.raises(DuplicatedStudents, match=r"1 students come more than once: 999 in a.parquet, b.parquet"):
        list(named)


def test_texts_whose_fingerprints_meet_by_chance_are_no_duplicates(tmp_path, key, monkeypatch):
    from trama_measure.responses import partitions

    frame, paths = write(tmp_path)
    monkeypatch.setattr(partitions, "_fingerprints", lambda column: np.zeros(len(column), dtype=np.int64))
    files = Partitions(paths, COLUMNS, tuple(key.options), "respostas", key=key)
    assert sum(len(batch) for batch in files) == len(frame)


def test_files_that_do_not_fit_are_refused_before_anything_is_read(tmp_path, key):
    _, paths = write(tmp_path)
    with pytest.raises(ValueError, match="no column turma"):
        Partitions(paths, Columns("aluno", classroom="turma"), tuple(key.options), "respostas", key=key)
    with pytest.raises(ValueError, match="options need a key"):
        Partitions(paths, COLUMNS, tuple(key.options), "respostas")
    with pytest.raises(ValueError, match="no file given"):
        Partitions([], COLUMNS, tuple(key.options), "respostas", key=key)
    with pytest.raises(ValueError, match="column of the schools was not named"):
        Partitions(paths, Columns("aluno"), tuple(key.options), "respostas", key=key).school_sums()


def test_a_calibration_reads_files_as_it_reads_a_matrix(tmp_path):
    from trama_measure.irt import ItemResponseModel

    generator = np.random.default_rng(2)
    theta = generator.normal(size=3000) + np.repeat([0.0, 0.5], 1500)
    codes = (generator.random((3000, 8)) < 1 / (1 + np.exp(-1.2 * (theta[:, None] - np.linspace(-1, 1, 8))))).astype(
        int
    )
    items = tuple(f"q{place}" for place in range(8))
    paths = []
    for number, rows in enumerate((slice(0, 1500), slice(1500, 3000))):
        paths.append(tmp_path / f"{number}.parquet")
        table = {"aluno": np.arange(3000)[rows]} | {item: codes[rows, place] for place, item in enumerate(items)}
        pl.DataFrame(table).write_parquet(paths[-1])
    files = Partitions(paths, Columns("aluno"), items, memory=40_000)
    assert files.batch_rows < 300
    from_files = ItemResponseModel(model="2pl").fit(files.sources(["2022", "2023"]), items=items)
    at_once = ItemResponseModel(model="2pl").fit(
        codes.astype(np.int8), items=items, groups=np.repeat(["2022", "2023"], 1500)
    )
    assert from_files.loglik == pytest.approx(at_once.loglik, abs=1e-6)
    assert from_files.items["b"].to_numpy() == pytest.approx(at_once.items["b"].to_numpy(), abs=1e-6)
    with pytest.raises(ValueError, match="found 1 groups, expected one for each of the 2 files"):
        files.sources(["2022"])
    with pytest.raises(DuplicatedStudents, match=r"0 in 0\.parquet"):
        Partitions([paths[0], paths[0]], Columns("aluno"), items).sources()


def test_scores_in_columns_need_no_key(tmp_path):
    path = tmp_path / "certos.parquet"
    pl.DataFrame({"aluno": [1, 2], "x": [1, 0], "y": [None, 1]}).write_parquet(path)
    (batch,) = Partitions([path], Columns("aluno"), ("x", "y"))
    assert batch.codes.tolist() == [[1, 255], [0, 1]]
    assert np.array_equal(batch.scored(), from_arrays(np.array([[1, np.nan], [0, 1]])).scored())


@pytest.mark.shared_data
def test_saeb_1995_reads_by_its_booklets(shared_data):
    """Blanks, marks and not reached of a real file; the blocks of each booklet are where the design puts them."""
    with gzip.open(shared_data / "irt" / "saeb_1995_matematica_3em_respostas.csv.gz", "rt") as file:
        text = file.read()
    frame = pl.read_csv(io.StringIO(text), infer_schema=False).with_row_index("linha")
    lengths = {str(block): 11 if block <= 8 else 13 for block in range(1, 14)}
    rows = list(csv.DictReader(io.StringIO(text)))
    booklets = {row["CADERNO"]: (row["BLOCO1"], row["BLOCO2"], row["BLOCO3"]) for row in rows}
    blocks = {block: tuple(f"b{block}-{place}" for place in range(1, size + 1)) for block, size in lengths.items()}
    for number in (1, 2, 3):
        cut = frame["CADERNO"].replace_strict({name: lengths[own[number - 1]] for name, own in booklets.items()})
        frame = frame.with_columns(pl.Series(f"b{number}", [
            answers[:size] for answers, size in zip(frame[f"RESP_BL{number}"], cut, strict=True)
        ]))  # fmt: skip
    frame = frame.with_columns((pl.col("b1") + pl.col("b2") + pl.col("b3")).str.pad_end(39, "_").alias("respostas"))
    design = Design(dict(sorted(booklets.items())), blocks)
    made = from_strings(frame, Columns("linha", booklet="CADERNO", weight="PESO_AC"), "respostas", design, SAEB_1995)
    assert made.codes.shape == (9049, 153)
    presented = made.presented
    assert np.array_equal(presented.any(axis=0), np.ones(153, dtype=bool))
    per_booklet = [sum(lengths[block] for block in booklets[label]) for label in made.booklets]
    assert np.array_equal(presented.sum(axis=1), np.array(per_booklet)[made.roster.booklet])
    assert made.roster.weight.sum() == pytest.approx(805_427, abs=1)
    first = made.items.index("b1-1")
    assert made.codes[0, first : first + 11].tolist() == ["ABCDE".index(letter) for letter in "AEBACDACCB"] + [252]
