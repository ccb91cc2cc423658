"""What guards the corpus: checks in levels, each with an id, found by this folder.

Levels: 0 bytes, 1 format, 2 anchors, 3 references, 4 the scheme's rules, 5 the corpus as a whole. A check is a function
in a file of this folder, decorated with :func:`~aqwal.checks.registry.check`; nothing else lists it. A fixture of the
same name in ``tests/fixtures/checks/`` fires exactly its id.
"""

from aqwal.checks.context import Context
from aqwal.checks.registry import Check, all_checks, check
from aqwal.checks.report import Report, run_checks

__all__ = ["Check", "Context", "Report", "all_checks", "check", "run_checks"]
