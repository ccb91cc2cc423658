"""What a score was computed on, as one hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from aqwal.formats.jsonl import to_record
from aqwal.model import LAYERS, Corpus


def corpus_hash(corpus: Corpus) -> str:
    """sha256 over texts, segmentation and gold labels of the annotated documents: scores of different ones never mix.

    Independent of the order of labels, not of their ids; a document without gold is not part of what is scored.
    """
    digest = hashlib.sha256()
    for document in sorted(corpus.documents, key=lambda d: d.id):
        if document.id not in corpus.annotation:
            continue
        segmentation = [
            [
                p.id,
                p.zone,
                p.repeats,
                [[s.id, s.start, s.end, [[w.start, w.end] for w in s.words]] for s in p.sentences],
            ]
            for p in document.paragraphs
        ]
        record: dict[str, Any] = to_record(corpus.annotation[document.id])
        for layer in LAYERS:
            record[layer] = sorted(record[layer], key=lambda item: str(item["id"]))
        whole = [document.id, document.text, segmentation, record]
        digest.update(json.dumps(whole, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    return digest.hexdigest()
