"""``compute(predictions=…, references=…)`` as Hugging Face's ``evaluate`` and ``Trainer`` call it.

>>> made = compute(predictions=[["B-PERS", "O"]], references=[["B-PERS", "B-DATE"]])
>>> made["precision"], made["recall"], round(made["f1"], 3), made["f1_PERS"]
(1.0, 0.5, 0.667, 1.0)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aqwal.metrics.iob import iob_scores
from aqwal.metrics.spans import SpanScores, span_scores

#: The label of positions that are not scored (padding, special tokens, later sub-words), as PyTorch's losses have it.
IGNORED = -100


def compute(
    *,
    predictions: Sequence[Sequence[Any]],
    references: Sequence[Sequence[Any]],
    labels: Sequence[str] | None = None,
    scheme: str = "strict",
) -> dict[str, float]:
    """Exact-match entity scores as a flat dictionary of plain floats.

    Args:
        predictions: one item per text: IOB tags (``["B-PERS", "O"]``), label numbers with ``labels``, or spans
            (``(start, end, label)``).
        references: the same, of the same form; positions whose label number is −100 are left out.
        labels: the tag of each label number.
        scheme: ``strict`` (IOB2) or ``lenient``; see :mod:`aqwal.metrics.iob`.

    Returns:
        ``precision``, ``recall``, ``f1`` (micro), ``f1_macro`` over the types that the references have, and
        ``f1_TYPE`` of each of these; ``ill_formed``, the number of predicted ``I-`` that continue nothing and so are no
        mention under ``strict``. Undefined scores are NaN.

    Raises:
        ValueError: for texts of different number or length, unknown tags, ill-formed gold tags or invalid spans.
    """
    if labels is not None:
        predictions, references = decode(predictions, references, labels)
    if len(predictions) != len(references):
        raise ValueError(f"{len(references)} references, but {len(predictions)} predictions")
    first = next((item for text in (*references, *predictions) for item in text), None)
    if isinstance(first, np.integer | int):
        raise ValueError("label numbers need labels=: the tag of each number")
    scores: SpanScores
    if first is None or isinstance(first, str):
        scores = iob_scores(references, predictions, scheme)
    else:
        scores = span_scores(references, predictions)
    out = {
        "precision": scores.micro.precision,
        "recall": scores.micro.recall,
        "f1": scores.micro.f1,
        "f1_macro": scores.macro.value,
        "ill_formed": float(scores.ill_formed),
    }
    out.update({f"f1_{label}": part.f1 for label, part in scores.by_label.items() if part.n_gold.any()})
    return out


def decode(
    predictions: Sequence[Sequence[int]], references: Sequence[Sequence[int]], labels: Sequence[str]
) -> tuple[list[list[str]], list[list[str]]]:
    """Label numbers to tags, without the positions whose reference is −100.

    Raises:
        ValueError: if two texts differ in length, or for a number that is not whole or has no label.
    """
    if len(predictions) != len(references):
        raise ValueError(f"{len(references)} references, but {len(predictions)} predictions")
    names = np.array(list(labels), dtype=object)
    out: tuple[list[list[str]], list[list[str]]] = ([], [])
    for number, (said, true) in enumerate(zip(predictions, references, strict=True)):
        p, g = _whole(said, number), _whole(true, number)
        if p.shape != g.shape:
            raise ValueError(f"text {number}: {g.size} references, but {p.size} predictions")
        kept = g != IGNORED
        for numbers, tags in zip((p[kept], g[kept]), out, strict=True):
            wrong = numbers[(numbers < 0) | (numbers >= names.size)]
            if wrong.size:
                raise ValueError(f"text {number}: label {int(wrong[0])} is none of the {names.size} labels")
            tags.append(names[numbers].tolist())
    return out


def _whole(numbers: Sequence[int], text: int) -> NDArray[np.int64]:
    made = np.asarray(numbers)
    if made.size and made.dtype.kind not in "iu":
        raise ValueError(f"text {text}: label numbers are whole numbers; of logits take the argmax first")
    return made.astype(np.int64)


def trainer_metrics(labels: Sequence[str], scheme: str = "strict") -> Callable[[Any], dict[str, float]]:
    """A ``compute_metrics`` for :class:`transformers.Trainer`: logits or label numbers in, scores out.

    >>> logits = np.array([[[0.1, 0.9, 0.0], [0.9, 0.0, 0.1]]])
    >>> trainer_metrics(["O", "B-PERS", "I-PERS"])((logits, np.array([[1, -100]])))["f1"]
    1.0
    """

    def metrics(prediction: Any) -> dict[str, float]:
        said, true = prediction if isinstance(prediction, tuple) else (prediction.predictions, prediction.label_ids)
        if isinstance(said, tuple):  # some models return hidden states beside the logits
            said = said[0]
        numbers: NDArray[Any] = np.asarray(said)
        if numbers.ndim == 3:
            numbers = numbers.argmax(axis=-1)
        return compute(predictions=list(numbers), references=list(np.asarray(true)), labels=labels, scheme=scheme)

    return metrics
