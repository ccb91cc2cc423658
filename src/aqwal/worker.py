"""One system's benchmark run in a process of its own: peak memory and a crash concern that system alone.

Called by :mod:`aqwal.benchmark` as ``python -m aqwal.worker``; writes predictions (JSONL) and a record of the run.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from aqwal.formats import jsonl
from aqwal.metrics.ranking import average_precision
from aqwal.model import Annotations, Corpus, Document
from aqwal.store import load_corpus, read_sources
from aqwal.systems import BadSystem, SystemSpec, load_system, read_spec, system_module


def reuse_groups(root: Path) -> dict[str, str]:
    """Reuse group of each document: texts that rewrite each other are never split between training and test."""
    return {doc_id: str(source.fields.get("reuse_group", doc_id)) for doc_id, source in read_sources(root).items()}


def training_documents(corpus: Corpus, groups: dict[str, str], held_out: str) -> list[tuple[Document, Annotations]]:
    """Labelled documents outside the held-out group, in order."""
    return [(corpus.document[a.doc_id], a) for a in corpus.annotations if groups[a.doc_id] != held_out]


def run(
    spec: SystemSpec, corpus: Corpus, groups: dict[str, str], seed: int
) -> tuple[list[Annotations], dict[str, float]]:
    """Predict every annotated document, each reuse group from the others (a zero-shot system sees no labels at all)."""
    predictions: dict[str, Annotations] = {}
    fit_seconds = predict_seconds = 0.0
    words = 0
    order = sorted(set(groups.values()))
    held = order if spec.trained else [""]
    for group in held:
        system = load_system(spec, seed)
        if spec.trained:
            start = time.perf_counter()
            system.fit(training_documents(corpus, groups, group))
            fit_seconds += time.perf_counter() - start
        for document in corpus.documents:
            if document.id not in corpus.annotation or (spec.trained and groups[document.id] != group):
                continue
            # Processor time, so that other work on the machine does not count against a system's throughput.
            start = time.process_time()
            predictions[document.id] = system.predict(document)
            predict_seconds += time.process_time() - start
            words += len(document.words)
            print(f"{spec.name}: {document.id}", file=sys.stderr, flush=True)
    record = {"fit_seconds": fit_seconds, "predict_seconds": predict_seconds, "words": float(words)}
    return [predictions[doc_id] for doc_id in sorted(predictions)], record


def run_matching(
    spec: SystemSpec, corpus: Corpus, groups: dict[str, str], seed: int
) -> tuple[list[Annotations], dict[str, float]]:
    """Cluster the gold claims with a folder that provides ``cross_match`` instead of a System.

    The claims are given; what is scored is their clusters. The folder holds each reuse group out in turn: a pair with a
    claim of that group is scored by a matcher that knew no label of the group (it may know the other document).
    """
    module = system_module(spec)
    labelled = [(corpus.document[a.doc_id], a) for a in corpus.annotations]
    start = time.perf_counter()
    clusters, scores = module.cross_match(labelled, groups, dict(spec.params), seed)
    seconds = time.perf_counter() - start
    predictions = [
        Annotations(a.doc_id, claims=tuple(replace(claim, cluster=clusters[a.doc_id, claim.id]) for claim in a.claims))
        for _, a in labelled
    ]
    gold = {(a.doc_id, claim.id): claim.cluster for a in corpus.annotations for claim in a.claims}
    pairs = sorted(scores)
    record = {
        "fit_seconds": seconds,
        "predict_seconds": 0.0,
        "words": 0.0,
        "average_precision": average_precision(
            [bool(gold[a]) and gold[a] == gold[b] for a, b in pairs], [scores[pair] for pair in pairs]
        ),
    }
    return predictions, record


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one system; exit 0, or 2 with one clear line if the system is not usable."""
    parser = argparse.ArgumentParser(prog="aqwal.worker", description=__doc__)
    parser.add_argument("system", type=Path)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--layer", default="gold")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--record", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    try:
        spec = read_spec(options.system)
        corpus, groups = load_corpus(options.root, options.layer), reuse_groups(options.root)
        matching = hasattr(system_module(spec), "cross_match")
        predictions, record = (run_matching if matching else run)(spec, corpus, groups, options.seed)
    except (BadSystem, ValueError, OSError) as error:
        # A system says what it lacks (a checkpoint, a cache, training labels) with one line of these; a bug is another.
        print(f"unusable: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    jsonl.write_predictions(options.out, predictions)
    record["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    options.record.write_text(json.dumps(record, sort_keys=True), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
