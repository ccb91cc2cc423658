"""Which names of a document are one entity: regression over pairs of distinct strings, then merging."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher

from aqwal.model import Mention, Span

from .learn import Features, YesNo
from .normal import norm, stem
from .pieces import Prepared

#: A name for grouping: its span and type.
Name = tuple[Span, str]
#: Strings that share a stem with more than this many others are compared with that many only.
MOST = 60


def words_of(prepared: Prepared, span: Span) -> tuple[str, ...]:
    """Normalised words of a span without quotation marks and article."""
    text = prepared.document.text
    parts = " ".join(text[a:b] for a, b in span.fragments).split()
    bare = [norm(part.strip("“”\"«»‘’'()[]،,.:")) for part in parts]
    return tuple(w[2:] if w.startswith("ال") and len(w) > 4 else w for w in bare if w)


class EntityGrouper:
    """Groups the names of one document."""

    def __init__(self, c: float) -> None:
        self._same = YesNo(c)

    def fit(self, data: Sequence[tuple[Prepared, Sequence[Mention], int]]) -> None:
        """Learn from gold mentions with entities; the third item is the document's inner group."""
        examples: list[Features] = []
        targets: list[float] = []
        groups: list[int] = []
        for prepared, mentions, group in data:
            named = [m for m in mentions if m.level == "NAM" and m.type != "OCC" and m.entity]
            nodes = _nodes(prepared, [(m.span, m.type) for m in named])
            entity = [named[held[0]].entity for held in nodes.values()]
            keys = list(nodes)
            for i, j in _pairs(keys):
                examples.append(_describe(keys[i], keys[j]))
                targets.append(float(entity[i] == entity[j]))
                groups.append(group)
        self._same.fit(examples, targets, groups)

    def group(self, prepared: Prepared, names: Sequence[Name]) -> list[int]:
        """An entity number for each name (values must not be among them), numbered by first mention.

        An office (OCC) takes the entity of the person named beside it, else that of its last like use.
        """
        others = [i for i, (_, kind) in enumerate(names) if kind != "OCC"]
        nodes = _nodes(prepared, [names[i] for i in others])
        keys = list(nodes)
        pairs = _pairs(keys)
        chances = self._same.probability([_describe(keys[i], keys[j]) for i, j in pairs])
        leader = list(range(len(keys)))

        def find(x: int) -> int:
            while leader[x] != x:
                leader[x] = leader[leader[x]]
                x = leader[x]
            return x

        for chance, (i, j) in sorted(zip(chances, pairs, strict=True), key=lambda item: (-round(item[0], 9), item[1])):
            if chance > 0.5:
                a, b = sorted((find(i), find(j)))
                leader[b] = a
        found: dict[int, int] = {}
        for number, key in enumerate(keys):
            for held in nodes[key]:
                found[others[held]] = find(number)
        self._offices(prepared, names, found, len(keys))
        order: dict[int, int] = {}
        for index in sorted(range(len(names)), key=lambda i: (names[i][0], names[i][1])):
            order.setdefault(found[index], len(order) + 1)
        return [order[found[i]] for i in range(len(names))]

    @staticmethod
    def _offices(prepared: Prepared, names: Sequence[Name], found: dict[int, int], free: int) -> None:
        people = {span.start: i for i, (span, kind) in enumerate(names) if kind == "PERS"}
        ends = {span.end: i for i, (span, kind) in enumerate(names) if kind == "PERS"}
        text = prepared.document.text
        last: dict[tuple[str, ...], int] = {}
        for i in sorted(range(len(names)), key=lambda i: names[i][0]):
            span, kind = names[i]
            if kind != "OCC":
                continue
            after, before = span.end, span.start
            while after < len(text) and (text[after].isspace() or text[after] in '“"«'):
                after += 1
            while before > 0 and (text[before - 1].isspace() or text[before - 1] in '”"»،'):
                before -= 1
            key = words_of(prepared, span)
            holder = people.get(after, ends.get(before))
            if holder is not None and names[holder][0] != span:
                found[i] = found[holder]
            elif key in last:
                found[i] = last[key]
            else:
                found[i] = free
                free += 1
            last[key] = found[i]


def _nodes(prepared: Prepared, names: Sequence[Name]) -> dict[tuple[tuple[str, ...], str], list[int]]:
    """Indices of the names by normalised words and type."""
    made: dict[tuple[tuple[str, ...], str], list[int]] = defaultdict(list)
    for index, (span, kind) in enumerate(names):
        made[(words_of(prepared, span), kind)].append(index)
    return dict(made)


def _pairs(keys: Sequence[tuple[tuple[str, ...], str]]) -> list[tuple[int, int]]:
    """Pairs of distinct strings that share a stem, or the beginning of one."""
    index: dict[str, list[int]] = defaultdict(list)
    for number, (words, _) in enumerate(keys):
        for sign in {stem(w) for w in words} | {"^" + stem(w)[:3] for w in words[:1]}:
            index[sign].append(number)
    made: set[tuple[int, int]] = set()
    for held in index.values():
        for place, j in enumerate(held):
            made |= {(i, j) for i in held[max(0, place - MOST) : place]}
    return sorted(made)


def _describe(a: tuple[tuple[str, ...], str], b: tuple[tuple[str, ...], str]) -> Features:
    """Features of a pair of (words, type), the same in either order."""
    short, long = sorted((a, b), key=lambda key: (len(key[0]), key))
    mine, yours = [stem(w) for w in short[0]], [stem(w) for w in long[0]]
    shared = len(set(mine) & set(yours))
    joined = SequenceMatcher(None, " ".join(mine), " ".join(yours), autojunk=False).ratio()
    made: dict[str, float | str | bool] = {
        "same type": short[1] == long[1],
        "types": "+".join(sorted((short[1], long[1]))),
        "subset": set(mine) <= set(yours),
        "equal": mine == yours,
        "share": shared / max(1, len(mine)),
        "last": bool(mine) and bool(yours) and mine[-1] == yours[-1],
        "first": bool(mine) and bool(yours) and mine[0] == yours[0],
        "ratio": joined,
        "single": len(mine) == 1,
    }
    for name in ("subset", "last", "first", "equal"):
        made[f"{name}|{short[1] if short[1] == long[1] else 'mixed'}"] = float(bool(made[name]))
    return made
