"""`aqwal check` as a script: python scripts/check.py --help."""

import sys

from aqwal.cli import app

if __name__ == "__main__":
    app(["check", *sys.argv[1:]])
