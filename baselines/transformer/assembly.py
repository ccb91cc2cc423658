"""A document's annotations from its windows: spans, entities across windows, speakers, parents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from aqwal.model import VALUE_TYPES, Annotations, Attribution, Claim, Document, Mention, Span

from .decoding import Found, FoundAttribution
from .pieces import span_of
from .windows import Window

#: An item of a window: its window's index and its number there.
Key = tuple[int, int]


class _Union:
    """Disjoint sets of items; a set is led by its first item."""

    def __init__(self) -> None:
        self._leader: dict[Key, Key] = {}

    def find(self, key: Key) -> Key:
        """The leader of ``key``'s set."""
        while self._leader.setdefault(key, key) != key:
            self._leader[key] = self._leader[self._leader[key]]
            key = self._leader[key]
        return key

    def join(self, a: Key, b: Key) -> None:
        """Merge two sets."""
        first, second = sorted((self.find(a), self.find(b)))
        self._leader[second] = first


@dataclass
class _State:
    document: Document
    entities: dict[Key, str] = field(default_factory=dict)
    speakers: dict[Key, str] = field(default_factory=dict)
    last: str = ""
    types: dict[str, str] = field(default_factory=dict)
    unnamed: int = 0


def assemble(document: Document, windows: Sequence[Window], found: Sequence[Found]) -> Annotations:
    """Join the windows' predictions."""
    state = _State(document)
    _name(state, windows, found)
    mentions = _mentions(state, windows, found)
    attributions: list[Attribution] = []
    for number, (window, held) in enumerate(zip(windows, found, strict=True)):
        base = len(attributions)
        made: dict[int, str] = {}
        for index in range(len(held.attributions)):
            made[index] = f"a{base + index + 1}"
        for index in sorted(made, key=lambda i: (held.attributions[i].cue[0], i)):
            attribution, extra = _attribution(state, window, held, number, index, made)
            attributions.append(attribution)
            mentions += extra
    attributions.sort(key=lambda a: int(a.id[1:]))
    claims: list[Claim] = []
    for window, held in zip(windows, found, strict=True):
        for run, values in held.claims:
            span = span_of(window.tokens, range(*run))
            if span is not None:
                claims.append(Claim(f"c{len(claims) + 1}", span, span.quote(document.text), "", **values))
    mentions.sort(key=lambda m: (m.span.start, -m.span.end, m.type, m.level))
    numbered = tuple(
        Mention(f"m{i + 1}", m.span, m.type, m.level, m.entity, m.metonym, m.framing) for i, m in enumerate(mentions)
    )
    return Annotations(document.id, numbered, tuple(attributions), tuple(claims))


def _name(state: _State, windows: Sequence[Window], found: Sequence[Found]) -> None:
    """Give every name an entity: linked names of a window, and equal strings of one type anywhere, are one."""
    union = _Union()
    strings: dict[tuple[str, tuple[str, ...]], Key] = {}
    for number, (window, held) in enumerate(zip(windows, found, strict=True)):
        names = [i for i, m in enumerate(held.mentions) if m.type not in VALUE_TYPES]
        for later, earlier, chance in held.links:
            if chance > 0.5 and later in names and earlier in names:
                union.join((number, later), (number, earlier))
        for index in names:
            mention = held.mentions[index]
            words = tuple(window.words[i] for i in range(*mention.run) if not window.tokens[i].punct)
            union.join((number, index), strings.setdefault((mention.type, words), (number, index)))
    order: dict[Key, str] = {}
    for number, held in enumerate(found):
        for index, mention in enumerate(held.mentions):
            if mention.type not in VALUE_TYPES:
                leader = union.find((number, index))
                state.entities[number, index] = order.setdefault(leader, f"{state.document.id}/e{len(order) + 1}")


def _mentions(state: _State, windows: Sequence[Window], found: Sequence[Found]) -> list[Mention]:
    made = []
    for number, (window, held) in enumerate(zip(windows, found, strict=True)):
        for index, m in enumerate(held.mentions):
            span = span_of(window.tokens, range(*m.run))
            if span is None:
                continue
            if m.type in VALUE_TYPES:
                made.append(Mention("", span, m.type, "VAL"))
            else:
                framing = ("scare_quotes",) if m.scare else ()
                made.append(Mention("", span, m.type, "NAM", state.entities[number, index], m.metonym, framing))
    return made


def _attribution(
    state: _State, window: Window, held: Found, number: int, index: int, ids: dict[int, str]
) -> tuple[Attribution, list[Mention]]:
    a = held.attributions[index]
    cue = span_of(window.tokens, a.cue)
    assert cue is not None, "a cue of punctuation alone"
    source = _phrase(window, a.source)
    medium = _phrase(window, a.medium)
    content = span_of(window.tokens, a.content)
    entity, extra = _speaker(state, window, held, number, index, source)
    source_type = a.fields["source_type"]
    if source is None and a.fields["form"] == "none":
        source_type = "none"
    elif source is None:
        source_type = state.types.get(entity, "anonymous" if source_type == "none" else source_type)
    elif source_type == "none":
        source_type = "anonymous"
    if entity:
        state.types.setdefault(entity, source_type)
    parent = a.parent
    inherited = parent >= 0 and _inherits(window, held.attributions[parent], a)
    made = Attribution(
        ids[index], cue, content, source, medium, implicit=source is None and a.fields["form"] == "implicit",
        source_entity=(entity,) if entity else (), source_type=source_type,
        medium_entity=_medium_entity(state, held, number, a), quote=a.fields["quote"], kind=a.fields["kind"],
        stance=a.fields["stance"], polarity=a.fields["polarity"], parent=ids[parent] if parent >= 0 else "",
        inherited=inherited, anaphoric=a.fields["anaphoric"] == "yes",
    )  # fmt: skip
    return made, extra


def _inherits(window: Window, parent: FoundAttribution, child: FoundAttribution) -> bool:
    apart = window.tokens[parent.cue[0]].sentence != window.tokens[child.cue[0]].sentence
    return apart and not set(parent.content) & set(child.cue)


def _phrase(window: Window, indices: Sequence[int]) -> Span | None:
    """A noun phrase: the mark that closes a name quoted inside it belongs to it."""
    span = span_of(window.tokens, indices)
    if span is None:
        return None
    last = max(i for i in indices if not window.tokens[i].punct)
    following = last + 1
    if following < len(window.tokens) and following in indices and window.tokens[last].region >= 0:
        closing = window.tokens[following]
        if closing.punct and closing.region != window.tokens[last].region:
            return Span.from_fragments([*span.fragments, (span.end, closing.end)])
    return span


def _speaker(
    state: _State, window: Window, held: Found, number: int, index: int, source: Span | None
) -> tuple[str, list[Mention]]:
    """The entity that speaks, and the mention by noun or pronoun that a nameless source needs."""
    a = held.attributions[index]
    mine = len(held.mentions) + index
    if source is None and a.fields["form"] == "none":
        return "", []
    options: list[tuple[float, int, str]] = []
    for later, earlier, chance in held.links:
        if later != mine:
            continue
        inside = earlier < len(held.mentions) and set(range(*held.mentions[earlier].run)) <= set(a.source)
        entity = state.entities.get((number, earlier)) or state.speakers.get((number, earlier), "")
        if entity:
            options.append((chance + float(inside and chance > 0.5), -earlier, entity))
    best = max(options, default=(0.0, 0, ""))
    extra: list[Mention] = []
    if best[0] > 0.5 or (source is None and best[2]):
        entity = best[2]
    elif source is None:
        entity = state.last
    else:
        state.unnamed += 1
        entity = f"{state.document.id}/source-{state.unnamed}"
    named = any(
        state.entities.get((number, i)) == entity and set(range(*m.run)) <= set(a.source)
        for i, m in enumerate(held.mentions)
    )
    if source is not None and not named:
        clitic = len(a.source) == 1 and not window.tokens[a.source[0]].first
        kind = "ORG" if a.fields["source_type"] in ("media", "organisation") else "PERS"
        extra.append(Mention("", source, kind, "PRO" if clitic else "NOM", entity))
    if entity:
        state.speakers[number, mine] = entity
        state.last = entity
    return entity, extra


def _medium_entity(state: _State, held: Found, number: int, a: FoundAttribution) -> tuple[str, ...]:
    for i, m in enumerate(held.mentions):
        entity = state.entities.get((number, i))
        if entity and a.medium and set(range(*m.run)) <= set(a.medium):
            return (entity,)
    return ()
