"""Annotators against each other and against gold: the scorer for spans, κ and α for fields, γ for whole layers.

One annotator scored against another with the systems' own scorer *is* inter-annotator agreement on spans (F1 is
symmetric under exchange of the two, precision and recall change places). Fields are compared on matched objects only:
Cohen's κ [1]_ and Krippendorff's nominal α [2]_, with the labels' distribution beside them, since skew deflates both.
γ [3]_ measures whole documents as units placed on a continuum, corrected for chance.

.. [1] J. Cohen (1960), A coefficient of agreement for nominal scales, Educ. Psychol. Meas. 20(1).
.. [2] K. Krippendorff (2011), Computing Krippendorff's alpha-reliability.
.. [3] Y. Mathet, A. Widlöcher, J.-P. Métivier (2015), The unified and holistic method gamma, Comput. Linguist. 41(3).
"""

from __future__ import annotations

import contextlib
import logging
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aqwal.metrics import score
from aqwal.metrics.matching import assign as best_pairs
from aqwal.model import LAYERS, Annotations, Attribution, Claim, Corpus, Document, Mention, Span

#: The measures of the span table: task, specification, heading.
SPAN_MEASURES = (
    ("entities", "entity_f1(match=exact)", "mentions exact"),
    ("entities", "entity_f1(match=boundary)", "mentions boundary"),
    ("attribution", "attribution_f1(match=soft)", "attributions soft"),
    ("attribution", "attribution_f1(match=strict)", "attributions strict"),
    ("attribution", "role_f1(role=cue,match=exact)", "cue exact"),
    ("attribution", "role_f1(role=source,match=exact)", "source exact"),
    ("attribution", "role_f1(role=content,match=exact)", "content exact"),
    ("attribution", "role_f1(role=content,match=token)", "content token"),
    ("who_said_what", "speaker_f1", "speaker"),
    ("who_said_what", "chain_f1", "chain"),
    ("claims", "claim_f1(match=soft)", "claims soft"),
    ("claims", "claim_f1(match=iou50)", "claims match"),
)


# ---------------------------------------------------------------- coefficients


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """κ = (p_o − p_e) / (1 − p_e) of paired labels, p_e from each annotator's own distribution [1]_.

    NaN without pairs, and where both use one and the same label throughout (chance agreement is then 1).

    >>> cohen_kappa([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")])
    0.5
    """
    n = len(pairs)
    if not n:
        return math.nan
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed = sum(a == b for a, b in pairs) / n
    expected = sum(left[label] * right[label] for label in left) / n**2
    return (observed - expected) / (1 - expected) if expected < 1 else math.nan


def nominal_alpha(pairs: Sequence[tuple[str, str]]) -> float:
    """Krippendorff's α for two coders, nominal data, nothing missing [2]_: 1 − (n−1)(n − Σ o_cc) / (n² − Σ n_c²), n = 2 × pairs.

    NaN without pairs or with a single label.

    >>> round(nominal_alpha([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")]), 4)
    0.5333
    """
    n = 2 * len(pairs)
    if not n:
        return math.nan
    totals = Counter(label for pair in pairs for label in pair)
    agreed = sum(2 for a, b in pairs if a == b)
    pairable = n * n - sum(count * count for count in totals.values())
    return 1 - (n - 1) * (n - agreed) / pairable if pairable else math.nan


def b_cubed(pairs: Sequence[tuple[str, str]]) -> float:
    """B³ F1 (Bagga & Baldwin 1998) of two clusterings of the same items, given as (left id, right id) per item.

    >>> b_cubed([("x", "1"), ("x", "1"), ("x", "2"), ("y", "2")])  # P = 3/4, R = 2/3
    0.7058823529411765
    """
    if not pairs:
        return math.nan
    left, right, both = Counter(a for a, _ in pairs), Counter(b for _, b in pairs), Counter(pairs)
    precision = sum(n * n / right[b] for (_, b), n in both.items()) / len(pairs)
    recall = sum(n * n / left[a] for (a, _), n in both.items()) / len(pairs)
    return 2 * precision * recall / (precision + recall)


# ---------------------------------------------------------------- matched objects


def assign(weights: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Pairs of the one-to-one alignment of greatest total weight, sorted."""
    import numpy as np

    if not weights:
        return []
    pairs = sorted(weights)
    left, right = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
    chosen = best_pairs(left, right, np.array([weights[pair] for pair in pairs]))
    return sorted(pairs[i] for i in chosen.tolist())


def _words(document: Document, span: Span | None) -> frozenset[int]:
    return frozenset(document.words_in(span, scored_only=False)) if span is not None else frozenset()


def _f1(left: frozenset[int], right: frozenset[int]) -> float:
    if not left and not right:
        return 1.0
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def match_mentions(left: Annotations, right: Annotations) -> list[tuple[Mention, Mention]]:
    """Mentions with the same span, those of the same type first; each once."""
    rest: dict[Span, list[Mention]] = defaultdict(list)
    for mention in right.mentions:
        rest[mention.span].append(mention)
    pairs: list[tuple[Mention, Mention]] = []
    later: list[Mention] = []
    for mention in left.mentions:
        same = [m for m in rest[mention.span] if m.type == mention.type and m.level == mention.level]
        if same:
            rest[mention.span].remove(same[0])
            pairs.append((mention, same[0]))
        else:
            later.append(mention)
    for mention in later:
        if rest[mention.span]:
            pairs.append((mention, rest[mention.span].pop(0)))
    return sorted(pairs, key=lambda pair: (pair[0].span, pair[0].id))


def match_attributions(
    document: Document, left: Annotations, right: Annotations
) -> list[tuple[Attribution, Attribution]]:
    """The one-to-one alignment of the attribution metric: greatest mean token F1 over cue, source and content."""
    words = [
        [{role: _words(document, a.role(role)) for role in ("cue", "source", "content")} for a in side.attributions]
        for side in (left, right)
    ]
    weights: dict[tuple[int, int], float] = {}
    for i, a in enumerate(words[0]):
        for j, b in enumerate(words[1]):
            if a["cue"] & b["cue"] or a["content"] & b["content"]:
                weights[i, j] = sum(_f1(a[role], b[role]) for role in a) / 3
    return [(left.attributions[i], right.attributions[j]) for i, j in assign(weights)]


def match_claims(document: Document, left: Annotations, right: Annotations) -> list[tuple[Claim, Claim]]:
    """Claims aligned one to one by word overlap, kept where the intersection is half of the union."""
    words = [[_words(document, claim.span) for claim in side.claims] for side in (left, right)]
    weights: dict[tuple[int, int], float] = {}
    for i, a in enumerate(words[0]):
        for j, b in enumerate(words[1]):
            if a | b and len(a & b) / len(a | b) >= 0.5:
                weights[i, j] = _f1(a, b)
    return [(left.claims[i], right.claims[j]) for i, j in assign(weights)]


#: Categorical fields compared on matched objects: layer, name, value as a label.
FIELDS: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("mentions", "type", lambda m: m.type),
    ("mentions", "level", lambda m: m.level),
    ("mentions", "metonym", lambda m: "yes" if m.metonym else "no"),
    ("mentions", "framing", lambda m: "+".join(m.framing) or "none"),
    ("attributions", "kind", lambda a: a.kind),
    ("attributions", "stance", lambda a: a.stance),
    ("attributions", "quote", lambda a: a.quote),
    ("attributions", "polarity", lambda a: a.polarity),
    ("attributions", "source_type", lambda a: a.source_type),
    ("attributions", "implicit", lambda a: "yes" if a.implicit else "no"),
    ("attributions", "has parent", lambda a: "yes" if a.parent else "no"),
    ("attributions", "inherited", lambda a: "yes" if a.inherited else "no"),
    ("attributions", "anaphoric", lambda a: "yes" if a.anaphoric else "no"),
    ("attributions", "scope", lambda a: a.scope or "certain"),
    ("claims", "polarity", lambda c: c.polarity),
    ("claims", "certainty", lambda c: c.certainty),
    ("claims", "time", lambda c: c.time),
    ("claims", "verifiable", lambda c: c.verifiable),
)


@dataclass(frozen=True)
class Disagreement:
    """One difference: where, of what kind, and what each annotator has."""

    doc_id: str
    sentence: str
    layer: str
    kind: str
    left: str
    right: str
    left_id: str = ""
    right_id: str = ""


@dataclass(frozen=True)
class Matched:
    """Matched objects of one document."""

    document: Document
    left: Annotations
    right: Annotations
    mentions: list[tuple[Mention, Mention]]
    attributions: list[tuple[Attribution, Attribution]]
    claims: list[tuple[Claim, Claim]]


def match(left: Corpus, right: Corpus) -> list[Matched]:
    """Matched objects of every document that both have."""
    return [
        Matched(document, a, b, match_mentions(a, b), match_attributions(document, a, b), match_claims(document, a, b))
        for document in left.documents
        if (a := left.annotation.get(document.id)) is not None and (b := right.annotation.get(document.id)) is not None
    ]


def _best_names(counts: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """One-to-one map of left ids to right ids by how often they meet; equal names win a tie."""
    left = sorted({a for a, _ in counts})
    right = sorted({b for _, b in counts})
    weights = {(left.index(a), right.index(b)): n + 0.5 * (a == b) for (a, b), n in counts.items()}
    return {left[i]: right[j] for i, j in assign(weights)}


def entity_alignment(matched: Iterable[Matched]) -> dict[str, str]:
    """One-to-one map of the left annotator's entity ids to the right's, by the number of matched mentions."""
    return _best_names(Counter((a.entity, b.entity) for m in matched for a, b in m.mentions if a.entity and b.entity))


def cluster_alignment(matched: Iterable[Matched]) -> dict[str, str]:
    """One-to-one map of the left annotator's cluster ids to the right's, by the number of matched claims."""
    return _best_names(Counter((a.cluster, b.cluster) for m in matched for a, b in m.claims if a.cluster and b.cluster))


def disagreements(matched: Sequence[Matched]) -> list[Disagreement]:
    """Every difference, in the order of the texts."""
    entities, clusters = entity_alignment(matched), cluster_alignment(matched)
    out: list[Disagreement] = []
    for m in matched:
        text = m.document.text

        def note(
            layer: str, kind: str, span: Span, left: str, right: str, ids: tuple[str, str], m: Matched = m
        ) -> None:
            sentence = m.document.sentence_of(span.start)
            out.append(Disagreement(m.document.id, sentence.id if sentence else "-", layer, kind, left, right, *ids))

        # mentions: what is left over is a boundary difference if it overlaps a left-over of the same type.
        paired = {id(x) for pair in m.mentions for x in pair}
        rest = [[x for x in side.mentions if id(x) not in paired] for side in (m.left, m.right)]
        used: set[int] = set()
        for a in rest[0]:
            other = next(
                (b for b in rest[1] if id(b) not in used and b.type == a.type and b.span.overlaps(a.span)), None
            )
            if other is None:
                note("mentions", "only left", a.span, f"{a.type} {a.span.quote(text)}", "", (a.id, ""))
            else:
                used.add(id(other))
                note(
                    "mentions",
                    "boundary",
                    a.span,
                    f"{a.type} {a.span.quote(text)}",
                    f"{other.type} {other.span.quote(text)}",
                    (a.id, other.id),
                )
        for b in rest[1]:
            if id(b) not in used:
                note("mentions", "only right", b.span, "", f"{b.type} {b.span.quote(text)}", ("", b.id))
        for a, b in m.mentions:
            if a.entity and b.entity and entities.get(a.entity) != b.entity:
                quote = a.span.quote(text)
                note("mentions", "entity", a.span, f"{quote} = {a.entity}", f"{quote} = {b.entity}", (a.id, b.id))

        # attributions
        kept = {id(x) for pair in m.attributions for x in pair}
        for x in m.left.attributions:
            if id(x) not in kept:
                note("attributions", "only left", x.cue, _shown(x, text), "", (x.id, ""))
        for y in m.right.attributions:
            if id(y) not in kept:
                note("attributions", "only right", y.cue, "", _shown(y, text), ("", y.id))
        parents = {x.id: y.id for x, y in m.attributions}
        for x, y in m.attributions:
            for role in ("cue", "source", "content", "medium"):
                p, q = x.role(role), y.role(role)
                if p != q:
                    note(
                        "attributions",
                        role,
                        x.cue,
                        f"{x.cue.quote(text)}: {p.quote(text) if p else '-'}",
                        f"{y.cue.quote(text)}: {q.quote(text) if q else '-'}",
                        (x.id, y.id),
                    )
            if {entities.get(e, e) for e in x.source_entity} != set(y.source_entity):
                note(
                    "attributions",
                    "source entity",
                    x.cue,
                    f"{x.cue.quote(text)}: {','.join(x.source_entity) or '-'}",
                    f"{y.cue.quote(text)}: {','.join(y.source_entity) or '-'}",
                    (x.id, y.id),
                )
            if x.parent and y.parent and parents.get(x.parent) != y.parent:
                note(
                    "attributions",
                    "parent",
                    x.cue,
                    f"{x.cue.quote(text)}: {x.parent}",
                    f"{y.cue.quote(text)}: {y.parent}",
                    (x.id, y.id),
                )

        # claims
        kept = {id(x) for pair in m.claims for x in pair}
        for c in m.left.claims:
            if id(c) not in kept:
                note("claims", "only left", c.span, c.span.quote(text), "", (c.id, ""))
        for d in m.right.claims:
            if id(d) not in kept:
                note("claims", "only right", d.span, "", d.span.quote(text), ("", d.id))
        for c, d in m.claims:
            if c.span != d.span:
                note("claims", "boundary", c.span, c.span.quote(text), d.span.quote(text), (c.id, d.id))
            if clusters.get(c.cluster) != d.cluster:
                note("claims", "cluster", c.span, f"{c.gloss} = {c.cluster}", f"{d.gloss} = {d.cluster}", (c.id, d.id))

        # fields of matched objects
        for layer, name, value in FIELDS:
            for first, second in getattr(m, layer):
                p_value, q_value = value(first), value(second)
                if p_value != q_value:
                    span = getattr(first, "span", None) or first.cue
                    note(
                        layer,
                        f"field {name}",
                        span,
                        f"{span.quote(text)}: {p_value}",
                        f"{span.quote(text)}: {q_value}",
                        (first.id, second.id),
                    )
    return out


def _shown(a: Attribution, text: str) -> str:
    parts = [
        f"{role}: {span.quote(text)}" for role in ("source", "cue", "content") if (span := a.role(role)) is not None
    ]
    return " | ".join(parts)


# ---------------------------------------------------------------- gamma


def gamma(matched: Matched, layer: str, *, seed: int = 0) -> float:
    """γ of one layer of one document; units are word positions, categories the type or kind.

    Needs the extra `annotate` (pygamma-agreement). Overlapping units are fine. NaN where an annotator has no unit.
    The chance correction samples; ``seed`` fixes it.
    """
    import random

    import numpy as np
    from pyannote.core import Segment  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from pygamma_agreement import CombinedCategoricalDissimilarity, Continuum  # type: ignore[import-not-found,import-untyped,unused-ignore]

    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the library draws from the global generator
    continuum = Continuum()
    for name, side in (("left", matched.left), ("right", matched.right)):
        units = 0
        for span, label in _units(side, layer):
            positions = matched.document.words_in(span, scored_only=False)
            if positions:
                continuum.add(name, Segment(float(positions[0]), float(positions[-1] + 1)), label)
                units += 1
        if not units:
            return math.nan
    dissimilarity = CombinedCategoricalDissimilarity(alpha=1, beta=1)
    with _silenced():
        result = continuum.compute_gamma(dissimilarity, n_samples=30, precision_level=None)
    return float(result.gamma)


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Keep the solver's remarks (a log line a call, progress on the process's own stdout) out of a report."""
    import os
    import sys

    sys.stdout.flush()
    previous = logging.root.manager.disable
    logging.disable(logging.WARNING)
    kept = os.dup(1)
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(sink)
        logging.disable(previous)


def _units(side: Annotations, layer: str) -> list[tuple[Span, str]]:
    if layer == "mentions":
        return [(m.span, m.type) for m in side.mentions]
    if layer == "attributions":
        return [(a.content, a.kind) for a in side.attributions if a.content is not None]
    return [(c.span, c.certainty) for c in side.claims]


# ---------------------------------------------------------------- the comparison


def compare(
    left: Corpus, right: Corpus, *, with_gamma: bool = True, say: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Everything about two layers, as plain values (NaN where undefined).

    ``spans``: scores by document and ``all``; ``fields``: κ, α, observed agreement, matched objects and both
    distributions; ``clusters``: B³ of entities (over matched mentions) and of claim clusters (over matched claims);
    ``gamma`` by document and layer; ``disagreements``.
    """
    matched = match(left, right)
    ids = [m.document.id for m in matched]
    spans: dict[str, dict[str, float]] = {}
    for name, chosen in [*((m.document.id, [m]) for m in matched), ("all", matched)]:
        scores = score([m.document for m in chosen], [m.left for m in chosen], [m.right for m in chosen])
        spans[name] = {}
        for task, specification, heading in SPAN_MEASURES:
            measures: Mapping[str, Any] = scores.tasks[task].measures if task in scores.tasks else {}
            spans[name][heading] = measures[specification].value if specification in measures else math.nan
    fields: list[dict[str, Any]] = []
    for layer, name, value in FIELDS:
        pairs = [(value(a), value(b)) for m in matched for a, b in getattr(m, layer)]
        fields.append(
            {
                "layer": layer,
                "field": name,
                "matched": len(pairs),
                "observed": sum(a == b for a, b in pairs) / len(pairs) if pairs else math.nan,
                "kappa": cohen_kappa(pairs),
                "alpha": nominal_alpha(pairs),
                "left": dict(sorted(Counter(a for a, _ in pairs).items())),
                "right": dict(sorted(Counter(b for _, b in pairs).items())),
            }
        )
    entity_pairs = [(a.entity, b.entity) for m in matched for a, b in m.mentions if a.entity and b.entity]
    cluster_pairs = [(a.cluster, b.cluster) for m in matched for a, b in m.claims if a.cluster and b.cluster]
    gammas: dict[str, dict[str, float]] = {}
    if with_gamma:
        for m in matched:
            for layer in LAYERS:
                if say:
                    say(f"gamma of {layer} in {m.document.id}")
                gammas.setdefault(m.document.id, {})[layer] = gamma(m, layer)
    return {
        "documents": ids,
        "counts": {
            m.document.id: {
                layer: [len(getattr(m.left, layer)), len(getattr(m.right, layer)), len(getattr(m, layer))]
                for layer in LAYERS
            }
            for m in matched
        },
        "spans": spans,
        "fields": fields,
        "clusters": {
            "entities": {"items": len(entity_pairs), "b_cubed_f1": b_cubed(entity_pairs)},
            "claim clusters": {"items": len(cluster_pairs), "b_cubed_f1": b_cubed(cluster_pairs)},
        },
        "gamma": gammas,
        "disagreements": disagreements(matched),
    }
