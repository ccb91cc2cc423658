"""The result of scoring: every measure by task, with its counts by block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aqwal.metrics.counts import PRF, Measure, shown

#: Raised by one whenever a definition changes, so that scores of two definitions are never set side by side.
DEFINITIONS = 1
#: The five tasks, in the order of every table.
TASKS = ("entities", "attribution", "who_said_what", "claims", "claim_matching")
#: The primary measure of each task.
PRIMARY = {
    "entities": "entity_f1(match=exact)",
    "attribution": "attribution_f1(match=soft)",
    "who_said_what": "speaker_f1",
    "claims": "claim_f1(match=soft)",
    "claim_matching": "b_cubed_f1",
}

#: A block: document id, paragraph id.
Block = tuple[str, str]


@dataclass(frozen=True)
class TaskScore:
    """One task: its primary measure and all others, keyed by their printed specification."""

    task: str
    measures: Mapping[str, Measure]

    @property
    def primary(self) -> Measure:
        """The task's primary measure."""
        return self.measures[PRIMARY[self.task]]

    @property
    def value(self) -> float:
        """The task's score."""
        return self.primary.value

    @property
    def f1(self) -> float:
        """The same as :attr:`value`: every primary measure is an F1."""
        return self.value

    @property
    def precision(self) -> float:
        """Precision of the primary measure."""
        assert isinstance(self.primary, PRF)
        return self.primary.precision

    @property
    def recall(self) -> float:
        """Recall of the primary measure."""
        assert isinstance(self.primary, PRF)
        return self.primary.recall


@dataclass(frozen=True)
class Scores:
    """Scores of one set of predictions against gold.

    ``blocks`` are the scored paragraphs, in the order of every count array. ``set_aside`` counts objects that lie
    wholly in furniture or repeats, by side and layer (``predicted mentions``): such objects are neither right nor
    wrong, and are listed by the error report as ``repeat scored``. ``notes`` say what else a reader must know.
    """

    blocks: tuple[Block, ...]
    tasks: Mapping[str, TaskScore]
    not_attempted: tuple[str, ...] = ()
    set_aside: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __getitem__(self, task: str) -> TaskScore:
        return self.tasks[task]

    def __str__(self) -> str:
        lines = [f"{task:<15} {PRIMARY[task]:<27} {shown(s.value)}" for task, s in self.tasks.items()]
        lines += [f"{task:<15} not attempted" for task in self.not_attempted]
        return "\n".join(lines)
