"""Submissions: one JSON object per line and document, in the field names of the model, with document-level spans.

``{"doc_id": "001", "mentions": […], "attributions": […], "claims": […]}``. A mention and a claim bear ``spans``, an
attribution bears ``cue``, ``source``, ``content`` and ``medium``; each is a list of half-open code-point pairs
``[[start, end], …]`` of the whole document, or null. Everything else is named as in :mod:`aqwal.model`, with lists for
tuples; unknown keys (derived values, scores) are ignored. A layer that no line mentions was *not attempted*.

Reading never stops at the first fault and never drops anything without a :class:`Problem` that names the line, the
JSON path, what is wrong and how to mend it. What is valid is returned beside the problems.
"""

from __future__ import annotations

import difflib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from aqwal.model import (
    ATTRIBUTION_POLARITIES,
    CERTAINTIES,
    CLAIM_POLARITIES,
    ENTITY_TYPES,
    FRAMINGS,
    KINDS,
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
    Document,
    Mention,
    Span,
)

#: A line may hold this many bytes.
MAX_LINE = 64 * 2**20
#: Arrays and objects may be nested this deep.
MAX_DEPTH = 64
#: A document may hold this many span fragments.
MAX_SPANS = 1_000_000

LAYERS = ("mentions", "attributions", "claims")


@dataclass(frozen=True, order=True)
class Problem:
    """Something in a submission that cannot be taken as it stands.

    ``line`` counts from 1 (0: the file as a whole); ``path`` is a JSON path into that line; ``lost`` says what was set
    aside because of it: ``file``, ``line``, ``layer``, ``object``, ``link`` (a reference, the object stays) or
    nothing at all (a mere warning).
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


@dataclass(frozen=True)
class Submission:
    """What was read: the valid annotations, the layers that any line names, and all problems.

    ``unanchored`` counts, per document and layer, predictions whose quote is nowhere in the text: they have no span,
    and stay as spurious predictions.
    """

    annotations: tuple[Annotations, ...]
    layers: tuple[str, ...]
    problems: tuple[Problem, ...]
    unanchored: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


# ---------------------------------------------------------------- writing


def _pairs(span: Span | None) -> list[list[int]] | None:
    return None if span is None else [[start, end] for start, end in span.fragments]


def to_record(annotations: Annotations) -> dict[str, Any]:
    """The JSON object of one document; :func:`from_record` reads it back unchanged.

    >>> to_record(Annotations("001", (Mention("m1", Span.of(0, 4), "PERS", entity="haftar"),)))["mentions"]
    [{'id': 'm1', 'spans': [[0, 4]], 'type': 'PERS', 'level': 'NAM', 'entity': 'haftar', 'metonym': False, 'framing': []}]
    """
    return {
        "doc_id": annotations.doc_id,
        "mentions": [
            {
                "id": m.id,
                "spans": _pairs(m.span),
                "type": m.type,
                "level": m.level,
                "entity": m.entity,
                "metonym": m.metonym,
                "framing": list(m.framing),
            }
            for m in annotations.mentions
        ],
        "attributions": [
            {
                "id": a.id,
                **{role: _pairs(a.role(role)) for role in ROLES},
                "implicit": a.implicit,
                "source_entity": list(a.source_entity),
                "source_type": a.source_type,
                "medium_entity": list(a.medium_entity),
                "quote": a.quote,
                "kind": a.kind,
                "stance": a.stance,
                "polarity": a.polarity,
                "parent": a.parent,
                "inherited": a.inherited,
                "anaphoric": a.anaphoric,
                "scope": a.scope,
            }
            for a in annotations.attributions
        ],
        "claims": [
            {
                "id": c.id,
                "spans": _pairs(c.span),
                "statement": c.statement,
                "gloss": c.gloss,
                "polarity": c.polarity,
                "certainty": c.certainty,
                "time": c.time,
                "verifiable": c.verifiable,
                "cluster": c.cluster,
            }
            for c in annotations.claims
        ],
    }


def write_predictions(path: str | os.PathLike[str], annotations: Iterable[Annotations]) -> None:
    """Write one line per document, sorted by document id; the file appears whole or not at all."""
    target = Path(path)
    ordered = sorted(annotations, key=lambda a: a.doc_id)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            for each in ordered:
                out.write(json.dumps(to_record(each), ensure_ascii=False, allow_nan=False) + "\n")
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


# ---------------------------------------------------------------- reading one record


class RecordError(ValueError):
    """A record that :func:`from_record` cannot take; ``problems`` holds every fault."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.path}: {p.message}" for p in self.problems))


def from_record(record: Mapping[str, Any], document: Document | None = None) -> Annotations:
    """The annotations of one JSON object; the inverse of :func:`to_record`.

    With a ``document``, spans are also held against its length.

    Raises:
        RecordError: with all the faults, if anything in the record is invalid.

    >>> from_record({"doc_id": "001", "claims": [{"id": "c1", "spans": [[0, 9]]}]}).claims[0].certainty
    'certain'
    """
    reader = _RecordReader(0, len(document.text) if document is not None else None)
    annotations = reader.read(record)
    if reader.problems or annotations is None:
        raise RecordError(reader.problems)
    return annotations


class _Nan(float):
    """Stands for NaN or an infinity, so that the place where it occurs can be named."""


#: ``field: (vocabulary, default)`` of each layer's closed vocabularies.
_VOCABULARY: dict[str, dict[str, tuple[tuple[str, ...], str]]] = {
    "mentions": {},
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
_KNOWN = {
    "mentions": ("id", "spans", "type", "level", "entity", "metonym", "framing"),
    "attributions": (
        "id", *ROLES, "implicit", "source_entity", "source_type", "medium_entity", "quote", "kind", "stance",
        "polarity", "parent", "inherited", "anaphoric", "scope",
    ),
    "claims": ("id", "spans", "statement", "gloss", "polarity", "certainty", "time", "verifiable", "cluster"),
}  # fmt: skip


def _shown(value: object) -> str:
    """A short, safe rendering of any JSON value for a message."""
    if isinstance(value, _Nan):
        return "not-a-number"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = type(value).__name__
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= 60 else text[:57] + "…"


def _meant(value: str, known: Iterable[str]) -> str:
    known = [k for k in known if k]
    close = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    if not close:
        close = [k for k in known if k.lower() == value.lower()]
    return f"did you mean {close[0]!r}?" if close else "use one of " + ", ".join(known)


def _too_deep(value: object) -> bool:
    """True if ``value`` nests more than :data:`MAX_DEPTH` levels; iterative, so that it cannot overflow."""
    stack: list[tuple[object, int]] = [(value, 0)]
    while stack:
        item, depth = stack.pop()
        if isinstance(item, dict):
            children: Iterable[object] = item.values()
        elif isinstance(item, list):
            children = item
        else:
            continue
        if depth >= MAX_DEPTH:
            return True
        stack.extend((child, depth + 1) for child in children if isinstance(child, dict | list))
    return False


class _Bad(Exception):
    """The current object cannot be kept."""


class _RecordReader:
    """Reads one record, gathering every problem; an object with a fault is set aside, the others stay."""

    def __init__(self, line: int, length: int | None) -> None:
        self.line = line
        self.length = length
        self.problems: list[Problem] = []
        self.doc_id = ""
        self.spans = 0

    def report(self, path: str, code: str, message: str, fix: str = "", lost: str = "object") -> None:
        self.problems.append(Problem(self.line, path, code, message, fix, lost, self.doc_id))

    # -- values

    def text(self, item: Mapping[str, Any], key: str, path: str, default: str | None = "") -> str:
        value = item.get(key, default)
        if key not in item and default is None:
            self.report(path, "missing-field", f"no {key!r}", f"add {key!r}")
            raise _Bad
        if not isinstance(value, str):
            self.report(f"{path}.{key}", "wrong-type", f"{_shown(value)} is no string")
            raise _Bad
        if any("\ud800" <= char <= "\udfff" for char in value):
            self.report(f"{path}.{key}", "surrogate", f"{_shown(value)} holds half a surrogate pair")
            raise _Bad
        return value

    def word(self, item: Mapping[str, Any], key: str, path: str, vocabulary: Sequence[str], default: str | None) -> str:
        value = self.text(item, key, path, default)
        if value not in vocabulary:
            self.report(f"{path}.{key}", "unknown-label", f"unknown {key} {_shown(value)}", _meant(value, vocabulary))
            raise _Bad
        return value

    def flag(self, item: Mapping[str, Any], key: str, path: str) -> bool:
        value = item.get(key, False)
        if not isinstance(value, bool):
            self.report(f"{path}.{key}", "wrong-type", f"{_shown(value)} is neither true nor false")
            raise _Bad
        return value

    def words(self, item: Mapping[str, Any], key: str, path: str) -> tuple[str, ...]:
        value = item.get(key, [])
        if value is None:
            return ()
        if not isinstance(value, list):
            self.report(f"{path}.{key}", "wrong-type", f"{_shown(value)} is no list of strings")
            raise _Bad
        return tuple(self.text({str(i): each}, str(i), f"{path}.{key}") for i, each in enumerate(value))

    def span(self, item: Mapping[str, Any], key: str, path: str, *, required: bool) -> Span | None:
        value = item.get(key)
        here = f"{path}.{key}"
        if value is None or value == []:
            if required:
                code = "empty-span" if key in item else "missing-field"
                self.report(here if key in item else path, code, f"no {key!r}", f"give {key!r} as [[start, end], …]")
                raise _Bad
            return None
        if not isinstance(value, list):
            self.report(here, "wrong-type", f"{_shown(value)} is no list of [start, end] pairs")
            raise _Bad
        good = True
        self.spans += len(value)
        for index, pair in enumerate(value):
            at = f"{here}[{index}]"
            if not isinstance(pair, list) or len(pair) != 2:
                self.report(at, "wrong-type", f"{_shown(pair)} is no [start, end] pair")
                good = False
                continue
            whole = True
            for side, offset in enumerate(pair):
                if isinstance(offset, bool) or not isinstance(offset, int):
                    why = "not-a-number" if isinstance(offset, _Nan) else "wrong-type"
                    self.report(f"{at}[{side}]", why, f"{_shown(offset)} is no whole number", "use code points")
                    good = whole = False
            if not whole:
                continue
            start, end = pair
            if start < 0 or (self.length is not None and end > self.length):
                limit = "" if self.length is None else f" of {self.length} code points"
                self.report(at, "span-outside", f"{start}-{end} is outside the text{limit}", "count code points")
                good = False
            elif end <= start:
                self.report(at, "span-empty", f"{start}-{end} is empty or reversed", "end is exclusive: start < end")
                good = False
        if not good:
            raise _Bad
        return Span.from_fragments(value)

    # -- objects

    def mention(self, item: Mapping[str, Any], path: str) -> Mention:
        kind = self.word(item, "type", path, ENTITY_TYPES, None)
        span = self.span(item, "spans", path, required=True)
        assert span is not None
        framing = self.words(item, "framing", path)
        for index, value in enumerate(framing):
            if value not in FRAMINGS:
                where = f"{path}.framing[{index}]"
                self.report(where, "unknown-label", f"unknown framing {_shown(value)}", _meant(value, FRAMINGS))
                raise _Bad
        return Mention(
            id=self.text(item, "id", path, None),
            span=span,
            type=kind,
            level=self.word(item, "level", path, LEVELS, "VAL" if kind in VALUE_TYPES else "NAM"),
            entity=self.text(item, "entity", path),
            metonym=self.flag(item, "metonym", path),
            framing=framing,
        )

    def attribution(self, item: Mapping[str, Any], path: str) -> Attribution:
        cue = self.span(item, "cue", path, required=True)
        assert cue is not None
        return Attribution(
            id=self.text(item, "id", path, None),
            cue=cue,
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
                for key, (vocabulary, default) in _VOCABULARY["attributions"].items()
            },
        )

    def claim(self, item: Mapping[str, Any], path: str) -> Claim:
        span = self.span(item, "spans", path, required=True)
        assert span is not None
        return Claim(
            id=self.text(item, "id", path, None),
            span=span,
            statement=self.text(item, "statement", path),
            gloss=self.text(item, "gloss", path),
            cluster=self.text(item, "cluster", path),
            **{
                key: self.word(item, key, path, vocabulary, default)
                for key, (vocabulary, default) in _VOCABULARY["claims"].items()
            },
        )

    # -- layers

    def layer(self, record: Mapping[str, Any], name: str) -> tuple[Any, ...]:
        value = record.get(name)
        if value is None:
            return ()
        path = f"$.{name}"
        if not isinstance(value, list):
            self.report(path, "wrong-type", f"{_shown(value)} is no list", f"give {name!r} as a list", "layer")
            return ()
        make = {"mentions": self.mention, "attributions": self.attribution, "claims": self.claim}[name]
        kept: list[Any] = []
        seen: dict[str, str] = {}
        for index, item in enumerate(value):
            here = f"{path}[{index}]"
            if not isinstance(item, dict):
                self.report(here, "wrong-type", f"{_shown(item)} is no object")
                continue
            self._misspelt(item, _KNOWN[name], here)
            if _too_deep(item):
                self.report(here, "too-deep", f"nested over {MAX_DEPTH} levels", "flatten it")
                continue
            try:
                made = make(item, here)
            except _Bad:
                continue
            if made.id in seen:
                self.report(
                    f"{here}.id", "duplicate-id", f"id {_shown(made.id)} is that of {seen[made.id]}", "ids are unique"
                )
                continue
            seen[made.id] = here
            kept.append(made)
        return tuple(kept)

    def _misspelt(self, item: Mapping[str, Any], known: Sequence[str], path: str) -> None:
        """Warn of an unknown key that is all but a known, absent one: a typing slip would silently empty the field."""
        for key in item:
            if key not in known:
                close = difflib.get_close_matches(key, [k for k in known if k not in item], n=1, cutoff=0.85)
                if close:
                    self.report(path, "misspelt-field", f"unknown field {_shown(key)}", f"did you mean {close[0]!r}?", "")

    def links(self, attributions: tuple[Attribution, ...], where: Mapping[str, str]) -> tuple[Attribution, ...]:
        """Cut parent links that dangle or run in a circle, with a problem for each."""
        parents = {a.id: a.parent for a in attributions}
        cut: set[str] = set()
        for a in attributions:
            if a.parent and a.parent not in parents:
                fix = _meant(a.parent, parents) if parents else ""
                fix = fix if fix.startswith("did") else "name an attribution of the same document"
                self.report(
                    f"{where[a.id]}.parent", "dangling", f"no valid attribution {_shown(a.parent)}", fix, "link"
                )
                cut.add(a.id)
        state: dict[str, int] = {}
        for a in attributions:
            path: list[str] = []
            current = a.id
            while current and current not in state and current in parents and current not in cut:
                state[current] = 1
                path.append(current)
                current = parents[current]
            if current in path:
                ring = path[path.index(current) :]
                for each in ring:
                    self.report(
                        f"{where[each]}.parent", "circle", f"its parents run in a circle of {len(ring)}",
                        "a parent relays its child, never the reverse", "link",
                    )  # fmt: skip
                cut.update(ring)
            for each in path:
                state[each] = 2
        if not cut:
            return attributions
        from dataclasses import replace

        return tuple(replace(a, parent="", inherited=False) if a.id in cut else a for a in attributions)

    def read(self, record: object) -> Annotations | None:
        if not isinstance(record, dict):
            self.report("$", "wrong-type", f"{_shown(record)} is no object", "one JSON object per line", "line")
            return None
        try:
            self.doc_id = self.text(record, "doc_id", "$", None)
        except _Bad:
            return None
        self._misspelt(record, ("doc_id", *LAYERS, "unanchored"), "$")
        mentions = self.layer(record, "mentions")
        attributions = self.layer(record, "attributions")
        claims = self.layer(record, "claims")
        if self.spans > MAX_SPANS:
            self.report("$", "too-many-spans", f"{self.spans} spans, over {MAX_SPANS}", "split or thin them", "line")
            return None
        listed = record.get("attributions")
        where = {
            item["id"]: f"$.attributions[{index}]"
            for index, item in reversed(list(enumerate(listed if isinstance(listed, list) else [])))
            if isinstance(item, dict) and isinstance(item.get("id"), str)
        }
        return Annotations(self.doc_id, mentions, self.links(attributions, where), claims)


# ---------------------------------------------------------------- reading a file


def _numbered(stream: BinaryIO) -> Iterable[tuple[int, bytes, bool]]:
    """Lines with their number and whether they are too long; a line over the limit is passed over in pieces."""
    number = 0
    while True:
        line = stream.readline(MAX_LINE + 1)
        if not line:
            return
        number += 1
        if len(line) > MAX_LINE and not line.endswith(b"\n"):
            while True:
                more = stream.readline(MAX_LINE)
                if not more or more.endswith(b"\n"):
                    break
            yield number, b"", True
        else:
            yield number, line, False


def _repeated_key(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedKey(next(name for name in names if names.count(name) > 1))
    return made


class _RepeatedKey(ValueError):
    """A JSON object gives one key twice; a plain parser would drop the first value."""


def _parse(line: bytes) -> object:
    return json.loads(line.decode("utf-8"), parse_constant=_Nan, object_pairs_hook=_repeated_key)


def read_submission(path: str | os.PathLike[str], documents: Iterable[Document]) -> Submission:
    """Read a predictions file against its documents.

    A document that the file leaves out gets empty annotations, so ``annotations`` always has one item per document, in
    order of document id.

    Raises:
        OSError: if the file cannot be opened or read.
    """
    known = {document.id: document for document in documents}
    problems: list[Problem] = []
    found: dict[str, Annotations] = {}
    lines: dict[str, int] = {}
    layers: set[str] = set()
    unanchored: dict[str, dict[str, int]] = {}

    def report(line: int, message: str, code: str, fix: str = "", lost: str = "line", doc_id: str = "") -> None:
        problems.append(Problem(line, "$", code, message, fix, lost, doc_id))

    with open(path, "rb") as stream:
        for number, line, long in _numbered(stream):
            if long:
                report(number, f"longer than {MAX_LINE} bytes", "line-too-long", "give one document per line")
                continue
            if number == 1 and line.startswith(b"\xef\xbb\xbf"):
                report(number, "begins with a byte-order mark", "bom", "save the file as UTF-8 without one", "")
                line = line[3:]
            if not line.strip():
                continue
            try:
                record = _parse(line)
            except UnicodeDecodeError as error:
                report(number, f"not UTF-8 at byte {error.start} of the line", "not-utf8", "save the file as UTF-8")
                continue
            except RecursionError:
                report(number, f"nested over {MAX_DEPTH} levels", "too-deep", "flatten it")
                continue
            except _RepeatedKey as error:
                report(number, f"an object gives the key {_shown(str(error))} twice", "repeated-key", "give it once")
                continue
            except json.JSONDecodeError as error:
                report(number, f"not JSON at column {error.colno}: {error.msg}", "not-json", "one object per line")
                continue
            except ValueError as error:  # an integer of thousands of digits
                report(number, f"not readable: {str(error).split(';')[0]}", "not-json")
                continue
            doc_id = record.get("doc_id") if isinstance(record, dict) else None
            if isinstance(doc_id, str) and doc_id not in known:
                shown = _shown(doc_id)
                report(number, f"unknown document {shown}", "unknown-document", _meant(doc_id, sorted(known)[:20]))
                continue
            if isinstance(doc_id, str) and doc_id in lines:
                report(
                    number, f"document {doc_id} is already on line {lines[doc_id]}", "repeated-document",
                    "give each document once", doc_id=doc_id,
                )  # fmt: skip
                continue
            reader = _RecordReader(number, len(known[doc_id].text) if isinstance(doc_id, str) else None)
            read = reader.read(record)
            problems.extend(reader.problems)
            if isinstance(record, dict):
                layers.update(name for name in LAYERS if isinstance(record.get(name), list))
            if read is not None:
                found[read.doc_id] = read
                lines[read.doc_id] = number
                unanchored |= _unanchored(record, number, read.doc_id, problems)
    if not found:
        report(0, "no readable document", "empty-file", "give one JSON object per document and line", "file")
    annotations = tuple(found.get(doc_id, Annotations(doc_id)) for doc_id in sorted(known))
    ordered = tuple(name for name in LAYERS if name in layers)
    return Submission(annotations, ordered, tuple(sorted(problems)), unanchored)


def _unanchored(record: object, line: int, doc_id: str, problems: list[Problem]) -> dict[str, dict[str, int]]:
    """The optional ``"unanchored": {"claims": 2}`` of a record."""
    value = record.get("unanchored") if isinstance(record, dict) else None
    if value is None:
        return {}
    good = isinstance(value, dict) and all(
        key in LAYERS and isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= MAX_SPANS
        for key, count in value.items()
    )
    if not good:
        fix = 'give counts by layer, {"claims": 2}'
        problems.append(Problem(line, "$.unanchored", "wrong-type", f"{_shown(value)} is no count", fix, "object", doc_id))
        return {}
    return {doc_id: dict(value)}


def read_predictions(
    path: str | os.PathLike[str], documents: Iterable[Document]
) -> tuple[list[Annotations], list[Problem]]:
    """As :func:`read_submission`, but only the annotations (one item per document) and the problems."""
    submission = read_submission(path, documents)
    return list(submission.annotations), list(submission.problems)
