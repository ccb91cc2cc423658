"""Synthetic documents for the scorer's benchmark: 30 sentences of 25 words, 120 flat mentions, 20 % noise.

Everything is drawn in numpy, so that 10,000 documents (1.2 million gold mentions) take seconds. Words are four letters
and a space, so word ``w`` of a document is at code points ``[5 w, 5 w + 4)``. Each document is one block.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aqwal.columns import (
    ATTRIBUTION_CODES,
    CLAIM_CODES,
    AttributionColumns,
    ClaimColumns,
    Columns,
    Geometry,
    ListColumn,
    MentionColumns,
    SpanColumn,
)
from aqwal.model import ENTITY_TYPES

Ints = NDArray[np.int64]
SENTENCES, WORDS, SLOTS = 30, 25, 4
PER_DOC = SENTENCES * WORDS


@dataclass(frozen=True)
class Flat:
    """Flat mentions as corpus word ranges ``[lo, hi)`` with a type, sorted."""

    documents: int
    lo: Ints
    hi: Ints
    type: Ints

    def iob(self) -> list[list[str]]:
        """One list of IOB2 tags per document, as seqeval takes them."""
        names = np.array(["O"] + [f"{p}-{t}" for t in ENTITY_TYPES for p in "BI"], dtype=object)
        code = np.zeros(self.documents * PER_DOC, dtype=np.int64)
        for ahead in range(int((self.hi - self.lo).max(initial=0))):
            inside = self.lo + ahead < self.hi
            code[(self.lo + ahead)[inside]] = 1 + 2 * self.type[inside] + (ahead > 0)
        tags: list[list[str]] = names[code].reshape(self.documents, PER_DOC).tolist()
        return tags


def flat(documents: int, seed: int = 7, noise: float = 0.2) -> tuple[Flat, Flat]:
    """Gold and predicted mentions: each slot of six words holds one, and a fifth of the predictions differ."""
    rng = np.random.default_rng(seed)
    slots = documents * SENTENCES * SLOTS
    base = np.arange(slots) // SLOTS * WORDS + np.arange(slots) % SLOTS * 6
    start, length = rng.integers(0, 4, slots), rng.integers(1, 4, slots)
    kinds = len(ENTITY_TYPES)
    kind = rng.integers(0, kinds, slots)
    gold = Flat(documents, base + start, base + start + length, kind)
    change = rng.random(slots)
    what = rng.integers(0, 4, slots)  # dropped, relabelled, longer or shorter, moved
    noisy = change < noise
    new_kind = np.where(noisy & (what == 1), (kind + rng.integers(1, kinds, slots)) % kinds, kind)
    new_length = np.where(noisy & (what == 2), 1 + length % 3, length)
    new_start = np.where(noisy & (what == 3), (start + 1) % 4, start)
    keep = ~(noisy & (what == 0))
    return gold, Flat(documents, (base + new_start)[keep], (base + new_start + new_length)[keep], new_kind[keep])


def geometry(documents: int) -> Geometry:
    """One scored paragraph per document."""
    stride = PER_DOC * 5 + 1
    base = np.arange(documents + 1) * stride
    word = np.arange(documents * PER_DOC)
    start = word // PER_DOC * stride + word % PER_DOC * 5
    ids = tuple(f"{d:05}" for d in range(documents))
    empty = np.zeros(0, dtype=np.int64)
    return Geometry(
        ids, {d: k for k, d in enumerate(ids)}, base, tuple((d, "p1") for d in ids), base[:-1], base[1:] - 1,
        np.arange(documents), np.arange(documents + 1), empty, empty, start, start + 4, word // PER_DOC,
        np.arange(documents * SENTENCES + 1) * WORDS,
    )  # fmt: skip


def _spans(geo: Geometry, lo: Ints, hi: Ints, given: NDArray[np.bool_] | None = None) -> SpanColumn:
    given = np.ones(lo.size, dtype=np.bool_) if given is None else given
    return SpanColumn(np.concatenate([[0], np.cumsum(given)]), geo.word_start[lo[given]], geo.word_end[hi[given] - 1])


def columns(geo: Geometry, mentions: Flat, seed: int, noise: float) -> Columns:
    """All three layers. One seed gives the same gold; ``noise`` is the share of objects that differ from it.

    A document has 120 flat mentions and 26 nested ones, 30 attributions of which 6 are relayed and a fifth implicit,
    and 60 claims, half of them nested in another.
    """
    truth, own = np.random.default_rng(seed), np.random.default_rng(seed + 1)
    documents = mentions.documents
    inner = np.flatnonzero((mentions.hi - mentions.lo == 3) & (mentions.lo % 3 < 2))
    lo = np.concatenate([mentions.lo, mentions.hi[inner] - 1])
    hi = np.concatenate([mentions.hi, mentions.hi[inner]])
    kind = np.concatenate([mentions.type, (mentions.type[inner] + 1) % len(ENTITY_TYPES)])
    doc = lo // PER_DOC
    entity = np.where(kind < 12, doc * 40 + (lo * 7 + kind) % 40, -1)
    mention_columns = MentionColumns(
        np.arange(lo.size), doc, _spans(geo, lo, hi), kind, np.where(kind < 12, 0, 1), entity
    )

    def labels(codes: dict[str, tuple[str, ...]], n: int) -> dict[str, Ints]:
        out = {}
        for name, vocabulary in codes.items():
            true = truth.integers(0, len(vocabulary), n)
            wrong = own.random(n) < noise
            out[name] = np.where(wrong, (true + 1) % len(vocabulary), true)
        return out

    def moved(lo: Ints, hi: Ints) -> tuple[Ints, Ints]:
        return lo + (own.random(lo.size) < noise), hi - (own.random(lo.size) < noise)

    sentence = np.arange(documents * SENTENCES) * WORDS
    n = sentence.size
    inside = np.arange(n) % 5 == 0
    first = np.concatenate([sentence, sentence[inside] + 8])
    parent = np.concatenate([np.full(n, -1), np.flatnonzero(inside)])
    last = np.repeat([sentence[0] + WORDS], first.size) * 0 + first // WORDS * WORDS + WORDS
    total = first.size
    implicit = truth.random(total) < 0.2
    c_lo, c_hi = moved(first + 4, last)
    s_lo, s_hi = moved(first + 1, first + 4)
    keep = own.random(total) >= noise / 2
    keep[:n] |= True
    speaker = first // PER_DOC * 40 + truth.integers(0, 40, total)
    wrong = own.random(total) < noise
    speaker = np.where(wrong, first // PER_DOC * 40 + (speaker + 1) % 40, speaker)
    a_columns = AttributionColumns(
        np.arange(total),
        first // PER_DOC,
        {
            "cue": _spans(geo, first, first + 1),
            "source": _spans(geo, s_lo, s_hi, ~implicit),
            "content": _spans(geo, c_lo, c_hi),
            "medium": _spans(geo, first, first, np.zeros(total, dtype=np.bool_)),
        },
        implicit,
        ListColumn(np.arange(total + 1), speaker),
        ListColumn(np.zeros(total + 1, dtype=np.int64), np.zeros(0, dtype=np.int64)),
        parent,
        labels(dict(ATTRIBUTION_CODES), total),
    ).take(np.flatnonzero(keep))

    outer_lo, outer_hi = moved(sentence + 4, sentence + WORDS)
    inner_lo, inner_hi = moved(sentence + 12, sentence + 20)
    k_lo, k_hi = np.concatenate([outer_lo, inner_lo]), np.concatenate([outer_hi, inner_hi])
    cluster = truth.integers(0, max(1, n // 2), 2 * n)
    cluster = np.where(own.random(2 * n) < noise, cluster + 1, cluster)
    keep = own.random(2 * n) >= noise / 2
    c_columns = ClaimColumns(
        np.arange(2 * n), k_lo // PER_DOC, _spans(geo, k_lo, k_hi), cluster, labels(dict(CLAIM_CODES), 2 * n)
    ).take(np.flatnonzero(keep))
    return Columns(geo, mention_columns, a_columns, c_columns, documents * 40)


def write_jsonl(path: Path, mentions: Flat) -> None:
    """The flat mentions as a submission."""
    bounds = np.searchsorted(mentions.lo, np.arange(mentions.documents + 1) * PER_DOC)
    with path.open("w", encoding="utf-8") as out:
        for d in range(mentions.documents):
            rows = slice(bounds[d], bounds[d + 1])
            lo = ((mentions.lo[rows] - d * PER_DOC) * 5).tolist()
            hi = ((mentions.hi[rows] - d * PER_DOC) * 5 - 1).tolist()
            listed = [
                {"id": f"m{k}", "spans": [[a, b]], "type": ENTITY_TYPES[t]}
                for k, (a, b, t) in enumerate(zip(lo, hi, mentions.type[rows].tolist(), strict=True))
            ]
            out.write(json.dumps({"doc_id": f"{d:05}", "mentions": listed}) + "\n")
