"""The report as Markdown, with the figures as files beside it; texts and names can carry no markup."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from aqwal.metrics import TASKS
from aqwal.report.collect import CEILING, Report, Row
from aqwal.report.confusion import Confusion
from aqwal.report.curve import Curve
from aqwal.report.figures import curve_name
from aqwal.report.mistakes import Example, Mistakes
from aqwal.report.profile import profile
from aqwal.report.shown import (
    NOT_ATTEMPTED,
    TASK_NAMES,
    bounds,
    chance,
    excerpt,
    signed,
    whole,
    with_bounds,
)
from aqwal.report.words import ERROR_TYPES, caveats, curve_note, figures_note, legend, note_of, pairs_note

_ESCAPED = {char: f"\\{char}" for char in "\\`*_{}[]()#|~!+-."} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
#: Punctuation that means nothing in the middle of a line is left alone, so that the file can be read as it is.
for _char in "{}()#+-.!":
    del _ESCAPED[_char]


def plain(text: str) -> str:
    """Untrusted text on one line that Markdown leaves as it is, also in a table.

    >>> plain("a|b *c* <d> [e](f)\\n`g`")
    'a\\\\|b \\\\*c\\\\* &lt;d&gt; \\\\[e\\\\](f) \\\\`g\\\\`'
    """
    return "".join(_ESCAPED.get(char, char) for char in " ".join(text.split()))


def grid(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """A table of cells that are Markdown already; the first ``left`` columns are set left, the others right."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * left + "--:|" * (len(header) - left)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def arabic(text: str, most: int = 240) -> str:
    """A quotation from a text, right to left."""
    return f'<span dir="rtl" lang="ar">{plain(excerpt(text, most))}</span>' if text else "–"


def render(report: Report, figures: Mapping[str, str], missing: str = "", folder: str = "figures") -> str:
    """The whole report.

    Args:
        report: what to show.
        figures: SVG texts by name; only the names are used.
        missing: why there are no figures, if there are none.
        folder: of the figures, beside the report.
    """
    drawn = [t for t in TASKS if f"forest-{t}" in figures]
    parts = [
        "# Aqwal benchmark: results",
        *(f"> {line}" for line in caveats(report)),
        "## All systems, all tasks",
        table(report),
        *legend(report),
        "## Intervals by task",
        *(f"![{TASK_NAMES[t]}: scores with intervals]({folder}/forest-{t}.svg)" for t in drawn),
        *([] if drawn else [missing or figures_note()]),
        "## Against the floors",
        _floors(report),
        "## Learning curve",
        *_curves(report, figures, folder),
        "## System by system",
        pairs_note(),
    ]
    for row in report.rows:
        if row.name in report.mistakes:
            parts += _system(report, row)
    parts += ["## Types of error", "\n".join(f"- **{kind}**: {meaning}" for kind, meaning in ERROR_TYPES.items())]
    return "\n\n".join(parts) + "\n"


def table(report: Report) -> str:
    """Systems by tasks."""
    return grid(
        ["system", "track", *(TASK_NAMES[task] for task in TASKS), "words/CPU s", "peak MB", "fit s"],
        [_table_row(row) for row in report.rows],
        left=2,
    )


def _table_row(row: Row) -> list[str]:
    kind = note_of(row)
    start = [plain(row.name) + (f" ({kind})" if kind else ""), plain(row.track)]
    if row.failure:
        return [*start, f"failed: {plain(excerpt(row.failure, 400))}", *[""] * (len(TASKS) + 2)]
    cells = [with_bounds(row.intervals[task]) if task in row.intervals else NOT_ATTEMPTED for task in TASKS]
    if row.kind == CEILING:
        return [*start, *cells, "", "", ""]
    fit = NOT_ATTEMPTED if math.isnan(row.fit_seconds) else whole(row.fit_seconds)
    return [*start, *cells, whole(row.words_per_second), whole(row.peak_mb), fit]


def _floors(report: Report) -> str:
    if not report.gaps:
        return "No floor and no system to compare, or no score of both."
    rows = [
        [
            TASK_NAMES[gap.task],
            plain(gap.system),
            plain(gap.floor),
            f"{signed(gap.test.difference)} {bounds(gap.test.interval)}".strip(),
            chance(gap.test.p, gap.test.resolution),
        ]
        for gap in report.gaps
    ]
    return (
        grid(["task", "system", "best floor", "system − floor [95 %]", "p"], rows, left=3)
        + "\n\nPaired randomisation over paragraphs, two-sided, not corrected for the number of comparisons."
    )


def _curves(report: Report, figures: Mapping[str, str], folder: str) -> Iterable[str]:
    if not report.curves:
        yield "No trained system was run for a learning curve."
        return
    yield curve_note(report)
    for place, curve in enumerate(report.curves, 1):
        yield f"### {plain(curve.name)}: learning curve"
        if curve.failure:
            yield f"failed: {plain(excerpt(curve.failure, 400))}"
        elif not curve.points:
            yield "No document outside a reuse group to learn from, or a system that does not learn."
        else:
            if curve_name(curve, place) in figures:
                yield f"![score by training documents]({folder}/{curve_name(curve, place)}.svg)"
            yield _curve_table(curve)


def _curve_table(curve: Curve) -> str:
    rows = []
    for point in curve.points:
        if point.failure:
            cells = [f"failed: {plain(excerpt(point.failure))}", *[""] * (len(TASKS) - 1)]
        else:
            cells = [with_bounds(point.intervals[t]) if t in point.intervals else NOT_ATTEMPTED for t in TASKS]
        rows.append([str(point.documents), whole(point.words), *cells])
    return grid(["documents", "words (mean)", *(TASK_NAMES[task] for task in TASKS)], rows)


def _system(report: Report, row: Row) -> Iterable[str]:
    yield f"### {plain(row.name)}"
    yield plain(". ".join(filter(None, [f"Track: {row.track}", row.description.rstrip(".")]))) + "."
    for heading, lines in profile(report, row.name).sections.items():
        if heading != "Commonest errors":
            yield f"**{heading}**\n\n" + "\n".join(f"- {line}" for line in lines)
    yield "**Commonest errors**"
    yield _errors(report.mistakes[row.name])
    for made in report.confusions.get(row.name, ()):
        if len(made.labels) > 1 and len(made.labels) <= WIDEST:
            yield f"<details><summary>{made.name}</summary>\n\n{matrix(made)}\n\n</details>"


#: A matrix with more labels than this is only on the HTML page.
WIDEST = 8


def matrix(made: Confusion) -> str:
    """A confusion matrix: gold in rows, the system in columns, what found no partner at the edges."""
    rows = [
        [label, *(str(n) for n in made.counts[i].tolist()), f"*{made.missed[i]}*"]
        for i, label in enumerate(made.labels)
    ]
    rows.append(["*spurious*", *(f"*{n}*" for n in made.spurious.tolist()), ""])
    return grid(["gold ↓ system →", *made.labels, "*missed*"], rows)


def _errors(made: Mistakes) -> str:
    if made.none:
        return made.none
    lines = []
    for place, mistake in enumerate(made.commonest, 1):
        fields = ", ".join(f"{field.replace('_', ' ')} {count}" for field, count in mistake.fields)
        more = f" ({fields})" if len(mistake.fields) > 1 else ""
        lines.append(f"{place}. **{mistake.name}**: {mistake.count} of {made.total}{more}")
        lines += [f"   - {_example(example)}" for example in mistake.examples]
    return "\n".join(lines)


def _example(example: Example) -> str:
    parts = [f"{example.doc_id} {example.sentence}", example.field.replace("_", " "), example.detail]
    tag = plain(" · ".join(filter(None, parts)))
    if example.gold == example.pred:
        return f"{tag}; both: {arabic(example.gold)}"
    return f"{tag}; gold: {arabic(example.gold)}; system: {arabic(example.pred)}"
