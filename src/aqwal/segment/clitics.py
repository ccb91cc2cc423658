"""Clitic pieces of a word: rules from general knowledge of written Arabic, no dictionary and no statistics."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable

from aqwal.segment.lexicon import (
    B_STEMS,
    F_STEMS,
    HE_STEMS,
    HOSTED,
    K_STEMS,
    L_STEMS,
    PARTICLES,
    S_STEMS,
    TAIL_STEMS,
    W_STEMS,
    WHOLE,
)

_FOLD = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ک": "ك", "ی": "ي", "ے": "ي", "ۀ": "ه", "ہ": "ه"})
#: Endings of inflection that may follow a listed stem without making another word of it.
_ENDINGS = ("", "ا", "ة", "ت", "ه", "ها", "هم", "هما", "ي", "ية", "يا", "وا", "ون", "ين", "ان", "ات", "تا", "نا", "ت", "ى")
_IMPERFECT = frozenset("يتنا")


def skeleton(form: str) -> tuple[str, tuple[int, ...]]:
    """Letters of ``form`` without marks, tatweel and bidi controls, hamza seats and Persian letters folded.

    The second item gives, for each letter and for the end, its position in ``form``: a mark or tatweel belongs to the
    letter before it.

    >>> skeleton("بـِأنّ")
    ('بان', (0, 3, 4, 6))
    """
    letters: list[str] = []
    positions: list[int] = []
    for index, char in enumerate(form):
        if char == "ـ" or unicodedata.category(char) in ("Mn", "Cf"):
            continue
        letters.append(char.translate(_FOLD))
        positions.append(index)
    if positions:
        positions[0] = 0
    return "".join(letters), (*positions, len(form))


def attested(forms: Iterable[str]) -> frozenset[str]:
    """Skeletons of the words of a document, the evidence that what is left after a split is a word."""
    return frozenset(skeleton(form)[0] for form in forms)


def split_word(form: str, known: Collection[str] = frozenset()) -> list[int]:
    """Lengths, in code points, of the clitic pieces of ``form``; they add up to ``len(form)``.

    ``known`` are skeletons of other words of the same document (see :func:`attested`).

    >>> split_word("وبالمدرسة"), split_word("للمدير"), split_word("إنه"), split_word("وصل")
    ([1, 1, 7], [1, 5], [2, 1], [3])
    """
    letters, positions = skeleton(form)
    if not letters or not all("ء" <= char <= "ي" for char in letters):
        return [len(form)]
    cuts = _cuts(letters, known)
    marks = [positions[cut] for cut in cuts]
    bounds = [0, *marks, len(form)]
    return [end - start for start, end in zip(bounds, bounds[1:], strict=False)]


def _cuts(word: str, known: Collection[str]) -> list[int]:
    """Letter positions at which pieces of the skeleton ``word`` begin, the first piece aside."""
    cuts: list[int] = []
    start = 0
    # At most one conjunction, then at most one of ب ك ل س.
    if _is_conjunction(word, known):
        start = 1
        cuts.append(1)
    rest = word[start:]
    if _is_prefix(rest, known):
        start += 1
        cuts.append(start)
        rest = word[start:]
    tail = _pronoun(rest, known, after_proclitic=start > 0)
    if tail:
        cuts.append(len(word) - tail)
    return cuts


def _listed(word: str, stems: Collection[str]) -> bool:
    """True if ``word`` is a listed stem with at most an ending of inflection."""
    return any(word.endswith(ending) and word[: len(word) - len(ending)] in stems for ending in _ENDINGS)


def _is_function(word: str) -> bool:
    """True for a particle, or one with a pronoun."""
    return word in PARTICLES or word in HOSTED


def _is_conjunction(word: str, known: Collection[str]) -> bool:
    """True if ``word`` begins with the conjunction و or ف."""
    if len(word) < 2 or word[0] not in "وف" or word in WHOLE or word in HOSTED:
        return False
    rest = word[1:]
    if _is_function(rest) or rest in WHOLE:
        return True
    if rest.startswith(("ال", "لل", "بال", "كال")) and len(rest) > 3:
        return True
    if _listed(word, W_STEMS if word[0] == "و" else F_STEMS):
        return False
    if rest in known and len(rest) > 2:
        return True
    if word[0] == "و":
        # The conjunction is far commoner than an unlisted stem in و.
        return len(rest) > 2
    # ف: before a verb of the imperfect or another prefix; else the stem is taken to begin with it.
    return len(rest) > 3 and (rest[0] == "ي" or (rest[0] == "ت" and len(rest) > 4) or _is_prefix(rest, known))


def _is_prefix(word: str, known: Collection[str]) -> bool:
    """True if ``word`` begins with a proclitic ب ك ل س."""
    if len(word) < 2 or word[0] not in "بكلس" or word in WHOLE:
        return False
    first, rest = word[0], word[1:]
    if word in HOSTED:
        return HOSTED[word] == 1
    if first == "س":
        return len(rest) > 3 and rest[0] in _IMPERFECT and not _listed(word, S_STEMS)
    if first == "ل" and rest.startswith("ل") and len(rest) > 2:
        return True
    if rest.startswith("ال") and len(rest) > 3 and not (first == "ل" or _listed(word, B_STEMS | K_STEMS)):
        return True
    if _is_function(rest):
        return True
    stems = {"ب": B_STEMS, "ك": K_STEMS, "ل": L_STEMS}[first]
    if _listed(word, stems):
        return False
    if rest in known and len(rest) > 2:
        return True
    if first == "ك":
        return False
    return len(rest) > 3 and _looks_nominal(rest, first)


def _looks_nominal(rest: str, first: str) -> bool:
    """True if ``rest`` can be a noun after ب or ل, or a subjunctive after ل, rather than the tail of a stem."""
    if rest[0] in "امتي" or rest.endswith(("ة", "ات", "ين", "يه", "ها", "هم")):
        return True
    return len(rest) > 3 and (first == "ل" or rest[0] in "شقعحخجكسصفلندهوغرضط")


def _pronoun(rest: str, known: Collection[str], *, after_proclitic: bool) -> int:
    """Length of the pronoun that ends ``rest`` (proclitics removed), or 0."""
    if rest in HOSTED:
        return len(rest) - HOSTED[rest]
    if after_proclitic and rest in ("ه", "ها", "هم", "هما", "هن", "نا", "كم"):
        return 0
    if rest in WHOLE or rest in PARTICLES:
        return 0
    for pronoun in ("هما", "ها", "هم"):
        host = rest[: len(rest) - len(pronoun)]
        if rest.endswith(pronoun) and len(host) > 1:
            return 0 if _listed(rest, TAIL_STEMS) or rest.removeprefix("ال") in TAIL_STEMS else len(pronoun)
    if rest.endswith("ه") and len(rest) > 2:
        bare = rest.removeprefix("ال")
        return 0 if bare in HE_STEMS or rest.startswith("ال") or rest.removeprefix("عبد") in HE_STEMS else 1
    if rest.endswith("نا") and len(rest) > 4 and rest[:-2] in known:
        return 2
    return 0
