"""Sub-word alignment, windows, model and decoding, by hand."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from baselines.transformer import encoder, pairs, steps  # noqa: E402
from baselines.transformer.align import align, specials  # noqa: E402
from baselines.transformer.assembly import assemble  # noqa: E402
from baselines.transformer.decoding import Found, FoundAttribution, FoundMention, decode, dev_score  # noqa: E402
from baselines.transformer.model import AttributionModel  # noqa: E402
from baselines.transformer.pieces import Places, fragments, read, span_of  # noqa: E402
from baselines.transformer.settings import Scratch  # noqa: E402
from baselines.transformer.windows import (  # noqa: E402
    CUE_TAGS,
    MAX_PIECES,
    MENTION_TAGS,
    ROLE_TAGS,
    Window,
    add_gold,
    make_windows,
    role_row,
)
from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from tests.fixtures import tiny  # noqa: E402
from tests.fixtures.reporting import corpus  # noqa: E402
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers  # noqa: E402
from transformers import PreTrainedTokenizerFast  # noqa: E402

from aqwal.model import Annotations, Attribution, Claim, Document, Mention, Span  # noqa: E402

LINES = [
    "وأكدت الصحيفة أن للإخوان إجابته", "قال الوزير إنه وصل إلى ليبيا", "وَأَكَّدَ اقــرأ لیبیا کتاب", "آ أ إ ا ء ؤ ئ",
]  # fmt: skip


def wordpiece(**normal: bool) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(**normal)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(
        LINES, trainers.WordPieceTrainer(vocab_size=120, special_tokens=names, show_progress=False)
    )
    from tokenizers.processors import TemplateProcessing

    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", tokenizer.token_to_id("[CLS]")), ("[SEP]", tokenizer.token_to_id("[SEP]"))],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def byte_bpe() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.train_from_iterator(
        LINES,
        trainers.BpeTrainer(vocab_size=300, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False),
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", pad_token="<pad>")


def unigram() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=80, special_tokens=["<unk>", "<pad>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(LINES, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", pad_token="<pad>")


class Slow:
    """A tokenizer without offsets: one id a letter."""

    is_fast = False
    unk_token_id, mask_token_id, pad_token_id = 1, None, 0

    def __call__(self, text: str, **rest: Any) -> dict[str, list[int]]:
        return {"input_ids": [ord(char) for char in text if char != "ـ"]}


KINDS: dict[str, Callable[[], Any]] = {
    "stripping": lambda: wordpiece(lowercase=True, strip_accents=True),  # loses hamza and marks
    "cased": lambda: wordpiece(lowercase=False, strip_accents=False),
    "bytes": byte_bpe,
    "unigram": unigram,
    "slow": Slow,
}


@pytest.fixture(scope="module", params=list(KINDS))
def tokenizer(request: pytest.FixtureRequest) -> Any:
    return KINDS[request.param]()


def pieces_of(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Text and pieces of words with ``+`` between clitics."""
    text, pieces = "", []
    for word in marked.split():
        text += " " if text else ""
        for part in word.split("+"):
            pieces.append((len(text), len(text) + len(part)))
            text += part
    return text, pieces


@pytest.mark.parametrize(
    "marked",
    [
        "و+أكدت ال+صحيفة أن",  # clitics
        "ل+لإخوان إجابت+ه و+ل+ليبيا",
        "وَ+أَكَّدَ هُ",  # diacritics
        "اقــرأ ـ و+ـ قال",  # tatweel, alone and as a piece
        "لیبیا کتاب آأإا",  # Persian letters, hamza
        "ًٌ و+ًٌ",  # marks alone
        "😀 𝔸+ب ؟ …",
        "لا+ه",
    ],
)
@pytest.mark.parametrize("split", ["words", "pieces"])
def test_every_piece_has_its_own_sub_words(tokenizer: Any, marked: str, split: str) -> None:
    text, pieces = pieces_of(marked)
    found = align(tokenizer, text, pieces, split)
    assert len(found.pieces) == len(pieces)
    assert all(mine and all(0 <= i < len(found.ids) for i in mine) for mine in found.pieces)
    if split == "words" and tokenizer.is_fast:
        encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        for (start, end), mine in zip(pieces, found.pieces, strict=True):
            for index in mine:
                if index < len(encoded["offset_mapping"]):
                    a, b = encoded["offset_mapping"][index]
                    touching = any(p[0] in (start, end) or p[1] in (start, end) for p in [(a, b)])
                    assert (a < end and start < b) or touching


def test_hamza_stripped_by_the_tokenizer_does_not_move_a_boundary() -> None:
    tokenizer = KINDS["stripping"]()
    text, pieces = pieces_of("و+أكَّد أنَّ الإخوان")
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    decoded = tokenizer.decode(encoded["input_ids"])
    assert "أ" not in decoded  # it does strip, so decoded text could not be aligned
    found = align(tokenizer, text, pieces)
    for (start, end), mine in zip(pieces, found.pieces, strict=True):
        covered = {c for i in mine for c in range(*encoded["offset_mapping"][i])}
        letters = {c for c in range(start, end) if text[c].isalpha()}
        assert letters <= covered


def test_a_sub_word_across_a_clitic_boundary_belongs_to_both() -> None:
    tokenizer = Tokenizer(models.WordLevel({"والوزير": 0, "[UNK]": 1}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]")
    text, pieces = pieces_of("و+الوزير")
    assert align(fast, text, pieces).pieces == [[0], [0]]
    assert len(align(fast, text, pieces, "pieces").ids) == 2


@settings(max_examples=60)
@given(st.lists(st.text(alphabet="اأوـَلیک ", min_size=1, max_size=5).filter(str.strip), min_size=1, max_size=6))
def test_any_division_into_pieces_is_aligned(parts: list[str]) -> None:
    text, pieces = "", []
    for part in parts:
        pieces.append((len(text), len(text) + len(part)))
        text += part
    for kind in ("stripping", "bytes"):
        found = align(CACHED[kind], text, pieces)
        assert all(mine and max(mine) < len(found.ids) for mine in found.pieces)


CACHED = {kind: KINDS[kind]() for kind in ("stripping", "bytes")}


def test_special_tokens_are_found() -> None:
    tokenizer = KINDS["cased"]()
    assert specials(tokenizer) == ([tokenizer.cls_token_id], [tokenizer.sep_token_id])
    assert specials(byte_bpe()) == ([], [])


def test_the_scratch_tokenizer_keeps_hamza() -> None:
    made = encoder.train_tokenizer(LINES, 200)
    assert made("أ", add_special_tokens=False)["input_ids"] != made("ا", add_special_tokens=False)["input_ids"]
    assert made("لیبیا")["input_ids"] == made("ليبيا")["input_ids"]
    assert made("اقــرأ")["input_ids"] == made("اقرأ")["input_ids"]


# ---------------------------------------------------------------- windows


def document(*sentences: str) -> Document:
    return tiny.document("970", [("body", "", list(sentences))])


def test_windows_hold_every_piece_once_in_order() -> None:
    made, _ = corpus(1)[0]
    tokens, _ = read(made)
    for limit in (16, 40, 400):
        windows, _ = make_windows(made, CACHED["stripping"], limit, "words")
        assert [t for w in windows for t in w.tokens] == tokens
        assert all(len(w.ids) <= limit and len(w.tokens) <= MAX_PIECES for w in windows)
        assert all(0 <= i < len(w.ids) for w in windows for mine in w.pieces for i in mine)
        assert all(w.ids[0] == CACHED["stripping"].cls_token_id for w in windows)


def gold_window() -> tuple[Document, Annotations, Window]:
    made = document("أكدت صحيفة النهر أن سالم وصل و+أن كريم غادر.")
    at = made.text.index

    def span(*quotes: str) -> Span:
        return Span.from_fragments([at(q), at(q) + len(q)] for q in quotes)

    annotations = Annotations(
        "970",
        (Mention("m1", span("النهر"), "ORG", entity="nahr"), Mention("m2", span("سالم"), "PERS", entity="s")),
        (
            Attribution(
                "a1", span("أكدت"), span("سالم وصل", "كريم غادر"), span("صحيفة النهر"), source_entity=("nahr",),
                source_type="media", stance="endorsing",
            ),
        ),
        (Claim("c1", span("سالم وصل")), Claim("c2", span("سالم وصل و")),),
    )  # fmt: skip
    (window,), _ = make_windows(made, CACHED["stripping"], 128, "words")
    add_gold([window], annotations, 2, 2)
    return made, annotations, window


def test_gold_is_laid_over_pieces() -> None:
    _, _, window = gold_window()
    gold = window.gold
    assert gold is not None
    assert [MENTION_TAGS[t] for t in gold.mention_tags[0]][:5] == ["O", "O", "B-ORG", "O", "B-PERS"]
    assert [CUE_TAGS[t] for t in gold.cue_tags][:2] == ["B-CUE", "O"]
    tags = [ROLE_TAGS[t] for t in role_row(gold.attributions[0], len(window.tokens))]
    assert tags == ["O", "B-SRC", "I-SRC", "O", "B-CON", "I-CON", "O", "O", "B-CON", "I-CON", "O"]
    assert gold.claim_tags[0][4:7] == [1, 2, 2] and gold.claim_tags[1][4:7] == [1, 2, 0]


def test_entity_examples_link_a_source_with_the_name_inside_it() -> None:
    _, _, window = gold_window()
    made = pairs.entity_examples(window)
    source, name = [1, 2], [2]
    labels = {(tuple(a), tuple(b)): y for a, b, y in zip(made.left, made.right, made.labels, strict=True)}
    assert labels[tuple(source), tuple(name)] == 1.0
    assert labels[(4,), (2,)] == 0.0
    assert all(len(f) == pairs.ENTITY_FEATURES for f in made.features)


def test_parent_pairs_know_containment() -> None:
    _, _, window = gold_window()
    made = pairs.parent_pairs([[0], [5]], [[4, 5], []], window)
    features = {(p.child, p.parent): p.features for p in made}
    assert features[1, 0][:2] == [1.0, 1.0] and features[0, 1][:2] == [0.0, 0.0]
    assert all(len(f) == pairs.PARENT_FEATURES for f in features.values())


# ---------------------------------------------------------------- model and decoding


def small_model(window: Window) -> AttributionModel:
    torch.manual_seed(0)
    made = encoder.make(
        LINES,
        Scratch(vocabulary=len(CACHED["stripping"]), hidden_size=16, layers=1, heads=2, intermediate_size=16),
        128,
        0.0,
    )
    size = max(max(window.ids) + 1, 1)
    made.model.resize_token_embeddings(size)
    model = AttributionModel(made.model, 16, 12, 2, 2, 0.0)
    if window.gold is not None:
        model.count_steps([window])
    return model


def test_the_loss_falls_and_the_gold_is_reproduced() -> None:
    _, _, window = gold_window()
    model = small_model(window)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    losses = []
    for _ in range(120):
        optimizer.zero_grad()
        loss = model([window])["loss"]
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 10
    assert dev_score(model, [window]) > 0.9
    (found,) = decode(model, [window])
    assert found.attributions[0].source == [1, 2] and found.attributions[0].content == [4, 5, 8, 9]
    assert found.attributions[0].fields["stance"] == "endorsing"
    assert {run for run, _ in found.claims} == {(4, 6)} or len(found.claims) == 2


def test_batching_does_not_change_a_window() -> None:
    made, _ = corpus(1)[0]
    windows, _ = make_windows(made, CACHED["stripping"], 48, "words")
    model = small_model(max(windows, key=lambda w: max(w.ids))).eval()
    with torch.no_grad():
        together, alone = model.encode(windows[:4]), [model.encode([w])[0] for w in windows[:4]]
    for a, b in zip(together, alone, strict=True):
        assert torch.allclose(a, b, atol=1e-5)


def test_role_scores_have_a_row_per_cue() -> None:
    _, _, window = gold_window()
    model = small_model(window).eval()
    with torch.no_grad():
        pieces = model.encode([window])[0]
        scores = model.role_scores(pieces, [[0], [5, 8]])
    assert scores.shape == (2, len(window.tokens), len(ROLE_TAGS))


def test_steps_doctests_and_no_path_breaks_bio() -> None:
    result = doctest.testmod(steps)
    assert result.attempted and not result.failed
    rng = np.random.default_rng(0)
    names = ROLE_TAGS
    table = steps.count([[0, 1, 2, 0], [0, 0]], names)
    for path in steps.best_paths(rng.normal(size=(20, 15, len(names))).astype(np.float32) * 5, table):
        tags = [names[t] for t in path]
        assert all(steps.allowed(a, b) for a, b in zip(["", *tags[:-1]], tags, strict=True))
    assert steps.best_paths(np.zeros((2, 0, 3), dtype=np.float32), table) == [[], []]


def test_best_paths_are_the_best_by_brute_force() -> None:
    rng = np.random.default_rng(1)
    names = ("O", "B-X", "I-X")
    table = steps.count([[0, 1, 2, 0, 1], [1, 2, 2]], names)
    scores = rng.normal(size=(5, 4, 3)).astype(np.float32)
    for row, found in zip(scores, steps.best_paths(scores, table), strict=True):

        def value(path: tuple[int, ...], row: Any = row) -> float:
            return float(sum(row[i, t] + table[path[i - 1] if i else 3, t] for i, t in enumerate(path)))

        assert value(tuple(found)) == pytest.approx(max(value(p) for p in product(range(3), repeat=4)), rel=1e-5)


# ---------------------------------------------------------------- assembly


def attribution(cue: list[int], source: list[int], content: list[int], form: str, parent: int = -1) -> FoundAttribution:
    fields = {
        "kind": "assertion", "stance": "neutral", "quote": "indirect", "polarity": "positive", "source_type": "media",
        "form": form, "anaphoric": "no",
    }  # fmt: skip
    return FoundAttribution(cue, source, content, [], fields, parent)


def test_an_implicit_source_is_the_last_speaker_and_equal_strings_are_one_entity() -> None:
    made = document("أكدت صحيفة النهر أن سالم وصل.", "و+أضافت أن النهر غادر.")
    windows, _ = make_windows(made, CACHED["stripping"], 128, "words")
    assert len(windows) == 1
    names = [FoundMention((2, 3), "ORG", False, True), FoundMention((10, 11), "ORG", False, False)]
    found = Found(
        names,
        [attribution([0], [1, 2], [4, 5], "span"), attribution([8], [], [10, 11], "implicit")],
        [((4, 6), {"polarity": "positive", "certainty": "certain", "time": "past", "verifiable": "yes"})],
        [(2, 0, 0.9)],
    )
    result = assemble(made, windows, [found])
    first, second = result.attributions
    assert first.source_entity == second.source_entity == ("970/e1",)
    assert second.implicit and second.source_type == "media"
    assert [m.entity for m in result.mentions] == ["970/e1", "970/e1"]
    assert result.mentions[0].framing == ("scare_quotes",)
    assert result.claims[0].statement == "سالم وصل"


def test_a_nameless_source_becomes_a_mention_of_its_own() -> None:
    made = document("قالت مصادر إن إجابت+ه وصلت.")
    windows, _ = make_windows(made, CACHED["stripping"], 128, "words")
    found = Found([], [attribution([0], [1], [3, 4, 5], "span"), attribution([3], [4], [5], "span", parent=0)])
    result = assemble(made, windows, [found])
    assert [(m.level, m.span.quote(made.text)) for m in result.mentions] == [("NOM", "مصادر"), ("PRO", "ه")]
    assert result.attributions[1].parent == "a1" and not result.attributions[1].inherited
    assert len({a.source_entity for a in result.attributions}) == 2


def test_spans_lose_punctuation_and_stop_at_sentences() -> None:
    made = document("قال: “نعم.", "لا”.")
    tokens, _ = read(made)
    span = span_of(tokens, range(1, len(tokens)))
    assert span is not None and span.quote(made.text) == "نعم … لا"
    assert span_of(tokens, [1]) is None
    assert Places(tokens).of(span) == [3, 5]
    assert fragments(["I-X", "O"]) == [(0, 1, "X")]
