"""Commands for scoring: evaluate, compare, errors, merge, submit."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from aqwal.cli.common import Failed, JsonOption, RootOption, UsageError, err, guarded, out, print_json, project
from aqwal.model import Corpus
from aqwal.store import load_corpus, replace_text

DatasetOption = Annotated[
    str, typer.Option("--dataset", help="Score on a built or published dataset instead of the project's sources.")
]
LayerOption = Annotated[str, typer.Option("--layer", help="The layer that is taken as gold.")]
DocumentOption = Annotated[
    list[str] | None, typer.Option("--document", "-d", help="Score on this document only (repeatable).")
]
TasksOption = Annotated[
    str, typer.Option("--tasks", help="Comma-separated tasks (default: those that the predictions attempt).")
]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of the resampling.")]
#: How many problems are printed before the rest is only counted.
_SHOWN = 50


def gold_corpus(root: Path | None, dataset: str, layer: str, documents: list[str] | None = None) -> Corpus:
    """The annotated documents to score on."""
    if dataset:
        from aqwal.formats import hub

        corpus = hub.load(dataset, layer=layer)
    else:
        corpus = load_corpus(project(root), layer)
    known = {a.doc_id for a in corpus.annotations}
    for doc_id in documents or []:
        if doc_id not in known:
            raise UsageError(f"layer {layer} has no document {doc_id}; it has {', '.join(sorted(known)) or 'none'}")
    wanted = set(documents or known)
    if not wanted:
        raise UsageError(f"layer {layer} has no annotated document to score on")
    return Corpus(
        tuple(d for d in corpus.documents if d.id in wanted),
        tuple(a for a in corpus.annotations if a.doc_id in wanted),
        corpus.entities,
        corpus.clusters,
    )


def task_list(tasks: str) -> list[str] | None:
    """The tasks named, checked."""
    from aqwal.metrics import TASKS

    names = [name.strip() for name in tasks.split(",") if name.strip()]
    for name in names:
        if name not in TASKS:
            raise UsageError(f'"{name}" is no task; tasks: {", ".join(TASKS)}')
    return names or None


def _layer_as_submission(folder: Path, corpus: Corpus) -> Any:
    """The labels of a layer's folder, as if a system had predicted them."""
    from aqwal.formats import jsonl

    folder = folder.resolve()
    if folder.parent.name != "annotations":
        raise UsageError(f"{folder.name} is a folder; give a JSONL file, or a layer such as annotations/annotator-a")
    layer = load_corpus(folder.parent.parent, folder.name)
    for document in layer.documents:
        if document.id in corpus.document and document.text != corpus.document[document.id].text:
            raise UsageError(f"{folder.name} labels another text of document {document.id} than the gold does")
    made = [a for a in layer.annotations if a.doc_id in corpus.annotation]
    layers = tuple(name for name in jsonl.LAYERS if any(getattr(a, name) for a in made))
    return jsonl.Submission(tuple(made), layers, (), tuple(sorted(set(corpus.annotation) - {a.doc_id for a in made})))


def read(path: Path, corpus: Corpus, *, strict: bool = False) -> Any:
    """A submission, its problems printed; with ``strict`` any problem ends the command."""
    from aqwal.formats import jsonl
    from aqwal.results.set_aside import counted

    submission = _layer_as_submission(path, corpus) if path.is_dir() else jsonl.read_submission(path, corpus.documents)
    for problem in submission.problems[:_SHOWN]:
        err.print(escape(f"{path}: {problem}"))
    if len(submission.problems) > _SHOWN:
        err.print(f"… and {len(submission.problems) - _SHOWN} problems more")
    if submission.problems and strict:
        raise Failed(f"{path}: {counted(len(submission.problems), 'problem')}; nothing was scored (--strict)")
    if submission.set_aside:
        err.print(escape("set aside: " + ", ".join(counted(n, what) for what, n in submission.set_aside.items())))
    if submission.absent:
        err.print(escape(f"no line for {', '.join(submission.absent)}: counted as empty"))
    return submission


def scores_of(submission: Any, corpus: Corpus, tasks: list[str] | None) -> Any:
    """Scores of a submission."""
    from aqwal.metrics import score

    return score(
        corpus.documents,
        corpus.annotations,
        [a for a in submission.annotations if a.doc_id in corpus.annotation],
        tasks,
        layers=None if tasks else submission.layers,
        unanchored={d: n for d, n in submission.unanchored.items() if d in corpus.annotation},
    )


def today() -> str:
    """The date in UTC, YYYY-MM-DD."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def make(scores: Any, corpus: Corpus, *, system: str, track: str, seed: int, problems: dict[str, int]) -> Any:
    """A result record of some scores."""
    import aqwal
    from aqwal import results

    return results.make_result(
        scores,
        system=system,
        track=track,
        date=today(),
        corpus=results.corpus_hash(corpus),
        corpus_version=aqwal.__version__,
        seed=seed,
        problems=problems,
    )


@guarded
def evaluate(
    predictions: Annotated[
        Path, typer.Argument(help="Predictions (JSONL), one line a document, or the folder of a label layer.")
    ],
    tasks: TasksOption = "",
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a file with any problem (exit 1).")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a Markdown table.")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print a LaTeX table.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write an HTML table to this file.")] = None,
    counts: Annotated[
        Path | None, typer.Option("--counts", help="Write the result with its per-paragraph counts, for `aqwal merge`.")
    ] = None,
    system: Annotated[str, typer.Option("--system", help="Name of the system (default: the file's name).")] = "",
    track: Annotated[str, typer.Option("--track", help="zero-shot, closed or open.")] = "open",
    brief: Annotated[bool, typer.Option("--brief", help="Primary metrics only.")] = False,
    document: DocumentOption = None,
    layer: LayerOption = "gold",
    dataset: DatasetOption = "",
    as_json: JsonOption = False,
    root: RootOption = None,
) -> None:
    """Score predictions: every primary metric with its 95 % interval, then the breakdowns.

    What cannot be read is listed with line and JSON path, set aside and counted; the rest is scored, and what was set
    aside is priced: between what the score would lie with it.

    Examples:

        aqwal evaluate predictions.jsonl

        aqwal evaluate predictions.jsonl --tasks attribution,who_said_what --markdown

        aqwal evaluate predictions.jsonl --strict --json

        aqwal evaluate annotations/annotator-a
    """
    from aqwal import results
    from aqwal.results.record import as_record
    from aqwal.results.set_aside import cost_lines

    # The hash is that of all the gold, so that parts of it can be merged.
    whole = gold_corpus(root, dataset, layer)
    corpus = gold_corpus(root, dataset, layer, document) if document else whole
    wanted = task_list(tasks)
    submission = read(predictions, whole, strict=strict)
    scores = scores_of(submission, corpus, wanted)
    for line in cost_lines(submission, corpus, scores):
        err.print(escape(line))
    name = system or predictions.resolve().stem
    record = make(scores, whole, system=name, track=track, seed=0, problems=submission.set_aside)
    if counts is not None:
        results.write_result(counts, record)
        err.print(escape(f"wrote {counts}"))
    if as_json:
        print_json(as_record(record))
        return
    form = "markdown" if markdown else "latex" if latex else "text"
    out.print(escape(results.score_table(scores, form, breakdowns=not brief)))
    if html is not None:
        replace_text(html, results.score_table(scores, "html", breakdowns=not brief) + "\n")
        err.print(escape(f"wrote {html}"))


@guarded
def compare(
    first: Annotated[Path, typer.Argument(help="Predictions of one system.")],
    second: Annotated[Path, typer.Argument(help="Predictions of another.")],
    tasks: TasksOption = "",
    layer: LayerOption = "gold",
    dataset: DatasetOption = "",
    seed: SeedOption = 0,
    as_json: JsonOption = False,
    root: RootOption = None,
) -> None:
    """Is one system better? Paired randomisation over paragraphs: both scores, difference, p and its resolution.

    Example:

        aqwal compare a.jsonl b.jsonl
    """
    import dataclasses

    from aqwal.metrics import PRIMARY, TASKS
    from aqwal.metrics.significance import paired_test
    from aqwal.results import comparison_table

    corpus = gold_corpus(root, dataset, layer)
    wanted = task_list(tasks)
    both = [scores_of(read(path, corpus), corpus, wanted) for path in (first, second)]
    common = [task for task in TASKS if all(task in scores.tasks for scores in both)]
    if not common:
        raise UsageError("the two files attempt no task in common")
    tests = {f"{t}: {PRIMARY[t]}": paired_test(both[0][t].primary, both[1][t].primary, seed=seed) for t in common}
    if as_json:
        print_json({name: dataclasses.asdict(test) for name, test in tests.items()})
    else:
        out.print(escape(comparison_table(tests, (first.stem, second.stem))))


@guarded
def errors(
    predictions: Annotated[Path, typer.Argument(help="Predictions (JSONL).")],
    kind: Annotated[list[str] | None, typer.Option("--type", "-t", help="Only this type (repeatable).")] = None,
    label: Annotated[str, typer.Option("--of", help="Only mentions, attributions or claims.")] = "",
    document: DocumentOption = None,
    count: Annotated[bool, typer.Option("--count", help="Print the numbers only.")] = False,
    limit: Annotated[int, typer.Option("--limit", help="Print at most this many (0: all).")] = 0,
    layer: LayerOption = "gold",
    dataset: DatasetOption = "",
    as_json: JsonOption = False,
    root: RootOption = None,
) -> None:
    """List each error with its type and text: missed, spurious, boundary, wrong source, scare quote and more.

    Examples:

        aqwal errors predictions.jsonl --count

        aqwal errors predictions.jsonl --type "wrong source" --document 002
    """
    import dataclasses

    from aqwal.metrics.errors import TYPES, count_errors, find_errors
    from aqwal.results import error_table

    for name in kind or []:
        if name not in TYPES:
            raise UsageError(f'"{name}" is no error type; types: {", ".join(TYPES)}')
    if label and label not in ("mentions", "attributions", "claims"):
        raise UsageError(f'"{label}" is no kind of object; use mentions, attributions or claims')
    corpus = gold_corpus(root, dataset, layer, document)
    submission = read(predictions, gold_corpus(root, dataset, layer))
    predicted = [a for a in submission.annotations if a.doc_id in corpus.annotation]
    found = [
        e
        for e in find_errors(corpus.documents, corpus.annotations, predicted)
        if (not kind or e.type in kind) and (not label or e.layer == label)
    ]
    if as_json:
        print_json({"count": len(found), "errors": [dataclasses.asdict(e) for e in found]})
        return
    if not count:
        for e in found[: limit or None]:
            sentence = corpus.document[e.doc_id].sentence_of(e.start)
            where = f"{e.doc_id} {sentence.id if sentence else '-'}"
            what = f" {e.field}" if e.field else ""
            texts = f"gold: {e.gold_text or '–'}   predicted: {e.pred_text or '–'}"
            out.print(escape(f"{where} {e.layer} {e.type}{what} ({e.detail})  {texts}"))
    out.print(escape(error_table(count_errors(found))))


@guarded
def merge(
    parts: Annotated[
        list[Path], typer.Argument(help="Results of `aqwal evaluate --counts` on parts of the documents.")
    ],
    output: Annotated[Path, typer.Option("--out", "-o", help="The merged result.")],
) -> None:
    """Merge results of shards: per-paragraph counts are additive, so the scores are those of one run.

    Example:

        aqwal merge part-1.json part-2.json --out whole.json
    """
    from aqwal import results

    try:
        merged = results.merge([results.read_result(path) for path in parts])
    except (results.ResultError, results.MixedResults) as error:
        raise UsageError(str(error)) from None
    results.write_result(output, merged)
    out.print(escape(results.score_table(merged.scores, breakdowns=False)))


@guarded
def submit(
    predictions: Annotated[Path, typer.Argument(help="Predictions (JSONL).")],
    system: Annotated[str, typer.Option("--system", help="Name of the system, as the leaderboard shows it.")],
    track: Annotated[str, typer.Option("--track", help="zero-shot, closed (this corpus alone) or open.")],
    output: Annotated[
        Path | None, typer.Option("--out", "-o", help="Package to write (default: leaderboard/results/SYSTEM.json).")
    ] = None,
    description: Annotated[str, typer.Option("--description", help="One line: model, data, link.")] = "",
    root: RootOption = None,
) -> None:
    """Check predictions and package their result into one JSON that a pull request adds to the leaderboard.

    Any problem in the file refuses it. The package holds the predictions, so that anybody can score it anew.

    Example:

        aqwal submit predictions.jsonl --system "our model" --track open
    """
    import dataclasses
    import re

    from aqwal import results
    from aqwal.results.record import dumps, write_text

    top = project(root)
    corpus = gold_corpus(top, "", "gold")
    submission = read(predictions, corpus, strict=True)
    try:
        scores = scores_of(submission, corpus, None)
        result = dataclasses.replace(
            make(scores, corpus, system=system, track=track, seed=0, problems={}), description=description
        )
    except results.ResultError as error:
        raise UsageError(str(error)) from None
    slug = re.sub(r"[^a-z0-9]+", "-", system.lower()).strip("-") or "system"
    target = output or top / "leaderboard" / "results" / f"{slug}.json"
    if target.exists() and output is None:
        raise UsageError(f"{target.name} exists in leaderboard/results; choose another --system name or give --out")
    package = results.package(result, submission.annotations, submission.unanchored)
    results.check_package(json.loads(dumps(package)), corpus)
    write_text(target, dumps(package))
    out.print(escape(results.score_table(scores, breakdowns=False)))
    err.print(escape(f"wrote {target}"))


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (evaluate, compare, errors, merge, submit):
        app.command()(command)
