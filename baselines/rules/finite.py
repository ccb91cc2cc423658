"""Finite reporting verbs."""

from __future__ import annotations

from typing import Final

from .drafts import Draft
from .frames import Frames
from .phrases import phrase_end

_SPREADS: Final = frozenset(("تناقل", "تداول", "أورد", "روج", "أشاع", "نشر"))


class Finite(Frames):
    """Finite reporting verbs."""

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
        speaking = entry.raw[0] == "أ" and cue.lemma[0] == "ا"  # أعتقد: the first person
        if speaking and self._in_quotes(i) < 0:
            return  # the author's own
        opener = self._parenthesis_before(i)
        if before in ("p", "b") and opener is None and cue.tense == "past" and syntax[i] == "C":
            return  # "في كشف", "من طلب": nouns
        if before == "m" and cue.tense == "past" and not directly:
            return  # "عدم ذكر"
        if any(d.source is not None and d.source[0] <= i < d.source[1] for d in self.drafts) and not directly:
            return
        if i in sent.name_at or any(m.i <= i < m.j for m in sent.mentions):
            return
        if (
            k < size
            and syntax[k] == "C"
            and sent.cues[k] == "C"
            and syntax[i] == "C"
            and k + 1 < size
            and syntax[k + 1] not in "e"
        ):
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
        if (
            s < size
            and syntax[s] in "pb"
            and self._norm(s) in ("من", "ب", "ل")
            and self._norm(s + 1) in ("جهته", "جهة", "جانبه", "جانب", "دور")
        ):
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
        if (cue.offer and self._offer(draft, subject, cue)) or cue.lemma == "عرض":
            return
        if first is not None and cue.obj and not self._adjunct_only(subject[0], j) and self._ends_here(j):
            # subject, verb, object: what follows the verb is told
            self._end_outer(i, draft, True)
            self._set_source(draft, *first)
            if self._open(draft, subject[0], "nominal"):
                self._add(draft)
            return
        nominal = self._nominal_frame(i, k, subject, cue, draft)
        found = self._find_content(j)
        if (
            nominal is not None
            and found is not None
            and found[1] == "clause"
            and found[0] - 1 == j > subject[0]
            and syntax[j] == "A"
        ):
            nominal = None  # يؤكد أنصاره أن: what stands before the clause is the subject
        if clitic and cue.obj and found is None:
            # اتهامات نفتها الحكومة: what was denied is the pronoun
            self._anaphoric(i, k, cue, True, at=i + 1, pronoun=True)
            return
        if nominal is not None and (found is None or (nominal < found[0] - 1 and found[1] in ("clause", "quote"))):
            start, how, extra = nominal, "nominal", None
            # the object of an obj verb may be what looked like the subject
            if start <= subject[0]:
                subject = (start, start)
            else:
                subject = (subject[0], min(subject[1], start))
        elif found is not None:
            start, how, extra = found
            if (
                cue.clause
                and how == "clause"
                and start - 1 > j + (1 if j < size and syntax[j] in "pb" else 0)
                and not self._adjunct_only(j, start - 1)
            ):
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
