"""Sentence boundaries of one line, over its words."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_TERMINAL = frozenset(".؟!?…۔")
_OPEN = {"(": ")", "[": "]", "{": "}", "（": "）"}
_CLOSE = {close: opener for opener, close in _OPEN.items()}
_QUOTES = frozenset("\"“”„«»‟″＂'‘’‚‹›")


def _brackets(forms: Sequence[str]) -> list[int]:
    """Depth of *matched* brackets after each word; an unmatched bracket opens nothing."""
    steps = [0] * len(forms)
    stack: list[int] = []
    for index, form in enumerate(forms):
        if form in _OPEN:
            stack.append(index)
        elif form in _CLOSE and stack and forms[stack[-1]] == _CLOSE[form]:
            steps[stack.pop()] += 1
            steps[index] -= 1
        elif form in _CLOSE and len(stack) > 1 and forms[stack[-2]] == _CLOSE[form]:
            # One stray opener between a matched pair: forget it.
            stack.pop()
            steps[stack.pop()] += 1
            steps[index] -= 1
    depth = 0
    depths: list[int] = []
    for step in steps:
        depth += step
        depths.append(depth)
    return depths


def _is_single_letter(form: str) -> bool:
    """True for one letter, marks and tatweel aside (the abbreviation of a title, as in «د. محمد»)."""
    letters = [char for char in form if unicodedata.category(char)[0] not in ("M", "C") and char != "ـ"]
    return len(letters) == 1 and letters[0].isalpha()


def sentence_ranges(text: str, words: Sequence[tuple[int, int]], *, headline: bool = False) -> list[tuple[int, int]]:
    """Half-open ranges into ``words`` (the words of one line), one for each sentence.

    A sentence ends after a run of ``. ؟ ! …`` outside brackets, together with the closing quotation marks that follow
    it; at the end of the line in any case. Not after the full stop of an abbreviated title (one letter), not inside a
    Latin name with a dot (``example.org``), and not after ``..`` in a headline.

    >>> def show(text, **options):
    ...     from aqwal.segment.words import word_spans
    ...     words = word_spans(text, 0, len(text))
    ...     return [text[words[a][0]:words[b - 1][1]] for a, b in sentence_ranges(text, words, **options)]
    >>> show("قال: “نعم.” ثم خرج. وعاد")
    ['قال: “نعم.”', 'ثم خرج.', 'وعاد']
    >>> show("على طريقة الجار.. هل يعود؟", headline=True)
    ['على طريقة الجار.. هل يعود؟']
    """
    forms = [text[start:end] for start, end in words]
    depths = _brackets(forms)
    ranges: list[tuple[int, int]] = []
    first = index = 0
    while index < len(words):
        if forms[index] not in _TERMINAL or depths[index] > 0:
            index += 1
            continue
        after = index + 1
        while after < len(words) and forms[after] in _TERMINAL and words[after][0] == words[after - 1][1]:
            after += 1
        run = "".join(forms[index:after])
        end = words[after - 1][1]
        next_char = text[end : end + 1]
        touches = after < len(words) and words[after][0] == end
        previous = forms[index - 1] if index > first else ""
        ends = True
        if headline and run == "..":
            ends = False
        elif run == ".":
            touching_before = index > first and words[index - 1][1] == words[index][0]
            if touching_before and _is_single_letter(previous):
                ends = False
            elif touches and touching_before and next_char.isascii() and next_char.isalnum():
                ends = not (previous.isascii() and previous.isalnum())
        if ends:
            after = _closers(text, words, forms, after)
            ranges.append((first, after))
            first = after
        index = after
    if first < len(words):
        ranges.append((first, len(words)))
    return ranges


def _closers(text: str, words: Sequence[tuple[int, int]], forms: Sequence[str], after: int) -> int:
    """Index of the first word after the closing quotation marks (and stray closing brackets) at ``after``."""
    while after < len(words):
        form = forms[after]
        end = words[after][1]
        next_char = text[end : end + 1] if after + 1 < len(words) else ""
        # The direction of a mark is often wrong in the press: what follows it decides, not which mark it is.
        free_after = not next_char or next_char.isspace() or not next_char.isalnum()
        adjacent = words[after][0] == words[after - 1][1]
        closes = form in _QUOTES and free_after and (adjacent or not next_char or next_char.isspace())
        if not closes and not (form in _CLOSE and adjacent):
            break
        after += 1
    return after
