"""An independent, slow scorer: one document at a time, sets and loops, scipy for the alignment. The oracle of the tests."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from aqwal.metrics.counts import PRF, Measure, Ratio
from aqwal.metrics.scores import TASKS, Block, Scores, TaskScore
from aqwal.model import (
    ATTRIBUTION_POLARITIES,
    AUTHOR,
    CERTAINTIES,
    CLAIM_POLARITIES,
    ENTITY_TYPES,
    KINDS,
    LEVELS,
    NO_SOURCE,
    QUOTES,
    SOURCE_TYPES,
    STANCES,
    TIMES,
    VERIFIABLE,
    Annotations,
    Attribution,
    Claim,
    Document,
    Span,
)

_ROLES = ("cue", "source", "content")


def by_id(items: Any) -> dict[str, Any]:
    if isinstance(items, Mapping):
        return dict(items)
    return {getattr(item, "doc_id", None) or item.id: item for item in items}


#: Number the objects of each block at random instead: a result that changes hangs on a tie.
SHUFFLE: random.Random | None = None


def assign(weights: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Pairs of the one-to-one alignment of maximum total weight, per connected block."""
    from scipy.optimize import linear_sum_assignment

    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def find(x: tuple[str, int]) -> tuple[str, int]:
        while parent.setdefault(x, x) != x:
            x = parent[x]
        return x

    for i, j in weights:
        parent[find(("p", i))] = find(("g", j))
    groups: dict[tuple[str, int], tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for i, j in weights:
        group = groups[find(("p", i))]
        group[0].add(i)
        group[1].add(j)
    out = []
    for left, right in groups.values():
        rows, columns = sorted(left), sorted(right)
        if SHUFFLE is not None:
            SHUFFLE.shuffle(rows)
            SHUFFLE.shuffle(columns)
        matrix = np.array([[weights.get((i, j), 0.0) for j in columns] for i in rows])
        for r, c in zip(*linear_sum_assignment(matrix, maximize=True), strict=True):
            if matrix[r, c] > 0:
                out.append((rows[r], columns[c]))
    return sorted(out)


@dataclass
class _Acc:
    n: int
    tp_pred: Any = None
    n_pred: Any = None
    tp_gold: Any = None
    n_gold: Any = None

    def __post_init__(self) -> None:
        self.tp_pred, self.n_pred, self.tp_gold, self.n_gold = (np.zeros(self.n) for _ in range(4))

    def done(self) -> PRF:
        return PRF(self.tp_pred, self.n_pred, self.tp_gold, self.n_gold)


@dataclass
class _Hits:
    n: int
    hits: Any = None
    total: Any = None

    def __post_init__(self) -> None:
        self.hits, self.total = np.zeros(self.n), np.zeros(self.n)

    def done(self) -> Ratio:
        return Ratio(self.hits, self.total)


@dataclass
class _State:
    n: int
    prf: dict[str, _Acc] = field(default_factory=dict)
    hit: dict[str, _Hits] = field(default_factory=dict)

    def f(self, name: str) -> _Acc:
        return self.prf.setdefault(name, _Acc(self.n))

    def h(self, name: str) -> _Hits:
        return self.hit.setdefault(name, _Hits(self.n))


class _Side:
    """One side's view of one document: blocks of objects, word sets, entities, speakers."""

    def __init__(
        self, document: Document, annotations: Annotations, base: int, label: str, aside: Counter[str]
    ) -> None:
        self.document = document
        self.base = base
        self.label = label
        scored = [p for p in document.paragraphs if p.scored]
        self.scored = scored
        unscored = [p for p in document.paragraphs if not p.scored]

        def outside(spans: Sequence[Span | None]) -> bool:
            given = [s for s in spans if s is not None]
            if not scored:
                return True
            if any(p.start < e and s < p.end for span in given for s, e in span.fragments for p in scored):
                return False
            return any(p.start < e and s < p.end for span in given for s, e in span.fragments for p in unscored)

        def keep(items: Any, spans: Any, layer: str) -> list[Any]:
            kept = [x for x in items if not outside(spans(x))]
            if len(kept) < len(items):
                aside[f"{label} {layer}"] += len(items) - len(kept)
            return kept

        self.annotations = annotations
        self.mentions = keep(annotations.mentions, lambda m: [m.span], "mentions")
        self.attributions: list[Attribution] = keep(
            annotations.attributions, lambda a: [a.cue, a.content, a.source], "attributions"
        )
        self.claims = keep(annotations.claims, lambda c: [c.span], "claims")
        kept_ids = {a.id for a in self.attributions}
        self.annotations = Annotations(
            document.id,
            tuple(self.mentions),
            tuple(replace(a, parent=a.parent if a.parent in kept_ids else "") for a in self.attributions),
            tuple(self.claims),
        )
        self.attributions = list(self.annotations.attributions)

        def ends(span: Span | None) -> tuple[int, int, int]:
            return (span.start, span.end, len(span)) if span is not None else (10**9, 0, 0)

        self.mentions.sort(key=lambda m: (*ends(m.span), ENTITY_TYPES.index(m.type), LEVELS.index(m.level)))
        self.attributions.sort(
            key=lambda a: (
                *ends(a.cue), *ends(a.source), *ends(a.content), SOURCE_TYPES.index(a.source_type),
                ATTRIBUTION_POLARITIES.index(a.polarity), STANCES.index(a.stance), KINDS.index(a.kind),
                QUOTES.index(a.quote), a.implicit, self.depth(a),
            )
        )  # fmt: skip
        self.claims.sort(
            key=lambda c: (*ends(c.span), VERIFIABLE.index(c.verifiable), TIMES.index(c.time),
                           CLAIM_POLARITIES.index(c.polarity), CERTAINTIES.index(c.certainty))
        )  # fmt: skip

    def depth(self, attribution: Attribution) -> int:
        return self.annotations.depth(attribution)

    def attribution_of(self, claim: Claim) -> Attribution | None:
        found = [a for a in self.attributions if a.content is not None and a.content.contains(claim.span)]
        found.sort(key=lambda a: (len(a.content or ()), -self.depth(a), self.attributions.index(a)))
        return found[0] if found else None

    def block(self, *spans: Span | None) -> int:
        start = min(s.start for s in spans if s is not None)
        for index, paragraph in enumerate(self.scored):
            if paragraph.end > start:
                return self.base + index
        return self.base + len(self.scored) - 1

    def words(self, span: Span | None) -> frozenset[int]:
        return frozenset(self.document.words_in(span)) if span is not None else frozenset()

    # speakers ------------------------------------------------------------

    def stand_in(self, span: Span) -> str:
        """The entity that a bare source span stands for: that of the first mention it overlaps, else itself."""
        found = []
        for index, m in enumerate(self.mentions):
            if m.entity and m.span.overlaps(span):
                ends = [
                    (max(a, c), min(b, d)) for a, b in m.span.fragments for c, d in span.fragments if a < d and c < b
                ]
                found += [(c, -(d - c), len(m.span), index) for c, d in ends]
        return "e:" + self.mentions[min(found)[3]].entity if found else "s:" + repr(span.fragments)

    def step(self, attribution: Attribution) -> tuple[str, ...]:
        if attribution.source_entity:
            return tuple("e:" + e for e in attribution.source_entity)
        if attribution.source is not None:
            return (self.stand_in(attribution.source),)
        return ()

    def medium_step(self, attribution: Attribution) -> tuple[str, ...]:
        if attribution.medium_entity:
            return tuple("e:" + e for e in attribution.medium_entity)
        if attribution.medium is not None:
            return (self.stand_in(attribution.medium),)
        return ()

    def entity_words(self) -> dict[str, set[int]]:
        out: dict[str, set[int]] = defaultdict(set)
        for m in self.mentions:
            if m.entity:
                out["e:" + m.entity] |= self.words(m.span)
        named = [(a, e) for a in self.attributions for e in (*self.step(a), *self.medium_step(a))]
        for a in self.attributions:
            for e in self.step(a):
                out[e] |= self.words(a.source)
            for e in self.medium_step(a):
                out[e] |= self.words(a.medium)
        bare = {e for _, e in named if not out[e]}
        for a, e in named:
            if e in bare:
                out[e] |= self.words(a.cue)
        return out

    def known(self, entity: str) -> tuple[Any, ...]:
        """All that is said of an entity; equal for two that are the same in all but name."""
        if entity.startswith("s:"):
            return (entity,)
        facts: list[Any] = [
            (m.span.fragments, m.type, m.level) for m in self.mentions if m.entity and "e:" + m.entity == entity
        ]
        for a in self.attributions:
            roles = tuple(span.fragments if (span := a.role(r)) else () for r in ("cue", "source", "content", "medium"))
            act = (*roles, a.quote, a.kind, a.stance, a.polarity, a.source_type)
            for place, names in enumerate((a.source_entity, a.medium_entity)):
                facts += [(place, act) for name in names if "e:" + name == entity]
        return ("e", *sorted(map(repr, facts)))

    def said(self) -> dict[str, set[int]]:
        out: dict[str, set[int]] = defaultdict(set)
        for a in self.attributions:
            for e in self.speakers(a):
                out[e] |= self.words(a.content)
        return out

    def speakers(self, attribution: Attribution) -> set[str]:
        out = set(self.step(attribution))
        for a in self.annotations.ancestors(attribution):
            out |= set(self.step(a))
        return out

    def chain(self, attribution: Attribution | None, same: Mapping[str, str]) -> tuple[Any, ...]:
        steps: list[Any] = [AUTHOR]
        if attribution is None:
            return tuple(steps)
        for link in [*reversed(list(self.annotations.ancestors(attribution))), attribution]:
            medium = self.medium_step(link)
            if medium:
                steps.append(frozenset(same.get(e, (self.label, e)) for e in medium))
            named = self.step(link)
            if named:
                steps.append(frozenset(same.get(e, (self.label, e)) for e in named))
            else:
                steps.append("unknown" if link.implicit else NO_SOURCE)
        return tuple(steps)


def token_f1(p: frozenset[int], g: frozenset[int]) -> float:
    if not p and not g:
        return 1.0
    return 2 * len(p & g) / (len(p) + len(g))


def score(
    documents: Iterable[Document] | Mapping[str, Document],
    gold: Iterable[Annotations] | Mapping[str, Annotations],
    predictions: Iterable[Annotations] | Mapping[str, Annotations],
    tasks: Iterable[str] | None = None,
) -> Scores:
    docs: dict[str, Document] = by_id(documents)
    golds: dict[str, Annotations] = by_id(gold)
    preds: dict[str, Annotations] = by_id(predictions)
    unknown = sorted((set(golds) | set(preds)) - set(docs))
    if unknown:
        raise ValueError(f"annotations of unknown documents: {', '.join(unknown)}")
    order = sorted(docs)
    blocks: list[Block] = []
    bases: dict[str, int] = {}
    for doc_id in order:
        bases[doc_id] = len(blocks)
        blocks += [(doc_id, p.id) for p in docs[doc_id].paragraphs if p.scored]
    has = {
        "entities": any(a.mentions for a in preds.values()),
        "attribution": any(a.attributions for a in preds.values()),
        "who_said_what": any(a.attributions for a in preds.values()),
        "claims": any(a.claims for a in preds.values()),
        "claim_matching": any(c.cluster for a in preds.values() for c in a.claims),
    }
    wanted = [t for t in TASKS if (t in set(tasks) if tasks is not None else has[t])]
    state = _State(len(blocks))
    aside: Counter[str] = Counter()
    claims_of: list[tuple[int, str, str | None]] = []  # block, gold cluster key, predicted cluster key or None
    for doc_id in order:
        g = _Side(docs[doc_id], golds.get(doc_id, Annotations(doc_id)), bases[doc_id], "gold", aside)
        p = _Side(docs[doc_id], preds.get(doc_id, Annotations(doc_id)), bases[doc_id], "predicted", aside)
        _entities(state, p, g)
        same = _same(p, g)
        _attribution(state, p, g, same)
        _said(state, p, g, same)
        pairs = _claims(state, p, g, same)
        for j, c in enumerate(g.claims):
            i = pairs.get(j)
            mine = None
            if i is not None:
                q = p.claims[i]
                mine = "c:" + q.cluster if q.cluster else f"s:{doc_id}:{i}"
            claims_of.append((g.block(c.span), "c:" + c.cluster if c.cluster else f"s:{doc_id}:{j}", mine))
    _matching(state, claims_of)
    made: dict[str, dict[str, Measure]] = {
        "entities": {"entity_f1(match=exact)": state.f("e").done(), "entity_f1(match=boundary)": state.f("eb").done()},
        "attribution": {
            "attribution_f1(match=soft)": state.f("a").done(),
            "attribution_f1(match=strict)": state.f("as").done(),
            **{
                f"attribute_accuracy(attribute={k})": state.h("aa" + k).done()
                for k in ("quote", "kind", "stance", "polarity", "source_type")
            },
            "parent_f1": state.f("ap").done(),
        },
        "who_said_what": {"speaker_f1": state.f("w").done(), "chain_f1": state.f("wc").done()},
        "claims": {
            "claim_f1(match=soft)": state.f("c").done(),
            "claim_f1(match=iou50)": state.f("ci").done(),
            "claim_chain_accuracy": state.h("cc").done(),
        },
        "claim_matching": {"b_cubed_f1": state.f("b").done(), "pairwise_f1": state.f("bp").done()},
    }
    return Scores(
        tuple(blocks),
        {t: TaskScore(t, made[t]) for t in wanted},
        tuple(t for t in TASKS if t not in wanted),
        dict(sorted(aside.items())),
    )


def _multiset(acc: _Acc, pred: list[tuple[Any, int]], gold: list[tuple[Any, int]]) -> None:
    have, want = Counter(k for k, _ in pred), Counter(k for k, _ in gold)
    left = {k: min(have[k], want[k]) for k in have}
    for side, tp, n in ((pred, acc.tp_pred, acc.n_pred), (gold, acc.tp_gold, acc.n_gold)):
        rest = dict(left)
        for key, block in side:
            n[block] += 1
            if rest.get(key, 0) > 0:
                rest[key] -= 1
                tp[block] += 1


def _entities(state: _State, p: _Side, g: _Side) -> None:
    sides = [[m for m in side.mentions if m.level in ("NAM", "VAL")] for side in (p, g)]
    for name, key in (("e", lambda m: (m.span.fragments, m.type)), ("eb", lambda m: m.span.fragments)):
        _multiset(
            state.f(name),
            [(key(m), p.block(m.span)) for m in sides[0]],
            [(key(m), g.block(m.span)) for m in sides[1]],
        )


def _same(p: _Side, g: _Side) -> dict[str, str]:
    """The one-to-one alignment of predicted with gold entities."""
    left = {e: frozenset(w) for e, w in p.entity_words().items()}
    right = {e: frozenset(w) for e, w in g.entity_words().items()}
    left_said, right_said = p.said(), g.said()

    def order(words: Mapping[str, frozenset[int]], said: Mapping[str, set[int]]) -> list[str]:
        def ends(found: Any) -> tuple[int, int, int]:
            return (min(found, default=10**9), max(found, default=-1), len(found))

        return sorted(words, key=lambda e: (ends(words[e]), ends(said.get(e, set()))))

    ls, rs = order(left, left_said), order(right, right_said)
    weights = {}
    for i, a in enumerate(ls):
        for j, b in enumerate(rs):
            shared = len(left[a] & right[b])
            if shared:
                x, y = frozenset(left_said.get(a, ())), frozenset(right_said.get(b, ()))
                spoken = token_f1(x, y) if x & y else 0.0
                alike = p.known(a) == g.known(b)
                weights[i, j] = shared + 1e-6 * token_f1(left[a], right[b]) + 1e-9 * spoken + 1e-11 * alike
    return {ls[i]: rs[j] for i, j in assign(weights)}


def _attribution(state: _State, p: _Side, g: _Side, same: Mapping[str, str]) -> None:
    keys = ("quote", "kind", "stance", "polarity", "source_type")
    pw = [{r: p.words(a.role(r)) for r in _ROLES} for a in p.attributions]
    gw = [{r: g.words(a.role(r)) for r in _ROLES} for a in g.attributions]

    def alike(i: int, j: int) -> float:
        """Mean over the roles, 0 for one that only one side has."""
        total = 0.0
        for role in _ROLES:
            if (p.attributions[i].role(role) is None) == (g.attributions[j].role(role) is None):
                total += token_f1(pw[i][role], gw[j][role])
        return total / 3

    sims: dict[tuple[int, int], float] = {}
    for i, a in enumerate(pw):
        for j, b in enumerate(gw):
            if a["cue"] & b["cue"] or a["content"] & b["content"]:
                agree = sum(getattr(p.attributions[i], k) == getattr(g.attributions[j], k) for k in keys)
                sims[i, j] = alike(i, j) + 1e-12 * agree
    soft, strict, parent = state.f("a"), state.f("as"), state.f("ap")
    pb = [p.block(a.cue, a.content, a.source) for a in p.attributions]
    gb = [g.block(a.cue, a.content, a.source) for a in g.attributions]
    np.add.at(soft.n_pred, pb, 1)
    np.add.at(soft.n_gold, gb, 1)
    pairs = assign(sims)
    for i, j in pairs:
        s = alike(i, j)
        soft.tp_pred[pb[i]] += s
        soft.tp_gold[gb[j]] += s
    _multiset(
        strict,
        [((a.cue, a.source, a.content), b) for a, b in zip(p.attributions, pb, strict=True)],
        [((a.cue, a.source, a.content), b) for a, b in zip(g.attributions, gb, strict=True)],
    )
    for k in keys:
        acc = state.h("aa" + k)
        np.add.at(acc.total, gb, 1)
        for i, j in pairs:
            acc.hits[gb[j]] += getattr(p.attributions[i], k) == getattr(g.attributions[j], k)
    to = {p.attributions[i].id: g.attributions[j].id for i, j in pairs}
    known_p = {a.id for a in p.attributions}
    known_g = {a.id for a in g.attributions}
    for i, a in enumerate(p.attributions):
        parent.n_pred[pb[i]] += a.parent in known_p
    for j, b in enumerate(g.attributions):
        parent.n_gold[gb[j]] += b.parent in known_g
    for i, j in pairs:
        mine, theirs = p.attributions[i].parent, g.attributions[j].parent
        if mine and theirs and to.get(mine) == theirs:
            parent.tp_pred[pb[i]] += 1
            parent.tp_gold[gb[j]] += 1


def _innermost(side: _Side, same: Mapping[str, str]) -> dict[int, Attribution]:
    order = sorted(
        (a for a in side.attributions if a.content is not None),
        key=lambda a: (-len(a.content or ()), side.depth(a), -side.attributions.index(a)),
    )
    return {w: a for a in order for w in side.words(a.content)}


def _said(state: _State, p: _Side, g: _Side, same: Mapping[str, str]) -> None:
    back = {v: v for v in same.values()}
    pairs = []
    for side, names in ((p, dict(same)), (g, back)):
        made = set()
        for a in side.attributions:
            for e in side.speakers(a):
                made |= {(w, names.get(e, ("?" if side is p else "!", e))) for w in side.words(a.content)}
        pairs.append(made)
    chains = []
    for side, names in ((p, dict(same)), (g, back)):
        chains.append({(w, side.chain(a, names)) for w, a in _innermost(side, names).items()})
    words = g.document.scored_words
    at = {w: g.block(Span.of(words[w].start, words[w].end)) for s in (*pairs, *chains) for w, _ in s}
    for name, (mine, theirs) in (("w", pairs), ("wc", chains)):
        acc = state.f(name)
        for w, _ in mine:
            acc.n_pred[at[w]] += 1
        for w, _ in theirs:
            acc.n_gold[at[w]] += 1
        for w, _ in mine & theirs:
            acc.tp_pred[at[w]] += 1
            acc.tp_gold[at[w]] += 1


def _claims(state: _State, p: _Side, g: _Side, same: Mapping[str, str]) -> dict[int, int]:
    keys = ("certainty", "polarity", "time", "verifiable")
    pw = [p.words(c.span) for c in p.claims]
    gw = [g.words(c.span) for c in g.claims]
    sims = {
        (i, j): token_f1(a, b)
        + 1e-12 * (p.claims[i].span == g.claims[j].span)
        + 1e-12 * sum(getattr(p.claims[i], k) == getattr(g.claims[j], k) for k in keys)
        for i, a in enumerate(pw)
        for j, b in enumerate(gw)
        if a & b
    }
    soft, hard, chain = state.f("c"), state.f("ci"), state.h("cc")
    pb = [p.block(c.span) for c in p.claims]
    gb = [g.block(c.span) for c in g.claims]
    for acc in (soft, hard):
        np.add.at(acc.n_pred, pb, 1)
        np.add.at(acc.n_gold, gb, 1)
    np.add.at(chain.total, gb, 1)
    out = {}
    back = {v: v for v in same.values()}
    for i, j in assign(sims):
        s = token_f1(pw[i], gw[j])
        soft.tp_pred[pb[i]] += s
        soft.tp_gold[gb[j]] += s
        if 2 * len(pw[i] & gw[j]) >= len(pw[i] | gw[j]):
            out[j] = i
            hard.tp_pred[pb[i]] += 1
            hard.tp_gold[gb[j]] += 1
            mine = p.chain(p.attribution_of(p.claims[i]), same)
            theirs = g.chain(g.attribution_of(g.claims[j]), back)
            chain.hits[gb[j]] += mine == theirs
    return out


def _matching(state: _State, claims: list[tuple[int, str, str | None]]) -> None:
    b3, pair = state.f("b"), state.f("bp")
    gold = Counter(g for _, g, _ in claims)
    pred = Counter(p for _, _, p in claims if p is not None)
    both = Counter((g, p) for _, g, p in claims if p is not None)
    for block, g, p in claims:
        b3.n_gold[block] += 1
        pair.n_gold[block] += (gold[g] - 1) / 2
        if p is None:
            continue
        b3.n_pred[block] += 1
        b3.tp_pred[block] += both[g, p] / pred[p]
        b3.tp_gold[block] += both[g, p] / gold[g]
        pair.n_pred[block] += (pred[p] - 1) / 2
        pair.tp_pred[block] += (both[g, p] - 1) / 2
        pair.tp_gold[block] += (both[g, p] - 1) / 2
