"""Outlets: the name after a media noun, in quotation marks, or where an outlet is due."""

from __future__ import annotations

from .lexicon import slug
from .tokens import Sent
from .values import Values


class Media(Values):
    """Outlets."""

    def _media(self, sent: Sent) -> None:
        entries = sent.entries
        size = len(entries)
        at = sent.names.find("m")
        while at >= 0:
            names = sent.names
            k = at + 1
            if k < size and names[k] == "μ":
                pass
            elif k < size and names[k] == "q" and sent.quotes.get(k, -1) > k + 1 and sent.quotes[k] - k <= 7:
                close = sent.quotes[k]
                self._medium(sent, at, k + 1, close, "media/quoted")
            elif k < size:
                self._medium_unquoted(sent, at, k)
            at = sent.names.find("m", at + 1)
        # Weak outlet names in quotation marks stand without a media noun (قالت "الشروق").
        for open_, close in sent.quotes.items():
            if close <= open_ + 1:
                continue
            place = (
                sent.names[open_ + 1] in "λγ"
                and open_ > 0
                and sent.syntax[open_ - 1] in "bpC"
                and self._norm(sent, open_ - 1) not in ("في", "الى", "من")
            )  # بحسب "الشرق الأوسط"
            if (
                1 < close - open_ <= 4
                and (place or sent.names[open_ + 1] in "FVNJCGR")
                and sent.syntax[open_ + 1 : close].find("C") < 0
            ):
                words = tuple(entry.norm for entry in entries[open_ + 1 : close])
                for name in entries[open_ + 1].names:
                    if name.weak and name.tokens == words:
                        sent.mentions = [m for m in sent.mentions if not open_ < m.i < close]
                        found = self._mark(sent, open_ + 1, close, "ORG", "media/quoted-alone", name.entity, "μ")
                        found.sub = "media"
                        break
        self._telling_quotes(sent)

    def _telling_quotes(self, sent: Sent) -> None:
        """قالت "س" إن, قال لـ"س": a short quotation where an outlet is due is its name."""
        for open_, close in sent.quotes.items():
            if not 1 < close - open_ <= 4 or not open_ or open_ + 1 >= close or "μ" in sent.names[open_:close]:
                continue
            before, inside = sent.syntax[open_ - 1], sent.syntax[open_ + 1 : close]
            if any(tag in "VCAphRn" for tag in inside) or not sent.entries[open_ + 1].stem:
                continue
            after = sent.syntax[close + 1 : close + 2]
            cue = sent.entries[open_ - 1].cue
            if (
                before == "C"
                and sent.cues[open_ - 1] == "C"
                and cue is not None
                and cue.gender == "f"
                and after
                and after in "Ap,"
            ):
                self._medium(sent, open_ - 1, open_ + 1, close, "media/quoted-subject")
            elif (
                before == "b"
                and self._norm(sent, open_ - 1) == "ل"
                and sent.cues.rfind("C", max(0, open_ - 14), open_) >= 0
            ):
                self._medium(sent, open_ - 1, open_ + 1, close, "media/quoted-addressee")

    def _medium_unquoted(self, sent: Sent, at: int, k: int) -> None:
        names, entries = sent.names, sent.entries
        head = entries[at].base
        if entries[k].norm == "الانباء" or entries[k].norm == "انباء":
            # Agencies keep their noun: وكالة الأنباء الليبية.
            end = k + 1
            while end < len(names) and names[end] in "AaJ":
                end += 1
            if end > k + 1:
                self._medium(sent, at, at, end, "media/agency", nested=True)
            return
        tag = names[k]
        if tag == "I":
            end = k + 1
            while end < len(names) and names[end] == "I":
                end += 1
            self._medium(sent, at, k, end, "media/latin", website=head == "موقع")
            return
        if tag == "γ" and head in ("قناة", "تلفزيون", "راديو", "اذاعة"):
            end = k + 1
            while end < len(names) and names[end] == "_":
                end += 1
            if end < len(names) and names[end] in "FN9":
                end += 1
                self._medium(sent, at, k, end, "media/with-place", nested=True)
            return
        if tag in "NPp":
            end = k + 1
            while end < len(names) and end - k < 3 and names[end] in "NPp":
                end += 1
            if end == k + 1 and entries[k].norm.endswith("ي"):
                return  # موقع إخباري: an adjective
            self._medium(sent, at, k, end, "media/unquoted")
        elif tag in "FC" and head not in ("موقع", "شبكة", "محطة", "منبر", "يومية", "اسبوعية", "دورية") and entries[k].base not in (
            "انباء", "اخبار", "حكومة", "دولة", "رسمية"
        ) and entries[k].norm not in self.lex.relatives:  # fmt: skip
            end = k + 1
            if end < len(names) and names[end] in "JY" and names[k] == "F" and not entries[end].base.endswith("ية"):
                end += 1
            self._medium(sent, at, k, end, "media/unquoted-definite")

    def _medium(
        self, sent: Sent, head: int, i: int, j: int, rule: str, nested: bool = False, website: bool = False
    ) -> None:
        for k in range(i, j):
            if sent.names[k] in "μ" and i < k:
                return
        # A listed name inside the quotation marks is the same mention.
        sent.mentions = [
            m for m in sent.mentions if not (i <= m.i and m.j <= j) or (nested and m.type in ("GPE", "NORP"))
        ]
        words = self._words(sent, i, j)
        entity = slug(words)
        for name in sent.entries[i].names:
            if name.tokens == tuple(words):
                entity = name.entity
                break
        found = self._mark(sent, i, j, "WEBSITE" if website else "ORG", rule, entity, "μ")
        found.sub = "media"
        if nested:
            for k in range(i, j):
                if sent.entries[k].people:
                    self._mark(sent, k, k + 1, "NORP", "norp/adjective", sent.entries[k].people, "")
