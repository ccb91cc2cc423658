"""Task ``attribution``: the relation of cue, source and content.

*Soft F1.* Similarity of a prediction p and a gold attribution g: the mean over cue, source and content of the token-F1
of their word sets, where a role absent on both sides counts 1 and one absent on one side counts 0; and 0 unless the
cues or the contents share a word. Predictions and gold are aligned one to one by maximum total similarity;
P = Σ sim / |predictions|, R = Σ sim / |gold|. This is CEAF-φ4 (Luo 2005) with a soft similarity.

The cue is right (1); of the source ``صحيفة هآرتس`` one of two words is found, 2·1/(2+1) = 2/3; of the five words of the
content four, 2·4/(5+4) = 8/9. The mean is 23/27:

>>> from aqwal.metrics import score
>>> from aqwal.metrics.example import document, quote
>>> from aqwal.model import Annotations, Attribution
>>> doc = document("قالت صحيفة هآرتس إن القائد حفتر زار الأردن سرا")
>>> whole = quote(doc, "القائد حفتر زار الأردن سرا")
>>> gold = Attribution("1", quote(doc, "قالت"), whole, quote(doc, "صحيفة هآرتس"))
>>> made = Attribution("x", quote(doc, "قالت"), quote(doc, "القائد حفتر زار الأردن"), quote(doc, "هآرتس"))
>>> sides = [[Annotations("000", attributions=(each,))] for each in (gold, made)]
>>> scores = score([doc], *sides, ["attribution"])["attribution"]
>>> round(scores.f1 * 27, 9), scores.measures["attribution_f1(match=strict)"].value
(23.0, 0.0)

The breakdowns. In gold the newspaper relays (1) what the commander confirmed (2) and added (3), the latter with its
subject in the verb. The system finds all three, but calls (2) a direct quotation and relayed by nobody, and does not
know who speaks in (3). One of two links is found, 2·1/(1+2) = 2/3; two of three labels and of three speakers are right;
the one implicit subject is seen (1 of 1) and not resolved (0 of 1); the two source spans are right:

>>> doc = document("قالت هآرتس إن حفتر أكد أنه عاد وأضاف أنه سيرحل")
>>> from dataclasses import replace
>>> from aqwal.model import Mention
>>> names = (Mention("1", quote(doc, "هآرتس"), "ORG", entity="h"), Mention("2", quote(doc, "حفتر"), "PERS", entity="c"))
>>> outer, cues = quote(doc, "حفتر أكد أنه عاد وأضاف أنه سيرحل"), [quote(doc, w) for w in ("قالت", "أكد", "أضاف")]
>>> first = Attribution("1", cues[0], outer, names[0].span, source_entity=("h",))
>>> second = Attribution("2", cues[1], quote(doc, "أنه عاد"), names[1].span, source_entity=("c",), parent="1")
>>> third = Attribution("3", cues[2], quote(doc, "أنه سيرحل"), implicit=True, source_entity=("c",), parent="1")
>>> made = (first, replace(second, quote="direct", parent=""), replace(third, source_entity=()))
>>> sides = [[Annotations("000", names, acts)] for acts in ((first, second, third), made)]
>>> measures = score([doc], *sides, ["attribution"])["attribution"].measures
>>> for name in ("parent_f1", "attribute_accuracy(attribute=quote)", "source_accuracy", "implicit_recall",
...              "implicit_resolved", "role_f1(role=source,match=exact)"):
...     print(name, round(measures[name].value, 3))
parent_f1 0.667
attribute_accuracy(attribute=quote) 0.667
source_accuracy 0.667
implicit_recall 1.0
implicit_resolved 0.0
role_f1(role=source,match=exact) 1.0
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aqwal.columns import ATTRIBUTION_CODES, Bools, Ints
from aqwal.metrics.counts import PRF, Floats, Measure, Ratio, sum_by_block
from aqwal.metrics.intervals import distinct
from aqwal.metrics.keys import Parts, keys_of, shared, span_parts
from aqwal.metrics.matching import assign
from aqwal.metrics.overlaps import overlaps, token_f1
from aqwal.metrics.sides import CORE_ROLES, Side, prf
from aqwal.metrics.speakers import Speakers, same_steps
from aqwal.model import ROLES

#: A tie between alignments of equal similarity is broken by the number of equal labels, then of equal objects.
_TIE = 1e-12


@dataclass(frozen=True, eq=False)
class Alignment:
    """Pairs of a one-to-one alignment with their similarity; ``*_partner`` is −1 for an object without one."""

    pred: Ints
    gold: Ints
    similarity: Floats
    pred_partner: Ints
    gold_partner: Ints

    @classmethod
    def of(cls, pred: Ints, gold: Ints, similarity: Floats, n_pred: int, n_gold: int) -> Alignment:
        """From the pairs."""
        pred_partner = np.full(n_pred, -1, dtype=np.int64)
        gold_partner = np.full(n_gold, -1, dtype=np.int64)
        pred_partner[pred] = gold
        gold_partner[gold] = pred
        return cls(pred, gold, similarity, pred_partner, gold_partner)

    def keep(self, which: Bools) -> Alignment:
        """Only some of the pairs."""
        return Alignment.of(
            self.pred[which], self.gold[which], self.similarity[which], self.pred_partner.size, self.gold_partner.size
        )


def align_attributions(pred: Side, gold: Side) -> Alignment:
    """The one-to-one alignment of maximum total similarity."""
    by_role = {role: overlaps(pred.role_words[role], gold.role_words[role]) for role in CORE_ROLES}
    key = distinct(np.concatenate([by_role["cue"].key, by_role["content"].key]))
    n_gold = by_role["cue"].n_gold
    i, j = key // n_gold, key % n_gold
    similarity = np.zeros(key.size)
    for role in CORE_ROLES:
        p_size, g_size = pred.role_words[role].size[i], gold.role_words[role].size[j]
        # A span without any word (a lone quotation mark) is present all the same.
        alike = pred.attributions.roles[role].given[i] == gold.attributions.roles[role].given[j]
        similarity += alike * token_f1(by_role[role].at(key), p_size, g_size)
    similarity /= len(CORE_ROLES)
    agree = (pred.attribution_codes[i] == gold.attribution_codes[j]).astype(np.float64)
    for name in ATTRIBUTION_CODES:
        agree += pred.attributions.codes[name][i] == gold.attributions.codes[name][j]
    pairs = assign(i, j, similarity + _TIE * agree)
    return Alignment.of(i[pairs], j[pairs], similarity[pairs], pred.attributions.doc.size, gold.attributions.doc.size)


def attribution_measures(
    pred: Side,
    gold: Side,
    who: Speakers,
    gold_who: Speakers,
    same: Ints,
    aligned: Alignment,
    *,
    breakdowns: bool = True,
) -> Iterator[tuple[str, Measure]]:
    """All measures of the task, the primary one first."""
    geometry = gold.geometry
    n = geometry.n_blocks
    p, g = pred.attributions, gold.attributions
    p_block, g_block = pred.attribution_block, gold.attribution_block
    p_sim, g_sim = np.zeros(p.doc.size), np.zeros(g.doc.size)
    p_sim[aligned.pred] = aligned.similarity
    g_sim[aligned.gold] = aligned.similarity
    yield "attribution_f1(match=soft)", prf(geometry, p_block, g_block, p_sim, g_sim)

    parts = {role: span_parts(p.roles[role], g.roles[role]) for role in ROLES}
    triple: tuple[Parts, Parts] = ([], [])
    for role in CORE_ROLES:
        triple[0].extend(parts[role][0])
        triple[1].extend(parts[role][1])
    exact = shared(*keys_of(*triple))
    yield "attribution_f1(match=strict)", prf(geometry, p_block, g_block, exact.in_pred, exact.in_gold)

    def end_to_end(right: Bools, among: Bools | None = None) -> Ratio:
        """Share of gold (or of some gold) whose partner is right; ``right`` is by pair."""
        hits = np.zeros(g.doc.size)
        hits[aligned.gold] = right
        if among is None:
            return Ratio(sum_by_block(g_block, n, hits), sum_by_block(g_block, n))
        return Ratio(sum_by_block(g_block[among], n, hits[among]), sum_by_block(g_block[among], n))

    if not breakdowns:
        return
    for role in ROLES:
        p_rows, g_rows = np.flatnonzero(p.roles[role].given), np.flatnonzero(g.roles[role].given)
        p_key, g_key = keys_of(*parts[role])
        spans = shared(p_key[p_rows], g_key[g_rows])
        yield (
            f"role_f1(role={role},match=exact)",
            prf(geometry, p_block[p_rows], g_block[g_rows], spans.in_pred, spans.in_gold),
        )
        words = overlaps(pred.role_words[role], gold.role_words[role])
        common = words.at(aligned.pred * words.n_gold + aligned.gold)
        yield (
            f"role_f1(role={role},match=token)",
            PRF(
                sum_by_block(p_block[aligned.pred], n, common),
                sum_by_block(p_block, n, pred.role_words[role].size),
                sum_by_block(g_block[aligned.gold], n, common),
                sum_by_block(g_block, n, gold.role_words[role].size),
            ),
        )
    resolved = same_steps(who.source, aligned.pred, gold_who.source, aligned.gold, same)
    has_source = gold_who.source.size > 0
    yield "source_accuracy", end_to_end(resolved, has_source)
    silent = g.implicit
    yield "implicit_recall", end_to_end(p.implicit[aligned.pred], silent)
    yield "implicit_resolved", end_to_end(resolved, silent & has_source)
    for name, vocabulary in ATTRIBUTION_CODES.items():
        p_code, g_code = p.codes[name], g.codes[name]
        yield f"attribute_accuracy(attribute={name})", end_to_end(p_code[aligned.pred] == g_code[aligned.gold])
        if name in ("quote", "kind", "source_type"):
            # A matched prediction belongs to its gold partner's slice, an unmatched one to that of its own label.
            slot = np.where(aligned.pred_partner >= 0, g_code[aligned.pred_partner], p_code) if g_code.size else p_code
            for code, label in enumerate(vocabulary):
                p_rows, g_rows = np.flatnonzero(slot == code), np.flatnonzero(g_code == code)
                if p_rows.size or g_rows.size:
                    yield (
                        f"attribution_f1(match=soft,{name}={label})",
                        prf(geometry, p_block[p_rows], g_block[g_rows], p_sim[p_rows], g_sim[g_rows]),
                    )
    yield "parent_f1", _parent_edges(pred, gold, aligned)


def _parent_edges(pred: Side, gold: Side, aligned: Alignment) -> PRF:
    """F1 over child → parent edges; right where both ends are aligned with both ends of a gold edge."""
    p_up, g_up = pred.attributions.parent, gold.attributions.parent
    p_rows, g_rows = np.flatnonzero(p_up >= 0), np.flatnonzero(g_up >= 0)

    def right(rows: Ints, up: Ints, other_up: Ints, partner: Ints) -> Bools:
        child, parent = partner[rows], partner[up[rows]]
        found = (child >= 0) & (parent >= 0)
        out = np.zeros(rows.size, dtype=np.bool_)
        out[found] = other_up[child[found]] == parent[found]
        return out

    return prf(
        gold.geometry,
        pred.attribution_block[p_rows],
        gold.attribution_block[g_rows],
        right(p_rows, p_up, g_up, aligned.pred_partner),
        right(g_rows, g_up, p_up, aligned.gold_partner),
    )
