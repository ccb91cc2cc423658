"""A result: what a system scored, on which corpus, by which scorer, with the counts of every paragraph.

The counts are the result; scores and intervals are derived from them and written beside them only to be read. So a
committed result can be drawn with another interval, compared with a later one, or merged from shards, without the
predictions.
"""

from __future__ import annotations

import json
import math
import os
import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

import aqwal
from aqwal.metrics.counts import PRF, Mean, Measure, Ratio, concatenate, from_json, reordered, to_json
from aqwal.metrics.registry import Spec, parse
from aqwal.metrics.resampling import RESAMPLES, SEED, Interval, bootstrap_many
from aqwal.metrics.scores import DEFINITIONS, TASKS, Block, Scores, TaskScore
from aqwal.results.errors import MixedResults, ResultError
from aqwal.results.plain import check_counts, check_date, check_fields, check_measured, check_name, check_plain
from aqwal.results.plain import key as step
from aqwal.results.plain import shown as brief
from aqwal.systems import TRACKS as SYSTEM_TRACKS

FORMAT = 1
#: Who may stand on the leaderboard: systems by what they learned from, and the annotators' own passes.
TRACKS = (*SYSTEM_TRACKS, "annotator")
_HASH = re.compile(r"[0-9a-f]{64}")
#: Tasks whose counts depend on all documents together.
_WHOLE = ("claim_matching",)
#: Measures that are shares, not F1.
_RATIOS = (
    "entity_type_accuracy", "source_accuracy", "implicit_recall", "implicit_resolved", "attribute_accuracy",
    "claim_attribute_accuracy", "claim_chain_accuracy",
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """One system's scores, and all that is needed to know what they mean."""

    system: str
    track: str
    date: str
    corpus: str  # sha256 of documents and gold; see corpus_hash
    corpus_version: str
    scores: Scores
    config: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    description: str = ""
    measured: Mapping[str, float] = field(default_factory=dict)  # words per second, peak memory, …
    problems: Mapping[str, int] = field(default_factory=dict)  # what validation set aside
    package_version: str = aqwal.__version__
    definitions: int = DEFINITIONS

    def measures(self) -> dict[str, Measure]:
        """All measures by ``task/specification``."""
        return {f"{task}/{name}": m for task, s in self.scores.tasks.items() for name, m in s.measures.items()}

    def intervals(self, n: int = RESAMPLES, seed: int = SEED) -> dict[str, Interval]:
        """Intervals of all measures, from one set of resamples."""
        return bootstrap_many(self.measures(), n, seed)


def make_result(
    scores: Scores,
    *,
    system: str,
    track: str,
    date: str,
    corpus: str,
    corpus_version: str,
    config: Mapping[str, Any] | None = None,
    seed: int = 0,
    description: str = "",
    measured: Mapping[str, float] | None = None,
    problems: Mapping[str, int] | None = None,
) -> Result:
    """A checked result.

    Raises:
        ResultError: for a system's name that does not print, an unknown track, a date that is not YYYY-MM-DD, a
            corpus that is no sha256, or values that JSON cannot hold.
    """
    made = Result(
        system, track, date, corpus, corpus_version, scores, dict(config or {}), seed, description,
        dict(measured or {}), dict(problems or {}),
    )  # fmt: skip
    _check(made, "result")
    return made


def _check(result: Result, path: str) -> None:
    """Everything but the scores, whether made or read: what is written must be read again."""
    check_name(result.system, path, "system")
    if result.track not in TRACKS:
        raise ResultError(path, "track", f"unknown track {brief(result.track)}", f"use one of {', '.join(TRACKS)}")
    check_date(result.date, path)
    if not isinstance(result.corpus, str) or not _HASH.fullmatch(result.corpus):
        raise ResultError(path, "corpus", f"{brief(result.corpus)} is no sha256", "take it from corpus_hash")
    check_name(result.corpus_version, path, "corpus.version", empty=True)
    check_name(result.package_version, path, "scorer.package", empty=True)
    for where, texts in (("description", [result.description]), ("notes", result.scores.notes)):
        if not all(isinstance(text, str) for text in texts):
            raise ResultError(path, where, "no text", "give a string")
        check_plain(list(texts), path, where)
    for where, number in (("seed", result.seed), ("scorer.definitions", result.definitions)):
        if not isinstance(number, int) or isinstance(number, bool):
            raise ResultError(path, where, f"{brief(number)} is no int", "give a whole number")
        check_plain(number, path, where)
    check_plain(result.config, path, "config")
    check_measured(result.measured, path)
    check_counts(result.problems, path, "problems")
    check_counts(result.scores.set_aside, path, "set_aside")


# ---------------------------------------------------------------- on disk


def _plain(value: float) -> float | int | None:
    """A number as short as JSON has it; null for NaN."""
    if math.isnan(value):
        return None
    return int(value) if value == int(value) else value


def as_record(result: Result, *, resamples: int = RESAMPLES) -> dict[str, Any]:
    """The JSON object of a result.

    Raises:
        ResultError: if a field holds what cannot be read again.
    """
    _check(result, "result")
    intervals = result.intervals(resamples)
    tasks: dict[str, Any] = {}
    for task, scores in result.scores.tasks.items():
        tasks[task] = {}
        for name, measure in scores.measures.items():
            interval = intervals[f"{task}/{name}"]
            summary: dict[str, Any] = {"value": _plain(round(interval.value, 6))}
            if isinstance(measure, PRF):
                summary |= {k: _plain(round(getattr(measure, k), 6)) for k in ("precision", "recall")}
            summary["interval"] = [_plain(round(end, 6)) for end in (interval.low, interval.high)]
            tasks[task][name] = {"score": summary, "counts": _short(to_json(measure))}
    return {
        "format": FORMAT,
        "system": result.system,
        "track": result.track,
        "date": result.date,
        "description": result.description,
        "seed": result.seed,
        "config": dict(result.config),
        "corpus": {"sha256": result.corpus, "version": result.corpus_version},
        "scorer": {"package": result.package_version, "definitions": result.definitions},
        "resampling": {"resamples": resamples, "seed": SEED, "level": 0.95},
        "measured": {k: _plain(float(v)) for k, v in sorted(result.measured.items())},
        "problems": dict(sorted(result.problems.items())),
        "not_attempted": list(result.scores.not_attempted),
        "set_aside": dict(result.scores.set_aside),
        "notes": list(result.scores.notes),
        "blocks": [list(block) for block in result.scores.blocks],
        "tasks": tasks,
    }


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_short(item) for item in value]
    return _plain(value) if isinstance(value, float) else value


def dumps(record: Mapping[str, Any]) -> str:
    """JSON with one line per field and per measure, so that differences of two results are readable."""

    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)  # TOML has dates

    parts = []
    for key, value in record.items():
        if key != "tasks":
            parts.append(f"  {line(key)}: {line(value)}")
            continue
        tasks = []
        for task, measures in value.items():
            rows = ",\n".join(f"      {line(name)}: {line(measure)}" for name, measure in measures.items())
            tasks.append(f"    {line(task)}: {{\n{rows}\n    }}" if rows else f"    {line(task)}: {{}}")
        inner = ",\n".join(tasks)
        parts.append(f'  "tasks": {{\n{inner}\n  }}' if tasks else '  "tasks": {}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_result(path: str | os.PathLike[str], result: Result) -> None:
    """Write a result as JSON; the same result gives the same bytes.

    Raises:
        ResultError: if it has no task, or a field that cannot be read again; then nothing is written.
    """
    if not result.scores.tasks:
        raise ResultError(str(path), "tasks", "no task was scored", "a result holds at least one")
    write_text(Path(path), dumps(as_record(result)))


def read_result(path: str | os.PathLike[str]) -> Result:
    """Read and check a result.

    Raises:
        ResultError: if the file is no result: which field, and why.
        OSError: if it cannot be read.
    """
    name = str(path)
    try:
        record = json.loads(Path(path).read_bytes().decode("utf-8"))
    except (ValueError, RecursionError) as error:  # ValueError: also an integer of thousands of digits
        message = str(error).split(";")[0]
        raise ResultError(name, "$", f"not JSON: {message}", "write it with write_result") from None
    return from_record(record, name)


def from_record(record: Any, name: str = "result") -> Result:
    """The result of a JSON object; counts that cannot be, and scores that do not follow from them, are refused.

    Raises:
        ResultError: if it is no result.
    """

    def wrong(where: str, message: str, fix: str = "") -> ResultError:
        return ResultError(name, where, message, fix)

    def take(key: str, kind: type, inside: Any = None, where: str = "") -> Any:
        source = record if inside is None else inside
        value = source.get(key) if isinstance(source, dict) else None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise wrong(where or key, f"no {kind.__name__}", f"give {key!r}")
        return value

    def optional(key: str, kind: type) -> Any:
        return kind() if record.get(key) is None else take(key, kind)

    if not isinstance(record, dict):
        raise wrong("$", "no object")
    check_fields(record, name)
    if record.get("format") != FORMAT:
        raise wrong("format", f"{brief(record.get('format'))}, not {FORMAT}", "written by another version of aqwal?")
    blocks: list[Block] = []
    for block in take("blocks", list):
        if not (isinstance(block, list) and len(block) == 2 and all(isinstance(part, str) for part in block)):
            raise wrong("blocks", "no list of [document, paragraph]")
        blocks.append((block[0], block[1]))
    if len(set(blocks)) < len(blocks):
        raise wrong("blocks", "a paragraph is there twice")
    tasks: dict[str, TaskScore] = {}
    for task, measures in take("tasks", dict).items():
        if task not in TASKS or not isinstance(measures, dict):
            raise wrong(f"tasks.{step(task)}", "unknown task", f"use one of {', '.join(TASKS)}")
        made = {spec: _measure(spec, entry, task, len(blocks), wrong) for spec, entry in measures.items()}
        try:
            tasks[task] = TaskScore(task, made)
            _ = tasks[task].value
        except KeyError as error:
            raise wrong(f"tasks.{task}", f"no {error.args[0]!r}, the task's primary measure") from None
    if not tasks:
        raise wrong("tasks", "no task was scored", "a result holds at least one")
    corpus, scorer = take("corpus", dict), take("scorer", dict)
    scores = Scores(
        tuple(blocks),
        {task: tasks[task] for task in TASKS if task in tasks},
        _not_attempted(record.get("not_attempted"), tasks, wrong),
        optional("set_aside", dict),
        tuple(optional("notes", list)),
    )
    measured = optional("measured", dict)
    check_measured(measured, name)
    result = Result(
        take("system", str), take("track", str), take("date", str), take("sha256", str, corpus, "corpus.sha256"),
        take("version", str, corpus, "corpus.version"), scores, take("config", dict), take("seed", int),
        optional("description", str), {k: float(v) for k, v in measured.items() if v is not None},
        optional("problems", dict),
        take("package", str, scorer, "scorer.package"), take("definitions", int, scorer, "scorer.definitions"),
    )  # fmt: skip
    _check(result, name)
    return result


def _not_attempted(value: Any, tasks: Mapping[str, TaskScore], wrong: Any) -> tuple[str, ...]:
    """The tasks that a result says it did not attempt: fewer than those without scores where shards were merged."""
    without = tuple(task for task in TASKS if task not in tasks)
    if value is None:
        return without
    if not isinstance(value, list) or not all(task in without for task in value):
        raise wrong(
            "not_attempted", "not tasks that have no scores here", f"list some of {', '.join(without) or 'none'}"
        )
    return tuple(task for task in without if task in value)


def kind_of(spec: Spec) -> str:
    """The kind of counts that a measure has: ``prf``, ``ratio`` or ``mean``."""
    if spec.values.get("average") == "macro":
        return Mean.kind
    return Ratio.kind if spec.metric.name in _RATIOS else PRF.kind


def _measure(spec: str, entry: Any, task: str, blocks: int, wrong: Any) -> Measure:
    where = f"tasks.{task}.{step(spec)}"
    if not isinstance(entry, dict) or not all(isinstance(entry.get(part), dict) for part in ("score", "counts")):
        raise wrong(where, "no object with score and counts", "write it with write_result")
    try:
        named = parse(spec)
        measure = from_json(entry["counts"])
    except ValueError as error:
        raise wrong(where, str(error)) from None
    if str(named) != spec or named.metric.task != task:
        raise wrong(where, f"no measure of {task} by that name", f"write {named}")
    if measure.kind != kind_of(named):
        message = f"counts of the kind {measure.kind}, but the measure's are {kind_of(named)}"
        raise wrong(where, message, "write it with write_result")
    if measure.columns().shape[0] != blocks and not (isinstance(measure, Mean) and not measure.parts):
        raise wrong(where, f"{measure.columns().shape[0]} counts for {blocks} paragraphs")
    score = entry["score"]
    for name in ("value", "precision", "recall") if isinstance(measure, PRF) else ("value",):
        value = getattr(measure, name)
        if (name == "value" or name in score) and not _follows(score.get(name), value):
            message = f"states {name if name != 'value' else ''} {brief(score.get(name))}".replace("  ", " ")
            raise wrong(where, f"{message}, but its counts give {value:.6f}", "write it with write_result")
    return measure


def _follows(stated: object, value: float) -> bool:
    """Is a stated score, rounded to six places, that of the counts? Null stands for NaN."""
    if stated is None or isinstance(stated, bool) or not isinstance(stated, int | float):
        return stated is None and math.isnan(value)
    return -1 <= stated <= 2 and abs(stated - value) <= 2e-6  # a number out of this range may be too large to subtract


def read_results(folder: str | os.PathLike[str]) -> list[Result]:
    """All results of a folder (``*.json``), sorted by file name; an absent folder has none.

    Raises:
        ResultError: if a file is no result.
    """
    where = Path(folder)
    return [read_result(path) for path in sorted(where.glob("*.json"))] if where.is_dir() else []


# ---------------------------------------------------------------- together


def same_ground(results: Sequence[Result]) -> None:
    """Refuse results that are not comparable: of another corpus, other definitions, or other paragraphs.

    Raises:
        MixedResults: naming the first two that differ, and in what.
    """
    for other in results[1:]:
        first = results[0]
        for what, one, two in (
            ("corpus", f"{first.corpus_version} {first.corpus[:12]}", f"{other.corpus_version} {other.corpus[:12]}"),
            ("definitions of the scorer", first.definitions, other.definitions),
        ):
            if one != two:
                raise MixedResults(
                    f"{first.system} ({one}) and {other.system} ({two}) differ in the {what}; score both anew"
                )
        if first.corpus != other.corpus or first.scores.blocks != other.scores.blocks:
            raise MixedResults(f"{first.system} and {other.system} are scored on different documents; score both anew")


def _in_one_order(shards: Sequence[Sequence[str]]) -> list[str]:
    """The measures of all shards in the order in which one run names them.

    A shard lacks the slices whose label does not occur in it. What all shards have stands in the same order in each;
    a slice follows the one of those that it follows in its shard, and slices there are in the order of their labels.

    >>> f1, macro = "entity_f1(match=exact)", "entity_f1(match=exact,average=macro)"
    >>> org, pers = (f"entity_f1(match=exact,type={label})" for label in ("ORG", "PERS"))
    >>> _in_one_order([[f1, org, macro], [f1, pers, macro]]) == [f1, pers, org, macro]
    True
    """
    common = [name for name in shards[0] if all(name in names for names in shards)]
    place: dict[str, tuple[int, tuple[int, ...]]] = {name: (at, ()) for at, name in enumerate(common)}
    for names in shards:
        last = -1
        for name in names:
            if name in common:
                last = place[name][0]
            else:
                place[name] = (last, _label_order(name))
    return sorted(place, key=lambda name: place[name])


def _label_order(name: str) -> tuple[int, ...]:
    spec = parse(name)
    return tuple(p.values.index(spec.values[p.name]) for p in spec.metric.parameters if spec.values.get(p.name))


def merge(results: Sequence[Result]) -> Result:
    """One result from shards: the same system on different documents of one corpus.

    Counts are put side by side, so the merged scores are those of scoring everything at once. Claim clusters reach
    across documents, so ``claim_matching`` cannot be merged: it is left out, and a note says so.

    Raises:
        MixedResults: if the shards differ in system, corpus, scorer, config or seed, or share a paragraph.
    """
    if not results:
        raise MixedResults("nothing to merge")
    first = results[0]
    for other in results[1:]:
        for name in ("system", "track", "corpus", "corpus_version", "definitions", "config", "seed"):
            if getattr(first, name) != getattr(other, name):
                raise MixedResults(f"shards differ in {name}: {getattr(first, name)!r} and {getattr(other, name)!r}")
        # A task of the whole corpus is not merged, so it does not matter which shards attempt it.
        mine, theirs = ([task for task in r.scores.tasks if task not in _WHOLE] for r in (first, other))
        if set(mine) != set(theirs):
            raise MixedResults(f"shards differ in tasks: {mine} and {theirs}")
    given = [block for r in results for block in r.scores.blocks]
    # By document, as one run has them; the paragraphs of a document stay in the order of the text.
    order = np.array(sorted(range(len(given)), key=lambda at: given[at][0]), dtype=int)
    blocks = [given[at] for at in order.tolist()]
    if len(set(blocks)) < len(blocks):
        twice = next(block for block, count in Counter(blocks).items() if count > 1)
        raise MixedResults(
            f"paragraph {twice[1]} of document {twice[0]} is in two shards; "
            "score each document in one of them (`aqwal evaluate --document`)"
        )
    tasks: dict[str, TaskScore] = {}
    notes = list(dict.fromkeys(note for r in results for note in r.scores.notes))
    left_out = []
    for task in (task for task in TASKS if any(task in r.scores.tasks for r in results)):
        if task in _WHOLE and len(results) > 1:
            left_out.append(task)
            notes.append(f"{task} is left out: clusters reach across documents, so shards cannot be merged")
            continue
        names = _in_one_order([list(r.scores.tasks[task].measures) for r in results])
        tasks[task] = TaskScore(
            task,
            {
                name: reordered(
                    concatenate([(r.scores.tasks[task].measures.get(name), len(r.scores.blocks)) for r in results]),
                    order,
                )
                for name in names
            },
        )
    aside: dict[str, int] = {}
    problems: dict[str, int] = {}
    for r in results:
        for total, part in ((aside, r.scores.set_aside), (problems, r.problems)):
            for key, count in part.items():
                total[key] = total.get(key, 0) + count
    scores = Scores(
        tuple(blocks),
        tasks,
        tuple(t for t in TASKS if t not in (*tasks, *left_out)),
        dict(sorted(aside.items())),
        tuple(notes),
    )
    return replace(first, scores=scores, problems=problems, date=max(r.date for r in results), measured={})
