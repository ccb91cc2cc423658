"""Documents and annotations as flat arrays, for work over many of them at once.

The scorer reads nothing but these arrays. Positions are *corpus code points*: the code points of all documents laid one
after another in order of document id, with one position between two documents, so that one sorted search serves the
whole corpus and no span of one document can touch another's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aqwal.model import (
    ATTRIBUTION_POLARITIES,
    CERTAINTIES,
    CLAIM_POLARITIES,
    ENTITY_TYPES,
    KINDS,
    LEVELS,
    QUOTES,
    ROLES,
    SOURCE_TYPES,
    STANCES,
    TIMES,
    VERIFIABLE,
    Annotations,
    Attribution,
    Document,
    Span,
)

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: A chain of more attributions than this is not believed: the link that makes it longer is cut.
MAX_CHAIN = 64

#: Closed vocabularies stored as indices, by layer and attribute.
ATTRIBUTION_CODES: Mapping[str, tuple[str, ...]] = {
    "quote": QUOTES,
    "kind": KINDS,
    "stance": STANCES,
    "polarity": ATTRIBUTION_POLARITIES,
    "source_type": SOURCE_TYPES,
}
CLAIM_CODES: Mapping[str, tuple[str, ...]] = {
    "certainty": CERTAINTIES,
    "polarity": CLAIM_POLARITIES,
    "time": TIMES,
    "verifiable": VERIFIABLE,
}


def _ints(values: Iterable[int] = ()) -> Ints:
    return np.array(values if isinstance(values, list) else list(values), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Geometry:
    """Where the documents, blocks, sentences and words of a corpus are.

    A *block* is a scored paragraph, the unit of resampling. All position arrays are sorted and their intervals
    disjoint. ``word_*`` cover the scored words only.

    Attributes:
        doc_ids: document ids, sorted; ``number`` is the inverse.
        base: corpus code point of each document's first character, shape (documents + 1,).
        blocks: (document id, paragraph id) of each block.
        block_start, block_end, block_doc: shape (blocks,).
        first_block: first block of each document, shape (documents + 1,).
        dead_start, dead_end: the paragraphs that are not scored (furniture and repeats).
        word_start, word_end, word_block, word_sentence: shape (words,); sentences are numbered over the corpus.
        sentence_word: first scored word of each sentence, shape (sentences + 1,).
    """

    doc_ids: tuple[str, ...]
    number: Mapping[str, int]
    base: Ints
    blocks: tuple[tuple[str, str], ...]
    block_start: Ints
    block_end: Ints
    block_doc: Ints
    first_block: Ints
    dead_start: Ints
    dead_end: Ints
    word_start: Ints
    word_end: Ints
    word_block: Ints
    sentence_word: Ints

    @property
    def n_blocks(self) -> int:
        """Number of scored paragraphs."""
        return len(self.blocks)

    @property
    def n_words(self) -> int:
        """Number of scored words."""
        return int(self.word_start.size)

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Geometry:
        """The geometry of some documents, in order of id.

        Raises:
            ValueError: if two documents share an id.
        """
        ordered = sorted(documents, key=lambda d: d.id)
        ids = tuple(d.id for d in ordered)
        if len(set(ids)) < len(ids):
            raise ValueError("two documents share an id")
        base, first_block = [0], [0]
        blocks: list[tuple[str, str]] = []
        block_start: list[int] = []
        block_end: list[int] = []
        block_doc: list[int] = []
        dead: list[tuple[int, int]] = []
        word_start: list[int] = []
        word_end: list[int] = []
        word_block: list[int] = []
        sentence_word = [0]
        for index, document in enumerate(ordered):
            at = base[-1]
            for paragraph in document.paragraphs:
                if not paragraph.scored:
                    dead.append((at + paragraph.start, at + paragraph.end))
                    continue
                for sentence in paragraph.sentences:
                    for word in sentence.words:
                        if not word.is_punctuation:
                            word_start.append(at + word.start)
                            word_end.append(at + word.end)
                            word_block.append(len(blocks))
                    sentence_word.append(len(word_start))
                blocks.append((document.id, paragraph.id))
                block_start.append(at + paragraph.start)
                block_end.append(at + paragraph.end)
                block_doc.append(index)
            first_block.append(len(blocks))
            base.append(at + len(document.text) + 1)
        return cls(
            ids, {doc_id: index for index, doc_id in enumerate(ids)}, _ints(base), tuple(blocks), _ints(block_start),
            _ints(block_end), _ints(block_doc), _ints(first_block), _ints(start for start, _ in dead),
            _ints(end for _, end in dead), _ints(word_start), _ints(word_end), _ints(word_block), _ints(sentence_word),
        )  # fmt: skip

    def part(self, first: int, last: int) -> Geometry:
        """The documents numbered ``first`` … ``last`` − 1, at the same corpus code points, all else numbered anew."""
        blocks = slice(int(self.first_block[first]), int(self.first_block[last]))
        low, high = (int(x) for x in np.searchsorted(self.word_block, [blocks.start, blocks.stop]))
        words = slice(low, high)
        edges = self.sentence_word[
            np.searchsorted(self.sentence_word, low) : np.searchsorted(self.sentence_word, high, side="right")
        ]
        dead = slice(*(int(x) for x in np.searchsorted(self.dead_start, self.base[[first, last]])))
        ids = self.doc_ids[first:last]
        return Geometry(
            ids, {doc_id: index for index, doc_id in enumerate(ids)}, self.base[first : last + 1], self.blocks[blocks],
            self.block_start[blocks], self.block_end[blocks], self.block_doc[blocks] - first,
            self.first_block[first : last + 1] - blocks.start, self.dead_start[dead], self.dead_end[dead],
            self.word_start[words], self.word_end[words], self.word_block[words] - blocks.start, edges - low,
        )  # fmt: skip

    def locate(self, document: NDArray[Any], start: Ints) -> Ints:
        """The block of objects by their document and first corpus code point.

        That is the scored paragraph that holds it, else the next one of the document, else its last; −1 where the
        document has no scored paragraph.
        """
        first, last = self.first_block[document], self.first_block[document + 1] - 1
        found = np.clip(np.searchsorted(self.block_end, start, side="right"), first, np.maximum(first, last))
        return np.where(last >= first, found, -1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class SpanColumn:
    """``n`` spans: the fragments of span ``i`` are ``offset[i]:offset[i + 1]`` of ``start`` and ``end``.

    Fragments are sorted and disjoint, in corpus code points. An absent span has no fragment.
    """

    offset: Ints
    start: Ints
    end: Ints

    def __len__(self) -> int:
        return int(self.offset.size) - 1

    @cached_property
    def size(self) -> Ints:
        """Number of fragments of each span."""
        return np.diff(self.offset)

    @cached_property
    def owner(self) -> Ints:
        """The span of each fragment."""
        return np.repeat(np.arange(len(self)), self.size)

    @cached_property
    def given(self) -> Bools:
        """True where the span is present."""
        return self.size > 0

    @cached_property
    def length(self) -> Ints:
        """Code points of each span, 0 if absent."""
        return np.bincount(self.owner, weights=self.end - self.start, minlength=len(self)).astype(np.int64)

    @cached_property
    def first(self) -> Ints:
        """First code point of each span; a very large number where absent."""
        out = np.full(len(self), np.iinfo(np.int64).max // 4, dtype=np.int64)
        out[self.given] = self.start[self.offset[:-1][self.given]]
        return out

    @cached_property
    def last(self) -> Ints:
        """One past the last code point of each span; 0 where absent."""
        out = np.zeros(len(self), dtype=np.int64)
        out[self.given] = self.end[self.offset[1:][self.given] - 1]
        return out

    def take(self, rows: Ints) -> SpanColumn:
        """The spans of ``rows``, in that order."""
        size = self.size[rows]
        offset = np.concatenate([[0], np.cumsum(size)])
        if offset[-1] == rows.size and bool((size == 1).all()):
            index = self.offset[rows]
        else:
            index = np.repeat(self.offset[rows] - offset[:-1], size) + np.arange(offset[-1])
        return SpanColumn(offset, self.start[index], self.end[index])

    @classmethod
    def of(cls, spans: Sequence[Span | None], bases: Sequence[int]) -> SpanColumn:
        """Spans of the model; ``bases`` holds the corpus code point of each one's document."""
        sizes = [0] + [0 if span is None else len(span.fragments) for span in spans]
        flat = [
            edge + base
            for span, base in zip(spans, bases, strict=True)
            if span is not None
            for pair in span.fragments
            for edge in pair
        ]
        edges = _ints(flat).reshape(-1, 2)
        return cls(np.cumsum(_ints(sizes)), edges[:, 0].copy(), edges[:, 1].copy())

    @classmethod
    def continuous(cls, start: Ints, end: Ints) -> SpanColumn:
        """One fragment each."""
        return cls(np.arange(start.size + 1), start, end)


@dataclass(frozen=True, eq=False)
class ListColumn:
    """``n`` lists of numbers: list ``i`` is ``value[offset[i]:offset[i + 1]]``."""

    offset: Ints
    value: Ints

    @cached_property
    def size(self) -> Ints:
        """Length of each list."""
        return np.diff(self.offset)

    @cached_property
    def owner(self) -> Ints:
        """The list of each value."""
        return np.repeat(np.arange(self.offset.size - 1), self.size)

    def take(self, rows: Ints) -> ListColumn:
        """The lists of ``rows``, in that order."""
        size = self.size[rows]
        offset = np.concatenate([[0], np.cumsum(size)])
        index = np.repeat(self.offset[rows] - offset[:-1], size) + np.arange(offset[-1])
        return ListColumn(offset, self.value[index])

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> ListColumn:
        """From lists of numbers."""
        return cls(np.cumsum(_ints([0] + [len(each) for each in lists])), _ints(chain.from_iterable(lists)))


@dataclass(frozen=True, eq=False)
class MentionColumns:
    """Mentions: ``type`` and ``level`` index the vocabularies; ``entity`` is a number of this side, −1 for none."""

    row: Ints
    doc: Ints
    span: SpanColumn
    type: Ints
    level: Ints
    entity: Ints

    def take(self, rows: Ints) -> MentionColumns:
        """The chosen rows."""
        return MentionColumns(
            self.row[rows], self.doc[rows], self.span.take(rows), self.type[rows], self.level[rows], self.entity[rows]
        )


@dataclass(frozen=True, eq=False)
class AttributionColumns:
    """Attributions; ``parent`` is a row or −1, with circles and over-long chains cut; ``codes`` by attribute."""

    row: Ints
    doc: Ints
    roles: Mapping[str, SpanColumn]
    implicit: Bools
    source_entity: ListColumn
    medium_entity: ListColumn
    parent: Ints
    codes: Mapping[str, Ints]

    def take(self, rows: Ints) -> AttributionColumns:
        """The chosen rows; a parent that is not among them is cut."""
        new = np.full(self.doc.size + 1, -1, dtype=np.int64)
        new[rows] = np.arange(rows.size)
        return AttributionColumns(
            self.row[rows],
            self.doc[rows],
            {role: span.take(rows) for role, span in self.roles.items()},
            self.implicit[rows],
            self.source_entity.take(rows),
            self.medium_entity.take(rows),
            new[self.parent[rows]],
            {name: code[rows] for name, code in self.codes.items()},
        )


@dataclass(frozen=True, eq=False)
class ClaimColumns:
    """Claims; ``cluster`` is a number over the corpus, −1 for none; ``codes`` by attribute.

    ``cluster_code`` is what a scorer knows of each claim's cluster over the whole corpus: it is taken along where the
    claims are cut into parts, in which the cluster itself is not whole.
    """

    row: Ints
    doc: Ints
    span: SpanColumn
    cluster: Ints
    codes: Mapping[str, Ints]
    cluster_code: NDArray[np.uint64] | None = None

    def take(self, rows: Ints) -> ClaimColumns:
        """The chosen rows."""
        return ClaimColumns(
            self.row[rows],
            self.doc[rows],
            self.span.take(rows),
            self.cluster[rows],
            {name: code[rows] for name, code in self.codes.items()},
            None if self.cluster_code is None else self.cluster_code[rows],
        )


@dataclass(frozen=True, eq=False)
class Columns:
    """All annotations of one side over a geometry; ``row`` of a layer numbers its objects in the order given.

    Entity ids are local to their document; ``n_entities`` counts them over the corpus.
    """

    geometry: Geometry
    mentions: MentionColumns
    attributions: AttributionColumns
    claims: ClaimColumns
    n_entities: int

    @classmethod
    def of(cls, geometry: Geometry, annotations: Iterable[Annotations]) -> Columns:
        """Columns of some documents' annotations, taken in order of document id.

        Raises:
            ValueError: for annotations of a document that the geometry does not have, or has them twice, or of a
                label that is in no vocabulary.
        """
        ordered = sorted(annotations, key=lambda a: a.doc_id)
        unknown = sorted({a.doc_id for a in ordered} - set(geometry.number))
        if unknown:
            raise ValueError(f"annotations of unknown documents: {', '.join(unknown)}")
        if len({a.doc_id for a in ordered}) < len(ordered):
            raise ValueError("two annotations of one document")
        entities: dict[tuple[int, str], int] = {}

        def entity(doc: int, name: str) -> int:
            return entities.setdefault((doc, name), len(entities)) if name else -1

        docs = [(geometry.number[a.doc_id], int(geometry.base[geometry.number[a.doc_id]]), a) for a in ordered]
        mentions = [(doc, base, m) for doc, base, a in docs for m in a.mentions]
        relations = [(doc, base, r) for doc, base, a in docs for r in a.attributions]
        claims = [(doc, base, c) for doc, base, a in docs for c in a.claims]
        clusters: dict[str, int] = {}
        codes = _Coder()
        mention_columns = MentionColumns(
            np.arange(len(mentions)),
            _ints(doc for doc, _, _ in mentions),
            SpanColumn.of([m.span for _, _, m in mentions], [base for _, base, _ in mentions]),
            codes.take("type", ENTITY_TYPES, [m.type for _, _, m in mentions]),
            codes.take("level", LEVELS, [m.level for _, _, m in mentions]),
            _ints(entity(doc, m.entity) for doc, _, m in mentions),
        )
        bases = [base for _, base, _ in relations]
        attribution_columns = AttributionColumns(
            np.arange(len(relations)),
            _ints(doc for doc, _, _ in relations),
            {role: SpanColumn.of([r.role(role) for _, _, r in relations], bases) for role in ROLES},
            np.array([r.implicit for _, _, r in relations], dtype=np.bool_),
            ListColumn.of([[entity(doc, e) for e in r.source_entity] for doc, _, r in relations]),
            ListColumn.of([[entity(doc, e) for e in r.medium_entity] for doc, _, r in relations]),
            _parents([a.attributions for a in ordered]),
            {
                name: codes.take(name, vocabulary, [getattr(r, name) for _, _, r in relations])
                for name, vocabulary in ATTRIBUTION_CODES.items()
            },
        )
        claim_columns = ClaimColumns(
            np.arange(len(claims)),
            _ints(doc for doc, _, _ in claims),
            SpanColumn.of([c.span for _, _, c in claims], [base for _, base, _ in claims]),
            _ints(clusters.setdefault(c.cluster, len(clusters)) if c.cluster else -1 for _, _, c in claims),
            {
                name: codes.take(name, vocabulary, [getattr(c, name) for _, _, c in claims])
                for name, vocabulary in CLAIM_CODES.items()
            },
        )
        return cls(geometry, mention_columns, attribution_columns, claim_columns, len(entities))

    def rows_by_document(self) -> tuple[ListColumn, ListColumn, ListColumn]:
        """The rows of the mentions, attributions and claims of each document, as :meth:`part` needs them."""
        documents = np.arange(len(self.geometry.doc_ids) + 1)

        def rows(doc: Ints) -> ListColumn:
            if bool((doc[1:] >= doc[:-1]).all()):
                return ListColumn(np.searchsorted(doc, documents), np.arange(doc.size))
            order = np.argsort(doc, kind="stable")
            return ListColumn(np.searchsorted(doc, documents, sorter=order), order)

        return rows(self.mentions.doc), rows(self.attributions.doc), rows(self.claims.doc)

    def part(
        self, geometry: Geometry, first: int, last: int, rows: tuple[ListColumn, ListColumn, ListColumn]
    ) -> Columns:
        """The rows of documents ``first`` … ``last`` − 1, of which ``geometry`` is the part.

        ``rows`` are the :meth:`rows_by_document`. Entities are numbered anew; rows keep their numbers in the whole.
        """
        mine = [of.value[of.offset[first] : of.offset[last]] for of in rows]
        m, a, c = self.mentions.take(mine[0]), self.attributions.take(mine[1]), self.claims.take(mine[2])
        used = np.sort(np.concatenate([m.entity, a.source_entity.value, a.medium_entity.value, [-1]]))
        used = used[1:][used[1:] != used[:-1]]  # without −1, which comes first

        def renumbered(lists: ListColumn) -> ListColumn:
            return ListColumn(lists.offset, np.searchsorted(used, lists.value))

        entity = np.where(m.entity >= 0, np.searchsorted(used, m.entity), -1)
        return Columns(
            geometry,
            replace(m, doc=m.doc - first, entity=entity),
            replace(
                a,
                doc=a.doc - first,
                source_entity=renumbered(a.source_entity),
                medium_entity=renumbered(a.medium_entity),
            ),
            replace(c, doc=c.doc - first),
            int(used.size),
        )


class _Coder:
    """Labels to indices, with a message for a label of no vocabulary."""

    def take(self, name: str, vocabulary: Sequence[str], labels: Sequence[str]) -> Ints:
        code = {label: index for index, label in enumerate(vocabulary)}
        try:
            return _ints([code[label] for label in labels])
        except KeyError as error:
            raise ValueError(f"unknown {name} {error.args[0]!r}; use one of {', '.join(vocabulary)}") from None


def _parents(documents: Sequence[Sequence[Attribution]]) -> Ints:
    """Parent rows over all documents; dangling ids, circles and links beyond :data:`MAX_CHAIN` give −1."""
    out: list[int] = []
    for attributions in documents:
        base = len(out)
        row = {a.id: base + index for index, a in enumerate(attributions)}
        out.extend(row.get(a.parent, -1) if a.parent else -1 for a in attributions)
        out[base:] = cut_circles(out[base:], base)
    return _ints(out)


def cut_circles(parents: Sequence[int], base: int = 0) -> list[int]:
    """Parent rows (numbered from ``base``) without links in a circle or beyond :data:`MAX_CHAIN` levels.

    >>> cut_circles([-1, 0, 3, 2, 3])
    [-1, 0, -1, -1, 3]
    """
    out = list(parents)
    depth: dict[int, int] = {}
    for start in range(len(out)):
        path: list[int] = []
        on_path: dict[int, int] = {}
        node = start
        while node >= 0 and node not in depth and node not in on_path:
            on_path[node] = len(path)
            path.append(node)
            node = out[node] - base if out[node] >= 0 else -1
        if node in on_path:
            for each in path[on_path[node] :]:
                out[each] = -1
        for each in reversed(path):
            level = 1 + depth[out[each] - base] if out[each] >= 0 else 1
            if level > MAX_CHAIN:
                out[each], level = -1, 1
            depth[each] = level
    return out
