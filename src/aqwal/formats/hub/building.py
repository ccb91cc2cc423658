"""`aqwal build` and `aqwal hydrate`: from the project, or from a text-free dataset and the texts, to the dataset."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aqwal.formats.hub.card import card
from aqwal.formats.hub.croissant import croissant
from aqwal.formats.hub.edition import Edition, read_edition
from aqwal.formats.hub.errors import HubError, fail
from aqwal.formats.hub.files import list_files, replacing, sha256_of_file, write_parquet
from aqwal.formats.hub.loading import LAYOUT, MANIFEST, read_manifest, read_release, read_rows
from aqwal.formats.hub.release import Release, read_project
from aqwal.formats.hub.schema import CONFIGS, DEFAULT
from aqwal.formats.hub.tables import Row, all_rows, table
from aqwal.store import Problem, sha256_of
from aqwal.text import TextError, decode_strict

#: Files of the repository that go with the data, where they exist.
COMPANIONS = ("LICENSE-DATA.md", "CITATION.cff")


@dataclass(frozen=True)
class Built:
    """A written dataset: its folder, rows by config, and (bytes, sha256) by file."""

    folder: Path
    with_text: bool
    rows: Mapping[str, int]
    files: Mapping[str, tuple[int, str]]


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _write(
    folder: Path,
    release: Release,
    rows: Mapping[str, list[Row]],
    edition: Edition,
    companions: Mapping[str, bytes],
    *,
    with_text: bool,
    restores: Mapping[str, str] | None = None,
) -> None:
    """Write every file into an empty folder; the manifest comes last and hashes all others.

    A config without rows is left out: `datasets` cannot load an empty split.
    """
    present = [name for name in CONFIGS if rows[name]]
    for name in present:
        write_parquet(table(name, rows[name], with_text=with_text), folder / CONFIGS[name].path)
    for name, data in companions.items():
        (folder / name).write_bytes(data)
    hashes = {path: sha256_of_file(file) for path, file in list_files(folder).items()}
    sizes = {path: file.stat().st_size for path, file in list_files(folder).items()}
    (folder / "croissant.json").write_bytes(_json(croissant(edition, hashes, sizes, with_text=with_text)))
    text = card(release, rows, edition, with_text=with_text, licence="LICENSE-DATA.md" in companions)
    (folder / "README.md").write_bytes(text.encode())
    files = {
        path: {"bytes": file.stat().st_size, "sha256": sha256_of_file(file)}
        for path, file in list_files(folder).items()
    }
    manifest: dict[str, Any] = {
        "name": "aqwal",
        "layout": LAYOUT,
        "with_text": with_text,
        "edition": asdict(edition),
        "documents": {
            row["doc_id"]: {"file": row["file"], "sha256": row["sha256"], "length": row["length"]}
            for row in rows[DEFAULT]
        },
        "files": files,
    }
    if restores is not None:
        manifest["restores"] = dict(restores)
    (folder / MANIFEST).write_bytes(_json(manifest))


def _built(folder: Path, rows: Mapping[str, list[Row]], with_text: bool) -> Built:
    files = {path: (file.stat().st_size, sha256_of_file(file)) for path, file in list_files(folder).items()}
    return Built(folder, with_text, {name: len(found) for name, found in rows.items()}, files)


def _hashes(folder: Path) -> dict[str, str]:
    return {path: sha256_of_file(file) for path, file in list_files(folder).items()}


def build(
    root: Path,
    out: Path,
    *,
    with_text: bool = True,
    repo: str = "",
    version: str = "",
    leaderboard: str = "",
    agreement: str | None = None,
) -> Built:
    """Build the dataset of the project in ``root`` into ``out``, replacing an earlier build there whole or not at all.

    The same project and library versions give the same bytes.

    Args:
        root: the project folder.
        out: the folder to write, usually ``dist/hub``.
        with_text: False leaves every wording of the source texts null: offsets, labels and hashes remain.
        repo: the Hub repository that the card and metadata name, ``ORG/NAME``.
        version: the version that they name; without it CITATION.cff's.
        leaderboard: a Markdown table of baseline scores for the card.
        agreement: a Markdown table of agreement; without it the one of annotations/AGREEMENT.md.

    Raises:
        StoreError: listing every problem of the project's files.
        HubError: if ``out`` is not ours to replace, or the data does not fit the schema.
    """
    release = read_project(root)
    edition = read_edition(root, repo=repo, version=version, leaderboard=leaderboard, agreement=agreement)
    companions = {name: (root / name).read_bytes() for name in COMPANIONS if (root / name).is_file()}
    rows = all_rows(release)
    with replacing(out) as new:
        if with_text:
            _write(new, release, rows, edition, companions, with_text=True)
        else:
            with tempfile.TemporaryDirectory(dir=new.parent) as full:
                _write(Path(full), release, rows, edition, companions, with_text=True)
                restores = _hashes(Path(full))
            _write(new, release, rows, edition, companions, with_text=False, restores=restores)
    return _built(out, rows, with_text)


def _find_texts(folder: Path, seeds: Path) -> dict[str, str]:
    """The source text of every document by its hash: under its own file name, or under any name in ``seeds``.

    Raises:
        HubError: naming each document whose text is missing or has another sha256.
    """
    if not seeds.is_dir():
        raise fail(seeds.as_posix(), "hub-seeds", "folder", "no such folder", "give the folder with the source texts")
    by_hash = {sha256_of_file(path): path for path in sorted(seeds.iterdir()) if path.is_file()}
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for row in read_rows(folder, DEFAULT):
        named = seeds / row["file"]
        path = by_hash.get(row["sha256"])
        if path is None:
            what = f"document {row['doc_id']}"
            if named.is_file():
                message = (
                    f"{what}: the file's sha256 is {sha256_of(named.read_bytes())[:12]}…, not {row['sha256'][:12]}…"
                )
            else:
                message = f"{what}: no file with sha256 {row['sha256'][:12]}…"
            problems.append(Problem(named.as_posix(), 0, "hub-seed-hash", "sha256", message,
                                    "put the exact file there, byte for byte"))  # fmt: skip
            continue
        try:
            texts[row["doc_id"]] = decode_strict(path.read_bytes(), path.as_posix())
        except TextError as error:
            problems.append(Problem(path.as_posix(), 0, "encoding", "bytes", str(error), "give the original file"))
    if problems:
        raise HubError(problems)
    return texts


def hydrate(folder: Path, seeds: Path, out: Path | None = None) -> Built:
    """Restore the full dataset, byte for byte, from a text-free one and the source texts.

    Args:
        folder: the text-free dataset; replaced by the full one unless ``out`` is given.
        seeds: a folder with the source texts, found by their hash.
        out: another folder to write.

    Raises:
        HubError: naming every document whose text is missing or differs; or the files whose bytes differ from the
            original build (another version of pyarrow, say). Nothing is written then.
    """
    manifest = read_manifest(folder)
    if manifest["with_text"]:
        raise fail(folder.as_posix(), "hub-hydrate", "folder", "the dataset already holds its texts", "use it as it is")
    texts = _find_texts(folder, seeds)
    release = read_release(folder, texts)
    edition = Edition(**{**manifest["edition"], "authors": tuple(manifest["edition"]["authors"])})
    companions = {name: (folder / name).read_bytes() for name in COMPANIONS if (folder / name).is_file()}
    rows = all_rows(release)
    target = folder if out is None else out
    with replacing(target) as new:
        _write(new, release, rows, edition, companions, with_text=True)
        found, expected = _hashes(new), manifest["restores"]
        different = sorted(path for path in set(found) | set(expected) if found.get(path) != expected.get(path))
        if different:
            made = ", ".join(f"{name} {number}" for name, number in sorted(edition.made_with.items()))
            raise fail(folder.as_posix(), "hub-hydrate", different[0],
                       f"{len(different)} restored files differ from the original build: {', '.join(different)}",
                       f"use the versions it was made with: {made}")  # fmt: skip
    return _built(target, rows, True)
