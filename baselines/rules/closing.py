"""The end of a sentence: contents are trimmed and split, quotation is judged, parents are found."""

from __future__ import annotations

import re
from typing import Final

from .cues import OtherCues
from .drafts import Draft
from .state import Speaker
from .tokens import Sent

_COORDINATED = re.compile(r",?w[bp]?A")
_TRIM: Final = frozenset(",.;:-")


class Closing(OtherCues):
    """The end of a sentence."""

    def _finish(self) -> list[Draft]:
        sent = self.sent
        drafts = self.drafts
        if not drafts:
            self._carry_parent(drafts)
            return drafts
        for draft in drafts:
            if draft.open_from >= 0:
                draft.content.append((draft.open_from, self.region_end))
                draft.open_from = -1
        self._coordinate()
        kept: list[Draft] = []
        for draft in drafts:
            if draft.shares is not None:
                draft.content = list(draft.shares.content)
                draft.quote = draft.shares.quote
            if draft.accused is not None:
                draft.content.insert(0, draft.accused)
            content = [self._trim(a, b) for a, b in draft.content]
            draft.content = _disjoint([(a, b) for a, b in content if b > a])
            if not draft.content:
                continue
            self._quote_kind(draft)
            kept.append(draft)
        dropped = set(map(id, drafts)) - set(map(id, kept))
        for draft in kept:
            if draft.parent is not None and id(draft.parent) in dropped:
                draft.parent = None
        self._parents(kept)
        for draft in kept:
            self._resumed(draft)
            if draft.entities:
                self.speakers.append(Speaker(draft.entities, draft.type, draft.gender, draft.number, draft))
        self._carry_parent(kept)
        self.drafts = kept
        del sent
        return kept

    def _resumed(self, draft: Draft) -> None:
        """وقال المصدر: an unnamed source that another relayed in an earlier sentence is still relayed."""
        if (
            draft.parent is not None
            or draft.source is None
            or not draft.entities
            or "/source-" not in draft.entities[0]
        ):
            return
        for speaker in reversed(self.speakers):
            if speaker.entities == draft.entities and speaker.draft.sent is not draft.sent:
                if speaker.draft.parent is not None:
                    draft.parent, draft.inherited = speaker.draft.parent, True
                return

    def _carry_parent(self, drafts: list[Draft]) -> None:
        """Reports inside a quotation that began in an earlier sentence belong to its speaker."""
        if self.carry is None:
            return
        outer, extent = self.carry
        stop = extent.get(id(self.sent))
        if stop is None:
            return
        for draft in drafts:
            if (draft.parent is None or draft.inherited) and draft.first_cue < stop:
                draft.parent, draft.inherited = outer, False

    def _trim(self, a: int, b: int) -> tuple[int, int]:
        sent = self.sent
        syntax = sent.syntax
        while a < b and (syntax[a] in _TRIM or (syntax[a] == "q" and a in sent.stray)):
            a += 1
        while b > a and (
            syntax[b - 1] in _TRIM
            or (syntax[b - 1] == "q" and not any(a <= o and c == b - 1 for o, c in sent.quotes.items()))
        ):
            b -= 1
        while b > a + 1 and syntax[b - 1] in "w" and sent.entries[b - 1].norm == "و":
            b -= 1
        return a, b

    def _coordinate(self) -> None:
        """… أن … وأن …: fragments of the innermost content that was opened by a complementizer."""
        sent = self.sent
        for match in _COORDINATED.finditer(sent.syntax):
            at, end = match.span()
            holders = [
                d
                for d in self.drafts
                if d.comp and d.quote != "direct" and any(a < at and end < b for a, b in d.content)
            ]
            if not holders:
                continue
            holder = max(holders, key=lambda d: max(a for a, b in d.content if a < at))
            for draft in self.drafts:
                new: list[tuple[int, int]] = []
                for a, b in draft.content:
                    if not (a < at and end < b):
                        new.append((a, b))
                    elif draft is holder:
                        new.extend(((a, at), (end, b)))
                    elif draft.first_cue > holder.first_cue and a > min(x for x, _ in holder.content):
                        new.append((a, at))
                    else:
                        new.append((a, b))
                draft.content = new

    def _quote_kind(self, draft: Draft) -> None:
        if draft.quote == "direct":
            return
        sent = self.sent
        if len(draft.content) == 1:
            a, b = draft.content[0]
            if sent.quotes.get(a, -2) == b - 1 and b - a > 3:
                draft.content = [(a + 1, b - 1)]
                draft.quote = "direct"
                return
        for open_, close in sent.quotes.items():
            stop = close if close > 0 else self.region_end
            if not any(a <= open_ and stop <= b for a, b in draft.content):
                continue
            words = sum(1 for x in range(open_ + 1, stop) if sent.entries[x].stem)
            name = any(open_ + 1 == m.i and m.j == stop for m in sent.mentions)
            if not name and (words > 3 or re.search("[VCA]", sent.syntax[open_ + 1 : stop])):
                draft.quote = "mixed"
                return

    def _parents(self, drafts: list[Draft]) -> None:
        """The innermost other report whose content holds this one's cue and content."""
        for draft in drafts:
            if draft.parent is not None and not draft.inherited:
                continue
            best: Draft | None = None
            size = 0
            first, last = draft.content[0][0], draft.content[-1][1]
            for other in drafts:
                if other is draft or other.content == draft.content:
                    continue
                cue = draft.first_cue
                if (
                    any(a <= cue < b for a, b in other.content)
                    and any(a <= first and last <= b for a, b in other.content)
                ) or (
                    any(a <= cue < b for a, b in other.content)
                    and all(any(a <= x and y <= b for a, b in other.content) for x, y in draft.content)
                ):
                    length = sum(b - a for a, b in other.content)
                    if best is None or length < size:
                        best, size = other, length
            if best is not None:
                draft.parent, draft.inherited = best, False


def region_end_of(sent: Sent) -> int:
    end = len(sent.syntax)
    while end and sent.syntax[end - 1] in ".;:,-":
        end -= 1
    if end and sent.syntax[end - 1] == "q" and end - 1 in sent.stray:
        end -= 1
        while end and sent.syntax[end - 1] in ".;:,-":
            end -= 1
    return end


def _disjoint(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted, merged fragments."""
    out: list[tuple[int, int]] = []
    for a, b in sorted(parts):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out
