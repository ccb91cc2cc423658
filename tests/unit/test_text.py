"""Positions in text: strict decoding, offset conversion, search views."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aqwal.text import (
    OffsetMap,
    TextError,
    decode_strict,
    find_all,
    is_punctuation,
    join_quotes,
    line_spans,
    normalised_view,
)

ANY = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xffabc", "not UTF-8 at byte 0 (0xff)"),
        ("قال".encode()[:-1], "not UTF-8 at byte 4"),
        ("قال".encode("cp1256"), "not UTF-8 at byte 0"),
        (b"ab\xed\xa0\x80", "a lone surrogate at byte 2"),
        (b"\xef\xbb\xbfab", "begins with a byte-order mark"),
        (b"ab\x00c", "a NUL character at code point 2"),
    ],
)
def test_bytes_that_would_make_offsets_ambiguous_are_refused_with_place_and_fix(data: bytes, reason: str) -> None:
    with pytest.raises(TextError, match=r"^seed.txt: ") as caught:
        decode_strict(data, "seed.txt")
    assert reason in str(caught.value)
    # every message ends with what to do
    assert any(verb in str(caught.value) for verb in ("save", "remove", "export"))


@pytest.mark.parametrize("text", ["", "a\r\nb\rc\n", "a\ufeffb", "\u200fقال\u202c", "قـال", "\u2028", "𝔸"])
def test_odd_but_legal_text_is_kept_exactly(text: str) -> None:
    assert decode_strict(text.encode()) == text


@given(ANY)
def test_offsets_survive_the_way_to_utf16_and_bytes_and_back(text: str) -> None:
    table = OffsetMap(text)
    for position in range(len(text) + 1):
        assert table.to_bytes(position) == len(text[:position].encode())
        assert table.to_utf16(position) == len(text[:position].encode("utf-16-le")) // 2
        assert table.from_bytes(table.to_bytes(position)) == position
        assert table.from_utf16(table.to_utf16(position)) == position


def test_a_position_inside_a_character_is_an_error() -> None:
    table = OffsetMap("ا𝔸")
    with pytest.raises(ValueError, match="byte 1 is not on a character boundary"):
        table.from_bytes(1)
    with pytest.raises(ValueError, match="UTF-16 unit 2 is not"):
        table.from_utf16(2)
    with pytest.raises(ValueError, match="byte 99 is not"):
        table.from_bytes(99)


@given(ANY)
def test_a_view_knows_where_each_character_came_from(text: str) -> None:
    view = normalised_view(text)
    assert len(view.starts) == len(view.text) + 1
    assert list(view.starts) == sorted(view.starts)
    assert view.starts[-1] == len(text)
    for index in range(len(view.text)):
        start, end = view.to_original(index, index + 1)
        assert normalised_view(text[start:end]).text == view.text[index] or start == end


def test_a_view_finds_words_across_diacritics_tatweel_and_persian_letters() -> None:
    text = "وقـالَت الشركة إنّ الکیان"
    view = normalised_view(text)
    start = view.text.index("قالت")
    assert text[slice(*view.to_original(start, start + 4))] == "قـالَت"
    assert view.text.endswith("الكيان")
    assert "ان " in view.text


@given(ANY, st.text(max_size=3))
def test_find_all_finds_every_start(text: str, quote: str) -> None:
    expected = [i for i in range(len(text)) if quote and text.startswith(quote, i)]
    assert find_all(text, quote) == expected


@given(st.text("ا\r\n ", max_size=20))
def test_lines_and_their_ends_cover_the_text(text: str) -> None:
    spans = line_spans(text)
    assert [text[a:b] for a, b in spans] == text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert spans[-1][1] == len(text)


def test_punctuation_has_no_letter_digit_or_mark() -> None:
    assert [is_punctuation(form) for form in ("“", "..", "،", "-", "م", "5", "أ.ف.ب")] == [True] * 4 + [False] * 3


def test_quotes_of_several_fragments_are_joined() -> None:
    assert join_quotes("قال أمس إنه", [(0, 3), (8, 11)]) == "قال … إنه"
