"""Training state without pickle: tensors in safetensors, everything else in JSON."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import Trainer

_OPTIMIZER, _SCHEDULER, _RANDOM = "optimizer", "scheduler.json", "random"


def save_optimizer(optimizer: torch.optim.Optimizer, folder: Path) -> None:
    """Write an optimizer's state: tensors to ``optimizer.safetensors``, the rest to ``optimizer.json``."""
    state = optimizer.state_dict()
    tensors: dict[str, torch.Tensor] = {}
    scalars: dict[str, dict[str, Any]] = {}
    for index, values in state["state"].items():
        for name, value in values.items():
            if isinstance(value, torch.Tensor):
                tensors[f"{index}.{name}"] = value.detach().cpu().contiguous()
            else:
                scalars.setdefault(str(index), {})[name] = value
    save_file(tensors, folder / f"{_OPTIMIZER}.safetensors")
    _write(folder / f"{_OPTIMIZER}.json", {"param_groups": state["param_groups"], "scalars": scalars})


def load_optimizer(optimizer: torch.optim.Optimizer, folder: Path) -> None:
    """Restore what :func:`save_optimizer` wrote."""
    rest = json.loads((folder / f"{_OPTIMIZER}.json").read_text(encoding="utf-8"))
    state: dict[int, dict[str, Any]] = {int(i): dict(values) for i, values in rest["scalars"].items()}
    for key, tensor in load_file(folder / f"{_OPTIMIZER}.safetensors").items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": [_group(g) for g in rest["param_groups"]]})


def _group(group: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if name == "betas" else value for name, value in group.items()}


def save_random(folder: Path) -> None:
    """Write the state of every random number generator."""
    version, internal, gauss = random.getstate()
    name, keys, position, has_gauss, cached = np.random.get_state(legacy=True)  # noqa: NPY002 - what transformers seeds
    tensors = {"torch": torch.get_rng_state(), "numpy": torch.from_numpy(np.asarray(keys, dtype=np.int64))}
    if torch.cuda.is_available():
        tensors |= {f"cuda{i}": state for i, state in enumerate(torch.cuda.get_rng_state_all())}
    save_file(tensors, folder / f"{_RANDOM}.safetensors")
    rest = {
        "python": [version, list(internal), gauss],
        "numpy": [str(name), int(position), int(has_gauss), float(cached)],
    }
    _write(folder / f"{_RANDOM}.json", rest)


def load_random(folder: Path) -> None:
    """Restore what :func:`save_random` wrote."""
    rest = json.loads((folder / f"{_RANDOM}.json").read_text(encoding="utf-8"))
    tensors = load_file(folder / f"{_RANDOM}.safetensors")
    version, internal, gauss = rest["python"]
    random.setstate((version, tuple(internal), gauss))
    name, position, has_gauss, cached = rest["numpy"]
    np.random.set_state((name, tensors["numpy"].numpy().astype(np.uint32), position, has_gauss, cached))  # noqa: NPY002 - what transformers seeds
    torch.set_rng_state(tensors["torch"])
    devices = [tensors[f"cuda{i}"] for i in range(len(tensors)) if f"cuda{i}" in tensors]
    if devices and torch.cuda.is_available() and len(devices) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(devices)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")


class PlainTrainer(Trainer):
    """A Trainer whose checkpoints hold no pickle: it overrides every method that would call ``torch.save``."""

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        folder = Path(output_dir or self.args.output_dir or ".")
        folder.mkdir(parents=True, exist_ok=True)
        weights = self.model.state_dict() if state_dict is None else state_dict
        whole = {name: value.detach().cpu().contiguous() for name, value in weights.items()}
        partial = folder / "model.safetensors.part"
        save_file(whole, partial, metadata={"format": "pt"})
        os.replace(partial, folder / "model.safetensors")

    def _save_optimizer_and_scheduler(self, output_dir: str) -> None:
        assert self.optimizer is not None and self.lr_scheduler is not None
        save_optimizer(getattr(self.optimizer, "optimizer", self.optimizer), Path(output_dir))
        state = {k: v for k, v in self.lr_scheduler.state_dict().items() if k != "lr_lambdas"}
        _write(Path(output_dir) / _SCHEDULER, state)

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        if checkpoint is None:
            return
        assert self.optimizer is not None and self.lr_scheduler is not None
        load_optimizer(getattr(self.optimizer, "optimizer", self.optimizer), Path(checkpoint))
        state = json.loads((Path(checkpoint) / _SCHEDULER).read_text(encoding="utf-8"))
        lambdas = self.lr_scheduler.state_dict().get("lr_lambdas", [])
        self.lr_scheduler.load_state_dict({**state, "lr_lambdas": lambdas})

    def _save_rng_state(self, output_dir: str) -> None:
        save_random(Path(output_dir))

    def _load_rng_state(self, checkpoint: str | None) -> None:
        if checkpoint is not None:
            load_random(Path(checkpoint))

    def _save_scaler(self, output_dir: str) -> None:
        scaler = getattr(self.accelerator, "scaler", None)
        if scaler is not None:
            _write(Path(output_dir) / "scaler.json", scaler.state_dict())

    def _load_scaler(self, checkpoint: str | None) -> None:
        path = Path(checkpoint or "") / "scaler.json"
        scaler = getattr(self.accelerator, "scaler", None)
        if checkpoint is not None and scaler is not None and path.is_file():
            scaler.load_state_dict(json.loads(path.read_text(encoding="utf-8")))
