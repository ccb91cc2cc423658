"""Lines that repeat an earlier line of their document."""

from __future__ import annotations

from collections.abc import Sequence

#: Shorter lines ("* * *", a name) recur without being a repeated paragraph.
MINIMUM_WORDS = 3


def find_repeats(lines: Sequence[str]) -> list[int | None]:
    """For each line the index of the first equal line before it, or None; white space is not compared.

    >>> find_repeats(["قال إنه عاد", "ثم خرج من هنا", " قال  إنه عاد"])
    [None, None, 0]
    """
    first: dict[str, int] = {}
    found: list[int | None] = []
    for index, line in enumerate(lines):
        words = line.split()
        if len(words) < MINIMUM_WORDS:
            found.append(None)
            continue
        key = " ".join(words)
        found.append(first.get(key))
        first.setdefault(key, index)
    return found
