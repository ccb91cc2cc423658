"""What a layer holds, counted: for `aqwal stats` and the dataset card."""

from __future__ import annotations

from collections import Counter
from typing import Any

from aqwal.model import Corpus, Document


def _ordered(counter: Counter[str]) -> dict[str, int]:
    """Commonest first, then by name."""
    return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))


def _of_document(document: Document) -> dict[str, int]:
    return {
        "paragraphs": len(document.paragraphs),
        "scored_paragraphs": sum(p.scored for p in document.paragraphs),
        "sentences": len(document.sentences),
        "scored_sentences": len(document.scored_sentences),
        "words": sum(not w.is_punctuation for w in document.words),
        "scored_words": len(document.scored_words),
        "pieces": sum(len(w.pieces) for w in document.words),
    }


def statistics(corpus: Corpus) -> dict[str, Any]:
    """Counts by document, layer and label, as plain dicts.

    ``implicit_share`` is the share of attributions whose source is only in the verb; ``chain_depth`` counts the
    attributions between author and content (1: no relay); ``shared_clusters`` maps a cluster to its documents.
    """
    documents: dict[str, dict[str, Any]] = {d.id: dict(_of_document(d)) for d in corpus.documents}
    labels: dict[str, Counter[str]] = {
        name: Counter()
        for name in (
            "type",
            "level",
            "framing",
            "quote",
            "kind",
            "stance",
            "attribution_polarity",
            "source_type",
            "chain_depth",
            "certainty",
            "claim_polarity",
            "time",
            "verifiable",
            "nesting_depth",
        )
    }
    clusters: dict[str, set[str]] = {}
    implicit = total = metonyms = inherited = discontinuous = 0
    for annotations in corpus.annotations:
        row = documents[annotations.doc_id]
        row["mentions"], row["attributions"], row["claims"] = (
            len(annotations.mentions),
            len(annotations.attributions),
            len(annotations.claims),
        )
        for m in annotations.mentions:
            labels["type"][m.type] += 1
            labels["level"][m.level] += 1
            metonyms += m.metonym
            labels["framing"].update(m.framing)
            depth = sum(o.span.contains(m.span) and o.span != m.span for o in annotations.mentions) + 1
            labels["nesting_depth"][str(depth)] += 1
        for a in annotations.attributions:
            labels["quote"][a.quote] += 1
            labels["kind"][a.kind] += 1
            labels["stance"][a.stance] += 1
            labels["attribution_polarity"][a.polarity] += 1
            labels["source_type"][a.source_type] += 1
            labels["chain_depth"][str(annotations.depth(a))] += 1
            implicit += a.implicit
            inherited += a.inherited
            discontinuous += a.content is not None and len(a.content.fragments) > 1
            total += 1
        for c in annotations.claims:
            labels["certainty"][c.certainty] += 1
            labels["claim_polarity"][c.polarity] += 1
            labels["time"][c.time] += 1
            labels["verifiable"][c.verifiable] += 1
            if c.cluster:
                clusters.setdefault(c.cluster, set()).add(annotations.doc_id)
    shared = {name: sorted(where) for name, where in sorted(clusters.items()) if len(where) > 1}
    pairs: Counter[str] = Counter()
    for where in shared.values():
        pairs.update(f"{a}+{b}" for i, a in enumerate(where) for b in where[i + 1 :])
    return {
        "documents": documents,
        "labels": {name: _ordered(counter) for name, counter in labels.items()},
        "totals": {
            "mentions": sum(len(a.mentions) for a in corpus.annotations),
            "attributions": total,
            "claims": sum(len(a.claims) for a in corpus.annotations),
            "entities": len(corpus.entities),
            "clusters": len(clusters),
            "clusters_shared": len(shared),
            "metonyms": metonyms,
            "inherited_parents": inherited,
            "discontinuous_contents": discontinuous,
        },
        "implicit_share": implicit / total if total else None,
        "shared_clusters": shared,
        "shared_clusters_by_pair": _ordered(pairs),
    }
