"""L0 and L1: which files are there, their line ends, and their canonical form."""

from __future__ import annotations

from collections.abc import Iterator

from aqwal.checks.context import ACCOUNTS, Context
from aqwal.checks.registry import check, from_loading
from aqwal.model import LAYERS
from aqwal.store import registers
from aqwal.store.layers import format_annotations
from aqwal.store.problems import Problem

_TABLES = {"entities.tsv", "clusters.tsv", "waivers.tsv", "adjudication.tsv", *ACCOUNTS}
_LAYER_TABLES = {"entities.tsv", "clusters.tsv", "log.tsv"}


@check("seed-unlisted", level=0)
def seed_unlisted(context: Context) -> Iterator[Problem]:
    """Every file in seeds/ is registered in sources.toml."""
    if any(from_loading(context, "sources")):
        return
    known = {source.file for source in context.sources.values()} | {"sources.toml", "README.md"}
    for path in sorted((context.root / "seeds").glob("*")):
        if path.name not in known:
            yield Problem(
                f"seeds/{path.name}", 0, "seed-unlisted", "file", "the file is not in sources.toml",
                "register it with aqwal add, or remove it",
            )  # fmt: skip


@check("file-unknown", level=0)
def file_unknown(context: Context) -> Iterator[Problem]:
    """Corpus and annotation files have the names that the tools read, and belong to a registered document."""

    def unknown(path: str, message: str, fix: str) -> Problem:
        return Problem(path, 0, "file-unknown", "name", message, fix)

    documents = set(context.sources)
    if any(from_loading(context, "sources")):
        return
    for path in sorted((context.root / "corpus").glob("*")):
        if path.name != "README.md" and (path.suffix != ".conllu" or path.stem not in documents):
            yield unknown(f"corpus/{path.name}", "the file belongs to no document", "rename it to <doc>.conllu")
    base = context.root / "annotations"
    for path in sorted(base.glob("*")):
        if path.is_file() and path.suffix != ".md" and path.name not in _TABLES:
            yield unknown(f"annotations/{path.name}", "nothing reads this file", f"use one of: {_listed(_TABLES)}")
    parts = {f"{name}.tsv" for name in LAYERS}
    for name in context.layers:
        for path in sorted((base / name).glob("*")):
            shown = f"annotations/{name}/{path.name}"
            if path.is_dir():
                if path.name not in documents:
                    yield unknown(shown, "the folder belongs to no document", f"use one of: {_listed(documents)}")
                    continue
                for inner in sorted(path.glob("*")):
                    if inner.name not in parts:
                        yield unknown(
                            f"{shown}/{inner.name}", "nothing reads this file", f"use one of: {_listed(parts)}"
                        )
            elif path.suffix != ".md" and path.name not in _LAYER_TABLES:
                yield unknown(shown, "nothing reads this file", f"use one of: {_listed(_LAYER_TABLES)}")


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


@check("file-missing", level=0)
def file_missing(context: Context) -> Iterator[Problem]:
    """A document annotated in a layer has all three files there."""
    for name in context.layers:
        for doc_id in context.sources:
            folder = context.root / "annotations" / name / doc_id
            if not folder.is_dir():
                continue
            for part in LAYERS:
                if not (folder / f"{part}.tsv").exists():
                    yield Problem(
                        f"annotations/{name}/{doc_id}/{part}.tsv", 0, "file-missing", "file", "the file is not there",
                        f"run aqwal fmt --init {name}",
                    )  # fmt: skip


@check("tsv-newline", level=0)
def tsv_newline(context: Context) -> Iterator[Problem]:
    """Every line of a table ends in LF, the last one too."""
    yield from from_loading(context, "tsv-newline")
    parsed = {file.path for _, loaded in context.annotated() for file in loaded.files.values()}
    for path, text in context.texts.items():
        if path in parsed or _other_layer(context, path):
            continue
        if not text.endswith("\n"):
            yield Problem(path, text.count("\n") + 1, "tsv-newline", "file", "the last line has no line end",
                          "end it with LF")  # fmt: skip
        if "\r" in text:
            yield Problem(path, text[: text.index("\r")].count("\n") + 1, "tsv-newline", "line",
                          "a carriage return in the line", "save the file with LF line ends")  # fmt: skip


def _other_layer(context: Context, path: str) -> bool:
    """True for a file of a layer that was not asked for."""
    parts = path.split("/")
    return len(parts) > 2 and parts[1] not in context.layers


@check("fmt", level=1)
def fmt(context: Context) -> Iterator[Problem]:
    """Annotation files and registers are in canonical form, as aqwal fmt writes them."""
    for _, loaded in context.annotated():
        if loaded.problems:
            continue  # a file that cannot be wholly read has no canonical form; its own problems say why
        for part, parsed in loaded.files.items():
            made = format_annotations(loaded.document, loaded.annotations, parsed.guidelines)[part]
            yield from _differing(parsed.path, parsed.text, made)
    for layer in context.layers.values():
        if layer.entities and not layer.entities.broken and "\r" not in layer.entities.text:
            made = registers.format_entities(layer.entities.entities.values())
            yield from _differing(layer.entities.path, layer.entities.text, made)
        if layer.clusters and not layer.clusters.broken and "\r" not in layer.clusters.text:
            # The documents column is derived and has a check of its own.
            written = {key: value.split(",") if value else [] for key, value in layer.clusters.documents.items()}
            made = registers.format_clusters(layer.clusters.clusters.values(), written)
            yield from _differing(layer.clusters.path, layer.clusters.text, made)


def _differing(path: str, text: str, made: str) -> Iterator[Problem]:
    """A problem at the first line that fmt would change; a last line without end is another check's."""
    if text.rstrip("\n") == made.rstrip("\n") and not text.endswith("\n"):
        return
    if text != made:
        here, there = text.split("\n"), made.split("\n")
        line = next(
            (n for n, (a, b) in enumerate(zip(here, there, strict=False), 1) if a != b), min(len(here), len(there))
        )
        yield Problem(path, line, "fmt", "line", "the file is not in canonical form from this line on", "run aqwal fmt")
