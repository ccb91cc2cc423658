"""Everything that the report says, as plain values: what the pages show is decided here, how in the others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aqwal.benchmark import SystemRun
from aqwal.formats.jsonl import read_submission
from aqwal.metrics import TASKS, Interval, Measure, Scores, bootstrap_many
from aqwal.metrics.resampling import RESAMPLES
from aqwal.metrics.scoring import LAYER
from aqwal.metrics.significance import Test, paired_test
from aqwal.model import Corpus
from aqwal.report.confusion import Confusion, confusions
from aqwal.report.curve import Curve
from aqwal.report.mistakes import Mistakes, mistakes

#: What a row of the table is.
SYSTEM, FLOOR, CEILING = "system", "floor", "ceiling"
#: The task by which the table is sorted.
HEADLINE = "who_said_what"
#: The track of a system whose configuration could not be read.
UNKNOWN = "?"


@dataclass(frozen=True)
class Row:
    """One system, floor or annotator's pass.

    ``intervals`` holds the tasks that were attempted; a score that is undefined is NaN there. ``failure`` is the
    message of a run that failed, and such a row has no scores. ``given`` marks a system that only clusters the gold
    claims, which it is given: its score is no match for those of systems that first have to find them.
    """

    name: str
    kind: str
    track: str
    folder: str = ""
    description: str = ""
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    words_per_second: float = math.nan
    peak_mb: float = math.nan
    fit_seconds: float = math.nan
    failure: str = ""
    given: bool = False
    average_precision: float = math.nan

    def value(self, task: str) -> float:
        """The score of a task, NaN if it is undefined or was not attempted."""
        return self.intervals[task].value if task in self.intervals else math.nan


@dataclass(frozen=True)
class Gap:
    """A system beside the best floor of a task, by a paired test."""

    task: str
    system: str
    floor: str
    test: Test


@dataclass(frozen=True)
class Report:
    """What is reported of one benchmark."""

    rows: tuple[Row, ...]
    scores: Mapping[str, Scores]
    gaps: tuple[Gap, ...]
    confusions: Mapping[str, tuple[Confusion, ...]]
    mistakes: Mapping[str, Mistakes]
    curves: tuple[Curve, ...]
    documents: int
    blocks: int
    words: int
    layer: str
    corpus: str
    resamples: int

    def row(self, name: str) -> Row:
        """The row of a system."""
        return next(row for row in self.rows if row.name == name)

    @property
    def systems(self) -> tuple[Row, ...]:
        """Systems and floors that ran, without the annotators."""
        return tuple(row for row in self.rows if row.kind != CEILING and not row.failure)

    def ceiling(self, task: str) -> Row | None:
        """The better annotator's pass, None if there is none."""
        passes = [r for r in self.rows if r.kind == CEILING and not math.isnan(r.value(task))]
        return max(passes, key=lambda r: (r.value(task), r.name), default=None)


def intervals_of(scores: Mapping[str, Scores], resamples: int = RESAMPLES) -> dict[str, dict[str, Interval]]:
    """Intervals of the primary measures by name and task; one set of resamples for all of the same paragraphs."""
    by_blocks: dict[tuple[tuple[str, str], ...], dict[str, Measure]] = {}
    for name, each in scores.items():
        wanted = by_blocks.setdefault(each.blocks, {})
        wanted.update({f"{task}/{name}": each.tasks[task].primary for task in each.tasks})
    out: dict[str, dict[str, Interval]] = {name: {} for name in scores}
    for measures in by_blocks.values():
        for key, interval in bootstrap_many(measures, resamples).items():
            task, _, name = key.partition("/")
            out[name][task] = interval
    return out


def _kind(name: str) -> str:
    return FLOOR if name.lower().startswith("floor") else SYSTEM


def _order(row: Row) -> tuple[int, float, int, str]:
    """Best on the headline task first, those without it after them, then what failed, the annotators last."""
    value = row.value(HEADLINE)
    place = 2 if row.kind == CEILING else 1 if row.failure else 0
    return place, -value if not math.isnan(value) else math.inf, -len(row.intervals), row.name


def rows_of(runs: Sequence[SystemRun], scores: Mapping[str, Scores], resamples: int = RESAMPLES) -> tuple[Row, ...]:
    """A row for each run, and one for each scored name that is no run: an annotator's pass."""
    intervals = intervals_of(scores, resamples)
    rows = []
    for run in runs:
        failure = run.failure or ("" if run.name in scores else "its predictions were not scored")
        rows.append(
            Row(
                run.name,
                _kind(run.name),
                run.spec.track if run.spec else UNKNOWN,
                run.spec.folder.name if run.spec else run.name,
                run.spec.description if run.spec else "",
                {} if failure else intervals[run.name],
                math.nan if failure else run.words_per_second,
                run.measured.get("peak_mb", math.nan),
                run.measured.get("fit_seconds", math.nan) if run.spec and run.spec.trained else math.nan,
                failure,
                run.spec is not None and tuple(run.spec.tasks) == ("claim_matching",),
                run.measured.get("average_precision", math.nan),
            )
        )
    known = {run.name for run in runs}
    rows += [Row(name, CEILING, "annotator", intervals=intervals[name]) for name in scores if name not in known]
    return tuple(sorted(rows, key=_order))


def gaps_of(rows: Sequence[Row], scores: Mapping[str, Scores], resamples: int = RESAMPLES) -> tuple[Gap, ...]:
    """Every system against the floor that is best at a task, by task."""
    out = []
    for task in TASKS:
        floors = [r for r in rows if r.kind == FLOOR and not r.given and not math.isnan(r.value(task))]
        if not floors:
            continue
        best = max(floors, key=lambda r: (r.value(task), r.name))
        for row in rows:
            if row.kind != SYSTEM or row.given or math.isnan(row.value(task)):
                continue
            a, b = scores[row.name], scores[best.name]
            if a.blocks == b.blocks:
                test = paired_test(a.tasks[task].primary, b.tasks[task].primary, resamples)
                out.append(Gap(task, row.name, best.name, test))
    return tuple(out)


def layers_of(scores: Scores) -> tuple[str, ...]:
    """The layers whose objects a system finds by itself; who only matches given claims finds none."""
    return tuple(dict.fromkeys(LAYER[task] for task in TASKS if task in scores.tasks and task != "claim_matching"))


def collect(
    corpus: Corpus,
    runs: Sequence[SystemRun],
    scores: Mapping[str, Scores],
    curves: Sequence[Curve] = (),
    *,
    layer: str = "gold",
    corpus_id: str = "",
    resamples: int = RESAMPLES,
) -> Report:
    """Read the predictions again and gather everything."""
    rows = rows_of(runs, scores, resamples)
    matrices: dict[str, tuple[Confusion, ...]] = {}
    wrong: dict[str, Mistakes] = {}
    for run in runs:
        if run.failure or run.predictions is None or run.name not in scores:
            continue
        made = read_submission(run.predictions, corpus.documents).annotations
        layers = layers_of(scores[run.name])
        matrices[run.name] = tuple(confusions(corpus.documents, corpus.annotations, made, layers))
        wrong[run.name] = mistakes(corpus.documents, corpus.annotations, made, layers)
    blocks = sum(paragraph.scored for document in corpus.documents for paragraph in document.paragraphs)
    return Report(
        rows,
        scores,
        gaps_of(rows, scores, resamples),
        matrices,
        wrong,
        tuple(curves),
        len(corpus.documents),
        blocks,
        sum(len(document.scored_words) for document in corpus.documents),
        layer,
        corpus_id,
        resamples,
    )
