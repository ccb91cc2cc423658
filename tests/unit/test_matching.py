"""Claim matching: scorers, clustering, the protocol."""

from __future__ import annotations

import doctest
import importlib
import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from baselines.matching.clustering import b_cubed, best_cut, cluster
from baselines.matching.scorers import Combined, Overlap, Tfidf
from baselines.matching.settings import MatchingError, Settings
from baselines.matching.system import Matcher, cross_match, stretched
from baselines.matching.text import claim_texts, name_stems, plain, stem
from hypothesis import given
from hypothesis import strategies as st

from aqwal.model import Annotations, Claim, Document, Span
from aqwal.systems import import_folder, read_spec

FOLDER = Path(__file__).parents[2] / "baselines" / "matching"
Labelled = tuple[Document, Annotations]

# The same event in several wordings; events share people, places or times, so that no single word decides.
_EVENTS = {
    "visit-a": ["زار سالم النوري مدينة مرجان عام 2012", "وصل سالم النوري إلى مرجان في زيارة عام 2012", "زيارة النوري لمرجان جرت عام 2012"],
    "visit-b": ["زارت ليلى الهادي مدينة مرجان يوم الثلاثاء", "ليلى الهادي في زيارة لمدينة مرجان الثلاثاء", "الهادي زارت مرجان الثلاثاء"],
    "deal": ["وقع اتحاد التجار اتفاق القمح مع وزارة الطرق", "اتفاق القمح وقعه اتحاد التجار ووزارة الطرق", "وزارة الطرق وقعت اتفاق القمح"],
    "flood": ["غمرت السيول قرية طيبة في مارس", "السيول تغمر طيبة خلال مارس", "في مارس غمرت مياه السيول طيبة"],
    "vote": ["رفض مجلس المياه قرار الضريبة الجديدة", "مجلس المياه يرفض الضريبة الجديدة", "قرار الضريبة رفضه مجلس المياه"],
    "match": ["فاز نادي الأفق بكأس زرنوقة", "كأس زرنوقة من نصيب نادي الأفق", "نادي الأفق يفوز بكأس زرنوقة"],
}  # fmt: skip


def document(doc_id: str, statements: Sequence[tuple[str, str]]) -> Labelled:
    text, claims = "", []
    for statement, name in statements:
        claims.append(Claim(f"c{len(claims)}", Span.of(len(text), len(text) + len(statement)), statement, cluster=name))
        text += statement + "\n"
    return Document(doc_id, text, ()), Annotations(doc_id, claims=tuple(claims))


def documents(count: int = 4, seed: int = 0) -> list[Labelled]:
    rng = random.Random(seed)
    made = []
    for number in range(count):
        chosen = rng.sample(sorted(_EVENTS), 5)
        made.append(document(f"9{number}0", [(rng.choice(_EVENTS[name]), name) for name in chosen]))
    return made


@pytest.mark.parametrize("name", ["text", "clustering"])
def test_doctests(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"baselines.matching.{name}"))
    assert result.attempted and not result.failed


def test_the_folder_loads_as_a_package() -> None:
    spec = read_spec(FOLDER)
    made = import_folder(spec.code).Matcher(dict(spec.params))
    assert asdict(made.settings) == asdict(Settings.of(spec.params)) and callable(import_folder(spec.code).cross_match)


# ---------------------------------------------------------------- text


def test_plain_and_stem_bring_forms_together() -> None:
    assert plain("أُلْـغِيَتْ الإتفاقيةُ ٢٠١٤") == "الغيت الاتفاقيه 2014"
    assert stem(plain("والوزير")) == stem(plain("للوزير")) == stem(plain("الوزير"))
    assert stem("في") == "في"


def test_a_claim_is_read_without_its_labels() -> None:
    one = documents(1)
    changed = [
        (d, replace(a, claims=tuple(replace(c, cluster="x", time="future", polarity="negative") for c in a.claims)))
        for d, a in one
    ]
    assert claim_texts(one) == claim_texts(changed)


def test_the_span_stands_for_an_empty_statement() -> None:
    (d, a), = documents(1)  # fmt: skip
    bare = Annotations(d.id, claims=tuple(replace(c, statement="") for c in a.claims))
    assert [c.statement for c in claim_texts([(d, bare)])] == [c.span for c in claim_texts([(d, a)])]


# ---------------------------------------------------------------- scorers


@pytest.mark.parametrize("variant", ["tfidf", "overlap", "combined"])
def test_scores_are_symmetric_and_bounded_and_rank_the_same_event_first(variant: str) -> None:
    matcher = Matcher({"variant": variant})
    matcher.fit(documents(4))
    held = [document("999", [(text, name) for name in sorted(_EVENTS) for text in _EVENTS[name][:2]])]
    keys, scores = matcher.matrix(held)
    assert scores.shape == (12, 12) and np.allclose(scores, scores.T) and scores.min() >= 0 and scores.max() <= 1 + 1e-9
    for i in range(0, 12, 2):
        others = [scores[i, j] for j in range(12) if j not in (i, i + 1)]
        assert scores[i, i + 1] > max(others), (variant, keys[i])


def test_overlap_sees_names_times_and_conflicts() -> None:
    claims = claim_texts(
        [document("1", [("زار سالم مرجان عام 2012", ""), ("زار سالم مرجان عام 2013", ""), ("لم يزر سالم مرجان", "")])]
    )
    stems, names, times, conflict, polarity = Overlap().fit(claims, frozenset({stem("سالم")})).parts(claims)
    assert names[0, 1] == 1.0 and times[0, 1] == 0.0 and conflict[0, 1] == 1.0
    assert conflict[0, 2] == 0.0 and polarity[0, 2] == 0.0 and polarity[0, 1] == 1.0
    assert 0 < stems[0, 1] < 1


def test_names_are_learned_from_training_documents() -> None:
    from tests.fixtures.reporting import corpus

    found = name_stems(corpus(1))
    assert stem(plain("طيبة")) in found or stem(plain("مرجان")) in found
    assert all(len(name) > 2 for name in found)


def test_scorers_take_no_claims_and_no_text() -> None:
    for scorer in (Tfidf().fit([]), Overlap().fit([], frozenset()), Combined(1.0).fit([], [], frozenset())):
        assert scorer.score([]).shape == (0, 0)
    latin = claim_texts([document("1", [("a", "x"), ("?", "x"), ("…", "y")])])
    for scorer in (Tfidf().fit(latin), Combined(1.0).fit(latin, ["x", "x", "y"], frozenset())):
        assert np.isfinite(scorer.score(latin)).all()


# ---------------------------------------------------------------- clustering


@pytest.mark.parametrize("linkage", ["average", "complete", "correlation"])
def test_clear_groups_are_found(linkage: str) -> None:
    truth = [0, 0, 1, 1, 1, 2]
    scores = np.array([[0.9 if a == b else 0.1 for b in truth] for a in truth])
    assert cluster(scores, 0.5, linkage) == truth


def test_linkages_differ_on_a_chain() -> None:
    scores = np.array([[1.0, 0.8, 0.1], [0.8, 1.0, 0.8], [0.1, 0.8, 1.0]])
    assert len(set(cluster(scores, 0.4, "average"))) == 1
    assert len(set(cluster(scores, 0.4, "complete"))) == 2


@pytest.mark.parametrize("linkage", ["average", "complete", "correlation"])
def test_small_and_extreme_inputs(linkage: str) -> None:
    assert cluster(np.zeros((0, 0)), 0.5, linkage) == []
    assert cluster(np.ones((1, 1)), 0.5, linkage) == [0]
    assert cluster(np.ones((3, 3)), 0.5, linkage) == [0, 0, 0]
    assert cluster(np.eye(3), 0.5, linkage) == [0, 1, 2]


def test_correlation_clustering_is_never_worse_than_singletons() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        raw = rng.random((6, 6))
        scores = (raw + raw.T) / 2
        labels = cluster(scores, 0.5, "correlation")
        gain = sum(scores[i, j] - 0.5 for i, j in product(range(6), repeat=2) if i < j and labels[i] == labels[j])
        assert gain >= -1e-9


def test_b_cubed_by_hand() -> None:
    # Items 1-3 are one cluster, 4 another; found {1, 2}, {3, 4}. P = (1+1+.5+.5)/4, R = (2/3+2/3+1/3+1)/4.
    precision, recall = 3 / 4, (2 / 3 + 2 / 3 + 1 / 3 + 1) / 4
    assert b_cubed([0, 0, 1, 1], list("aaab")) == pytest.approx(2 * precision * recall / (precision + recall))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8))
def test_b_cubed_of_equal_clusterings_is_one(labels: list[int]) -> None:
    assert b_cubed(labels, [str(7 - x) for x in labels]) == pytest.approx(1.0)


def test_the_best_cut_separates() -> None:
    truth = ["a", "a", "b", "b", ""]
    scores = np.array([[0.6 if x == y and x else 0.3 for y in truth] for x in truth])
    cut = best_cut(scores, truth, "average")
    assert 0.3 < cut <= 0.6


# ---------------------------------------------------------------- matcher and protocol


@pytest.mark.parametrize("linkage", ["average", "complete", "correlation"])
def test_matching_finds_clusters_across_documents(linkage: str) -> None:
    matcher = Matcher({"linkage": linkage})
    matcher.fit(documents(4))
    held = documents(3, seed=9)
    found = matcher.match(held)
    keys = [(d.id, c.id) for d, a in held for c in a.claims]
    assert list(found) == keys
    gold = [c.cluster for _, a in held for c in a.claims]
    assert b_cubed([found[k] for k in keys], gold) > 0.75
    pairs = matcher.pair_scores(held)
    assert len(pairs) == len(keys) * (len(keys) - 1) // 2


def test_two_runs_agree() -> None:
    one, two = Matcher({}), Matcher({}, seed=5)
    one.fit(documents(4))
    two.fit(documents(4))
    held = documents(2, seed=3)
    assert one.match(held) == two.match(held) and one.pair_scores(held) == two.pair_scores(held)


def test_one_training_document_is_enough() -> None:
    matcher = Matcher({})
    matcher.fit([document("1", [(text, name) for name in sorted(_EVENTS) for text in _EVENTS[name]])])
    assert len(set(matcher.match(documents(2)).values())) > 1


def test_bad_use_is_named() -> None:
    with pytest.raises(MatchingError, match="before fit"):
        Matcher({}).match(documents(1))
    with pytest.raises(MatchingError, match="no training claim"):
        Matcher({}).fit([])
    with pytest.raises(MatchingError, match="no training claim"):
        Matcher({}).fit([document("1", [("نص", "")])])
    matcher = Matcher({})
    matcher.fit(documents(2))
    assert matcher.match([]) == {} and matcher.match([(Document("1", "", ()), Annotations("1"))]) == {}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"variants": "tfidf"}, "unknown parameter variants"),
        ({"variant": "bm25"}, "variant"),
        ({"linkage": "single"}, "linkage"),
        ({"regression_c": -1}, "regression_c"),
        ({"variant": "embedding"}, "needs an encoder"),
    ],
)
def test_a_wrong_parameter_is_named(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(MatchingError, match=says):
        Matcher(wrong)


def test_cross_matching_clusters_everything_and_never_trains_on_what_it_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    data = documents(4)
    groups = {"900": "a", "910": "b", "920": "b", "930": "c"}
    seen: list[set[str]] = []
    fit = Matcher.fit

    def spy(self: Matcher, given: Sequence[Labelled]) -> None:
        seen.append({d.id for d, _ in given})
        fit(self, given)

    monkeypatch.setattr(Matcher, "fit", spy)
    found, pairs = cross_match(data, groups)
    assert sorted(map(sorted, seen)) == [["900", "910", "920"], ["900", "930"], ["910", "920", "930"]]
    keys = [(d.id, c.id) for d, a in data for c in a.claims]
    assert list(found) == keys and len(pairs) == len(keys) * (len(keys) - 1) // 2
    assert b_cubed([found[k] for k in keys], [c.cluster for _, a in data for c in a.claims]) > 0.7


def test_stretched_scores_keep_their_order_and_meet_at_a_half() -> None:
    assert stretched(np.array([0.0, 0.1, 0.2, 0.6, 1.0]), 0.2) == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0])


def test_the_held_out_groups_clusters_do_not_change_its_scores() -> None:
    data = documents(4)
    groups = {d.id: d.id for d, _ in data}
    last = data[-1]
    spoilt = (last[0], replace(last[1], claims=tuple(replace(c, cluster="x") for c in last[1].claims)))
    # Labels of the last document reach the matchers of the other folds, so only pairs inside it must be untouched.
    before, after = cross_match(data, groups)[1], cross_match([*data[:-1], spoilt], groups)[1]
    inside = [pair for pair in before if pair[0][0] == pair[1][0] == last[0].id]
    assert inside and all(before[pair] == pytest.approx(after[pair]) for pair in inside)


# ---------------------------------------------------------------- embeddings


def save_encoder(folder: Path) -> None:
    torch = pytest.importorskip("torch")
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    words = sorted({w for texts in _EVENTS.values() for t in texts for w in plain(t).split()})
    vocabulary = {"[PAD]": 0, "[UNK]": 1} | {w: i + 2 for i, w in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    BertModel(config).save_pretrained(folder)


def test_embeddings_from_a_local_folder(tmp_path: Path) -> None:
    save_encoder(tmp_path / "e")
    matcher = Matcher({"variant": "embedding", "encoder": str(tmp_path / "e")})
    matcher.fit(documents(3))
    held = documents(2, seed=4)
    keys, scores = matcher.matrix(held)
    assert np.allclose(np.diag(scores), 1.0, atol=1e-5) and scores.min() >= 0
    assert set(matcher.match(held)) == set(keys)
    alone = matcher.matrix([held[0]])[1]  # padding and batch must not matter
    assert np.allclose(alone, scores[: len(alone), : len(alone)], atol=1e-5)


@pytest.mark.parametrize(
    ("missing", "says"),
    [("tokenizer*", "no tokenizer"), ("*.safetensors", "no safetensors"), ("config.json", "no config.json")],
)
def test_an_incomplete_encoder_folder(tmp_path: Path, missing: str, says: str) -> None:
    save_encoder(tmp_path / "e")
    for path in (tmp_path / "e").glob(missing):
        path.unlink()
    with pytest.raises(MatchingError, match=says):
        Matcher({"variant": "embedding", "encoder": str(tmp_path / "e")}).fit(documents(2))


def test_a_missing_hub_without_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(MatchingError, match="cannot be loaded") as caught:
        Matcher({"variant": "embedding", "encoder": "no-such-people/no-such-model"}).fit(documents(2))
    assert "\n" not in str(caught.value)
