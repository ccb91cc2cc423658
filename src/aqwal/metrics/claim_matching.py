"""Task ``claim_matching``: the same event or state asserted in several places, as clusters over the gold claims.

The items are the gold claims; a gold claim without cluster is alone. A predicted claim speaks for the gold claim that
it is aligned with at intersection over union ≥ 1/2 (a system that is given the gold claims gets each of them back, for
a claim is most similar to itself); predicted claims without a partner are no items, and gold claims without one earn
no recall. Ids of claims and names of clusters are not compared.

Three claims of one visit and one of an offer; the system splits the visit and adds the offer to the second part.
Precision: 1, 1, 1/2, 1/2; recall: 2/3, 2/3, 1/3, 1.

>>> from aqwal.metrics import score
>>> from aqwal.metrics.example import document
>>> from aqwal.model import Annotations, Claim, Span
>>> doc = document("زار القائد عمان\\nوصل القائد عمان\\nحل القائد بعمان\\nعرض القائد المال")
>>> spans = [Span.of(p.start, p.end) for p in doc.paragraphs]
>>> def clustered(*names):
...     return [Annotations("000", claims=tuple(Claim(f"c{k}", s, cluster=n) for k, (s, n) in enumerate(zip(spans, names))))]
>>> gold, made = clustered("visit", "visit", "visit", "offer"), clustered("A", "A", "B", "B")
>>> scores = score([doc], gold, made)["claim_matching"]
>>> scores.precision, round(scores.recall, 3), round(scores.f1, 3)
(0.75, 0.667, 0.706)
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
