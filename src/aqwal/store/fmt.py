"""`aqwal fmt`, a gofmt for labels: finds offsets from quotes, gives new objects ids, sorts, rewrites sentence lines.

It never guesses: a quote that occurs twice or not at all stops the run with file and line, and nothing is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from aqwal.model import LAYERS, Document
from aqwal.store import tsv
from aqwal.store.layers import format_annotations, read_layer, span_column, to_span
from aqwal.store.problems import Problem, StoreError
from aqwal.store.tsv import Fragment, ParsedFile, Row
from aqwal.text import find_all

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
#: How many places of a discontinuous quote are looked at before it counts as ambiguous.
_MANY = 1000


@dataclass(frozen=True, slots=True)
class Formatted:
    """The canonical text of a file, the text it was made from, and notes on what was re-anchored."""

    path: Path
    before: str
    after: str
    notes: tuple[str, ...] = ()


def _places(document: Document, sentence_id: str, parts: list[str]) -> Iterator[tuple[Fragment, ...]]:
    """Every way to find ``parts`` in order in the sentence, each beginning and ending on a clitic-piece boundary."""
    sentence = document.by_id[sentence_id]
    text = document.text[sentence.start : sentence.end]
    found = [
        [
            start
            for start in find_all(text, part)
            if sentence.start + start in document.piece_starts
            and sentence.start + start + len(part) in document.piece_ends
        ]
        for part in parts
    ]

    def extend(index: int, after: int) -> Iterator[tuple[Fragment, ...]]:
        if index == len(parts):
            yield ()
            return
        for start in found[index]:
            if start >= after:
                end = start + len(parts[index])
                for rest in extend(index + 1, end):
                    yield (Fragment(sentence_id, start, end), *rest)

    return extend(0, 0)


class _Anchorer:
    """Resolves the rows of one file; collects problems and notes."""

    def __init__(self, document: Document, parsed: ParsedFile) -> None:
        self.document, self.parsed = document, parsed
        self.problems: list[Problem] = list(parsed.problems)
        self.notes: list[str] = []

    def wrong(self, row: Row, kind: str, message: str, fix: str) -> None:
        self.problems.append(Problem(self.parsed.path, row.line, kind, "span", message, fix))

    def find(self, row: Row, sentence_id: str, parts: list[str], nth: int) -> tuple[Fragment, ...] | None:
        """The place of ``parts`` in a sentence: the only one, or the ``nth``."""
        shown = " … ".join(parts)
        if not shown:
            self.wrong(row, "anchor-missing", "the row has ? but no quote", "write the quote in the last column")
            return None
        places = list(islice(_places(self.document, sentence_id, parts), _MANY))
        if nth and nth <= len(places):
            return places[nth - 1]
        if len(places) == 1 and not nth:
            return places[0]
        sentence = self.document.by_id[sentence_id]
        text = self.document.text[sentence.start : sentence.end]
        if not places:
            if all(part in text for part in parts):
                self.wrong(
                    row,
                    "anchor-boundary",
                    f'"{shown}" begins or ends inside a clitic piece, or out of order',
                    "quote whole pieces (see corpus/*.conllu), fragments in the order of the text",
                )
            else:
                self.wrong(
                    row,
                    "anchor-missing",
                    f'"{shown}" is not in {sentence_id}',
                    "copy the quote from the sentence line, or name the sentence: sN:?",
                )
        elif nth:
            self.wrong(
                row,
                "anchor-missing",
                f'"{shown}" occurs {"once" if len(places) == 1 else f"{len(places)} times"} in {sentence_id}, not {nth}',
                f"write ?1 to ?{len(places)}" if len(places) > 1 else "write ?",
            )
        else:
            starts = ", ".join(f"?{i} = {span_column(place, sentence_id)}" for i, place in enumerate(places[:6], 1))
            self.wrong(
                row,
                "anchor-ambiguous",
                f'"{shown}" occurs {len(places)} times in {sentence_id}',
                f"say which one: {starts}",
            )
        return None

    def resolve(self, row: Row) -> Row | None:
        """The row with offsets; a drifted one is found again by its quote, if that is in one place only."""
        if not row.fragments:
            return row
        if any(fragment.find for fragment in row.fragments):
            if len(row.fragments) == 1:
                fragment = row.fragments[0]
                whole = [row.text]
                split = row.text.split(" … ")
                # A text may itself hold the mark that joins fragments, so the whole quote is tried first.
                parts = (
                    whole
                    if len(split) == 1 or any(True for _ in _places(self.document, fragment.sentence, whole))
                    else split
                )
                found = self.find(row, fragment.sentence, parts, fragment.nth)
            else:
                parts = row.text.split(" … ")
                if len(parts) != len(row.fragments):
                    self.wrong(
                        row,
                        "anchor-missing",
                        f"{len(row.fragments)} fragments in the span but {len(parts)} in the quote",
                        "separate the fragments of the quote by ` … `",
                    )
                    return None
                found = ()
                for fragment, part in zip(row.fragments, parts, strict=True):
                    one = self.find(row, fragment.sentence, [part], fragment.nth) if fragment.find else (fragment,)
                    if one is None:
                        return None
                    found += one
            return None if found is None else replace(row, fragments=found)
        if self.holds(row):
            return row
        sentences = list(dict.fromkeys(fragment.sentence for fragment in row.fragments))
        if len(sentences) == 1:
            split = row.text.split(" … ")
            parts = split if len(split) == len(row.fragments) else [row.text]
            found = self.find(row, sentences[0], parts, 0)
            if found is not None:
                old, new = span_column(row.fragments, row.block), span_column(found, row.block)
                self.notes.append(f"{self.parsed.path}:{row.line}: {row.id} {row.label} re-anchored {old} → {new}")
                return replace(row, fragments=found)
        else:
            self.wrong(
                row,
                "anchor-missing",
                "the quote of a span over several sentences is not where it was",
                "write the fragments as sN:? and run aqwal fmt",
            )
        return None

    def holds(self, row: Row) -> bool:
        """True if the quote is the slice, so that the offsets still stand."""
        for fragment in row.fragments:
            sentence = self.document.by_id[fragment.sentence]
            if fragment.end > sentence.end - sentence.start:
                return False
        return to_span(self.document, row.fragments).quote(self.document.text) == row.text


def _short_id(prefix: str, key: str, taken: set[str]) -> str:
    """Prefix and three characters of a hash of ``key``; the next free one if taken.

    A hash looks as random as a random id (two branches seldom collide) and makes a run reproducible.
    """
    for attempt in range(36**3):
        number = int.from_bytes(hashlib.blake2b(f"{key}\x1f{attempt}".encode(), digest_size=8).digest())
        made = prefix
        for _ in range(3):
            number, digit = divmod(number, 36)
            made += _DIGITS[digit]
        if made not in taken:
            taken.add(made)
            return made
    raise StoreError([Problem(key, 0, "tsv-id", "id", "no free id is left in this file", "split the document")])


def _allocate(document: Document, parsed: ParsedFile, rows: list[Row]) -> tuple[list[Row], list[Problem]]:
    """Give every new object an id; the rows of one object share the written ``+N`` within their block."""
    head = tsv.HEAD[parsed.layer]
    problems: list[Problem] = []
    taken = {row.id for row in rows if not row.id.startswith("+")}
    keys: dict[tuple[str, str], str] = {}  # (block, written id) -> allocated id
    owner: list[str] = []
    current = ""
    for row in rows:
        if not row.id.startswith("+"):
            owner.append(row.id)
            current = ""  # a bare + below a row that has an id would be a guess
            continue
        if row.id == "+" and head and row.label != head:
            # A bare + under a head row belongs to that object.
            if not current or not current.startswith(f"{row.block}\x1f"):
                problems.append(
                    Problem(
                        parsed.path,
                        row.line,
                        "row-missing",
                        "id",
                        f"a new {row.label} row without its {head} row",
                        f"put it under its {head} row, or number both +1",
                    )
                )
                owner.append("")
                continue
            owner.append(current)
            continue
        # "@" keeps a bare + on line 7 apart from a written +7.
        current = f"{row.block}\x1f+@{row.line}" if row.id == "+" or not head else f"{row.block}\x1f{row.id}"
        owner.append(current)
    heads: dict[str, Row] = {}
    for key, row in zip(owner, rows, strict=True):
        if "\x1f" in key and (not head or row.label == head):
            if key in heads:
                problems.append(
                    Problem(
                        parsed.path,
                        row.line,
                        "id-duplicate",
                        "id",
                        f"{row.id} has two {head} rows in this block",
                        "number the second object differently",
                    )
                )
            heads.setdefault(key, row)
    for key, row in heads.items():
        block, written = key.split("\x1f")
        seed = f"{document.id}\x1f{parsed.layer}\x1f{block}\x1f{row.label}\x1f{span_column(row.fragments, block)}"
        keys[block, written] = _short_id(tsv.PREFIX[parsed.layer], seed, taken)
    out: list[Row] = []
    for key, row in zip(owner, rows, strict=True):
        if "\x1f" in key:
            block, written = key.split("\x1f")
            if (block, written) not in keys:
                problems.append(
                    Problem(
                        parsed.path,
                        row.line,
                        "row-missing",
                        "id",
                        f"{row.id} has no {head} row in this block",
                        f"add its {head} row",
                    )
                )
                continue
            row = replace(row, id=keys[block, written])
        parent = row.fields.get("parent", "")
        if "+" in parent:
            block, _, number = parent.partition("+")
            found = keys.get((block or row.block, f"+{number}"))
            if found is None and not block:
                # Numbered once per file: the only new object of that number, in whatever block it is.
                everywhere = [made for (_, written), made in keys.items() if written == f"+{number}"]
                found = everywhere[0] if len(everywhere) == 1 else None
            if found is None:
                problems.append(
                    Problem(
                        parsed.path,
                        row.line,
                        "parent-unknown",
                        "parent",
                        f"no new object {parent}",
                        "write parent=+N of the same block, or parent=sM+N",
                    )
                )
            else:
                row = replace(row, fields={**row.fields, "parent": found})
        out.append(row)
    return out, problems


def resolve_file(document: Document, path: str, layer: str, text: str) -> tuple[ParsedFile, list[Problem], list[str]]:
    """Parse and complete one file: offsets found, ids given. Problems are returned, not raised."""
    parsed = tsv.parse(path, text, layer, document)
    # What formatting itself repairs is no obstacle to formatting.
    parsed.problems = [p for p in parsed.problems if p.kind != "tsv-newline"]
    anchorer = _Anchorer(document, parsed)
    rows = [row for row in map(anchorer.resolve, parsed.rows) if row is not None]
    rows, problems = _allocate(document, parsed, rows)
    parsed.rows = rows
    return parsed, anchorer.problems + problems, anchorer.notes


def format_document(document: Document, folder: Path, texts: dict[str, tuple[str, str]]) -> list[Formatted]:
    """The canonical form of each file of one document's layer.

    Raises:
        StoreError: listing every problem; nothing has been written.

    """
    problems: list[Problem] = []
    notes: dict[str, list[str]] = {}
    resolved: dict[str, tuple[str, str]] = {}
    guidelines: dict[str, str] = {}
    for layer, (shown, text) in texts.items():
        parsed, found, notes[layer] = resolve_file(document, shown, layer, text)
        problems += found
        guidelines[layer] = parsed.guidelines
        resolved[layer] = (shown, _as_text(document, parsed))
    if not problems:
        loaded = read_layer(resolved, document)
        problems += loaded.problems
        if not problems:
            out = []
            for layer, (_, text) in texts.items():
                made = format_annotations(document, loaded.annotations, guidelines[layer])[layer]
                out.append(Formatted(folder / f"{layer}.tsv", text, made, tuple(notes[layer])))
            return out
    raise StoreError(sorted(set(problems)))


def _as_text(document: Document, parsed: ParsedFile) -> str:
    """The resolved rows as a file again, each on the line it came from, so that problems keep their line."""
    lines: dict[int, str] = {1: f"# doc={document.id} layer={parsed.layer} guidelines={parsed.guidelines}"}
    for block, number in parsed.blocks.items():
        lines[number] = f"# {block}"
    for row in parsed.rows:
        fields = tsv.format_fields(row.fields.items())
        cells = [row.id, row.label, span_column(row.fragments, row.block), fields, tsv.escape(row.text)]
        lines[row.line] = "\t".join(cells)
    last = max(lines)
    return "".join(f"{lines.get(number, '')}\n" for number in range(1, last + 1))


def initial_texts(document: Document, guidelines: str = "1.0") -> dict[str, str]:
    """Empty annotation files for a new document: a block for every scored sentence."""
    return {layer: tsv.format_rows(document, layer, guidelines, []) for layer in LAYERS}
