"""The parameters of config.toml, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class TransformerError(ValueError):
    """Something a user must put right: a parameter, a checkpoint, the training data. One clear line."""


@dataclass(frozen=True)
class Scratch:
    """Size of the small randomly initialised BERT."""

    vocabulary: int = 3000
    hidden_size: int = 128
    layers: int = 2
    heads: int = 4
    intermediate_size: int = 256


@dataclass(frozen=True)
class Settings:
    """All parameters; the defaults are those of config.toml."""

    encoder: str = "CAMeL-Lab/bert-base-arabic-camelbert-msa"
    revision: str = "main"
    split: str = "words"
    max_length: int = 384
    epochs: int = 30
    patience: int = 6
    dev_share: float = 0.15
    batch_size: int = 8
    learning_rate: float = 3e-5
    head_learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: float = 0.1
    dropout: float = 0.2
    head_size: int = 256
    mention_layers: int = 3
    claim_layers: int = 3
    output: str = ""
    resume: bool = False
    device: str = "auto"
    threads: int = 0
    verbose: bool = False
    scratch: Scratch = field(default_factory=Scratch)

    @classmethod
    def of(cls, params: Mapping[str, object]) -> Settings:
        """Read ``[params]``; an unknown or impossible value is a :class:`TransformerError`."""
        given = dict(params)
        _known(given, cls, "")
        sizes = given.pop("scratch", {})
        if not isinstance(sizes, Mapping):
            raise TransformerError("transformer: scratch is not a table; write [params.scratch]")
        _known(sizes, Scratch, "scratch.")
        made = cls(scratch=Scratch(**sizes), **given)  # type: ignore[arg-type]
        for name in ("epochs", "patience", "batch_size", "head_size", "mention_layers", "claim_layers"):
            _whole(name, getattr(made, name), 1)
        _whole("max_length", made.max_length, 16)
        _whole("threads", made.threads, 0)
        for name in ("vocabulary", "hidden_size", "layers", "heads", "intermediate_size"):
            _whole(f"scratch.{name}", getattr(made.scratch, name), 1)
        for name in ("learning_rate", "head_learning_rate"):
            _number(name, getattr(made, name), 0.0, 1.0, open_low=True)
        for name in ("dev_share", "weight_decay", "warmup", "dropout"):
            _number(name, getattr(made, name), 0.0, 0.9)
        if made.scratch.hidden_size % made.scratch.heads:
            raise TransformerError("transformer: scratch.hidden_size must be a multiple of scratch.heads")
        if made.split not in ("words", "pieces"):
            raise TransformerError(f'transformer: split is {made.split!r}; use "words" or "pieces"')
        if made.device not in ("auto", "cpu", "cuda"):
            raise TransformerError(f'transformer: device is {made.device!r}; use "auto", "cpu" or "cuda"')
        if made.resume and not made.output:
            raise TransformerError("transformer: resume needs an output folder to keep checkpoints in; set output")
        return made


def _known(given: Mapping[str, object], cls: type, prefix: str) -> None:
    known: Mapping[str, object] = cls.__dataclass_fields__  # type: ignore[attr-defined]
    for name in sorted(set(given) - set(known)):
        raise TransformerError(f"transformer: unknown parameter {prefix}{name}; known are {', '.join(sorted(known))}")


def _whole(name: str, value: object, low: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise TransformerError(f"transformer: {name} is {value!r}; give a whole number of at least {low}")


def _number(name: str, value: object, low: float, high: float, *, open_low: bool = False) -> None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    if not good or (open_low and value == low):
        raise TransformerError(f"transformer: {name} is {value!r}; give a number between {low} and {high}")
