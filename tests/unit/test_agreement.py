"""κ, α and B³ against independent implementations; matching and disagreements on hand-made passes."""

from __future__ import annotations

import dataclasses
import math
import shutil
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from aqwal.agreement import b_cubed, cohen_kappa, compare, disagreements, match, nominal_alpha
from aqwal.agreement_report import render
from aqwal.model import Corpus, Span
from aqwal.store import load_corpus

BASE = Path(__file__).parents[1] / "fixtures" / "checks" / "base"
PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=40)


@given(PAIRS)
def test_kappa_equals_scikit_learn(pairs):
    ours = cohen_kappa(pairs)
    left, right = zip(*pairs, strict=True)
    if len(set(left) | set(right)) == 1:
        assert math.isnan(ours)
    else:
        assert ours == pytest.approx(cohen_kappa_score(left, right), abs=1e-12)


@given(PAIRS)
def test_alpha_equals_fast_krippendorff(pairs):
    ours = nominal_alpha(pairs)
    labels = sorted({label for pair in pairs for label in pair})
    if len(labels) == 1:
        assert math.isnan(ours)
        return
    data = np.array([[labels.index(label) for label in side] for side in zip(*pairs, strict=True)], dtype=float)
    theirs = krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
    assert ours == pytest.approx(theirs, abs=1e-12)


def test_b_cubed_of_bagga_and_baldwin():
    # Their example: true chains {1-5} {6,7} {8-12}; response merges the first and the last. P = 0.583…, R = 1.
    truth = ["a"] * 5 + ["b"] * 2 + ["c"] * 5
    response = ["x"] * 5 + ["y"] * 2 + ["x"] * 5
    precision, recall = (10 * 0.5 + 2) / 12, 1.0
    assert b_cubed(list(zip(truth, response, strict=True))) == pytest.approx(
        2 * precision * recall / (precision + recall)
    )
    assert math.isnan(b_cubed([]))


@pytest.fixture
def gold() -> Corpus:
    return load_corpus(BASE)


def changed(corpus: Corpus, doc_id: str, **fields) -> Corpus:
    """The corpus with one document's annotations replaced in the given layers."""
    annotations = tuple(
        dataclasses.replace(a, **{k: f(getattr(a, k)) for k, f in fields.items()}) if a.doc_id == doc_id else a
        for a in corpus.annotations
    )
    return dataclasses.replace(corpus, annotations=annotations)


def test_a_layer_agrees_with_itself(gold):
    result = compare(gold, gold, with_gamma=False)
    assert result["disagreements"] == []
    scores = [value for row in result["spans"].values() for value in row.values()]
    assert scores and all(value == 1 or math.isnan(value) for value in scores)
    assert not all(math.isnan(value) for value in result["spans"]["all"].values())
    assert all(field["observed"] == 1 or field["matched"] == 0 for field in result["fields"])
    assert result["clusters"]["entities"]["b_cubed_f1"] == 1


def test_every_span_measure_exists(gold):
    headings = compare(gold, gold, with_gamma=False)["spans"]["all"]
    assert [name for name, value in headings.items() if math.isnan(value)] == []


def test_each_difference_is_listed_under_its_kind(gold):
    document = gold.document["900"]

    def mentions(old):
        first = next(m for m in old if m.type == "PERS")
        wider = dataclasses.replace(first, span=Span.of(first.span.start - 1, first.span.end))
        return tuple(wider if m is first else m for m in old[:-1])

    def attributions(old):
        return (dataclasses.replace(old[0], kind="assertion", source=None), *old[1:])

    other = changed(gold, "900", mentions=mentions, attributions=attributions, claims=lambda old: old[1:])
    found = {(d.layer, d.kind) for d in disagreements(match(gold, other))}
    assert {
        ("mentions", "boundary"),
        ("mentions", "only left"),
        ("attributions", "source"),
        ("attributions", "field kind"),
        ("claims", "only left"),
    } <= found
    assert ("mentions", "only right") not in found
    assert document.text  # the sentences named below are the document's
    assert {d.sentence for d in disagreements(match(gold, other)) if d.doc_id == "900"} <= {
        s.id for s in document.sentences
    }


def test_entity_ids_are_compared_up_to_renaming(gold):
    renamed = dataclasses.replace(
        gold,
        annotations=tuple(
            dataclasses.replace(
                a,
                mentions=tuple(dataclasses.replace(m, entity=m.entity and f"x-{m.entity}") for m in a.mentions),
                attributions=tuple(
                    dataclasses.replace(x, source_entity=tuple(f"x-{e}" for e in x.source_entity))
                    for x in a.attributions
                ),
            )
            for a in gold.annotations
        ),
    )
    kinds = {d.kind for d in disagreements(match(gold, renamed))}
    assert "entity" not in kinds and "source entity" not in kinds


def test_the_report_never_lets_text_become_markup(gold, tmp_path):
    result = compare(gold, changed(gold, "900", claims=lambda old: ()), with_gamma=False)
    result["disagreements"] = [dataclasses.replace(d, left="<script>|a|`b`") for d in result["disagreements"]]
    report = render("one", "two", result, {})
    assert "<script>" not in report and "\\|a\\|" in report


def test_gamma_of_a_layer_with_itself_is_one(gold):
    pytest.importorskip("pygamma_agreement")
    from aqwal.agreement import gamma

    matched = next(m for m in match(gold, gold) if m.document.id == "900")
    assert gamma(matched, "mentions") == pytest.approx(1.0)


def test_documents_of_one_side_only_are_left_out(gold, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(BASE, folder)
    shutil.rmtree(folder / "annotations" / "gold" / "901")
    assert [m.document.id for m in match(gold, load_corpus(folder))] == ["900"]
