"""L2: where spans may begin, end and stand."""

from __future__ import annotations

from collections.abc import Iterator

from aqwal.checks.context import Context, labelled
from aqwal.checks.registry import check
from aqwal.model import Word
from aqwal.store.problems import Problem


@check("anchor-boundary", level=2)
def anchor_boundary(context: Context) -> Iterator[Problem]:
    """Every fragment begins where a clitic piece begins and ends where one ends."""
    for _, loaded in context.annotated():
        document = loaded.document
        for item in labelled(loaded):
            for start, end in item.span.fragments:
                for position, allowed, verb in (
                    (start, document.piece_starts, "begins"),
                    (end, document.piece_ends, "ends"),
                ):
                    if position not in allowed:
                        word = next((w for w in document.words if w.start < position < w.end), None)
                        inside = f"inside {_pieces(document.text, word)}" if word else "in white space"
                        yield item.problem("anchor-boundary", "span", f'"{document.text[start:end]}" {verb} {inside}',
                                           "move the boundary to the edge of a piece (corpus/*.conllu)")  # fmt: skip


def _pieces(text: str, word: Word) -> str:
    return "+".join(text[piece.start : piece.end] for piece in word.pieces)


@check("anchor-zone", level=2)
def anchor_zone(context: Context) -> Iterator[Problem]:
    """No label stands in furniture or in a repeated paragraph."""
    for _, loaded in context.annotated():
        unscored = [p for p in loaded.document.paragraphs if not p.scored]
        for item in labelled(loaded):
            for start, end in item.span.fragments:
                for paragraph in unscored:
                    if start < paragraph.end and paragraph.start < end:
                        why = f"repeats {paragraph.repeats}" if paragraph.repeats else "is furniture"
                        yield item.problem("anchor-zone", "span", f"the label stands in {paragraph.id}, which {why}",
                                           "remove the label")  # fmt: skip
