"""What is wrong with a file, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one place.

    ``kind`` is a check id (``tsv-columns``); ``path`` is relative to the project where it can be; ``line`` counts
    from 1 (0: the whole file); ``field`` names the column or key; ``object`` is the id of the label, where there is one.
    """

    path: str
    line: int
    kind: str
    field: str
    message: str
    fix: str = ""
    object: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        fix = f" Fix: {self.fix}" if self.fix else ""
        return f"{place}: {self.kind}: {self.field}: {self.message}.{fix}"


class StoreError(ValueError):
    """A file that cannot be read as what it should be; ``problems`` lists every reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
