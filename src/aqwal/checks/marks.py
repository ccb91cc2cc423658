"""Quotation marks, sentence punctuation and clitics at the edges of spans; a helper of the scheme's checks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from aqwal.model import Document, Piece, Word

OPENING = "“«„‘‹"
CLOSING = "”»’›"
#: Marks that open and close alike; "„" also opens, "“" also closes in some typography.
NEUTRAL = '"″＂'
QUOTATION_MARKS = frozenset(OPENING + CLOSING + NEUTRAL)
#: Punctuation that ends or divides sentences: never an edge of a claim, content, cue, source or medium.
SENTENCE_MARKS = frozenset(".،؛:؟!…,;?")
PROCLITICS = frozenset("وفبكل") | {"س"}
CONJUNCTIONS = frozenset("وف")
COMPLEMENTIZERS = frozenset({"أن", "إن", "ان", "أنّ", "إنّ"})


def first_word(document: Document, position: int) -> tuple[Word, int] | None:
    """The word with a piece that begins at ``position``, and the index of that piece."""
    word = word_at(document, position)
    for index, piece in enumerate(word.pieces if word else ()):
        if word is not None and piece.start == position:
            return word, index
    return None


def word_at(document: Document, position: int) -> Word | None:
    """The word that holds the character at ``position``, or None between words."""
    index = bisect_right(document.words, position, key=lambda word: word.start) - 1
    return document.words[index] if index >= 0 and position < document.words[index].end else None


def proclitic(document: Document, start: int) -> Piece | None:
    """The proclitic that a span beginning at ``start`` begins with, if it does: a one-letter piece before a stem."""
    found = first_word(document, start)
    if found is None:
        return None
    word, index = found
    piece = word.pieces[index]
    is_last = index == len(word.pieces) - 1
    return piece if not is_last and document.text[piece.start : piece.end] in PROCLITICS else None


def quotation_marks(document: Document, start: int, end: int) -> Iterator[int]:
    """Positions of the quotation marks in a stretch of text; a mark inside a word (an apostrophe) is none."""
    for position in range(start, end):
        if document.text[position] in QUOTATION_MARKS:
            inside = 0 < position < len(document.text) - 1 and all(
                document.text[i].isalnum() for i in (position - 1, position + 1)
            )
            if not (inside and document.text[position] in "‘’"):
                yield position
