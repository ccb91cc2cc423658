"""The crf system's parts, by hand."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pytest
from baselines.crf.attributions import balanced, whole_quote
from baselines.crf.candidates import contents, overlap, sources
from baselines.crf.features import classes
from baselines.crf.folds import groups_of, paragraph_groups
from baselines.crf.learn import Choice, YesNo
from baselines.crf.lexicon import cue_forms
from baselines.crf.normal import norm, stem
from baselines.crf.pieces import MAX_PIECES, bio, fragments, layers, prepare, quoted_regions, span_of
from baselines.crf.tagger import Sequences, Tagger, choose, starts_above, threshold
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures import tiny
from tests.fixtures.reporting import synthetic

from aqwal.model import Document, Span


@pytest.mark.parametrize("name", ["pieces", "features", "candidates"])
def test_doctests(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"baselines.crf.{name}"))
    assert result.attempted and not result.failed


def document(*sentences: str) -> Document:
    return tiny.document("970", [("body", "", list(sentences))])


# ---------------------------------------------------------------- normal forms and lexicon


def test_hamza_persian_letters_marks_and_tatweel_meet() -> None:
    assert norm("أكّـدَ") == norm("اكد")
    assert norm("لیبیا") == norm("ليبيا")
    assert norm("رأى") == norm("رأي")
    assert norm("ـ") == "ـ"  # never empty
    assert stem("الليبية") == stem("ليبي") == stem("الليبيين")


def test_cues_are_known_in_their_forms() -> None:
    table = cue_forms()
    for form, kind in (("قالت", "neutral"), ("يؤكد", "endorsing"), ("زعموا", "distancing"), ("مشيرة", "elucidating")):
        assert table[norm(form)][0] == kind
    assert table[norm("قالت")][1] == "perf.f"
    assert norm("ان") in {norm("أن"), norm("إن")}


# ---------------------------------------------------------------- quotation


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("قال “نعم”", ["نعم"]),
        ("قال “نعم\" ثم", ["نعم"]),  # mismatched
        ("قال ”نعم” ثم ”لا”", ["نعم", "لا"]),  # one mark for both sides
        ("قال “ذكر «النهر» أمس” ثم", ["ذكر «النهر» أمس", "النهر"]),
        ('قال “ذكر "النهر" أمس” ثم', ['ذكر "النهر" أمس', "النهر"]),
        ("قال “نعم ولم يغلق", ["نعم ولم يغلق"]),
        ("“”", []),
        ("”", []),
    ],
)  # fmt: skip
def test_quoted_regions(text: str, quoted: list[str]) -> None:
    assert [text[a:b] for a, b in quoted_regions(text, 0, len(text))] == quoted


@given(st.text(alphabet='اب “”"«» .', max_size=30))
def test_regions_lie_in_the_text_and_are_not_empty(text: str) -> None:
    for start, end in quoted_regions(text, 0, len(text)):
        assert 0 <= start < end <= len(text)


# ---------------------------------------------------------------- tags and spans


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 6)), max_size=8))
def test_layers_never_hold_two_overlapping_spans(pairs: list[tuple[int, int]]) -> None:
    found = [Span.of(a, a + n) for a, n in pairs]
    depth = layers(found)
    for i, one in enumerate(found):
        for j in range(i):
            assert depth[i] != depth[j] or not one.overlaps(found[j])


@given(st.lists(st.sampled_from(["O", "B-X", "I-X", "B-Y", "I-Y"]), max_size=12))
def test_bio_writes_what_fragments_reads(tags: list[str]) -> None:
    read = fragments(tags)
    assert fragments(bio(len(tags), [(range(a, b), label) for a, b, label in read])) == read


def test_a_span_begins_inside_a_word_and_loses_its_marks() -> None:
    made = document("و+قالت ل+الصحيفة “نعم”.")
    unit = prepare(made).units[0]
    forms = [token.form for token in unit.tokens]
    assert forms == ["و", "قالت", "ل", "الصحيفة", "“", "نعم", "”", "."]
    span = span_of(unit, range(3, 8))
    assert span is not None and span.quote(made.text) == "الصحيفة “نعم"
    whole = balanced(prepare(made), unit, [3, 4, 5])
    assert whole is not None and whole.quote(made.text) == "الصحيفة “نعم”"


def test_a_quotation_goes_on_over_sentences() -> None:
    made = document("قال سالم: “غادر كريم.", "وصل طارق”. ثم عاد.")
    prepared = prepare(made)
    content = whole_quote(prepared, prepared.units[0], [4, 5])
    assert content is not None and content.quote(made.text) == "غادر كريم … وصل طارق"


def test_very_long_sentences_are_cut_at_words() -> None:
    prepared = prepare(document(" ".join(["و+ذهب"] * 1000)))
    assert [len(u.tokens) for u in prepared.units[:2]] == [MAX_PIECES, MAX_PIECES]
    assert all(u.tokens[0].first for u in prepared.units)
    assert sum(len(u.tokens) for u in prepared.units) == 2000
    assert prepared.unit_at(prepared.units[3].start + 1) is prepared.units[3]
    assert prepared.unit_at(10**9) is None


# ---------------------------------------------------------------- candidates


def test_source_candidates_hold_the_noun_phrases_on_both_sides_and_the_clitic() -> None:
    made = document("بحسب تصريحات+ه قالت صحيفة النهر إن الوزير وصل.")
    unit = prepare(made).units[0]
    forms = [token.form for token in unit.tokens]
    cue = (forms.index("قالت"), forms.index("قالت") + 1)
    found = sources(unit, cue, [cue], ["O"] * len(forms), ["O"] * len(forms))
    shown = {" ".join(forms[i] for i in c.indices) for c in found}
    assert "صحيفة النهر" in shown
    assert {c.null for c in found} >= {"implicit", "none"}
    nominal = (1, 2)
    clitic = sources(unit, nominal, [nominal, cue], ["O"] * len(forms), ["O"] * len(forms))
    assert any([forms[i] for i in c.indices] == ["ه"] and "enclitic" in c.origins for c in clitic)


def test_content_candidates_hold_clause_quotation_and_coordination() -> None:
    made = document("أكدت الصحيفة أن سالم وصل و+أن كريم غادر، بحسب “الفجر”.")
    prepared = prepare(made)
    unit = prepared.units[0]
    forms = [token.form for token in unit.tokens]
    cue = (0, 1)
    found = contents(prepared, unit, cue, [cue], [1], ["O"] * len(forms))
    shown = {" ".join(forms[i] for i in c.indices) for c in found}
    assert "سالم وصل كريم غادر" in shown  # coordinated clauses as fragments, without the complementizer between
    assert "سالم وصل و أن كريم غادر" in shown
    assert all(0 not in c.indices for c in found)


def test_overlap_is_token_f1() -> None:
    assert overlap([1, 2, 3], [3, 4]) == pytest.approx(0.4)
    assert overlap([], [1]) == 0.0


# ---------------------------------------------------------------- inner folds


def test_rewrites_share_an_inner_group() -> None:
    one, other = synthetic("971", 1)[0], synthetic("972", 50)[0]
    rewrite = Document("973", one.text, one.paragraphs)
    groups = groups_of([one, other, rewrite], 4)
    assert groups[0] == groups[2] != groups[1] or len(set(groups)) == 1  # templates may link all three
    assert groups_of([one, rewrite], 4) == [0, 0]


def test_groups_are_few_and_named_from_zero() -> None:
    made = [document(" ".join(f"كلمة{n}ف{i}" for i in range(20))) for n in range(6)]
    groups = groups_of(made, 3)
    assert sorted(set(groups)) == [0, 1, 2]
    assert paragraph_groups(7, 4) == sorted(paragraph_groups(7, 4)) and set(paragraph_groups(7, 4)) == {0, 1, 2}
    assert paragraph_groups(1, 4) == [0]


# ---------------------------------------------------------------- learners


def test_yes_no_equals_scikit_learn() -> None:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    examples = [
        {"a": float(x), "b": "xy"[int(x > 0)], "c": bool(y)}
        for x, y in zip(rng.normal(size=20), rng.integers(0, 2, 20), strict=True)
    ]
    targets = [float(e["a"] > 0.2) for e in examples]
    mine = YesNo().fit(examples, targets).probability(examples)
    matrix = DictVectorizer().fit_transform(examples)
    theirs = LogisticRegression(max_iter=2000).fit(matrix, targets).predict_proba(matrix)[:, 1]
    assert np.allclose(mine, theirs, atol=1e-3)


def test_calibration_needs_groups_and_examples() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=200)
    examples = [{"a": float(x)} for x in values]
    targets = [float(x + rng.normal() > 0) for x in values]
    calibrated = YesNo().fit(examples, targets, [i % 3 for i in range(200)])
    assert calibrated._platt != (-1.0, 0.0)
    assert YesNo().fit(examples, targets)._platt == (-1.0, 0.0)
    chances = calibrated.probability([{"a": -2.0}, {"a": 0.0}, {"a": 2.0}])
    assert chances == sorted(chances) and 0 < chances[0] < 0.2 and 0.8 < chances[2] < 1


def test_degenerate_targets_give_a_constant() -> None:
    assert YesNo().fit([], []).probability([{"a": 1.0}]) == [0.0]
    assert YesNo().fit([{"a": 1.0}], [1.0]).probability([{"a": 1.0}]) == [1.0]
    assert Choice("x").fit([], []).predict([{}]) == ["x"]
    assert Choice("x").fit([{"a": 1.0}], ["y"]).predict([{}]) == ["y"]


def test_soft_targets_pull_the_probability() -> None:
    made = YesNo().fit([{"a": 1.0}, {"b": 1.0}] * 20, [0.9, 0.2] * 20).probability([{"a": 1.0}, {"b": 1.0}])
    assert made[0] > 0.75 and made[1] < 0.35


def test_tagger_learns_and_an_empty_one_says_nothing() -> None:
    rows = [[["w=a"], ["w=b"], ["w=a"]]] * 4
    data = Sequences.of(rows, [["O", "B-X", "O"]] * 4, [0, 0, 1, 1])
    assert Tagger().fit(data).tag(rows[0]) == ["O", "B-X", "O"]
    held = choose(data, [(0.0, 0.1)], 50, lambda tags: set(fragments(tags)), "B-X")
    assert held.tags == [["O", "B-X", "O"]] * 4 and threshold(held, data, "B-X") == 0.5
    nothing = Tagger().fit(Sequences.of(rows, [["O"] * 3] * 4, [0] * 4))
    assert nothing.tag(rows[0]) == ["O"] * 3 and nothing.beginnings(rows[0], "B-X")[1] == [0.0] * 3
    assert nothing.tag([]) == []


def test_beginnings_above_a_cut() -> None:
    assert starts_above(["O", "I-CUE", "O"], [0.9, 0.1, 0.3], 0.3, "CUE") == [(0, 2), (2, 3)]


def test_word_classes_of_a_piece() -> None:
    unit = prepare(document("قالت في القاهرة")).units[0]
    assert "cue.neutral" in classes(unit.tokens[0])
    assert classes(unit.tokens[1]) == ("preposition",) and classes(unit.tokens[2]) == ("capital",)
