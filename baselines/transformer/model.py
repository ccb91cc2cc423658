"""The network: an encoder, tagging heads over pieces, a scorer of (cue, piece) pairs and scorers of span pairs.

Shapes: B windows in a batch, T sub-words, P pieces of one window, C cues, H the size of the heads' space.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import pairs, steps
from .windows import (
    ATTRIBUTION_FIELDS,
    CLAIM_FIELDS,
    CLAIM_TAGS,
    CUE_TAGS,
    MENTION_TAGS,
    ROLE_TAGS,
    GoldAttribution,
    Window,
    role_row,
)

#: Distances between a cue and a piece are clipped to this many pieces on either side.
REACH = 48


class PairScorer(nn.Module):
    """Labels for pairs of vectors: a perceptron over both, their product, and pair features."""

    def __init__(self, size: int, features: int, labels: int, dropout: float) -> None:
        super().__init__()
        self.left = nn.Linear(size, size)
        self.right = nn.Linear(size, size)
        self.features = nn.Linear(features, size) if features else None
        self.out = nn.Sequential(nn.GELU(), nn.Dropout(dropout), nn.Linear(size, labels))

    def forward(self, left: Tensor, right: Tensor, features: Tensor | None = None) -> Tensor:
        """(…, H) × (…, H) → (…, labels); the two broadcast."""
        joined = self.left(left) + self.right(right) + left * right
        if self.features is not None and features is not None:
            joined = joined + self.features(features)
        out: Tensor = self.out(joined)
        return out


class AttributionModel(nn.Module):
    """Everything that is learned. ``forward`` gives the loss; the other methods are the steps of prediction."""

    def __init__(
        self, encoder: nn.Module, size: int, head: int, mention_layers: int, claim_layers: int, dropout: float
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.project = nn.Sequential(nn.Linear(size, head), nn.GELU(), nn.LayerNorm(head), nn.Dropout(dropout))
        self.place = nn.Embedding(4, head)
        self.quoted = nn.Embedding(3, head)
        self.mention_heads = nn.ModuleList(nn.Linear(head, len(MENTION_TAGS)) for _ in range(mention_layers))
        self.claim_heads = nn.ModuleList(nn.Linear(head, len(CLAIM_TAGS)) for _ in range(claim_layers))
        self.cue_head = nn.Linear(head, len(CUE_TAGS))
        self.distance = nn.Embedding(2 * REACH + 3, head)
        self.is_cue = nn.Embedding(3, head)
        self.roles = PairScorer(head, 0, len(ROLE_TAGS), dropout)
        self.attribution_fields = nn.ModuleDict(
            {name: nn.Linear(3 * head + 2, len(labels)) for name, labels in ATTRIBUTION_FIELDS.items()}
        )
        self.claim_fields = nn.ModuleDict(
            {name: nn.Linear(2 * head, len(labels)) for name, labels in CLAIM_FIELDS.items()}
        )
        self.mention_flags = nn.Linear(head, 2)
        self.parents = PairScorer(head, pairs.PARENT_FEATURES, 1, dropout)
        self.same = PairScorer(head, pairs.ENTITY_FEATURES, 1, dropout)
        # Steps from tag to tag, counted by `count_steps`; buffers, so that checkpoints hold them.
        for name, tags in self._families().items():
            self.register_buffer(f"steps_{name}", torch.zeros(len(tags) + 1, len(tags)))

    def _families(self) -> dict[str, Sequence[str]]:
        """Tag names by family of heads."""
        layered = {f"mention{i}": MENTION_TAGS for i in range(len(self.mention_heads))}
        layered |= {f"claim{i}": CLAIM_TAGS for i in range(len(self.claim_heads))}
        return {**layered, "cue": CUE_TAGS, "role": ROLE_TAGS}

    def count_steps(self, windows: Sequence[Window]) -> None:
        """Count the steps from tag to tag in the gold of training windows."""
        rows: dict[str, list[Sequence[int]]] = {name: [] for name in self._families()}
        for window in windows:
            gold = window.gold
            assert gold is not None, "a training window without gold"
            for i in range(len(self.mention_heads)):
                rows[f"mention{i}"].append(gold.mention_tags[i])
            for i in range(len(self.claim_heads)):
                rows[f"claim{i}"].append(gold.claim_tags[i])
            rows["cue"].append(gold.cue_tags)
            rows["role"] += [role_row(a, len(window.tokens)) for a in gold.attributions]
        for name, tags in self._families().items():
            getattr(self, f"steps_{name}").copy_(torch.from_numpy(steps.count(rows[name], tags)))

    def paths(self, scores: Tensor, family: str) -> list[list[str]]:
        """The best tags of each row of scores (R, P, tags) under the family's steps."""
        names = self._families()[family]
        logs = F.log_softmax(scores.float(), dim=-1).cpu().numpy()
        found = steps.best_paths(logs, getattr(self, f"steps_{family}").cpu().numpy())
        return [[names[tag] for tag in path] for path in found]

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.cue_head.weight.device

    # ------------------------------------------------------------ steps

    def encode(self, windows: Sequence[Window]) -> list[Tensor]:
        """Piece vectors of each window, (P, H): the mean of a piece's sub-words, with its place and quotation."""
        longest = max(len(w.ids) for w in windows)
        ids = torch.zeros(len(windows), longest, dtype=torch.long)
        mask = torch.zeros(len(windows), longest, dtype=torch.long)
        for row, window in enumerate(windows):
            ids[row, : len(window.ids)] = torch.tensor(window.ids)
            mask[row, : len(window.ids)] = 1
        hidden = self.encoder(input_ids=ids.to(self.device), attention_mask=mask.to(self.device)).last_hidden_state
        made = []
        for row, window in enumerate(windows):
            means = self.spans(hidden[row], window.pieces)
            place = self.place(torch.tensor(window.place, device=self.device))
            quoted = self.quoted(torch.tensor(window.quoted, device=self.device))
            made.append(self.project(means) + place + quoted)
        return made

    def role_scores(self, pieces: Tensor, cues: Sequence[Sequence[int]]) -> Tensor:
        """(C, P, role tags): each piece as part of a source, content or medium of each cue (token indices)."""
        count = pieces.shape[0]
        state = torch.zeros(len(cues), count, dtype=torch.long)
        distance = torch.zeros(len(cues), count, dtype=torch.long)
        every = torch.arange(count)
        for row, cue in enumerate(cues):
            for other in cues:
                state[row, list(other)] = 1
            state[row, list(cue)] = 2
            low, high = min(cue), max(cue)
            away = torch.where(every < low, every - low, torch.where(every > high, every - high, 0))
            distance[row] = away.clamp(-REACH - 1, REACH + 1) + REACH + 1
        left = self.spans(pieces, cues).unsqueeze(1)
        right = pieces.unsqueeze(0) + self.is_cue(state.to(self.device)) + self.distance(distance.to(self.device))
        scores: Tensor = self.roles(left, right)
        return scores

    def spans(self, vectors: Tensor, groups: Sequence[Sequence[int]]) -> Tensor:
        """The mean of the vectors at each group of indices, zero for an empty group; (G, …) in one gather and sum."""
        counts = torch.tensor([len(group) for group in groups])
        flat = torch.tensor([i for group in groups for i in group], dtype=torch.long)
        owner = torch.repeat_interleave(torch.arange(len(groups)), counts).to(self.device)
        sums = vectors.new_zeros(len(groups), vectors.shape[-1]).index_add(0, owner, vectors[flat.to(self.device)])
        return sums / counts.clamp(min=1).to(self.device, vectors.dtype).unsqueeze(1)

    def pair_vectors(
        self, pieces: Tensor, left: Sequence[Sequence[int]], right: Sequence[Sequence[int]]
    ) -> tuple[Tensor, Tensor]:
        """Mean vectors of both sides of some pairs; each distinct group of indices is pooled once."""
        number: dict[tuple[int, ...], int] = {}
        sides = [[number.setdefault(tuple(group), len(number)) for group in side] for side in (left, right)]
        vectors = self.spans(pieces, list(number))
        first, second = (vectors[torch.tensor(side, device=self.device)] for side in sides)
        return first, second

    def field_input(
        self, pieces: Tensor, roles: Sequence[tuple[Sequence[int], Sequence[int], Sequence[int]]], window: Window
    ) -> Tensor:
        """What the fields of attributions (cue, source, content) are read off; (A, 3 H + 2).

        The roles' means, and how much of the content is quoted.
        """
        parts = [self.spans(pieces, [role[side] for role in roles]) for side in range(3)]
        extra = []
        for _, _, content in roles:
            inside = [window.tokens[i].region >= 0 for i in content if not window.tokens[i].punct]
            share = sum(inside) / len(inside) if inside else 0.0
            extra.append([share, float(share == 1.0)])
        return torch.cat([*parts, pieces.new_tensor(extra)], dim=-1)

    def claim_input(self, pieces: Tensor, claims: Sequence[Sequence[int]]) -> Tensor:
        """What the fields of claims are read off; (N, 2 H): their means and their beginnings."""
        return torch.cat([self.spans(pieces, claims), self.spans(pieces, [c[:2] for c in claims])], dim=-1)

    # ------------------------------------------------------------ training

    def forward(self, windows: Sequence[Window]) -> Mapping[str, Tensor]:
        """The summed loss of all heads on windows with gold; later heads see the gold of earlier ones."""
        losses: dict[str, list[Tensor]] = {}

        def add(name: str, value: Tensor) -> None:
            losses.setdefault(name, []).append(value)

        for window, pieces in zip(windows, self.encode(windows), strict=True):
            gold = window.gold
            assert gold is not None, "a training window without gold"
            for layer, head in enumerate(self.mention_heads):
                add(f"mention{layer}", F.cross_entropy(head(pieces), self._labels(gold.mention_tags[layer])))
            for layer, head in enumerate(self.claim_heads):
                add(f"claim{layer}", F.cross_entropy(head(pieces), self._labels(gold.claim_tags[layer])))
            add("cue", F.cross_entropy(self.cue_head(pieces), self._labels(gold.cue_tags)))
            if gold.mentions:
                vectors = self.spans(pieces, [range(*m.run) for m in gold.mentions])
                flags = pieces.new_tensor([[float(m.metonym), float(m.scare)] for m in gold.mentions])
                add("flags", F.binary_cross_entropy_with_logits(self.mention_flags(vectors), flags))
            if gold.attributions:
                self._attribution_losses(window, pieces, gold.attributions, add)
            if gold.claims:
                seen = self.claim_input(pieces, [c.tokens for c in gold.claims])
                for name, head in self.claim_fields.items():
                    add(
                        "claim fields", F.cross_entropy(head(seen), self._labels([c.fields[name] for c in gold.claims]))
                    )
            chosen = pairs.entity_examples(window)
            if chosen.left:
                left, right = self.pair_vectors(pieces, chosen.left, chosen.right)
                scores = self.same(left, right, pieces.new_tensor(chosen.features)).squeeze(-1)
                add("entity", F.binary_cross_entropy_with_logits(scores, pieces.new_tensor(chosen.labels)))
        total = torch.stack([torch.stack(values).mean() for values in losses.values()]).sum()
        return {"loss": total}

    def _attribution_losses(
        self, window: Window, pieces: Tensor, attributions: Sequence[GoldAttribution], add: object
    ) -> None:
        assert callable(add)
        cues = [a.cue for a in attributions]
        wanted = torch.stack([self._labels(role_row(a, len(window.tokens))) for a in attributions])
        scores = self.role_scores(pieces, cues)
        add("roles", F.cross_entropy(scores.flatten(0, 1), wanted.flatten()))
        seen = self.field_input(pieces, [(a.cue, a.source, a.content) for a in attributions], window)
        for name, head in self.attribution_fields.items():
            add("fields", F.cross_entropy(head(seen), self._labels([a.fields[name] for a in attributions])))
        candidates = pairs.parent_pairs(cues, [a.content for a in attributions], window)
        if candidates:
            left, right = self.pair_vectors(
                pieces, [cues[c.child] for c in candidates], [cues[c.parent] for c in candidates]
            )
            scores = self.parents(left, right, pieces.new_tensor([c.features for c in candidates])).squeeze(-1)
            labels = pieces.new_tensor([float(attributions[c.child].parent == c.parent) for c in candidates])
            add("parents", F.binary_cross_entropy_with_logits(scores, labels))

    def _labels(self, values: Sequence[int]) -> Tensor:
        return torch.tensor(values, dtype=torch.long, device=self.device)
