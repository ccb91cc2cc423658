"""Who a predicted speaker is: the one-to-one alignment of predicted with gold entities.

Entity ids of a system are its own. An entity is known by its *evidence*: the words of its mentions, and of the source
and medium spans that name it. Predicted and gold entities of a document are aligned one to one so that the number of
evidence words they share is largest (ties: by the token-F1 of the evidence, then of the words they are said to say).
A speaker without any evidence (an implicit source that the text never mentions) has that of the cues that it is the
subject of, for in Arabic the verb carries its pronoun.

Evidence decides who is whom before any word is counted, so a spurious mention can do more than add an error: one that is
linked to a speaker replaces the evidence of its cues, and may leave its gold partner to another speaker, who then scores.
(The objects of the other tasks cannot gain so: a prediction that overlaps nothing never raises their F1.)

A source span without entity stands for the entity of the mention that it overlaps, of several the first (an Arabic
noun phrase begins with its head), else for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aqwal.columns import Bools, Ints, ListColumn, SpanColumn
from aqwal.metrics.intervals import distinct, expand, join, ranked, refuse_flood, union, within
from aqwal.metrics.keys import keys_of, span_parts
from aqwal.metrics.matching import assign
from aqwal.metrics.overlaps import overlaps, token_f1
from aqwal.metrics.sides import Side, WordSets
from aqwal.metrics.signatures import Codes, list_codes, mix, span_codes

_NAM, _NOM = 0, 2


@dataclass(frozen=True, eq=False)
class Speakers:
    """The speakers of one side.

    Attributes:
        side: whose.
        n: number of entities, with those that stand for a bare source span.
        source, medium: the entities of each attribution's step, distinct; an empty list where none is known.
        bare_codes: codes of the spans that stand for themselves; these entities come after all others.
    """

    side: Side
    n: int
    source: ListColumn
    medium: ListColumn
    bare_codes: Codes

    @classmethod
    def of(cls, side: Side) -> Speakers:
        """Resolve the sources and media of a side."""
        a = side.attributions
        bare = {
            role: np.flatnonzero((given.size == 0) & a.roles[role].given)
            for role, given in (("source", a.source_entity), ("medium", a.medium_entity))
        }
        rows = np.concatenate([bare["source"], bare["medium"]])
        spans = _concatenate([a.roles[role].take(bare[role]) for role in ("source", "medium")])
        found, bare_codes = _stand_ins(side, spans, side.geometry.base[a.doc[rows]], side.n_entities)
        n = side.n_entities + bare_codes.size
        cut = bare["source"].size
        return cls(
            side,
            n,
            _with(a.source_entity, rows[:cut], found[:cut], n),
            _with(a.medium_entity, rows[cut:], found[cut:], n),
            bare_codes,
        )

    @cached_property
    def codes(self) -> Codes:
        """A code of each entity that does not depend on its name; for one that stands for a bare span, of the span."""
        return np.concatenate([self.side.entity_codes, self.bare_codes])

    @cached_property
    def said(self) -> tuple[Ints, Ints]:
        """Distinct (attribution, entity) pairs: an attribution's own source and those of all that relay it."""
        parent = self.side.attributions.parent
        rows = np.arange(parent.size)
        link = rows
        owners, entities = [], []
        size = self.source.size
        total = 0
        while rows.size:
            total += int(size[link].sum())
            refuse_flood(total, "pairs of attribution and speaker")
            index, owner = expand(self.source.offset[link], size[link])
            owners.append(rows[owner])
            entities.append(self.source.value[index])
            up = parent[link]
            rows, link = rows[up >= 0], up[up >= 0]
        if not owners:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        key = distinct(np.concatenate(owners) * max(self.n, 1) + np.concatenate(entities))
        return key // max(self.n, 1), key % max(self.n, 1)

    @cached_property
    def evidence(self) -> WordSets:
        """The evidence words of each entity."""
        side, roles = self.side, self.side.role_words
        mentions = side.mention_words
        named = side.mentions.entity[mentions.owner] >= 0
        lo, hi = [mentions.lo[named]], [mentions.hi[named]]
        entity = [side.mentions.entity[mentions.owner[named]]]
        for steps, role in ((self.source, "source"), (self.medium, "medium")):
            for out, part in zip((lo, hi, entity), _spread(steps, roles[role]), strict=True):
                out.append(part)
        sets = _gather(np.concatenate(lo), np.concatenate(hi), np.concatenate(entity), self.n, side)
        without = sets.size == 0
        if without.any():
            for steps in (self.source, self.medium):
                more_lo, more_hi, more_entity = _spread(steps, roles["cue"])
                want = without[more_entity]
                lo.append(more_lo[want])
                hi.append(more_hi[want])
                entity.append(more_entity[want])
            sets = _gather(np.concatenate(lo), np.concatenate(hi), np.concatenate(entity), self.n, side)
        return sets

    @cached_property
    def words(self) -> WordSets:
        """The words that each entity is said to say."""
        row, entity = self.said
        content = self.side.role_words["content"]
        size = np.bincount(content.owner, minlength=self.side.attributions.doc.size)
        offset = np.concatenate([[0], np.cumsum(size)])
        refuse_flood(int(size[row].sum()), "pairs of content and speaker")
        index, owner = expand(offset[row], size[row])
        return _gather(content.lo[index], content.hi[index], entity[owner], self.n, self.side)

    @cached_property
    def present(self) -> Ints:
        """Sorted keys ``entity * n_sentences + sentence``: where an entity is named.

        By its names, or where the document never names it by its nominal mentions, or where there are none by the
        source and medium spans that stand for it.
        """
        side = self.side
        m = side.mentions
        n_sentences = side.geometry.sentence_word.size
        sentence_edges = side.geometry.sentence_word
        rank_of_level = np.array([0, 3, 1, 3])  # NAM, VAL, NOM, PRO
        mention_words = side.mention_words
        named = (m.entity[mention_words.owner] >= 0) & (mention_words.hi > mention_words.lo)
        entity = [m.entity[mention_words.owner[named]]]
        rank = [rank_of_level[m.level[mention_words.owner[named]]]]
        word = [mention_words.lo[named]]
        for steps, role in ((self.source, "source"), (self.medium, "medium")):
            lo, hi, who = _spread(steps, side.role_words[role])
            some = hi > lo
            entity.append(who[some])
            word.append(lo[some])
            rank.append(np.full(int(some.sum()), 2))
        entities, ranks = np.concatenate(entity), np.concatenate(rank)
        sentence = np.searchsorted(sentence_edges, np.concatenate(word), side="right") - 1
        best = np.full(self.n, 3)
        np.minimum.at(best, entities, ranks)
        keep = (ranks == best[entities]) & (ranks < 3)
        return distinct(entities[keep] * n_sentences + sentence[keep])


def _concatenate(parts: list[SpanColumn]) -> SpanColumn:
    sizes = np.concatenate([part.size for part in parts])
    return SpanColumn(
        np.concatenate([[0], np.cumsum(sizes)]),
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.end for part in parts]),
    )


def _with(lists: ListColumn, rows: Ints, values: Ints, n: int) -> ListColumn:
    """The lists with one value added to each of ``rows``, repeated values dropped."""
    owner = np.concatenate([lists.owner, rows])
    key = distinct(owner * max(n, 1) + np.concatenate([lists.value, values]))
    size = np.bincount(key // max(n, 1), minlength=lists.offset.size - 1)
    return ListColumn(np.concatenate([[0], np.cumsum(size)]), key % max(n, 1))


def _spread(steps: ListColumn, words: WordSets) -> tuple[Ints, Ints, Ints]:
    """(lo, hi, entity) of the word ranges of each attribution, once for each entity of its step."""
    size = steps.size[words.owner]
    refuse_flood(int(size.sum()), "pairs of span and speaker")
    index, owner = expand(steps.offset[:-1][words.owner], size)
    return words.lo[owner], words.hi[owner], steps.value[index]


def _gather(lo: Ints, hi: Ints, entity: Ints, n: int, side: Side) -> WordSets:
    """Word sets by entity, as sorted disjoint ranges."""
    width = side.geometry.n_words + 1
    keep = hi > lo
    lo, hi = union(entity[keep] * width + lo[keep], entity[keep] * width + hi[keep])
    owner = lo // width
    size = np.bincount(owner, weights=hi - lo, minlength=n).astype(np.int64)
    return WordSets(lo - owner * width, hi - owner * width, owner, size)


def _stand_ins(side: Side, spans: SpanColumn, base: Ints, n: int) -> tuple[Ints, Codes]:
    """The entity that each bare span stands for, and codes of the new ones, numbered from ``n``."""
    m = side.mentions
    rows = np.flatnonzero(m.entity >= 0)
    mention = m.span.take(rows)
    i, j = join(spans.start, spans.end, mention.start, mention.end)
    shared = np.minimum(spans.end[i], mention.end[j]) - np.maximum(spans.start[i], mention.start[j])
    begins = np.maximum(mention.start[j], spans.start[i])
    span, who = spans.owner[i], mention.owner[j]
    order = ranked(span, begins, -shared, mention.length[who], who)[::-1]
    out = np.full(len(spans), -1, dtype=np.int64)
    out[span[order]] = m.entity[rows[who[order]]]  # of repeated indices, numpy keeps the last: the first in rank
    bare = np.flatnonzero(out < 0)
    own = spans.take(bare)
    key, _ = keys_of(*span_parts(own, own.take(bare[:0])))
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    out[bare] = n + number
    return out, span_codes(own, base[bare])[first]


def align_speakers(pred: Speakers, gold: Speakers) -> Ints:
    """The gold entity of each predicted entity, −1 where it has none; one to one."""
    p_rank, g_rank = _canonical(pred), _canonical(gold)
    shared = overlaps(pred.evidence, gold.evidence)
    p, g = shared.pred, shared.gold
    weight = shared.words + 1e-6 * token_f1(shared.words, pred.evidence.size[p], gold.evidence.size[g])
    in_common = overlaps(pred.words, gold.words)
    spoken = in_common.at(shared.key)
    weight += 1e-9 * np.where(spoken > 0, token_f1(spoken, pred.words.size[p], gold.words.size[g]), 0.0)
    weight += 1e-11 * (pred.codes[p] == gold.codes[g])
    pairs = assign(p_rank[p], g_rank[g], weight)
    out = np.full(pred.n, -1, dtype=np.int64)
    out[p[pairs]] = g[pairs]
    return out


def _canonical(speakers: Speakers) -> Ints:
    """A rank of the entities by what is known of them, not by id."""
    keys: list[NDArray[Any]] = []
    for sets in (speakers.evidence, speakers.words):
        first = np.full(speakers.n, np.iinfo(np.int64).max, dtype=np.int64)
        last = np.zeros(speakers.n, dtype=np.int64)
        first[sets.owner[::-1]] = sets.lo[::-1]  # ranges are sorted; of repeated indices, numpy keeps the last
        last[sets.owner] = sets.hi
        keys += [first, last, sets.size]
    out = np.empty(speakers.n, dtype=np.int64)
    out[ranked(*keys, speakers.codes)] = np.arange(speakers.n)
    return out


# ---------------------------------------------------------------- chains

#: Codes of steps that are no entity.
_AUTHOR, _NONE, _UNKNOWN = np.uint64(1), np.uint64(2), np.uint64(3)
_THREE = np.uint64(3)


def chain_codes(speakers: Speakers, name: Ints) -> Ints:
    """A number for each attribution's chain: equal just where the chains are (but for a chance of 2⁻⁶⁴ a pair).

    ``name`` maps entities to names that both sides share. A step is the *set* of its entities; a step without source
    is "none", and one whose speaker is implicit and unresolved is "unknown".
    """
    a = speakers.side.attributions
    with np.errstate(over="ignore"):
        steps = {}
        for role, lists in (("medium", speakers.medium), ("source", speakers.source)):
            steps[role] = mix(list_codes(lists, mix(name.astype(np.uint64))))
        no_source = speakers.source.size == 0
        steps["source"] = np.where(no_source, np.where(a.implicit, _UNKNOWN, _NONE), steps["source"])
        out = np.zeros(a.doc.size, dtype=np.uint64)
        depth = speakers.side.depth
        has_medium = speakers.medium.size > 0
        order = np.argsort(depth, kind="stable")
        bounds = np.searchsorted(depth[order], np.arange(1, int(depth.max(initial=0)) + 2))
        start = mix(np.array([_AUTHOR]))[0]
        for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            rows = order[low:high]
            above = np.where(a.parent[rows] >= 0, out[a.parent[rows]], start)
            above = np.where(has_medium[rows], mix(above * _THREE + steps["medium"][rows]), above)
            out[rows] = mix(above * _THREE + steps["source"][rows])
    return out.view(np.int64)


def shared_names(same: Ints, n_gold: int) -> Ints:
    """Names of predicted entities: the gold entity's number, or one that no gold entity has."""
    return np.where(same >= 0, same, n_gold + np.arange(same.size))


def is_present(speakers: Speakers, entity: Ints, sentence: Ints) -> Bools:
    """Whether each entity is named in each sentence."""
    key = entity * speakers.side.geometry.sentence_word.size + sentence
    return within(key, speakers.present)


def same_steps(pred: ListColumn, p_rows: Ints, gold: ListColumn, g_rows: Ints, same: Ints) -> Bools:
    """Whether the entities of paired attributions are the same set, after alignment."""
    p_size, g_size = pred.size[p_rows], gold.size[g_rows]
    index, owner = expand(pred.offset[p_rows], p_size)
    g_index, g_owner = expand(gold.offset[g_rows], g_size)
    width = int(max(same.max(initial=0), gold.value.max(initial=0))) + 2
    mine = owner * width + same[pred.value[index]] + 1
    theirs = g_owner * width + gold.value[g_index] + 1
    hits = np.bincount(owner, weights=within(mine, distinct(theirs)), minlength=p_rows.size)
    result: Bools = (hits == g_size) & (p_size == g_size)
    return result
