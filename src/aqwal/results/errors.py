"""Why a result is refused."""

from __future__ import annotations


class ResultError(ValueError):
    """A result file that cannot be used: which file, which field, what is wrong."""

    def __init__(self, path: str, where: str, message: str, fix: str = "") -> None:
        self.path, self.field, self.fix = path, where, fix
        super().__init__(f"{path}: {where}: {message}" + (f"; {fix}" if fix else ""))


class MixedResults(ValueError):
    """Results that must not stand in one table or be merged; the message names the first two that differ."""
