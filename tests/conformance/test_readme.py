"""What the README says, done: every Python block runs on a dataset built now, every command exists with its options."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from aqwal.cli import app
from aqwal.formats import hub

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
SHELL = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    hub.build(ROOT, folder / "dist" / "hub")
    return folder


@pytest.mark.parametrize("code", BLOCKS, ids=lambda code: code.strip().splitlines()[0])
def test_python_blocks_run(built, code, tmp_path):
    environment = {
        "PYTHONPATH": str(ROOT / "src"),
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path),
        "PATH": "",
        "HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=built,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_there_is_something_to_run():
    assert len(BLOCKS) >= 5 and len(SHELL) >= 10


@pytest.mark.parametrize("line", [line for line in SHELL if line.startswith("aqwal ")])
def test_commands_and_options_exist(line):
    name, *arguments = shlex.split(line)[1:]
    commands = typer.main.get_command(app).commands
    assert name in commands, line
    known = {option for parameter in commands[name].params for option in parameter.opts}
    assert {a.split("=")[0] for a in arguments if a.startswith("-")} <= known, line


@pytest.mark.parametrize("line", [line for line in SHELL if line.startswith("make ")])
def test_make_targets_exist(line):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{line.split()[1]}:", makefile, re.MULTILINE), line


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
