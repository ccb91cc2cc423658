"""Writing the report: the page, the Markdown, the figures, and the measured part of `baselines/README.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from aqwal.benchmark import Say, SystemRun
from aqwal.metrics import Scores
from aqwal.metrics.resampling import RESAMPLES
from aqwal.model import Corpus
from aqwal.report import markdown, page, readme
from aqwal.report.collect import collect
from aqwal.report.curve import Curve, run_curve
from aqwal.report.figures import all_figures
from aqwal.results import Result, corpus_hash
from aqwal.store import Problem, StoreError, load_corpus, read_text, replace_text

#: Systems whose learning curve is drawn unless others are named.
CURVES = ("crf",)
NO_FIGURES = "No figures: they need matplotlib, install it with `pip install 'aqwal[baselines]'`."


def write_report(
    root: Path,
    out: Path,
    runs: Sequence[SystemRun],
    scores: Mapping[str, Scores],
    *,
    corpus: Corpus | None = None,
    annotators: Sequence[Result] = (),
    layer: str = "gold",
    curves: Sequence[str] | Sequence[Curve] = CURVES,
    readme_path: Path | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
    say: Say | None = None,
) -> list[Path]:
    """Write the report of a benchmark; returns the files, in order.

    Args:
        root: the project.
        out: folder for ``report.html``, ``report.md`` and ``figures/*.svg``; older figures of ours there are removed.
        runs: all systems, failed ones too.
        scores: by the name of the run, over the documents of ``corpus``.
        corpus: the annotated documents and their labels; read from ``root`` if it is not given.
        annotators: the annotators' passes, scored alike: the ceiling.
        layer: the labels that the scores are against.
        curves: systems to draw the learning curve of (those that did not run, failed or are not trained are passed
            over), or curves that are there already.
        readme_path: a file whose part between the marks of :mod:`aqwal.report.readme` is to be rewritten, where all
            systems ran; None leaves it alone.
        seed: of the curves' training.
        resamples: of every interval and test.
        say: told of the progress.

    Raises:
        StoreError: if the corpus cannot be read, or the marks in ``readme_path`` are not a pair.
        OSError: if a file cannot be written.
    """
    corpus = annotated(corpus or load_corpus(root, layer))
    before = read_text(readme_path) if readme_path is not None and readme_path.exists() else ""
    report = collect(
        corpus,
        runs,
        {**scores, **{result.system: result.scores for result in annotators}},
        _curves(root, runs, curves, layer, seed, resamples, say),
        layer=layer,
        corpus_id=corpus_hash(corpus),
        resamples=resamples,
    )
    files: dict[Path, str] = {}
    if readme_path is not None:
        try:
            files[readme_path] = readme.rewritten(before, readme.section(report))
        except readme.NoPlace as error:
            fix = "put the two marks back, or delete both to have them added at the end"
            raise StoreError([Problem(readme_path.as_posix(), 0, "report-marks", "report", str(error), fix)]) from None
    missing = ""
    try:
        figures = all_figures(report)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "matplotlib":
            raise
        figures, missing = {}, NO_FIGURES
    made = {
        out / "report.html": page.render(report, figures, missing),
        out / "report.md": markdown.render(report, figures, missing),
        **{out / "figures" / f"{name}.svg": text for name, text in figures.items()},
        **files,
    }
    for path, text in made.items():
        replace_text(path, text)
    for old in [*(out / "figures").glob("forest-*.svg"), *(out / "figures").glob("learning-curve-*.svg")]:
        if old not in made:
            old.unlink()
    return list(made)


def annotated(corpus: Corpus) -> Corpus:
    """A corpus without the documents that have no labels."""
    documents = tuple(document for document in corpus.documents if document.id in corpus.annotation)
    return Corpus(documents, corpus.annotations, corpus.entities, corpus.clusters)


def _curves(
    root: Path,
    runs: Sequence[SystemRun],
    wanted: Sequence[str] | Sequence[Curve],
    layer: str,
    seed: int,
    resamples: int,
    say: Say | None,
) -> list[Curve]:
    """The curves that are wanted and possible, in the order asked for."""
    by_name = {run.name: run for run in runs}
    made = []
    for each in wanted:
        if isinstance(each, Curve):
            made.append(each)
            continue
        run = by_name.get(each)
        if run is not None and run.spec is not None and run.spec.trained and not run.failure:
            curve = run_curve(run.spec.folder, root, layer=layer, seed=seed, resamples=resamples, say=say)
            made.append(replace(curve, name=run.name))
    return made
