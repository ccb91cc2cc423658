"""Subjects that do not follow their verb: light constructions, subject first, topics, antecedents, nobody."""

from __future__ import annotations

from .contents import Contents
from .drafts import Draft
from .lexicon import Cue
from .phrases import phrase_end


class Subjects(Contents):
    """Subjects that do not follow their verb."""

    def _subject_elsewhere(self, draft: Draft, i: int, cue: Cue) -> None:
        """A subject before the verb (light construction, subject-verb order), else one that is only in the verb."""
        sent = self.sent
        syntax = sent.syntax
        topic = self._topic(i)
        if topic is not None:
            self._set_source(draft, *topic)
            draft.rule += " topic"
            return
        light = self._light_subject(i, cue)
        if light is not None:
            self._set_source(draft, *light)
            draft.rule += " light"
            return
        if i > 1 and syntax[i - 1] == "R":
            # الأنباء التي تحدثت عن …: the antecedent
            antecedent = self._phrase_before(i - 1, None, anywhere=True)
            if antecedent is not None:
                self._set_source(draft, *antecedent)
                draft.rule += " antecedent"
                return
        if not (i and syntax[i - 1] in "wf" and sent.ends[i - 1] == sent.starts[i]):
            start = self._phrase_before(i, cue)
            if start is not None:
                self._set_source(draft, start[0], start[1])
                draft.rule += " subject-first"
                return
        if cue.none and cue.gender == "m":
            draft.type = "none"
            return
        if cue.tense == "present" and cue.kind == "belief" and not any(d.entities for d in self.drafts):
            # ويعتقد أن …: "it is believed", unless someone has just spoken
            last = self.speakers[-1].draft if self.speakers else None
            if last is None or last.order_sentence < self.sentences - 1:
                draft.type = "none"
                return
        if not self.drafts and i > self.clause_from + 3:
            # فجر السفير مفاجأة حين كشف أن: the subject of the main verb
            near = self._subject_near(i, cue.gender)
            if near is not None:
                source = self._describe(*near)
                draft.implicit = True
                draft.spoken_by(source)
                return
        self._resolve(draft, cue.gender, cue.number)

    def _topic(self, i: int) -> tuple[int, int] | None:
        """أما المعارضة ف**ترى**: the topic before ف."""
        sent = self.sent
        if not i or sent.syntax[i - 1] != "f":
            return None
        for t in range(i - 2, max(-1, i - 14), -1):
            if sent.entries[t].norm == "اما":
                end = phrase_end(sent, t + 1, self.lex)
                return (t + 1, end) if end > t + 1 and end >= i - 2 else None
        return None

    def _light_subject(self, i: int, cue: Cue) -> tuple[int, int] | None:
        """نشرت صحيفة س تقريرا **قالت** فيه: the subject of the light verb before an indefinite telling noun."""
        sent = self.sent
        syntax, entries = sent.syntax, sent.entries
        low = max(0, i - 40)
        for t in range(i - 1, low - 1, -1):
            if syntax[t] in ".;" or (syntax[t] == "A" and t < i - 1):
                return None
            if entries[t].light and syntax[t] in "VC" and (not t or syntax[t - 1] not in "pb"):
                s = t + 1
                end = phrase_end(sent, s, self.lex)
                if end == s:
                    return self._phrase_before(t, None)
                told = any(entries[x].speech for x in range(end, i)) or any(
                    entries[x].speech for x in range(s + 1, end)
                )
                if not told:
                    return None
                # The object may have been swallowed by the subject: cut before an indefinite telling noun.
                for x in range(s + 1, end):
                    if entries[x].speech and not entries[x].definite and x not in sent.name_at:
                        end = x
                        break
                gender = entries[t].gender
                if gender and cue.gender and gender != cue.gender:
                    return None
                return s, end
        return None

    def _phrase_before(self, i: int, cue: Cue | None, *, anywhere: bool = False) -> tuple[int, int] | None:
        """A subject noun phrase that ends right before piece ``i`` and (unless ``anywhere``) begins its clause."""
        sent = self.sent
        syntax, entries = sent.syntax, sent.entries
        end = i
        if end and syntax[end - 1] in "nk":
            end -= 1
        if end and syntax[end - 1] == ",":
            # ، الذي …، قال: too far away
            return None
        floor = max(0, end - 25)
        starts = {m.j: m.i for m in sent.mentions if m.type not in ("DATE", "TIME")}
        closes = {close: open_ for open_, close in sent.quotes.items() if close > 0}
        t = end
        while t > floor:
            if t in starts:
                t = starts[t]
                continue
            tag = syntax[t - 1]
            if tag in "NDJm" and entries[t - 1].cue_tag != "H":
                t -= 1
                if anywhere and tag == "D" and t and syntax[t - 1] == "D":
                    break
            elif tag == "e":
                t -= 1
            elif tag == "q" and t - 1 in closes and t - 1 - closes[t - 1] <= 6:
                t = closes[t - 1]
            elif (tag == "w" and t - 1 > floor and syntax[t - 2] in "NDJe" and t < end) or (
                tag in "pb"
                and t < end
                and (entries[t - 1].norm in ("في", "من", "باسم", "لدى", "ب", "ل"))
                and t - 1 > floor
                and syntax[t - 2] in "NDJ"
            ):
                t -= 1
            else:
                break
        while t < end and syntax[t] in "wpbe":
            t += 1
        if t >= end:
            return None
        before = syntax[t - 1] if t else ""
        opens = (
            t == 0
            or before in ",:.;A&yt-("
            or (before == "k" and entries[t - 1].norm.startswith("كان"))
            or (before in "wf" and (t == 1 or syntax[t - 2] in ",.;"))
            or t == self.clause_from
        )
        if not opens and not anywhere:
            return None
        if before == "A" and entries[t - 1].norm == "":
            return None
        head = entries[t]
        if head.name_tag in "dyYuUX" or (
            t in sent.name_at and sent.name_at[t].type in ("DATE", "TIME", "CARDINAL") and sent.name_at[t].j >= end
        ):
            return None
        if cue is not None and cue.gender:
            source_gender = (
                "f"
                if head.norm.endswith(("ة", "ات"))
                or head.base in self.lex.plural_things
                or head.base in self.lex.media_heads_f
                else "m"
            )
            found = sent.name_at.get(t)
            if found is None and source_gender != cue.gender:
                return None
            if found is not None and found.type == "PERS" and (found.sub == "female") != (cue.gender == "f"):
                return None
        return t, end

    def _subject_near(self, at: int, gender: str) -> tuple[int, int] | None:
        """The subject of the last verb before piece ``at`` that agrees, if it is one that can tell."""
        sent = self.sent
        for t in range(at - 1, max(-1, at - 40), -1):
            if sent.syntax[t] == "V" and sent.entries[t].gender == gender and t + 1 < at:
                end = phrase_end(sent, t + 1, self.lex)
                if end > t + 1 and self._is_teller(t + 1, end):
                    return t + 1, end
        return None
