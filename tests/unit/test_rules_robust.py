"""`rules` on any input: boundaries, determinism, explanations, odd documents, bounded memory; its speed is printed."""

from __future__ import annotations

import random
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from baselines.rules.entries import Analyser
from baselines.rules.lexicon import lexicon
from baselines.rules.system import System
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.rules_cases import ARTICLE, build, outside_pieces

from aqwal.model import (
    ATTRIBUTION_POLARITIES,
    CERTAINTIES,
    ENTITY_TYPES,
    KINDS,
    LEVELS,
    QUOTES,
    SOURCE_TYPES,
    STANCES,
    TIMES,
    Annotations,
    Document,
    Paragraph,
    Piece,
    Sentence,
    Word,
)
from aqwal.systems import load_system, read_spec

FOLDER = Path(__file__).parents[2] / "baselines" / "rules"
SYSTEM = System({})
_LEX = lexicon()
_WORDS = sorted(
    {
        *list(_LEX.finite)[::9], *list(_LEX.participles)[::7], *list(_LEX.nominal)[::3], *list(_LEX.given)[::25], *list(_LEX.common)[::25],
        *list(_LEX.verbs)[::90], *list(_LEX.titles)[::5], *list(_LEX.media_heads), *list(_LEX.org_heads)[::4], *list(_LEX.months)[::3],
        *(" ".join(name.tokens) for names in list(_LEX.names.values())[::12] for name in names),
        "أن", "إن", "ب+أن", "الذي", "في", "عن", "على", "حد", "قول+ه", "من", "إلى", "و+", "ف+", "ل+", "س+", "“", "”", '"', "«", "»", "،", ".", ":", "؛",
        "(", ")", "/", "-", "وفقا", "ل+لصحيفة", "ب+حسب", "2014", "5", "%", "لم", "قد", "كان", "كما", "ما", "حسبما", "نقلا", "لكن", "بعد", "عندما", "أي",
        "الرئيس", "الحكومة", "مصادر", "hello", "ينظر", "أكد+ه", "قول+هم", "تعبير+ها", "أمس", "اليوم", "شائعات", "…",
    }
)  # fmt: skip


def check(document: Document, annotations: Annotations) -> None:
    """What must hold of any prediction on any document."""
    assert outside_pieces(document, annotations) == []
    ids = [o.id for o in (*annotations.mentions, *annotations.attributions, *annotations.claims)]
    assert len(ids) == len(set(ids))
    for mention in annotations.mentions:
        assert mention.type in ENTITY_TYPES and mention.level in LEVELS
        assert (mention.entity == "") == (mention.level == "VAL")
    for a in annotations.attributions:
        assert a.kind in KINDS and a.stance in STANCES and a.polarity in ATTRIBUTION_POLARITIES
        assert a.quote in QUOTES and a.source_type in SOURCE_TYPES
        assert a.content is not None and not (a.source and a.implicit)
        assert a.parent == "" or a.parent in annotations.attributions_by_id
        up = [x.id for x in annotations.ancestors(a)]
        assert a.id not in up and len(up) == len(set(up))
        assert annotations.chain(a)[0] == ("author",)
    for claim in annotations.claims:
        assert claim.certainty in CERTAINTIES and claim.time in TIMES and claim.cluster


@settings(max_examples=300)
@given(
    st.lists(st.lists(st.sampled_from(_WORDS), max_size=30), max_size=3),
    st.sampled_from(["body", "headline", "kicker", "byline"]),
)
def test_any_words_give_spans_on_piece_boundaries(lines: list[list[str]], zone: str) -> None:
    document = build([" ".join(line) for line in lines if line], [zone] * len(lines))
    check(document, SYSTEM.predict(document))


@settings(max_examples=200)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=120))
def test_any_text_gives_spans_on_piece_boundaries(text: str) -> None:
    document = build([text.replace("\n", " ").replace("+", " ")])
    check(document, SYSTEM.predict(document))


@settings(max_examples=150)
@given(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=12), st.data())
def test_pieces_cut_anywhere_do_no_harm(words: list[str], data: st.DataObject) -> None:
    line = " ".join(words)
    cut = "".join(c + ("+" if data.draw(st.booleans()) and c != "+" else "") for c in line)
    document = build([cut.strip("+")])
    check(document, SYSTEM.predict(document))


def test_prediction_does_not_depend_on_what_came_before() -> None:
    document = build(ARTICLE)
    other = build(["قال محمد العامري إن هتاف الجماهير أربك+ه."], id="other")
    fresh = System({}).predict(document)
    SYSTEM.predict(other)
    assert SYSTEM.predict(document) == SYSTEM.predict(document) == fresh


def test_every_object_has_a_rule() -> None:
    document = build(ARTICLE)
    annotations, rules = SYSTEM.predict_with_rules(document)
    assert annotations == SYSTEM.predict(document)
    objects = (*annotations.mentions, *annotations.attributions, *annotations.claims)
    assert len(objects) > 30 and set(rules) == {o.id for o in objects}
    assert all("/" in rule or rule for rule in rules.values())


def test_fit_changes_nothing() -> None:
    document = build(ARTICLE)
    trained = System({}, seed=5)
    trained.fit([(document, Annotations(document.id))])
    assert trained.predict(document) == SYSTEM.predict(document)


def test_loads_as_a_system_folder() -> None:
    spec = read_spec(FOLDER)
    assert (spec.name, spec.track, spec.trained) == ("rules", "zero-shot", False)
    document = build(ARTICLE)
    assert load_system(spec).predict(document) == SYSTEM.predict(document)
    assert tomllib.loads((FOLDER / "config.toml").read_text(encoding="utf-8"))["params"]["max_tokens"] == 400


@pytest.mark.parametrize("value", [0, -1, "many", True, 3.5])
def test_a_wrong_setting_is_refused_by_name(value: object) -> None:
    with pytest.raises(ValueError, match=r"max_tokens"):
        System({"max_tokens": value})


# ---------------------------------------------------------------- odd documents


def test_no_sentence() -> None:
    assert SYSTEM.predict(Document("empty", "", ())) == Annotations("empty")


def test_latin_text() -> None:
    document = build(['The minister said that "we will go" to Paris: nothing else, ok.'])
    check(document, SYSTEM.predict(document))


def test_furniture_and_repeats_carry_nothing() -> None:
    document = build(ARTICLE, ["furniture"] * len(ARTICLE))
    assert SYSTEM.predict(document) == Annotations("t")


def _flat(words: list[str]) -> Document:
    """One sentence of one-piece words, built without a search."""
    made: list[Word] = []
    position = 0
    for word in words:
        end = position + len(word)
        made.append(Word(position, end, word, (Piece(position, end),)))
        position = end + 1
    return Document(
        "long", " ".join(words), (Paragraph("p1", "body", (Sentence("s1", 0, position - 1, tuple(made)),)),)
    )


@pytest.mark.parametrize("words", [["قال", "إن"], ["“"], ["بحسب", "مصادر", "،"], ["نقلت", "عن", "مصدر", "أن"]])
def test_a_megabyte_without_a_full_stop(words: list[str]) -> None:
    count = 1_000_000 // (sum(map(len, words)) + len(words))
    document = _flat(words * count)
    annotations = SYSTEM.predict(document)
    assert all(span.end <= len(document.text) for span in (m.span for m in annotations.mentions))


def test_one_word_of_a_megabyte() -> None:
    document = _flat(["ا" * 1_000_000])
    check(document, SYSTEM.predict(document))


# ---------------------------------------------------------------- memory and speed


def test_the_memory_of_words_is_bounded() -> None:
    analyser = Analyser()
    for number in range(140_000):
        analyser.word(Word(0, 9, f"س{number}", (Piece(0, 9),)))
    assert len(analyser._words) <= 60_000 and len(analyser._entries) <= 60_000


def test_documents_stream() -> None:
    taken: list[int] = []

    def stream() -> Iterator[Document]:
        for number in range(3):
            taken.append(number)
            yield build(ARTICLE, id=str(number))

    predictions = SYSTEM.predict_many(stream())
    assert taken == []
    assert next(predictions).doc_id == "0" and taken == [0]
    assert [p.doc_id for p in predictions] == ["1", "2"]


def test_speed_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(1)
    documents = [build(rng.sample(ARTICLE, len(ARTICLE)) * 4, id=str(n)) for n in range(20)]
    words = sum(len(document.words) for document in documents)
    SYSTEM.predict(documents[0])
    begin = time.process_time()
    for document in documents:
        SYSTEM.predict(document)
    taken = time.process_time() - begin
    with capsys.disabled():
        print(f"\nrules: {words / taken:,.0f} words per second of processor time, on {words:,} words")
    assert words > 5000
