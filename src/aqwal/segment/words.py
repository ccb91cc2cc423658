"""Words: camel-tools' word tokenizer with the offsets it does not give, and numbers and abbreviations kept whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from aqwal.text import TextError

#: What must stay one word although it holds punctuation: dotted single letters, dates, clock times, numbers.
_LETTER = r"[^\W\d_]"
_KEEP = re.compile(
    rf"""
      (?<![\w.]){_LETTER}(?:\.{_LETTER})+(?![\w])                       # أ.ف.ب  U.S.A
    | (?<![\d/.\-])\d{{1,4}}([/.\-])\d{{1,2}}\1\d{{1,4}}(?![\w/\-])       # 10/6/2019  2019-06-10
    | (?<![\d:])\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?![\w:])                  # 10:30
    | (?<![\d.,٫٬])\d+(?:[.,٫٬]\d+)+                                    # 3.5  1,200  ٣٫٥
    """,
    re.VERBOSE,
)


@cache
def _camel() -> Callable[[str], list[str]]:
    """The tokenizer of camel-tools, imported on first use because the core of Aqwal does not need it.

    Raises:
        TextError: if camel-tools is not installed, naming the extra that brings it.
    """
    try:
        from camel_tools.tokenizers.word import simple_word_tokenize
    except ImportError as error:
        raise TextError(
            "segmenting a new text needs camel-tools, which is not installed; run: pip install 'aqwal[baselines]'"
        ) from error
    tokenize: Callable[[str], list[str]] = simple_word_tokenize
    return tokenize


def recover_offsets(text: str, tokens: Sequence[str], start: int = 0) -> list[tuple[int, int]]:
    """Half-open spans of ``tokens`` in ``text``, searched in order from ``start``; time linear in ``len(text)``.

    Tokens are substrings of the text in order with only white space between them, so each search stops at once.

    Raises:
        TextError: if a token is not found at the next place that is not white space.

    >>> recover_offsets("قال : نعم", ["قال", ":", "نعم"])
    [(0, 3), (4, 5), (6, 9)]
    """
    spans: list[tuple[int, int]] = []
    position = start
    for token in tokens:
        while position < len(text) and text[position].isspace():
            position += 1
        if not text.startswith(token, position):
            raise TextError(f"the tokenizer's token {token!r} is not the text at code point {position}")
        spans.append((position, position + len(token)))
        position += len(token)
    return spans


def word_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Half-open spans, in code points of ``text``, of the words of the line ``text[start:end]``.

    White-space tokens with every punctuation mark and symbol split off, except inside decimals and grouped numbers,
    numeric dates, clock times and dotted abbreviations. A pair of month names is three words.

    >>> [text[a:b] for text in ["في أغسطس/آب، 3.5%"] for a, b in word_spans(text, 0, len(text))]
    ['في', 'أغسطس', '/', 'آب', '،', '3.5', '%']
    """
    line = text[start:end]
    spans = recover_offsets(line, _camel()(line))
    merged: list[tuple[int, int]] = []
    keeps = [match.span() for match in _KEEP.finditer(line)]
    which = 0
    for first, last in spans:
        while which < len(keeps) and keeps[which][1] <= first:
            which += 1
        inside = which < len(keeps) and keeps[which][0] < first
        if inside and merged:
            merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return [(start + first, start + last) for first, last in merged]
