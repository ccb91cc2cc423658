"""The most frequent label everywhere: each sentence is one attribution, one mention and one claim.

The first word is the cue, the second its source (one and the same speaker in the whole document), the rest its content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from aqwal.model import Annotations, Attribution, Claim, Document, Mention, Span

T = TypeVar("T", bound=Hashable)
_SPEAKER = "majority-speaker"


class System:
    """Knows one value for each field."""

    def __init__(self, config: Mapping[str, object], seed: int = 0) -> None:
        self.seed = seed  # nothing is random here
        self._fitted = False
        self._type = "PERS"
        self._attribution = Attribution("a", Span.of(0, 1), None)
        self._claim = Claim("c", Span.of(0, 1))

    def fit(self, documents: Sequence[tuple[Document, Annotations]]) -> None:
        """Find the most frequent value of every field, each by itself."""
        mentions = [m for _, annotations in documents for m in annotations.mentions if m.level == "NAM"]
        attributions = [a for _, annotations in documents for a in annotations.attributions]
        claims = [c for _, annotations in documents for c in annotations.claims]
        self._fitted = bool(mentions or attributions or claims)
        self._type = most(m.type for m in mentions) or "PERS"
        self._attribution = Attribution(
            "a", Span.of(0, 1), None,
            source_type=most(a.source_type for a in attributions) or "none",
            quote=most(a.quote for a in attributions) or "indirect",
            kind=most(a.kind for a in attributions) or "assertion",
            stance=most(a.stance for a in attributions) or "neutral",
            polarity=most(a.polarity for a in attributions) or "positive",
        )  # fmt: skip
        self._claim = Claim(
            "c", Span.of(0, 1),
            polarity=most(c.polarity for c in claims) or "positive",
            certainty=most(c.certainty for c in claims) or "certain",
            time=most(c.time for c in claims) or "past",
            verifiable=most(c.verifiable for c in claims) or "yes",
        )  # fmt: skip

    def predict(self, document: Document) -> Annotations:
        """One of each per sentence; nothing at all if nothing was learnt."""
        mentions: list[Mention] = []
        attributions: list[Attribution] = []
        claims: list[Claim] = []
        if not self._fitted:
            return Annotations(document.id, annotator="floor_majority")
        like, told = self._attribution, self._claim
        for sentence in document.scored_sentences:
            words = [word for word in sentence.words if not word.is_punctuation]
            number = len(claims)
            if not words:
                continue
            claims.append(
                Claim(
                    f"c{number:03d}", Span.of(words[0].start, words[-1].end), polarity=told.polarity,
                    certainty=told.certainty, time=told.time, verifiable=told.verifiable, cluster=f"majority-{number}",
                )
            )  # fmt: skip
            if len(words) < 3:
                continue
            source = Span.of(words[1].start, words[1].end)
            mentions.append(Mention(f"m{number:03d}", source, self._type, entity=_SPEAKER))
            attributions.append(
                Attribution(
                    f"a{number:03d}", cue=Span.of(words[0].start, words[0].end), source=source,
                    content=Span.of(words[2].start, words[-1].end), source_entity=(_SPEAKER,), source_type=like.source_type,
                    quote=like.quote, kind=like.kind, stance=like.stance, polarity=like.polarity,
                )
            )  # fmt: skip
        return Annotations(document.id, tuple(mentions), tuple(attributions), tuple(claims), annotator="floor_majority")


def most(values: Iterable[T]) -> T | None:
    """The most frequent value, the smallest of equally frequent ones; None of none.

    >>> most(["b", "a", "a", "b"]), most([])
    ('a', None)
    """
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], str(value))) if counts else None
