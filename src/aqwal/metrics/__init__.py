"""Attribution metrics: right, fast, and with counts by paragraph for intervals and tests.

On the corpus: :func:`score`, :func:`find_errors`. On anything else, from plain lists: :func:`span_scores`,
:func:`span_f1`, :func:`iob_scores`, :func:`relation_f1`, :func:`compute`, :func:`average_precision`, and
:mod:`aqwal.metrics.clusters`. Uncertainty: :func:`bootstrap`, :func:`bootstrap_many`, :func:`paired_test`. What each
measure is: :func:`parse`, :func:`describe`.

Importing this needs numpy alone; scipy is loaded by the functions that align objects.
"""

from __future__ import annotations

from aqwal.metrics.compute import compute, trainer_metrics
from aqwal.metrics.counts import PRF, Mean, Measure, Ratio
from aqwal.metrics.errors import Error, count_errors, find_errors
from aqwal.metrics.intervals import TooManyPairs
from aqwal.metrics.iob import iob_scores
from aqwal.metrics.ranking import average_precision
from aqwal.metrics.registry import METRICS, describe, parse
from aqwal.metrics.relations import relation_f1
from aqwal.metrics.resampling import Interval, bootstrap, bootstrap_difference, bootstrap_many
from aqwal.metrics.scores import DEFINITIONS, PRIMARY, TASKS, Scores, TaskScore
from aqwal.metrics.scoring import score, score_columns
from aqwal.metrics.significance import Test, paired_test
from aqwal.metrics.spans import span_f1, span_scores

__all__ = [
    "DEFINITIONS",
    "METRICS",
    "PRF",
    "PRIMARY",
    "TASKS",
    "Error",
    "Interval",
    "Mean",
    "Measure",
    "Ratio",
    "Scores",
    "TaskScore",
    "Test",
    "TooManyPairs",
    "average_precision",
    "bootstrap",
    "bootstrap_difference",
    "bootstrap_many",
    "compute",
    "count_errors",
    "describe",
    "find_errors",
    "iob_scores",
    "paired_test",
    "parse",
    "relation_f1",
    "score",
    "score_columns",
    "span_f1",
    "span_scores",
    "trainer_metrics",
]
