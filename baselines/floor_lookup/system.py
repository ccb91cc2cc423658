"""Training strings found again in the test document; nothing is generalised.

A mention is any stretch of clitic pieces that was a mention in training, longest first. A cue is likewise; its content is
the rest of the sentence, its source the next mention in it that can speak. Each sentence is a claim.
"""

from __future__ import annotations

import bisect
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeVar

from aqwal.model import Annotations, Attribution, Claim, Document, Mention, Piece, Sentence, Span
from aqwal.text import is_punctuation

Key = tuple[str, ...]
Labels = TypeVar("Labels", bound=tuple[str, ...])
_SPEAKERS = frozenset(("PERS", "ORG", "GPE", "OCC", "NORP"))


class System:
    """A dictionary of strings."""

    def __init__(self, config: Mapping[str, object], seed: int = 0) -> None:
        self.seed = seed  # nothing is random here
        self._mentions: dict[Key, Mention] = {}
        self._cues: dict[Key, Attribution] = {}
        self._longest: dict[str, int] = {}  # first piece -> most pieces of a known string
        self._claim: Claim | None = None

    def fit(self, documents: Sequence[tuple[Document, Annotations]]) -> None:
        """Remember each string with its most frequent labels."""
        mentions: defaultdict[Key, Counter[tuple[str, str, str]]] = defaultdict(Counter)
        cues: defaultdict[Key, Counter[tuple[str, str, str, str]]] = defaultdict(Counter)
        claims: Counter[tuple[str, str, str, str]] = Counter()
        for document, annotations in documents:
            for mention in annotations.mentions:
                key = _key(document, mention.span)
                if key and mention.level != "PRO":
                    mentions[key][(mention.type, mention.level, mention.entity)] += 1
            for attribution in annotations.attributions:
                key = _key(document, attribution.cue)
                if key and len(attribution.cue.fragments) == 1:
                    cues[key][
                        (attribution.kind, attribution.stance, attribution.polarity, attribution.source_type)
                    ] += 1
            for claim in annotations.claims:
                claims[(claim.polarity, claim.certainty, claim.time, claim.verifiable)] += 1
        for key, counts in mentions.items():
            type_, level, entity = _most(counts)
            self._mentions[key] = Mention("m", Span.of(0, 1), type_, level, entity)
        for key, cue_counts in cues.items():
            kind, stance, polarity, source_type = _most(cue_counts)
            self._cues[key] = Attribution(
                "a", Span.of(0, 1), None, kind=kind, stance=stance, polarity=polarity, source_type=source_type
            )
        for key in [*self._mentions, *self._cues]:
            self._longest[key[0]] = max(self._longest.get(key[0], 0), len(key))
        if claims:
            polarity, certainty, time, verifiable = _most(claims)
            self._claim = Claim("c", Span.of(0, 1), "", "", polarity, certainty, time, verifiable)

    def predict(self, document: Document) -> Annotations:
        """Look every stretch of pieces up."""
        mentions: list[Mention] = []
        attributions: list[Attribution] = []
        claims: list[Claim] = []
        for sentence in document.scored_sentences:
            pieces = [piece for word in sentence.words for piece in word.pieces]
            forms = [document.text[piece.start : piece.end] for piece in pieces]
            words = [word for word in sentence.words if not word.is_punctuation]
            if not words:
                continue
            found = self._found(pieces, forms, len(mentions))
            mentions.extend(found)
            attributions.extend(self._told(pieces, forms, words[-1].end, found, len(attributions)))
            if self._claim is not None:
                claims.append(self._as_claim(sentence, words[0].start, words[-1].end, len(claims)))
        return Annotations(document.id, tuple(mentions), tuple(attributions), tuple(claims), annotator="floor_lookup")

    def _match(self, forms: Sequence[str], at: int, known: Mapping[Key, object]) -> int:
        """Number of pieces of the longest known string that begins at ``at``, or 0."""
        for length in range(min(self._longest.get(forms[at], 0), len(forms) - at), 0, -1):
            if tuple(forms[at : at + length]) in known:
                return length
        return 0

    def _found(self, pieces: Sequence[Piece], forms: Sequence[str], number: int) -> list[Mention]:
        out: list[Mention] = []
        at = 0
        while at < len(forms):
            length = self._match(forms, at, self._mentions)
            if length:
                like = self._mentions[tuple(forms[at : at + length])]
                span = Span.of(pieces[at].start, pieces[at + length - 1].end)
                out.append(Mention(f"m{number + len(out):03d}", span, like.type, like.level, like.entity))
            at += length or 1
        return out

    def _told(
        self, pieces: Sequence[Piece], forms: Sequence[str], end: int, mentions: Sequence[Mention], number: int
    ) -> list[Attribution]:
        out: list[Attribution] = []
        starts = [piece.start for piece in pieces]
        speakers = [mention for mention in mentions if mention.type in _SPEAKERS]
        at = following = 0
        while at < len(forms):
            length = self._match(forms, at, self._cues)
            if not length:
                at += 1
                continue
            like = self._cues[tuple(forms[at : at + length])]
            cue = Span.of(pieces[at].start, pieces[at + length - 1].end)
            at += length
            while following < len(speakers) and speakers[following].span.start < cue.end:
                following += 1
            source = speakers[following] if following < len(speakers) else None
            begin = source.span.end if source is not None else cue.end
            first = bisect.bisect_left(starts, begin, at)
            while first < len(forms) and is_punctuation(forms[first]):
                first += 1
            if first == len(forms):
                continue
            rest = starts[first]
            out.append(
                Attribution(
                    f"a{number + len(out):03d}", cue=cue, content=Span.of(rest, end), source=source.span if source else None,
                    implicit=source is None and like.source_type != "none", source_entity=(source.entity,) if source and source.entity else (),
                    source_type=like.source_type, kind=like.kind, stance=like.stance, polarity=like.polarity,
                )
            )  # fmt: skip
        return out

    def _as_claim(self, sentence: Sentence, start: int, end: int, number: int) -> Claim:
        like = self._claim
        assert like is not None
        return Claim(
            f"c{number:03d}", Span.of(start, end), polarity=like.polarity, certainty=like.certainty, time=like.time,
            verifiable=like.verifiable, cluster=f"lookup-{sentence.id}",
        )  # fmt: skip


def _key(document: Document, span: Span) -> Key:
    """The clitic pieces of a span, as strings; empty if it is not made of whole pieces of one sentence."""
    sentence = document.sentence_of(span.start)
    if sentence is None:
        return ()
    inside = [p for word in sentence.words for p in word.pieces if span.start <= p.start and p.end <= span.end]
    if not inside or inside[0].start != span.start or inside[-1].end != span.end:
        return ()
    return tuple(document.text[p.start : p.end] for p in inside)


def _most(counts: Counter[Labels]) -> Labels:
    """The most frequent labels, the smallest of equally frequent ones."""
    return min(counts, key=lambda labels: (-counts[labels], labels))
