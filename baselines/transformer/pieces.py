"""Clitic pieces with their quotation state; spans as tags over pieces and back."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aqwal.model import Document, Span
from aqwal.text import normalise_character

_OPENING, _CLOSING, _EITHER = "“«„", "”»", "\"'‟″＂"
_MARKS = frozenset(_OPENING + _CLOSING + _EITHER) - {"'"}


@lru_cache(maxsize=100_000)
def norm(form: str) -> str:
    """``form`` in the search view (no marks or tatweel, one alef), without the article; for comparing names."""
    bare = "".join(normalise_character(char) for char in form)
    return bare[2:] if bare.startswith("ال") and len(bare) > 4 else bare


@dataclass(frozen=True, slots=True)
class Token:
    """One clitic piece: its place, its sentence and paragraph, its place in its word, and quotation state."""

    start: int
    end: int
    form: str
    sentence: int
    paragraph: int
    first: bool
    last: bool
    punct: bool
    region: int  # index of the quoted region that holds the piece, or -1

    @property
    def place(self) -> int:
        """0 a whole word, 1 a proclitic, 2 a stem between clitics, 3 the last piece of several."""
        return 0 if self.first and self.last else 1 if self.first else 3 if self.last else 2


def read(document: Document) -> tuple[list[Token], list[tuple[int, int]]]:
    """The pieces of all scored sentences in order, and the quoted regions (marks outside)."""
    tokens: list[Token] = []
    regions: list[tuple[int, int]] = []
    number = 0
    for order, paragraph in enumerate(document.paragraphs):
        if not paragraph.scored or not paragraph.sentences:
            continue
        base = len(regions)
        here = quoted_regions(document.text, paragraph.start, paragraph.end)
        regions += here
        open_now: list[int] = []
        following = 0
        for sentence in paragraph.sentences:
            for word in sentence.words:
                while following < len(here) and here[following][0] <= word.start:
                    open_now.append(following)
                    following += 1
                open_now = [index for index in open_now if here[index][1] > word.start]
                region = base + open_now[-1] if open_now else -1
                punct = word.is_punctuation
                tokens += [
                    Token(
                        p.start, p.end, document.text[p.start : p.end], number, order, p.start == word.start,
                        p.end == word.end, punct, region,
                    )
                    for p in word.pieces
                ]  # fmt: skip
            number += 1
    return tokens, regions


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


class Places:
    """Finds the tokens of a span by bisection."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._starts = [token.start for token in tokens]
        self._ends = [token.end for token in tokens]

    def of(self, span: Span | None) -> list[int]:
        """Indices of the tokens that share a code point with ``span``, in order."""
        if span is None:
            return []
        found: list[int] = []
        for start, end in span.fragments:
            low = bisect.bisect_right(self._ends, start)
            found += range(max(low, found[-1] + 1 if found else 0), bisect.bisect_left(self._starts, end))
        return found


def span_of(tokens: Sequence[Token], indices: Iterable[int], *, trim: bool = True) -> Span | None:
    """The span of token indices; each run loses punctuation at its ends, and runs end at sentence boundaries."""
    made: list[tuple[int, int]] = []
    for first, last in runs(sorted(set(indices))):
        at = first
        while at < last:
            past = at + 1
            while past < last and tokens[past].sentence == tokens[at].sentence:
                past += 1
            low, high = at, past
            while trim and low < high and tokens[low].punct:
                low += 1
            while trim and high > low and tokens[high - 1].punct:
                high -= 1
            if high > low:
                made.append((tokens[low].start, tokens[high - 1].end))
            at = past
    return Span.from_fragments(made) if made else None
