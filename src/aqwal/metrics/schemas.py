"""The four MUC schemas (strict, exact, partial, type) with one-to-one matching.

Chinchor & Sundheim 1993 (MUC-5), as used by SemEval-2013 task 9.1 (Segura-Bedmar et al. 2013): every prediction and
every gold object falls into one class,

* COR correct, INC incorrect, PAR partial: one prediction and one gold object that overlap, counted once on each side;
* MIS missed (gold), SPU spurious (predicted): all others,

and precision = credit / (COR+INC+PAR+SPU), recall = credit / (COR+INC+PAR+MIS), credit = COR + PAR/2.

| schema | correct | incorrect | partial |
|---|---|---|---|
| strict | same span and type | overlap | |
| exact | same span | overlap | |
| partial | same span | | overlap |
| type | overlap, same type | overlap, other type | |

The classes follow from the one-to-one matching that has the most credit, then the most pairs. They depend on nothing
else: nervaluate takes the first partner that comes, so its counts change with the order of its input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from aqwal.columns import Ints, SpanColumn
from aqwal.metrics.counts import Floats
from aqwal.metrics.intervals import distinct, join
from aqwal.metrics.keys import keys_of, span_parts
from aqwal.metrics.matching import assign

SCHEMAS = ("strict", "exact", "partial", "type")
#: What a pair without credit weighs: it is wanted only where no credit is lost.
_PAIR = 1e-7


@dataclass(frozen=True)
class Schema:
    """Classes and credits under one schema.

    ``*_credit`` is the credit of each object (1 correct, 0.5 partial), ``*_partner`` the row it is paired with or −1.
    """

    correct: int
    incorrect: int
    partial: int
    missed: int
    spurious: int
    pred_credit: Floats
    gold_credit: Floats
    pred_partner: Ints
    gold_partner: Ints

    @property
    def credit(self) -> float:
        """COR + PAR/2."""
        return self.correct + self.partial / 2

    @classmethod
    def none_paired(cls, pred: int, gold: int) -> Schema:
        """Of some predictions and gold objects, none of which is paired."""
        nobody = (np.full(pred, -1, dtype=np.int64), np.full(gold, -1, dtype=np.int64))
        return cls(0, 0, 0, gold, pred, np.zeros(pred), np.zeros(gold), *nobody)

    def with_part(self, part: Schema, pred: slice, gold: slice) -> Schema:
        """With the counts of those objects among which ``part`` was made; the arrays are written in place."""
        self.pred_credit[pred], self.gold_credit[gold] = part.pred_credit, part.gold_credit
        self.pred_partner[pred] = np.where(part.pred_partner >= 0, part.pred_partner + gold.start, -1)
        self.gold_partner[gold] = np.where(part.gold_partner >= 0, part.gold_partner + pred.start, -1)
        paired = part.correct + part.incorrect + part.partial
        return replace(
            self,
            correct=self.correct + part.correct,
            incorrect=self.incorrect + part.incorrect,
            partial=self.partial + part.partial,
            missed=self.missed - paired,
            spurious=self.spurious - paired,
        )


def muc_counts(
    p: SpanColumn, p_type: Ints, g: SpanColumn, g_type: Ints, names: Sequence[str] = SCHEMAS
) -> dict[str, Schema]:
    """Counts under each of the schemas named.

    Documents must not share positions (see :mod:`aqwal.columns`).

    >>> spans = lambda *pairs: SpanColumn.continuous(*(np.array(c) for c in zip(*pairs)))
    >>> made = muc_counts(spans((0, 4), (6, 8)), np.array([0, 1]), spans((0, 4), (5, 8), (9, 10)), np.array([0, 0, 1]))
    >>> [(made[s].correct, made[s].incorrect, made[s].partial, made[s].missed, made[s].spurious) for s in SCHEMAS]
    [(1, 1, 0, 1, 0), (1, 1, 0, 1, 0), (1, 0, 1, 1, 0), (1, 1, 0, 1, 0)]
    """
    i, j = overlapping(p, g)
    # Two spans that overlap nothing else are paired under every schema; they come first.
    alone = (np.bincount(i, minlength=1)[i] == 1) & (np.bincount(j, minlength=1)[j] == 1)
    i, j = (np.concatenate([side[alone], side[~alone]]) for side in (i, j))
    cut = int(alone.sum())
    p_key, g_key = keys_of(*span_parts(p, g))
    same_span = p_key[i] == g_key[j]
    same_type = p_type[i] == g_type[j]
    credits = {
        "strict": (same_span & same_type).astype(np.float64),
        "exact": same_span.astype(np.float64),
        "partial": np.where(same_span, 1.0, 0.5),
        "type": same_type.astype(np.float64),
    }
    out: dict[str, Schema] = {}
    for name in names:
        credit = credits[name]
        # of equal credits, a whole span rather than two halves: the more pairs are correct, the better
        weight = credit + (_PAIR * same_span if name == "partial" else _PAIR)
        pairs = np.concatenate([np.arange(cut), cut + assign(i[cut:], j[cut:], weight[cut:])])
        pi, gj, earned = i[pairs], j[pairs], credit[pairs]
        sides = []
        for rows, partners, n in ((pi, gj, len(p)), (gj, pi, len(g))):
            earn = np.zeros(n)
            earn[rows] = earned
            partner = np.full(n, -1, dtype=np.int64)
            partner[rows] = partners
            sides.append((earn, partner))
        correct = int((earned == 1).sum())
        partial = int((earned == 0.5).sum())
        out[name] = Schema(
            correct, pairs.size - correct - partial, partial, len(g) - pairs.size, len(p) - pairs.size,
            sides[0][0], sides[1][0], sides[0][1], sides[1][1],
        )  # fmt: skip
    return out


def overlapping(p: SpanColumn, g: SpanColumn) -> tuple[Ints, Ints]:
    """Every pair of spans that share a position, once."""
    i, j = join(p.start, p.end, g.start, g.end)
    if p.start.size == len(p) and g.start.size == len(g):
        return i, j
    key = distinct(p.owner[i] * len(g) + g.owner[j])
    return key // max(len(g), 1), key % max(len(g), 1)
