"""On flat data we agree with seqeval, nervaluate and scikit-learn to the last bit."""

from __future__ import annotations

import random
import warnings
from itertools import chain

import numpy as np
import pytest
from tests.unit import metrics_cases as cases

from aqwal.metrics import TASKS, score
from aqwal.metrics.iob import from_iob, iob_scores
from aqwal.metrics.ranking import average_precision
from aqwal.metrics.spans import schema_scores

KINDS = ("PERS", "ORG", "GPE", "DATE")
warnings.filterwarnings("ignore", module="seqeval")


def tags(rng: random.Random, documents: int = 6) -> tuple[list[list[str]], list[list[str]]]:
    """Well-formed IOB2 tags and a noisy copy of them."""

    def one(length: int) -> list[str]:
        out: list[str] = []
        while len(out) < length:
            kind = rng.choice([*KINDS, "O", "O", "O"])
            size = rng.randint(1, 4)
            out += ["O"] * size if kind == "O" else [f"B-{kind}", *[f"I-{kind}"] * (size - 1)]
        return out[:length]

    gold = [one(rng.randint(5, 40)) for _ in range(documents)]
    pred = []
    for doc in gold:
        fresh = one(len(doc))
        cut = rng.randint(0, len(doc))
        mixed = doc[:cut] + fresh[cut:]
        pred.append(
            [f"B-{t[2:]}" if t[:1] == "I" and (k == 0 or mixed[k - 1][2:] != t[2:]) else t for k, t in enumerate(mixed)]
        )
    return gold, pred


@pytest.mark.parametrize("seed", range(60))
def test_seqeval_strict_and_default(seed: int) -> None:
    metrics = pytest.importorskip("seqeval.metrics")
    scheme = pytest.importorskip("seqeval.scheme")
    gold, pred = tags(random.Random(seed))
    if seed % 3 == 0:  # ill-formed predictions, which the two readings treat differently
        rng = random.Random(seed)
        pred = [[t.replace("B-", "I-") if rng.random() < 0.3 else t for t in doc] for doc in pred]
    for ours, keywords in (("strict", {"mode": "strict", "scheme": scheme.IOB2}), ("lenient", {})):
        made = iob_scores(gold, pred, ours)
        report = metrics.classification_report(gold, pred, output_dict=True, zero_division=0, **keywords)
        for label, part in made.by_label.items():
            theirs = report.get(label)
            if theirs is None:  # seqeval lists only labels with a well-formed mention
                assert part.n_gold.sum() == part.n_pred.sum() == 0
                continue
            assert part.n_gold.sum() == theirs["support"]
            assert np.nan_to_num(part.precision) == pytest.approx(theirs["precision"], abs=1e-12)
            assert np.nan_to_num(part.recall) == pytest.approx(theirs["recall"], abs=1e-12)
            assert np.nan_to_num(part.f1) == pytest.approx(theirs["f1-score"], abs=1e-12)
        assert np.nan_to_num(made.micro.f1) == pytest.approx(report["micro avg"]["f1-score"], abs=1e-12)
        assert np.nan_to_num(made.micro.f1) == pytest.approx(metrics.f1_score(gold, pred, **keywords), abs=1e-12)


@pytest.mark.parametrize("seed", range(60))
def test_nervaluate_in_order_of_place(seed: int) -> None:
    nervaluate = pytest.importorskip("nervaluate")
    gold, pred = tags(random.Random(seed))
    theirs = nervaluate.Evaluator(gold, pred, tags=list(KINDS), loader="list").evaluate()["overall"]
    ours = schema_scores(from_iob(gold), from_iob(pred))
    for name, other in (("strict", "strict"), ("exact", "exact"), ("partial", "partial")):
        made, peer = ours[name], theirs[other]
        counts = (made.correct, made.incorrect, made.partial, made.missed, made.spurious)
        assert counts == (peer.correct, peer.incorrect, peer.partial, peer.missed, peer.spurious), name
        n_pred = made.correct + made.incorrect + made.partial + made.spurious
        n_gold = made.correct + made.incorrect + made.partial + made.missed
        assert made.credit / n_pred == pytest.approx(peer.precision, abs=1e-12)
        assert made.credit / n_gold == pytest.approx(peer.recall, abs=1e-12)
    # Where one prediction overlaps several mentions, nervaluate's first choice can cost it a later one.
    assert ours["type"].correct >= theirs["ent_type"].correct


@pytest.mark.parametrize("seed", range(40))
def test_nervaluate_by_type_where_nothing_overlaps_twice(seed: int) -> None:
    nervaluate = pytest.importorskip("nervaluate")
    rng = random.Random(seed)
    gold, pred = [], []
    for _ in range(5):
        g, p = [], []
        for slot in range(12):  # one mention a slot on each side, so every block has one pair
            for side in (g, p):
                if rng.random() < 0.85:
                    start = slot * 6 + rng.randint(0, 2)
                    side.append({"label": rng.choice(KINDS), "start": start, "end": start + rng.randint(0, 2)})
        gold.append(g)
        pred.append(p)
    theirs = nervaluate.Evaluator(gold, pred, tags=list(KINDS), loader="dict").evaluate()["overall"]
    from aqwal.metrics.spans import SpanTable

    tables = [
        SpanTable.of([[(e["start"], e["end"] + 1, e["label"]) for e in doc] for doc in side]) for side in (gold, pred)
    ]
    ours = schema_scores(*tables)
    for name, other in (("strict", "strict"), ("exact", "exact"), ("partial", "partial"), ("type", "ent_type")):
        made, peer = ours[name], theirs[other]
        counts = (made.correct, made.incorrect, made.partial, made.missed, made.spurious)
        assert counts == (peer.correct, peer.incorrect, peer.partial, peer.missed, peer.spurious), name


@pytest.mark.parametrize("seed", range(30))
def test_scikit_learn_on_attributes(seed: int) -> None:
    """End-to-end fields of claims: the label that each gold claim got, or none."""
    sklearn = pytest.importorskip("sklearn.metrics")
    from aqwal.columns import CLAIM_CODES, Columns, Geometry
    from aqwal.metrics.scoring import Comparison
    from aqwal.metrics.sides import Side

    docs, gold, predictions = cases.corpus(seed, documents=6)
    geometry = Geometry.of(docs)
    both = Comparison(Side.of(Columns.of(geometry, predictions)), Side.of(Columns.of(geometry, gold)))
    matched = both.claims[1]
    made = score(docs, gold, predictions, TASKS)["claims"].measures
    for name, vocabulary in CLAIM_CODES.items():
        true = [vocabulary[c] for c in both.gold.claims.codes[name].tolist()]
        said = ["(none)"] * len(true)
        for i, j in zip(matched.pred.tolist(), matched.gold.tolist(), strict=True):
            said[j] = vocabulary[int(both.pred.claims.codes[name][i])]
        if not true:
            continue
        macro = sklearn.f1_score(true, said, labels=sorted(set(true)), average="macro", zero_division=0)
        assert made[f"claim_attribute_f1(attribute={name},average=macro)"].value == pytest.approx(macro, abs=1e-12)
        accuracy = sklearn.accuracy_score(true, said)
        assert made[f"claim_attribute_accuracy(attribute={name})"].value == pytest.approx(accuracy, abs=1e-12)


@pytest.mark.parametrize("seed", range(30))
def test_scikit_learn_on_words_and_speakers(seed: int) -> None:
    """Speaker F1 of a single speaker is the F1 of a label per word."""
    sklearn = pytest.importorskip("sklearn.metrics")
    from aqwal.metrics.example import document
    from aqwal.model import Annotations, Attribution, Mention, Span

    rng = random.Random(seed)
    doc = document("قال " + " ".join(f"كلمة{k}" for k in range(30)))
    words = doc.words

    def annotated(first: int, last: int) -> Annotations:
        content = Span.of(words[first].start, words[last].end)
        return Annotations("000", (Mention("m", Span.of(0, 3), "PERS", entity="x"),),
                           (Attribution("a", Span.of(0, 3), content, source_entity=("x",)),))  # fmt: skip

    ends = [sorted(rng.sample(range(1, 31), 2)) for _ in range(2)]
    made = score([doc], [annotated(*ends[0])], [annotated(*ends[1])])["who_said_what"].value
    true, said = ([lo <= k <= hi for k in range(31)] for lo, hi in ends)
    assert made == pytest.approx(sklearn.f1_score(true, said, zero_division=0), abs=1e-12)


@pytest.mark.parametrize("seed", range(30))
def test_scikit_learn_average_precision(seed: int) -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(seed)
    relevant = rng.random(40) < 0.3
    relevant[0] = True
    scores = rng.integers(0, 12, 40) / 11  # with ties
    theirs = sklearn.average_precision_score(relevant, scores)
    assert average_precision(relevant.tolist(), scores.tolist()) == pytest.approx(theirs, abs=1e-12)


def test_token_scores_of_flat_tags_are_scikit_learns() -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    gold, pred = tags(random.Random(3), documents=30)
    flat = [[t.split("-")[-1] for t in chain.from_iterable(side)] for side in (gold, pred)]
    theirs = sklearn.f1_score(flat[0], flat[1], labels=list(KINDS), average="micro")

    def tokens(side: list[list[str]]) -> list[list[str]]:
        return [[t if t == "O" else "B-" + t[2:] for t in doc] for doc in side]

    assert iob_scores(tokens(gold), tokens(pred)).micro.f1 == pytest.approx(theirs, abs=1e-12)
