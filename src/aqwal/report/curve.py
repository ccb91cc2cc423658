"""Learning curve: the score of a trained system by the number of documents it was trained on.

The protocol is the benchmark's: each reuse group is predicted by a system that never saw it. For k = 1, 2, … the system
is trained on the first k of the other documents, and the scores are pooled over all groups. The order of the documents
outside a group is fixed: those that follow it in the order of ids, then, from the beginning, those before it. The training
sets of one group are therefore nested, and every document is somewhere among the first.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aqwal.benchmark import Say, offline_environment
from aqwal.metrics import TASKS, Interval, bootstrap_many, score
from aqwal.metrics.resampling import RESAMPLES
from aqwal.model import Annotations, Corpus, Document
from aqwal.systems import SystemSpec, load_system

Labelled = tuple[Document, Annotations]


@dataclass(frozen=True)
class Point:
    """One step of the curve.

    Attributes:
        documents: the most training documents of any group; a group with fewer outside it was given them all.
        words: training words (scored ones), mean over the groups.
        intervals: score and interval by task, pooled over all documents.
        failure: why the system could not be trained or run on so few documents, else empty.
    """

    documents: int
    words: float
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    failure: str = ""


@dataclass(frozen=True)
class Curve:
    """The curve of one system, or why there is none."""

    name: str
    points: tuple[Point, ...] = ()
    failure: str = ""


def training_order(corpus: Corpus, groups: Mapping[str, str], held_out: str) -> list[Labelled]:
    """The labelled documents outside ``held_out``, in the fixed order of the curve."""
    labelled = [(corpus.document[a.doc_id], a) for a in sorted(corpus.annotations, key=lambda a: a.doc_id)]
    last = max((d.id for d in corpus.documents if groups[d.id] == held_out), default="")
    outside = [pair for pair in labelled if groups[pair[0].id] != held_out]
    return [p for p in outside if p[0].id > last] + [p for p in outside if p[0].id < last]


def learning_curve(
    spec: SystemSpec,
    corpus: Corpus,
    groups: Mapping[str, str],
    seed: int = 0,
    *,
    resamples: int = RESAMPLES,
    say: Callable[[str], None] | None = None,
) -> list[Point]:
    """The points of a trained system's curve, for 1 … all documents outside a group.

    Args:
        spec: the system; it is made anew for every training.
        corpus: documents with the labels to learn from and to score against; those without labels are left out.
        groups: reuse group of each document.
        seed: of the system.
        resamples: of the intervals.
        say: told of each training.

    Raises:
        BadSystem: if the system cannot be loaded. What goes wrong in it later is noted at the point.

    A zero-shot system has no curve: the list is empty, as it is where only one group has labels.
    """
    if not spec.trained:
        return []
    load_system(spec, seed)
    labelled = [document for document in corpus.documents if document.id in corpus.annotation]
    held = sorted({groups[document.id] for document in labelled})
    order = {group: training_order(corpus, groups, group) for group in held}
    points: list[Point] = []
    made: dict[tuple[str, int], list[Annotations]] = {}  # a group that has no further document is not trained again
    for k in range(1, max((len(documents) for documents in order.values()), default=0) + 1):
        # Given in the order of ids, as in the benchmark, so that the last point is the benchmark's own score.
        training = {group: sorted(docs[:k], key=lambda pair: pair[0].id) for group, docs in order.items()}
        words = sum(len(d.scored_words) for docs in training.values() for d, _ in docs) / len(training)
        try:
            for group, docs in training.items():
                if (group, len(docs)) in made:
                    continue
                if say:
                    say(f"{len(docs)} documents, {group} held out")
                system = load_system(spec, seed)
                system.fit(docs)
                made[group, len(docs)] = [system.predict(d) for d in labelled if groups[d.id] == group]
            predictions = [each for group, docs in training.items() for each in made[group, len(docs)]]
            scores = score(labelled, corpus.annotations, predictions, spec.tasks or None, breakdowns=False)
        except Exception as error:  # a system is other people's code
            points.append(Point(k, words, failure=" ".join(f"{type(error).__name__}: {error}".split())))
            continue
        points.append(Point(k, words, bootstrap_many({t: scores[t].primary for t in scores.tasks}, resamples)))
    return points


# ---------------------------------------------------------------- in a process of its own


def run_curve(
    folder: Path,
    root: Path,
    *,
    layer: str = "gold",
    seed: int = 0,
    resamples: int = RESAMPLES,
    say: Say | None = None,
) -> Curve:
    """:func:`learning_curve` in a process of its own, like every run of a system; nothing is raised."""
    name = folder.name
    with tempfile.TemporaryDirectory(prefix="aqwal-curve-") as scratch:
        made = Path(scratch) / "curve.json"
        command = [
            sys.executable,
            "-m",
            "aqwal.report.curve_worker",
            str(folder),
            "--root",
            str(root),
            "--layer",
            layer,
        ]
        command += ["--out", str(made), "--seed", str(seed), "--resamples", str(resamples)]
        last = "no message"
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=offline_environment(os.environ, root / ".cache"),
        ) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if line.strip():
                    last = line.strip()
                    if say:
                        say(name, last)
        if process.returncode or not made.exists():
            return Curve(name, failure=last.removeprefix("unusable: "))
        record = json.loads(made.read_text(encoding="utf-8"))
    return Curve(record["name"], tuple(read_point(each) for each in record["points"]))


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value


def record_point(point: Point) -> dict[str, Any]:
    """A point as JSON has it, null for NaN."""
    return {
        "documents": point.documents,
        "words": point.words,
        "failure": point.failure,
        "intervals": {
            task: {
                "value": _plain(i.value), "low": _plain(i.low), "high": _plain(i.high),
                "level": i.level, "resamples": i.resamples, "undefined": i.undefined,
            }
            for task, i in point.intervals.items()
        },
    }  # fmt: skip


def read_point(record: Mapping[str, Any]) -> Point:
    """The inverse of :func:`record_point`."""

    def interval(given: Mapping[str, Any]) -> Interval:
        value, low, high = (math.nan if given[key] is None else float(given[key]) for key in ("value", "low", "high"))
        return Interval(value, low, high, given["level"], given["resamples"], given["undefined"])

    intervals = {task: interval(record["intervals"][task]) for task in TASKS if task in record["intervals"]}
    return Point(record["documents"], record["words"], intervals, record["failure"])
