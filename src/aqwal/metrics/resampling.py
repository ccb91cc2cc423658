"""Intervals and tests by resampling blocks (scored paragraphs), never by scoring again.

*Bootstrap* (Efron 1979; percentile interval): draw as many blocks as there are, with replacement; a resample is then a
row of integer weights, and all resampled scores are one matrix product weights × counts. One weight matrix serves
every measure, so intervals of different measures come from the same resamples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aqwal.metrics.counts import Floats, Measure, same_labels

#: Resamples of a published interval.
RESAMPLES = 10_000
SEED = 20_250_101


@dataclass(frozen=True)
class Interval:
    """A score with its percentile interval; ``undefined`` is the share of resamples in which it had no value."""

    value: float
    low: float
    high: float
    level: float
    resamples: int
    undefined: float = 0.0


def bootstrap_many(
    measures: Mapping[str, Measure], n: int = RESAMPLES, seed: int = SEED, level: float = 0.95
) -> dict[str, Interval]:
    """Percentile intervals of many measures over the same blocks, from one set of resamples.

    Args:
        measures: counts by name, all over the same blocks.
        n: resamples.
        seed: of numpy's PCG64.
        level: of the interval.

    A measure with fewer than two blocks, or undefined in every resample, has the interval (NaN, NaN).
    """
    names = list(measures)
    columns = [measures[name].columns() for name in names]
    blocks = max((c.shape[0] for c in columns), default=0)
    if any(c.shape[0] not in (0, blocks) for c in columns):
        raise ValueError("measures of one bootstrap need the same blocks")
    columns = [c if c.shape[0] else np.zeros((blocks, c.shape[1])) for c in columns]
    table = np.concatenate(columns, axis=1) if columns else np.zeros((0, 0))
    sums = resampled_sums(table, n, seed)
    out: dict[str, Interval] = {}
    at = 0
    for name, part in zip(names, columns, strict=True):
        values = measures[name].from_sums(sums[:, at : at + part.shape[1]])
        at += part.shape[1]
        out[name] = _interval(measures[name].value, values, blocks, level)
    return out


def bootstrap(counts: Measure, n: int = RESAMPLES, seed: int = SEED, level: float = 0.95) -> Interval:
    """The interval of one measure; see :func:`bootstrap_many`.

    >>> from aqwal.metrics.counts import Ratio
    >>> interval = bootstrap(Ratio(np.array([1.0, 0, 1, 1]), np.ones(4)), n=2000)
    >>> interval.value, interval.low, interval.high
    (0.75, 0.25, 1.0)
    """
    return bootstrap_many({"score": counts}, n, seed, level)["score"]


def bootstrap_difference(a: Measure, b: Measure, n: int = RESAMPLES, seed: int = SEED, level: float = 0.95) -> Interval:
    """The interval of score(a) − score(b) over one set of blocks, both resampled together."""
    a, b = same_labels(a, b)
    left, right = a.columns(), b.columns()
    if left.shape[0] != right.shape[0]:
        raise ValueError(f"{left.shape[0]} and {right.shape[0]} blocks: the two are not over the same documents")
    sums = resampled_sums(np.concatenate([left, right], axis=1), n, seed)
    cut = left.shape[1]
    values = a.from_sums(sums[:, :cut]) - b.from_sums(sums[:, cut:])
    return _interval(a.value - b.value, values, left.shape[0], level)


def _interval(value: float, values: Floats, blocks: int, level: float) -> Interval:
    """The percentile interval of resampled values, those that are undefined left out."""
    defined = values[~np.isnan(values)]
    low = high = float("nan")
    if defined.size and blocks > 1:
        tail = (1 - level) / 2
        low, high = (float(q) for q in np.quantile(defined, [tail, 1 - tail]))
    return Interval(value, low, high, level, values.size, 1 - defined.size / values.size if values.size else 0.0)


#: Weights held at one time. Fewer would mean more products, each of which waits for all threads of the BLAS.
_CHUNK = 2**21


def resampled_sums(table: Floats, n: int, seed: int) -> Floats:
    """Sums of ``table`` (blocks, k) under ``n`` resamples of its rows: shape (n, k).

    The weights of a resample are how often each block was drawn: multinomial, counted from uniform draws (which is
    faster than drawing multinomially). Only a few rows of the weight matrix exist at a time.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    blocks = table.shape[0]
    out = np.zeros((n, table.shape[1]))
    if not blocks:
        return out
    step = max(1, min(n, _CHUNK // blocks))
    weights = np.empty((step, blocks))
    for start in range(0, n, step):
        rows = min(step, n - start)
        drawn = rng.integers(0, blocks, size=(rows, blocks), dtype=np.uint32)
        for row in range(rows):
            weights[row] = np.bincount(drawn[row], minlength=blocks)
        np.matmul(weights[:rows], table, out=out[start : start + rows])
    return out
