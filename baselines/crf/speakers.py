"""Who speaks: the name inside a source, or the earlier speaker that a pronoun, a noun or a bare verb points to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from aqwal.model import Annotations, Attribution, Mention, Span

from .features import bucket, classes
from .learn import Features, YesNo
from .normal import stem
from .pieces import Prepared, Unit, runs
from .roles import Run, cue_class

#: So many earlier speakers, and so many names just before the cue, are candidates.
SPEAKERS, NAMES = 5, 6
_SPEAKING_TYPES = frozenset({"PERS", "ORG", "GPE", "NORP", "OCC", "WEBSITE"})


@dataclass
class Seen:
    """An entity that spoke or was named before: what later references are compared with."""

    entity: str
    unit: int
    order: int
    type: str = ""
    gender: str = ""
    stems: set[str] = field(default_factory=set)
    spoke: bool = False
    source_type: str = ""


@dataclass(frozen=True)
class Request:
    """One attribution whose speaker is to be found."""

    unit: Unit
    run: Run
    source: Span | None
    null: str


class SpeakerFinder:
    """Regressions for the name inside a source and for the antecedent of one without a name."""

    def __init__(self, c: float) -> None:
        self._named = YesNo(c)
        self._back = YesNo(c)

    def fit(self, data: Sequence[tuple[Prepared, Annotations, int]]) -> None:
        """Learn from gold attributions and mentions; the third item is the document's inner group."""
        named_x: list[Features] = []
        named_y: list[float] = []
        named_g: list[int] = []
        back_x: list[Features] = []
        back_y: list[float] = []
        back_g: list[int] = []
        for prepared, annotations, group in data:
            mentions = [m for m in annotations.mentions if m.level == "NAM" and m.entity]
            memory = Memory(prepared, mentions)
            for attribution in sorted(annotations.attributions, key=lambda a: (a.cue, a.id)):
                request = request_of(prepared, attribution)
                if request is None:
                    continue
                memory.advance(request)
                inside = memory.inside(request.source)
                for place, mention in enumerate(inside):
                    named_x.append(describe_named(request, mention, place, inside))
                    named_y.append(float(mention.entity in attribution.source_entity))
                    named_g.append(group)
                spoken = set(attribution.source_entity)
                if spoken and not any(m.entity in spoken for m in inside):
                    for seen in memory.candidates(request):
                        back_x.append(describe_back(request, seen, memory))
                        back_y.append(float(seen.entity in spoken))
                        back_g.append(group)
                memory.speak(request, attribution.source_entity, attribution.source_type)
        self._named.fit(named_x, named_y, named_g)
        self._back.fit(back_x, back_y, back_g)

    def named(self, request: Request, inside: Sequence[Mention]) -> list[str]:
        """Entities of the names in a source that are the source, none where it has only a noun or pronoun."""
        chances = self._named.probability([describe_named(request, m, place, inside) for place, m in enumerate(inside)])
        if not chances or max(chances) < 0.5:
            return []
        best = inside[max(range(len(inside)), key=lambda i: (round(chances[i], 9), -i))]
        kept = [m.entity for m, chance in zip(inside, chances, strict=True) if chance >= 0.5 and m.type == best.type]
        return list(dict.fromkeys([best.entity, *kept]))

    def antecedent(self, request: Request, memory: Memory) -> tuple[Seen | None, float]:
        """The likeliest earlier entity and its probability."""
        options = memory.candidates(request)
        chances = self._back.probability([describe_back(request, seen, memory) for seen in options])
        if not options:
            return None, 0.0
        best = max(range(len(options)), key=lambda i: (round(chances[i], 9), -i))
        return options[best], chances[best]


def request_of(prepared: Prepared, attribution: Attribution) -> Request | None:
    """What is asked of a gold attribution; None if its cue is in no scored sentence."""
    unit = prepared.unit_at(attribution.cue.start)
    indices = unit.indices(attribution.cue) if unit else []
    if unit is None or not indices:
        return None
    null = "" if attribution.source else "implicit" if attribution.implicit else "none"
    return Request(unit, runs(indices)[0], attribution.source, null)


class Memory:
    """What a reader remembers on the way through a document: the last speakers and the names just read."""

    def __init__(self, prepared: Prepared, mentions: Sequence[Mention]) -> None:
        self.prepared = prepared
        self.mentions = sorted(mentions, key=lambda m: (m.span.start, -m.span.end, m.id))
        self.next = 0
        self.low = 0
        self.order = 0
        self.spoken: list[Seen] = []
        self.read: list[Seen] = []

    def advance(self, request: Request) -> None:
        """Read on to the cue of ``request``."""
        position = request.unit.tokens[request.run[0]].start
        while self.next < len(self.mentions) and self.mentions[self.next].span.start < position:
            mention = self.mentions[self.next]
            self.next += 1
            unit = self.prepared.unit_at(mention.span.start)
            if unit is None or mention.type not in _SPEAKING_TYPES:
                continue
            self.order += 1
            words = [unit.tokens[i] for i in unit.indices(mention.span) if not unit.tokens[i].punct]
            gender = "f" if words and words[0].norm.endswith("ة") else "m"
            self.read.append(
                Seen(mention.entity, unit.index, self.order, mention.type, gender, {stem(t.form) for t in words})
            )
        del self.read[: -4 * NAMES]

    def inside(self, source: Span | None) -> list[Mention]:
        """Names that lie in a source, in order of the text."""
        if source is None:
            return []
        while self.low < len(self.mentions) and self.mentions[self.low].span.end < source.start - 2000:
            self.low += 1
        found = []
        for mention in self.mentions[self.low :]:
            if mention.span.start >= source.end:
                break
            if source.covers(mention.span):
                found.append(mention)
        return found

    def speak(self, request: Request, entities: Sequence[str], source_type: str) -> None:
        """Remember that these entities spoke."""
        for entity in entities:
            self.order += 1
            form = cue_class(request.unit, request.run)[1]
            seen = Seen(entity, request.unit.index, self.order, "", "", set(), True, source_type)
            for old in self.spoken:
                if old.entity == entity:
                    seen.gender, seen.stems, seen.type = old.gender, set(old.stems), old.type
            for old in self.read:
                if old.entity == entity and not seen.type:
                    seen.gender, seen.type = old.gender, old.type
            if form[-2:] in (".m", ".f", ".p"):
                seen.gender = form[-1]
            if request.source is not None:
                indices = request.unit.indices(request.source)
                seen.stems |= {stem(request.unit.tokens[i].form) for i in indices if not request.unit.tokens[i].punct}
            others = [old for old in self.spoken if old.entity != entity]
            self.spoken = [*others[-2 * SPEAKERS :], seen]

    def candidates(self, request: Request) -> list[Seen]:
        """Recent speakers, latest first, then names of this and the last unit that have not spoken."""
        made = self.spoken[::-1][:SPEAKERS]
        have = {seen.entity for seen in made}
        for seen in self.read[::-1]:
            if len(made) >= SPEAKERS + NAMES or seen.unit < request.unit.index - 2:
                break
            if seen.entity not in have:
                have.add(seen.entity)
                made.append(seen)
        return made


def describe_named(request: Request, mention: Mention, place: int, inside: Sequence[Mention]) -> Features:
    """Features of a name as the speaker of the source it lies in."""
    unit, source = request.unit, request.source
    assert source is not None
    words = [unit.tokens[i] for i in unit.indices(source) if not unit.tokens[i].punct]
    head = classes(words[0]) if words else ()
    types = [m.type for m in inside]
    return {
        "type": mention.type,
        "place": str(min(place, 3)),
        "type|place": f"{mention.type}{min(place, 3)}",
        "head|type": f"{head[0] if head else '-'}|{mention.type}",
        "starts": mention.span.start == source.start,
        "whole": mention.span == source,
        "ends": mention.span.end == source.end,
        "part": round(min(1.0, len(mention.span) / max(1, len(source))), 2),
        "person first": "PERS" in types and mention.type == "PERS" and types.index("PERS") == place,
        "org first": "PERS" not in types and mention.type == "ORG" and types.index("ORG") == place,
        "nested": any(m is not mention and m.span.covers(mention.span) for m in inside),
    }


def describe_back(request: Request, seen: Seen, memory: Memory) -> Features:
    """Features of an earlier entity as the speaker that a nameless source points to."""
    unit = request.unit
    kind, form = cue_class(unit, request.run)
    words = [unit.tokens[i] for i in unit.indices(request.source) if not unit.tokens[i].punct]
    sort = request.null or ("pro" if words and not words[0].first else "nom")
    rank = sum(1 for other in memory.spoken if other.order > seen.order)
    agrees = form[-1:] in "mfp" and seen.gender in "mfp" and bool(seen.gender) and form[-1] == seen.gender
    stems = {stem(t.form) for t in words}
    definite = bool(words) and words[0].norm.startswith("ال")
    made: dict[str, float | str | bool] = {
        "sort": sort,
        f"{sort}|spoke={seen.spoke}": 1.0,
        f"{sort}|rank={min(rank, 4)}{seen.spoke}": 1.0,
        f"{sort}|gap={bucket(unit.index - seen.unit)}": 1.0,
        f"{sort}|agrees={agrees}": 1.0,
        f"{sort}|type={seen.type}": 1.0,
        f"{sort}|kind={kind}|rank={min(rank, 1)}{seen.spoke}": 1.0,
        f"{sort}|same head={bool(stems & seen.stems)}|{definite}": 1.0,
        f"{sort}|definite={definite}": 1.0,
        f"{sort}|{seen.source_type}": 1.0,
    }
    if seen.spoke and rank == 0:
        made[f"{sort}|last"] = 1.0
    return made
