"""Claims as comparable text: normalised words, light stems, names and times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aqwal.model import VALUE_TYPES, Annotations, Document
from aqwal.text import normalise_character

#: A claim's place: document id, claim id.
Key = tuple[str, str]

_WORD = re.compile(r"\w+")
# General knowledge: what fixes a time beside digits.
_TIMES = frozenset(
    "يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر شباط اذار نيسان ايار حزيران تموز اب ايلول "
    "تشرين كانون جانفي فيفري افريل ماي جوان جويليه اوت السبت الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعه".split()
)
_NEGATIONS = frozenset("لا لم لن ليس ليست غير عدم نفي نفت ينفي".split())
_STOP = frozenset(
    "من الي علي عن في ان كان كانت قد ما هذا هذه ذلك تلك التي الذي الذين بين بعد قبل مع او ثم كل بعض هو هي هم لم لن لا و".split()
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """``text`` in the search view, with ى as ي, ة as ه and Western digits.

    >>> plain("إلى الجزيرةِ ٢٠١٤")
    'الي الجزيره 2014'
    """
    merged = "".join(normalise_character(char) for char in text)
    return merged.replace("ى", "ي").replace("ة", "ه").translate(_DIGITS)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A light stem of a plain word: one proclitic, the article and a common ending off."""
    for start in ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ل"):
        if word.startswith(start) and len(word) - len(start) >= 3:
            word = word[len(start) :]
            break
    for end in ("ون", "ين", "ات", "يه", "ها", "هم", "ه", "ي", "ا", "ت"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            return word[: -len(end)]
    return word


@dataclass(frozen=True)
class ClaimText:
    """A claim as the matcher sees it: its statement and its words in the document, nothing of its other labels."""

    key: Key
    statement: str
    span: str
    words: tuple[str, ...]
    stems: frozenset[str]
    times: frozenset[str]
    negated: bool


def claim_texts(documents: Iterable[tuple[Document, Annotations]]) -> list[ClaimText]:
    """Every claim of ``documents`` in order; the span's text stands for a statement that is empty."""
    made = []
    for document, annotations in documents:
        for claim in annotations.claims:
            span = plain(claim.span.quote(document.text).replace(" … ", " "))
            statement = plain(claim.statement) or span
            words = tuple(_WORD.findall(statement))
            made.append(
                ClaimText(
                    (document.id, claim.id), statement, span, words,
                    frozenset(stem(w) for w in words if w not in _STOP),
                    frozenset(w for w in words if w.isdigit() or w in _TIMES), bool(_NEGATIONS & set(words)),
                )
            )  # fmt: skip
    return made


def name_stems(documents: Sequence[tuple[Document, Annotations]]) -> frozenset[str]:
    """Stems of the words of all names in training documents; short and stop words are left out."""
    found = set()
    for document, annotations in documents:
        for mention in annotations.mentions:
            if mention.level == "NAM" and mention.type not in VALUE_TYPES:
                found |= {stem(w) for w in _WORD.findall(plain(mention.span.quote(document.text))) if w not in _STOP}
    return frozenset(s for s in found if len(s) > 2)
