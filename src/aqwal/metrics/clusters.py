"""Clusterings of one set of items: B³, CEAF-e and pairwise F1, from two arrays of labels.

``gold`` and ``pred`` hold the cluster of each item, as integers; two items of one label are together. A predicted label
of −1 means that the system has not placed the item at all: it earns no recall and stands in no precision (B³ of twinless
items, Stoyanov et al. 2009, "B³₀"), so that silence is never rewarded as a wealth of singletons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aqwal.columns import Ints
from aqwal.metrics.counts import Floats
from aqwal.metrics.matching import assign


@dataclass(frozen=True, eq=False)
class Table:
    """The contingency table of two clusterings, by item and by cell."""

    gold_size: Ints  # by item: size of its gold cluster
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
        placed = np.flatnonzero(pred >= 0)
        _, g, g_sizes = np.unique(gold, return_inverse=True, return_counts=True)
        _, p, p_sizes = np.unique(pred[placed], return_inverse=True, return_counts=True)
        width = max(int(p_sizes.size), 1)
        cells, cell, sizes = np.unique(g[placed] * width + p, return_inverse=True, return_counts=True)
        pred_size, common = np.zeros(gold.size, np.int64), np.zeros(gold.size, np.int64)
        pred_size[placed] = p_sizes[p]
        common[placed] = sizes[cell]
        return cls(g_sizes[g], pred_size, common, cells // width, cells % width, sizes, g_sizes, p_sizes)


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
    placed = table.pred_size > 0
    precision = np.zeros(placed.size)
    np.divide(table.common, table.pred_size, out=precision, where=placed)
    return ItemCounts(
        precision, placed.astype(np.float64), table.common / table.gold_size, np.ones(placed.size, dtype=np.float64)
    )


def pairwise(table: Table) -> ItemCounts:
    """Pairs of items in one cluster; half of each pair is counted with each of its items.

    >>> made = pairwise(Table.of(np.array([0, 0, 0, 1]), np.array([5, 5, 6, 6])))
    >>> [float(part.sum()) for part in (made.tp_pred, made.n_pred, made.n_gold)]
    [1.0, 2.0, 3.0]
    """
    right = np.maximum(table.common - 1, 0) / 2
    return ItemCounts(right, np.maximum(table.pred_size - 1, 0) / 2, right, (table.gold_size - 1) / 2)


def ceaf_e(table: Table) -> tuple[float, float, float]:
    """CEAF-e (Luo 2005, φ4): (precision, recall, F1) of the best one-to-one alignment of clusters.

    φ4(P, G) = 2|P ∩ G| / (|P| + |G|); precision = Σφ4 / predicted clusters, recall = Σφ4 / gold clusters.

    >>> [round(x, 4) for x in ceaf_e(Table.of(np.array([0, 0, 0, 1]), np.array([5, 5, 6, 6])))]
    [0.7333, 0.7333, 0.7333]
    """
    phi = 2 * table.cell_size / (table.gold_sizes[table.cell_gold] + table.pred_sizes[table.cell_pred])
    pairs = assign(table.cell_pred, table.cell_gold, phi)
    total = float(phi[pairs].sum())
    n_pred, n_gold = table.pred_sizes.size, table.gold_sizes.size
    precision = total / n_pred if n_pred else float("nan")
    recall = total / n_gold if n_gold else float("nan")
    f1 = 2 * total / (n_pred + n_gold) if n_pred + n_gold else float("nan")
    return precision, recall, f1
