"""Encoders and their tokenizers: from a hub or folder (safetensors only, no code of theirs), or made from scratch."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import BpeTrainer
from transformers import AutoConfig, AutoModel, AutoTokenizer, BertConfig, BertModel, PreTrainedTokenizerFast

from .settings import Scratch, Settings, TransformerError

_TOKENIZER_FILES = (
    "tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model",
)  # fmt: skip
_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


@dataclass(frozen=True)
class Encoder:
    """An encoder with its tokenizer; ``limit`` is the longest input it takes, special tokens included."""

    model: torch.nn.Module
    tokenizer: PreTrainedTokenizerFast
    size: int
    limit: int


def load(settings: Settings) -> Encoder:
    """The pre-trained encoder that the settings name.

    Raises:
        TransformerError: if the folder or hub repository is missing, unreachable, or without config, tokenizer or
            safetensors weights; the message is one line.
    """
    name = settings.encoder
    folder = Path(name).expanduser()
    local = folder.is_dir()
    if local:
        _check_folder(folder)
    elif name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise TransformerError(f"transformer: {name}: no such folder; give a folder with a checkpoint, or a hub id")
    where = str(folder) if local else name
    given = {} if local else {"revision": settings.revision}
    try:
        config = AutoConfig.from_pretrained(where, trust_remote_code=False, **given)
        tokenizer = AutoTokenizer.from_pretrained(where, trust_remote_code=False, **given)
        model = AutoModel.from_pretrained(
            where, config=config, trust_remote_code=False, use_safetensors=True, dtype=torch.float32, **given
        )
    except Exception as error:  # the hub client, the file system and the libraries each raise their own kinds
        raise TransformerError(_explain(name, local, error)) from None
    size = getattr(config, "hidden_size", None)
    if not isinstance(size, int):
        raise TransformerError(f"transformer: {name}: its config has no hidden_size; use an encoder such as BERT")
    positions = getattr(config, "max_position_embeddings", 0) or settings.max_length
    # RoBERTa's positions begin after the padding id, so two of them are never used.
    usable = positions - 2 if config.model_type in ("roberta", "xlm-roberta", "camembert") else positions
    return Encoder(model, tokenizer, size, min(settings.max_length, usable))


def _check_folder(folder: Path) -> None:
    shown = folder.name or str(folder)
    if not (folder / "config.json").is_file():
        raise TransformerError(f"transformer: {shown}: no config.json; give the folder of a saved checkpoint")
    if not any((folder / file).is_file() for file in _TOKENIZER_FILES):
        raise TransformerError(
            f"transformer: {shown}: no tokenizer in the checkpoint folder; save it there with tokenizer.save_pretrained"
        )
    if not (folder / "model.safetensors").is_file() and not (folder / "model.safetensors.index.json").is_file():
        raise TransformerError(
            f"transformer: {shown}: no safetensors weights; save them with model.save_pretrained (other formats are not read)"
        )


def _explain(name: str, local: bool, error: Exception) -> str:
    text = " ".join(str(error).split())
    low = text.lower()
    if local:
        return f"transformer: {name}: the checkpoint cannot be read ({text[:160]})"
    if "safetensors" in low and "offline" not in low and "connect" not in low:
        return f"transformer: {name}: the repository has no safetensors weights at this revision; name one that has (revision)"
    if "custom code" in low or "trust_remote_code" in low:
        return f"transformer: {name}: the model needs code of its own, which is never run; use another encoder"
    offline = any(
        os.environ.get(key, "").upper() in ("1", "ON", "YES", "TRUE")
        for key in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    )
    reach = "HF_HUB_OFFLINE is set" if offline else "the hub cannot be reached or has no such repository"
    return (
        f"transformer: {name}: {reach}, and the model is not in the local cache; download it once where there is a "
        "network, or set encoder to the folder of a checkpoint"
    )


# ---------------------------------------------------------------- from scratch


def train_tokenizer(lines: Iterable[str], vocabulary: int) -> PreTrainedTokenizerFast:
    """A byte-pair tokenizer trained on ``lines`` alone; normalisation keeps hamza (NFC, never accent stripping).

    BPE with a word-start mark, because training WordPiece is not deterministic: its ``##`` symbols are numbered in the
    order of a hash table, and ties between merges fall by number.
    """
    tokenizer = Tokenizer(BPE(unk_token="[UNK]"))
    # Tatweel carries no meaning here; offsets still count the original's characters.
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace("ـ", ""), normalizers.Replace("ی", "ي"), normalizers.Replace("ک", "ك")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Punctuation(), pre_tokenizers.Metaspace()])
    trainer = BpeTrainer(vocab_size=vocabulary, special_tokens=_SPECIAL, show_progress=False, min_frequency=2)
    tokenizer.train_from_iterator(lines, trainer)
    first, last = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", first), ("[SEP]", last)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]",
    )  # fmt: skip


def make(lines: Iterable[str], sizes: Scratch, max_length: int, dropout: float) -> Encoder:
    """A small BERT with random weights and a tokenizer trained on ``lines`` (seed torch before)."""
    tokenizer = train_tokenizer(lines, sizes.vocabulary)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=sizes.hidden_size, num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads, intermediate_size=sizes.intermediate_size,
        max_position_embeddings=max_length + 2, hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout,
        pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    return Encoder(BertModel(config, add_pooling_layer=False), tokenizer, sizes.hidden_size, max_length)
