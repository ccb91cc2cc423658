"""The commonest types of error of a system, with examples from the texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aqwal.metrics.errors import TYPES, Error, find_errors
from aqwal.model import LAYERS, Annotations, Document
from aqwal.report.shown import window

#: How many types of error are shown of each system, and how many examples of each.
SHOWN = 5
EXAMPLES = 2


@dataclass(frozen=True)
class Example:
    """One error in its place.

    ``gold`` and ``pred`` are quotes, empty where that side has nothing; ``context`` is the passage around them, empty where
    they are nearly the whole sentence.
    """

    doc_id: str
    sentence: str
    context: str
    gold: str
    pred: str
    field: str
    detail: str


@dataclass(frozen=True)
class Mistake:
    """A type of error in a layer: how often, in which fields (where that is known), and examples."""

    layer: str
    type: str
    count: int
    fields: tuple[tuple[str, int], ...]
    examples: tuple[Example, ...]

    @property
    def name(self) -> str:
        """``attributions: boundary``."""
        return f"{self.layer}: {self.type}"


@dataclass(frozen=True)
class Mistakes:
    """All errors of a system in the layers it attempts, counted, and the commonest types."""

    total: int
    commonest: tuple[Mistake, ...]
    layers: tuple[str, ...]

    @property
    def none(self) -> str:
        """Why there is nothing to show, empty where there is."""
        if not self.layers:
            return "It finds no objects by itself, and only such errors have types."
        return "" if self.total else "No error was found."


def mistakes(
    documents: Iterable[Document],
    gold: Iterable[Annotations],
    predictions: Iterable[Annotations],
    layers: Sequence[str] = LAYERS,
    *,
    shown: int = SHOWN,
    examples: int = EXAMPLES,
) -> Mistakes:
    """Count the errors in the layers that a system attempts; equal counts keep the order of the error tables.

    Examples come from as many documents as possible and, where there is a choice, from sentences that no commoner type
    has shown.
    """
    by_id = {document.id: document for document in documents}
    groups: dict[tuple[str, str], list[Error]] = defaultdict(list)
    for error in find_errors(by_id.values(), gold, predictions):
        if error.layer in layers:
            groups[error.layer, error.type].append(error)
    order = sorted(groups, key=lambda key: (-len(groups[key]), layers.index(key[0]), TYPES.index(key[1])))
    commonest = []
    used: set[tuple[str, str]] = set()
    for layer, kind in order[:shown]:
        found = groups[layer, kind]
        fields = Counter(error.field for error in found if error.field)
        chosen = [_example(by_id[error.doc_id], error) for error in _spread(by_id, found, examples, used)]
        used.update((example.doc_id, example.sentence) for example in chosen)
        commonest.append(
            Mistake(
                layer,
                kind,
                len(found),
                tuple(sorted(fields.items(), key=lambda item: (-item[1], item[0]))),
                tuple(chosen),
            )
        )
    return Mistakes(sum(len(found) for found in groups.values()), tuple(commonest), tuple(layers))


def _place(document: Document, error: Error) -> tuple[str, str]:
    sentence = document.sentence_of(error.start)
    return document.id, sentence.id if sentence else "-"


def _spread(
    documents: Mapping[str, Document], errors: Sequence[Error], most: int, used: Container[tuple[str, str]]
) -> list[Error]:
    """The first error of each document, then the second of each, and so on; at most ``most``, in text order."""
    seen: Counter[str] = Counter()
    ranked = []
    for error in sorted(errors, key=lambda e: (_place(documents[e.doc_id], e) in used, e)):
        ranked.append((seen[error.doc_id], error))
        seen[error.doc_id] += 1
    return sorted(error for _, error in sorted(ranked, key=lambda item: item[0])[:most])


def _example(document: Document, error: Error) -> Example:
    sentence = document.sentence_of(error.start)
    context = ""
    if sentence and 1.4 * max(len(error.gold_text), len(error.pred_text)) < sentence.end - sentence.start:
        context = window(document.text[sentence.start : sentence.end], error.start - sentence.start, 200)
    name = sentence.id if sentence else "-"
    return Example(error.doc_id, name, context, error.gold_text, error.pred_text, error.field, error.detail)
