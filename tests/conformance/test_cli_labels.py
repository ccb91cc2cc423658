"""The commands that annotators use, as processes would meet them: output, exit codes, and files left untouched."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.fixtures.projects import base_project
from typer.testing import CliRunner

from aqwal import __version__
from aqwal.cli import app

ROOT = Path(__file__).parents[2]
runner = CliRunner()


def aqwal(*arguments: object):
    """Run the command; a traceback is a failed test."""
    result = runner.invoke(app, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def project(tmp_path) -> Path:
    return base_project(tmp_path)


def snapshot(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def test_version_and_help():
    assert aqwal("--version").output.strip() == f"aqwal {__version__}"
    commands = (
        "add",
        "segment",
        "fmt",
        "check",
        "stats",
        "show",
        "agreement",
        "build",
        "predict",
        "evaluate",
        "benchmark",
    )
    listed = aqwal("--help").output
    for command in commands:
        assert re.search(rf"\b{command}\b", listed)
        text = aqwal(command, "--help").output
        assert "Example" in text and f"aqwal {command}" in text


def test_check_passes_on_a_valid_project_and_on_this_one(project):
    assert aqwal("check", "--root", project).exit_code == 0
    result = aqwal("check", "--root", ROOT)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("change", "check", "place"),
    [
        (lambda p: replace(p / "seeds" / "900.txt", "النقل", "النفل"), "seed-hash", "seeds/900.txt"),
        (lambda p: replace(p / "annotations/gold/900/attributions.tsv", "\t16-25\t", "\t16-24\t"), "anchor-quote", "attributions.tsv:"),
        (lambda p: replace(p / "annotations/gold/900/attributions.tsv", "قطار جديد\n\n", "قطار حديد\n\n"), "anchor-quote", "attributions.tsv:"),
        (lambda p: replace(p / "annotations/gold/900/attributions.tsv", "parent=arsl", "parent=azzz"), "parent-unknown", "attributions.tsv:"),
    ],
)  # fmt: skip
def test_one_changed_letter_offset_quote_or_reference_is_named(project, change, check, place):
    change(project)
    result = aqwal("check", "--root", project)
    assert result.exit_code == 1
    line = next(line for line in result.output.splitlines() if f": {check}:" in line)
    assert place in line and "Fix:" in line


def test_check_json_is_one_object(project):
    replace(project / "annotations/gold/900/attributions.tsv", "parent=arsl", "parent=azzz")
    result = runner.invoke(app, ["check", "--root", str(project), "--json"])
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert "parent-unknown" in json.dumps(found)


def test_fmt_completes_a_new_row(project):
    path = project / "annotations/gold/900/mentions.tsv"
    before = path.read_text(encoding="utf-8")
    row = next(line for line in before.splitlines() if "\tPERS\t" in line)
    cells = row.split("\t")
    replace(path, row, "\t".join(["+", cells[1], "?", cells[3], cells[4]]))
    assert aqwal("fmt", "--root", project, "--check").exit_code in (1, 2)
    result = aqwal("fmt", "--root", project)
    assert result.exit_code == 0, result.output
    after = path.read_text(encoding="utf-8")
    assert [line.split("\t")[1:] for line in after.splitlines()] == [
        line.split("\t")[1:] for line in before.splitlines()
    ]
    assert aqwal("check", "--root", project).exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\tPERS\t", "\tHUMAN\t", "not an entity type"),
        ("\tlevel=NAM", "", "columns instead of 5"),
        ("\tlevel=NAM", "\tlevel=NAME", "not a level"),
    ],
)
def test_fmt_refuses_what_it_cannot_read_and_writes_nothing(project, old, new, said):
    replace(project / "annotations/gold/900/mentions.tsv", old, new)
    before = snapshot(project)
    result = aqwal("fmt", "--root", project)
    assert result.exit_code == 2
    assert said in result.output and "mentions.tsv:" in result.output and "Fix:" in result.output
    assert snapshot(project) == before


def test_fmt_never_guesses(project):
    path = project / "annotations/gold/900/mentions.tsv"
    replace(path, "# s3\t", "# s3\t")
    text = path.read_text(encoding="utf-8")
    sentence = next(line for line in text.splitlines() if line.startswith("# s3\t"))
    path.write_text(
        text.replace(sentence, f"{sentence}\n+\tPERS\t?\tlevel=NAM entity=sami-nada\tغير موجود"), encoding="utf-8"
    )
    before = snapshot(project)
    result = aqwal("fmt", "--root", project)
    assert result.exit_code == 2 and "is not in s3" in result.output
    assert snapshot(project) == before


def test_fmt_diff_writes_nothing(project):
    path = project / "annotations/gold/900/mentions.tsv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n\n", encoding="utf-8")
    before = snapshot(project)
    result = aqwal("fmt", "--root", project, "--diff")
    assert result.exit_code == 1 and "--- annotations/gold/900/mentions.tsv" in result.output
    assert snapshot(project) == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe\x41", "not UTF-8"),
        ("نص\x00".encode(), "NUL"),
        (b"\xed\xa0\x80", "surrogate"),
        (b"", "no text|empty"),
        (b" \n \n", "no text|empty"),
    ],
)
def test_add_refuses_an_unusable_text_and_leaves_the_project_alone(project, tmp_path, data, said):
    file = tmp_path / "article.txt"
    file.write_bytes(data)
    before = snapshot(project)
    result = aqwal("add", file, "--root", project)
    assert result.exit_code == 2 and re.search(said, result.output)
    assert snapshot(project) == before


def test_add_a_document_then_check(project, tmp_path):
    file = tmp_path / "article.txt"
    file.write_bytes("عنوان الخبر\r\n\r\nقال الوزير إن الجسر جاهز. وأضاف أن العمل انتهى.\r\n".encode())
    result = aqwal("add", file, "--root", project, "--outlet", 'a "quoted" outlet\\')
    assert result.exit_code == 0, result.output
    assert aqwal("check", "--root", project).exit_code == 0, aqwal("check", "--root", project).output
    stats = json.loads(runner.invoke(app, ["stats", "--root", str(project), "--json", "--layer", "draft"]).stdout)
    assert stats["documents"]["903"]["sentences"] == 3
    again = aqwal("add", file, "--root", project)
    assert again.exit_code == 2 and "byte for byte" in again.output


def test_a_command_outside_a_project_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = aqwal("check")
    assert result.exit_code == 2 and "--root" in result.output


def test_segment_never_replaces_a_reviewed_file(project):
    before = snapshot(project)
    result = aqwal("segment", "900", "--root", project)
    assert result.exit_code == 2 and "--force" in result.output
    assert snapshot(project) == before


def test_segment_evaluate_prints_the_score():
    result = aqwal("segment", "--evaluate", "--root", ROOT)
    assert result.exit_code == 0
    assert "word F1" in result.output and "upper bound" in result.output.lower()


def test_show_paragraph(project, tmp_path):
    result = aqwal("show", "900", "--paragraph", 3, "--root", project)
    assert result.exit_code == 0 and "author → " in result.output
    page = tmp_path / "page.html"
    assert aqwal("show", "900", "--html", page, "--root", project).exit_code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert aqwal("show", "900", "-p", 99, "--root", project).exit_code == 2
    assert aqwal("show", "nothing", "--root", project).exit_code == 2
