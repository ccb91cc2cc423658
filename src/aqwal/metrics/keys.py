"""Exact comparison of spans and labels in bulk, through sorted integer keys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aqwal.columns import Bools, Ints, SpanColumn
from aqwal.metrics.intervals import pack, sorting_order

#: Columns of a key with their exclusive upper bounds; see :func:`aqwal.metrics.intervals.pack`.
Parts = list[tuple[Ints, int]]


def span_parts(p: SpanColumn, g: SpanColumn) -> tuple[Parts, Parts]:
    """Key columns of two lists of spans: equal just where two spans have the same fragments.

    A span is known by its first and last position and the number of what lies between, 0 for one fragment. Two absent
    spans are equal.
    """
    both = (p, g)
    firsts = [np.where(s.given, s.first, -1) + 1 for s in both]
    widths = [np.where(s.given, s.last - s.first, 0) for s in both]
    inner: dict[bytes, int] = {}
    rests: list[Ints] = []
    for spans in both:
        rest = np.zeros(len(spans), dtype=np.int64)
        for row in np.flatnonzero(spans.size > 1).tolist():
            at, to = int(spans.offset[row]), int(spans.offset[row + 1])
            gaps = np.stack([spans.end[at : to - 1], spans.start[at + 1 : to]]).tobytes()
            rest[row] = inner.setdefault(gaps, len(inner) + 1)
        rests.append(rest)
    bounds = [max(int(c.max(initial=0)) for c in columns) + 1 for columns in (firsts, widths, rests)]
    made: list[Parts] = [
        [(c, b) for c, b in zip(columns, bounds, strict=True) if b > 1]
        for columns in zip(firsts, widths, rests, strict=True)
    ]
    for side, parts in zip(both, made, strict=True):
        if not parts:
            parts.append((np.zeros(len(side), dtype=np.int64), 1))
    return made[0], made[1]


def keys_of(p: Parts, g: Parts) -> tuple[Ints, Ints]:
    """One int64 key per row of both sides, comparable between the sides."""
    n = p[0][0].size
    joined = pack([(np.concatenate([a, b]), bound) for (a, bound), (b, _) in zip(p, g, strict=True)])
    return joined[:n], joined[n:]


@dataclass(frozen=True)
class Shared:
    """Which objects of two lists are paired by equal keys, one to one."""

    in_pred: Bools
    in_gold: Bools


def shared(p: Ints, g: Ints) -> Shared:
    """Pair equal keys one to one: of a key that occurs a times here and b times there, min(a, b) pairs.

    Of equal keys the first rows are paired.

    >>> made = shared(np.array([7, 7, 5]), np.array([5, 7, 8]))
    >>> made.in_pred.tolist(), made.in_gold.tolist()
    ([True, False, True], [True, True, False])
    """
    p_order, g_order = sorting_order(p), sorting_order(g)
    p_key, p_rank = _runs(p[p_order])
    g_key = g[g_order]
    # A key's n-th occurrence is paired with the other side's n-th.
    at = np.searchsorted(g_key, p_key, side="left") + p_rank
    inside = np.flatnonzero(at < g_key.size)
    hit = inside[g_key[at[inside]] == p_key[inside]]
    in_pred, in_gold = np.zeros(p.size, dtype=np.bool_), np.zeros(g.size, dtype=np.bool_)
    in_pred[p_order[hit]] = True
    in_gold[g_order[at[hit]]] = True
    return Shared(in_pred, in_gold)


def _runs(ordered: Ints) -> tuple[Ints, Ints | int]:
    """Sorted keys, and how many equal keys stand before each (0 if all are distinct)."""
    fresh = ordered[1:] != ordered[:-1]
    if bool(fresh.all()):
        return ordered, 0
    begins = np.flatnonzero(np.concatenate([[True], fresh]))
    size = np.diff(np.concatenate([begins, [ordered.size]]))
    return ordered, np.arange(ordered.size) - np.repeat(begins, size)
