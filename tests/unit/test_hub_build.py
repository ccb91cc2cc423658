"""Building and hydrating: the same bytes every time, whole or not at all, and errors that name the place."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.fixtures.hub_project import DOCUMENTS, write_project

import aqwal
from aqwal.formats.hub import HubError, build, hydrate
from aqwal.formats.hub.edition import measured_part
from aqwal.formats.hub.schema import CONFIGS, walk
from aqwal.store import StoreError

ROOT = Path(__file__).resolve().parents[2]


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def full(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(
        project, tmp_path_factory.mktemp("built") / "hub", leaderboard="| system | F1 |\n|---|---|\n| rules | 0.5 |"
    ).folder


@pytest.fixture(scope="module")
def bare(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bare") / "hub"
    return build(project, out, with_text=False, leaderboard="| system | F1 |\n|---|---|\n| rules | 0.5 |").folder


def test_the_report_of_a_build(project: Path, tmp_path: Path) -> None:
    built = build(project, tmp_path / "hub")
    assert built.rows["documents"] == 4 and built.rows["mentions"] == 21
    assert {path: sha for path, (_, sha) in built.files.items()} == hashes(built.folder)
    assert set(built.files) == {config.path for config in CONFIGS.values()} | {
        "README.md", "croissant.json", "manifest.json", "LICENSE-DATA.md",
    }  # fmt: skip


def test_two_builds_in_two_processes_have_the_same_bytes(project: Path, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from aqwal.formats.hub import build; build(Path(sys.argv[1]), Path(sys.argv[2]))"
    found = []
    for seed, zone, place in (("1", "UTC", "a/hub"), ("2", "Asia/Tokyo", "b/other")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT / "src")}
        subprocess.run([sys.executable, "-c", code, str(project), str(tmp_path / place)], check=True, env=environment)
        found.append(hashes(tmp_path / place))
    assert found[0] == found[1]


def test_no_path_of_the_machine_is_in_the_files(project: Path, full: Path) -> None:
    for path in full.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert str(project).encode() not in data and str(full).encode() not in data


def test_the_manifest_hashes_every_other_file(full: Path) -> None:
    manifest = json.loads((full / "manifest.json").read_bytes())
    found = hashes(full)
    del found["manifest.json"]
    assert {path: entry["sha256"] for path, entry in manifest["files"].items()} == found
    assert {row["sha256"] for row in manifest["documents"].values()} == {
        hashlib.sha256(document.text.encode()).hexdigest() for document in DOCUMENTS.values()
    }


def test_a_corpus_without_any_label_builds(tmp_path: Path) -> None:
    built = build(write_project(tmp_path / "project", annotated=(), passes=False), tmp_path / "hub")
    assert {path for path in built.files if path.endswith(".parquet")} == {
        "documents/test.parquet", "entity_register/test.parquet", "cluster_register/test.parquet", "labels/test.parquet",
    }  # fmt: skip
    assert "0 of 4 documents are annotated" in (built.folder / "README.md").read_text()
    corpus = aqwal.load(built.folder)
    assert corpus.documents == tuple(DOCUMENTS.values()) and corpus.annotations == ()


def test_a_new_build_replaces_the_old_one_and_leaves_nothing(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "dist" / "hub"
    build(project, out)
    (out / "stale.parquet").write_bytes(b"old")
    build(project, out)
    assert not (out / "stale.parquet").exists()
    assert [path.name for path in out.parent.iterdir()] == ["hub"]


def test_a_folder_with_other_files_is_never_replaced(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter.tex").write_text("text")
    with pytest.raises(HubError, match="holds files that are no built dataset"):
        build(project, out)
    with pytest.raises(HubError, match="is a file"):
        build(project, out / "chapter.tex")
    assert hashes(out) == {"chapter.tex": hashlib.sha256(b"text").hexdigest()}
    assert [path.name for path in tmp_path.iterdir()] == ["thesis"]


def test_a_failed_build_leaves_the_old_one_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = write_project(tmp_path / "project")
    out = tmp_path / "dist" / "hub"
    before = hashes(build(project, out).folder)

    def broken(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("aqwal.formats.hub.building.card", broken)
    with pytest.raises(OSError, match="No space left"):
        build(project, out)
    assert hashes(out) == before and [path.name for path in out.parent.iterdir()] == ["hub"]


def test_a_broken_label_file_stops_the_build_with_file_and_line(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    path = project / "annotations" / "gold" / "002" / "mentions.tsv"
    path.write_text(path.read_text().replace("level=NAM", "level=NOPE", 1))
    with pytest.raises(StoreError, match=r"annotations/gold/002/mentions\.tsv:\d+: unknown-label: level"):
        build(project, tmp_path / "hub")
    assert not (tmp_path / "hub").exists()


def test_files_of_one_document_must_follow_one_version_of_the_guidelines(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    path = project / "annotations" / "gold" / "002" / "claims.tsv"
    path.write_text(path.read_text().replace("guidelines=1.1", "guidelines=1.0"))
    with pytest.raises(StoreError, match=r"annotations/gold/002: hub-guidelines: .*1\.0 and 1\.1"):
        build(project, tmp_path / "hub")


def test_a_repository_name_must_be_one(project: Path, tmp_path: Path) -> None:
    with pytest.raises(HubError, match="write ORG/NAME"):
        build(project, tmp_path / "hub", repo="aqwal")


def test_version_authors_and_date_come_from_the_citation(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    (project / "CITATION.cff").write_text(
        "title: T\nversion: 2.1.0\ndate-released: 2030-01-02\nauthors:\n  - given-names: A\n    family-names: B\n"
    )
    text = (build(project, tmp_path / "hub", repo="org/name").folder / "README.md").read_text()
    assert 'revision="v2.1.0"' in text and "{A B}" in text and "2030-01-02" in text and "datasets/org/name" in text
    (project / "CITATION.cff").write_text("a: [")
    with pytest.raises(HubError, match=r"CITATION\.cff: hub-citation: file: not YAML"):
        build(project, tmp_path / "hub")


def test_the_card_quotes_the_agreement_report(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    report = "# Agreement\n\n## a against b\n\n### Spans\n\n| F1 | all |\n|---|--:|\n| names | 0.97 |\n\n### Disagreements by kind\n\nx\n"
    (project / "annotations" / "AGREEMENT.md").write_text(report)
    text = (build(project, tmp_path / "hub").folder / "README.md").read_text()
    assert "#### Spans\n\n| F1 | all |\n|---|--:|\n| names | 0.97 |" in text and "Disagreements by kind" not in text
    assert measured_part("a\n<!-- card:begin -->\n| x |\n<!-- card:end -->\nb") == "| x |"
    assert measured_part("nothing") == ""


# ---------------------------------------------------------------- without text


def test_the_text_free_variant_holds_no_wording(bare: Path, full: Path) -> None:
    for config in CONFIGS.values():
        rows = pq.ParquetFile(bare / config.path).read().to_pylist()
        for column in config.columns:
            if column.withheld:
                assert {str(row[column.name]) for row in rows} <= {"None"}, (config.name, column.name)
    sentences = [d.text[s.start : s.end] for d in DOCUMENTS.values() for s in d.scored_sentences]
    for name in ("README.md", "croissant.json", "manifest.json"):
        assert not [sentence for sentence in sentences if sentence in (bare / name).read_text()]
    assert sentences[1] in (pq.ParquetFile(full / "documents/test.parquet").read()["text"][0].as_py())
    assert "variant without texts" in (bare / "README.md").read_text()


def test_labels_offsets_and_hashes_stay(bare: Path, full: Path) -> None:
    for config in CONFIGS.values():
        kept = [column.name for column in config.columns if not column.withheld and "." not in column.name]
        simple = [name for name in kept if not any(path.startswith(f"{name}.") for path, _ in walk(config.columns))]
        with pq.ParquetFile(bare / config.path) as a, pq.ParquetFile(full / config.path) as b:
            assert a.read(columns=simple).equals(b.read(columns=simple)), config.name


def test_hydrating_restores_every_byte(bare: Path, full: Path, project: Path, tmp_path: Path) -> None:
    built = hydrate(bare, project / "seeds", tmp_path / "restored")
    assert hashes(built.folder) == hashes(full)


def test_hydrating_in_place_and_under_other_file_names(project: Path, full: Path, tmp_path: Path) -> None:
    folder = build(
        project, tmp_path / "hub", with_text=False, leaderboard="| system | F1 |\n|---|---|\n| rules | 0.5 |"
    ).folder
    seeds = tmp_path / "downloads"
    seeds.mkdir()
    for n, path in enumerate(sorted((project / "seeds").glob("*.txt"))):
        (seeds / f"article {n}").write_bytes(path.read_bytes())
    hydrate(folder, seeds)
    assert hashes(folder) == hashes(full)


def test_hydrating_names_each_document_whose_text_differs_or_is_missing(
    bare: Path, project: Path, tmp_path: Path
) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for path in (project / "seeds").glob("*.txt"):
        (seeds / path.name).write_bytes(path.read_bytes())
    (seeds / "002.txt").write_bytes((seeds / "002.txt").read_bytes().replace("زعم".encode(), "قال".encode()))
    (seeds / "003.txt").unlink()
    before = hashes(bare)
    with pytest.raises(HubError) as caught:
        hydrate(bare, seeds)
    assert [problem.message[:12] for problem in caught.value.problems] == ["document 002", "document 003"]
    assert "the file's sha256 is" in str(caught.value) and "002.txt" in str(caught.value)
    assert hashes(bare) == before
    with pytest.raises(HubError, match="no such folder"):
        hydrate(bare, tmp_path / "nowhere")


def test_hydrating_a_full_dataset_is_refused(full: Path, project: Path) -> None:
    with pytest.raises(HubError, match="already holds its texts"):
        hydrate(full, project / "seeds")


def test_a_restored_file_that_differs_is_named_and_nothing_is_written(project: Path, tmp_path: Path) -> None:
    folder = build(project, tmp_path / "hub", with_text=False).folder
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["restores"]["claims/test.parquet"] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(HubError, match=r"1 restored files differ.*claims/test\.parquet.*pyarrow"):
        hydrate(folder, project / "seeds", tmp_path / "restored")
    assert not (tmp_path / "restored").exists()
