"""Mentions: names and values, found by patterns over the name tags of a sentence (see `tokens`), with nesting.

The order is the rule: listed names, values and times, media, persons, organisations and places, offices, and last the
nationality words wherever they stand. A later pattern sees what an earlier one found as a letter of its own, so
"رئيس مجلس النواب" is a title followed by one organisation.
"""

from __future__ import annotations

import re
from typing import Final

from .lexicon import Lexicon, Name, lexicon, slug
from .tokens import Entry, Found, Sent

# ---------------------------------------------------------------- values and times

_NUM = r"[09n][ns]*(?:w[n][ns]*)*"
_MON = r"(?:b_*(?:/[bB]_*)?|B/[bB]_*)"
_MONB = r"(?:[bB]_*(?:/[bB]_*)?)"
_YEAR = r"(?:S?[uU]?9)"
_DAY = r"(?:u?Y?d)"
_CALENDAR = (
    rf"(?:{_DAY},?)?(?:(?:[0n]|r)(?:S?u)?S?(?:{_MONB})|u{_MONB}|{_MON})(?:/{_MON})?(?:w(?:[0n])?{_MON}(?=M))?(?:,?{_YEAR})?M?"
    rf"|{_MONB}{_YEAR}"
)
_DATE = rf"(?:{_CALENDAR}|[uU]9M?|[uU]_*(?:M|n(?:w?n)?|r(?:wn)?)|E(?:U[Mnr]*)?|u?y(?:d|r)?|u?Y?dM?|Y)"
_VALUES = re.compile(
    rf"(?P<xdate>X(?P<xin>{_DATE}|9))"
    rf"|(?P<time>t(?P<tin>{_DATE})|h(?:[0n@]|r)(?:St(?P<hin>{_DATE})?|t)?|@t?|{_NUM}h|H)"
    rf"|(?P<date>{_DATE}|{_NUM}u|D)"
    rf"|(?P<percent>{_NUM}[\^S]?%|!|%{_NUM})"
    rf"|(?P<money>{_NUM}\$[Aa]?|\${_NUM})"
    rf"|(?P<quantity>{_NUM}k)"
    rf"|(?P<number>{_NUM})"
    rf"|(?P<ordinal>[ri])"
    rf"|(?P<currency>\$)"
)
_HAS_VALUE = re.compile(r"[09@!nbBdyYuUDhHEX%$ri]")

# ---------------------------------------------------------------- names

_PERSON = re.compile(
    # A listed given name, then further given names or particles, then at most one unknown word.
    r"(?P<full>(?:P|Q[FJCAQr])(?:c+(?:Q[FJCAr]|[NPpFJVQ])|Q[FJCAr]|[Pp])*(?:NN|[NFJCQW])?)"
    # A given name that is a common word needs a name or an unknown word after it.
    r"|(?P<weak>[pQ](?:c+(?:Q[FJCA]|[NPpFJV])|Q[FJCA]|[Pp])+[NFJ]?|p[NJ]|c[NPpFJ](?:[Pp]|[NFJ])?)"
)
_TITLED = re.compile(r"(?:[TO][AJMr]*|[oO][AaJ]*)(?P<name>[pP]?N[NFJ]?|[pPQ]F?|N)")
_ORG = re.compile(
    r"(?P<def>G[AJU]*(?:(?<=[JU])>[FCRGJ][JUC]*A?)?)"
    r"|(?P<indef>g(?:[gVNW](?=[CFGRTγολ]))?(?P<comp>[CFJRTGK]|(?:γ|π|λ|ο)_*|N(?=[AJ.,wSVW]|$))(?:w[CF](?![_]))?[JUr]*(?P<nat>A?))"
)
_PLACE = re.compile(
    r"(?P<fac>f(?:γ_*|π_*|λ_*|F[J]?|N{1,2}|[pP][N]?)[J]*)"
    r"|(?P<geo>v(?:v)?(?:γ_*|λ_*|F[J]?|N{1,2}))"
    r"|(?P<dir>j{1,2}(?:γ_*|λ_*))"
    r"|(?P<city>z(?P<town>N{1,2}|F(?![JA])))"
    r"|(?P<event>e(?P<of>[FC]|γ_*|δ_*|λ_*)J*A?|RJ*A?J*)"
    r"|(?P<law>KF[J]*)"
    r"|(?P<firm>#(?P<name>N{1,3}|I{1,3}))"
)
_OFFICE = re.compile(
    r"(?P<def>T[AJUr]*)"
    r"|(?P<indef>l(?:[lo]|[VNW](?=[οCFGγ]))*(?P<comp>(?:ο|γ|λ|φ|π)_*|[GCFRUTOJ][JUA]*(?:w[CF])?)[JAU]*)"
    r"|(?P<occ>O[AJO]*(?=π)|o(?:F[JA]*|C)?(?=π))"
)
_NEXT_NAME = re.compile(r"(?P<name>N[NF]?|[pPQ]N?)")

_GREEK: Final = {"GPE": "γ", "LOC": "λ", "ORG": "ο", "WEBSITE": "ω", "PERS": "π", "DATE": "δ", "FAC": "φ", "EVENT": "ε", "OCC": "τ", "NORP": "ν"}
_VALUE_TYPE: Final = {"percent": "PERCENT", "money": "MONEY", "quantity": "QUANTITY", "number": "CARDINAL", "ordinal": "ORDINAL", "currency": "CURR"}
_DIRECTION_NAMES: Final = frozenset(("الشرق", "الغرب", "الشمال", "الجنوب"))
_YEAR_BEFORE: Final = frozenset("S^>uU.,-w(/")


_MINISTRIES: Final = frozenset(("خارجية", "داخلية", "دفاع", "مالية", "رئاسة"))


def _agree(head: Entry, adjective: Entry, tag: str) -> bool:
    """Does a definite adjective agree with its head? (المالية اليوناني does not: the adjective is the minister's.)"""
    if tag not in "AJ":
        return True
    feminine = head.base.endswith(("ة", "ات")) or head.base in ("رئاسة", "سلطات", "قوات")
    return feminine == adjective.base.endswith("ة") or adjective.norm in ("العليا", "الكبرى") and feminine


class Namer:
    """Finds the mentions of one document, sentence by sentence, and remembers its names for the second look."""

    def __init__(self, document_id: str) -> None:
        self.lex: Lexicon = lexicon()
        self.document_id = document_id
        #: Last name -> entity, from the full names of the document.
        self.alias: dict[str, str] = {}
        self.full: dict[tuple[str, ...], str] = {}
        self.offices: dict[str, str] = {}

    # ---- first look

    def read(self, sent: Sent) -> None:
        """Fill ``sent.mentions`` with everything but bare last names."""
        if sent.where:
            self._listed(sent)
        if _HAS_VALUE.search(sent.names):
            self._values(sent)
        names = sent.names
        if "m" in names or sent.quotes:
            self._media(sent)
        self._persons(sent)
        names = sent.names
        if "G" in names or "g" in names:
            self._organisations(sent)
        self._places(sent)
        names = sent.names
        if "T" in names or "l" in names or "o" in names or "O" in names:
            self._offices(sent)
        self._peoples(sent)

    def _mark(self, sent: Sent, i: int, j: int, type_: str, rule: str, entity: str = "", tag: str | None = None) -> Found:
        found = Found(i, j, type_, rule, entity)
        sent.mentions.append(found)
        tag = _GREEK.get(type_, "δ") if tag is None else tag
        if tag:
            names = sent.names
            sent.names = names[:i] + tag + "_" * (j - i - 1) + names[j:]
        return found

    @staticmethod
    def _norm(sent: Sent, k: int) -> str:
        return sent.entries[k].norm if k < len(sent.entries) else ""

    def _words(self, sent: Sent, i: int, j: int) -> list[str]:
        return [entry.norm for entry in sent.entries[i:j] if entry.stem]

    def _listed(self, sent: Sent) -> None:
        entries = sent.entries
        size = len(entries)
        done = 0
        for at in sent.where:
            if at < done:
                continue
            for name in entries[at].names:
                length = len(name.tokens)
                if length > 1:
                    if at + length > size or any(entries[at + k].norm != name.tokens[k] for k in range(1, length)):
                        continue
                if not self._fits(sent, at, name):
                    continue
                self._take_listed(sent, at, at + length, name)
                done = at + length
                break

    def _fits(self, sent: Sent, at: int, name: Name) -> bool:
        if name.type == "MONTH" or not name.weak:
            # An Arabic outlet or place name that begins a longer name is tried longest first; nothing else to ask.
            return not (len(name.tokens) == 1 and sent.syntax[at] in "pbc" and name.type != "NORP")
        before = sent.names[at - 1] if at else ""
        return before == "m"  # the quoted ones are read with the media

    def _take_listed(self, sent: Sent, i: int, j: int, name: Name) -> None:
        if name.type == "MONTH":
            sent.names = sent.names[:i] + "b" + "_" * (j - i - 1) + sent.names[j:]
            return
        found = self._mark(sent, i, j, name.type, "name/listed", name.entity, name.tag)
        found.sub = "media" if name.tag == "μ" else "listed"
        found.metonym = name.metonym
        if name.loaded:
            found.framing = ("loaded",)
        for k in range(i, j):
            # Nationalities inside a listed name are frozen, except in a designation such as "the Israeli occupation".
            if name.metonym and sent.entries[k].people and k > i:
                self._mark(sent, k, k + 1, "NORP", "norp/adjective", sent.entries[k].people, "")

    # ---- values

    def _values(self, sent: Sent) -> None:
        names = sent.names
        entries = sent.entries
        for match in list(_VALUES.finditer(names)):
            kind = match.lastgroup or ""
            i, j = match.span()
            groups = match.groupdict()
            if groups["xdate"]:
                self._date(sent, *match.span("xin"), inner=True)
                self._mark(sent, i, j, "DATE", "date/extent")
            elif groups["time"]:
                for part in ("tin", "hin"):
                    if groups[part]:
                        self._date(sent, *match.span(part), inner=True)
                self._mark(sent, i, j, "TIME", "time")
            elif groups["date"]:
                self._date(sent, i, j)
            elif groups["number"]:
                self._number(sent, i, j)
            elif groups["ordinal"]:
                if self._is_ordinal(sent, i):
                    self._mark(sent, i, j, "ORDINAL", "number/ordinal", tag="" if entries[i].definite else None)
            elif groups["currency"]:
                if entries[i].definite or entries[i].raw in "$€£":
                    self._mark(sent, i, j, "CURR", "number/currency")
            else:
                self._mark(sent, i, j, _VALUE_TYPE[kind], f"number/{kind}")

    def _date(self, sent: Sent, i: int, j: int, inner: bool = False) -> None:
        names = sent.names
        tags = names[i:j]
        if len(tags) == 1:
            if tags == "B" and not self._month_here(sent, i):
                return
            if tags == "u" or tags == "U":
                return
        if tags[0] == "U" and len(tags) == 1:
            return
        while tags and tags[0] in ",S":
            i, tags = i + 1, tags[1:]
        if tags and tags[0] in "dY" and "," in tags and len(tags) == 2:
            return
        # "العام" after a title or an institution is "general".
        if tags[0] == "U" and i and names[i - 1] in "TGJ" and tags[-1] != "M" and "9" not in tags:
            return
        self._mark(sent, i, j, "DATE", "date/inner" if inner else "date", tag="" if inner else None)

    def _month_here(self, sent: Sent, i: int) -> bool:
        return i > 0 and sent.entries[i - 1].norm in ("في", "من", "منذ", "خلال", "حتى", "قبل", "بعد", "شهر", "الى")

    def _is_ordinal(self, sent: Sent, i: int) -> bool:
        before = sent.names[i - 1] if i else ""
        if before in ("T", "l", "Q", "P", "π", "_", "G", "p"):
            return False
        entry = sent.entries[i]
        if entry.definite:
            if not i or not sent.entries[i - 1].definite:
                return entry.norm not in ("الثانية", "الاول", "الاولى")
            return sent.entries[i - 1].base not in self.lex.ordinal_idioms or entry.norm not in ("الاولى",)
        following = sent.entries[i + 1].norm if i + 1 < len(sent) else ""
        return following not in self.lex.ordinal_idioms

    def _number(self, sent: Sent, i: int, j: int) -> None:
        names = sent.names
        tag = names[i]
        if tag == "9" and j == i + 1:
            before = names[i - 1] if i else "S"
            after = names[j] if j < len(names) else "."
            if before in _YEAR_BEFORE and after in ".,;wS^>-)M_δqTFA" or before in "_bδ" or after == "." or before in ".-":
                self._mark(sent, i, j, "DATE", "date/year")
                return
        if tag == "n" and j == i + 1 and names[i - 1 : i] in ("#",):
            return
        if tag == "n" and j == i + 1 and sent.entries[i].norm in ("الف", "ست") and (j >= len(names) or names[j] in "S.,"):
            return
        self._mark(sent, i, j, "CARDINAL", "number/cardinal")

    # ---- media

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
            if 1 < close - open_ <= 4 and sent.names[open_ + 1] in "FVNJCGR" and sent.syntax[open_ + 1 : close].find("C") < 0:
                words = tuple(entry.norm for entry in entries[open_ + 1 : close])
                for name in entries[open_ + 1].names:
                    if name.weak and name.tokens == words:
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
            if before == "C" and sent.cues[open_ - 1] == "C" and cue is not None and cue.gender == "f" and after and after in "Ap,":
                self._medium(sent, open_ - 1, open_ + 1, close, "media/quoted-subject")
            elif before == "b" and self._norm(sent, open_ - 1) == "ل" and sent.cues.rfind("C", max(0, open_ - 14), open_) >= 0:
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

    def _medium(self, sent: Sent, head: int, i: int, j: int, rule: str, nested: bool = False, website: bool = False) -> None:
        for k in range(i, j):
            if sent.names[k] in "μ" and i < k:
                return
        # A listed name inside the quotation marks is the same mention.
        sent.mentions = [m for m in sent.mentions if not (i <= m.i and m.j <= j) or (nested and m.type in ("GPE", "NORP"))]
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

    # ---- persons

    def _person(self, sent: Sent, i: int, j: int, rule: str) -> None:
        words = self._words(sent, i, j)
        key = tuple(words)
        entity = self.full.get(key)
        if entity is None:
            # A longer or shorter form of a known name is the same person if first and last words agree.
            last = words[-1]
            known = self.alias.get(last)
            if known is not None and (len(words) == 1 or known.split("-")[0] == slug(words[:1]).split("-")[0]):
                entity = known
            else:
                entity = slug(words)
            self.full[key] = entity
        if len(words) > 1:
            last = words[-1]
            self.alias[last] = entity
        elif rule == "person/titled":
            self.alias.setdefault(words[0], entity)
        found = self._mark(sent, i, j, "PERS", rule, entity)
        found.sub = "female" if sent.entries[i].norm in self.lex.given_female else "male"

    def _persons(self, sent: Sent) -> None:
        entries = sent.entries
        names = sent.names
        if "P" in names or "p" in names or "Q" in names or "c" in names:
            for match in list(_PERSON.finditer(names)):
                i, j = match.span()
                if match.lastgroup == "full" and j - i == 1:
                    before = names[i - 1] if i else "."
                    if before not in "TOoJAM,":
                        continue
                    if before in "JAM," and not (i > 1 and names[i - 2] in "TOGC_"):
                        continue
                if match.lastgroup == "weak" and names[i] == "c" and (names[i:j] in ("cF", "cJ", "cN") and entries[i].norm not in ("بن", "ابو", "ال")):
                    continue
                if names[j - 1] in "FC" and j - i > 2 and names[j - 2] in "PpN":
                    j -= 1  # two names are a full name: what follows with ال is the object
                if names[j - 1] in "FJC" and j - i > 1 and entries[j - 1].base in self.lex.common_adjectives:
                    j -= 1
                    if j - i < 2 and names[i] != "Q":
                        continue
                if entries[i].syntax in "C" and match.lastgroup == "weak":
                    continue
                self._person(sent, i, j, f"person/{match.lastgroup}-name")
        names = sent.names
        if "T" in names or "O" in names or "o" in names:
            for match in list(_TITLED.finditer(names)):
                i, j = match.span("name")
                if not self._nameable(entries[i]):
                    continue
                if j - i > 1 and not self._nameable(entries[j - 1]):
                    j -= 1
                if names[match.start()] in "oO" and (names[match.start()] == "o" or j - i < 2):
                    continue
                self._person(sent, i, j, "person/titled")

    def _nameable(self, entry: Entry) -> bool:
        """Could this unknown word be a name? Accusatives of nouns, participles and long derived words cannot."""
        norm = entry.norm
        if len(norm) < 3 or entry.cue_tag != "." or entry.syntax not in "NDJ":
            return False
        if norm.startswith("است") or (len(norm) in (5, 6) and norm[0] == "ا" and norm[-2] == "ا"):
            return False  # verbal nouns: استعداد, انسحاب
        return not (norm.endswith("ا") and norm[:-1].startswith(("م", "ت")) and len(norm) > 5)

    # ---- organisations

    def _organisations(self, sent: Sent) -> None:
        entries = sent.entries
        for match in list(_ORG.finditer(sent.names)):
            i, j = match.span()
            if match.group("def"):
                tags = sent.names[i:j]
                if j - i < 2 or not _agree(entries[i], entries[i + 1], tags[1]):
                    continue
                if entries[i].base in _MINISTRIES and i and sent.names[i - 1] in "lg":
                    continue  # وزير الخارجية, وزارة الدفاع
                # Adjectives of time and quality are no part of a name.
                while j - i > 1 and tags[j - i - 1] == "J" and entries[j - 1].base in self.lex.common_adjectives and entries[
                    j - 1
                ].norm not in self.lex.name_adjectives and not self._institutional_adjective(entries[j - 1]):
                    j -= 1
                if j - i < 2:
                    continue
                if entries[i].base in ("نظام", "سلطات", "معارضة", "قوات", "جهاز", "مركز", "بعثة", "مؤسسة", "هيئة", "لجنة", "سلطة") and tags[
                    1 : j - i
                ] == "J" and entries[i + 1].norm not in self.lex.name_adjectives:
                    continue  # "the armed movement", "the official body": descriptions
                self._nest_and_mark(sent, i, j, "org/definite")
                continue
            comp = match.start("comp")
            if match.group("nat"):
                common = entries[comp].base in self.lex.org_complements or "J" in sent.names[comp + 1 : j - 1]
                if not common or sent.names[comp] in "γπλ":
                    j -= 1
            if sent.names[i] == "g" and sent.names[comp] in "FN" and self._not_a_name(entries[i], entries[comp]):
                continue
            if sent.names[comp] == "N" and entries[i].norm in ("قوات", "ادارة", "لواء", "مجلس", "مركز", "مدرسة", "كلية", "جيش"):
                continue
            self._nest_and_mark(sent, i, j, "org/idafa")
        # حركة "النهضة"
        for open_, close in sent.quotes.items():
            if open_ and 1 < close - open_ <= 6 and sent.names[open_ - 1] == "g":
                words = self._words(sent, open_ - 1, close)
                sent.mentions = [m for m in sent.mentions if not (open_ < m.i and m.j <= close and m.type == "ORG")]
                self._mark(sent, open_ - 1, close + 1, "ORG", "org/quoted", slug(words))

    def _institutional_adjective(self, entry: Entry) -> bool:
        return entry.base.endswith(("ي", "ية")) or entry.norm in self.lex.name_adjectives

    def _not_a_name(self, head: Entry, complement: Entry) -> bool:
        """Common nouns make no name of vague heads: مركز المدينة, إدارة الأزمة, قوات الأمن."""
        if head.norm in ("وزارة", "حزب", "حركة", "مجلس", "جامعة", "محكمة", "جبهة", "بنك", "مصرف", "منظمة", "نقابة", "تيار", "حكومة", "هيئة", "جهاز"):
            return complement.base in ("بلاد", "مدينة", "دولة") and head.norm not in ("مجلس", "جهاز")
        return complement.base in self.lex.common

    def _nest_and_mark(self, sent: Sent, i: int, j: int, rule: str) -> None:
        for k in range(i, j):
            if sent.entries[k].people and sent.names[k] in "Aa":
                self._mark(sent, k, k + 1, "NORP", "norp/adjective", sent.entries[k].people, "")
            elif k > i and sent.names[k] == "G" and rule == "org/idafa" and sent.entries[k].base not in _MINISTRIES and k + 1 < j and sent.names[k + 1] in "JA":
                inner = Found(k, j, "ORG", "org/nested", slug(self._words(sent, k, j)))
                sent.mentions.append(inner)
                break
        self._mark(sent, i, j, "ORG", rule, slug(self._words(sent, i, j)))

    # ---- places, events, laws, firms

    def _places(self, sent: Sent) -> None:
        entries, lex = sent.entries, self.lex
        names = sent.names
        for match in list(_PLACE.finditer(names)):
            i, j = match.span()
            groups = match.groupdict()
            if groups["fac"]:
                k = i + 1
                if names[k] == "F" and (entries[k].base in lex.common or entries[i].norm in ("محطة", "حي", "ساحة", "شارع", "قاعدة", "حقل", "سجن")) and not (
                    j > k + 1 and entries[i].norm in ("قاعدة",)
                ):
                    if entries[k].base in lex.common:
                        continue
                while j - i > 2 and names[j - 1] == "J" and entries[j - 1].base in ("جديد", "قديم", "رئيسي", "مذكور"):
                    j -= 1
                self._mark(sent, i, j, "FAC", "place/facility", slug(self._words(sent, i, j)))
            elif groups["geo"]:
                if names[i + 1] == "F" and entries[i + 1].base in lex.common:
                    continue
                self._mark(sent, i, j, "LOC", "place/geographical", slug(self._words(sent, i, j)))
            elif groups["dir"]:
                self._mark(sent, i, j, "LOC", "place/direction", slug(self._words(sent, i, j)))
            elif groups["city"]:
                a, b = match.span("town")
                if entries[a].base in lex.common or entries[a].base in lex.speech_nouns or entries[i].norm in ("عاصمة", "دولة", "منطقة") and names[a] == "F":
                    continue
                self._mark(sent, a, b, "LOC" if entries[i].norm == "منطقة" else "GPE", "place/after-noun", slug(self._words(sent, a, b)))
            elif groups["event"]:
                self._event(sent, i, j)
            elif groups["law"]:
                self._nest(sent, i, j)
                self._mark(sent, i, j, "LAW", "law", slug(self._words(sent, i, j)))
            elif groups["firm"]:
                a, b = match.span("name")
                self._mark(sent, a, b, "ORG", "org/firm", slug(self._words(sent, a, b)))
        # الشرق الليبي, المنطقة الشرقية
        for k in range(len(entries) - 1):
            if sent.names[k] == "λ" and sent.names[k + 1] == "A" and entries[k].norm in _DIRECTION_NAMES:
                sent.mentions = [m for m in sent.mentions if (m.i, m.j) != (k, k + 1)]
                self._nest(sent, k, k + 2)
                self._mark(sent, k, k + 2, "LOC", "place/direction-adjective", slug(self._words(sent, k, k + 2)))
            elif sent.names[k] == "F" and sent.names[k + 1] == "A" and entries[k].norm in _DIRECTION_NAMES:
                self._nest(sent, k, k + 2)
                self._mark(sent, k, k + 2, "LOC", "place/direction-adjective", slug(self._words(sent, k, k + 2)))
            elif entries[k].norm == "المنطقة" and entries[k + 1].norm in lex.direction_adjectives:
                self._mark(sent, k, k + 2, "LOC", "place/direction-adjective", slug(self._words(sent, k, k + 2)))

    def _event(self, sent: Sent, i: int, j: int) -> None:
        entries, lex = sent.entries, self.lex
        tags = sent.names[i:j]
        if tags[0] == "R":
            if j - i < 2:
                return
        else:
            head = entries[i].norm
            if head in ("عملية", "حرب", "معركة", "حوار", "محادثات", "دورة", "ثورة", "انتفاضة", "مؤتمر", "قمة") and tags[1] in "FC" and entries[i + 1].base in lex.common:
                return
            if head in ("محادثات", "حوار", "دورة") and tags[1] in "FC":
                return
        self._nest(sent, i, j)
        self._mark(sent, i, j, "EVENT", "event", slug(self._words(sent, i, j)))

    def _nest(self, sent: Sent, i: int, j: int) -> None:
        for k in range(i, j):
            if sent.entries[k].people and sent.names[k] in "Aa":
                self._mark(sent, k, k + 1, "NORP", "norp/adjective", sent.entries[k].people, "")

    # ---- offices

    def _offices(self, sent: Sent) -> None:
        entries, lex = sent.entries, self.lex
        position = 0
        while True:
            match = _OFFICE.search(sent.names, position)
            if match is None:
                return
            i, j = match.span()
            position = max(j, i + 1)
            groups = match.groupdict()
            names = sent.names
            if groups["def"]:
                named = names[j : j + 1] == "π" or (names[j : j + 1] == "M" and names[j + 1 : j + 2] == "π")
                # السابق and the like stay inside the title.
                if names[j : j + 1] == "M" and entries[j].base in ("سابق", "حالي", "سابقة", "حالية"):
                    j += 1
                    named = names[j : j + 1] == "π"
                bare = j - i == 1
                speaks_for = j < len(names) and (entries[j].norm == "باسم" or (names[j] == "^" and self._norm(sent, j + 1) == "اسم"))
                if bare and not named and not speaks_for and entries[i].base not in lex.bare_titles:
                    continue
                self._office(sent, i, j, "office/definite")
            elif groups["indef"]:
                comp = match.start("comp")
                if names[comp] in "FJ" and (entries[comp].base in ("جديد", "سابق", "اخر") or names[comp] == "J" and comp == i + 1):
                    continue
                if names[comp] == "F" and entries[i].norm in ("نائب", "امين", "ولي", "مدير", "عميد", "خليفة", "شيخ", "امام") and entries[comp].base in lex.common_adjectives:
                    continue
                if names[comp] in "π":
                    continue
                if names[comp] in "TO" and names[i] == "l" and entries[i].norm in ("خليفة", "شيخ"):
                    continue
                if names[j : j + 1] == "M" and entries[j].base in ("سابق", "حالي"):
                    j += 1
                self._office(sent, i, j, "office/idafa")
            elif groups["occ"]:
                self._office(sent, i, j, "office/occupation")
            position = max(position, j)

    def _office(self, sent: Sent, i: int, j: int, rule: str) -> None:
        self._nest(sent, i, j)
        entries = sent.entries
        key = " ".join(entry.base for entry in entries[i:j] if entry.stem)
        names = sent.names
        holder = ""
        if j < len(names) and names[j] == "π":
            holder = next((m.entity for m in sent.mentions if m.i == j and m.type == "PERS"), "")
        elif j < len(names) and names[j] in "NpP":
            match = _NEXT_NAME.match(names, j)
            if match and rule != "office/occupation" and self._nameable(entries[j]):
                end = match.end()
                if end - j > 1 and not self._nameable(entries[end - 1]):
                    end -= 1
                self._person(sent, j, end, "person/titled")
                holder = sent.mentions[-1].entity
        elif i > 1 and names[i - 1] == "," and names[i - 2] in "π_":
            holder = next((m.entity for m in sent.mentions if m.j == i - 1 and m.type == "PERS"), "")
        entity = holder or self.offices.get(key) or "holder-" + slug(key.split())
        self.offices[key] = entity
        short = entries[i].base
        if holder or short not in self.offices:
            self.offices[short] = entity
        self._mark(sent, i, j, "OCC", rule, entity)

    # ---- peoples

    def _peoples(self, sent: Sent) -> None:
        names = sent.names
        if "A" not in names and "a" not in names:
            return
        taken = {m.i for m in sent.mentions if m.j == m.i + 1}
        for k, tag in enumerate(names):
            if tag in "Aa" and k not in taken:
                entry = sent.entries[k]
                if entry.norm == "العربية" and k and sent.entries[k - 1].base in ("لغة",):
                    continue
                if k and sent.entries[k - 1].base == "لغة" or (k and sent.syntax[k - 1] == "b" and entry.definite and entry.base.endswith("ية") and sent.entries[k - 1].norm == "ب"):
                    self._mark(sent, k, k + 1, "LANGUAGE", "language", slug([entry.norm]), "")
                    continue
                self._mark(sent, k, k + 1, "NORP", "norp", entry.people, "")

    # ---- second look

    def bare_names(self, sent: Sent) -> None:
        """Mark last names known from full names anywhere in the document, and framing by quotation marks."""
        alias = self.alias
        if alias:
            entries = sent.entries
            hits = [k for k, entry in enumerate(entries) if entry.norm in alias]
            if hits:
                covered = {k for m in sent.mentions if m.type in ("PERS", "DATE", "NORP") or m.sub == "media" or m.sub == "listed" for k in range(m.i, m.j)}
                for k in hits:
                    if k in covered or sent.names[k] not in "NFJpPCQ_VWMOTlor" or entries[k].syntax in "CVpck":
                        continue
                    if entries[k].norm in self.lex.common or entries[k].base in self.lex.common_adjectives:
                        continue
                    j = k + 1
                    if j < len(entries) and entries[j].norm in ("الابن", "الاب"):
                        j += 1
                    found = Found(k, j, "PERS", "person/last-name", alias[entries[k].norm])
                    found.sub = "male"
                    sent.mentions.append(found)
        self._framing(sent)

    def _framing(self, sent: Sent) -> None:
        if not sent.quotes:
            return
        for found in sent.mentions:
            if found.type not in ("GPE", "NORP", "ORG", "OCC") or found.sub == "media":
                continue
            i, j = found.i, found.j
            if i and sent.quotes.get(i - 1, -2) == j and (i < 2 or sent.names[i - 2] not in "gmf#"):
                found.framing = (*found.framing, "scare_quotes")

    def _holders(self, sent: Sent, mentions: list[Found]) -> None:
        """Titles in a row, with or without commas, belong to the person whom the row ends with."""
        starts = {m.i: m for m in reversed(mentions) if m.type in ("OCC", "PERS")}
        for found in reversed(mentions):
            if found.type != "OCC" or not found.entity.startswith("holder-"):
                continue
            after = starts.get(found.j)
            if after is None and sent.syntax[found.j : found.j + 1] == ",":
                after = starts.get(found.j + 1)
            if after is not None and not after.entity.startswith("holder-"):
                found.entity = after.entity

    def finish(self, sent: Sent) -> None:
        """Sort, drop doubles and crossing spans (the earlier rule wins), and index outermost mentions by first piece."""
        kept: list[Found] = []
        seen: set[tuple[int, int]] = set()
        for found in sent.mentions:
            key = (found.i, found.j)
            if key in seen:
                continue
            seen.add(key)
            kept.append(found)
        kept.sort(key=lambda m: (m.i, -m.j))
        stack: list[Found] = []
        result: list[Found] = []
        for found in kept:
            while stack and stack[-1].j <= found.i:
                stack.pop()
            if stack and found.j > stack[-1].j:
                continue  # crossing
            stack.append(found)
            result.append(found)
        self._holders(sent, result)
        sent.mentions = result
        at: dict[int, Found] = {}
        for found in result:
            at.setdefault(found.i, found)
        sent.name_at = at
