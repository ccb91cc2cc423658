"""What is known of a clitic piece by its form alone: its classes and its three tags (listed in `tokens`)."""

from __future__ import annotations

import re
from typing import Final

from aqwal.model import Word

from .lexicon import Cue, Lexicon, Name, lexicon, normal

_PROCLITICS: Final = frozenset("وفبكلس")
_ENCLITICS: Final = frozenset(("ه", "ها", "هم", "هن", "هما", "ي", "نا", "ني", "ك", "كم", "كن", "كما"))
_QUOTES: Final = frozenset("\"'“”„«»‟″＂‘’‚‹›")
_NUMBER = re.compile(r"[0-9٠-٩۰-۹]+(?:[.,٫٬/][0-9٠-٩۰-۹]+)*")
_CLOCK = re.compile(r"[0-9٠-٩۰-۹]{1,2}:[0-9٠-٩۰-۹]{2}")
_YEAR = re.compile(r"(?:1[5-9]|20)[0-9]{2}م?")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
#: Words that start with ال and have no article.
_NO_ARTICLE: Final = frozenset(
    map(
        normal,
        "إلى التي الذي الذين الا ألا إلا الآن الله ألف ألفا ألفين ألم ألمانيا الى التزم التزمت التقى التقت التقوا الغى".split(),
    )
)
_AFTER: Final = {
    "ثم": "&",
    "لكن": "&",
    "ولكن": "&",
    "بل": "&",
    "لكنه": "&",
    "لكنها": "&",
    "بينما": "&",
    "فيما": "&",
    "كما": "y",
}
_TEMPORAL: Final = frozenset(("عندما", "حين", "حينما", "بعدما", "قبلما", "لما", "حيث", "اذ"))
_H_HEADS: Final = frozenset(
    map(normal, "بحسب حسب وفق وفقا طبقا نقلا استنادا حسبما وفقما برأي حد ذمة لسان نظر رأي قول زعم تعبير وصف".split())
)
_H_PREPOSITIONS: Final = frozenset(map(normal, "بحسب حسب وفق وفقا طبقا نقلا استنادا حسبما وفقما".split()))
_COMPLEMENTIZERS: Final = frozenset(("ان", "بان"))

_CACHE_SIZE = 60_000
_CACHED_LENGTH = 40


class Entry:
    """All that is known of one piece by its form alone."""

    __slots__ = (
        "base",
        "cue",
        "cue_tag",
        "definite",
        "gender",
        "light",
        "name_tag",
        "names",
        "nominal",
        "norm",
        "people",
        "raw",
        "speech",
        "stem",
        "syntax",
        "tense",
    )  # fmt: skip

    def __init__(self, raw: str, norm: str) -> None:
        self.raw = raw
        self.norm = norm
        self.base = norm
        self.definite = False
        self.name_tag = "N"
        self.syntax = "N"
        self.cue_tag = "."
        self.cue: Cue | None = None
        self.nominal: Cue | None = None
        self.names: tuple[Name, ...] = ()
        self.people = ""
        self.tense = ""
        self.gender = ""
        self.light = False
        self.speech = False
        self.stem = True


class Analyser:
    """Turns words into entries, remembering a bounded number of them."""

    def __init__(self) -> None:
        self.lex: Lexicon = lexicon()
        self._words: dict[object, tuple[tuple[tuple[int, int, Entry], ...], str, str, str, bool]] = {}
        self._entries: dict[tuple[str, str], Entry] = {}

    # ---- one word

    def word(self, word: Word) -> tuple[tuple[tuple[int, int, Entry], ...], str, str, str, bool]:
        """Pieces of a word as (start, end, entry) relative to it, its three tag strings, and whether a name may begin in it."""
        pieces = word.pieces
        key: object
        if len(pieces) == 1:
            key = word.form
        elif len(pieces) == 2:
            key = (word.form, pieces[1].start - word.start)
        else:
            key = (word.form, *(piece.start - word.start for piece in pieces))
        found = self._words.get(key)
        if found is None:
            found = self._analyse(word)
            if len(word.form) <= _CACHED_LENGTH:
                if len(self._words) >= _CACHE_SIZE:
                    self._words.clear()
                    self._entries.clear()
                self._words[key] = found
        return found

    def _analyse(self, word: Word) -> tuple[tuple[tuple[int, int, Entry], ...], str, str, str, bool]:
        form, pieces, start = word.form, word.pieces, word.start
        parts: list[tuple[int, int, Entry]] = []
        if len(pieces) == 1 and normal(form) in _PROCLITICS:
            parts.append((0, len(form), self._proclitic(form, normal(form))))  # لـ before a quotation mark
        elif len(pieces) == 1:
            parts.append((0, len(form), self._stem(form, "", whole=True)))
        else:
            raws = [form[p.start - start : p.end - start] for p in pieces]
            norms = [normal(raw) for raw in raws]
            first = 0
            while first < len(raws) - 1 and norms[first] in _PROCLITICS:
                first += 1
            last = len(raws)
            if last - first > 1 and norms[-1] in _ENCLITICS:
                last -= 1
            whole = normal(form)
            before = norms[first - 1] if first else ""
            middle = self._stem(raws[first], before, inflected=last < len(raws)) if last - first == 1 else None
            if first == len(raws) - 1 and norms[first] in _ENCLITICS:
                # له, به: a preposition and a pronoun.
                middle = None
            if middle is not None and middle.syntax == "N" and not self._known(middle.norm) and self._known(whole):
                # A listed word that the segmentation has cut (كشف as ك + شف) is taken whole.
                parts.append((0, len(form), self._stem(form, "")))
            else:
                for index, piece in enumerate(pieces):
                    if index < first or (middle is None and norms[index] in _PROCLITICS and index == first):
                        entry = self._proclitic(raws[index], norms[index])
                    elif index >= last or (middle is None and index > 0 and norms[index] in _ENCLITICS):
                        entry = self._enclitic(raws[index], norms[index])
                    elif middle is not None and index == first:
                        entry = middle
                    else:
                        entry = self._stem(raws[index], norms[index - 1] if index else "")
                    parts.append((piece.start - start, piece.end - start, entry))
        return (
            tuple(parts),
            "".join(entry.name_tag for _, _, entry in parts),
            "".join(entry.syntax for _, _, entry in parts),
            "".join(entry.cue_tag for _, _, entry in parts),
            any(entry.names for _, _, entry in parts),
        )

    def _known(self, norm: str) -> bool:
        lex = self.lex
        return (
            norm in lex.single_names or norm in lex.finite or norm in lex.participles or norm in lex.given
            or norm in lex.name_words or norm in lex.verbs or norm in lex.people or norm in lex.titles or norm in lex.common
        )  # fmt: skip

    def _entry(self, raw: str, kind: str) -> tuple[Entry, bool]:
        key = (raw, kind)
        found = self._entries.get(key)
        if found is not None:
            return found, True
        entry = Entry(raw, normal(raw))
        if len(raw) <= _CACHED_LENGTH:
            self._entries[key] = entry
        return entry, False

    def _proclitic(self, raw: str, norm: str) -> Entry:
        entry, done = self._entry(raw, "pro")
        if not done:
            entry.stem = False
            entry.name_tag = {"و": "w", "ل": ">"}.get(norm, "^")
            entry.syntax = {"و": "w", "ف": "f", "س": "s"}.get(norm, "b")
        return entry

    def _enclitic(self, raw: str, norm: str) -> Entry:
        entry, done = self._entry(raw, "en")
        if not done:
            entry.stem = False
            entry.name_tag, entry.syntax = "~", "e"
        return entry

    def _stem(self, raw: str, before: str, whole: bool = False, inflected: bool = False) -> Entry:
        kind = (
            "stem" + (before if before in ("ل", "س", "ب") else "") + ("1" if whole else "") + ("+" if inflected else "")
        )
        entry, done = self._entry(raw, kind)
        if done:
            return entry
        lex = self.lex
        norm = entry.norm
        if before == "ل" and norm.startswith("ل") and len(norm) > 2 and norm not in lex.single_names:
            # للواء is ل + لواء: the second ل is the article.
            norm = entry.norm = "ا" + norm
        if inflected and norm.endswith("ت") and (raw[0] == "إ" or (norm not in lex.finite and norm not in lex.verbs)):
            norm = entry.norm = norm[:-1] + "ة"  # إجابته is إجابة with a pronoun
        if not norm:
            norm = entry.norm = raw
        self._classify(entry, norm, before)
        if (
            whole
            and norm[0] == "س"
            and entry.syntax == "N"
            and len(norm) > 4
            and norm[1] in "يت"
            and (norm[1:] in lex.verbs or norm[1:] in lex.finite)
        ):
            # An undivided سيزور.
            entry.syntax, entry.tense, entry.name_tag = "V", "future", "S"
            return entry
        if whole and entry.name_tag in "NV" and entry.syntax == "N" and norm[0] in "وف" and len(norm) > 3:
            # An undivided و/ف + known word: its class counts, its span stays the whole word.
            rest = Entry(raw, norm[1:])
            self._classify(rest, norm[1:], "")
            if rest.cue_tag in "CP" or rest.syntax in "VDA":
                rest.raw, rest.norm = raw, norm[1:]
                for slot in Entry.__slots__:
                    setattr(entry, slot, getattr(rest, slot))
        return entry

    # ---- classes of a stem

    def _classify(self, entry: Entry, norm: str, before: str) -> None:
        lex, raw = self.lex, entry.raw
        entry.base = norm
        if norm.startswith("ال") and len(norm) > 3 and norm not in _NO_ARTICLE:
            entry.definite, entry.base = True, norm[2:]
        base = entry.base
        entry.names = lex.names.get(norm, ())
        if all(not c.isalnum() for c in raw):
            self._punctuation(entry, raw)
            return
        entry.people = lex.people.get(base, "")
        entry.name_tag = self._name_tag(entry, norm, base)
        entry.speech = base in lex.speech_nouns
        entry.light = norm in lex.light
        self._syntax_and_cue(entry, norm, base, before)

    def _punctuation(self, entry: Entry, raw: str) -> None:
        entry.stem = False
        char = raw[0]
        if char in _QUOTES:
            entry.name_tag = entry.syntax = "q"
        elif char in "،,":
            entry.name_tag = entry.syntax = ","
        elif char in "؛;":
            entry.name_tag, entry.syntax = ".", ";"
        elif char == ":":
            entry.name_tag, entry.syntax = ".", ":"
        elif char in "([{﴾":
            entry.name_tag, entry.syntax = ".", "("
        elif char in ")]}﴿":
            entry.name_tag, entry.syntax = ".", ")"
        elif char in "-–—ـ|•":
            entry.name_tag = entry.syntax = "-"
        elif char == "/":
            entry.name_tag, entry.syntax = "/", "-"
        elif char in "%٪":
            entry.name_tag, entry.syntax = "%", "N"
        elif char in "$€£":
            entry.name_tag, entry.syntax = "$", "N"
        else:
            entry.name_tag, entry.syntax = ".", "." if char in ".؟!?…۔" else "-"
        if entry.syntax == ":":
            entry.cue_tag = ":"

    def _name_tag(self, entry: Entry, norm: str, base: str) -> str:
        lex = self.lex
        definite = entry.definite
        if entry.raw == "آن":
            return "p"  # the name; أن and إن are written otherwise
        if norm == "الله":
            return "F"
        digits = norm.translate(_DIGITS)
        if digits[0].isdigit():
            if _YEAR.fullmatch(digits):
                return "9"
            if _CLOCK.fullmatch(digits):
                return "@"
            if digits.endswith(("%", "٪")):
                return "!"
            return "0" if _NUMBER.fullmatch(digits) else "I"
        if norm[0].isascii() and norm[0].isalpha():
            return "I"
        if norm in lex.prepositions and entry.raw[0] != "إ":
            return ";" if norm == "من" else "S"
        if norm in lex.months:
            return "B" if norm in lex.months_weak else "b"
        if norm in lex.days:
            return "d"
        if norm == "اليوم":
            return "Y"
        if norm in lex.relative_days:
            return "y"
        if norm in lex.modifiers:
            return "M"
        if norm in lex.scales:
            return "s"
        if norm in lex.cardinals:
            return "n"
        if norm in lex.ordinals:
            return "r" if definite else "i"
        if norm in lex.duals:
            return "D"
        if norm in lex.clock_duals:
            return "H"
        if base in lex.clock_units:
            return "h"
        if norm in lex.extents:
            return "X"
        if base in lex.time_nouns and definite:
            return "U"
        if norm in lex.unit_nouns or norm in lex.time_nouns:
            return "u"
        if norm in lex.parts or norm in lex.after_clock:
            return "t"
        if base in lex.decades:
            return "E"
        if norm in lex.currencies:
            return "$"
        if norm in lex.quantities:
            return "k"
        if norm in ("المئه", "المئة", "المائة", "بالمئة", "بالمائة"):
            return "%"
        if norm in lex.given and norm not in lex.weak_given:
            return "P"
        if norm in lex.compound_first:
            return "Q"
        if norm in lex.connectors:
            return "c"
        if norm in lex.given:
            return "p"
        if base in lex.titles:
            return "T" if definite else "l"
        if base in lex.occupations:
            return "O" if definite else "o"
        if base in lex.courtesy:
            return "O" if definite else "o"
        if base in lex.media_heads:
            return "F" if definite else "m"
        if norm in ("طراز", "ماركة", "موديل"):
            return "*"
        if base in lex.org_generic:
            return "F" if definite else "#"
        if definite and base in lex.org_definite:
            return "G"
        if not definite and norm in lex.org_heads:
            return "g"
        if base in lex.event_definite and definite:
            return "R"
        if not definite:
            if norm in lex.facility_heads:
                return "f"
            if norm in lex.location_heads:
                return "v"
            if norm in lex.directions:
                return "j"
            if norm in lex.place_heads:
                return "z"
            if norm in lex.event_heads:
                return "e"
            if norm in lex.law_heads:
                return "K"
        if entry.people:
            return "A" if definite else "a"
        if definite:
            if base in lex.org_complements:
                return "C"
            if norm in lex.name_adjectives:
                return "J"
            if base.endswith(("ي", "ية")) and len(base) > 3 and base not in lex.common:
                return "J"
            return "F"
        if self._is_function(norm) or norm in lex.finite or norm in lex.participles or norm in lex.verbs:
            return "S"
        if norm in lex.common or norm in lex.common_adjectives or norm in lex.nominal or norm in lex.speech_nouns:
            return "V"
        if norm in lex.anonymous or norm in lex.officials or norm in lex.collective or norm in lex.documents:
            return "V"
        if _verb_shape(norm, lex):
            return "Z"
        if len(norm) < 3 and not norm.isascii():
            return "V"
        if norm.endswith(("ة", "ات", "ون", "ين")):
            return "W"
        if norm.endswith("ا") and norm[:-1] in lex.titles:
            return "V"
        return "N"

    def _is_function(self, norm: str) -> bool:
        lex = self.lex
        return (
            norm in lex.prepositions or norm in lex.conjunctions or norm in lex.pronouns or norm in lex.relatives
            or norm in lex.negations or norm in lex.auxiliaries or norm in lex.adverbs or norm in lex.misc
            or norm in _COMPLEMENTIZERS
        )  # fmt: skip

    def _syntax_and_cue(self, entry: Entry, norm: str, base: str, before: str) -> None:
        lex, raw = self.lex, entry.raw
        if norm in _H_HEADS:
            entry.cue_tag = "H"
            if norm in _H_PREPOSITIONS:
                entry.syntax = "p"
                return
        if norm in _COMPLEMENTIZERS:
            entry.syntax = "A"
            return
        if norm in lex.formulas:
            entry.syntax, entry.tense, entry.gender = "V", "present", "m"
            if raw in lex.passive_marked:
                entry.cue, entry.cue_tag = lex.passive_marked[raw], "Z"
            return
        if raw in lex.passive_marked or norm in lex.passive:
            entry.cue = lex.passive_marked.get(raw) or lex.passive[norm]
            entry.cue_tag, entry.syntax, entry.tense, entry.gender = "Z", "V", "past", "m"
            return
        if norm in _AFTER:
            entry.syntax = _AFTER[norm]
            return
        if norm in _TEMPORAL:
            entry.syntax = "t"
            return
        cue = lex.finite.get(norm) if raw[0] != "إ" else None  # a verb cannot begin with إ: إجابته, إعلان
        if cue is not None and not entry.definite and not (before == "ب" and cue.tense == "past"):
            if norm == "بين" and "ّ" not in raw:
                # بين is "between" unless a complementizer follows; the reader decides.
                entry.cue, entry.cue_tag, entry.syntax = cue, "C", "p"
                return
            entry.cue, entry.cue_tag, entry.syntax = cue, "C", "C"
            entry.tense, entry.gender = cue.tense, cue.gender
            if norm in lex.nominal or norm in lex.common:
                entry.syntax = "N" if norm in lex.common else "C"
                entry.nominal = lex.nominal.get(norm)
            return
        part = lex.participles.get(norm)
        if part is not None:
            entry.cue, entry.cue_tag, entry.syntax, entry.gender = part, "P", "P", part.gender
            return
        if norm in lex.relatives:
            entry.syntax = "R"
        elif norm in lex.negations:
            entry.syntax = "n"
        elif norm in lex.auxiliaries:
            entry.syntax = "k"
            entry.tense = "past" if norm.startswith("كان") else ""
        elif norm in lex.prepositions:
            entry.syntax = "p"
        elif norm in lex.adverbs:
            entry.syntax = "x"
        elif norm in lex.interrogatives or norm in ("عما", "عمن"):
            entry.syntax = "i"
        elif norm in lex.pronouns:
            entry.syntax = "h"
        elif norm in lex.conjunctions:
            entry.syntax = "c"
        elif norm in lex.misc and entry.cue_tag == ".":
            entry.syntax = "m"
        elif not entry.definite and norm in lex.verbs and raw[0] != "إ" and entry.name_tag not in "PpQ":
            entry.syntax = "V"
            entry.tense, entry.gender = lex.verbs[norm]
        elif (
            not entry.definite
            and entry.name_tag in "SVNWZ"
            and raw[0] != "إ"
            and (before == "س" or _verb_shape(norm, lex))
            and not entry.names
        ):
            entry.syntax = "V"
            entry.tense = "present" if norm[0] in "يتن" and not norm.endswith(("ت", "وا")) else "past"
            entry.gender = "f" if norm[0] == "ت" or norm.endswith("ت") else "m"
        elif entry.definite:
            entry.syntax = "J" if entry.name_tag in "JAM" else "D"
        nominal = lex.nominal.get(norm) or lex.nominal.get(base)
        if nominal is not None and entry.syntax in "NDm":
            entry.nominal = nominal
            if entry.cue_tag == ".":
                entry.cue_tag = "O"


def _verb_shape(norm: str, lex: Lexicon) -> bool:
    """A guess from spelling alone: imperfects, feminine and plural perfects, and forms VII, VIII, X of the perfect."""
    size = len(norm)
    if size < 4 or norm in lex.not_verbs or norm in lex.common or norm in lex.common_adjectives or norm in lex.given:
        return False
    first = norm[0]
    if norm.endswith("وا") and size > 4:
        return True
    if norm.endswith("ت") and not norm.endswith(("ات", "وت", "يت")) and first not in "مي":
        return size < 8
    if first == "ي" and not norm.endswith(("ة", "ات", "ية", "ين", "يا", "ى")) and size < 9:
        return not (size > 4 and norm.endswith("ا"))
    if first == "ي" and norm.endswith("ى"):
        return True
    if first == "ت" and not norm.endswith(("ة", "ات", "ا", "ين", "يه")) and size < 8:
        # تفعيل and تفاعل are verbal nouns.
        return not (size == 5 and norm[3] == "ي") and not (size == 5 and norm[2] == "ا") and size != 4
    if first == "ا" and size in (5, 6) and (norm[1] == "ن" or norm[2] == "ت" or norm.startswith("است")):
        if norm.startswith("ال"):
            return False
        if norm.startswith("است"):
            return size == 6 and norm[4] != "ا"
        return size == 5 and norm[3] != "ا" and not norm.endswith("ة")
    return False
