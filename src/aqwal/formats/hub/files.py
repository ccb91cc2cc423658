"""Writing a dataset's folder: deterministic Parquet, hashes, and a replacement that is whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aqwal.formats.hub.errors import fail
from aqwal.formats.hub.loading import MANIFEST

ROW_GROUP = 1000


def write_parquet(table: Any, path: Path) -> None:
    """Parquet with fixed settings: no timestamp, no random part, so the bytes depend on the table and pyarrow alone."""
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        table,
        path,
        row_group_size=ROW_GROUP,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=9,
        use_dictionary=True,
        write_statistics=True,
        store_schema=True,
    )


def sha256_of_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def list_files(folder: Path) -> dict[str, Path]:
    """Every file under ``folder`` by its relative POSIX path, sorted."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """An empty folder beside ``out`` that takes its place when the block ends well, and vanishes when it does not.

    Raises:
        HubError: if ``out`` is a file, or a folder with something in it that is no built dataset.
    """
    if out.exists() and not out.is_dir():
        raise fail(out.as_posix(), "hub-out", "folder", "is a file", "name a folder to write to")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise fail(out.as_posix(), "hub-out", "folder", "holds files that are no built dataset; they would be lost",
                   "name an empty folder, or empty it")  # fmt: skip
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        working = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise fail(
            out.as_posix(), "hub-out", "folder", error.strerror or str(error), "name a folder that can be written"
        ) from None
    try:
        new, old = working / "new", working / "old"
        new.mkdir()
        yield new
        if out.exists():
            os.rename(out, old)
        try:
            os.rename(new, out)
        except OSError:
            if old.exists():
                os.rename(old, out)
            raise
    finally:
        shutil.rmtree(working, ignore_errors=True)
