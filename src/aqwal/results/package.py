"""A third party's result as one JSON that a pull request adds: the result, and the predictions it can be checked by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aqwal.formats.identity import corpus_hash
from aqwal.formats.jsonl import RecordError, to_record
from aqwal.formats.jsonl import from_record as annotations_of
from aqwal.metrics.scoring import score
from aqwal.model import Annotations, Corpus
from aqwal.results.record import Result, ResultError, as_record, from_record


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
        ResultError: if it is no package, is of another corpus, or its counts are not those of its predictions.
    """
    listed = record.get("predictions") if isinstance(record, dict) else None
    if not isinstance(listed, list):
        raise ResultError(name, "predictions", "no list", "make the package with `aqwal submit`")
    result = from_record({k: v for k, v in record.items() if not k.startswith("predictions")}, name)
    if record.get("predictions_sha256") != _digest(listed):
        raise ResultError(name, "predictions_sha256", "not that of the predictions", "make the package anew")
    if result.corpus != corpus_hash(corpus):
        raise ResultError(name, "corpus", "scored on another corpus than this one", "score it on this version")
    predictions = []
    unanchored: dict[str, dict[str, int]] = {}
    for index, item in enumerate(listed):
        try:
            doc = corpus.document.get(str(item.get("doc_id"))) if isinstance(item, dict) else None
            made = annotations_of(item, doc)
            predictions.append(made)
            if item.get("unanchored"):
                unanchored[made.doc_id] = {str(k): int(v) for k, v in item["unanchored"].items()}
        except (RecordError, ValueError, TypeError, AttributeError) as error:
            raise ResultError(name, f"predictions[{index}]", str(error)) from None
    try:
        scores = score(
            corpus.documents, corpus.annotations, predictions, tuple(result.scores.tasks), unanchored=unanchored
        )
    except ValueError as error:
        raise ResultError(name, "predictions", str(error)) from None
    for task, scored in scores.tasks.items():
        stated = result.scores.tasks[task].measures
        for spec, measure in scored.measures.items():
            if spec not in stated or not np.allclose(stated[spec].columns(), measure.columns(), rtol=0, atol=1e-9):
                raise ResultError(
                    name, f"tasks.{task}.{spec}", "not the counts of these predictions", "score them anew"
                )
    return result
