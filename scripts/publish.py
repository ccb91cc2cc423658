"""`aqwal publish` as a script: python scripts/publish.py --help."""

import sys

from aqwal.cli import app

if __name__ == "__main__":
    app(["publish", *sys.argv[1:]])
