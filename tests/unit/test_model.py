"""Spans, documents, and what is derived from annotations: chains, parents, the speaker of a claim."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.tiny import SMALL

from aqwal.model import Annotations, Attribution, Claim, ModelError, Span

FRAGMENTS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 6)).map(lambda p: (p[0], p[0] + p[1])), min_size=1)


@pytest.mark.parametrize("bad", [(), ((3, 3),), ((4, 2),), ((-1, 2),), ((0, 4), (2, 6)), ((0, 4), (4, 6))])
def test_impossible_spans_are_refused(bad: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ModelError):
        Span(bad)


@given(FRAGMENTS)
def test_from_fragments_keeps_exactly_the_characters(fragments: list[tuple[int, int]]) -> None:
    span = Span.from_fragments(fragments)
    characters = {i for start, end in fragments for i in range(start, end)}
    assert {i for start, end in span.fragments for i in range(start, end)} == characters
    assert len(span) == len(characters)
    assert Span(span.fragments) == span


@given(FRAGMENTS, FRAGMENTS)
def test_overlap_containment_and_covering_agree_with_sets(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    a, b = Span.from_fragments(first), Span.from_fragments(second)
    left = {i for s, e in a.fragments for i in range(s, e)}
    right = {i for s, e in b.fragments for i in range(s, e)}
    assert a.overlaps(b) == bool(left & right) == b.overlaps(a)
    assert a.contains(b) == (right <= left)
    assert not a.contains(b) or a.covers(b)


def test_repeats_and_furniture_are_not_scored() -> None:
    assert [s.id for s in SMALL.scored_sentences] == ["s1", "s2", "s3"]
    assert [p.scored for p in SMALL.paragraphs] == [True, True, False, False]
    assert not any(word.is_punctuation for word in SMALL.scored_words)


def test_positions_find_their_sentence_paragraph_and_words() -> None:
    second = SMALL.by_id["s2"]
    assert SMALL.sentence_of(second.start) is second
    assert SMALL.sentence_of(second.end) is None  # the space between sentences
    assert SMALL.paragraph_of(second.end) is SMALL.paragraphs[1]  # is inside the paragraph
    start = SMALL.text.index("وأضافت")
    words = SMALL.words_in(Span.of(start + 1, start + 6))
    assert [SMALL.scored_words[i].form for i in words] == ["وأضافت"]


def attribution(name: str, cue: tuple[int, int], content: tuple[int, int] | None, **fields: object) -> Attribution:
    return Attribution(name, Span.of(*cue), Span.of(*content) if content else None, **fields)  # type: ignore[arg-type]


#: أفادت الوكالة [a1: … أن الصحيفة نقلت عن مصدر [a2 = a3: … أن فلانا وعد بـ[a4: …]]]
AGENCY = attribution("a1", (0, 5), (10, 90), source_entity=("agency",), source_type="media")
PAPER = attribution("a2", (12, 16), (30, 80), source_entity=("paper",), source_type="media", parent="a1")
SOURCE = attribution("a3", (20, 25), (30, 80), source_entity=("x/source-1",), source_type="anonymous", parent="a2",
                     medium_entity=("radio",))  # fmt: skip
PROMISE = attribution("a4", (35, 38), (40, 60), source_entity=("nada",), source_type="person", parent="a3")
RUMOUR = attribution("a5", (100, 104), (105, 120))
CHAIN = Annotations("x", attributions=(AGENCY, PAPER, SOURCE, PROMISE, RUMOUR))


def test_a_chain_runs_from_the_author_over_media_to_the_source() -> None:
    assert CHAIN.chain(PROMISE) == (("author",), ("agency",), ("paper",), ("radio",), ("x/source-1",), ("nada",))
    assert CHAIN.chain(RUMOUR) == (("author",), ("none",))
    assert CHAIN.chain(None) == (("author",),)
    assert [CHAIN.depth(a) for a in CHAIN.attributions] == [1, 2, 3, 4, 1]


@pytest.mark.parametrize(
    ("span", "speaker"),
    [((45, 50), "a4"), ((32, 60), "a3"), ((30, 80), "a3"), ((11, 20), "a1"), ((5, 20), None), ((200, 210), None)],
)
def test_a_claim_belongs_to_the_innermost_attribution_around_it(span: tuple[int, int], speaker: str | None) -> None:
    found = CHAIN.attribution_of(Claim("c1", Span.of(*span)))
    assert (found.id if found else None) == speaker


def test_parents_by_containment() -> None:
    parents = {a.id: CHAIN.parent_by_containment(a) for a in CHAIN.attributions}
    assert parents["a1"] is None
    assert parents["a2"] is AGENCY
    # The inner of two relays with one content lies in the content of neither, but in the agency's.
    assert parents["a3"] is AGENCY
    assert parents["a4"] is SOURCE
    assert parents["a5"] is None


def test_cycles_and_dangling_parents_end_the_walk() -> None:
    one = attribution("a1", (0, 1), (2, 3), parent="a2", source_entity=("one",))
    two = attribution("a2", (0, 1), (2, 3), parent="a1", source_entity=("two",))
    lost = attribution("a3", (0, 1), (2, 3), parent="a9", source_entity=("three",))
    annotations = Annotations("x", attributions=(one, two, lost))
    assert annotations.chain(one) == (("author",), ("two",), ("one",))
    assert annotations.chain(lost) == (("author",), ("three",))
