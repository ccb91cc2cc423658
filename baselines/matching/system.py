"""Claim matching: :class:`Matcher` clusters given claims of several documents.

This folder is no full system (it has no class ``System``): claim matching is scored over gold claims, which a system
that reads one document at a time never sees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Protocol

import numpy as np

from aqwal.model import Annotations, Document

from .clustering import best_cut, cluster
from .scorers import Combined, Matrix, Overlap, Tfidf
from .settings import MatchingError, Settings
from .text import ClaimText, Key, claim_texts, name_stems

#: More claims than this in one call would need gigabytes: scores are a dense matrix.
MOST = 6000

Labelled = tuple[Document, Annotations]


class _Scorer(Protocol):
    def score(self, claims: Sequence[ClaimText]) -> Matrix: ...


class Matcher:
    """Scores pairs of claims and clusters them; the cut-off is chosen inside the training documents."""

    def __init__(self, config: Mapping[str, object] | None = None, seed: int = 0) -> None:
        self.settings = Settings.of(config or {})
        self.seed = seed  # nothing here draws random numbers
        self.cut = 0.5
        self._scorer: _Scorer | None = None
        self._embedding: _Scorer | None = None

    def fit(self, documents: Sequence[Labelled]) -> None:
        """Learn scorer and cut-off from documents whose claims have clusters.

        The cut-off is the best one for pair scores that were made without the documents concerned: each document in
        turn is left out, and a pair's score is the mean over the scorers that did not see one of its claims.

        Raises:
            MatchingError: if there is no training claim with a cluster.
        """
        claims = claim_texts(documents)
        gold = _clusters(documents)
        if not any(gold):
            raise MatchingError("matching: no training claim has a cluster; give documents with annotated claims")
        _bounded(len(claims))
        held = self._held_out(documents, claims)
        self.cut = best_cut(held, gold, self.settings.linkage)
        self._scorer = self._train(documents)

    def _held_out(self, documents: Sequence[Labelled], claims: Sequence[ClaimText]) -> Matrix:
        names = sorted({c.key[0] for c in claims})
        if len(names) < 2 or self.settings.variant == "embedding":
            return self._train(documents).score(claims)
        total = np.zeros((len(claims), len(claims)))
        count = np.zeros_like(total)
        for name in names:
            rest = [pair for pair in documents if pair[0].id != name]
            out = np.array([c.key[0] == name for c in claims])
            involved = out[:, None] | out[None, :]
            total += np.where(involved, self._train(rest).score(claims), 0.0)
            count += involved
        return total / np.maximum(count, 1)

    def _train(self, documents: Sequence[Labelled]) -> _Scorer:
        claims = claim_texts(documents)
        variant = self.settings.variant
        if variant == "tfidf":
            return Tfidf().fit(claims)
        if variant == "overlap":
            return Overlap().fit(claims, name_stems(documents))
        if variant == "combined":
            return Combined(self.settings.regression_c).fit(claims, _clusters(documents), name_stems(documents))
        if self._embedding is None:
            from .embedding import Embedding

            self._embedding = Embedding(self.settings.encoder, self.settings.revision, self.settings.prefix)
        return self._embedding

    def matrix(self, documents: Sequence[Labelled]) -> tuple[list[Key], Matrix]:
        """The claims' keys and their (N, N) pair scores; only statements and spans are read, never clusters.

        Raises:
            MatchingError: before `fit`, or with too many claims.
        """
        if self._scorer is None:
            raise MatchingError("matching: match before fit; train on documents whose claims have clusters")
        claims = claim_texts(documents)
        _bounded(len(claims))
        return [c.key for c in claims], self._scorer.score(claims)

    def pair_scores(self, documents: Sequence[Labelled]) -> dict[tuple[Key, Key], float]:
        """The score of every pair of claims, in the order of the documents."""
        keys, scores = self.matrix(documents)
        return {(keys[i], keys[j]): float(scores[i, j]) for i, j in combinations(range(len(keys)), 2)}

    def match(self, documents: Sequence[Labelled]) -> dict[Key, str]:
        """A cluster id for every claim of ``documents``."""
        keys, scores = self.matrix(documents)
        return named(keys, cluster(scores, self.cut, self.settings.linkage))


def named(keys: Sequence[Key], labels: Sequence[int]) -> dict[Key, str]:
    """Cluster ids ``match-1``, ``match-2``, … by claim."""
    return {key: f"match-{label + 1}" for key, label in zip(keys, labels, strict=True)}


def stretched(scores: Matrix, cut: float) -> Matrix:
    """Scores on a scale where ``cut`` is one half: linear below it and above it, 0 and 1 stay."""
    return np.interp(scores, [0.0, cut, 1.0], [0.0, 0.5, 1.0])


def _clusters(documents: Sequence[Labelled]) -> list[str]:
    return [claim.cluster for _, annotations in documents for claim in annotations.claims]


def _bounded(count: int) -> None:
    if count > MOST:
        raise MatchingError(f"matching: {count} claims, over {MOST}; match fewer documents at a time")


def cross_match(
    documents: Sequence[Labelled], groups: Mapping[str, str], config: Mapping[str, object] | None = None, seed: int = 0
) -> tuple[dict[Key, str], dict[tuple[Key, Key], float]]:
    """Clusters and pair scores of all claims of a corpus, no pair scored by a matcher that knew one of its labels.

    For each reuse group a matcher is trained on the documents outside it, and scores the pairs that have a claim in
    it. A pair between two groups is scored by both groups' matchers, neither of which was trained on a pair with the
    held-out claim; the mean counts. Each matcher's scores are first stretched so that its own cut-off is one half, and
    all claims are then clustered at once, at one half.
    """
    claims = claim_texts(documents)
    keys = [c.key for c in claims]
    group = np.array([groups[key[0]] for key in keys])
    total = np.zeros((len(keys), len(keys)))
    count = np.zeros_like(total)
    for held in sorted(set(group.tolist())):
        matcher = Matcher(config, seed)
        matcher.fit([pair for pair in documents if groups[pair[0].id] != held])
        out = group == held
        involved = out[:, None] | out[None, :]
        total += np.where(involved, stretched(matcher.matrix(documents)[1], matcher.cut), 0.0)
        count += involved
    scores = total / np.maximum(count, 1)
    labels = cluster(scores, 0.5, Settings.of(config or {}).linkage)
    pairs = {(keys[i], keys[j]): float(scores[i, j]) for i, j in combinations(range(len(keys)), 2)}
    return named(keys, labels), pairs
