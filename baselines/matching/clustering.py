"""From pair scores and a cut-off to clusters, and B³ to choose the cut-off by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from .scorers import Matrix

#: Cut-offs to choose from, over [0, 1].
CUTS = tuple(round(0.05 * i, 2) for i in range(2, 20))


def cluster(scores: Matrix, cut: float, linkage: str) -> list[int]:
    """A cluster number for each of N claims, numbered by first member.

    ``average`` and ``complete`` merge while the clusters' average (least) score reaches ``cut``; ``correlation`` puts
    each claim, in order, where the sum of its scores above ``cut`` is greatest, if any is positive, until nothing moves.

    >>> cluster(np.array([[1, .9, .1], [.9, 1, .2], [.1, .2, 1]]), 0.5, "average")
    [0, 0, 1]
    """
    size = len(scores)
    if size < 2:
        return [0] * size
    if linkage == "correlation":
        return _renumber(_correlation(scores, cut))
    # A merge at exactly the cut-off happens: scikit-learn merges below its threshold, hence the margin.
    model = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage=linkage, distance_threshold=1.0 - cut + 1e-9
    )
    return _renumber([int(label) for label in model.fit_predict(1.0 - scores)])


def _correlation(scores: Matrix, cut: float) -> list[int]:
    size = len(scores)
    gain = scores - cut
    np.fill_diagonal(gain, 0.0)
    label = np.arange(size)
    for _ in range(20):
        moved = False
        for i in range(size):
            sums = np.bincount(label, weights=gain[i], minlength=size)
            own = int(label[i])
            best = int(np.argmax(np.round(sums, 12)))
            alone = int(np.flatnonzero(np.bincount(label, minlength=size) == 0)[0]) if (label == own).sum() > 1 else own
            target = best if sums[best] > 1e-12 else alone
            if target != own and sums[target] > sums[own] + 1e-12:
                label[i] = target
                moved = True
        if not moved:
            break
    return [int(each) for each in label]


def _renumber(labels: Sequence[int]) -> list[int]:
    order: dict[int, int] = {}
    return [order.setdefault(label, len(order)) for label in labels]


def b_cubed(found: Sequence[object], gold: Sequence[object]) -> float:
    """B³ F1 of two clusterings of the same items (Bagga and Baldwin, 1998); 0 for no items.

    >>> round(b_cubed([0, 0, 1], ["a", "a", "a"]), 4)
    0.7143
    """
    if not found:
        return 0.0
    both, mine, theirs = Counter(zip(found, gold, strict=True)), Counter(found), Counter(gold)
    precision = sum(n * n / mine[a] for (a, _), n in both.items()) / len(found)
    recall = sum(n * n / theirs[b] for (_, b), n in both.items()) / len(found)
    return 2 * precision * recall / (precision + recall)


def best_cut(scores: Matrix, gold: Sequence[str], linkage: str) -> float:
    """The cut-off of :data:`CUTS` with the best B³ F1 (the middle one of equals); a claim without cluster is alone."""
    names = [name or f"\0{i}" for i, name in enumerate(gold)]
    results = [(round(b_cubed(cluster(scores, cut, linkage), names), 9), cut) for cut in CUTS]
    top = max(result for result, _ in results)
    equal = [cut for result, cut in results if result == top]
    return equal[len(equal) // 2]
