"""The parameters of config.toml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

VARIANTS = ("tfidf", "overlap", "combined", "embedding")
LINKAGES = ("average", "complete", "correlation")


class MatchingError(ValueError):
    """Something a user must put right, in one clear line."""


@dataclass(frozen=True)
class Settings:
    """All parameters; the defaults are those of config.toml."""

    variant: str = "combined"
    linkage: str = "average"
    regression_c: float = 1.0
    encoder: str = ""
    revision: str = "main"
    prefix: str = ""

    @classmethod
    def of(cls, params: Mapping[str, object]) -> Settings:
        """Read ``[params]``; an unknown or impossible value is a :class:`MatchingError`."""
        for name in sorted(set(params) - set(cls.__dataclass_fields__)):
            known = ", ".join(cls.__dataclass_fields__)
            raise MatchingError(f"matching: unknown parameter {name}; known are {known}")
        made = cls(**params)  # type: ignore[arg-type]
        if made.variant not in VARIANTS:
            raise MatchingError(f"matching: variant is {made.variant!r}; use one of {', '.join(VARIANTS)}")
        if made.linkage not in LINKAGES:
            raise MatchingError(f"matching: linkage is {made.linkage!r}; use one of {', '.join(LINKAGES)}")
        if (
            isinstance(made.regression_c, bool)
            or not isinstance(made.regression_c, int | float)
            or made.regression_c <= 0
        ):
            raise MatchingError(f"matching: regression_c is {made.regression_c!r}; give a number above 0")
        if made.variant == "embedding" and not made.encoder:
            raise MatchingError("matching: the embedding variant needs an encoder; set it to a folder or a hub id")
        return made
