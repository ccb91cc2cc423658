"""Scores in [0, 1] for every pair of claims, by one of four scorers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from .text import ClaimText

#: An N × N symmetric matrix.
Matrix = NDArray[np.float64]


class Tfidf:
    """Cosine of character n-gram TF-IDF vectors, the mean over statements and over spans."""

    def __init__(self) -> None:
        self._statements = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        self._spans = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        self._ready = False

    def fit(self, claims: Sequence[ClaimText]) -> Tfidf:
        """Learn the n-grams' weights."""
        self._ready = any(c.statement.strip() for c in claims) and any(c.span.strip() for c in claims)
        if self._ready:
            self._statements.fit([c.statement for c in claims])
            self._spans.fit([c.span for c in claims])
        return self

    def parts(self, claims: Sequence[ClaimText]) -> list[Matrix]:
        """The cosines of statements and of spans, each (N, N)."""
        if not self._ready or not claims:
            return [np.zeros((len(claims), len(claims)))] * 2
        return [
            _dense(vectors @ vectors.T)
            for vectors in (
                self._statements.transform([c.statement for c in claims]),
                self._spans.transform([c.span for c in claims]),
            )
        ]

    def score(self, claims: Sequence[ClaimText]) -> Matrix:
        """(N, N) scores."""
        first, second = self.parts(claims)
        return np.clip((first + second) / 2, 0.0, 1.0)


def _dense(matrix: csr_matrix) -> Matrix:
    return np.asarray(matrix.toarray(), dtype=np.float64)


class Overlap:
    """Weighted overlap of names, times and content words."""

    def __init__(self) -> None:
        self._weights: dict[str, float] = {}
        self._most = 1.0
        self._names: frozenset[str] = frozenset()

    def fit(self, claims: Sequence[ClaimText], names: frozenset[str]) -> Overlap:
        """Learn how rare each stem is; ``names`` are stems that occur in names of the training documents."""
        counts = Counter(s for c in claims for s in c.stems)
        self._most = math.log(1 + len(claims)) + 1
        self._weights = {s: math.log((1 + len(claims)) / (1 + n)) + 1 for s, n in counts.items()}
        self._names = names
        return self

    def parts(self, claims: Sequence[ClaimText]) -> list[Matrix]:
        """Jaccard overlaps, each (N, N): stems by rarity, names, times; then time conflict and equal negation."""
        stems = self._jaccard([c.stems for c in claims])
        names = self._jaccard([c.stems & self._names for c in claims])
        times = self._jaccard([c.times for c in claims])
        has = np.array([bool(c.times) for c in claims], dtype=float)
        conflict = np.outer(has, has) * (times == 0)
        negated = np.array([c.negated for c in claims])
        return [stems, names, times, conflict, (negated[:, None] == negated[None, :]).astype(float)]

    def score(self, claims: Sequence[ClaimText]) -> Matrix:
        """(N, N) scores: mostly content words, then names and times, less where times conflict."""
        stems, names, times, conflict, _ = self.parts(claims)
        return np.clip(0.6 * stems + 0.25 * names + 0.15 * times - 0.2 * conflict, 0.0, 1.0)

    def _jaccard(self, sets: Sequence[frozenset[str]]) -> Matrix:
        number = {s: i for i, s in enumerate(sorted(set().union(*sets)))} if sets else {}
        if not number:
            return np.zeros((len(sets), len(sets)))
        weight = np.array([self._weights.get(s, self._most) for s in sorted(number)])
        rows = [i for i, held in enumerate(sets) for _ in held]
        columns = [number[s] for held in sets for s in sorted(held)]
        presence = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(sets), len(number)))
        weighted = presence.multiply(weight).tocsr()
        shared = _dense(weighted @ presence.T)
        sizes = np.asarray(weighted.sum(axis=1)).ravel()
        total = sizes[:, None] + sizes[None, :] - shared
        return np.divide(shared, total, out=np.zeros_like(shared), where=total > 0)


class Combined:
    """Logistic regression over the parts of both scorers, trained on pairs of training claims."""

    def __init__(self, c: float) -> None:
        self._tfidf = Tfidf()
        self._overlap = Overlap()
        self._model = LogisticRegression(C=c, max_iter=2000)
        self._trained = False

    def fit(self, claims: Sequence[ClaimText], clusters: Sequence[str], names: frozenset[str]) -> Combined:
        """Learn from training claims and their clusters; without a same and a different pair, TF-IDF alone is used."""
        self._tfidf.fit(claims)
        self._overlap.fit(claims, names)
        first, second = np.triu_indices(len(claims), 1)
        labels = np.array(
            [bool(clusters[i]) and clusters[i] == clusters[j] for i, j in zip(first, second, strict=True)]
        )
        if labels.any() and not labels.all():
            self._model.fit(self._features(claims)[first, second], labels)
            self._trained = True
        return self

    def _features(self, claims: Sequence[ClaimText]) -> NDArray[np.float64]:
        """(N, N, features): the parts, the product of the strongest two, and the lengths' ratio."""
        parts = [*self._tfidf.parts(claims), *self._overlap.parts(claims)]
        size = np.array([max(1, len(c.words)) for c in claims], dtype=float)
        ratio = np.minimum.outer(size, size) / np.maximum.outer(size, size)
        return np.stack([*parts, parts[0] * parts[2], parts[1] * parts[3], ratio], axis=-1)

    def score(self, claims: Sequence[ClaimText]) -> Matrix:
        """(N, N) probabilities."""
        if not self._trained or not claims:
            return self._tfidf.score(claims)
        features = self._features(claims)
        flat = self._model.predict_proba(features.reshape(-1, features.shape[-1]))[:, 1]
        scores: Matrix = flat.reshape(len(claims), len(claims))
        return (scores + scores.T) / 2
