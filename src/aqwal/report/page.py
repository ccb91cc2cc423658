"""The results page: one HTML file that needs nothing else, for wide and narrow screens, everything escaped, no script."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from aqwal.metrics import TASKS, Interval
from aqwal.report.collect import CEILING, Report, Row
from aqwal.report.confusion import Confusion
from aqwal.report.curve import Curve
from aqwal.report.figures import curve_name
from aqwal.report.mistakes import Example, Mistakes
from aqwal.report.profile import profile
from aqwal.report.shown import NOT_ATTEMPTED, TASK_NAMES, bounds, chance, excerpt, number, signed, whole
from aqwal.report.words import ERROR_TYPES, caveats, curve_note, figures_note, legend, note_of, pairs_note

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: #1c1c1c; background: #fff;
  margin: 0 auto; max-width: 66rem; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; } h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; }
h3 { font-size: 1.08rem; margin: 1.8rem 0 .4rem; padding-top: .6rem; border-top: 1px solid #ddd; }
h4 { font-size: .95rem; margin: 1rem 0 .3rem; color: #444; }
p { margin: .5rem 0; max-width: 48rem; } ul { margin: .3rem 0; padding-inline-start: 1.2rem; max-width: 48rem; }
a { color: #005a8c; } code { font-size: .88em; background: #f2f2f2; padding: 0 .2em; border-radius: 3px; }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding: .5rem 0; }
.note { color: #555; font-size: .88rem; } .caveat { border-inline-start: 4px solid #c98500; padding-inline-start: .8rem; }
.wide { overflow-x: auto; margin: .6rem 0; -webkit-overflow-scrolling: touch; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { padding: .35rem .6rem; text-align: end; border-bottom: 1px solid #e4e4e4; vertical-align: top; }
thead th { border-bottom: 2px solid #999; vertical-align: bottom; } th { font-weight: 600; }
th:first-child, td:first-child, .left { text-align: start; }
.first th:first-child { position: sticky; left: 0; background: #fff; box-shadow: 1px 0 0 #e4e4e4; min-width: 5.5rem;
  max-width: 11rem; overflow-wrap: break-word; }
.first tr.floor th:first-child { background: #f7f7f7; } .first tr.ceiling th:first-child { background: #eef8f3; }
tr.floor td { background: #f7f7f7; } tr.ceiling td { background: #eef8f3; }
.bounds { display: block; color: #666; font-size: .82em; white-space: nowrap; } .kind { color: #666; font-weight: 400; font-size: .82em; }
.best { font-weight: 700; } td.failed { text-align: start; color: #9c1c1c; overflow-wrap: anywhere; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
figure { margin: 0; } figure img { width: 100%; max-width: 36rem; height: auto; border: 1px solid #eee; } figcaption { font-size: .88rem; font-weight: 600; }
details { margin: .4rem 0; } summary { cursor: pointer; color: #005a8c; padding: .25rem 0; }
.matrix th, .matrix td { padding: .2rem .4rem; font-size: .8rem; border: 1px solid #eee; text-align: center; }
.matrix th:first-child { text-align: start; } .matrix .aside { color: #777; font-style: italic; }
.matrix thead th { font-weight: 500; } .matrix.many thead th:not(:first-child) { writing-mode: vertical-rl; text-align: start; }
ol.errors > li { margin: .5rem 0; } .examples { list-style: none; padding: 0; }
.examples li { border: 1px solid #e4e4e4; border-radius: 6px; padding: .5rem .7rem; margin: .4rem 0; }
.ar { display: block; font: 1.05rem/1.9 "Noto Naskh Arabic", "Amiri", "Geeza Pro", "Segoe UI", Tahoma, serif; text-align: start; }
.ar.context { color: #666; font-size: .92rem; } .tag { color: #555; font-size: .82rem; }
dl.sides { display: grid; grid-template-columns: auto 1fr; gap: 0 .8rem; margin: .2rem 0; align-items: baseline; }
dl.sides dt { color: #666; font-size: .82rem; } dl.sides dd { margin: 0; min-width: 0; }
"""

_CODE = re.compile(r"`([^`]*)`")


def prose(text: str) -> str:
    """A sentence of ours, with `code` in it, as HTML."""
    return _CODE.sub(lambda found: f"<code>{found[1]}</code>", escape(text))


def arabic(text: str, kind: str = "", most: int = 240) -> str:
    """A quotation from a text, right to left whatever stands around it."""
    return (
        f'<span class="{" ".join(filter(None, ("ar", kind)))}" dir="rtl" lang="ar">{escape(excerpt(text, most))}</span>'
    )


def anchor(name: str, place: int) -> str:
    """An id for a link; names may hold anything, so their number says it."""
    safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
    return f"system-{place}-{safe}"


def render(report: Report, figures: Mapping[str, str], missing: str = "") -> str:
    """The whole page.

    Args:
        report: what to show.
        figures: SVG texts by name.
        missing: why there are no figures, if there are none.
    """
    ran = [row for row in report.rows if row.name in report.mistakes]
    anchors = {row.name: anchor(row.name, place) for place, row in enumerate(ran, 1)}
    parts = [
        "<h1>Aqwal benchmark: results</h1>",
        *(f'<p class="caveat">{prose(line)}</p>' for line in caveats(report)),
        '<nav><a href="#table">Table</a><a href="#plots">Intervals</a><a href="#floors">Against the floors</a>'
        '<a href="#curve">Learning curve</a>'
        + "".join(f'<a href="#{anchors[row.name]}">{escape(row.name)}</a>' for row in ran)
        + "</nav>",
        '<h2 id="table">All systems, all tasks</h2>',
        table(report),
        *(f'<p class="note">{prose(line)}</p>' for line in legend(report)),
        '<h2 id="plots">Intervals by task</h2>',
        _plots(figures, missing),
        '<h2 id="floors">Against the floors</h2>',
        _floors(report),
        '<h2 id="curve">Learning curve</h2>',
        *_curves(report, figures),
        "<h2>System by system</h2>",
        f'<p class="note">{prose(pairs_note())}</p>',
    ]
    for row in ran:
        parts += _system(report, row, anchors[row.name])
    parts += ["<h2>Types of error</h2>", "<ul>"]
    parts += [f"<li><b>{escape(kind)}</b>: {escape(meaning)}</li>" for kind, meaning in ERROR_TYPES.items()]
    parts += ["</ul>"]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>Aqwal benchmark: results</title>\n<style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


# ---------------------------------------------------------------- the table


def table(report: Report) -> str:
    """Systems by tasks; the best score of a task among systems and floors is bold."""
    best = {
        task: max(
            (r.value(task) for r in report.systems if not (r.given or math.isnan(r.value(task)))), default=math.nan
        )
        for task in TASKS
    }
    head = ["system", "track", *(TASK_NAMES[task] for task in TASKS), "words/CPU s", "peak MB", "fit s"]
    return _grid(head, [_table_row(row, best) for row in report.rows], left=2)


def _grid(head: Sequence[str], rows: Iterable[str], left: int = 1) -> str:
    """A table that scrolls sideways where the screen is narrow; ``rows`` are HTML, the first ``left`` columns set left."""
    cells = "".join(
        f'<th scope="col"{" class=left" if place < left else ""}>{escape(cell)}</th>' for place, cell in enumerate(head)
    )
    return f'<div class="wide"><table class="first"><thead><tr>{cells}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _table_row(row: Row, best: Mapping[str, float]) -> str:
    kind = note_of(row)
    name = escape(row.name) + (f' <span class="kind">{kind}</span>' if kind else "")
    start = f'<tr class="{row.kind}"><th scope="row">{name}</th><td class="left">{escape(row.track)}</td>'
    if row.failure:
        return f'{start}<td class="failed" colspan="{len(TASKS) + 3}">failed: {escape(excerpt(row.failure, 400))}</td></tr>'
    cells = [
        _score(row.intervals.get(task), not row.given and row.kind != CEILING and row.value(task) == best[task])
        for task in TASKS
    ]
    measured = ["", "", ""] if row.kind == CEILING else _measured(row)
    return start + "".join(cells) + "".join(f"<td>{cell}</td>" for cell in measured) + "</tr>"


def _measured(row: Row) -> list[str]:
    fit = NOT_ATTEMPTED if math.isnan(row.fit_seconds) else whole(row.fit_seconds)
    return [whole(row.words_per_second), whole(row.peak_mb), fit]


def _score(interval: Interval | None, best: bool = False) -> str:
    if interval is None:
        return f"<td>{NOT_ATTEMPTED}</td>"
    value = f'<span class="best">{number(interval.value)}</span>' if best else number(interval.value)
    ends = bounds(interval)
    return f"<td>{value}" + (f'<span class="bounds">{ends}</span>' if ends else "") + "</td>"


# ---------------------------------------------------------------- figures


def _image(text: str, caption: str) -> str:
    data = base64.b64encode(text.encode()).decode()
    return (
        f'<figure><figcaption>{escape(caption)}</figcaption><img alt="{escape(caption)}; the values are in the table" '
        f'src="data:image/svg+xml;base64,{data}"></figure>'
    )


def _plots(figures: Mapping[str, str], missing: str) -> str:
    drawn = [_image(figures[f"forest-{t}"], TASK_NAMES[t]) for t in TASKS if f"forest-{t}" in figures]
    if not drawn:
        return f'<p class="note">{prose(missing or figures_note())}</p>'
    return f'<div class="plots">{"".join(drawn)}</div>'


def _floors(report: Report) -> str:
    if not report.gaps:
        return '<p class="note">No floor and no system to compare, or no score of both.</p>'
    head = ["task", "system", "best floor", "system − floor [95 %]", "p"]
    lines = []
    for gap in report.gaps:
        test = gap.test
        lines.append(
            f'<tr><th scope="row">{escape(TASK_NAMES[gap.task])}</th><td class="left">{escape(gap.system)}</td>'
            f'<td class="left">{escape(gap.floor)}</td><td>{signed(test.difference)}'
            f'<span class="bounds">{bounds(test.interval)}</span></td><td>{chance(test.p, test.resolution)}</td></tr>'
        )
    return (
        _grid(head, lines, left=3)
        + '<p class="note">Paired randomisation over paragraphs, two-sided, not corrected for the number of '
        "comparisons.</p>"
    )


def _curves(report: Report, figures: Mapping[str, str]) -> Iterable[str]:
    if not report.curves:
        yield '<p class="note">No trained system was run for a learning curve.</p>'
        return
    yield f'<p class="note">{prose(curve_note(report))}</p>'
    for place, curve in enumerate(report.curves, 1):
        yield f"<h3>{escape(curve.name)}</h3>"
        if curve.failure:
            yield f'<p class="caveat">failed: {escape(excerpt(curve.failure, 400))}</p>'
        elif not curve.points:
            yield '<p class="note">No document outside a reuse group to learn from, or a system that does not learn.</p>'
        else:
            drawn = figures.get(curve_name(curve, place))
            if drawn:
                yield _image(drawn, f"{curve.name}: score by training documents")
            yield _curve_table(curve)


def _curve_table(curve: Curve) -> str:
    lines = []
    for point in curve.points:
        start = f'<tr><th scope="row">{point.documents}</th><td>{whole(point.words)}</td>'
        if point.failure:
            lines.append(
                f'{start}<td class="failed" colspan="{len(TASKS)}">failed: {escape(excerpt(point.failure))}</td></tr>'
            )
        else:
            lines.append(start + "".join(_score(point.intervals.get(task)) for task in TASKS) + "</tr>")
    head = ["documents", "words (mean)", *(TASK_NAMES[task] for task in TASKS)]
    return _grid(head, lines)


# ---------------------------------------------------------------- one system


def _system(report: Report, row: Row, anchor_id: str) -> Iterable[str]:
    yield f'<h3 id="{anchor_id}">{escape(row.name)}</h3>'
    described = ". ".join(filter(None, [f"Track: {row.track}", row.description.rstrip(".")]))
    yield f'<p class="note">{escape(described)}.</p>'
    for heading, lines in profile(report, row.name).sections.items():
        if heading in ("Commonest errors", "Confusions"):
            continue  # shown in full below
        yield f"<h4>{escape(heading)}</h4><ul>" + "".join(f"<li>{prose(line)}</li>" for line in lines) + "</ul>"
    yield "<h4>Commonest errors</h4>"
    yield _errors(report.mistakes[row.name])
    matrices = report.confusions.get(row.name, ())
    if matrices:
        yield f"<details><summary>Confusion matrices ({len(matrices)})</summary>"
        yield from (matrix(each) for each in matrices)
        yield "</details>"


def _errors(made: Mistakes) -> str:
    if made.none:
        return f"<p>{made.none}</p>"
    items = []
    for mistake in made.commonest:
        fields = ", ".join(f"{field.replace('_', ' ')} {count}" for field, count in mistake.fields)
        head = f"<b>{escape(mistake.name)}</b>: {mistake.count} of {made.total}"
        head += f' <span class="tag">({escape(fields)})</span>' if len(mistake.fields) > 1 else ""
        shown = "".join(_example(example) for example in mistake.examples)
        items.append(f'<li>{head}<ul class="examples">{shown}</ul></li>')
    return f'<ol class="errors">{"".join(items)}</ol>'


def _example(example: Example) -> str:
    tag = " · ".join(
        filter(None, [f"{example.doc_id} {example.sentence}", example.field.replace("_", " "), example.detail])
    )
    sides = [("gold", example.gold), ("system", example.pred)]
    if example.gold == example.pred:
        sides = [("both", example.gold)]
    rows = "".join(f"<dt>{side}</dt><dd>{arabic(text) if text else '–'}</dd>" for side, text in sides)
    context = arabic(example.context, "context", len(example.context)) if example.context else ""
    return f'<li><span class="tag" dir="ltr">{escape(tag)}</span><dl class="sides">{rows}</dl>{context}</li>'


def matrix(made: Confusion) -> str:
    """A confusion matrix with shaded cells; what found no partner stands in italics at its edges."""
    title = f"<h4>{escape(made.name)}</h4>"
    if not made.labels:
        return f'{title}<p class="note">Nothing on either side.</p>'
    row_total = made.counts.sum(axis=1) + made.missed
    head = "".join(f'<th scope="col">{escape(label)}</th>' for label in made.labels)
    lines = []
    for i, label in enumerate(made.labels):
        cells = "".join(_cell(int(made.counts[i, j]), int(row_total[i]), i == j) for j in range(len(made.labels)))
        lines.append(
            f'<tr><th scope="row">{escape(label)}</th>{cells}<td class="aside">{_count(int(made.missed[i]))}</td></tr>'
        )
    spurious = "".join(f'<td class="aside">{_count(int(n))}</td>' for n in made.spurious)
    lines.append(f'<tr><th scope="row" class="aside">spurious</th>{spurious}<td></td></tr>')
    many = " many" if len(made.labels) > 8 else ""
    note = f"{made.right} of {made.total} pairs agree ({made.pairs}). Rows: gold; columns: the system."
    return (
        f'{title}<p class="note">{escape(note)}</p><div class="wide"><table class="first matrix{many}"><thead><tr><th></th>'
        f'{head}<th scope="col" class="aside">missed</th></tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
    )


def _count(count: int) -> str:
    return str(count) if count else ""


def _cell(count: int, of: int, right: bool) -> str:
    if not count:
        return "<td></td>"
    colour = "0,114,178" if right else "213,94,0"
    return f'<td style="background:rgba({colour},{0.08 + 0.5 * count / max(of, 1):.2f})">{count}</td>'
