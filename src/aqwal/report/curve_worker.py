"""The learning curve of one system in a process of its own; called by :func:`aqwal.report.curve.run_curve`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from aqwal.metrics.resampling import RESAMPLES
from aqwal.report.curve import learning_curve, record_point
from aqwal.store import StoreError, load_corpus
from aqwal.systems import BadSystem, read_spec
from aqwal.worker import reuse_groups


def main(arguments: Sequence[str] | None = None) -> int:
    """The curve of one system; exit 0, or 2 with one clear line if the system is not usable."""
    parser = argparse.ArgumentParser(
        prog="aqwal.report.curve_worker", description="Learning curve of a trained system."
    )
    parser.add_argument("system", type=Path)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--layer", default="gold")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resamples", type=int, default=RESAMPLES)
    options = parser.parse_args(arguments)

    def tell(line: str) -> None:
        print(f"learning curve: {line}", file=sys.stderr, flush=True)

    try:
        spec = read_spec(options.system)
        corpus = load_corpus(options.root, options.layer)
        points = learning_curve(
            spec, corpus, reuse_groups(options.root), options.seed, resamples=options.resamples, say=tell
        )
    except (BadSystem, StoreError) as error:
        print(f"unusable: {error}", file=sys.stderr)
        return 2
    record = {"name": spec.name, "points": [record_point(point) for point in points]}
    options.out.write_text(json.dumps(record, sort_keys=True, allow_nan=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
