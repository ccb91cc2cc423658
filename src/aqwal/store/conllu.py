"""The segmentation of one document as CoNLL-U: reading with every check, writing one canonical form.

A word with several clitic pieces is a multiword token whose syntactic words are the pieces; ``StartChar`` and
``EndChar`` (code points of the document) stand in MISC of every line; trees and all other columns are left empty. The
white space between words is kept by ``SpaceAfter=No`` and, where it is not one plain space, UDPipe's ``SpacesBefore``
and ``SpacesAfter`` (https://ufal.mff.cuni.cz/udpipe/2/users-manual), so the file alone rebuilds the text. Only what the
writer would write can be read, so reading and writing give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from aqwal.model import ZONES, Document, Paragraph, Piece, Sentence, Word

COLUMNS = ("ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC")
_ESCAPES = {" ": "\\s", "\t": "\\t", "\r": "\\r", "\n": "\\n", "|": "\\p", "\\": "\\\\"}
_RANGE = re.compile(r"([1-9][0-9]*)-([1-9][0-9]*)")


class ConlluError(ValueError):
    """A segmentation file that cannot be read: ``path``, ``line`` (from 1), ``field``, ``message`` and ``fix``."""

    def __init__(self, path: str | Path, line: int, field: str, message: str, fix: str) -> None:
        self.path = str(path)
        self.line = line
        self.field = field
        self.message = message
        self.fix = fix
        super().__init__(f"{path}:{line}: {field}: {message}; {fix}")


# ---------------------------------------------------------------- writing


def escape_spaces(gap: str) -> str:
    """White space as a MISC value: UDPipe's escapes, and ``\\uXXXX`` for other white space such as NBSP.

    >>> escape_spaces(" \\u00a0\\n")
    '\\\\s\\\\u00A0\\\\n'
    """
    return "".join(_ESCAPES.get(char) or f"\\u{ord(char):04X}" for char in gap)


def write_document(document: Document) -> str:
    """The CoNLL-U text of ``document``, ending in an empty line.

    >>> words = (Word(0, 4, "وقال", (Piece(0, 1), Piece(1, 4))), Word(4, 5, ".", (Piece(4, 5),)))
    >>> document = Document("x", "وقال.", (Paragraph("p1", "body", (Sentence("s1", 0, 5, words),)),))
    >>> [line.split("\\t")[0] for line in write_document(document).splitlines()][:5]
    ['# newdoc id = x', '# newpar id = x-p1', '# zone = body', '# sent_id = x-s1', '# text = وقال.']
    >>> write_document(document).splitlines()[5]
    '1-2\\tوقال\\t_\\t_\\t_\\t_\\t_\\t_\\t_\\tSpaceAfter=No|StartChar=0|EndChar=4'
    """
    out: list[str] = [f"# newdoc id = {document.id}"]
    starts = [word.start for word in document.words] + [len(document.text)]
    index = 0
    for paragraph in document.paragraphs:
        out.append(f"# newpar id = {document.id}-{paragraph.id}")
        out.append(f"# zone = {paragraph.zone}")
        if paragraph.repeats:
            out.append(f"# repeats = {paragraph.repeats}")
        for sentence in paragraph.sentences:
            out.append(f"# sent_id = {document.id}-{sentence.id}")
            out.append(f"# text = {document.text[sentence.start : sentence.end]}")
            number = 1
            for word in sentence.words:
                before = document.text[: word.start] if index == 0 else ""
                after = document.text[word.end : starts[index + 1]]
                misc = _misc(before, after, word.start, word.end)
                if len(word.pieces) == 1:
                    out.append(_row(str(number), word.form, misc))
                else:
                    out.append(_row(f"{number}-{number + len(word.pieces) - 1}", word.form, misc))
                    for offset, piece in enumerate(word.pieces):
                        form = document.text[piece.start : piece.end]
                        out.append(_row(str(number + offset), form, f"StartChar={piece.start}|EndChar={piece.end}"))
                number += len(word.pieces)
                index += 1
            out.append("")
    return "\n".join(out) + "\n"


def _misc(before: str, after: str, start: int, end: int) -> str:
    """MISC of a surface word with the white space before it (first word of the document only) and after it."""
    items: list[str] = []
    if after == "":
        items.append("SpaceAfter=No")
    if before:
        items.append(f"SpacesBefore={escape_spaces(before)}")
    if after not in ("", " "):
        items.append(f"SpacesAfter={escape_spaces(after)}")
    return "|".join([*items, f"StartChar={start}", f"EndChar={end}"])


def _row(number: str, form: str, misc: str) -> str:
    return "\t".join((number, form, *("_" for _ in range(7)), misc))


# ---------------------------------------------------------------- reading


@dataclass
class _Row:
    """One token line: its place in the file and what Aqwal keeps of it."""

    line: int
    first: int
    last: int
    is_range: bool
    form: str
    start: int
    end: int


@dataclass
class _Block:
    """One sentence of the file: comments by name with their lines, then rows."""

    line: int
    comments: dict[str, tuple[int, str]] = field(default_factory=dict)
    rows: list[_Row] = field(default_factory=list)


def read_document(path: str | Path, text: str) -> Document:
    """The document whose segmentation is in ``path``, checked against its exact ``text``.

    Raises:
        ConlluError: for the first thing wrong, with its line: bytes that are not UTF-8 with LF, columns missing, an
            unknown zone or comment, offsets that do not give the form, words out of order or overlapping, pieces that
            do not tile their word, a ``repeats`` that names no earlier paragraph, text not covered by words, or any
            other difference from what :func:`write_document` writes.
    """
    return parse_document(_read(path), text, path)


def _read(path: str | Path) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8")
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise ConlluError(path, 0, "file", reason, "segment the document again or restore the file") from None
    except UnicodeDecodeError as error:
        raise ConlluError(path, 0, "file", f"not UTF-8 at byte {error.start}", "save the file as UTF-8") from None


def parse_document(content: str, text: str, path: str | Path = "text.conllu") -> Document:
    """Like :func:`read_document`, from the file's content; the document's id must be the name of ``path``."""
    return _Reader(path, content, text).document()


class _Reader:
    """One pass over a file; every method raises ConlluError at the first thing wrong."""

    def __init__(self, path: str | Path, content: str, text: str) -> None:
        self.path = path
        self.content = content
        self.text = text
        self.position = 0

    def fail(self, line: int, where: str, message: str, fix: str) -> NoReturn:
        raise ConlluError(self.path, line, where, message, fix)

    def document(self) -> Document:
        blocks = list(self.blocks())
        if not blocks:
            self.fail(1, "file", "holds no sentence", "segment the document again")
        line, doc_id = blocks[0].comments.get("newdoc id", (blocks[0].line, ""))
        if doc_id != Path(self.path).stem:
            self.fail(line, "newdoc id", f"{doc_id!r} is not the name of the file", f"write {Path(self.path).stem}")
        paragraphs: list[Paragraph] = []
        sentences: list[Sentence] = []
        zone = repeats = ""
        for number, block in enumerate(blocks, 1):
            if "newpar id" in block.comments:
                if sentences:
                    paragraphs.append(Paragraph(f"p{len(paragraphs) + 1}", zone, tuple(sentences), repeats))
                    sentences = []
                zone, repeats = self.paragraph_head(block, doc_id, len(paragraphs) + 1)
            elif number == 1:
                self.fail(block.line, "newpar id", "the first sentence opens no paragraph", "add # newpar id, # zone")
            elif "zone" in block.comments or "repeats" in block.comments:
                name = "zone" if "zone" in block.comments else "repeats"
                self.fail(block.comments[name][0], name, "stands inside a paragraph", "move it below # newpar id")
            if number > 1 and "newdoc id" in block.comments:
                self.fail(block.comments["newdoc id"][0], "newdoc id", "a second document", "one file, one document")
            sentences.append(self.sentence(block, doc_id, number, opens="newpar id" in block.comments))
        paragraphs.append(Paragraph(f"p{len(paragraphs) + 1}", zone, tuple(sentences), repeats))
        last_line = blocks[-1].rows[-1].line
        self.gap(self.position, len(self.text), last_line)
        made = Document(doc_id, self.text, tuple(paragraphs))
        self.canonical(made)
        return made

    def blocks(self) -> Iterator[_Block]:
        """The sentences of the file, their lines parsed one by one."""
        if "\r" in self.content:
            self.fail(self.content[: self.content.index("\r")].count("\n") + 1, "line", "a CR line end", "use LF")
        lines = self.content.split("\n")
        if lines[-1] or len(lines) < 2 or lines[-2]:
            self.fail(len(lines), "line", "the file does not end in an empty line", "restore the end of the file")
        block: _Block | None = None
        for number, line in enumerate(lines[:-1], 1):
            if not line:
                if block is None or not block.rows:
                    self.fail(number, "line", "an empty line that closes no sentence", "remove it")
                yield block
                block = None
                continue
            block = block or _Block(number)
            if line.startswith("#"):
                name, mark, value = line[1:].strip(" ").partition(" = ")
                if not mark or name not in ("newdoc id", "newpar id", "zone", "repeats", "sent_id", "text"):
                    self.fail(number, "comment", f"unknown comment {line!r}", "remove it")
                if block.rows or name in block.comments:
                    self.fail(number, name, "stands twice or after a word", "remove it")
                block.comments[name] = (number, value)
            else:
                block.rows.append(self.row(number, line))

    def row(self, number: int, line: str) -> _Row:
        columns = line.split("\t")
        if len(columns) != len(COLUMNS):
            found_columns = f"{len(columns)} columns, not {len(COLUMNS)}"
            self.fail(number, "columns", found_columns, "separate ID, FORM, seven _ and MISC by tabs")
        for name, value in zip(COLUMNS[2:9], columns[2:9], strict=True):
            if value != "_":
                self.fail(number, name, f"holds {value!r}", "write _, the corpus keeps segmentation only")
        found = _RANGE.fullmatch(columns[0])
        if not found and not re.fullmatch(r"[1-9][0-9]{0,8}", columns[0]):
            self.fail(number, "ID", f"{columns[0]!r} is no word number", "number words from 1, ranges as 1-2")
        if not columns[1]:
            self.fail(number, "FORM", "is empty", "write the word")
        misc = dict(item.partition("=")[::2] for item in columns[9].split("|"))
        offsets: list[int] = []
        for key in ("StartChar", "EndChar"):
            if not re.fullmatch(r"0|[1-9][0-9]{0,11}", misc.get(key, "")):
                self.fail(number, "MISC", f"has no {key}", "add StartChar=…|EndChar=… in code points of the document")
            offsets.append(int(misc[key]))
        start, end = offsets
        if self.text[start:end] != columns[1] or end - start != len(columns[1]):
            found_form = self.text[start : min(end, start + 40)]
            self.fail(
                number,
                "StartChar",
                f"the text at {start}-{end} is {found_form!r}, not the form {columns[1]!r}",
                "correct the offsets or the form",
            )
        first, last = (int(found[1]), int(found[2])) if found else (int(columns[0]), int(columns[0]))
        return _Row(number, first, last, found is not None, columns[1], start, end)

    def paragraph_head(self, block: _Block, doc_id: str, number: int) -> tuple[str, str]:
        """Zone and repeats of the paragraph that ``block`` opens."""
        line, name = block.comments["newpar id"]
        if name != f"{doc_id}-p{number}":
            self.fail(line, "newpar id", f"{name!r} is out of sequence", f"write {doc_id}-p{number}")
        line, zone = block.comments.get("zone", (line, ""))
        if zone not in ZONES:
            self.fail(line, "zone", f"unknown zone {zone!r}", f"use one of {', '.join(ZONES)}")
        line, repeats = block.comments.get("repeats", (line, ""))
        found = re.fullmatch(r"p([1-9][0-9]{0,8})", repeats)
        if "repeats" in block.comments and (not found or int(found[1]) >= number):
            self.fail(line, "repeats", f"{repeats!r} names no earlier paragraph", "name one before this, as p1")
        return zone, repeats

    def sentence(self, block: _Block, doc_id: str, number: int, *, opens: bool) -> Sentence:
        line, name = block.comments.get("sent_id", (block.line, ""))
        if name != f"{doc_id}-s{number}":
            self.fail(line, "sent_id", f"{name!r} is out of sequence", f"write {doc_id}-s{number}")
        words: list[Word] = []
        index = 0
        expected = 1
        while index < len(block.rows):
            row = block.rows[index]
            if row.first != expected or row.last < row.first:
                self.fail(row.line, "ID", f"word {expected} was expected", "number the words of a sentence from 1")
            count = row.last - row.first + 1
            pieces = block.rows[index + 1 : index + 1 + count] if row.is_range else [row]
            self.pieces(row, pieces)
            self.order(row, first_of_line=opens and not words, first_of_sentence=not words)
            words.append(Word(row.start, row.end, row.form, tuple(Piece(p.start, p.end) for p in pieces)))
            self.position = row.end
            index += 1 + (count if row.is_range else 0)
            expected = row.last + 1
        made = Sentence(f"s{number}", words[0].start, words[-1].end, tuple(words))
        line, shown = block.comments.get("text", (block.line, ""))
        if shown != self.text[made.start : made.end]:
            self.fail(line, "text", "is not the text from the first word to the last", "copy it from the source text")
        return made

    def pieces(self, row: _Row, pieces: Sequence[_Row]) -> None:
        """A word's pieces stand below it in order and tile it."""
        if not row.is_range:
            return
        position = row.start
        for offset, piece in enumerate(pieces):
            if piece.is_range or piece.first != row.first + offset:
                self.fail(piece.line, "ID", f"piece {row.first + offset} was expected", "list all pieces of the range")
            if piece.start != position:
                self.fail(piece.line, "StartChar", f"the pieces of {row.form!r} do not tile it", f"begin at {position}")
            position = piece.end
        if len(pieces) < 2 or len(pieces) != row.last - row.first + 1 or position != row.end:
            self.fail(row.line, "ID", f"the pieces of {row.form!r} do not tile it", "cover the word with its pieces")

    def order(self, row: _Row, *, first_of_line: bool, first_of_sentence: bool) -> None:
        """A word begins where the last one ended, white space aside, on the line that its paragraph has."""
        if row.start < self.position:
            self.fail(row.line, "StartChar", f"{row.form!r} overlaps or precedes the last word", "put words in order")
        self.gap(self.position, row.start, row.line)
        if any(char.isspace() for char in row.form):
            self.fail(row.line, "FORM", f"{row.form!r} holds white space", "split it into words")
        gap = self.text[self.position : row.start]
        breaks = "\n" in gap or "\r" in gap
        if breaks and not first_of_line and self.position:
            self.fail(row.line, "newpar id", "the line of the text ends inside a paragraph", "open a paragraph here")
        if first_of_line and not breaks and self.position:
            self.fail(row.line, "newpar id", "a paragraph begins inside a line of the text", "remove # newpar id here")

    def gap(self, start: int, end: int, line: int) -> None:
        """Nothing but white space may lie outside words."""
        left_out = self.text[start:end].strip()
        if left_out:
            where = self.text.index(left_out, start)
            self.fail(line, "text", f"{left_out[:40]!r} at code point {where} is in no word", "add the missing words")

    def canonical(self, made: Document) -> None:
        """The file is what the writer writes."""
        for number, (found, wanted) in enumerate(
            zip(self.content.split("\n"), write_document(made).split("\n"), strict=False), 1
        ):
            if found != wanted:
                self.fail(number, "layout", f"{found!r} is not the written form", f"write {wanted!r}")
