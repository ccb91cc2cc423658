"""aqwal.load and aqwal.folds: typed documents back from what was built, or one clear message."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fixtures.hub_project import CLUSTERS, DOCUMENTS, ENTITIES, write_project

import aqwal
from aqwal.formats.hub import HubError, build
from aqwal.formats.hub.loading import read_release
from aqwal.store import format_annotations, load_corpus
from aqwal.store.registers import format_clusters, format_entities

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def built(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(project, tmp_path_factory.mktemp("built") / "hub").folder


def test_loading_gives_what_the_project_holds(project: Path, built: Path) -> None:
    for layer in ("gold", "annotator-a", "annotator-b"):
        assert aqwal.load(built, layer=layer) == load_corpus(project, layer)
    corpus = aqwal.load(str(built))
    assert corpus.documents == tuple(DOCUMENTS.values())
    assert corpus.entities == ENTITIES and corpus.clusters == CLUSTERS
    assert "004" not in corpus.annotation


@pytest.mark.parametrize("layer", ["gold", "annotator-a", "annotator-b"])
def test_dataset_to_load_to_tsv_is_the_label_files(project: Path, built: Path, layer: str) -> None:
    found = next(one for one in read_release(built).layers if one.name == layer)
    for doc_id, annotations in found.annotations.items():
        for name, text in format_annotations(DOCUMENTS[doc_id], annotations, found.guidelines[doc_id]).items():
            assert (project / "annotations" / layer / doc_id / f"{name}.tsv").read_text(encoding="utf-8") == text
    if layer == "gold":
        assert format_entities(found.entities) == (project / "annotations" / "entities.tsv").read_text(encoding="utf-8")
        where: dict[str, set[str]] = {}
        for doc_id, annotations in found.annotations.items():
            for claim in annotations.claims:
                where.setdefault(claim.cluster, set()).add(doc_id)
        assert format_clusters(found.clusters, where) == (project / "annotations" / "clusters.tsv").read_text(
            encoding="utf-8"
        )


def test_folds_of_the_corpus_and_of_a_dataset(built: Path) -> None:
    assert aqwal.folds() == {"000": ("000",), "001": ("001",), "002+003": ("002", "003"), "004": ("004",)}
    assert aqwal.folds(built) == {"000": ("000",), "002+003": ("002", "003"), "004": ("004",)}


def test_importing_aqwal_imports_nothing_heavy() -> None:
    code = (
        "import sys, aqwal; aqwal.folds(); from aqwal.formats import hub\n"
        "heavy = {'datasets', 'pyarrow', 'huggingface_hub', 'mlcroissant', 'jinja2', 'numpy', 'torch'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(ROOT / "src")})


def test_loading_needs_neither_datasets_nor_the_sources(built: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(built, copy)
    code = (
        "import sys, aqwal\n"
        f"assert len(aqwal.load({str(copy)!r}).documents) == 4\n"
        "assert not {'datasets', 'mlcroissant', 'torch', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env={"PYTHONPATH": str(ROOT / "src")})


def test_an_unknown_attribute_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'laod'"):
        _ = aqwal.laod  # type: ignore[attr-defined]


def test_a_text_free_dataset_says_how_to_restore_it(project: Path, tmp_path: Path) -> None:
    bare = build(project, tmp_path / "hub", with_text=False).folder
    with pytest.raises(HubError, match="aqwal hydrate DIR --seeds SEEDS"):
        aqwal.load(bare)
    assert aqwal.folds(bare)["002+003"] == ("002", "003")


def test_wrong_places_are_explained(project: Path, built: Path, tmp_path: Path) -> None:
    with pytest.raises(HubError, match="this is the project, not a built dataset"):
        aqwal.load(project)
    with pytest.raises(HubError, match="so this is no built dataset"):
        aqwal.load(tmp_path)
    with pytest.raises(HubError, match="no such folder"):
        aqwal.load(tmp_path / "nowhere")
    with pytest.raises(HubError, match="use one of: gold, annotator-a, annotator-b"):
        aqwal.load(built, layer="annotator-c")


@pytest.mark.parametrize(
    "damage", ["truncated", "empty", "missing", "other columns", "no json", "newer", "unknown label"]
)
def test_damage_is_located(built: Path, tmp_path: Path, damage: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path / "hub"
    shutil.copytree(built, folder)
    table = folder / "documents" / "test.parquet"
    manifest = folder / "manifest.json"
    if damage == "truncated":
        table.write_bytes(table.read_bytes()[:-200])
    elif damage == "empty":
        table.write_bytes(b"")
    elif damage == "missing":
        table.unlink()
    elif damage == "other columns":
        pq.write_table(pa.table({"doc_id": ["000"]}), table)
    elif damage == "no json":
        manifest.write_text("{")
    elif damage == "newer":
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "layout": 99}))
    else:
        rows = pq.ParquetFile(table).read().to_pylist()
        rows[0]["claims"][0]["certainty"] = 77
        pq.write_table(pa.Table.from_pylist(rows, schema=pq.read_schema(table)), table)
    with pytest.raises(HubError) as caught:
        aqwal.load(folder)
    message = str(caught.value)
    assert str(folder) in message and "Fix: " in message and "Traceback" not in message


# ---------------------------------------------------------------- the Hub, replaced at its boundary


def test_a_repository_is_downloaded_at_its_revision(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    def snapshot(repo: str, *, repo_type: str, revision: str | None, allow_patterns: list[str]) -> str:
        asked.append((repo, repo_type, revision))
        assert "manifest.json" in allow_patterns and "documents/test.parquet" in allow_patterns
        return str(built)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    assert aqwal.load("org/name", revision="v1.0").documents == tuple(DOCUMENTS.values())
    assert aqwal.folds("org/name") == aqwal.folds(built)
    assert asked == [("org/name", "dataset", "v1.0"), ("org/name", "dataset", None)]


def test_a_hub_that_cannot_be_reached_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def snapshot(*_: object, **__: object) -> str:
        raise ConnectionError("no route to host\nand more")

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    with pytest.raises(
        HubError, match=r"org/name: hub-download: .* at v1\.0 \(no route to host\)\. Fix: check the name"
    ):
        aqwal.load("org/name", revision="v1.0")
