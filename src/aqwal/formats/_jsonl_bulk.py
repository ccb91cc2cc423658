"""Submissions straight into arrays: for corpora of many thousands of documents.

Each line is parsed and validated in full; where a line is regular (and its attributions and claims few), its mentions
never become objects. At the first irregularity of a line the careful reader of :mod:`aqwal.formats.jsonl` takes it, so
problems are the same and nothing passes here that would not pass there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import numpy as np

from aqwal.columns import Columns, Geometry, Ints, MentionColumns, SpanColumn
from aqwal.formats._jsonl_record import MAX_SPANS, Problem
from aqwal.formats.jsonl import FileReader, numbered_lines
from aqwal.model import ENTITY_TYPES, VALUE_TYPES, Annotations

_TYPE = {label: code for code, label in enumerate(ENTITY_TYPES)}
_LEVEL = np.array([1 if label in VALUE_TYPES else 0 for label in ENTITY_TYPES], dtype=np.int64)


@dataclass
class _Mentions:
    """Mentions of the regular lines, document by document."""

    doc: list[int] = field(default_factory=list)
    start: list[Ints] = field(default_factory=list)
    end: list[Ints] = field(default_factory=list)
    type: list[Ints] = field(default_factory=list)


class _NotPlain(Exception):
    """The line holds what JSON has not (NaN)."""


def _no_constant(name: str) -> float:
    raise _NotPlain(name)


def read_columns(
    path: str | os.PathLike[str], geometry: Geometry
) -> tuple[Columns, tuple[str, ...], tuple[Problem, ...], Mapping[str, Mapping[str, int]]]:
    """Read a predictions file into columns: (columns, layers named, problems, unanchored).

    Raises:
        OSError: if the file cannot be opened or read.
    """
    lengths = dict(zip(geometry.doc_ids, (np.diff(geometry.base) - 1).tolist(), strict=True))
    reader = FileReader(lengths)
    fast = _Mentions()
    with open(path, "rb") as stream:
        for number, line in numbered_lines(stream):
            if line is None or not _regular(line, number, reader, fast, geometry):
                reader.line(number, line)
    columns = Columns.of(geometry, list(reader.found.values()))
    result = reader.result()
    return _with_mentions(columns, fast), result.layers, result.problems, result.unanchored


def _regular(line: bytes, number: int, reader: FileReader, fast: _Mentions, geometry: Geometry) -> bool:
    """Take a line whose record has plain mentions and nothing else; False, and nothing done, for any other."""
    try:
        record = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
        listed: list[dict[str, Any]] = record["mentions"]
        doc_id: str = record["doc_id"]
        if type(listed) is not list or len(record) != 2 or doc_id in reader.line_of:
            return False
        length = reader.lengths[doc_id]
        n = len(listed)
        # Only id, spans and type; and each key once, or there would be more of them in the line.
        if set(map(len, listed)) - {3} or line.count(b'":') != 2 + 3 * n or b"\\u" in line:
            return False
        ids = [item["id"] for item in listed]
        spans = [item["spans"] for item in listed]
        kinds = [_TYPE[item["type"]] for item in listed]
        if len(set(ids)) != n or set(map(type, ids)) - {str} or "" in ids or n > MAX_SPANS:
            return False
        if set(map(type, spans)) - {list} or set(map(len, spans)) - {1}:
            return False
        pairs = list(chain.from_iterable(spans))
        if set(map(type, pairs)) - {list} or set(map(len, pairs)) - {2}:
            return False
        flat = list(chain.from_iterable(pairs))
        if set(map(type, flat)) - {int}:
            return False
        edges = np.array(flat, dtype=np.int64).reshape(-1, 2)
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError, _NotPlain):
        return False
    start, end = edges[:, 0], edges[:, 1]
    if n and (start.min() < 0 or end.max() > length or bool((end <= start).any())):
        return False
    doc = geometry.number[doc_id]
    reader.line_of[doc_id] = number
    reader.layers.add("mentions")
    reader.found[doc_id] = Annotations(doc_id)
    fast.doc.append(doc)
    fast.start.append(start + geometry.base[doc])
    fast.end.append(end + geometry.base[doc])
    fast.type.append(np.array(kinds, dtype=np.int64))
    return True


def _with_mentions(columns: Columns, fast: _Mentions) -> Columns:
    """Columns with the mentions of the regular lines added; rows are numbered after those of the others."""
    if not fast.doc:
        return columns
    old = columns.mentions
    kind = np.concatenate([old.type, *fast.type])
    new = kind[old.type.size :]
    offset = np.concatenate([old.span.offset, old.span.offset[-1] + 1 + np.arange(new.size)])
    sizes = np.array([part.size for part in fast.type], dtype=np.int64)
    mentions = MentionColumns(
        np.arange(kind.size),
        np.concatenate([old.doc, np.repeat(np.array(fast.doc, dtype=np.int64), sizes)]),
        SpanColumn(offset, np.concatenate([old.span.start, *fast.start]), np.concatenate([old.span.end, *fast.end])),
        kind,
        np.concatenate([old.level, _LEVEL[new]]),
        np.concatenate([old.entity, np.full(new.size, -1, dtype=np.int64)]),
    )
    return replace(columns, mentions=mentions)
