"""One side of a comparison, gold or predicted: its scored objects in canonical order, with their blocks.

Two decisions live here.

*Which objects are scored.* An object that touches no scored paragraph but does touch furniture or a repeat is **set
aside**: neither right nor wrong, counted, and listed by the error report. All others are scored, also those in the
white space between paragraphs (as predictions they are spurious).

*In which order.* Rows are sorted by what they are (spans, then labels), never by id or by place in the file, so that
ties are broken alike however a submission is ordered or its ids are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aqwal.columns import AttributionColumns, Bools, ClaimColumns, Columns, Geometry, Ints, MentionColumns, SpanColumn
from aqwal.metrics.counts import PRF, Floats, sum_by_block
from aqwal.metrics.intervals import ranked, word_ranges
from aqwal.metrics.signatures import Codes, cluster_codes, combine, entity_codes, list_codes, span_codes

#: The roles of the relation; the medium is scored on its own.
CORE_ROLES = ("cue", "source", "content")
#: Code of the levels that the entities task scores.
NAMED_LEVELS = (0, 1)  # NAM, VAL


@dataclass(frozen=True, eq=False)
class WordSets:
    """The scored words of ``n`` spans: disjoint ranges ``[lo, hi)`` with their span, and the size of each set."""

    lo: Ints
    hi: Ints
    owner: Ints
    size: Ints

    @classmethod
    def of(cls, geometry: Geometry, spans: SpanColumn) -> WordSets:
        """The word sets of a column of spans."""
        lo, hi, owner = word_ranges(geometry, spans)
        size = np.bincount(owner, weights=hi - lo, minlength=len(spans)).astype(np.int64)
        return cls(lo, hi, owner, size)


@dataclass(frozen=True, eq=False)
class Side:
    """The scored rows of one side.

    ``aside`` holds the rows (in the order given) that were set aside, by layer. ``*_codes`` are equal where two
    objects are the same in all but their names.
    """

    geometry: Geometry
    mentions: MentionColumns
    attributions: AttributionColumns
    claims: ClaimColumns
    n_entities: int
    mention_block: Ints
    attribution_block: Ints
    claim_block: Ints
    aside: dict[str, Ints]
    entity_codes: Codes
    attribution_codes: Codes
    claim_codes: Codes

    @classmethod
    def of(cls, columns: Columns) -> Side:
        """The side that some columns make."""
        geometry = columns.geometry
        m, a, c = columns.mentions, columns.attributions, columns.claims
        aside: dict[str, Ints] = {}
        core = [a.roles[role] for role in CORE_ROLES]

        m_keep = _scored(geometry, m.doc, [m.span])
        a_keep = _scored(geometry, a.doc, core)
        c_keep = _scored(geometry, c.doc, [c.span])
        for name, row, keep in (
            ("mentions", m.row, m_keep),
            ("attributions", a.row, a_keep),
            ("claims", c.row, c_keep),
        ):
            aside[name] = row[~keep]
        m = m if m_keep.all() else m.take(np.flatnonzero(m_keep))
        a = a if a_keep.all() else a.take(np.flatnonzero(a_keep))
        c = c if c_keep.all() else c.take(np.flatnonzero(c_keep))

        entity = entity_codes(geometry, m, a, columns.n_entities)
        m = m.take(ranked(*_spans(m.span), m.type, m.level, np.append(entity, np.uint64(0))[m.entity]))
        base = geometry.base[a.doc]
        speech = combine(*(span_codes(a.roles[role], base) for role in CORE_ROLES))
        above = np.where(a.parent >= 0, speech[a.parent], 0) if a.parent.size else speech
        ties: tuple[NDArray[Any], ...] = (
            above,
            list_codes(a.source_entity, entity),
            list_codes(a.medium_entity, entity),
        )
        labels: list[NDArray[Any]] = [
            *_reversed(a.codes),
            a.implicit,
            _depth(a.parent),
            span_codes(a.roles["medium"], base),
        ]
        order = ranked(*(key for role in CORE_ROLES for key in _spans(a.roles[role])), *labels, *ties)
        act = combine(speech, *labels, *ties)[order]
        a = a.take(order)
        cluster = cluster_codes(geometry, c) if c.cluster_code is None else c.cluster_code
        labels = [*_reversed(c.codes), span_codes(c.span, geometry.base[c.doc]), cluster]
        order = ranked(*_spans(c.span), *labels)
        claim = combine(*labels)[order]
        c = c.take(order)
        start = np.minimum.reduce([a.roles[role].first for role in CORE_ROLES])
        return cls(
            geometry, m, a, c, columns.n_entities, geometry.locate(m.doc, m.span.first),
            geometry.locate(a.doc, start), geometry.locate(c.doc, c.span.first), aside, entity, act, claim,
        )  # fmt: skip

    @cached_property
    def mention_words(self) -> WordSets:
        """Word sets of the mentions."""
        return WordSets.of(self.geometry, self.mentions.span)

    @cached_property
    def role_words(self) -> dict[str, WordSets]:
        """Word sets of the four roles."""
        return {role: WordSets.of(self.geometry, span) for role, span in self.attributions.roles.items()}

    @cached_property
    def claim_words(self) -> WordSets:
        """Word sets of the claims."""
        return WordSets.of(self.geometry, self.claims.span)

    @cached_property
    def depth(self) -> Ints:
        """Attributions on the path from the author, 1 without a parent."""
        return _depth(self.attributions.parent)

    @cached_property
    def outermost_first(self) -> Ints:
        """Attributions with content, outer before inner: by longer content, then lesser depth, then canonical order."""
        content = self.attributions.roles["content"]
        rows = np.flatnonzero(content.given)
        # Later rows are painted over earlier ones, so of equals the canonically first comes last.
        return rows[np.lexsort((-rows, self.depth[rows], -content.length[rows]))]

    @cached_property
    def named(self) -> Ints:
        """Rows of the mentions that the entities task scores."""
        return np.flatnonzero(self.mentions.level <= max(NAMED_LEVELS))


def _scored(geometry: Geometry, doc: Ints, spans: Iterable[SpanColumn]) -> Bools:
    """Which objects are scored: see the module's first decision."""
    alive = np.zeros(doc.size, dtype=np.bool_)
    dead = np.zeros(doc.size, dtype=np.bool_)
    for column in spans:
        owner = column.owner
        for out, start, end in (
            (alive, geometry.block_start, geometry.block_end),
            (dead, geometry.dead_start, geometry.dead_end),
        ):
            touched = np.searchsorted(end, column.start, side="right") < np.searchsorted(start, column.end, side="left")
            out[owner[touched]] = True
    has_block = geometry.first_block[doc + 1] > geometry.first_block[doc]
    result: Bools = (alive | ~dead) & has_block
    return result


def _spans(spans: SpanColumn) -> tuple[Ints, Ints, Ints]:
    return spans.first, spans.last, spans.length


def _reversed(codes: Mapping[str, Ints]) -> list[Ints]:
    return list(codes.values())[::-1]


def _depth(parent: Ints) -> Ints:
    """1 + number of ancestors."""
    depth = np.ones(parent.size, dtype=np.int64)
    current = parent.copy()
    while (going := current >= 0).any():
        depth[going] += 1
        current[going] = parent[current[going]]
    return depth


def prf(
    geometry: Geometry, pred_block: Ints, gold_block: Ints, pred_hit: Floats | Bools, gold_hit: Floats | Bools
) -> PRF:
    """Counts from the credit that each prediction and each gold object gets, in [0, 1]."""
    n = geometry.n_blocks
    return PRF(
        sum_by_block(pred_block, n, pred_hit),
        sum_by_block(pred_block, n),
        sum_by_block(gold_block, n, gold_hit),
        sum_by_block(gold_block, n),
    )
