"""Windows: runs of sentences that fit the encoder, with sub-word ids and, for training, the gold laid over pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from transformers import PreTrainedTokenizerBase

from aqwal.model import (
    ATTRIBUTION_POLARITIES,
    CERTAINTIES,
    CLAIM_POLARITIES,
    ENTITY_TYPES,
    KINDS,
    QUOTES,
    SOURCE_TYPES,
    STANCES,
    TIMES,
    VERIFIABLE,
    Annotations,
    Document,
)

from .align import align, specials
from .pieces import Places, Token, layers, norm, read, runs

#: Pieces a window may hold, whatever its length in sub-words: pair scoring is quadratic in places.
MAX_PIECES = 256
#: Source forms: a span, a subject only in the verb, none at all.
FORMS = ("span", "implicit", "none")
ATTRIBUTION_FIELDS: dict[str, tuple[str, ...]] = {
    "kind": KINDS, "stance": STANCES, "quote": QUOTES, "polarity": ATTRIBUTION_POLARITIES,
    "source_type": SOURCE_TYPES, "form": FORMS, "anaphoric": ("no", "yes"),
}  # fmt: skip
CLAIM_FIELDS: dict[str, tuple[str, ...]] = {
    "polarity": CLAIM_POLARITIES, "certainty": CERTAINTIES, "time": TIMES, "verifiable": VERIFIABLE,
}  # fmt: skip
ROLE_LABELS = ("SRC", "CON", "MED")
MENTION_TAGS = ("O", *(f"{p}-{t}" for t in ENTITY_TYPES for p in "BI"))
CUE_TAGS = ("O", "B-CUE", "I-CUE", "B-ADD", "I-ADD")
ROLE_TAGS = ("O", *(f"{p}-{t}" for t in ROLE_LABELS for p in "BI"))
CLAIM_TAGS = ("O", "B-CLM", "I-CLM")

#: A half-open run of token indices.
Run = tuple[int, int]


@dataclass
class GoldMention:
    """A name or value: its run, type and, for names, entity and flags."""

    run: Run
    type: str
    entity: str
    metonym: bool
    scare: bool


@dataclass
class GoldAttribution:
    """An attribution as its window shows it: parts that lie in other windows are left out."""

    cue: list[int]
    source: list[int]
    content: list[int]
    medium: list[int]
    entities: frozenset[str]
    fields: dict[str, int]
    parent: int = -1


@dataclass
class GoldClaim:
    """A claim's tokens and fields."""

    tokens: list[int]
    fields: dict[str, int]


@dataclass
class Gold:
    """What a window's heads are trained on."""

    mention_tags: list[list[int]]
    cue_tags: list[int]
    claim_tags: list[list[int]]
    mentions: list[GoldMention] = field(default_factory=list)
    attributions: list[GoldAttribution] = field(default_factory=list)
    claims: list[GoldClaim] = field(default_factory=list)


@dataclass
class Window:
    """Consecutive pieces of a document with their sub-words.

    ``ids`` include special tokens; ``pieces[i]`` are positions in ``ids``; ``place`` and ``quoted`` are small codes.
    """

    tokens: list[Token]
    ids: list[int]
    pieces: list[list[int]]
    place: list[int]
    quoted: list[int]
    words: list[str]
    gold: Gold | None = None


def make_windows(
    document: Document, tokenizer: PreTrainedTokenizerBase, limit: int, split: str
) -> tuple[list[Window], list[tuple[int, int]]]:
    """Cut ``document`` into windows of whole sentences where they fit; also its quoted regions."""
    tokens, regions = read(document)
    before, after = specials(tokenizer)
    room = limit - len(before) - len(after)
    windows: list[Window] = []
    held_tokens: list[Token] = []
    held_ids: list[int] = []
    held_pieces: list[list[int]] = []

    def close() -> None:
        if held_tokens:
            shifted = [[len(before) + i for i in piece] for piece in held_pieces]
            windows.append(_window(list(held_tokens), [*before, *held_ids, *after], shifted, regions))
            held_tokens.clear()
            held_ids.clear()
            held_pieces.clear()

    for chunk, ids, pieces in _chunks(document.text, tokens, tokenizer, room, split):
        if len(held_ids) + len(ids) > room or len(held_tokens) + len(chunk) > MAX_PIECES:
            close()
        held_pieces += [[len(held_ids) + i for i in piece] for piece in pieces]
        held_tokens += chunk
        held_ids += ids
    close()
    return windows, regions


def _chunks(
    text: str, tokens: Sequence[Token], tokenizer: PreTrainedTokenizerBase, room: int, split: str
) -> list[tuple[list[Token], list[int], list[list[int]]]]:
    """Sentences with their sub-words; one that does not fit is cut at pieces until its parts do."""
    made: list[tuple[list[Token], list[int], list[list[int]]]] = []
    stack: list[list[Token]] = []
    at = 0
    while at < len(tokens):
        past = at + 1
        while past < len(tokens) and tokens[past].sentence == tokens[at].sentence:
            past += 1
        stack += [list(tokens[i : min(i + MAX_PIECES, past)]) for i in range(at, past, MAX_PIECES)]
        at = past
    stack.reverse()
    while stack:
        chunk = stack.pop()
        base = chunk[0].start
        found = align(tokenizer, text[base : chunk[-1].end], [(t.start - base, t.end - base) for t in chunk], split)
        if len(found.ids) <= room:
            made.append((chunk, found.ids, found.pieces))
        elif len(chunk) > 1:
            middle = len(chunk) // 2
            stack += [chunk[middle:], chunk[:middle]]
        else:  # one piece of more sub-words than the encoder takes: its beginning stands for it
            made.append((chunk, found.ids[:room], [[i for i in found.pieces[0] if i < room] or [0]]))
    return made


def _window(tokens: list[Token], ids: list[int], pieces: list[list[int]], regions: list[tuple[int, int]]) -> Window:
    sizes = [0 if t.region < 0 else 1 if regions[t.region][1] - regions[t.region][0] <= 25 else 2 for t in tokens]
    return Window(tokens, ids, pieces, [t.place for t in tokens], sizes, [norm(t.form) for t in tokens])


def add_gold(windows: Sequence[Window], annotations: Annotations, mention_layers: int, claim_layers: int) -> None:
    """Lay the gold of a document over its windows."""
    named = [m for m in annotations.mentions if m.level in ("NAM", "VAL")]
    depth = layers([m.span for m in named])
    claims = list(annotations.claims)
    claim_depth = layers([c.span for c in claims])
    for window in windows:
        places = Places(window.tokens)
        size = len(window.tokens)
        gold = Gold([[0] * size for _ in range(mention_layers)], [0] * size, [[0] * size for _ in range(claim_layers)])
        for mention, layer in zip(named, depth, strict=True):
            indices = places.of(mention.span)
            if indices and layer < mention_layers:
                _put(gold.mention_tags[layer], indices, MENTION_TAGS.index(f"B-{mention.type}"))
            if indices:
                scare = "scare_quotes" in mention.framing
                run = (indices[0], indices[-1] + 1)
                gold.mentions.append(GoldMention(run, mention.type, mention.entity, mention.metonym, scare))
        number: dict[str, int] = {}
        for a in sorted(annotations.attributions, key=lambda a: (a.cue, a.id)):
            cue = places.of(a.cue)
            if not cue or a.cue.start < window.tokens[0].start:
                continue
            for order, (first, last) in enumerate(runs(cue)):
                if not any(gold.cue_tags[first:last]):
                    _put(gold.cue_tags, list(range(first, last)), 1 if order == 0 else 3)
            form = "span" if a.source else "implicit" if a.implicit else "none"
            values = {
                "kind": a.kind, "stance": a.stance, "quote": a.quote, "polarity": a.polarity,
                "source_type": a.source_type, "form": form, "anaphoric": "yes" if a.anaphoric else "no",
            }  # fmt: skip
            number[a.id] = len(gold.attributions)
            gold.attributions.append(
                GoldAttribution(
                    cue, places.of(a.source), places.of(a.content), places.of(a.medium), frozenset(a.source_entity),
                    {name: ATTRIBUTION_FIELDS[name].index(value) for name, value in values.items()},
                )
            )  # fmt: skip
        for a in annotations.attributions:
            if a.id in number and a.parent in number:
                gold.attributions[number[a.id]].parent = number[a.parent]
        for claim, layer in zip(claims, claim_depth, strict=True):
            indices = places.of(claim.span)
            if indices and layer < claim_layers:
                _put(gold.claim_tags[layer], indices, 1)
            if indices:
                fields = {name: labels.index(getattr(claim, name)) for name, labels in CLAIM_FIELDS.items()}
                gold.claims.append(GoldClaim(indices, fields))
        window.gold = gold


def _put(row: list[int], indices: Sequence[int], begin: int) -> None:
    """Write B (``begin``) and I (one more) tags; a gap starts a new B."""
    previous = -2
    for index in indices:
        row[index] = begin if index != previous + 1 else begin + 1
        previous = index


def role_row(attribution: GoldAttribution, size: int) -> list[int]:
    """Role tags of a window's pieces for one cue; the source wins over the medium and both over the content."""
    row = [0] * size
    for indices, label in ((attribution.content, "CON"), (attribution.medium, "MED"), (attribution.source, "SRC")):
        _put(row, indices, ROLE_TAGS.index(f"B-{label}"))
    for index in attribution.cue:
        row[index] = 0
    return row
