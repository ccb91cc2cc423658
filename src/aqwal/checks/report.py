"""Running the checks and what comes of it: problems, those waived with a reason, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from aqwal.checks.context import Context
from aqwal.checks.registry import Check, all_checks
from aqwal.checks.waivers import UNWAIVABLE, Waiver, read_waivers
from aqwal.store.problems import Problem


@dataclass(frozen=True)
class Report:
    """The outcome of a run; every list is sorted by path and line."""

    problems: tuple[Problem, ...]
    waived: tuple[tuple[Problem, str], ...]
    checks: tuple[Check, ...]
    documents: int
    layers: tuple[str, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Problems that fail the run."""
        warnings = {check.id for check in self.checks if check.severity == "warning"}
        return tuple(problem for problem in self.problems if problem.kind not in warnings)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Problems that are only shown."""
        errors = set(self.errors)
        return tuple(problem for problem in self.problems if problem not in errors)

    @property
    def counts(self) -> dict[str, int]:
        """How many problems there are of each check that has any."""
        return dict(sorted(Counter(problem.kind for problem in self.problems).items()))

    def summary(self) -> str:
        """One line for a person."""
        layers = ", ".join(self.layers) or "no layer"
        return (
            f"{len(self.checks)} checks over {self.documents} documents ({layers}): {len(self.errors)} errors, "
            f"{len(self.warnings)} warnings, {len(self.waived)} waived"
        )

    def to_json(self) -> dict[str, object]:
        """The report as plain values for JSON."""
        severity = {check.id: check.severity for check in self.checks}
        level = {check.id: check.level for check in self.checks}

        def plain(problem: Problem) -> dict[str, object]:
            extra = {"severity": severity.get(problem.kind, "error"), "level": level.get(problem.kind)}
            return {**asdict(problem), **extra}

        return {
            "ok": not self.errors,
            "checks": [check.id for check in self.checks],
            "documents": self.documents,
            "layers": list(self.layers),
            "counts": self.counts,
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "problems": [plain(problem) for problem in self.problems],
            "waived": [{**plain(problem), "reason": reason} for problem, reason in self.waived],
        }


def run_checks(root: Path, layers: Sequence[str] | None = None, levels: Iterable[int] = range(6)) -> Report:
    """Check the project at ``root``: the named annotation layers (default: all) at the given levels.

    Raises:
        StoreError: kind ``unknown-layer`` for a layer that does not exist; everything else is a problem in the report.

    """
    wanted = set(levels)
    checks = tuple(check for check in all_checks() if check.level in wanted)
    context = Context.load(root, layers)
    found = {problem for check in checks for problem in check.run(context)}
    # A kind that no check claims would be lost; reading never goes unheard.
    claimed = {check.id for check in all_checks()}
    found |= {problem for problem in context.problems if problem.kind not in claimed}
    ran = {check.id for check in checks}
    kept, waived, unused = _waive(sorted(found), read_waivers(context)[0], ran, set(context.layers))
    if "waiver-unused" in ran:
        kept += unused
    return Report(tuple(sorted(kept)), tuple(waived), checks, len(context.documents), tuple(context.layers))


def _waive(
    problems: Iterable[Problem], waivers: Sequence[Waiver], ran: set[str], layers: set[str]
) -> tuple[list[Problem], list[tuple[Problem, str]], list[Problem]]:
    """Problems that stay, those waived with the reason, and a problem for every waiver that waives nothing."""
    kept: list[Problem] = []
    waived: list[tuple[Problem, str]] = []
    used: set[Waiver] = set()
    for problem in problems:
        waiver = next((w for w in waivers if w.covers(problem)), None)
        if waiver is None or problem.kind in UNWAIVABLE:
            kept.append(problem)
        else:
            waived.append((problem, waiver.reason))
            used.add(waiver)
    # Only what was looked at can be called unused: not the waivers of a check or layer left out of this run.
    unused = [
        waiver.unused() for waiver in waivers if waiver not in used and waiver.check in ran and waiver.within(layers)
    ]
    return kept, waived, unused
