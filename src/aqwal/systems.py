"""Loading a system: a folder with `system.py` (class System: fit, predict) and `config.toml`.

A system is code of whoever runs it, loaded like any other Python module; nothing is unpickled and nothing downloaded.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Protocol, runtime_checkable

from aqwal.model import Annotations, Document

TRACKS = ("zero-shot", "closed", "open")
_PACKAGE = "aqwal_systems"
#: A system's name becomes a file name.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")


class BadSystem(ValueError):
    """A folder that is no usable system; the message says what is missing."""


@runtime_checkable
class System(Protocol):
    """What `system.py` provides under the name ``System``."""

    def fit(self, documents: Sequence[tuple[Document, Annotations]]) -> None:
        """Learn from labelled documents (a zero-shot system does nothing)."""

    def predict(self, document: Document) -> Annotations:
        """Annotate one document."""


@dataclass(frozen=True)
class SystemSpec:
    """A system's folder and what its config.toml says."""

    folder: Path
    name: str
    track: str
    description: str = ""
    code: Path = Path()
    params: Mapping[str, object] = field(default_factory=dict)
    #: The tasks it is scored on; empty for all that its predictions attempt.
    tasks: tuple[str, ...] = ()
    #: False for a system that needs what the benchmark does not provide (a checkpoint from a hub): run when named.
    by_default: bool = True

    @property
    def trained(self) -> bool:
        """False for a zero-shot system, which is never given labelled documents."""
        return self.track != "zero-shot"


def read_spec(folder: Path) -> SystemSpec:
    """The configuration of a system folder.

    Raises:
        BadSystem: if the folder, its config.toml or its system.py is missing or wrong.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise BadSystem(f"{folder.name}: no such system folder; give a folder with system.py and config.toml")
    path = folder / "config.toml"
    if not path.is_file():
        raise BadSystem(f"{folder.name}: no config.toml; write name, track and description in it")
    try:
        config = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSystem(f"{folder.name}/config.toml: not TOML: {error}") from None
    track = config.get("track")
    if track not in TRACKS:
        raise BadSystem(f"{folder.name}/config.toml: track is {track!r}; use one of {', '.join(TRACKS)}")
    code = (folder / str(config.get("system", "."))).resolve()
    if not (code / "system.py").is_file():
        raise BadSystem(f"{folder.name}: no system.py in {code.name}; define class System with fit and predict there")
    name = str(config.get("name", folder.name))
    if not _NAME.match(name):
        raise BadSystem(f"{folder.name}/config.toml: name is {name!r}; use letters, digits, hyphens and underscores")
    params = config.get("params", {})
    if not isinstance(params, dict):
        raise BadSystem(f"{folder.name}/config.toml: params is not a table")
    tasks = config.get("tasks", [])
    if not isinstance(tasks, list) or not all(isinstance(task, str) for task in tasks):
        raise BadSystem(f"{folder.name}/config.toml: tasks is not a list of names")
    default = config.get("by_default", True) is not False
    return SystemSpec(folder, name, str(track), str(config.get("description", "")), code, params, tuple(tasks), default)


def import_folder(folder: Path) -> ModuleType:
    """Import `system.py` of ``folder`` as part of a package of its own, so that `from . import lexicon` works there."""
    folder = folder.resolve()
    name = f"{_PACKAGE}.{folder.name.replace('-', '_')}"
    if _PACKAGE not in sys.modules:
        root = ModuleType(_PACKAGE)
        root.__path__ = []
        sys.modules[_PACKAGE] = root
    loaded = sys.modules.get(name)
    if loaded is None or list(getattr(loaded, "__path__", [])) != [str(folder)]:
        for known in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
            del sys.modules[known]
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        init = folder / "__init__.py"
        if init.is_file():
            spec = importlib.util.spec_from_file_location(name, init, submodule_search_locations=[str(folder)])
            assert spec is not None and spec.loader is not None
            package = importlib.util.module_from_spec(spec)
            sys.modules[name] = package
            spec.loader.exec_module(package)
        sys.modules[name] = package
    return importlib.import_module(f"{name}.system")


def system_module(spec: SystemSpec) -> ModuleType:
    """The system's `system.py`.

    Raises:
        BadSystem: if it cannot be imported for want of a module.
    """
    try:
        return import_folder(spec.code)
    except ModuleNotFoundError as error:
        raise BadSystem(f"{spec.name}: needs the module {error.name}; install the extra: aqwal[baselines]") from None


def load_system(spec: SystemSpec, seed: int = 0) -> System:
    """An untrained system.

    Raises:
        BadSystem: if system.py cannot be imported, or its System lacks fit or predict.
    """
    module = system_module(spec)
    maker = getattr(module, "System", None)
    if maker is None:
        raise BadSystem(f"{spec.name}: system.py defines no class System")
    for method in ("fit", "predict"):
        if not callable(getattr(maker, method, None)):
            raise BadSystem(f"{spec.name}: class System has no method {method}")
    made: System = maker(dict(spec.params), seed)
    return made
