"""Sub-words of a tokenizer laid over clitic pieces, by character offsets, never by decoded text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

#: Half-open code-point offsets.
Offsets = tuple[int, int]


@dataclass(frozen=True)
class Aligned:
    """Sub-word ids of a text without special tokens, and for each piece the indices of its sub-words (never none)."""

    ids: list[int]
    pieces: list[list[int]]


def align(tokenizer: PreTrainedTokenizerBase, text: str, pieces: Sequence[Offsets], split: str = "words") -> Aligned:
    """Tokenise ``text`` and give each piece (offsets into ``text``, in order) its sub-words.

    With ``split="words"`` the tokenizer sees the text as it is; a sub-word that crosses a clitic boundary belongs to
    both pieces. With ``split="pieces"``, or where the tokenizer gives no offsets, each piece is tokenised by itself.
    A piece that the tokenizer drops (marks or tatweel alone) borrows the nearest sub-word of its word, or is unknown.
    """
    if split == "words" and getattr(tokenizer, "is_fast", False):
        return _by_offsets(tokenizer, text, pieces)
    return _by_pieces(tokenizer, text, pieces)


def _unknown(tokenizer: PreTrainedTokenizerBase) -> int:
    for value in (tokenizer.unk_token_id, tokenizer.mask_token_id, tokenizer.pad_token_id):
        if isinstance(value, int):
            return value
    return 0


def _by_offsets(tokenizer: PreTrainedTokenizerBase, text: str, pieces: Sequence[Offsets]) -> Aligned:
    encoded = tokenizer(
        text, add_special_tokens=False, return_offsets_mapping=True, return_attention_mask=False, truncation=False,
        verbose=False,
    )  # fmt: skip
    ids = list(encoded["input_ids"])
    spans: list[Offsets] = [(int(a), int(b)) for a, b in encoded["offset_mapping"]]
    held: list[list[int]] = []
    low = 0
    for start, end in pieces:
        while low < len(spans) and spans[low][1] <= start:
            low += 1
        mine = []
        for index in range(low, len(spans)):
            a, b = spans[index]
            if a >= end:
                break
            if a < b and b > start:
                mine.append(index)
        held.append(mine)
    return Aligned(ids, _adopt(tokenizer, text, pieces, ids, held))


def _by_pieces(tokenizer: PreTrainedTokenizerBase, text: str, pieces: Sequence[Offsets]) -> Aligned:
    ids: list[int] = []
    held: list[list[int]] = []
    for start, end in pieces:
        mine = tokenizer(text[start:end], add_special_tokens=False, truncation=False, verbose=False)["input_ids"]
        held.append(list(range(len(ids), len(ids) + len(mine))))
        ids += mine
    return Aligned(ids, _adopt(tokenizer, text, pieces, ids, held))


def _adopt(
    tokenizer: PreTrainedTokenizerBase, text: str, pieces: Sequence[Offsets], ids: list[int], held: list[list[int]]
) -> list[list[int]]:
    """Give orphaned pieces a neighbour's sub-word where they touch, else an unknown token at the end of ``ids``."""
    for i, mine in enumerate(held):
        if mine:
            continue
        if i and held[i - 1] and pieces[i - 1][1] == pieces[i][0]:
            held[i] = [held[i - 1][-1]]
        elif i + 1 < len(held) and held[i + 1] and pieces[i + 1][0] == pieces[i][1]:
            held[i] = [held[i + 1][0]]
        else:
            ids.append(_unknown(tokenizer))
            held[i] = [len(ids) - 1]
    return held


def specials(tokenizer: PreTrainedTokenizerBase) -> tuple[list[int], list[int]]:
    """Ids that the tokenizer puts before and after a single text."""
    probe = "ا"
    bare = list(tokenizer(probe, add_special_tokens=False)["input_ids"])
    whole = list(tokenizer(probe, add_special_tokens=True)["input_ids"])
    for at in range(len(whole) - len(bare) + 1):
        if bare and whole[at : at + len(bare)] == bare:
            return whole[:at], whole[at + len(bare) :]
    return [], []
