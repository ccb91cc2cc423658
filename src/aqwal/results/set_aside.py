"""What the unreadable parts of a submission may have cost it."""

from __future__ import annotations

from collections import Counter

from aqwal.formats.jsonl import Submission
from aqwal.metrics import PRF, Scores
from aqwal.metrics.scoring import LAYER
from aqwal.model import Corpus

#: The task in which each object of a layer is counted once.
_TASK = {"mentions": "entities", "attributions": "attribution", "claims": "claims"}


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "claim"), counted(2, "claim")
    ('1 claim', '2 claims')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def cost(counts: PRF, lost: int) -> tuple[float, float]:
    """The least and the greatest F1 had ``lost`` more predictions been counted: all wrong, or as many right as can be.

    A right one finds a gold object that is not found yet, wholly.

    >>> import numpy as np
    >>> three_of_four = PRF(*(np.array([float(n)]) for n in (3, 3, 3, 4)))  # found, predicted, found, gold
    >>> cost(three_of_four, 1)
    (0.75, 1.0)
    >>> cost(three_of_four, 2)[1]  # there is but one left to find: 8/9
    0.888888888888889
    """
    predicted, gold = counts.n_pred.sum() + lost, counts.n_gold.sum()

    def f1(right: float) -> float:
        precision = (counts.tp_pred.sum() + right) / predicted if predicted else 0.0
        recall = (counts.tp_gold.sum() + right) / gold if gold else 0.0
        return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0

    return f1(0.0), f1(min(float(lost), float(gold - counts.tp_gold.sum())))


def cost_lines(submission: Submission, corpus: Corpus, scores: Scores) -> tuple[str, ...]:
    """In words: between what the scores would lie with the objects set aside, and what gold the unread parts hold."""
    lost: Counter[str] = Counter()
    for doc_id, layers in submission.lost.items():
        if doc_id in corpus.annotation:
            lost.update(layers)
    lines = []
    for layer, task in _TASK.items():
        if not lost[layer] or task not in scores.tasks:
            continue
        primary = scores.tasks[task].primary
        assert isinstance(primary, PRF)
        low, high = cost(primary, lost[layer])
        one = lost[layer] == 1
        what = counted(lost[layer], layer[:-1])
        lines.append(
            f"{task}: {primary.value:.3f} without the {what} set aside; "
            f"{low:.3f} if {'it was' if one else 'they were'} wrong, at most {high:.3f} if right"
        )
    unread = {(doc_id, layer) for doc_id in submission.absent for layer in _TASK}
    unread |= {(p.doc_id, p.layer) for p in submission.problems if p.lost == "layer"}
    wanted = {LAYER[task] for task in scores.tasks}
    for doc_id, gold in corpus.annotation.items():
        held = [
            counted(len(getattr(gold, layer)), layer[:-1])
            for layer in _TASK
            if layer in wanted and (doc_id, layer) in unread and getattr(gold, layer)
        ]
        if held:
            lines.append(f"{doc_id}: nothing read of its {', '.join(held)} in gold: all counted as missed")
    return tuple(lines)
