"""Submissions: one JSON object per line and document, in the field names of the model, with document-level spans.

``{"doc_id": "001", "mentions": […], "attributions": […], "claims": […]}``. A mention and a claim bear ``spans``, an
attribution bears ``cue``, ``source``, ``content`` and ``medium``; each is a list of half-open code-point pairs
``[[start, end], …]`` of the whole document, or null. Everything else is named as in :mod:`aqwal.model`, with lists for
tuples; unknown keys (derived values, scores) are ignored. A layer that no line names was *not attempted*.

Reading never stops at the first fault and never drops anything without a :class:`Problem` that names the line, the
JSON path, what is wrong and how to mend it. What is valid is returned beside the problems.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from aqwal.formats._jsonl_record import (
    MAX_DEPTH,
    MAX_SPANS,
    Nan,
    Problem,
    RecordReader,
    meant,
    shown,
    walk,
)
from aqwal.model import LAYERS, ROLES, Annotations, Document, Span

__all__ = [
    "LAYERS", "MAX_DEPTH", "MAX_LINE", "MAX_SPANS", "Problem", "RecordError", "Submission", "from_record",
    "read_predictions", "read_submission", "to_record", "write_predictions",
]  # fmt: skip

#: A line may hold this many bytes.
MAX_LINE = 64 * 2**20


@dataclass(frozen=True)
class Submission:
    """What was read: the valid annotations, the layers that any line names, and all problems.

    ``annotations`` has one item per document, in order of id; a document that the file leaves out is empty, and in
    ``absent``. ``unanchored`` counts, per document and layer, predictions whose quote is nowhere in the text: they
    have no span, and stay as spurious predictions.
    """

    annotations: tuple[Annotations, ...]
    layers: tuple[str, ...]
    problems: tuple[Problem, ...]
    absent: tuple[str, ...] = ()
    unanchored: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def lost(self) -> dict[str, dict[str, int]]:
        """Objects set aside, by document and layer.

        Given to :func:`aqwal.metrics.score` as ``unanchored``, they count as spurious: what they would have cost.
        """
        things = {(p.doc_id, p.layer, p.thing) for p in self.problems if p.lost == "object" and p.layer}
        out: dict[str, dict[str, int]] = {}
        for doc_id, layer, _ in sorted(things):
            counts = out.setdefault(doc_id, {})
            counts[layer] = counts.get(layer, 0) + 1
        return out

    @property
    def set_aside(self) -> dict[str, int]:
        """How many lines, layers, objects and links were set aside; an object with several faults is one."""
        things = {(p.lost, p.thing) for p in self.problems if p.lost}
        return dict(sorted(Counter(lost for lost, _ in things).items()))

    @property
    def unread(self) -> dict[str, int]:
        """The line of each absent document that has one, which was set aside."""
        absent, lines = set(self.absent), dict[str, int]()
        for p in self.problems:
            if p.lost == "line" and p.doc_id in absent:
                lines.setdefault(p.doc_id, p.line)
        return lines

    def only(self, doc_ids: Collection[str]) -> Submission:
        """The part that concerns some documents; problems of lines whose document is unknown stay."""
        wanted = set(doc_ids)
        return replace(
            self,
            annotations=tuple(a for a in self.annotations if a.doc_id in wanted),
            problems=tuple(p for p in self.problems if not p.doc_id or p.doc_id in wanted),
            absent=tuple(doc_id for doc_id in self.absent if doc_id in wanted),
            unanchored={doc_id: counts for doc_id, counts in self.unanchored.items() if doc_id in wanted},
        )


# ---------------------------------------------------------------- writing


def _pairs(span: Span | None) -> list[list[int]] | None:
    return None if span is None else [[start, end] for start, end in span.fragments]


def to_record(annotations: Annotations) -> dict[str, Any]:
    """The JSON object of one document; :func:`from_record` reads it back unchanged.

    >>> from aqwal.model import Claim
    >>> to_record(Annotations("001", claims=(Claim("c1", Span.of(0, 4), cluster="visit"),)))["claims"]
    [{'id': 'c1', 'spans': [[0, 4]], 'statement': '', 'gloss': '', 'polarity': 'positive', 'certainty': 'certain',
      'time': 'past', 'verifiable': 'yes', 'cluster': 'visit'}]
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


# ---------------------------------------------------------------- reading


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
    reader = RecordReader(0, len(document.text) if document is not None else None)
    annotations = reader.read(record)
    if annotations is None or any(problem.lost for problem in reader.problems):
        raise RecordError(reader.problems)
    return annotations


def numbered_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their numbers; None for a line over the limit, which is passed over in pieces."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) <= MAX_LINE or line.endswith(b"\n"):
            yield number, line
            continue
        while (more := stream.readline(MAX_LINE)) and not more.endswith(b"\n"):
            pass
        yield number, None


class _RepeatedKey(ValueError):
    """A JSON object gives one key twice; a plain parser would drop the first value."""


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise _RepeatedKey(shown(counts.most_common(1)[0][0]))
    return made


def parse_line(number: int, line: bytes | None) -> tuple[object, Problem | None]:
    """The JSON value of a line, or the problem that makes it unreadable."""

    def problem(code: str, message: str, fix: str = "") -> tuple[None, Problem]:
        return None, Problem(number, "$", code, message, fix, "line")

    if line is None:
        return problem("line-too-long", f"longer than {MAX_LINE} bytes", "one document per line")
    try:
        return json.loads(line.decode("utf-8"), parse_constant=Nan, object_pairs_hook=_no_repeats), None
    except UnicodeDecodeError as error:
        return problem("not-utf8", f"not UTF-8 at byte {error.start} of the line", "save the file as UTF-8")
    except RecursionError:
        return problem("too-deep", f"nested over {MAX_DEPTH} levels", "flatten it")
    except _RepeatedKey as error:
        return problem("repeated-key", f"an object gives the key {error} twice", "give it once")
    except json.JSONDecodeError as error:
        return problem("not-json", f"not JSON at column {error.colno}: {error.msg}", "one JSON object per line")
    except ValueError as error:  # an integer of thousands of digits
        return problem("not-json", str(error).split(";")[0].lower(), "offsets are small whole numbers")


_DOC_ID = re.compile(rb'"doc_id"\s*:\s*"([^"\\]{1,200})"')


def _document_named(line: bytes | None) -> str:
    """The document that a line seems to be about, though it cannot be parsed; empty if it does not say."""
    found = _DOC_ID.search(line or b"")
    return found.group(1).decode("utf-8", "replace") if found else ""


def read_submission(path: str | os.PathLike[str], documents: Iterable[Document]) -> Submission:
    """Read a predictions file against its documents.

    Raises:
        OSError: if the file cannot be opened or read.
    """
    lengths = {document.id: len(document.text) for document in documents}
    reader = FileReader(lengths)
    with open(path, "rb") as stream:
        for number, line in numbered_lines(stream):
            reader.line(number, line)
    return reader.result()


class FileReader:
    """Gathers the records of a file."""

    def __init__(self, lengths: Mapping[str, int]) -> None:
        self.lengths = lengths
        self.problems: list[Problem] = []
        self.found: dict[str, Annotations] = {}
        self.line_of: dict[str, int] = {}
        self.layers: set[str] = set()
        self.unanchored: dict[str, dict[str, int]] = {}

    def line(self, number: int, line: bytes | None) -> None:
        if line is not None:
            if number == 1 and line.startswith(b"\xef\xbb\xbf"):
                fix = "save the file as UTF-8 without one"
                self.problems.append(Problem(number, "$", "bom", "begins with a byte-order mark", fix))
                line = line[3:]
            if not line.strip():
                return
        record, unreadable = parse_line(number, line)
        if unreadable is not None:
            named = _document_named(line)
            self.problems.append(replace(unreadable, doc_id=named if named in self.lengths else ""))
            return
        problem = self.misplaced(number, record)
        if problem is not None:
            self.problems.append(problem)
            return
        doc_id = record.get("doc_id") if isinstance(record, dict) else None
        reader = RecordReader(number, self.lengths.get(doc_id) if isinstance(doc_id, str) else None)
        read = reader.read(record)
        if isinstance(record, dict) and read is not None and line is not None:
            self.layers.update(name for name in LAYERS if isinstance(record.get(name), list))
            self.found[read.doc_id] = read
            self.line_of[read.doc_id] = number
            counts = reader.unanchored(record)
            if counts:
                self.unanchored[read.doc_id] = counts
            if b"NaN" in line or b"Infinity" in line:
                self.strange_numbers(number, record, reader)
        self.problems.extend(reader.problems)

    def misplaced(self, number: int, record: object) -> Problem | None:
        """A record of a document that is unknown or has been read already."""
        doc_id = record.get("doc_id") if isinstance(record, dict) else None
        if not isinstance(doc_id, str) or not doc_id:
            return None
        if doc_id not in self.lengths:
            fix = meant(doc_id, sorted(self.lengths))
            return Problem(number, "$.doc_id", "unknown-document", f"unknown document {shown(doc_id)}", fix, "line")
        if doc_id in self.line_of:
            message = f"document {shown(doc_id)} is already on line {self.line_of[doc_id]}"
            return Problem(number, "$.doc_id", "repeated-document", message, "give each once", "line", doc_id)
        return None

    def strange_numbers(self, number: int, record: dict[str, Any], reader: RecordReader) -> None:
        """NaN and infinities in fields that are not read: they are no JSON, and the next program may choke on them."""
        named = {problem.path for problem in reader.problems}
        for path, _, value in walk(record):
            if isinstance(value, Nan) and path not in named:
                message = "not-a-number is no JSON"
                self.problems.append(Problem(number, path, "not-a-number", message, "leave the field out or give null"))

    def result(self) -> Submission:
        if not self.found:
            message, fix = "no readable document", "give one JSON object per document and line"
            self.problems.append(Problem(0, "$", "empty-file", message, fix, "file"))
        ids = sorted(self.lengths)
        return Submission(
            tuple(self.found.get(doc_id, Annotations(doc_id)) for doc_id in ids),
            tuple(name for name in LAYERS if name in self.layers),
            tuple(sorted(self.problems, key=lambda problem: problem.place)),
            tuple(doc_id for doc_id in ids if doc_id not in self.found),
            self.unanchored,
        )


def read_predictions(
    path: str | os.PathLike[str], documents: Iterable[Document]
) -> tuple[list[Annotations], list[Problem]]:
    """As :func:`read_submission`, but only the annotations (one item per document) and the problems."""
    submission = read_submission(path, documents)
    return list(submission.annotations), list(submission.problems)
