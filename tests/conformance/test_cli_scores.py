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


# ---------------------------------------------------------------- mistakes end in a message, and nothing is left unsaid


def records(path: Path) -> list[dict]:
    """The records of a predictions file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def put(path: Path, rows: list) -> Path:
    """Write records (or raw lines)."""
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def refused(*arguments: object) -> str:
    """What standard error says of a command that must end with 2 and print nothing else."""
    result = aqwal(*arguments)
    assert result.exit_code == 2, result.output
    assert not result.stdout
    return result.stderr


READERS = [
    ("evaluate",), ("evaluate", "--json"), ("errors",), ("errors", "--json"),
    ("submit", "--system", "x", "--track", "open"),
]  # fmt: skip


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("content", [b"", b"\n \n", b"[]\n", b"{}\nnull\n", '{"doc_id": "900"}'.encode("utf-16")])
def test_a_file_of_which_nothing_can_be_read_is_refused(project, tmp_path, command, content):
    path = tmp_path / "p.jsonl"
    path.write_bytes(content)
    said = refused(command[0], path, *command[1:], "--root", project)
    assert "no readable document" in said and "p.jsonl: nothing of it can be read" in said
    assert not (project / "leaderboard").exists()


def test_compare_refuses_a_file_of_which_nothing_can_be_read(project, perfect, tmp_path):
    empty = put(tmp_path / "empty.jsonl", [])
    assert "empty.jsonl: nothing of it" in refused("compare", perfect, empty, "--root", project, "--json")


@pytest.mark.parametrize("command", READERS)
def test_predictions_that_are_too_many_are_refused_by_name(project, perfect, command, monkeypatch):
    from aqwal.metrics import intervals

    monkeypatch.setattr(intervals, "MAX_PAIRS", 3)
    said = refused(command[0], perfect, *command[1:], "--root", project)
    assert "perfect.jsonl: " in said and "overlapping pairs" in said
    assert "perfect.jsonl: " in refused("compare", perfect, perfect, "--root", project)


def test_tracks_and_results_that_are_wrong_end_in_a_message(project, perfect, tmp_path):
    assert "unknown track x; --track takes zero-shot" in refused("evaluate", perfect, "--root", project, "--track", "x")
    no_result = put(tmp_path / "r.json", ["[]"])
    assert "r.json: $: no object" in refused("merge", no_result, "--out", tmp_path / "m.json")


def test_a_long_file_name_matters_only_where_it_is_written_down(project, perfect, tmp_path):
    long = tmp_path / ("n" * 101 + ".jsonl")
    shutil.copy(perfect, long)
    assert aqwal("evaluate", long, "--root", project, "--brief").exit_code == 0
    for extra in (("--json",), ("--counts", tmp_path / "c.json")):
        assert "give --system" in refused("evaluate", long, "--root", project, *extra)
        assert aqwal("evaluate", long, "--root", project, *extra, "--system", "n").exit_code == 0


@pytest.mark.parametrize("option", ["--html", "--counts"])
def test_outputs_that_cannot_be_written_are_refused(project, perfect, tmp_path, option):
    said = refused("evaluate", perfect, "--root", project, option, tmp_path / "none" / "x")
    assert "there is no folder" in said and not (tmp_path / "none").exists()
    assert "is a folder" in refused("evaluate", perfect, "--root", project, option, tmp_path)


def test_options_that_contradict_or_cannot_be_are_refused(project, perfect):
    for forms in (["--markdown", "--latex"], ["--latex", "--json"], ["--markdown", "--json"]):
        assert " and ".join(forms) in refused("evaluate", perfect, "--root", project, *forms)
    assert "--seed" in refused("compare", perfect, perfect, "--root", project, "--seed", -1)
    assert "--limit" in refused("errors", perfect, "--root", project, "--limit", -3)


def test_html_is_written_beside_json(project, perfect, tmp_path):
    json.loads(aqwal("evaluate", perfect, "--root", project, "--json", "--html", tmp_path / "t.html").stdout)
    assert "<table" in (tmp_path / "t.html").read_text(encoding="utf-8")


def test_errors_lists_the_layers_that_were_attempted(project, perfect, tmp_path):
    rows = [{"doc_id": row["doc_id"], "mentions": []} for row in records(perfect)]
    path = put(tmp_path / "m.jsonl", rows)
    result = aqwal("errors", path, "--root", project, "--json")
    assert "not attempted, so not listed: attributions, claims" in result.stderr
    found = json.loads(result.stdout)["errors"]
    assert {e["layer"] for e in found} == {"mentions"}
    # An empty list is an attempt.
    path = put(tmp_path / "a.jsonl", [{**row, "claims": []} for row in rows])
    found = json.loads(aqwal("errors", path, "--root", project, "--json").stdout)["errors"]
    assert {e["layer"] for e in found} == {"mentions", "claims"}


def test_predictions_without_a_place_are_spurious_errors(project, perfect, tmp_path):
    rows = records(perfect)
    rows[0]["unanchored"] = {"mentions": 2, "claims": 1}
    path = put(tmp_path / "un.jsonl", rows)
    for command in ("evaluate", "errors"):
        said = aqwal(command, path, "--root", project).stderr
        assert "2 mentions and 1 claim have no place in the text and count as spurious" in said
    found = json.loads(aqwal("errors", path, "--root", project, "--json").stdout)["errors"]
    assert [(e["layer"], e["type"], e["start"]) for e in found] == [("claims", "spurious", -1)] + 2 * [
        ("mentions", "spurious", -1)
    ]
    assert all(e["detail"] == "its quote is nowhere in the text" for e in found)
    counted = aqwal("errors", path, "--root", project, "--count").stdout
    assert re.search(r"^spurious +2 +0 +1$", counted, re.M), counted
    doc = rows[0]["doc_id"]
    assert f"{doc} - mentions spurious (its quote is nowhere" in aqwal("errors", path, "--root", project).stdout
    other = aqwal("errors", path, "--root", project, "--document", rows[1]["doc_id"], "--json")
    assert json.loads(other.stdout)["count"] == 0 and "no place" not in other.stderr


def test_objects_that_are_set_aside_are_counted_once(project, perfect, tmp_path):
    rows = records(perfect)
    rows[0]["mentions"][0] |= {"type": None, "id": None, "entity": 3}
    rows[0]["mentions"][1]["spans"] = [["1", "2"]]
    path = put(tmp_path / "p.jsonl", rows)
    result = aqwal("evaluate", path, "--root", project, "--brief")
    assert "set aside: 2 objects\n" in result.stderr
    assert json.loads(aqwal("evaluate", path, "--root", project, "--json").stdout)["problems"] == {"object": 2}


def test_part_of_the_documents_has_its_own_problems(project, perfect, tmp_path):
    rows = records(perfect)
    first, second = rows[0]["doc_id"], rows[1]["doc_id"]
    rows[0]["mentions"][0]["type"] = "HUMAN"
    path = put(tmp_path / "p.jsonl", [rows[0], *rows[2:], "no json"])

    def run(doc_id: str):
        result = aqwal("evaluate", path, "--root", project, "--document", doc_id, "--json")
        return json.loads(result.stdout)["problems"], result.stderr

    problems, said = run(first)
    assert problems == {"line": 1, "object": 1} and "HUMAN" in said and second not in said
    problems, said = run(second)
    assert problems == {"line": 1} and "HUMAN" not in said and first not in said
    assert f"no readable line for {second}: counted as empty" in said


def test_a_line_that_was_set_aside_is_not_called_missing(project, perfect, tmp_path):
    rows = records(perfect)
    text = json.dumps(rows[1]).replace('"mentions"', '"men\x00tions"')
    path = put(tmp_path / "p.jsonl", [rows[0], text])
    said = aqwal("evaluate", path, "--root", project, "--brief").stderr
    assert f"line 2, of document {rows[1]['doc_id']}, was set aside: counted as empty" in said
    assert "no line for" not in said
    said = aqwal("evaluate", put(path, [rows[0]]), "--root", project, "--brief").stderr
    assert f"no line for {rows[1]['doc_id']}: counted as empty" in said


def test_problems_are_in_reading_order(project, perfect, tmp_path):
    rows = records(perfect)
    rows[0]["mentions"] = [{"id": f"m{k}", "spans": [[0, 3]], "type": "X"} for k in range(12)]
    said = aqwal("evaluate", put(tmp_path / "p.jsonl", rows), "--root", project, "--brief").stderr
    assert [int(k) for k in re.findall(r"mentions\[(\d+)\]", said)] == list(range(12))


def test_compare_says_what_it_leaves_out_and_writes_json(project, perfect, tmp_path):
    rows = records(perfect)
    part = put(tmp_path / "part.jsonl", [{"doc_id": r["doc_id"], "mentions": r["mentions"]} for r in rows])
    said = aqwal("compare", perfect, part, "--root", project).stderr
    assert re.search(r"only \S+perfect.jsonl attempts it: attribution, who_said_what, claims, claim_matching", said)
    assert "part.jsonl attempts" not in said
    first = put(tmp_path / "first.jsonl", rows[:1])
    said = aqwal("compare", perfect, first, "--root", project).stderr
    assert re.search(r"^\S+first.jsonl: no line for ", said, re.M) and "perfect.jsonl: no line" not in said
    # Neither gold nor the predictions have a claim: the score is undefined, which JSON has no number for.
    for path in project.rglob("claims.tsv"):
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    bare = put(tmp_path / "bare.jsonl", [{"doc_id": r["doc_id"], "claims": []} for r in rows])
    result = aqwal("compare", bare, bare, "--root", project, "--json")
    assert result.exit_code == 0, result.output
    assert "NaN" not in result.stdout and json.loads(result.stdout)["claims: claim_f1(match=soft)"]["a"] is None


# ---------------------------------------------------------------- submissions


def submit(project: Path, path: Path, system: str = "x", track: str = "open", *extra: object) -> tuple[object, ...]:
    return ("submit", path, "--root", project, "--system", system, "--track", track, *extra)


def test_what_is_no_submission_is_refused(project, perfect, tmp_path):
    nothing = put(tmp_path / "nothing.jsonl", [{"doc_id": row["doc_id"]} for row in records(perfect)])
    assert "attempts no task" in refused(*submit(project, nothing))
    assert "--track takes zero-shot, closed, open\n" in refused(*submit(project, perfect, track="annotator"))
    assert "is a folder" in refused(*submit(project, project / "annotations" / "gold"))
    for name in ("", " ", "a\nb", "a\x1b[31mb", "a\u202eb", "n" * 101):
        assert "is no name for a system" in refused(*submit(project, perfect, name))
    assert "--description" in refused(*submit(project, perfect, "x", "open", "--description", "one\ntwo"))
    assert not (project / "leaderboard").exists()


@pytest.mark.parametrize(
    ("system", "file"),
    [
        ("نموذج عربي ٢", "نموذج-عربي-٢"), ("نَموذَج", "نموذج"), ("Modèle", "modèle"), ("Mode\u0300le", "modèle"),
        ("../../etc", "etc"), ("..", "system"), ("A_b.C", "a-b-c"), ("𝒳" * 100, "𝒳" * 50),
        ("n" * 100, "n" * 80),
    ],
)  # fmt: skip
def test_a_system_is_filed_under_its_own_name(project, perfect, system, file):
    result = aqwal(*submit(project, perfect, system))
    assert result.exit_code == 0, result.output
    assert [p.name for p in (project / "leaderboard" / "results").iterdir()] == [f"{file}.json"]
    assert "exists in leaderboard/results" in refused(*submit(project, perfect, system))


# ---------------------------------------------------------------- untrusted text on a terminal


def test_untrusted_text_cannot_act_on_the_terminal(project, perfect, tmp_path):
    strange = "\x1b[31m:fire:[bold]\n\u202ex"
    rows = records(perfect)
    for row in rows:
        for each in row["attributions"]:
            each["source_entity"] = [strange]
        row[strange] = float("nan")
    path = tmp_path / "a\x1b[32m:fire:\nb.jsonl"
    put(path, rows)
    shown = r"\x1b[31m:fire:[bold]\n\u202ex"
    found = aqwal("errors", path, "--root", project)
    assert found.exit_code == 0 and shown in found.stdout
    assert all(line.startswith("90") for line in found.stdout.splitlines() if shown in line)
    evaluated = aqwal("evaluate", path, "--root", project, "--brief")
    compared = aqwal("compare", path, path, "--root", project)
    missing = aqwal("evaluate", tmp_path / "\x1b[32m.jsonl", "--root", project)
    assert r"a\x1b[32m:fire:\nb.jsonl: line 1" in evaluated.stderr and r"\x1b[32m.jsonl" in missing.stderr
    assert r"a\x1b[32m:fire:\nb" in compared.stdout
    for text in (r.stdout + r.stderr for r in (found, evaluated, compared, missing)):
        assert not set(text) & {"\x1b", "\u202e", "🔥"}
