"""Aqwal (أقوال, "things said"): who said what, on whose word, in Arabic news.

``aqwal.load(path_or_repo, revision=None)`` gives the typed documents and annotations of a built or published dataset,
and ``aqwal.folds()`` its folds; both need the extra ``hub`` and are imported only when used.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["__version__", "folds", "load"]

if TYPE_CHECKING:
    from aqwal.formats.hub import folds, load


def __getattr__(name: str) -> object:
    """``load`` and ``folds``, imported on first use, so that ``import aqwal`` stays light."""
    if name in ("folds", "load"):
        from aqwal.formats import hub

        return getattr(hub, name)
    raise AttributeError(f"module 'aqwal' has no attribute {name!r}")
