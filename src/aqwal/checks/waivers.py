"""Waivers: rows of annotations/waivers.tsv that let one problem pass, with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aqwal.checks.context import Context
from aqwal.checks.registry import all_checks, check
from aqwal.store.problems import Problem

PATH = "annotations/waivers.tsv"
COLUMNS = ("check", "path", "object", "reason")
#: What no reason can excuse: files that cannot be read, changed seeds, and waivers themselves.
UNWAIVABLE = frozenset({"encoding", "unreadable", "seed-hash", "sources", "waiver-malformed", "waiver-unused"})


@dataclass(frozen=True, slots=True)
class Waiver:
    """One row: a check id, a path, and the label's id or the line (``*`` waives the whole file)."""

    line: int
    check: str
    path: str
    object: str
    reason: str

    def covers(self, problem: Problem) -> bool:
        """True if the problem is the one that this row lets pass."""
        place = self.object in ("*", problem.object or str(problem.line), str(problem.line))
        return self.check == problem.kind and self.path == problem.path and place

    def within(self, layers: set[str]) -> bool:
        """False if the row is about a layer that was not read."""
        parts = self.path.split("/")
        return len(parts) < 3 or parts[0] != "annotations" or parts[1] in layers

    def unused(self) -> Problem:
        """The problem that this row waives nothing."""
        return Problem(
            PATH, self.line, "waiver-unused", "object",
            f"no {self.check} at {self.path} {self.object} needs a waiver", "remove the row",
        )  # fmt: skip


def read_waivers(context: Context) -> tuple[list[Waiver], list[Problem]]:
    """The waivers of a project, and what is wrong with their rows."""
    waivers: list[Waiver] = []
    problems: list[Problem] = []

    def wrong(line: int, where: str, message: str, fix: str) -> None:
        problems.append(Problem(PATH, line, "waiver-malformed", where, message, fix))

    lines = context.texts.get(PATH, "").removesuffix("\n").split("\n")
    if PATH in context.texts and lines[0] != "\t".join(COLUMNS):
        wrong(1, "header", "the header row is missing", "write: " + "⇥".join(COLUMNS))
    known = {found.id for found in all_checks()}
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS) or not all(cell.strip() for cell in cells):
            wrong(number, "row", "a waiver needs a check, a path, an object or line, and a reason",
                  "fill all four columns, separated by one tab each")  # fmt: skip
            continue
        if cells[0] not in known or cells[0] in UNWAIVABLE:
            wrong(number, "check", f'"{cells[0]}" is not a check that can be waived', "see aqwal check --list")
            continue
        waivers.append(Waiver(number, *cells))
    return waivers, problems


@check("waiver-malformed", level=1)
def waiver_malformed(context: Context) -> Iterator[Problem]:
    """Every waiver names a check, a path, a label's id or line, and a reason."""
    yield from read_waivers(context)[1]


@check("waiver-unused", level=5)
def waiver_unused(context: Context) -> Iterator[Problem]:
    """Every waiver lets a problem pass that is there (found when all other checks have run)."""
    yield from ()
