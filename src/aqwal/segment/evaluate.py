"""The automatic segmenter against the reviewed corpus.

Spans are compared exactly, by code points of the document. F1 is ``2·tp / (gold + auto)``, the harmonic mean of
precision ``tp / auto`` and recall ``tp / gold`` (van Rijsbergen 1979, *Information Retrieval*, ch. 7); where both
sides are empty it is 1. A pooled figure adds the counts of all documents before dividing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from aqwal.model import Document, Paragraph


@dataclass(frozen=True, slots=True)
class Counts:
    """How many spans agree (``tp``), and how many the gold and the automatic segmentation have.

    >>> Counts(3, 4, 5).precision, Counts(3, 4, 5).recall, round(Counts(3, 4, 5).f1, 3), Counts(0, 0, 0).f1
    (0.6, 0.75, 0.667, 1.0)
    """

    tp: int
    gold: int
    auto: int

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.gold + other.gold, self.auto + other.auto)

    @property
    def precision(self) -> float:
        """Share of the automatic spans that are right; 1 if there is none and none is due."""
        return self.tp / self.auto if self.auto else float(not self.gold)

    @property
    def recall(self) -> float:
        """Share of the gold spans that are found; 1 if there is none to find and none was made."""
        return self.tp / self.gold if self.gold else float(not self.auto)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.gold + self.auto
        return 2 * self.tp / total if total else 1.0


@dataclass(frozen=True, slots=True)
class SegmentationScore:
    """One document, or all of them pooled (``doc_id`` "all").

    ``sentences``: ends of sentences (position of the last word's last character). ``words``, ``pieces``: exact spans.
    ``split_words``: words of more than one piece in either segmentation, right only with exactly the gold's pieces; it
    leaves out the easy majority of words that nobody splits. ``zones``, ``repeats``: lines of the text, right with the
    gold's zone, and with the gold's repeated line or lack of one.
    """

    doc_id: str
    sentences: Counts
    words: Counts
    pieces: Counts
    split_words: Counts
    zones: Counts
    repeats: Counts

    @property
    def sentence_f1(self) -> float:
        """F1 of sentence boundaries."""
        return self.sentences.f1

    @property
    def word_f1(self) -> float:
        """F1 of words by exact span."""
        return self.words.f1

    @property
    def piece_f1(self) -> float:
        """F1 of clitic pieces by exact span."""
        return self.pieces.f1

    @property
    def split_f1(self) -> float:
        """F1 of the words that have clitics, by all their pieces."""
        return self.split_words.f1

    @property
    def zone_accuracy(self) -> float:
        """Share of lines with the gold's zone."""
        return self.zones.recall

    @property
    def repeat_accuracy(self) -> float:
        """Share of all lines whose repeat (or lack of one) is the gold's."""
        return self.repeats.recall


@dataclass(frozen=True, slots=True)
class SegmentationReport:
    """Scores by document, sorted by id, and pooled."""

    documents: tuple[SegmentationScore, ...]
    pooled: SegmentationScore


def evaluate(auto: Sequence[Document], gold: Sequence[Document]) -> SegmentationReport:
    """Scores of automatic segmentations against the reviewed ones of the same documents, in any order.

    Raises:
        ValueError: if the two sides are not the same documents with the same texts, or there is none.
    """
    made = {document.id: document for document in auto}
    wanted = {document.id: document for document in gold}
    if not wanted or made.keys() != wanted.keys() or len(made) != len(auto) or len(wanted) != len(gold):
        raise ValueError(f"the documents differ: automatic {sorted(made)}, reviewed {sorted(wanted)}")
    scores: list[SegmentationScore] = []
    for doc_id in sorted(wanted):
        if made[doc_id].text != wanted[doc_id].text:
            raise ValueError(f"{doc_id}: the two segmentations are of different texts")
        scores.append(_score(doc_id, made[doc_id], wanted[doc_id]))
    return SegmentationReport(tuple(scores), _pool(scores))


def _score(doc_id: str, auto: Document, gold: Document) -> SegmentationScore:
    def both(spans: Callable[[Document], Iterable[object]]) -> Counts:
        left, right = frozenset(spans(auto)), frozenset(spans(gold))
        return Counts(len(left & right), len(right), len(left))

    return SegmentationScore(
        doc_id,
        sentences=both(lambda document: (sentence.end for sentence in document.sentences)),
        words=both(lambda document: ((word.start, word.end) for word in document.words)),
        pieces=both(lambda document: ((p.start, p.end) for word in document.words for p in word.pieces)),
        split_words=both(lambda document: (word.pieces for word in document.words if len(word.pieces) > 1)),
        zones=_lines(auto, gold, lambda paragraph, document: paragraph.zone),
        repeats=_lines(auto, gold, _repeated_start),
    )


def _repeated_start(paragraph: Paragraph, document: Document) -> int:
    """Start of the line that ``paragraph`` repeats, -1 without one (ids could differ between segmentations)."""
    return next((earlier.start for earlier in document.paragraphs if earlier.id == paragraph.repeats), -1)


def _lines(auto: Document, gold: Document, label: Callable[[Paragraph, Document], object]) -> Counts:
    """Lines of the gold whose label the automatic segmentation has too."""
    made = {paragraph.start: label(paragraph, auto) for paragraph in auto.paragraphs}
    wanted = {paragraph.start: label(paragraph, gold) for paragraph in gold.paragraphs}
    right = sum(1 for start, value in wanted.items() if start in made and made[start] == value)
    return Counts(right, len(wanted), len(made))


def _pool(scores: Sequence[SegmentationScore]) -> SegmentationScore:
    first, *others = scores
    total = SegmentationScore(
        "all", first.sentences, first.words, first.pieces, first.split_words, first.zones, first.repeats
    )
    for score in others:
        total = SegmentationScore(
            "all",
            total.sentences + score.sentences,
            total.words + score.words,
            total.pieces + score.pieces,
            total.split_words + score.split_words,
            total.zones + score.zones,
            total.repeats + score.repeats,
        )
    return total


def render_table(report: SegmentationReport) -> str:
    """The report as a plain table, one row a document and one for all, figures with three decimals."""
    head = ("document", "lines", "words", "sentence F1", "word F1", "piece F1", "split F1", "zone acc.", "repeat acc.")
    rows: list[tuple[str, ...]] = [head]
    for score in (*report.documents, report.pooled):
        figures = (
            score.sentence_f1,
            score.word_f1,
            score.piece_f1,
            score.split_f1,
            score.zone_accuracy,
            score.repeat_accuracy,
        )
        rows.append(
            (score.doc_id, str(score.zones.gold), str(score.words.gold), *(f"{figure:.3f}" for figure in figures))
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def differences(auto: Document, gold: Document) -> list[str]:
    """Every word whose pieces differ, as ``position: automatic → reviewed`` with ``+`` between pieces.

    Words of the reviewed segmentation that the automatic one does not have as such show ``—``.
    """
    made = {(word.start, word.end): word for word in auto.words}
    lines: list[str] = []
    for word in gold.words:
        found = made.get((word.start, word.end))
        if found is None or found.pieces != word.pieces:
            shown = "—" if found is None else "+".join(gold.text[piece.start : piece.end] for piece in found.pieces)
            wanted = "+".join(gold.text[piece.start : piece.end] for piece in word.pieces)
            lines.append(f"{word.start}: {shown} → {wanted}")
    return lines
