"""`aqwal build` as a script: python scripts/build.py --help."""

import sys

from aqwal.cli import app

if __name__ == "__main__":
    app(["build", *sys.argv[1:]])
