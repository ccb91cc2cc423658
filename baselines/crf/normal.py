"""Normalised forms of pieces, by camel-tools; offsets are never taken from them."""

from __future__ import annotations

from functools import lru_cache

from camel_tools.utils.dediac import dediac_ar
from camel_tools.utils.normalize import normalize_alef_ar, normalize_alef_maksura_ar, normalize_unicode

from aqwal.text import normalise_character


@lru_cache(maxsize=200_000)
def norm(form: str) -> str:
    """``form`` without marks, tatweel and bidi controls, with one alef, ى as ي, and Persian letters as Arabic ones.

    A form that consists of such characters alone is kept, so that no piece is ever empty.
    """
    merged = "".join(normalise_character(char) for char in normalize_unicode(form, compatibility=True))
    return normalize_alef_maksura_ar(normalize_alef_ar(dediac_ar(merged))) or form


@lru_cache(maxsize=200_000)
def stem(form: str) -> str:
    """A light stem for string comparison: :func:`norm` without article and the commonest endings."""
    bare = norm(form)
    if bare.startswith("ال") and len(bare) > 4:
        bare = bare[2:]
    for ending in ("يون", "يين", "يات", "ية", "ون", "ين", "ات", "ان", "ة", "ي", "ت"):
        if bare.endswith(ending) and len(bare) - len(ending) >= 3:
            return bare[: -len(ending)]
    return bare
