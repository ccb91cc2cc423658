"""Cues that are no finite verbs: participles, prepositional and nominal cues, passives, the colon of a headline."""

from __future__ import annotations

from typing import Final

from .drafts import Draft
from .finite import Finite
from .lexicon import Cue
from .phrases import phrase_end

_NOT_THAT: Final = frozenset(
    (
        "بعد",
        "قبل",
        "منذ",
        "غير",
        "الا",
        "رغم",
        "مع",
        "يجب",
        "يمكن",
        "دون",
        "الى_",
        "شان",
        "لو",
        "حيث",
        "اذ",
        "بيد",
        "بشرط",
        "ينبغي",
        "سبق",
        "لابد",
        "بد",
    )
)
_FREE_PREPOSITIONS: Final = frozenset(("عن", "حول", "بشان", "ب"))


class OtherCues(Finite):
    """Cues that are no finite verbs."""

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
        if (at < i and self._in_quotes(i) < 0) or (host is not None and host.open_from >= 0 and self._in_quotes(i) < 0):
            self._close(at)
        if host is not None:
            draft.implicit = True
            draft.spoken_by(host)
            draft.parent = host.parent
        else:
            subject = self._phrase_before(at, None) if at == i else None
            near = self._subject_near(at, cue.gender)
            if subject is not None and self._is_teller(*subject):
                self._set_source(draft, *subject)
            elif near is not None:
                source = self._describe(*near)
                draft.implicit = True
                draft.spoken_by(source)
            else:
                self._resolve(draft, cue.gender, cue.number if cue.number != "p" else "p")
        draft.accused = described
        if self._open(draft, start, how):
            self._add(draft)

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
            if (
                host is not None
                and host.gender == gender
                and cue.stance == "distancing"
                and host.from_.cls != "passive"
            ):
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
            elif (
                head.base in lex.not_tellers
                or head.norm.endswith("ا")
                or (head.base in lex.common and not head.speech)
                or (cue.lemma in ("حسب", "وفق", "في رأي", "في نظر") and head.name_tag not in "NF")
            ):
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
        elif (cue.free and syntax[t] in "pb" and entries[t].norm in _FREE_PREPOSITIONS and t + 1 < self.region_end) or (
            cue.cls in ("nominal-accusation", "nominal-intention")
            and syntax[t] in "pb"
            and entries[t].norm == "ب"
            and source is not None
        ):
            start, how = t + 1, "nominal"
        if "clause" in how and entries[i].norm == "القول":
            if syntax[i - 1 : i] == "b":
                self._by_saying(i, start, cue)
            return
        if cue.clause and how != "clause":
            return  # "information about" tells nothing
        if start < 0 or start >= self.region_end:
            return
        if (
            syntax[i - 1 : i] == "p"
            and self._norm(i - 1) in ("في", "خلال", "عبر", "بعد", "قبل")
            and how == "clause"
            and any(d.first_cue < i and d.open_from == -1 and not d.content for d in self.drafts)
        ):
            return
        if source is None and not cue.free and (entries[i].definite or cue.cls == "nominal"):
            return  # "the statement that" with nobody named
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

    def _by_saying(self, i: int, start: int, cue: Cue) -> None:
        """اكتفى بالقول إن, مكتفية بالقول إن: the subject of the verb or of the last report says it."""
        draft = Draft(self.sent, cue, (i, i + 1), "attribution/by saying")
        for t in range(i - 2, max(-1, i - 14), -1):
            entry = self.sent.entries[t]
            if self.sent.syntax[t] in "VC" and entry.stem:
                end = phrase_end(self.sent, t + 1, self.lex)
                if t + 1 < end <= i and self._is_teller(t + 1, end):
                    self._set_source(draft, t + 1, end)
                    break
                self._subject_elsewhere(
                    draft, t, Cue(lemma=cue.lemma, cls=cue.cls, gender=entry.gender or "m", number="s")
                )
                break
        if not draft.entities:
            gender = "f" if self._norm(i - 2).endswith("ة") else "m"
            near = self._subject_near(i, gender)
            if near is not None:
                source = self._describe(*near)
                draft.spoken_by(source)
                draft.implicit = True
            else:
                self._resolve(draft, gender, "s")
        if self._open(draft, start, "clause"):
            self._add(draft)

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
