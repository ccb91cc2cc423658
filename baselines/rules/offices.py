"""Offices and ranks, and whose they are."""

from __future__ import annotations

import re

from .bodies import Bodies
from .lexicon import slug
from .tokens import Found, Sent

_OFFICE = re.compile(
    r"(?P<def>T[AJUrO]*)"
    r"|(?P<indef>l(?:[lo]|[VNW](?=[οCFGγ]))*(?P<comp>(?:ο|γ|λ|φ|π)_*|[GCFRUTOJ][JUA]*(?:w[CF])?)[JAU]*)"
    r"|(?P<occ>O[AJO]*(?=π)|o(?:F[JA]*|C)?(?=π))"
)
_NEXT_NAME = re.compile(r"(?P<name>N[NF]?|[pPQ]N?)")


class Offices(Bodies):
    """Offices and ranks, and whose they are."""

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
                speaks_for = j < len(names) and (
                    entries[j].norm == "باسم" or (names[j] == "^" and self._norm(sent, j + 1) == "اسم")
                )
                if bare and not named and not speaks_for and entries[i].base not in lex.bare_titles:
                    continue
                self._office(sent, i, j, "office/definite")
            elif groups["indef"]:
                comp = match.start("comp")
                if names[comp] in "FJ" and (
                    entries[comp].base in ("جديد", "سابق", "اخر") or (names[comp] == "J" and comp == i + 1)
                ):
                    continue
                if (
                    names[comp] == "F"
                    and entries[i].norm in ("نائب", "امين", "ولي", "مدير", "عميد", "خليفة", "شيخ", "امام")
                    and entries[comp].base in lex.common_adjectives
                ):
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
            if (
                match
                and names[match.end() : match.end() + 1] != "~"
                and rule != "office/occupation"
                and self._nameable(entries[j])
            ):
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
