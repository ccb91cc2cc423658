"""The rows of every config, made from a release as plain dictionaries in the order of the schema."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from aqwal.formats.hub.errors import fail
from aqwal.formats.hub.pairs import claim_pairs
from aqwal.formats.hub.release import Layer, Release
from aqwal.formats.hub.schema import CONFIGS, NER_LAYERS, Column, arrow_schema, vocabulary_of, walk, withhold
from aqwal.formats.hub.tagging import layer_depths, tag_layers
from aqwal.formats.hub.vocabularies import VOCABULARIES, index
from aqwal.model import AUTHOR, NO_SOURCE, ROLES, Annotations, Attribution, Claim, Document, Entity, Mention, Span, Step

Row: TypeAlias = dict[str, Any]

_NAMES = {AUTHOR: ("the author", "الكاتب"), NO_SOURCE: ("no source", "بلا مصدر")}


def _pairs(span: Span | None) -> list[list[int]] | None:
    return None if span is None else [list(fragment) for fragment in span.fragments]


def _quote(span: Span | None, document: Document) -> str | None:
    return None if span is None else span.quote(document.text)


def _sentence(document: Document, position: int) -> str:
    sentence = document.sentence_of(position)
    return sentence.id if sentence else ""


def _steps(chain: tuple[Step, ...]) -> list[list[str]]:
    return [list(step) for step in chain]


def mention_row(document: Document, mention: Mention, depths: Mapping[str, int]) -> Row:
    """A mention, as in `documents.mentions`."""
    return {
        "id": mention.id,
        "sentence": _sentence(document, mention.span.start),
        "spans": _pairs(mention.span),
        "text": _quote(mention.span, document),
        "type": index("entity_type", mention.type),
        "level": index("level", mention.level),
        "entity": mention.entity,
        "metonym": mention.metonym,
        "framing": [index("framing", value) for value in mention.framing],
        "depth": depths[mention.id],
    }


def attribution_row(document: Document, annotations: Annotations, a: Attribution) -> Row:
    """An attribution with its derived depth and chain, as in `documents.attributions`."""
    roles: Row = {}
    for role in ROLES:
        roles[role] = _pairs(a.role(role))
        roles[f"{role}_text"] = _quote(a.role(role), document)
    return {
        "id": a.id,
        "sentence": _sentence(document, a.cue.start),
        **roles,
        "implicit": a.implicit,
        "source_entity": list(a.source_entity),
        "source_type": index("source_type", a.source_type),
        "medium_entity": list(a.medium_entity),
        "quote": index("quote", a.quote),
        "kind": index("kind", a.kind),
        "stance": index("stance", a.stance),
        "polarity": index("attribution_polarity", a.polarity),
        "parent": a.parent,
        "inherited": a.inherited,
        "anaphoric": a.anaphoric,
        "scope": index("scope", a.scope),
        "depth": annotations.depth(a),
        "chain": _steps(annotations.chain(a)),
    }


def claim_row(document: Document, annotations: Annotations, claim: Claim) -> Row:
    """A claim with its derived attribution and chain, as in `documents.claims`."""
    attribution = annotations.attribution_of(claim)
    return {
        "id": claim.id,
        "sentence": _sentence(document, claim.span.start),
        "spans": _pairs(claim.span),
        "text": _quote(claim.span, document),
        "statement": claim.statement,
        "gloss": claim.gloss,
        "polarity": index("claim_polarity", claim.polarity),
        "certainty": index("certainty", claim.certainty),
        "time": index("time", claim.time),
        "verifiable": index("verifiable", claim.verifiable),
        "cluster": claim.cluster,
        "attribution": attribution.id if attribution else "",
        "chain": _steps(annotations.chain(attribution)),
    }


def _segmentation(document: Document) -> Row:
    paragraphs, sentences, words = [], [], []
    for paragraph in document.paragraphs:
        paragraphs.append(
            {
                "id": paragraph.id,
                "zone": index("zone", paragraph.zone),
                "repeats": paragraph.repeats,
                "scored": paragraph.scored,
                "start": paragraph.start,
                "end": paragraph.end,
            }
        )
        for sentence in paragraph.sentences:
            sentences.append(
                {"id": sentence.id, "paragraph": paragraph.id, "start": sentence.start, "end": sentence.end}
            )
            words += [
                {
                    "sentence": sentence.id,
                    "form": word.form,
                    "start": word.start,
                    "end": word.end,
                    "pieces": [[piece.start, piece.end] for piece in word.pieces],
                    "is_punctuation": word.is_punctuation,
                }
                for word in sentence.words
            ]
    return {"paragraphs": paragraphs, "sentences": sentences, "words": words}


def document_row(release: Release, document: Document, layer: Layer) -> Row:
    """A document with everything that ``layer`` says of it."""
    annotations = layer.annotations.get(document.id)
    found = annotations or Annotations(document.id)
    depths = layer_depths(found)
    return {
        "doc_id": document.id,
        "fold": release.folds[document.id],
        "text": document.text,
        "sha256": hashlib.sha256(document.text.encode()).hexdigest(),
        "length": len(document.text),
        "annotated": annotations is not None,
        "guidelines": layer.guidelines.get(document.id, ""),
        **release.sources[document.id],
        **_segmentation(document),
        "mentions": [mention_row(document, mention, depths) for mention in found.mentions],
        "attributions": [attribution_row(document, found, attribution) for attribution in found.attributions],
        "claims": [claim_row(document, found, claim) for claim in found.claims],
    }


class _Flat:
    """The rows of the flat tables of one release."""

    def __init__(self, release: Release) -> None:
        self.release, self.gold = release, release.gold
        self.entities: Mapping[str, Entity] = {entity.id: entity for entity in release.gold.entities}
        self.clusters = {cluster.id: cluster for cluster in release.gold.clusters}
        self.annotated = [
            (document, release.gold.annotations[document.id])
            for document in release.documents
            if document.id in release.gold.annotations
        ]

    def key(self, document: Document) -> Row:
        return {"doc_id": document.id, "fold": self.release.folds[document.id]}

    def place(self, document: Document, position: int) -> Row:
        """Zone, start and text of the sentence at a position."""
        paragraph, sentence = document.paragraph_of(position), document.sentence_of(position)
        if paragraph is None or sentence is None:
            raise fail(
                f"document {document.id}",
                "hub-span",
                "span",
                f"position {position} lies in no sentence",
                "run aqwal check",
            )
        return {
            "zone": index("zone", paragraph.zone),
            "sentence_start": sentence.start,
            "sentence_text": document.text[sentence.start : sentence.end],
        }

    def step_name(self, step: Iterable[str], arabic: bool) -> str:
        """The name of a step; an entity that the register does not name keeps its id."""
        names = []
        for entity_id in step:
            entity = self.entities.get(entity_id)
            english, native = _NAMES.get(entity_id, (entity.name_en, entity.name_ar) if entity else ("", ""))
            names.append((native if arabic else english) or entity_id)
        return (" و" if arabic else " and ").join(names)

    def chain_names(self, chain: Iterable[Iterable[str]]) -> Row:
        steps = list(chain)
        return {
            "chain_names_en": [self.step_name(step, arabic=False) for step in steps],
            "chain_names_ar": [self.step_name(step, arabic=True) for step in steps],
        }

    def entity_rows(self) -> list[Row]:
        rows: list[Row] = []
        for document, annotations in self.annotated:
            depths = layer_depths(annotations)
            deepest = max(depths.values(), default=0)
            if deepest > NER_LAYERS:
                message = f"mentions are nested {deepest} deep, the table has {NER_LAYERS} layers"
                raise fail(f"document {document.id}", "hub-depth", "mentions", message,
                           "raise NER_LAYERS in aqwal/formats/hub/schema.py")  # fmt: skip
            for paragraph in document.paragraphs:
                for sentence in paragraph.sentences if paragraph.scored else ():
                    tokens = [(number, piece) for number, word in enumerate(sentence.words) for piece in word.pieces]
                    pieces = [piece for _, piece in tokens]
                    layers = tag_layers(pieces, annotations, depths, NER_LAYERS)
                    rows.append(
                        {
                            **self.key(document),
                            "sentence": sentence.id,
                            "zone": index("zone", paragraph.zone),
                            "start": sentence.start,
                            "end": sentence.end,
                            "text": document.text[sentence.start : sentence.end],
                            "words": [word.form for word in sentence.words],
                            "word_starts": [word.start for word in sentence.words],
                            "word_ends": [word.end for word in sentence.words],
                            "tokens": [document.text[piece.start : piece.end] for piece in pieces],
                            "token_starts": [piece.start for piece in pieces],
                            "token_ends": [piece.end for piece in pieces],
                            "word_ids": [number for number, _ in tokens],
                            **{
                                "ner_tags" if layer == 1 else f"ner_tags_{layer}": [
                                    index("ner_tag", tag) for tag in tags
                                ]
                                for layer, tags in enumerate(layers, start=1)
                            },
                        }
                    )
        return rows

    def mention_rows(self) -> list[Row]:
        rows: list[Row] = []
        for document, annotations in self.annotated:
            depths = layer_depths(annotations)
            for mention in annotations.mentions:
                entity = self.entities.get(mention.entity)
                ids = [entity_id for entity_id in mention.entity.split(",") if entity_id]
                rows.append(
                    {
                        **self.key(document),
                        **mention_row(document, mention, depths),
                        "start": mention.span.start,
                        "end": mention.span.end,
                        "entity_name_en": self.step_name(ids, arabic=False),
                        "entity_name_ar": self.step_name(ids, arabic=True),
                        "wikidata": entity.wikidata if entity else "",
                        **self.place(document, mention.span.start),
                    }
                )
        return rows

    def attribution_rows(self) -> list[Row]:
        return [
            {
                **self.key(document),
                **(row := attribution_row(document, annotations, attribution)),
                **self.chain_names(row["chain"]),
                **self.place(document, attribution.cue.start),
            }
            for document, annotations in self.annotated
            for attribution in annotations.attributions
        ]

    def claim_rows(self) -> list[Row]:
        rows: list[Row] = []
        for document, annotations in self.annotated:
            for claim in annotations.claims:
                row = claim_row(document, annotations, claim)
                cluster = self.clusters.get(claim.cluster)
                rows.append(
                    {
                        **self.key(document),
                        **row,
                        "start": claim.span.start,
                        "end": claim.span.end,
                        "cluster_label_en": cluster.label_en if cluster else "",
                        "cluster_label_ar": cluster.label_ar if cluster else "",
                        **self.chain_names(row["chain"]),
                        **self.place(document, claim.span.start),
                    }
                )
        return rows

    def pair_rows(self) -> list[Row]:
        documents = {document.id: document for document in self.release.documents}

        def side(doc_id: str, claim: Claim, number: int) -> Row:
            values = {
                "doc_id": doc_id,
                "claim": claim.id,
                "spans": _pairs(claim.span),
                "text": _quote(claim.span, documents[doc_id]),
                "statement": claim.statement,
                "gloss": claim.gloss,
                "polarity": index("claim_polarity", claim.polarity),
                "certainty": index("certainty", claim.certainty),
                "time": index("time", claim.time),
                "cluster": claim.cluster,
            }
            return {f"{name}_{number}": value for name, value in values.items()}

        return [
            {
                "fold": self.release.folds[pair.first[0]],
                "fold_2": self.release.folds[pair.second[0]],
                **side(*pair.first, 1),
                **side(*pair.second, 2),
                "participants": list(pair.participants),
                "selection": index("selection", pair.selection),
                "direction": index("direction", pair.direction),
                "label": index("pair_label", pair.label),
            }
            for pair in claim_pairs(self.gold.annotations, self.clusters)
        ]


def _entity_register(release: Release) -> list[Row]:
    rows: list[Row] = []
    for layer in release.layers:
        where: dict[str, set[str]] = {}
        for doc_id, annotations in layer.annotations.items():
            used = {entity for mention in annotations.mentions for entity in mention.entity.split(",")}
            used |= {entity for a in annotations.attributions for entity in (*a.source_entity, *a.medium_entity)}
            for entity in used:
                where.setdefault(entity, set()).add(doc_id)
        rows += [
            {
                "layer": layer.name,
                "id": entity.id,
                "type": index("entity_type", entity.type),
                "name_en": entity.name_en,
                "name_ar": entity.name_ar,
                "wikidata": entity.wikidata,
                "documents": sorted(where.get(entity.id, ())),
            }
            for entity in layer.entities
        ]
    return rows


def _cluster_register(release: Release) -> list[Row]:
    rows: list[Row] = []
    for layer in release.layers:
        where: dict[str, set[str]] = {}
        for doc_id, annotations in layer.annotations.items():
            for claim in annotations.claims:
                where.setdefault(claim.cluster, set()).add(doc_id)
        rows += [
            {
                "layer": layer.name,
                "id": cluster.id,
                "label_en": cluster.label_en,
                "label_ar": cluster.label_ar,
                "specifies": sorted(cluster.specifies),
                "contradicts": sorted(cluster.contradicts),
                "documents": sorted(where.get(cluster.id, ())),
            }
            for cluster in layer.clusters
        ]
    return rows


def label_columns(vocabulary: str) -> list[str]:
    """Every column that stores labels of a vocabulary, as ``config.column``."""
    return [
        f"{config.name}.{path}"
        for config in CONFIGS.values()
        for path, column in walk(config.columns)
        if vocabulary_of(column.type) == vocabulary
    ]


def _labels() -> list[Row]:
    return [
        {
            "vocabulary": vocabulary,
            "value": value,
            "name": name,
            "meaning": meaning,
            "columns": label_columns(vocabulary),
        }
        for vocabulary, labels in VOCABULARIES.items()
        for value, (name, meaning) in enumerate(labels.items())
    ]


def all_rows(release: Release) -> dict[str, list[Row]]:
    """Config name → its rows."""
    flat = _Flat(release)
    return {
        "documents": [document_row(release, document, release.gold) for document in release.documents],
        "entities": flat.entity_rows(),
        "mentions": flat.mention_rows(),
        "attributions": flat.attribution_rows(),
        "claims": flat.claim_rows(),
        "claim_pairs": flat.pair_rows(),
        "annotators": [
            {"annotator": layer.name, **document_row(release, document, layer)}
            for layer in release.passes
            for document in release.documents
            if document.id in layer.annotations
        ],
        "entity_register": _entity_register(release),
        "cluster_register": _cluster_register(release),
        "labels": _labels(),
    }


def table(name: str, rows: list[Row], *, with_text: bool) -> Any:
    """The Arrow table of a config; without text, the wording of the source texts is null."""
    import pyarrow as pa

    config = CONFIGS[name]
    _same_keys(config.columns, rows[0] if rows else None, name)
    kept = rows if with_text else [withhold(row, config.columns) for row in rows]
    return pa.Table.from_pylist(kept, schema=arrow_schema(config))


def _same_keys(columns: tuple[Column, ...], row: Row | None, name: str) -> None:
    # from_pylist would fill a missing column with nulls in silence.
    if row is not None and set(row) != {column.name for column in columns}:
        raise AssertionError(f"{name}: rows and schema differ in {set(row) ^ {column.name for column in columns}}")
