"""Results: written and read back, merged from shards, refused when mixed or tampered with, and shown in four formats."""

from __future__ import annotations

import html.parser
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit import metrics_cases as cases

from aqwal.metrics import TASKS, score
from aqwal.metrics.counts import same_labels
from aqwal.metrics.errors import count_errors, find_errors
from aqwal.metrics.significance import paired_test
from aqwal.model import Corpus
from aqwal.results import (
    MixedResults,
    Result,
    ResultError,
    card_table,
    check_package,
    comparison_table,
    corpus_hash,
    error_table,
    leaderboard,
    make_result,
    merge,
    package,
    read_result,
    read_results,
    render,
    score_table,
    write_result,
)

DOCS, GOLD, PREDICTIONS = cases.corpus(3, documents=4)
CORPUS = Corpus(tuple(DOCS), tuple(GOLD))


def result(predictions: list = PREDICTIONS, docs: list = DOCS, gold: list = GOLD, **changes: Any) -> Result:  # type: ignore[type-arg]
    made = make_result(
        score(docs, gold, predictions, TASKS), system="rules", track="zero-shot", date="2026-01-31",
        corpus=corpus_hash(CORPUS), corpus_version="1.0", config={"max_tokens": 400}, seed=1,
    )  # fmt: skip
    return replace(made, **changes)


# ---------------------------------------------------------------- the corpus hash


def test_the_hash_is_of_text_segmentation_and_gold() -> None:
    first = corpus_hash(CORPUS)
    assert first == corpus_hash(Corpus(tuple(DOCS[::-1]), tuple(GOLD[::-1])))
    shuffled = [replace(a, mentions=a.mentions[::-1], claims=a.claims[::-1]) for a in GOLD]
    assert first == corpus_hash(Corpus(tuple(DOCS), tuple(shuffled)))
    longer = replace(DOCS[0], text=DOCS[0].text + "\n")
    other_zone = replace(DOCS[0], paragraphs=(replace(DOCS[0].paragraphs[0], zone="kicker"), *DOCS[0].paragraphs[1:]))
    fewer = replace(GOLD[0], mentions=GOLD[0].mentions[1:], attributions=GOLD[0].attributions[1:], claims=())
    hashes = {
        first,
        corpus_hash(Corpus((longer, *DOCS[1:]), tuple(GOLD))),
        corpus_hash(Corpus((other_zone, *DOCS[1:]), tuple(GOLD))),
        corpus_hash(Corpus(tuple(DOCS), (fewer, *GOLD[1:]))),
        corpus_hash(Corpus(tuple(DOCS), tuple(GOLD[1:]))),
    }
    assert len(hashes) == 5


# ---------------------------------------------------------------- on disk


def test_written_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "results" / "rules.json"
    made = result(measured={"words_per_second": 1234.5}, problems={"object": 2}, description="قواعد")
    write_result(path, made)
    back = read_result(path)
    assert (back.system, back.track, back.date, back.corpus, back.config, back.seed) == (
        made.system, made.track, made.date, made.corpus, made.config, made.seed,
    )  # fmt: skip
    assert (back.measured, back.problems, back.description) == (made.measured, made.problems, made.description)
    assert back.scores.blocks == made.scores.blocks and back.scores.set_aside == made.scores.set_aside
    for name, measure in made.measures().items():
        np.testing.assert_array_equal(measure.columns(), back.measures()[name].columns())
    first = path.read_bytes()
    write_result(path, back)
    assert path.read_bytes() == first
    assert b"NaN" not in first and json.loads(first)["scorer"]["definitions"] == made.definitions
    assert [r.system for r in read_results(path.parent)] == ["rules"] and read_results(tmp_path / "none") == []


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("format", lambda r: r.update(format=99)),
        ("system", lambda r: r.update(system="")),
        ("track", lambda r: r.update(track="fast")),
        ("date", lambda r: r.update(date="yesterday")),
        ("seed", lambda r: r.update(seed="1")),
        ("corpus.sha256", lambda r: r.update(corpus={"version": "1.0"})),
        ("corpus", lambda r: r["corpus"].update(sha256="abc")),
        ("scorer", lambda r: r.pop("scorer")),
        ("blocks", lambda r: r.update(blocks=[["000"]])),
        ("blocks", lambda r: r["blocks"].append(r["blocks"][0])),
        ("tasks.parsing", lambda r: r["tasks"].update(parsing={})),
        ("tasks.claims", lambda r: r["tasks"]["claims"].pop("claim_f1(match=soft)")),
        ("tasks.claims.claim_f3", lambda r: r["tasks"]["claims"].update(claim_f3={})),
        ("tasks.claims.chain_f1", lambda r: r["tasks"]["claims"].update(chain_f1=r["tasks"]["who_said_what"]["chain_f1"])),
        ("tasks.claims.claim_f1(match=soft)", lambda r: r["blocks"].pop()),
        ("problems", lambda r: r.update(problems=[1])),
        ("tasks.who_said_what.speaker_f1", lambda r: r["tasks"]["who_said_what"]["speaker_f1"]["score"].update(value=0.99)),
        ("tasks.who_said_what.speaker_f1", lambda r: r["tasks"]["who_said_what"]["speaker_f1"]["counts"]["tp_gold"].pop()),
        ("tasks.who_said_what.speaker_f1", lambda r: r["tasks"]["who_said_what"].update(speaker_f1=3)),
    ],
)  # fmt: skip
def test_what_is_no_result_is_refused(where: str, change: Any, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    write_result(path, result())
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))
    with pytest.raises(ResultError) as caught:
        read_result(path)
    assert (
        caught.value.field.startswith(where) or where.startswith(caught.value.field) or "tasks." in caught.value.field
    )
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff", b"{", b"[" * 100_000])
def test_files_that_are_no_json_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(content)
    with pytest.raises(ResultError):
        read_result(path)


# ---------------------------------------------------------------- shards


def test_shards_merge_to_the_whole() -> None:
    whole = result()
    shards = [result([p], [d], [g]) for d, g, p in zip(DOCS, GOLD, PREDICTIONS, strict=True)]
    made = merge(shards[::-1])
    assert made.scores.blocks == whole.scores.blocks
    assert "claim_matching" not in made.scores.tasks
    assert "claim_matching" not in made.scores.not_attempted  # it was attempted, and is left out
    assert any("clusters reach across" in note for note in made.scores.notes)
    for task in TASKS[:4]:
        for name, measure in whole.scores.tasks[task].measures.items():
            merged, measure = same_labels(made.scores.tasks[task].measures[name], measure)
            assert merged.value == pytest.approx(measure.value, abs=1e-9, nan_ok=True), name
            np.testing.assert_allclose(merged.columns(), measure.columns(), atol=1e-9, err_msg=name)
    assert merge([whole]).scores.tasks.keys() == whole.scores.tasks.keys()


@pytest.mark.parametrize(
    ("change", "message"),
    [({"system": "crf"}, "differ in system"), ({"seed": 2}, "differ in seed"), ({"corpus": "0" * 64}, "differ in corpus"),
     ({"definitions": 0}, "differ in definitions"), ({"config": {}}, "differ in config")],
)  # fmt: skip
def test_shards_of_different_runs_are_refused(change: dict[str, Any], message: str) -> None:
    one, other = (result([p], [d], [g]) for d, g, p in list(zip(DOCS, GOLD, PREDICTIONS, strict=True))[:2])
    with pytest.raises(MixedResults, match=message):
        merge([one, replace(other, **change)])


def test_overlapping_shards_are_refused() -> None:
    with pytest.raises(MixedResults, match="in two shards"):
        merge([result(), result()])
    with pytest.raises(MixedResults, match="nothing to merge"):
        merge([])


# ---------------------------------------------------------------- tables


def test_the_leaderboard_shows_every_score_with_interval_track_and_date() -> None:
    perfect = result(GOLD, system="annotator-a", track="annotator", date="2026-01-01")
    crf = result(system="crf", track="closed")
    partial = replace(crf, system="ner", scores=replace(crf.scores, tasks={"entities": crf.scores.tasks["entities"]}))
    text = leaderboard([perfect, crf, partial], "markdown", resamples=200)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert [row.split(" | ")[0] for row in rows] == ["| system", "| crf", "| ner", "| annotator-a"]
    assert "closed" in rows[1] and "2026-01-31" in rows[1] and rows[1].count("[") == 5
    assert rows[2].count("–") == 4 and "1.000 [1.000, 1.000]" in rows[3]
    assert "200 paragraph-block bootstrap" in text and "Corpus 1.0" in text
    assert text == leaderboard([perfect, crf, partial], "markdown", resamples=200)


def test_mixed_corpora_are_refused() -> None:
    with pytest.raises(MixedResults, match="differ in the corpus"):
        leaderboard([result(), result(system="b", corpus="0" * 64)])
    with pytest.raises(MixedResults, match="definitions of the scorer"):
        leaderboard([result(), result(system="b", definitions=99)])
    fewer = result(PREDICTIONS[1:], DOCS[1:], GOLD[1:])
    with pytest.raises(MixedResults, match="different documents"):
        leaderboard([result(), fewer])


def test_the_card_shows_the_committed_results(tmp_path: Path) -> None:
    assert card_table(tmp_path) == ""
    write_result(tmp_path / "leaderboard" / "results" / "rules.json", result())
    assert card_table(tmp_path).startswith("| system | track | date |")


def test_tables_escape_what_they_show() -> None:
    nasty = "<b>a|b_c & 100% \\ {x}</b>"
    assert "<b>" not in render(["h"], [[nasty]], "html") and "&lt;b&gt;" in render(["h"], [[nasty]], "html")
    assert "a\\|b" in render(["h"], [[nasty]], "markdown")
    latex = render(["h"], [[nasty]], "latex")
    assert r"\_" in latex and r"\&" in latex and r"\%" in latex and r"\textbackslash{}" in latex and r"\{x\}" in latex
    with pytest.raises(ValueError, match="unknown format 'pdf'"):
        render(["h"], [], "pdf")


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "html"])
def test_every_table_has_every_format(form: str) -> None:
    scores = result().scores
    tests = {"speaker_f1": paired_test(scores["who_said_what"].primary, scores["who_said_what"].primary, n=100)}
    errors = count_errors(find_errors(DOCS, GOLD, PREDICTIONS))
    tables = [
        score_table(scores, form, resamples=100), leaderboard([result()], form, resamples=100),
        comparison_table(tests, ("a", "b"), form), error_table(errors, form),
    ]  # fmt: skip
    for table in tables:
        assert table.strip()
        if form == "html":
            html.parser.HTMLParser().feed(table)
            assert table.count("<tr>") == table.count("</tr>")
    assert "n/a" in tables[0] or "–" in tables[0] or "[" in tables[0]


def test_a_score_table_says_what_was_set_aside_and_not_attempted() -> None:
    made = score(DOCS, GOLD, [replace(p, claims=()) for p in PREDICTIONS])
    text = score_table(made, resamples=100)
    assert "Set aside, wholly in furniture or repeats" in text
    assert next(line for line in text.splitlines() if line.startswith("claims ")).split()[2] == "–"
    assert len(score_table(made, resamples=100, breakdowns=False)) < len(text)


def test_comparisons_state_how_fine_p_is() -> None:
    one, other = result(), result(GOLD)
    tests = {"speaker_f1": paired_test(one.scores["who_said_what"].primary, other.scores["who_said_what"].primary)}
    text = comparison_table(tests, ("rules", "gold"))
    assert "exact" in text and "p ≥" in text and "paragraphs differ" in text


# ---------------------------------------------------------------- packages


def packed(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(package(result(), PREDICTIONS)))
    return made | changes


def test_a_package_is_checked_by_scoring_it_again() -> None:
    assert check_package(packed(), CORPUS).system == "rules"


def test_a_package_with_predictions_without_a_place() -> None:
    scores = score(DOCS, GOLD, PREDICTIONS, TASKS, unanchored={"000": {"claims": 2}})
    made = json.loads(json.dumps(package(replace(result(), scores=scores), PREDICTIONS, {"000": {"claims": 2}})))
    assert check_package(made, CORPUS).scores["claims"].precision == scores["claims"].precision


def test_packages_that_do_not_hold_together_are_refused() -> None:
    record = packed()
    record["predictions"][0]["mentions"] = []
    with pytest.raises(ResultError, match="predictions_sha256"):
        check_package(record, CORPUS)
    better = json.loads(json.dumps(package(result(GOLD), GOLD)))
    other = json.loads(json.dumps(package(result(GOLD), PREDICTIONS)))
    assert check_package(better, CORPUS)
    with pytest.raises(ResultError, match="not the counts of these predictions"):
        check_package(other, CORPUS)
    with pytest.raises(ResultError, match="another corpus"):
        check_package(packed(), Corpus(tuple(DOCS), tuple(GOLD[1:])))
    for broken in ({}, {"predictions": 3}, packed(predictions=None)):
        with pytest.raises(ResultError):
            check_package(broken, CORPUS)
    with pytest.raises(ResultError):
        check_package([], CORPUS)  # type: ignore[arg-type]


def test_results_are_checked_when_they_are_made() -> None:
    with pytest.raises(ResultError, match="unknown track"):
        make_result(result().scores, system="x", track="y", date="2026-01-01", corpus="0" * 64, corpus_version="1")
