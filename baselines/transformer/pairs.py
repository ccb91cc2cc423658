"""Pairs that the span-pair scorers judge: attribution and parent; source or name and earlier name or source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .windows import Window

PARENT_FEATURES = 6
ENTITY_FEATURES = 10
#: So many nearest earlier names, and speakers, are compared with an item.
NAMES, SPEAKERS = 10, 4


@dataclass(frozen=True)
class ParentPair:
    """Attribution ``child`` and its possible parent, by index in the window."""

    child: int
    parent: int
    features: list[float]


def parent_pairs(cues: Sequence[Sequence[int]], contents: Sequence[Sequence[int]], window: Window) -> list[ParentPair]:
    """Every attribution with each other one whose content reaches its cue, of its sentence, or shortly before."""
    made = []
    sentence = [window.tokens[cue[0]].sentence for cue in cues]
    held = [set(content) for content in contents]
    for i in range(len(cues)):
        for j in range(max(0, i - 8), min(len(cues), i + 5)):
            if i == j:
                continue
            holds = bool(held[j] & set(cues[i]))
            same = sentence[i] == sentence[j]
            if not (holds or same or i - 3 <= j < i):
                continue
            inner = holds and not any(
                k not in (i, j) and held[k] & set(cues[i]) and len(held[k]) < len(held[j]) for k in range(len(cues))
            )
            equal = bool(held[i]) and held[i] == held[j]
            inside = bool(held[i]) and held[i] <= held[j]
            features = [float(holds), float(inner), float(equal), float(inside), float(same), float(j < i)]
            made.append(ParentPair(i, j, features))
    return made


@dataclass(frozen=True)
class Item:
    """A name, or the source of an attribution (its cue where the source is only in the verb).

    ``order`` is the position where it stands, ``words`` the normalised pieces of its string.
    """

    indices: list[int]
    words: tuple[str, ...]
    type: str  # an entity type, "source" or "implicit"
    order: int

    @property
    def source(self) -> bool:
        """True for the source of an attribution."""
        return self.type in ("source", "implicit")


def item_of(window: Window, indices: Sequence[int], kind: str) -> Item:
    """An item at ``indices``."""
    words = tuple(window.words[i] for i in indices if not window.tokens[i].punct) if kind != "implicit" else ()
    return Item(list(indices), words, kind, indices[0])


def entity_features(window: Window, later: Item, earlier: Item, rank: int) -> list[float]:
    """Features of two items as one entity; ``rank`` counts the items of the earlier one's sort between them."""
    a, b = set(later.words), set(earlier.words)
    shared = len(a & b) / max(1, min(len(a), len(b)))
    inside = later.source and not earlier.source and set(earlier.indices) <= set(later.indices)
    gap = window.tokens[later.order].sentence - window.tokens[earlier.order].sentence
    return [
        float(later.words == earlier.words and bool(a)), shared, float(inside), float(later.type == "implicit"),
        float(later.type == "source"), float(earlier.source), float(later.type == earlier.type), 1.0 / (1 + rank),
        1.0 / (1 + abs(gap)), float(len(later.indices) == 1),
    ]  # fmt: skip


def comparisons(items: Sequence[Item]) -> list[tuple[int, int, int]]:
    """(later, earlier, rank) of the pairs to judge; ``items`` are in order of the text.

    A name is compared with the nearest earlier names and all that share a word with it; a source with the names inside
    it, the nearest earlier speakers and the nearest earlier names.
    """
    made: list[tuple[int, int, int]] = []
    for i, item in enumerate(items):
        names = speakers = 0
        for j in range(i - 1, -1, -1):
            other = items[j]
            if other.source:
                if item.source and speakers < SPEAKERS:
                    made.append((i, j, speakers))
                    speakers += 1
                continue
            if names < NAMES or (not item.source and set(item.words) & set(other.words)):
                made.append((i, j, names))
            names += 1
        if item.source:
            inside = set(item.indices)
            for j in range(i + 1, len(items)):
                if items[j].order > max(inside):
                    break
                if not items[j].source and set(items[j].indices) <= inside:
                    made.append((i, j, 0))
    return made


@dataclass
class Examples:
    """Training pairs for the entity scorer."""

    left: list[list[int]] = field(default_factory=list)
    right: list[list[int]] = field(default_factory=list)
    features: list[list[float]] = field(default_factory=list)
    labels: list[float] = field(default_factory=list)


def entity_examples(window: Window) -> Examples:
    """The pairs of a window's gold names and sources, labelled by whether they share an entity."""
    assert window.gold is not None
    held: list[tuple[Item, frozenset[str]]] = []
    for mention in window.gold.mentions:
        if mention.entity:
            item = item_of(window, list(range(*mention.run)), mention.type)
            held.append((item, frozenset({mention.entity})))
    for a in window.gold.attributions:
        if a.entities and (a.source or a.cue):
            held.append((item_of(window, a.source or a.cue, "source" if a.source else "implicit"), a.entities))
    held.sort(key=lambda pair: (pair[0].order, -len(pair[0].indices), pair[0].type))
    items = [item for item, _ in held]
    made = Examples()
    for i, j, rank in comparisons(items):
        made.left.append(items[i].indices)
        made.right.append(items[j].indices)
        made.features.append(entity_features(window, items[i], items[j], rank))
        made.labels.append(float(bool(held[i][1] & held[j][1])))
    return made
