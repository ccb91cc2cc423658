"""Malformed submissions: no crash, and nothing dropped without a word.

The short run is part of the tests. A long one: ``AQWAL_FUZZ_SECONDS=600 pytest tests/unit/test_jsonl_fuzz.py``.
"""

from __future__ import annotations

import copy
import json
import os
import random
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit import metrics_cases as cases

from aqwal.columns import Geometry
from aqwal.formats._jsonl_bulk import read_columns
from aqwal.formats.jsonl import LAYERS, Submission, read_submission, to_record
from aqwal.metrics import TASKS, score
from aqwal.metrics.errors import find_errors

SECONDS = float(os.environ.get("AQWAL_FUZZ_SECONDS", "4"))
DOCS, GOLD, PREDICTIONS = cases.corpus(7, documents=2)
RECORDS = [to_record(each) for each in (*GOLD, *PREDICTIONS)]

#: Values that have broken readers before.
NASTY: list[Any] = [
    None, True, False, 0, -1, 1.5, 1e308, float("nan"), float("inf"), 10**40, "", " ", "NaN", "\ud800", "\x00", "م" * 300,
    [], {}, [[]], [[0, 1]], [[1, 0]], [[0, 10**9]], [[0, 1], [0, 1]], [None], {"id": "x"}, [[["x"]]], "a1", "m1", "000", "PERS",
]  # fmt: skip


def check(path: Path, lines: list[bytes]) -> Submission:
    """Read a file in both ways, score it, and account for every object in it."""
    path.write_bytes(b"\n".join(lines))
    made = read_submission(path, DOCS)
    bulk = read_columns(path, Geometry.of(DOCS))
    assert bulk[1:] == (made.layers, made.problems, made.unanchored)
    for problem in made.problems:
        assert problem.message and str(problem).encode("utf-8")
    by_line = {p.line for p in made.problems if p.lost in ("line", "file")}
    read_by_doc = {a.doc_id: a for a in made.annotations}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or number in by_line or (number == 1 and line.startswith(b"\xef\xbb\xbf")):
            continue
        record = json.loads(line.decode("utf-8"))
        kept = read_by_doc[record["doc_id"]]
        mine = [p for p in made.problems if p.line == number]
        for layer in LAYERS:
            listed = record.get(layer)
            if not isinstance(listed, list):
                assert layer not in record or any(p.path == f"$.{layer}" and p.lost == "layer" for p in mine)
                continue
            aside = {
                int(found.group(1))
                for p in mine
                if p.lost == "object" and (found := re.match(rf"\$\.{layer}\[(\d+)\]", p.path))
            }
            assert len(listed) == len(getattr(kept, layer)) + len(aside), (layer, mine)
        wanted = {a["id"]: a.get("parent", "") for a in record.get("attributions") or () if isinstance(a, dict) and "id" in a
                  and isinstance(a["id"], str)} if isinstance(record.get("attributions"), list) else {}  # fmt: skip
        for a in kept.attributions:
            if a.parent != wanted[a.id]:
                assert any(p.lost in ("link", "object") for p in mine)
    scores = score(DOCS, GOLD, made.annotations, TASKS, layers=made.layers, unanchored=made.unanchored)
    for task in scores.tasks.values():
        for name, measure in task.measures.items():
            assert np.isfinite(measure.columns()).all(), name
            assert np.isnan(measure.value) or -1e-9 <= measure.value <= 1 + 1e-9, name
    find_errors(DOCS, GOLD, made.annotations)
    return made


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a JSON value."""
    found, stack = [], [value]
    while stack:
        item = stack.pop()
        pairs = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
        for key, child in pairs:
            found.append((item, key))
            stack.append(child)
    return found


def mutate(rng: random.Random, record: Any) -> Any:
    """A copy with one to four things wrong."""
    record = json.loads(json.dumps(record))
    for _ in range(rng.randint(1, 4)):
        found = places(record)
        if not found:
            break
        container, key = rng.choice(found)
        action = rng.random()
        if action < 0.5:
            container[key] = copy.deepcopy(rng.choice(NASTY))
        elif action < 0.65:
            del container[key]
        elif action < 0.8:
            other, place = rng.choice(found)
            if (isinstance(other, list) and place < len(other)) or (isinstance(other, dict) and place in other):
                container[key] = json.loads(json.dumps(other[place]))
        elif isinstance(container, dict):
            container[rng.choice(["id", "spans", "cue", "parent", "x", "entitty", str(key) + "s"])] = copy.deepcopy(
                rng.choice(NASTY)
            )
        else:
            container.insert(int(key), copy.deepcopy(rng.choice(NASTY)))
    return record


def spoil(rng: random.Random, line: bytes) -> bytes:
    """A line with bytes changed, cut or doubled."""
    action, at = rng.random(), rng.randrange(len(line) + 1)
    if action < 0.4:
        return line[:at] + bytes([rng.choice(b'\x00\xff\xd9"{}[]:,\\nN9- ')]) + line[at + 1 :]
    if action < 0.6:
        return line[:at]
    if action < 0.8:
        to = rng.randrange(at, len(line) + 1)
        return line[:to] + line[at:]
    return line.replace(b'"id"', b'"spans"', 1) if action < 0.9 else rng.choice([b"\xef\xbb\xbf", b"[" * 2000]) + line


def one_round(rng: random.Random, path: Path) -> None:
    lines = []
    for _ in range(rng.randint(1, 4)):
        record = rng.choice(RECORDS)
        record = mutate(rng, record) if rng.random() < 0.85 else record
        line = json.dumps(record, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
        lines.append((spoil(rng, line) if rng.random() < 0.2 else line).replace(b"\n", b" "))
    check(path, lines)


def test_mutated_submissions(tmp_path: Path) -> None:
    seed, end = 0, time.monotonic() + SECONDS
    while time.monotonic() < end or seed < 40:
        try:
            one_round(random.Random(seed), tmp_path / "fuzz.jsonl")
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
        seed += 1
    print(f"{seed} submissions")


json_values = st.recursive(
    st.sampled_from(NASTY) | st.text(max_size=5) | st.integers(-3, 60) | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
spans = st.lists(st.lists(st.integers(-2, 80), min_size=1, max_size=3), max_size=3)
keys = [
    "id",
    "spans",
    "cue",
    "content",
    "source",
    "medium",
    "type",
    "parent",
    "source_entity",
    "cluster",
    "quote",
    "level",
]
values = st.one_of(json_values, spans, st.sampled_from(["a", "b", "c", "PERS", "direct"]))
objects = st.dictionaries(st.sampled_from(keys), values)
records = st.fixed_dictionaries(
    {"doc_id": st.sampled_from(["000", "001", "002", 3])},
    optional={layer: st.lists(objects, max_size=5) | json_values for layer in LAYERS} | {"unanchored": json_values},
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(records | json_values, max_size=4))
def test_any_json(listed: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check(Path(folder) / "any.jsonl", [json.dumps(record).encode() for record in listed])


@settings(max_examples=150)
@given(st.lists(st.binary(max_size=60), max_size=4))
def test_any_bytes(lines: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.jsonl"
        path.write_bytes(b"\n".join(lines))
        assert all(str(p).encode() for p in read_submission(path, DOCS).problems)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_unspoilt_submissions_have_no_problems(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    chosen = rng.sample(RECORDS[:2], 2)
    made = check(tmp_path / "good.jsonl", [json.dumps(record).encode() for record in chosen])
    assert made.problems == ()
