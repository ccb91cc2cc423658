"""Additive per-block counts, and the scores that are functions of their sums.

Every score of Aqwal is a function of *sums over blocks* (a block is a scored paragraph), so that resampling is a matrix
product, shards of documents merge exactly, and a committed result can be re-read without the predictions.

A pair that is counted right may join a prediction and a gold object of two different paragraphs. It is therefore
counted twice: ``tp_pred`` in the prediction's block and ``tp_gold`` in the gold object's. Over the whole corpus both
sums are equal, and in any resample precision and recall stay between 0 and 1.

Of nothing against nothing precision, recall and F1 are undefined: NaN, which prints as ``n/a`` and which no average
includes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aqwal.columns import ATTRIBUTION_CODES, CLAIM_CODES
from aqwal.model import ENTITY_TYPES

Floats = NDArray[np.float64]
#: Counts up to here are exact as float64.
_MOST = 2.0**53


class Counts(Protocol):
    """What every kind of count offers."""

    kind: str

    def columns(self) -> Floats:
        """The additive counts, shape (blocks, k)."""
        ...

    def from_sums(self, sums: Floats) -> Floats:
        """Scores of shape (…) from sums of shape (…, k)."""
        ...

    @property
    def value(self) -> float:
        """The score over all blocks; NaN where it is undefined."""
        ...


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Elementwise ratio, NaN where the denominator is 0."""
    out = np.full(np.broadcast(numerator, denominator).shape, np.nan)
    np.divide(numerator, denominator, out=out, where=denominator > 0)
    return out


def harmonic(tp_pred: Floats, n_pred: Floats, tp_gold: Floats, n_gold: Floats) -> Floats:
    """F1 = 2PR/(P+R) with P = tp_pred/n_pred and R = tp_gold/n_gold, from sums.

    NaN where both sides are empty, 0 where one is or where nothing is right.

    >>> harmonic(*(np.array([x]) for x in (1.0, 2.0, 1.0, 4.0)))
    array([0.33333333])
    """
    below = tp_pred * n_gold + tp_gold * n_pred
    out = np.where(n_pred + n_gold > 0, 0.0, np.nan)
    np.divide(2 * tp_pred * tp_gold, below, out=out, where=below > 0)
    return out


@dataclass(frozen=True)
class PRF:
    """Precision, recall and F1 from four columns, each of shape (blocks,).

    >>> prf = PRF(*(np.array(c, float) for c in ([1, 0], [2, 0], [1, 0], [1, 3])))
    >>> prf.precision, prf.recall, round(prf.f1, 3)
    (0.5, 0.25, 0.333)
    """

    tp_pred: Floats
    n_pred: Floats
    tp_gold: Floats
    n_gold: Floats
    kind = "prf"

    def columns(self) -> Floats:
        """Shape (blocks, 4)."""
        return np.stack([self.tp_pred, self.n_pred, self.tp_gold, self.n_gold], axis=1)

    def from_sums(self, sums: Floats) -> Floats:
        """F1 from sums of shape (…, 4)."""
        return harmonic(sums[..., 0], sums[..., 1], sums[..., 2], sums[..., 3])

    @property
    def precision(self) -> float:
        """Σ tp / Σ predicted."""
        return float(_ratio(self.tp_pred.sum()[None], self.n_pred.sum()[None])[0])

    @property
    def recall(self) -> float:
        """Σ tp / Σ gold."""
        return float(_ratio(self.tp_gold.sum()[None], self.n_gold.sum()[None])[0])

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return self.value

    @property
    def value(self) -> float:
        """F1 over all blocks."""
        return float(self.from_sums(self.columns().sum(axis=0)[None])[0])


@dataclass(frozen=True)
class Ratio:
    """Σ hits / Σ total: accuracies and recalls; both columns of shape (blocks,)."""

    hits: Floats
    total: Floats
    kind = "ratio"

    def columns(self) -> Floats:
        """Shape (blocks, 2)."""
        return np.stack([self.hits, self.total], axis=1)

    def from_sums(self, sums: Floats) -> Floats:
        """The ratio from sums of shape (…, 2)."""
        return _ratio(sums[..., 0], sums[..., 1])

    @property
    def value(self) -> float:
        """The ratio over all blocks."""
        return float(self.from_sums(self.columns().sum(axis=0)[None])[0])


@dataclass(frozen=True)
class Mean:
    """Macro average: the mean of the F1 of the parts that have gold.

    ``labels`` names the parts: every label that occurs in gold or in the predictions. A label without gold has a part,
    for its predictions count as soon as another shard has gold for it, but no share in the mean.
    """

    labels: tuple[str, ...]
    parts: tuple[PRF, ...]
    kind = "mean"

    def columns(self) -> Floats:
        """Shape (blocks, 4 × parts)."""
        if not self.parts:
            return np.zeros((0, 0))
        return np.concatenate([part.columns() for part in self.parts], axis=1)

    def from_sums(self, sums: Floats) -> Floats:
        """Mean over the parts with gold, from sums of shape (…, 4 × parts)."""
        shape = sums.shape[:-1]
        if not self.parts:
            return np.full(shape, np.nan)
        split = sums.reshape(*shape, len(self.parts), 4)
        scores = harmonic(split[..., 0], split[..., 1], split[..., 2], split[..., 3])
        has_gold = split[..., 3] > 0
        return _ratio(np.where(has_gold, scores, 0.0).sum(axis=-1), has_gold.sum(axis=-1).astype(float))

    @property
    def value(self) -> float:
        """The macro average over all blocks."""
        return float(self.from_sums(self.columns().sum(axis=0)[None])[0])


Measure = PRF | Ratio | Mean


def same_labels(a: Measure, b: Measure) -> tuple[Measure, Measure]:
    """Two macro averages over the same labels: a label that one of them lacks gets counts of 0. Others are unchanged."""
    if not (isinstance(a, Mean) and isinstance(b, Mean)) or a.labels == b.labels:
        return a, b
    labels = tuple(sorted({*a.labels, *b.labels}))
    zeros = np.zeros_like((a.parts or b.parts)[0].n_gold)
    made = []
    for mean in (a, b):
        known = dict(zip(mean.labels, mean.parts, strict=True))
        made.append(Mean(labels, tuple(known.get(label, PRF(zeros, zeros, zeros, zeros)) for label in labels)))
    return made[0], made[1]


def concatenate(parts: Sequence[tuple[Measure | None, int]]) -> Measure:
    """One measure from those of consecutive sets of blocks, each with its number of blocks.

    A part that lacks the measure (a type that does not occur there) has counts of 0.

    Raises:
        ValueError: if no part has it.

    >>> concatenate([(Ratio(np.array([1.0]), np.array([2.0])), 1), (None, 2)]).columns().tolist()
    [[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]]
    """
    given = [measure for measure, _ in parts if measure is not None]
    if not given:
        raise ValueError("no part has this measure")
    if isinstance(given[0], Mean):
        labels = _in_order({label for mean in given if isinstance(mean, Mean) for label in mean.labels})
        known = [dict(zip(m.labels, m.parts, strict=True)) if isinstance(m, Mean) else {} for m, _ in parts]
        joined = [
            concatenate([(of.get(label), blocks) for of, (_, blocks) in zip(known, parts, strict=True)])
            for label in labels
        ]
        return Mean(labels, tuple(part for part in joined if isinstance(part, PRF)))
    width = given[0].columns().shape[1]
    table = np.concatenate([m.columns() if m is not None else np.zeros((blocks, width)) for m, blocks in parts])
    columns = [np.ascontiguousarray(column) for column in table.T]
    return PRF(*columns) if isinstance(given[0], PRF) else Ratio(*columns)


def _in_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Labels in the order of their vocabulary, as a measure names them; alphabetically if they are of none.

    >>> _in_order({"ORG", "PERS"}), _in_order({"b", "a"})
    (('PERS', 'ORG'), ('a', 'b'))
    """
    made = set(labels)
    for vocabulary in (ENTITY_TYPES, *CLAIM_CODES.values(), *ATTRIBUTION_CODES.values()):
        if made <= set(vocabulary):
            return tuple(label for label in vocabulary if label in made)
    return tuple(sorted(made))


def reordered(measure: Measure, order: NDArray[np.intp]) -> Measure:
    """The measure with its blocks in another order."""
    if isinstance(measure, Mean):
        parts = tuple(part for part in (reordered(part, order) for part in measure.parts) if isinstance(part, PRF))
        return Mean(measure.labels, parts)
    columns = [column[order] for column in measure.columns().T]
    return PRF(*columns) if isinstance(measure, PRF) else Ratio(*columns)


def sum_by_block(blocks: Iterable[int] | NDArray[np.int64], n_blocks: int, weights: Any = None) -> Floats:
    """Σ weights (default 1) by block number, as float64 of shape (n_blocks,)."""
    index = np.asarray(blocks if isinstance(blocks, np.ndarray) else list(blocks), dtype=np.int64)
    weigh = None if weights is None else np.asarray(weights, dtype=np.float64)
    return np.bincount(index, weights=weigh, minlength=n_blocks).astype(np.float64)


def shown(value: float, digits: int = 3) -> str:
    """A score for people: ``n/a`` where it is undefined.

    >>> shown(float("nan")), shown(0.5)
    ('n/a', '0.500')
    """
    return "n/a" if np.isnan(value) else f"{value:.{digits}f}"


def to_json(measure: Measure) -> dict[str, Any]:
    """A measure as plain lists, for result files."""
    if isinstance(measure, Mean):
        parts = {label: to_json(part) for label, part in zip(measure.labels, measure.parts, strict=True)}
        return {"kind": "mean", "parts": parts}
    names = ("tp_pred", "n_pred", "tp_gold", "n_gold") if isinstance(measure, PRF) else ("hits", "total")
    return {"kind": measure.kind, **{name: getattr(measure, name).tolist() for name in names}}


def from_json(record: Mapping[str, Any]) -> Measure:
    """The inverse of :func:`to_json`.

    Raises:
        ValueError: for what is none, and for counts that cannot be: negative, not finite, of over 2⁵³, of different
            lengths, or more right than there are.
    """
    kind = record.get("kind") if isinstance(record, Mapping) else None
    if kind == "prf":
        return _prf(record)
    if kind == "ratio":
        hits, total = _columns(record, ("hits", "total"))
        return Ratio(hits, total)
    if kind == "mean":
        named = record.get("parts")
        if not isinstance(named, Mapping) or not all(isinstance(part, Mapping) for part in named.values()):
            raise ValueError("the parts of a mean are counts by label")
        if any(part.get("kind") != "prf" for part in named.values()):
            raise ValueError("a mean is over precision-recall counts")
        parts = tuple(_prf(part) for part in named.values())
        if len({part.n_gold.size for part in parts}) > 1:
            raise ValueError("the parts of a mean have different numbers of counts")
        return Mean(tuple(str(label) for label in named), parts)
    raise ValueError("no counts of the kind prf, ratio or mean")


def _prf(record: Mapping[str, Any]) -> PRF:
    return PRF(*_columns(record, ("tp_pred", "n_pred", "tp_gold", "n_gold")))


def _columns(record: Mapping[str, Any], names: Sequence[str]) -> list[Floats]:
    """Columns in pairs: what is right, and of how many."""
    lists = [record.get(name) for name in names]
    made: list[Floats] = []
    for name, values in zip(names, lists, strict=True):
        if not isinstance(values, list) or not set(map(type, values)) <= {int, float}:
            raise ValueError(f"{name} is no list of numbers")
        try:
            made.append(np.asarray(values, dtype=np.float64))
        except OverflowError:  # an integer of hundreds of digits
            raise ValueError(f"{name} is of numbers too large") from None
    if any(column.size != made[0].size for column in made):
        raise ValueError(f"{', '.join(names)} have different lengths")
    for name, column in zip(names, made, strict=True):
        if not ((column >= 0) & (column <= _MOST)).all():  # False for NaN
            raise ValueError(f"{name} holds a number that is negative, not finite or over 2**53")
    for right, among in ((0, 1), (2, 3))[: len(names) // 2]:
        over = np.flatnonzero(made[right] > made[among] + 1e-9)
        if over.size:
            row = int(over[0])
            counts = f"{made[right][row]:g} of {made[among][row]:g}"
            raise ValueError(f"{names[right]} is more than {names[among]} in paragraph {row}: {counts}")
    return made
