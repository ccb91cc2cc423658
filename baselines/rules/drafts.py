"""The attribution under construction, in piece indices, before it becomes a model object."""

from __future__ import annotations

from typing import NamedTuple

from .lexicon import Cue
from .phrases import Source
from .tokens import Sent


class Part(NamedTuple):
    """Pieces ``[i, j)`` of one sentence."""

    sent: Sent
    i: int
    j: int


class Draft:
    """One attribution: cue fragments, source, content fragments (an open one has ``open_from`` set)."""

    __slots__ = (
        "accused", "anaphoric", "certainty", "comp", "content", "cue", "entities", "from_", "gender", "how", "id", "implicit",
        "inherited", "kind", "medium", "number", "open_from", "order", "order_sentence", "parent", "pending", "polarity", "quote", "rule", "scope", "sent",
        "shares", "source", "stance", "start", "subject_level", "type",
    )  # fmt: skip

    def __init__(self, sent: Sent, cue: Cue, pieces: tuple[int, int], rule: str) -> None:
        self.sent = sent
        self.cue: list[tuple[int, int]] = [pieces]
        self.from_ = cue
        self.rule = rule
        self.kind, self.stance, self.polarity, self.certainty = cue.kind, cue.stance, cue.polarity, cue.certainty
        self.source: tuple[int, int] | None = None
        self.medium: tuple[int, int, str] | None = None
        self.content: list[tuple[int, int]] = []
        self.open_from = -1
        self.comp = False
        self.how = ""  # clause, colon, quote, nominal, before, around
        self.implicit = False
        self.entities: tuple[str, ...] = ()
        self.type = "none"
        self.gender = ""
        self.number = ""
        self.quote = "indirect"
        self.parent: Draft | None = None
        self.inherited = False
        self.anaphoric = False
        self.scope = ""
        self.pending: list[Part] = []  # content in later sentences
        self.shares: Draft | None = None  # a relay has the content of the one that relays it
        self.accused: tuple[int, int] | None = None
        self.id = ""
        self.order = 0
        self.order_sentence = 0
        self.start = pieces[0]  # first piece of the reporting clause
        self.subject_level = 0

    def spoken_by(self, whom: Source | Draft) -> None:
        """Take the speaker of a source phrase, or of another attribution."""
        self.entities, self.type, self.gender, self.number = whom.entities, whom.type, whom.gender, whom.number

    @property
    def first_cue(self) -> int:
        """First piece of the cue."""
        return self.cue[0][0]

    def covers(self, k: int) -> bool:
        """Whether piece ``k`` is inside the content, an open one included."""
        return any(a <= k < b for a, b in self.content) or (0 <= self.open_from <= k)
