"""Average precision of scored pairs: how well a system's similarity ranks the claims that are the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def average_precision(relevant: Sequence[bool], scores: Sequence[float], n_relevant: int | None = None) -> float:
    """AP = Σₖ (Rₖ − Rₖ₋₁) Pₖ over the distinct scores, best first; no interpolation (Manning et al. 2008, ch. 8.4).

    Pairs of one score are taken together, so their order in the input cannot matter.

    Args:
        relevant: whether each scored pair is one in gold.
        scores: the system's score of each pair; only their order counts.
        n_relevant: gold pairs in all, if some were not scored: these are never retrieved.

    Returns:
        The average precision; NaN if there is nothing to retrieve.

    Raises:
        ValueError: for lists of different length, a score that is not a number, or a wrong ``n_relevant``.

    >>> round(average_precision([True, False, True], [0.9, 0.8, 0.7]), 4)  # (1/1 + 2/3) / 2
    0.8333
    """
    if len(relevant) != len(scores):
        raise ValueError(f"{len(relevant)} pairs, but {len(scores)} scores")
    hits, values = np.asarray(relevant, dtype=np.bool_), np.asarray(scores, dtype=np.float64)
    if np.isnan(values).any():
        raise ValueError(f"the score of pair {int(np.flatnonzero(np.isnan(values))[0])} is not a number")
    total = int(hits.sum()) if n_relevant is None else n_relevant
    if total < hits.sum():
        raise ValueError(f"{n_relevant} relevant pairs in all, but {int(hits.sum())} among those scored")
    if not total:
        return float("nan")
    if not hits.size:
        return 0.0
    order = np.argsort(-values, kind="stable")
    found = np.cumsum(hits[order])
    last = np.flatnonzero(np.concatenate([np.diff(values[order]) != 0, [True]]))
    precision = found[last] / (last + 1)
    gained = np.diff(np.concatenate([[0], found[last]])) / total
    return float((precision * gained).sum())
