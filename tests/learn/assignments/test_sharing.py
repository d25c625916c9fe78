"""Who reads whose work: never one's own, never that of one's pair, as many readings as there can be, evenly spread.

The oracle for "as many as there can be" is SciPy's maximum flow.
"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from trama.learn.assignments.sharing import Handed, serve_left_over, share_out


def most_readings(works, people, held, wanted, limit=None) -> int:
    """Maximum flow from people through readings that may be to works, each reader up to ``limit`` in all."""
    people, cap = sorted(people), wanted if limit is None else limit
    n = len(people) + len(works) + 2
    graph = np.zeros((n, n), dtype=np.int32)
    for i, person in enumerate(people, start=1):
        graph[0, i] = max(cap - held.get(person, 0), 0)
        for j, work in enumerate(works, start=1 + len(people)):
            graph[i, j] = person not in work.never and person not in work.readers
    for j, work in enumerate(works, start=1 + len(people)):
        graph[j, n - 1] = max(wanted - work.counted, 0)
    return int(maximum_flow(csr_array(graph), 0, n - 1).flow_value)


@st.composite
def rooms(draw):
    """Works of single people, some of them in pairs, with some readings given before."""
    n, wanted = draw(st.integers(0, 9)), draw(st.integers(1, 3))
    pairs = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    works, held = [], {}
    for i in range(n):
        other = i ^ 1
        never = {i} | ({other} if pairs[i & ~1] and other < n else set())
        others = [one for one in range(n) if one not in never]
        readers = draw(st.sets(st.sampled_from(others), max_size=wanted)) if others else set()
        counted = draw(st.integers(0, len(readers)))
        for reader in sorted(readers)[:counted]:
            held[reader] = held.get(reader, 0) + 1
        works.append(Handed(100 + i, frozenset(never), frozenset(readers), counted))
    people = draw(st.sets(st.sampled_from(range(n)))) if n else set()
    return works, people, held, wanted


@given(rooms(), st.text(max_size=3))
def test_readings_are_allowed_as_many_as_can_be_and_even(room, seed):
    works, people, held, wanted = room
    given_out = share_out(works, people, held, wanted, seed)
    by_key = {one.work: one for one in works}
    assert len(set(given_out)) == len(given_out)
    load = dict(held)
    for person, work in given_out:
        assert person in people
        assert person not in by_key[work].never
        assert person not in by_key[work].readers
        load[person] = load.get(person, 0) + 1
    new = {person for person, _work in given_out}
    assert all(load[person] <= wanted for person in new)
    for one in works:
        assert one.counted + sum(work == one.work for _person, work in given_out) <= max(wanted, one.counted)
    assert len(given_out) == most_readings(works, people, held, wanted)
    if new:  # nobody reads more than the smallest limit that gives out as many
        least = next(n for n in range(1, wanted + 1) if most_readings(works, people, held, wanted, n) == len(given_out))
        assert max(load[person] for person in new) <= least
    assert given_out == share_out(works, people, held, wanted, seed)


@given(st.integers(2, 12), st.integers(1, 3))
def test_in_a_room_without_pairs_each_reads_and_is_read_the_same(n, wanted):
    works = [Handed(i, frozenset({i})) for i in range(n)]
    given_out = share_out(works, range(n), {}, wanted)
    each = min(wanted, n - 1)
    for i in range(n):
        assert sum(person == i for person, _work in given_out) == each
        assert sum(work == i for _person, work in given_out) == each


def test_the_last_two_do_not_keep_what_another_needs():
    """1 may read both works, 2 only the first: by hand, 1 takes the second."""
    works = [Handed(1, frozenset()), Handed(2, frozenset({2}))]
    assert share_out(works, {1, 2}, {}, 1) == [(1, 2), (2, 1)]


@given(rooms())
def test_who_waited_gets_one_reading_beyond_the_limit_and_no_more(room):
    works, people, held, wanted = room
    given_out = serve_left_over(works, people, held, wanted)
    load = dict(held)
    for person, key in given_out:
        work = next(one for one in works if one.work == key)
        assert person in people
        assert person not in work.never | work.readers
        load[person] = load.get(person, 0) + 1
        assert load[person] <= wanted + 1
    for one in works:
        new = [person for person, key in given_out if key == one.work]
        assert one.counted + len(new) <= wanted + 1
        others = [p for p in people if p not in one.never | one.readers and load.get(p, 0) <= wanted]
        assert one.counted or new or not others  # nobody could still read it


@given(st.integers(3, 11), st.integers(1, 3))
def test_coming_one_by_one_nobody_is_left_over(n, wanted):
    """People hand in one after another; whoever comes, and then those who waited, are served."""
    readers: dict[int, set[int]] = {i: set() for i in range(n)}
    held: dict[int, int] = {}

    def run(share, upto: int) -> None:
        works = [Handed(i, frozenset({i}), frozenset(readers[i]), len(readers[i])) for i in range(upto)]
        for person, work in share(works, range(upto), held, wanted):
            readers[work].add(person)
            held[person] = held.get(person, 0) + 1

    for upto in range(1, n + 1):
        run(share_out, upto)
    run(serve_left_over, n)
    assert all(readers.values())
    assert all(held.get(i, 0) for i in range(n))
