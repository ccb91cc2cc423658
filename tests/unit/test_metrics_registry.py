"""Specifications of measures print and parse back, and every measure that scoring makes is declared."""

from __future__ import annotations

import importlib

import pytest
from tests.unit import metrics_cases as cases

from aqwal.metrics import TASKS, score
from aqwal.metrics.registry import METRICS, describe, parse
from aqwal.metrics.scores import PRIMARY


def test_every_measure_is_declared_and_round_trips() -> None:
    docs, gold, predictions = cases.corpus(2)
    made = score(docs, gold, predictions, TASKS)
    seen = set()
    for task in TASKS:
        for name in made[task].measures:
            spec = parse(name)
            assert str(spec) == name and spec.metric.task == task
            assert spec.measure(made) is made[task].measures[name]
            seen.add(spec.metric.name)
    assert seen == set(METRICS)


def test_primary_measures_are_declared() -> None:
    for task, name in PRIMARY.items():
        assert parse(name).metric.task == task and str(parse(name)) == name


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda m: m.name)
def test_declarations_are_whole(metric) -> None:  # type: ignore[no-untyped-def]
    assert metric.definition.endswith(".") and metric.formula and metric.citation
    example = importlib.import_module(metric.module).__doc__ or ""
    shown = metric.name in example or (PRIMARY[metric.task].startswith(metric.name) and "scores.f1" in example)
    assert ">>>" in example and shown, "a worked example that names the measure"
    assert metric.name in describe(metric.name)


def test_a_combination_that_nobody_counts_says_what_there_is() -> None:
    docs, gold, predictions = cases.corpus(2)
    made = score(docs, gold, predictions, TASKS)
    with pytest.raises(
        KeyError, match=r"no counts of entity_f1\(match=boundary,type=PERS\) here; there are: entity_f1"
    ):
        parse("entity_f1(match=boundary,type=PERS)").measure(made)


def test_defaults_and_order() -> None:
    assert str(parse("role_f1(match=token,role=source)")) == "role_f1(role=source,match=token)"
    assert str(parse("entity_f1()")) == "entity_f1(match=exact)"
    assert str(parse("speaker_f1")) == "speaker_f1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("attribution_f2", "did you mean 'attribution_f1'"),
        ("attribution_f1(mach=soft)", "did you mean 'match'"),
        ("attribution_f1(match=soff)", "did you mean 'soft'"),
        ("attribution_f1(match)", "is no parameter=value"),
        ("attribution_f1(match=soft,match=strict)", "given twice"),
        ("chain_f1(x=1)", "it has none"),
        ("f1((", "is no measure"),
        ("", "is no measure"),
        ("zzz", "use one of entity_f1"),
    ],
)
def test_slips_are_explained(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text)
