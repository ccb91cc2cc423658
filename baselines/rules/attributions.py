"""Attributions: who tells what, read from the cues of a sentence from right to left as the text runs.

Each cue is tried with the frames of its class; one that finds no content is no report ("نقل الجرحى") and leaves nothing
behind. Contents stay open until something ends them: the sentence, a closing mark, a participle that goes on telling, a
new report at the same level. Whatever lies inside another's content is its child.
"""

from __future__ import annotations

import re
from typing import Final

from .closing import Closing, region_end_of
from .drafts import Draft, Part
from .tokens import Sent, after_formula

_CUE = re.compile(r"[CPZHO:]")
#: Most reports read in one stretch: more is no prose, and nesting them would cost their square.
_MOST: Final = 48


class Reader(Closing):
    """Reads the attributions of one document, sentence by sentence."""

    def read(self, sent: Sent) -> list[Draft]:
        """The attributions whose cue lies in ``sent``, in order of their cues."""
        self.sent = sent
        self.sentences += 1
        self.drafts = []
        self.done = set()
        self.region_end = region_end_of(sent)
        self.clause_from = after_formula(sent, self.region_end) or self._skip_openers(0)
        cues = sent.cues
        if cues.count(".") != len(cues):
            for match in _CUE.finditer(cues):
                i = match.start()
                if i in self.done or i >= self.region_end:
                    continue
                if len(self.drafts) >= _MOST:
                    break
                tag = cues[i]
                if tag == "C":
                    self._finite(i)
                elif tag == "P":
                    self._participle(i)
                elif tag == "H":
                    self._prepositional(i)
                elif tag == "Z":
                    self._passive(i)
                elif tag == "O":
                    self._nominal(i)
                elif sent.zone in ("headline", "kicker") and sent.first:
                    self._headline(i)
        drafts = self._finish()
        for found in sent.mentions:
            if found.type == "PERS":
                self.persons.append((found.entity, "f" if found.sub == "female" else "m"))
            if found.sub == "media" and found.i and sent.names[found.i - 1] in "mq":
                k = found.i - 1 - (sent.names[found.i - 1] == "q")
                if k >= 0 and sent.names[k] == "m":
                    self.heads.setdefault(sent.entries[k].base, ((found.entity,), "media"))
        del self.persons[:-12]
        del self.speakers[:-24]
        return drafts


def continue_quotes(reader: Reader, sent: Sent, drafts: list[Draft], later: list[Sent]) -> None:
    """A quotation that is left open goes on through the next sentences of its paragraph, if a closing mark comes."""
    for draft in drafts:
        if draft.subject_level != 1:
            continue
        extent: dict[int, int] = {}
        parts: list[Part] = []
        for other in later[:6]:
            if other.stray:
                stop = other.stray[0]
                if stop > 0:
                    parts.append(Part(other, 0, stop))
                extent[id(other)] = stop
                for shared in drafts:
                    if shared is draft or shared.shares is draft:
                        shared.pending = parts
                reader.carry = (draft, extent)
                return
            stop = region_end_of(other)
            if stop:
                parts.append(Part(other, 0, stop))
            extent[id(other)] = len(other)
