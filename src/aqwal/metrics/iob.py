"""Mentions from lists of IOB tags, as seqeval takes them.

``strict`` reads IOB2: a mention begins at ``B-`` and goes on through ``I-`` of the same type; an ``I-`` that continues
nothing is no mention, and is counted in ``ill_formed``. ``lenient`` reads as conlleval does (seqeval's default): such
an ``I-`` begins a mention. Gold is never dropped: ill-formed *gold* tags are refused under ``strict``.

>>> table = from_iob([["B-ORG", "I-ORG", "O", "I-PERS"]])
>>> [(int(s), int(e), table.labels[k]) for s, e, k in zip(table.start, table.end, table.label)]
[(0, 2, 'ORG')]
>>> from_iob([["B-ORG", "I-ORG", "O", "I-PERS"]], scheme="lenient").start.tolist()
[0, 3]
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from aqwal.metrics.spans import SpanScores, SpanTable, exact_scores

SCHEMES = ("strict", "lenient")


def from_iob(tags: Sequence[Sequence[str]], scheme: str = "strict") -> SpanTable:
    """The mentions of some tag lists, one list per document; positions are token numbers within it.

    Raises:
        ValueError: for a tag that is not ``O``, ``B-x`` or ``I-x``, or an unknown scheme.
    """
    if scheme not in SCHEMES:
        raise ValueError(f"unknown scheme {scheme!r}; use one of {', '.join(SCHEMES)}")
    sizes = np.fromiter(map(len, tags), dtype=np.int64, count=len(tags))
    total = int(sizes.sum())
    names = sorted(set(chain.from_iterable(tags)))
    begins, kinds, labels = _read(names)
    code = {name: index for index, name in enumerate(names)}
    flat = map(code.__getitem__, chain.from_iterable(tags))
    codes: NDArray[np.integer] = (
        np.frombuffer(bytes(flat), dtype=np.uint8) if len(names) <= 256 else np.fromiter(flat, np.int32, total)
    )
    kind, begin = kinds[codes], begins[codes]
    first = np.cumsum(sizes) - sizes
    # A run is a stretch of one mention: it begins at B-, at another type, or at the first token of a document.
    fresh = np.empty(total, dtype=np.bool_)
    np.not_equal(kind[1:], kind[:-1], out=fresh[1:])
    fresh |= begin
    fresh[first[sizes > 0]] = True
    inside = kind > 0
    ends_before = np.empty(total, dtype=np.bool_)
    ends_before[:-1] = fresh[1:]
    ends_before[-1:] = True
    start = np.flatnonzero(fresh & inside)
    end = np.flatnonzero(ends_before & inside) + 1
    ill_formed = 0
    if scheme == "strict":
        kept = begin[start]
        ill_formed = int(kept.size - kept.sum())
        start, end = start[kept], end[kept]
    document = np.repeat(np.arange(sizes.size), sizes)[start] if total else start
    shift = first[document] if start.size else 0
    return SpanTable(
        len(tags), document, start - shift, end - shift, kind[start].astype(np.int64) - 1, labels, ill_formed
    )


def _read(names: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.int16], tuple[str, ...]]:
    """For each tag: whether it begins a mention, and the number of its type from 1 (0 for O); and the types."""
    for name in names:
        if name != "O" and (name[:2] not in ("B-", "I-") or len(name) < 3):
            raise ValueError(f"unknown tag {name!r}; use O, B-type or I-type")
    labels = tuple(sorted({name[2:] for name in names if name != "O"}))
    number = {label: index + 1 for index, label in enumerate(labels)}
    begins = np.array([name.startswith("B-") for name in names], dtype=np.bool_)
    kinds = np.array([number.get(name[2:], 0) if name != "O" else 0 for name in names], dtype=np.int16)
    return begins, kinds, labels


def iob_scores(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]], scheme: str = "strict") -> SpanScores:
    """Exact-match scores from tag lists.

    Raises:
        ValueError: if two lists of one document differ in length (cutting the longer one would hide an error), or if
            gold has an ``I-`` that continues nothing and the scheme is ``strict``.
    """
    if len(gold) != len(predicted):
        raise ValueError(f"{len(gold)} gold documents, but {len(predicted)} predicted")
    for index, (one, other) in enumerate(zip(map(len, gold), map(len, predicted), strict=True)):
        if one != other:
            raise ValueError(f"document {index}: {one} gold tags, but {other} predicted")
    true = from_iob(gold, scheme)
    if true.ill_formed:
        raise ValueError(
            f"{true.ill_formed} gold mentions begin with I-, which IOB2 does not allow; mend them, or read leniently"
        )
    return exact_scores(true, from_iob(predicted, scheme))
