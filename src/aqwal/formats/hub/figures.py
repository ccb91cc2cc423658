"""The measured figures of the card: counts, distributions, and one rendered example."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from aqwal.formats.hub.release import Release
from aqwal.formats.hub.tables import Row
from aqwal.formats.hub.vocabularies import names

#: Fields whose label distribution the card shows: table → (column, vocabulary).
DISTRIBUTIONS = {
    "mentions": (("type", "entity_type"), ("level", "level")),
    "attributions": (
        ("quote", "quote"),
        ("kind", "kind"),
        ("stance", "stance"),
        ("polarity", "attribution_polarity"),
        ("source_type", "source_type"),
    ),
    "claims": (
        ("certainty", "certainty"),
        ("polarity", "claim_polarity"),
        ("time", "time"),
        ("verifiable", "verifiable"),
    ),
}
#: Length in code points of a sentence that fits the card.
EXAMPLE_LENGTH = (40, 260)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" ({100 * part / whole:.0f} %)" if whole else "")


def document_figures(release: Release) -> list[Row]:
    """One row per document: what it is and how much of it there is."""
    rows: list[Row] = []
    for document in release.documents:
        annotations = release.gold.annotations.get(document.id)
        source = release.sources[document.id]
        bounds = [source["published_from"], source["published_to"]]
        if not any(bounds):
            bounds = [source["published_inferred_from"], source["published_inferred_to"]]
            inferred = any(bounds)
        else:
            inferred = False
        dates = " – ".join(bound or "…" for bound in bounds) if any(bounds) else "unknown"
        rows.append(
            {
                "id": document.id,
                "fold": release.folds[document.id],
                "genre": source["genre"] or "unknown",
                "variety": source["language_variety"] or "ar",
                "published": dates + (" (inferred)" if inferred else ""),
                "sentences": len(document.scored_sentences),
                "words": len(document.scored_words),
                "mentions": len(annotations.mentions) if annotations else None,
                "attributions": len(annotations.attributions) if annotations else None,
                "claims": len(annotations.claims) if annotations else None,
            }
        )
    return rows


def distributions(rows: Mapping[str, list[Row]]) -> list[Row]:
    """Label counts of the main fields, commonest first."""
    out: list[Row] = []
    for table, fields in DISTRIBUTIONS.items():
        for column, vocabulary in fields:
            counts = Counter(row[column] for row in rows[table])
            labels = names(vocabulary)
            ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            shown = ", ".join(f"{labels[value]} {count}" for value, count in ordered)
            out.append({"field": f"{table}.{column}", "counts": shown or "none"})
    return out


def summary(release: Release, rows: Mapping[str, list[Row]]) -> Row:
    """Totals and the shares that characterise the corpus."""
    attributions, claims = rows["attributions"], rows["claims"]
    shared: dict[str, set[str]] = {}
    for claim in claims:
        if claim["cluster"]:
            shared.setdefault(claim["cluster"], set()).add(claim["doc_id"])
    named = [row for row in rows["mentions"] if row["depth"]]
    return {
        "documents": len(release.documents),
        "annotated": len(release.gold.annotations),
        "folds": len(set(release.folds.values())),
        "scored_words": sum(len(document.scored_words) for document in release.documents),
        "scored_sentences": sum(len(document.scored_sentences) for document in release.documents),
        "mentions": len(rows["mentions"]),
        "attributions": len(attributions),
        "claims": len(claims),
        "pairs": len(rows["claim_pairs"]),
        "entities": sum(1 for row in rows["entity_register"] if row["layer"] == release.gold.name),
        "clusters": len(shared),
        "shared_clusters": sum(1 for documents in shared.values() if len(documents) > 1),
        "annotators": [layer.name for layer in release.passes],
        "implicit": _share(sum(1 for row in attributions if row["implicit"]), len(attributions)),
        "relayed": _share(sum(1 for row in attributions if row["depth"] > 1), len(attributions)),
        "deepest": max((row["depth"] for row in attributions), default=0),
        "nested": _share(sum(1 for row in named if row["depth"] > 1), len(named)),
        "varieties": sorted({source["language_variety"] for source in release.sources.values()} - {""}) or ["ar"],
        "guidelines": sorted(set(release.gold.guidelines.values())),
        "coverage": [release.sources[document.id]["genre"] or "unknown" for document in release.documents],
    }


def example(rows: Mapping[str, list[Row]]) -> Row | None:
    """One attribution with the claims that it tells: a sentence that fits the card, then the deepest chain."""
    low, high = EXAMPLE_LENGTH

    def rank(row: Row) -> tuple[Any, ...]:
        length = len(row["sentence_text"])
        inside = _one_sentence(row)
        return (
            not inside,
            not low <= length <= high,
            row["source"] is None,
            -row["depth"],
            length,
            row["doc_id"],
            row["id"],
        )

    usable = [row for row in rows["attributions"] if row["content"] is not None]
    if not usable:
        return None
    chosen = min(usable, key=rank)
    told = [row for row in rows["claims"] if row["doc_id"] == chosen["doc_id"] and row["attribution"] == chosen["id"]]
    return {"attribution": chosen, "claims": told}


def _one_sentence(row: Row) -> bool:
    start, end = row["sentence_start"], row["sentence_start"] + len(row["sentence_text"])
    spans: Iterable[list[int]] = [span for role in ("cue", "source", "content", "medium") for span in row[role] or ()]
    return all(start <= span[0] and span[1] <= end for span in spans)
