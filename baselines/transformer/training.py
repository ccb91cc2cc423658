"""Training on transformers' Trainer: early stopping on held-out windows, resumable, curves as a figure."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import Dataset
from transformers import EarlyStoppingCallback, TrainerCallback, TrainingArguments
from transformers.utils import logging as hf_logging

from .checkpoints import PlainTrainer
from .model import AttributionModel
from .settings import Settings, TransformerError
from .windows import Window

#: Scores a model on held-out windows; higher is better.
Scorer = Callable[[AttributionModel, Sequence[Window]], float]


class _Windows(Dataset[Window]):
    def __init__(self, windows: Sequence[Window]) -> None:
        self._windows = list(windows)

    def __len__(self) -> int:
        return len(self._windows)

    def __getitem__(self, index: int) -> Window:
        return self._windows[index]


def _collate(windows: list[Window]) -> dict[str, list[Window]]:
    return {"windows": windows}


class _Trainer(PlainTrainer):
    """Evaluates by loss and by the scorer."""

    scorer: Scorer
    held_out: Sequence[Window]

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        model = self.model
        assert isinstance(model, AttributionModel)
        model.eval()
        losses = []
        with torch.no_grad():
            for at in range(0, len(self.held_out), self.args.per_device_eval_batch_size):
                losses.append(float(model(self.held_out[at : at + self.args.per_device_eval_batch_size])["loss"]))
            score = self.scorer(model, self.held_out)
        metrics = {"eval_loss": sum(losses) / max(1, len(losses)), "eval_score": score}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


class _Plateau(EarlyStoppingCallback):
    """Early stopping under the name that checkpoints store its state by."""


def split_windows(windows: Sequence[Window], share: float, seed: int) -> tuple[list[Window], list[Window]]:
    """Training windows and held-out windows for early stopping, drawn with ``seed``; at least one of each."""
    if len(windows) < 2 or share <= 0:
        return list(windows), list(windows)
    count = min(len(windows) - 1, max(1, round(share * len(windows))))
    held = set(random.Random(seed).sample(range(len(windows)), count))
    return [w for i, w in enumerate(windows) if i not in held], [w for i, w in enumerate(windows) if i in held]


def precision(cuda: bool) -> dict[str, bool]:
    """Mixed precision arguments: bf16 or fp16 on a GPU, none on a CPU."""
    if not cuda:
        return {"bf16": False, "fp16": False}
    brain = torch.cuda.is_bf16_supported()
    return {"bf16": brain, "fp16": not brain}


def use_cuda(device: str) -> bool:
    """Whether to train on a GPU.

    Raises:
        TransformerError: if one is asked for and none is there.
    """
    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise TransformerError('transformer: device is "cuda" but no GPU is available; use "auto" or "cpu"')
    return there and device != "cpu"


def train(
    model: AttributionModel,
    windows: Sequence[Window],
    settings: Settings,
    seed: int,
    scorer: Scorer,
    run: str,
    callbacks: Sequence[TrainerCallback] = (),
) -> list[dict[str, float]]:
    """Train ``model`` in place, its best epoch's weights loaded; return the history by epoch.

    ``run`` names this training run (a hash of its data and settings): its folder under ``settings.output`` receives
    ``curves.png`` and ``history.json``, and with ``settings.resume`` the checkpoints, from the last of which an
    interrupted run goes on.
    """
    fitting, held_out = split_windows(windows, settings.dev_share, seed)
    with tempfile.TemporaryDirectory(prefix="aqwal-transformer-") as scratch:
        kept = Path(settings.output) / run if settings.output else None
        folder = kept / "checkpoints" if kept is not None and settings.resume else Path(scratch)
        last = _last_checkpoint(folder) if settings.resume else None
        cuda = use_cuda(settings.device)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trainer = _make(model, fitting, settings, seed, folder, cuda, callbacks)
            trainer.scorer, trainer.held_out = scorer, held_out
            trainer.train(resume_from_checkpoint=str(last) if last is not None else None)
        history = _history(trainer.state.log_history)
        if kept is not None:
            _keep(kept, history)
            if settings.resume and settings.output:
                shutil.rmtree(folder, ignore_errors=True)  # finished: nothing is left to resume
    model.eval()
    return history


def _make(
    model: AttributionModel,
    fitting: Sequence[Window],
    settings: Settings,
    seed: int,
    folder: Path,
    cuda: bool,
    callbacks: Sequence[TrainerCallback],
) -> _Trainer:
    hf_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    steps = -(-len(fitting) // settings.batch_size) * settings.epochs
    arguments = TrainingArguments(
        output_dir=str(folder), num_train_epochs=settings.epochs, per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=settings.batch_size, learning_rate=settings.learning_rate,
        warmup_steps=int(settings.warmup * steps), lr_scheduler_type="linear", max_grad_norm=1.0,
        eval_strategy="epoch", save_strategy="epoch", logging_strategy="epoch", save_total_limit=1,
        save_only_model=not settings.resume, load_best_model_at_end=True, metric_for_best_model="eval_score",
        greater_is_better=True, restore_callback_states_from_checkpoint=True, seed=seed, data_seed=seed,
        report_to="none", disable_tqdm=True, remove_unused_columns=False, use_cpu=not cuda, dataloader_pin_memory=cuda,
        **precision(cuda),
    )  # fmt: skip
    encoder = set(model.encoder.parameters())
    heads = [p for p in model.parameters() if p not in encoder]
    optimizer = torch.optim.AdamW(
        [
            {"params": list(model.encoder.parameters()), "lr": settings.learning_rate},
            {"params": heads, "lr": settings.head_learning_rate},
        ],
        weight_decay=settings.weight_decay,
    )
    stop = _Plateau(early_stopping_patience=settings.patience)
    trainer = _Trainer(
        model=model, args=arguments, train_dataset=_Windows(fitting), eval_dataset=_Windows(fitting[:1]),
        data_collator=_collate, optimizers=(optimizer, None), callbacks=[stop, *callbacks],
    )  # fmt: skip
    for quiet in [
        c for c in trainer.callback_handler.callbacks if type(c).__name__ in ("PrinterCallback", "ProgressCallback")
    ]:
        trainer.remove_callback(quiet)
    return trainer


def _last_checkpoint(folder: Path) -> Path | None:
    found = []
    for path in folder.glob("checkpoint-*") if folder.is_dir() else ():
        number = re.fullmatch(r"checkpoint-(\d+)", path.name)
        if number and (path / "trainer_state.json").is_file():
            found.append((int(number[1]), path))
    return max(found)[1] if found else None


def _history(log: Sequence[dict[str, float]]) -> list[dict[str, float]]:
    """One row an epoch: training loss, held-out loss and score."""
    rows: dict[float, dict[str, float]] = {}
    for entry in log:
        epoch = float(entry.get("epoch", 0.0))
        for theirs, mine in (("loss", "loss"), ("eval_loss", "held_out_loss"), ("eval_score", "held_out_score")):
            if theirs in entry:
                rows.setdefault(epoch, {"epoch": epoch})[mine] = float(entry[theirs])
    return [rows[epoch] for epoch in sorted(rows)]


def _keep(folder: Path, history: list[dict[str, float]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / "history.json.part"
    partial.write_text(json.dumps(history, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, folder / "history.json")
    draw(history, folder / "curves.png")


def draw(history: Sequence[dict[str, float]], path: Path) -> None:
    """The loss and score curves as a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    for name, label in (("loss", "training"), ("held_out_loss", "held out")):
        points = [(row["epoch"], row[name]) for row in history if name in row]
        left.plot([x for x, _ in points], [y for _, y in points], label=label)
    left.set(xlabel="epoch", ylabel="loss")
    left.legend()
    points = [(row["epoch"], row["held_out_score"]) for row in history if "held_out_score" in row]
    right.plot([x for x, _ in points], [y for _, y in points], color="tab:green")
    right.set(xlabel="epoch", ylabel="held-out score", ylim=(0, 1))
    if points:
        best = max(points, key=lambda point: (point[1], -point[0]))
        right.axvline(best[0], color="grey", linewidth=0.8)
    partial = path.with_name(path.name + ".part")
    figure.savefig(partial, format="png", dpi=120, metadata={"Software": None})
    os.replace(partial, path)
