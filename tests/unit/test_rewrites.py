"""What two documents share: on the small project by hand, and the rewrite that the corpus holds."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from tests.fixtures.projects import CHECKS

from aqwal.rewrites import designations, rewrites
from aqwal.store import load_corpus

ROOT = Path(__file__).parents[2]


def test_a_claim_told_twice_with_another_name_and_relay():
    corpus = load_corpus(CHECKS / "base")
    found = rewrites(corpus, "900", "901")
    shared = {c.cluster for c in corpus.annotation["900"].claims} & {c.cluster for c in corpus.annotation["901"].claims}
    assert {item.cluster for item in found} == shared and shared
    for item in found:
        for side, doc_id in enumerate(("900", "901")):
            annotations = corpus.annotation[doc_id]
            chain = annotations.chain(annotations.attribution_of(item.claims[side]))
            assert [len(step) for step in item.chains[side]] == [len(step) for step in chain]
            assert not any(entity.startswith(f"{doc_id}/") for step in item.chains[side] for entity in step)


def test_framing_alone_is_a_change_of_designation():
    corpus = load_corpus(CHECKS / "base")
    item = rewrites(corpus, "900", "901")[0]
    annotations = corpus.annotation["901"]
    inside = [m for m in annotations.mentions if m.entity and item.claims[1].span.contains(m.span)]
    framed = dataclasses.replace(inside[0], framing=("loaded",))
    changed = dataclasses.replace(
        annotations, mentions=tuple(framed if m is inside[0] else m for m in annotations.mentions)
    )
    called = designations(corpus.document["901"], changed, item.claims[1])
    assert called[framed.entity] != designations(corpus.document["901"], annotations, item.claims[1])[framed.entity]


def test_the_rewrite_of_002_by_003_comes_out():
    found = {item.cluster: item for item in rewrites(load_corpus(ROOT), "002", "003")}
    first = found["haftar-israel-contacts-security-officials"]
    # 003 drops the outlet through which the sources spoke, and renames the officials.
    assert first.chains == (
        (("author",), ("al-araby-al-jadeed",), ("sources-1",)),
        (("author",), ("sources-1",)),
    )
    assert first.renamed["israelis"][1] == (("صهاينة", ("loaded",)),)
    # It adds a relay, and leaves the state that coordinated unnamed.
    arrival = found["israel-officers-arrival-libya"]
    assert arrival.chains[1] == (("author",), ("media-1",), ("sources-1",))
    assert "egypt" in arrival.dropped
