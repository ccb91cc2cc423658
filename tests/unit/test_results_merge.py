"""Shards of a run merge to the very record of one run: order of paragraphs, of measures, of labels, and intervals."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit import metrics_cases as cases

from aqwal.metrics import TASKS, score
from aqwal.model import Annotations, Corpus, Document
from aqwal.results import MixedResults, Result, corpus_hash, leaderboard, make_result, merge, read_result, write_result
from aqwal.results.record import as_record

MERGED = tuple(task for task in TASKS if task != "claim_matching")


def long_corpus(seed: int) -> tuple[list[Document], list[Annotations], list[Annotations]]:
    """Documents of a dozen paragraphs, so that the order of their numbers is not that of their names."""
    rng = random.Random(seed)
    docs = [cases.document(rng, f"{k:03}", 12) for k in range(4)]
    gold = [cases.annotations(rng, doc, 6) for doc in docs]
    return docs, gold, [cases.noisy(rng, doc, a) for doc, a in zip(docs, gold, strict=True)]


def run(
    docs: list[Document], gold: list[Annotations], made: list[Annotations], whole: Corpus, **changes: str
) -> Result:
    scores = score(docs, gold, made, changes.pop("tasks", MERGED))
    fields = {"system": "a", "track": "open", "date": "2026-01-31"} | changes
    return make_result(scores, corpus=corpus_hash(whole), corpus_version="1.0", seed=1, **fields)


@pytest.mark.parametrize("seed", range(6))
def test_the_record_is_that_of_one_run(seed: int) -> None:
    docs, gold, made = long_corpus(seed)
    corpus = Corpus(tuple(docs), tuple(gold))
    one = run(docs, gold, made, corpus)
    shards = [run([d], [g], [p], corpus) for d, g, p in zip(docs, gold, made, strict=True)]
    random.Random(seed).shuffle(shards)
    merged = merge(shards)
    expected, record = (as_record(result, resamples=200) for result in (one, merged))
    assert [list(tasks) for tasks in record["tasks"].values()] == [list(tasks) for tasks in expected["tasks"].values()]
    assert record["blocks"] == expected["blocks"]
    for task, measures in expected["tasks"].items():
        for name, measure in measures.items():
            # as text, for the order of a mean's labels is part of the record
            assert json.dumps(record["tasks"][task][name]) == json.dumps(measure), name
    assert "b " in leaderboard([merged, replace(run(docs, gold, gold, corpus), system="b")], resamples=50)


def test_a_task_that_is_not_merged_need_not_be_in_every_shard(tmp_path: Path) -> None:
    docs, gold, made = long_corpus(1)
    corpus = Corpus(tuple(docs), tuple(gold))
    with_it = run(docs[:1], gold[:1], made[:1], corpus, tasks=TASKS)
    without = run(docs[1:], gold[1:], made[1:], corpus)
    merged = merge([with_it, without])
    assert tuple(merged.scores.tasks) == MERGED and not merged.scores.not_attempted
    write_result(tmp_path / "merged.json", merged)
    assert read_result(tmp_path / "merged.json").scores.not_attempted == ()
    with pytest.raises(MixedResults, match="differ in tasks"):
        merge([with_it, run(docs[1:], gold[1:], made[1:], corpus, tasks=("entities",))])


def test_a_document_in_two_shards_is_named_with_the_way_out() -> None:
    docs, gold, made = long_corpus(2)
    corpus = Corpus(tuple(docs), tuple(gold))
    with pytest.raises(MixedResults, match=r"of document 001 is in two shards; .*--document"):
        merge([run(docs[:2], gold[:2], made[:2], corpus), run(docs[1:], gold[1:], made[1:], corpus)])
