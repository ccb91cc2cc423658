"""Where the content of a cue begins: a clause, a colon, a quotation, a governed preposition, an object."""

from __future__ import annotations

import re
from typing import Final

from .drafts import Draft
from .lexicon import Cue
from .phrases import phrase_end
from .state import State

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


class Contents(State):
    """Where the content of a cue begins."""

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
            if (tag == "C" and entries[t].cue_tag == "C") or tag == "V" or tag == "k":
                if not adjunct or syntax[t - 1] == "w" or (syntax[t - 1] == "," and tag == "C"):
                    return None
            elif tag in "pbR":
                adjunct = True
            elif entries[t].norm == "القول" and t + 1 < end and syntax[t + 1] in "A:":
                extra = (t, t + 1)  # ختم … بالقول إن
                self.done.add(t)
            elif (tag == "i" and not adjunct) or (
                tag == "n" and entries[t].norm == "ما" and self._norm(t + 1) == "اذا"
            ):
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
                ends = (
                    after >= self.region_end
                    or syntax[after] in ",.;"
                    or (syntax[after] == "w" and after + 1 < self.region_end and sent.cues[after + 1] in "CP")
                )
                verbal = re.search("[VCAkn]", syntax[start + 1 : close]) is not None
                if (ends and (inside > 3 or verbal or how in ("colon", "quote"))) or (
                    how in ("colon", "quote") and inside > 4
                ):
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
            if (
                found is not None
                and (found.sub == "media" or found.type == "WEBSITE")
                and found.entity not in draft.entities
            ):
                if "H" in sent.cues[max(0, found.i - 3) : found.i]:
                    continue  # بحسب س: the source of a relay
                draft.medium = (found.i, found.j, found.entity)
                return

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
                    if (
                        t < subject[1]
                        and t > subject[0]
                        and entries[t].norm in ("في", "من", "ب", "على")
                        and t + 1 in sent.name_at
                    ):
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
                if (
                    t < self.region_end
                    and (syntax[t] in "NDm#" or syntax[t : t + 2] == "hD" or t in sent.name_at)
                    and entries[t].cue_tag != "H"
                ):
                    return t
                if t < self.region_end and syntax[t] in "pb" and cue.obj:
                    # أعلنت الحكومة في بيان مقتل …: an adjunct, then the object
                    a = phrase_end(sent, t + 1, self.lex, after_preposition=True)
                    if (
                        a > t + 1
                        and a < self.region_end
                        and syntax[a] in "ND"
                        and not entries[a].definite
                        and entries[t + 1].speech
                    ):
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

    def _object_inside(self, s: int, j: int) -> int | None:
        """أكد المتحدث استعداد بلاده: an indefinite noun after a definite one begins the object."""
        sent = self.sent
        t = s
        while t < j:
            found = sent.name_at.get(t)
            if found is not None and found.j <= j:
                t = found.j
            elif (
                t > s
                and sent.syntax[t] == "N"
                and not sent.entries[t].definite
                and (sent.entries[t - 1].definite or sent.syntax[t - 1] == "e" or sent.names[t - 1] in "πγοτμ_AJ")
                and sent.entries[t].base not in self.lex.institutional
            ):
                return t
            else:
                t += 1
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
            if (
                tag in "VC"
                and not relative
                and t > start + 1
                and self.sent.names[t] == "S"
                and syntax[t - 1] not in "NJ"
            ):
                break
            t += 1
        return t

    def _adjunct_only(self, a: int, b: int) -> bool:
        return any(self.sent.syntax[t] in "pb,x" for t in range(a, b)) or a >= b

    def _ends_here(self, j: int) -> bool:
        """Whether no clause follows what looked like a subject."""
        if j != self._past_dates(j):
            return False
        return j >= self.region_end or self.sent.syntax[j] in ".,;pbwf" or self._find_content(j, 6) is None

    def _has_clause(self, i: int, k: int) -> bool:
        j = phrase_end(self.sent, k, self.lex)
        found = self._find_content(j, 20)
        return found is not None

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

    def _is_teller(self, s: int, j: int) -> bool:
        """Whether this noun phrase can tell: a person, body, outlet, office or unnamed source."""
        sent, lex = self.sent, self.lex
        entry = sent.entries[s]
        found = sent.name_at.get(s)
        if found is not None:
            return found.type in ("PERS", "ORG", "GPE", "OCC", "WEBSITE", "NORP", "LOC")
        base = entry.base
        return (
            base in lex.anonymous or base in lex.officials or base in lex.collective or base in lex.documents
            or base in lex.media_heads or base in lex.media_plural or base in lex.titles or base in lex.occupations or base in lex.courtesy
            or entry.name_tag in "TOloGgm" or (entry.speech and entry.definite) or base in lex.plural_human or base in lex.org_definite
        )  # fmt: skip
