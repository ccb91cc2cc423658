"""What a release is made of, read from the project: documents, their sources, and every layer with its registers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aqwal.formats.hub.errors import fail
from aqwal.formats.hub.schema import SOURCE_COLUMNS
from aqwal.model import Annotations, Cluster, Document, Entity
from aqwal.store import Problem, StoreError, layer_names, layer_texts, load_documents, read_layer, read_sources
from aqwal.store.registers import read_registers

GOLD = "gold"
#: The folds of the five documents: leave one reuse group out. 003 rewrites 002, so they are never apart.
FOLDS: Mapping[str, tuple[str, ...]] = {"000": ("000",), "001": ("001",), "002+003": ("002", "003"), "004": ("004",)}


@dataclass(frozen=True)
class Layer:
    """The gold or one annotator's pass: annotations and guidelines version by document id, and its registers."""

    name: str
    annotations: Mapping[str, Annotations] = field(default_factory=dict)
    guidelines: Mapping[str, str] = field(default_factory=dict)
    entities: tuple[Entity, ...] = ()
    clusters: tuple[Cluster, ...] = ()


@dataclass(frozen=True)
class Release:
    """Everything that the tables are made from; reading the tables gives an equal one back."""

    documents: tuple[Document, ...]
    sources: Mapping[str, Mapping[str, str]]
    folds: Mapping[str, str]
    gold: Layer
    passes: tuple[Layer, ...] = ()

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The gold, then the passes."""
        return (self.gold, *self.passes)


def fold_names(reuse_groups: Mapping[str, str]) -> dict[str, str]:
    """Document id → fold, from document id → reuse group; a fold is named after its documents.

    >>> fold_names({"000": "000", "002": "x", "003": "x"})
    {'000': '000', '002': '002+003', '003': '002+003'}
    """
    members: dict[str, list[str]] = {}
    for doc_id in sorted(reuse_groups):
        members.setdefault(reuse_groups[doc_id], []).append(doc_id)
    return {doc_id: "+".join(members[reuse_groups[doc_id]]) for doc_id in sorted(reuse_groups)}


def _reuse_groups(root: Path) -> dict[str, str]:
    known = {doc_id: fold for fold, doc_ids in FOLDS.items() for doc_id in doc_ids}
    return {
        doc_id: str(source.fields.get("reuse_group", known.get(doc_id, doc_id)))
        for doc_id, source in read_sources(root).items()
    }


def _layer(root: Path, name: str, documents: tuple[Document, ...]) -> Layer:
    annotations: dict[str, Annotations] = {}
    guidelines: dict[str, str] = {}
    problems: list[Problem] = []
    for document in documents:
        texts = layer_texts(root / "annotations" / name / document.id, document, root)
        if not texts:
            continue
        loaded = read_layer(texts, document, name)
        problems += loaded.problems
        annotations[document.id] = loaded.annotations
        versions = {parsed.guidelines for parsed in loaded.files.values()}
        if len(versions) > 1:
            where = f"annotations/{name}/{document.id}"
            problems.append(
                Problem(
                    where,
                    0,
                    "hub-guidelines",
                    "header",
                    f"the files follow guidelines {' and '.join(sorted(versions))}",
                    "write one version in the headers of a document's files",
                )
            )
        guidelines[document.id] = max(versions)
    if problems:
        raise StoreError(problems)
    entities, clusters = read_registers(root, name)
    return Layer(name, annotations, guidelines, entities, clusters)


def read_project(root: Path) -> Release:
    """The release of the project in ``root``; documents or layers that do not exist yet are simply absent.

    Raises:
        StoreError: listing every problem of the files.
        HubError: if the project has no document.
    """
    documents = load_documents(root)
    if not documents:
        raise fail("seeds/sources.toml", "hub-empty", "file", "the project has no document", "run aqwal add FILE")
    sources = {
        doc_id: {column.name: str(source.fields.get(column.name, "")) for column in SOURCE_COLUMNS}
        for doc_id, source in read_sources(root).items()
    }
    passes = tuple(_layer(root, name, documents) for name in layer_names(root) if name != GOLD)
    return Release(documents, sources, fold_names(_reuse_groups(root)), _layer(root, GOLD, documents), passes)
