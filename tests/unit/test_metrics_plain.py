"""The measures without a corpus: spans, IOB tags, relations, clusters, rankings, and compute()."""

from __future__ import annotations

import ast
import math
import os
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import aqwal
from aqwal.metrics import spans
from aqwal.metrics.clusters import Table, b_cubed, ceaf_e, pairwise
from aqwal.metrics.compute import compute, trainer_metrics
from aqwal.metrics.iob import from_iob, iob_scores
from aqwal.metrics.ranking import average_precision
from aqwal.metrics.relations import relation_f1
from aqwal.metrics.schemas import SCHEMAS
from aqwal.metrics.spans import SpanTable, exact_scores, schema_scores, span_f1, span_scores

labels = st.sampled_from(["PERS", "ORG", "DATE"])
span = st.tuples(st.integers(0, 12), st.integers(1, 4), labels).map(lambda x: (x[0], x[0] + x[1], x[2]))
documents = st.integers(1, 3).flatmap(
    lambda n: st.tuples(*(st.lists(st.lists(span, max_size=6), min_size=n, max_size=n) for _ in range(2)))
)


def test_importing_needs_numpy_alone() -> None:
    code = "import sys, aqwal.metrics; print(sorted({m.split('.')[0] for m in sys.modules}))"
    environment = {**os.environ, "PYTHONPATH": str(Path(aqwal.__file__).parents[1])}
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    heavy = {"scipy", "torch", "datasets", "sklearn", "pandas", "transformers", "camel_tools"}
    assert not heavy & set(ast.literal_eval(made.stdout))


# ---------------------------------------------------------------- spans


@given(documents)
def test_span_scores_against_counters(pair: tuple[list, list]) -> None:  # type: ignore[type-arg]
    from collections import Counter

    gold, predicted = pair
    right = sum(sum((Counter(g) & Counter(p)).values()) for g, p in zip(gold, predicted, strict=True))
    made = span_scores(gold, predicted).micro
    assert made.tp_pred.sum() == made.tp_gold.sum() == right
    assert (made.n_pred.sum(), made.n_gold.sum()) == (sum(map(len, predicted)), sum(map(len, gold)))


@given(documents, st.randoms())
def test_schemas_do_not_depend_on_order(pair: tuple[list, list], rng: random.Random) -> None:  # type: ignore[type-arg]
    gold, predicted = pair
    other = [[rng.sample(doc, len(doc)) for doc in side] for side in (gold, predicted)]
    one = schema_scores(SpanTable.of(gold), SpanTable.of(predicted))
    two = schema_scores(SpanTable.of(other[0]), SpanTable.of(other[1]))
    for name in SCHEMAS:
        a, b = one[name], two[name]
        counts = [(s.correct, s.incorrect, s.partial, s.missed, s.spurious) for s in (a, b)]
        assert counts[0] == counts[1]
        assert a.correct + a.incorrect + a.partial + a.missed == sum(map(len, gold))
        assert a.correct + a.incorrect + a.partial + a.spurious == sum(map(len, predicted))


@given(documents, st.integers(1, 6))
def test_spans_in_shares_are_spans_at_once(pair: tuple[list, list], share: int) -> None:  # type: ignore[type-arg]
    gold, predicted = (SpanTable.of(side) for side in pair)
    whole, exact = schema_scores(gold, predicted), exact_scores(gold, predicted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spans, "_SHARE", share)
        shares, exact_shares = schema_scores(gold, predicted), exact_scores(gold, predicted)
    for name in SCHEMAS:
        for one, other in zip(vars(whole[name]).values(), vars(shares[name]).values(), strict=True):
            np.testing.assert_array_equal(one, other)
    assert exact.by_label.keys() == exact_shares.by_label.keys()
    for label, counts in exact.by_label.items():
        np.testing.assert_array_equal(counts.columns(), exact_shares.by_label[label].columns())
    np.testing.assert_array_equal(exact.micro.columns(), exact_shares.micro.columns())


def test_shares_of_spans_whose_documents_are_out_of_order() -> None:
    """Rows given out of order cannot be cut by document; they are taken at once, and the counts are the same."""
    rng = np.random.default_rng(3)
    start = rng.integers(0, 30, 60)
    doc = np.sort(rng.integers(0, 9, 60))
    columns = np.stack([doc, start, start + rng.integers(1, 4, 60), rng.integers(0, 2, 60)])
    mixed = columns[:, rng.permutation(60)]
    tables = [SpanTable(9, *(np.ascontiguousarray(c) for c in made), ("A", "B")) for made in (columns, mixed)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spans, "_SHARE", 10)
        one, other = (exact_scores(tables[0], table).micro for table in tables)
    assert one.columns().tolist() == other.columns().tolist()
    assert one.f1 == 1.0


@given(documents)
def test_schemas_are_the_best_matching(pair: tuple[list, list]) -> None:  # type: ignore[type-arg]
    from scipy.optimize import linear_sum_assignment

    gold, predicted = pair
    made = schema_scores(SpanTable.of(gold), SpanTable.of(predicted))
    totals = dict.fromkeys(SCHEMAS, 0.0)
    for g, p in zip(gold, predicted, strict=True):
        for name in SCHEMAS:
            credit = np.zeros((len(p), len(g)))
            for i, (a, b, kind) in enumerate(p):
                for j, (c, d, true) in enumerate(g):
                    if a < d and c < b:
                        same = (a, b) == (c, d)
                        credit[i, j] = {
                            "strict": same and kind == true, "exact": same, "partial": 1.0 if same else 0.5,
                            "type": kind == true,
                        }[name]  # fmt: skip
            totals[name] += credit[linear_sum_assignment(credit, maximize=True)].sum()
    assert {name: schema.credit for name, schema in made.items()} == pytest.approx(totals)


def test_positions_too_large_to_pack() -> None:
    far = 2**60
    made = span_scores([[(far, far + 2, "A")], []], [[(far, far + 2, "A")], [(0, 1, "A")]])
    assert (made.micro.precision, made.micro.recall) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([(3, 3, "A")], "document 0: span 3-3 is empty"), ([(4, 3, "A")], "reversed"), ([(-1, 3, "A")], "negative"),
        ([(0.5, 3, "A")], "whole numbers"), ([(0, 3)], "is \\(start, end, label\\)"), ([(True, 3, "A")], "whole numbers"),
        ([(0, 3, None)], "label of a span is a string"), ([(0, 2**64, "A")], "below 2⁶³"),
    ],
)  # fmt: skip
def test_invalid_spans_are_refused(bad: list, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=message):
        span_scores([[]], [bad])


def test_offsets_may_be_numbers_of_numpy() -> None:
    assert span_scores([[(0, 3, "A")]], [[(np.int16(0), np.int32(3), "A")]]).micro.f1 == 1


def test_documents_must_pair_up() -> None:
    with pytest.raises(ValueError, match="2 gold documents, but 1 predicted"):
        span_scores([[], []], [[]])
    with pytest.raises(ValueError, match="unknown match 'fuzzy'"):
        span_f1([[]], [[]], match="fuzzy")


def test_of_nothing() -> None:
    assert math.isnan(span_scores([], []).micro.f1)
    assert math.isnan(span_scores([[]], [[]]).macro.value)
    assert span_f1([[]], [[(0, 1, "A")]], match="overlap").f1 == 0


# ---------------------------------------------------------------- IOB


def test_iob_schemes_differ_on_a_lone_inside() -> None:
    tags = [["I-A", "I-A", "O", "B-A", "I-B", "I-B", "B-B"], [], ["I-A"]]

    def read(scheme: str) -> list[tuple[int, int, int, str]]:
        t = from_iob(tags, scheme)
        return [
            (int(d), int(a), int(b), t.labels[k]) for d, a, b, k in zip(t.doc, t.start, t.end, t.label, strict=True)
        ]

    assert read("strict") == [(0, 3, 4, "A"), (0, 6, 7, "B")]
    assert read("lenient") == [(0, 0, 2, "A"), (0, 3, 4, "A"), (0, 4, 6, "B"), (0, 6, 7, "B"), (2, 0, 1, "A")]


def test_a_mention_does_not_run_into_the_next_document() -> None:
    made = from_iob([["B-A"], ["I-A"]], "lenient")
    assert (made.doc.tolist(), made.start.tolist(), made.end.tolist()) == ([0, 1], [0, 0], [1, 1])


def test_lists_of_other_length_are_refused() -> None:
    # A known tool zips them silently and drops the rest.
    with pytest.raises(ValueError, match="document 1: 3 gold tags, but 2 predicted"):
        iob_scores([["O"], ["B-A", "I-A", "O"]], [["O"], ["B-A", "I-A"]])
    with pytest.raises(ValueError, match="2 gold documents, but 1"):
        iob_scores([["O"], ["O"]], [["O"]])


@pytest.mark.parametrize("tag", ["b-A", "B", "B-", "X-A", "", "S-A", "I"])
def test_unknown_tags_are_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="unknown tag"):
        from_iob([["O", tag]])


def test_more_tags_than_a_byte_can_number() -> None:
    tags = [[f"B-T{k}" for k in range(400)]]
    assert iob_scores(tags, tags).micro.f1 == 1
    assert len(from_iob(tags).labels) == 400


def test_iob_of_nothing() -> None:
    assert math.isnan(iob_scores([], []).micro.f1)
    assert math.isnan(iob_scores([["O"], []], [["O"], []]).micro.f1)


def test_iob_and_spans_agree() -> None:
    rng = random.Random(5)
    tags = [[rng.choice(["O", "B-A", "I-A", "B-B", "I-B"]) for _ in range(30)] for _ in range(4)]
    for scheme in ("strict", "lenient"):
        table = from_iob(tags, scheme)
        listed: list[list[tuple[int, int, str]]] = [[] for _ in tags]
        for d, a, b, k in zip(table.doc, table.start, table.end, table.label, strict=True):
            listed[d].append((int(a), int(b), table.labels[k]))
        assert exact_scores(SpanTable.of(listed), table).micro.f1 == 1


# ---------------------------------------------------------------- compute


def test_compute_takes_spans_tags_and_numbers() -> None:
    by_tag = compute(predictions=[["B-A", "I-A", "O"]], references=[["B-A", "I-A", "B-B"]])
    by_span = compute(predictions=[[(0, 2, "A")]], references=[[(0, 2, "A"), (2, 3, "B")]])
    names = ["O", "B-A", "I-A", "B-B", "I-B"]
    by_number = compute(predictions=[[1, 2, 0, 3]], references=[[1, 2, 3, -100]], labels=names)
    assert by_tag == by_span == by_number
    assert by_tag == {
        "precision": 1.0,
        "recall": 0.5,
        "f1": 2 / 3,
        "f1_macro": 0.5,
        "ill_formed": 0.0,
        "f1_A": 1.0,
        "f1_B": 0.0,
    }


def test_compute_refuses_what_it_cannot_read() -> None:
    with pytest.raises(ValueError, match="need labels="):
        compute(predictions=[[1]], references=[[1]])
    with pytest.raises(ValueError, match="label 7 is none of the 2 labels"):
        compute(predictions=[[7]], references=[[1]], labels=["O", "B-A"])
    with pytest.raises(ValueError, match="text 0: 1 references, but 2 predictions"):
        compute(predictions=[[0, 1]], references=[[1]], labels=["O", "B-A"])
    with pytest.raises(ValueError, match="text 0: label numbers are whole numbers"):
        compute(predictions=[[0.9]], references=[[1]], labels=["O", "B-A"])
    with pytest.raises(ValueError, match="2 references, but 1 predictions"):
        compute(predictions=[["O"]], references=[["O"], ["O"]])


def test_trainer_callback() -> None:
    metrics = trainer_metrics(["O", "B-A", "I-A"])
    logits = np.zeros((1, 3, 3))
    logits[0, [0, 1, 2], [1, 2, 0]] = 1
    prediction = SimpleNamespace(predictions=(logits, "hidden states"), label_ids=np.array([[1, 2, -100]]))
    assert metrics(prediction)["f1"] == 1
    assert all(type(value) is float for value in metrics(prediction).values())


# ---------------------------------------------------------------- relations


def test_an_absent_role_may_be_none() -> None:
    gold = [[{"cue": [(0, 1)], "source": None, "content": [(2, 6)]}]]
    assert relation_f1(gold, [[{"cue": [(0, 1)], "content": [(2, 6)]}]]).f1 == 1


def test_relations_align_once() -> None:
    # Two predictions on one gold relation: the better one counts, the other is spurious.
    gold = [[{"cue": [(0, 1)], "content": [(2, 6)]}]]
    predicted = [[{"cue": [(0, 1)], "content": [(2, 6)]}, {"cue": [(0, 1)], "content": [(2, 4)]}]]
    made = relation_f1(gold, predicted)
    assert (made.precision, made.recall) == (0.5, 1.0)
    assert relation_f1(gold, predicted, match="strict").precision == 0.5


def test_a_type_without_overlap_earns_nothing() -> None:
    # A published scorer for German gives 1.0 where the type agrees and no word does.
    gold, predicted = [[{"cue": [(0, 1)], "content": [(2, 6)]}]], [[{"cue": [(7, 8)], "content": [(9, 12)]}]]
    made = relation_f1(gold, predicted)
    assert (made.precision, made.recall, made.f1) == (0, 0, 0)


def test_precision_and_recall_are_not_swapped() -> None:
    gold = [[{"cue": [(0, 1)]}, {"cue": [(3, 4)]}]]
    made = relation_f1(gold, [[{"cue": [(0, 1)]}]])
    assert (made.precision, made.recall) == (1.0, 0.5)


def test_relations_of_one_role_and_in_fragments() -> None:
    gold, predicted = [[{"span": [(0, 2), (4, 6)]}]], [[{"span": [(0, 6), (1, 3)]}]]
    made = relation_f1(gold, predicted, roles=("span",), anchors=("span",))
    assert made.f1 == pytest.approx(2 * 4 / (4 + 6))
    assert relation_f1([], []).n_gold.size == 0


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"match": "x"}, "unknown match"),
        ({"anchors": ("verb",)}, "not among the roles"),
        ({"anchors": ()}, "no anchors"),
    ],
)
def test_relation_arguments_are_checked(keywords: dict, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=message):
        relation_f1([[]], [[]], **keywords)


def test_relation_spans_are_checked() -> None:
    with pytest.raises(ValueError, match="document 0: unknown role 'verb'"):
        relation_f1([[{"verb": [(0, 1)]}]], [[]])
    with pytest.raises(ValueError, match="span 3-3"):
        relation_f1([[]], [[{"cue": [(3, 3)]}]])


# ---------------------------------------------------------------- clusters and rankings


def test_items_of_one_side_only() -> None:
    # Gold {a b} {c}; predicted {a b d}: c earns no recall, d stands in the precision of all three.
    table = Table.of_clusters([["a", "b"], ["c"]], [["a", "b", "d"]])
    items = b_cubed(table)
    assert items.tp_pred.sum() / items.n_pred.sum() == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert items.tp_gold.sum() / items.n_gold.sum() == pytest.approx((1 + 1 + 0) / 3)
    assert [part.sum() for part in (pairwise(table).tp_pred, pairwise(table).n_pred)] == [1, 3]


def test_an_item_in_two_clusters_is_refused() -> None:
    with pytest.raises(ValueError, match="item 'a' is twice in the predicted clusters"):
        Table.of_clusters([["a"]], [["a"], ["a", "b"]])


def test_clusters_of_nothing() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert all(math.isnan(x) for x in ceaf_e(Table.of(nothing, nothing)))
    precision, recall, f1 = ceaf_e(Table.of(np.array([0, 0]), np.array([-1, -1])))
    assert math.isnan(precision) and (recall, f1) == (0.0, 0.0)


def test_average_precision_does_not_depend_on_the_order_of_ties() -> None:
    assert average_precision([True, False], [0.5, 0.5]) == average_precision([False, True], [0.5, 0.5]) == 0.5
    assert average_precision([True], [0.5], n_relevant=4) == 0.25
    assert math.isnan(average_precision([False], [0.5])) and average_precision([], [], n_relevant=1) == 0
    with pytest.raises(ValueError, match="pair 1 is not a number"):
        average_precision([True, False], [0.5, float("nan")])
    with pytest.raises(ValueError, match="1 pairs, but 2 scores"):
        average_precision([True], [0.5, 0.2])
    with pytest.raises(ValueError, match="among those scored"):
        average_precision([True, True], [0.5, 0.2], n_relevant=1)


def test_scored_pairs_of_claims() -> None:
    from aqwal.metrics.claim_matching import pair_average_precision
    from aqwal.model import Annotations, Claim, Span

    span = Span.of(0, 1)
    gold = [
        Annotations("1", claims=(Claim("a", span, cluster="x"), Claim("b", span, cluster="y"))),
        Annotations("2", claims=(Claim("a", span, cluster="x"), Claim("b", span, cluster="x"))),
    ]
    one, two, three, other = ("1", "a"), ("2", "a"), ("2", "b"), ("1", "b")
    # Three gold pairs, two of them scored, at ranks 1 and 3: (1 + 2/3) / 3
    made = pair_average_precision(gold, [(one, two, 0.9), (one, other, 0.8), (three, one, 0.7)])
    assert made == pytest.approx((1 + 2 / 3) / 3)
    with pytest.raises(ValueError, match="no claim 'z' in document '1'"):
        pair_average_precision(gold, [(one, ("1", "z"), 1.0)])
    with pytest.raises(ValueError, match="given twice"):
        pair_average_precision(gold, [(one, two, 1.0), (two, one, 1.0)])
    with pytest.raises(ValueError, match="paired with itself"):
        pair_average_precision(gold, [(one, one, 1.0)])
