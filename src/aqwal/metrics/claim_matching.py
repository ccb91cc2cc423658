"""Task ``claim_matching``: the same event or state asserted in several places, as clusters over the gold claims.

The items are the gold claims; a gold claim without cluster is alone. A predicted claim speaks for the gold claim that
it is aligned with at intersection over union ≥ 1/2 (a system that is given the gold claims gets each of them back, for
a claim is most similar to itself); predicted claims without a partner are no items, and gold claims without one earn
no recall. Ids of claims and names of clusters are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aqwal.columns import Ints
from aqwal.metrics.attribution import Alignment
from aqwal.metrics.clusters import ItemCounts, Table, b_cubed, pairwise
from aqwal.metrics.counts import PRF, Measure, sum_by_block
from aqwal.metrics.sides import Side


def claim_labels(pred: Side, gold: Side, matched: Alignment) -> tuple[Ints, Ints]:
    """Gold and predicted cluster of each gold claim; a claim without cluster gets one of its own, −1: not placed."""

    def alone(cluster: Ints) -> Ints:
        return np.where(cluster >= 0, cluster, cluster.max(initial=0) + 1 + np.arange(cluster.size))

    g = alone(gold.claims.cluster)
    own = alone(pred.claims.cluster)
    p = np.full(g.size, -1, dtype=np.int64)
    p[matched.gold] = own[matched.pred]
    return g, p


def matching_measures(pred: Side, gold: Side, matched: Alignment) -> Iterator[tuple[str, Measure]]:
    """All measures of the task that are additive, the primary one first."""
    table = Table.of(*claim_labels(pred, gold, matched))
    n = gold.geometry.n_blocks

    def by_block(items: ItemCounts) -> PRF:
        return PRF(
            *(
                sum_by_block(gold.claim_block, n, part)
                for part in (items.tp_pred, items.n_pred, items.tp_gold, items.n_gold)
            )
        )

    yield "b_cubed_f1", by_block(b_cubed(table))
    yield "pairwise_f1", by_block(pairwise(table))
