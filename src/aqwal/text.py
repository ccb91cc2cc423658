"""Positions in an immutable text: code points, UTF-16 units and bytes, and normalised shadow views.

Every offset in Aqwal counts **Unicode code points** of the exactly decoded file, half-open ``[start, end)``, in logical
(reading) order. JavaScript and UIMA count UTF-16 units and files count bytes, so this module converts. Nothing here
alters a text: a normalised view is a second string that remembers where each of its characters came from.
"""

from __future__ import annotations

import bisect
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


class TextError(ValueError):
    """A text that cannot be used as a document; the message says where and what to do."""


def decode_strict(data: bytes, name: str = "text") -> str:
    r"""Decode UTF-8 bytes exactly; refuse what would make offsets ambiguous.

    Line ends, byte-order-like marks inside the text and bidi marks are kept as they are.

    Raises:
        TextError: if the bytes are not UTF-8, hold a NUL, encode a lone surrogate, or begin with a byte-order mark.

    >>> decode_strict("قال".encode())
    'قال'
    >>> decode_strict(b"\xff", "x.txt")
    Traceback (most recent call last):
    ...
    aqwal.text.TextError: x.txt: not UTF-8 at byte 0 (0xff); save the file as UTF-8 without a byte-order mark

    """
    try:
        text = data.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        what = data[error.start : error.start + 1].hex()
        # UTF-8 forbids surrogates: the three-byte form ED A0..BF xx is one that some other program wrote.
        head = data[error.start : error.start + 2]
        if len(head) == 2 and head[0] == 0xED and head[1] >= 0xA0:
            raise TextError(
                f"{name}: a lone surrogate at byte {error.start}; the file was cut inside a character, export it again"
            ) from None
        raise TextError(
            f"{name}: not UTF-8 at byte {error.start} (0x{what}); save the file as UTF-8 without a byte-order mark"
        ) from None
    if text.startswith("\ufeff"):
        raise TextError(f"{name}: begins with a byte-order mark; save the file as UTF-8 without one")
    nul = text.find("\x00")
    if nul >= 0:
        raise TextError(f"{name}: a NUL character at code point {nul}; remove it")
    return text


@dataclass(frozen=True)
class OffsetMap:
    """Converts positions of one text between code points, UTF-16 units and UTF-8 bytes.

    >>> m = OffsetMap("أ𝔸ب")
    >>> m.to_utf16(2), m.to_bytes(2), m.from_utf16(3), m.from_bytes(6)
    (3, 6, 2, 2)
    """

    text: str
    _utf16: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _bytes: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        utf16, octets = [0], [0]
        for char in self.text:
            point = ord(char)
            utf16.append(utf16[-1] + (2 if point > 0xFFFF else 1))
            octets.append(octets[-1] + (1 if point < 0x80 else 2 if point < 0x800 else 3 if point < 0x10000 else 4))
        object.__setattr__(self, "_utf16", tuple(utf16))
        object.__setattr__(self, "_bytes", tuple(octets))

    def to_utf16(self, position: int) -> int:
        """UTF-16 units before code point ``position``."""
        return self._utf16[position]

    def to_bytes(self, position: int) -> int:
        """UTF-8 bytes before code point ``position``."""
        return self._bytes[position]

    def from_utf16(self, position: int) -> int:
        """The code point at UTF-16 unit ``position``; raises ValueError inside a character."""
        return self._exact(self._utf16, position, "UTF-16 unit")

    def from_bytes(self, position: int) -> int:
        """The code point at byte ``position``; raises ValueError inside a character."""
        return self._exact(self._bytes, position, "byte")

    @staticmethod
    def _exact(table: tuple[int, ...], position: int, unit: str) -> int:
        index = bisect.bisect_left(table, position)
        if index == len(table) or table[index] != position:
            raise ValueError(f"{unit} {position} is not on a character boundary")
        return index


@dataclass(frozen=True)
class View:
    """A normalised copy of a text, aligned with it.

    ``starts[i]`` is the code point of the original at which character ``i`` of the view begins; ``starts[len(view)]``
    is the end of the original, so ``starts`` has ``len(view.text) + 1`` items.
    """

    text: str
    starts: tuple[int, ...]

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the original that view characters ``[start, end)`` came from (trailing marks kept)."""
        if start == end:
            return self.starts[start], self.starts[start]
        return self.starts[start], self.starts[end]


_ALEF = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا"})
_PERSIAN = str.maketrans({"ک": "ك", "ی": "ي", "ے": "ي", "ۀ": "ه", "ہ": "ه"})
_QUOTES = {ord(mark): '"' for mark in "“”„«»‟″＂"} | {ord(mark): "'" for mark in "‘’‚‹›"}


def normalise_character(char: str) -> str:
    r"""One character of the search view: marks, tatweel and bidi controls vanish; letter variants and spaces merge.

    >>> [normalise_character(c) for c in "إـًیة\u200f “"]
    ['ا', '', '', 'ي', 'ة', '', ' ', '"']
    """
    if char == "ـ" or unicodedata.category(char) in ("Mn", "Cf"):
        return ""
    if char.isspace():
        return " "
    return char.translate(_PERSIAN).translate(_ALEF).translate(_QUOTES)


def normalised_view(text: str, character: Callable[[str], str] = normalise_character) -> View:
    """A search view of ``text`` under ``character``, aligned with the original.

    >>> view = normalised_view("قالَتْ إنّه")
    >>> view.text, view.to_original(0, 4)
    ('قالت انه', (0, 6))
    """
    out: list[str] = []
    starts: list[int] = []
    for index, char in enumerate(text):
        for made in character(char):
            out.append(made)
            starts.append(index)
    starts.append(len(text))
    return View("".join(out), tuple(starts))


def find_all(text: str, quote: str) -> list[int]:
    """Every start of ``quote`` in ``text``, overlapping ones included; an empty quote has none.

    >>> find_all("أن أن", "أن")
    [0, 3]
    """
    found: list[int] = []
    start = text.find(quote) if quote else -1
    while start >= 0:
        found.append(start)
        start = text.find(quote, start + 1)
    return found


def is_punctuation(form: str) -> bool:
    """True if no character of ``form`` is a letter, digit or mark (so it is no word for the metrics).

    >>> is_punctuation("،"), is_punctuation("2017م"), is_punctuation("")
    (True, False, True)
    """
    return not any(unicodedata.category(char)[0] in "LNM" for char in form)


def line_spans(text: str) -> list[tuple[int, int]]:
    r"""Half-open spans of the lines of ``text`` without their ends (LF, CRLF or CR).

    >>> line_spans("ا\r\nب\n")
    [(0, 1), (3, 4), (5, 5)]
    """
    spans: list[tuple[int, int]] = []
    start = index = 0
    while index < len(text):
        if text[index] in "\r\n":
            spans.append((start, index))
            index += 2 if text.startswith("\r\n", index) else 1
            start = index
        else:
            index += 1
    spans.append((start, len(text)))
    return spans


def join_quotes(text: str, fragments: Iterable[tuple[int, int]]) -> str:
    """The quote of a possibly discontinuous span: its fragments joined by `` … ``."""
    return " … ".join(text[start:end] for start, end in fragments)
