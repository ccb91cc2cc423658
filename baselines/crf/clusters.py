"""Clusters of predicted claims: a claim that reads like a training claim joins its cluster, others group among themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from .normal import norm

_CUTS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
#: Predicted claims are compared in blocks of this many, so memory stays bounded.
BLOCK = 256


class ClusterFinder:
    """Character n-gram TF-IDF against the training claims, with a cut-off chosen between training groups."""

    def __init__(self) -> None:
        self.cut = 0.6
        self._tfidf: TfidfVectorizer | None = None
        self._clusters: list[str] = []

    def fit(self, texts: Sequence[str], clusters: Sequence[str], groups: Sequence[int]) -> None:
        """Learn from training claims; claims without a cluster only serve to weigh the n-grams."""
        if not any(text.strip() for text in texts):
            return
        self._tfidf = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), preprocessor=_plain, sublinear_tf=True)
        try:
            vectors = self._tfidf.fit_transform(texts)
        except ValueError:  # no n-gram at all
            self._tfidf = None
            return
        self._clusters = list(clusters)
        self._known = vectors
        same = (vectors @ vectors.T).toarray()
        group = np.asarray(groups)
        best = (-1.0, self.cut)
        for cut in _CUTS:
            right = linked = possible = 0
            for i, cluster in enumerate(clusters):
                others = np.flatnonzero((group != group[i]) if len(set(groups)) > 1 else np.arange(len(group)) != i)
                if not len(others) or not cluster:
                    continue
                possible += any(clusters[j] == cluster for j in others)
                j = others[int(np.argmax(same[i, others]))]
                if same[i, j] >= cut:
                    linked += 1
                    right += clusters[j] == cluster
            score = 2 * right / max(1, linked + possible)
            if score > best[0] + 1e-12:
                best = (score, cut)
        self.cut = best[1]

    def predict(self, doc_id: str, texts: Sequence[str]) -> list[str]:
        """A cluster id for each text: a known one, or a new one of this document."""
        if self._tfidf is None or not len(texts):
            return [f"{doc_id}/c{i + 1}" for i in range(len(texts))]
        vectors = self._tfidf.transform(texts)
        made: list[str] = []
        for low in range(0, len(texts), BLOCK):
            block = vectors[low : low + BLOCK]
            known = (block @ self._known.T).toarray()
            window = max(0, low - BLOCK)
            recent = (block @ vectors[window : low + BLOCK].T).toarray()
            for row in range(block.shape[0]):
                i = low + row
                best = int(np.argmax(known[row])) if known.shape[1] else -1
                if best >= 0 and known[row, best] >= self.cut and self._clusters[best]:
                    made.append(self._clusters[best])
                    continue
                earlier = recent[row, : i - window]
                near = int(np.argmax(earlier)) if len(earlier) else -1
                made.append(made[window + near] if near >= 0 and earlier[near] >= self.cut else f"{doc_id}/c{i + 1}")
        return made


def _plain(text: str) -> str:
    return " ".join(norm(word) for word in text.split())
