"""A linear-chain CRF (python-crfsuite): training in memory, choice of weights by inner folds, soft decoding."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pycrfsuite

from .features import Rows

#: An elastic-net pair (c1, c2).
Weights = tuple[float, float]


@dataclass
class Sequences:
    """Training sequences, their tags, and the inner group of each (all pieces of one document share a group)."""

    rows: list[pycrfsuite.ItemSequence]
    tags: list[list[str]]
    groups: list[int]

    @classmethod
    def of(cls, rows: Sequence[Rows], tags: Sequence[Sequence[str]], groups: Sequence[int]) -> Sequences:
        """Convert feature rows once, so that every training run shares them."""
        return cls([pycrfsuite.ItemSequence(r) for r in rows], [list(t) for t in tags], list(groups))


class Tagger:
    """One trained CRF. A tagger whose training data has no tag but O has no model and tags everything O."""

    def __init__(self, weights: Weights = (0.05, 0.1), max_iterations: int = 60) -> None:
        self.weights = weights
        self.max_iterations = max_iterations
        self._tagger: pycrfsuite.Tagger | None = None
        self._model = b""

    def fit(self, data: Sequences, keep: Callable[[int], bool] = lambda group: True) -> Tagger:
        """Train on the sequences whose group ``keep`` accepts."""
        chosen = [i for i, group in enumerate(data.groups) if keep(group) and data.tags[i]]
        if all(tag == "O" for i in chosen for tag in data.tags[i]):
            return self
        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params(
            {
                "c1": self.weights[0],
                "c2": self.weights[1],
                "max_iterations": self.max_iterations,
                "feature.possible_transitions": False,
            }
        )
        for i in chosen:
            trainer.append(data.rows[i], data.tags[i])
        with tempfile.TemporaryDirectory(prefix="aqwal-crf-") as folder:
            path = Path(folder) / "model.crfsuite"
            trainer.train(str(path))
            self._model = path.read_bytes()
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(self._model)
        return self

    def tag(self, rows: Rows | pycrfsuite.ItemSequence) -> list[str]:
        """The best tag sequence."""
        if not len(rows):
            return []
        if self._tagger is None:
            return ["O"] * len(rows)
        return list(
            self._tagger.tag(rows if isinstance(rows, pycrfsuite.ItemSequence) else pycrfsuite.ItemSequence(rows))
        )

    def beginnings(self, rows: Rows | pycrfsuite.ItemSequence, label: str) -> tuple[list[str], list[float]]:
        """The best tags, and for each place the marginal probability of ``label`` there."""
        tags = self.tag(rows)
        if self._tagger is None or not tags or label not in self._tagger.labels():
            return tags, [0.0] * len(tags)
        return tags, [self._tagger.marginal(label, i) for i in range(len(tags))]


@dataclass(frozen=True)
class HeldOut:
    """What a tagger of the chosen weights says of its own training sequences when they are held out."""

    weights: Weights
    tags: list[list[str]]
    marginals: list[list[float]]


def choose(
    data: Sequences,
    grid: Sequence[Weights],
    max_iterations: int,
    spans: Callable[[list[str]], set[object]],
    label: str = "",
) -> HeldOut:
    """The pair of ``grid`` with the best inner-fold F1 of ``spans`` (first on ties), and its held-out output.

    Every inner group is tagged by a CRF trained on the other groups. With one group there is nothing to hold out: the
    first pair is taken, and the training tags themselves stand for held-out ones. ``label`` names the tag whose
    marginals are wanted (none by default).
    """
    names = sorted(set(data.groups))
    if len(names) < 2:
        certain = [[float(tag == label) for tag in tags] for tags in data.tags]
        return HeldOut(grid[0], [list(t) for t in data.tags], certain)
    best: tuple[float, HeldOut] | None = None
    for weights in grid:
        out: list[list[str]] = [[] for _ in data.tags]
        marginals: list[list[float]] = [[] for _ in data.tags]
        for name in names:
            tagger = Tagger(weights, max_iterations).fit(data, lambda group, name=name: group != name)
            for i, group in enumerate(data.groups):
                if group == name:
                    out[i], marginals[i] = tagger.beginnings(data.rows[i], label)
        score = _f1(map(spans, out), map(spans, data.tags))
        if best is None or score > best[0] + 1e-12:
            best = (score, HeldOut(weights, out, marginals))
    assert best is not None
    return best[1]


def _f1(found: Iterable[set[object]], wanted: Iterable[set[object]]) -> float:
    hits = total = 0
    for mine, true in zip(found, wanted, strict=True):
        hits += len(mine & true)
        total += len(mine) + len(true)
    return 2 * hits / max(1, total)


#: Cut-offs that :func:`threshold` chooses from.
CUTOFFS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def threshold(held: HeldOut, data: Sequences, label: str) -> float:
    """The cut-off on the held-out marginals of ``label`` with the best F1 (0.5 where nothing was held out or on ties)."""
    if len(set(data.groups)) < 2:
        return 0.5
    best = (-1.0, 0.5)
    for cut in sorted(CUTOFFS, key=lambda c: abs(c - 0.5)):
        found = [{i for i, p in enumerate(row) if p >= cut} for row in held.marginals]
        true = [{i for i, tag in enumerate(row) if tag == label} for row in data.tags]
        score = _f1(found, true)  # type: ignore[arg-type]
        if score > best[0] + 1e-12:
            best = (score, cut)
    return best[1]


def starts_above(tags: Sequence[str], marginals: Sequence[float], cut: float, label: str) -> list[tuple[int, int]]:
    """Runs that begin where the marginal of ``B-label`` reaches ``cut`` and go on over the best path's ``I-label``."""
    made: list[tuple[int, int]] = []
    for i, probability in enumerate(marginals):
        if probability < cut:
            continue
        end = i + 1
        while end < len(tags) and tags[end] == "I-" + label and marginals[end] < cut:
            end += 1
        made.append((i, end))
    return made
