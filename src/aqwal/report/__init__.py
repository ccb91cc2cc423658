"""The benchmark's report: a results page, its figures, and what `baselines/README.md` says of each system."""

from __future__ import annotations

from aqwal.report.curve import Curve, Point, learning_curve, run_curve
from aqwal.report.write import write_report

__all__ = ["Curve", "Point", "learning_curve", "run_curve", "write_report"]
