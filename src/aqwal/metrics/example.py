"""Small documents for examples and tests: a text split at white space, one paragraph a line.

No segmenter: words are what stands between spaces, and a mark of punctuation is a word of its own only where the text
puts spaces around it. A line that begins with ``# zone `` is a paragraph of that zone.

>>> doc = document("قالت هآرتس إن حفتر زار الأردن .")
>>> len(doc.words), len(doc.scored_words), quote(doc, "حفتر").fragments
(7, 6, ((14, 18),))
"""

from __future__ import annotations

from aqwal.model import ZONES, Document, Paragraph, Piece, Sentence, Span, Word
from aqwal.text import find_all


def document(text: str, doc_id: str = "000") -> Document:
    """A document of some lines; every line is a paragraph of one sentence."""
    paragraphs: list[Paragraph] = []
    kept = ""
    for number, line in enumerate(text.split("\n"), start=1):
        zone = "body"
        if line.startswith("# "):
            zone, _, line = line[2:].partition(" ")
            if zone not in ZONES:
                raise ValueError(f"unknown zone {zone!r}")
        start, at, words = len(kept), len(kept), []
        for form in line.split(" "):
            if form:
                words.append(Word(at, at + len(form), form, (Piece(at, at + len(form)),)))
            at += len(form) + 1
        kept += line + "\n"
        sentence = Sentence(f"s{number}", start, start + len(line), tuple(words))
        paragraphs.append(Paragraph(f"p{number}", zone, (sentence,)))
    return Document(doc_id, kept, tuple(paragraphs))


def quote(doc: Document, *fragments: str, nth: int = 0) -> Span:
    """The span of a quote's ``nth`` occurrence; several fragments, each after the one before, make one span."""
    found: list[tuple[int, int]] = []
    for fragment in fragments:
        after = found[-1][1] if found else 0
        starts = [start for start in find_all(doc.text, fragment) if start >= after]
        start = starts[nth if not found else 0]
        found.append((start, start + len(fragment)))
    return Span.from_fragments(found)
