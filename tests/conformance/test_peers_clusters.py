"""B³ and CEAFe against an independent scorer and against the formulas written out."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from aqwal.metrics.clusters import Table, b_cubed, ceaf_e, pairwise

Clusters = list[set[int]]


def clusterings(seed: int, *, same_items: bool) -> tuple[Clusters, Clusters]:
    rng = random.Random(seed)
    items = list(range(rng.randint(1, 25)))
    sides: list[Clusters] = []
    for _ in range(2):
        chosen = items if same_items else [i for i in items if rng.random() < 0.8]
        by_label: dict[int, set[int]] = {}
        for item in chosen:
            by_label.setdefault(rng.randint(0, max(1, len(items) // 3)), set()).add(item)
        sides.append(list(by_label.values()))
    return sides[0], sides[1]


def written_out(gold: Clusters, pred: Clusters) -> dict[str, tuple[Fraction, Fraction]]:
    """(precision, recall) by the published definitions, in exact fractions, with loops over items and pairs."""

    def mean(of: Clusters, other: Clusters) -> Fraction:
        items = [(item, cluster) for cluster in of for item in cluster]
        total = Fraction(0)
        for item, cluster in items:
            mate = next((c for c in other if item in c), set())
            total += Fraction(len(cluster & mate), len(cluster))
        return total / len(items) if items else Fraction(0)

    def pairs(of: Clusters) -> set[frozenset[int]]:
        return {frozenset((a, b)) for c in of for a in c for b in c if a < b}

    common = len(pairs(gold) & pairs(pred))
    return {
        "b3": (mean(pred, gold), mean(gold, pred)),
        "pairs": (Fraction(common, len(pairs(pred)) or 1), Fraction(common, len(pairs(gold)) or 1)),
    }


@pytest.mark.parametrize("same_items", [True, False])
@pytest.mark.parametrize("seed", range(60))
def test_against_the_formulas(seed: int, same_items: bool) -> None:
    gold, pred = clusterings(seed, same_items=same_items)
    table = Table.of_clusters(gold, pred)
    for items, (precision, recall) in zip(
        (b_cubed(table), pairwise(table)), written_out(gold, pred).values(), strict=True
    ):
        if items.n_pred.sum():
            assert items.tp_pred.sum() / items.n_pred.sum() == pytest.approx(float(precision), abs=1e-12)
        if items.n_gold.sum():
            assert items.tp_gold.sum() / items.n_gold.sum() == pytest.approx(float(recall), abs=1e-12)


@pytest.mark.parametrize("same_items", [True, False])
@pytest.mark.parametrize("seed", range(60))
def test_against_scorch(seed: int, same_items: bool) -> None:
    scorch = pytest.importorskip("scorch.scores")
    gold, pred = clusterings(seed, same_items=same_items)
    if not gold or not pred:
        pytest.skip("scorch defines the scores of nothing as 0")
    table = Table.of_clusters(gold, pred)
    items = b_cubed(table)
    recall, precision, _ = scorch.b_cubed(gold, pred)
    assert items.tp_pred.sum() / items.n_pred.sum() == pytest.approx(precision, abs=1e-12)
    assert items.tp_gold.sum() / items.n_gold.sum() == pytest.approx(recall, abs=1e-12)
    recall, precision, f1 = scorch.ceaf_e(gold, pred)
    ours = ceaf_e(table)
    assert ours[:2] == pytest.approx((precision, recall), abs=1e-12)
    if precision + recall:
        assert ours[2] == pytest.approx(f1, abs=1e-12)


def test_many_documents_at_once_are_the_sum_of_each() -> None:
    parts = [clusterings(seed, same_items=True) for seed in range(30)]
    whole = [[{(k, i) for i in c} for k, part in enumerate(parts) for c in part[side]] for side in (0, 1)]
    table = Table.of_clusters(whole[0], whole[1])
    similarity = ceaf_e(table)[0] * table.pred_sizes.size
    singly = 0.0
    for gold, pred in parts:
        one = Table.of_clusters(gold, pred)
        singly += ceaf_e(one)[0] * one.pred_sizes.size
    assert similarity == pytest.approx(singly, abs=1e-9)
    assert np.isfinite(similarity)
