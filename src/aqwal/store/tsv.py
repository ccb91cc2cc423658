r"""The grammar of an annotation file: header, sentence blocks, five-column rows. Knows nothing of what labels mean.

::

    # doc=001 layer=attributions guidelines=1.0

    # s3⇥<the sentence>
    a3mf⇥cue⇥0-5⇥kind=assertion stance=neutral quote=indirect polarity=positive⇥أوضحت

Columns are ``id ⇥ label ⇥ span ⇥ fields ⇥ text``, ASCII first and Arabic last (most diff viewers show whatever follows
Arabic on a line in reverse). A tab, line end or backslash inside the text is written ``\t``, ``\n``, ``\r`` or ``\\``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from aqwal.model import Document
from aqwal.store.problems import Problem

COLUMNS = ("id", "label", "span", "fields", "text")
#: First letter of the ids of each layer.
PREFIX = {"mentions": "m", "attributions": "a", "claims": "c"}
#: The row that opens an object of the layer; a mention is one row.
HEAD = {"mentions": "", "attributions": "cue", "claims": "claim"}
ROW_LABELS = {
    "attributions": ("cue", "source", "medium", "content"),
    "claims": ("claim", "statement", "gloss"),
}

_HEADER = re.compile(r"# doc=(?P<doc>\S+) layer=(?P<layer>\S+) guidelines=(?P<guidelines>\S+)$")
_BLOCK = re.compile(r"# (?P<id>s[0-9]+)(?:\t(?P<text>.*))?$", re.DOTALL)
_ID = re.compile(r"[mac][0-9a-z]{3}$")
_NEW_ID = re.compile(r"\+[0-9A-Za-z]*$")
_FRAGMENT = re.compile(
    r"(?:(?P<sentence>s[0-9]+):)?(?:(?P<start>[0-9]+)-(?P<end>[0-9]+)|(?P<find>\?(?P<nth>[1-9][0-9]*)?))$"
)


@dataclass(frozen=True, slots=True)
class Fragment:
    """One fragment as written: a sentence, and either offsets in it or a request to find the quote (its n-th place)."""

    sentence: str
    start: int = -1
    end: int = -1
    find: bool = False
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row as written; ``fragments`` is empty for a row with no span (``-``)."""

    line: int
    block: str
    id: str
    label: str
    fragments: tuple[Fragment, ...]
    fields: Mapping[str, str]
    text: str

    @property
    def pending(self) -> bool:
        """True for a new row that ``aqwal fmt`` has not completed."""
        return self.id.startswith("+") or any(fragment.find for fragment in self.fragments)


@dataclass
class ParsedFile:
    """A file split into rows; ``problems`` holds what does not follow the grammar."""

    path: str
    layer: str
    text: str
    guidelines: str = "1.0"
    blocks: dict[str, int] = field(default_factory=dict)  # sentence id -> line
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_UNESCAPES = {"t": "\t", "n": "\n", "r": "\r"}


def escape(text: str) -> str:
    r"""Text as one column of one line.

    >>> escape("a\tb\\")
    'a\\tb\\\\'
    """
    return "".join(_ESCAPES.get(char, char) for char in text)


def unescape(text: str) -> str:
    """The inverse of :func:`escape`."""
    return re.sub(r"\\(.)", lambda match: _UNESCAPES.get(match[1], match[1]), text)


def parse_fields(text: str) -> tuple[dict[str, str], list[str]]:
    """``key=value`` pairs and what is wrong with them.

    >>> parse_fields("kind=belief stance")
    ({'kind': 'belief'}, ['"stance" is not key=value'])
    """
    fields: dict[str, str] = {}
    wrong: list[str] = []
    for item in text.split():
        key, equals, value = item.partition("=")
        if not equals or not key or not value:
            wrong.append(f'"{item}" is not key=value')
        elif key in fields:
            wrong.append(f'"{key}" is given twice')
        else:
            fields[key] = value
    return fields, wrong


def parse_span(text: str, block: str) -> tuple[tuple[Fragment, ...], str]:
    """Fragments of a span column, and what is wrong with it (empty if nothing).

    >>> parse_span("0-4,s4:0-12", "s3")[0][1]
    Fragment(sentence='s4', start=0, end=12, find=False, nth=0)
    >>> parse_span("4-0", "s3")[1]
    '4-0 is empty or reversed'
    """
    if text == "-":
        return (), ""
    fragments: list[Fragment] = []
    for item in text.split(","):
        match = _FRAGMENT.match(item)
        if match is None:
            return (), f'"{item}" is not START-END, sN:START-END, ? or ?N'
        sentence = match["sentence"] or block
        if match["find"]:
            fragments.append(Fragment(sentence, find=True, nth=int(match["nth"] or 0)))
            continue
        start, end = int(match["start"]), int(match["end"])
        if end <= start:
            return (), f"{item} is empty or reversed"
        fragments.append(Fragment(sentence, start, end))
    return tuple(fragments), ""


def parse(path: str, text: str, layer: str, document: Document) -> ParsedFile:
    """Split ``text`` into rows, collecting every problem (kinds ``tsv-…``)."""
    parsed = ParsedFile(path, layer, text)

    def wrong(line: int, kind: str, where: str, message: str, fix: str) -> None:
        parsed.problems.append(Problem(path, line, kind, where, message, fix))

    lines = text.split("\n")
    if lines[-1] != "":
        wrong(len(lines), "tsv-newline", "file", "the last line has no line end", "run aqwal fmt")
    elif lines:
        lines = lines[:-1]
    header = _HEADER.match(lines[0]) if lines else None
    expected = f"# doc={document.id} layer={layer} guidelines=1.0"
    if header is None:
        wrong(1, "tsv-header", "header", "the first line is not the header of an annotation file", f"write: {expected}")
    else:
        parsed.guidelines = header["guidelines"]
        if header["doc"] != document.id or header["layer"] != layer:
            wrong(
                1,
                "tsv-header",
                "header",
                f"the header names doc {header['doc']}, layer {header['layer']}; the file is {layer} of {document.id}",
                f"write: # doc={document.id} layer={layer} guidelines={header['guidelines']}",
            )
    block = ""
    for number, line in enumerate(lines[1:] if header else lines, start=2 if header else 1):
        if line == "":
            continue
        if "\r" in line:
            wrong(number, "tsv-newline", "line", "a carriage return in the line", "save the file with LF line ends")
            line = line.rstrip("\r")
        if line.startswith("#"):
            match = _BLOCK.match(line)
            if match is None:
                if header is None and number == 1:
                    continue
                wrong(
                    number,
                    "tsv-comment",
                    "line",
                    "a comment would be lost when the file is formatted",
                    "put it in the layer's log.tsv",
                )
                continue
            block = match["id"]
            if block not in document.by_id:
                wrong(
                    number,
                    "tsv-block",
                    "sentence",
                    f"document {document.id} has no sentence {block}",
                    "use a sentence id of the corpus file",
                )
                block = ""
            elif block in parsed.blocks:
                wrong(
                    number,
                    "tsv-block",
                    "sentence",
                    f"the block of {block} was opened on line {parsed.blocks[block]}",
                    "move its rows there",
                )
            else:
                parsed.blocks[block] = number
            continue
        columns = line.split("\t")
        if len(columns) != len(COLUMNS):
            missing = COLUMNS[len(columns)] if len(columns) < len(COLUMNS) else "text"
            wrong(
                number,
                "tsv-columns",
                missing,
                f"{len(columns)} columns instead of {len(COLUMNS)}",
                "separate id, label, span, fields and text by one tab each (write \\t for a tab in the text)",
            )
            continue
        if not block:
            wrong(number, "tsv-block", "sentence", "a row outside a sentence block", "put it under its `# sN` line")
            continue
        row_id, label, span, field_text, quote = columns
        if not _NEW_ID.match(row_id) and not (_ID.match(row_id) and row_id[0] == PREFIX[layer]):
            wrong(
                number,
                "tsv-id",
                "id",
                f'"{row_id}" is not an id of this layer',
                f"write + for a new object, or {PREFIX[layer]} and three of 0-9 a-z",
            )
            continue
        fragments, span_wrong = parse_span(span, block)
        if span_wrong:
            wrong(number, "tsv-span", "span", span_wrong, "write START-END, or ? and let aqwal fmt find the quote")
            continue
        fields, fields_wrong = parse_fields(field_text)
        for message in fields_wrong:
            wrong(number, "tsv-fields", "fields", message, "write key=value pairs separated by one space")
        for fragment in fragments:
            if fragment.sentence not in document.by_id:
                wrong(
                    number,
                    "tsv-span",
                    "span",
                    f"document {document.id} has no sentence {fragment.sentence}",
                    "use a sentence id of the corpus file",
                )
                break
        else:
            parsed.rows.append(Row(number, block, row_id, label, fragments, fields, unescape(quote)))
    return parsed


def format_fields(fields: Iterable[tuple[str, str]]) -> str:
    """``key=value`` pairs with a value, in the given order."""
    return " ".join(f"{key}={value}" for key, value in fields if value)


def format_rows(document: Document, layer: str, guidelines: str, rows: Iterable[tuple[str, list[str]]]) -> str:
    """A whole file: the header, then a block for every scored sentence and for any other sentence that has rows.

    ``rows`` are ``(sentence id, five columns)`` in order.
    """
    blocks: dict[str, list[str]] = {}
    for sentence, columns in rows:
        blocks.setdefault(sentence, []).append("\t".join([*columns[:4], escape(columns[4])]))
    scored = {sentence.id for sentence in document.scored_sentences}
    out = [f"# doc={document.id} layer={layer} guidelines={guidelines}\n"]
    for each in document.sentences:
        if each.id in scored or each.id in blocks:
            text = escape(document.text[each.start : each.end])
            out.append(f"\n# {each.id}\t{text}\n")
            out.extend(f"{row}\n" for row in blocks.get(each.id, []))
    return "".join(out)


def with_fragments(row: Row, fragments: tuple[Fragment, ...]) -> Row:
    """``row`` with other fragments."""
    return replace(row, fragments=fragments)
