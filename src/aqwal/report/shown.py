"""How numbers and names are shown, alike in every output."""

from __future__ import annotations

import math
from collections.abc import Iterable

from aqwal.metrics import Interval

#: Shown where a value is undefined, and where a task was not attempted.
UNDEFINED = "n/a"
NOT_ATTEMPTED = "–"

#: What a reader sees for a task.
TASK_NAMES = {
    "entities": "entities",
    "attribution": "attribution",
    "who_said_what": "who said what",
    "claims": "claims",
    "claim_matching": "claim matching",
}


def number(value: float, digits: int = 3) -> str:
    """A score.

    >>> number(0.12345), number(float("nan"))
    ('0.123', 'n/a')
    """
    return UNDEFINED if math.isnan(value) else f"{value:.{digits}f}"


def bounds(interval: Interval) -> str:
    """The interval alone, empty where it is undefined."""
    if math.isnan(interval.low) or math.isnan(interval.high):
        return ""
    return f"[{number(interval.low)}, {number(interval.high)}]"


def with_bounds(interval: Interval) -> str:
    """A score with its interval.

    >>> with_bounds(Interval(0.5, 0.25, 0.75, 0.95, 1000))
    '0.500 [0.250, 0.750]'
    >>> with_bounds(Interval(float("nan"), float("nan"), float("nan"), 0.95, 0))
    'n/a'
    """
    return f"{number(interval.value)} {bounds(interval)}".strip()


def whole(value: float) -> str:
    """A large or small quantity in full, with thousands apart.

    >>> whole(1234567.8), whole(0.25), whole(float("nan"))
    ('1,234,568', '0.2', 'n/a')
    """
    if math.isnan(value):
        return UNDEFINED
    return f"{value:,.1f}" if abs(value) < 10 else f"{value:,.0f}"


def signed(value: float) -> str:
    """A difference with its sign.

    >>> signed(0.1), signed(-0.25)
    ('+0.100', '−0.250')
    """
    return UNDEFINED if math.isnan(value) else f"{value:+.3f}".replace("-", "−")


def chance(p: float, resolution: float) -> str:
    """A p-value, never said to be less than the test can tell.

    >>> chance(0.0123, 0.0001), chance(0.0001, 0.0001), chance(float("nan"), 0.5)
    ('p = 0.012', 'p ≤ 0.0001', 'p n/a')
    """
    if math.isnan(p):
        return "p n/a"
    if p <= resolution:
        return f"p ≤ {resolution:.2g}" if resolution < 0.001 else f"p ≤ {resolution:.3f}"
    return f"p = {p:.2g}" if p < 0.001 else f"p = {p:.3f}"


def share(part: float, of: float) -> str:
    """A percentage.

    >>> share(1, 3), share(0, 0)
    ('33 %', 'n/a')
    """
    return f"{100 * part / of:.0f} %" if of > 0 else UNDEFINED


def listed(items: Iterable[str]) -> str:
    """Items in a sentence.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    made = list(items)
    return " and ".join([", ".join(made[:-1]), made[-1]] if len(made) > 1 else made)


def excerpt(text: str, most: int = 160) -> str:
    """Some text on one line, cut in the middle where it is long: a span is known by its two ends.

    Words are cut only where there is no space within reach.

    >>> excerpt("ab\\ncd"), excerpt("one two three four five six", 16), excerpt("abcdefghij", 7)
    ('ab cd', 'one two … five six', 'abc … hij')
    """
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    half = max(1, most // 2)
    left, right = line[: half + 1], line[-half - 1 :]
    left = left[: left.rfind(" ")] if " " in left[half // 2 :] else left[:half]
    right = right[right.find(" ") + 1 :] if " " in right[: half // 2 + 1] else right[1:]
    return f"{left.strip()} … {right.strip()}"


def window(text: str, position: int, most: int = 160) -> str:
    """About ``most`` characters around a position, cut at spaces, with ``…`` where something is left out.

    >>> window("one two three four five six", 14, 12)
    '… three four five …'
    """
    if len(text) <= most:
        return " ".join(text.split())
    start = max(0, min(position - most // 2, len(text) - most))
    end = min(len(text), start + most)
    if start:
        start = max(text.rfind(" ", 0, min(start, position) + 1), 0)
    if end < len(text):
        space = text.find(" ", max(end, position))
        end = len(text) if space < 0 else space
    inner = " ".join(text[start:end].split())
    return f"{'… ' if start else ''}{inner}{' …' if end < len(text) else ''}"
