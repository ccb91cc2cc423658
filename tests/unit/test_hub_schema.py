"""The one table of columns: described everywhere, the same everywhere, and in step with the model's vocabularies."""

from __future__ import annotations

import json

import datasets
import pyarrow as pa
import pytest

from aqwal.formats.hub import HubError
from aqwal.formats.hub.card import TASKS, check_tasks, hub_tasks, safe
from aqwal.formats.hub.schema import CONFIGS, OFFSETS, Many, Record, arrow_schema, features, walk
from aqwal.formats.hub.vocabularies import SOURCES, VOCABULARIES, names

WANTED = {"documents", "entities", "mentions", "attributions", "claims", "claim_pairs", "annotators"}
POSITIONS = ("start", "end", "starts", "ends", "spans", "pieces", "cue", "source", "content", "medium")


def test_the_configs_of_the_issue_exist_and_documents_comes_first() -> None:
    assert set(CONFIGS) >= WANTED
    assert next(iter(CONFIGS)) == "documents"


@pytest.mark.parametrize(
    "name", [name for name in CONFIGS if name not in ("entity_register", "cluster_register", "labels")]
)
def test_every_example_table_has_a_fold(name: str) -> None:
    assert "fold" in [column.name for column in CONFIGS[name].columns]


@pytest.mark.parametrize("name", CONFIGS)
def test_every_column_has_a_description_and_a_name_of_its_own(name: str) -> None:
    paths = [path for path, _ in walk(CONFIGS[name].columns)]
    assert len(paths) == len(set(paths))
    assert all(
        len(column.about) > 9 and column.about == column.about.strip() for _, column in walk(CONFIGS[name].columns)
    )


@pytest.mark.parametrize("name", CONFIGS)
def test_every_position_says_what_it_counts(name: str) -> None:
    for path, column in walk(CONFIGS[name].columns):
        leaf = path.rpartition(".")[2].removesuffix("_1").removesuffix("_2").rpartition("_")[2]
        if leaf in POSITIONS and column.name not in ("source_text",):
            assert OFFSETS in column.about, path


@pytest.mark.parametrize("name", CONFIGS)
def test_the_arrow_schema_describes_every_field_and_carries_the_features(name: str) -> None:
    config = CONFIGS[name]
    schema = arrow_schema(config)
    assert datasets.Features.from_arrow_schema(schema) == features(config)
    assert schema.metadata[b"description"].decode() == config.about

    def described(field: pa.Field, columns: dict[str, str], prefix: str) -> None:
        path = prefix + field.name
        assert field.metadata[b"description"].decode() == columns[path]
        kind = field.type
        while pa.types.is_list(kind):
            kind = kind.value_type
        if pa.types.is_struct(kind):
            for inner in kind.fields:
                described(inner, columns, f"{path}.")

    abouts = {path: column.about for path, column in walk(config.columns)}
    for field in schema:
        described(field, abouts, "")


def test_the_arrow_types_are_those_of_datasets() -> None:
    for config in CONFIGS.values():
        assert arrow_schema(config).equals(features(config).arrow_schema), config.name


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_stored_integers_follow_the_order_of_the_model(vocabulary: str) -> None:
    assert names(vocabulary) == SOURCES[vocabulary]
    assert all(VOCABULARIES[vocabulary].values())


def test_wording_of_the_sources_is_marked_in_every_table() -> None:
    marked = {(name, path) for name, config in CONFIGS.items() for path, c in walk(config.columns) if c.withheld}
    for name in ("documents", "annotators"):
        assert {
            (name, "text"),
            (name, "words.form"),
            (name, "mentions.text"),
            (name, "attributions.content_text"),
        } <= marked
    assert {
        ("entities", "words"),
        ("entities", "tokens"),
        ("claims", "sentence_text"),
        ("claim_pairs", "text_2"),
    } <= marked
    assert not {path for _, path in marked if "statement" in path or "gloss" in path}


def test_withheld_columns_are_never_inside_a_list_of_lists() -> None:
    # `withhold` looks into lists of objects only.
    for config in CONFIGS.values():
        for _, column in walk(config.columns):
            kind = column.type
            if isinstance(kind, Many) and isinstance(kind.of, Many):
                assert not isinstance(kind.of.of, Record)


def test_task_ids_are_the_hubs() -> None:
    check_tasks(TASKS)
    assert "named-entity-recognition" in hub_tasks()["token-classification"]
    with pytest.raises(HubError, match='"quotation-attribution" is no task id of token-classification'):
        check_tasks({"token-classification": ["quotation-attribution"]})
    with pytest.raises(HubError, match="no category of the Hub"):
        check_tasks({"attribution": []})


def test_text_cannot_become_markup() -> None:
    assert safe('<img src=x onerror="a()">|\n# x') == '&lt;img src=x onerror="a()"&gt;\\| \\# x'
    assert "<" not in safe("<script>")
    assert json.dumps(safe("[a](javascript:1)")) == json.dumps("\\[a\\](javascript:1)")
