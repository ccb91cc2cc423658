"""The list of checks, made by importing every module of this folder."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from aqwal.checks.context import Context
from aqwal.store.problems import Problem

SEVERITIES = ("error", "warning")
LEVELS = {0: "bytes", 1: "format", 2: "anchors", 3: "references", 4: "scheme", 5: "corpus"}

Run = Callable[[Context], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``run`` yields the problems of kind ``id`` that a loaded project has."""

    id: str
    level: int
    severity: str
    title: str
    run: Run


_CHECKS: dict[str, Check] = {}


def register(found: Check) -> None:
    """Add a check.

    Raises:
        ValueError: if its id is taken, or its level or severity does not exist.

    """
    if found.id in _CHECKS or found.level not in LEVELS or found.severity not in SEVERITIES:
        raise ValueError(f"check {found.id} (level {found.level}, {found.severity}): taken id, or no such level")
    _CHECKS[found.id] = found


def check(check_id: str, level: int, severity: str = "error") -> Callable[[Run], Run]:
    """Decorate a function as a check; the first paragraph of its docstring is the explanation users see."""

    def decorate(run: Run) -> Run:
        paragraph = (run.__doc__ or "").strip().split("\n\n")[0]
        title = " ".join(paragraph.split()).removesuffix(".")
        register(Check(check_id, level, severity, title, run))
        return run

    return decorate


def from_loading(context: Context, kind: str) -> Iterator[Problem]:
    """The problems of one kind that were met while the project was read."""
    return (problem for problem in context.problems if problem.kind == kind)


def register_loading(table: Iterable[tuple[str, int, str]]) -> None:
    """Register checks that reading already made; ``table`` holds id, level and explanation."""
    for check_id, level, title in table:
        register(Check(check_id, level, "error", title, functools.partial(from_loading, kind=check_id)))


@functools.cache
def _discover() -> None:
    package = importlib.import_module("aqwal.checks")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"aqwal.checks.{module.name}")


def all_checks() -> tuple[Check, ...]:
    """Every check, by level and id.

    >>> [check.id for check in all_checks() if check.level == 2]
    ['anchor-boundary', 'anchor-quote', 'anchor-range', 'anchor-zone']
    """
    _discover()
    return tuple(sorted(_CHECKS.values(), key=lambda found: (found.level, found.id)))
