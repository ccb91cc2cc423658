"""The checks: every one fires on its fixture and on nothing else; the report, waivers, levels and layers around them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.fixtures.projects import CHECKS, base_project, broken_project, fixture_ids
from typer.testing import CliRunner

from aqwal.checks import Check, all_checks, run_checks
from aqwal.checks.registry import LEVELS, register
from aqwal.cli import app
from aqwal.store import StoreError

IDS = [check.id for check in all_checks()]
ROOT = Path(__file__).parents[2]
MENTIONS = "annotations/gold/900/mentions.tsv"


def edit(root: Path, path: str, find: str, put: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert text.count(find) == 1
    (root / path).write_text(text.replace(find, put), encoding="utf-8")


def append(root: Path, path: str, text: str) -> None:
    (root / path).write_text((root / path).read_text(encoding="utf-8") + text, encoding="utf-8")


def snapshot(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


# ---------------------------------------------------------------- fixtures


def test_the_valid_project_has_no_problem_at_all() -> None:
    report = run_checks(CHECKS / "base")
    assert [str(problem) for problem in report.problems] == []
    assert report.documents == 3
    assert report.layers == ("gold",)


def test_every_check_has_a_fixture_and_every_fixture_a_check() -> None:
    assert sorted(IDS) == fixture_ids()
    assert {path.name for path in CHECKS.iterdir()} == {*IDS, "base"}


@pytest.mark.parametrize("check_id", fixture_ids())
def test_a_fixture_fires_exactly_its_check_with_place_and_fix_and_touches_nothing(
    check_id: str, tmp_path: Path
) -> None:
    root, expected = broken_project(tmp_path, check_id)
    before = snapshot(root)
    report = run_checks(root)
    assert {problem.kind for problem in report.problems} == {check_id}
    first = report.problems[0]
    assert (f"{first.path}:{first.line}" if first.line else first.path) == expected
    for problem in report.problems:
        assert problem.message
        assert problem.fix
        assert problem.field
        # The line that is named is there, and names the object that is meant.
        lines = (root / problem.path).read_bytes().decode("utf-8", "replace").split("\n") if problem.line else []
        if problem.line:
            line = lines[problem.line - 1]
            if re.fullmatch("[mac][0-9a-z]{3}", problem.object):
                assert line.startswith(problem.object)
    severity = next(check.severity for check in all_checks() if check.id == check_id)
    assert bool(report.errors) == (severity == "error")
    assert bool(report.warnings) == (severity == "warning")
    assert snapshot(root) == before


@pytest.mark.parametrize("check_id", fixture_ids())
def test_a_fixture_is_silent_below_the_level_of_its_check(check_id: str, tmp_path: Path) -> None:
    root, _ = broken_project(tmp_path, check_id)
    level = next(check.level for check in all_checks() if check.id == check_id)
    assert run_checks(root, levels=range(level)).problems == ()
    # A waiver can only be unused if the check that it waives was run.
    alone = range(6) if check_id == "waiver-unused" else [level]
    assert run_checks(root, levels=alone).counts.keys() == {check_id}


# ---------------------------------------------------------------- registry


def test_every_check_says_what_it_wants_in_one_sentence() -> None:
    for check in all_checks():
        assert re.fullmatch("[a-z]+(-[a-z]+)*", check.id)
        assert check.level in LEVELS
        assert 10 < len(check.title) < 130, check.id
        assert not check.title.endswith(".")
    assert len({check.title for check in all_checks()}) == len(IDS)


def test_an_id_is_taken_once() -> None:
    known = all_checks()[0]
    with pytest.raises(ValueError, match="taken id"):
        register(known)
    with pytest.raises(ValueError, match="no such level"):
        register(Check("new", 9, "error", "x", known.run))


# ---------------------------------------------------------------- the report


def test_one_broken_file_never_hides_the_others(tmp_path: Path) -> None:
    root = base_project(tmp_path)
    (root / "corpus" / "902.conllu").write_bytes(b"\xff")
    (root / "annotations" / "clusters.tsv").write_bytes(b"\xff")
    edit(root, MENTIONS, "mpu4\tDATE\t29-34\t", "mpu4\t")
    edit(root, "annotations/gold/901/attributions.tsv", "stance=distancing", "stance=endorsing")
    kinds = {problem.kind for problem in run_checks(root).errors}
    assert {"conllu", "encoding", "tsv-columns", "stance-lexicon"} <= kinds


def test_problems_are_sorted_counted_and_the_same_every_time(tmp_path: Path) -> None:
    root = base_project(tmp_path)
    edit(root, MENTIONS, "29-34\tlevel=VAL\tالسبت", "29-34\tlevel=NAM\tالسبث")
    edit(root, "annotations/entities.tsv", "\tQ1\t", "\tq1\t")
    append(root, "annotations/entities.tsv", "zoo\tORG\t\t\tالحديقة\n")
    reports = [run_checks(root) for _ in range(2)]
    assert reports[0].problems == reports[1].problems
    places = [(problem.path, problem.line) for problem in reports[0].problems]
    assert places == sorted(places)
    assert reports[0].counts == {"anchor-quote": 1, "mention-level": 1, "register-names": 1, "register-wikidata": 1}
    assert "4 errors, 0 warnings, 0 waived" in reports[0].summary()


def test_the_json_says_all(tmp_path: Path) -> None:
    root, _ = broken_project(tmp_path, "occ-holder")
    made = json.loads(json.dumps(run_checks(root).to_json()))
    (problem,) = made["problems"]
    assert problem == {
        "path": MENTIONS, "line": 13, "kind": "occ-holder", "field": "entity", "object": "mkqi", "severity": "error",
        "level": 4, "message": "the holder salt-city is GPE in the register",
        "fix": "name the person or body that holds the office",
    }  # fmt: skip
    assert made["ok"] is False
    assert made["counts"] == {"occ-holder": 1}


def test_only_the_layers_asked_for_are_checked(tmp_path: Path) -> None:
    root, _ = broken_project(tmp_path, "stance-lexicon")
    for path in (root / "annotations" / "gold").rglob("*.tsv"):
        copy = root / "annotations" / "annotator-a" / path.relative_to(root / "annotations" / "gold")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    for name in ("entities.tsv", "clusters.tsv"):
        (root / "annotations" / "annotator-a" / name).write_bytes((root / "annotations" / name).read_bytes())
    assert [p.path.split("/")[1] for p in run_checks(root).problems] == ["annotator-a", "gold"]
    assert [p.path.split("/")[1] for p in run_checks(root, ["annotator-a"]).problems] == ["annotator-a"]
    assert run_checks(root, []).problems == ()
    with pytest.raises(
        StoreError, match=r"unknown-layer: layer: there is no such layer\. Fix: use one of: gold, annotator-a"
    ):
        run_checks(root, ["annotator-z"])


def test_accounting_is_asked_of_the_gold_alone(tmp_path: Path) -> None:
    root = base_project(tmp_path)
    (root / "annotations" / "gold").rename(root / "annotations" / "annotator-a")
    for name in ("entities.tsv", "clusters.tsv"):
        (root / "annotations" / name).rename(root / "annotations" / "annotator-a" / name)
    for name in ("non_cues.tsv", "non_quotes.tsv", "no_claims.tsv"):
        (root / "annotations" / name).unlink()
    assert [str(p) for p in run_checks(root).problems] == []


# ---------------------------------------------------------------- waivers

WAIVERS = "annotations/waivers.tsv"


def test_a_waiver_lets_one_problem_pass_and_keeps_its_reason(tmp_path: Path) -> None:
    root, _ = broken_project(tmp_path, "kind-lexicon")
    append(root, WAIVERS, "kind-lexicon\tannotations/gold/901/attributions.tsv\taxwp\tquoted ironically\n")
    report = run_checks(root)
    assert report.problems == ()
    assert [(p.kind, reason) for p, reason in report.waived] == [("kind-lexicon", "quoted ironically")]
    assert "1 waived" in report.summary()


@pytest.mark.parametrize(
    ("place", "passes"), [("mkqi", True), ("13", True), ("*", True), ("mhvy", False), ("14", False)]
)
def test_a_waiver_names_an_object_a_line_or_the_file(tmp_path: Path, place: str, passes: bool) -> None:
    root, _ = broken_project(tmp_path, "occ-holder")
    append(root, WAIVERS, f"occ-holder\t{MENTIONS}\t{place}\ta reason\n")
    assert run_checks(root).counts.keys() == (set() if passes else {"occ-holder", "waiver-unused"})


def test_a_waiver_is_unused_only_if_its_check_and_layer_were_looked_at(tmp_path: Path) -> None:
    root = base_project(tmp_path)
    append(root, WAIVERS, f"occ-holder\t{MENTIONS}\tmkqi\ta reason\n")
    assert run_checks(root).counts == {"waiver-unused": 1}
    assert run_checks(root, levels=[0, 1, 2, 3, 5]).counts == {}
    assert run_checks(root, layers=[]).counts == {}


@pytest.mark.parametrize("check_id", ["seed-hash", "encoding", "waiver-unused", "waiver-malformed", "no-such-check"])
def test_some_things_cannot_be_waived(tmp_path: Path, check_id: str) -> None:
    root = base_project(tmp_path)
    append(root, WAIVERS, f"{check_id}\tseeds/900.txt\t*\ta reason\n")
    assert run_checks(root).counts == {"waiver-malformed": 1}


# ---------------------------------------------------------------- bad input and the command


def command(root: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["check", "--root", str(root), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_command_passes_on_the_valid_project(tmp_path: Path) -> None:
    root = base_project(tmp_path)
    code, output = command(root)
    assert (code, "0 errors" in output) == (0, True)
    code, output = command(root, "--json")
    assert code == 0
    assert json.loads(output)["ok"] is True


@pytest.mark.parametrize(
    ("path", "find", "put", "said"),
    [
        ("seeds/900.txt", "الخفي", "الخفى", "seeds/900.txt: seed-hash: sha256: the file's hash"),
        (MENTIONS, "66-71", "67-71", f"{MENTIONS}:15: anchor-quote: text: the span holds"),
        (MENTIONS, "level=VAL\tمايو", "level=VAL\tمايي", f"{MENTIONS}:16: anchor-quote: text: the span holds"),
        ("annotations/gold/900/attributions.tsv", "parent=arsl", "parent=arsk",
         "annotations/gold/900/attributions.tsv:19: parent-unknown: parent: 900 has no attribution arsk"),
        (MENTIONS, "\tlevel=VAL\tالسبت", "\tالسبت", f"{MENTIONS}:12: tsv-columns: text: 4 columns instead of 5"),
        (MENTIONS, "mpu4\tDATE", "mpu4\tDAY", f'{MENTIONS}:12: unknown-label: label: "DAY" is not an entity type'),
        (MENTIONS, "mpu4", "mdvp", f"{MENTIONS}:12: id-duplicate: id: mdvp is also on line 10"),
        (MENTIONS, "76-80", "76-90", f"{MENTIONS}:16: anchor-range: span: 76-90 ends past the sentence"),
        (MENTIONS, "12-17\tlevel=NAM entity=the-river\tالنهر", "14-17\tlevel=NAM entity=the-river\tنهر",
         f"{MENTIONS}:10: anchor-boundary: span: \"نهر\" begins inside النهر"),
    ],
)  # fmt: skip
def test_one_changed_letter_offset_quote_or_reference_fails_with_file_line_check_and_fix(
    tmp_path: Path, path: str, find: str, put: str, said: str
) -> None:
    root = base_project(tmp_path)
    edit(root, path, find, put)
    before = snapshot(root)
    code, output = command(root)
    assert code == 1
    assert said in output
    assert " Fix: " in output
    assert snapshot(root) == before


def test_a_seed_that_is_no_text_fails_and_is_left_alone(tmp_path: Path) -> None:
    for data, said in ((b"\xff", "not UTF-8"), (b"a\x00", "a NUL character"), (b"\xed\xa0\x80", "a lone surrogate")):
        root = base_project(tmp_path / data.hex())
        (root / "seeds" / "900.txt").write_bytes(data)
        code, output = command(root)
        assert code == 1
        assert f"seeds/900.txt: encoding: bytes: {said}" in output
        assert (root / "seeds" / "900.txt").read_bytes() == data


def test_unusable_requests_are_told_apart_from_failed_checks(tmp_path: Path) -> None:
    root = base_project(tmp_path)
    assert command(root, "--layer", "silver")[0] == 2
    assert command(tmp_path / "nowhere")[0] == 2
    assert command(root, "--level", "9")[0] == 2


# ---------------------------------------------------------------- this repository


def test_the_seeds_and_segmentation_of_this_corpus_are_clean() -> None:
    report = run_checks(ROOT, layers=[], levels=[0, 1, 2])
    assert [str(p) for p in report.problems if not p.path.startswith("annotations/")] == []
    assert report.documents == 5


def test_no_fold_separates_copies() -> None:
    assert [str(p) for p in run_checks(ROOT, layers=[], levels=[5]).problems if p.kind == "near-duplicate"] == []
