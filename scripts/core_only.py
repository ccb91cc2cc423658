"""Import the core where none of the extras is installed, and print how long it took (run by `make test-core`)."""

import importlib
import importlib.util
import sys
import time

CORE = ("aqwal.metrics", "aqwal.text", "aqwal.model", "aqwal.store", "aqwal.checks")
EXTRAS = ("camel_tools", "datasets", "huggingface_hub", "pandas", "pyarrow", "sklearn", "torch", "transformers")

present = [name for name in EXTRAS if importlib.util.find_spec(name)]
if present:
    sys.exit(f"this environment is not the core alone: {', '.join(present)} installed; remove it and run make again")
for name in CORE:
    start = time.perf_counter()
    importlib.import_module(name)
    print(f"import {name:<14} {time.perf_counter() - start:6.3f} s")
