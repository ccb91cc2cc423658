"""What the taggers see of a piece: orthography, affixes, word classes, quotation state, position, morphology."""

from __future__ import annotations

from collections.abc import Sequence

from .lexicon import cue_forms, word_classes
from .morphology import Morphology
from .pieces import Prepared, Token, Unit

#: A feature row per token.
Rows = list[list[str]]

_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def shape(form: str) -> str:
    """A coarse shape: digits, Latin, Arabic with or without article, or the mark itself."""
    if form.isdigit():
        return f"d{min(len(form), 5)}"
    if any(char.isdigit() for char in form):
        return "dmix"
    if _LATIN & set(form):
        return "latin"
    if not any(char.isalpha() for char in form):
        return "mark" + form[:1]
    return "al" if form.startswith("ال") and len(form) > 3 else "ar"


def classes(token: Token) -> tuple[str, ...]:
    """Lexicon classes of a piece; a cue form gives its class and its form kind."""
    found = word_classes().get(token.norm, ())
    cue = cue_forms().get(token.norm)
    return (*found, "cue", "cue." + cue[0], "form." + cue[1]) if cue else found


def bucket(value: int) -> str:
    """A signed distance in coarse steps.

    >>> [bucket(v) for v in (0, -1, 4, 30)]
    ['0', '-1', '4', '16+']
    """
    size = abs(value)
    for limit in (16, 10, 6, 4, 3, 2, 1):
        if size >= limit:
            return f"{'-' if value < 0 else ''}{limit}{'+' if limit == 16 else ''}"
    return "0"


def _region_size(prepared: Prepared, token: Token) -> str:
    """``n`` outside quotation marks, else ``s``, ``m`` or ``l`` for a short, middling or long quoted region."""
    if token.region < 0:
        return "n"
    start, end = prepared.regions[token.region]
    return "s" if end - start <= 25 else "m" if end - start <= 60 else "l"


def static_rows(prepared: Prepared, unit: Unit, morphology: Morphology) -> Rows:
    """Features of every piece of ``unit`` that depend on the text alone; one row a piece, about 40 strings each."""
    tokens = unit.tokens
    known = [classes(token) for token in tokens]
    sizes = [_region_size(prepared, token) for token in tokens]
    rows: Rows = []
    count = len(tokens)
    for i, token in enumerate(tokens):
        word = token.norm
        row = ["b", "w=" + word, "h=" + shape(token.form), "q=" + sizes[i], "z=" + unit.zone]
        bare = word[2:] if word.startswith("ال") and len(word) > 4 else word
        row += ["st=" + bare, "p2=" + bare[:2], "p3=" + bare[:3], "s2=" + bare[-2:], "s3=" + bare[-3:]]
        row.append(f"n={min(len(bare), 8)}")
        row.append("e=" + ("" if token.first else "-") + ("" if token.last else "+"))
        row += ["c=" + name for name in known[i]]
        row += ["m=" + name for name in morphology.features(token.form)]
        for step in (-2, -1, 1, 2):
            j = i + step
            if 0 <= j < count:
                other = tokens[j]
                row.append(f"w{step}={other.norm}")
                row += [f"c{step}={name}" for name in known[j]]
                if abs(step) == 1:
                    row.append(f"h{step}={shape(other.form)}")
                    row.append(f"s2{step}={other.norm[-2:]}")
                    row.append(f"e{step}={'' if other.first else '-'}{'' if other.last else '+'}")
                    row += [f"m{step}={name}" for name in morphology.features(other.form)]
            else:
                row.append(f"w{step}=<s>" if step < 0 else f"w{step}=</s>")
        if i:
            row.append("w-1w=" + tokens[i - 1].norm + "|" + word)
            if sizes[i] != sizes[i - 1]:
                row.append("q>" + sizes[i - 1] + sizes[i])
        if i < count - 1:
            row.append("ww1=" + word + "|" + tokens[i + 1].norm)
        row.append("pos=" + ("0" if i == 0 and unit.head else bucket(i)) + ("p" if unit.opens else ""))
        if count - i <= 3:
            row.append(f"end={count - i}")
        rows.append(row)
    return rows


def with_tags(rows: Rows, tags: Sequence[str], name: str) -> Rows:
    """``rows`` with the tags of an earlier layer at each place and its neighbours."""
    out: Rows = []
    for i, row in enumerate(rows):
        before = tags[i - 1] if i else "<"
        after = tags[i + 1] if i + 1 < len(tags) else ">"
        out.append(
            [*row, f"{name}={tags[i]}", f"{name}-1={before}", f"{name}+1={after}", f"{name}b={before}|{tags[i]}"]
        )
    return out
