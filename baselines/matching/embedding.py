"""Cosine of mean-pooled sentence embeddings, by any encoder in sentence-transformers style."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .scorers import Matrix
from .settings import MatchingError
from .text import ClaimText

#: Statements are embedded so many at a time, cut at so many tokens.
BATCH, LENGTH = 32, 128


class Embedding:
    """Embeds statements with an encoder from a local folder or a hub (safetensors only, no code of its own)."""

    def __init__(self, encoder: str, revision: str = "main", prefix: str = "") -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        self._torch = torch
        self._prefix = prefix
        folder = Path(encoder).expanduser()
        local = folder.is_dir()
        if local and not (folder / "config.json").is_file():
            raise MatchingError(f"matching: {encoder}: no config.json; give the folder of a saved encoder")
        if local and not any(folder.glob("*.safetensors")):
            raise MatchingError(f"matching: {encoder}: no safetensors weights; save them with model.save_pretrained")
        if local and not any(folder.glob("*token*")) and not any(folder.glob("vocab*")):
            raise MatchingError(f"matching: {encoder}: no tokenizer in the folder; save it there too")
        where = str(folder) if local else encoder
        given = {} if local else {"revision": revision}
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(where, trust_remote_code=False, **given)
            self._model = AutoModel.from_pretrained(
                where, trust_remote_code=False, use_safetensors=True, dtype=torch.float32, **given
            ).eval()
        except Exception as error:  # the hub client and the libraries each raise their own kinds
            text = " ".join(str(error).split())[:120]
            offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")
            why = "HF_HUB_OFFLINE is set and it is not in the local cache" if offline and not local else text
            raise MatchingError(
                f"matching: {encoder}: the encoder cannot be loaded ({why}); give the folder of a saved encoder"
            ) from None

    def score(self, claims: Sequence[ClaimText]) -> Matrix:
        """(N, N) cosines, negative ones as 0."""
        if not claims:
            return np.zeros((0, 0))
        vectors = np.concatenate([self._embed(claims[at : at + BATCH]) for at in range(0, len(claims), BATCH)])
        return np.clip(vectors @ vectors.T, 0.0, 1.0).astype(np.float64)

    def _embed(self, claims: Sequence[ClaimText]) -> np.ndarray:
        texts = [self._prefix + c.statement for c in claims]
        batch = self._tokenizer(texts, padding=True, truncation=True, max_length=LENGTH, return_tensors="pt")
        kept = {k: v for k, v in batch.items() if k in ("input_ids", "attention_mask", "token_type_ids")}
        with self._torch.no_grad():
            hidden = self._model(**kept).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        means = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        normal = self._torch.nn.functional.normalize(means, dim=-1)
        return np.asarray(normal.numpy())
