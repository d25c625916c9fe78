"""Where answers come from, and how a sum over all students is taken: in memory, by threads, by partitions, elsewhere.

Everything the engine wants to know of students is a *task*: what one block gives, and how blocks add up. A source
carries a task over its students. Blocks are added in their order, so any number of threads gives the same bits;
partitions are added in their order, and another order or another machine moves a result by rounding only.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final, Protocol

import numpy as np

from trama_measure.arrays import FloatArray, IntArray
from trama_measure.responses.packing import Packed

from .blocks import Answers, Block, make_blocks, packed_blocks
from .errors import CalibrationRefused

AHEAD: Final = 4
"""Blocks that each thread may have waiting to be added: what bounds memory."""


class Task[Total, Piece](Protocol):
    """A sum over students."""

    def empty(self) -> Total: ...

    def of_block(self, block: Block) -> Piece: ...

    def add(self, total: Total, block: Block, piece: Piece) -> Total: ...

    def join(self, one: Total, other: Total) -> Total: ...


class Mapper(Protocol):
    """``concurrent.futures`` executors, ``multiprocessing`` pools, Dask clients and others have this."""

    def map(self, function: Callable[..., Any], *iterables: Iterable[Any]) -> Iterable[Any]: ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Students read together."""

    answers: Answers  # (n, k)
    groups: Sequence[Hashable] | np.ndarray | None = None  # (n,) labels
    weights: FloatArray | None = None  # (n,)


class Partition(Protocol):
    """A part of the students that can be read again and again, and sent to another process."""

    def batches(self) -> Iterable[Batch]: ...


@dataclass(frozen=True, slots=True)
class ArrayPartition:
    """A partition that is already in memory."""

    answers: Answers
    groups: Sequence[Hashable] | np.ndarray | None = None
    weights: FloatArray | None = None

    def batches(self) -> Iterator[Batch]:
        yield Batch(self.answers, self.groups, self.weights)


class Source(Protocol):
    """Students that a task can be carried over."""

    @property
    def labels(self) -> tuple[Hashable, ...]: ...

    def total[Total](self, task: Task[Total, Any]) -> Total: ...


@dataclass(frozen=True, slots=True)
class InMemory:
    """Blocks at hand, summed by some threads."""

    blocks: tuple[Block, ...]
    labels: tuple[Hashable, ...]
    threads: int = 1

    def total[Total](self, task: Task[Total, Any]) -> Total:
        total = task.empty()
        with one_blas_thread():
            for block, piece in in_order(self.blocks, task.of_block, self.threads):
                total = task.add(total, block, piece)
        return total

    @property
    def nbytes(self) -> int:
        return sum(block.nbytes for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Partitioned:
    """Partitions read again at every pass, here or wherever ``mapper`` runs them."""

    partitions: tuple[Partition, ...]
    labels: tuple[Hashable, ...]
    threads: int = 1
    mapper: Mapper | None = None

    def total[Total](self, task: Task[Total, Any]) -> Total:
        work = partial(total_of_partition, task=task, labels=self.labels, threads=self.threads)
        results = map(work, self.partitions) if self.mapper is None else self.mapper.map(work, self.partitions)
        total = task.empty()
        for result in results:
            total = task.join(total, result.result() if hasattr(result, "result") else result)
        return total


def total_of_partition[Total](
    partition: Partition, task: Task[Total, Any], labels: tuple[Hashable, ...], threads: int = 1
) -> Total:
    """The sum over one partition, batch after batch. Any engine may call this wherever the partition lies."""
    total = task.empty()
    for batch in partition.batches():
        total = task.join(total, InMemory(tuple(blocks_of(batch, labels)), labels, threads).total(task))
    return total


def blocks_of(batch: Batch, labels: tuple[Hashable, ...], first_row: int = 0) -> Iterator[Block]:
    """The blocks of a batch, after checking it.

    Raises
    ------
    CalibrationRefused
        If shapes differ, an answer is below -1, a weight is negative or missing, or a group has no such label.
    """
    answers = np.asarray(batch.answers)
    if answers.ndim != 2 or answers.dtype != np.int8:
        raise CalibrationRefused(
            f"answers: an int8 array (students, items) expected, found {answers.dtype}, {answers.shape}"
        )
    if answers.min(initial=0) < -1:
        row, item = np.argwhere(answers < -1)[0].tolist()
        raise CalibrationRefused(
            f"answers: row {row + first_row}, item {item}: found {answers[row, item]}, expected -1 or a category"
        )
    n = answers.shape[0]
    weights = checked_weights(batch.weights, n, first_row)
    yield from make_blocks(answers, positions(batch.groups, labels, n, first_row), weights, first_row=first_row)


def checked_weights(given: Any, n: int, first_row: int) -> FloatArray | None:
    """(n,) weights; None if there are none, or each is 1.

    Raises
    ------
    CalibrationRefused
        If they are not one per student, or one is negative or missing.
    """
    if given is None:
        return None
    weights = np.asarray(given, dtype=np.float64)
    if weights.shape != (n,):
        raise CalibrationRefused(f"weights: one per student expected, found {weights.shape} for {n} students")
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise CalibrationRefused(
            f"weights: row {row + first_row}: found {weights[row]}, expected a number of 0 or more"
        )
    return None if (weights == 1.0).all() else weights


def in_memory(answers: Any, groups: Any, weights: Any, labels: tuple[Hashable, ...], threads: int) -> InMemory:
    """The students in blocks: from an (n, k) int8 array, or from ``responses.Packed`` without looking at them again.

    Raises
    ------
    CalibrationRefused
        As ``blocks_of``.
    """
    if not isinstance(answers, Packed):
        return InMemory(tuple(blocks_of(Batch(answers, groups, weights), labels)), labels, threads)
    n = answers.n_students
    own = positions(groups, labels, n)
    return InMemory(tuple(packed_blocks(answers, own, checked_weights(weights, n, 0))), labels, threads)


def matrix_or_packed(answers: Any) -> Any:
    """What was given as ``scored()``, as ``responses.Packed`` or as an array, ready for ``in_memory``."""
    if isinstance(answers, Packed):
        return answers
    return answers.scored() if hasattr(answers, "scored") else np.asarray(answers)


def shape_of(answers: Any) -> tuple[int, int]:
    """Students and items of what ``matrix_or_packed`` gave."""
    if isinstance(answers, Packed):
        return answers.n_students, len(answers.items)
    return int(answers.shape[0]), int(answers.shape[1])


def answered_of(source: InMemory, students: int) -> IntArray:
    """(n,) answers of each student that count."""
    found = np.zeros(students, dtype=np.int64)
    for block in source.blocks:
        seen = block.items.size if block.mask is None else np.bitwise_count(block.mask).sum(axis=1, dtype=np.int64)
        found[block.rows] = seen
    return found


def labels_of(partitions: Iterable[Partition]) -> tuple[Hashable, ...]:
    """The groups that occur, sorted; one pass over the partitions that do not name theirs in ``labels``."""
    found: set[Hashable] = set()
    for partition in partitions:
        named = getattr(partition, "labels", None)
        if named is not None:
            found.update(named)
            continue
        for batch in partition.batches():
            found.update([None] if batch.groups is None else np.unique(np.asarray(batch.groups)).tolist())
    return tuple(sorted(found, key=lambda label: (str(type(label)), label)))


def keep_in_memory(source: Partitioned, memory_limit: int) -> InMemory | Partitioned:
    """The partitions packed in memory if they fit below the limit (bytes), else as they are."""
    blocks: list[Block] = []
    used, row = 0, 0
    for partition in source.partitions:
        for batch in partition.batches():
            for block in blocks_of(batch, source.labels, row):
                used += block.nbytes
                if used > memory_limit:
                    return source
                blocks.append(block)
            row += batch.answers.shape[0]
    return InMemory(tuple(blocks), source.labels, source.threads)


def one_blas_thread() -> AbstractContextManager[Any]:
    """Products of tall matrices go fastest with one BLAS thread for each of ours, if ``threadpoolctl`` is there."""
    controller = _blas()
    return nullcontext() if controller is None else controller.limit(limits=1, user_api="blas")


@cache
def _blas() -> Any:
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController()


def positions(groups: Any, labels: tuple[Hashable, ...], n: int, first_row: int = 0) -> IntArray:
    """(n,) position of each student's group among the labels.

    Raises
    ------
    CalibrationRefused
        If groups are missing, are not one per student, or have no such label.
    """
    if groups is None:
        if len(labels) != 1:
            raise CalibrationRefused(f"groups: no group given, expected one of {', '.join(map(str, labels))}")
        return np.zeros(n, dtype=np.int64)
    names = np.asarray(groups)
    if names.shape != (n,):
        raise CalibrationRefused(f"groups: one per student expected, found {names.shape} for {n} students")
    places = {label: place for place, label in enumerate(labels)}
    unique, inverse = np.unique(names, return_inverse=True)
    for name in unique.tolist():
        if name not in places:
            row = int(np.flatnonzero(names == name)[0]) + first_row
            raise CalibrationRefused(
                f"groups: row {row}: found {name!r}, expected one of {', '.join(map(str, labels))}"
            )
    return np.array([places[name] for name in unique.tolist()], dtype=np.int64)[inverse]


def in_order[Piece](
    blocks: Sequence[Block], function: Callable[[Block], Piece], threads: int
) -> Iterator[tuple[Block, Piece]]:
    """Results in the order of the blocks, a bounded number of them waiting."""
    if threads <= 1 or len(blocks) <= 1:
        for block in blocks:
            yield block, function(block)
        return
    with ThreadPoolExecutor(threads) as pool:
        ahead = threads * AHEAD
        waiting = [pool.submit(function, block) for block in blocks[:ahead]]
        for place, block in enumerate(blocks):
            yield block, waiting[place % ahead].result()
            if place + ahead < len(blocks):
                waiting[place % ahead] = pool.submit(function, blocks[place + ahead])
