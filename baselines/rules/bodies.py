"""Organisations, facilities, regions, places, events, laws and firms: a head noun and its complements."""

from __future__ import annotations

import re
from typing import Final

from .entries import Entry
from .lexicon import slug
from .persons import Persons
from .tokens import Found, Sent

_ORG = re.compile(
    r"(?P<def>G[AJU]*(?:(?<=[JU])>[FCRGJ][JUC]*A?)?)"
    r"|(?P<indef>g(?:[gVNWZ](?=[CFGRTγολ]))?(?P<comp>[CFJRTGK]|(?:γ|π|λ|ο)_*|N(?=[AJ.,;wSVWZ]|$))(?:w[CF](?![_]))?[JUr]*(?P<nat>A?))"
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
_REGION = re.compile(r"[λFC](?=[AJF])")
_DIRECTION_NAMES: Final = frozenset(("الشرق", "الغرب", "الشمال", "الجنوب"))
_MINISTRIES: Final = frozenset(("خارجية", "داخلية", "دفاع", "مالية", "رئاسة"))


class Bodies(Persons):
    """Organisations, facilities, regions, places, events, laws and firms."""

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
                while (
                    j - i > 1
                    and tags[j - i - 1] == "J"
                    and entries[j - 1].base in self.lex.common_adjectives
                    and entries[j - 1].norm not in self.lex.name_adjectives
                    and not self._institutional_adjective(entries[j - 1])
                ):
                    j -= 1
                if j - i < 2:
                    continue
                if (
                    entries[i].base
                    in ("نظام", "سلطات", "معارضة", "قوات", "جهاز", "مركز", "بعثة", "مؤسسة", "هيئة", "لجنة", "سلطة")
                    and tags[1 : j - i] == "J"
                    and entries[i + 1].norm not in self.lex.name_adjectives
                ):
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
            if sent.names[comp] == "N" and entries[i].norm in (
                "قوات",
                "ادارة",
                "لواء",
                "مجلس",
                "مركز",
                "مدرسة",
                "كلية",
                "جيش",
            ):
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
        if head.norm in (
            "وزارة",
            "حزب",
            "حركة",
            "مجلس",
            "جامعة",
            "محكمة",
            "جبهة",
            "بنك",
            "مصرف",
            "منظمة",
            "نقابة",
            "تيار",
            "حكومة",
            "هيئة",
            "جهاز",
        ):
            return complement.base in ("بلاد", "مدينة", "دولة") and head.norm not in ("مجلس", "جهاز")
        return complement.base in self.lex.common

    def _nest_and_mark(self, sent: Sent, i: int, j: int, rule: str) -> None:
        for k in range(i, j):
            if sent.entries[k].people and sent.names[k] in "Aa":
                self._mark(sent, k, k + 1, "NORP", "norp/adjective", sent.entries[k].people, "")
            elif (
                k > i
                and sent.names[k] == "G"
                and rule == "org/idafa"
                and sent.entries[k].base not in _MINISTRIES
                and k + 1 < j
                and sent.names[k + 1] in "JA"
            ):
                inner = Found(k, j, "ORG", "org/nested", slug(self._words(sent, k, j)))
                sent.mentions.append(inner)
                break
        self._mark(sent, i, j, "ORG", rule, slug(self._words(sent, i, j)))

    def _places(self, sent: Sent) -> None:
        entries, lex = sent.entries, self.lex
        names = sent.names
        for match in list(_PLACE.finditer(names)):
            i, j = match.span()
            groups = match.groupdict()
            if groups["fac"]:
                k = i + 1
                if names[k] == "F" and entries[k].base in lex.common and not (j > k + 1 and entries[i].norm == "قاعدة"):
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
                if (
                    entries[a].base in lex.common
                    or entries[a].base in lex.speech_nouns
                    or (entries[i].norm in ("عاصمة", "دولة", "منطقة") and names[a] == "F")
                ):
                    continue
                self._mark(
                    sent,
                    a,
                    b,
                    "LOC" if entries[i].norm == "منطقة" else "GPE",
                    "place/after-noun",
                    slug(self._words(sent, a, b)),
                )
            elif groups["event"]:
                self._event(sent, i, j)
            elif groups["law"]:
                self._nest(sent, i, j)
                self._mark(sent, i, j, "LAW", "law", slug(self._words(sent, i, j)))
            elif groups["firm"]:
                a, b = match.span("name")
                self._mark(sent, a, b, "ORG", "org/firm", slug(self._words(sent, a, b)))
        at = sent.names.find("*")
        while at >= 0:
            self._model(sent, at)
            at = sent.names.find("*", at + 1)
        # الشرق الليبي, المنطقة الشرقية
        for match in list(_REGION.finditer(sent.names)):
            k = match.start()
            after = entries[k + 1]
            if entries[k].norm in _DIRECTION_NAMES and sent.names[k + 1] == "A":
                sent.mentions = [m for m in sent.mentions if (m.i, m.j) != (k, k + 1)]
                self._nest(sent, k, k + 2)
            elif entries[k].norm != "المنطقة" or after.norm not in lex.direction_adjectives:
                continue
            self._mark(sent, k, k + 2, "LOC", "place/direction-adjective", slug(self._words(sent, k, k + 2)))

    def _model(self, sent: Sent, at: int) -> None:
        """طائرة من طراز س: a product by its model."""
        i = at + 1
        if sent.names[i : i + 1] == "q" and 1 < sent.quotes.get(i, -1) - i <= 5:
            i, j = i + 1, sent.quotes[i]
        else:
            j = i
            while j < len(sent) and j - i < 3 and sent.names[j] in "NI0-":
                j += 1
            while j > i and sent.names[j - 1] == "-":
                j -= 1
        if j > i:
            self._mark(sent, i, j, "PRODUCT", "product/model", slug(self._words(sent, i, j)), "*")

    def _event(self, sent: Sent, i: int, j: int) -> None:
        entries, lex = sent.entries, self.lex
        tags = sent.names[i:j]
        if tags[0] == "R":
            if j - i < 2:
                return
        else:
            head = entries[i].norm
            if (
                head in ("عملية", "حرب", "معركة", "حوار", "محادثات", "دورة", "ثورة", "انتفاضة", "مؤتمر", "قمة")
                and tags[1] in "FC"
                and entries[i + 1].base in lex.common
            ):
                return
            if head in ("محادثات", "حوار", "دورة") and tags[1] in "FC":
                return
        self._nest(sent, i, j)
        self._mark(sent, i, j, "EVENT", "event", slug(self._words(sent, i, j)))


def _agree(head: Entry, adjective: Entry, tag: str) -> bool:
    """Whether a definite adjective agrees with its head (in المالية اليوناني it does not: it is the minister's)."""
    if tag not in "AJ":
        return True
    feminine = head.base.endswith(("ة", "ات")) or head.base in ("رئاسة", "سلطات", "قوات")
    return feminine == adjective.base.endswith("ة") or (adjective.norm in ("العليا", "الكبرى") and feminine)
