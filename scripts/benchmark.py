"""`aqwal benchmark` as a script: python scripts/benchmark.py --help."""

import sys

from aqwal.cli import app

if __name__ == "__main__":
    app(["benchmark", *sys.argv[1:]])
