"""The scorer as a whole: against an independent slow one, and the properties that every score must have."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from tests.unit import metrics_cases as cases
from tests.unit import metrics_reference as reference

from aqwal.metrics import TASKS, Scores, intervals, score, scoring
from aqwal.metrics.counts import same_labels
from aqwal.metrics.example import document
from aqwal.model import Annotations, Attribution, Claim, Document, Mention, Span


def sums(scores: Scores) -> dict[str, np.ndarray]:
    return {name: m.columns().sum(axis=0) for task in scores.tasks.values() for name, m in task.measures.items()}


@pytest.mark.parametrize("seed", range(60))
def test_equals_the_slow_scorer(seed: int) -> None:
    docs, gold, predictions = cases.corpus(seed)
    made = sums(score(docs, gold, predictions, TASKS))
    reference.SHUFFLE = None
    expected = sums(reference.score(docs, gold, predictions, TASKS))
    tied: set[str] = set()
    for attempt in range(4):
        reference.SHUFFLE = random.Random(attempt)
        other = sums(reference.score(docs, gold, predictions, TASKS))
        tied |= {name for name in other if not np.allclose(other[name], expected[name], rtol=0, atol=1e-9)}
    reference.SHUFFLE = None
    for name, value in expected.items():
        if name not in tied:
            np.testing.assert_allclose(made[name], value, rtol=0, atol=1e-9, err_msg=name)


def _with_words(doc: Document, each: Annotations) -> Annotations:
    """Without cues and claims of punctuation alone, which the scheme does not have."""
    scored = [a for a in each.attributions if doc.words_in(a.cue)]
    known = {a.id for a in scored}
    return Annotations(
        each.doc_id,
        each.mentions,
        tuple(replace(a, parent=a.parent if a.parent in known else "") for a in scored),
        tuple(c for c in each.claims if doc.words_in(c.span)),
    )


@pytest.mark.parametrize("seed", range(40))
def test_identity_is_one(seed: int) -> None:
    docs, arbitrary, _ = cases.corpus(seed)
    gold = [_with_words(d, g) for d, g in zip(docs, arbitrary, strict=True)]
    made = score(docs, gold, gold, TASKS)
    for task in made.tasks.values():
        for name, measure in task.measures.items():
            if name == "implicit_resolved" or name.startswith("implicit"):
                continue  # random gold marks sources as implicit that are none
            assert np.isnan(measure.value) or measure.value == pytest.approx(1.0, abs=1e-12), name


def _shuffled(rng: random.Random, each: Annotations) -> Annotations:
    """The same annotations in another order, under other ids."""

    def renamed(name: str) -> str:
        return name and "x" + name[::-1]

    def mixed(items: tuple) -> tuple:  # type: ignore[type-arg]
        return tuple(rng.sample(items, len(items)))

    return Annotations(
        each.doc_id,
        mixed(tuple(replace(m, id=renamed(m.id), entity=renamed(m.entity)) for m in each.mentions)),
        mixed(
            tuple(
                replace(
                    a, id=renamed(a.id), parent=renamed(a.parent),
                    source_entity=mixed(tuple(renamed(e) for e in a.source_entity)),
                    medium_entity=mixed(tuple(renamed(e) for e in a.medium_entity)),
                )
                for a in each.attributions
            )
        ),
        mixed(tuple(replace(c, id=renamed(c.id), cluster=renamed(c.cluster)) for c in each.claims)),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_order_and_names_do_not_matter(seed: int) -> None:
    docs, gold, predictions = cases.corpus(seed)
    rng = random.Random(seed)
    one = score(docs, gold, predictions, TASKS)
    other = score(
        rng.sample(docs, len(docs)),
        [_shuffled(rng, each) for each in rng.sample(gold, len(gold))],
        [_shuffled(rng, each) for each in rng.sample(predictions, len(predictions))],
        TASKS,
    )
    for task in TASKS:
        for name, measure in one[task].measures.items():
            np.testing.assert_allclose(
                measure.columns(), other[task].measures[name].columns(), rtol=0, atol=1e-9, err_msg=name
            )


@pytest.mark.parametrize("seed", range(20))
def test_documents_add_up(seed: int) -> None:
    docs, gold, predictions = cases.corpus(seed)
    tasks = TASKS[:4]  # clusters reach across documents
    whole = sums(score(docs, gold, predictions, tasks))
    parts = [sums(score([d], [g], [p], tasks)) for d, g, p in zip(docs, gold, predictions, strict=True)]
    for name, value in whole.items():
        if "average=macro" in name:
            continue  # each part has the labels that occur in it; merging shards sees to that
        total = sum((part[name] for part in parts if name in part), np.zeros_like(value))
        np.testing.assert_allclose(total, value, rtol=0, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("seed", range(30))
def test_soft_scores_are_symmetric(seed: int) -> None:
    docs, gold, predictions = cases.corpus(seed)
    there, back = score(docs, gold, predictions, TASKS), score(docs, predictions, gold, TASKS)
    for task, name in (
        ("entities", "entity_f1(match=exact)"),
        ("entities", "entity_f1(match=overlap)"),
        ("attribution", "attribution_f1(match=soft)"),
        ("attribution", "attribution_f1(match=strict)"),
        ("who_said_what", "speaker_f1"),
        ("claims", "claim_f1(match=soft)"),
    ):
        a, b = there[task].measures[name], back[task].measures[name]
        assert a.columns().sum(axis=0) == pytest.approx(b.columns().sum(axis=0)[[2, 3, 0, 1]], abs=1e-9), name


@pytest.mark.parametrize("seed", range(20))
def test_scores_stay_in_bounds(seed: int) -> None:
    docs, gold, predictions = cases.corpus(seed)
    for task in score(docs, gold, predictions, TASKS).tasks.values():
        for name, measure in task.measures.items():
            columns = measure.columns()
            assert np.isfinite(columns).all() and (columns >= 0).all(), name
            for hit in range(0, columns.shape[1], 2):
                if "claim_attribute_f1" not in name and "pairwise" not in name:
                    assert (columns[:, hit] <= columns[:, hit + 1] + 1e-9).all(), name
            assert np.isnan(measure.value) or 0 <= measure.value <= 1 + 1e-12, name


@pytest.mark.parametrize("seed", range(30))
def test_a_prediction_that_overlaps_nothing_never_helps(seed: int) -> None:
    docs, gold, predictions = cases.corpus(seed)
    spaces = [
        (doc, position)
        for doc in docs
        for p in doc.paragraphs
        if p.scored
        for s in p.sentences
        for w in s.words
        for position in [w.start]
        if w.is_punctuation
    ]
    if not spaces:
        pytest.skip("no punctuation in the scored text")
    doc, at = spaces[0]
    span = Span.of(at, at + 1)
    more = [
        Annotations(
            p.doc_id,
            (*p.mentions, Mention("new-m", span, "LAW")),
            (*p.attributions, Attribution("new-a", span, span)),
            (*p.claims, Claim("new-c", span)),
        )
        if p.doc_id == doc.id
        else p
        for p in predictions
    ]
    before, after = score(docs, gold, predictions, TASKS), score(docs, gold, more, TASKS)
    for task in TASKS:
        assert not after[task].value > before[task].value + 1e-12, task
    a, b = (s["claims"].primary.columns().sum(axis=0) for s in (before, after))
    assert b[1] == a[1] + 1  # it counts as spurious


def test_degenerate_predictions_are_refused_with_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    from aqwal.metrics import intervals

    docs, gold, _ = cases.corpus(1)
    words = docs[0].scored_words
    everything = Span.of(words[0].start, words[-1].end)
    flood = tuple(Claim(f"c{k}", everything) for k in range(300))
    many = tuple(Attribution(f"a{k}", everything, everything, source_entity=("x", "y")) for k in range(600))
    filled = [replace(gold[0], claims=flood[:4], attributions=many[:4]), *gold[1:]]
    monkeypatch.setattr(intervals, "MAX_PAIRS", 1000)
    for layers, task in (({"claims": flood}, "claims"), ({"attributions": many}, "who_said_what")):
        with pytest.raises(intervals.TooManyPairs, match="over 1000; the annotations are degenerate"):
            score(docs, filled, [Annotations(docs[0].id, **layers)], [task])


def test_many_alike_predictions_are_still_aligned() -> None:
    docs, gold, _ = cases.corpus(1)
    words = docs[0].scored_words
    everything = Span.of(words[0].start, words[-1].end)
    flood = [Annotations(docs[0].id, claims=tuple(Claim(f"c{k}", everything) for k in range(2000)))]
    made = score(docs, [Annotations(docs[0].id, claims=(Claim("g", everything),)), *gold[1:]], flood, ["claims"])[
        "claims"
    ]
    assert made.primary.tp_pred.sum() == 1 and made.primary.n_pred.sum() == 2000


def crowded(rng: random.Random, doc: Document) -> Annotations:
    """Many objects over few spans with few labels: ties everywhere, and clusters that reach across documents."""
    spans = [cases.span(rng, doc, 3) for _ in range(3)]
    mentions = tuple(
        Mention(f"m{k}", rng.choice(spans), rng.choice(["PERS", "ORG"]), "NAM", rng.choice(["a", "b", ""]))
        for k in range(rng.randint(0, 8))
    )
    acts: list[Attribution] = []
    for k in range(rng.randint(0, 8)):
        cue, source, content = rng.choice(spans), rng.choice([*spans, None]), rng.choice([*spans, None])
        entity = tuple(rng.sample(["a", "b", "c"], rng.choice([0, 1, 2])))
        parent = rng.choice(["", *(a.id for a in acts)])
        acts.append(Attribution(f"a{k}", cue, source, content, source_entity=entity, parent=parent))
    claims = tuple(
        Claim(f"c{k}", rng.choice(spans), certainty=rng.choice(["certain", "probable"]), cluster=rng.choice("xyz"))
        for k in range(rng.randint(0, 8))
    )
    return Annotations(doc.id, mentions, tuple(acts), claims)


def in_shares(monkeypatch: pytest.MonkeyPatch, size: int, threads: int) -> None:
    monkeypatch.setattr(scoring, "_SHARE", size)
    monkeypatch.setattr(scoring, "_THREADS", threads)
    monkeypatch.setattr(scoring.os, "cpu_count", lambda: 8)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("kind", ["noisy", "crowded"])
@pytest.mark.parametrize("seed", range(30))
def test_scoring_in_shares_is_scoring_at_once(
    seed: int, kind: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs, gold, predictions = cases.corpus(seed, documents=5)
    if kind == "crowded":
        rng = random.Random(seed)
        gold, predictions = ([crowded(rng, doc) for doc in docs] for _ in range(2))
    whole = score(docs, gold, predictions, TASKS, unanchored={"003": {"claims": 1}})
    in_shares(monkeypatch, 1 + seed % 3, threads)
    shares = score(docs, gold, predictions, TASKS, unanchored={"003": {"claims": 1}})
    assert (shares.blocks, shares.set_aside, shares.notes) == (whole.blocks, whole.set_aside, whole.notes)
    for task in TASKS:
        assert set(shares[task].measures) == set(whole[task].measures)
        for name, measure in whole[task].measures.items():
            one, other = same_labels(measure, shares[task].measures[name])
            np.testing.assert_allclose(one.columns(), other.columns(), rtol=0, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("share", [1000, 1])
def test_clusters_that_reach_across_shares_decide_ties(share: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two predictions on one span differ only in their clusters: one's reaches into another document.

    The same one is matched whatever their order, and whether or not that document is scored in the same share.
    """
    docs = [document("قال إنه سافر", "000"), document("قال إنه عاد", "001")]
    whole, first = Span.of(0, 12), Span.of(0, 3)
    gold = [Annotations(d.id, claims=(Claim("1", s, cluster="X"),)) for d, s in zip(docs, (whole, first), strict=True)]
    in_shares(monkeypatch, share, 1)
    found = []
    for order in (1, -1):
        both = (Claim("p", whole, cluster="A"), Claim("q", whole, cluster="B"))[::order]
        made = [Annotations("000", claims=both), Annotations("001", claims=(Claim("1", first, cluster="A"),))]
        found.append(score(docs, gold, made, ["claim_matching"])["claim_matching"].value)
    assert found[0] == found[1]


def test_a_negative_number_of_unanchored_predictions_is_refused() -> None:
    docs, gold, predictions = cases.corpus(1)
    with pytest.raises(ValueError, match="negative number of unanchored predictions of document 001"):
        score(docs, gold, predictions, TASKS, unanchored={"001": {"claims": -1}})


def test_a_flood_in_one_share_is_refused_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    docs, gold, predictions = cases.corpus(1, documents=5)
    in_shares(monkeypatch, 1, 2)
    monkeypatch.setattr(intervals, "MAX_PAIRS", 1)
    with pytest.raises(intervals.TooManyPairs, match="degenerate"):
        score(docs, gold, predictions, TASKS)


def test_a_source_of_punctuation_is_not_an_absent_one() -> None:
    """Cue and content alike, a source of one quotation mark against none: two roles of three."""
    doc = document("قال » إنه سافر")
    cue, content = Span.of(0, 3), Span.of(6, 14)
    gold = Annotations("000", attributions=(Attribution("1", cue, content, implicit=True),))
    made = Annotations("000", attributions=(Attribution("x", cue, content, Span.of(4, 5)),))
    assert score([doc], [gold], [made], ["attribution"])["attribution"].value == pytest.approx(2 / 3, abs=1e-9)
    assert score([doc], [made], [made], ["attribution"])["attribution"].value == 1
