"""What the published dataset consists of: every config, every column, its type and its description, said once.

The Arrow schema, the features of `datasets`, the tables of the card and the fields of Croissant are all made from
:data:`CONFIGS`, so they cannot drift apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from aqwal.formats.hub.vocabularies import names

#: Said in the description of whatever holds a position.
OFFSETS = "logical-order Unicode code points of the document's text, half-open"
SPLIT = "test"
DEFAULT = "documents"
#: Columns of nested IOB2 tags; the build stops where a mention lies deeper.
NER_LAYERS = 4


# ---------------------------------------------------------------- types


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""


@dataclass(frozen=True, slots=True)
class Integer:
    """A 32-bit integer."""


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a closed vocabulary, stored as its index."""

    vocabulary: str


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    of: Type


@dataclass(frozen=True, slots=True)
class Record:
    """An object with fields."""

    columns: tuple[Column, ...]


Type: TypeAlias = Text | Integer | Flag | Label | Many | Record

TEXT, INTEGER, FLAG = Text(), Integer(), Flag()
TEXTS, INTEGERS, SPANS = Many(TEXT), Many(INTEGER), Many(Many(INTEGER))


@dataclass(frozen=True, slots=True)
class Column:
    """One column or field; ``withheld`` marks wording of the source texts, null in the text-free variant."""

    name: str
    type: Type
    about: str
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """One table."""

    name: str
    row: str
    about: str
    columns: tuple[Column, ...]

    @property
    def path(self) -> str:
        """Its file, relative to the dataset's folder."""
        return f"{self.name}/{SPLIT}.parquet"


# ---------------------------------------------------------------- columns used in several tables

_DOC_ID = Column("doc_id", TEXT, "Document id, three digits")
_FOLD = Column("fold", TEXT, "Reuse group of the document; leave one fold out, never one document (003 rewrites 002)")
_ANNOTATOR = Column("annotator", TEXT, "Name of the independent pass, made before adjudication")
_LAYER = Column("layer", TEXT, "`gold`, or the annotator whose register this row belongs to")

_PARAGRAPHS = Column(
    "paragraphs",
    Many(
        Record(
            (
                Column("id", TEXT, "Paragraph id in the document: p1, p2, …; a paragraph is one non-empty line"),
                Column("zone", Label("zone"), "What part of the article the line is"),
                Column("repeats", TEXT, "Id of the earlier paragraph that it repeats, or empty"),
                Column("scored", FLAG, "False for furniture and repeats, which carry no annotation"),
                Column("start", INTEGER, f"First position; {OFFSETS}"),
                Column("end", INTEGER, f"One past the last position; {OFFSETS}"),
            )
        )
    ),
    "Paragraphs with their zones, in order",
)
_SENTENCES = Column(
    "sentences",
    Many(
        Record(
            (
                Column("id", TEXT, "Sentence id in the document: s1, s2, …"),
                Column("paragraph", TEXT, "Id of its paragraph"),
                Column("start", INTEGER, f"First position; {OFFSETS}"),
                Column("end", INTEGER, f"One past the last position; {OFFSETS}"),
            )
        )
    ),
    "Sentences, in order",
)
_WORDS = Column(
    "words",
    Many(
        Record(
            (
                Column("sentence", TEXT, "Id of its sentence"),
                Column("form", TEXT, "The word as it stands in the text", withheld=True),
                Column("start", INTEGER, f"First position; {OFFSETS}"),
                Column("end", INTEGER, f"One past the last position; {OFFSETS}"),
                Column("pieces", SPANS, f"[start, end] of each surface clitic piece, tiling the word; {OFFSETS}"),
                Column("is_punctuation", FLAG, "True where the word has no letter or digit; such words are not scored"),
            )
        )
    ),
    "Words with their clitic pieces, in order",
)

_MENTION = (
    Column("id", TEXT, "Mention id, unique in the document's mentions"),
    Column("sentence", TEXT, "Id of the sentence in which it begins"),
    Column("spans", SPANS, f"[start, end] of each fragment; {OFFSETS}"),
    Column("text", TEXT, "Its words; fragments are joined by ` … `", withheld=True),
    Column("type", Label("entity_type"), "Entity type (Wojood's 21)"),
    Column("level", Label("level"), "Name, value, noun phrase or pronoun"),
    Column("entity", TEXT, "Id of what it refers to, in `entity_register`; empty for values"),
    Column("metonym", FLAG, "True where a place or designation stands for the state or government named by `entity`"),
    Column(
        "framing", Many(Label("framing")), "How the document's typography or wording frames the name, whoever speaks"
    ),
    Column("depth", INTEGER, "1 for an outermost name or value, 2 for one nested in it, …; 0 for NOM and PRO"),
)
_CHAIN = Column(
    "chain",
    Many(TEXTS),
    "The isnād, from the author to the innermost source: one list per step with the ids of the entities that speak "
    "together in it; `author` is the first step, `none` a step without source",
)
_ATTRIBUTION = (
    Column("id", TEXT, "Attribution id, unique in the document's attributions"),
    Column("sentence", TEXT, "Id of the sentence in which the cue begins"),
    Column("cue", SPANS, f"[start, end] of each fragment of the words that signal it; {OFFSETS}"),
    Column("cue_text", TEXT, "The words of the cue", withheld=True),
    Column("source", SPANS, f"[start, end] of each fragment of the source, null where no words name it; {OFFSETS}"),
    Column("source_text", TEXT, "The words of the source, or null", withheld=True),
    Column("content", SPANS, f"[start, end] of each fragment of what is told, or null; {OFFSETS}"),
    Column("content_text", TEXT, "The words of the content, or null", withheld=True),
    Column(
        "medium", SPANS, f"[start, end] of each fragment of the outlet or document spoken through, or null; {OFFSETS}"
    ),
    Column("medium_text", TEXT, "The words of the medium, or null", withheld=True),
    Column("implicit", FLAG, "True where the source is only in the verb"),
    Column("source_entity", TEXTS, "Ids of who speaks, in `entity_register`"),
    Column("source_type", Label("source_type"), "What kind of source it is"),
    Column("medium_entity", TEXTS, "Ids of the medium, in `entity_register`"),
    Column("quote", Label("quote"), "Whether the content is quoted"),
    Column("kind", Label("kind"), "What kind of act it is"),
    Column("stance", Label("stance"), "What the cue does with the content, by the class of the cue alone"),
    Column("polarity", Label("attribution_polarity"), "Whether the source tells, denies, or does not tell the content"),
    Column("parent", TEXT, "Id of the attribution that relays this one, or empty"),
    Column("inherited", FLAG, "True where a following sentence resumes the parent"),
    Column("anaphoric", FLAG, "True where the content only points back"),
    Column("scope", Label("scope"), "Whether the end of the content is in doubt"),
    Column("depth", INTEGER, "Attributions on the path from the author: 1 without a parent"),
    _CHAIN,
)
_CLAIM = (
    Column("id", TEXT, "Claim id, unique in the document's claims"),
    Column("sentence", TEXT, "Id of the sentence in which it begins"),
    Column("spans", SPANS, f"[start, end] of each fragment; {OFFSETS}"),
    Column("text", TEXT, "Its words; fragments are joined by ` … `", withheld=True),
    Column("statement", TEXT, "The annotator's standalone Arabic sentence saying just this claim"),
    Column("gloss", TEXT, "The same in English"),
    Column("polarity", Label("claim_polarity"), "Whether it asserts or denies the event or state"),
    Column("certainty", Label("certainty"), "How certain the innermost source puts it"),
    Column("time", Label("time"), "Time of the event relative to publication"),
    Column("verifiable", Label("verifiable"), "Whether evidence could settle it"),
    Column("cluster", TEXT, "Id of the event or state, in `cluster_register`; shared across documents; may be empty"),
    Column("attribution", TEXT, "Id of the innermost attribution in whose content it lies; empty for the author's own"),
    _CHAIN,
)

_FLAT = (
    Column("zone", Label("zone"), "What part of the article it is in"),
    Column("sentence_start", INTEGER, f"Where the sentence begins; {OFFSETS}"),
    Column("sentence_text", TEXT, "The sentence", withheld=True),
)
_CHAIN_NAMES = (
    Column("chain_names_en", TEXTS, "English name of each step of the chain"),
    Column("chain_names_ar", TEXTS, "Arabic name of each step of the chain"),
)

#: The text fields of a table of seeds/sources.toml that are published, with their descriptions.
SOURCE_COLUMNS = (
    Column("file", TEXT, "File name of the source text in the repository"),
    Column("outlet", TEXT, "Publisher as far as the text itself tells, else `unknown`"),
    Column("outlet_note", TEXT, "How the outlet is known, or why not"),
    Column("genre", TEXT, "Genre of the text"),
    Column("language_variety", TEXT, "BCP 47 tag of the variety"),
    Column("language_evidence", TEXT, "What in the text shows the variety"),
    Column("byline", TEXT, "Byline as it stands in the text, or `none`"),
    Column("translator", TEXT, "Translator as far as the text tells, or `none`"),
    Column("published_from", TEXT, "Earliest date of publication that the text itself implies, ISO 8601, or empty"),
    Column("published_to", TEXT, "Latest date of publication that the text itself implies, or empty"),
    Column("published_evidence", TEXT, "What in the text implies those dates"),
    Column("published_inferred_from", TEXT, "Earliest date by general knowledge, or empty"),
    Column("published_inferred_to", TEXT, "Latest date by general knowledge, or empty"),
    Column("published_inference", TEXT, "The general knowledge behind those dates"),
    Column("rights", TEXT, "Who holds rights in the text"),
)

_DOCUMENT = (
    _DOC_ID,
    _FOLD,
    Column(
        "text",
        TEXT,
        f"The whole source text, exactly decoded. Every position in every table counts {OFFSETS}",
        withheld=True,
    ),
    Column("sha256", TEXT, "SHA-256 of the text in UTF-8, which is the file byte for byte"),
    Column("length", INTEGER, "Code points in the text"),
    Column("annotated", FLAG, "False where this document has no labels yet: its empty lists then mean nothing"),
    Column("guidelines", TEXT, "Version of the guidelines that the labels follow, or empty"),
    *SOURCE_COLUMNS,
    _PARAGRAPHS,
    _SENTENCES,
    _WORDS,
    Column("mentions", Many(Record(_MENTION)), "Names, values, and nominal or pronominal sources"),
    Column("attributions", Many(Record(_ATTRIBUTION)), "Who said what, by which cue, through which medium"),
    Column("claims", Many(Record(_CLAIM)), "Propositions put forward by the author or a source"),
)


def _side(number: int) -> tuple[Column, ...]:
    which = "first" if number == 1 else "second"
    return (
        Column(f"doc_id_{number}", TEXT, f"Document of the {which} claim"),
        Column(f"claim_{number}", TEXT, f"Id of the {which} claim in its document"),
        Column(
            f"spans_{number}", SPANS, f"[start, end] of each fragment of the {which} claim in its document; {OFFSETS}"
        ),
        Column(f"text_{number}", TEXT, f"Words of the {which} claim", withheld=True),
        Column(f"statement_{number}", TEXT, f"Arabic statement of the {which} claim"),
        Column(f"gloss_{number}", TEXT, f"English gloss of the {which} claim"),
        Column(f"polarity_{number}", Label("claim_polarity"), f"Polarity of the {which} claim"),
        Column(f"certainty_{number}", Label("certainty"), f"Certainty of the {which} claim"),
        Column(f"time_{number}", Label("time"), f"Time of the {which} claim's event"),
        Column(f"cluster_{number}", TEXT, f"Cluster of the {which} claim, in `cluster_register`; may be empty"),
    )


def _ner(layer: int) -> Column:
    if layer == 1:
        return Column("ner_tags", Many(Label("ner_tag")), "IOB2 tag of each token in the outermost layer of mentions")
    return Column(
        f"ner_tags_{layer}",
        Many(Label("ner_tag")),
        f"IOB2 tag of each token in layer {layer}: mentions nested {layer - 1} deep",
    )


CONFIGS: Mapping[str, Config] = {
    config.name: config
    for config in (
        Config(
            "documents",
            "document",
            "Text, segmentation and all gold annotations of a document, nested. The field names inside `mentions`, "
            "`attributions` and `claims` are those of a submission.",
            _DOCUMENT,
        ),
        Config(
            "entities",
            "sentence",
            "Token classification: the scored sentences of annotated documents with IOB2 tags over clitic pieces, one "
            "column per layer of nesting. Names and values only. A mention in several fragments has a B- tag for each.",
            (
                _DOC_ID,
                _FOLD,
                Column("sentence", TEXT, "Sentence id in the document"),
                Column("zone", Label("zone"), "What part of the article it is in"),
                Column("start", INTEGER, f"First position; {OFFSETS}"),
                Column("end", INTEGER, f"One past the last position; {OFFSETS}"),
                Column("text", TEXT, "The sentence", withheld=True),
                Column("words", TEXTS, "Words, punctuation split off", withheld=True),
                Column("word_starts", INTEGERS, f"First position of each word; {OFFSETS}"),
                Column("word_ends", INTEGERS, f"One past the last position of each word; {OFFSETS}"),
                Column(
                    "tokens",
                    TEXTS,
                    "Clitic pieces: proclitic, stem or enclitic pronoun, exact substrings",
                    withheld=True,
                ),
                Column("token_starts", INTEGERS, f"First position of each token; {OFFSETS}"),
                Column("token_ends", INTEGERS, f"One past the last position of each token; {OFFSETS}"),
                Column("word_ids", INTEGERS, "Index into `words` of each token's word"),
                *(_ner(layer) for layer in range(1, NER_LAYERS + 1)),
            ),
        ),
        Config(
            "mentions",
            "mention",
            "Names, values, and the nominal or pronominal sources and media of attributions.",
            (
                _DOC_ID,
                _FOLD,
                *_MENTION,
                Column("start", INTEGER, f"First position of the first fragment; {OFFSETS}"),
                Column("end", INTEGER, f"One past the last position of the last fragment; {OFFSETS}"),
                Column("entity_name_en", TEXT, "English name of the entity, or empty"),
                Column("entity_name_ar", TEXT, "Arabic name of the entity, or empty"),
                Column("wikidata", TEXT, "Wikidata id of the entity where looked up and certain, else empty"),
                *_FLAT,
            ),
        ),
        Config(
            "attributions",
            "attribution",
            "One act of telling, holding, asking or promising a content, ascribed to a source other than the author, "
            "with the words of every role and its chain of transmission.",
            (_DOC_ID, _FOLD, *_ATTRIBUTION, *_CHAIN_NAMES, *_FLAT),
        ),
        Config(
            "claims",
            "claim",
            "One proposition put forward by the author or a source, with its chain of transmission and its cluster.",
            (
                _DOC_ID,
                _FOLD,
                *_CLAIM,
                Column("start", INTEGER, f"First position of the first fragment; {OFFSETS}"),
                Column("end", INTEGER, f"One past the last position of the last fragment; {OFFSETS}"),
                Column("cluster_label_en", TEXT, "English label of the cluster, or empty"),
                Column("cluster_label_ar", TEXT, "Arabic label of the cluster, or empty"),
                *_CHAIN_NAMES,
                *_FLAT,
            ),
        ),
        Config(
            "claim_pairs",
            "pair of claims of two documents",
            "Every cross-document pair of claims that share their time and a participant, every linked pair outside "
            "that block, and sampled negatives. A pair belongs to the held-out part of both its folds.",
            (
                Column("fold", TEXT, "Fold of the first claim; train on a pair only where neither fold is held out"),
                Column("fold_2", TEXT, "Fold of the second claim"),
                *_side(1),
                *_side(2),
                Column("participants", TEXTS, "Ids of the entities mentioned inside both claims"),
                Column("selection", Label("selection"), "Why the pair is in the table"),
                Column("direction", Label("direction"), "Which claim is the narrower one, for `specifies`"),
                Column(
                    "label",
                    Label("pair_label"),
                    "What the claims are to each other; polarity and certainty are separate",
                ),
            ),
        ),
        Config(
            "annotators",
            "document and annotator",
            "Both independent passes as they were before adjudication: the columns of `documents` plus `annotator`.",
            (_ANNOTATOR, *_DOCUMENT),
        ),
        Config(
            "entity_register",
            "entity and layer",
            "The entities that `entity`, `source_entity`, `medium_entity` and `chain` refer to.",
            (
                _LAYER,
                Column("id", TEXT, "Entity id; `004/source-1` for an entity of one document"),
                Column("type", Label("entity_type"), "Entity type"),
                Column("name_en", TEXT, "English name"),
                Column("name_ar", TEXT, "Arabic name"),
                Column("wikidata", TEXT, "Wikidata id where looked up and certain, else empty"),
                Column("documents", TEXTS, "Documents that mention it or have it speak, in this layer"),
            ),
        ),
        Config(
            "cluster_register",
            "claim cluster and layer",
            "The events and states that `cluster` refers to, and the links between them.",
            (
                _LAYER,
                Column("id", TEXT, "Cluster id"),
                Column("label_en", TEXT, "English label"),
                Column("label_ar", TEXT, "Arabic label"),
                Column("specifies", TEXTS, "Ids of clusters of which this one is a narrower form"),
                Column("contradicts", TEXTS, "Ids of clusters that this one contradicts"),
                Column("documents", TEXTS, "Documents that have a claim of it, in this layer"),
            ),
        ),
        Config(
            "labels",
            "label of a closed vocabulary",
            "What the stored integers mean, for readers that know nothing of ClassLabel (pandas, polars, DuckDB).",
            (
                Column("vocabulary", TEXT, "Name of the vocabulary"),
                Column("value", INTEGER, "The integer that is stored"),
                Column("name", TEXT, "The label, as guidelines and submissions write it"),
                Column("meaning", TEXT, "What the label means, in one line"),
                Column("columns", TEXTS, "Columns that use the vocabulary, as config.column"),
            ),
        ),
    )
}


# ---------------------------------------------------------------- what is made from it


def walk(columns: Sequence[Column], prefix: str = "") -> Iterator[tuple[str, Column]]:
    """Every column and nested field with its dotted path.

    >>> [path for path, _ in walk(CONFIGS["documents"].columns)][-1]
    'claims.chain'
    """
    for column in columns:
        path = prefix + column.name
        yield path, column
        inner = column.type
        while isinstance(inner, Many):
            inner = inner.of
        if isinstance(inner, Record):
            yield from walk(inner.columns, f"{path}.")


def vocabulary_of(kind: Type) -> str:
    """The vocabulary of a label or list of labels, or empty."""
    while isinstance(kind, Many):
        kind = kind.of
    return kind.vocabulary if isinstance(kind, Label) else ""


def type_name(kind: Type) -> str:
    """How a type is written in the card.

    >>> type_name(SPANS), type_name(Label("stance"))
    ('list of lists of integers', 'label (stance)')
    """
    plain = {Text: "string", Integer: "integer", Flag: "boolean"}
    plural = {Text: "strings", Integer: "integers", Flag: "booleans"}
    if isinstance(kind, Label):
        return f"label ({kind.vocabulary})"
    if isinstance(kind, Record):
        return "object"
    if isinstance(kind, Many):
        if isinstance(kind.of, Many):
            return "list of " + type_name(kind.of).replace("list", "lists", 1)
        if isinstance(kind.of, Record):
            return "list of objects"
        if isinstance(kind.of, Label):
            return f"list of labels ({kind.of.vocabulary})"
        return f"list of {plural[type(kind.of)]}"
    return plain[type(kind)]


def _feature(kind: Type) -> Any:
    import datasets

    if isinstance(kind, Text):
        return datasets.Value("string")
    if isinstance(kind, Integer):
        return datasets.Value("int32")
    if isinstance(kind, Flag):
        return datasets.Value("bool")
    if isinstance(kind, Label):
        return datasets.ClassLabel(names=list(names(kind.vocabulary)))
    if isinstance(kind, Many):
        return datasets.List(_feature(kind.of))
    return {column.name: _feature(column.type) for column in kind.columns}


def features(config: Config) -> Any:
    """The `datasets.Features` of a config."""
    import datasets

    return datasets.Features({column.name: _feature(column.type) for column in config.columns})


def _arrow(kind: Type) -> Any:
    import pyarrow as pa

    if isinstance(kind, Text):
        return pa.string()
    if isinstance(kind, Integer):
        return pa.int32()
    if isinstance(kind, Flag):
        return pa.bool_()
    if isinstance(kind, Label):
        return pa.int64()
    if isinstance(kind, Many):
        return pa.list_(_arrow(kind.of))
    return pa.struct([_arrow_field(column) for column in kind.columns])


def _arrow_field(column: Column) -> Any:
    import pyarrow as pa

    return pa.field(column.name, _arrow(column.type), metadata={"description": column.about})


def arrow_schema(config: Config) -> Any:
    """The Arrow schema: a description on every field, and the features that `datasets` restores on loading."""
    import pyarrow as pa

    embedded = json.dumps({"info": {"features": features(config).to_dict()}}, ensure_ascii=False)
    metadata = {"description": config.about, "huggingface": embedded}
    return pa.schema([_arrow_field(column) for column in config.columns], metadata=metadata)


def withhold(row: Mapping[str, Any], columns: Sequence[Column]) -> dict[str, Any]:
    """A row without the wording of the source texts: withheld columns are null."""
    return {column.name: None if column.withheld else _withhold(row[column.name], column.type) for column in columns}


def _withhold(value: Any, kind: Type) -> Any:
    if value is None:
        return None
    if isinstance(kind, Many) and isinstance(kind.of, Many | Record):
        return [_withhold(item, kind.of) for item in value]
    if isinstance(kind, Record):
        return withhold(value, kind.columns)
    return value
