"""Pairs of claims of two documents, for claim matching as classification or retrieval."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from aqwal.model import Annotations, Claim, Cluster

#: Seeds the draw of negatives, so that every build has the same ones.
SEED = 20201001


@dataclass(frozen=True)
class Pair:
    """Two claims of two documents, the entities mentioned inside both, and what they are to each other."""

    first: tuple[str, Claim]
    second: tuple[str, Claim]
    participants: tuple[str, ...]
    label: str
    direction: str
    selection: str


def participants(annotations: Annotations, claim: Claim) -> frozenset[str]:
    """The entities mentioned inside a claim's span: what the claim is about, as far as its own words tell."""
    return frozenset(
        entity
        for mention in annotations.mentions
        if mention.entity and claim.span.contains(mention.span)
        for entity in mention.entity.split(",")
    )


def relation(first: Claim, second: Claim, clusters: Mapping[str, Cluster]) -> tuple[str, str]:
    """Label and direction of a pair, from the clusters and their direct links alone.

    ``same`` does not depend on polarity or certainty: a report and its denial are the same event.
    """
    if not first.cluster or not second.cluster:
        return "different", "none"
    if first.cluster == second.cluster:
        return "same", "none"
    one, two = clusters.get(first.cluster), clusters.get(second.cluster)
    if one and second.cluster in one.specifies:
        return "specifies", "first_narrower"
    if two and first.cluster in two.specifies:
        return "specifies", "second_narrower"
    if (one and second.cluster in one.contradicts) or (two and first.cluster in two.contradicts):
        return "contradicts", "none"
    return "different", "none"


def claim_pairs(
    annotations: Mapping[str, Annotations], clusters: Mapping[str, Cluster], seed: int = SEED
) -> list[Pair]:
    """The pairs of the ``claim_pairs`` table, sorted by document and position.

    The **block** holds every pair of claims of two documents with (1) the same ``time`` and (2) a shared
    participant, that is, an entity mentioned inside the spans of both. Added to it are every pair outside the block
    that is the same, specifying or contradicting, so that no positive is lost to a pronoun, and as many of the
    remaining pairs, drawn without replacement from a generator seeded with ``seed``, as there are positives.
    """
    involved = {(d, c.id): participants(a, c) for d, a in annotations.items() for c in a.claims}

    def candidates() -> Iterator[Pair]:
        for left, right in combinations(sorted(annotations), 2):
            for first in annotations[left].claims:
                for second in annotations[right].claims:
                    shared = involved[left, first.id] & involved[right, second.id]
                    label, direction = relation(first, second, clusters)
                    selection = (
                        "block"
                        if shared and first.time == second.time
                        else "linked"
                        if label != "different"
                        else "sampled"
                    )
                    yield Pair((left, first), (right, second), tuple(sorted(shared)), label, direction, selection)

    everything = list(candidates())
    chosen = [pair for pair in everything if pair.selection != "sampled"]
    rest = [pair for pair in everything if pair.selection == "sampled"]
    positives = sum(1 for pair in chosen if pair.label != "different")
    chosen += random.Random(seed).sample(rest, min(positives, len(rest)))
    return sorted(
        chosen,
        key=lambda p: (p.first[0], p.first[1].span, p.first[1].id, p.second[0], p.second[1].span, p.second[1].id),
    )
