"""Commands for texts: add a document, segment it, score the segmenter."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from aqwal.cli.common import JsonOption, RootOption, UsageError, err, guarded, out, print_json, project
from aqwal.store import (
    conllu,
    initial_texts,
    load_documents,
    read_seed,
    read_sources,
    read_text,
    replace_text,
    sha256_of,
)
from aqwal.text import TextError

_DOC_ID = re.compile(r"[0-9a-z][0-9a-z-]{0,31}$")


def _next_id(known: list[str]) -> str:
    numbers = [int(doc_id) for doc_id in known if doc_id.isdigit()]
    return f"{max(numbers, default=-1) + 1:03d}"


@guarded
def add(
    file: Annotated[Path, typer.Argument(help="A UTF-8 text file; its lines are taken as paragraphs.")],
    doc_id: Annotated[str, typer.Option("--id", help="Document id (default: the next number).")] = "",
    outlet: Annotated[str, typer.Option(help="Outlet, if the text names it.")] = "unknown",
    genre: Annotated[str, typer.Option(help="Genre, for example: news report.")] = "unknown",
    variety: Annotated[str, typer.Option(help="Language variety as a BCP 47 tag.")] = "ar",
    reuse_group: Annotated[
        str, typer.Option(help="Group of documents that rewrite each other (default: its own).")
    ] = "",
    layer: Annotated[str, typer.Option(help="Layer in which its empty label files are made.")] = "draft",
    root: RootOption = None,
) -> None:
    """Add a document: its bytes to seeds/, its segmentation to corpus/, empty label files to a layer.

    The segmentation is automatic: review corpus/ID.conllu by hand before you annotate.

    Examples:

        aqwal add article.txt

        aqwal add article.txt --id 005 --outlet "الشروق أونلاين" --genre "news report" --variety ar-DZ
    """
    from aqwal.segment import segment_text

    top = project(root)
    sources = read_sources(top)
    text = read_text(file, str(file))
    data = file.read_bytes()
    digest = sha256_of(data)
    new_id = doc_id or _next_id(list(sources))
    if not _DOC_ID.match(new_id):
        raise UsageError(f'"{new_id}" is not a document id; use lower-case letters, digits and hyphens')
    if not _DOC_ID.match(layer):
        raise UsageError(f'"{layer}" is not a layer name; use lower-case letters, digits and hyphens')
    if new_id in sources:
        raise UsageError(f"document {new_id} exists; choose another --id (next free: {_next_id(list(sources))})")
    for known, source in sources.items():
        if source.sha256 == digest:
            raise UsageError(f"{file} is byte for byte document {known}")
    try:
        document = segment_text(new_id, text)
    except TextError as error:
        raise UsageError(f"{file}: {error}") from None
    if not document.paragraphs:
        raise UsageError(f"{file}: the file has no text; give a file with at least one line that is not blank")
    name = f"{new_id}_{digest[:16]}.txt"
    labels = initial_texts(document)
    table = {
        "file": name,
        "sha256": digest,
        "outlet": outlet,
        "genre": genre,
        "language_variety": variety,
        "reuse_group": reuse_group or new_id,
        "published_evidence": "not examined yet",
        "rights": "The text remains the property of its publisher; included for research and quotation.",
    }
    # A TOML basic string is a JSON string.
    rows = "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items())
    register = top / "seeds" / "sources.toml"
    before = read_text(register)
    # The register is written last: until then the new files belong to no document.
    seed = top / "seeds" / name
    seed.write_bytes(data)
    replace_text(top / "corpus" / f"{new_id}.conllu", conllu.write_document(document))
    for kind, content in labels.items():
        replace_text(top / "annotations" / layer / new_id / f"{kind}.tsv", content)
    replace_text(register, before.rstrip("\n") + f'\n\n["{new_id}"]\n{rows}\n', expected=before)
    words = sum(1 for word in document.words if not word.is_punctuation)
    err.print(
        escape(
            f"added {new_id}: {len(document.paragraphs)} paragraphs, {len(document.sentences)} sentences, {words} words\n"
            f"next: review corpus/{new_id}.conllu by hand, then annotate annotations/{layer}/{new_id}/"
        )
    )


@guarded
def segment(
    documents: Annotated[list[str] | None, typer.Argument(help="Document ids (default: all).")] = None,
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help="Score the automatic segmenter on the reviewed files; write nothing.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the automatic segmentation to this folder.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace corpus files, whatever was corrected in them.")
    ] = False,
    as_json: JsonOption = False,
    root: RootOption = None,
) -> None:
    """Segment seeds automatically into zones, paragraphs, sentences, words and clitic pieces (CoNLL-U).

    The files in corpus/ are reviewed by hand and are not replaced unless you say `--force`.

    Examples:

        aqwal segment --evaluate

        aqwal segment 001 --output build/automatic
    """
    from aqwal.segment import segment_text
    from aqwal.segment.evaluate import evaluate as score
    from aqwal.segment.evaluate import render_table

    top = project(root)
    sources = read_sources(top)
    wanted = documents or list(sources)
    for doc_id in wanted:
        if doc_id not in sources:
            raise UsageError(f"no document {doc_id}; documents: {', '.join(sources)}")
    made = [segment_text(doc_id, read_seed(top, sources[doc_id])) for doc_id in wanted]
    if evaluate:
        gold = [document for document in load_documents(top) if document.id in wanted]
        result = score(made, gold)
        if as_json:
            print_json(dataclasses.asdict(result))
        else:
            out.print(escape(render_table(result)))
            out.print(
                "An upper bound: the gold began as this segmenter's draft, and its word lists were written by someone who "
                "had read the texts. Expect less on new texts."
            )
        return
    for document in made:
        path = (output or top / "corpus") / f"{document.id}.conllu"
        if path.exists() and not force:
            raise UsageError(f"{path.name} exists and may be reviewed; give --output FOLDER, or --force to replace it")
        replace_text(path, conllu.write_document(document))
        err.print(escape(f"wrote {path}"))


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(add)
    app.command()(segment)
