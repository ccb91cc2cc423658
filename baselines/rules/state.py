"""The state of the reader of one document, and the small steps that every kind of cue takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .drafts import Draft
from .lexicon import Lexicon, lexicon
from .phrases import Source, agrees, describe
from .tokens import Sent


class Speaker(NamedTuple):
    """Someone who spoke, for a later verb without subject."""

    entities: tuple[str, ...]
    type: str
    gender: str
    number: str
    draft: Draft


class State:
    """The state of the reader of one document, and the small steps that every kind of cue takes."""

    def __init__(self, document_id: str) -> None:
        self.lex: Lexicon = lexicon()
        self.document_id = document_id
        self.speakers: list[Speaker] = []
        self.persons: list[tuple[str, str]] = []  # (entity, gender) of persons named, for verbs without speaker
        self.heads: dict[str, tuple[tuple[str, ...], str]] = {}
        self.fresh = 0
        self.carry: tuple[Draft, dict[int, int]] | None = None
        self.count = 0
        self.sentences = 0
        # of the sentence being read
        self.sent: Sent
        self.drafts: list[Draft] = []
        self.clause_from = 0
        self.region_end = 0
        self.done: set[int] = set()

    def _skip_openers(self, k: int) -> int:
        syntax = self.sent.syntax
        while k < self.region_end and syntax[k] in "wfy-,.;:)":
            k += 1
        return k

    def _norm(self, k: int) -> str:
        return self.sent.entries[k].norm if 0 <= k < len(self.sent.entries) else ""

    def _describe(self, i: int, j: int) -> Source:
        before = self.fresh
        fresh = f"{self.document_id}/source-{before + 1}"
        source = describe(self.sent, i, j, self.lex, self.heads, fresh)
        if fresh in source.entities:
            self.fresh = before + 1
        return source

    def _add(self, draft: Draft) -> None:
        draft.order = self.count
        draft.order_sentence = self.sentences
        self.count += 1
        self.drafts.append(draft)

    def _set_source(self, draft: Draft, i: int, j: int) -> None:
        while j > i and self.sent.syntax[j - 1] in ",-w":
            j -= 1
        source = self._describe(i, j)
        draft.source = (i, j)
        draft.spoken_by(source)
        draft.start = min(draft.start, i)

    def _resolve(self, draft: Draft, gender: str, number: str) -> None:
        """The speaker of a verb without subject: the last one that agrees, else the last person named, else unknown."""
        draft.implicit = True
        draft.gender, draft.number = gender, number
        if not self.drafts:
            # مقابلة مع الوزير أكد خلالها: someone named right before
            for found in reversed(self.sent.mentions):
                if (
                    found.type in ("PERS", "OCC")
                    and found.level == "NAM"
                    and draft.first_cue - 6 <= found.j <= draft.first_cue
                    and number != "p"
                ):
                    feminine = found.sub == "female" or (
                        found.type == "OCC" and self.sent.entries[found.i].norm.endswith("ة")
                    )
                    if feminine == (gender == "f"):
                        draft.entities, draft.type = (found.entity,), "person"
                        return
        local = [d for d in self.drafts if d.entities and d is not draft]
        candidates: Iterable[tuple[tuple[str, ...], str, str, str, Draft]] = [
            *((d.entities, d.type, d.gender, d.number, d) for d in reversed(local)),
            *reversed(self.speakers),
        ]
        for entities, type_, g, n, other in candidates:
            if agrees(g, n, gender, number):
                draft.entities, draft.type = entities, type_
                if other.sent is not draft.sent and other.parent is not None:
                    draft.parent, draft.inherited = other.parent, True
                return
        if number == "s" and gender == "m":
            for entity, g in reversed(self.persons):
                if g == "m":
                    draft.entities, draft.type = (entity,), "person"
                    return
        for entities, type_, g, _, _other in candidates:
            if not gender or g == gender:
                draft.entities, draft.type = entities, type_
                return
        draft.type = "anonymous" if not draft.entities else draft.type

    def _host(self, gender: str) -> Draft | None:
        """The report of this sentence that a participle goes on with: the outermost open one that agrees."""
        open_ = [d for d in self.drafts if d.open_from >= 0 or d.how in ("quote", "nominal", "clause", "colon")]
        agreeing = [d for d in open_ if not gender or d.gender == gender or not d.gender]
        return agreeing[-1] if agreeing else None

    def _close(self, at: int, keep: Draft | None = None) -> None:
        """End every open content before piece ``at``."""
        for draft in self.drafts:
            if draft is not keep and 0 <= draft.open_from < at:
                draft.content.append((draft.open_from, at))
                draft.open_from = -1

    def _in_quotes(self, i: int) -> int:
        """The opening mark of the innermost quotation around piece ``i``, or -1."""
        best = -1
        for open_, close in self.sent.quotes.items():
            if open_ < i and (close == -1 or i < close):
                best = max(best, open_)
        return best
