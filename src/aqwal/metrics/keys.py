"""Exact comparison of spans and labels in bulk, through sorted integer keys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aqwal.columns import Bools, Ints, SpanColumn

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
    from aqwal.metrics.intervals import pack

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
    p_rank, g_rank = _occurrence(p), _occurrence(g)
    in_pred = _lookup(p, p_rank, g, g_rank)
    in_gold = _lookup(g, g_rank, p, p_rank)
    return Shared(in_pred, in_gold)


def _occurrence(keys: Ints) -> Ints | None:
    """How many equal keys stand before each key; None if all are distinct."""
    if keys.size < 2 or bool((keys[1:] > keys[:-1]).all()):
        return None
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    fresh = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    if bool(fresh.all()):
        return None
    begins = np.flatnonzero(fresh)
    rank = np.empty(keys.size, dtype=np.int64)
    rank[order] = np.arange(keys.size) - np.repeat(begins, np.diff(np.concatenate([begins, [keys.size]])))
    return rank


def _lookup(keys: Ints, rank: Ints | None, others: Ints, other_rank: Ints | None) -> Bools:
    """Whether key number ``rank`` among its equals has a partner: fewer than that many equals in ``others``."""
    ordered = others if others.size < 2 or bool((others[1:] >= others[:-1]).all()) else np.sort(others)
    at = np.searchsorted(ordered, keys, side="left")
    if rank is not None:
        at = at + rank
    found = np.zeros(keys.size, dtype=np.bool_)
    inside = at < ordered.size
    found[inside] = ordered[at[inside]] == keys[inside]
    return found
