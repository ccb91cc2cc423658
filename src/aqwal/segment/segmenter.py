"""Segmenting a new text: lines and zones, repeats, sentences, words and clitic pieces, all as exact spans."""

from __future__ import annotations

from aqwal.model import Document, Paragraph, Piece, Sentence, Word
from aqwal.segment.clitics import attested, split_word
from aqwal.segment.repeats import find_repeats
from aqwal.segment.sentences import sentence_ranges
from aqwal.segment.words import word_spans
from aqwal.segment.zones import classify_lines
from aqwal.text import TextError, line_spans


def segment_text(doc_id: str, text: str) -> Document:
    """The automatic segmentation of ``text``; time and memory linear in its length.

    Every character that is not white space lies in exactly one word, so words and the gaps between them rebuild the
    text. The result is a draft: the corpus keeps it only after a review of every word.

    Raises:
        TextError: if the text has no word (an empty file), or camel-tools is not installed.
    """
    spans = [(start, end) for start, end in line_spans(text) if text[start:end].strip()]
    if not spans:
        raise TextError(f"{doc_id}: the text is empty; give a file with at least one line of text")
    lines = [text[start:end] for start, end in spans]
    zones = classify_lines(lines)
    repeats = find_repeats(lines)
    words = [word_spans(text, start, end) for start, end in spans]
    known = attested(text[start:end] for line in words for start, end in line)
    paragraphs: list[Paragraph] = []
    number = 0
    for index, zone in enumerate(zones):
        sentences: list[Sentence] = []
        for first, last in sentence_ranges(text, words[index], headline=zone == "headline"):
            number += 1
            made = tuple(_word(text, start, end, known) for start, end in words[index][first:last])
            sentences.append(Sentence(f"s{number}", made[0].start, made[-1].end, made))
        earlier = repeats[index]
        pointer = "" if earlier is None else f"p{earlier + 1}"
        paragraphs.append(Paragraph(f"p{index + 1}", zone, tuple(sentences), pointer))
    return Document(doc_id, text, tuple(paragraphs))


def _word(text: str, start: int, end: int, known: frozenset[str]) -> Word:
    """The word ``text[start:end]`` with its pieces."""
    form = text[start:end]
    return make_word(form, start, split_word(form, known))


def make_word(form: str, start: int, lengths: list[int]) -> Word:
    """A word at ``start`` whose pieces have these lengths.

    >>> make_word("وقال", 10, [1, 3]).pieces
    (Piece(start=10, end=11), Piece(start=11, end=14))
    """
    pieces: list[Piece] = []
    position = start
    for length in lengths:
        pieces.append(Piece(position, position + length))
        position += length
    return Word(start, position, form, tuple(pieces))
