"""From a trained model and windows to attributed spans, window by window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from . import pairs
from .model import AttributionModel
from .pieces import fragments
from .windows import (
    ATTRIBUTION_FIELDS,
    CLAIM_FIELDS,
    ROLE_TAGS,
    Run,
    Window,
    role_row,
)

#: More cues than this in one window are beyond what a text can hold; the first ones are kept.
MOST_CUES = 64


@dataclass
class FoundMention:
    """A predicted name or value."""

    run: Run
    type: str
    metonym: bool
    scare: bool


@dataclass
class FoundAttribution:
    """A predicted attribution: token indices of its roles, its fields, its parent's index in the window or -1."""

    cue: list[int]
    source: list[int]
    content: list[int]
    medium: list[int]
    fields: dict[str, str]
    parent: int = -1


@dataclass
class Found:
    """All predictions of a window; ``links`` are (later item, earlier item, probability) of shared entities.

    Items are numbered: first the mentions, then the attributions' sources.
    """

    mentions: list[FoundMention] = field(default_factory=list)
    attributions: list[FoundAttribution] = field(default_factory=list)
    claims: list[tuple[Run, dict[str, str]]] = field(default_factory=list)
    links: list[tuple[int, int, float]] = field(default_factory=list)


def _tags(scores: torch.Tensor, names: Sequence[str]) -> list[str]:
    return [names[i] for i in scores.argmax(-1).tolist()]


@torch.no_grad()
def decode(model: AttributionModel, windows: Sequence[Window]) -> list[Found]:
    """Predict every window of a batch."""
    model.eval()
    return [_one(model, window, pieces) for window, pieces in zip(windows, model.encode(windows), strict=True)]


def _one(model: AttributionModel, window: Window, pieces: torch.Tensor) -> Found:
    found = Found()
    seen: set[tuple[Run, str]] = set()
    for layer, head in enumerate(model.mention_heads):
        for first, last, kind in fragments(model.paths(head(pieces).unsqueeze(0), f"mention{layer}")[0]):
            run = _trimmed(window, first, last)
            if run is not None and (run, kind) not in seen:
                seen.add((run, kind))
                found.mentions.append(FoundMention(run, kind, False, False))
    found.mentions.sort(key=lambda m: (m.run[0], -m.run[1], m.type))
    if found.mentions:
        vectors = model.spans(pieces, [range(*m.run) for m in found.mentions])
        for mention, (metonym, scare) in zip(found.mentions, (model.mention_flags(vectors) > 0).tolist(), strict=True):
            mention.metonym, mention.scare = metonym, scare
    _attributions(model, window, pieces, found)
    claims: set[Run] = set()
    for layer, head in enumerate(model.claim_heads):
        for first, last, _ in fragments(model.paths(head(pieces).unsqueeze(0), f"claim{layer}")[0]):
            run = _trimmed(window, first, last)
            if run is not None:
                claims.add(run)
    ordered = sorted(claims, key=lambda r: (r[0], -r[1]))
    if ordered:
        seen_claims = model.claim_input(pieces, [range(*run) for run in ordered])
        columns = {name: _tags(head(seen_claims), CLAIM_FIELDS[name]) for name, head in model.claim_fields.items()}
        found.claims = [(run, {name: columns[name][i] for name in columns}) for i, run in enumerate(ordered)]
    return found


def _trimmed(window: Window, first: int, last: int) -> Run | None:
    while first < last and window.tokens[first].punct:
        first += 1
    while last > first and window.tokens[last - 1].punct:
        last -= 1
    return (first, last) if first < last else None


def _attributions(model: AttributionModel, window: Window, pieces: torch.Tensor, found: Found) -> None:
    cues: list[list[int]] = []
    for first, last, label in fragments(model.paths(model.cue_head(pieces).unsqueeze(0), "cue")[0]):
        run = _trimmed(window, first, last)
        if run is None:
            continue
        if label == "ADD" and cues and window.tokens[cues[-1][0]].sentence == window.tokens[run[0]].sentence:
            cues[-1] += range(*run)
        else:
            cues.append(list(range(*run)))
    del cues[MOST_CUES:]
    if cues:
        for cue, tags in zip(cues, model.paths(model.role_scores(pieces, cues), "role"), strict=True):
            held = {
                label: [i for i, tag in enumerate(tags) if tag[2:] == label and i not in cue]
                for label in ("SRC", "CON", "MED")
            }
            found.attributions.append(FoundAttribution(cue, held["SRC"], held["CON"], held["MED"], {}))
        seen = model.field_input(pieces, [(a.cue, a.source, a.content) for a in found.attributions], window)
        columns = {name: _tags(head(seen), ATTRIBUTION_FIELDS[name]) for name, head in model.attribution_fields.items()}
        for index, a in enumerate(found.attributions):
            a.fields = {name: columns[name][index] for name in columns}
            if a.source:
                a.fields["form"] = "span"
            elif a.fields["form"] == "span":
                a.fields["form"] = "implicit"
        _parents(model, window, pieces, found.attributions)
    _links(model, window, pieces, found)


def _parents(
    model: AttributionModel, window: Window, pieces: torch.Tensor, attributions: list[FoundAttribution]
) -> None:
    cues = [a.cue for a in attributions]
    candidates = pairs.parent_pairs(cues, [a.content for a in attributions], window)
    if not candidates:
        return
    left, right = model.pair_vectors(pieces, [cues[c.child] for c in candidates], [cues[c.parent] for c in candidates])
    scores = model.parents(left, right, pieces.new_tensor([c.features for c in candidates])).squeeze(-1).tolist()
    for score, c in sorted(
        zip(scores, candidates, strict=True), key=lambda p: (-round(p[0], 6), p[1].child, p[1].parent)
    ):
        if score > 0 and attributions[c.child].parent < 0 and not _circle(attributions, c.child, c.parent):
            attributions[c.child].parent = c.parent


def _circle(attributions: Sequence[FoundAttribution], child: int, parent: int) -> bool:
    while parent >= 0:
        if parent == child:
            return True
        parent = attributions[parent].parent
    return False


def _links(model: AttributionModel, window: Window, pieces: torch.Tensor, found: Found) -> None:
    items: list[tuple[pairs.Item, int]] = []
    for number, mention in enumerate(found.mentions):
        items.append((pairs.item_of(window, list(range(*mention.run)), mention.type), number))
    for number, a in enumerate(found.attributions):
        if a.fields["form"] != "none":
            kind = "source" if a.source else "implicit"
            items.append((pairs.item_of(window, a.source or a.cue, kind), len(found.mentions) + number))
    items.sort(key=lambda pair: (pair[0].order, -len(pair[0].indices), pair[0].type))
    only = [item for item, _ in items]
    chosen = pairs.comparisons(only)
    if not chosen:
        return
    left, right = model.pair_vectors(
        pieces, [only[i].indices for i, _, _ in chosen], [only[j].indices for _, j, _ in chosen]
    )
    features = pieces.new_tensor([pairs.entity_features(window, only[i], only[j], rank) for i, j, rank in chosen])
    chances = torch.sigmoid(model.same(left, right, features).squeeze(-1)).tolist()
    for (i, j, _), chance in zip(chosen, chances, strict=True):
        found.links.append((items[i][1], items[j][1], round(float(chance), 6)))


def dev_score(model: AttributionModel, windows: Sequence[Window]) -> float:
    """The held-out score for early stopping: mean F1 of mentions, cues, role tokens and claim tokens.

    Spans count whole (run and type); roles and claims count by token, so that progress shows early.
    """
    counts = [[0, 0] for _ in range(4)]
    for at in range(0, len(windows), 8):
        batch = windows[at : at + 8]
        for window, found in zip(batch, decode(model, batch), strict=True):
            gold = window.gold
            assert gold is not None
            parts: list[tuple[set[object], set[object]]] = [
                (
                    {(m.run, m.type) for m in found.mentions},
                    {(m.run, m.type) for m in gold.mentions},
                ),
                ({tuple(a.cue) for a in found.attributions}, {tuple(a.cue) for a in gold.attributions}),
                (
                    {(a.cue[0], label, i) for a in found.attributions for label, held in _held(a) for i in held},
                    {
                        (a.cue[0], ROLE_TAGS[tag][2:], i)
                        for a in gold.attributions
                        for i, tag in enumerate(role_row(a, len(window.tokens)))
                        if tag
                    },
                ),
                (
                    {(run[0], i) for run, _ in found.claims for i in range(*run)},
                    {(c.tokens[0], i) for c in gold.claims for i in c.tokens},
                ),
            ]
            for count, (mine, true) in zip(counts, parts, strict=True):
                count[0] += 2 * len(mine & true)
                count[1] += len(mine) + len(true)
    scores = [hits / total for hits, total in counts if total]
    return sum(scores) / len(scores) if scores else 0.0


def _held(a: FoundAttribution) -> list[tuple[str, list[int]]]:
    return [("SRC", a.source), ("CON", a.content), ("MED", a.medium)]
