"""The one-to-one alignment against brute force, and the interval operations against sets."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aqwal.metrics import intervals, matching
from aqwal.metrics.intervals import TooManyPairs, distinct, expand, join, pack, ranked, split, union, within
from aqwal.metrics.keys import shared
from aqwal.metrics.matching import assign, subset_assignment


def best_total(matrix: np.ndarray) -> float:
    """The largest total over all one-to-one choices, by trying them all."""
    rows, columns = matrix.shape
    if rows > columns:
        return best_total(matrix.T)
    return max(sum(matrix[i, c] for i, c in enumerate(order)) for order in permutations(range(columns), rows))


weights = st.one_of(st.just(0.0), st.sampled_from([0.25, 0.5, 0.75, 1.0]), st.floats(0.001, 1.0))


@given(st.integers(1, 5).flatmap(lambda r: st.integers(1, 5).flatmap(
    lambda c: st.lists(st.lists(weights, min_size=c, max_size=c), min_size=r, max_size=r))))  # fmt: skip
def test_assign_is_optimal(rows: list[list[float]]) -> None:
    matrix = np.array(rows)
    left, right = np.nonzero(matrix)
    chosen = assign(left, right, matrix[left, right])
    assert len(set(left[chosen])) == len(chosen) == len(set(right[chosen]))
    assert matrix[left[chosen], right[chosen]].sum() == pytest.approx(best_total(matrix), abs=1e-12)


@pytest.mark.parametrize("shape", [(7, 7), (12, 7), (9, 8), (40, 3)])
def test_assign_is_optimal_in_larger_blocks(shape: tuple[int, int]) -> None:
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(sum(shape))
    for _ in range(20):
        matrix = rng.random(shape)
        left, right = np.nonzero(matrix)
        chosen = assign(left, right, matrix[left, right])
        best = matrix[linear_sum_assignment(matrix, maximize=True)].sum()
        assert matrix[left[chosen], right[chosen]].sum() == pytest.approx(best, abs=1e-12)


def test_assign_takes_blocks_too_large_for_a_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy.optimize import linear_sum_assignment

    monkeypatch.setattr(matching, "_DENSE", 60)
    rng = np.random.default_rng(3)
    for _ in range(20):
        matrix = rng.random((12, 9)) * (rng.random((12, 9)) < 0.5)
        left, right = np.nonzero(matrix)
        chosen = assign(left, right, matrix[left, right])
        best = matrix[linear_sum_assignment(matrix, maximize=True)].sum()
        assert matrix[left[chosen], right[chosen]].sum() == pytest.approx(best, abs=1e-9)


def test_the_best_pair_is_not_always_taken() -> None:
    # Token-F1 is no metric: {a, b} against itself is 1, but with {a} and {b} about, crossing earns 2/3 + 2/3.
    chosen = assign(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([1.0, 2 / 3, 2 / 3]))
    assert chosen.tolist() == [1, 2]


def test_assign_of_nothing() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert assign(nothing, nothing, np.zeros(0)).tolist() == []


def test_a_long_path_is_solved() -> None:
    # 0-0, 0-1, 1-1, 1-2, … : every object overlaps two others, as chained spans do.
    n = 3000
    left = np.repeat(np.arange(n), 2)[:-1]
    right = np.concatenate([[0], np.repeat(np.arange(1, n), 2)])
    chosen = assign(left, right, np.where(left == right, 1.0, 0.9))
    assert (left[chosen] == right[chosen]).all() and chosen.size == n


def test_subset_assignment_leaves_what_has_no_weight() -> None:
    made = subset_assignment(np.array([[[0.0, 0.0], [0.0, 0.5]]]))
    assert made[0, 1] == 1


spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6)), max_size=12)


def _arrays(listed: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    lo = np.array([a for a, _ in listed], dtype=np.int64)
    return lo, lo + np.array([n for _, n in listed], dtype=np.int64)


@given(spans, spans)
def test_join_finds_every_overlap_once(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> None:
    (a_lo, a_hi), (b_lo, b_hi) = _arrays(a), _arrays(b)
    i, j = join(a_lo, a_hi, b_lo, b_hi)
    expected = {
        (x, y)
        for x in range(len(a))
        for y in range(len(b))
        if set(range(a_lo[x], a_hi[x])) & set(range(b_lo[y], b_hi[y]))
    }
    pairs = list(zip(i.tolist(), j.tolist(), strict=True))
    assert len(pairs) == len(set(pairs)) and set(pairs) == expected


def test_join_refuses_a_flood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "MAX_PAIRS", 99)
    lo, hi = np.zeros(10, dtype=np.int64), np.ones(10, dtype=np.int64)
    with pytest.raises(TooManyPairs, match="100 overlapping pairs of spans, over 99"):
        join(lo, hi, lo, hi)


@given(spans)
def test_union_covers_the_same(listed: list[tuple[int, int]]) -> None:
    lo, hi = _arrays(listed)
    u_lo, u_hi = union(lo, hi)
    assert (u_lo[1:] > u_hi[:-1]).all()
    covered = {x for a, b in zip(u_lo.tolist(), u_hi.tolist(), strict=True) for x in range(a, b)}
    assert covered == {x for a, b in zip(lo.tolist(), hi.tolist(), strict=True) for x in range(a, b)}


@given(spans, st.sets(st.integers(1, 36)))
def test_split_cuts_at_the_edges(listed: list[tuple[int, int]], inner: set[int]) -> None:
    lo, hi = _arrays(listed)
    edges = np.array([0, *sorted(inner), 40])
    p_lo, p_hi, cell, source = split(lo, hi, edges)
    assert (edges[cell] <= p_lo).all() and (p_hi <= edges[cell + 1]).all() and (p_lo < p_hi).all()
    for k in range(len(listed)):
        mine = source == k
        assert sum((p_hi - p_lo)[mine]) == hi[k] - lo[k]


def test_expand_of_nothing() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert [part.size for part in expand(nothing, nothing)] == [0, 0]


keys = st.lists(st.integers(0, 5), max_size=10).map(lambda x: np.array(x, dtype=np.int64))


@given(keys, keys)
def test_shared_is_the_multiset_intersection(p: np.ndarray, g: np.ndarray) -> None:
    from collections import Counter

    made = shared(p, g)
    common = Counter(p.tolist()) & Counter(g.tolist())
    assert Counter(p[made.in_pred].tolist()) == Counter(g[made.in_gold].tolist()) == common


@given(keys)
def test_distinct_and_within(values: np.ndarray) -> None:
    found = distinct(values)
    assert found.tolist() == sorted(set(values.tolist()))
    probe = np.arange(-1, 8)
    assert within(probe, found).tolist() == [x in set(values.tolist()) for x in probe.tolist()]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2)), max_size=9))
def test_ranked_sorts_by_all_keys(rows: list[tuple[int, int, int]]) -> None:
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    order = ranked(table[:, 0], table[:, 1], table[:, 2])
    assert [tuple(r) for r in table[order].tolist()] == sorted(rows)


def test_pack_falls_back_to_ranks() -> None:
    big = 2**40
    a, b = np.array([0, big - 1, 0]), np.array([5, 6, 5])
    key = pack([(a, big), (b, big)])
    assert key[0] == key[2] != key[1]
