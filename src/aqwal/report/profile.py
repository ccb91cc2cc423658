"""What a system is good and bad at, in sentences made from its numbers.

A sentence is only written where there is enough to go by: slices with fewer than :data:`LEAST` gold objects are left
out, and nothing is called good or bad in itself, only against something: the other systems, the annotators, the best
floor, the system's own other slices.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from aqwal.metrics import PRF, TASKS, Measure, Ratio, TaskScore
from aqwal.report.collect import Report, Row
from aqwal.report.shown import bounds, chance, listed, number, share, signed

#: Gold objects that a slice needs to be spoken of.
LEAST = 10
#: Difference of precision and recall that is worth a sentence.
UNEVEN = 0.1


@dataclass(frozen=True)
class Profile:
    """Sentences in Markdown, by heading, in the order of the page; a heading without sentences is left out."""

    name: str
    sections: Mapping[str, tuple[str, ...]]


def profile(report: Report, name: str) -> Profile:
    """The profile of a system or floor that ran."""
    row = report.row(name)
    tasks = report.scores[name].tasks
    sections = {
        "Against the others": [*_standing(report, row), *_floors(report, row)],
        "Strengths and weaknesses": [
            *_entities(tasks),
            *_attribution(tasks),
            *_said(tasks),
            *_claims(tasks),
            *_matching(tasks, row),
        ],
        "Precision and recall": list(_balance(tasks)),
        "With more training documents": list(_learning(report, name)),
        "Commonest errors": list(_errors(report, name)),
        "Confusions": list(_confusions(report, name)),
    }
    return Profile(name, {heading: tuple(lines) for heading, lines in sections.items() if lines})


def code(text: str) -> str:
    """A name that stands in our own vocabulary."""
    return f"`{text}`"


# ---------------------------------------------------------------- against the others


def _standing(report: Report, row: Row) -> Iterable[str]:
    """Where it stands best and worst among the systems."""
    others = [other for other in report.systems if other.name != row.name and other.given == row.given]
    found: list[tuple[float, str, float]] = []
    for task in TASKS:
        values = [other.value(task) for other in others if not math.isnan(other.value(task))]
        if values and not math.isnan(row.value(task)):
            found.append((row.value(task) - median(values), task, median(values)))
    if len(found) > 1:
        best, worst = max(found, key=lambda f: f[0]), min(found, key=lambda f: f[0])
        yield (
            f"Against the median of the other systems it stands best on {code(best[1])} "
            f"({number(row.value(best[1]))} against {number(best[2])}) and worst on {code(worst[1])} "
            f"({number(row.value(worst[1]))} against {number(worst[2])})."
        )
    elif found:
        _, task, middle = found[0]
        yield (
            f"The median of the other systems on {code(task)} is {number(middle)}, its own score "
            f"{number(row.value(task))}."
        )
    shares = []
    for task in TASKS:
        ceiling = report.ceiling(task)
        if ceiling is not None and ceiling.value(task) > 0 and not math.isnan(row.value(task)):
            shares.append((row.value(task) / ceiling.value(task), task))
    if shares:
        near, far = max(shares), min(shares)
        text = f"It is nearest to the better annotator on {code(near[1])} ({share(near[0], 1)} of that score)"
        yield text + (f", farthest on {code(far[1])} ({share(far[0], 1)})." if len(shares) > 1 else ".")


def _floors(report: Report, row: Row) -> Iterable[str]:
    """Beside the best floor, by the paired test."""
    gaps = [gap for gap in report.gaps if gap.system == row.name]
    above = [g for g in gaps if g.test.difference > 0 and g.test.p < 0.05]
    below = [g for g in gaps if g.test.difference < 0 and g.test.p < 0.05]
    rest = [g for g in gaps if g not in above and g not in below]
    for words, chosen in (
        ("Above the best floor", above),
        ("Below the best floor", below),
        ("Not told apart from the best floor (p ≥ 0.05)", rest),
    ):
        if chosen:
            cells = [
                f"{code(g.task)} ({signed(g.test.difference)} {bounds(g.test.interval)}, "
                f"{chance(g.test.p, g.test.resolution)})".replace(" ,", ",")
                for g in chosen
            ]
            yield f"{words}: {listed(cells)}."


# ---------------------------------------------------------------- slices

_SLICE = re.compile(r"(?P<key>\w+)=(?P<value>[^,)=]+)\)$")


def slices(task: TaskScore, prefix: str, key: str) -> list[tuple[float, str, int]]:
    """(score, label, gold objects) of the measures ``prefix…,key=<label>)`` with enough gold, best first.

    >>> import numpy as np
    >>> part = PRF(*(np.array([x]) for x in (6.0, 8.0, 6.0, 12.0)))
    >>> made = TaskScore("entities", {"entity_f1(match=exact)": part, "entity_f1(match=exact,type=DATE)": part})
    >>> [(round(f1, 3), label, gold) for f1, label, gold in slices(made, "entity_f1(match=exact", "type")]
    [(0.6, 'DATE', 12)]
    """
    out = []
    for spec, measure in task.measures.items():
        found = _SLICE.search(spec)
        if not spec.startswith(prefix) or found is None or found["key"] != key or not isinstance(measure, PRF):
            continue
        gold = round(float(measure.n_gold.sum()))
        if gold >= LEAST and not math.isnan(measure.value):
            out.append((measure.value, found["value"], gold))
    return sorted(out, key=lambda s: (-s[0], s[1]))


def _ends(found: list[tuple[float, str, int]], most: int) -> tuple[str, str]:
    """The best and the worst slices, never the same one twice."""
    count = min(most, len(found) // 2)

    def shown(chosen: Iterable[tuple[float, str, int]]) -> str:
        return listed(f"{code(label)} ({number(value)}, {gold} in gold)" for value, label, gold in chosen)

    return shown(found[:count]), shown(reversed(found[len(found) - count :]))


def _entities(tasks: Mapping[str, TaskScore]) -> Iterable[str]:
    if "entities" not in tasks:
        return
    task = tasks["entities"]
    found = slices(task, "entity_f1(match=exact,type", "type")
    if len(found) > 1:
        best, worst = _ends(found, 2)
        yield f"Entities: best at {best}, worst at {worst}."
    bound = _value(task, "entity_f1(match=boundary)")
    nested = _measure(task, "entity_f1(match=exact,depth=nested)")
    parts = []
    if bound > task.value:
        parts.append(f"with the type left aside {number(bound)}")
    if isinstance(nested, PRF) and nested.n_gold.sum() >= LEAST:
        parts.append(f"nested mentions alone {number(nested.value)} ({nested.n_gold.sum():.0f} in gold)")
    if parts:
        yield f"Entities: {', '.join([f'{number(task.value)} over all', *parts])}."


def _attribution(tasks: Mapping[str, TaskScore]) -> Iterable[str]:
    if "attribution" not in tasks:
        return
    task = tasks["attribution"]
    for key, words in (("quote", "quotation"), ("kind", "kind"), ("source_type", "type of source")):
        found = slices(task, f"attribution_f1(match=soft,{key}", key)
        if len(found) > 1:
            best, worst = _ends(found, 1)
            yield f"Attribution by {words}: best at {best}, worst at {worst}."
    roles = []
    for role in ("cue", "source", "content"):
        value = _value(task, f"role_f1(role={role},match=exact)")
        if not math.isnan(value):
            roles.append((value, role))
    if len(roles) > 1:
        best_role, worst_role = max(roles), min(roles)
        yield (
            f"Of the roles, {code(best_role[1])} is exact most often (F1 {number(best_role[0])}), "
            f"{code(worst_role[1])} least ({number(worst_role[0])})."
        )
    implicit = _measure(task, "implicit_resolved")
    if isinstance(implicit, Ratio) and implicit.total.sum() >= LEAST:
        yield (
            f"Of {implicit.total.sum():.0f} sources that stand only in the verb it names "
            f"{share(implicit.hits.sum(), implicit.total.sum())} rightly."
        )
    parents = _measure(task, "parent_f1")
    if isinstance(parents, PRF) and parents.n_gold.sum() >= LEAST:
        yield f"Links from a relayed attribution to its relay: F1 {number(parents.value)} ({parents.n_gold.sum():.0f} in gold)."


def _said(tasks: Mapping[str, TaskScore]) -> Iterable[str]:
    if "who_said_what" not in tasks:
        return
    task = tasks["who_said_what"]
    out = _measure(task, "speaker_f1(where=out_of_sentence)")
    parts = []
    if isinstance(out, PRF) and out.n_gold.sum() >= LEAST and not math.isnan(out.value):
        parts.append(f"{number(out.value)} where the sentence does not name the speaker")
    chain = _value(task, "chain_f1")
    if not math.isnan(chain):
        parts.append(f"{number(chain)} for the whole chain of speakers")
    if parts and not math.isnan(task.value):
        yield f"Who said what: {number(task.value)} over all words, {listed(parts)}."


def _claims(tasks: Mapping[str, TaskScore]) -> Iterable[str]:
    if "claims" not in tasks:
        return
    task = tasks["claims"]
    fields = []
    for name in ("certainty", "polarity", "time", "verifiable"):
        value = _value(task, f"claim_attribute_f1(attribute={name},average=macro)")
        if not math.isnan(value):
            fields.append((value, name))
    if len(fields) > 1:
        best, worst = max(fields), min(fields)
        yield (
            f"Fields of claims, end to end: best {code(best[1])} (macro F1 {number(best[0])}), worst {code(worst[1])} "
            f"({number(worst[0])})."
        )
    chain = _measure(task, "claim_chain_accuracy")
    if isinstance(chain, Ratio) and chain.total.sum() >= LEAST:
        yield f"Of {chain.total.sum():.0f} claims {share(chain.hits.sum(), chain.total.sum())} are found with the right chain."


def _matching(tasks: Mapping[str, TaskScore], row: Row) -> Iterable[str]:
    if "claim_matching" not in tasks or not row.given:
        return
    pairs = _value(tasks["claim_matching"], "pairwise_f1")
    parts = [f"pairwise F1 {number(pairs)}"] if not math.isnan(pairs) else []
    if not math.isnan(row.average_precision):
        parts.append(f"average precision of the pair scores {number(row.average_precision)}")
    if parts:
        yield f"Claim matching, with the gold claims given: {listed(parts)}."


def _measure(task: TaskScore, spec: str) -> Measure | None:
    return task.measures.get(spec)


def _value(task: TaskScore, spec: str) -> float:
    measure = task.measures.get(spec)
    return math.nan if measure is None else measure.value


# ---------------------------------------------------------------- errors


def _balance(tasks: Mapping[str, TaskScore]) -> Iterable[str]:
    """Tasks on which it misses much more than it invents, or the reverse."""
    missing, inventing = [], []
    for name, task in tasks.items():
        if not isinstance(task.primary, PRF):
            continue
        p, r = task.primary.precision, task.primary.recall
        cell = f"{code(name)} (precision {number(p)}, recall {number(r)})"
        if p - r >= UNEVEN:
            missing.append(cell)
        elif r - p >= UNEVEN:
            inventing.append(cell)
    if missing:
        yield f"It misses more than it invents on {listed(missing)}."
    if inventing:
        yield f"It invents more than it misses on {listed(inventing)}."


def _learning(report: Report, name: str) -> Iterable[str]:
    """The first and the last point of its learning curve."""
    for curve in report.curves:
        points = [point for point in curve.points if not point.failure]
        if curve.name != name or len(points) < 2:
            continue
        first, last = points[0], points[-1]
        cells = [
            f"{code(task)} {number(first.intervals[task].value)} → {number(last.intervals[task].value)}"
            for task in TASKS
            if task in first.intervals and task in last.intervals
        ]
        if cells:
            yield f"From {first.documents} to {last.documents}: {listed(cells)}."


def _errors(report: Report, name: str) -> Iterable[str]:
    made = report.mistakes.get(name)
    if made is None:
        return
    if made.none:
        yield made.none
        return
    cells = []
    for mistake in made.commonest:
        fields = listed(f"{field.replace('_', ' ')} {count}" for field, count in mistake.fields[:3])
        several = len(mistake.fields) > 1
        cells.append(f"{mistake.layer} {mistake.type} {mistake.count}" + (f" ({fields})" if several else ""))
    yield f"Of {made.total} errors: {'; '.join(cells)}."


def _confusions(report: Report, name: str) -> Iterable[str]:
    for matrix in report.confusions.get(name, ()):
        swaps = matrix.swaps(3)
        if matrix.total and swaps:
            cells = listed(f"{code(gold)} taken for {code(pred)} ({count})" for gold, pred, count in swaps)
            yield f"{matrix.name.capitalize()}: {matrix.right} of {matrix.total} pairs agree; most often {cells}."
