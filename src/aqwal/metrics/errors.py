"""Every error of some predictions, typed, with its text: what to look at first.

| type | meaning |
|---|---|
| ``missed`` | a gold object that no prediction overlaps |
| ``spurious`` | a prediction that overlaps no gold object still to be found, or whose quote is nowhere in the text |
| ``boundary`` | paired, but a span differs (``field`` says which role) |
| ``type`` | paired, but a label differs (``field`` says which) |
| ``split`` | one gold object predicted in several pieces |
| ``merged`` | several gold objects predicted as one |
| ``wrong source`` | paired, but other speakers (for a claim: another chain) |
| ``out-of-sentence source`` | the same, where the sentence does not name gold's speaker |
| ``wrong parent`` | paired, but relayed by another attribution |
| ``scare quote`` | a quotation predicted where gold has a scare quote |
| ``repeat scored`` | a prediction in furniture or in a repeated passage, which is not scored |

One object can have several errors (a wrong boundary and a wrong source). The pairs are those of the scores.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aqwal.columns import ATTRIBUTION_CODES, CLAIM_CODES, Bools, Columns, Geometry, Ints
from aqwal.metrics.claims import attribution_of_claims
from aqwal.metrics.intervals import expand, join, refuse_flood
from aqwal.metrics.keys import keys_of, shared, span_parts
from aqwal.metrics.matching import assign
from aqwal.metrics.overlaps import overlaps, sum_by_key
from aqwal.metrics.scoring import Comparison
from aqwal.metrics.sides import CORE_ROLES, Side, WordSets
from aqwal.metrics.speakers import same_steps
from aqwal.model import ENTITY_TYPES, LAYERS, Annotations, Attribution, Claim, Document, Mention, Span

#: All types, in the order of tables.
TYPES = (
    "missed", "spurious", "boundary", "type", "split", "merged", "wrong source", "out-of-sentence source",
    "wrong parent", "scare quote", "repeat scored",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Error:
    """One error; ``pred`` and ``gold`` are ids (empty for none), the texts are quotes, ``detail`` is for people.

    ``start`` is −1 for a prediction that has no place in the text.
    """

    doc_id: str
    start: int
    layer: str
    type: str
    field: str
    pred: str
    gold: str
    pred_text: str
    gold_text: str
    detail: str
    paragraph: str


Object = Mention | Attribution | Claim


class _Finder:
    """Walks the pairs of a comparison and notes what is wrong with each."""

    def __init__(
        self,
        documents: Mapping[str, Document],
        both: Comparison,
        pred: Sequence[Annotations],
        gold: Sequence[Annotations],
    ) -> None:
        self.documents = documents
        self.both = both
        self.errors: list[Error] = []
        self.objects: dict[tuple[str, str], list[tuple[str, Any]]] = {
            (side, layer): [(a.doc_id, item) for a in annotations for item in getattr(a, layer)]
            for side, annotations in (("pred", pred), ("gold", gold))
            for layer in LAYERS
        }

    def rows(self, side: str, layer: str) -> list[tuple[str, Any]]:
        """Document id and object of each scored row, in canonical order."""
        found = self.objects[side, layer]
        columns = getattr(self.both.pred if side == "pred" else self.both.gold, layer)
        return [found[row] for row in columns.row.tolist()]

    def note(
        self, layer: str, kind: str, doc_id: str, pred: Object | None, gold: Object | None, *,
        field: str = "", spans: tuple[Span | None, Span | None] | None = None, detail: str = "",
    ) -> None:  # fmt: skip
        """Add an error; ``spans`` are those to quote, by default the objects' own."""
        document = self.documents[doc_id]
        quoted = spans or (_span(pred), _span(gold))
        anchor = quoted[0] or quoted[1] or _span(pred) or _span(gold)
        assert anchor is not None
        paragraph = document.paragraph_of(anchor.start)
        texts = [span.quote(document.text) if span is not None else "" for span in quoted]
        self.errors.append(
            Error(
                doc_id, anchor.start, layer, kind, field, pred.id if pred else "", gold.id if gold else "", texts[0],
                texts[1], detail, paragraph.id if paragraph else "",
            )
        )  # fmt: skip

    def aside(self, layers: Collection[str]) -> None:
        """Predictions in furniture and repeats."""
        for layer, rows in self.both.pred.aside.items():
            for row in rows.tolist() if layer in layers else ():
                doc_id, item = self.objects["pred", layer][row]
                self.note(layer, "repeat scored", doc_id, item, None)

    # ---- mentions

    def mentions(self) -> None:
        """Missed, spurious, boundary, type, split and merged mentions."""
        pred, gold = self.both.pred, self.both.gold
        p, g = pred.mentions.take(pred.named), gold.mentions.take(gold.named)
        p_all, g_all = self.rows("pred", "mentions"), self.rows("gold", "mentions")
        p_rows, g_rows = [p_all[k] for k in pred.named.tolist()], [g_all[k] for k in gold.named.tolist()]
        spans = span_parts(p.span, g.span)
        kinds = len(ENTITY_TYPES)
        exact = shared(*keys_of([*spans[0], (p.type, kinds)], [*spans[1], (g.type, kinds)]))
        left, right = np.flatnonzero(~exact.in_pred), np.flatnonzero(~exact.in_gold)
        p_span, g_span = p.span.take(left), g.span.take(right)
        i, j = join(p_span.start, p_span.end, g_span.start, g_span.end)
        length = np.minimum(p_span.end[i], g_span.end[j]) - np.maximum(p_span.start[i], g_span.start[j])
        width = max(len(g_span), 1)
        key, common = sum_by_key(p_span.owner[i] * width + g_span.owner[j], length)
        i, j = key // width, key % width
        total = p_span.length[i] + g_span.length[j]
        same = p.type[left[i]] == g.type[right[j]]
        pairs = assign(i, j, 2 * common / total + 1e-6 * same)
        partner = dict(zip(i[pairs].tolist(), j[pairs].tolist(), strict=True))
        found = set(partner.values())
        whole_p = common == p_span.length[i]  # the prediction lies within the gold mention
        whole_g = common == g_span.length[j]
        pieces, swallowed = Counter(j[whole_p & ~whole_g].tolist()), Counter(i[whole_g & ~whole_p].tolist())
        inside = {a: b for a, b, w in zip(i.tolist(), j.tolist(), whole_p.tolist(), strict=True) if w and pieces[b] > 1}
        held = {
            b: a for a, b, w in zip(i.tolist(), j.tolist(), whole_g.tolist(), strict=True) if w and swallowed[a] > 1
        }
        for a, row in enumerate(left.tolist()):
            doc_id, mine = p_rows[row]
            if a in partner:
                theirs = g_rows[int(right[partner[a]])][1]
                kind = "split" if a in inside else "merged" if partner[a] in held else "boundary"
                kind = "type" if mine.span == theirs.span else kind
                detail = f"{theirs.type} → {mine.type}" if mine.type != theirs.type else ""
                self.note(
                    "mentions", kind, doc_id, mine, theirs, field="span" if kind != "type" else "type", detail=detail
                )
            elif a in inside:
                self.note("mentions", "split", doc_id, mine, g_rows[int(right[inside[a]])][1], field="span")
            else:
                self.note("mentions", "spurious", doc_id, mine, None, detail=mine.type)
        for b, row in enumerate(right.tolist()):
            if b not in found:
                doc_id, theirs = g_rows[row]
                if b in held:
                    self.note("mentions", "merged", doc_id, p_rows[int(left[held[b]])][1], theirs, field="span")
                else:
                    self.note("mentions", "missed", doc_id, None, theirs, detail=theirs.type)

    # ---- attributions

    def attributions(self) -> None:
        """Everything that can be wrong with an attribution."""
        both = self.both
        pred, gold, aligned = both.pred, both.gold, both.attributions
        p_rows, g_rows = self.rows("pred", "attributions"), self.rows("gold", "attributions")
        resolved = same_steps(both.who.source, aligned.pred, both.gold_who.source, aligned.gold, both.same)
        named = self._named_in_sentence(aligned.gold)
        for index, (a, b) in enumerate(zip(aligned.pred.tolist(), aligned.gold.tolist(), strict=True)):
            doc_id, mine = p_rows[a]
            theirs = g_rows[b][1]
            for role in CORE_ROLES:
                one, other = mine.role(role), theirs.role(role)
                if one != other:
                    self.note("attributions", "boundary", doc_id, mine, theirs, field=role, spans=(one, other))
            if both.gold_who.source.size[b] and not resolved[index]:
                kind = "wrong source" if named[index] else "out-of-sentence source"
                detail = f"{'+'.join(theirs.source_entity) or 'none'} → {'+'.join(mine.source_entity) or 'none'}"
                self.note(
                    "attributions", kind, doc_id, mine, theirs, field="source",
                    spans=(mine.source, theirs.source), detail=detail,
                )  # fmt: skip
            self._labels("attributions", doc_id, mine, theirs, ATTRIBUTION_CODES)
            up, true_up = int(pred.attributions.parent[a]), int(gold.attributions.parent[b])
            if (up < 0) != (true_up < 0) or (up >= 0 and aligned.pred_partner[up] != true_up):
                detail = f"{g_rows[true_up][1].id if true_up >= 0 else 'author'} → "
                detail += p_rows[up][1].id if up >= 0 else "author"
                self.note("attributions", "wrong parent", doc_id, mine, theirs, field="parent", detail=detail)
        split, merged = self._pieces("content", aligned.pred_partner, aligned.gold_partner)
        scare = self._scare_quotes()
        for a in np.flatnonzero(aligned.pred_partner < 0).tolist():
            doc_id, mine = p_rows[a]
            if a in scare:
                self.note("attributions", "scare quote", doc_id, mine, None, spans=(mine.content or mine.cue, None))
            elif a in split:
                self.note("attributions", "split", doc_id, mine, g_rows[split[a]][1], field="content")
            else:
                self.note("attributions", "spurious", doc_id, mine, None)
        for b in np.flatnonzero(aligned.gold_partner < 0).tolist():
            doc_id, theirs = g_rows[b]
            if b in merged:
                self.note("attributions", "merged", doc_id, p_rows[merged[b]][1], theirs, field="content")
            else:
                self.note("attributions", "missed", doc_id, None, theirs)

    def _named_in_sentence(self, rows: Ints) -> list[bool]:
        """Whether the sentence of a gold attribution's cue names all its speakers."""
        who = self.both.gold_who
        cue = who.side.role_words["cue"]
        edges = who.side.geometry.sentence_word
        first = np.full(who.side.attributions.doc.size, -1, dtype=np.int64)
        first[cue.owner[::-1]] = cue.lo[::-1]
        present = set(who.present.tolist())
        out = []
        for row in rows.tolist():
            sentence = int(np.searchsorted(edges, first[row], side="right")) - 1
            speakers = who.source.value[who.source.offset[row] : who.source.offset[row + 1]].tolist()
            out.append(all(speaker * edges.size + sentence in present for speaker in speakers))
        return out

    def _labels(self, layer: str, doc_id: str, mine: Any, theirs: Any, codes: Mapping[str, tuple[str, ...]]) -> None:
        for name in codes:
            one, other = getattr(mine, name), getattr(theirs, name)
            if one != other:
                self.note(layer, "type", doc_id, mine, theirs, field=name, detail=f"{other} → {one}")

    def _pieces(self, what: str, pred_partner: Ints, gold_partner: Ints) -> tuple[dict[int, int], dict[int, int]]:
        """Unpaired predictions that are a further piece of a gold object already paired, and the reverse.

        A further piece shares words with the object, and none with the partner that the object has.
        """
        if what == "content":
            p, g = self.both.pred.role_words["content"], self.both.gold.role_words["content"]
        else:
            p, g = self.both.pred.claim_words, self.both.gold.claim_words
        across = overlaps(p, g)
        a, b = across.pred, across.gold
        further = np.flatnonzero((pred_partner[a] < 0) & (gold_partner[b] >= 0))
        further = further[~_share_words(p, a[further], gold_partner[b[further]])]
        swallowed = np.flatnonzero((gold_partner[b] < 0) & (pred_partner[a] >= 0))
        swallowed = swallowed[~_share_words(g, b[swallowed], pred_partner[a[swallowed]])]
        # Of several the first counts: a later item of a dict replaces an earlier one, so they are taken backwards.
        split = dict(zip(a[further][::-1].tolist(), b[further][::-1].tolist(), strict=True))
        merged = dict(zip(b[swallowed][::-1].tolist(), a[swallowed][::-1].tolist(), strict=True))
        return split, merged

    def _scare_quotes(self) -> set[int]:
        """Predicted quotations whose content is a passage that gold marks as scare quotes."""
        gold = self.rows("gold", "mentions")
        scare = np.array([k for k, (_, m) in enumerate(gold) if "scare_quotes" in m.framing], dtype=np.int64)
        p = self.both.pred.role_words["content"]
        g = self.both.gold.mention_words
        chosen = np.isin(g.owner, scare)
        i, j = join(p.lo, p.hi, g.lo[chosen], g.hi[chosen])
        shared_words = np.minimum(p.hi[i], g.hi[chosen][j]) - np.maximum(p.lo[i], g.lo[chosen][j])
        inside = np.bincount(p.owner[i], weights=shared_words, minlength=p.size.size)
        rows = self.rows("pred", "attributions")
        return {a for a in np.flatnonzero((p.size > 0) & (inside >= p.size)).tolist() if rows[a][1].quote != "indirect"}

    # ---- claims

    def claims(self) -> None:
        """Everything that can be wrong with a claim."""
        both = self.both
        aligned, matched = both.claims
        p_rows, g_rows = self.rows("pred", "claims"), self.rows("gold", "claims")
        chains, gold_chains = both.chains
        p_of, g_of = attribution_of_claims(both.pred), attribution_of_claims(both.gold)
        whole = set(zip(matched.pred.tolist(), matched.gold.tolist(), strict=True))
        for a, b in zip(aligned.pred.tolist(), aligned.gold.tolist(), strict=True):
            doc_id, mine = p_rows[a]
            theirs = g_rows[b][1]
            if mine.span != theirs.span:
                self.note("claims", "boundary", doc_id, mine, theirs, field="span")
            if (a, b) in whole:
                self._labels("claims", doc_id, mine, theirs, CLAIM_CODES)
                one = int(chains[p_of[a]]) if p_of[a] >= 0 else 0
                other = int(gold_chains[g_of[b]]) if g_of[b] >= 0 else 0
                if one != other:
                    self.note("claims", "wrong source", doc_id, mine, theirs, field="chain")
        split, merged = self._pieces("claims", aligned.pred_partner, aligned.gold_partner)
        for a in np.flatnonzero(aligned.pred_partner < 0).tolist():
            doc_id, mine = p_rows[a]
            theirs = g_rows[split[a]][1] if a in split else None
            self.note("claims", "split" if a in split else "spurious", doc_id, mine, theirs)
        for b in np.flatnonzero(aligned.gold_partner < 0).tolist():
            doc_id, theirs = g_rows[b]
            mine = p_rows[merged[b]][1] if b in merged else None
            self.note("claims", "merged" if b in merged else "missed", doc_id, mine, theirs)


def _share_words(sets: WordSets, first: Ints, second: Ints) -> Bools:
    """Whether two word sets of one list share a word, for pairs of their rows.

    Only these pairs are looked at: thousands of predictions in one place overlap one another in millions of pairs.

    Raises:
        TooManyPairs: if the pairs have too many fragments to be held at one time.
    """
    width = int(sets.hi.max(initial=0)) + 1
    rows = np.flatnonzero(sets.hi > sets.lo)
    rows = rows[np.lexsort((sets.lo[rows], sets.owner[rows]))]
    lo, end, owner = sets.lo[rows], sets.owner[rows] * width + sets.hi[rows], sets.owner[rows]
    begins = np.searchsorted(owner, first, side="left")
    size = np.searchsorted(owner, first, side="right") - begins
    refuse_flood(int(size.sum()), "fragments to compare")
    fragment, pair = expand(begins, size)
    # The fragments of a set are disjoint, so the first one that ends after this one begins tells.
    near = np.searchsorted(end, second[pair] * width + lo[fragment], side="right")
    out = np.zeros(first.size, dtype=np.bool_)
    there = np.flatnonzero(near < rows.size)
    there = there[owner[near[there]] == second[pair[there]]]
    until = end[fragment[there]] - owner[fragment[there]] * width
    out[pair[there[lo[near[there]] < until]]] = True
    return out


def _span(item: Object | None) -> Span | None:
    if item is None:
        return None
    return item.cue if isinstance(item, Attribution) else item.span


#: What is said of a prediction without a place.
NOWHERE = "its quote is nowhere in the text"


def find_errors(
    documents: Iterable[Document],
    gold: Iterable[Annotations],
    predictions: Iterable[Annotations],
    *,
    layers: Iterable[str] | None = None,
    unanchored: Mapping[str, Mapping[str, int]] | None = None,
) -> list[Error]:
    """All errors, in order of document and place.

    Args:
        documents: the documents.
        gold: their annotations.
        predictions: those of the system.
        layers: the layers that the predictions attempt; errors in others are not listed. By default all three.
        unanchored: by document and layer, predictions that have no place in the text: each is spurious, and stands
            before the other errors of its document.

    Raises:
        TooManyPairs: if the predictions are degenerate.

    >>> from aqwal.metrics.example import document, quote
    >>> doc = document("قالت هآرتس إن حفتر زار الأردن")
    >>> gold = Annotations("000", (Mention("m1", quote(doc, "هآرتس"), "ORG"),))
    >>> made = Annotations("000", (Mention("x", quote(doc, "هآرتس"), "PERS"), Mention("y", quote(doc, "زار"), "LOC")))
    >>> [(e.type, e.detail, e.pred_text) for e in find_errors([doc], [gold], [made])]
    [('type', 'ORG → PERS', 'هآرتس'), ('spurious', 'LOC', 'زار')]
    """
    docs = {document.id: document for document in documents}
    geometry = Geometry.of(docs.values())
    p, g = (sorted(side, key=lambda a: a.doc_id) for side in (predictions, gold))
    both = Comparison(Side.of(Columns.of(geometry, p)), Side.of(Columns.of(geometry, g)))
    finder = _Finder(docs, both, p, g)
    wanted = set(LAYERS if layers is None else layers)
    steps: dict[str, Callable[[], None]] = {
        "mentions": finder.mentions, "attributions": finder.attributions, "claims": finder.claims
    }  # fmt: skip
    finder.aside(wanted)
    for layer in LAYERS:
        if layer in wanted:
            steps[layer]()
    # Predictions without a place have nothing to tell them apart: one error stands for all of a document and layer.
    times = {
        Error(doc_id, -1, layer, "spurious", "", "", "", "", "", NOWHERE, ""): count
        for doc_id, counts in (unanchored or {}).items()
        for layer, count in counts.items()
        if layer in wanted and doc_id in docs
    }
    refuse_flood(sum(times.values()), "predictions without a place")
    found = sorted([*finder.errors, *times])
    return [error for each in found for error in [each] * times.get(each, 1)]


def count_errors(errors: Iterable[Error]) -> dict[tuple[str, str], int]:
    """Number of errors by (layer, type), in the order of tables; only what occurs."""
    counts = Counter((error.layer, error.type) for error in errors)
    return {(layer, kind): counts[layer, kind] for layer in LAYERS for kind in TYPES if counts[layer, kind]}
