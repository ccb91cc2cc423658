"""Running systems on the corpus: folds by reuse group, one process a system, predictions on disk, failures contained."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aqwal.systems import BadSystem, SystemSpec, read_spec

#: What a run says of its progress: the system's name and a line.
Say = Callable[[str, str], None]


@dataclass(frozen=True)
class SystemRun:
    """One system's run: its predictions file and measurements, or why it failed."""

    name: str
    spec: SystemSpec | None
    predictions: Path | None = None
    measured: Mapping[str, float] = field(default_factory=dict)
    failure: str = ""

    @property
    def words_per_second(self) -> float:
        """Words predicted per second of processor time of predict() alone; NaN for a failed run."""
        seconds = self.measured.get("predict_seconds", 0.0)
        return self.measured.get("words", 0.0) / seconds if seconds > 0 else float("nan")


def find_systems(root: Path) -> list[Path]:
    """The system folders of baselines/, sorted by name."""
    folder = root / "baselines"
    return sorted(p for p in folder.iterdir() if (p / "config.toml").is_file()) if folder.is_dir() else []


def offline_environment(environment: Mapping[str, str], cache: Path) -> dict[str, str]:
    """The environment of a run: no hub is asked, caches stay in the project, threads and hashes are fixed."""
    return {
        **environment,
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HF_HOME": str(cache / "huggingface"),
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONHASHSEED": "0",
    }


def run_system(
    folder: Path,
    root: Path,
    out: Path,
    *,
    layer: str = "gold",
    seed: int = 0,
    say: Say | None = None,
    online: bool = False,
) -> SystemRun:
    """Run one system in a process of its own; its predictions end in ``out/<name>.jsonl``.

    A system that is not usable, crashes or is killed gives a run with ``failure`` set; nothing is raised.
    """
    try:
        spec = read_spec(folder)
    except BadSystem as error:
        return SystemRun(folder.name, None, failure=str(error))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=f".{spec.name}.") as scratch:
        made, record = Path(scratch) / "predictions.jsonl", Path(scratch) / "record.json"
        command = [sys.executable, "-m", "aqwal.worker", str(spec.folder), "--root", str(root), "--layer", layer]
        command += ["--out", str(made), "--record", str(record), "--seed", str(seed)]
        environment = dict(os.environ) if online else offline_environment(os.environ, root / ".cache")
        lines: list[str] = []
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=environment,
        ) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if line.strip():
                    lines.append(line.rstrip())
                    if say:
                        say(spec.name, line.strip())
        if process.returncode or not made.exists():
            last = next((line for line in reversed(lines) if line.strip()), "no message")
            return SystemRun(spec.name, spec, failure=last.removeprefix("unusable: "))
        target = out / f"{spec.name}.jsonl"
        os.replace(made, target)
        return SystemRun(spec.name, spec, target, json.loads(record.read_text(encoding="utf-8")))


def run_systems(
    folders: Sequence[Path], root: Path, out: Path, *, layer: str = "gold", seed: int = 0, say: Say | None = None
) -> list[SystemRun]:
    """Run several systems one after the other; a failed one does not stop the rest."""
    runs = []
    for folder in folders:
        if say:
            say(folder.name, "starts")
        runs.append(run_system(folder, root, out, layer=layer, seed=seed, say=say))
    return runs
