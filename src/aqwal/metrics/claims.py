"""Task ``claims``: spans of propositions, their fields, and on whose word they stand.

*Soft F1* as for attributions, with the token-F1 of the two word sets as similarity. *Match F1* counts the aligned pairs
whose intersection over union is at least a half. Fields and chains are judged end to end: over all gold claims, those
without a match counted wrong.

The outer claim is found in part, four of its seven words, 2·4/(7+4) = 8/11, four of seven in the union, so a match; the
nested one exactly. The outer one's certainty is wrong: over the labels of gold, ``probable`` scores 0 and ``certain``,
right once and said once too often, 2/3.

>>> from aqwal.metrics import score
>>> from aqwal.metrics.example import document, quote
>>> from aqwal.model import Annotations, Claim
>>> doc = document("القائد زار الأردن أمس عندما غادر القاهرة")
>>> nested = Claim("2", quote(doc, "غادر القاهرة"))
>>> gold = (Claim("1", quote(doc, "القائد زار الأردن أمس عندما غادر القاهرة"), certainty="probable"), nested)
>>> made = (Claim("x", quote(doc, "القائد زار الأردن أمس")), nested)
>>> scores = score([doc], [Annotations("000", claims=gold)], [Annotations("000", claims=made)])["claims"]
>>> round(scores.f1 * 22, 9)  # (8/11 + 1) / 2
19.0
>>> round(scores.measures["claim_attribute_f1(attribute=certainty,average=macro)"].value, 3)
0.333

Of the two gold claims one has its certainty right; both stand on the author's own word, in gold and as predicted:

>>> [scores.measures[m].value for m in ("claim_attribute_accuracy(attribute=certainty)", "claim_chain_accuracy")]
[0.5, 1.0]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aqwal.columns import CLAIM_CODES, Ints
from aqwal.metrics.attribution import Alignment
from aqwal.metrics.counts import PRF, Mean, Measure, Ratio, sum_by_block
from aqwal.metrics.intervals import join
from aqwal.metrics.keys import keys_of, span_parts
from aqwal.metrics.matching import assign
from aqwal.metrics.overlaps import overlaps, sum_by_key, token_f1
from aqwal.metrics.sides import Side, prf

_TIE = 1e-12


def align_claims(pred: Side, gold: Side) -> tuple[Alignment, Alignment]:
    """The one-to-one alignment of maximum total token-F1, and its pairs of intersection over union ≥ 1/2."""
    words = overlaps(pred.claim_words, gold.claim_words)
    i, j = words.pred, words.gold
    p_size, g_size = pred.claim_words.size[i], gold.claim_words.size[j]
    similarity = token_f1(words.words, p_size, g_size)
    p_key, g_key = keys_of(*span_parts(pred.claims.span, gold.claims.span))
    agree = (p_key[i] == g_key[j]) + 0.5 * (pred.claim_codes[i] == gold.claim_codes[j])
    for name in CLAIM_CODES:
        agree += pred.claims.codes[name][i] == gold.claims.codes[name][j]
    pairs = assign(i, j, similarity + _TIE * agree)
    aligned = Alignment.of(i[pairs], j[pairs], similarity[pairs], pred.claims.doc.size, gold.claims.doc.size)
    return aligned, aligned.keep((2 * words.words >= p_size + g_size - words.words)[pairs])


def attribution_of_claims(side: Side) -> Ints:
    """The innermost attribution whose content contains each claim, −1 for the author's own; shape (claims,)."""
    claim, content = side.claims.span, side.attributions.roles["content"]
    i, j = join(claim.start, claim.end, content.start, content.end)
    inside = (content.start[j] <= claim.start[i]) & (claim.end[i] <= content.end[j])
    n = max(side.attributions.doc.size, 1)
    key, held = sum_by_key(claim.owner[i[inside]] * n + content.owner[j[inside]], np.ones(int(inside.sum()), np.int64))
    whole = held == claim.size[key // n]
    row, found = key[whole] // n, key[whole] % n
    rank = np.zeros(n, dtype=np.int64)
    rank[side.outermost_first] = np.arange(side.outermost_first.size)
    order = np.lexsort((rank[found], row))
    out = np.full(len(claim), -1, dtype=np.int64)
    out[row[order]] = found[order]  # of repeated indices, numpy keeps the last: the innermost
    return out


def claim_measures(
    pred: Side, gold: Side, chains: Ints, gold_chains: Ints, aligned: Alignment, matched: Alignment,
    *, breakdowns: bool = True,
) -> Iterator[tuple[str, Measure]]:  # fmt: skip
    """All measures of the task, the primary one first."""
    geometry = gold.geometry
    n = geometry.n_blocks
    p, g = pred.claims, gold.claims
    p_sim, g_sim = np.zeros(p.doc.size), np.zeros(g.doc.size)
    p_sim[aligned.pred] = aligned.similarity
    g_sim[aligned.gold] = aligned.similarity
    yield "claim_f1(match=soft)", prf(geometry, pred.claim_block, gold.claim_block, p_sim, g_sim)
    if not breakdowns:
        return
    yield (
        "claim_f1(match=iou50)",
        prf(geometry, pred.claim_block, gold.claim_block, matched.pred_partner >= 0, matched.gold_partner >= 0),
    )
    for name, vocabulary in CLAIM_CODES.items():
        given = np.full(g.doc.size, -1, dtype=np.int64)
        given[matched.gold] = p.codes[name][matched.pred]
        labels, parts = [], []
        for code, label in enumerate(vocabulary):
            true, said = g.codes[name] == code, given == code
            if true.any() or said.any():
                hits = sum_by_block(gold.claim_block[true & said], n)
                labels.append(label)
                parts.append(
                    PRF(hits, sum_by_block(gold.claim_block[said], n), hits, sum_by_block(gold.claim_block[true], n))
                )
        yield f"claim_attribute_f1(attribute={name},average=macro)", Mean(tuple(labels), tuple(parts))
        hit = (given == g.codes[name]).astype(np.float64)
        yield (
            f"claim_attribute_accuracy(attribute={name})",
            Ratio(sum_by_block(gold.claim_block, n, hit), sum_by_block(gold.claim_block, n)),
        )
    author = np.int64(0)
    p_of, g_of = attribution_of_claims(pred), attribution_of_claims(gold)
    p_chain = np.where(p_of >= 0, chains[p_of], author) if chains.size else np.full(p_of.size, author)
    g_chain = np.where(g_of >= 0, gold_chains[g_of], author) if gold_chains.size else np.full(g_of.size, author)
    hits = np.zeros(g.doc.size)
    hits[matched.gold] = p_chain[matched.pred] == g_chain[matched.gold]
    yield (
        "claim_chain_accuracy",
        Ratio(sum_by_block(gold.claim_block, n, hits), sum_by_block(gold.claim_block, n)),
    )
