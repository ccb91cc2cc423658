"""Verbs with frames of their own: relays, accusations, offers and requests, seeing as."""

from __future__ import annotations

from typing import Final

from .drafts import Draft
from .levels import Levels
from .lexicon import Cue
from .phrases import phrase_end
from .tokens import Found

_RELAYED: Final = frozenset(("قول", "تاكيد", "تصريح", "زعم", "اعتقاد", "ادعاء", "نفي", "توقع"))


class Frames(Levels):
    """Verbs with frames of their own."""

    def _relay(self, draft: Draft, i: int, subject: tuple[int, int], cue: Cue) -> None:
        """نقلت س عن ص (قوله) أن ق: two attributions with one content, ص's under س's."""
        sent = self.sent
        syntax, entries = sent.syntax, sent.entries
        size = self.region_end
        s, j = subject
        link = "من" if cue.lemma == "علم" else "عن"
        t = i + 1
        stop = min(size, s + 30)
        while t < stop and not (syntax[t] == "p" and entries[t].norm == link):
            if syntax[t] in ".:AV;" or syntax[t] == "C":
                break
            t += 1
        if t < stop and syntax[t] == "p" and entries[t].norm == link and t > i:
            j = min(j, t)
            a = t + 1
            pronoun = syntax[a : a + 1] == "e"
            b = a + 1 if pronoun else phrase_end(sent, a, self.lex)
            if b == a:
                return
            told = self._find_content(b)
            inner_cue: tuple[int, int] | None = (t, t + 1)
            inner = Cue(lemma=link, cls="relay")
            # قوله, تأكيده; or a verb: عن مصدر يدعي أن
            for x in range(b, min(size, b + 12)):
                entry = entries[x]
                if syntax[x] in "A:q":
                    break
                if entry.base in _RELAYED and x + 1 < size and syntax[x + 1] == "e":
                    inner_cue = (x, x + 1)
                    meaning = self.lex.nominal.get(entry.base) or self.lex.nominal.get(entry.base + "ات")
                    inner = meaning or Cue(lemma=entry.norm, cls="relay")
                    told = self._find_content(x + 2) or told
                    self.done.add(x)
                    break
                if entry.cue_tag == "C" and entry.cue is not None and syntax[x] == "C":
                    inner_cue, inner = (x, x + 1), entry.cue
                    told = self._find_content(x + 1) or told
                    self.done.add(x)
                    break
            # a relative clause without pronoun may have been taken into the phrase
            for x in range(a + 1, b):
                entry = entries[x]
                if (
                    entry.cue_tag == "C"
                    and syntax[x] == "C"
                    and entry.cue is not None
                    and x + 1 < size
                    and syntax[x + 1] in "Apb"
                ):
                    again = self._find_content(x + 1)
                    if again is not None:
                        inner_cue, inner, told, b = (x, x + 1), entry.cue, again, x
                        self.done.add(x)
                        break
                if entry.base in _RELAYED and x + 1 < size and syntax[x + 1] == "e":
                    inner_cue = (x, x + 1)
                    inner = self.lex.nominal.get(entry.base) or Cue(lemma=entry.norm, cls="relay")
                    b = x
                    self.done.add(x)
                    break
            if told is None:
                return
            explicit = j > s
            self._end_outer(i, draft, explicit)
            if explicit:
                self._set_source(draft, s, j)
                if cue.gender:
                    draft.gender = cue.gender
            else:
                self._subject_elsewhere(draft, i, cue)
            draft.rule = "attribution/relay outer"
            if not self._open(draft, told[0], told[1]):
                return
            self._add(draft)
            if inner_cue is None:
                return
            second = Draft(sent, inner, inner_cue, "attribution/relay inner")
            if pronoun:
                gender, number = {"ها": ("f", "s"), "هم": ("m", "p")}.get(entries[a].norm, ("m", "s"))
                self._resolve(second, gender, number)
                second.implicit, second.source = False, (a, b)
            else:
                self._set_source(second, a, b)
            second.parent = draft
            second.shares = draft
            second.how, second.comp = draft.how, False
            self._add(second)
            return
        # without عن it reports only with a clause right after its subject
        found = self._find_content(j, 4)
        if found is None or (found[1] == "quote" and cue.lemma == "علم"):
            return
        explicit = j > s
        self._end_outer(i, draft, explicit)
        if explicit:
            self._set_source(draft, s, j)
        else:
            self._subject_elsewhere(draft, i, cue)
        if self._open(draft, found[0], found[1]):
            self._add(draft)

    def _accusation(self, draft: Draft, subject: tuple[int, int], cue: Cue) -> None:
        """اتهم س ص ب ق: the accused and the charge are two fragments of the content."""
        sent = self.sent
        syntax, entries = sent.syntax, sent.entries
        s, _ = subject
        t = s
        stop = min(self.region_end, s + 24)
        while t < stop:
            found = sent.name_at.get(t)
            if found is not None:
                t = found.j
                continue
            if syntax[t] in ".;:CV":
                return
            if syntax[t] == "b" and entries[t].norm == "ب":
                break
            t += 1
        if t >= stop or t + 1 >= self.region_end:
            return
        # the phrase before ب holds accuser and accused: the accused is its last name or noun
        before = (
            self._phrase_before(draft.first_cue, cue)
            if draft.first_cue and syntax[draft.first_cue - 1] not in "wfR"
            else None
        )
        if before is not None and not self._is_teller(*before):
            before = None
        pieces = [m for m in sent.mentions if s <= m.i and m.j <= t and m.type in ("PERS", "ORG", "GPE", "OCC", "NORP")]
        tops: list[Found] = []
        for m in pieces:
            if not tops or m.i >= tops[-1].j:
                tops.append(m)
        split = s
        if len(tops) > 1:
            split = tops[-1].i
            if tops[-1].type == "PERS" and tops[-2].j == split and tops[-2].type == "OCC" and len(tops) > 2:
                split = tops[-2].i
        elif t - s > 1 and not tops:
            split = t - 1 if syntax[t - 1] in "ND" else s
        elif tops and tops[0].i > s:
            split = tops[0].i
        elif tops and tops[0].j < t:
            split = tops[0].j
        i = draft.first_cue
        self._end_outer(i, draft, split > s)
        if before is not None:
            split = s
            self._set_source(draft, *before)
        elif split > s:
            self._set_source(draft, s, split)
        else:
            self._subject_elsewhere(draft, i, cue)
        start = t + 1
        if syntax[start] == "A":
            start += 1
        if start >= self.region_end:
            return
        draft.accused = (split, t) if split < t else None
        draft.how = "nominal"
        draft.open_from = start
        self._add(draft)

    def _view(self, draft: Draft, subject: tuple[int, int]) -> None:
        """ينظر س إلى ص على أنه ق: seen and seen-as are two fragments of the content."""
        sent = self.sent
        syntax, entries = sent.syntax, sent.entries
        s, _ = subject
        t = s
        while t < min(self.region_end, s + 20) and not (syntax[t] == "p" and entries[t].norm == "الى"):
            if syntax[t] in ".,;:VCA":
                return
            t += 1
        a = t + 1
        b = a
        while b < min(self.region_end, a + 25) and not (
            syntax[b] == "p" and entries[b].norm == "على" and syntax[b + 1 : b + 2] == "A"
        ):
            b += 1
        if b + 2 >= self.region_end or b <= a or syntax[b : b + 1] != "p":
            return
        if t > s:
            self._set_source(draft, s, t)
        else:
            draft.type = "none"
        draft.accused = (a, b)
        draft.how = "nominal"
        draft.open_from = b + 2
        self._add(draft)

    def _offer(self, draft: Draft, subject: tuple[int, int], cue: Cue) -> bool:
        """عرض س على ص ق, طلب س من ص ق: offered to, asked of someone."""
        sent = self.sent
        syntax, entries = sent.syntax, sent.entries
        s, j = subject
        t = s
        while t < j and not (syntax[t] == "p" and entries[t].norm in ("على", "من")):
            t += 1
        j = t
        if t < self.region_end and syntax[t] == "p" and entries[t].norm == ("على" if cue.lemma == "عرض" else "من"):
            b = phrase_end(sent, t + 1, self.lex, after_preposition=True)
            if b > t + 1 and b < self.region_end and (syntax[b] in "NDA#" or b in sent.name_at):
                start = b + 1 if syntax[b] == "A" else b
                self._end_outer(draft.first_cue, draft, j > s)
                if j > s:
                    self._set_source(draft, s, j)
                else:
                    self._subject_elsewhere(draft, draft.first_cue, cue)
                if self._open(draft, start, "clause" if syntax[start - 1] == "A" else "nominal"):
                    self._add(draft)
                    return True
        return False
