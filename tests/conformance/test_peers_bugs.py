"""What other scorers get wrong, each beside our answer.

Where the peer is not installed, or is no package, its published behaviour is written out here and labelled as such.
"""

from __future__ import annotations

import random
import warnings
from itertools import permutations
from typing import Any

import pytest

from aqwal.metrics import score
from aqwal.metrics.clusters import Table, b_cubed, ceaf_e
from aqwal.metrics.example import document, quote
from aqwal.metrics.iob import iob_scores
from aqwal.metrics.relations import relation_f1
from aqwal.metrics.spans import SpanTable, schema_scores, span_f1, span_scores
from aqwal.model import Annotations, Mention

Doc = list[tuple[int, int, str]]
warnings.filterwarnings("ignore", module="seqeval")


def nervaluate(gold: list[Doc], pred: list[Doc], tags: str = "AB", *, last: int = -1) -> dict[str, Any]:
    """Its four schemas on half-open spans; ``last`` turns an end into the inclusive one that it wants."""
    module = pytest.importorskip("nervaluate")

    def listed(docs: list[Doc]) -> list[list[dict[str, Any]]]:
        return [[{"label": k, "start": a, "end": b + last} for a, b, k in doc] for doc in docs]

    made: dict[str, Any] = module.Evaluator(listed(gold), listed(pred), tags=list(tags), loader="dict").evaluate()
    return made["overall"]


# ---------------------------------------------------------------- nervaluate


def test_nervaluate_gives_three_nested_spans_a_score_by_their_order() -> None:
    gold: Doc = [(2, 3, "B"), (1, 4, "A")]
    pred: Doc = [*gold, (0, 5, "A")]
    theirs = {round(nervaluate([gold], [list(order)])["strict"].f1, 2) for order in permutations(pred)}
    ours = {round(span_f1([gold], [list(order)]).f1, 2) for order in permutations(pred)}
    assert theirs == {0.0, 0.4, 0.8}
    assert ours == {0.8}  # two right of two and three


def nested_documents(seed: int, documents: int = 20) -> tuple[list[Doc], list[Doc]]:
    """Nested mentions, a fifth of the predictions different."""
    rng = random.Random(seed)
    gold, pred = [], []
    for _ in range(documents):
        g: Doc = []
        for start in range(0, 60, 6):
            end = start + rng.randint(2, 6)
            g.append((start, end, rng.choice("AB")))
            if end - start > 2:
                g.append((start, start + 1, rng.choice("AB")))
                g.append((start + 1, end, rng.choice("AB")))
        p: Doc = []
        for a, b, k in g:
            p.append(
                (a, b, k)
                if rng.random() > 0.2
                else (a, b + 1, k)
                if rng.random() < 0.5
                else (a, b, "AB"["BA".index(k)])
            )
        gold.append(g)
        pred.append(list(dict.fromkeys(p)))
    return gold, pred


def test_nervaluate_scores_nested_predictions_by_their_order() -> None:
    gold, pred = nested_documents(1)
    rng = random.Random(2)
    orders = [[rng.sample(doc, len(doc)) for doc in pred] for _ in range(8)]
    theirs = [nervaluate(gold, order)["strict"].f1 for order in orders]
    ours = {span_f1(gold, order).f1 for order in orders}
    assert len(ours) == 1
    assert max(theirs) - min(theirs) > 0.01
    assert max(theirs) <= max(ours) + 1e-12


def test_nervaluate_scores_flat_partial_matches_by_their_order() -> None:
    rng = random.Random(0)
    changed = 0
    for _ in range(400):

        def flat() -> Doc:
            cuts = sorted(rng.sample(range(1, 24), 8))
            return [(a, b, rng.choice("AB")) for a, b in zip(cuts[::2], cuts[1::2], strict=True)]

        gold, pred = flat(), flat()
        orders = [rng.sample(pred, len(pred)) for _ in range(6)]
        golds = [rng.sample(gold, len(gold)) for _ in range(6)]
        pairs = list(zip(golds, orders, strict=True))
        changed += len({round(nervaluate([g], [p])["partial"].f1, 9) for g, p in pairs}) > 1
        ours = {schema_scores(SpanTable.of([g]), SpanTable.of([p]))["partial"].credit for g, p in pairs}
        assert len(ours) == 1
    assert changed > 10


def test_nervaluate_reads_ends_as_inclusive() -> None:
    # [0, 3) and [3, 5) touch, but share nothing.
    gold, pred = [[(0, 3, "A")]], [[(3, 5, "A")]]
    theirs = nervaluate(gold, pred, last=0)
    assert (theirs["partial"].partial, theirs["ent_type"].correct) == (1, 1)
    ours = schema_scores(SpanTable.of(gold), SpanTable.of(pred))
    assert (ours["partial"].partial, ours["partial"].missed, ours["partial"].spurious) == (0, 1, 1)


def test_nervaluate_drops_labels_outside_its_list() -> None:
    gold, pred = [[(0, 3, "A")]], [[(0, 3, "A"), (5, 7, "Z"), (8, 9, "Z")]]
    assert nervaluate(gold, pred, "AB")["strict"].precision == 1.0
    assert span_f1(gold, pred).precision == pytest.approx(1 / 3)


# ---------------------------------------------------------------- seqeval


def test_seqevals_default_takes_inside_for_begin() -> None:
    metrics = pytest.importorskip("seqeval.metrics")
    gold, pred = [["B-PERS", "I-PERS"]], [["I-PERS", "I-PERS"]]
    assert metrics.f1_score(gold, pred) == 1.0
    made = iob_scores(gold, pred)
    assert made.micro.f1 == 0.0 and made.ill_formed == 1  # not a mention, and said so
    assert iob_scores(gold, pred, "lenient").micro.f1 == 1.0  # only where it is asked for


def test_strict_seqeval_drops_gold() -> None:
    metrics, scheme = pytest.importorskip("seqeval.metrics"), pytest.importorskip("seqeval.scheme")
    gold, pred = [["I-PERS", "O", "B-ORG"]], [["O", "O", "B-ORG"]]
    assert metrics.f1_score(gold, pred, mode="strict", scheme=scheme.IOB2) == 1.0  # one of two mentions is missed
    with pytest.raises(ValueError, match="1 gold mentions begin with I-"):
        iob_scores(gold, pred)
    assert iob_scores(gold, pred, "lenient").micro.recall == 0.5


def test_seqevals_macro_average_is_over_labels_that_gold_does_not_have() -> None:
    metrics = pytest.importorskip("seqeval.metrics")
    gold, pred = [["B-PERS", "O", "O"]], [["B-PERS", "B-LAW", "B-TIME"]]
    assert metrics.f1_score(gold, pred, average="macro") == pytest.approx(1 / 3)
    made = iob_scores(gold, pred)
    assert made.macro.value == 1.0  # PERS is all that there is to find …
    assert made.micro.precision == pytest.approx(1 / 3)  # … and the two extra ones cost precision


# ---------------------------------------------------------------- spaCy


def spacy_default(spans: Doc) -> Doc:
    """Its documented behaviour, written out: ``score_spans`` aligns with ``allow_overlap=False`` unless told otherwise.

    Spans are taken in order; one that shares a token with a span taken before is skipped
    (https://spacy.io/api/example#get_aligned_spans_x2y).
    """
    seen: set[int] = set()
    kept = []
    for start, end, label in spans:
        if not seen & set(range(start, end)):
            kept.append((start, end, label))
            seen |= set(range(start, end))
    return kept


def test_spacy_drops_overlapping_predictions() -> None:
    gold, pred = nested_documents(3)
    theirs = span_f1(gold, [spacy_default(doc) for doc in pred]).f1
    ours = span_f1(gold, pred).f1
    assert theirs < ours - 0.1
    assert span_f1(gold, [spacy_default(doc) for doc in gold]).f1 < 0.8  # gold against itself
    assert span_f1(gold, gold).f1 == 1.0


# ---------------------------------------------------------------- coreference scorers


def test_a_repeated_mention_earns_more_than_everything() -> None:
    corefeval = pytest.importorskip("corefeval.metrics")
    gold, pred = [[(0, 0), (2, 3)]], [[(0, 0), (0, 0), (2, 3)]]
    similarity, clusters, _, _ = corefeval.ceafe([tuple(c) for c in pred], [tuple(c) for c in gold])
    assert similarity / clusters == pytest.approx(0.8)
    similarity, clusters, _, _ = corefeval.ceafe([tuple(c) for c in gold], [((0, 0), (0, 0), (2, 3))])
    assert similarity / clusters == pytest.approx(1.2)  # CEAFe of 120
    with pytest.raises(ValueError, match="twice in the predicted clusters"):
        Table.of_clusters(gold, pred)


def test_dropped_singletons() -> None:
    corefeval = pytest.importorskip("corefeval.metrics")
    gold = [((0, 0),), ((1, 1),), ((2, 3), (4, 4))]
    mention_to_gold = {m: c for c in gold for m in c}
    assert corefeval.b_cubed(gold, mention_to_gold) == (2.0, 2)  # of four mentions two are looked at
    items = b_cubed(Table.of_clusters(gold, gold))
    assert items.tp_pred.sum() == items.n_pred.sum() == 4


def test_extra_documents_are_not_free() -> None:
    """coval's loop, written out: ``for doc in key_doc_lines`` never looks at documents that only the response has."""
    key = {"d1": [["a", "b"]]}
    response = {"d1": [["a", "b"]], "d2": [["c", "d"]]}
    seen = [cluster for doc in key for cluster in response[doc]]
    assert ceaf_e(Table.of_clusters(key["d1"], seen))[0] == 1.0
    everything = [cluster for clusters in response.values() for cluster in clusters]
    assert ceaf_e(Table.of_clusters(key["d1"], everything))[0] == 0.5
    with pytest.raises(ValueError, match="unknown documents: 999"):
        score([document("قال")], [], [Annotations("999")])


# ---------------------------------------------------------------- scorers of attribution


def type_f1_of_a_german_scorer(gold: list[dict[str, Any]], pred: list[dict[str, Any]]) -> float:
    """A published scorer's type score, written out: the best partner may share no word at all, and many share one."""
    hits = sum(any(p["type"] == g["type"] for g in gold) for p in pred)
    return 2 * hits / (len(gold) + len(pred))


def test_a_type_without_overlap_is_not_right() -> None:
    gold = [{"type": "direct", "cue": [(0, 1)], "content": [(2, 6)]}]
    pred = [{"type": "direct", "cue": [(20, 21)], "content": [(22, 26)]}]
    assert type_f1_of_a_german_scorer(gold, pred) == 1.0
    plain = [[{k: v for k, v in r.items() if k != "type"} for r in side] for side in (gold, pred)]
    assert relation_f1([plain[0]], [plain[1]]).f1 == 0.0


def test_same_type_nesting_is_not_dropped() -> None:
    """A scorer of nested Arabic entities keeps one mention per type and token, written out: 36 gold mentions go."""
    doc = document("وافق مجلس النواب الليبي على قانون المجلس")
    gold = [
        Mention("1", quote(doc, "مجلس النواب الليبي"), "ORG"), Mention("2", quote(doc, "النواب"), "ORG"),
        Mention("3", quote(doc, "المجلس"), "ORG"),
    ]  # fmt: skip
    taken: set[int] = set()
    kept = []
    for m in sorted(gold, key=lambda m: -len(m.span)):
        words = set(doc.words_in(m.span))
        if not words & taken:
            kept.append(m)
            taken |= words
    assert len(kept) == 2
    made = score([doc], [Annotations("000", tuple(gold))], [Annotations("000", tuple(gold[:1]))])["entities"]
    assert made.recall == pytest.approx(1 / 3)


def test_lists_of_other_length_are_not_cut() -> None:
    """A toolkit's loop, written out: ``zip(gold, predicted)`` ends with the shorter list."""
    gold, pred = ["B-PERS", "O", "B-ORG"], ["B-PERS", "O"]
    assert all(g == p for g, p in zip(gold, pred, strict=False))
    with pytest.raises(ValueError, match="3 gold tags, but 2 predicted"):
        iob_scores([gold], [pred])


def test_undefined_is_not_zero_or_one() -> None:
    """seqeval and scikit-learn turn 0/0 into 0 (or 1) and average it; an empty document then moves the score."""
    metrics = pytest.importorskip("seqeval.metrics")
    assert metrics.f1_score([["O"]], [["O"]]) == 0.0
    made = span_scores([[]], [[]])
    assert made.micro.f1 != made.micro.f1 and made.macro.value != made.macro.value
