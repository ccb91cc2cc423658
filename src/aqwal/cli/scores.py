"""Commands for scoring: evaluate, compare, errors, merge, submit."""

from __future__ import annotations

import contextlib
import datetime
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from aqwal.cli.common import (
    Failed,
    JsonOption,
    RootOption,
    UsageError,
    guarded,
    print_json,
    project,
    say,
    tell,
    visible,
)
from aqwal.model import LAYERS, Corpus
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
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of the resampling.")]
#: A file named after a system has this many characters at most, and this many bytes.
_SLUG, _SLUG_BYTES = 80, 200
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
    layers = tuple(name for name in LAYERS if any(getattr(a, name) for a in made))
    return jsonl.Submission(tuple(made), layers, (), tuple(sorted(set(corpus.annotation) - {a.doc_id for a in made})))


def read(path: Path, corpus: Corpus, *, strict: bool = False, scored: Corpus | None = None, named: bool = False) -> Any:
    """A submission, its problems printed; with ``strict`` any problem ends the command.

    ``corpus`` holds all documents that the file may be about; where only some are ``scored``, the submission and what
    is printed are those of these. With ``named`` every line printed names the file, where there are several.

    Raises:
        UsageError: if nothing of the file can be read.
    """
    from aqwal.formats import jsonl
    from aqwal.results.set_aside import counted

    submission = _layer_as_submission(path, corpus) if path.is_dir() else jsonl.read_submission(path, corpus.documents)
    if scored is not None:
        submission = submission.only(scored.annotation)
    of = f"{visible(path)}: " if named else ""
    for problem in submission.problems[:_SHOWN]:
        tell(visible(f"{path}: {problem}"))
    if len(submission.problems) > _SHOWN:
        tell(f"{of}… and {len(submission.problems) - _SHOWN} problems more")
    if any(problem.lost == "file" for problem in submission.problems):
        raise UsageError(f"{visible(path)}: nothing of it can be read, so there is nothing to score")
    if submission.problems and strict:
        raise Failed(f"{visible(path)}: {counted(len(submission.problems), 'problem')}; nothing was scored (--strict)")
    if submission.set_aside:
        lost = ", ".join(counted(n, what) for what, n in submission.set_aside.items())
        tell(f"{of}set aside: {lost}")
    for line in _what_is_missing(submission):
        tell(of + line)
    return submission


def _what_is_missing(submission: Any) -> Iterator[str]:
    """Documents that count as empty, and predictions that count as spurious for want of a place."""
    from aqwal.results.set_aside import counted

    for doc_id, line in submission.unread.items():
        yield f"line {line}, of document {doc_id}, was set aside: counted as empty"
    absent = [doc_id for doc_id in submission.absent if doc_id not in submission.unread]
    if absent:
        # A line that cannot be read may be that of any of them.
        lost = any(p.lost == "line" and not p.doc_id and p.code != "unknown-document" for p in submission.problems)
        yield f"no {'readable ' if lost else ''}line for {', '.join(absent)}: counted as empty"
    nowhere = {
        name: sum(counts.get(name, 0) for counts in submission.unanchored.values()) for name in submission.layers
    }
    listed = [counted(number, name[:-1]) for name, number in nowhere.items() if number]
    if listed:
        one = sum(nowhere.values()) == 1
        has, counts = ("has", "counts") if one else ("have", "count")
        yield f"{' and '.join(listed)} {has} no place in the text and {counts} as spurious"


@contextlib.contextmanager
def about(path: Path) -> Iterator[None]:
    """Name the file whose predictions are too many to be scored."""
    from aqwal.metrics.intervals import TooManyPairs

    try:
        yield
    except TooManyPairs as error:
        raise UsageError(f"{visible(path)}: {error}") from None


def system_name(name: str) -> None:
    """Refuse a system's name that no result may bear, before the work is done."""
    from aqwal.results.plain import MAX_NAME, check_name

    try:
        check_name(name, "", "system")
    except ValueError:
        raise UsageError(
            f'"{visible(name[:MAX_NAME])}" is no name for a system; give --system with up to {MAX_NAME} characters, '
            "all of which print"
        ) from None


def file_name(system: str) -> str:
    """The name of a system's files: its letters and digits of any script, in lower case, without vowel signs.

    >>> file_name("Our Model 2"), file_name("نَموذج عربي"), file_name("../..")
    ('our-model-2', 'نموذج-عربي', 'system')
    """
    plain = unicodedata.normalize("NFC", system.lower())
    plain = "".join(char for char in plain if unicodedata.category(char) != "Mn")
    slug = re.sub(r"[\W_]+", "-", plain).strip("-")[:_SLUG]
    return slug.encode("utf-8", "ignore")[:_SLUG_BYTES].decode("utf-8", "ignore").strip("-") or "system"


def known_track(track: str, tracks: tuple[str, ...]) -> None:
    """Refuse an unknown track, before the work is done."""
    if track not in tracks:
        raise UsageError(f"unknown track {visible(track)}; --track takes {', '.join(tracks)}")


def writable(*paths: Path | None) -> None:
    """Refuse files to write that cannot be made, before the work is done."""
    given = [path for path in paths if path is not None]
    for path in given:
        if path.is_dir():
            raise UsageError(f"{visible(path)} is a folder; name a file to write")
        if not path.parent.is_dir():
            raise UsageError(f"{visible(path)}: there is no folder {visible(path.parent)}; make it first")
    if len({path.resolve() for path in given}) < len(given):
        raise UsageError(f"{visible(given[0])} is named for two outputs; name two files")


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
    track: Annotated[
        str, typer.Option("--track", help="zero-shot, closed or open; annotator for an annotator's layer.")
    ] = "open",
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
    from aqwal.results.record import TRACKS, as_record
    from aqwal.results.set_aside import cost_lines

    forms = [form for form, wanted in (("markdown", markdown), ("latex", latex), ("json", as_json)) if wanted]
    if len(forms) > 1:
        raise UsageError(f"give one of {' and '.join('--' + form for form in forms)}: one form is printed")
    known_track(track, TRACKS)
    writable(html, counts)
    name = system or predictions.resolve().stem
    if counts is not None or as_json or system:  # only a result bears the name
        system_name(name)
    # The hash is that of all the gold, so that parts of it can be merged.
    whole = gold_corpus(root, dataset, layer)
    corpus = gold_corpus(root, dataset, layer, document) if document else whole
    chosen = task_list(tasks)
    submission = read(predictions, whole, strict=strict, scored=corpus)
    with about(predictions):
        scores = scores_of(submission, corpus, chosen)
    for line in cost_lines(submission, corpus, scores):
        tell(line)
    if html is not None:
        replace_text(html, results.score_table(scores, "html", breakdowns=not brief) + "\n")
        tell(f"wrote {visible(html)}")
    if counts is not None or as_json:
        record = make(scores, whole, system=name, track=track, seed=0, problems=submission.set_aside)
        if counts is not None:
            results.write_result(counts, record)
            tell(f"wrote {visible(counts)}")
        if as_json:
            print_json(as_record(record))
            return
    say(results.score_table(scores, forms[0] if forms else "text", breakdowns=not brief))


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
    both = []
    for path in (first, second):
        submission = read(path, corpus, named=True)
        with about(path):
            both.append(scores_of(submission, corpus, wanted))
    common = [task for task in TASKS if all(task in scores.tasks for scores in both)]
    if not common:
        raise UsageError("the two files attempt no task in common")
    for path, scores in zip((first, second), both, strict=True):
        alone = [task for task in scores.tasks if task not in common]
        if alone:
            tell(f"not compared, for only {visible(path)} attempts it: {', '.join(alone)}")
    tests = {f"{t}: {PRIMARY[t]}": paired_test(both[0][t].primary, both[1][t].primary, seed=seed) for t in common}
    if as_json:
        print_json({name: dataclasses.asdict(test) for name, test in tests.items()})
    else:
        say(comparison_table(tests, (visible(first.stem), visible(second.stem))))


@guarded
def errors(
    predictions: Annotated[Path, typer.Argument(help="Predictions (JSONL).")],
    kind: Annotated[list[str] | None, typer.Option("--type", "-t", help="Only this type (repeatable).")] = None,
    label: Annotated[str, typer.Option("--of", help="Only mentions, attributions or claims.")] = "",
    document: DocumentOption = None,
    count: Annotated[bool, typer.Option("--count", help="Print the numbers only.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Print at most this many (0: all).")] = 0,
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
    if label and label not in LAYERS:
        raise UsageError(f'"{label}" is no kind of object; use mentions, attributions or claims')
    whole = gold_corpus(root, dataset, layer)
    corpus = gold_corpus(root, dataset, layer, document) if document else whole
    submission = read(predictions, whole, scored=corpus)
    untried = [name for name in LAYERS if name not in submission.layers]
    if untried:
        tell(f"not attempted, so not listed: {', '.join(untried)}")
    with about(predictions):
        every = find_errors(
            corpus.documents,
            corpus.annotations,
            submission.annotations,
            layers=submission.layers,
            unanchored=submission.unanchored,
        )
    found = [e for e in every if (not kind or e.type in kind) and (not label or e.layer == label)]
    if as_json:
        print_json({"count": len(found), "errors": [dataclasses.asdict(e) for e in found]})
        return
    if not count:
        for e in found[: limit or None]:
            sentence = corpus.document[e.doc_id].sentence_of(e.start) if e.start >= 0 else None
            where = f"{e.doc_id} {sentence.id if sentence else '-'}"
            what = f" {e.field}" if e.field else ""
            texts = f"gold: {e.gold_text or '–'}   predicted: {e.pred_text or '–'}"
            say(visible(f"{where} {e.layer} {e.type}{what} ({e.detail})  {texts}"))
    say(error_table(count_errors(found)))


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

    merged = results.merge([results.read_result(path) for path in parts])
    results.write_result(output, merged)
    say(results.score_table(merged.scores, breakdowns=False))


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

    from aqwal import results
    from aqwal.results.record import dumps, write_text
    from aqwal.systems import TRACKS

    known_track(track, TRACKS)
    system_name(system)
    if visible(description) != description:
        raise UsageError("--description holds a line break or a control character; give one line of text")
    if predictions.is_dir():
        raise UsageError(f"{visible(predictions)} is a folder; a submission is a JSONL file of predictions")
    top = project(root)
    target = output or top / "leaderboard" / "results" / f"{file_name(system)}.json"
    if target.exists() and output is None:
        raise UsageError(f"{target.name} exists in leaderboard/results; choose another --system name or give --out")
    corpus = gold_corpus(top, "", "gold")
    submission = read(predictions, corpus, strict=True)
    with about(predictions):
        scores = scores_of(submission, corpus, None)
    if not scores.tasks:
        raise UsageError(
            f"{visible(predictions)} attempts no task: no line names mentions, attributions or claims, even as an "
            "empty list"
        )
    made = make(scores, corpus, system=system, track=track, seed=0, problems={})
    result = dataclasses.replace(made, description=description)
    package = results.package(result, submission.annotations, submission.unanchored)
    results.check_package(json.loads(dumps(package)), corpus)
    write_text(target, dumps(package))
    say(results.score_table(scores, breakdowns=False))
    tell(f"wrote {visible(target)}")


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (evaluate, compare, errors, merge, submit):
        app.command()(command)
