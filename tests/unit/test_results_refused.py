"""Results and packages that cannot be: refused with file and field, before a table shows them."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit import metrics_cases as cases

from aqwal.metrics import TASKS, score
from aqwal.metrics.counts import PRF, from_json
from aqwal.metrics.registry import parse
from aqwal.model import Corpus
from aqwal.results import (
    Result,
    ResultError,
    check_package,
    corpus_hash,
    make_result,
    package,
    read_result,
    write_result,
)
from aqwal.results.record import as_record, dumps, from_record, kind_of

DOCS, GOLD, PREDICTIONS = cases.corpus(5, documents=2)
CORPUS = Corpus(tuple(DOCS), tuple(GOLD))
SCORES = score(DOCS, GOLD, PREDICTIONS, TASKS)
ENTITIES = "entity_f1(match=exact)"
MACRO = "entity_f1(match=exact,average=macro)"


def made(**changes: Any) -> Result:
    values: dict[str, Any] = {
        "system": "rules", "track": "open", "date": "2026-01-31", "corpus": corpus_hash(CORPUS), "corpus_version": "1.0",
    }  # fmt: skip
    return make_result(SCORES, **(values | changes))


RESULT = as_record(made(), resamples=50)
PACKAGE = package(made(), PREDICTIONS)


def copy(record: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = json.loads(dumps(record))
    return out


def entry(record: dict[str, Any], spec: str = ENTITIES) -> dict[str, Any]:
    out: dict[str, Any] = record["tasks"]["entities"][spec]
    return out


def first_part(record: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = next(iter(entry(record, MACRO)["counts"]["parts"].values()))
    return out


def more_right_than_there_are(record: dict[str, Any]) -> None:
    counts = entry(record)["counts"]
    for right, among in (("tp_pred", "n_pred"), ("tp_gold", "n_gold")):
        counts[right] = [50 * n for n in counts[among]]
    entry(record)["score"] = {"value": 50}


def another_kind(record: dict[str, Any]) -> None:
    ones = [1] * len(record["blocks"])
    record["tasks"]["entities"][ENTITIES] = {
        "score": {"value": 1},
        "counts": {"kind": "ratio", "hits": ones, "total": ones},
    }


CASES: list[tuple[str, str, Callable[[dict[str, Any]], object]]] = [
    ("not_attempted", "not tasks that have no scores", lambda r: r.update(not_attempted=["entities"])),
    ("not_attempted", "not tasks that have no scores", lambda r: r.update(not_attempted="claims")),
    ("not_attempted", "not tasks that have no scores", lambda r: r.update(not_attempted=[["claims"]])),
    (f"tasks.entities.{ENTITIES}", "tp_pred is more than n_pred", more_right_than_there_are),
    (f"tasks.entities.{ENTITIES}", "kind ratio, but the measure's are prf", another_kind),
    (f"tasks.entities.{ENTITIES}.score.value", "no number", lambda r: entry(r)["score"].update(value=float("nan"))),
    (f"tasks.entities.{ENTITIES}", "states '0.5'", lambda r: entry(r)["score"].update(value="0.5")),
    (f"tasks.entities.{ENTITIES}", "states True", lambda r: entry(r)["score"].update(value=True)),
    (f"tasks.entities.{ENTITIES}", "states", lambda r: entry(r)["score"].update(value=10**400)),
    (f"tasks.entities.{ENTITIES}", "states precision 1,", lambda r: entry(r)["score"].update(precision=1)),
    (f"tasks.entities.{ENTITIES}", "no object with score and counts", lambda r: entry(r).pop("score")),
    (f"tasks.entities.{ENTITIES}", "too large", lambda r: entry(r)["counts"]["n_pred"].__setitem__(0, 10**400)),
    (f"tasks.entities.{ENTITIES}", "over 2", lambda r: entry(r)["counts"]["n_pred"].__setitem__(0, 1e300)),
    (f"tasks.entities.{ENTITIES}", "no list of numbers", lambda r: entry(r)["counts"]["n_pred"].__setitem__(0, "1")),
    (f"tasks.entities.{ENTITIES}", "no list of numbers", lambda r: entry(r)["counts"]["n_pred"].__setitem__(0, True)),
    (f"tasks.entities.{ENTITIES}", "different lengths", lambda r: entry(r)["counts"]["n_pred"].pop()),
    (f"tasks.entities.{MACRO}", "different numbers of counts", lambda r: first_part(r).update(
        {name: [0, 0] for name in ("tp_pred", "n_pred", "tp_gold", "n_gold")})),
    (f"tasks.entities.{MACRO}", "precision-recall", lambda r: first_part(r).update(kind="mean")),
    ("tasks", "no task", lambda r: r.update(tasks={})),
    ("date", "no date", lambda r: r.update(date="2026-99-99")),
    ("date", "no date", lambda r: r.update(date="2026-02-30")),
    ("date", "no date", lambda r: r.update(date="20260131")),
    ("date", "no date", lambda r: r.update(date="٢٠٢٦-٠١-٣١")),
    ("system", "half a surrogate pair", lambda r: r.update(system="\ud800")),
    ("system", "U+001B", lambda r: r.update(system="a\x1b[2J")),
    ("system", "U+202E", lambda r: r.update(system="a\u202eb")),
    ("system", "no name", lambda r: r.update(system="a" * 101)),
    ("corpus.version", "U+000A", lambda r: r["corpus"].update(version="1\n2")),
    ("description", "no str", lambda r: r.update(description={"a": 1})),
    ("notes", "no list", lambda r: r.update(notes=5)),
    ("notes", "no text", lambda r: r.update(notes=[5])),
    ("notes[0]", "half a surrogate pair", lambda r: r.update(notes=["\udfff"])),
    ("measured", "no dict", lambda r: r.update(measured=[1])),
    ("measured.speed", "hundreds of digits", lambda r: r.update(measured={"speed": 10**400})),
    ("measured.speed", "no number", lambda r: r.update(measured={"speed": "fast"})),
    ("config.a[1]", "no number", lambda r: r.update(config={"a": [1, float("inf")]})),
    ("config", "no string", lambda r: r.update(config={"\ud800": 1})),
    ("seed", "hundreds of digits", lambda r: r.update(seed=10**400)),
    ("problems", "object is -1", lambda r: r.update(problems={"object": -1})),
    ("set_aside", "is 0.5", lambda r: r.update(set_aside={"gold mentions": 0.5})),
    ("blocks[0][0]", "half a surrogate pair", lambda r: r["blocks"][0].__setitem__(0, "\ud800")),
]  # fmt: skip


@pytest.mark.parametrize(("field", "message", "change"), CASES, ids=[f"{f}: {m}" for f, m, _ in CASES])
def test_a_result_that_cannot_be_is_refused(
    field: str, message: str, change: Callable[[dict[str, Any]], object], tmp_path: Path
) -> None:
    record = copy(RESULT)
    change(record)
    path = tmp_path / "r.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ResultError) as caught:
        read_result(path)
    assert caught.value.field == field and message in str(caught.value) and str(path) in str(caught.value)
    assert len(str(caught.value)) < 600 + len(str(path))


def test_a_sound_result_is_read() -> None:
    assert from_record(copy(RESULT)).system == "rules"
    assert from_record(copy(RESULT) | {"notes": None, "measured": {"speed": None, "mb": 3}}).measured == {"mb": 3.0}


@pytest.mark.parametrize(
    "content",
    ['{"format":' + "9" * 5000 + "}", '{"config":' + "[" * 90 + "]" * 90 + "}", '{"a":' * 100_000, '{"format": 1e999}'],
    ids=["digits", "levels", "many levels", "infinity"],
)
def test_json_beyond_bounds_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(content)
    with pytest.raises(ResultError, match=r"r\.json: "):
        read_result(path)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("system", {"system": "a\tb"}), ("system", {"system": " "}), ("system", {"system": None}),
        ("date", {"date": "2026-13-01"}), ("date", {"date": datetime.date(2026, 1, 1)}), ("track", {"track": ["open"]}),
        ("corpus", {"corpus": 5}), ("config.lr", {"config": {"lr": float("nan")}}), ("config", {"config": {1: 2}}),
        ("measured.speed", {"measured": {"speed": float("inf")}}), ("problems", {"problems": {"line": -2}}),
        ("seed", {"seed": 0.5}), ("description", {"description": 5}),
    ],
)  # fmt: skip
def test_what_could_not_be_read_again_is_not_made(field: str, change: dict[str, Any]) -> None:
    with pytest.raises(ResultError) as caught:
        made(**change)
    assert caught.value.field == field


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    for broken in (
        replace(made(), scores=replace(SCORES, tasks={})),
        replace(made(), description="\udcff"),
        replace(made(), config={"lr": float("nan")}),
    ):
        with pytest.raises(ResultError):
            write_result(path, broken)
        assert not list(tmp_path.iterdir())


def test_every_measure_has_the_kind_that_is_asked_of_it() -> None:
    seen = set()
    for seed in range(6):
        for scored in score(*cases.corpus(seed), TASKS).tasks.values():
            for spec, measure in scored.measures.items():
                assert measure.kind == kind_of(parse(spec)), spec
                seen.add(measure.kind)
                # What is read must hold for all that is scored: never more right than there is.
                assert (from_json(copy({"counts": _counts(measure)})["counts"]).columns() == measure.columns()).all()
    assert seen == {"prf", "ratio", "mean"}


def _counts(measure: Any) -> dict[str, Any]:
    from aqwal.metrics.counts import to_json

    return to_json(measure)


# ---------------------------------------------------------------- packages


def signed(record: dict[str, Any]) -> dict[str, Any]:
    """A package with the digest of its predictions as they are now."""
    text = json.dumps(record["predictions"], ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return record | {"predictions_sha256": digest}


@pytest.mark.parametrize(
    "unanchored",
    [{"mentions": -9}, {"mentions": 10**400}, {"mentions": 10**7}, {"mentions": "1"}, {"mentions": 1.5},
     {"mentions": True}, {"words": 1}, [1], "x"],
)  # fmt: skip
def test_impossible_predictions_without_a_place_are_refused(unanchored: Any) -> None:
    record = copy(PACKAGE)
    record["predictions"][0]["unanchored"] = unanchored
    with pytest.raises(ResultError, match=r"predictions\[0\]\.unanchored") as caught:
        check_package(signed(record), CORPUS, "p.json")
    assert caught.value.path == "p.json"


def test_negative_counts_cannot_raise_a_score() -> None:
    """The forger has the scores agree with the counts that he would like."""
    record = copy(PACKAGE)
    for spec, each in record["tasks"]["entities"].items():
        measure = from_json(each["counts"])
        if isinstance(measure, PRF) and spec == ENTITIES:
            fewer = PRF(measure.tp_pred, measure.tp_pred, measure.tp_gold, measure.n_gold)
            assert fewer.value > measure.value
            each["counts"]["n_pred"] = fewer.n_pred.tolist()
            each["score"] = {"value": fewer.value}
            less = int((measure.n_pred - fewer.n_pred).sum())
    record["predictions"][0]["unanchored"] = {"mentions": -less}
    with pytest.raises(ResultError, match="unanchored"):
        check_package(signed(record), CORPUS)


def drop_parts(record: dict[str, Any]) -> None:
    each = entry(record, MACRO)
    each["counts"]["parts"].pop(next(iter(each["counts"]["parts"])))
    value = from_json(each["counts"]).value
    each["score"] = {"value": None if np.isnan(value) else value}


def rename_part(record: dict[str, Any]) -> None:
    parts = entry(record, MACRO)["counts"]["parts"]
    parts["EVENT"] = parts.pop(next(iter(parts)))


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("blocks", lambda r: r["blocks"].reverse()),
        ("blocks", lambda r: r.update(blocks=[["zz", str(k)] for k in range(len(r["blocks"]))])),
        (f"tasks.entities.{MACRO}", drop_parts),
        (f"tasks.entities.{MACRO}", rename_part),
        ("tasks.entities.entity_f1(match=exact,type=WEBSITE)",
         lambda r: r["tasks"]["entities"].update({"entity_f1(match=exact,type=WEBSITE)": entry(r)})),
        ("tasks.entities.entity_f1(match=words)", lambda r: r["tasks"]["entities"].pop("entity_f1(match=words)")),
        ("set_aside", lambda r: r.update(set_aside={"gold mentions": 999})),
        ("scorer.definitions", lambda r: r["scorer"].update(definitions=99)),
        ("predictions_sha256", lambda r: r.pop("predictions_sha256")),
    ],
)  # fmt: skip
def test_a_package_that_states_more_or_less_than_its_predictions_yield_is_refused(field: str, change: Any) -> None:
    record = copy(PACKAGE)
    assert check_package(record, CORPUS).system == "rules"
    change(record)
    with pytest.raises(ResultError) as caught:
        check_package(record, CORPUS)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.append(p[0]), lambda p: p[0].update(doc_id="zzz"), lambda p: p[0].update(doc_id=5),
        lambda p: p.__setitem__(0, 5), lambda p: p[0].update(mentions=5),
    ],
)  # fmt: skip
def test_predictions_of_no_or_of_the_same_document_are_refused(change: Any) -> None:
    record = copy(PACKAGE)
    change(record["predictions"])
    with pytest.raises(ResultError, match=r"predictions"):
        check_package(signed(record), CORPUS)


def test_predictions_that_are_no_json_are_refused() -> None:
    record = copy(PACKAGE)
    record["predictions"][0]["confidence"] = float("nan")
    with pytest.raises(ResultError, match=r"predictions\[0\]\.confidence"):
        check_package(record, CORPUS)
