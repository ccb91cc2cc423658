"""Mentions: names and values, found by patterns over the name tags of a sentence (see `tokens`), with nesting.

The order is the rule: listed names, values and times, media, persons, organisations and places, offices, and last the
nationality words wherever they stand. A later pattern sees what an earlier one found as a letter of its own, so
"رئيس مجلس النواب" is a title followed by one organisation.
"""

from __future__ import annotations

import re

from .lexicon import Name, slug
from .offices import Offices
from .tokens import Found, Sent

_HAS_VALUE = re.compile(r"[09@!nbBdyYuUDhHEX%$ri]")


class Namer(Offices):
    """Finds the mentions of one document, sentence by sentence, and remembers its names for the second look."""

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

    def _listed(self, sent: Sent) -> None:
        entries = sent.entries
        size = len(entries)
        done = 0
        for at in sent.where:
            if at < done:
                continue
            for name in entries[at].names:
                length = len(name.tokens)
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
                if (k and sent.entries[k - 1].base == "لغة") or (
                    k
                    and sent.syntax[k - 1] == "b"
                    and entry.definite
                    and entry.base.endswith("ية")
                    and sent.entries[k - 1].norm == "ب"
                ):
                    self._mark(sent, k, k + 1, "LANGUAGE", "language", slug([entry.norm]), "")
                    continue
                self._mark(sent, k, k + 1, "NORP", "norp", entry.people, "")

    def bare_names(self, sent: Sent) -> None:
        """Mark last names known from full names anywhere in the document, and framing by quotation marks."""
        alias = self.alias
        if alias:
            entries = sent.entries
            hits = [k for k, entry in enumerate(entries) if entry.norm in alias]
            if hits:
                covered = {
                    k
                    for m in sent.mentions
                    if m.type in ("PERS", "DATE", "NORP") or m.sub == "media" or m.sub == "listed"
                    for k in range(m.i, m.j)
                }
                for k in hits:
                    if k in covered or sent.names[k] not in "NFJpPCQ_VWZMOTlor" or entries[k].syntax in "CVpck":
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
        for found in result:
            if found.type == "PERS" and re.search("[VCP]", sent.syntax[found.i : found.j]):
                # A name that is spelt like a verb is no verb.
                sent.syntax = sent.syntax[: found.i] + "N" * (found.j - found.i) + sent.syntax[found.j :]
        sent.mentions = result
        at: dict[int, Found] = {}
        for found in result:
            at.setdefault(found.i, found)
        sent.name_at = at
