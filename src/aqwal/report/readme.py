"""The measured part of `baselines/README.md`: what stands between two marks is written anew, the rest is left alone."""

from __future__ import annotations

import math
from collections.abc import Iterable

from aqwal.metrics import TASKS
from aqwal.report.collect import CEILING, Report, Row
from aqwal.report.markdown import grid, plain
from aqwal.report.profile import profile
from aqwal.report.shown import NOT_ATTEMPTED, TASK_NAMES, excerpt, with_bounds
from aqwal.report.words import note_of

BEGIN, END = "<!-- report:begin -->", "<!-- report:end -->"


class NoPlace(ValueError):
    """A file whose two marks are missing, doubled or reversed; the message says what to do."""


def section(report: Report) -> str:
    """What stands between the marks.

    Nothing in it depends on the machine but its speed and memory, and these are given by their order of size alone: the
    file changes where the systems or the labels do.
    """
    parts = [
        "Everything from here to the next mark is written by `aqwal benchmark` from its figures; edits are lost.",
        f"Scores are over {report.documents} documents and {report.blocks} paragraphs, by labels that language models made "
        "and people have not verified: intervals are wide, and differences inside them mean little.",
        "## Scores",
        grid(["system", "track", *(TASK_NAMES[task] for task in TASKS)], [_row(row) for row in report.rows], left=2),
        "`–`: not attempted; `n/a`: undefined. 95 % intervals, resampled by paragraph. *Gold claims given*: the system only "
        "clusters them, and is not to be compared with those that first have to find the claims.",
    ]
    for row in report.rows:
        if row.kind == CEILING:
            continue
        parts += [f"## {plain(row.name)}", *_system(report, row)]
    return "\n\n".join(parts)


def _row(row: Row) -> list[str]:
    kind = note_of(row)
    start = [plain(row.name) + (f" ({kind})" if kind else ""), plain(row.track)]
    if row.failure:
        return [*start, "failed, see below", *[""] * (len(TASKS) - 1)]
    return [*start, *(with_bounds(row.intervals[t]) if t in row.intervals else NOT_ATTEMPTED for t in TASKS)]


def _system(report: Report, row: Row) -> Iterable[str]:
    described = [f"Folder: {row.folder}", f"Track: {row.track}", row.description.rstrip(".")]
    yield plain(". ".join(filter(None, described))) + "."
    if row.failure:
        yield f"Failed in the last run: {plain(excerpt(row.failure, 400))}"
        return
    if row.name not in report.mistakes:
        return
    cost = list(_cost(row))
    for heading, lines in {**profile(report, row.name).sections, "Cost": cost}.items():
        if lines:
            yield f"**{heading}**\n\n" + "\n".join(f"- {line}" for line in lines)


def _cost(row: Row) -> Iterable[str]:
    """Speed and memory by order of size."""
    parts = []
    if row.words_per_second >= 1:
        parts.append(f"over {10 ** math.floor(math.log10(row.words_per_second)):,} words a second")
    elif not math.isnan(row.words_per_second):
        parts.append("under one word a second")
    if row.peak_mb >= 1:
        parts.append(f"under {2 ** math.ceil(math.log2(row.peak_mb)):,} MB of memory")
    if parts:
        yield f"Prediction: {', '.join(parts)}."


def rewritten(text: str, made: str) -> str:
    """``text`` with ``made`` between the marks; the marks are added at the end where there are none.

    Raises:
        NoPlace: if there is one mark without the other, or several, or the end comes first.

    >>> rewritten(f"intro\\n{BEGIN}\\nold\\n{END}\\nafter\\n", "new")
    'intro\\n<!-- report:begin -->\\n\\nnew\\n\\n<!-- report:end -->\\nafter\\n'
    """
    begins, ends = text.count(BEGIN), text.count(END)
    whole = f"{BEGIN}\n\n{made}\n\n{END}"
    if not begins and not ends:
        return f"{text.rstrip()}\n\n{whole}\n".lstrip()
    start, stop = text.find(BEGIN), text.find(END)
    if begins != 1 or ends != 1 or stop < start:
        raise NoPlace(f"it needs {BEGIN} once and {END} once after it; found {begins} and {ends}")
    return text[:start] + whole + text[stop + len(END) :]
