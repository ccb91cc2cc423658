"""Confusion matrices: which label a system gives instead of which, over the pairs that the scorer aligns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aqwal.columns import ATTRIBUTION_CODES, CLAIM_CODES, Columns, Geometry, Ints
from aqwal.metrics.attribution import Alignment
from aqwal.metrics.keys import keys_of, span_parts
from aqwal.metrics.matching import assign
from aqwal.metrics.schemas import overlapping
from aqwal.metrics.scoring import Comparison
from aqwal.metrics.sides import Side
from aqwal.model import ENTITY_TYPES, LAYERS, Annotations, Document

#: (layer, field, what a pair is), in the order of the report.
FIELDS = (
    ("mentions", "type", "mentions with the same span"),
    ("attributions", "kind", "aligned attributions"),
    ("attributions", "source_type", "aligned attributions"),
    ("attributions", "quote", "aligned attributions"),
    ("claims", "certainty", "aligned claims of intersection over union ≥ 1/2"),
)


@dataclass(frozen=True, eq=False)
class Confusion:
    """Counts of pairs by gold and predicted label.

    Attributes:
        layer, field: what is labelled.
        pairs: what counts as a pair, in words.
        labels: those that occur on either side, in the order of the vocabulary.
        counts: pairs, gold labels in rows and predicted in columns, shape (labels, labels).
        missed: gold objects without a partner, by label, shape (labels,).
        spurious: predicted objects without a partner, by label, shape (labels,).
    """

    layer: str
    field: str
    pairs: str
    labels: tuple[str, ...]
    counts: NDArray[np.int64]
    missed: NDArray[np.int64]
    spurious: NDArray[np.int64]

    @property
    def name(self) -> str:
        """As a heading: ``mentions: type``."""
        return f"{self.layer}: {self.field.replace('_', ' ')}"

    @property
    def total(self) -> int:
        """Number of pairs."""
        return int(self.counts.sum())

    @property
    def right(self) -> int:
        """Pairs whose labels agree."""
        return int(np.trace(self.counts))

    def swaps(self, most: int = 3) -> list[tuple[str, str, int]]:
        """The commonest confusions as (gold label, predicted label, count), most frequent first."""
        found = [
            (-int(self.counts[i, j]), i, j)
            for i in range(len(self.labels))
            for j in range(len(self.labels))
            if i != j and self.counts[i, j]
        ]
        return [(self.labels[i], self.labels[j], -count) for count, i, j in sorted(found)[:most]]


def confusions(
    documents: Iterable[Document],
    gold: Iterable[Annotations],
    predictions: Iterable[Annotations],
    layers: Sequence[str] = LAYERS,
) -> list[Confusion]:
    """The matrices of :data:`FIELDS`, those of other layers left out."""
    geometry = Geometry.of(documents)
    both = Comparison(Side.of(Columns.of(geometry, predictions)), Side.of(Columns.of(geometry, gold)))
    made = []
    for layer, name, pairs in FIELDS:
        if layer not in layers:
            continue
        if layer == "mentions":
            p_code, g_code, aligned = _mentions(both)
            vocabulary: tuple[str, ...] = ENTITY_TYPES
        elif layer == "attributions":
            p_code, g_code = both.pred.attributions.codes[name], both.gold.attributions.codes[name]
            vocabulary, aligned = ATTRIBUTION_CODES[name], both.attributions
        else:
            p_code, g_code = both.pred.claims.codes[name], both.gold.claims.codes[name]
            vocabulary, aligned = CLAIM_CODES[name], both.claims[1]
        made.append(_count(layer, name, pairs, vocabulary, p_code, g_code, aligned))
    return made


def _mentions(both: Comparison) -> tuple[Ints, Ints, Alignment]:
    """Types of the named mentions and their pairs of equal span; of several with one span, equal types first."""
    p, g = both.pred.mentions.take(both.pred.named), both.gold.mentions.take(both.gold.named)
    i, j = overlapping(p.span, g.span)
    p_key, g_key = keys_of(*span_parts(p.span, g.span))
    same = p_key[i] == g_key[j]
    i, j = i[same], j[same]
    pairs = assign(i, j, 1.0 + (p.type[i] == g.type[j]))
    ones = np.ones(pairs.size)
    return p.type, g.type, Alignment.of(i[pairs], j[pairs], ones, p.doc.size, g.doc.size)


def _count(
    layer: str, name: str, pairs: str, vocabulary: Sequence[str], p_code: Ints, g_code: Ints, aligned: Alignment
) -> Confusion:
    size = len(vocabulary)
    cells = np.bincount(g_code[aligned.gold] * size + p_code[aligned.pred], minlength=size * size)
    counts = cells.reshape(size, size)
    missed = np.bincount(g_code[aligned.gold_partner < 0], minlength=size)
    spurious = np.bincount(p_code[aligned.pred_partner < 0], minlength=size)
    used = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1) + missed + spurious)
    return Confusion(
        layer,
        name,
        pairs,
        tuple(vocabulary[code] for code in used.tolist()),
        counts[np.ix_(used, used)].astype(np.int64),
        missed[used].astype(np.int64),
        spurious[used].astype(np.int64),
    )
