"""The project on disk: seeds, segmentation, annotation layers."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aqwal.model import Corpus, Document
from aqwal.store import conllu
from aqwal.store.files import read_text
from aqwal.store.layers import layer_texts, read_annotations
from aqwal.store.problems import Problem, StoreError
from aqwal.store.registers import read_registers


@dataclass(frozen=True, slots=True)
class Source:
    """One table of seeds/sources.toml."""

    doc_id: str
    file: str
    sha256: str
    fields: Mapping[str, object]


def find_root(start: Path | None = None) -> Path:
    """The project folder: the nearest one at or above ``start`` that has seeds/sources.toml.

    Raises:
        StoreError: if there is none.

    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "seeds" / "sources.toml").is_file():
            return folder
    raise StoreError(
        [
            Problem(
                here.as_posix(),
                0,
                "no-project",
                "folder",
                "no seeds/sources.toml here or above",
                "run the command inside the project, or pass --root",
            )
        ]
    )


def read_sources(root: Path) -> dict[str, Source]:
    """The tables of seeds/sources.toml by document id, sorted."""
    path = root / "seeds" / "sources.toml"
    try:
        data = tomllib.loads(read_text(path, "seeds/sources.toml"))
    except tomllib.TOMLDecodeError as error:
        raise StoreError(
            [Problem("seeds/sources.toml", 0, "sources", "file", f"not TOML: {error}", "correct it")]
        ) from None
    sources: dict[str, Source] = {}
    for doc_id in sorted(data):
        table = data[doc_id]
        if not isinstance(table, dict) or not all(isinstance(table.get(key), str) for key in ("file", "sha256")):
            raise StoreError(
                [Problem("seeds/sources.toml", 0, "sources", doc_id, "the table has no file or sha256", "add both")]
            )
        name = table["file"]
        if Path(name).name != name:
            raise StoreError(
                [
                    Problem(
                        "seeds/sources.toml",
                        0,
                        "sources",
                        f"{doc_id}.file",
                        f'"{name}" is not a plain file name',
                        "name a file in seeds/",
                    )
                ]
            )
        sources[doc_id] = Source(doc_id, name, table["sha256"], table)
    return sources


def sha256_of(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def read_seed(root: Path, source: Source) -> str:
    """The exact text of a seed, its hash checked.

    Raises:
        StoreError: kind ``seed-hash`` if the bytes are not those that were registered.

    """
    shown = f"seeds/{source.file}"
    text = read_text(root / "seeds" / source.file, shown)
    found = sha256_of((root / "seeds" / source.file).read_bytes())
    if found != source.sha256:
        raise StoreError(
            [
                Problem(
                    shown,
                    0,
                    "seed-hash",
                    "sha256",
                    f"the file's hash {found[:12]}… is not the registered {source.sha256[:12]}…",
                    "restore the seed (git checkout), texts are never edited",
                )
            ]
        )
    return text


def load_document(root: Path, doc_id: str) -> Document:
    """One segmented document.

    Raises:
        StoreError: for an unknown id, a changed seed, or an unreadable segmentation.

    """
    sources = read_sources(root)
    if doc_id not in sources:
        raise StoreError(
            [
                Problem(
                    "seeds/sources.toml",
                    0,
                    "unknown-document",
                    "doc",
                    f'no document "{doc_id}"',
                    f"use one of: {', '.join(sources)}",
                )
            ]
        )
    text = read_seed(root, sources[doc_id])
    path = root / "corpus" / f"{doc_id}.conllu"
    if not path.exists():
        raise StoreError(
            [
                Problem(
                    f"corpus/{doc_id}.conllu",
                    0,
                    "no-segmentation",
                    "file",
                    "the document is not segmented",
                    f"run aqwal segment {doc_id}",
                )
            ]
        )
    try:
        return conllu.read_document(path, text)
    except conllu.ConlluError as error:
        raise StoreError(
            [Problem(f"corpus/{doc_id}.conllu", error.line, "conllu", error.field, error.message, error.fix)]
        ) from None


def load_documents(root: Path) -> tuple[Document, ...]:
    """All documents, sorted by id."""
    return tuple(load_document(root, doc_id) for doc_id in read_sources(root))


def layer_names(root: Path) -> list[str]:
    """The annotation layers on disk (gold first, then the passes)."""
    folder = root / "annotations"
    names = sorted(p.name for p in folder.iterdir() if p.is_dir() and any(p.glob("*/*.tsv"))) if folder.is_dir() else []
    return sorted(names, key=lambda name: (name != "gold", name))


def load_corpus(root: Path, layer: str = "gold") -> Corpus:
    """All documents, with the annotations of ``layer`` where it has any, and its registers.

    Raises:
        StoreError: listing every problem.

    """
    documents = load_documents(root)
    folder = root / "annotations" / layer
    if not folder.is_dir():
        raise StoreError(
            [
                Problem(
                    f"annotations/{layer}",
                    0,
                    "unknown-layer",
                    "layer",
                    "there is no such layer",
                    f"use one of: {', '.join(layer_names(root)) or 'none yet'}",
                )
            ]
        )
    annotations = []
    problems: list[Problem] = []
    for document in documents:
        if layer_texts(folder / document.id, document, root):
            try:
                annotations.append(read_annotations(folder / document.id, document, root))
            except StoreError as error:
                problems += error.problems
    if problems:
        raise StoreError(problems)
    entities, clusters = read_registers(root, layer)
    return Corpus(documents, tuple(annotations), entities, clusters)
