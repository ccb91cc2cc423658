"""Attributions: who tells what, read from the cues of a sentence from right to left as the text runs.

Each cue is tried with the frames of its class; one that finds no content is no report ("نقل الجرحى") and leaves nothing
behind. Contents stay open until something ends them: the sentence, a closing mark, a participle that goes on telling, a
new report at the same level. Whatever lies inside another's content is its child.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from .drafts import Draft, Part
from .lexicon import Cue, Lexicon, lexicon, slug
from .phrases import Source, agrees, describe, phrase_end
from .tokens import Entry, Found, Sent

_CUE = re.compile(r"[CPZHO:]")
_COORDINATED = re.compile(r",?w[bp]?A")
#: Most reports read in one stretch: more is no prose, and nesting them would cost their square.
_MOST: Final = 48
_TRIM: Final = frozenset(",.;:-")
_NOT_THAT: Final = frozenset(("بعد", "قبل", "منذ", "غير", "الا", "رغم", "مع", "يجب", "يمكن", "دون", "الى_", "شان", "لو", "حيث", "اذ", "بيد", "بشرط", "ينبغي", "سبق", "لابد", "بد"))
_GOES_ON: Final = frozenset(("أضاف", "تابع", "أردف", "استطرد", "زاد", "لفت", "أوضح", "أشار", "ختم", "اختتم", "واصل", "أكمل", "نوه", "شدد", "علق"))
_SAYS: Final = frozenset(("قال", "أضاف", "أكد", "ذكر", "أوضح", "صرح", "كتب", "تابع", "أعلن", "أردف", "غرد", "علق", "رأى", "اعتبر", "روى", "أفاد"))
_SPREADS: Final = frozenset(("تناقل", "تداول", "أورد", "روج", "أشاع", "نشر"))
_RELAYED: Final = frozenset(("قول", "تاكيد", "تصريح", "زعم", "اعتقاد", "ادعاء", "نفي", "توقع"))
_FREE_PREPOSITIONS: Final = frozenset(("عن", "حول", "بشان", "ب"))
_BARE_SUBJECT: Final = frozenset("NDJme")
_PRESENT_CLAUSE: Final = frozenset("DNJqhnkVCcAbpRxm#")


class Speaker(NamedTuple):
    """Someone who spoke, for a later verb without subject."""

    entities: tuple[str, ...]
    type: str
    gender: str
    number: str
    draft: Draft


class Reader:
    """Reads the attributions of one document, sentence by sentence."""

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

    # ---------------------------------------------------------------- one sentence

    def read(self, sent: Sent) -> list[Draft]:
        """The attributions whose cue lies in ``sent``, in order of their cues."""
        self.sent = sent
        self.sentences += 1
        self.drafts = []
        self.done = set()
        self.region_end = _region_end(sent)
        self.clause_from = self._skip_openers(0)
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

    # ---------------------------------------------------------------- helpers on the sentence

    def _skip_openers(self, k: int) -> int:
        syntax = self.sent.syntax
        while k < self.region_end and syntax[k] in "wfy-,.;:)":
            k += 1
        return k

    def _norm(self, k: int) -> str:
        return self.sent.entries[k].norm if 0 <= k < len(self.sent.entries) else ""

    def _new_id(self) -> str:
        self.fresh += 1
        return f"{self.document_id}/source-{self.fresh}"

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
        draft.entities, draft.type, draft.gender, draft.number = source.entities, source.type, source.gender, source.number
        draft.start = min(draft.start, i)

    def _resolve(self, draft: Draft, gender: str, number: str) -> None:
        """The speaker of a verb without subject: the last one that agrees, else the last person named, else unknown."""
        draft.implicit = True
        draft.gender, draft.number = gender, number
        if not self.drafts:
            # مقابلة مع الوزير أكد خلالها: someone named right before
            for found in reversed(self.sent.mentions):
                if found.type in ("PERS", "OCC") and found.level == "NAM" and draft.first_cue - 6 <= found.j <= draft.first_cue and number != "p":
                    feminine = found.sub == "female" or (found.type == "OCC" and self.sent.entries[found.i].norm.endswith("ة"))
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

    # ---------------------------------------------------------------- contents

    def _find_content(self, j: int, limit: int = 34) -> tuple[int, str, tuple[int, int] | None] | None:
        """Where the content of a cue begins after its subject: (piece, how, further cue fragment), or None."""
        sent = self.sent
        syntax, entries = sent.syntax, sent.entries
        adjunct = False
        extra: tuple[int, int] | None = None
        end = min(self.region_end, j + limit)
        t = j
        while t < end:
            tag = syntax[t]
            found = sent.name_at.get(t)
            if found is not None and tag != "q":
                t = found.j
                continue
            if tag == "A":
                if entries[t - 1].norm in _NOT_THAT and t > j:
                    adjunct = True
                    t += 1
                    continue
                return t + 1, "clause", extra
            if tag == ":":
                return (t + 1, "colon", extra) if t + 1 < self.region_end else None
            if tag == "q":
                close = sent.quotes.get(t, -2)
                if close == -2:
                    t += 1
                    continue
                inside = (close if close > 0 else self.region_end) - t - 1
                verbal = re.search("[VCAkn]", syntax[t + 1 : close if close > 0 else self.region_end]) is not None
                media = t + 1 in sent.name_at and sent.name_at[t + 1].sub == "media"
                if not media and (close == -1 or inside > 3 or verbal or (t == j and inside > 1)):
                    return t, "quote", extra
                t = close + 1 if close > t else t + 1
                continue
            if tag in ".;&t":
                return None
            if tag == "P":
                if entries[t].norm.startswith("قائل"):
                    extra = (t, t + 1)
                    self.done.add(t)
                    t += 1
                    continue
                return None
            if tag == "C" and entries[t].cue_tag == "C":
                if not adjunct or syntax[t - 1] == "w":
                    return None
            elif tag == "V" or tag == "k":
                if not adjunct or syntax[t - 1] == "w":
                    return None
            elif tag in "pbR":
                adjunct = True
            elif tag == "i" and not adjunct or tag == "n" and entries[t].norm == "ما" and self._norm(t + 1) == "اذا":
                return t, "clause", extra
            t += 1
        return None

    def _open(self, draft: Draft, start: int, how: str) -> bool:
        """Begin the content at ``start``; a quotation that opens there bounds it."""
        sent = self.sent
        syntax = sent.syntax
        draft.how = how
        draft.comp = how == "clause"
        while start < self.region_end and syntax[start] in ",-:":
            start += 1
        if start >= self.region_end:
            return False
        if syntax[start] == "q":
            close = sent.quotes.get(start, -2)
            if close == -1:
                draft.quote = "direct"
                draft.content.append((start + 1, self.region_end))
                draft.pending = []
                draft.open_from = -1
                draft.subject_level = 1  # looks for its closing mark in the next sentences
                return start + 1 < self.region_end
            if close > start + 1:
                after = close + 1
                inside = close - start - 1
                ends = after >= self.region_end or syntax[after] in ",.;" or (
                    syntax[after] == "w" and after + 1 < self.region_end and sent.cues[after + 1] in "CP"
                )
                verbal = re.search("[VCAkn]", syntax[start + 1 : close]) is not None
                if ends and (inside > 3 or verbal or how in ("colon", "quote")) or (how in ("colon", "quote") and inside > 4):
                    draft.quote = "direct"
                    draft.content.append((start + 1, close))
                    # "…"، "…": the quotation goes on.
                    self._more_quotes(draft, after)
                    return True
        draft.open_from = start
        return True

    def _more_quotes(self, draft: Draft, after: int) -> None:
        sent = self.sent
        k = after
        while k < self.region_end and sent.syntax[k] in ",w" and k + 1 < self.region_end:
            k += 1
            if sent.syntax[k] == "q" and sent.quotes.get(k, -1) > k + 3:
                draft.content.append((k + 1, sent.quotes[k]))
                k = sent.quotes[k] + 1

    def _medium(self, draft: Draft, i: int, j: int) -> None:
        """The outlet named between subject and content."""
        sent = self.sent
        for k in range(i, min(j, i + 30)):
            found = sent.name_at.get(k)
            if found is not None and (found.sub == "media" or found.type == "WEBSITE") and found.entity not in draft.entities:
                draft.medium = (found.i, found.j, found.entity)
                return

    # ---------------------------------------------------------------- finite verbs

    def _finite(self, i: int) -> None:
        sent, lex = self.sent, self.lex
        syntax, entries = sent.syntax, sent.entries
        entry = entries[i]
        cue = entry.cue
        if cue is None:
            return
        size = self.region_end
        k = i + 1
        doubled = (i, i + 1)
        before = syntax[i - 1] if i else ""
        directly = k < size and (syntax[k] == "A" or (syntax[k] in "pb" and k + 1 < size and syntax[k + 1] == "A"))
        if syntax[i] != "C" and not directly:
            # A verb that is a common noun too (توقع, كتب, نقل): only at the head of its clause, with a teller after it.
            at = i
            while at and syntax[at - 1] in "wf":
                at -= 1
            if not (at <= self.clause_from or syntax[at - 1] in ",;:&") or syntax[i] != "N" or k >= size:
                return
            if not self._is_teller(k, phrase_end(sent, k, lex)) and not cue.relay:
                return
        opener = self._parenthesis_before(i)
        if before in ("p", "b") and opener is None and cue.tense == "past" and syntax[i] == "C":
            return  # "في كشف", "من طلب": nouns
        if before == "m" and cue.tense == "past" and not directly:
            return  # "عدم ذكر"
        if any(d.source is not None and d.source[0] <= i < d.source[1] for d in self.drafts) and not directly:
            return
        if i in sent.name_at or any(m.i <= i < m.j for m in sent.mentions):
            return
        if k < size and syntax[k] == "C" and sent.cues[k] == "C" and syntax[i] == "C" and k + 1 < size and syntax[k + 1] not in "e":
            # Two reporting verbs in a row (a slip of the text) are one cue.
            second = entries[k].cue
            if second is not None and second.gender == cue.gender and second.tense == cue.tense:
                self.done.add(k)
                doubled = (i, k + 1)
                if cue.stance == "neutral":
                    cue = second
                k += 1
        clitic = k < size and syntax[k] == "e" and sent.ends[i] == sent.starts[k]
        if clitic:
            k += 1
        negation = self._norm(i - 1) if before == "n" else ""
        relative_ma = negation == "ما"
        if clitic and negation in ("لم", "لا", "لن") and self._norm(i - 2) == "ما":
            self._anaphoric(i, k, cue, True, at=i - 2)
            return
        # كما قال, حسبما ذكرت, وفق ما أعلنه
        if opener is not None and not (opener[1] == "as" and not clitic and self._has_clause(i, k)):
            self._parenthetical(i, k, opener[0], cue)
            return
        if (relative_ma or before == "R") and clitic:
            self._anaphoric(i, k, cue, relative_ma)
            return
        if relative_ma:
            return
        draft = Draft(sent, cue, doubled, f"attribution/finite/{cue.cls} ({cue.lemma})")
        if negation in ("لم", "لا", "لن"):
            draft.polarity = "untold"
        # the subject after the verb
        s = k
        while s < size and (syntax[s] == "x" or (syntax[s] in "bp" and s + 1 < size and syntax[s + 1] == "e")):
            s += 1 if syntax[s] == "x" else 2
        if s < size and syntax[s] in "pb" and self._norm(s) in ("من", "ب", "ل") and self._norm(s + 1) in ("جهته", "جهة", "جانبه", "جانب", "دور"):
            t = s + 2
            while t < size and syntax[t] in "e,":
                t += 1
            s = t
        subject = (s, phrase_end(sent, s, lex)) if s < size else (s, s)
        # A subject before the verb leaves whom it is told to behind it: الوزير أبلغ الصحفيين أن
        first: tuple[int, int] | None = None
        if subject[1] > subject[0] and i and before not in "wfR":
            first = self._phrase_before(i, cue)
            if first is not None and not self._is_teller(*first):
                first = None
        j = subject[1]
        if self._norm(j) in ("النقاب", "اللثام", "الستار") and j < size:
            draft.cue.append((j, j + 1))
            j += 1
            k = max(k, j)
        if cue.named:
            if clitic and draft.polarity == "untold":
                draft.anaphoric = True
                draft.content.append((i + 1, i + 2))
                draft.how = "anaphoric"
                self._resolve(draft, cue.gender, cue.number)
                self._add(draft)
            return
        if cue.view:
            self._view(draft, subject)
            return
        if cue.relay:
            self._relay(draft, i, subject, cue)
            return
        if cue.accuse:
            self._accusation(draft, subject, cue)
            return
        if cue.offer and self._offer(draft, subject, cue) or cue.lemma == "عرض":
            return
        if first is not None and cue.obj and not self._adjunct_only(subject[0], j) and j == self._past_dates(j):
            # subject, verb, object: what follows the verb is told
            if j >= size or syntax[j] in ".,;pbwf" or self._find_content(j, 6) is None:
                self._end_outer(i, draft, True)
                self._set_source(draft, *first)
                if self._open(draft, subject[0], "nominal"):
                    self._add(draft)
                return
        nominal = self._nominal_frame(i, k, subject, cue, draft)
        found = self._find_content(j)
        if nominal is not None and (found is None or nominal < found[0] - 1 and found[1] in ("clause", "quote")):
            start, how, extra = nominal, "nominal", None
            # the object of an obj verb may be what looked like the subject
            if start <= subject[0]:
                subject = (start, start)
            else:
                subject = (subject[0], min(subject[1], start))
        elif found is not None:
            start, how, extra = found
            if cue.clause and how == "clause" and start - 1 > j + (1 if j < size and syntax[j] in "pb" else 0) and not self._adjunct_only(j, start - 1):
                return
        else:
            if self._postposed(draft, i, subject, cue):
                return
            return
        if extra is not None:
            draft.cue.append(extra)
        explicit = subject[1] > subject[0]
        if explicit:
            while subject[1] > subject[0] and syntax[subject[1] - 1] in "pb":
                subject = (subject[0], subject[1] - 1)
            explicit = subject[1] > subject[0]
        self._end_outer(i, draft, explicit)
        if first is not None:
            self._set_source(draft, *first)
            draft.rule += " subject-first"
        elif explicit:
            self._set_source(draft, *subject)
            if cue.gender and draft.number in ("s", ""):
                draft.gender = cue.gender
        else:
            self._subject_elsewhere(draft, i, cue)
        rumour = entries[start].nominal if cue.lemma in _SPREADS and start < size else None
        if rumour is not None and rumour.free:
            told = start + 1
            while told < size and syntax[told] in "NDJ":
                told += 1
            if told + 1 < size and syntax[told] in "pb":
                # تداولت وسائل إعلام شائعات عن …: one act, two cues
                draft.cue.append((start, start + 1))
                draft.stance = rumour.stance
                self.done.add(start)
                start = told + 2 if syntax[told + 1] == "A" else told + 1
        if start >= size or not self._open(draft, start, how):
            return
        self._medium(draft, subject[1], start)
        self._add(draft)

    def _adjunct_only(self, a: int, b: int) -> bool:
        return any(self.sent.syntax[t] in "pb,x" for t in range(a, b)) or a >= b

    def _has_clause(self, i: int, k: int) -> bool:
        j = phrase_end(self.sent, k, self.lex)
        found = self._find_content(j, 20)
        return found is not None

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
                told = any(entries[x].speech for x in range(end, i)) or any(entries[x].speech for x in range(s + 1, end))
                if not told:
                    return None
                # The object may have been swallowed by the subject: cut before an indefinite telling noun.
                for x in range(s + 1, end):
                    if entries[x].speech and not entries[x].definite and not (x in sent.name_at):
                        end = x
                        break
                gender = entries[t].gender or (entries[t].cue.gender if entries[t].cue else "")
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
            if tag in "NDJm" and not entries[t - 1].cue_tag == "H":
                t -= 1
                if anywhere and tag == "D" and t and syntax[t - 1] == "D":
                    break
            elif tag == "e":
                t -= 1
            elif tag == "q" and t - 1 in closes and t - 1 - closes[t - 1] <= 6:
                t = closes[t - 1]
            elif tag == "w" and t - 1 > floor and syntax[t - 2] in "NDJe" and t < end:
                t -= 1
            elif tag in "pb" and t < end and (entries[t - 1].norm in ("في", "من", "باسم", "لدى", "ب", "ل")) and t - 1 > floor and syntax[t - 2] in "NDJ":
                t -= 1
            else:
                break
        while t < end and syntax[t] in "wpbe":
            t += 1
        if t >= end:
            return None
        before = syntax[t - 1] if t else ""
        opens = t == 0 or before in ",:.;A&yt-(" or (before == "k" and entries[t - 1].norm.startswith("كان")) or (before in "wf" and (t == 1 or syntax[t - 2] in ",.;")) or t == self.clause_from
        if not opens and not anywhere:
            return None
        if before == "A" and entries[t - 1].norm == "":
            return None
        head = entries[t]
        if head.name_tag in "dyYuUX" or (t in sent.name_at and sent.name_at[t].type in ("DATE", "TIME", "CARDINAL") and sent.name_at[t].j >= end):
            return None
        if cue is not None and cue.gender:
            source_gender = "f" if head.norm.endswith(("ة", "ات")) or head.base in self.lex.plural_things or head.base in self.lex.media_heads_f else "m"
            found = sent.name_at.get(t)
            if found is None and source_gender != cue.gender:
                return None
            if found is not None and found.type == "PERS" and (found.sub == "female") != (cue.gender == "f"):
                return None
        return t, end

    def _end_outer(self, i: int, draft: Draft, explicit: bool) -> None:
        """Does this report stand beside the open ones rather than inside them? Then they end before it."""
        sent = self.sent
        syntax = sent.syntax
        at = i
        while at and syntax[at - 1] in "nk":
            at -= 1
        joined = at > 0 and syntax[at - 1] in "wf"
        if joined:
            at -= 1
        if not self.drafts or not any(d.open_from >= 0 for d in self.drafts):
            if any(d.how in ("quote", "colon") and d.content for d in self.drafts):
                self.clause_from = i
            return
        if self._in_quotes(i) >= min(d.open_from for d in self.drafts if d.open_from >= 0) - 1 and self._in_quotes(i) >= 0:
            return
        comma = at > 0 and syntax[at - 1] in ",;"
        if at > 1 and syntax[at - 1] == "e" and syntax[at - 2] == "&":
            at -= 1
        contrast = at > 0 and syntax[at - 1] == "&" and (self._norm(at - 1) in ("فيما", "بينما") or not explicit and any(
            d.open_from >= 0 and agrees(d.gender, d.number, draft.from_.gender, draft.from_.number) for d in self.drafts
        ))
        cue = draft.from_
        same = any(d.open_from >= 0 and d.gender == cue.gender for d in self.drafts)
        outer = (joined and comma and (same or explicit)) or (joined and cue.lemma in _GOES_ON and same) or contrast
        if not outer:
            return
        if contrast:
            at -= 1
            if at and syntax[at - 1] == "w":
                at -= 1
        while at and syntax[at - 1] in ",;":
            at -= 1
        self._close(at)
        self.clause_from = i

    # ---------------------------------------------------------------- nominal contents of verbs

    def _nominal_frame(self, i: int, k: int, subject: tuple[int, int], cue: Cue, draft: Draft) -> int | None:
        """First piece of a nominal content: after a governed preposition, or as object."""
        sent = self.sent
        syntax, entries = sent.syntax, sent.entries
        if cue.prepositions:
            t = subject[1] if re.search("[VCA]", syntax[subject[0] : subject[1]]) else k
            end = min(self.region_end, t + 26)
            while t < end:
                found = sent.name_at.get(t)
                if found is not None and found.j - t > 1:
                    t = found.j
                    continue
                tag = syntax[t]
                if tag in ".;:&" or (tag in "AVC" and t > k):
                    break
                if tag in "pb" and entries[t].norm in cue.prepositions and t + 1 < self.region_end:
                    if t < subject[1] and t > subject[0] and entries[t].norm in ("في", "من", "ب", "على") and t + 1 in sent.name_at:
                        t += 1
                        continue
                    if syntax[t + 1] == "A":
                        return None
                    if entries[t].norm == "من" and self._norm(t + 1) in ("جهته", "جانبه", "خلال", "قبل", "جهة", "جانب"):
                        t += 1
                        continue
                    if entries[t].norm == "ب" and entries[t + 1].norm in ("دور", "حسب", "شكل", "حضور", "مناسبة"):
                        t += 1
                        continue
                    return t + 1 if syntax[t + 1] not in "A" else None
                t += 1
        if cue.obj or draft.polarity == "untold":
            s, j = subject
            if s >= self.region_end:
                return None
            if j > s and self._is_teller(s, j):
                t = self._past_dates(j)
                if cue.obj and syntax[t : t + 2] in ("nV", "nC") and entries[t].norm == "ما":
                    return t  # نفت ما تردد عن …
                if t < self.region_end and (syntax[t] in "NDm#" or syntax[t : t + 2] == "hD" or t in sent.name_at) and entries[t].cue_tag != "H":
                    return t
                if t < self.region_end and syntax[t] in "pb" and cue.obj:
                    # أعلنت الحكومة في بيان مقتل …: an adjunct, then the object
                    a = phrase_end(sent, t + 1, self.lex, after_preposition=True)
                    if a > t + 1 and a < self.region_end and syntax[a] in "ND" and not entries[a].definite and entries[t + 1].speech:
                        return a
                if cue.obj and t + 1 < self.region_end and syntax[t] == "," and syntax[t + 1] in "pb":
                    # أعلنت الرئاسة، في بيان، استقبال …
                    a = syntax.find(",", t + 1, min(self.region_end, t + 14)) + 1
                    if 0 < a < self.region_end and syntax[a] in "ND" and not re.search("[VCA]", syntax[t:a]):
                        return a
                cut = self._object_inside(s, j)
                if cut is not None and cue.obj:
                    return cut
                return None
            if j > s and cue.obj and syntax[s] in "NDm" and not entries[s].norm.endswith(("يا", "دا", "ما")):
                return s
        return None

    def _past_dates(self, t: int) -> int:
        """Past adverbs and dates of the telling, between commas or not."""
        sent = self.sent
        while t < self.region_end:
            if sent.syntax[t] == "x":
                t += 1
                continue
            comma = sent.syntax[t] == ","
            found = sent.name_at.get(t + comma)
            if found is None or found.type not in ("DATE", "TIME"):
                return t
            t = found.j
            if comma and t < self.region_end and sent.syntax[t] == ",":
                t += 1
        return t

    def _object_inside(self, s: int, j: int) -> int | None:
        """أكد المتحدث استعداد بلاده: an indefinite noun after a definite one begins the object."""
        sent = self.sent
        t = s
        while t < j:
            found = sent.name_at.get(t)
            if found is not None and found.j <= j:
                t = found.j
            elif t > s and sent.syntax[t] == "N" and not sent.entries[t].definite and (
                sent.entries[t - 1].definite or sent.syntax[t - 1] == "e" or sent.names[t - 1] in "πγοτμ_AJ"
            ) and sent.entries[t].base not in self.lex.institutional:
                return t
            else:
                t += 1
        return None

    def _is_teller(self, s: int, j: int) -> bool:
        """Is this noun phrase one that can tell: a person, body, outlet, office or unnamed source?"""
        sent, lex = self.sent, self.lex
        entry = sent.entries[s]
        found = sent.name_at.get(s)
        if found is not None:
            return found.type in ("PERS", "ORG", "GPE", "OCC", "WEBSITE", "NORP", "LOC")
        base = entry.base
        return (
            base in lex.anonymous or base in lex.officials or base in lex.collective or base in lex.documents
            or base in lex.media_heads or base in lex.media_plural or base in lex.titles or base in lex.occupations or base in lex.courtesy
            or entry.name_tag in "TOloGgm" or entry.speech and entry.definite or base in lex.plural_human or base in lex.org_definite
        )  # fmt: skip

    # ---------------------------------------------------------------- special verbs

    def _relay(self, draft: Draft, i: int, subject: tuple[int, int], cue: Cue) -> None:
        """نقلت س عن ص (قوله) أن ق: two attributions with one content, ص's under س's."""
        sent = self.sent
        syntax, entries = sent.syntax, sent.entries
        size = self.region_end
        s, j = subject
        link = "من" if cue.lemma == "علم" else "عن"
        t = s
        stop = min(size, s + 30)
        while t < stop and not (syntax[t] == "p" and entries[t].norm == link):
            if syntax[t] in ".:AV;" or syntax[t] == "C":
                break
            t += 1
        if t < stop and syntax[t] == "p" and entries[t].norm == link and t > i:
            j = min(j, t)
            a = t + 1
            b = phrase_end(sent, a, self.lex)
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
                if entry.cue_tag == "C" and syntax[x] == "C" and entry.cue is not None and x + 1 < size and syntax[x + 1] in "Apb":
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
            self._set_source(second, a, b)
            second.parent = draft
            second.shares = draft
            second.how, second.comp = draft.how, False
            self._add(second)
            return
        # without عن it reports only with a clause right after its subject
        found = self._find_content(j, 4)
        if found is None or found[1] == "quote" and cue.lemma == "علم":
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
        before = self._phrase_before(draft.first_cue, cue) if draft.first_cue and syntax[draft.first_cue - 1] not in "wfR" else None
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
        while b < min(self.region_end, a + 25) and not (syntax[b] == "p" and entries[b].norm == "على" and syntax[b + 1 : b + 2] == "A"):
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

    def _parenthesis_before(self, i: int) -> tuple[int, str] | None:
        """(first piece, kind) of حسبما, كما, وفق ما … right before the verb at ``i``."""
        sent = self.sent
        for length in (4, 3, 2, 1):
            a = i - length
            if a < 0:
                continue
            for tokens in self.lex.parenthetical.get(sent.entries[a].norm, ()):
                if len(tokens) == length and all(sent.entries[a + x].norm == tokens[x] for x in range(length)):
                    if tokens == ("على", "ما") and a and sent.syntax[a - 1] not in ",":
                        continue
                    return a, "as" if tokens[0] in ("كما", "مثلما") else "according"
        return None

    def _parenthetical(self, i: int, k: int, opener: int, cue: Cue) -> None:
        sent = self.sent
        s = k
        j = phrase_end(sent, s, self.lex)
        draft = Draft(sent, cue, (i, i + 1), f"attribution/parenthetical ({cue.lemma})")
        first = sent.entries[opener].norm
        if first not in ("كما", "مثلما", "على"):
            stop = opener + 1
            while stop < i and sent.entries[stop].norm not in ("ما",) and sent.syntax[stop] != "b":
                stop += 1
            if sent.entries[opener].norm == "ب" and stop == opener + 1:
                stop += 1
            draft.cue.insert(0, (opener, stop))
        if j > s:
            self._set_source(draft, s, j)
        else:
            self._resolve(draft, cue.gender, cue.number)
        self._around(draft, opener, j)

    def _around(self, draft: Draft, a: int, b: int) -> None:
        """Give a parenthetical report ``[a, b)`` the clause around it as content."""
        sent = self.sent
        syntax = sent.syntax
        left_end = a
        while left_end > self.clause_from and syntax[left_end - 1] in ",w-f":
            left_end -= 1
        draft.start = a
        # an adjunct of the telling between source and comma stays out: بحسب بيان لها أمس،
        c = b
        while c < self.region_end and c - b < 8 and syntax[c] not in ",fA:":
            if syntax[c] in "VCP.;wn":
                break
            c += 1
        after = c if c < self.region_end and syntax[c] in ",fA:" else b
        if not re.search("[NDJVCh]", syntax[self.clause_from : left_end]):
            # it opens the clause
            start = after
            while start < self.region_end and syntax[start] in ",f:A-":
                start += 1
            if start < self.region_end:
                self._medium(draft, b, after)
                if not self._open(draft, start, "around"):
                    return
                draft.comp = syntax[start - 1] == "A"
                self._add(draft)
                self.clause_from = start
            return
        open_ = [d for d in self.drafts if d.open_from >= 0]
        inside = self._in_quotes(a)
        more = after < self.region_end and syntax[after] == "," and after + 2 < self.region_end
        if more:
            n = after + 1
            joined = syntax[n] in "wf&"
            told = sent.cues[n + 1 if joined and n + 1 < self.region_end else n] in "CPH"
            more = not told and not (syntax[n] == "&")
        if open_ and more:
            host = open_[-1]
            draft.content.append((host.open_from, left_end))
            draft.open_from = after + 1
            draft.how = "around"
        elif inside >= 0 and open_:
            draft.content.append((max(open_[-1].open_from, inside + 1), left_end))
            draft.how = "before"
        elif more:
            draft.content.append((self.clause_from, left_end))
            draft.open_from = after + 1
            draft.how = "around"
        else:
            draft.content.append((self._clause_start(left_end), left_end))
            draft.how = "before"
            self._close(left_end)
            self.clause_from = after
        quotes = sent.quotes
        i, j = draft.content[0]
        if quotes.get(i, -2) == j - 1 and j - i > 2:
            draft.content[0] = (i + 1, j - 1)
            draft.quote = "direct"
        self._add(draft)

    def _clause_start(self, end: int) -> int:
        start = self.clause_from
        return start if start < end else self._skip_openers(0)

    def _postposed(self, draft: Draft, i: int, subject: tuple[int, int], cue: Cue) -> bool:
        """"…"، قال س; … ، يقول س: the content stands before the verb."""
        sent = self.sent
        syntax = sent.syntax
        if cue.lemma not in _SAYS or draft.polarity == "untold":
            return False
        at = i
        while at and syntax[at - 1] in "w,-":
            at -= 1
        if not at or at == i and syntax[at - 1] != "q":
            return False
        s, j = subject
        closes = {close: open_ for open_, close in sent.quotes.items() if close > 0}
        if at - 1 in closes:
            open_ = closes[at - 1]
            if at - 1 - open_ < 4:
                return False
            draft.content.append((open_ + 1, at - 1))
            draft.quote = "direct"
            draft.start = i
        elif at - 1 in sent.stray and j > s:
            draft.content.append((self.clause_from, at - 1))
            draft.quote = "direct"
        else:
            if j <= s or syntax[i - 1] != "," or j < self.region_end and syntax[j] != ",":
                return False
            if not self._is_teller(s, j):
                return False
            if at - self.clause_from < 3:
                return False
            draft.content.append((self.clause_from, at))
            self._close(at)
        draft.how = "before"
        draft.rule += " postposed"
        if j > s:
            self._set_source(draft, s, j)
            if cue.gender:
                draft.gender = cue.gender
        else:
            self._resolve(draft, cue.gender, cue.number)
        # "…"، قال س، "…"
        if j < self.region_end and syntax[j] in ",:":
            k = j + 1
            if k < self.region_end and syntax[k] == "q" and sent.quotes.get(k, -2) > k + 2:
                draft.content.append((k + 1, sent.quotes[k]))
            elif draft.quote != "direct" and k < self.region_end and sent.cues[k] == ".":
                draft.open_from = k
        self._add(draft)
        return True

    def _anaphoric(self, i: int, k: int, cue: Cue, relative_ma: bool, at: int = -1) -> None:
        """وهذا ما أكده س: the content is the word that points back."""
        sent = self.sent
        syntax = sent.syntax
        negated = at >= 0
        at = at if negated else i - 1
        target = at
        if relative_ma:
            if at and syntax[at - 1] == "h":
                target = at - 1
            elif at and syntax[at - 1] not in "w,.;" or at == 0:
                return
        else:
            if self._norm(at - 1) != "الامر":
                return
            target = at - 1
        j = phrase_end(sent, k, self.lex)
        draft = Draft(sent, cue, (i, i + 1), f"attribution/anaphoric ({cue.lemma})")
        draft.anaphoric = True
        if negated:
            draft.polarity = "untold"
        end = target
        while end and syntax[end - 1] in "w,;":
            end -= 1
        if self._in_quotes(i) < 0:
            self._close(end)
            self.clause_from = i
        if j > k:
            self._set_source(draft, k, j)
        else:
            self._resolve(draft, cue.gender, cue.number)
        draft.content.append((target, target + 1))
        draft.how = "anaphoric"
        self._add(draft)

    # ---------------------------------------------------------------- participles

    def _participle(self, i: int) -> None:
        sent = self.sent
        syntax, entries = sent.syntax, sent.entries
        cue = entries[i].cue
        if cue is None or i + 1 >= self.region_end:
            return
        k = i + 1
        while k < self.region_end and syntax[k] in "x":
            k += 1
        if k >= self.region_end:
            return
        start, how = -1, ""
        described: tuple[int, int] | None = None
        if cue.accuse:
            described = self._described(k)
            if described is None:
                return
            start, how = described[1] + 1, "nominal"
            if syntax[start : start + 1] == "A":
                start += 1
            if start >= self.region_end:
                return
        elif syntax[k] == "A":
            start, how = k + 1, "clause"
        elif syntax[k] in "pb" and k + 1 < self.region_end and syntax[k + 1] == "A":
            start, how = k + 2, "clause"
        elif syntax[k] == ":":
            start, how = k + 1, "colon"
        elif syntax[k] == "q" and k in sent.quotes:
            start, how = k, "quote"
        elif syntax[k] in "pb" and entries[k].norm in cue.prepositions and k + 1 < self.region_end:
            start, how = k + 1, "nominal"
        elif cue.obj and syntax[k] in "ND" and k < self.region_end:
            start, how = k, "nominal"
        elif cue.prepositions and self._addressed(k, cue) > 0:
            start, how = self._addressed(k, cue), "nominal"
            if syntax[start] == "A" and start + 1 < self.region_end:
                start, how = start + 1, "clause"
        else:
            # مضيفا في تصريح لـ… أن
            found = self._find_content(k, 16) if syntax[k] in "pb" else None
            if found is None or found[1] == "quote":
                return
            start, how, _ = found
        at = i
        while at and syntax[at - 1] in "w,":
            at -= 1
        host = self._host(cue.gender if cue.number == "s" else "")
        draft = Draft(sent, cue, (i, i + 1), f"attribution/participle/{cue.cls} ({cue.lemma})")
        if at < i and self._in_quotes(i) < 0:
            self._close(at)
        elif host is not None and host.open_from >= 0 and self._in_quotes(i) < 0:
            self._close(at)
        if host is not None:
            draft.implicit = True
            draft.entities, draft.type, draft.gender, draft.number = host.entities, host.type, host.gender, host.number
            draft.parent = host.parent
        else:
            subject = self._phrase_before(at, None) if at == i else None
            near = self._subject_near(at, cue.gender)
            if subject is not None and self._is_teller(*subject):
                self._set_source(draft, *subject)
            elif near is not None:
                source = self._describe(*near)
                draft.implicit = True
                draft.entities, draft.type, draft.gender, draft.number = source.entities, source.type, source.gender, source.number
            else:
                self._resolve(draft, cue.gender, cue.number if cue.number != "p" else "p")
        draft.accused = described
        if self._open(draft, start, how):
            self._add(draft)

    def _subject_near(self, at: int, gender: str) -> tuple[int, int] | None:
        """The subject of the last verb before piece ``at`` that agrees, if it is one that can tell."""
        sent = self.sent
        for t in range(at - 1, max(-1, at - 40), -1):
            if sent.syntax[t] == "V" and sent.entries[t].gender == gender and t + 1 < at:
                end = phrase_end(sent, t + 1, self.lex)
                if end > t + 1 and self._is_teller(t + 1, end):
                    return t + 1, end
        return None

    def _addressed(self, k: int, cue: Cue) -> int:
        """داعيا الأحزاب **إلى** …: the piece after the governed preposition, beyond whom it is said to; -1 if none."""
        sent = self.sent
        end = phrase_end(sent, k, self.lex, after_preposition=True)
        t = k
        while t < min(end + 1, self.region_end - 1):
            if sent.syntax[t] in "pb" and sent.entries[t].norm in cue.prepositions and t > k:
                return t + 1
            t += 1
        return -1

    def _described(self, k: int) -> tuple[int, int] | None:
        """واصفا س ب…, متهما إياه ب…: the one described, up to its ب."""
        sent = self.sent
        t = k
        stop = min(self.region_end, k + 14)
        while t < stop:
            found = sent.name_at.get(t)
            if found is not None:
                t = found.j
                continue
            if sent.syntax[t] in ",.;:CV":
                return None
            if sent.syntax[t] == "b" and sent.entries[t].norm == "ب" and t > k:
                start = k
                if sent.entries[k].norm == "ايا" and t == k + 2:
                    start = k + 1
                return start, t
            t += 1
        return None

    # ---------------------------------------------------------------- prepositional cues

    def _prepositional(self, i: int) -> None:
        sent, lex = self.sent, self.lex
        entries, syntax = sent.entries, sent.syntax
        best: tuple[int, int, str, Cue] | None = None
        for a in (i - 2, i - 1, i):
            if a < 0:
                continue
            for tokens, governed, cue in lex.prepositional.get(entries[a].norm, ()):
                b = a + len(tokens)
                if b > i and b <= len(entries) and all(entries[a + x].norm == tokens[x] for x in range(1, len(tokens))):
                    if best is None or b - a > best[1] - best[0]:
                        best = (a, b, governed, cue)
                    break
        if best is None:
            if entries[i].nominal is not None:
                self._nominal(i)
            return
        a, b, governed, cue = best
        k = b
        if governed:
            if k < len(entries) and entries[k].norm == governed:
                k += 1
            else:
                return
        if k >= self.region_end:
            return
        if entries[k].norm == "ما" or any(x in self.done for x in range(a, b)):
            return
        self.done.update(range(a, b))
        draft = Draft(sent, cue, (a, b), f"attribution/{cue.cls} ({cue.lemma})")
        draft.start = a
        if syntax[k] == "e":
            j = k + 1
            gender, number = {"ها": ("f", "s"), "هم": ("m", "p"), "هما": ("", "d")}.get(entries[k].norm, ("m", "s"))
            host = self._host(gender)
            if host is not None and host.gender == gender and cue.stance == "distancing" and host.from_.cls != "passive":
                # One act with two cues: the stance is the stronger one's.
                host.cue.append((a, b))
                host.stance = "distancing"
                host.rule += " + " + cue.lemma
                at = a
                while at and syntax[at - 1] == ",":
                    at -= 1
                self._close(at)
                return
            self._resolve(draft, gender, number)
            draft.implicit = False
            draft.source = (k, j)
            self._around(draft, a, j)
            return
        j = phrase_end(sent, k, lex, after_preposition=True)
        if j == k:
            return
        head = entries[k]
        if k not in sent.name_at and not self._is_teller(k, j):
            if head.base in lex.nominal or head.speech:
                pass
            elif head.base in lex.not_tellers or head.norm.endswith("ا") or head.base in lex.common and not head.speech:
                return
            elif cue.lemma in ("حسب", "وفق", "في رأي", "في نظر") and head.name_tag not in "NF":
                return
        if k in sent.name_at and sent.name_at[k].type in ("DATE", "LAW", "CARDINAL", "EVENT"):
            return
        self._set_source(draft, k, j)
        draft.start = a
        # between a reporting verb and its content: a relay
        for host in reversed(self.drafts):
            begin = host.open_from if host.open_from >= 0 else (host.content[0][0] if host.content else -1)
            if host.first_cue < a and begin > j - 1 and host.shares is None:
                draft.parent, draft.shares = host, host
                draft.how = "shared"
                draft.rule = f"attribution/relay inner ({cue.lemma})"
                self._add(draft)
                return
        self._around(draft, a, j)

    # ---------------------------------------------------------------- passives, nouns, headlines

    def _passive(self, i: int) -> None:
        sent = self.sent
        syntax = sent.syntax
        cue = sent.entries[i].cue
        k = i + 1
        if cue is None or k >= self.region_end:
            return
        if syntax[k] in "pb" and k + 1 < self.region_end and syntax[k + 1] == "A":
            k += 1
        if syntax[k] not in "A:":
            opener = self._parenthesis_before(i)
            if opener is not None and sent.entries[opener[0]].norm == "كما" and k >= self.region_end:
                return
            return
        draft = Draft(sent, cue, (i, i + 1), f"attribution/passive ({cue.lemma})")
        self._end_outer(i, draft, True)
        if self._open(draft, k + 1, "clause" if syntax[k] == "A" else "colon"):
            self._add(draft)

    def _nominal(self, i: int) -> None:
        sent, lex = self.sent, self.lex
        syntax, entries = sent.syntax, sent.entries
        cue = entries[i].nominal
        if cue is None or i + 1 >= self.region_end:
            return
        if any(m.i <= i < m.j and m.level == "NAM" for m in sent.mentions):
            return
        for host in self.drafts:
            if host.source is not None and host.source[0] <= i < host.source[1]:
                return
        k = i + 1
        source: tuple[int, int] | None = None
        if syntax[k] == "e":
            source = (k, k + 1)
            k += 1
        else:
            j = phrase_end(sent, k, lex, after_preposition=True)
            if j > k and (self._is_teller(k, j) or k in sent.name_at):
                source = (k, j)
                k = j
            elif j > k:
                k = j  # adjectives: شائعات كثيرة
        if k >= self.region_end:
            return
        start, how = -1, ""
        t = k
        if syntax[t] in "pb" and t + 1 < self.region_end and syntax[t + 1] == "A":
            start, how = t + 2, "clause"
        elif syntax[t] == "A" and entries[t - 1].norm not in _NOT_THAT:
            start, how = t + 1, "clause"
        elif cue.free and syntax[t] in "pb" and entries[t].norm in _FREE_PREPOSITIONS and t + 1 < self.region_end:
            start, how = t + 1, "nominal"
        elif cue.cls in ("nominal-accusation", "nominal-intention") and syntax[t] in "pb" and entries[t].norm == "ب" and source is not None:
            start, how = t + 1, "nominal"
        if start < 0 or start >= self.region_end:
            return
        if syntax[i - 1 : i] == "p" and self._norm(i - 1) in ("في", "خلال", "عبر", "بعد", "قبل") and how == "clause" and any(
            d.first_cue < i and d.open_from == -1 and not d.content for d in self.drafts
        ):
            return
        if source is None and not cue.free:
            # "the statement that" with nobody named: only after a verb of its own would it be a report
            if entries[i].definite or cue.cls in ("nominal",):
                return
        # a verb of telling right before (أصدر تصريحا قال) has its own report; "أدلى بتصريح بأن" has this one
        draft = Draft(sent, cue, (i, i + 1), f"attribution/{cue.cls} ({cue.lemma})")
        if source is not None and syntax[source[0]] == "e":
            gender, number = {"ها": ("f", "s"), "هم": ("m", "p")}.get(entries[source[0]].norm, ("m", "s"))
            self._resolve(draft, gender, number)
            draft.implicit = False
            draft.source = source
        elif source is not None:
            self._set_source(draft, *source)
        else:
            light = self._light_subject(i, cue)
            if light is not None:
                self._set_source(draft, *light)
        if self._open(draft, start, how):
            if how == "nominal" and draft.open_from >= 0:
                end = self._nominal_end(draft.open_from)
                draft.content.append((draft.open_from, end))
                draft.open_from = -1
            self._add(draft)

    def _nominal_end(self, start: int) -> int:
        """A nominal content ends with its clause: at a comma or a finite verb at its own level."""
        syntax = self.sent.syntax
        t = start
        relative = False
        while t < self.region_end:
            tag = syntax[t]
            if tag in ",;.&":
                break
            if tag == "R":
                relative = True
            if tag in "VC" and not relative and t > start + 1 and self.sent.names[t] == "S" and syntax[t - 1] not in "NJ":
                break
            t += 1
        return t

    def _headline(self, i: int) -> None:
        """س: ق in a headline."""
        sent = self.sent
        if self.drafts or i < 1 or i > 9 or i + 1 >= self.region_end:
            return
        if any(sent.syntax[x] in "VCA" for x in range(i) if x not in sent.name_at):
            return
        end = phrase_end(sent, 0, self.lex)
        medium = any(end < m.i < i and (m.sub == "media" or m.type == "WEBSITE") for m in sent.mentions)
        if end < i - 2 and not medium:
            return
        if not (self._is_teller(0, end) or any(m.i == 1 and sent.syntax[0] == "q" for m in sent.mentions)):
            return
        cue = Cue(lemma=":", cls="headline")
        draft = Draft(sent, cue, (i, i + 1), "attribution/headline colon")
        self._set_source(draft, 0, end if medium else i)
        if medium:
            self._medium(draft, end, i)
        if self._open(draft, i + 1, "colon"):
            self._add(draft)

    # ---------------------------------------------------------------- the end of a sentence

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
        if draft.parent is not None or draft.source is None or not draft.entities or "/source-" not in draft.entities[0]:
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
            if draft.parent is None or draft.inherited:
                if draft.first_cue < stop:
                    draft.parent, draft.inherited = outer, False

    def _trim(self, a: int, b: int) -> tuple[int, int]:
        sent = self.sent
        syntax = sent.syntax
        while a < b and (syntax[a] in _TRIM or (syntax[a] == "q" and a in sent.stray)):
            a += 1
        while b > a and (syntax[b - 1] in _TRIM or (syntax[b - 1] == "q" and not any(a <= o and c == b - 1 for o, c in sent.quotes.items()))):
            b -= 1
        while b > a + 1 and syntax[b - 1] in "w" and sent.entries[b - 1].norm == "و":
            b -= 1
        return a, b

    def _coordinate(self) -> None:
        """… أن … وأن …: fragments of the innermost content that was opened by a complementizer."""
        sent = self.sent
        for match in _COORDINATED.finditer(sent.syntax):
            at, end = match.span()
            holders = [d for d in self.drafts if d.comp and d.quote != "direct" and any(a < at and end < b for a, b in d.content)]
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
            if words > 3 or re.search("[VCA]", sent.syntax[open_ + 1 : stop]):
                if not any(open_ + 1 == m.i and m.j == stop for m in sent.mentions):
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
                if any(a <= cue < b for a, b in other.content) and any(a <= first and last <= b for a, b in other.content) or (
                    any(a <= cue < b for a, b in other.content)
                    and all(any(a <= x and y <= b for a, b in other.content) for x, y in draft.content)
                ):
                    length = sum(b - a for a, b in other.content)
                    if best is None or length < size:
                        best, size = other, length
            if best is not None:
                draft.parent, draft.inherited = best, False


def _region_end(sent: Sent) -> int:
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
                draft.pending = parts
                reader.carry = (draft, extent)
                return
            stop = _region_end(other)
            if stop:
                parts.append(Part(other, 0, stop))
            extent[id(other)] = len(other)


__all__ = ["Entry", "Reader", "Speaker", "continue_quotes", "slug"]
