"""Half-open integer intervals in bulk: joins, unions and splits without a Python loop.

An interval list is two int64 arrays ``lo`` and ``hi`` of one shape; empty intervals (lo == hi) are allowed and overlap
nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aqwal.columns import Bools, Geometry, Ints, SpanColumn

#: Overlapping pairs that one join may yield; beyond it a submission is degenerate.
MAX_PAIRS = 20_000_000


class TooManyPairs(ValueError):
    """So many objects overlap one another that they cannot be aligned in bounded memory."""


def refuse_flood(pairs: int, of: str = "overlapping pairs of spans") -> None:
    """Stop before an array of more than :data:`MAX_PAIRS` items is made.

    Raises:
        TooManyPairs: saying how many there would be, and of what.
    """
    if pairs > MAX_PAIRS:
        raise TooManyPairs(f"{pairs} {of}, over {MAX_PAIRS}; the annotations are degenerate, thin them")


def expand(lo: Ints, size: Ints) -> tuple[Ints, Ints]:
    """The integers of intervals ``[lo, lo + size)``, and the interval that each comes from.

    >>> [part.tolist() for part in expand(np.array([5, 0]), np.array([2, 1]))]
    [[5, 6, 0], [0, 0, 1]]
    """
    total = np.cumsum(size)
    owner = np.repeat(np.arange(lo.size), size)
    if not total.size:
        return np.zeros(0, np.int64), owner
    return np.arange(total[-1]) + np.repeat(lo - (total - size), size), owner


def join(a_lo: Ints, a_hi: Ints, b_lo: Ints, b_hi: Ints) -> tuple[Ints, Ints]:
    """Every pair (i, j) of intervals of two lists that share an integer.

    Two intervals overlap either because the second begins inside the first or because the first begins strictly
    inside the second, and never both: two sorted searches find each pair once. O(n log n + pairs).

    Raises:
        TooManyPairs: beyond :data:`MAX_PAIRS`.

    >>> i, j = join(*(np.array(x) for x in ([0, 4], [5, 6], [1, 4, 9], [2, 8, 10])))
    >>> sorted(zip(i.tolist(), j.tolist()))
    [(0, 0), (0, 1), (1, 1)]
    """
    a_rows, b_rows = np.flatnonzero(a_hi > a_lo), np.flatnonzero(b_hi > b_lo)
    a_rows = a_rows[sorting_order(a_lo[a_rows])]
    b_rows = b_rows[sorting_order(b_lo[b_rows])]
    a_lo, a_hi, b_lo, b_hi = a_lo[a_rows], a_hi[a_rows], b_lo[b_rows], b_hi[b_rows]
    first = np.searchsorted(b_lo, a_lo, side="left")
    size = np.searchsorted(b_lo, a_hi, side="left") - first
    back = np.searchsorted(a_lo, b_lo, side="right")
    back_size = np.searchsorted(a_lo, b_hi, side="left") - back
    total = int(size.sum() + back_size.sum())
    refuse_flood(total)
    j, i = expand(first, size)
    other_i, other_j = expand(back, back_size)
    return np.concatenate([a_rows[i], a_rows[other_i]]), np.concatenate([b_rows[j], b_rows[other_j]])


def sorting_order(keys: NDArray[Any]) -> NDArray[np.intp]:
    """Stable sorting order; free where the keys are sorted already."""
    if keys.size < 2 or bool((keys[1:] >= keys[:-1]).all()):
        return np.arange(keys.size)
    return np.argsort(keys, kind="stable")


def union(lo: Ints, hi: Ints) -> tuple[Ints, Ints]:
    """Sorted disjoint intervals that cover the same integers; touching ones are merged.

    >>> [part.tolist() for part in union(np.array([4, 0, 1]), np.array([6, 2, 4]))]
    [[0], [6]]
    """
    keep = hi > lo
    lo, hi = lo[keep], hi[keep]
    order = sorting_order(lo)
    lo, hi = lo[order], hi[order]
    if not lo.size:
        return lo, hi
    reach = np.maximum.accumulate(hi)
    fresh = np.concatenate([[True], lo[1:] > reach[:-1]])
    begins = np.flatnonzero(fresh)
    return lo[begins], np.maximum.reduceat(hi, begins)


def split(lo: Ints, hi: Ints, edges: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Cut intervals at ``edges`` (sorted; cell ``k`` is ``[edges[k], edges[k + 1])``).

    Returns (lo, hi, cell, source interval) of the pieces. Every interval lies within the edges.

    >>> [part.tolist() for part in split(np.array([1]), np.array([5]), np.array([0, 3, 9]))]
    [[1, 3], [3, 5], [0, 1], [0, 0]]
    """
    keep = np.flatnonzero(hi > lo)
    first = np.searchsorted(edges, lo[keep], side="right") - 1
    last = np.searchsorted(edges, hi[keep] - 1, side="right") - 1
    cell, owner = expand(first, last - first + 1)
    source = keep[owner]
    return np.maximum(lo[source], edges[cell]), np.minimum(hi[source], edges[cell + 1]), cell, source


def word_ranges(geometry: Geometry, spans: SpanColumn) -> tuple[Ints, Ints, Ints]:
    """Ranges of scored words that share a code point with each fragment: (first, one past last, span).

    The ranges of one span are disjoint, also where two fragments touch one word.
    """
    lo = np.searchsorted(geometry.word_end, spans.start, side="right")
    hi = np.searchsorted(geometry.word_start, spans.end, side="left")
    hi = np.maximum(lo, hi)
    owner = spans.owner
    if owner.size > len(spans):
        same = owner[1:] == owner[:-1]
        lo[1:] = np.where(same, np.maximum(lo[1:], hi[:-1]), lo[1:])
        hi = np.maximum(lo, hi)
    return lo, hi, owner


def distinct(keys: Ints) -> Ints:
    """Sorted distinct keys. Sorting beats numpy's hash table on keys that are nearly in order, as ours are.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    if keys.size < 2:
        return keys
    ordered = keys if bool((keys[1:] >= keys[:-1]).all()) else np.sort(keys)
    found: Ints = ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])]
    return found


def within(keys: Ints, ordered: Ints) -> Bools:
    """Which keys are among some sorted ones.

    >>> within(np.array([3, 4]), np.array([1, 3])).tolist()
    [True, False]
    """
    at = np.searchsorted(ordered, keys)
    out = np.zeros(keys.size, dtype=np.bool_)
    inside = at < ordered.size
    out[inside] = ordered[at[inside]] == keys[inside]
    return out


def ranked(*keys: NDArray[Any]) -> NDArray[np.intp]:
    """The order of rows by the first key, ties by the second, and so on.

    >>> ranked(np.array([2, 1, 1]), np.array([0, 5, 4])).tolist()
    [2, 1, 0]
    """
    first = keys[0]
    order = sorting_order(first)
    ordered = first[order]
    same = ordered[1:] == ordered[:-1]
    if len(keys) == 1 or not same.any():
        return order
    tied = np.flatnonzero(np.concatenate([same, [False]]) | np.concatenate([[False], same]))
    rows = order[tied]
    second = keys[1][rows]
    if bool(((second[1:] > second[:-1]) | (ordered[tied[1:]] > ordered[tied[:-1]])).all()):
        return order
    order[tied] = rows[np.lexsort([key[rows] for key in reversed(keys)])]
    return order


def pack(parts: list[tuple[Ints, int]]) -> Ints:
    """One int64 key per row from several columns (values, exclusive upper bound), equal just where all are equal.

    Where the product of the bounds is too large for 63 bits, the key is a rank instead.

    >>> pack([(np.array([1, 1]), 2), (np.array([3, 4]), 5)]).tolist()
    [8, 9]
    """
    key, bound = parts[0]
    for values, limit in parts[1:]:
        if bound * limit >= 2**62:
            _, key = np.unique(key, return_inverse=True)
            bound = int(key.max(initial=0)) + 1
            if bound * limit >= 2**62:
                _, values = np.unique(values, return_inverse=True)
                limit = int(values.max(initial=0)) + 1
        key = key * limit + values
        bound *= limit
    return key
