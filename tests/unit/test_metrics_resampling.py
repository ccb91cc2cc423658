"""Intervals and tests: against scoring again, against enumeration by hand, and seeded."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from tests.unit import metrics_cases as cases

from aqwal.metrics import TASKS, bootstrap, bootstrap_many, score
from aqwal.metrics.counts import PRF, Mean, Ratio, from_json, to_json
from aqwal.metrics.resampling import bootstrap_difference, resampled_sums
from aqwal.metrics.significance import MAX_EXACT, paired_test


def prf(*columns: list[float]) -> PRF:
    return PRF(*(np.array(c, dtype=float) for c in columns))


def test_resampled_sums_are_sums_of_drawn_rows() -> None:
    table = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
    sums = resampled_sums(table, 500, seed=1)
    assert sums.shape == (500, 2)
    assert (sums[:, 1] == 10 * sums[:, 0]).all()
    possible = {a + b + c for a, b, c in product([1, 2, 4], repeat=3)}
    assert set(sums[:, 0].tolist()) <= possible and len(set(sums[:, 0].tolist())) == len(possible)


def test_every_draw_is_alike_likely() -> None:
    weights = resampled_sums(np.eye(5), 20_000, seed=2)
    assert (weights.sum(axis=1) == 5).all()
    assert weights.mean(axis=0) == pytest.approx(np.ones(5), abs=0.03)
    assert weights.var(axis=0) == pytest.approx(np.full(5, 0.8), abs=0.04)  # n p (1 − p)


def test_one_seed_one_interval() -> None:
    measure = Ratio(np.array([1.0, 0, 1, 1, 0]), np.ones(5))
    assert bootstrap(measure, n=300, seed=5) == bootstrap(measure, n=300, seed=5)
    assert resampled_sums(np.eye(9), 50, 1).tolist() != resampled_sums(np.eye(9), 50, 2).tolist()


def test_measures_share_their_resamples() -> None:
    a = Ratio(np.array([1.0, 0, 1, 1]), np.ones(4))
    b = Ratio(1 - a.hits, a.total)
    made = bootstrap_many({"a": a, "b": b}, n=200)
    assert made["a"].low == pytest.approx(1 - made["b"].high)
    assert made["a"] == bootstrap(a, n=200)


def test_bootstrap_agrees_with_scipy() -> None:
    from scipy.stats import bootstrap as scipy_bootstrap

    rng = np.random.default_rng(4)
    total = rng.integers(1, 9, 60).astype(float)
    hits = rng.binomial(total.astype(int), 0.6).astype(float)
    ours = bootstrap(Ratio(hits, total), n=20_000)
    theirs = scipy_bootstrap(
        (hits, total), lambda a, b, axis: a.sum(axis=axis) / b.sum(axis=axis), paired=True, vectorized=True,
        n_resamples=20_000, method="percentile", rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.01)


def test_a_resample_is_what_scoring_it_would_give() -> None:
    # Scoring a corpus in which one document stands twice equals doubling its weight.
    docs, gold, predictions = cases.corpus(11, documents=3)
    made = score(docs, gold, predictions, TASKS[:4])

    def again(items: list, doc_id: str) -> list:  # type: ignore[type-arg]
        from dataclasses import replace

        from aqwal.model import Document

        key = "id" if isinstance(items[0], Document) else "doc_id"
        return [*items, *(replace(x, **{key: "900"}) for x in items if getattr(x, key) == doc_id)]

    twice = score(again(docs, "001"), again(gold, "001"), again(predictions, "001"), TASKS[:4])
    weight = np.array([2.0 if doc == "001" else 1.0 for doc, _ in made.blocks])
    for task in TASKS[:4]:
        for name, measure in made[task].measures.items():
            sums = (weight @ measure.columns())[None]
            value = float(measure.from_sums(sums)[0])
            assert value == pytest.approx(twice[task].measures[name].value, abs=1e-9, nan_ok=True), name


def test_undefined_stays_undefined() -> None:
    nothing = prf([0, 0], [0, 0], [0, 0], [0, 0])
    made = bootstrap(nothing, n=50)
    assert np.isnan([made.value, made.low, made.high]).all() and made.undefined == 1.0


def test_one_block_has_no_interval() -> None:
    made = bootstrap(Ratio(np.array([1.0]), np.array([2.0])), n=50)
    assert made.value == 0.5 and np.isnan(made.low)


def test_precision_recall_and_f1() -> None:
    both = prf([2, 0], [4, 0], [2, 0], [2, 2])
    assert (both.precision, both.recall, both.f1) == (0.5, 0.5, 0.5)
    missed = prf([0], [0], [0], [3])
    assert np.isnan(missed.precision) and missed.recall == 0 and missed.f1 == 0
    spurious = prf([0], [3], [0], [0])
    assert spurious.precision == 0 and np.isnan(spurious.recall) and spurious.f1 == 0


def test_macro_leaves_out_labels_without_gold() -> None:
    right, absent, wrong = prf([1], [1], [1], [1]), prf([0], [5], [0], [0]), prf([0], [0], [0], [4])
    assert Mean(("a", "b", "c"), (right, absent, wrong)).value == 0.5


@pytest.mark.parametrize(
    "measure",
    [
        prf([1, 0.5], [1, 2], [1, 0.5], [3, 4]),
        Ratio(np.array([1.0]), np.array([2.0])),
        Mean(("x",), (prf([1], [1], [1], [2]),)),
    ],
)
def test_counts_survive_json(measure: PRF | Ratio | Mean) -> None:
    import json

    back = from_json(json.loads(json.dumps(to_json(measure))))
    assert type(back) is type(measure) and (back.columns() == measure.columns()).all()


@pytest.mark.parametrize(
    "record",
    [
        {}, {"kind": "x"}, {"kind": "ratio", "hits": [1]}, {"kind": "ratio", "hits": [1, 2], "total": [1]},
        {"kind": "ratio", "hits": [float("nan")], "total": [1]}, {"kind": "ratio", "hits": [-1], "total": [1]},
        {"kind": "mean", "parts": {"a": {"kind": "ratio", "hits": [1], "total": [1]}}}, {"kind": "mean", "parts": 3},
        {"kind": "ratio", "hits": "abc", "total": [1]},
    ],
)  # fmt: skip
def test_what_is_no_counts_is_refused(record: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError):
        from_json(record)


# ---------------------------------------------------------------- paired test


def by_hand(a: Ratio, b: Ratio) -> float:
    """p by swapping in every possible way."""
    observed, hits, every = abs(a.value - b.value), 0, 0
    for swap in product([False, True], repeat=a.hits.size):
        s = np.array(swap)
        left = np.where(s, b.hits, a.hits).sum() / np.where(s, b.total, a.total).sum()
        right = np.where(s, a.hits, b.hits).sum() / np.where(s, a.total, b.total).sum()
        hits += abs(left - right) >= observed - 1e-12
        every += 1
    return hits / every


def test_exact_test_equals_enumeration_by_hand() -> None:
    rng = np.random.default_rng(8)
    for _ in range(20):
        total = rng.integers(1, 6, 7).astype(float)
        a, b = (Ratio(np.minimum(rng.integers(0, 5, 7), total).astype(float), total) for _ in range(2))
        made = paired_test(a, b, n=200)
        assert made.exact and made.p == pytest.approx(by_hand(a, b), abs=1e-12)
        assert made.p >= made.resolution - 1e-12


def test_approximate_test_is_near_the_exact_one() -> None:
    rng = np.random.default_rng(9)
    n = MAX_EXACT
    total = np.full(n, 10.0)
    a = Ratio(rng.binomial(10, 0.7, n).astype(float), total)
    b = Ratio(a.hits - rng.choice([1.0, 2.0, -1.0], n), total)
    exact = paired_test(a, b, n=100)
    assert exact.exact and exact.swaps == 2**n
    wide = [Ratio(np.append(m.hits, [5.0, 5.0]), np.append(m.total, [10.0, 10.0])) for m in (a, b)]
    wide[1] = Ratio(wide[1].hits - np.append(np.zeros(n), [1.0, -1.0]), wide[1].total)
    approximate = paired_test(*wide, n=20_000)
    assert not approximate.exact and approximate.resolution == 1 / 20_001
    assert approximate.p == pytest.approx(exact.p, abs=0.1)
    assert approximate == paired_test(*wide, n=20_000)


def test_equal_systems_differ_in_nothing() -> None:
    a = Ratio(np.array([1.0, 2, 3]), np.array([4.0, 4, 4]))
    made = paired_test(a, a, n=100)
    assert (made.p, made.difference, made.differing, made.resolution) == (1.0, 0.0, 0, 1.0)


def test_the_difference_has_an_interval() -> None:
    a = Ratio(np.ones(30), np.ones(30))
    b = Ratio(np.array([1.0, 0] * 15), np.ones(30))
    made = bootstrap_difference(a, b, n=2000)
    assert made.value == 0.5 and 0.25 < made.low < 0.5 < made.high < 0.75


def test_results_over_other_paragraphs_are_refused() -> None:
    a, b = Ratio(np.ones(3), np.ones(3)), Ratio(np.ones(4), np.ones(4))
    with pytest.raises(ValueError, match="same paragraphs"):
        paired_test(a, b)
    with pytest.raises(ValueError, match="blocks"):
        bootstrap_many({"a": a, "b": b})
    with pytest.raises(ValueError, match="blocks"):
        bootstrap_difference(a, b)


def test_macro_averages_of_other_labels_are_compared_over_all_of_them() -> None:
    right, wrong, extra = (
        prf([1, 1], [1, 1], [1, 1], [1, 1]),
        prf([0, 1], [1, 1], [0, 1], [1, 1]),
        prf([0, 0], [2, 0], [0, 0], [0, 0]),
    )
    made = paired_test(Mean(("a", "b"), (right, extra)), Mean(("a",), (wrong,)), n=50)
    assert (made.a, made.b, made.differing) == (1.0, 0.5, 1)
