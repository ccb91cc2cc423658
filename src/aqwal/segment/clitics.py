"""Clitic pieces of a word: rules from general knowledge of written Arabic, no dictionary and no statistics.

A proclitic is split where what is left is a function word, begins with the article, occurs elsewhere in the document,
or where the word is not one of the common stems that begin with that letter. A pronoun is split unless the word is
one of the stems that end like one. Both kinds of stems are listed in :mod:`aqwal.segment.lexicon`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from itertools import pairwise

from aqwal.segment.lexicon import (
    ARTICLE_LIKE,
    B_STEMS,
    F_STEMS,
    F_VERBS,
    HE_STEMS,
    HOSTED,
    K_STEMS,
    L_STEMS,
    PARTICLES,
    S_STEMS,
    SHORT,
    TAIL_STEMS,
    W_STEMS,
    WHOLE,
)

_PERSIAN = str.maketrans({"ک": "ك", "ی": "ي", "ے": "ي", "ۀ": "ه", "ہ": "ه"})
_HAMZA = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا"})
#: Endings of inflection and pronouns that a listed stem may have.
_ENDINGS = (
    *("", "ا", "ة", "ت", "ي", "ية", "يا", "وا", "ون", "ين", "ان", "ات", "تا", "يون", "يين"),
    *("ه", "ها", "هم", "هما", "نا"),
)
#: What may follow the ت that a final ة becomes.
_AFTER_T = ("ه", "ها", "هم", "هما", "ي", "نا", "ان", "ين", "ا")
_STEMS = {"و": W_STEMS, "ف": F_STEMS, "ب": B_STEMS, "ك": K_STEMS, "ل": L_STEMS, "س": S_STEMS}
#: A proclitic before digits or Latin letters: و2019م, بـNATO.
_BEFORE_OTHER = re.compile(r"([وف]?)([بكل]?)(?=[0-9A-Za-z٠-٩])")


def letters_of(form: str) -> tuple[str, tuple[int, ...]]:
    """Letters of ``form`` without marks, tatweel and bidi controls, Persian letters as Arabic ones.

    The second item gives, for each letter and for the end, its position in ``form``: a mark or tatweel belongs to the
    letter before it, a leading one to the first letter.

    >>> letters_of("بـِأنّ")
    ('بأن', (0, 3, 4, 6))
    """
    letters: list[str] = []
    positions: list[int] = []
    for index, char in enumerate(form):
        if char == "ـ" or unicodedata.category(char) in ("Mn", "Cf"):
            continue
        letters.append(char.translate(_PERSIAN))
        positions.append(index)
    if positions:
        positions[0] = 0
    return "".join(letters), (*positions, len(form))


def attested(forms: Iterable[str]) -> frozenset[str]:
    """Folded letters of the words of a document: the evidence that what is left after a split is a word."""
    return frozenset(letters_of(form)[0].translate(_HAMZA) for form in forms)


def split_word(form: str, known: Collection[str] = frozenset()) -> list[int]:
    """Lengths, in code points, of the clitic pieces of ``form``; they add up to ``len(form)``.

    ``known`` are other words of the same document (see :func:`attested`).

    >>> split_word("وبالمدرسة"), split_word("للمدير"), split_word("إنه"), split_word("وصل"), split_word("لـ")
    ([1, 1, 7], [1, 5], [2, 1], [3], [2])
    """
    letters, positions = letters_of(form)
    if not letters:
        return [len(form)]
    if all("ء" <= char <= "ي" for char in letters):
        cuts = _cuts(letters, known)
    else:
        found = _BEFORE_OTHER.match(letters)
        cuts = sorted({found.end(1), found.end(2)} - {0}) if found else []
    bounds = [0, *(positions[cut] for cut in cuts), len(form)]
    return [end - start for start, end in pairwise(bounds)]


def _cuts(letters: str, known: Collection[str]) -> list[int]:
    """Positions of ``letters`` at which pieces begin, the first piece aside."""
    word = letters.translate(_HAMZA)
    cuts: list[int] = []
    start = 0
    # At most one conjunction, then at most one of ب ك ل س.
    if _is_conjunction(letters, word, known):
        start = 1
        cuts.append(start)
    if _is_prefix(letters[start:], word[start:], known):
        start += 1
        cuts.append(start)
    # للكتاب has the article in its second ل; للغته has not, its stem begins with ل.
    article = word[start - 1 : start + 1] == "لل" and start > 0 and not _listed(word[start:], L_STEMS)
    tail = _pronoun(letters[start:], word[start:], known, proclitic=start > 0, article=article)
    if tail:
        cuts.append(len(word) - tail)
    return cuts


def _listed(word: str, stems: Collection[str]) -> bool:
    """True if ``word`` is a listed stem with at most an ending of inflection."""
    if any(word.endswith(ending) and word[: len(word) - len(ending)] in stems for ending in _ENDINGS):
        return True
    return any(word.endswith("ت" + ending) and word[: -len(ending) - 1] + "ة" in stems for ending in _AFTER_T)


def _is_function(word: str) -> bool:
    """True for a particle, or one with a pronoun."""
    return word in PARTICLES or word in HOSTED or word in WHOLE


def _is_conjunction(letters: str, word: str, known: Collection[str]) -> bool:
    """True if ``word`` begins with the conjunction و or ف."""
    if len(word) < 2 or word[0] not in "وف" or word in WHOLE or word in HOSTED:
        return False
    rest = word[1:]
    # No stem begins with و or ف and a hamza below alef.
    if _is_function(rest) or letters[1] == "إ":
        return True
    if word in _STEMS[word[0]]:
        return False
    if rest in SHORT:
        return True
    if len(rest) > 3 and rest.startswith(("ال", "لل", "بال", "كال")) and letters[1] != "أ":
        # والدته is no conjunction and article; وكالات is listed as it stands.
        return not (rest.startswith("الد") and _listed(word, W_STEMS))
    if _listed(word, _STEMS[word[0]]):
        return False
    if len(rest) > 2 and rest in known:
        return True
    if word[0] == "و":
        # The conjunction is far commoner than a stem in و that is not listed.
        return len(rest) > 2
    if _listed(rest, F_VERBS):
        return True
    # Before an imperfect or another prefix; else the stem is taken to begin with ف.
    return len(rest) > 3 and (rest[0] in "يت" or _is_prefix(letters[1:], rest, known))


def _is_prefix(letters: str, word: str, known: Collection[str]) -> bool:
    """True if ``word`` begins with one of the proclitics ب ك ل س."""
    if len(word) < 2 or word[0] not in "بكلس" or word in WHOLE or word in _STEMS[word[0]]:
        return False
    first, rest = word[0], word[1:]
    if word in HOSTED:
        return HOSTED[word] == 1
    if first == "س":
        imperfect = rest[0] in "يتن" or letters[1] == "أ"
        return imperfect and len(rest) > 2 and not _listed(word, S_STEMS)
    if first == "ل" and rest[0] == "ل" and len(rest) > 2:
        return True
    if rest.startswith("ال") and len(rest) > 3 and first != "ل":
        return not _listed(word, _STEMS[first])
    if _is_function(rest) or letters[1] == "إ":
        return True
    if rest in SHORT and first in "بل":
        return True
    if _listed(word, _STEMS[first]):
        return False
    if len(rest) > 2 and rest in known:
        return True
    # Unlisted words in ب and ل have the preposition more often than not; in ك they seldom do.
    return first != "ك" and len(rest) > 2


def _pronoun(letters: str, rest: str, known: Collection[str], *, proclitic: bool, article: bool) -> int:
    """Length of the pronoun that ends ``rest`` (proclitics removed), or 0."""
    if article:
        return 0
    if rest in HOSTED:
        return len(rest) - HOSTED[rest]
    if rest in WHOLE or rest in PARTICLES or (proclitic and rest in ("ه", "ها", "هم", "هما", "هن", "نا", "كم")):
        return 0
    # A noun with the article takes no pronoun; verbs and verbal nouns that begin like it do.
    if letters.startswith("ال") and len(rest) > 4 and not any(rest.startswith(stem) for stem in ARTICLE_LIKE):
        return 0
    for pronoun in ("هما", "ها", "هم"):
        if rest.endswith(pronoun) and len(rest) - len(pronoun) > 1:
            return 0 if rest in TAIL_STEMS else len(pronoun)
    if rest.endswith("ه") and len(rest) > 2:
        return 0 if rest in HE_STEMS or rest.removeprefix("عبد") in HE_STEMS else 1
    for pronoun in ("نا", "كم"):
        host = rest[: len(rest) - len(pronoun)]
        if rest.endswith(pronoun) and len(host) > 2 and (host in known or (pronoun == "نا" and host[-1] == "ن")):
            return len(pronoun)
    return 0
