"""Task ``entities``: NAM and VAL mentions, nested, exact span and type.

Nested mentions are scored like all others, also where they have the type of the one they lie in: here the newspaper
``إسرائيل اليوم`` holds the state ``إسرائيل``. The system finds the newspaper, calls the state an organisation and adds
``اليوم`` as a date: one right of two in gold and three predicted.

>>> from aqwal.metrics import score
>>> from aqwal.metrics.example import document, quote
>>> from aqwal.model import Annotations, Mention
>>> doc = document("كتبت إسرائيل اليوم أن الوفد عاد")
>>> gold = [Mention("1", quote(doc, "إسرائيل اليوم"), "ORG"), Mention("2", quote(doc, "إسرائيل"), "GPE")]
>>> made = [gold[0], Mention("b", quote(doc, "إسرائيل"), "ORG"), Mention("c", quote(doc, "اليوم"), "DATE", "VAL")]
>>> scores = score([doc], [Annotations("000", tuple(gold))], [Annotations("000", tuple(made))])["entities"]
>>> round(scores.precision, 3), scores.recall, scores.f1
(0.333, 0.5, 0.4)
>>> {name: round(m.value, 3) for name, m in scores.measures.items() if "boundary" in name or "macro" in name}
{'entity_f1(match=boundary)': 0.8, 'entity_f1(match=exact,average=macro)': 0.333}

Of the two gold mentions that overlap a prediction, one has its type:

>>> scores.measures["entity_type_accuracy"].value
0.5
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aqwal.columns import Bools, Ints, SpanColumn
from aqwal.metrics.counts import PRF, Mean, Measure, Ratio, sum_by_block
from aqwal.metrics.intervals import distinct, ranked, within
from aqwal.metrics.keys import Parts, Shared, keys_of, shared, span_parts
from aqwal.metrics.schemas import muc_counts
from aqwal.metrics.sides import Side, prf
from aqwal.model import ENTITY_TYPES


def entity_measures(pred: Side, gold: Side, *, breakdowns: bool = True) -> Iterator[tuple[str, Measure]]:
    """All measures of the task, the primary one first; see :mod:`aqwal.metrics.registry` for their definitions."""
    geometry = gold.geometry
    p, g = pred.mentions.take(pred.named), gold.mentions.take(gold.named)
    p_block, g_block = pred.mention_block[pred.named], gold.mention_block[gold.named]

    def counted(made: Shared) -> PRF:
        return prf(geometry, p_block, g_block, made.in_pred, made.in_gold)

    p_span, g_span = span_parts(p.span, g.span)
    kinds = len(ENTITY_TYPES)
    exact_p, exact_g = keys_of([*p_span, (p.type, kinds)], [*g_span, (g.type, kinds)])
    exact = shared(exact_p, exact_g)
    yield "entity_f1(match=exact)", counted(exact)
    if not breakdowns:
        return
    yield "entity_f1(match=boundary)", counted(shared(*keys_of(p_span, g_span)))
    schemas = muc_counts(p.span, p.type, g.span, g.type, ("partial", "type"))
    partial, typed = schemas["partial"], schemas["type"]
    yield "entity_f1(match=overlap)", prf(geometry, p_block, g_block, partial.pred_credit, partial.gold_credit)
    yield "entity_f1(match=type)", prf(geometry, p_block, g_block, typed.pred_credit, typed.gold_credit)
    overlapped = typed.gold_partner >= 0
    yield (
        "entity_type_accuracy",
        Ratio(
            sum_by_block(g_block, geometry.n_blocks, typed.gold_credit),
            sum_by_block(g_block, geometry.n_blocks, overlapped),
        ),
    )
    yield "entity_f1(match=words)", counted(shared(*keys_of(*_word_parts(pred, gold))))

    deep_p, deep_g = nested(p.span), nested(g.span)
    hit_deep_p = exact.in_pred & within(exact_p, distinct(exact_g[deep_g]))
    hit_deep_g = exact.in_gold & deep_g
    yield (
        "entity_f1(match=exact,depth=nested)",
        _slice(gold, p_block, g_block, hit_deep_p, deep_p & ~exact.in_pred, hit_deep_g, deep_g),
    )
    parts: list[PRF] = []
    labels: list[str] = []
    n = geometry.n_blocks
    by_type = [
        sum_by_block(kind * n + block, kinds * n, hit).reshape(kinds, n)
        for kind, block, hit in (
            (p.type, p_block, exact.in_pred),
            (p.type, p_block, None),
            (g.type, g_block, exact.in_gold),
            (g.type, g_block, None),
        )
    ]
    for code, label in enumerate(ENTITY_TYPES):
        part = PRF(*(column[code] for column in by_type))
        if not part.n_pred.any() and not part.n_gold.any():
            continue
        yield f"entity_f1(match=exact,type={label})", part
        labels.append(label)
        parts.append(part)
    yield "entity_f1(match=exact,average=macro)", Mean(tuple(labels), tuple(parts))


def _slice(side: Side, p_block: Ints, g_block: Ints, p_hit: Bools, p_miss: Bools, g_hit: Bools, g_all: Bools) -> PRF:
    """Counts over some of the objects: predictions that are right, those that are wrong, gold found, all gold."""
    n = side.geometry.n_blocks

    def count(block: Ints, which: Bools) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.bincount(block[which], minlength=n).astype(np.float64)

    return PRF(count(p_block, p_hit), count(p_block, p_hit | p_miss), count(g_block, g_hit), count(g_block, g_all))


def _word_parts(pred: Side, gold: Side) -> tuple[Parts, Parts]:
    """Key columns of the scored mentions projected to whole words: first word, number of words spanned, type.

    A mention without a scored word is known by its first code point, so that it is like no other.
    """
    made: list[Parts] = []
    columns = []
    for side in (pred, gold):
        words, spans = side.mention_words, side.mentions.span
        lo, hi = words.lo[spans.offset[:-1][side.named]], words.hi[spans.offset[1:][side.named] - 1]
        place = np.where(hi > lo, 0, spans.first[side.named] + 1)
        columns.append((np.where(hi > lo, lo, 0), hi - lo, side.mentions.type[side.named], place))
    for mine in columns:
        bounds = [1 + max(int(column.max(initial=0)) for column in pair) for pair in zip(*columns, strict=True)]
        made.append(list(zip(mine, bounds, strict=True)))
    return made[0], made[1]


def nested(spans: SpanColumn) -> Bools:
    """Which spans lie strictly inside another one of the list (by first and last position).

    >>> nested(SpanColumn.continuous(np.array([0, 2, 0, 9]), np.array([5, 4, 5, 10]))).tolist()
    [False, True, False, False]
    """
    first, last = spans.first, spans.last
    order = ranked(first, -last)
    f, e = first[order], last[order]
    out = np.zeros(f.size, dtype=np.bool_)
    if f.size > 1:
        fresh = np.concatenate([[True], (f[1:] != f[:-1]) | (e[1:] != e[:-1])])
        group = np.cumsum(fresh) - 1
        ends = e[fresh]
        reach = np.concatenate([[-1], np.maximum.accumulate(ends)[:-1]])
        out[order] = (reach >= ends)[group]
    return out
