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

Of the pairs of claims in one cluster, one of two predicted is right and one of three in gold is found, 2·1/(2+3):

>>> scores.measures["pairwise_f1"].value
0.4
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from aqwal.columns import Ints
from aqwal.metrics.attribution import Alignment
from aqwal.metrics.clusters import ItemCounts, Table, b_cubed, pairwise
from aqwal.metrics.counts import PRF, Measure, sum_by_block
from aqwal.metrics.ranking import average_precision
from aqwal.metrics.sides import Side
from aqwal.model import Annotations

#: A gold claim that the system has not found, and one without a cluster: it is alone in its own.
_NOT_FOUND, _ALONE = -2, -1


def claim_clusters(pred: Side, gold: Side, matched: Alignment) -> tuple[Ints, Ints]:
    """Gold and predicted cluster of each gold claim; −1 for a claim without cluster, −2 for one that was not found."""
    found = np.full(gold.claims.doc.size, _NOT_FOUND, dtype=np.int64)
    found[matched.gold] = pred.claims.cluster[matched.pred]
    return gold.claims.cluster, found


def matching_measures(gold: Ints, pred: Ints, block: Ints, n_blocks: int) -> Iterator[tuple[str, Measure]]:
    """All measures of the task that are additive, the primary one first, from :func:`claim_clusters` and the blocks."""

    def labels(cluster: Ints) -> Ints:
        """Cluster labels in which claims without cluster have one each; −1 for a claim that is not placed."""
        alone = cluster.max(initial=0) + 1 + np.arange(cluster.size)
        return np.where(cluster == _NOT_FOUND, -1, np.where(cluster == _ALONE, alone, cluster))

    table = Table.of(labels(gold), labels(pred))

    def by_block(items: ItemCounts) -> PRF:
        columns = (items.tp_pred, items.n_pred, items.tp_gold, items.n_gold)
        return PRF(*(sum_by_block(block, n_blocks, column) for column in columns))

    yield "b_cubed_f1", by_block(b_cubed(table))
    yield "pairwise_f1", by_block(pairwise(table))


#: A claim: document id and claim id.
ClaimName = tuple[str, str]


def pair_average_precision(gold: Iterable[Annotations], scored: Iterable[tuple[ClaimName, ClaimName, float]]) -> float:
    """Average precision of a system's similarity of pairs of gold claims; a pair is right if it is in one cluster.

    Gold pairs that the system has not scored are never retrieved.

    Raises:
        ValueError: for a claim that gold does not have, a claim paired with itself, a pair given twice (in either
            order), or a score that is not a number.

    >>> from aqwal.model import Claim, Span
    >>> span = Span.of(0, 1)
    >>> claims = tuple(Claim(name, span, cluster=cluster) for name, cluster in (("a", "x"), ("b", "x"), ("c", "")))
    >>> pairs = [(("000", "a"), ("000", "c"), 0.9), (("000", "a"), ("000", "b"), 0.8)]
    >>> pair_average_precision([Annotations("000", claims=claims)], pairs)
    0.5
    """
    cluster = {(a.doc_id, c.id): c.cluster for a in gold for c in a.claims}
    sizes = Counter(name for name in cluster.values() if name)
    seen: set[frozenset[ClaimName]] = set()
    relevant: list[bool] = []
    scores: list[float] = []
    for one, other, score in scored:
        for name in (one, other):
            if name not in cluster:
                raise ValueError(f"gold has no claim {name[1]!r} in document {name[0]!r}")
        pair = frozenset((one, other))
        if len(pair) < 2 or pair in seen:
            what = "paired with itself" if len(pair) < 2 else f"and {other[1]!r} of {other[0]!r} are given twice"
            raise ValueError(f"claim {one[1]!r} of document {one[0]!r} {what}")
        seen.add(pair)
        relevant.append(bool(cluster[one]) and cluster[one] == cluster[other])
        scores.append(score)
    return average_precision(relevant, scores, sum(n * (n - 1) // 2 for n in sizes.values()))
