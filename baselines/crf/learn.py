"""Logistic regression over feature dictionaries: yes/no with calibrated probabilities, and one of several labels."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

#: A sparse feature dictionary; a string value is one-hot, a number is itself.
Features = Mapping[str, float | str | bool]

#: Below this many examples of either class, probabilities are those of the plain regression (log loss).
MIN_TO_CALIBRATE = 30


class YesNo:
    """The probability that something holds.

    Targets may be soft (a similarity in [0, 1]): each example then counts as a yes with that weight and as a no with
    the rest. With examples enough of both classes in two groups or more, a sigmoid is fitted to held-out decision
    values (Platt), group by group.
    """

    def __init__(self, c: float = 1.0) -> None:
        self.c = c
        self._vectors = DictVectorizer(sparse=True)
        self._constant: float | None = 0.0
        self._weights: dict[str, float] = {}
        self._intercept = 0.0
        self._platt = (-1.0, 0.0)

    def fit(self, examples: Sequence[Features], targets: Sequence[float], groups: Sequence[int] = ()) -> YesNo:
        """Learn from examples with targets in [0, 1]."""
        soft = np.asarray(targets, dtype=float)
        if not len(examples) or soft.max() <= 0.0 or soft.min() >= 1.0:
            self._constant = float(soft.mean()) if len(examples) else 0.0
            return self
        matrix = self._vectors.fit_transform([dict(e) for e in examples])
        rows = np.concatenate([np.flatnonzero(soft > 0), np.flatnonzero(soft < 1)])
        labels = np.concatenate([np.ones(int((soft > 0).sum())), np.zeros(int((soft < 1).sum()))])
        weights = np.concatenate([soft[soft > 0], 1 - soft[soft < 1]])
        data = matrix[rows]
        splits = _splits(np.asarray(groups)[rows] if len(groups) else np.zeros(len(rows)), labels)
        model = LogisticRegression(C=self.c, max_iter=2000)
        if splits:
            calibrated = CalibratedClassifierCV(model, method="sigmoid", cv=splits, ensemble=False)
            (whole,) = calibrated.fit(data, labels, sample_weight=weights).calibrated_classifiers_
            model, sigmoid = whole.estimator, whole.calibrators[0]
            self._platt = (float(sigmoid.a_), float(sigmoid.b_))
        else:
            model.fit(data, labels, sample_weight=weights)
        self._constant = None
        self._weights = dict(zip(self._vectors.get_feature_names_out(), map(float, model.coef_[0]), strict=True))
        self._intercept = float(model.intercept_[0])
        return self

    def probability(self, examples: Sequence[Features]) -> list[float]:
        """The probability of yes for each example."""
        if not len(examples):
            return []
        if self._constant is not None:
            return [self._constant] * len(examples)
        # A dictionary of weights is several times as fast as building a sparse matrix for a handful of candidates.
        weights, (slope, offset) = self._weights, self._platt
        made = []
        for example in examples:
            total = self._intercept
            for name, value in example.items():
                if isinstance(value, str):
                    total += weights.get(f"{name}={value}", 0.0)
                elif value:
                    total += weights.get(name, 0.0) * value
            made.append(1.0 / (1.0 + math.exp(min(700.0, slope * total + offset))))
        return made


def _splits(groups: np.ndarray, labels: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Leave-one-group-out splits with both classes on each training side, or none where data is too small."""
    if min(int((labels == 1).sum()), int((labels == 0).sum())) < MIN_TO_CALIBRATE:
        return []
    made = []
    for name in np.unique(groups):
        train, test = np.flatnonzero(groups != name), np.flatnonzero(groups == name)
        if len(train) == 0 or len(set(labels[train])) < 2:
            return []
        made.append((train, test))
    return made if len(made) > 1 else []


class Choice:
    """The likeliest label of several; a constant where training shows only one."""

    def __init__(self, default: str, c: float = 1.0) -> None:
        self.default = default
        self.c = c
        self._vectors = DictVectorizer(sparse=True)
        self._model: LogisticRegression | None = None

    def fit(self, examples: Sequence[Features], labels: Sequence[str]) -> Choice:
        """Learn from labelled examples."""
        counts = Counter(labels)
        if counts:
            self.default = min(counts, key=lambda label: (-counts[label], label))
        if len(counts) > 1:
            matrix = self._vectors.fit_transform([dict(e) for e in examples])
            self._model = LogisticRegression(C=self.c, max_iter=2000).fit(matrix, np.asarray(labels))
        return self

    def predict(self, examples: Sequence[Features]) -> list[str]:
        """The label of each example."""
        if self._model is None or not len(examples):
            return [self.default] * len(examples)
        return [str(label) for label in self._model.predict(self._vectors.transform([dict(e) for e in examples]))]
