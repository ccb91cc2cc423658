"""Claims: a CRF finds where clauses that claim something begin, a regression chooses where each ends."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from aqwal.model import Annotations, Attribution, Claim, Span

from .features import Rows, bucket, classes, with_tags
from .learn import Choice, Features, YesNo
from .pieces import Prepared, Unit, runs, span_of
from .roles import is_complementizer
from .settings import Settings
from .tagger import HeldOut, Sequences, Tagger, choose, threshold

#: So many ends are considered for one beginning.
ENDS = 24
FIELDS = ("polarity", "certainty", "time", "verifiable")
_DEFAULTS = {"polarity": "positive", "certainty": "certain", "time": "past", "verifiable": "yes"}


@dataclass(frozen=True)
class Scene:
    """A unit with what is known of its attributions: token tags and content extents."""

    unit: Unit
    tags: list[str]
    contents: list[tuple[list[int], Attribution]]

    @cached_property
    def cues(self) -> list[int]:
        """Number of cue tokens before each place."""
        return [0, *accumulate(int(tag[0] == "K") for tag in self.tags)]

    @cached_property
    def last(self) -> int:
        """One past the last token that is no punctuation."""
        return max((i + 1 for i, token in enumerate(self.unit.tokens) if not token.punct), default=0)


def scenes(prepared: Prepared, attributions: Sequence[Attribution]) -> list[Scene]:
    """Each unit with its cue, source and content tokens."""
    size = len(prepared.units)
    tags = [["-"] * len(unit.tokens) for unit in prepared.units]
    contents: list[list[tuple[list[int], Attribution]]] = [[] for _ in range(size)]
    for a in sorted(attributions, key=lambda a: (a.cue, a.id)):
        if a.content is not None:
            for unit in prepared.units_of(a.content):
                indices = unit.indices(a.content)
                if indices:
                    contents[unit.index].append((indices, a))
                    for first, last in runs(indices):
                        for i in range(first, last):
                            old = tags[unit.index][i]
                            depth = int(old[1:]) + 1 if old[0] in "BI" else 1
                            tags[unit.index][i] = f"{'B' if i == first else 'I'}{depth}"
    for a in attributions:
        for span, letter in ((a.source, "S"), (a.cue, "K")):
            if span is not None:
                for unit in prepared.units_of(span):
                    for i in unit.indices(span):
                        tags[unit.index][i] = letter + ("1" if tags[unit.index][i][0] in "BI" else "0")
    return [Scene(unit, t, c) for unit, t, c in zip(prepared.units, tags, contents, strict=True)]


def _starts(tags: list[str]) -> set[object]:
    return {i for i, tag in enumerate(tags) if tag[0] == "B"}


class ClaimFinder:
    """Claim spans and their fields."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cut = 0.5
        self._begin = Tagger()
        self._end = YesNo(settings.regression_c)
        self._fields = {name: Choice(_DEFAULTS[name], settings.regression_c) for name in FIELDS}

    def fit(
        self,
        data: Sequence[tuple[Prepared, Annotations, Sequence[int]]],
        rows: Sequence[Sequence[Rows]],
        names: Sequence[Sequence[list[str]]],
        attributions: Sequence[Sequence[Attribution]],
    ) -> None:
        """Train on gold claims under the given (held-out) mention tags and attributions of each document."""
        context: list[Rows] = []
        tags: list[list[str]] = []
        groups: list[int] = []
        ends: list[tuple[Prepared, Scene, int, list[list[int]], int]] = []
        for (prepared, annotations, unit_groups), rs, ns, given in zip(data, rows, names, attributions, strict=True):
            stage = scenes(prepared, given)
            held: list[dict[int, list[list[int]]]] = [{} for _ in prepared.units]
            for claim in annotations.claims:
                unit = prepared.unit_at(claim.span.start)
                indices = unit.indices(claim.span) if unit else []
                if unit is not None and indices:
                    held[unit.index].setdefault(indices[0], []).append(indices)
            for scene, row, name, begun in zip(stage, rs, ns, held, strict=True):
                context.append(_context(scene, row, name))
                tags.append([_begin_tag(begun.get(i, [])) for i in range(len(scene.unit.tokens))])
                groups.append(unit_groups[scene.unit.index])
                for start in sorted(begun):
                    ends.append((prepared, scene, start, begun[start], groups[-1]))
        sequences = Sequences.of(context, tags, groups)
        held_out: HeldOut = choose(sequences, self.settings.grid, self.settings.max_iterations, _starts, "B-ONE")
        self.cut = threshold(held_out, sequences, "B-ONE")
        self._begin = Tagger(held_out.weights, self.settings.max_iterations).fit(sequences)
        self._fit_ends(ends, sequences)
        self._fit_fields(data)

    def _fit_ends(self, ends: list[tuple[Prepared, Scene, int, list[list[int]], int]], sequences: Sequences) -> None:
        examples: list[Features] = []
        targets: list[float] = []
        groups: list[int] = []
        begun: dict[int, list[int]] = {}
        for _, scene, start, _, _ in ends:
            begun.setdefault(id(scene), []).append(start)
        for prepared, scene, start, wanted, group in ends:
            others = begun[id(scene)]
            for end in possible_ends(prepared, scene, start, others):
                covered = set(range(start, end))
                best = max(2 * len(covered & set(w)) / (len(covered) + len(w)) for w in wanted)
                examples.append(describe_end(prepared, scene, start, end, others))
                targets.append(best**4)  # near misses count little: the longest common clause would win otherwise
                groups.append(group)
        self._end.fit(examples, targets, groups)

    def _fit_fields(
        self,
        data: Sequence[tuple[Prepared, Annotations, Sequence[int]]],
    ) -> None:
        """Learn the fields under the gold attributions, whose own fields they depend on."""
        examples: list[Features] = []
        labels: dict[str, list[str]] = {name: [] for name in FIELDS}
        for prepared, annotations, _ in data:
            stage = scenes(prepared, annotations.attributions)
            for claim in annotations.claims:
                unit = prepared.unit_at(claim.span.start)
                if unit is None or not unit.indices(claim.span):
                    continue
                examples.append(describe_claim(prepared, stage[unit.index], unit.indices(claim.span)))
                for name in FIELDS:
                    labels[name].append(getattr(claim, name))
        for name in FIELDS:
            self._fields[name].fit(examples, labels[name])

    def predict(
        self,
        prepared: Prepared,
        rows: Sequence[Rows],
        names: Sequence[list[str]],
        attributions: Sequence[Attribution],
    ) -> list[Claim]:
        """The claims of a document, without clusters; the statement is the clause itself."""
        spans: list[Span] = []
        seen: list[Features] = []
        for scene, row, name in zip(scenes(prepared, attributions), rows, names, strict=True):
            tags, marginals = self._begin.beginnings(_context(scene, row, name), "B-ONE")
            begun = [i for i, p in enumerate(marginals) if p >= self.cut or tags[i] == "B-TWO"]
            for start in begun:
                options = possible_ends(prepared, scene, start, begun)
                chances = self._end.probability([describe_end(prepared, scene, start, e, begun) for e in options])
                ranked = sorted(range(len(options)), key=lambda i: (-round(chances[i], 9), i))
                for i in ranked[: 2 if tags[start] == "B-TWO" else 1]:
                    span = span_of(scene.unit, range(start, options[i]))
                    if span is not None and span not in spans[-40:]:
                        spans.append(span)
                        seen.append(describe_claim(prepared, scene, list(range(start, options[i]))))
        columns = {name: self._fields[name].predict(seen) for name in FIELDS}
        text = prepared.document.text
        return [
            Claim(f"c{i + 1}", span, span.quote(text), "", **{name: columns[name][i] for name in FIELDS})
            for i, span in enumerate(spans)
        ]


def _begin_tag(claims: list[list[int]]) -> str:
    """``B-ONE`` where a claim begins, ``B-TWO`` where several do."""
    return "O" if not claims else "B-ONE" if len(claims) == 1 else "B-TWO"


def _context(scene: Scene, row: Rows, names: list[str]) -> Rows:
    made = with_tags(with_tags(row, [tag[:6] for tag in names], "m"), scene.tags, "a")
    depth = [tag[0] for tag in scene.tags]
    since = 99
    seen_verb = False
    for i, token in enumerate(scene.unit.tokens):
        before = scene.unit.tokens[i - 1] if i else None
        since += 1
        if before is None or (before.punct and before.norm in '،,؛:.“"«'):
            since = 0
        elif is_complementizer(before) or (before.norm in ("و", "ف") and before.first and not before.last):
            since = 1
        made[i].append(f"since={bucket(since)}")
        made[i].append(f"since|a={bucket(since)}{depth[i]}")
        made[i].append(
            f"verb={token.norm[:1] if token.first or not before or before.norm in 'وفس' else '-'}{token.norm[-1:]}"
        )
        if before is not None:
            made[i] += [f"ca={name}|{depth[i]}" for name in classes(before)]
            made[i].append(f"wa={before.norm}|{depth[i]}{depth[i - 1]}")
        seen_verb = seen_verb or "cue" in classes(token)
        made[i].append(f"cue seen={seen_verb}{depth[i]}")
    return made


def possible_ends(prepared: Prepared, scene: Scene, start: int, begun: Sequence[int]) -> list[int]:
    """Where a claim that begins at ``start`` may end (past its last token), nearest first, the sentence's end last."""
    tokens = scene.unit.tokens
    last = max(scene.last, start + 1)
    found: set[int] = set()
    started = set(begun)
    for i in range(start + 1, last):
        token = tokens[i]
        names = classes(token)
        if token.punct or i in started or is_complementizer(token) or "relative" in names or "subordinator" in names:
            found.add(i)
        if token.norm in ("و", "ف") and token.first and not token.last:
            found.add(i)
    for indices, _ in scene.contents:
        for first, past in runs(indices):
            if first <= start < past:
                found.add(past)
            elif first > start:
                found.add(first)
    cleaned = {_back(scene.unit, start, end) for end in found}
    ordered = sorted(end for end in cleaned if start < end < last)
    return [*ordered[: ENDS - 1], last]


def _back(unit: Unit, start: int, end: int) -> int:
    """``end`` moved before trailing marks, conjunctions and complementizers."""
    while end > start + 1:
        token = unit.tokens[end - 1]
        glued = token.norm in ("و", "ف") and not token.last
        if not (token.punct or glued or is_complementizer(token)):
            break
        end -= 1
    return end


def describe_end(prepared: Prepared, scene: Scene, start: int, end: int, begun: Sequence[int]) -> Features:
    """Features of ``[start, end)`` as the extent of a claim; ``begun`` are all beginnings, in order."""
    tokens = scene.unit.tokens
    following = tokens[end] if end < len(tokens) else None
    beyond = tokens[end + 1] if end + 1 < len(tokens) else None
    after = "end" if end >= scene.last else following.norm if following and following.punct else "word"
    if after == "word" and following is not None:
        held = classes(following)
        after = "and" if following.norm in ("و", "ف") and not following.last else held[0] if held else "word"
    inside = [indices for indices, _ in scene.contents if any(i == start for i in indices)]
    inner = min(inside, key=len, default=None)
    edges = {past for _, past in runs(inner)} if inner else set()
    crosses = bool(inner) and end > max(inner or [0]) + 1
    starts_between = bisect.bisect_left(begun, end) - bisect.bisect_right(begun, start)
    next_begun = bisect.bisect_left(begun, end + 3) > bisect.bisect_left(begun, end)
    commas = sum(1 for t in tokens[start:end] if t.norm in "،,؛")
    first = classes(tokens[start])
    opener = first[0] if first else "word"
    return {
        f"after={after}": 1.0,
        f"after={after}|content={bool(inner)}": 1.0,
        f"after={after}|opener={opener}": 1.0,
        f"beyond={beyond is not None and is_complementizer(beyond)}|{after}": 1.0,
        f"len={bucket(end - start)}": 1.0,
        f"edge={end in edges or _back(scene.unit, start, max(edges, default=0)) == end}|{bool(inner)}": 1.0,
        f"crosses={crosses}": 1.0,
        f"between={min(starts_between, 3)}": 1.0,
        f"next={next_begun}|{after}": 1.0,
        f"next={next_begun}|{min(starts_between, 1)}": 1.0,
        f"commas={min(commas, 3)}|{after}": 1.0,
        f"cue={scene.cues[end] > scene.cues[start]}|{after}": 1.0,
        f"opener={opener}|{bucket(end - start)}": 1.0,
        f"begins={start == 0}|{after}": 1.0,
        f"quote={tokens[start].region >= 0}|{tokens[start].region == tokens[end - 1].region}": 1.0,
    }


def describe_claim(prepared: Prepared, scene: Scene, indices: list[int]) -> Features:
    """Features of a claim for its fields."""
    tokens = scene.unit.tokens
    held = [tokens[i] for i in indices if not tokens[i].punct]
    around = [a for content, a in scene.contents if set(content) >= set(indices[:1])]
    innermost = min(around, key=lambda a: (len(a.content or ()), a.id), default=None)
    made: dict[str, float | str | bool] = {
        "zone": scene.unit.zone, "length": bucket(len(held)), "told": innermost is not None,
    }  # fmt: skip
    if innermost is not None:
        made |= {"kind": innermost.kind, "stance": innermost.stance, "cue polarity": innermost.polarity}
        size = held[-1].end - held[0].start if held else 0
        made["whole"] = innermost.content is not None and len(innermost.content) <= size + 3
        made["cue"] = innermost.cue.quote(prepared.document.text)
    for place, token in enumerate(held[:4]):
        made[f"w{place}={token.norm}"] = 1.0
        made[f"open{place}={token.norm[:1]}"] = 1.0
        for name in classes(token):
            made[f"c{place}={name}"] = 1.0
    for token in held[:12]:
        for name in classes(token):
            if name in ("negation", "modal", "future", "conditional", "month", "time_noun", "copula"):
                made[f"has={name}"] = 1.0
        if token.norm == "س" and not token.last:
            made["has=future"] = 1.0
    before = tokens[indices[0] - 1] if indices[0] else None
    made["before"] = before.norm if before else "<s>"
    return made
