"""Candidate sources and contents of a cue, and what the linking regressions see of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .features import bucket, classes
from .learn import Features
from .pieces import Prepared, Unit, fragments
from .roles import Run, cue_class, is_complementizer

#: Sources are sought this many pieces from their cue at most.
REACH = 40
_STOPS = frozenset("،,؛:.؟!…()-–—")


@dataclass
class Candidate:
    """Token indices that may fill a role (none for a null candidate), and the generators that proposed them."""

    indices: tuple[int, ...]
    origins: set[str] = field(default_factory=set)
    null: str = ""


class _Pool:
    """Candidates by their indices, in order of first proposal."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.found: dict[tuple[int, ...], Candidate] = {}

    def add(self, indices: Iterable[int], origin: str) -> None:
        kept = self._trim(sorted(set(indices)))
        if kept:
            self.found.setdefault(kept, Candidate(kept)).origins.add(origin)

    def _trim(self, indices: list[int]) -> tuple[int, ...]:
        tokens = self.unit.tokens
        first, last = 0, len(indices)
        while first < last and tokens[indices[first]].punct:
            first += 1
        while last > first and tokens[indices[last - 1]].punct:
            last -= 1
        return tuple(indices[first:last])

    def null(self, name: str) -> None:
        self.found[(-1 - len(self.found),)] = Candidate((), {name}, name)

    def all(self) -> list[Candidate]:
        return list(self.found.values())


def overlap(a: Sequence[int], b: Sequence[int]) -> float:
    """Token F1 of two index sets; two empty ones are equal.

    >>> overlap([1, 2], [2, 3]), overlap([], [])
    (0.5, 1.0)
    """
    if not a and not b:
        return 1.0
    return 2 * len(set(a) & set(b)) / (len(set(a)) + len(set(b)))


def _labelled(tags: Sequence[str], label: str) -> list[Run]:
    return [(first, last) for first, last, found in fragments(tags) if found == label]


def tagged(tags: Sequence[str], label: str) -> list[int]:
    """Indices of the tokens that BIO tags give to ``label``."""
    return [i for i, tag in enumerate(tags) if tag[2:] == label]


def _covered(pieces: Iterable[Run]) -> list[int]:
    return [i for first, last in pieces for i in range(first, last)]


# ---------------------------------------------------------------- sources


def sources(unit: Unit, cue: Run, cues: Sequence[Run], names: Sequence[str], tags: Sequence[str]) -> list[Candidate]:
    """Candidate sources, ``implicit`` and ``none`` included."""
    tokens = unit.tokens
    pool = _Pool(unit)
    others = {i for run in cues if run != cue for i in range(*run)}
    for label in ("SRC", "MED"):
        found = _labelled(tags, label)
        for run in found:
            pool.add(range(*run), "crf" + label)
        if label == "SRC" and len(found) > 1:
            pool.add(_covered(found), "crfall")
    if cue[1] < len(tokens) and not tokens[cue[1]].first:
        pool.add([cue[1]], "enclitic")
    after = cue[1]
    if after < len(tokens) and "preposition" in classes(tokens[after]):
        after += 1
    ends = _stops(unit, after, 1, others)
    for name, end in ends.items():
        pool.add(range(after, end), "after." + name)
        if after != cue[1]:
            pool.add(range(cue[1], end), "afterprep." + name)
    for name, start in _stops(unit, cue[0] - 1, -1, others).items():
        pool.add(range(start + 1, cue[0]), "before." + name)
        if start + 1 < cue[0] and tokens[start + 1].norm in "وف":
            pool.add(range(start + 2, cue[0]), "before." + name)
    runs = [(a, b) for a, b, _ in fragments(names)]
    low, high = cue[0] - REACH, cue[1] + REACH
    for number, (first, last) in enumerate(runs):
        if first < low or last > high or (first < cue[1] and cue[0] < last):
            continue
        pool.add(range(first, last), "name")
        if number + 1 < len(runs) and runs[number + 1][0] == last:
            pool.add(range(first, runs[number + 1][1]), "names")
    pool.null("implicit")
    pool.null("none")
    return pool.all()


def _stops(unit: Unit, at: int, step: int, others: set[int]) -> dict[str, int]:
    """Where a noun phrase that begins at ``at`` may stop, by the kind of stop, walking in direction ``step``."""
    tokens = unit.tokens
    found: dict[str, int] = {}
    i = at
    quote = tokens[at].region if 0 <= at < len(tokens) else -1
    while 0 <= i < len(tokens) and abs(i - at) < REACH:
        token = tokens[i]
        names = classes(token)
        if token.norm in _STOPS:
            found.setdefault("mark", i)
            break
        if is_complementizer(token) or i in others:
            found.setdefault("comp", i)
            break
        if i != at:
            if "preposition" in names and token.last:
                found.setdefault("prep", i)
            if token.norm == "و" and token.first and not token.last:
                found.setdefault("and", i)
            if "relative" in names or "demonstrative" in names or "subordinator" in names:
                found.setdefault("rel", i)
            if token.punct and token.region != quote:
                found.setdefault("quote", i)
        i += step
    else:
        found.setdefault("edge", max(-1, min(i, len(tokens))))
    return found


def describe_source(
    unit: Unit, cue: Run, candidate: Candidate, names: Sequence[str], crf: Sequence[int], first_attribution: bool
) -> Features:
    """Features of one candidate source; ``crf`` are the tokens that the role CRF takes for the source."""
    tokens = unit.tokens
    kind, form = cue_class(unit, cue)
    made: dict[str, float | str | bool] = {f"o={origin}": 1.0 for origin in candidate.origins}
    if candidate.null:
        null = candidate.null
        made |= {
            f"null={null}": 1.0, f"null={null}|{kind}": 1.0, f"null={null}|{form}": 1.0,
            f"null={null}|crf={bool(crf)}": 1.0, f"null={null}|first={first_attribution}": 1.0,
            f"null={null}|start={cue[0] <= 1}": 1.0,
        }  # fmt: skip
        made[f"null={null}|next={_place(unit, cue[1])}"] = 1.0
        made[f"null={null}|named={any(tag != 'O' for tag in names[cue[1] : cue[1] + 4])}"] = 1.0
        return made
    first, last = candidate.indices[0], candidate.indices[-1]
    side = "L" if last < cue[0] else "R"
    gap = cue[0] - last - 1 if side == "L" else first - cue[1]
    inside = {names[i][2:] for i in candidate.indices if names[i] != "O"}
    words = [tokens[i] for i in candidate.indices]
    made["crf"] = overlap(crf, candidate.indices)
    made[f"crf={made['crf'] == 1.0}"] = 1.0
    made |= {f"side={side}|{kind}": 1.0, f"side={side}|{form}": 1.0, f"gap={side}{bucket(gap)}": 1.0}
    made |= {f"len={bucket(len(words))}": 1.0, f"types={'+'.join(sorted(inside)) or '-'}": 1.0}
    made |= {f"has={name}": 1.0 for name in inside}
    made |= {f"head={name}": 1.0 for name in classes(words[0])}
    made[f"headw={words[0].norm}"] = 1.0
    made[f"lastc={'|'.join(classes(words[-1])) or '-'}"] = 1.0
    feminine = words[0].norm.endswith(("ة", "ات"))
    made[f"agree={form[-2:]}{feminine}{side}"] = 1.0
    before, after = first - 1, last + 1
    made[f"next={_place(unit, after)}{side}"] = 1.0
    made[f"prev={_place(unit, before)}{side}"] = 1.0
    made[f"starts={names[first][:1]}"] = 1.0
    made[f"cuts={after < len(tokens) and names[after][:1] == 'I'}"] = 1.0
    return made


def _place(unit: Unit, index: int) -> str:
    """A coarse name for what stands at a place."""
    if not 0 <= index < len(unit.tokens):
        return "edge"
    token = unit.tokens[index]
    if token.punct:
        return token.norm
    found = classes(token)
    return found[0] if found else ("clitic" if not token.last else "word")


# ---------------------------------------------------------------- contents


def contents(
    prepared: Prepared, unit: Unit, cue: Run, cues: Sequence[Run], source: Sequence[int], tags: Sequence[str]
) -> list[Candidate]:
    """Candidate contents, the null one included."""
    tokens = unit.tokens
    count = len(tokens)
    pool = _Pool(unit)
    crf = _covered(_labelled(tags, "CON"))
    if crf:
        pool.add(crf, "crf")
        pool.add(range(crf[0], crf[-1] + 1), "crfwhole")
        if crf[0] > cue[0]:
            pool.add([*crf, *range(crf[-1], count)], "crfright")
        pool.add(_split_coordination(unit, range(crf[0], crf[-1] + 1)), "crfsplit")
    anchor = max([cue[1], *(i + 1 for i in source if i - cue[1] < REACH)])
    comp = next((i for i in range(cue[1], count) if is_complementizer(tokens[i])), -1)
    ends = {"end": count}
    later = [run[0] for run in cues if run[0] > cue[1] and run[0] > anchor]
    if later:
        ends["cue"] = _clause_start(unit, later[0])
    commas = [i for i in range(anchor, count) if tokens[i].norm in "،,؛"]
    if commas:
        ends["comma"] = commas[-1]
        ends["firstcomma"] = next((i for i in commas if i > anchor + 1), count)
    for name, end in ends.items():
        if comp >= 0:
            pool.add(range(comp + 1, end), "comp." + name)
            pool.add(_split_coordination(unit, range(comp + 1, end)), "compsplit." + name)
        pool.add(range(anchor, end), "after." + name)
        pool.add(range(cue[1], end), "right." + name)
        if anchor < count and "preposition" in classes(tokens[anchor]):
            pool.add(range(anchor + 1, end), "afterprep." + name)
    left = _clause_start(unit, cue[0])
    pool.add(range(0, left), "before")
    low = min([cue[0], *source])
    pool.add(range(0, low), "beforeall")
    stops = [i for i in range(0, low) if tokens[i].norm in "،,؛:"]
    if stops:
        pool.add(range(stops[-1] + 1, low), "beforecomma")
    for region in sorted({t.region for t in tokens if t.region >= 0}):
        held = [i for i, t in enumerate(tokens) if prepared.regions[region][0] <= t.start < prepared.regions[region][1]]
        if held and not any(cue[0] <= i < cue[1] for i in held):
            pool.add(held, "quoteR" if held[0] > cue[0] else "quoteL")
    pool.null("nothing")
    return [c for c in pool.all() if not set(range(*cue)) <= set(c.indices)]


def _clause_start(unit: Unit, index: int) -> int:
    """Back over conjunction, title and name pieces that belong to the clause that begins before ``index``."""
    i = index
    while i > 0 and unit.tokens[i - 1].norm in ("و", "ف") and not unit.tokens[i - 1].last:
        i -= 1
    return i


def _split_coordination(unit: Unit, whole: range) -> list[int]:
    """``whole`` without the coordinated complementizers inside it (و + أن), so that its parts become fragments."""
    dropped: set[int] = set()
    for i in whole:
        if i and is_complementizer(unit.tokens[i]) and i - 1 in whole and unit.tokens[i - 1].norm == "و":
            dropped |= {i - 1, i}
    return [i for i in whole if i not in dropped]


def describe_content(
    prepared: Prepared,
    unit: Unit,
    cue: Run,
    cues: Sequence[Run],
    source: Sequence[int],
    candidate: Candidate,
    crf: Sequence[int],
) -> Features:
    """Features of one candidate content; ``crf`` are the tokens that the role CRF takes for the content."""
    tokens = unit.tokens
    kind, form = cue_class(unit, cue)
    made: dict[str, float | str | bool] = {f"o={origin}": 1.0 for origin in candidate.origins}
    made |= {f"o={origin}|{kind}": 1.0 for origin in candidate.origins}
    if candidate.null:
        made |= {f"null|{kind}": 1.0, f"null|{form}": 1.0, f"null|crf={bool(crf)}": 1.0}
        return made
    inside = set(candidate.indices)
    first, last = candidate.indices[0], candidate.indices[-1]
    side = "L" if last < cue[0] else "R" if first >= cue[1] else "B"
    made["crf"] = overlap(crf, candidate.indices)
    made[f"crfedge={bool(crf) and crf[0] == first}{bool(crf) and crf[-1] == last}"] = 1.0
    made |= {f"side={side}|{kind}": 1.0, f"side={side}|{form}": 1.0, f"len={bucket(len(inside))}": 1.0}
    made[f"prev={_place(unit, first - 1)}{side}"] = 1.0
    made[f"next={_place(unit, last + 1)}{side}"] = 1.0
    made[f"first={_place(unit, first)}"] = 1.0
    gap = first - cue[1] if side != "L" else cue[0] - last - 1
    made[f"gap={side}{bucket(gap)}"] = 1.0
    made[f"ends={last >= len(tokens) - 2}{side}"] = 1.0
    made[f"cues={min(2, sum(1 for run in cues if run != cue and run[0] in inside))}"] = 1.0
    made[f"commas={min(3, sum(1 for i in inside if tokens[i].norm in '،,؛'))}"] = 1.0
    made[f"source={bool(inside & set(source))}"] = 1.0
    made[f"parts={min(3, 1 + sum(1 for i in inside if i + 1 not in inside and i != last))}"] = 1.0
    quoted = sum(1 for i in inside if tokens[i].region >= 0)
    made[f"quoted={'all' if quoted == len(inside) else 'some' if quoted else 'no'}"] = 1.0
    if tokens[first].region >= 0:
        edge = prepared.regions[tokens[first].region][0] == tokens[first].start
        made[f"quoteedge={edge}|{_region_ends(prepared, unit, tokens[first].region, last)}"] = 1.0
    return made


def _region_ends(prepared: Prepared, unit: Unit, region: int, last: int) -> bool:
    end = prepared.regions[region][1]
    return unit.tokens[last].end <= end and (last + 1 == len(unit.tokens) or unit.tokens[last + 1].end > end - 1)
