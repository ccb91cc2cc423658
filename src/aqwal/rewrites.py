"""The same claim in two documents: whose word it stands on in each, and what its participants are called."""

from __future__ import annotations

from dataclasses import dataclass

from aqwal.model import Annotations, Claim, Corpus, Document, Step

#: What a document calls an entity within a claim: the words, and the framing if there is any.
Designation = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Rewrite:
    """A claim cluster told in two documents.

    ``chains`` are both documents' chains of speakers. ``renamed`` maps an entity to its designations on both sides where
    they differ in words or framing; ``dropped`` and ``added`` are the entities named on one side only.
    """

    cluster: str
    claims: tuple[Claim, Claim]
    chains: tuple[tuple[Step, ...], tuple[Step, ...]]
    renamed: dict[str, tuple[tuple[Designation, ...], tuple[Designation, ...]]]
    dropped: tuple[str, ...]
    added: tuple[str, ...]


def designations(document: Document, annotations: Annotations, claim: Claim) -> dict[str, tuple[Designation, ...]]:
    """Entities named inside a claim, each with its designations there, sorted."""
    found: dict[str, set[Designation]] = {}
    for mention in annotations.mentions:
        if mention.entity and claim.span.contains(mention.span):
            found.setdefault(mention.entity, set()).add((mention.span.quote(document.text), mention.framing))
    return {entity: tuple(sorted(names)) for entity, names in sorted(found.items())}


def rewrites(corpus: Corpus, first: str, second: str) -> list[Rewrite]:
    """Every pair of claims of one cluster in two documents, by cluster and place.

    Local ids (`002/sources-1`) differ by document and are compared without it.
    """
    sides = [(corpus.document[doc_id], corpus.annotation[doc_id]) for doc_id in (first, second)]

    def general(doc_id: str, entity: str) -> str:
        return entity.removeprefix(f"{doc_id}/")

    made: list[Rewrite] = []
    shared = {c.cluster for c in sides[0][1].claims if c.cluster} & {c.cluster for c in sides[1][1].claims}
    for cluster in sorted(shared):
        for a in (c for c in sides[0][1].claims if c.cluster == cluster):
            for b in (c for c in sides[1][1].claims if c.cluster == cluster):
                names = [
                    {general(d.id, entity): called for entity, called in designations(d, x, claim).items()}
                    for (d, x), claim in zip(sides, (a, b), strict=True)
                ]
                chains = [
                    tuple(tuple(general(d.id, e) for e in step) for step in x.chain(x.attribution_of(claim)))
                    for (d, x), claim in zip(sides, (a, b), strict=True)
                ]
                both = names[0].keys() & names[1].keys()
                made.append(
                    Rewrite(
                        cluster,
                        (a, b),
                        (chains[0], chains[1]),
                        {e: (names[0][e], names[1][e]) for e in sorted(both) if names[0][e] != names[1][e]},
                        tuple(sorted(names[0].keys() - both)),
                        tuple(sorted(names[1].keys() - both)),
                    )
                )
    return made
