"""The commands of model authors, as they would be run: scores, comparisons, errors, shards, packages, the benchmark."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from tests.fixtures.projects import base_project
from typer.testing import CliRunner

from aqwal.cli import app
from aqwal.formats.jsonl import to_record, write_predictions
from aqwal.store import load_corpus

runner = CliRunner()

TOY = """
from aqwal.model import Annotations, Mention, Span


class System:
    def __init__(self, config, seed=0):
        self.seed = seed

    def fit(self, documents):
        pass

    def predict(self, document):
        word = next(w for w in document.scored_words)
        return Annotations(document.id, (Mention("m1", Span.of(word.start, word.end), "PERS"),))

    def predict_with_rules(self, document):
        return self.predict(document), {"m1": "first word"}
"""


def aqwal(*arguments: object):
    result = runner.invoke(app, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def project(tmp_path) -> Path:
    return base_project(tmp_path)


@pytest.fixture
def perfect(project, tmp_path) -> Path:
    path = tmp_path / "perfect.jsonl"
    write_predictions(path, load_corpus(project).annotations)
    return path


def add_system(project: Path, name: str, code: str = TOY) -> None:
    folder = project / "baselines" / name
    folder.mkdir(parents=True)
    (folder / "system.py").write_text(code)
    (folder / "config.toml").write_text(f'name = "{name}"\ntrack = "zero-shot"\n')


def test_gold_against_gold_is_one_everywhere(project, perfect):
    found = json.loads(aqwal("evaluate", perfect, "--root", project, "--json").stdout)
    values = [m["score"]["value"] for task in found["tasks"].values() for m in task.values()]
    assert len(found["tasks"]) == 5 and values
    assert all(value in (1, None) for value in values)
    assert sum(value is None for value in values) < len(values) / 2


def test_every_format_of_the_table(project, perfect, tmp_path):
    text = aqwal("evaluate", perfect, "--root", project, "--brief").stdout
    assert "speaker_f1" in text and "[1.000, 1.000]" in text
    assert aqwal("evaluate", perfect, "--root", project, "--brief", "--markdown").stdout.startswith("| task")
    assert "\\begin{tabular}" in aqwal("evaluate", perfect, "--root", project, "--brief", "--latex").stdout
    page = tmp_path / "scores.html"
    aqwal("evaluate", perfect, "--root", project, "--html", page)
    assert "<table" in page.read_text(encoding="utf-8")


def test_what_cannot_be_read_is_named_set_aside_and_refused_when_strict(project, perfect, tmp_path):
    lines = perfect.read_text(encoding="utf-8").splitlines()
    record = json.loads(lines[0])
    record["mentions"][0]["type"] = "HUMAN"
    record["mentions"][1]["spans"] = [[0, 99999]]
    broken = tmp_path / "broken.jsonl"
    broken.write_text("\n".join([json.dumps(record, ensure_ascii=False), "not json", *lines[1:]]), encoding="utf-8")
    result = aqwal("evaluate", broken, "--root", project, "--brief")
    assert result.exit_code == 0
    for place in ("line 1: $.mentions[0].type", "line 1: $.mentions[1].spans", "line 2"):
        assert place in result.output
    assert "set aside" in result.output
    assert aqwal("evaluate", broken, "--root", project, "--strict").exit_code == 1
    assert aqwal("evaluate", tmp_path / "absent.jsonl", "--root", project).exit_code == 2


def test_what_was_set_aside_is_priced(project, perfect, tmp_path):
    """Gold with a mention spoilt and a document unreadable: the price is worked out here from the counts of gold."""
    gold = load_corpus(project).annotations
    scored = json.loads(aqwal("evaluate", perfect, "--root", project, "--json").stdout)
    assert "set aside" not in aqwal("evaluate", perfect, "--root", project, "--brief").stderr
    lines = perfect.read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0])
    first["mentions"][0]["type"] = "HUMAN"
    broken = tmp_path / "broken.jsonl"
    broken.write_text("\n".join([json.dumps(first, ensure_ascii=False), *lines[2:]]), encoding="utf-8")
    result = aqwal("evaluate", broken, "--root", project, "--brief")
    assert result.exit_code == 0 and scored["tasks"]
    counts = json.loads(aqwal("evaluate", broken, "--root", project, "--json").stdout)
    score = counts["tasks"]["entities"]["entity_f1(match=exact)"]["score"]["value"]
    price = re.search(r"entities: ([\d.]+) without the 1 mention set aside; ([\d.]+) if it was wrong, "
                      r"at most ([\d.]+) if right", result.stderr)  # fmt: skip
    assert price is not None, result.stderr
    assert float(price[1]) == pytest.approx(score, abs=5e-4)
    assert float(price[2]) < float(price[1]) < float(price[3])
    missed = gold[1]
    assert f"{missed.doc_id}: nothing read of its {len(missed.mentions)} mention" in result.stderr


def test_a_label_layer_is_scored_as_it_stands(project, perfect, tmp_path):
    folder = project / "annotations" / "gold"
    assert aqwal("evaluate", folder, "--root", project).stdout == aqwal("evaluate", perfect, "--root", project).stdout
    refused = aqwal("evaluate", project / "annotations", "--root", project)
    assert refused.exit_code == 2 and "is a folder; give a JSONL file" in refused.stderr
    other = tmp_path / "other"
    shutil.copytree(project, other)
    seed = sorted((other / "annotations" / "gold").iterdir())[0].name
    shutil.rmtree(other / "annotations" / "gold" / seed)
    part = aqwal("evaluate", other / "annotations" / "gold", "--root", project, "--brief")
    assert f"{seed}: nothing read of its" in part.stderr


def test_unknown_tasks_and_documents_are_named(project, perfect):
    for extra in (["--tasks", "everything"], ["--document", "999"], ["--layer", "platinum"]):
        result = aqwal("evaluate", perfect, "--root", project, *extra)
        assert result.exit_code == 2 and extra[1] in result.output


def test_shards_merge_to_the_whole(project, perfect, tmp_path):
    parts = []
    for doc_id in ("900", "901"):
        part = tmp_path / f"{doc_id}.json"
        aqwal("evaluate", perfect, "--root", project, "--document", doc_id, "--counts", part, "--system", "x")
        parts.append(part)
    whole, merged = tmp_path / "whole.json", tmp_path / "merged.json"
    aqwal("evaluate", perfect, "--root", project, "--counts", whole, "--system", "x")
    assert aqwal("merge", *parts, "--out", merged).exit_code == 0
    one, two = (json.loads(p.read_text())["tasks"] for p in (whole, merged))
    for task in ("entities", "attribution", "who_said_what", "claims"):
        assert one[task] == two[task]
    assert aqwal("merge", parts[0], parts[0], "--out", tmp_path / "twice.json").exit_code == 2
    assert not (tmp_path / "twice.json").exists()


def test_compare_states_p_and_its_resolution(project, perfect, tmp_path):
    empty = tmp_path / "empty.jsonl"
    gold = load_corpus(project).annotations
    rows = [{**to_record(a), "mentions": []} for a in gold]
    empty.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    found = json.loads(aqwal("compare", perfect, empty, "--root", project, "--json").stdout)
    test = found["entities: entity_f1(match=exact)"]
    assert test["difference"] == 1 and test["exact"] and test["p"] >= test["resolution"] > 0
    same = json.loads(aqwal("compare", perfect, perfect, "--root", project, "--json").stdout)
    assert all(t["difference"] == 0 for t in same.values())


def test_errors_are_counted_and_filtered(project, perfect, tmp_path):
    rows = [json.loads(line) for line in perfect.read_text(encoding="utf-8").splitlines()]
    gone = rows[0]["mentions"].pop(0)
    broken = tmp_path / "broken.jsonl"
    broken.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    found = json.loads(aqwal("errors", broken, "--root", project, "--of", "mentions", "--json").stdout)
    assert [e["type"] for e in found["errors"]] == ["missed"] and found["errors"][0]["gold"] == gone["id"]
    assert json.loads(aqwal("errors", broken, "--root", project, "--type", "split", "--json").stdout)["count"] == 0
    assert json.loads(aqwal("errors", perfect, "--root", project, "--json").stdout)["count"] == 0
    assert aqwal("errors", broken, "--root", project, "--type", "bad luck").exit_code == 2


def test_submit_packages_what_can_be_scored_anew(project, perfect):
    result = aqwal("submit", perfect, "--root", project, "--system", "Our Model", "--track", "open")
    assert result.exit_code == 0, result.output
    assert (project / "leaderboard" / "results" / "our-model.json").exists()
    assert aqwal("submit", perfect, "--root", project, "--system", "Our Model", "--track", "open").exit_code == 2
    assert aqwal("submit", perfect, "--root", project, "--system", "x", "--track", "best").exit_code == 2


def test_predict_on_the_corpus_and_on_new_text(project, tmp_path):
    add_system(project, "toy")
    out, why = tmp_path / "out.jsonl", tmp_path / "why.jsonl"
    result = aqwal("predict", project / "baselines" / "toy", "--out", out, "--explain", why, "--root", project)
    assert result.exit_code == 0, result.output
    assert [json.loads(line)["doc_id"] for line in out.read_text().splitlines()] == ["900", "901", "902"]
    assert json.loads(why.read_text().splitlines()[0])["rules"] == {"m1": "first word"}
    texts = tmp_path / "texts.jsonl"
    texts.write_text(
        "".join(json.dumps({"doc_id": f"t{i}", "text": "قال الوزير إن الجسر جاهز."}) + "\n" for i in range(3))
    )
    aqwal("predict", project / "baselines" / "toy", "--text", texts, "--out", out, "--root", project)
    assert [json.loads(line)["doc_id"] for line in out.read_text().splitlines()] == ["t0", "t1", "t2"]
    texts.write_text('{"doc_id": 1}\n')
    before = out.read_bytes()
    result = aqwal("predict", project / "baselines" / "toy", "--text", texts, "--out", out, "--root", project)
    assert result.exit_code == 2 and "texts.jsonl:1" in result.output
    assert out.read_bytes() == before and not list(tmp_path.glob(".out*"))
    assert aqwal("predict", project / "nowhere", "--out", out, "--root", project).exit_code == 2


def test_the_benchmark_goes_on_when_a_system_fails(project):
    add_system(project, "toy")
    add_system(project, "broken", "class System: pass")
    add_system(project, "needs_a_hub")
    config = project / "baselines" / "needs_a_hub" / "config.toml"
    config.write_text(config.read_text() + "by_default = false\n")
    shutil.copytree(project / "annotations" / "gold", project / "annotations" / "annotator-a")
    for name in ("entities.tsv", "clusters.tsv"):
        shutil.copy(project / "annotations" / name, project / "annotations" / "annotator-a")
    (project / "README.md").write_text("before\n<!-- leaderboard:begin -->\nold\n<!-- leaderboard:end -->\nafter\n")
    result = aqwal("benchmark", "--root", project, "--no-report")
    assert result.exit_code == 0, result.output
    assert "FAILED" in result.output and "no method fit" in result.output
    assert "not run: needs_a_hub" in result.output
    readme = (project / "README.md").read_text()
    assert "| toy |" in readme and "| annotator-a | annotator |" in readme and "old" not in readme and "after" in readme
    results = sorted(p.name for p in (project / "leaderboard" / "results").iterdir())
    assert results == ["annotator-a.json", "toy.json"]
    before = {p: p.read_bytes() for p in (project / "leaderboard" / "results").iterdir()}
    aqwal("benchmark", "--root", project, "--no-report")
    assert {p: p.read_bytes() for p in (project / "leaderboard" / "results").iterdir()} == before
