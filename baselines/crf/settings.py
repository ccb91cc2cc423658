"""The parameters of config.toml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .tagger import Weights


class SettingsError(ValueError):
    """A parameter that cannot be used; the message names it and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """What the stages need to know; the defaults are those of config.toml."""

    grid: tuple[Weights, ...] = ((0.05, 0.01), (0.05, 0.1), (0.3, 0.01))
    max_iterations: int = 60
    mention_layers: int = 3
    regression_c: float = 1.0
    max_inner_folds: int = 4
    morphology: str = "auto"
    verbose: bool = False

    @classmethod
    def of(cls, params: Mapping[str, object]) -> Settings:
        """Read ``[params]``; an unknown or impossible value is a :class:`SettingsError`."""
        known = set(cls.__dataclass_fields__)
        unknown = sorted(set(params) - known)
        if unknown:
            raise SettingsError(f"crf: unknown parameter {unknown[0]}; known are {', '.join(sorted(known))}")
        given = dict(params)
        if "grid" in given:
            given["grid"] = _grid(given["grid"])
        for name, low in (("max_iterations", 1), ("mention_layers", 1), ("max_inner_folds", 1)):
            if name in given and not (isinstance(given[name], int) and given[name] >= low):  # type: ignore[operator]
                raise SettingsError(f"crf: {name} is {given[name]!r}; give a whole number of at least {low}")
        value = given.get("regression_c", 1.0)
        if not isinstance(value, int | float) or value <= 0:
            raise SettingsError(f"crf: regression_c is {value!r}; give a number above 0")
        if given.get("morphology", "auto") not in ("auto", "no"):
            raise SettingsError(f'crf: morphology is {given["morphology"]!r}; use "auto" or "no"')
        return cls(**given)  # type: ignore[arg-type]


def _grid(value: object) -> tuple[Weights, ...]:
    try:
        pairs = tuple((float(a), float(b)) for a, b in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        pairs = ()
    if not pairs or any(a < 0 or b < 0 for a, b in pairs):
        raise SettingsError(f"crf: grid is {value!r}; give pairs of weights such as [[0.05, 0.1]]")
    return pairs
