"""Score predictions against gold: all five tasks, with counts by block."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from aqwal.columns import Columns, Geometry, Ints
from aqwal.metrics.attribution import Alignment, align_attributions, attribution_measures
from aqwal.metrics.claim_matching import claim_clusters, matching_measures
from aqwal.metrics.claims import align_claims, claim_measures
from aqwal.metrics.counts import PRF, Measure, concatenate
from aqwal.metrics.entities import entity_measures
from aqwal.metrics.scores import TASKS, Scores, TaskScore
from aqwal.metrics.sides import Side
from aqwal.metrics.signatures import cluster_codes
from aqwal.metrics.speakers import Speakers, align_speakers, chain_codes, shared_names
from aqwal.metrics.who_said_what import said_measures
from aqwal.model import Annotations, Document

#: Layer whose objects a task scores.
LAYER = {
    "entities": "mentions",
    "attribution": "attributions",
    "who_said_what": "attributions",
    "claims": "claims",
    "claim_matching": "claims",
}
#: The measures that a prediction without any place in the text counts in, by layer.
_WHOLE = {
    "mentions": ("entity_f1(match=exact)", "entity_f1(match=boundary)", "entity_f1(match=overlap)",
                 "entity_f1(match=type)", "entity_f1(match=words)"),
    "attributions": ("attribution_f1(match=soft)", "attribution_f1(match=strict)"),
    "claims": ("claim_f1(match=soft)", "claim_f1(match=iou50)"),
}  # fmt: skip


#: Documents that are scored at one time: few enough that the columns at hand stay small, enough that numpy's calls
#: cost little beside their work.
_SHARE = 1000
#: Shares that are scored side by side, where there are cores for it: numpy works outside the interpreter's lock.
_THREADS = 4


@dataclass(frozen=True, eq=False)
class Comparison:
    """Predictions beside gold, with every alignment made once, when it is first wanted."""

    pred: Side
    gold: Side

    @cached_property
    def who(self) -> Speakers:
        """The predicted speakers."""
        return Speakers.of(self.pred)

    @cached_property
    def gold_who(self) -> Speakers:
        """The gold speakers."""
        return Speakers.of(self.gold)

    @cached_property
    def same(self) -> Ints:
        """The gold entity of each predicted one."""
        return align_speakers(self.who, self.gold_who)

    @cached_property
    def chains(self) -> tuple[Ints, Ints]:
        """Chain codes of the predicted and the gold attributions."""
        return (
            chain_codes(self.who, shared_names(self.same, self.gold_who.n)),
            chain_codes(self.gold_who, np.arange(self.gold_who.n)),
        )

    @cached_property
    def attributions(self) -> Alignment:
        """The alignment of the attributions."""
        return align_attributions(self.pred, self.gold)

    @cached_property
    def claims(self) -> tuple[Alignment, Alignment]:
        """The alignment of the claims, and its pairs of intersection over union ≥ 1/2."""
        return align_claims(self.pred, self.gold)

    def measures(self, task: str, *, breakdowns: bool = True) -> dict[str, Measure]:
        """The measures of one task; not of ``claim_matching``, for clusters reach across documents."""
        if task == "entities":
            return dict(entity_measures(self.pred, self.gold, breakdowns=breakdowns))
        if task == "attribution":
            return dict(
                attribution_measures(
                    self.pred, self.gold, self.who, self.gold_who, self.same, self.attributions, breakdowns=breakdowns
                )
            )
        if task == "who_said_what":
            return dict(said_measures(self.who, self.gold_who, self.same, *self.chains, breakdowns=breakdowns))
        if task == "claims":
            return dict(claim_measures(self.pred, self.gold, *self.chains, *self.claims, breakdowns=breakdowns))
        raise ValueError(f"unknown task {task!r}; use one of {', '.join(TASKS)}")


def attempted(columns: Columns, layers: Iterable[str] | None = None) -> tuple[str, ...]:
    """The tasks that some predictions attempt.

    With ``layers`` (those that a submission names, see :class:`aqwal.formats.jsonl.Submission`) a task is attempted if
    its layer is named, even where it is empty; without, if its layer holds an object. ``claim_matching`` needs a
    claim with a cluster.
    """
    filled = {
        "mentions": columns.mentions.doc.size > 0,
        "attributions": columns.attributions.doc.size > 0,
        "claims": columns.claims.doc.size > 0,
    }
    given = None if layers is None else set(layers)
    named = filled if given is None else {layer: layer in given for layer in filled}
    has_cluster = bool((columns.claims.cluster >= 0).any())
    return tuple(t for t in TASKS if named[LAYER[t]] and (t != "claim_matching" or has_cluster))


def score(
    documents: Iterable[Document] | Mapping[str, Document],
    gold: Iterable[Annotations] | Mapping[str, Annotations],
    predictions: Iterable[Annotations] | Mapping[str, Annotations],
    tasks: Iterable[str] | None = None,
    *,
    layers: Iterable[str] | None = None,
    unanchored: Mapping[str, Mapping[str, int]] | None = None,
    breakdowns: bool = True,
) -> Scores:
    """Score predictions against gold.

    Args:
        documents: the documents to score on; all of their scored paragraphs count.
        gold: annotations by document; a document without any counts as empty.
        predictions: the same, of the system.
        tasks: which of :data:`TASKS`; by default those that the predictions attempt (see :func:`attempted`).
        layers: the layers that the submission names, where that is known.
        unanchored: by document and layer, predictions that have no place in the text: they count as spurious.
        breakdowns: False for the primary measures alone.

    Raises:
        ValueError: for an unknown task, document or label, a document given twice, or a negative ``unanchored``.
        TooManyPairs: if the predictions are degenerate.
    """
    made = documents.values() if isinstance(documents, Mapping) else documents
    geometry = Geometry.of(made)
    sides = [Columns.of(geometry, side.values() if isinstance(side, Mapping) else side) for side in (predictions, gold)]
    return score_columns(sides[1], sides[0], tasks, layers=layers, unanchored=unanchored, breakdowns=breakdowns)


def score_columns(
    gold: Columns,
    predictions: Columns,
    tasks: Iterable[str] | None = None,
    *,
    layers: Iterable[str] | None = None,
    unanchored: Mapping[str, Mapping[str, int]] | None = None,
    breakdowns: bool = True,
    threads: int | None = None,
) -> Scores:
    """As :func:`score`, from columns over one geometry; ``threads`` (by default up to four) change only the time."""
    wanted = attempted(predictions, layers) if tasks is None else tuple(tasks)
    unknown = [task for task in wanted if task not in TASKS]
    if unknown:
        raise ValueError(f"unknown task {unknown[0]!r}; use one of {', '.join(TASKS)}")
    wanted = tuple(task for task in TASKS if task in wanted)
    geometry = gold.geometry
    predictions, gold = _with_cluster_codes(predictions), _with_cluster_codes(gold)
    if len(geometry.doc_ids) <= _SHARE:
        threads = 1  # there is but one share
    parts: dict[str, list[dict[str, Measure]]] = {task: [] for task in wanted if task != "claim_matching"}
    blocks: list[int] = []
    clusters: list[tuple[Ints, Ints, Ints]] = []
    counted: Counter[str] = Counter()
    for share in _in_order(_shares(geometry, predictions, gold), wanted, breakdowns, threads):
        for task, found in parts.items():
            found.append(share.measures[task])
        if share.clusters is not None:
            ours, theirs, block = share.clusters
            clusters.append((ours, theirs, block + sum(blocks)))
        blocks.append(share.n_blocks)
        counted.update(share.aside)
    made: dict[str, TaskScore] = {}
    for task in wanted:
        if task == "claim_matching":
            columns = [np.concatenate(column) for column in zip(*clusters, strict=True)]
            measures = dict(matching_measures(columns[0], columns[1], columns[2], geometry.n_blocks))
        else:
            measures = _together(parts[task], blocks)
        made[task] = TaskScore(task, _with_unanchored(measures, LAYER[task], unanchored or {}, geometry))
    aside = {name: count for name, count in sorted(counted.items()) if count}
    lost = sum(count for name, count in aside.items() if name.startswith("gold"))
    notes = (f"{lost} gold objects lie wholly in furniture or repeats, which `aqwal check` forbids.",) if lost else ()
    return Scores(geometry.blocks, made, tuple(t for t in TASKS if t not in wanted), aside, notes)


def _with_cluster_codes(columns: Columns) -> Columns:
    """The columns with the codes of the clusters, which reach across the shares."""
    claims = columns.claims
    return replace(columns, claims=replace(claims, cluster_code=cluster_codes(columns.geometry, claims)))


def _shares(geometry: Geometry, pred: Columns, gold: Columns) -> Iterator[tuple[Columns, Columns]]:
    """The columns in shares of some documents each, so that memory stays small however many documents there are."""
    documents = len(geometry.doc_ids)
    if documents <= _SHARE:
        yield pred, gold
        return
    pred_rows, gold_rows = pred.rows_by_document(), gold.rows_by_document()
    for first in range(0, documents, _SHARE):
        last = min(first + _SHARE, documents)
        part = geometry.part(first, last)
        yield pred.part(part, first, last, pred_rows), gold.part(part, first, last, gold_rows)


@dataclass(frozen=True, eq=False)
class _Share:
    """What is kept of a share once it is scored: measures by task, :func:`claim_clusters` with blocks, set aside."""

    measures: Mapping[str, dict[str, Measure]]
    clusters: tuple[Ints, Ints, Ints] | None
    n_blocks: int
    aside: Mapping[str, int]

    @classmethod
    def of(cls, pred: Columns, gold: Columns, tasks: Sequence[str], breakdowns: bool) -> _Share:
        """Score a share."""
        both = Comparison(Side.of(pred), Side.of(gold))
        measures = {task: both.measures(task, breakdowns=breakdowns) for task in tasks if task != "claim_matching"}
        clusters = None
        if "claim_matching" in tasks:
            clusters = (*claim_clusters(both.pred, both.gold, both.claims[1]), both.gold.claim_block)
        aside = {
            f"{name} {layer}": int(rows.size)
            for name, side in (("gold", both.gold), ("predicted", both.pred))
            for layer, rows in side.aside.items()
        }
        return cls(measures, clusters, both.gold.geometry.n_blocks, aside)


def _in_order(
    shares: Iterable[tuple[Columns, Columns]], tasks: Sequence[str], breakdowns: bool, threads: int | None
) -> Iterator[_Share]:
    """The shares scored, in their order, a few of them at one time."""
    threads = max(1, min(_THREADS, os.cpu_count() or 1) if threads is None else threads)
    if threads == 1:
        yield from (_Share.of(pred, gold, tasks, breakdowns) for pred, gold in shares)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[_Share]] = deque()
        for pred, gold in shares:
            if len(waiting) == threads:
                yield waiting.popleft().result()
            waiting.append(pool.submit(_Share.of, pred, gold, tasks, breakdowns))
        while waiting:
            yield waiting.popleft().result()


def _together(parts: Sequence[dict[str, Measure]], blocks: Sequence[int]) -> dict[str, Measure]:
    """The measures of all shares; one that some share lacks has counts of 0 there."""
    if len(parts) == 1:
        return parts[0]
    names = list(dict.fromkeys(name for part in parts for name in part))
    return {name: concatenate([(part.get(name), n) for part, n in zip(parts, blocks, strict=True)]) for name in names}


def _with_unanchored(
    measures: dict[str, Measure], layer: str, unanchored: Mapping[str, Mapping[str, int]], geometry: Geometry
) -> dict[str, Measure]:
    """Add predictions without a place to the spurious ones, in the first block of their document."""
    extra = np.zeros(geometry.n_blocks)
    for doc_id, counts in unanchored.items():
        if doc_id not in geometry.number:
            raise ValueError(f"unanchored predictions of unknown document {doc_id}")
        if min(counts.values(), default=0) < 0:
            raise ValueError(f"a negative number of unanchored predictions of document {doc_id}")
        doc = geometry.number[doc_id]
        if geometry.first_block[doc] < geometry.first_block[doc + 1]:
            extra[geometry.first_block[doc]] += counts.get(layer, 0)
    if not extra.any():
        return measures
    out = dict(measures)
    for name in _WHOLE[layer]:
        measure = out.get(name)
        if isinstance(measure, PRF):
            out[name] = PRF(measure.tp_pred, measure.n_pred + extra, measure.tp_gold, measure.n_gold)
    return out
