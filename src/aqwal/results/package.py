"""A third party's result as one JSON that a pull request adds: the result, and the predictions it can be checked by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aqwal.formats._jsonl_record import RecordReader
from aqwal.formats.identity import corpus_hash
from aqwal.formats.jsonl import RecordError, to_record
from aqwal.formats.jsonl import from_record as annotations_of
from aqwal.metrics.counts import Mean, Measure, same_labels
from aqwal.metrics.scores import DEFINITIONS, Scores
from aqwal.metrics.scoring import score
from aqwal.model import Annotations, Corpus
from aqwal.results.errors import ResultError
from aqwal.results.plain import check_plain
from aqwal.results.record import Result, as_record, from_record


def package(
    result: Result,
    predictions: Sequence[Annotations],
    unanchored: Mapping[str, Mapping[str, int]] | None = None,
) -> dict[str, Any]:
    """The record of a result with its predictions, and their sha256. Statements and glosses are left out."""
    listed = []
    for each in sorted(predictions, key=lambda a: a.doc_id):
        record = to_record(each)
        for claim in record["claims"]:
            del claim["statement"], claim["gloss"]
        if unanchored and unanchored.get(each.doc_id):
            record["unanchored"] = dict(unanchored[each.doc_id])
        listed.append(record)
    return {**as_record(result), "predictions_sha256": _digest(listed), "predictions": listed}


def _digest(predictions: object) -> str:
    text = json.dumps(predictions, ensure_ascii=False, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def check_package(record: Mapping[str, Any], corpus: Corpus, name: str = "package") -> Result:
    """Read a package and score its predictions anew.

    Raises:
        ResultError: if it is no package, is of another corpus or scorer, or if its paragraphs, measures or counts are
            not just those of its predictions.
    """
    listed = record.get("predictions") if isinstance(record, dict) else None
    if not isinstance(listed, list):
        raise ResultError(name, "predictions", "no list", "make the package with `aqwal submit`")
    result = from_record({k: v for k, v in record.items() if k not in ("predictions", "predictions_sha256")}, name)
    try:
        digest = _digest(listed)
    except (ValueError, TypeError, RecursionError):
        check_plain(listed, name, "predictions")  # names the place
        raise ResultError(name, "predictions", "no JSON", "make the package anew") from None
    if record.get("predictions_sha256") != digest:
        raise ResultError(name, "predictions_sha256", "not that of the predictions", "make the package anew")
    if result.corpus != corpus_hash(corpus):
        raise ResultError(name, "corpus", "scored on another corpus than this one", "score it on this version")
    if result.definitions != DEFINITIONS:
        message = f"scored by definitions {result.definitions}, these are {DEFINITIONS}"
        raise ResultError(name, "scorer.definitions", message, "score it with this version")
    predictions, unanchored = _read(listed, corpus, name)
    try:
        scores = score(
            corpus.documents, corpus.annotations, predictions, tuple(result.scores.tasks), unanchored=unanchored
        )
    except ValueError as error:
        raise ResultError(name, "predictions", str(error)) from None
    _compare(result.scores, scores, name)
    return result


def _read(listed: Sequence[Any], corpus: Corpus, name: str) -> tuple[list[Annotations], dict[str, Mapping[str, int]]]:
    """The predictions, and by document those without a place; any fault that a submission may not have is refused."""
    predictions: list[Annotations] = []
    unanchored: dict[str, Mapping[str, int]] = {}
    for index, item in enumerate(listed):
        where = f"predictions[{index}]"
        if not isinstance(item, dict):
            raise ResultError(name, where, "no object", "make the package anew")
        doc_id = item.get("doc_id")
        doc = corpus.document.get(doc_id) if isinstance(doc_id, str) else None
        try:
            made = annotations_of(item, doc)
        except RecordError as error:
            raise ResultError(name, where, str(error)) from None
        reader = RecordReader(0, None)
        counts = reader.unanchored(item)
        if reader.problems:
            problem = reader.problems[0]
            raise ResultError(name, f"{where}.unanchored", problem.message, problem.fix)
        predictions.append(made)
        if counts:
            unanchored[made.doc_id] = counts
    return predictions, unanchored


def _compare(stated: Scores, scored: Scores, name: str) -> None:
    """Refuse stated scores that are not, paragraph for paragraph and measure for measure, those of the predictions."""
    if stated.blocks != scored.blocks:
        raise ResultError(name, "blocks", "not the scored paragraphs of this corpus, in its order", "score it anew")
    for task, found in scored.tasks.items():
        given = stated.tasks[task].measures
        for spec, measure in found.measures.items():
            if spec not in given or not _alike(given[spec], measure):
                raise ResultError(
                    name, f"tasks.{task}.{spec}", "not the counts of these predictions", "score them anew"
                )
        for spec in given:
            if spec not in found.measures:
                raise ResultError(name, f"tasks.{task}.{spec}", "no measure of these predictions", "score them anew")
    if dict(stated.set_aside) != dict(scored.set_aside):
        raise ResultError(name, "set_aside", "not what these predictions and gold set aside", "score them anew")


def _alike(one: Measure, other: Measure) -> bool:
    """True if two measures have the same labels and, up to rounding, the same counts."""
    if isinstance(one, Mean) and isinstance(other, Mean) and set(one.labels) != set(other.labels):
        return False
    one, other = same_labels(one, other)
    ours, theirs = one.columns(), other.columns()
    return ours.shape == theirs.shape and bool(np.allclose(ours, theirs, rtol=0, atol=1e-9))
