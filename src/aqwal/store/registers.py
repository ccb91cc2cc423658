"""The corpus-wide registers: entities.tsv and clusters.tsv."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from aqwal import model
from aqwal.model import Cluster, Entity
from aqwal.store.files import read_text
from aqwal.store.layers import REGISTER_ID
from aqwal.store.problems import Problem, StoreError
from aqwal.store.tsv import escape, unescape

ENTITY_COLUMNS = ("id", "type", "wikidata", "name_en", "name_ar")
CLUSTER_COLUMNS = ("id", "documents", "specifies", "contradicts", "label_en", "label_ar")
_WIKIDATA = re.compile(r"Q[1-9][0-9]*$")


def _rows(path: str, text: str, columns: tuple[str, ...], problems: list[Problem]) -> list[tuple[int, list[str]]]:
    lines = text.split("\n")
    if lines and lines[0] != "\t".join(columns):
        problems.append(
            Problem(
                path,
                1,
                "register-columns",
                "header",
                "the header row is not the register's",
                "write: " + "⇥".join(columns),
            )
        )
    out: list[tuple[int, list[str]]] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line:
            continue
        cells = [unescape(cell) for cell in line.split("\t")]
        if len(cells) != len(columns):
            problems.append(
                Problem(
                    path,
                    number,
                    "register-columns",
                    "row",
                    f"{len(cells)} columns instead of {len(columns)}",
                    "separate " + ", ".join(columns) + " by one tab each",
                )
            )
            continue
        if not REGISTER_ID.match(cells[0]):
            problems.append(
                Problem(
                    path,
                    number,
                    "register-id",
                    "id",
                    f'"{cells[0]}" is not an id',
                    "write lower-case English words with hyphens",
                )
            )
        if cells[0] in seen:
            problems.append(
                Problem(
                    path,
                    number,
                    "id-duplicate",
                    "id",
                    f"{cells[0]} is also on line {seen[cells[0]]}",
                    "keep one of the rows",
                )
            )
            continue
        seen[cells[0]] = number
        out.append((number, cells))
    return out


def parse_entities(path: str, text: str) -> tuple[list[Entity], dict[str, int], list[Problem]]:
    """Entities of a register, the line of each id, and every problem."""
    problems: list[Problem] = []
    entities: list[Entity] = []
    lines: dict[str, int] = {}
    for number, (object_id, kind, wikidata, name_en, name_ar) in _rows(path, text, ENTITY_COLUMNS, problems):
        if kind not in model.ENTITY_TYPES:
            problems.append(
                Problem(
                    path,
                    number,
                    "unknown-label",
                    "type",
                    f'"{kind}" is not an entity type',
                    f"use one of: {', '.join(model.ENTITY_TYPES)}",
                )
            )
        if wikidata and not _WIKIDATA.match(wikidata):
            problems.append(
                Problem(
                    path,
                    number,
                    "register-wikidata",
                    "wikidata",
                    f'"{wikidata}" is not a Wikidata id',
                    "write Q and digits, or leave it empty",
                )
            )
        entities.append(Entity(object_id, kind, name_en, name_ar, wikidata))
        lines[object_id] = number
    return entities, lines, problems


def parse_clusters(path: str, text: str) -> tuple[list[Cluster], dict[str, str], dict[str, int], list[Problem]]:
    """Clusters of a register, their ``documents`` column as written, the line of each id, and every problem."""
    problems: list[Problem] = []
    clusters: list[Cluster] = []
    documents: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, cells in _rows(path, text, CLUSTER_COLUMNS, problems):
        object_id, where, specifies, contradicts, label_en, label_ar = cells
        clusters.append(
            Cluster(
                object_id,
                label_en,
                label_ar,
                tuple(filter(None, specifies.split(","))),
                tuple(filter(None, contradicts.split(","))),
            )
        )
        documents[object_id] = where
        lines[object_id] = number
    return clusters, documents, lines, problems


def format_entities(entities: Iterable[Entity]) -> str:
    """The canonical text of entities.tsv."""
    rows = [
        "\t".join([e.id, e.type, e.wikidata, escape(e.name_en), escape(e.name_ar)])
        for e in sorted(entities, key=lambda e: e.id)
    ]
    return "\n".join(["\t".join(ENTITY_COLUMNS), *rows]) + "\n"


def format_clusters(clusters: Iterable[Cluster], documents: Mapping[str, Iterable[str]]) -> str:
    """The canonical text of clusters.tsv; ``documents`` maps a cluster id to the documents that have a claim of it."""
    rows = [
        "\t".join(
            [
                c.id,
                ",".join(sorted(documents.get(c.id, ()))),
                ",".join(sorted(c.specifies)),
                ",".join(sorted(c.contradicts)),
                escape(c.label_en),
                escape(c.label_ar),
            ]
        )
        for c in sorted(clusters, key=lambda c: c.id)
    ]
    return "\n".join(["\t".join(CLUSTER_COLUMNS), *rows]) + "\n"


def register_path(root: Path, layer: str, name: str) -> Path:
    """``annotations/<layer>/<name>`` if it exists (a pass keeps its own register), else ``annotations/<name>``."""
    own = root / "annotations" / layer / name
    return own if own.exists() or layer != "gold" else root / "annotations" / name


def read_registers(root: Path, layer: str) -> tuple[tuple[Entity, ...], tuple[Cluster, ...]]:
    """Both registers of a layer; an absent one is empty.

    Raises:
        StoreError: listing every problem.

    """
    problems: list[Problem] = []
    entities: list[Entity] = []
    clusters: list[Cluster] = []
    path = register_path(root, layer, "entities.tsv")
    if path.exists():
        shown = path.relative_to(root).as_posix()
        entities, _, found = parse_entities(shown, read_text(path, shown))
        problems += found
    path = register_path(root, layer, "clusters.tsv")
    if path.exists():
        shown = path.relative_to(root).as_posix()
        clusters, _, _, found = parse_clusters(shown, read_text(path, shown))
        problems += found
    if problems:
        raise StoreError(problems)
    return tuple(sorted(entities, key=lambda e: e.id)), tuple(sorted(clusters, key=lambda c: c.id))
