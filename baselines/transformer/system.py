"""The `transformer` system (and, with ``encoder = "scratch"``, `transformer-scratch`)."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict

import torch
from transformers import TrainerCallback, set_seed

from aqwal.formats.jsonl import to_record
from aqwal.model import Annotations, Document

from . import encoder
from .assembly import assemble
from .decoding import Found, decode, dev_score
from .model import AttributionModel
from .settings import Settings, TransformerError
from .training import train, use_cuda
from .windows import Window, add_gold, make_windows

#: Windows predicted at a time.
BATCH = 8


class System:
    """An encoder with tagging heads and pair scorers, trained on transformers' Trainer."""

    def __init__(self, config: Mapping[str, object], seed: int = 0) -> None:
        self.settings = Settings.of(config)
        self.seed = seed
        self.history: list[dict[str, float]] = []
        self.callbacks: list[TrainerCallback] = []
        self._encoder: encoder.Encoder | None = None
        self._model: AttributionModel | None = None

    def fit(self, documents: Sequence[tuple[Document, Annotations]]) -> None:
        """Train on labelled documents; the number of epochs is settled by windows held out of them.

        Raises:
            TransformerError: if there is nothing to learn from, or the encoder cannot be had.
        """
        data = [(d, a) for d, a in documents if d.scored_sentences]
        if not data:
            raise TransformerError("transformer: no training text; give at least one document with a scored sentence")
        if not any(a.mentions or a.attributions or a.claims for _, a in data):
            raise TransformerError("transformer: the training documents have no labels; annotate at least one of them")
        settings = self.settings
        cuda = use_cuda(settings.device)
        set_seed(self.seed)
        if settings.encoder == "scratch":
            found = encoder.make(_lines([d for d, _ in data]), settings.scratch, settings.max_length, settings.dropout)
        else:
            found = encoder.load(settings)
        windows: list[Window] = []
        for document, annotations in data:
            made, _ = make_windows(document, found.tokenizer, found.limit, settings.split)
            add_gold(made, annotations, settings.mention_layers, settings.claim_layers)
            windows += made
        model = AttributionModel(
            found.model,
            found.size,
            settings.head_size,
            settings.mention_layers,
            settings.claim_layers,
            settings.dropout,
        )
        model.count_steps(windows)
        model.to("cuda" if cuda else "cpu")
        with threads(settings.threads):
            self.history = train(model, windows, settings, self.seed, dev_score, self._run(data), self.callbacks)
        self._encoder, self._model = found, model
        if settings.verbose and self.history:
            best = max(self.history, key=lambda row: row.get("held_out_score", 0.0))
            print(
                f"transformer: {settings.encoder}: {len(self.history)} epochs on {len(windows)} windows, best held-out "
                f"score {best.get('held_out_score', 0.0):.3f} at epoch {best['epoch']:.0f}",
                file=sys.stderr,
            )

    def _run(self, data: Sequence[tuple[Document, Annotations]]) -> str:
        """A name for this training run, the same for the same data, settings and seed."""
        keep = {
            k: v
            for k, v in asdict(self.settings).items()
            if k not in ("output", "resume", "verbose", "device", "threads")
        }
        digest = hashlib.sha256(json.dumps([keep, self.seed], sort_keys=True).encode())
        for document, annotations in data:
            digest.update(document.text.encode())
            digest.update(json.dumps(to_record(annotations), ensure_ascii=False, sort_keys=True).encode())
        name = "transformer-scratch" if self.settings.encoder == "scratch" else "transformer"
        return f"{name}/{digest.hexdigest()[:12]}"

    def predict(self, document: Document) -> Annotations:
        """Annotate one document.

        Raises:
            TransformerError: before `fit`.
        """
        if self._model is None or self._encoder is None:
            raise TransformerError("transformer: predict before fit; train the system on labelled documents first")
        windows, _ = make_windows(document, self._encoder.tokenizer, self._encoder.limit, self.settings.split)
        if not windows:
            return Annotations(document.id)
        found: list[Found] = []
        with torch.no_grad(), threads(self.settings.threads):
            for at in range(0, len(windows), BATCH):
                found += decode(self._model, windows[at : at + BATCH])
        return assemble(document, windows, found)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Torch on so many CPU threads for a while (0: as it is)."""
    before = torch.get_num_threads()
    if count:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _lines(documents: Sequence[Document]) -> list[str]:
    """The scored sentences of the training documents, pieces apart, for training a tokenizer."""
    return [
        " ".join(document.text[p.start : p.end] for w in sentence.words for p in w.pieces)
        for document in documents
        for sentence in document.scored_sentences
    ]
