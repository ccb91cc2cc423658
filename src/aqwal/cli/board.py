"""The benchmark command: run systems, score them, keep their results, print the leaderboard."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from aqwal.cli.common import JsonOption, RootOption, UsageError, err, guarded, out, print_json, project
from aqwal.cli.scores import about, gold_corpus, make, read, scores_of
from aqwal.model import Corpus
from aqwal.store import layer_names, load_corpus, read_text, replace_text

RESULTS = Path("leaderboard") / "results"
_BEGIN, _END = "<!-- leaderboard:begin -->", "<!-- leaderboard:end -->"


def keep(path: Path, result: Any) -> Any:
    """Write a result; one whose scores are those already committed keeps its date, so that a rerun changes nothing."""
    from aqwal import results

    if path.exists():
        try:
            before = results.read_result(path)
        except results.ResultError:
            before = None
        if before is not None:
            dated = dataclasses.replace(result, date=before.date)
            if results.record.dumps(results.record.as_record(dated)) == path.read_text(encoding="utf-8"):
                return dated
    results.write_result(path, result)
    return result


def ceiling(root: Path, corpus: Corpus) -> list[Any]:
    """Each annotator's pass scored as if it were a system's predictions."""
    from aqwal.metrics import score

    made = []
    for layer in layer_names(root):
        if not layer.startswith("annotator-"):
            continue
        passed = load_corpus(root, layer).annotation
        scores = score(corpus.documents, corpus.annotations, [passed[d.id] for d in corpus.documents if d.id in passed])
        made.append(make(scores, corpus, system=layer, track="annotator", seed=0, problems={}))
    return made


def runs_by_default(folder: Path) -> bool:
    """False for a system that has to be named; it is said how."""
    from aqwal.systems import BadSystem, read_spec

    try:
        spec = read_spec(folder)
    except BadSystem:
        return True  # its run says what is wrong
    if not spec.by_default:
        err.print(escape(f"not run: {spec.name} ({spec.description}); run it with --systems {folder.name}"))
    return spec.by_default


def others(folder: Path, board: list[Any]) -> list[Any]:
    """Committed results of systems that did not run now; those of another corpus are named and left out."""
    from aqwal import results

    known = {result.system for result in board}
    kept = []
    for result in results.read_results(folder):
        if result.system in known:
            continue
        try:
            results.same_ground([*board, result])
        except results.MixedResults as error:
            err.print(escape(f"left out: {error}"))
            continue
        kept.append(result)
    return kept


def update_readme(root: Path, table: str) -> bool:
    """Put the leaderboard between the README's markers."""
    path = root / "README.md"
    if not path.exists():
        return False
    text = read_text(path)
    if text.count(_BEGIN) != 1 or text.count(_END) != 1:
        return False
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return replace_text(path, f"{before}{_BEGIN}\n{table}\n{_END}{after}", expected=text)


@guarded
def benchmark(
    systems: Annotated[
        str, typer.Option("--systems", help="Comma-separated names or folders (default: every one in baselines/).")
    ] = "",
    out_folder: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for predictions and report (default: dist/leaderboard).")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write/--no-write", help="Update leaderboard/results and the README's table.")
    ] = True,
    report: Annotated[bool, typer.Option("--report/--no-report", help="Write the results page.")] = True,
    seed: Annotated[int, typer.Option("--seed", help="Seed of trained systems.")] = 0,
    as_json: JsonOption = False,
    root: RootOption = None,
) -> None:
    """Run every baseline leave-one-reuse-group-out, score it, and print the leaderboard with intervals.

    A system that fails is marked; the others go on. Nothing touches the network.

    Examples:

        aqwal benchmark

        aqwal benchmark --systems rules,crf --no-write
    """
    from aqwal import results
    from aqwal.benchmark import SystemRun, find_systems, run_system
    from aqwal.metrics import TASKS

    top = project(root)
    folder = out_folder or top / "dist" / "leaderboard"
    corpus = gold_corpus(top, "", "gold")
    folders = find_systems(top)
    if systems:
        chosen = []
        for name in filter(None, (part.strip() for part in systems.split(","))):
            found = [p for p in folders if p.name == name] or ([Path(name)] if Path(name).is_dir() else [])
            if not found:
                raise UsageError(f"no system {name}; systems: {', '.join(p.name for p in folders)}")
            chosen.append(found[0])
        folders = chosen
    else:
        folders = [path for path in folders if runs_by_default(path)]
    if not folders:
        raise UsageError("baselines/ has no system: a folder with config.toml and system.py")

    runs: list[SystemRun] = []
    board: list[Any] = []
    scored: dict[str, Any] = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=err) as progress:
        for number, path in enumerate(folders, start=1):
            task = progress.add_task(f"[{number}/{len(folders)}] {path.name}", total=None)

            def say(name: str, line: str, task: Any = task, number: int = number) -> None:
                progress.update(task, description=f"[{number}/{len(folders)}] {name}: {line[:90]}")

            run = run_system(path, top, folder / "predictions", seed=seed, say=say)
            state = "failed: " + run.failure[:120] if run.failure else "done"
            progress.update(task, description=f"[{number}/{len(folders)}] {run.name}: {state}", total=1, completed=1)
            runs.append(run)
    for run in runs:
        if run.predictions is None or run.spec is None:
            continue
        submission = read(run.predictions, corpus)
        with about(run.predictions):
            scores = scores_of(submission, corpus, list(run.spec.tasks) or None)
        result = dataclasses.replace(
            make(scores, corpus, system=run.name, track=run.spec.track, seed=seed, problems=submission.set_aside),
            config=dict(run.spec.params),
            description=run.spec.description,
        )
        scored[run.name] = scores
        board.append(keep(top / RESULTS / f"{run.name}.json", result) if write else result)
    annotators = ceiling(top, corpus)
    board += [keep(top / RESULTS / f"{r.system}.json", r) if write else r for r in annotators]

    board += others(top / RESULTS, board)
    table = results.leaderboard(board, "markdown")
    replace_text(folder / "leaderboard.md", table + "\n")
    measured = {
        run.name: {
            "failure": run.failure,
            "words_per_second": None if run.words_per_second != run.words_per_second else round(run.words_per_second),
            **{k: round(v, 3) for k, v in run.measured.items()},
        }
        for run in runs
    }
    replace_text(folder / "runs.json", json.dumps(measured, indent=1, sort_keys=True) + "\n")
    if write and not systems:
        # The results of systems that are gone, or of another corpus, must not stay beside the new ones.
        update_readme(top, table)
    if report:
        from aqwal.report import write_report

        with err.status("writing the results page") as status:

            def tell(name: str, line: str) -> None:
                status.update(escape(f"{name}: {line[:90]}"))

            everything = write and not systems
            pages = write_report(
                top,
                folder,
                runs,
                scored,
                corpus=corpus,
                annotators=annotators,
                readme_path=top / "baselines" / "README.md" if everything else None,
                seed=seed,
                say=tell,
            )
        for page in pages:
            err.print(escape(f"wrote {page}"))
    if as_json:
        print_json(
            {r.system: {t: s.value if s.value == s.value else None for t, s in r.scores.tasks.items()} for r in board}
            | {"runs": measured}
        )
        return
    out.print(escape(results.leaderboard(board, "text")))
    speed = Table("system", "words/CPU s", "peak MB", "fit s", "", box=None)
    for run in runs:
        if run.failure:
            speed.add_row(run.name, "", "", "", escape(f"FAILED: {run.failure}"))
        else:
            speed.add_row(
                run.name,
                "–" if run.words_per_second != run.words_per_second else f"{run.words_per_second:,.0f}",
                f"{run.measured['peak_mb']:.0f}",
                f"{run.measured['fit_seconds']:.1f}",
                "",
            )
    out.print(speed)
    out.print(f"tasks: {', '.join(TASKS)}; the annotators' rows are the ceiling: gold was made from both passes")


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(benchmark)
