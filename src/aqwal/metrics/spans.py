"""The same metrics on plain spans, without a corpus: any integer unit (tokens, characters), any labels.

A document is a list of ``(start, end, label)`` with half-open spans; documents are the blocks of resampling. Nested,
overlapping and repeated spans are all counted: a repeated prediction is right once.

>>> gold = [[(0, 2, "ORG"), (1, 2, "GPE"), (5, 6, "DATE")]]
>>> predicted = [[(0, 2, "ORG"), (1, 2, "ORG"), (5, 7, "DATE")]]
>>> made = span_scores(gold, predicted)
>>> round(made.micro.f1, 3), round(made.macro.value, 3), round(made.by_label["ORG"].f1, 3)
(0.333, 0.222, 0.667)
>>> span_f1(gold, predicted, match="overlap").f1  # 2 + 1/2 of 3
0.8333333333333334
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from aqwal.columns import Bools, Ints, SpanColumn
from aqwal.metrics.counts import PRF, Floats, Mean, sum_by_block
from aqwal.metrics.intervals import pack
from aqwal.metrics.keys import shared
from aqwal.metrics.schemas import SCHEMAS, Schema, muc_counts

#: A labelled span of a document: start, end (exclusive), label.
LabelledSpan = tuple[int, int, str]
MATCHES = ("exact", "boundary", "overlap", "type")


@dataclass(frozen=True, eq=False)
class SpanTable:
    """Labelled spans of some documents as arrays of shape (spans,); ``label`` indexes ``labels``.

    ``ill_formed`` counts what the input held but was no span (see :mod:`aqwal.metrics.iob`).
    """

    documents: int
    doc: Ints
    start: Ints
    end: Ints
    label: Ints
    labels: tuple[str, ...]
    ill_formed: int = 0

    @classmethod
    def of(cls, documents: Sequence[Sequence[LabelledSpan]]) -> SpanTable:
        """From lists.

        Raises:
            ValueError: for a span that is empty, reversed, negative, or not (int, int, str).
        """
        sizes = np.fromiter(map(len, documents), dtype=np.int64, count=len(documents))
        flat = list(chain.from_iterable(documents))
        if any(len(item) != 3 for item in flat):
            raise ValueError("a span is (start, end, label)")
        starts, ends, names = (list(column) for column in zip(*flat, strict=True)) if flat else ([], [], [])
        kinds = set(map(type, starts)) | set(map(type, ends))
        if not all(issubclass(kind, int | np.integer) and kind is not bool for kind in kinds):
            raise ValueError("the start and end of a span are whole numbers")
        if not set(map(type, names)) <= {str, np.str_}:
            raise ValueError("the label of a span is a string")
        try:
            start, end = np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
        except OverflowError:
            raise ValueError("the start and end of a span are below 2⁶³") from None
        bad = np.flatnonzero((start < 0) | (end <= start))
        if bad.size:
            doc = int(np.searchsorted(np.cumsum(sizes), bad[0], side="right"))
            raise ValueError(f"document {doc}: span {start[bad[0]]}-{end[bad[0]]} is empty, reversed or negative")
        labels = tuple(sorted(set(names)))
        code = {label: index for index, label in enumerate(labels)}
        label = np.array([code[name] for name in names], dtype=np.int64)
        return cls(len(documents), np.repeat(np.arange(sizes.size), sizes), start, end, label, labels)

    def part(self, rows: slice, first: int, last: int) -> SpanTable:
        """The documents ``first`` … ``last`` − 1, numbered anew, whose spans are the given rows."""
        columns = (self.doc[rows] - first, self.start[rows], self.end[rows], self.label[rows])
        return SpanTable(last - first, *columns, self.labels)

    def relabelled(self, labels: tuple[str, ...]) -> SpanTable:
        """The same spans with labels as indices into ``labels``, which holds all of theirs."""
        if labels == self.labels:
            return self
        code = {label: index for index, label in enumerate(labels)}
        to = np.array([code[label] for label in self.labels], dtype=np.int64)
        label = to[self.label] if self.label.size else self.label
        return SpanTable(self.documents, self.doc, self.start, self.end, label, labels, self.ill_formed)


@dataclass(frozen=True, eq=False)
class SpanScores:
    """Exact-match scores: over all spans, by label, and the mean over the labels that gold has.

    ``ill_formed`` counts predicted tags that made no span, and so are in no score.
    """

    micro: PRF
    by_label: dict[str, PRF]
    macro: Mean
    ill_formed: int = 0


def _together(gold: SpanTable, pred: SpanTable) -> tuple[SpanTable, SpanTable]:
    if gold.documents != pred.documents:
        raise ValueError(f"{gold.documents} gold documents, but {pred.documents} predicted")
    if gold.labels == pred.labels:
        return gold, pred
    labels = tuple(sorted({*gold.labels, *pred.labels}))
    return gold.relabelled(labels), pred.relabelled(labels)


#: Spans of a side that are compared at one time, so that what is at hand stays in the processor's cache.
_SHARE = 100_000


def _shares(gold: SpanTable, pred: SpanTable) -> Iterator[tuple[SpanTable, SpanTable, slice, slice]]:
    """Both sides, some documents at a time, and the rows that these are; all at once if not in order of document."""
    most = max(gold.doc.size, pred.doc.size)
    if most <= _SHARE or any(bool((t.doc[1:] < t.doc[:-1]).any()) for t in (gold, pred)):
        yield gold, pred, slice(0, gold.doc.size), slice(0, pred.doc.size)
        return
    step = max(1, gold.documents * _SHARE // most)
    first = np.append(np.arange(0, gold.documents, step), gold.documents)
    edges = [np.searchsorted(t.doc, first).tolist() for t in (gold, pred)]
    documents = pairwise(first.tolist())
    for (low, high), g_edge, p_edge in zip(documents, pairwise(edges[0]), pairwise(edges[1]), strict=True):
        g_rows, p_rows = slice(*g_edge), slice(*p_edge)
        yield gold.part(g_rows, low, high), pred.part(p_rows, low, high), g_rows, p_rows


def exact_scores(gold: SpanTable, pred: SpanTable) -> SpanScores:
    """Exact span and label; vectorised: one sorted key per span, no loop over spans."""
    gold, pred = _together(gold, pred)
    cells = np.concatenate([_exact_cells(g, p) for g, p, _, _ in _shares(gold, pred)], axis=2)
    by_label = {label: PRF(*cells[:, code]) for code, label in enumerate(gold.labels)}
    macro = Mean(tuple(by_label), tuple(by_label.values()))
    return SpanScores(PRF(*cells.sum(axis=1)), by_label, macro, pred.ill_formed)


def _exact_cells(gold: SpanTable, pred: SpanTable) -> Floats:
    """Predicted right, predicted, gold found, gold: counts of shape (4, labels, documents)."""
    n, kinds = gold.documents, max(len(gold.labels), 1)
    both = gold, pred
    width = max(int(t.end.max(initial=0)) for t in both) + 1
    length = max(int((t.end - t.start).max(initial=0)) for t in both) + 1
    if max(n, 1) * width * length * kinds < 2**62:
        keys = [pack([(t.doc, max(n, 1)), (t.start, width), (t.end - t.start, length), (t.label, kinds)]) for t in both]
    else:
        keys = _ranked_keys(gold, pred)
    right = shared(keys[1], keys[0])
    slot_g, slot_p = gold.label * n + gold.doc, pred.label * n + pred.doc
    return np.stack(
        [
            sum_by_block(slot, kinds * n).reshape(kinds, n)
            for slot in (slot_p[right.in_pred], slot_p, slot_g[right.in_gold], slot_g)
        ]
    )


def _ranked_keys(gold: SpanTable, pred: SpanTable) -> list[Ints]:
    """Keys for positions too large to pack in 63 bits."""
    joined = [np.concatenate([getattr(t, name) for t in (gold, pred)]) for name in ("doc", "start", "end", "label")]
    key = pack([(column, int(column.max(initial=0)) + 1) for column in joined])
    return [key[: gold.doc.size], key[gold.doc.size :]]


def span_scores(gold: Sequence[Sequence[LabelledSpan]], predicted: Sequence[Sequence[LabelledSpan]]) -> SpanScores:
    """Exact-match scores of lists of spans, one list per document.

    Raises:
        ValueError: if the numbers of documents differ, or for an invalid span.
    """
    return exact_scores(SpanTable.of(gold), SpanTable.of(predicted))


def schema_scores(gold: SpanTable, pred: SpanTable) -> dict[str, Schema]:
    """The four MUC schemas; see :mod:`aqwal.metrics.schemas`."""
    gold, pred = _together(gold, pred)
    made = {name: Schema.none_paired(pred.doc.size, gold.doc.size) for name in SCHEMAS}
    for g, p, g_rows, p_rows in _shares(gold, pred):
        stride = max(int(t.end.max(initial=0)) for t in (g, p)) + 1
        columns = [SpanColumn.continuous(t.start + t.doc * stride, t.end + t.doc * stride) for t in (p, g)]
        part = muc_counts(columns[0], p.label, columns[1], g.label)
        made = {name: whole.with_part(part[name], p_rows, g_rows) for name, whole in made.items()}
    return made


def span_f1(
    gold: Sequence[Sequence[LabelledSpan]], predicted: Sequence[Sequence[LabelledSpan]], match: str = "exact"
) -> PRF:
    """Precision, recall and F1 under one kind of match: exact, boundary, overlap (partial) or type.

    Raises:
        ValueError: as :func:`span_scores`, or for an unknown kind of match.
    """
    if match not in MATCHES:
        raise ValueError(f"unknown match {match!r}; use one of {', '.join(MATCHES)}")
    g, p = _together(SpanTable.of(gold), SpanTable.of(predicted))
    if match == "exact":
        return exact_scores(g, p).micro
    schema = schema_scores(g, p)[{"boundary": "exact", "overlap": "partial", "type": "type"}[match]]
    return _prf(g, p, schema.pred_credit, schema.gold_credit)


def _prf(gold: SpanTable, pred: SpanTable, p_hit: Floats | Bools, g_hit: Floats | Bools) -> PRF:
    n = gold.documents
    return PRF(
        sum_by_block(pred.doc, n, p_hit), sum_by_block(pred.doc, n), sum_by_block(gold.doc, n, g_hit),
        sum_by_block(gold.doc, n),
    )  # fmt: skip
