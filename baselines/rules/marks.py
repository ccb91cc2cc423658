"""The names of one document so far, and how a mention is recorded in a sentence."""

from __future__ import annotations

from typing import Final

from .lexicon import Lexicon, lexicon
from .tokens import Found, Sent

_GREEK: Final = {
    "GPE": "γ",
    "LOC": "λ",
    "ORG": "ο",
    "WEBSITE": "ω",
    "PERS": "π",
    "DATE": "δ",
    "FAC": "φ",
    "EVENT": "ε",
    "OCC": "τ",
    "NORP": "ν",
}


class Marks:
    """The names of one document so far, and how a mention is recorded in a sentence."""

    def __init__(self, document_id: str) -> None:
        self.lex: Lexicon = lexicon()
        self.document_id = document_id
        #: Last name -> entity, from the full names of the document.
        self.alias: dict[str, str] = {}
        self.full: dict[tuple[str, ...], str] = {}
        self.offices: dict[str, str] = {}

    def _mark(
        self, sent: Sent, i: int, j: int, type_: str, rule: str, entity: str = "", tag: str | None = None
    ) -> Found:
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

    def _nest(self, sent: Sent, i: int, j: int) -> None:
        for k in range(i, j):
            if sent.entries[k].people and sent.names[k] in "Aa":
                self._mark(sent, k, k + 1, "NORP", "norp/adjective", sent.entries[k].people, "")
