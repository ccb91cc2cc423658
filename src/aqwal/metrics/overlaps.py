"""Sizes of the intersections of word sets, for all pairs of objects that overlap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aqwal.columns import Ints
from aqwal.metrics.counts import Floats
from aqwal.metrics.intervals import join
from aqwal.metrics.sides import WordSets


@dataclass(frozen=True, eq=False)
class Overlaps:
    """Overlapping pairs as sorted keys ``i * n_gold + j`` with the size of each intersection."""

    key: Ints
    words: Ints
    n_gold: int

    @property
    def pred(self) -> Ints:
        """Rows of the predicted objects."""
        return self.key // self.n_gold

    @property
    def gold(self) -> Ints:
        """Rows of the gold objects."""
        return self.key % self.n_gold

    def at(self, key: Ints) -> Ints:
        """Intersection sizes of some pairs, 0 where they do not overlap."""
        where = np.searchsorted(self.key, key)
        out = np.zeros(key.size, dtype=np.int64)
        hit = np.flatnonzero(where < self.key.size)
        hit = hit[self.key[where[hit]] == key[hit]]
        out[hit] = self.words[where[hit]]
        return out


def overlaps(p: WordSets, g: WordSets) -> Overlaps:
    """The overlaps of two lists of word sets."""
    i, j = join(p.lo, p.hi, g.lo, g.hi)
    words = np.minimum(p.hi[i], g.hi[j]) - np.maximum(p.lo[i], g.lo[j])
    n_gold = max(g.size.size, 1)
    key, words = sum_by_key(p.owner[i] * n_gold + g.owner[j], words)
    return Overlaps(key, words, n_gold)


def sum_by_key(key: Ints, values: Ints) -> tuple[Ints, Ints]:
    """Sorted distinct keys, and the sum of the values of each."""
    order = np.argsort(key, kind="stable")
    key, values = key[order], values[order]
    if not key.size:
        return key, values
    begins = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    return key[begins], np.add.reduceat(values, begins)


def token_f1(shared: Ints, p_size: Ints, g_size: Ints) -> Floats:
    """2 · shared / (|p| + |g|) of word sets; 1 where both are empty.

    >>> token_f1(np.array([2, 0]), np.array([2, 0]), np.array([4, 0])).round(3).tolist()
    [0.667, 1.0]
    """
    total = p_size + g_size
    out = np.ones(total.shape)
    np.divide(2.0 * shared, total, out=out, where=total > 0)
    return out
