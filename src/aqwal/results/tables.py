"""Tables of results: for a terminal, Markdown, LaTeX and HTML, every score with its interval."""

from __future__ import annotations

import html
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from aqwal.metrics.counts import PRF, shown
from aqwal.metrics.errors import TYPES
from aqwal.metrics.resampling import RESAMPLES, SEED, Interval, bootstrap_many
from aqwal.metrics.scores import PRIMARY, TASKS, Scores
from aqwal.metrics.significance import Test
from aqwal.model import LAYERS
from aqwal.results.escape import latex, markdown, markdown_line, one_line
from aqwal.results.record import Result, read_results, same_ground

FORMATS = ("text", "markdown", "latex", "html")
#: Where the committed results of a project are.
RESULTS = Path("leaderboard") / "results"


def _with_interval(interval: Interval | None, digits: int = 3) -> str:
    """``0.812 [0.750, 0.871]``; a dash for what was not attempted."""
    if interval is None:
        return "–"
    if math.isnan(interval.value):
        return "n/a"
    ends = f"{shown(interval.low, digits)}, {shown(interval.high, digits)}"
    return f"{shown(interval.value, digits)} [{ends}]"


def render(header: Sequence[str], rows: Sequence[Sequence[str]], form: str = "text", *, caption: str = "") -> str:
    """A table in one of :data:`FORMATS`; every cell and the caption are escaped, and have one line each.

    Raises:
        ValueError: for an unknown format.

    >>> print(render(["system", "F1"], [["rules", "0.5 [0.4, 0.6]"]], "markdown"))
    | system | F1 |
    |---|---|
    | rules | 0.5 [0.4, 0.6] |
    """
    if form not in FORMATS:
        raise ValueError(f"unknown format {form!r}; use one of {', '.join(FORMATS)}")
    header, rows, caption = (
        [one_line(c) for c in header],
        [[one_line(c) for c in row] for row in rows],
        one_line(caption),
    )
    if form == "markdown":
        lines = ["| " + " | ".join(markdown(cell) for cell in row) + " |" for row in (header, *rows)]
        lines.insert(1, "|" + "---|" * len(header))
        return "\n".join([*lines, *(["", markdown_line(caption)] if caption else [])])
    if form == "latex":
        body = [" & ".join(latex(cell) for cell in row) + r" \\" for row in (header, *rows)]
        lines = [r"\begin{tabular}{" + "l" * len(header) + "}", r"\hline", body[0], r"\hline", *body[1:], r"\hline"]
        return "\n".join([*lines, r"\end{tabular}", *([f"% {caption}"] if caption else [])])
    if form == "html":
        head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in header)
        body = ["<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows]
        title = [f"<caption>{html.escape(caption)}</caption>"] if caption else []
        return "\n".join(
            ["<table>", *title, f"<thead><tr>{head}</tr></thead>", "<tbody>", *body, "</tbody>", "</table>"]
        )
    widths = [max(len(row[k]) for row in (header, *rows)) for k in range(len(header))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*lines, *(["", caption] if caption else [])])


def _caption(resamples: int) -> str:
    return f"F1 with 95 % intervals from {resamples:,} paragraph-block bootstrap resamples; – not attempted."


def leaderboard(results: Sequence[Result], form: str = "markdown", *, resamples: int = RESAMPLES) -> str:
    """All systems by all tasks, best on the headline task first; annotators' passes last, as the ceiling.

    Raises:
        MixedResults: if the results are not of one corpus, scorer and set of documents.
        ValueError: for an unknown format.
    """
    same_ground(results)
    rows = []
    for result in sorted(results, key=_rank):
        primary = {task: scores.primary for task, scores in result.scores.tasks.items()}
        intervals = bootstrap_many(primary, resamples, SEED)
        cells = [_with_interval(intervals.get(task)) for task in TASKS]
        rows.append([result.system, result.track, result.date, *cells])
    version = f" Corpus {results[0].corpus_version} ({results[0].corpus[:12]})." if results else ""
    header = ["system", "track", "date", *(task.replace("_", " ") for task in TASKS)]
    return render(header, rows, form, caption=_caption(resamples) + version)


def _rank(result: Result) -> tuple[bool, float, str]:
    headline = result.scores.tasks.get("who_said_what")
    value = headline.value if headline is not None else math.nan
    return result.track == "annotator", -value if not math.isnan(value) else 1.0, result.system


def card_table(root: str | os.PathLike[str]) -> str:
    """The leaderboard of a project's committed results, in Markdown; empty if there are none.

    Raises:
        ResultError: if a committed result cannot be read.
        MixedResults: if they are of different corpora.
    """
    results = read_results(Path(root) / RESULTS)
    return leaderboard(results) if results else ""


def score_table(scores: Scores, form: str = "text", *, resamples: int = RESAMPLES, breakdowns: bool = True) -> str:
    """One system's scores: the primary measures with precision and recall, then the breakdowns."""
    everything = {f"{t}/{name}": m for t, s in scores.tasks.items() for name, m in s.measures.items()}
    intervals = bootstrap_many(everything, resamples, SEED)
    header = ["task", "measure", "score [95 %]", "precision", "recall", "gold", "predicted"]

    def row(task: str, name: str) -> list[str]:
        measure = scores.tasks[task].measures[name]
        cells = [task, name, _with_interval(intervals[f"{task}/{name}"])]
        if isinstance(measure, PRF):
            counts = [f"{side.sum():g}" for side in (measure.n_gold, measure.n_pred)]
            return [*cells, shown(measure.precision), shown(measure.recall), *counts]
        return [*cells, "", "", "", ""]

    rows = [row(task, PRIMARY[task]) for task in scores.tasks]
    rows += [[task, PRIMARY[task], "–", "", "", "", ""] for task in scores.not_attempted]
    if breakdowns:
        rows += [row(t, name) for t, s in scores.tasks.items() for name in s.measures if name != PRIMARY[t]]
    notes = [_caption(resamples), "n/a: undefined (nothing in gold and nothing predicted), left out of averages."]
    if scores.set_aside:
        listed = ", ".join(f"{count} {name}" for name, count in scores.set_aside.items())
        notes.append(f"Set aside, wholly in furniture or repeats: {listed}.")
    return render(header, rows, form, caption=" ".join([*notes, *scores.notes]))


def comparison_table(tests: Mapping[str, Test], names: tuple[str, str], form: str = "text") -> str:
    """Paired tests by measure: both scores, the difference with its interval, p and how fine p is."""
    header = ["measure", *names, "Δ [95 %]", "p", "test"]
    rows = []
    for name, test in tests.items():
        how = f"{'exact' if test.exact else 'approximate'}, {test.swaps:,} swaps, p ≥ {test.resolution:.2g}"
        how += f", {test.differing} of {test.blocks} paragraphs differ"
        p = "n/a" if math.isnan(test.p) else f"{test.p:.4f}"
        rows.append([name, shown(test.a), shown(test.b), _with_interval(test.interval), p, how])
    caption = "Two-sided paired randomisation over paragraphs; p cannot be smaller than stated."
    return render(header, rows, form, caption=caption)


def error_table(counts: Mapping[tuple[str, str], int], form: str = "text") -> str:
    """Numbers of errors by type and layer."""
    rows = [
        [kind, *(str(counts.get((layer, kind), 0)) for layer in LAYERS)]
        for kind in TYPES
        if any((layer, kind) in counts for layer in LAYERS)
    ]
    return render(["error", *LAYERS], rows, form)
