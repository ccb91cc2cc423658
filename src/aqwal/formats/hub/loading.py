"""Reading a built dataset back: `aqwal.load` and `aqwal.folds`, from a folder or from the Hub, without the sources."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from aqwal.formats.hub.errors import fail
from aqwal.formats.hub.release import FOLDS, GOLD, Layer, Release
from aqwal.formats.hub.schema import CONFIGS, DEFAULT, SOURCE_COLUMNS
from aqwal.formats.hub.vocabularies import names
from aqwal.model import (
    Annotations,
    Attribution,
    Claim,
    Cluster,
    Corpus,
    Document,
    Entity,
    Mention,
    ModelError,
    Paragraph,
    Piece,
    Sentence,
    Span,
    Word,
)

MANIFEST = "manifest.json"
#: The version of the layout of the folder; a reader refuses a newer one.
LAYOUT = 1

Row: TypeAlias = dict[str, Any]
_REPO_ID = re.compile(r"[\w.-]+/[\w.-]+$")
_NEEDED = ("documents", "annotators", "entity_register", "cluster_register")


# ---------------------------------------------------------------- files


def read_manifest(folder: Path) -> Row:
    """The manifest of a built dataset.

    Raises:
        HubError: if there is none, it cannot be read, or its layout is newer than this package.
    """
    path = folder / MANIFEST
    shown = path.as_posix()
    if not path.is_file():
        if (folder / "seeds" / "sources.toml").is_file():
            raise fail(folder.as_posix(), "hub-manifest", "folder", "this is the project, not a built dataset",
                       "run aqwal build and give dist/hub")  # fmt: skip
        raise fail(
            shown,
            "hub-manifest",
            "file",
            "not there, so this is no built dataset",
            "give the folder that aqwal build wrote",
        )
    try:
        manifest = json.loads(path.read_bytes())
        layout = manifest["layout"]
    except (ValueError, KeyError, TypeError):
        raise fail(
            shown, "hub-manifest", "file", "not the manifest of a built dataset", "build or download it again"
        ) from None
    if layout != LAYOUT:
        raise fail(shown, "hub-manifest", "layout", f"layout {layout}, this version of aqwal reads layout {LAYOUT}",
                   "install the version of aqwal that the card names")  # fmt: skip
    return dict(manifest)


def read_rows(folder: Path, config: str) -> list[Row]:
    """All rows of a config, columns as they are stored.

    Raises:
        HubError: if the file is missing, damaged, or has other columns.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / CONFIGS[config].path
    try:
        with pq.ParquetFile(path) as file:
            table = file.read()
    except FileNotFoundError:
        raise fail(path.as_posix(), "hub-table", "file", "not there", "build or download the dataset again") from None
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise fail(
            path.as_posix(),
            "hub-table",
            "file",
            f"not readable as Parquet ({reason})",
            "build or download the dataset again",
        ) from None
    expected = [column.name for column in CONFIGS[config].columns]
    if table.column_names != expected:
        odd = sorted(set(table.column_names) ^ set(expected)) or ["their order"]
        message = f"the columns are not those of this version ({', '.join(odd)})"
        raise fail(path.as_posix(), "hub-table", odd[0], message,
                   "install the version of aqwal that the card names")  # fmt: skip
    return list(table.to_pylist())


# ---------------------------------------------------------------- rows to model


def _label(vocabulary: str, value: int) -> str:
    return names(vocabulary)[value]


def _span(pairs: Any) -> Span:
    return Span.from_fragments(pairs)


def _optional(pairs: Any) -> Span | None:
    return None if pairs is None else _span(pairs)


def _document(row: Row, text: str) -> Document:
    words: dict[str, list[Word]] = {sentence["id"]: [] for sentence in row["sentences"]}
    for word in row["words"]:
        start, end = word["start"], word["end"]
        pieces = tuple(Piece(*piece) for piece in word["pieces"])
        words[word["sentence"]].append(Word(start, end, text[start:end], pieces))
    sentences: dict[str, list[Sentence]] = {paragraph["id"]: [] for paragraph in row["paragraphs"]}
    for sentence in row["sentences"]:
        sentences[sentence["paragraph"]].append(
            Sentence(sentence["id"], sentence["start"], sentence["end"], tuple(words[sentence["id"]]))
        )
    paragraphs = tuple(
        Paragraph(
            paragraph["id"], _label("zone", paragraph["zone"]), tuple(sentences[paragraph["id"]]), paragraph["repeats"]
        )
        for paragraph in row["paragraphs"]
    )
    return Document(row["doc_id"], text, paragraphs)


def _annotations(row: Row, annotator: str) -> Annotations:
    return Annotations(
        row["doc_id"],
        tuple(
            Mention(
                m["id"],
                _span(m["spans"]),
                _label("entity_type", m["type"]),
                _label("level", m["level"]),
                m["entity"],
                m["metonym"],
                tuple(_label("framing", value) for value in m["framing"]),
            )
            for m in row["mentions"]
        ),
        tuple(
            Attribution(
                a["id"],
                _span(a["cue"]),
                _optional(a["content"]),
                _optional(a["source"]),
                _optional(a["medium"]),
                a["implicit"],
                tuple(a["source_entity"]),
                _label("source_type", a["source_type"]),
                tuple(a["medium_entity"]),
                _label("quote", a["quote"]),
                _label("kind", a["kind"]),
                _label("stance", a["stance"]),
                _label("attribution_polarity", a["polarity"]),
                a["parent"],
                a["inherited"],
                a["anaphoric"],
                _label("scope", a["scope"]),
            )
            for a in row["attributions"]
        ),
        tuple(
            Claim(
                c["id"],
                _span(c["spans"]),
                c["statement"],
                c["gloss"],
                _label("claim_polarity", c["polarity"]),
                _label("certainty", c["certainty"]),
                _label("time", c["time"]),
                _label("verifiable", c["verifiable"]),
                c["cluster"],
            )
            for c in row["claims"]
        ),
        annotator,
    )


def read_release(folder: Path, texts: Mapping[str, str] | None = None) -> Release:
    """Everything that a built dataset was made from; ``texts`` (by document id) fills a text-free one.

    Raises:
        HubError: if the folder is no built dataset, is damaged, or is text-free and ``texts`` is not given.
    """
    manifest = read_manifest(folder)
    if texts is None and not manifest["with_text"]:
        raise fail(folder.as_posix(), "hub-text-free", "text", "this variant holds no texts, only offsets and hashes",
                   "restore it with aqwal hydrate DIR --seeds SEEDS")  # fmt: skip
    # A config without rows has no file.
    rows = {
        config: read_rows(folder, config) if CONFIGS[config].path in manifest["files"] else [] for config in _NEEDED
    }
    try:
        return release_from_rows(rows, texts)
    except (KeyError, TypeError, IndexError, ModelError):
        raise fail(
            folder.as_posix(), "hub-table", "rows", "the tables do not fit together", "build or download it again"
        ) from None


def release_from_rows(rows: Mapping[str, list[Row]], texts: Mapping[str, str] | None = None) -> Release:
    """The release behind the rows of `documents`, `annotators` and both registers; ``texts`` as in the function above."""
    documents = tuple(
        _document(row, row["text"] if texts is None else texts[row["doc_id"]]) for row in rows["documents"]
    )

    def layer(name: str, found: list[Row]) -> Layer:
        return Layer(
            name,
            {row["doc_id"]: _annotations(row, name) for row in found},
            {row["doc_id"]: row["guidelines"] for row in found},
            tuple(
                Entity(e["id"], _label("entity_type", e["type"]), e["name_en"], e["name_ar"], e["wikidata"])
                for e in rows["entity_register"]
                if e["layer"] == name
            ),
            tuple(
                Cluster(c["id"], c["label_en"], c["label_ar"], tuple(c["specifies"]), tuple(c["contradicts"]))
                for c in rows["cluster_register"]
                if c["layer"] == name
            ),
        )

    passes = sorted({row["annotator"] for row in rows["annotators"]})
    return Release(
        documents,
        {row["doc_id"]: {column.name: row[column.name] for column in SOURCE_COLUMNS} for row in rows["documents"]},
        {row["doc_id"]: row["fold"] for row in rows["documents"]},
        layer(GOLD, [row for row in rows["documents"] if row["annotated"]]),
        tuple(layer(name, [row for row in rows["annotators"] if row["annotator"] == name]) for name in passes),
    )


# ---------------------------------------------------------------- the Hub


def _snapshot(repo: str, revision: str | None) -> Path:
    """The part of a dataset repository that loading needs, in the Hub's local cache."""
    from huggingface_hub import snapshot_download

    patterns = [MANIFEST, *(CONFIGS[config].path for config in _NEEDED)]
    return Path(snapshot_download(repo, repo_type="dataset", revision=revision, allow_patterns=patterns))


def locate(path_or_repo: str | Path, revision: str | None = None) -> Path:
    """The folder of a built dataset: the given one, or the download of a Hub repository ``ORG/NAME``.

    Raises:
        HubError: if there is neither, or the Hub cannot be reached and its cache holds no copy.
    """
    folder = Path(path_or_repo).expanduser()
    if folder.is_dir():
        return folder
    shown = str(path_or_repo)
    if not _REPO_ID.match(shown):
        raise fail(
            shown,
            "hub-path",
            "path",
            "no such folder",
            "give the folder that aqwal build wrote, or ORG/NAME of the Hub",
        )
    try:
        return _snapshot(shown, revision)
    except ModuleNotFoundError:
        raise
    except Exception as error:  # the base class of a failed connection differs between versions of huggingface_hub
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        at = f" at {revision}" if revision else ""
        message = f"neither a folder nor a dataset that can be downloaded{at} ({reason})"
        fix = "check the name, the revision and the network, or give a folder"
        raise fail(shown, "hub-download", "repository", message, fix) from None


def load(path_or_repo: str | Path, revision: str | None = None, layer: str = GOLD) -> Corpus:
    """Documents with the annotations and registers of one layer, from a built dataset.

    Args:
        path_or_repo: a folder written by ``aqwal build``, or a dataset of the Hub, ``ORG/NAME``.
        revision: tag, branch or commit of the Hub repository; a folder has none.
        layer: ``gold``, or the name of an annotator's pass.

    Returns:
        A :class:`~aqwal.model.Corpus`; a document without labels has no entry in ``annotation``. Spans count
        code points of the document.

    Raises:
        HubError: for a path that is neither, a text-free variant, a damaged file, or an unknown layer.
    """
    release = read_release(locate(path_or_repo, revision))
    for found in release.layers:
        if found.name == layer:
            annotations = tuple(found.annotations[doc_id] for doc_id in sorted(found.annotations))
            return Corpus(release.documents, annotations, found.entities, found.clusters)
    raise fail(str(path_or_repo), "hub-layer", "layer", f'there is no layer "{layer}"',
               f"use one of: {', '.join(found.name for found in release.layers)}")  # fmt: skip


def folds(path_or_repo: str | Path | None = None, revision: str | None = None) -> dict[str, tuple[str, ...]]:
    """Fold → ids of its documents: leave one fold out, never one document.

    Without an argument, the folds of the published corpus; else those of a built dataset.

    >>> folds()["002+003"]
    ('002', '003')
    """
    if path_or_repo is None:
        return dict(FOLDS)
    found: dict[str, list[str]] = {}
    for row in read_rows(locate(path_or_repo, revision), DEFAULT):
        found.setdefault(row["fold"], []).append(row["doc_id"])
    return {fold: tuple(sorted(found[fold])) for fold in sorted(found)}
