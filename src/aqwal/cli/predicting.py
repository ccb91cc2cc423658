"""Commands for model authors: predict (the others are in scores.py and board.py)."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from aqwal.cli.common import RootOption, UsageError, err, guarded, project
from aqwal.model import Annotations, Document
from aqwal.store import load_corpus, load_documents, read_text
from aqwal.text import TextError


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """(id, text) of a text file, or of each line of a JSONL file with `doc_id` and `text`, one at a time."""
    if path.suffix != ".jsonl":
        yield path.stem, read_text(path, str(path))
        return
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                record = json.loads(line)
                doc_id, text = record["doc_id"], record["text"]
            except (ValueError, KeyError, TypeError):
                raise UsageError(
                    f'{path}:{number}: not a line {{"doc_id": …, "text": …}}; one JSON object a line'
                ) from None
            if not isinstance(doc_id, str) or not isinstance(text, str):
                raise UsageError(f"{path}:{number}: doc_id and text are strings")
            yield doc_id, text


@guarded
def predict(
    system: Annotated[Path, typer.Argument(help="A system folder, for example baselines/rules.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Predictions file to write (JSONL).")],
    documents: Annotated[
        list[str] | None, typer.Option("--document", "-d", help="Only this document of the corpus (repeatable).")
    ] = None,
    text: Annotated[
        list[Path] | None,
        typer.Option("--text", help="Annotate this text (.txt, or .jsonl with doc_id and text) instead of the corpus."),
    ] = None,
    explain: Annotated[
        Path | None,
        typer.Option(
            "--explain", help="Write the rule behind every object to this file (JSONL), if the system can say."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of a trained system.")] = 0,
    root: RootOption = None,
) -> None:
    """Run a system: on the corpus (a trained one predicts each reuse group from the others), or on new texts.

    New texts are segmented automatically; a trained system then learns from all gold documents.

    Examples:

        aqwal predict baselines/rules --out rules.jsonl

        aqwal predict baselines/rules --text article.txt --out article.jsonl --explain rules-why.jsonl
    """
    from aqwal.formats.jsonl import to_record
    from aqwal.systems import BadSystem, load_system, read_spec
    from aqwal.worker import reuse_groups, training_documents

    top = project(root)
    try:
        spec = read_spec(system)
        made = load_system(spec, seed)
    except BadSystem as error:
        raise UsageError(str(error)) from None
    explained = getattr(made, "predict_with_rules", None)
    if explain is not None and explained is None:
        raise UsageError(f"{spec.name} cannot explain itself; leave --explain out")

    def inputs() -> Iterator[Document]:
        if text:
            from aqwal.segment import segment_text

            for path in text:
                for doc_id, content in texts(path):
                    try:
                        yield segment_text(doc_id, content)
                    except TextError as error:
                        raise UsageError(f"{path}: {error}") from None
            return
        for document in load_documents(top):
            if not documents or document.id in documents:
                yield document

    known = {document.id for document in load_documents(top)}
    for doc_id in documents or []:
        if doc_id not in known:
            raise UsageError(f"no document {doc_id}; documents: {', '.join(sorted(known))}")
    groups = reuse_groups(top)
    corpus = load_corpus(top) if spec.trained else None
    fitted = ""
    scratch: list[tuple[int, Path, Path]] = []
    try:
        for target in filter(None, (out, explain)):
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            scratch.append((handle, Path(name), target))
        streams = [os.fdopen(handle, "w", encoding="utf-8", newline="\n") for handle, _, _ in scratch]
        count = 0
        with err.status(f"{spec.name}") as status:
            for document in inputs():
                if corpus is not None:
                    group = "" if text else groups[document.id]
                    if fitted != (group or "all"):
                        status.update(escape(f"{spec.name}: learning without {group or 'nothing'}"))
                        made = load_system(spec, seed)
                        made.fit(training_documents(corpus, groups, group))
                        explained = getattr(made, "predict_with_rules", None)
                        fitted = group or "all"
                status.update(escape(f"{spec.name}: {document.id}"))
                annotations: Annotations
                if explain is not None and explained is not None:
                    annotations, why = explained(document)
                    streams[1].write(
                        json.dumps({"doc_id": document.id, "rules": why}, ensure_ascii=False, sort_keys=True) + "\n"
                    )
                else:
                    annotations = made.predict(document)
                streams[0].write(json.dumps(to_record(annotations), ensure_ascii=False, sort_keys=True) + "\n")
                count += 1
        for stream in streams:
            stream.close()
        for _, temporary, target in scratch:
            os.chmod(temporary, 0o644)
            os.replace(temporary, target)
    finally:
        for _, temporary, _ in scratch:
            temporary.unlink(missing_ok=True)
    err.print(escape(f"wrote {out}: {count} documents"))


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(predict)
