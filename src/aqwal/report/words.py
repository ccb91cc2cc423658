"""Sentences that the page and the Markdown share: what the figures mean, and what they do not."""

from __future__ import annotations

from collections.abc import Iterable

from aqwal.metrics import PRIMARY, TASKS
from aqwal.report.collect import CEILING, FLOOR, Report, Row

#: What each type of error means; the types and their order are those of :mod:`aqwal.metrics.errors`.
ERROR_TYPES = {
    "missed": "a gold object that no prediction overlaps",
    "spurious": "a prediction that overlaps no gold object still to be found",
    "boundary": "paired, but a span differs",
    "type": "paired, but a label differs",
    "split": "one gold object predicted in several pieces",
    "merged": "several gold objects predicted as one",
    "wrong source": "paired, but other speakers (for a claim: another chain)",
    "out-of-sentence source": "the same, where the sentence does not name the speaker",
    "wrong parent": "paired, but relayed by another attribution",
    "scare quote": "a quotation predicted where gold has a scare quote",
    "repeat scored": "a prediction in furniture or in a repeated passage, which is not scored",
}


def caveats(report: Report) -> Iterable[str]:
    """What a reader must know before any figure."""
    yield (
        f"{report.documents} documents, {report.blocks} scored paragraphs, {report.words:,} scored words: the intervals "
        "are wide, and say nothing of other texts. The labels were made by language models and have not been verified "
        "by people. A text reports what is said in it; nothing here says whether it is true."
    )


def legend(report: Report) -> Iterable[str]:
    """Under the table."""
    measures = ", ".join(f"{task} `{PRIMARY[task]}`" for task in TASKS)
    yield f"Primary measures: {measures}."
    yield (
        f"95 % intervals from {report.resamples:,} paragraph-block bootstrap resamples; `n/a` undefined; `–` not "
        "attempted (under fit s: nothing to train). Trained systems predict each reuse group from the other documents; "
        "the scores are pooled over all documents. words/CPU s counts prediction alone, in processor time; fit s is the sum over the groups; "
        "peak MB is the process's largest resident memory."
    )
    if any(row.given for row in report.rows):
        yield (
            "Gold claims given: the system clusters the gold claims, which it is given; its claim matching is not to be "
            "compared with that of systems that first have to find the claims."
        )
    if any(row.kind == CEILING for row in report.rows):
        yield "The ceiling is each annotator's own pass, scored like a system." + (
            " The gold labels were made from these passes, which favours them." if report.layer == "gold" else ""
        )
    if report.corpus:
        yield f"Corpus `{report.corpus[:12]}`, labels `{report.layer}`."


def note_of(row: Row) -> str:
    """What stands beside a name: that it is a floor, the ceiling, or was given the claims."""
    notes = [{FLOOR: "floor", CEILING: "ceiling"}.get(row.kind, ""), "gold claims given" if row.given else ""]
    return ", ".join(filter(None, notes))


def curve_note(report: Report) -> str:
    """Beside the learning curve."""
    text = (
        "Each reuse group is predicted by the system trained on the first 1, 2, … of the other documents (a group with "
        "fewer of them outside it uses all), in a fixed order, so that the training sets are nested; scores are pooled."
    )
    return text + (" The dashed line is the better annotator." if any(r.kind == CEILING for r in report.rows) else "")


def figures_note() -> str:
    """Where there is nothing to draw."""
    return "No system has a score."


def pairs_note() -> str:
    """Before the systems."""
    return (
        "The sentences are made from the figures: slices of fewer than ten gold objects are left out. Errors are counted "
        "in the layers that the system attempts, and one object may have several."
    )
