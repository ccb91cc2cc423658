"""One record of a submission: every fault reported with its JSON path, the valid objects kept."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from aqwal.model import (
    ATTRIBUTION_POLARITIES,
    CERTAINTIES,
    CLAIM_POLARITIES,
    ENTITY_TYPES,
    FRAMINGS,
    KINDS,
    LAYERS,
    LEVELS,
    QUOTES,
    ROLES,
    SCOPES,
    SOURCE_TYPES,
    STANCES,
    TIMES,
    VALUE_TYPES,
    VERIFIABLE,
    Annotations,
    Attribution,
    Claim,
    Mention,
    Span,
)

#: Arrays and objects may be nested this deep, and chains of parents be this long.
MAX_DEPTH = 64
#: A document may hold this many span fragments.
MAX_SPANS = 1_000_000


_INDEX = re.compile(r"\[([0-9]{1,18})\]")
_OBJECT = re.compile(rf"\$\.({'|'.join(LAYERS)})(?:\[[0-9]+\])?")


@dataclass(frozen=True)
class Problem:
    """Something in a submission that cannot be taken as it stands.

    ``line`` counts from 1 (0: the file as a whole); ``path`` is a JSON path into that line; ``code`` names the kind of
    fault; ``lost`` says what was set aside because of it: ``file``, ``line``, ``layer``, ``object``, ``link`` (a
    reference, the object stays) or, for a mere warning, nothing. ``doc_id`` is empty where the document is unknown.
    """

    line: int
    path: str
    code: str
    message: str
    fix: str = ""
    lost: str = ""
    doc_id: str = ""

    def __str__(self) -> str:
        where = f"line {self.line}" if self.line else "file"
        kept = f" [{self.lost} set aside]" if self.lost else ""
        return f"{where}: {self.path}: {self.message}" + (f"; {self.fix}" if self.fix else "") + kept

    @property
    def place(self) -> tuple[Any, ...]:
        """The key that sorts problems as one reads: by line, then by path with its indices as numbers."""
        # Text and index alternate, so that like is always compared with like.
        path = tuple(int(part) if k % 2 else part for k, part in enumerate(_INDEX.split(self.path)))
        return self.line, path, self.code, self.message, self.fix, self.lost, self.doc_id

    def __lt__(self, other: Problem) -> bool:
        return self.place < other.place

    @property
    def thing(self) -> tuple[int, str]:
        """What was lost, as line and path: one object has one, however many faults it has."""
        if self.lost in ("line", "file"):
            return self.line, "$"
        found = _OBJECT.match(self.path) if self.lost == "object" else None
        return self.line, found.group() if found else self.path

    @property
    def layer(self) -> str:
        """The layer that it is in; empty if in none."""
        found = _OBJECT.match(self.path)
        return found.group(1) if found else ""


class Nan(float):
    """Stands for NaN or an infinity, so that the place where it occurs can be named."""


#: ``field: (vocabulary, default)`` of each layer's closed vocabularies.
VOCABULARY: dict[str, dict[str, tuple[tuple[str, ...], str]]] = {
    "attributions": {
        "source_type": (SOURCE_TYPES, "none"),
        "quote": (QUOTES, "indirect"),
        "kind": (KINDS, "assertion"),
        "stance": (STANCES, "neutral"),
        "polarity": (ATTRIBUTION_POLARITIES, "positive"),
        "scope": (SCOPES, ""),
    },
    "claims": {
        "polarity": (CLAIM_POLARITIES, "positive"),
        "certainty": (CERTAINTIES, "certain"),
        "time": (TIMES, "past"),
        "verifiable": (VERIFIABLE, "yes"),
    },
}
_KNOWN: dict[str, tuple[str, ...]] = {
    "mentions": ("id", "spans", "type", "level", "entity", "metonym", "framing"),
    "attributions": (
        "id", *ROLES, "implicit", "source_entity", "source_type", "medium_entity", "quote", "kind", "stance",
        "polarity", "parent", "inherited", "anaphoric", "scope",
    ),
    "claims": ("id", "spans", "statement", "gloss", "polarity", "certainty", "time", "verifiable", "cluster"),
}  # fmt: skip
#: Stands in for a span that could not be read, until its object is set aside.
_NOWHERE = Span.of(0, 1)


def shown(value: object) -> str:
    """A short, safe rendering of any JSON value for a message."""
    if isinstance(value, Nan):
        return "not-a-number"
    if isinstance(value, dict | list):
        kind, count = ("object", len(value)) if isinstance(value, dict) else ("list", len(value))
        return f"the {kind} of {count}"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except ValueError:  # an integer of thousands of digits
        return "a number too long to show"
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= 60 else text[:57] + "…"


#: Letters and Arabic digits that are written for the digits they look like or are.
_ALIKE = str.maketrans("oil٠١٢٣٤٥٦٧٨٩", "0110123456789")
#: Words as alike as this (2 · common letters / all letters) may be slips of one another; fewer letters prove less.
_LIKENESS, _SHORT, _LIKENESS_OF_SHORT = 0.7, 4, 0.85


def meant(value: object, known: Iterable[str]) -> str:
    """What the writer of ``value`` may have meant, or else the choices.

    A wrong guess misleads more than none: nothing is guessed where the words are not much alike, or two are equally so.

    >>> meant("pers", ["PERS", "ORG"]), meant("00O", ["000", "001"]), meant("asserted", ["assertion", "question"])
    ("did you mean 'PERS'?", "did you mean '000'?", "did you mean 'assertion'?")
    >>> meant("sure", ["certain", "unreal"]), meant("009", ["000", "001"])
    ('use one of certain, unreal', 'use one of 000, 001')
    """
    choices = [k for k in known if k]
    if isinstance(value, str) and len(value) <= 200:
        plain = value.strip().lower()
        close = [k for k in choices if k.lower() == plain]
        close = close or [k for k in choices if k.translate(_ALIKE) == plain.translate(_ALIKE)]
        if not close:
            cutoff = _LIKENESS_OF_SHORT if len(plain) <= _SHORT else _LIKENESS
            found = difflib.get_close_matches(value.strip(), choices, n=2, cutoff=cutoff)
            ratios = [difflib.SequenceMatcher(None, value.strip(), k).ratio() for k in found]
            close = found if len(set(ratios)) == len(found) else []
        if close:
            return f"did you mean {close[0]!r}?"
    return "use one of " + ", ".join(choices[:30])


@lru_cache(maxsize=4096)
def _near(key: str, known: tuple[str, ...]) -> str:
    """The field that a key all but spells, or none. Cached: every object of a file has the same derived fields."""
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.85)
    return close[0] if close else ""


def step(key: object) -> str:
    """One step of a JSON path; a key that is no plain word is quoted."""
    if isinstance(key, int):
        return f"[{key}]"
    name = str(key)
    return f".{name}" if name.isascii() and name.isidentifier() and len(name) < 60 else f"[{shown(name)}]"


def walk(value: object) -> Iterator[tuple[str, int, object]]:
    """(path, depth, value) of everything in a JSON value; iterative, so that it cannot overflow."""
    stack: list[tuple[str, int, object]] = [("$", 0, value)]
    while stack:
        path, depth, item = stack.pop()
        yield path, depth, item
        if depth > MAX_DEPTH:
            continue
        children: Iterable[tuple[object, object]] = ()
        if isinstance(item, dict):
            children = item.items()
        elif isinstance(item, list):
            children = enumerate(item)
        stack.extend((path + step(key), depth + 1, child) for key, child in children)


def too_deep(value: object) -> bool:
    """True if ``value`` nests more than :data:`MAX_DEPTH` levels."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


class RecordReader:
    """Reads one record. Every method reports what is wrong and goes on, so that all faults of an object are named."""

    def __init__(self, line: int, length: int | None) -> None:
        self.line = line
        self.length = length
        self.problems: list[Problem] = []
        self.doc_id = ""
        self.spans = 0

    def report(self, path: str, code: str, message: str, fix: str = "", lost: str = "object") -> None:
        """Note a problem."""
        self.problems.append(Problem(self.line, path, code, message, fix, lost, self.doc_id))

    # -- values

    def text(self, item: Mapping[str, Any], key: str, path: str, default: str | None = "") -> str:
        """A string; ``default`` None makes it required."""
        value = item.get(key, default)
        if key not in item and default is None:
            self.report(path, "missing-field", f"no {key!r}", f"add {key!r}")
        elif not isinstance(value, str):
            self.report(path + step(key), "wrong-type", f"{shown(value)} is no string", "give a string")
        elif any("\ud800" <= char <= "\udfff" for char in value):
            self.report(path + step(key), "surrogate", f"{shown(value)} holds half a surrogate pair", "write it whole")
        elif default is None and not value:
            self.report(path + step(key), "empty-field", f"{key!r} is empty", f"give {key!r} a value")
        else:
            return value
        return ""

    def word(self, item: Mapping[str, Any], key: str, path: str, vocabulary: Sequence[str], default: str | None) -> str:
        """A label of a closed vocabulary."""
        value = item.get(key, default)
        if key not in item and default is None:
            self.report(path, "missing-field", f"no {key!r}", f"add {key!r}")
        elif not isinstance(value, str):
            self.report(path + step(key), "wrong-type", f"{shown(value)} is no string", meant(value, vocabulary))
        elif value not in vocabulary:
            self.report(path + step(key), "unknown-label", f"unknown {key} {shown(value)}", meant(value, vocabulary))
        else:
            return value
        return vocabulary[0]

    def flag(self, item: Mapping[str, Any], key: str, path: str) -> bool:
        """True or false."""
        value = item.get(key, False)
        if not isinstance(value, bool):
            self.report(
                path + step(key), "wrong-type", f"{shown(value)} is neither true nor false", "use true or false"
            )
        return value is True

    def words(self, item: Mapping[str, Any], key: str, path: str, vocabulary: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of strings, of a vocabulary if one is given."""
        value = item.get(key, [])
        here = path + step(key)
        if not isinstance(value, list):
            self.report(here, "wrong-type", f"{shown(value)} is no list of strings", "give a list")
            return ()
        found = []
        for index, each in enumerate(value):
            at = here + step(index)
            if not isinstance(each, str) or not each:
                self.report(at, "wrong-type", f"{shown(each)} is no name", "give a string that is not empty")
            elif any("\ud800" <= char <= "\udfff" for char in each):
                self.report(at, "surrogate", f"{shown(each)} holds half a surrogate pair", "write it whole")
            elif vocabulary and each not in vocabulary:
                self.report(at, "unknown-label", f"unknown {key} {shown(each)}", meant(each, vocabulary))
            else:
                found.append(each)
        return tuple(found)

    def span(self, item: Mapping[str, Any], key: str, path: str, *, required: bool) -> Span | None:
        """Fragments ``[[start, end], …]``; null or an empty list for none."""
        value = item.get(key)
        here = path + step(key)
        if value is None or value == []:
            if required and key in item:
                what = "null" if value is None else "empty"
                self.report(here, "no-span", f"{key!r} is {what}", f"give {key!r} as [[start, end], …]")
            elif required:
                self.report(path, "missing-field", f"no {key!r}", f"give {key!r} as [[start, end], …]")
            return _NOWHERE if required else None
        if not isinstance(value, list):
            self.report(here, "wrong-type", f"{shown(value)} is no list of pairs", "give [[start, end], …]")
            return _NOWHERE
        self.spans += len(value)
        good = [self.fragment(pair, here + step(index)) for index, pair in enumerate(value)]
        return Span.from_fragments(value) if all(good) else _NOWHERE

    def fragment(self, pair: object, path: str) -> bool:
        """Whether one fragment is valid."""
        if not isinstance(pair, list) or len(pair) != 2:
            self.report(path, "wrong-type", f"{shown(pair)} is no [start, end] pair", "give two whole numbers")
            return False
        whole = True
        for side, offset in enumerate(pair):
            if isinstance(offset, bool) or not isinstance(offset, int):
                code = "not-a-number" if isinstance(offset, Nan) else "wrong-type"
                self.report(path + step(side), code, f"{shown(offset)} is no whole number", "count code points")
                whole = False
        if not whole:
            return False
        start, end = pair
        if start < 0 or (self.length is not None and max(start, end) > self.length):
            limit = "" if self.length is None else f" of {self.length} code points"
            at = f"{shown(start)}-{shown(end)}"
            self.report(path, "span-outside", f"{at} is outside the text{limit}", "count code points, not bytes")
            return False
        if end <= start:
            self.report(path, "span-empty", f"{start}-{end} is empty or reversed", "the end is exclusive: start < end")
            return False
        return True

    # -- objects

    def mention(self, item: Mapping[str, Any], path: str) -> Mention:
        """A mention; the level defaults to VAL for values and NAM for names."""
        kind = self.word(item, "type", path, ENTITY_TYPES, None)
        return Mention(
            id=self.text(item, "id", path, None),
            span=self.span(item, "spans", path, required=True) or _NOWHERE,
            type=kind,
            level=self.word(item, "level", path, LEVELS, "VAL" if kind in VALUE_TYPES else "NAM"),
            entity=self.text(item, "entity", path),
            metonym=self.flag(item, "metonym", path),
            framing=self.words(item, "framing", path, FRAMINGS),
        )

    def attribution(self, item: Mapping[str, Any], path: str) -> Attribution:
        """An attribution; only the cue is required."""
        return Attribution(
            id=self.text(item, "id", path, None),
            cue=self.span(item, "cue", path, required=True) or _NOWHERE,
            content=self.span(item, "content", path, required=False),
            source=self.span(item, "source", path, required=False),
            medium=self.span(item, "medium", path, required=False),
            implicit=self.flag(item, "implicit", path),
            source_entity=self.words(item, "source_entity", path),
            medium_entity=self.words(item, "medium_entity", path),
            parent=self.text(item, "parent", path),
            inherited=self.flag(item, "inherited", path),
            anaphoric=self.flag(item, "anaphoric", path),
            **{
                key: self.word(item, key, path, vocabulary, default)
                for key, (vocabulary, default) in VOCABULARY["attributions"].items()
            },
        )

    def claim(self, item: Mapping[str, Any], path: str) -> Claim:
        """A claim."""
        return Claim(
            id=self.text(item, "id", path, None),
            span=self.span(item, "spans", path, required=True) or _NOWHERE,
            statement=self.text(item, "statement", path),
            gloss=self.text(item, "gloss", path),
            cluster=self.text(item, "cluster", path),
            **{
                key: self.word(item, key, path, vocabulary, default)
                for key, (vocabulary, default) in VOCABULARY["claims"].items()
            },
        )

    # -- layers

    def layer(self, record: Mapping[str, Any], name: str) -> tuple[list[Any], dict[str, str]]:
        """The valid objects of a layer, and the path of each by id."""
        path = f"$.{name}"
        if name not in record:
            return [], {}
        value = record[name]
        if not isinstance(value, list):
            self.report(path, "wrong-type", f"{shown(value)} is no list", f"give {name!r} as a list", "layer")
            return [], {}
        makers: dict[str, Callable[[Mapping[str, Any], str], Mention | Attribution | Claim]]
        makers = {"mentions": self.mention, "attributions": self.attribution, "claims": self.claim}
        make = makers[name]
        kept: list[Any] = []
        where: dict[str, str] = {}
        for index, item in enumerate(value):
            here = path + step(index)
            if not isinstance(item, dict):
                self.report(here, "wrong-type", f"{shown(item)} is no object", "give an object with its fields")
                continue
            self.misspelt(item, _KNOWN[name], here)
            before = len(self.problems)
            made = make(item, here)
            if any(problem.lost for problem in self.problems[before:]):
                continue
            if made.id in where:
                first = where[made.id]
                self.report(f"{here}.id", "duplicate-id", f"id {shown(made.id)} is that of {first}", "ids are unique")
                continue
            where[made.id] = here
            kept.append(made)
        return kept, where

    def misspelt(self, item: Mapping[str, Any], known: Sequence[str], path: str) -> None:
        """Warn of an unknown key that is all but an absent known one: a typing slip would silently empty the field."""
        absent: tuple[str, ...] | None = None
        for key in item:
            if key in known or len(key) > 40:
                continue
            absent = tuple(k for k in known if k not in item) if absent is None else absent
            near = _near(key.lower(), absent)
            if near:
                self.report(path, "misspelt-field", f"unknown field {shown(key)}", f"did you mean {near!r}?", "")

    def links(self, attributions: list[Attribution], where: Mapping[str, str]) -> tuple[Attribution, ...]:
        """Cut parent links that dangle, run in a circle or make a chain too long, with a problem for each."""
        parent = {a.id: a.parent for a in attributions}
        cut: set[str] = set()

        def drop(name: str, code: str, message: str, fix: str) -> None:
            self.report(f"{where[name]}.parent", code, message, fix, "link")
            cut.add(name)

        for name, up in parent.items():
            if up and up not in parent:
                drop(name, "dangling", f"no valid attribution {shown(up)}", "name an attribution of this document")
        depth: dict[str, int] = {}
        for name in parent:
            path: list[str] = []
            place: dict[str, int] = {}
            current = name
            while current and current not in depth and current not in place:
                place[current] = len(path)
                path.append(current)
                current = "" if current in cut else parent[current]
            if current in place:
                ring = path[place[current] :]
                for each in ring:
                    drop(each, "circle", f"parents run in a circle of {len(ring)}", "a parent relays its child")
            for each in reversed(path):
                up = "" if each in cut else parent[each]
                depth[each] = depth[up] + 1 if up else 1
                if depth[each] > MAX_DEPTH:
                    drop(each, "too-deep", f"a chain of over {MAX_DEPTH} attributions", "shorten it")
                    depth[each] = 1
        return tuple(replace(a, parent="", inherited=False) if a.id in cut else a for a in attributions)

    def read(self, record: object) -> Annotations | None:
        """The annotations of a record; None if nothing of it can be taken."""
        if not isinstance(record, dict):
            self.report("$", "wrong-type", f"{shown(record)} is no object", "one JSON object per line", "line")
            return None
        before = len(self.problems)
        self.doc_id = self.text(record, "doc_id", "$", None)
        if len(self.problems) > before:
            self.problems[before:] = [replace(p, lost="line") for p in self.problems[before:]]
            return None
        if too_deep(record):
            self.report("$", "too-deep", f"nested over {MAX_DEPTH} levels", "flatten it", "line")
            return None
        self.misspelt(record, ("doc_id", *LAYERS, "unanchored"), "$")
        mentions, _ = self.layer(record, "mentions")
        attributions, where = self.layer(record, "attributions")
        claims, _ = self.layer(record, "claims")
        if self.spans > MAX_SPANS:
            self.report("$", "too-many-spans", f"{self.spans} spans, over {MAX_SPANS}", "split or thin them", "line")
            return None
        return Annotations(self.doc_id, tuple(mentions), self.links(attributions, where), tuple(claims))

    def unanchored(self, record: Mapping[str, Any]) -> dict[str, int]:
        """The optional ``"unanchored": {"claims": 2}``: predictions whose quote is nowhere in the text."""
        value = record.get("unanchored")
        if value is None:
            return {}
        good = isinstance(value, dict) and all(
            key in LAYERS and isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= MAX_SPANS
            for key, count in value.items()
        )
        if not good:
            self.report("$.unanchored", "wrong-type", f"{shown(value)} is no count by layer", 'give {"claims": 2}')
            return {}
        return dict(value)
