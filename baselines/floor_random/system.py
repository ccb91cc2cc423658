"""Random annotations whose counts, lengths and labels follow the training documents; the words play no part."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from aqwal.model import Annotations, Attribution, Claim, Document, Mention, Sentence, Span, Word


class System:
    """Draws everything from what :meth:`fit` counted. The same seed and document give the same prediction."""

    def __init__(self, config: Mapping[str, object], seed: int = 0) -> None:
        self.seed = seed
        self._words = 0
        self._mentions: list[tuple[int, Mention]] = []  # (length in words, a training mention), for its labels
        self._attributions: list[
            tuple[dict[str, int], Attribution]
        ] = []  # (lengths of its roles in words, the attribution)
        self._claims: list[tuple[int, Claim]] = []
        self._entities = 1.0  # mentions per entity
        self._clusters = 1.0  # claims per cluster

    def fit(self, documents: Sequence[tuple[Document, Annotations]]) -> None:
        """Count lengths and labels."""
        entities: set[tuple[str, str]] = set()
        clusters: set[str] = set()
        for document, annotations in documents:
            self._words += len(document.scored_words)
            for mention in annotations.mentions:
                self._mentions.append((_length(document, mention.span), mention))
                entities.add((document.id, mention.entity))
            for attribution in annotations.attributions:
                spans = {role: attribution.role(role) for role in ("cue", "source", "content")}
                lengths = {role: _length(document, span) for role, span in spans.items() if span is not None}
                self._attributions.append((lengths, attribution))
            for claim in annotations.claims:
                self._claims.append((_length(document, claim.span), claim))
                clusters.add(claim.cluster)
        self._entities = len(self._mentions) / len(entities) if entities else 1.0
        self._clusters = len(self._claims) / len(clusters) if clusters else 1.0

    def predict(self, document: Document) -> Annotations:
        """As many objects per word as in training, placed anywhere."""
        if not self._words:
            return Annotations(document.id, annotator="floor_random")
        rng = random.Random(f"{self.seed} {document.id}")
        mentions: list[Mention] = []
        attributions: list[Attribution] = []
        claims: list[Claim] = []
        for sentence in document.scored_sentences:
            words = tuple(word for word in sentence.words if not word.is_punctuation)
            if not words:
                continue
            for _ in range(self._count(rng, len(self._mentions), words)):
                size, like = rng.choice(self._mentions)
                entity = _same_or_new(rng, len(mentions), self._entities) if like.level != "VAL" else ""
                mentions.append(
                    Mention(f"m{len(mentions):03d}", _place(rng, words, size), like.type, like.level, entity)
                )
            for _ in range(self._count(rng, len(self._attributions), words)):
                attributions.append(self._attribution(rng, words, len(attributions)))
            for _ in range(self._count(rng, len(self._claims), words)):
                size, model = rng.choice(self._claims)
                claims.append(
                    Claim(
                        f"c{len(claims):03d}", _place(rng, words, size), polarity=model.polarity, certainty=model.certainty,
                        time=model.time, verifiable=model.verifiable, cluster=_same_or_new(rng, len(claims), self._clusters),
                    )
                )  # fmt: skip
        return Annotations(document.id, tuple(mentions), tuple(attributions), tuple(claims), annotator="floor_random")

    def _count(self, rng: random.Random, seen: int, words: Sequence[Word]) -> int:
        """A number of objects for a sentence: the training rate per word, rounded up or down by chance."""
        expected = seen / self._words * len(words)
        return int(expected) + (rng.random() < expected % 1)

    def _attribution(self, rng: random.Random, words: Sequence[Word], number: int) -> Attribution:
        lengths, like = rng.choice(self._attributions)
        source = _place(rng, words, lengths["source"]) if "source" in lengths else None
        content = _place(rng, words, lengths["content"]) if "content" in lengths else None
        entity = (_same_or_new(rng, number, self._entities),) if like.source_entity else ()
        return Attribution(
            f"a{number:03d}", cue=_place(rng, words, lengths.get("cue", 1)), content=content, source=source,
            implicit=like.implicit, source_entity=entity, source_type=like.source_type, quote=like.quote, kind=like.kind,
            stance=like.stance, polarity=like.polarity, anaphoric=like.anaphoric,
        )  # fmt: skip


def _length(document: Document, span: Span) -> int:
    """Words from the first to the last that ``span`` touches, at least 1."""
    return max(1, sum(1 for word in _words_between(document, span)))


def _words_between(document: Document, span: Span) -> list[Word]:
    sentence: Sentence | None = document.sentence_of(span.start)
    words = sentence.words if sentence is not None else ()
    return [word for word in words if word.start < span.end and span.start < word.end and not word.is_punctuation]


def _place(rng: random.Random, words: Sequence[Word], size: int) -> Span:
    """A stretch of ``size`` words (fewer in a shorter sentence) anywhere."""
    size = min(max(size, 1), len(words))
    first = rng.randrange(len(words) - size + 1)
    return Span.of(words[first].start, words[first + size - 1].end)


def _same_or_new(rng: random.Random, seen: int, per_group: float) -> str:
    """A group id such that groups reach about ``per_group`` members."""
    groups = max(1, round(seen / per_group))
    if seen and rng.random() > 1 / per_group:
        return f"random-{rng.randrange(groups)}"
    return f"random-{groups}"
