"""annotations/AGREEMENT.md, written by `aqwal agreement` and never by hand."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from aqwal.agreement import Disagreement
from aqwal.model import LAYERS

_INTRO = """<!-- Written by `aqwal agreement`; do not edit. -->
# Agreement

The annotators are **language models of one family**, working blind and independently from the guidelines and the
segmented texts; the adjudicator is one too, and **no human has verified the labels yet**. Five documents on one story
are few: read every figure with that in mind. The guidelines were written by a model that had read these texts, so they
decide many of the very cases that the annotators met. **Figures close to 1 are to be expected of two instances of one
model under detailed rules; they are no estimate of agreement between people, and no human ceiling.** They show how far
the guidelines decide the cases, not that the labels are right. Everything below is computed from the passes as they
were made, before adjudication. Corrections are invited: see CONTRIBUTING.md.
"""


def _number(value: float, digits: int = 3) -> str:
    return "n/a" if math.isnan(value) else f"{value:.{digits}f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + "|".join(["---"] + ["--:"] * (len(header) - 1)) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Untrusted text as a Markdown cell: no markup, no cell or line break."""
    for char in "\\`*_{}[]<>#|~":
        text = text.replace(char, f"\\{char}" if char not in "<>" else {"<": "&lt;", ">": "&gt;"}[char])
    return " ".join(text.split())


def _distribution(left: Mapping[str, int], right: Mapping[str, int]) -> str:
    labels = sorted(set(left) | set(right), key=lambda label: (-left.get(label, 0) - right.get(label, 0), label))
    return ", ".join(f"{label} {left.get(label, 0)}/{right.get(label, 0)}" for label in labels)


def _spans(result: Mapping[str, Any]) -> str:
    headings = list(next(iter(result["spans"].values())))
    names = [*result["documents"], "all"]
    rows = [[heading, *(_number(result["spans"][name][heading]) for name in names)] for heading in headings]
    return _table(["F1", *names], rows)


def _fields(result: Mapping[str, Any]) -> str:
    rows = [
        [
            f"{f['layer']}: {f['field']}",
            str(f["matched"]),
            _number(f["observed"]),
            _number(f["kappa"]),
            _number(f["alpha"]),
            _distribution(f["left"], f["right"]),
        ]
        for f in result["fields"]
    ]
    return _table(["field", "matched", "observed", "κ", "α", "labels (first/second)"], rows)


def _counts(result: Mapping[str, Any]) -> str:
    rows = []
    for layer in LAYERS:
        cells = [result["counts"][name][layer] for name in result["documents"]]
        total = [sum(column) for column in zip(*cells, strict=True)]
        rows.append([layer, *("/".join(map(str, cell)) for cell in [*cells, total])])
    return _table(["first/second/matched", *result["documents"], "all"], rows)


def _gamma(result: Mapping[str, Any]) -> str:
    if not result["gamma"]:
        return ""
    rows = [[layer, *(_number(result["gamma"][name][layer], 2) for name in result["documents"])] for layer in LAYERS]
    return (
        "\n### γ by document\n\nThe chance-corrected unitizing measure: units are spans in words (contents for "
        "attributions), categories are entity type, kind and certainty. Chance is sampled with a fixed seed.\n\n"
        + _table(["γ", *result["documents"]], rows)
    )


def _disagreements(found: Sequence[Disagreement]) -> str:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for d in found:
        counts[d.layer, d.kind][d.doc_id] += 1
    documents = sorted({d.doc_id for d in found})
    out = [
        "\n### Disagreements by kind\n",
        _table(
            ["kind", *documents, "all"],
            [
                [f"{layer}: {kind}", *(str(counter.get(name, 0)) for name in documents), str(sum(counter.values()))]
                for (layer, kind), counter in sorted(counts.items())
            ],
        ),
    ]
    for layer, kind in sorted(counts):
        rows = [
            [f"{d.doc_id} {d.sentence}", _cell(d.left) or "–", _cell(d.right) or "–"]
            for d in found
            if (d.layer, d.kind) == (layer, kind)
        ]
        out.append(
            f"<details><summary>{layer}: {kind} ({len(rows)})</summary>\n\n{_table(['where', 'first', 'second'], rows)}\n</details>\n"
        )
    return "\n".join(out)


def clusters_line(result: Mapping[str, Any]) -> str:
    """B³ of entities and claim clusters."""
    return "; ".join(
        f"{name}: B³ F1 {_number(value['b_cubed_f1'])} over {value['items']} matched objects"
        for name, value in result["clusters"].items()
    )


def summary(first: str, second: str, result: Mapping[str, Any], against_gold: Mapping[str, Mapping[str, Any]]) -> str:
    """The table that the dataset card shows: pooled span scores and the fields' coefficients."""
    headings = list(result["spans"]["all"])
    columns = {f"{first} / {second}": result, **{f"{name} / gold": compared for name, compared in against_gold.items()}}
    rows = [[heading, *(_number(c["spans"]["all"][heading]) for c in columns.values())] for heading in headings]
    rows += [
        [f"κ {f['layer']}: {f['field']}", *(_number(c["fields"][i]["kappa"]) for c in columns.values())]
        for i, f in enumerate(result["fields"])
    ]
    rows += [
        [f"B³ {name}", *(_number(c["clusters"][name]["b_cubed_f1"]) for c in columns.values())]
        for name in result["clusters"]
    ]
    return _table(["F1 or coefficient", *columns], rows)


def render(first: str, second: str, result: Mapping[str, Any], against_gold: Mapping[str, Mapping[str, Any]]) -> str:
    """The whole report: the two passes against each other in full, then each against gold."""
    parts = [
        _INTRO,
        "\n## Summary\n\n<!-- card:begin -->\n",
        summary(first, second, result, against_gold),
        "<!-- card:end -->\n",
        f"\n## {first} against {second}\n\n### Objects\n\n{_counts(result)}",
        "\n### Spans\n\nThe scorer of the benchmark, one pass as gold and the other as prediction.\n\n"
        + _spans(result),
        "\n### Fields of matched objects\n\nMentions are matched by span, attributions and claims by the metric's "
        "alignment. Where nearly all objects bear one label, κ and α fall although the annotators agree: the labels' "
        "counts stand beside them.\n\n" + _fields(result),
        f"\n### Entities and clusters\n\n{clusters_line(result)}.\n",
        _gamma(result),
        _disagreements(result["disagreements"]),
    ]
    for name, compared in against_gold.items():
        parts.append(
            f"\n## {name} against gold\n\nThe ceiling rows of the leaderboard come from here. Gold was made from both passes, so these "
            f"figures are higher than agreement between independent annotators.\n\n{_counts(compared)}\n{_spans(compared)}\n{clusters_line(compared)}.\n"
        )
    return "".join(parts)
