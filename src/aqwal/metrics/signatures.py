"""Numbers that stand for what an object *is*, so that ties are broken without looking at ids or at the input's order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aqwal.columns import AttributionColumns, ClaimColumns, Geometry, Ints, ListColumn, MentionColumns, SpanColumn

Codes = NDArray[np.uint64]
_U = np.uint64


def mix(x: Codes) -> Codes:
    """The finaliser of splitmix64 (Steele, Lea & Flood 2014): a bijection that scatters 64-bit numbers."""
    with np.errstate(over="ignore"):
        x = x + _U(0x9E3779B97F4A7C15)
        x = (x ^ (x >> _U(30))) * _U(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> _U(27))) * _U(0x94D049BB133111EB)
        return x ^ (x >> _U(31))


def combine(*columns: NDArray[Any]) -> Codes:
    """One code per row from several columns, in their order."""
    out = np.zeros(columns[0].shape, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            out = mix(out * _U(3) + column.astype(np.uint64))
    return out


def total(owner: Ints, codes: Codes, n: int) -> Codes:
    """The sum of the codes of each owner: a code of the multiset."""
    out = np.zeros(n, dtype=np.uint64)
    with np.errstate(over="ignore"):
        np.add.at(out, owner, codes)
    return out


def span_codes(spans: SpanColumn, base: Ints) -> Codes:
    """A code of each span's fragments, as positions in its own document, which begins at ``base``.

    So a document's codes are the same whatever other documents are scored with it.
    """
    shift = base[spans.owner]
    return total(spans.owner, combine(spans.start - shift, spans.end - shift), len(spans))


def entity_codes(geometry: Geometry, m: MentionColumns, a: AttributionColumns, n: int) -> Codes:
    """A code of all that is said of each entity: its mentions, and the acts in which it speaks or relays."""
    m_base, a_base = geometry.base[m.doc], geometry.base[a.doc]
    named = np.flatnonzero(m.entity >= 0)
    mention = combine(span_codes(m.span, m_base)[named], m.type[named], m.level[named])
    out = total(m.entity[named], mention, n)
    act = combine(
        *(span_codes(a.roles[role], a_base) for role in ("cue", "source", "content", "medium")), *a.codes.values()
    )
    with np.errstate(over="ignore"):
        for place, lists in enumerate((a.source_entity, a.medium_entity)):
            code = combine(act[lists.owner], np.full(lists.value.size, place))
            out += total(lists.value, code, n)
    return out


def list_codes(lists: ListColumn, of_value: Codes) -> Codes:
    """A code of each list, from the codes of the values."""
    return total(lists.owner, mix(of_value[lists.value]), lists.offset.size - 1)


def cluster_codes(geometry: Geometry, c: ClaimColumns) -> Codes:
    """A code of the cluster of each claim: of the claims that are in it, wherever they stand in the corpus."""
    claim = combine(c.doc, span_codes(c.span, geometry.base[c.doc]), *c.codes.values())
    n = int(c.cluster.max(initial=-1)) + 1
    placed = np.flatnonzero(c.cluster >= 0)
    by_cluster = total(c.cluster[placed], claim[placed], n)
    out = np.zeros(c.doc.size, dtype=np.uint64)
    out[placed] = by_cluster[c.cluster[placed]]
    return out
