"""croissant.json: the dataset's metadata in the Croissant format, with its responsible-AI fields."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from aqwal.formats.hub.edition import Edition
from aqwal.formats.hub.schema import (
    CONFIGS,
    OFFSETS,
    Column,
    Config,
    Flag,
    Integer,
    Label,
    Many,
    Record,
    Type,
    vocabulary_of,
)
from aqwal.formats.hub.vocabularies import names

DESCRIPTION = (
    "Arabic news documents annotated for attribution: mentions with entities, who-said-what relations with chains of "
    "transmission (isnad), and claims with source, certainty and cross-document clusters. Annotated by language "
    f"models; not verified by humans. All positions are {OFFSETS}."
)
#: Responsible-AI fields (Croissant RAI 1.0), by the keyword of mlcroissant's Metadata.
RAI: Mapping[str, Any] = {
    "data_collection": "Published web news articles, taken as they were given to the project; nobody was recruited, recorded or asked.",
    "data_collection_type": ["Secondary Data analysis", "Document analysis"],
    "data_collection_missing_data": "Outlet, byline and date are missing where the text itself does not tell them.",
    "data_collection_raw_data": "The files as received; the dataset holds their exact text and sha256.",
    "data_preprocessing_protocol": [
        "The text is never altered. Zones, repeats, paragraphs, sentences, words and clitic pieces are standoff "
        "layers, made by a segmenter and corrected word by word."
    ],
    "data_annotation_protocol": [
        "Two complete passes, blind to each other, by language models working from written guidelines; a third reading "
        "by a language model adjudicated every disagreement. Both passes are published as they were."
    ],
    "data_annotation_platform": ["Plain text files with offsets and quotes, checked by the project's own checks"],
    "data_annotation_analysis": [
        "Agreement before adjudication per layer and document: span F1, kappa and alpha per field, gamma; it measures "
        "the clarity of the guidelines among models of one family, not correctness."
    ],
    "annotations_per_item": "2 independent passes and 1 adjudicated gold annotation",
    "annotator_demographics": ["Language models of one family; no human annotator, no human verification yet"],
    "machine_annotation_tools": ["Large language models as annotators and adjudicator"],
    "data_biases": [
        "Few documents on one subject, partly copies of one another; the outlets' wording, framing and choice of "
        "sources are theirs. Errors that annotators of one family share do not show as disagreement."
    ],
    "data_use_cases": [
        "Evaluation of quotation attribution, speaker identification, nested named entities, claim extraction and "
        "cross-document claim matching in Arabic. Too small to train a general system. Not for fact checking: no label "
        "says whether anything is true."
    ],
    "data_limitations": [
        "Intervals are wide. Labels come from language models and are unverified. Modern Standard Arabic news only."
    ],
    "data_social_impact": (
        "The texts report unverified allegations about living people. Repeating a claim without its chain, or as a "
        "fact, can harm them."
    ),
    "personal_sensitive_information": [
        "Names, offices, political opinions and alleged acts of public figures, as published by news outlets."
    ],
    "data_release_maintenance_plan": (
        "A corrected dataset is a new version with a changelog; scores of different versions are never mixed. "
        "Corrections and take-downs are requested by issue."
    ),
}


def _about(column: Column) -> str:
    """A column's description, with the meaning of its stored integers."""
    vocabulary = vocabulary_of(column.type)
    if not vocabulary or vocabulary == "ner_tag":
        return column.about + (". Integers index the `ner_tag` rows of `labels`" if vocabulary else "")
    values = ", ".join(f"{value} = {name or '(empty)'}" for value, name in enumerate(names(vocabulary)))
    return f"{column.about}. {values}"


def _data_type(mlc: Any, kind: Type) -> Any:
    if isinstance(kind, Flag):
        return mlc.DataType.BOOL
    return mlc.DataType.INTEGER if isinstance(kind, Integer | Label) else mlc.DataType.TEXT


def _shape(kind: Type) -> tuple[Type, int]:
    depth = 0
    while isinstance(kind, Many):
        kind, depth = kind.of, depth + 1
    return kind, depth


def _field(mlc: Any, config: Config, path: Sequence[str], column: Column) -> Any:
    """One field; the fields of a list of objects become sub-fields that pick their key from each object."""
    kind, depth = _shape(column.type)
    uuid = "/".join([config.name, *path, column.name])
    arrays = {"is_array": True, "array_shape": ",".join(["-1"] * depth)} if depth else {}
    if isinstance(kind, Record):
        inner = [_field(mlc, config, [*path, column.name], sub) for sub in kind.columns]
        return mlc.Field(
            id=uuid, name=column.name, description=_about(column), sub_fields=inner, is_array=True, array_shape="-1"
        )
    transforms = [mlc.Transform(json_path=column.name)] if path else []
    extract = mlc.Extract(column=path[0] if path else column.name)
    source = mlc.Source(file_object=f"{config.name}-file", extract=extract, transforms=transforms)
    types = [_data_type(mlc, kind)]
    return mlc.Field(id=uuid, name=column.name, description=_about(column), data_types=types, source=source, **arrays)


def croissant(
    edition: Edition, hashes: Mapping[str, str], sizes: Mapping[str, int], *, with_text: bool
) -> dict[str, Any]:
    """The JSON-LD document; ``hashes`` and ``sizes`` are of the files by relative path.

    Raises:
        mlcroissant.ValidationError: if the metadata is not valid Croissant.
    """
    import mlcroissant as mlc

    present = [config for config in CONFIGS.values() if config.path in hashes]
    distribution = [
        mlc.FileObject(
            id=f"{config.name}-file",
            name=f"{config.name}-file",
            description=f"Parquet file of {config.name}",
            content_url=config.path,
            content_size=f"{sizes[config.path]} B",
            encoding_formats=["application/x-parquet"],
            sha256=hashes[config.path],
        )
        for config in present
    ]
    record_sets = [
        mlc.RecordSet(
            id=config.name,
            name=config.name,
            description=f"One row per {config.row}. {config.about}",
            fields=[_field(mlc, config, [], column) for column in config.columns],
        )
        for config in present
    ]
    variant = "" if with_text else " This variant holds no wording of the texts: those columns are null."
    metadata = mlc.Metadata(
        name="aqwal",
        description=f"{edition.title}. {DESCRIPTION}{variant}",
        cite_as=edition.bibtex,
        license=["https://creativecommons.org/licenses/by/4.0/", f"{edition.url}/blob/main/LICENSE-DATA.md"],
        url=edition.url,
        version=_semantic(edition.version),
        date_published=datetime.datetime.fromisoformat(edition.released),
        creators=[mlc.Organization(name=author, url=edition.url) for author in edition.authors],
        keywords=["Arabic", "attribution", "quotation", "claims", "named entities", "news", "benchmark"],
        in_language=["ar"],
        conforms_to=["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        distribution=distribution,
        record_sets=record_sets,
        **RAI,
    )
    return dict(metadata.to_json())


def _semantic(version: str) -> str:
    """Croissant wants three numbers.

    >>> _semantic("1.0")
    '1.0.0'
    """
    numbers, dash, rest = version.partition("-")
    parts = numbers.split(".")
    return ".".join([*parts, *["0"] * (3 - len(parts))]) + dash + rest
