"""Values and times: dates, clock times, sums, quantities, percentages, numbers, ordinals."""

from __future__ import annotations

import re
from typing import Final

from .marks import Marks
from .tokens import Sent

_NUM = r"[09n][ns]*(?:w[n][ns]*)*"
_MON = r"(?:b_*(?:/[bB]_*)?|B/[bB]_*)"
_MONB = r"(?:[bB]_*(?:/[bB]_*)?)"
_YEAR = r"(?:;?[uU]?9)"
_DAY = r"(?:u?Y?d)"
_CALENDAR = (
    rf"(?:{_DAY},?)?(?:(?:[0n]|r)(?:;?u)?;?(?:{_MONB})|u{_MONB}|{_MON})(?:/{_MON})?(?:w(?:[0n])?{_MON}(?=M))?(?:,?{_YEAR})?M?"
    rf"|{_MONB}{_YEAR}"
)
_DATE = rf"(?:{_CALENDAR}|[uU]9M?|[uU]_*(?:M|n(?:w?n)?|r(?:wn)?)|E(?:U[Mnr]*)?|u?y(?:d|r)?|u?Y?dM?|Y)"
_VALUES = re.compile(
    rf"(?P<xdate>X(?P<xin>{_DATE}|9))"
    rf"|(?P<time>t(?P<tin>{_DATE})|h(?:[0n@]|r)(?:;t(?P<hin>{_DATE})?|t)?|@t?|{_NUM}h|H)"
    rf"|(?P<date>{_DATE}|{_NUM}u|D)"
    rf"|(?P<percent>{_NUM}[\^S]?%|!|%{_NUM})"
    rf"|(?P<money>{_NUM}\$[Aa]?|\${_NUM})"
    rf"|(?P<quantity>{_NUM}k)"
    rf"|(?P<number>{_NUM})"
    rf"|(?P<ordinal>[ri])"
    rf"|(?P<currency>\$)"
)
_VALUE_TYPE: Final = {
    "percent": "PERCENT",
    "money": "MONEY",
    "quantity": "QUANTITY",
    "number": "CARDINAL",
    "ordinal": "ORDINAL",
    "currency": "CURR",
}
_YEAR_BEFORE: Final = frozenset("S;^>uU.,-w(/")


class Values(Marks):
    """Values and times."""

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
        while tags and tags[0] in ",;":
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
            if (
                (before in _YEAR_BEFORE and after in ".,;wS^>-)M_δqTFAZ")
                or before in "_bδ"
                or after == "."
                or before in ".-"
            ):
                self._mark(sent, i, j, "DATE", "date/year")
                return
        if tag == "n" and j == i + 1 and names[i - 1 : i] in ("#",):
            return
        if (
            tag == "n"
            and j == i + 1
            and sent.entries[i].norm in ("الف", "ست")
            and (j >= len(names) or names[j] in "S;.,")
        ):
            return
        self._mark(sent, i, j, "CARDINAL", "number/cardinal")
