"""Two clusterings of some items: B³, CEAF-e and pairwise F1, from two arrays of labels.

``gold`` and ``pred`` hold the cluster of each item, as integers; two items of one label are together. A label of −1 means
that the item is not in that clustering at all. An item that the system has not placed earns no recall and stands in no
precision (Stoyanov et al. 2009, "B³₀"), so silence is never rewarded as a wealth of singletons; one that only the
system has counts against its precision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np

from aqwal.columns import Ints
from aqwal.metrics.counts import Floats
from aqwal.metrics.matching import assign


@dataclass(frozen=True, eq=False)
class Table:
    """The contingency table of two clusterings, by item and by cell."""

    gold_size: Ints  # by item: size of its gold cluster, 0 if not in gold
    pred_size: Ints  # by item: size of its predicted cluster, 0 if not placed
    common: Ints  # by item: items in both
    cell_gold: Ints  # by cell: number of the gold cluster
    cell_pred: Ints
    cell_size: Ints
    gold_sizes: Ints  # by gold cluster
    pred_sizes: Ints

    @classmethod
    def of(cls, gold: Ints, pred: Ints) -> Table:
        """From the labels of each item, shape (items,)."""
        g_item, g_sizes = _numbered(gold)
        p_item, p_sizes = _numbered(pred)
        both = np.flatnonzero((gold >= 0) & (pred >= 0))
        width = max(int(p_sizes.size), 1)
        cells, cell, sizes = np.unique(g_item[both] * width + p_item[both], return_inverse=True, return_counts=True)
        common = np.zeros(gold.size, np.int64)
        common[both] = sizes[cell]
        return cls(
            _size_of(gold, g_item, g_sizes), _size_of(pred, p_item, p_sizes), common, cells // width, cells % width,
            sizes, g_sizes, p_sizes,
        )  # fmt: skip

    @classmethod
    def of_clusters(cls, gold: Iterable[Iterable[Hashable]], pred: Iterable[Iterable[Hashable]]) -> Table:
        """From two lists of clusters of any hashable items.

        Raises:
            ValueError: if an item is in two clusters of one side, or twice in one.
        """
        number: dict[Hashable, int] = {}
        sides: list[tuple[list[int], list[int]]] = []
        for name, clusters in (("gold", gold), ("predicted", pred)):
            items: list[int] = []
            labels: list[int] = []
            for label, cluster in enumerate(clusters):
                found = [number.setdefault(item, len(number)) for item in cluster]
                items += found
                labels += [label] * len(found)
            if len(set(items)) < len(items):
                names = list(number)
                twice = next(names[item] for item, count in Counter(items).items() if count > 1)
                raise ValueError(f"item {twice!r} is twice in the {name} clusters")
            sides.append((items, labels))
        made = []
        for items, labels in sides:
            column = np.full(len(number), -1, dtype=np.int64)
            column[np.array(items, dtype=np.int64)] = np.array(labels, dtype=np.int64)
            made.append(column)
        return cls.of(made[0], made[1])


def _numbered(labels: Ints) -> tuple[Ints, Ints]:
    """Consecutive cluster numbers by item (0 for an item without one) and the size of each cluster."""
    placed = labels >= 0
    _, number, sizes = np.unique(labels[placed], return_inverse=True, return_counts=True)
    out = np.zeros(labels.size, dtype=np.int64)
    out[placed] = number
    return out, sizes


def _size_of(labels: Ints, number: Ints, sizes: Ints) -> Ints:
    """Size of each item's cluster, 0 for an item without one."""
    return np.where(labels >= 0, sizes[number], 0) if sizes.size else np.zeros(labels.size, dtype=np.int64)


@dataclass(frozen=True)
class ItemCounts:
    """Additive counts by item, in the four columns of :class:`aqwal.metrics.counts.PRF`."""

    tp_pred: Floats
    n_pred: Floats
    tp_gold: Floats
    n_gold: Floats


def b_cubed(table: Table) -> ItemCounts:
    """B³ (Bagga & Baldwin 1998): an item's precision is |P ∩ G| / |P|, its recall |P ∩ G| / |G|; the mean over items.

    >>> made = b_cubed(Table.of(np.array([0, 0, 0, 1]), np.array([5, 5, 6, 6])))
    >>> float(made.tp_pred.mean()), round(float(made.tp_gold.mean()), 4)
    (0.75, 0.6667)
    """
    columns = []
    for size in (table.pred_size, table.gold_size):
        share = np.zeros(size.size)
        np.divide(table.common, size, out=share, where=size > 0)
        columns += [share, (size > 0).astype(np.float64)]
    return ItemCounts(*columns)


def pairwise(table: Table) -> ItemCounts:
    """Pairs of items in one cluster; half of each pair is counted with each of its items.

    >>> made = pairwise(Table.of(np.array([0, 0, 0, 1]), np.array([5, 5, 6, 6])))
    >>> [float(part.sum()) for part in (made.tp_pred, made.n_pred, made.n_gold)]
    [1.0, 2.0, 3.0]
    """
    right = np.maximum(table.common - 1, 0) / 2
    return ItemCounts(right, np.maximum(table.pred_size - 1, 0) / 2, right, np.maximum(table.gold_size - 1, 0) / 2)


def ceaf_e(table: Table) -> tuple[float, float, float]:
    """CEAF-e (Luo 2005, φ4): (precision, recall, F1) of the best one-to-one alignment of clusters.

    φ4(P, G) = 2|P ∩ G| / (|P| + |G|); precision = Σφ4 / predicted clusters, recall = Σφ4 / gold clusters.

    >>> [round(x, 4) for x in ceaf_e(Table.of(np.array([0, 0, 0, 1]), np.array([5, 5, 6, 6])))]
    [0.7333, 0.7333, 0.7333]
    """
    if not table.cell_size.size:
        ends = [0.0 if sizes.size else float("nan") for sizes in (table.pred_sizes, table.gold_sizes)]
        return ends[0], ends[1], 0.0 if table.pred_sizes.size + table.gold_sizes.size else float("nan")
    phi = 2 * table.cell_size / (table.gold_sizes[table.cell_gold] + table.pred_sizes[table.cell_pred])
    pairs = assign(table.cell_pred, table.cell_gold, phi)
    total = float(phi[pairs].sum())
    n_pred, n_gold = table.pred_sizes.size, table.gold_sizes.size
    precision = total / n_pred if n_pred else float("nan")
    recall = total / n_gold if n_gold else float("nan")
    f1 = 2 * total / (n_pred + n_gold) if n_pred + n_gold else float("nan")
    return precision, recall, f1
