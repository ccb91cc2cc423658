"""Inner folds: groups of training documents, near-duplicates together, for every choice made inside training."""

from __future__ import annotations

from collections.abc import Sequence

from aqwal.model import Document

from .normal import norm

#: Documents that share more than this part of the smaller one's word 4-grams are kept in one group.
SHARED = 0.15


def _shingles(document: Document) -> set[tuple[str, ...]]:
    words = [norm(word.form) for word in document.scored_words]
    return {tuple(words[i : i + 4]) for i in range(len(words) - 3)}


def groups_of(documents: Sequence[Document], most: int) -> list[int]:
    """An inner group number for each document; rewrites of one another share one, and there are at most ``most``.

    With a single document the groups are for its paragraphs instead: see :func:`paragraph_groups`.
    """
    shingles = [_shingles(document) for document in documents]
    group = list(range(len(documents)))
    for i in range(len(documents)):
        for j in range(i):
            smaller = min(len(shingles[i]), len(shingles[j]))
            if smaller and len(shingles[i] & shingles[j]) > SHARED * smaller:
                old, new = group[i], group[j]
                group = [new if g == old else g for g in group]
    names = sorted(set(group))
    if len(names) > most:  # large groups first, each to the smallest bin
        sizes = {name: sum(len(d.text) for d, g in zip(documents, group, strict=True) if g == name) for name in names}
        bins = [0] * most
        place = {}
        for name in sorted(names, key=lambda n: (-sizes[n], n)):
            place[name] = min(range(most), key=lambda b: (bins[b], b))
            bins[place[name]] += sizes[name]
    else:
        place = {name: index for index, name in enumerate(names)}
    return [place[g] for g in group]


def paragraph_groups(paragraphs: int, most: int) -> list[int]:
    """Contiguous blocks of a lone document's paragraphs, for when there is no second document to hold out."""
    count = max(1, min(most, 3, paragraphs))
    return [min(count - 1, i * count // max(1, paragraphs)) for i in range(paragraphs)]
