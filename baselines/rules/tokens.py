"""Sentences as parallel lists of clitic pieces with three tag strings, one character a piece.

Patterns run as compiled regular expressions over the tag strings, so one pass costs what C costs and a match position *is*
a piece index. Every boundary a rule can choose is therefore a clitic-piece boundary.

Name tags (`names`)::

    0 number  9 year-like number  @ clock time  ! percentage in one piece  n number word  s scale  r ordinal with ال  i ordinal
    b month  B month that is a common word  d day of the week  y yesterday…  Y today  u unit or noun of time  U العام  D dual of time
    h clock unit  H its dual  M الماضي…  X منتصف…  t صباح…  E decade  $ currency  k quantity  % percent word
    P given name  p given name that is a common word  Q عبد…  c بن…
    T title with ال  l title  O occupation with ال  o occupation  G institution with ال  g institution  m media noun  # شركة  * طراز
    f facility  v geographical noun  j direction  z place noun  e event noun  R event noun with ال  K law noun
    A nationality with ال  a nationality  J adjective with ال  C complement of institutions  F other word with ال
    N unknown word  W … with an ending of nouns  Z … in the shape of a verb  V common noun  S verb or function word  ; من  I Latin word
    w و   > ل   ^ other proclitic   ~ enclitic   q quotation mark  / - , .  punctuation
    listed names: γ GPE  λ LOC  ο ORG  μ media  ω website  ν people;  found: π PERS  δ DATE  φ FAC  ε EVENT  τ OCC; _ continues

Syntax tags (`syntax`)::

    C finite reporting verb  P reporting participle  V other verb  A أن/إن  p preposition  b proclitic preposition  w و  f ف  s future س
    R relative pronoun  n negation  k auxiliary  x adverb  & ثم لكن بينما…  y كما  t عندما…  i interrogative  c other conjunction  h pronoun
    m function noun  e enclitic  D word with ال  J adjective with ال  N other word  q " mark  , ؛(;) : . ( ) -
"""

from __future__ import annotations

from collections.abc import Sequence

from aqwal.model import Sentence, Word

from .entries import Analyser, Entry
from .lexicon import lexicon


class Sent:
    """A stretch of at most `max_tokens` pieces of one sentence, with its tag strings and quotation marks."""

    __slots__ = (
        "cues", "ends", "entries", "first", "last", "mentions", "name_at", "names", "quotes", "starts", "stray", "syntax", "where", "zone",
    )  # fmt: skip

    def __init__(self, zone: str, first: bool) -> None:
        self.zone = zone
        self.first = first  # begins its sentence
        self.last = True
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.entries: list[Entry] = []
        self.names = ""
        self.syntax = ""
        self.cues = ""
        self.where: list[int] = []  # pieces at which a listed name may begin
        self.quotes: dict[int, int] = {}  # opening piece -> closing piece, or -1
        self.stray: list[int] = []  # closing marks that open nowhere in this sentence
        self.mentions: list[Found] = []
        self.name_at: dict[int, Found] = {}

    def __len__(self) -> int:
        return len(self.starts)


class Found:
    """A mention found, by piece indices."""

    __slots__ = ("entity", "framing", "i", "id", "j", "level", "metonym", "rule", "sub", "type")

    def __init__(self, i: int, j: int, type_: str, rule: str, entity: str = "", level: str = "NAM") -> None:
        self.i = i
        self.j = j
        self.type = type_
        self.rule = rule
        self.entity = entity
        self.level = level
        self.metonym = False
        self.framing: tuple[str, ...] = ()
        self.id = ""
        self.sub = ""  # media, listed, person…: what later rules ask


def read_sentence(analyser: Analyser, sentence: Sentence, zone: str, max_tokens: int) -> list[Sent]:
    """The stretches of one sentence; nearly always one."""
    made: list[Sent] = []
    words: Sequence[Word] = sentence.words
    position, total = 0, len(words)
    get = analyser.word
    while position < total:
        sent = Sent(zone, position == 0)
        starts, ends, entries = sent.starts, sent.ends, sent.entries
        names: list[str] = []
        syntax: list[str] = []
        cues: list[str] = []
        quoted = False
        limit = min(total, position + max_tokens)
        for index in range(position, limit):
            word = words[index]
            parts, n, s, c, named = get(word)
            base = word.start
            if len(parts) == 1:
                if named:
                    sent.where.append(len(starts))
                starts.append(base)
                ends.append(word.end)
                entries.append(parts[0][2])
                if s == "q":
                    quoted = True
            else:
                for a, b, entry in parts:
                    if entry.names:
                        sent.where.append(len(starts))
                    starts.append(base + a)
                    ends.append(base + b)
                    entries.append(entry)
            names.append(n)
            syntax.append(s)
            cues.append(c)
        position = limit
        sent.last = position == total
        sent.names = "".join(names)
        sent.syntax = "".join(syntax)
        sent.cues = "".join(cues)
        if quoted:
            _match_quotes(sent)
        made.append(sent)
    return made


def _match_quotes(sent: Sent) -> None:
    """Pair the quotation marks by their spacing first, by their shape and parity only where spacing is silent.

    Arabic news mixes “ ” " « » freely and turns them round, so a mark's shape alone says little; what touches it says more.
    """
    stack: list[int] = []
    starts, ends, syntax = sent.starts, sent.ends, sent.syntax
    size = len(starts)
    at = syntax.find("q")
    while at >= 0:
        touches_left = at > 0 and ends[at - 1] == starts[at]
        touches_right = at + 1 < size and ends[at] == starts[at + 1]
        raw = sent.entries[at].raw[0]
        opening: bool | None = None
        if touches_right and not touches_left:
            opening = syntax[at + 1] not in ".,;:)" or not stack
        elif touches_left and not touches_right:
            opening = False
        elif touches_left and touches_right:
            if syntax[at - 1] in "bwf(" or (syntax[at - 1] == "q" and (at - 1) in stack):
                opening = True
            elif syntax[at + 1] in ".,;:)q":
                opening = False
        if opening is None:
            if raw in "“«„‹" and not stack:
                opening = True
            elif raw in "”»›" and stack:
                opening = False
            else:
                opening = not stack
        if opening is False and not stack and not touches_left and touches_right:
            opening = True
        if opening and len(stack) < 3:
            stack.append(at)
        elif stack:
            sent.quotes[stack.pop()] = at
        else:
            sent.stray.append(at)
        at = syntax.find("q", at + 1)
    for left in stack:
        sent.quotes[left] = -1


def after_formula(sent: Sent, end: int) -> int:
    """Past "يذكر أن", "الجدير بالذكر أن", "تجدر الإشارة إلى أن": the author's formulas are no part of the claim."""
    syntax = sent.syntax
    for k in range(min(2, end)):
        if sent.entries[k].norm in lexicon().formulas:
            at = syntax.find("A", k, min(end, k + 6))
            return at + 1 if at > 0 else 0
    return 0
