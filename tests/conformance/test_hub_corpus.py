"""The dataset of the corpus itself: what is published is exactly what stands in seeds/, corpus/ and annotations/."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import aqwal
from aqwal.formats.hub import build, hydrate
from aqwal.formats.hub.loading import read_release
from aqwal.formats.hub.schema import CONFIGS
from aqwal.store import format_annotations, layer_names, load_documents, read_sources
from aqwal.store.registers import read_registers

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.conformance


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("built") / "hub").folder


def test_texts_and_segmentation_are_those_of_the_repository(built: Path) -> None:
    corpus = aqwal.load(built)
    assert corpus.documents == load_documents(ROOT)
    for doc_id, source in read_sources(ROOT).items():
        assert corpus.document[doc_id].text.encode() == (ROOT / "seeds" / source.file).read_bytes()


def test_labels_come_back_as_the_same_files(built: Path) -> None:
    release = read_release(built)
    assert {layer.name for layer in release.layers} == {"gold", *layer_names(ROOT)}
    for layer in release.layers:
        folder = ROOT / "annotations" / layer.name
        assert set(layer.annotations) == {path.parent.name for path in folder.glob("*/*.tsv")}
        assert (layer.entities, layer.clusters) == read_registers(ROOT, layer.name)
        for document in release.documents:
            if document.id in layer.annotations:
                texts = format_annotations(document, layer.annotations[document.id], layer.guidelines[document.id])
                for name, text in texts.items():
                    path = folder / document.id / f"{name}.tsv"
                    # A layer that has not got this file yet comes back as an empty one.
                    if path.exists():
                        assert path.read_text(encoding="utf-8") == text


def test_every_span_of_the_flat_tables_is_its_quote(built: Path) -> None:
    texts = {document.id: document.text for document in load_documents(ROOT)}
    roles = [(role, f"{role}_text") for role in ("cue", "source", "content", "medium")]
    quotes = {
        "mentions": [("spans", "text")],
        "claims": [("spans", "text")],
        "attributions": roles,
        "claim_pairs": [("spans_1", "text_1"), ("spans_2", "text_2")],
    }
    for config, pairs in quotes.items():
        path = built / CONFIGS[config].path
        for row in pq.ParquetFile(path).read().to_pylist() if path.exists() else ():
            for spans, quote in pairs:
                text = texts[row[f"doc_id{spans[5:]}" if config == "claim_pairs" else "doc_id"]]
                found = None if row[spans] is None else " … ".join(text[start:end] for start, end in row[spans])
                assert found == row[quote], (config, row)


def test_the_corpus_can_be_passed_on_without_texts_and_restored(built: Path, tmp_path: Path) -> None:
    bare = build(ROOT, tmp_path / "bare", with_text=False).folder
    restored = hydrate(bare, ROOT / "seeds", tmp_path / "full").folder
    assert hashes(restored) == hashes(built)


def test_no_fold_shares_a_document_and_all_are_covered(built: Path) -> None:
    folds = aqwal.folds(built)
    members = [doc_id for fold in folds.values() for doc_id in fold]
    assert sorted(members) == sorted(read_sources(ROOT)) and len(members) == len(set(members))
    for fold, documents in aqwal.folds().items():
        assert folds.get(fold) == documents
