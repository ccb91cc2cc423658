"""Tag sequences: transition scores counted in training, and the best path under them.

Every piece is scored by itself, so bare maxima break a long content or claim into crumbs. The steps from tag to tag are
counted in the training windows instead of learned, and the best path is found by Viterbi (1967). A head already knows
how common a tag is, so a step counts by how much likelier it makes the tag than that (the hybrid of Bourlard and Morgan,
1994, divides by the prior for the same reason): where steps tell nothing, the best path is the bare maxima.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

#: Scores of a step that BIO forbids, and pseudo-counts of one that training never showed.
FORBIDDEN, UNSEEN = -1e4, 0.1


def allowed(previous: str, tag: str) -> bool:
    """Whether ``tag`` may follow ``previous`` ("" before the first): an I only goes on with its own label.

    >>> allowed("B-X", "I-X"), allowed("", "I-X"), allowed("I-Y", "I-X"), allowed("I-X", "B-X")
    (True, False, False, True)
    """
    return tag[0] != "I" or previous[2:] == tag[2:]


def count(rows: Iterable[Sequence[int]], names: Sequence[str]) -> NDArray[np.float32]:
    """Log ratios of a step's probability and its tag's, (tags + 1, tags); the last row is the step into the first piece."""
    size = len(names)
    counts = np.full((size + 1, size), UNSEEN)
    for row in rows:
        previous = size
        for tag in row:
            counts[previous, tag] += 1
            previous = tag
    before = [*names, ""]
    mask = np.array([[allowed(p, t) for t in names] for p in before])
    counts[~mask] = 0.0
    share = counts.sum(axis=0) / counts.sum()
    logs = np.log(np.maximum(counts / counts.sum(axis=1, keepdims=True), 1e-30)) - np.log(share)
    return np.where(mask, logs, FORBIDDEN).astype(np.float32)


def best_paths(scores: NDArray[np.float32], steps: NDArray[np.float32]) -> list[list[int]]:
    """The best tag path of each row; scores (R, P, tags) are log probabilities, steps as :func:`count` gives them.

    >>> steps = count([[0, 1, 2, 2, 0]] * 9, ("O", "B-X", "I-X"))
    >>> emit = np.log(np.array([[[.8, .1, .1], [.1, .8, .1], [.5, .1, .4], [.1, .1, .8], [.8, .1, .1]]], dtype=np.float32))
    >>> best_paths(emit, steps)
    [[0, 1, 2, 2, 0]]
    """
    rows, length, size = scores.shape
    if not length or not rows:
        return [[] for _ in range(rows)]
    best = scores[:, 0] + steps[size]
    back = np.zeros((length, rows, size), dtype=np.int64)
    for at in range(1, length):
        through = best[:, :, None] + steps[None, :size]
        back[at] = through.argmax(axis=1)
        best = np.take_along_axis(through, back[at][:, None, :], axis=1)[:, 0] + scores[:, at]
    paths = np.zeros((rows, length), dtype=np.int64)
    paths[:, -1] = best.argmax(axis=1)
    for at in range(length - 1, 0, -1):
        paths[:, at - 1] = back[at, np.arange(rows), paths[:, at]]
    return [[int(tag) for tag in path] for path in paths]
