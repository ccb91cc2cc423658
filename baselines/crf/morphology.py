"""camel-tools' morphology where its database is on this machine; never a download, never required."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

#: Value of a feature that no analysis gives.
_FEATURES = ("pos", "asp", "gen", "num", "per", "vox")


def _database() -> Path | None:
    """The file of the default morphology database, or None where camel_data has not installed it.

    camel-tools looks its catalogue up on the network when it is imported without data, so the file is looked for
    before anything of ``camel_tools.morphology`` is imported.
    """
    named = os.environ.get("CAMELTOOLS_DATA")
    roots = [Path(named).expanduser()] if named else [Path.home() / ".camel_tools"]
    for root in roots:
        if not (root / "catalogue.json").is_file():
            continue
        for name in ("calima-msa-s31", "calima-msa-r13"):
            path = root / "data" / "morphology_db" / name / "morphology.db"
            if path.is_file():
                return path
    return None


class Morphology:
    """Part of speech, aspect, gender, number and person of a form, over all its analyses.

    Without a database every form has no features, and :attr:`note` says so.
    """

    def __init__(self, mode: str = "auto") -> None:
        self._cache: dict[str, tuple[str, ...]] = {}
        self._analyzer = None
        self.note = 'morphology: off (morphology = "no")'
        if mode == "no":
            return
        path = _database()
        if path is None:
            self.note = "morphology: camel_data is not installed, orthographic features only"
            return
        try:
            from camel_tools.morphology.analyzer import Analyzer
            from camel_tools.morphology.database import MorphologyDB

            self._analyzer = Analyzer(MorphologyDB(str(path), "a"), cache_size=0)
        except Exception as error:  # whatever a broken or half-downloaded database raises, the run goes on without it
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            self.note = f"morphology: the database {path.parent.name} cannot be used ({reason[:80]}), orthography only"
            return
        self.note = f"morphology: {path.parent.name}"

    @property
    def active(self) -> bool:
        """True if a database is in use."""
        return self._analyzer is not None

    def features(self, form: str) -> tuple[str, ...]:
        """``pos:noun gen:m …``: for each feature its commonest value over the analyses (ties: alphabetical)."""
        if self._analyzer is None:
            return ()
        found = self._cache.get(form)
        if found is None:
            found = self._cache[form] = self._read(form)
        return found

    def _read(self, form: str) -> tuple[str, ...]:
        assert self._analyzer is not None
        try:
            analyses = self._analyzer.analyze(form)
        except Exception:  # an analyser error on one odd form must not end the run
            return ()
        made = []
        for name in _FEATURES:
            counts = Counter(str(a.get(name, "")) for a in analyses)
            counts.pop("na", None)
            counts.pop("", None)
            if counts:
                made.append(name + ":" + min(counts, key=lambda value: (-counts[value], value)))
        return tuple(made)

    def announce(self) -> None:
        """Say once, on standard error, which features this run uses."""
        print(f"crf: {self.note}", file=sys.stderr)
