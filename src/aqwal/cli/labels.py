"""Commands for annotators: fmt, check, stats, agreement, show."""

from __future__ import annotations

import dataclasses
import difflib
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from aqwal.cli.common import (
    Failed,
    JsonOption,
    RootOption,
    UsageError,
    err,
    guarded,
    out,
    print_json,
    print_problems,
    project,
)
from aqwal.store import (
    Problem,
    StoreError,
    format_document,
    initial_texts,
    layer_names,
    layer_texts,
    load_document,
    read_sources,
    read_text,
    registers,
    replace_text,
)


def _folders(root: Path, layers: list[str], paths: list[Path]) -> list[tuple[str, str, Path]]:
    """(layer, document, folder) of everything asked for, sorted."""
    wanted: set[tuple[str, str, Path]] = set()
    base = root / "annotations"
    for layer in layers:
        if not (base / layer).is_dir():
            raise UsageError(f"there is no layer annotations/{layer}; layers: {', '.join(layer_names(root)) or 'none'}")
        wanted |= {(layer, p.name, p) for p in (base / layer).iterdir() if p.is_dir()}
    for path in paths:
        here = path.resolve()
        if not here.exists():
            raise UsageError(f"{path}: no such file or folder")
        folder = here if here.is_dir() else here.parent
        if not folder.is_relative_to(base) or folder == base:
            raise UsageError(f"{path}: not a file or folder of a layer in annotations/")
        parts = folder.relative_to(base).parts
        if len(parts) == 1:
            wanted |= {(parts[0], p.name, p) for p in folder.iterdir() if p.is_dir()}
        else:
            wanted.add((parts[0], parts[1], base / parts[0] / parts[1]))
    return sorted(wanted)


def _register_texts(root: Path, layer: str, folders: list[tuple[str, str, Path]]) -> list[tuple[Path, str, str]]:
    """(path, before, after) of the registers of a layer; clusters' documents are derived from all its claims."""
    made: list[tuple[Path, str, str]] = []
    problems: list[Problem] = []
    path = registers.register_path(root, layer, "entities.tsv")
    if path.exists():
        shown = path.relative_to(root).as_posix()
        text = read_text(path, shown)
        entities, _, found = registers.parse_entities(shown, text)
        problems += found
        made.append((path, text, registers.format_entities(entities)))
    path = registers.register_path(root, layer, "clusters.tsv")
    if path.exists():
        shown = path.relative_to(root).as_posix()
        text = read_text(path, shown)
        clusters, _, _, found = registers.parse_clusters(shown, text)
        problems += found
        documents: dict[str, set[str]] = {}
        for folder in sorted((root / "annotations" / layer).iterdir()):
            claims = folder / "claims.tsv"
            if claims.exists():
                for line in read_text(claims).split("\n"):
                    cells = line.split("\t")
                    if len(cells) == 5 and cells[1] == "claim":
                        for item in cells[3].split():
                            if item.startswith("cluster="):
                                documents.setdefault(item.removeprefix("cluster="), set()).add(folder.name)
        made.append((path, text, registers.format_clusters(clusters, documents)))
    if problems:
        raise StoreError(problems)
    return made


@guarded
def fmt(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders in annotations/ (default: all layers).")
    ] = None,
    layer: Annotated[list[str] | None, typer.Option("--layer", "-l", help="Only this layer (repeatable).")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a file is not in canonical form.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; print the changes.")] = False,
    init: Annotated[str, typer.Option("--init", help="Create the empty files of a new layer of this name first.")] = "",
    root: RootOption = None,
) -> None:
    """Put label files into canonical form: find offsets from quotes, give new rows ids, sort, rewrite sentence lines.

    A new row needs no offset and no id: write `+` and `?`. It never guesses: a quote that occurs twice or not at all
    stops that document with file and line, and its files stay as they are.

    Examples:

        aqwal fmt

        aqwal fmt annotations/gold/001 --diff

        aqwal fmt --check
    """
    top = project(root)
    if init:
        if not init.replace("-", "").isalnum():
            raise UsageError(f'"{init}" is not a layer name; use letters, digits and hyphens')
        for doc_id in read_sources(top):
            document = load_document(top, doc_id)
            for name, text in initial_texts(document).items():
                path = top / "annotations" / init / doc_id / f"{name}.tsv"
                if not path.exists():
                    replace_text(path, text)
        layer = [*(layer or []), init]
    folders = _folders(top, list(layer or ([] if paths else layer_names(top))), list(paths or []))
    changed = 0
    problems: list[Problem] = []
    known = read_sources(top)
    files: list[tuple[Path, str, str]] = []
    for name, doc_id, folder in folders:
        try:
            if doc_id not in known:
                raise UsageError(f"annotations/{name}/{doc_id}: no document {doc_id} in seeds/sources.toml")
            document = load_document(top, doc_id)
            for made in format_document(document, folder, layer_texts(folder, document, top)):
                files.append((made.path, made.before, made.after))
                for note in made.notes:
                    err.print(escape(f"note: {note}"))
        except StoreError as error:
            problems += error.problems
    for name in sorted({name for name, _, _ in folders}):
        try:
            files += _register_texts(top, name, folders)
        except StoreError as error:
            problems += error.problems
    for path, before, after in files:
        if before == after:
            continue
        changed += 1
        shown = path.relative_to(top).as_posix()
        if diff:
            lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), shown, f"{shown} (formatted)")
            out.print(escape("".join(lines)), end="")
        elif check:
            err.print(escape(f"{shown}: not in canonical form. Fix: run aqwal fmt"))
        else:
            try:
                replace_text(path, after, expected=before)
                err.print(escape(f"formatted {shown}"))
            except StoreError as error:
                problems += error.problems
    if problems:
        raise StoreError(sorted(set(problems)))
    if (check or diff) and changed:
        raise Failed("" if diff else f"{changed} of {len(files)} files would change")
    if not diff:
        err.print(f"{len(files)} files, {changed} {'would change' if check else 'changed'}")


@guarded
def check(
    layer: Annotated[list[str] | None, typer.Option("--layer", "-l", help="Only this layer (repeatable).")] = None,
    level: Annotated[int, typer.Option("--level", min=0, max=5, help="Run the checks up to this level.")] = 5,
    listing: Annotated[
        bool, typer.Option("--list", help="List the checks with level and explanation, and exit.")
    ] = False,
    as_json: JsonOption = False,
    root: RootOption = None,
) -> None:
    """Check seeds, segmentation and labels; exit 1 if anything is wrong, with file, line, check and fix.

    Levels: 0 bytes, 1 format, 2 anchors, 3 references, 4 the scheme's rules, 5 the corpus as a whole.

    Examples:

        aqwal check

        aqwal check --layer gold --level 2

        aqwal check --json | jq '.problems[].kind'
    """
    from aqwal import checks

    if listing:
        for known in checks.all_checks():
            out.print(escape(f"L{known.level} {known.id} ({known.severity}): {known.title}"))
        return
    report = checks.run_checks(project(root), layers=layer or None, levels=range(level + 1))
    if as_json:
        print_json(report.to_json())
    else:
        print_problems(report.errors)
        for warning in report.warnings:
            err.print(escape(f"warning: {warning}"))
        err.print(report.summary())
    if report.errors:
        raise Failed("")


@guarded
def stats(
    layer: Annotated[str, typer.Option("--layer", "-l", help="The layer to count.")] = "gold",
    as_json: JsonOption = False,
    root: RootOption = None,
) -> None:
    """Count what a layer holds: per document, layer, type, quote, kind, source type, chain depth, framing, cluster.

    Examples:

        aqwal stats

        aqwal stats --layer annotator-a --json
    """
    from rich.table import Table

    from aqwal.statistics import statistics
    from aqwal.store import load_corpus

    counted = statistics(load_corpus(project(root), layer))
    if as_json:
        print_json(counted)
        return
    columns = ("scored_sentences", "scored_words", "mentions", "attributions", "claims")
    table = Table("document", *(c.replace("_", " ") for c in columns), title=f"layer {layer}", box=None)
    for doc_id, row in counted["documents"].items():
        table.add_row(doc_id, *(str(row.get(c, "-")) for c in columns))
    table.add_row("all", *(str(sum(row.get(c, 0) for row in counted["documents"].values())) for c in columns))
    out.print(table)
    for name, values in counted["labels"].items():
        shown = "  ".join(f"{value} {count}" for value, count in values.items()) or "none"
        out.print(escape(f"{name.replace('_', ' ')}: {shown}"))
    out.print(escape("totals: " + "  ".join(f"{k.replace('_', ' ')} {v}" for k, v in counted["totals"].items())))
    share = counted["implicit_share"]
    out.print(f"implicit share: {'n/a' if share is None else f'{share:.3f}'} of attributions")
    out.print(
        escape(
            "document pairs: "
            + ("  ".join(f"{k} {v}" for k, v in counted["shared_clusters_by_pair"].items()) or "none")
        )
    )
    for cluster, where in counted["shared_clusters"].items():
        out.print(escape(f"  {cluster}: {' '.join(where)}"))


@guarded
def show(
    document: Annotated[str, typer.Argument(help="Document id.")],
    paragraph: Annotated[
        list[int] | None, typer.Option("--paragraph", "-p", help="Paragraph number (repeatable; default: all).")
    ] = None,
    layer: Annotated[str, typer.Option("--layer", "-l", help="The layer to show.")] = "gold",
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="Show a system's predictions (JSONL) instead.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write an HTML file instead of printing.")] = None,
    root: RootOption = None,
) -> None:
    """Read annotations as a person does: coloured text, relations, chains and claims.

    Examples:

        aqwal show 002 --paragraph 1

        aqwal show 002 --html 002.html
    """
    from aqwal.store import load_corpus
    from aqwal.viewer import page, terminal

    top = project(root)
    shown = load_document(top, document)
    numbers = paragraph or list(range(1, len(shown.paragraphs) + 1))
    for number in numbers:
        if not 1 <= number <= len(shown.paragraphs):
            raise UsageError(f"document {document} has paragraphs 1 to {len(shown.paragraphs)}, not {number}")
    chosen = [shown.paragraphs[number - 1] for number in numbers]
    names: dict[str, str] = {}
    if predictions is not None:
        from aqwal.formats import jsonl

        found, _ = jsonl.read_predictions(predictions, [shown])
        annotations = found[0]
    else:
        corpus = load_corpus(top, layer)
        if document not in corpus.annotation:
            raise UsageError(f"layer {layer} has no annotations of {document}")
        annotations = corpus.annotation[document]
        names = {entity.id: entity.name_en for entity in corpus.entities}
    if html is not None:
        replace_text(html, page.render(shown, annotations, chosen, names))
        err.print(escape(f"wrote {html}"))
    else:
        out.print(terminal.render(shown, annotations, chosen, names))


def _jsonable(value: object) -> object:
    """NaN is not JSON: undefined values become null."""
    if isinstance(value, float):
        return None if value != value else round(value, 6)
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value


@guarded
def agreement(
    first: Annotated[str, typer.Argument(help="A layer, for example annotator-a.")] = "annotator-a",
    second: Annotated[str, typer.Argument(help="Another layer.")] = "annotator-b",
    gamma: Annotated[bool, typer.Option("--gamma/--no-gamma", help="Compute gamma (extra: annotate).")] = True,
    write: Annotated[bool, typer.Option("--write", help="Write annotations/AGREEMENT.md.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 if annotations/AGREEMENT.md would change.")] = False,
    as_json: JsonOption = False,
    root: RootOption = None,
) -> None:
    """Compare two layers: span F1, κ and α of fields, B³ of entities and clusters, γ, and every disagreement.

    Examples:

        aqwal agreement annotator-a annotator-b

        aqwal agreement annotator-a gold --no-gamma --json
    """
    from aqwal.agreement import compare
    from aqwal.agreement_report import render
    from aqwal.store import load_corpus

    top = project(root)
    left, right = load_corpus(top, first), load_corpus(top, second)
    with err.status("comparing") as status:

        def say(line: str) -> None:
            status.update(escape(line))

        result = compare(left, right, with_gamma=gamma, say=say)
        against = {}
        if "gold" in layer_names(top) and "gold" not in (first, second):
            gold = load_corpus(top)
            against = {name: compare(gold, side, with_gamma=False) for name, side in ((first, left), (second, right))}
    if not result["documents"]:
        raise UsageError(f"{first} and {second} have no document in common")
    report = render(first, second, result, against)
    for compared in against.values():
        compared.pop("disagreements")
    full = {"first": first, "second": second, **result, "against_gold": against}
    text = json.dumps(_jsonable(full), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    path = top / "annotations" / "AGREEMENT.md"
    if check:
        if not path.exists() or read_text(path) != report:
            raise Failed("annotations/AGREEMENT.md is not what the passes give. Fix: run aqwal agreement --write")
        err.print("annotations/AGREEMENT.md is up to date")
    elif write:
        err.print(
            "wrote annotations/AGREEMENT.md" if replace_text(path, report) else "unchanged: annotations/AGREEMENT.md"
        )
    elif as_json:
        out.print(escape(text), end="")
    else:
        out.print(escape(report), end="")


@guarded
def rewrites(
    first: Annotated[str, typer.Argument(help="A document.")],
    second: Annotated[str, typer.Argument(help="Another document.")],
    layer: Annotated[str, typer.Option("--layer", "-l", help="The layer to read.")] = "gold",
    as_json: JsonOption = False,
    root: RootOption = None,
) -> None:
    """What two documents share: each common claim with its chain of speakers and its designations in both.

    Example:

        aqwal rewrites 002 003
    """
    from aqwal.rewrites import Designation
    from aqwal.rewrites import rewrites as find
    from aqwal.store import load_corpus

    corpus = load_corpus(project(root), layer)
    for doc_id in (first, second):
        if doc_id not in corpus.annotation:
            raise UsageError(f"layer {layer} has no document {doc_id}; it has {', '.join(corpus.annotation)}")
    found = find(corpus, first, second)
    if as_json:
        print_json([dataclasses.asdict(item) for item in found])
        return

    def names(called: tuple[Designation, ...]) -> str:
        return " / ".join(text + (f" ({', '.join(framing)})" if framing else "") for text, framing in called)

    for item in found:
        out.print(escape(f"{item.cluster}: {item.claims[0].gloss}"), style="bold")
        for doc_id, chain in zip((first, second), item.chains, strict=True):
            out.print(escape(f"  {doc_id}  " + " → ".join("+".join(step) for step in chain)))
        for entity, (left, right) in item.renamed.items():
            out.print(escape(f"  {entity}: {names(left)} ⇒ {names(right)}"))
        if item.dropped:
            out.print(escape(f"  only in {first}: {', '.join(item.dropped)}"))
        if item.added:
            out.print(escape(f"  only in {second}: {', '.join(item.added)}"))
    err.print(f"{len(found)} pairs of claims, {len({item.cluster for item in found})} clusters")


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (fmt, check, stats, show, rewrites, agreement):
        app.command()(command)
