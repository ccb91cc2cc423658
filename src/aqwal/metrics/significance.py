"""Are two systems different? A paired randomisation test over blocks.

*Approximate randomisation* (Noreen 1989; Yeh 2000): if the two systems were alike, it would not matter which of them
produced which paragraph's counts. So the counts of the two are swapped in a random half of the paragraphs, the
difference of the two scores is taken anew, and p is the share of such swaps that give a difference at least as large in
size as the one observed. Blocks in which both systems have the same counts cannot matter and are left alone; where few
enough are left, every swap is tried and p is exact.

The observed arrangement counts among the random ones: p = (1 + hits) / (1 + swaps), so p is never 0. ``resolution`` is
the least p that the test could have given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aqwal.metrics.counts import Floats, Measure, same_labels
from aqwal.metrics.resampling import RESAMPLES, SEED, Interval, bootstrap_difference

#: With at most this many blocks that differ, all 2ⁿ swaps are tried.
MAX_EXACT = 16
#: Differences that are this close count as equal: sums in another order differ in their last bits.
_CLOSE = 1e-12


@dataclass(frozen=True)
class Test:
    """The result: ``difference`` = score(a) − score(b), its bootstrap interval, and the two-sided p."""

    a: float
    b: float
    difference: float
    interval: Interval
    p: float
    exact: bool
    swaps: int
    resolution: float
    blocks: int
    differing: int

    __test__ = False  # no pytest class


def paired_test(a: Measure, b: Measure, n: int = RESAMPLES, seed: int = SEED) -> Test:
    """Compare two systems by one measure over the same blocks.

    Raises:
        ValueError: if the two have different blocks or kinds of counts.

    >>> from aqwal.metrics.counts import Ratio
    >>> one = np.ones(4)
    >>> made = paired_test(Ratio(np.array([1.0, 1, 1, 0]), one), Ratio(np.array([0.0, 0, 1, 0]), one))
    >>> made.difference, made.p, made.exact, made.resolution  # two blocks differ: 4 swaps, 2 of them as extreme
    (0.5, 0.5, True, 0.5)
    """
    a, b = same_labels(a, b)
    left, right = a.columns(), b.columns()
    if left.shape != right.shape or a.kind != b.kind:
        raise ValueError("the two results are not of one measure over the same paragraphs")
    interval = bootstrap_difference(a, b, n, seed)
    observed = abs(a.value - b.value)
    rows = np.flatnonzero((left != right).any(axis=1))
    change = right[rows] - left[rows]
    totals = left.sum(axis=0), right.sum(axis=0)
    exact = rows.size <= MAX_EXACT
    swaps = 2**rows.size if exact else n
    hits = 0
    rng = np.random.Generator(np.random.PCG64(seed))
    step = max(1, 2**22 // max(rows.size, 1))
    for start in range(0, swaps, step):
        count = min(step, swaps - start)
        swapped = _swaps(start, count, rows.size, rng if not exact else None) @ change
        gap = np.abs(a.from_sums(totals[0] + swapped) - b.from_sums(totals[1] - swapped))
        # An arrangement in which a score is undefined cannot be ranked; it counts against the difference.
        hits += int((np.isnan(gap) | (gap >= observed - _CLOSE)).sum())
    p = hits / swaps if exact else (1 + hits) / (1 + swaps)
    if np.isnan(observed):
        p = float("nan")
    resolution = min(1.0, 2.0 / swaps) if exact else 1 / (1 + swaps)
    return Test(
        a.value, b.value, a.value - b.value, interval, p, exact, swaps, resolution, left.shape[0], int(rows.size)
    )


def _swaps(start: int, count: int, width: int, rng: np.random.Generator | None) -> Floats:
    """Rows of 0 and 1: which blocks are swapped. Without ``rng``, the binary digits of start … start + count − 1."""
    if rng is not None:
        return rng.integers(0, 2, size=(count, width), dtype=np.int8).astype(np.float64)
    numbers = np.arange(start, start + count)[:, None]
    return ((numbers >> np.arange(width)[None, :]) & 1).astype(np.float64)
