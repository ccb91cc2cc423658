"""Attribution metrics: score predictions against gold, with counts by paragraph for intervals and tests."""

from __future__ import annotations

from aqwal.metrics.counts import PRF, Mean, Measure, Ratio
from aqwal.metrics.scoring import score
from aqwal.metrics.resampling import Interval, bootstrap, bootstrap_many
from aqwal.metrics.scores import PRIMARY, TASKS, Scores, TaskScore

__all__ = [
    "PRF", "PRIMARY", "TASKS", "Interval", "Mean", "Measure", "Ratio", "Scores", "TaskScore", "bootstrap",
    "bootstrap_many", "score",
]  # fmt: skip
