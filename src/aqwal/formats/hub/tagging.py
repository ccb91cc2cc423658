"""Nested mentions as layers of IOB2 tags over clitic pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aqwal.model import Annotations, Mention, Piece, Span


def layer_depths(annotations: Annotations) -> dict[str, int]:
    """The layer of each mention by its id: 1 for an outermost name or value, 2 for one nested in it, …; 0 for NOM, PRO.

    Longer mentions come first at each position, and each takes the outermost layer in which it overlaps no mention
    already placed, so one layer never holds two overlapping mentions.

    >>> outer, inner = Mention("m1", Span.of(0, 9), "ORG"), Mention("m2", Span.of(4, 9), "NORP")
    >>> layer_depths(Annotations("001", (inner, outer)))
    {'m1': 1, 'm2': 2}
    """
    depths = {mention.id: 0 for mention in annotations.mentions if mention.level in ("NOM", "PRO")}
    placed: list[list[Span]] = []
    named = [mention for mention in annotations.mentions if mention.id not in depths]
    for mention in sorted(named, key=lambda m: (m.span.start, -m.span.end, m.span, m.type, m.id)):
        free = (n for n, spans in enumerate(placed, start=1) if not any(mention.span.overlaps(span) for span in spans))
        depth = next(free, len(placed) + 1)
        if depth > len(placed):
            placed.append([])
        placed[depth - 1].append(mention.span)
        depths[mention.id] = depth
    return depths


def iob2(pieces: Sequence[Piece], mentions: Iterable[Mention]) -> list[str]:
    """One tag per piece for mentions that do not overlap; each fragment opens with B-.

    >>> iob2([Piece(0, 1), Piece(1, 5), Piece(6, 9)], [Mention("m1", Span.of(1, 9), "ORG")])
    ['O', 'B-ORG', 'I-ORG']
    """
    tags = ["O"] * len(pieces)
    for mention in mentions:
        for start, end in mention.span.fragments:
            prefix = "B"
            for index, piece in enumerate(pieces):
                if start <= piece.start and piece.end <= end:
                    tags[index] = f"{prefix}-{mention.type}"
                    prefix = "I"
    return tags


def tag_layers(
    pieces: Sequence[Piece], annotations: Annotations, depths: Mapping[str, int], count: int
) -> list[list[str]]:
    """``count`` rows of tags, outermost layer first: shape ``[count][len(pieces)]``."""
    return [
        iob2(pieces, [mention for mention in annotations.mentions if depths[mention.id] == layer])
        for layer in range(1, count + 1)
    ]
