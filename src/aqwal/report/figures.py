"""The figures, as SVG with the same bytes for the same values: no date, no random ids, glyphs as outlines.

Outlines, because a reader's machine may lack the font and set the labels in another one. Nothing here is drawn on a
screen, and the settings of whoever runs it play no part.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aqwal.metrics import PRIMARY, TASKS
from aqwal.report.collect import CEILING, FLOOR, SYSTEM, Report, Row
from aqwal.report.curve import Curve
from aqwal.report.shown import TASK_NAMES, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Colour and marker by kind of row: told apart without colours too (the colours are Okabe and Ito's).
LOOKS: Mapping[str, tuple[str, str]] = {
    CEILING: ("#009E73", "D"),
    SYSTEM: ("#0072B2", "o"),
    FLOOR: ("#8a8a8a", "s"),
}
_INK = "#222222"
_WIDTH = 4.8  # inches: narrow, so that the labels can be read on a phone


@contextmanager
def _settings() -> Iterator[None]:
    """Matplotlib's own defaults and ours, whatever the user's configuration says."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "svg.hashsalt": "aqwal",  # ids from the drawing, not from a random salt
                "svg.fonttype": "path",
                "font.family": ["DejaVu Sans"],  # it comes with matplotlib
                "font.size": 10,
                "axes.edgecolor": "#888888",
                "axes.spines.top": False,
                "axes.spines.right": False,
                "text.color": _INK,
                "axes.labelcolor": _INK,
                "text.parse_math": False,  # a system may have a dollar sign in its name
            }
        )
        yield


def svg(figure: Figure) -> str:
    """A figure as SVG text."""
    out = io.BytesIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    lines = out.getvalue().decode().splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _clipped(name: str, most: int = 24) -> str:
    """A name that leaves room for the plot."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def forest(rows: Sequence[Row], task: str) -> Figure | None:
    """Scores of one task with their intervals, one line a system; None if no system has a score."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    drawn = [row for row in rows if not math.isnan(row.value(task))]
    if not drawn:
        return None
    drawn.sort(key=lambda row: (row.kind != CEILING, -row.value(task), row.name))
    figure = Figure(figsize=(_WIDTH, 1.25 + 0.34 * len(drawn)), layout="constrained")
    axes = figure.add_subplot()
    for place, row in enumerate(drawn):
        interval = row.intervals[task]
        colour, marker = LOOKS[row.kind]
        if not math.isnan(interval.low):
            axes.plot([interval.low, interval.high], [place, place], color=colour, linewidth=2, solid_capstyle="butt")
        axes.plot(
            [interval.value],
            [place],
            color=colour,
            marker=marker,
            markersize=7,
            linestyle="none",
            clip_on=False,
            **_filled(row),
        )
        axes.annotate(
            number(interval.value),
            (1.03, place),
            xycoords=("axes fraction", "data"),
            va="center",
            ha="left",
            annotation_clip=False,
        )
    axes.set_yticks(range(len(drawn)), [_clipped(row.name) for row in drawn])
    axes.set_ylim(len(drawn) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0, pad=8)
    _score_axis(axes, "x")
    axes.set_xlabel(f"{PRIMARY[task]}, 95 % interval")
    kinds = {(row.kind, row.given): row for row in drawn}
    handles = [
        Line2D([], [], color=LOOKS[k][0], marker=LOOKS[k][1], linewidth=2, label=_name(row), **_filled(row))
        for (k, _), row in sorted(kinds.items(), key=lambda item: (list(LOOKS).index(item[0][0]), item[0][1]))
    ]
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=2 if len(handles) > 3 else len(handles),
        frameon=False,
        fontsize=9,
    )
    return figure


_KIND_NAMES = {CEILING: "annotator (ceiling)", SYSTEM: "system", FLOOR: "floor"}


def _name(row: Row) -> str:
    return _KIND_NAMES[row.kind] + (", gold claims given" if row.given else "")


def _filled(row: Row) -> dict[str, Any]:
    """A hollow marker for a system that was given the claims."""
    return {"markerfacecolor": "white", "markeredgewidth": 1.8} if row.given else {}


def _score_axis(axes: Axes, which: str) -> None:
    """From 0 to 1, with a light grid."""
    if which == "x":
        axes.set_xlim(0, 1)
    else:
        axes.set_ylim(0, 1)
    (axes.xaxis if which == "x" else axes.yaxis).set_ticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    axes.grid(axis="x" if which == "x" else "y", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)


def learning(curve: Curve, report: Report) -> Figure | None:
    """Score by number of training documents, a panel for each task; None if there is no score at all.

    A dashed line is the better annotator.
    """
    from matplotlib.figure import Figure

    points = [point for point in curve.points if not point.failure]
    tasks = [t for t in TASKS if any(t in p.intervals and not math.isnan(p.intervals[t].value) for p in points)]
    if not tasks:
        return None
    columns = 2 if len(tasks) > 1 else 1
    lines = math.ceil(len(tasks) / columns)
    figure = Figure(figsize=(_WIDTH, 0.7 + 1.9 * lines), layout="constrained")
    places = list(figure.subplots(lines, columns, squeeze=False).flat)
    last = max(point.documents for point in curve.points)
    for axes, task in zip(places, tasks, strict=False):
        ceiling = report.ceiling(task)
        if ceiling is not None:
            axes.axhline(ceiling.value(task), color=LOOKS[CEILING][0], linestyle="--", linewidth=1.2)
        given = [(p.documents, p.intervals[task]) for p in points if task in p.intervals]
        given = [(k, interval) for k, interval in given if not math.isnan(interval.value)]
        colour, marker = LOOKS[SYSTEM]
        for k, interval in given:
            if not math.isnan(interval.low):
                axes.plot([k, k], [interval.low, interval.high], color=colour, linewidth=1.6, alpha=0.55)
        axes.plot([k for k, _ in given], [i.value for _, i in given], color=colour, marker=marker, markersize=5)
        axes.set_title(TASK_NAMES[task], fontsize=10)
        axes.set_xlim(0.6, last + 0.4)
        axes.set_xticks(range(1, last + 1))
        _score_axis(axes, "y")
    for axes in places[len(tasks) :]:
        axes.remove()
    figure.supxlabel("training documents", fontsize=10)
    figure.supylabel("score, 95 % interval", fontsize=10)
    return figure


def all_figures(report: Report) -> dict[str, str]:
    """SVG by file name (without ending): ``forest-<task>``, ``learning-curve-<system's folder>``."""
    made: dict[str, str] = {}
    with _settings():
        for task in TASKS:
            figure = forest(report.rows, task)
            if figure is not None:
                made[f"forest-{task}"] = svg(figure)
        for number_of, curve in enumerate(report.curves, 1):
            figure = learning(curve, report)
            if figure is not None:
                made[curve_name(curve, number_of)] = svg(figure)
    return made


def curve_name(curve: Curve, place: int) -> str:
    """A file name for the ``place``-th curve; a system's name may hold anything, so only its harmless letters are kept."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c == "-") else "-" for c in curve.name).strip("-")
    return f"learning-curve-{safe}" if safe == curve.name else f"learning-curve-{place}-{safe}".rstrip("-")
