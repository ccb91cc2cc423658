"""Documents as units of clitic pieces with their quotation state; spans as tags over pieces and back."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from aqwal.model import Document, Span

from .normal import norm

#: Longer sentences are cut into units of this many pieces at a word boundary, so that work stays linear in the text.
MAX_PIECES = 256
_OPENING, _CLOSING, _EITHER = "“«„", "”»", "\"'‟″＂"
_MARKS = frozenset(_OPENING + _CLOSING + _EITHER) - {"'"}


@dataclass(frozen=True, slots=True)
class Token:
    """One clitic piece: its place, normalised form, place in its word, and quotation state."""

    start: int
    end: int
    form: str
    norm: str
    first: bool
    last: bool
    punct: bool
    region: int  # index of the quoted region that holds the piece, or -1


@dataclass(frozen=True)
class Unit:
    """A scored sentence, or a part of one that is very long."""

    index: int
    sentence: int
    paragraph: int
    zone: str
    tokens: tuple[Token, ...]
    head: bool = True  # the unit begins its sentence
    opens: bool = True  # the sentence begins its paragraph
    starts: tuple[int, ...] = field(default=(), repr=False)

    @property
    def start(self) -> int:
        """First code point."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """One past the last code point."""
        return self.tokens[-1].end

    def between(self, start: int, end: int) -> range:
        """Indices of the tokens that share a code point with ``[start, end)``."""
        first = bisect.bisect_right(self.starts, start) - 1
        if first < 0 or self.tokens[first].end <= start:
            first += 1
        return range(first, max(first, bisect.bisect_left(self.starts, end)))

    def indices(self, span: Span | None) -> list[int]:
        """Indices of the tokens that share a code point with ``span``."""
        return [] if span is None else [i for a, b in span.fragments for i in self.between(a, b)]


@dataclass(frozen=True)
class Prepared:
    """A document cut into units, with its quoted regions ``(start, end)`` (marks outside)."""

    document: Document
    units: tuple[Unit, ...]
    regions: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]

    def unit_at(self, position: int) -> Unit | None:
        """The unit that holds code point ``position``."""
        index = bisect.bisect_right(self.starts, position) - 1
        if index < 0 or self.units[index].end <= position:
            return None
        return self.units[index]

    def units_of(self, span: Span) -> list[Unit]:
        """Units that share a code point with ``span``, in order."""
        first = max(0, bisect.bisect_right(self.starts, span.start) - 1)
        found = []
        for unit in self.units[first:]:
            if unit.start >= span.end:
                break
            if any(a < unit.end and unit.start < b for a, b in span.fragments):
                found.append(unit)
        return found


def quoted_regions(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """What lies between quotation marks in ``text[start:end]``, mismatched marks included.

    A mark opens where none is open and closes where one is; an opening or straight mark at a word's start inside a
    region that another kind of mark opened starts an inner one. What is never closed counts to the end.

    >>> quoted_regions("قال “نعم” ثم «لا”.", 0, 18)
    [(5, 8), (14, 16)]
    """
    found: list[tuple[int, int]] = []
    stack: list[int] = []
    for at in range(start, end):
        mark = text[at]
        if mark not in _MARKS:
            continue
        before = text[at - 1] if at > start else " "
        after = text[at + 1] if at + 1 < end else " "
        word_start = not before.isalnum() and after.isalnum()
        inner = word_start and mark not in _CLOSING and bool(stack) and text[stack[-1] - 1] != mark
        if not stack or inner:
            stack.append(at + 1)
        else:
            opened = stack.pop()
            if at > opened:
                found.append((opened, at))
    for opened in stack[:1]:
        if opened < end and text[opened].isalnum():
            found.append((opened, end))
    return sorted(found)


def prepare(document: Document) -> Prepared:
    """Cut the scored sentences of ``document`` into units of pieces."""
    units: list[Unit] = []
    regions: list[tuple[int, int]] = []
    number = 0
    for order, paragraph in enumerate(document.paragraphs):
        if not paragraph.scored or not paragraph.sentences:
            continue
        here = quoted_regions(document.text, paragraph.start, paragraph.end)
        base = len(regions)
        regions.extend(here)
        region_of = _RegionFinder(here, base)
        for place, sentence in enumerate(paragraph.sentences):
            number += 1
            tokens = [
                Token(
                    piece.start,
                    piece.end,
                    document.text[piece.start : piece.end],
                    norm(document.text[piece.start : piece.end]),
                    piece.start == word.start,
                    piece.end == word.end,
                    punct,
                    region_of(piece.start),
                )
                for word in sentence.words
                for punct in (word.is_punctuation,)
                for piece in word.pieces
            ]
            for part, chunk in enumerate(_chunks(tokens)):
                units.append(
                    Unit(
                        len(units), number, order, paragraph.zone, tuple(chunk), part == 0, place == 0,
                        tuple(token.start for token in chunk),
                    )
                )  # fmt: skip
    return Prepared(document, tuple(units), tuple(regions), tuple(unit.start for unit in units))


class _RegionFinder:
    """The innermost quoted region at a position; positions are asked for in rising order."""

    def __init__(self, regions: Sequence[tuple[int, int]], base: int) -> None:
        self.regions, self.base, self.next = regions, base, 0
        self.open: list[int] = []

    def __call__(self, position: int) -> int:
        while self.next < len(self.regions) and self.regions[self.next][0] <= position:
            self.open.append(self.next)
            self.next += 1
        self.open = [index for index in self.open if self.regions[index][1] > position]
        return self.base + self.open[-1] if self.open else -1


def _chunks(tokens: list[Token]) -> Iterable[list[Token]]:
    if len(tokens) <= 2 * MAX_PIECES:
        if tokens:
            yield tokens
        return
    at = 0
    while at < len(tokens):
        end = min(at + MAX_PIECES, len(tokens))
        while end < len(tokens) and end > at + 1 and not tokens[end].first:
            end -= 1
        yield tokens[at:end]
        at = end


# ---------------------------------------------------------------- tags


def bio(length: int, spans: Iterable[tuple[Sequence[int], str]]) -> list[str]:
    """BIO tags of a row of ``length`` tokens; a span is its token indices (a gap starts a new fragment) and label.

    >>> bio(5, [([0, 1], "X"), ([3], "Y")])
    ['B-X', 'I-X', 'O', 'B-Y', 'O']
    """
    tags = ["O"] * length
    for indices, label in spans:
        previous = -2
        for index in indices:
            tags[index] = ("I-" if index == previous + 1 else "B-") + label
            previous = index
    return tags


def fragments(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Runs ``(first, past last, label)`` of BIO tags; an I that continues nothing begins a run.

    >>> fragments(["I-X", "I-X", "B-X", "O", "B-Y"])
    [(0, 2, 'X'), (2, 3, 'X'), (4, 5, 'Y')]
    """
    runs: list[tuple[int, int, str]] = []
    for index, tag in enumerate(tags):
        if tag == "O":
            continue
        label = tag[2:]
        if tag[0] == "I" and runs and runs[-1][1] == index and runs[-1][2] == label:
            runs[-1] = (runs[-1][0], index + 1, label)
        else:
            runs.append((index, index + 1, label))
    return runs


def span_of(unit: Unit, indices: Sequence[int], *, trim: bool = True) -> Span | None:
    """The span of token indices; runs lose punctuation at their ends, and runs across spaces are joined."""
    made: list[tuple[int, int]] = []
    for first, last in runs(sorted(set(indices))):
        if trim:
            while first < last and unit.tokens[first].punct:
                first += 1
            while last > first and unit.tokens[last - 1].punct:
                last -= 1
        if last > first:
            made.append((unit.tokens[first].start, unit.tokens[last - 1].end))
    return Span.from_fragments(made) if made else None


def runs(indices: Sequence[int]) -> list[tuple[int, int]]:
    """Half-open runs of consecutive sorted indices."""
    made: list[tuple[int, int]] = []
    for index in indices:
        if made and made[-1][1] == index:
            made[-1] = (made[-1][0], index + 1)
        else:
            made.append((index, index + 1))
    return made


def layers(spans: Sequence[Span]) -> list[int]:
    """The layer of each span: 0 for the outermost, one more than the deepest span that holds it.

    Spans that cross without nesting go one layer further in, so that no layer holds two overlapping spans.

    >>> layers([Span.of(0, 9), Span.of(0, 3), Span.of(4, 9), Span.of(10, 12)])
    [0, 1, 1, 0]
    """
    order = sorted(range(len(spans)), key=lambda i: (spans[i].start, -spans[i].end, i))
    found = [0] * len(spans)
    ends: list[int] = []
    for index in order:
        span = spans[index]
        layer = 0
        while layer < len(ends) and ends[layer] > span.start:
            layer += 1
        if layer == len(ends):
            ends.append(span.end)
        else:
            ends[layer] = span.end
        found[index] = layer
    return found
