"""`aqwal evaluate` as a script: python scripts/evaluate.py --help."""

import sys

from aqwal.cli import app

if __name__ == "__main__":
    app(["evaluate", *sys.argv[1:]])
