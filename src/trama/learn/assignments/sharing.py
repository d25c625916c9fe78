"""Who reads whose work: a pure function. Nothing here reads the database or the clock.

The pairs form a bipartite graph: each work may be read by whoever handed in and is neither its author nor the other of
an author's pair. Rounds with a growing limit per reader keep the burden even; within a round augmenting paths give as
many readings as can be given (Kuhn 1955; Ford and Fulkerson 1956), so nobody is left out who could be served.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handed:
    """A work that was handed in. ``never``: the people who do not read it: its authors, and who is in a pair with one.

    ``readers``: who was given it already, whatever became of it; ``counted``: how many of them count.
    """

    work: int
    never: frozenset[int]
    readers: frozenset[int] = frozenset()
    counted: int = 0


def share_out(
    works: Sequence[Handed], people: Collection[int], held: Mapping[int, int], wanted: int, seed: str = ""
) -> list[tuple[int, int]]:
    """New readings, (person, work), so that each work gets ``wanted`` readers and nobody reads more than ``wanted``.

    Parameters
    ----------
    works : what was handed in
    people : who may read: they handed in, and are asked still
    held : how many works each person was given that count, 0 where absent
    wanted : readers of each work, and the most that one person reads
    seed : makes the order, which is else without meaning, the same again

    Nothing that was given is taken away. As many readings are given as the limits allow.
    """
    order = sorted(people, key=lambda one: _hash(seed, one))
    slots = [(one, number) for number in range(wanted) for one in sorted(works, key=lambda w: _hash(seed, w.work))]
    slots = [(one, number) for one, number in slots if number >= one.counted]
    given: dict[int, set[int]] = defaultdict(set)  # person → indexes of works
    open_slots = [one for one, _number in slots]
    for limit in range(1, wanted + 1):
        rest = []
        for one in open_slots:
            if not _serve(one, order, given, held, limit, works, set()):
                rest.append(one)
        open_slots = rest
    return sorted((person, work) for person, found in given.items() for work in found)


def serve_left_over(
    works: Sequence[Handed], people: Collection[int], held: Mapping[int, int], wanted: int, seed: str = ""
) -> list[tuple[int, int]]:
    """One reading beyond the limits for each work that nobody reads and each person who reads nothing.

    For those who waited: an odd number of people, read by one each, always leaves one over. Nobody gets more than one
    reading above ``wanted``, and no work more than one reader above it.
    """
    load = dict(held)
    counted = {one.work: one.counted for one in works}
    found: list[tuple[int, int]] = []

    def give(person: int, work: Handed) -> None:
        found.append((person, work.work))
        load[person] = load.get(person, 0) + 1
        counted[work.work] += 1

    def free(person: int, work: Handed) -> bool:
        allowed = person not in work.never and person not in work.readers and (person, work.work) not in found
        return allowed and load.get(person, 0) <= wanted and counted[work.work] <= wanted

    for work in sorted(works, key=lambda one: _hash(seed, one.work)):
        readers = [one for one in people if free(one, work)] if not counted[work.work] else []
        if readers:
            give(min(readers, key=lambda one: (load.get(one, 0), _hash(seed, one))), work)
    for person in sorted(people, key=lambda one: _hash(seed, one)):
        waiting = [one for one in works if free(person, one)] if not load.get(person, 0) else []
        if waiting:
            give(person, min(waiting, key=lambda one: (counted[one.work], _hash(seed, one.work))))
    return sorted(found)


def _hash(seed: str, key: int) -> bytes:
    return hashlib.sha256(f"{seed}:{key}".encode()).digest()


def _serve(
    work: Handed,
    order: Sequence[int],
    given: dict[int, set[int]],
    held: Mapping[int, int],
    limit: int,
    works: Sequence[Handed],
    tried: set[int],
) -> bool:
    """Find a reader for one place of a work; a reader who is full may hand one of theirs on to somebody else."""
    fitting = [one for one in order if _may(one, work, given) and one not in tried]
    for person in sorted(fitting, key=lambda one: held.get(one, 0) + len(given[one])):
        if held.get(person, 0) + len(given[person]) < limit:
            given[person].add(work.work)
            return True
    by_key = {one.work: one for one in works}
    for person in fitting:
        if person in tried:
            continue
        tried.add(person)
        for other in sorted(given[person]):
            given[person].remove(other)
            given[person].add(work.work)
            if _serve(by_key[other], order, given, held, limit, works, tried):
                return True
            given[person].remove(work.work)
            given[person].add(other)
    return False


def _may(person: int, work: Handed, given: Mapping[int, set[int]]) -> bool:
    return person not in work.never and person not in work.readers and work.work not in given.get(person, ())
