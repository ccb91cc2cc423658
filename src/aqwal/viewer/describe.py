"""What there is to show of one sentence: its objects in order, with chains spelled out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aqwal.model import Annotations, Attribution, Claim, Document, Mention, Sentence, Span


@dataclass(frozen=True)
class Shown:
    """The objects whose first character lies in a sentence."""

    sentence: Sentence
    mentions: tuple[Mention, ...]
    attributions: tuple[Attribution, ...]
    claims: tuple[Claim, ...]


def shown_of(document: Document, annotations: Annotations, sentence: Sentence) -> Shown:
    """Objects of one sentence, in the order of the text."""

    def here(span: Span) -> bool:
        return sentence.start <= span.start < sentence.end

    return Shown(
        sentence,
        tuple(m for m in annotations.mentions if here(m.span)),
        tuple(a for a in annotations.attributions if here(a.cue)),
        tuple(c for c in annotations.claims if here(c.span)),
    )


def chain_text(annotations: Annotations, attribution: Attribution | None, names: Mapping[str, str]) -> str:
    """The chain as `author → The Times → …`; ``names`` maps entity ids to names."""
    return " → ".join(
        " + ".join(names.get(entity, entity) for entity in step) for step in annotations.chain(attribution)
    )


def fields_of(attribution: Attribution) -> str:
    """The fields that are not at their commonest value, after the kind."""
    parts = [attribution.kind, attribution.quote, attribution.stance, attribution.source_type]
    if attribution.polarity != "positive":
        parts.append(attribution.polarity)
    parts += [name for name in ("implicit", "inherited", "anaphoric") if getattr(attribution, name)]
    if attribution.scope:
        parts.append(f"scope {attribution.scope}")
    return ", ".join(parts)


def roles_at(annotations: Annotations, position: int) -> list[str]:
    """Role classes of the character at ``position``: `cue`, `source`, `medium`, `content`, `mention`, `claim`."""
    point = Span.of(position, position + 1)
    classes = [
        role
        for role in ("cue", "source", "medium", "content")
        if any((span := a.role(role)) is not None and span.contains(point) for a in annotations.attributions)
    ]
    if any(m.span.contains(point) for m in annotations.mentions):
        classes.append("mention")
    return classes


def runs(annotations: Annotations, sentence: Sentence) -> list[tuple[int, int, list[str]]]:
    """The sentence cut into runs of characters with the same roles."""
    out: list[tuple[int, int, list[str]]] = []
    for position in range(sentence.start, sentence.end):
        classes = roles_at(annotations, position)
        if out and out[-1][2] == classes:
            out[-1] = (out[-1][0], position + 1, classes)
        else:
            out.append((position, position + 1, classes))
    return out
