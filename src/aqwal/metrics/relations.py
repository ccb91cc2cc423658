"""Soft and strict F1 of relations on plain spans, without a corpus.

A relation is a mapping from role to spans, ``{"cue": [(0, 1)], "content": [(3, 9)]}``, half-open, in any unit (tokens,
usually). The definition is that of :mod:`aqwal.metrics.attribution`; with the one role of a claim it is that of
:mod:`aqwal.metrics.claims`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from aqwal.columns import Ints
from aqwal.metrics.counts import PRF, sum_by_block
from aqwal.metrics.intervals import distinct, union
from aqwal.metrics.matching import assign
from aqwal.metrics.overlaps import overlaps, token_f1
from aqwal.metrics.sides import CORE_ROLES, WordSets

#: The spans of each role of one relation.
Relation = Mapping[str, Sequence[tuple[int, int]] | None]


def relation_f1(
    gold: Sequence[Sequence[Relation]],
    predicted: Sequence[Sequence[Relation]],
    *,
    roles: Sequence[str] = CORE_ROLES,
    anchors: Sequence[str] = ("cue", "content"),
    match: str = "soft",
) -> PRF:
    """Precision, recall and F1 over relations; documents are the blocks.

    Args:
        gold: the relations of each document.
        predicted: the same, of the system.
        roles: the roles that are compared; an absent role may be left out, be empty or None.
        anchors: a pair needs a common position in one of these.
        match: ``soft`` (mean token-F1 of the roles) or ``strict`` (all roles exactly alike).

    Raises:
        ValueError: if the numbers of documents differ, or for an unknown role or kind of match.

    Two contents of four tokens that share three, the cues alike, no source on either side:
    (1 + 6/8 + 1) / 3 = 0.9167.

    >>> gold = [[{"cue": [(0, 1)], "content": [(2, 6)]}]]
    >>> relation_f1(gold, [[{"cue": [(0, 1)], "content": [(3, 7)]}]]).f1
    0.9166666666666666
    >>> relation_f1(gold, [[{"cue": [(8, 9)], "content": [(9, 12)]}]]).f1  # nothing shared
    0.0
    """
    if len(gold) != len(predicted):
        raise ValueError(f"{len(gold)} gold documents, but {len(predicted)} predicted")
    if match not in ("soft", "strict"):
        raise ValueError(f"unknown match {match!r}; use soft or strict")
    missing = set(anchors) - set(roles)
    if missing or not anchors:
        raise ValueError(f"anchors {sorted(missing)} are not among the roles" if missing else "no anchors")
    stride = 1 + max(
        (
            end
            for side in (gold, predicted)
            for doc in side
            for r in doc
            for spans in r.values()
            for _, end in spans or ()
        ),
        default=0,
    )
    n = len(gold)
    p_doc, g_doc = (
        np.repeat(np.arange(n), np.array([len(doc) for doc in side], dtype=np.int64)) for side in (predicted, gold)
    )
    p_sets = {role: _sets(predicted, role, stride, roles) for role in roles}
    g_sets = {role: _sets(gold, role, stride, roles) for role in roles}
    if match == "strict":
        p_hit, g_hit = _strict(predicted, gold, roles)
    else:
        common = {role: overlaps(p_sets[role], g_sets[role]) for role in roles}
        key = distinct(np.concatenate([common[role].key for role in anchors]))
        n_gold = common[roles[0]].n_gold
        i, j = key // n_gold, key % n_gold
        similarity = np.zeros(key.size)
        for role in roles:
            similarity += token_f1(common[role].at(key), p_sets[role].size[i], g_sets[role].size[j])
        similarity /= len(roles)
        pairs = assign(i, j, similarity)
        p_hit, g_hit = np.zeros(p_doc.size), np.zeros(g_doc.size)
        p_hit[i[pairs]] = similarity[pairs]
        g_hit[j[pairs]] = similarity[pairs]
    return PRF(
        sum_by_block(p_doc, n, p_hit), sum_by_block(p_doc, n), sum_by_block(g_doc, n, g_hit), sum_by_block(g_doc, n)
    )


def _sets(documents: Sequence[Sequence[Relation]], role: str, stride: int, roles: Sequence[str]) -> WordSets:
    """The positions of one role of every relation, as disjoint ranges."""
    owner: list[int] = []
    lo: list[int] = []
    hi: list[int] = []
    row = 0
    for number, relations in enumerate(documents):
        for relation in relations:
            unknown = set(relation) - set(roles)
            if unknown:
                raise ValueError(
                    f"document {number}: unknown role {sorted(unknown)[0]!r}; roles are {', '.join(roles)}"
                )
            for start, end in relation.get(role) or ():
                if start < 0 or end <= start:
                    raise ValueError(f"document {number}: span {start}-{end} is empty, reversed or negative")
                owner.append(row)
                lo.append(number * stride + start)
                hi.append(number * stride + end)
            row += 1
    owners, los, his = (np.array(values, dtype=np.int64) for values in (owner, lo, hi))
    width = stride * max(len(documents), 1) + 1
    los, his = union(owners * width + los, owners * width + his)
    owners = los // width
    size = np.bincount(owners, weights=his - los, minlength=row).astype(np.int64)
    return WordSets(los - owners * width, his - owners * width, owners, size)


def _strict(
    predicted: Sequence[Sequence[Relation]], gold: Sequence[Sequence[Relation]], roles: Sequence[str]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """1 for each relation that has an equal on the other side, one to one."""
    numbers: dict[object, int] = {}

    def keys(side: Sequence[Sequence[Relation]]) -> Ints:
        found = [
            (number, *(tuple(sorted((int(a), int(b)) for a, b in relation.get(role) or ())) for role in roles))
            for number, relations in enumerate(side)
            for relation in relations
        ]
        return np.array([numbers.setdefault(key, len(numbers)) for key in found], dtype=np.int64)

    from aqwal.metrics.keys import shared

    made = shared(keys(predicted), keys(gold))
    return made.in_pred.astype(np.float64), made.in_gold.astype(np.float64)
