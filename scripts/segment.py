"""`aqwal segment` as a script: python scripts/segment.py --help."""

import sys

from aqwal.cli import app

if __name__ == "__main__":
    app(["segment", *sys.argv[1:]])
