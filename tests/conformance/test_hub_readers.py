"""The built dataset as its users meet it: datasets, Croissant, pandas, polars, DuckDB, and the card's own code."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from tests.fixtures.hub_project import write_project

from aqwal.formats.hub import build
from aqwal.formats.hub.card import hub_tasks
from aqwal.formats.hub.schema import CONFIGS, arrow_schema, features, walk
from aqwal.formats.hub.vocabularies import VOCABULARIES

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.conformance

#: The elements of the data statement schema, version 3, in its order.
ELEMENTS = (
    "Header", "Executive summary", "Curation rationale", "Documentation for source datasets", "Language varieties",
    "Language user demographic", "Annotator demographic", "Linguistic situation and text characteristics",
    "Preprocessing and data formatting", "Capture quality", "Limitations", "Metadata", "Disclosures and ethical review",
    "Distribution", "Maintenance", "Other", "Glossary",
)  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = write_project(tmp_path_factory.mktemp("project"))
    table = "| system | attribution |\n|---|---|\n| rules | 0.50 [0.40, 0.60] |"
    return build(project, tmp_path_factory.mktemp("built") / "hub", leaderboard=table).folder


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = write_project(tmp_path_factory.mktemp("project"))
    return build(project, tmp_path_factory.mktemp("built") / "hub", with_text=False).folder


@pytest.fixture(scope="module")
def card(built: Path) -> str:
    return (built / "README.md").read_text(encoding="utf-8")


def rows(folder: Path, config: str) -> list[dict[str, Any]]:
    with pq.ParquetFile(folder / CONFIGS[config].path) as file:
        return list(file.read().to_pylist())


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    """Offline, with caches in the test's own folder."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "src"),
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HOME": str(tmp_path),
        "PYTHONUTF8": "1",
        **more,
    }


def run(code: str, tmp_path: Path, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", code],
        capture_output=True, text=True, cwd=tmp_path, env=environment(tmp_path, **more), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


# ---------------------------------------------------------------- datasets


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("variant", ["built", "bare"])
def test_datasets_loads_and_streams_every_config(
    variant: str, config: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    import datasets

    folder = request.getfixturevalue(variant)
    loaded = datasets.load_dataset(str(folder), config, cache_dir=str(tmp_path))
    streamed = datasets.load_dataset(str(folder), config, streaming=True, split="test")
    assert list(loaded) == ["test"]
    assert loaded["test"].features == streamed.features == features(CONFIGS[config])
    assert list(loaded["test"]) == list(streamed) == rows(folder, config)


def test_documents_is_the_default_and_the_configs_are_those_of_the_schema(built: Path, tmp_path: Path) -> None:
    import datasets

    assert datasets.get_dataset_config_names(str(built)) == list(CONFIGS)
    default = datasets.load_dataset(str(built), cache_dir=str(tmp_path))["test"]
    assert default.features == features(CONFIGS["documents"])
    first = default[0]
    assert (first["doc_id"], first["paragraphs"][0]["zone"], first["words"][0]["form"]) == ("000", 0, "الوزير")
    assert default.features["mentions"].feature["type"].int2str(first["mentions"][0]["type"]) == "PERS"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_loading_every_config_needs_less_than_300_mb(built: Path, tmp_path: Path) -> None:
    code = (
        "from datasets import get_dataset_config_names, load_dataset\n"
        "for name in get_dataset_config_names(FOLDER):\n"
        "    sum(1 for _ in load_dataset(FOLDER, name, split='test'))\n"
        "    sum(1 for _ in load_dataset(FOLDER, name, split='test', streaming=True))\n"
        # Not getrusage: a child's ru_maxrss starts from that of the process that forked it.
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    # Streaming imports torch where it is installed, which is not of our making.
    out = run(f"FOLDER = {str(built)!r}\n{code}", tmp_path, USE_TORCH="0")
    assert int(out.split()[-1]) < 300 * 1024


# ---------------------------------------------------------------- Parquet


@pytest.mark.parametrize("config", CONFIGS)
def test_parquet_has_no_time_stamp_and_keeps_the_descriptions(built: Path, config: str) -> None:
    with pq.ParquetFile(built / CONFIGS[config].path) as file:
        wanted = arrow_schema(CONFIGS[config])
        assert file.schema_arrow.equals(wanted)
        assert file.schema_arrow.metadata == wanted.metadata
        assert [field.metadata[b"description"] for field in file.schema_arrow] == [
            f.metadata[b"description"] for f in wanted
        ]
        assert re.fullmatch(r"parquet-cpp-arrow version [0-9.]+", file.metadata.created_by)
        for group in range(file.metadata.num_row_groups):
            assert 0 < file.metadata.row_group(group).num_rows <= 1000


# ---------------------------------------------------------------- Croissant


def plain(value: Any) -> Any:
    """A Croissant value as Parquet has it: no bytes, and field ids cut to their last part."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dict):
        return {key.rpartition("/")[2]: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("variant", ["built", "bare"])
def test_croissant_is_valid_and_its_records_are_the_rows(variant: str, request: pytest.FixtureRequest) -> None:
    import mlcroissant as mlc

    folder = request.getfixturevalue(variant)
    dataset = mlc.Dataset(jsonld=str(folder / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors and not dataset.metadata.ctx.issues.warnings
    assert [record_set.id for record_set in dataset.metadata.record_sets] == list(CONFIGS)
    for config in CONFIGS:
        assert [plain(record) for record in dataset.records(config)] == rows(folder, config), config


def test_mlcroissant_validate_prints_no_error_or_warning(built: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mlcroissant.scripts.validate", "--jsonld", str(built / "croissant.json")],
        capture_output=True, text=True, env=environment(tmp_path), check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "Done" in said and not re.search(r"error|warning", said, re.IGNORECASE), said


def test_croissant_has_a_hash_per_file_a_description_per_field_and_rai(built: Path) -> None:
    import hashlib

    data = json.loads((built / "croissant.json").read_bytes())
    assert {entry["contentUrl"]: entry["sha256"] for entry in data["distribution"]} == {
        config.path: hashlib.sha256((built / config.path).read_bytes()).hexdigest() for config in CONFIGS.values()
    }
    described = {}

    def fields(found: list[dict[str, Any]]) -> None:
        for field in found:
            described[field["@id"].replace("/", ".")] = field["description"]
            fields(field.get("subField", []))

    for record_set in data["recordSet"]:
        fields(record_set["field"])
    wanted = {
        f"{name}.{path}": column.about for name, config in CONFIGS.items() for path, column in walk(config.columns)
    }
    assert described.keys() == wanted.keys()
    assert all(described[path].startswith(about) for path, about in wanted.items())
    rai = {key for key in data if key.startswith("rai:")}
    assert {"rai:dataBiases", "rai:dataLimitations", "rai:dataCollection", "rai:personalSensitiveInformation"} <= rai
    assert "not verified by humans" in data["description"] and "code points" in data["description"]


# ---------------------------------------------------------------- the card


def test_every_block_of_code_in_the_card_runs(card: str, built: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    assert len(blocks) == 13
    for config in CONFIGS:
        assert any(f'"aqwal/aqwal", "{config}"' in block for block in blocks), config
    for library in ("pandas", "polars", "duckdb"):
        assert any(f"import {library}" in block and len(block.strip().splitlines()) == 3 for block in blocks), library
    code = ["import builtins"]
    for block in blocks:
        # What the Hub would give is the folder here; nothing else is changed.
        local = block.replace("hf://datasets/aqwal/aqwal", str(built)).replace('"aqwal/aqwal"', repr(str(built)))
        assert "aqwal/aqwal" not in local
        code.append(f"exec(compile({local!r}, 'card', 'exec'), {{}})\nprint('=====')")
    out = run("\n".join(code), tmp_path).split("=====")
    assert len(out) == len(blocks) + 1
    assert "Al-Ufuq | daily → Salem" in "".join(out)
    assert "Counter({" in "".join(out)


def test_the_metadata_of_the_card(card: str) -> None:
    head = yaml.safe_load(card.split("---\n")[1])
    assert head["language"] == ["ar"] and head["language_details"] == "ar-001" and head["pretty_name"] == "Aqwal"
    assert head["annotations_creators"] == ["machine-generated"] and head["license"] == "other"
    assert head["license_name"] and head["license_link"] == "LICENSE-DATA.md"
    assert head["size_categories"] == ["n<1K"]
    known = hub_tasks()
    assert head["task_categories"] and set(head["task_categories"]) <= set(known)
    assert set(head["task_ids"]) <= {task for category in head["task_categories"] for task in known[category]}
    assert [config["config_name"] for config in head["configs"]] == list(CONFIGS)
    assert [config["config_name"] for config in head["configs"] if config.get("default")] == ["documents"]


def test_huggingface_hub_reads_the_card(built: Path) -> None:
    from huggingface_hub import DatasetCard

    data = DatasetCard.load(built / "README.md").data
    assert data.license == "other" and "token-classification" in data.task_categories


def test_one_screen_says_what_it_is_what_it_is_not_and_how_to_load_it(card: str) -> None:
    screen = card.split("---\n", 2)[2].strip().splitlines()[:24]
    text = "\n".join(screen)
    for wanted in ("What it is.", "What it is not.", "How to load it.", "load_dataset(", "unverified allegations",
                   "no human has verified", "code points"):  # fmt: skip
        assert wanted in text, wanted


def test_the_data_statement_has_every_element_of_version_3(card: str) -> None:
    found = re.findall(r"^### (\d+) (.+)$", card, re.MULTILINE)
    assert found == [(str(number), name) for number, name in enumerate(ELEMENTS, start=1)]
    sections = re.split(r"^### \d+ .+$", card, flags=re.MULTILINE)[1:]
    assert all(len(section.split()) > 15 for section in sections)
    assert 60 <= len(sections[1].split()) <= 100, "the schema asks for a summary of 60 to 100 words"


def test_the_sections_that_a_reader_needs(card: str) -> None:
    for heading in ("Configs", "Quick start", "An example", "Measured", "Known limitations", "Licence", "Versions", "Citation",
                    "Ethics and the unverified-allegations notice", "Data statement", "Every field"):  # fmt: skip
        assert re.search(rf"^## {heading}$", card, re.MULTILINE), heading
    for wanted in ("take-down:", "Corrections are invited", "@misc{aqwal", "0.50 [0.40, 0.60]", "manifest.json"):
        assert wanted in card, wanted


def test_every_column_and_label_is_in_the_card(card: str) -> None:
    for name, config in CONFIGS.items():
        section = card.split(f"### `{name}`\n")[1].split("\n### ")[0]
        if name == "annotators":
            assert "The columns of `documents`" in section
            continue
        for path, column in walk(config.columns):
            line = next(line for line in section.splitlines() if line.startswith(f"| `{path}` |"))
            assert column.about.replace("|", "\\|") in line
    for vocabulary, labels in VOCABULARIES.items():
        for value, (label, meaning) in enumerate(labels.items()) if vocabulary != "ner_tag" else ():
            assert f"| {vocabulary} | {value} | {f'`{label}`' if label else '(empty)'} | {meaning} |" in card


def test_the_measured_figures_are_those_of_the_data(card: str, built: Path) -> None:
    assert "21 mentions of entities and values, 7 attributions" in card
    assert (
        "Attributions with a speaker only in the verb: 1 of 7 (14 %). Relayed by another attribution: 3 of 7 (43 %)"
        in card
    )
    assert "| 003 | 002+003 | news report | ar-001 | 2020-04 – … | 2 | 10 | 4 | 0 | 2 |" in card
    assert "| 004 | 004 | news report | ar-001 | 2020-05 – … | 2 | 5 | – | – | – |" in card
    assert "| `attributions.quote` | indirect 5, direct 1, mixed 1 |" in card
    assert "Claim clusters: 4, of which 1 occur in two or more documents." in card


def test_text_of_the_sources_cannot_become_markup(tmp_path: Path) -> None:
    from aqwal.formats.hub.card import card as render
    from aqwal.formats.hub.edition import Edition
    from aqwal.formats.hub.release import read_project
    from aqwal.formats.hub.tables import all_rows

    release = read_project(write_project(tmp_path))
    found = all_rows(release)
    attack = "<script>alert(1)</script> | [x](javascript:1)"
    for row in found["attributions"]:
        row.update(
            sentence_text=attack, cue_text=attack, content_text=attack, source_text=attack, chain_names_en=[attack]
        )
    text = render(release, found, Edition("1.0"), with_text=True, licence=True)
    assert "<script>" not in text and html.escape("<script>") in text
    assert "[x](javascript" not in text.replace(html.escape(attack), "")


def test_the_card_is_one_line_per_paragraph_without_trailing_spaces_or_template_leftovers(card: str) -> None:
    assert "{{" not in card.replace("{{Aqwal", "").replace("title = {{", "") and "{%" not in card
    assert not re.search(r"[ \t]+$", card, re.MULTILINE)
    assert "\n\n\n\n" not in card
