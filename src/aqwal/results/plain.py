"""What may stand in a result: JSON that can be written again, names fit for a table, counts and dates that can be."""

from __future__ import annotations

import datetime
import json
import math
import re
import reprlib
import sys
from collections.abc import Mapping
from typing import Any

from aqwal.results.errors import ResultError

#: Arrays and objects of a result may be nested this deep.
MAX_DEPTH = 64
#: A name may have this many characters.
MAX_NAME = 100
#: Counts up to here are exact as float64.
MAX_COUNT = 2**53
#: The greatest float64. A whole number beyond it cannot be one, and none that is written as a whole number is beyond.
_MAX_NUMBER = int(sys.float_info.max)
#: ``re`` would take other digits for ``\d``.
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Long fields of numbers and predictions: looked through one by one only if they cannot be written.
_LONG = ("blocks", "tasks", "predictions")


def shown(value: object) -> str:
    """A short rendering of any value for a message: one printable line."""
    try:
        return reprlib.repr(value)
    except ValueError:  # an integer of thousands of digits
        return "a number too long to show"


def key(name: object) -> str:
    """A key as a step of a field's name: itself where it is short and printable."""
    return name if isinstance(name, str) and name.isprintable() and 0 < len(name) <= MAX_NAME else shown(name)


def check_fields(record: Mapping[Any, Any], name: str) -> None:
    """Refuse a record that could not be written as JSON again.

    Raises:
        ResultError: naming the field that holds no finite number, half a surrogate pair, a number of hundreds of
            digits, or too many levels.
    """
    for field, value in record.items():
        if field in _LONG and _writes(value):
            continue
        check_plain({field: value}, name, "")
        if not _writes({field: value}):
            raise ResultError(name, key(field), "cannot be written as JSON", "write it with write_result")


def _writes(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False, default=str).encode("utf-8")
    except (ValueError, TypeError, RecursionError):
        return False
    return True


def check_plain(value: object, name: str, where: str) -> None:
    """Refuse strings, numbers and keys anywhere in ``value`` that JSON cannot hold; ``where`` names the field.

    Raises:
        ResultError: naming the first one.
    """
    stack: list[tuple[str, int, object]] = [(where, 0, value)]
    while stack:
        at, depth, item = stack.pop()
        problem = _problem(item)
        if depth > MAX_DEPTH:
            problem = (f"nested over {MAX_DEPTH} levels", "flatten it")
        if problem is not None:
            raise ResultError(name, at or "$", *problem)
        if isinstance(item, Mapping):
            for inner, child in item.items():
                if not isinstance(inner, str) or _problem(inner) is not None:
                    raise ResultError(name, at or "$", f"the key {shown(inner)} is no string", "give well-formed text")
                stack.append((f"{at}.{key(inner)}" if at else key(inner), depth + 1, child))
        elif isinstance(item, list | tuple):
            stack.extend((f"{at}[{index}]", depth + 1, child) for index, child in enumerate(item))


def _problem(item: object) -> tuple[str, str] | None:
    """What is wrong with a single value, and how to mend it."""
    if isinstance(item, float) and not math.isfinite(item):
        return f"{item} is no number of JSON", "leave it out or give null"
    if isinstance(item, int) and abs(item) > _MAX_NUMBER:
        return "a number of hundreds of digits", "give a number that can be"
    if isinstance(item, str) and not item.isascii() and any("\ud800" <= char <= "\udfff" for char in item):
        return f"{shown(item)} holds half a surrogate pair", "write it whole"
    return None


def check_name(value: object, name: str, where: str, *, empty: bool = False) -> None:
    """Refuse what is no printable name of up to :data:`MAX_NAME` characters.

    Raises:
        ResultError: for another type, a blank or long name, or one with control, format or line characters.
    """
    if not isinstance(value, str) or len(value) > MAX_NAME or not (empty or value.strip()):
        raise ResultError(name, where, f"no name of up to {MAX_NAME} characters", f"name the {where}")
    if not value.isprintable():
        odd = next(char for char in value if not char.isprintable())
        message = f"{shown(value)} holds the character U+{ord(odd):04X}, which does not print"
        raise ResultError(name, where, message, "leave it out")


def check_date(value: object, name: str, where: str = "date") -> None:
    """Refuse what is no day of the calendar, written YYYY-MM-DD.

    Raises:
        ResultError: for anything else.
    """
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            datetime.date.fromisoformat(value)
            return
    except ValueError:
        pass
    raise ResultError(name, where, f"{shown(value)} is no date", "write YYYY-MM-DD")


def check_counts(value: object, name: str, where: str) -> None:
    """Refuse what is no mapping of names to whole numbers from 0 to :data:`MAX_COUNT`.

    Raises:
        ResultError: for anything else.
    """
    if not isinstance(value, Mapping):
        raise ResultError(name, where, "no counts by name", 'give {"object": 2}')
    check_plain(value, name, where)
    for what, count in value.items():
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MAX_COUNT:
            raise ResultError(name, where, f"no counts by name: {key(what)} is {shown(count)}", 'give {"object": 2}')


def check_measured(value: object, name: str, where: str = "measured") -> None:
    """Refuse what is no mapping of names to finite numbers; null and NaN stand for what was not measured.

    Raises:
        ResultError: for anything else.
    """
    if not isinstance(value, Mapping):
        raise ResultError(name, where, "no numbers by name", 'give {"words_per_second": 1200}')
    for what, number in value.items():
        missing = number is None or (isinstance(number, float) and math.isnan(number))
        if not missing and (isinstance(number, bool) or not isinstance(number, int | float)):
            raise ResultError(name, f"{where}.{key(what)}", f"{shown(number)} is no number", "give a number or null")
        check_plain({what: None if missing else number}, name, where)
