"""Persons: listed given names with what follows them, and unknown words after a title."""

from __future__ import annotations

import re

from .entries import Entry
from .lexicon import slug
from .media import Media
from .tokens import Sent

_PERSON = re.compile(
    # A listed given name, then further given names or particles, then at most one unknown word.
    r"(?P<full>(?:P|Q[FJCAQr])(?:c+(?:Q[FJCAr]|[NPpFJVQ])|Q[FJCAr]|[Pp])*(?:NN|[NFJCQWZ])?)"
    # A given name that is a common word needs a name or an unknown word after it.
    r"|(?P<weak>(?<=[TOAJ])pZ|[pQ](?:c+(?:Q[FJCA]|[NPpFJV])|Q[FJCA]|[Pp])+[NFJ]?|p[NJ]|c[NPpFJ](?:[Pp]|[NFJ])?)"
)
#: كاتب التقرير، فلان الفلاني،
_APPOSED = re.compile(r"(?:[oOTl][FJACV]?[JA]*),(?P<name>[NPp][NFJWZ]{1,2})(?=,)")
_TITLED = re.compile(r"(?:[TO][AJMr]*|[oO][AaJ]*)(?P<name>[pP]?N[NFJ]?|[pPQ]F?|N)")


class Persons(Media):
    """Persons."""

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
                if (
                    match.lastgroup == "weak"
                    and names[i] == "c"
                    and (names[i:j] in ("cF", "cJ", "cN") and entries[i].norm not in ("بن", "ابو", "ال"))
                ):
                    continue
                if names[j - 1] in "FC" and j - i > 2 and names[j - 2] in "PpN":
                    j -= 1  # two names are a full name: what follows with ال is the object
                if names[j - 1] in "FJC" and j - i > 1 and entries[j - 1].base in self.lex.common_adjectives:
                    j -= 1
                    if j - i < 2 and names[i] != "Q":
                        continue
                if j < len(entries) and entries[j].norm in ("الابن", "الاب"):
                    j += 1
                if entries[i].syntax in "C" and match.lastgroup == "weak":
                    continue
                self._person(sent, i, j, f"person/{match.lastgroup}-name")
        names = sent.names
        if "," in names:
            for match in list(_APPOSED.finditer(names)):
                i, j = match.span("name")
                if "π" not in sent.names[i:j] and self._nameable(entries[i]):
                    self._person(sent, i, j, "person/apposition")
        names = sent.names
        if "T" in names or "O" in names or "o" in names:
            for match in list(_TITLED.finditer(names)):
                i, j = match.span("name")
                if not self._nameable(entries[i]) or names[j : j + 1] == "~":
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
