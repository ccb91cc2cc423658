"""Reports beside and around each other: where an open content ends, what a parenthesis is about, what points back."""

from __future__ import annotations

import re
from typing import Final

from .drafts import Draft
from .lexicon import Cue
from .phrases import agrees, phrase_end
from .subjects import Subjects

_GOES_ON: Final = frozenset(
    (
        "أضاف",
        "تابع",
        "أردف",
        "استطرد",
        "زاد",
        "لفت",
        "أوضح",
        "أشار",
        "ختم",
        "اختتم",
        "واصل",
        "أكمل",
        "نوه",
        "شدد",
        "علق",
    )
)
_SAYS: Final = frozenset(
    (
        "قال",
        "أضاف",
        "أكد",
        "ذكر",
        "أوضح",
        "صرح",
        "كتب",
        "تابع",
        "أعلن",
        "أردف",
        "غرد",
        "علق",
        "رأى",
        "اعتبر",
        "روى",
        "أفاد",
    )
)


class Levels(Subjects):
    """Reports beside and around each other."""

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
        if (
            self._in_quotes(i) >= min(d.open_from for d in self.drafts if d.open_from >= 0) - 1
            and self._in_quotes(i) >= 0
        ):
            return
        comma = at > 0 and syntax[at - 1] in ",;"
        if at > 1 and syntax[at - 1] == "e" and syntax[at - 2] == "&":
            at -= 1
        contrast = (
            at > 0
            and syntax[at - 1] == "&"
            and (
                self._norm(at - 1) in ("فيما", "بينما")
                or (
                    not explicit
                    and any(
                        d.open_from >= 0 and agrees(d.gender, d.number, draft.from_.gender, draft.from_.number)
                        for d in self.drafts
                    )
                )
            )
        )
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
            more = not told and syntax[n] != "&"
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
        """The content stands before the verb: "…"، قال س; … ، يقول س."""
        sent = self.sent
        syntax = sent.syntax
        if cue.lemma not in _SAYS or draft.polarity == "untold":
            return False
        at = i
        while at and syntax[at - 1] in "w,-":
            at -= 1
        if not at or (at == i and syntax[at - 1] != "q"):
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
            if j <= s or syntax[i - 1] != "," or (j < self.region_end and syntax[j] != ","):
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

    def _anaphoric(self, i: int, k: int, cue: Cue, relative_ma: bool, at: int = -1, pronoun: bool = False) -> None:
        """وهذا ما أكده س: the content is the word that points back."""
        sent = self.sent
        syntax = sent.syntax
        negated = at >= 0 and not pronoun
        at = at if negated else i - 1
        target = at
        if pronoun:
            target = i + 1
        elif relative_ma:
            if at and syntax[at - 1] == "h":
                target = at - 1
            elif (at and syntax[at - 1] not in "w,.;") or at == 0:
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
        end = i if pronoun else target
        while end and syntax[end - 1] in "w,;":
            end -= 1
        if self._in_quotes(i) < 0 and not pronoun:
            self._close(end)
            self.clause_from = i
        if j > k:
            self._set_source(draft, k, j)
        else:
            self._resolve(draft, cue.gender, cue.number)
        draft.content.append((target, target + 1))
        draft.how = "anaphoric"
        self._add(draft)
