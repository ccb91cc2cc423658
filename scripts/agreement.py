"""`aqwal agreement` as a script: python scripts/agreement.py --help."""

import sys

from aqwal.cli import app

if __name__ == "__main__":
    app(["agreement", *sys.argv[1:]])
