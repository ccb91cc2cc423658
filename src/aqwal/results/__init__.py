"""Results of systems on the benchmark: one JSON per system, a leaderboard, packages for third parties."""

from __future__ import annotations

from aqwal.formats.identity import corpus_hash
from aqwal.results.errors import MixedResults, ResultError
from aqwal.results.package import check_package, package
from aqwal.results.record import (
    Result,
    make_result,
    merge,
    read_result,
    read_results,
    same_ground,
    write_result,
)
from aqwal.results.tables import card_table, comparison_table, error_table, leaderboard, render, score_table

__all__ = [
    "MixedResults", "Result", "ResultError", "card_table", "check_package", "comparison_table", "corpus_hash",
    "error_table", "leaderboard", "make_result", "merge", "package", "read_result", "read_results", "render",
    "same_ground", "score_table", "write_result",
]  # fmt: skip
