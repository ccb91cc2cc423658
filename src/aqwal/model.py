"""What a document and its annotations are: frozen classes, closed vocabularies, and everything derived from them.

The text is immutable; every annotation is a layer of standoff spans over it. Gold labels, one annotator's pass and a
model's predictions are the same kind of object: :class:`Annotations`. What can be derived (chains, the attribution
of a claim, the parent by containment) is derived here and never stored.

All spans are in **code points of the whole document**, half-open; only the files on disk use sentence-local ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from aqwal.text import is_punctuation, join_quotes

# ---------------------------------------------------------------- closed vocabularies (a new label is added here)

ZONES = ("headline", "kicker", "byline", "body", "furniture")
#: Wojood's 21 entity types, by their exact names.
ENTITY_TYPES = (
    "PERS", "NORP", "OCC", "ORG", "GPE", "LOC", "FAC", "EVENT", "DATE", "TIME", "LANGUAGE", "WEBSITE", "LAW",
    "PRODUCT", "CARDINAL", "ORDINAL", "PERCENT", "QUANTITY", "UNIT", "MONEY", "CURR",
)  # fmt: skip
#: Types whose mentions are values and times (level VAL, no entity); the others are names.
VALUE_TYPES = ("DATE", "TIME", "CARDINAL", "ORDINAL", "PERCENT", "QUANTITY", "UNIT", "MONEY", "CURR")
LEVELS = ("NAM", "VAL", "NOM", "PRO")
FRAMINGS = ("scare_quotes", "loaded")
#: The label layers of a document, as :class:`Annotations` and the label files name them.
LAYERS = ("mentions", "attributions", "claims")
ROLES = ("cue", "source", "content", "medium")
QUOTES = ("direct", "mixed", "indirect")
KINDS = ("assertion", "belief", "intention", "question")
STANCES = ("neutral", "endorsing", "distancing")
ATTRIBUTION_POLARITIES = ("positive", "denied", "untold")
SOURCE_TYPES = ("person", "organisation", "media", "official", "anonymous", "collective", "none")
SCOPES = ("", "uncertain")
CLAIM_POLARITIES = ("positive", "negative")
CERTAINTIES = ("certain", "probable", "possible", "unreal", "questioned")
TIMES = ("past", "present", "future", "none")
VERIFIABLE = ("yes", "no")

#: The first step of every chain: the document's author.
AUTHOR = "author"
#: The step of an attribution that names no source (rumours, "it is said").
NO_SOURCE = "none"


class ModelError(ValueError):
    """An object that cannot exist under the model (an empty or reversed span, say)."""


# ---------------------------------------------------------------- spans


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One or more half-open code-point fragments, sorted and disjoint.

    >>> Span(((9, 12), (0, 4)))
    Traceback (most recent call last):
    ...
    aqwal.model.ModelError: fragments 9-12,0-4 are not sorted and disjoint
    >>> Span.of(0, 4).overlaps(Span.of(4, 6)), Span.of(0, 6).contains(Span(((0, 2), (4, 6))))
    (False, True)
    """

    fragments: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not self.fragments:
            raise ModelError("a span needs at least one fragment")
        previous = -1
        for start, end in self.fragments:
            if start < 0 or end <= start:
                raise ModelError(f"fragment {start}-{end} is empty or reversed")
            if start <= previous:
                shown = ",".join(f"{a}-{b}" for a, b in self.fragments)
                raise ModelError(f"fragments {shown} are not sorted and disjoint")
            previous = end
        # Touching fragments (end == next start) are one fragment and must be written as one.

    @classmethod
    def of(cls, start: int, end: int) -> Span:
        """A continuous span."""
        return cls(((start, end),))

    @classmethod
    def from_fragments(cls, fragments: Iterable[Iterable[int]]) -> Span:
        """Any fragments, in any order: sorted, and merged where they touch or overlap.

        >>> Span.from_fragments([[4, 6], [0, 4]])
        Span(fragments=((0, 6),))
        """
        merged: list[list[int]] = []
        for start, end in sorted(tuple(pair) for pair in fragments):
            if merged and start <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([start, end])
        return cls(tuple((start, end) for start, end in merged))

    @property
    def start(self) -> int:
        """First code point."""
        return self.fragments[0][0]

    @property
    def end(self) -> int:
        """One past the last code point."""
        return self.fragments[-1][1]

    def __len__(self) -> int:
        return sum(end - start for start, end in self.fragments)

    def overlaps(self, other: Span) -> bool:
        """True if the two share a code point."""
        return any(a < d and c < b for a, b in self.fragments for c, d in other.fragments)

    def contains(self, other: Span) -> bool:
        """True if every fragment of ``other`` lies inside one fragment of this span."""
        return all(any(a <= c and d <= b for a, b in self.fragments) for c, d in other.fragments)

    def covers(self, other: Span) -> bool:
        """True if ``other`` lies between this span's start and end (gaps count as inside)."""
        return self.start <= other.start and other.end <= self.end

    def quote(self, text: str) -> str:
        """The text of the span, fragments joined by `` … ``."""
        return join_quotes(text, self.fragments)


# ---------------------------------------------------------------- documents


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A surface clitic piece: proclitic, stem (with its article) or enclitic pronoun."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """A white-space token with punctuation split off, divided into clitic pieces that tile it."""

    start: int
    end: int
    form: str
    pieces: tuple[Piece, ...]

    @property
    def is_punctuation(self) -> bool:
        """True for a word without letter or digit; such words are never scored."""
        return is_punctuation(self.form)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; ``id`` is ``s1``, ``s2``, … over the document."""

    id: str
    start: int
    end: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One non-empty line; ``id`` is ``p1``, …; ``repeats`` is the id of the earlier line that it repeats, or empty."""

    id: str
    zone: str
    sentences: tuple[Sentence, ...]
    repeats: str = ""

    @property
    def start(self) -> int:
        """First code point of the paragraph."""
        return self.sentences[0].start

    @property
    def end(self) -> int:
        """One past its last code point."""
        return self.sentences[-1].end

    @property
    def scored(self) -> bool:
        """False for furniture and repeats, which carry no annotation."""
        return self.zone != "furniture" and not self.repeats


@dataclass(frozen=True)
class Document:
    """An immutable text with its segmentation."""

    id: str
    text: str
    paragraphs: tuple[Paragraph, ...]

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in order."""
        return tuple(sentence for paragraph in self.paragraphs for sentence in paragraph.sentences)

    @cached_property
    def scored_sentences(self) -> tuple[Sentence, ...]:
        """The sentences that carry annotation (no furniture, no repeats)."""
        return tuple(s for paragraph in self.paragraphs if paragraph.scored for s in paragraph.sentences)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words in order, punctuation included."""
        return tuple(word for sentence in self.sentences for word in sentence.words)

    @cached_property
    def scored_words(self) -> tuple[Word, ...]:
        """The words of the metrics: in scored zones, without punctuation."""
        return tuple(w for s in self.scored_sentences for w in s.words if not w.is_punctuation)

    @cached_property
    def by_id(self) -> Mapping[str, Sentence]:
        """Sentences by id."""
        return {sentence.id: sentence for sentence in self.sentences}

    @cached_property
    def piece_starts(self) -> frozenset[int]:
        """Every position at which a clitic piece begins."""
        return frozenset(piece.start for word in self.words for piece in word.pieces)

    @cached_property
    def piece_ends(self) -> frozenset[int]:
        """Every position at which a clitic piece ends."""
        return frozenset(piece.end for word in self.words for piece in word.pieces)

    def sentence_of(self, position: int) -> Sentence | None:
        """The sentence that holds code point ``position``, or None in a gap."""
        for sentence in self.sentences:
            if sentence.start <= position < sentence.end:
                return sentence
        return None

    def paragraph_of(self, position: int) -> Paragraph | None:
        """The paragraph that holds code point ``position``, or None in a gap."""
        for paragraph in self.paragraphs:
            if paragraph.start <= position < paragraph.end:
                return paragraph
        return None

    def words_in(self, span: Span, *, scored_only: bool = True) -> tuple[int, ...]:
        """Indices into :attr:`scored_words` (or :attr:`words`) of the words that share a code point with ``span``."""
        words = self.scored_words if scored_only else self.words
        return tuple(
            index
            for index, word in enumerate(words)
            if any(start < word.end and word.start < end for start, end in span.fragments)
        )


# ---------------------------------------------------------------- annotations


@dataclass(frozen=True, slots=True)
class Mention:
    """A name, value, or the nominal or pronominal source of an attribution.

    ``metonym`` marks a place standing for the state or government that ``entity`` names; ``framing`` records the
    document's typography and wording (scare quotes, loaded designation), whoever is speaking.
    """

    id: str
    span: Span
    type: str
    level: str = "NAM"
    entity: str = ""  # empty for VAL
    metonym: bool = False
    framing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribution:
    """One act of telling, holding, asking or promising a content, ascribed to a source.

    ``source`` is None where the subject is only in the verb (``implicit``) or there is none (``source_type`` none);
    ``parent`` is the id of the attribution that relays this one, or empty; ``inherited`` marks a parent resumed in a
    following sentence; ``anaphoric`` a content that only points back.
    """

    id: str
    cue: Span
    content: Span | None
    source: Span | None = None
    medium: Span | None = None
    implicit: bool = False
    source_entity: tuple[str, ...] = ()
    source_type: str = "none"
    medium_entity: tuple[str, ...] = ()
    quote: str = "indirect"
    kind: str = "assertion"
    stance: str = "neutral"
    polarity: str = "positive"
    parent: str = ""
    inherited: bool = False
    anaphoric: bool = False
    scope: str = ""

    def role(self, name: str) -> Span | None:
        """The span of ``cue``, ``source``, ``content`` or ``medium``."""
        span: Span | None = getattr(self, name)
        return span


@dataclass(frozen=True, slots=True)
class Claim:
    """One proposition put forward by the author or a source."""

    id: str
    span: Span
    statement: str = ""
    gloss: str = ""
    polarity: str = "positive"
    certainty: str = "certain"
    time: str = "past"
    verifiable: str = "yes"
    cluster: str = ""


#: One step of a chain: the entity ids that speak together at that step.
Step = tuple[str, ...]


@dataclass(frozen=True)
class Annotations:
    """All labels of one document from one annotator, system or the gold."""

    doc_id: str
    mentions: tuple[Mention, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    claims: tuple[Claim, ...] = ()
    annotator: str = field(default="", compare=False)

    @cached_property
    def attributions_by_id(self) -> Mapping[str, Attribution]:
        """Attributions by id."""
        return {attribution.id: attribution for attribution in self.attributions}

    def ancestors(self, attribution: Attribution) -> Iterator[Attribution]:
        """The attributions that relay ``attribution``, innermost first; stops at a cycle or a dangling parent."""
        seen = {attribution.id}
        current = attribution
        while current.parent and current.parent not in seen:
            found = self.attributions_by_id.get(current.parent)
            if found is None:
                return
            seen.add(found.id)
            yield found
            current = found

    def depth(self, attribution: Attribution) -> int:
        """Number of attributions on the path from the author: 1 without a parent."""
        return 1 + sum(1 for _ in self.ancestors(attribution))

    def chain(self, attribution: Attribution | None) -> tuple[Step, ...]:
        """The isnād: author → … → parent's medium and source → own medium → own source.

        A source without entity is the step ``("none",)``. ``None`` (no attribution) gives the author alone.

        >>> span = Span.of(0, 1)
        >>> outer = Attribution("a1", span, span, source_entity=("memo",), source_type="media")
        >>> inner = Attribution("a2", span, span, source_entity=("004/source-1",), parent="a1")
        >>> Annotations("004", attributions=(outer, inner)).chain(inner)
        (('author',), ('memo',), ('004/source-1',))
        """
        if attribution is None:
            return ((AUTHOR,),)
        steps: list[Step] = [(AUTHOR,)]
        for link in [*reversed(list(self.ancestors(attribution))), attribution]:
            if link.medium_entity:
                steps.append(link.medium_entity)
            steps.append(link.source_entity or (NO_SOURCE,))
        return tuple(steps)

    def containing(self, span: Span) -> list[Attribution]:
        """Attributions whose content contains ``span``, innermost first.

        Smaller contents are further in; between equal contents the deeper one is (a relay shares its content with
        the one it relays).
        """
        found = [a for a in self.attributions if a.content is not None and a.content.contains(span)]
        return sorted(found, key=lambda a: (len(a.content or ()), -self.depth(a), a.id))

    def attribution_of(self, claim: Claim) -> Attribution | None:
        """The innermost attribution in whose content the claim lies; None means the author's own."""
        found = self.containing(claim.span)
        return found[0] if found else None

    def parent_by_containment(self, attribution: Attribution) -> Attribution | None:
        """The innermost *other* attribution whose content contains this one's cue and content.

        Between attributions with identical content the cue decides: the relayed one's cue lies inside neither, so
        identical contents are never each other's parent here (the annotator says which relays which).
        """
        whole = [attribution.cue] + ([attribution.content] if attribution.content else [])
        found = [
            a
            for a in self.attributions
            if a.id != attribution.id and a.content is not None and all(a.content.contains(span) for span in whole)
        ]
        found.sort(key=lambda a: (len(a.content or ()), -self.depth(a), a.id))
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Entity:
    """A row of the entity register."""

    id: str
    type: str
    name_en: str
    name_ar: str
    wikidata: str = ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A row of the claim-cluster register; ``specifies`` and ``contradicts`` name other clusters."""

    id: str
    label_en: str
    label_ar: str
    specifies: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Corpus:
    """Documents with one layer of annotations and its registers, sorted by document id."""

    documents: tuple[Document, ...]
    annotations: tuple[Annotations, ...] = ()
    entities: tuple[Entity, ...] = ()
    clusters: tuple[Cluster, ...] = ()

    @cached_property
    def document(self) -> Mapping[str, Document]:
        """Documents by id."""
        return {document.id: document for document in self.documents}

    @cached_property
    def annotation(self) -> Mapping[str, Annotations]:
        """Annotations by document id; a document without a file has none."""
        return {annotations.doc_id: annotations for annotations in self.annotations}
