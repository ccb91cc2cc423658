"""The trivial floors: what they learn, what they predict, and that odd input does them no harm."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path

import pytest
from baselines.floor_lookup.system import System as Lookup
from baselines.floor_majority.system import System as Majority
from baselines.floor_random.system import System as Random
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.rules_cases import ARTICLE, build, outside_pieces, quote

from aqwal.model import (
    Annotations,
    Attribution,
    Claim,
    Document,
    Mention,
    Paragraph,
    Piece,
    Sentence,
    Span,
    Word,
)
from aqwal.systems import load_system, read_spec

FLOORS = ("floor_random", "floor_majority", "floor_lookup")
FOLDER = Path(__file__).parents[2] / "baselines"


def span(document: Document, text: str, after: int = 0) -> Span:
    start = document.text.index(text, after)
    return Span.of(start, start + len(text))


def labelled() -> tuple[Document, Annotations]:
    """Two sentences with two mentions, two attributions and three claims, labelled by hand."""
    document = build(["قالت صحيفة الأهرام إن الوفد وصل أمس.", "و+زعم الوزير أن الوفد غادر باريس."])
    told = span(document, "الوفد وصل أمس")
    left = span(document, "الوفد غادر باريس")
    return document, Annotations(
        "t",
        mentions=(
            Mention("m1", span(document, "الأهرام"), "ORG", "NAM", "al-ahram"),
            Mention("m2", span(document, "أمس"), "DATE", "VAL"),
            Mention("m3", span(document, "الوزير"), "OCC", "NAM", "minister"),
            Mention("m4", span(document, "باريس"), "ORG", "NAM", "paris"),
        ),
        attributions=(
            Attribution("a1", span(document, "قالت"), told, span(document, "صحيفة الأهرام"), source_entity=("al-ahram",), source_type="media"),
            Attribution("a2", span(document, "زعم"), left, span(document, "الوزير"), source_entity=("minister",), source_type="media", stance="distancing"),
        ),
        claims=(
            Claim("c1", told, cluster="arrival"),
            Claim("c2", left, cluster="departure", time="past"),
            Claim("c3", span(document, "غادر باريس"), cluster="departure", time="present"),
        ),
    )  # fmt: skip


def fitted(name: str, seed: int = 0) -> Random | Majority | Lookup:
    system = importlib.import_module(f"baselines.{name}.system").System({}, seed)
    system.fit([labelled()])
    assert isinstance(system, Random | Majority | Lookup)
    return system


# ---------------------------------------------------------------- what each does


def test_lookup_finds_training_strings_and_only_them() -> None:
    system = fitted("floor_lookup")
    document = build(["زعم خالد أن الأهرام قريبة من باريس.", "و+سكت الجميع."])
    found = system.predict(document)
    assert [(quote(document, m.span), m.type, m.entity) for m in found.mentions] == [
        ("الأهرام", "ORG", "al-ahram"),
        ("باريس", "ORG", "paris"),
    ]
    (told,) = found.attributions
    assert (quote(document, told.cue), quote(document, told.source), quote(document, told.content)) == (
        "زعم",
        "الأهرام",
        "قريبة من باريس",
    )
    assert (told.stance, told.source_entity) == ("distancing", ("al-ahram",))
    assert [quote(document, c.span) for c in found.claims] == ["زعم خالد أن الأهرام قريبة من باريس", "وسكت الجميع"]


def test_lookup_takes_the_longest_string_and_respects_pieces() -> None:
    document, gold = labelled()
    gold = Annotations(
        "t", mentions=(*gold.mentions, Mention("m9", span(document, "الوفد وصل"), "EVENT", "NAM", "arrival"))
    )
    system = Lookup({})
    system.fit([(document, gold)])
    test = build(["عاد الوفد وصل ب+أمس و+أمسية."])
    assert [quote(test, m.span) for m in system.predict(test).mentions] == ["الوفد وصل", "أمس"]


def test_lookup_without_a_speaker_has_no_source() -> None:
    test = build(["و+زعم أن الطريق مغلق."])
    (told,) = fitted("floor_lookup").predict(test).attributions
    assert told.source is None and told.implicit and quote(test, told.content) == "أن الطريق مغلق"


def test_majority_says_the_same_of_every_sentence() -> None:
    test = build(["أكد خالد أن الطريق مغلق.", "ثم غادر الوفد القرية ليلا."])
    found = fitted("floor_majority").predict(test)
    assert {m.type for m in found.mentions} == {"ORG"}
    assert {(a.source_type, a.kind, a.quote, a.stance) for a in found.attributions} == {
        ("media", "assertion", "indirect", "distancing")
    }
    assert {entity for a in found.attributions for entity in a.source_entity} == {"majority-speaker"}
    assert [quote(test, a.content) for a in found.attributions] == ["أن الطريق مغلق", "الوفد القرية ليلا"]
    assert {c.time for c in found.claims} == {"past"} and len({c.cluster for c in found.claims}) == 2


def test_random_follows_the_training_distribution() -> None:
    document, gold = labelled()
    system = Random({}, seed=3)
    system.fit([(document, gold)])
    lines = ["كلمة " * 20 + "."] * 200
    found = system.predict(build(lines))
    words = 200 * 20
    rate = len(document.scored_words) / words
    assert len(found.mentions) * rate == pytest.approx(len(gold.mentions), rel=0.15)
    assert len(found.claims) * rate == pytest.approx(len(gold.claims), rel=0.15)
    types = Counter(m.type for m in found.mentions)
    assert types["ORG"] / len(found.mentions) == pytest.approx(0.5, abs=0.1)
    assert {m.level for m in found.mentions if m.type == "DATE"} == {"VAL"}


def test_random_is_seeded() -> None:
    test = build(ARTICLE)
    one, again, other = (fitted("floor_random", seed).predict(test) for seed in (1, 1, 2))
    assert one == again != other
    assert one != fitted("floor_random", 1).predict(build(ARTICLE, id="u"))


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize("name", FLOORS)
def test_loads_as_a_closed_system(name: str) -> None:
    spec = read_spec(FOLDER / name)
    assert (spec.name, spec.track) == (name, "closed")
    system = load_system(spec)
    system.fit([labelled()])
    assert system.predict(build(ARTICLE)) == fitted(name).predict(build(ARTICLE))


@pytest.mark.parametrize("name", FLOORS)
def test_nothing_to_learn_from(name: str) -> None:
    document, _ = labelled()
    for training in ([], [(document, Annotations("t"))]):
        system = importlib.import_module(f"baselines.{name}.system").System({})
        system.fit(training)
        assert system.predict(build(ARTICLE)) == Annotations("t")
    assert importlib.import_module(f"baselines.{name}.system").System({}).predict(document) == Annotations("t")


@pytest.mark.parametrize("name", FLOORS)
def test_no_sentence_and_latin_text(name: str) -> None:
    system = fitted(name)
    assert system.predict(Document("e", "", ())) == Annotations("e")
    latin = build(["The minister said nothing at all.", "!", "ok"])
    assert outside_pieces(latin, system.predict(latin)) == []


@pytest.mark.parametrize("name", FLOORS)
def test_furniture_carries_nothing(name: str) -> None:
    assert fitted(name).predict(build(ARTICLE, ["furniture"] * len(ARTICLE))) == Annotations("t")


@pytest.mark.parametrize("name", FLOORS)
def test_a_megabyte_without_a_full_stop(name: str) -> None:
    words: list[Word] = []
    position = 0
    for number in range(150_000):
        form = ("زعم", "الأهرام", "كلمة")[number % 3]
        words.append(Word(position, position + len(form), form, (Piece(position, position + len(form)),)))
        position += len(form) + 1
    text = " ".join(word.form for word in words)
    document = Document("long", text, (Paragraph("p1", "body", (Sentence("s1", 0, len(text), tuple(words)),)),))
    annotations = fitted(name).predict(document)
    assert len(annotations.claims) >= 1


@settings(max_examples=60)
@given(st.lists(st.text(alphabet="قالزعمتو ب+.،“”ا0a", max_size=40), max_size=4), st.sampled_from(FLOORS))
def test_any_text_gives_spans_on_piece_boundaries(lines: list[str], name: str) -> None:
    document = build([line.strip("+") for line in lines])
    annotations = fitted(name).predict(document)
    assert outside_pieces(document, annotations) == []
    ids = [o.id for o in (*annotations.mentions, *annotations.attributions, *annotations.claims)]
    assert len(ids) == len(set(ids))
