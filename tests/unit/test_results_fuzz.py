"""Results and packages with anything replaced, taken out or doubled: read, or refused with a ResultError."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import warnings
from pathlib import Path
from typing import Any

from tests.unit import metrics_cases as cases

from aqwal.metrics import score
from aqwal.model import Corpus
from aqwal.results import (
    MixedResults,
    ResultError,
    check_package,
    corpus_hash,
    leaderboard,
    make_result,
    merge,
    package,
    read_result,
)
from aqwal.results.record import as_record, dumps, from_record

DOCS, GOLD, PREDICTIONS = cases.corpus(38, documents=1)
CORPUS = Corpus(tuple(DOCS), tuple(GOLD))
RESULT = make_result(
    score(DOCS, GOLD, PREDICTIONS, ("entities", "claim_matching")), system="rules", track="open", date="2026-01-31",
    corpus=corpus_hash(CORPUS), corpus_version="1.0", config={"a": [1, {"b": 2.5}]}, measured={"mb": 3},
)  # fmt: skip
STRANGE = (
    None, True, 0, 1, -1, 0.5, -0.5, 10**20, 10**400, 2**1024 - 1, 1e308, float("nan"), float("-inf"), "", "x", "1", "\x00", "\ud800",
    "\u202e", "a" * 500, "2026-01-31", "0" * 64, [], [[]], [1], ["x", "y"], {}, {"x": 1}, {"": None}, {"kind": "mean"},
)  # fmt: skip


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with every key in it; what lies deeper is not drawn more often for being more."""
    out: list[tuple[Any, Any]] = []
    level = [value]
    while level:
        below = []
        for item in level:
            keys = list(item) if isinstance(item, dict) else range(len(item))
            out.extend((item, key) for key in keys)
            below += [item[key] for key in keys if isinstance(item[key], dict | list)]
        level = below
    return out


def mutate(rng: random.Random, record: Any) -> None:
    """Change a place or two, those near the top as often as the many counts."""
    for _ in range(rng.choice((1, 1, 2))):
        found = places(record)
        if not found:
            return
        container, key = rng.choice(found[:40] if rng.random() < 0.4 else found)
        how = rng.random()
        if how < 0.7:
            container[key] = rng.choice(STRANGE)
        elif how < 0.85:
            del container[key]
        elif isinstance(container, list):
            container.insert(key, container[key])
        else:
            container[rng.choice(("x", "entities", "\x1b", key + " "))] = container.pop(key)


def test_any_result_is_read_or_refused(tmp_path: Path) -> None:
    rng = random.Random(5)
    text = dumps(as_record(RESULT, resamples=20))
    path = tmp_path / "r.json"
    refused = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(400):
            record = json.loads(text)
            mutate(rng, record)
            mutated = json.dumps(record)
            if rng.random() < 0.1:
                at = rng.randrange(len(mutated))
                mutated = mutated[:at] + rng.choice(('"', "{", "]", "\\", "9", "")) + mutated[at + 1 :]
            path.write_text(mutated, encoding="utf-8")
            try:
                read = read_result(path)
            except ResultError as error:
                assert str(path) in str(error) and error.field and str(error).isprintable(), repr(str(error))
                refused += 1
                continue
            # What is read can be written, read again, shown and merged.
            again = from_record(json.loads(dumps(as_record(read, resamples=5))))
            assert again.measures().keys() == read.measures().keys()
            assert merge([read]).scores.tasks.keys() == read.scores.tasks.keys()
            with contextlib.suppress(MixedResults):
                leaderboard([RESULT, read], resamples=5)
    assert 100 < refused < 400


def test_any_package_is_sound_or_refused() -> None:
    rng = random.Random(6)
    text = dumps(package(RESULT, PREDICTIONS, {}))
    refused = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(200):
            record = json.loads(text)
            mutate(rng, record["predictions"] if rng.random() < 0.6 else record)
            if rng.random() < 0.8 and "predictions" in record:
                signed = json.dumps(record["predictions"], ensure_ascii=False, sort_keys=True)
                digest = hashlib.sha256(signed.encode("utf-8", "surrogatepass")).hexdigest()
                record["predictions_sha256"] = digest
            try:
                check_package(record, CORPUS)
            except ResultError:
                refused += 1
    assert 50 < refused < 200
