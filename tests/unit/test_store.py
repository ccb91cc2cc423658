"""The files on disk: rows, registers, the project; what is written is read back, what is wrong is said with its line."""

from __future__ import annotations

import difflib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.labels import TEXT, annotations, spans
from tests.fixtures.projects import base_project
from tests.fixtures.tiny import SMALL

from aqwal.formats.identity import corpus_hash
from aqwal.model import ENTITY_TYPES, LAYERS, Annotations, Claim, Mention, Span
from aqwal.store import (
    StoreError,
    find_root,
    format_annotations,
    initial_texts,
    layer_names,
    layer_texts,
    load_corpus,
    load_document,
    load_documents,
    read_annotations,
    read_layer,
    read_sources,
    read_text,
    registers,
    replace_text,
    tsv,
    write_annotations,
)
from aqwal.store.layers import sort_annotations

ATTRIBUTIONS = """# doc=900 layer=attributions guidelines=1.0

# s2
a111	cue	0-4	kind=assertion stance=neutral quote=indirect polarity=positive	قالت
a111	source	5-18	entity=the-river type=media	صحيفة “النهر”
a111	content	22-41		الوزير سالم وصل أمس
"""


def texts(made: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {layer: (f"{layer}.tsv", text) for layer, text in made.items()}


def read_one(layer: str, text: str) -> list[str]:
    """``kind line field`` of every problem of a file."""
    return [f"{p.kind} {p.line} {p.field}" for p in read_layer({layer: ("x.tsv", text)}, SMALL).problems]


# ---------------------------------------------------------------- what is written is read back


@given(annotations(SMALL))
def test_any_valid_annotation_survives_write_read_write(labels: Annotations) -> None:
    written = format_annotations(SMALL, labels)
    loaded = read_layer(texts(written), SMALL)
    assert loaded.problems == []
    assert loaded.annotations == sort_annotations(labels)
    assert format_annotations(SMALL, loaded.annotations) == written


@given(annotations(SMALL), st.data())
def test_the_fix_of_one_label_changes_only_its_row(labels: Annotations, data: st.DataObject) -> None:
    if not labels.mentions:
        return
    old = data.draw(st.sampled_from(labels.mentions))
    new = replace(old, type=data.draw(st.sampled_from([t for t in ENTITY_TYPES if t != old.type])))
    changed = replace(labels, mentions=tuple(new if m is old else m for m in labels.mentions))
    before, after = format_annotations(SMALL, labels), format_annotations(SMALL, changed)
    assert {layer for layer in before if before[layer] != after[layer]} == {"mentions"}
    diff = [
        line for line in difflib.ndiff(before["mentions"].split("\n"), after["mentions"].split("\n")) if line[0] in "+-"
    ]
    assert sorted(line[0] for line in diff) == ["+", "-"]
    assert all(line[2:].startswith(f"{old.id}\t") for line in diff)


@given(TEXT)
def test_any_text_fits_one_column(text: str) -> None:
    assert tsv.unescape(tsv.escape(text)) == text
    assert not set("\t\n\r") & set(tsv.escape(text))


@given(spans(SMALL))
def test_spans_survive_the_way_to_sentences_and_back(span: Span) -> None:
    from aqwal.store.layers import span_column, to_fragments, to_span

    fragments = to_fragments(SMALL, span)
    assert to_span(SMALL, fragments) == span
    block = fragments[0].sentence
    assert tsv.parse_span(span_column(fragments, block), block) == (tuple(fragments), "")


def test_a_span_over_a_sentence_end_is_two_fragments_and_leaves_the_gap_out(tmp_path: Path) -> None:
    end, start = SMALL.by_id["s2"].end, SMALL.by_id["s3"].start
    labels = Annotations("900", claims=(Claim("c111", Span.of(end - 4, start + 6), "نص", "text"),))
    write_annotations(tmp_path / "gold" / "900", SMALL, labels)
    text = (tmp_path / "gold" / "900" / "claims.tsv").read_text(encoding="utf-8")
    assert "\tclaim\t38-42,s3:0-6\t" in text
    read = read_annotations(tmp_path / "gold" / "900", SMALL)
    assert read.claims[0].span.fragments == ((end - 4, end), (start, start + 6))
    assert read.annotator == "gold"


def test_every_scored_sentence_has_a_block_and_no_other() -> None:
    for text in initial_texts(SMALL).values():
        assert [line.split("\t")[0] for line in text.split("\n") if line.startswith("# s")] == ["# s1", "# s2", "# s3"]
        assert "# s2\tقالت صحيفة “النهر” إن الوزير سالم وصل أمس.\n" in text


def test_columns_are_ascii_but_the_last() -> None:
    made = format_annotations(SMALL, Annotations("900", (Mention("m111", Span.of(0, 6), "OCC", "NAM", "salim"),)))
    row = next(line for line in made["mentions"].split("\n") if line.startswith("m"))
    assert row == "m111\tOCC\t0-6\tlevel=NAM entity=salim\tالوزير"


# ---------------------------------------------------------------- bad rows


@pytest.mark.parametrize(
    ("find", "put", "problem"),
    [
        ("\t0-4\tkind", "\tkind", "tsv-columns 4 text"),
        ("\tقالت", "\tقالت\tمرة", "tsv-columns 4 text"),
        ("a111\tcue", "b111\tcue", "tsv-id 4 id"),
        ("0-4", "4-0", "tsv-span 4 span"),
        ("0-4", "zero", "tsv-span 4 span"),
        ("0-4", "s99:0-4", "tsv-span 4 span"),
        ("kind=assertion ", "assertion ", "tsv-fields 4 fields"),
        ("kind=assertion", "kind=guess", "unknown-label 4 kind"),
        ("stance=neutral ", "", "missing-field 4 stance"),
        ("stance=neutral", "stance=neutral colour=red", "unknown-field 4 colour"),
        ("\tcontent\t", "\tinhalt\t", "unknown-label 6 label"),
        ("\tcontent\t", "\tsource\t", "id-duplicate 6 id"),
        ("entity=the-river", "entity=The_River", "unknown-label 5 entity"),
        ("22-41", "22-410", "anchor-range 6 span"),
        ("22-41", "22-40", "anchor-quote 6 text"),
        ("a111\tsource\t5-18", "a111\tsource\t-", "anchor-quote 5 text"),
        ("a111\tcue", "+1\tcue", "tsv-pending 4 id"),
        ("22-41", "?", "tsv-pending 6 span"),
        ("# s2\n", "", "tsv-block 3 sentence"),
        ("# s2\n", "# s77\n", "tsv-block 3 sentence"),
        ("# doc=900", "# doc=901", "tsv-header 1 header"),
        ("layer=attributions", "layer=claims", "tsv-header 1 header"),
        ("# doc=900 layer=attributions guidelines=1.0", "# doc 900", "tsv-header 1 header"),
        ("# s2\n", "# s2\n# remember this\n", "tsv-comment 4 line"),
        ("أمس\n", "أمس", "tsv-newline 6 file"),
        ("قالت\n", "قالت\r\n", "tsv-newline 4 line"),
    ],
)
def test_a_bad_row_is_named_by_line_and_field_with_a_fix(find: str, put: str, problem: str) -> None:
    assert ATTRIBUTIONS.count(find) == 1
    loaded = read_layer({"attributions": ("x.tsv", ATTRIBUTIONS.replace(find, put))}, SMALL)
    shown = [f"{p.kind} {p.line} {p.field}" for p in loaded.problems]
    assert problem in shown
    assert all(p.fix and p.path == "x.tsv" for p in loaded.problems)


def test_the_good_file_has_no_problem_and_good_rows_survive_beside_bad_ones() -> None:
    assert read_one("attributions", ATTRIBUTIONS) == []
    bad = ATTRIBUTIONS + "a222\tcue\t0-4\tnothing\n"
    loaded = read_layer({"attributions": ("x.tsv", bad)}, SMALL)
    assert [a.id for a in loaded.annotations.attributions] == ["a111"]
    assert loaded.place("a111", "content") == ("x.tsv", 6)


def test_missing_rows_are_named() -> None:
    lines = ATTRIBUTIONS.split("\n")
    assert read_one("attributions", "\n".join(lines[:3] + lines[4:])) == ["row-missing 4 label"]
    assert read_one("attributions", "\n".join(lines[:4] + lines[5:])) == ["row-missing 4 source"]


def test_a_second_mention_of_one_id_is_named() -> None:
    text = "# doc=900 layer=mentions guidelines=1.0\n# s1\n" + "m111\tOCC\t0-6\tlevel=NAM entity=x\tالوزير\n" * 2
    assert read_one("mentions", text) == ["id-duplicate 4 id"]


@given(st.text(st.sampled_from("amc10-9s:,?+=#\t\n \\…ال"), max_size=80))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for layer in LAYERS:
        read_layer({layer: ("x.tsv", f"# doc=900 layer={layer} guidelines=1.0\n# s2\n{text}")}, SMALL)
        read_layer({layer: ("x.tsv", text)}, SMALL)


# ---------------------------------------------------------------- registers


def test_registers_are_read_and_written_in_canonical_order(tmp_path: Path) -> None:
    root = base_project(tmp_path)
    path = root / "annotations" / "entities.tsv"
    text = path.read_text(encoding="utf-8")
    entities, lines, problems = registers.parse_entities("e.tsv", text)
    assert problems == []
    assert registers.format_entities(reversed(entities)) == text
    assert lines["sami-nada"] == text.split("\n").index("sami-nada\tPERS\t\tSami Nada\tسامي ندا") + 1


@pytest.mark.parametrize(
    ("row", "kind", "field"),
    [
        ("x\tORG\t\tX", "register-columns", "row"),
        ("X y\tORG\t\tX\tس", "register-id", "id"),
        ("x\tTHING\t\tX\tس", "unknown-label", "type"),
        ("x\tORG\t42\tX\tس", "register-wikidata", "wikidata"),
        ("al-sharq\tORG\t\tX\tس", "id-duplicate", "id"),
    ],
)
def test_a_bad_register_row_is_named(row: str, kind: str, field: str) -> None:
    text = "\t".join(registers.ENTITY_COLUMNS) + f"\nal-sharq\tORG\t\tAl-Sharq\tالشرق\n{row}\n"
    _, _, problems = registers.parse_entities("e.tsv", text)
    assert [(p.kind, p.field, p.line) for p in problems] == [(kind, field, 3)]


def test_a_pass_keeps_its_own_registers(tmp_path: Path) -> None:
    root = base_project(tmp_path)
    assert registers.register_path(root, "gold", "entities.tsv") == root / "annotations/entities.tsv"
    assert registers.register_path(root, "annotator-a", "entities.tsv") == root / "annotations/annotator-a/entities.tsv"
    assert registers.read_registers(root, "annotator-a") == ((), ())
    assert len(registers.read_registers(root, "gold")[0]) == 10


# ---------------------------------------------------------------- files and project


def test_files_are_replaced_whole_and_only_if_they_changed(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.tsv"
    assert replace_text(path, "one\n")
    assert not replace_text(path, "one\n")
    os.chmod(path, 0o640)
    assert replace_text(path, "two\n", expected="one\n")
    assert path.read_bytes() == b"two\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in path.parent.iterdir()] == ["a.tsv"]


def test_an_edit_made_meanwhile_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("edited", encoding="utf-8")
    with pytest.raises(StoreError, match="edited-meanwhile"):
        replace_text(path, "formatted", expected="as it was")
    assert path.read_text(encoding="utf-8") == "edited"
    path.unlink()
    with pytest.raises(StoreError, match="edited-meanwhile"):
        replace_text(path, "formatted", expected="as it was")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("old", encoding="utf-8")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        replace_text(path, "new")
    monkeypatch.undo()
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.tsv"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff", "not UTF-8 at byte 0"),
        (b"a\x00", "a NUL character at code point 1"),
        (b"\xed\xa0\x80", "a lone surrogate at byte 0"),
        (b"\xef\xbb\xbfa", "begins with a byte-order mark"),
    ],
)
def test_a_seed_that_is_no_clean_text_is_refused_and_left_alone(tmp_path: Path, data: bytes, message: str) -> None:
    root = base_project(tmp_path)
    seed = root / "seeds" / "900.txt"
    seed.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        load_document(root, "900")
    (problem,) = caught.value.problems
    assert (problem.path, problem.kind) == ("seeds/900.txt", "encoding")
    assert message in problem.message
    assert problem.fix
    assert seed.read_bytes() == data


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.txt", tmp_path):
        with pytest.raises(StoreError) as caught:
            read_text(path, "shown")
        assert caught.value.problems[0].kind == "unreadable"
        assert str(caught.value).startswith("shown: unreadable: ")


def test_the_base_project_loads(tmp_path: Path) -> None:
    root = base_project(tmp_path)
    assert find_root(root / "annotations" / "gold") == root.resolve()
    assert [d.id for d in load_documents(root)] == ["900", "901", "902"]
    assert layer_names(root) == ["gold"]
    corpus = load_corpus(root)
    assert [a.doc_id for a in corpus.annotations] == ["900", "901"]
    assert corpus.annotation["901"].attributions[1].parent == corpus.annotation["901"].attributions[0].id
    assert {e.id for e in corpus.entities} >= {"900/source-1", "sami-nada"}


@pytest.mark.parametrize(
    ("path", "find", "put", "kind"),
    [
        ("seeds/900.txt", "وزير", "وزيز", "seed-hash"),
        ("seeds/sources.toml", 'file = "900.txt"', "", "sources"),
        ("seeds/sources.toml", 'file = "900.txt"', 'file = "../900.txt"', "sources"),
        ("seeds/sources.toml", "[900]", "[900", "sources"),
        ("corpus/900.conllu", "# zone = headline", "# zone = sidebar", "conllu"),
        ("annotations/gold/900/mentions.tsv", "level=NAM", "level=LOW", "unknown-label"),
        ("annotations/entities.tsv", "\tPERS\t", "\tPERSON\t", "unknown-label"),
    ],
)
def test_a_broken_project_does_not_load(tmp_path: Path, path: str, find: str, put: str, kind: str) -> None:
    root = base_project(tmp_path)
    text = (root / path).read_text(encoding="utf-8")
    assert find in text
    (root / path).write_text(text.replace(find, put), encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        load_corpus(root)
    assert caught.value.problems[0].kind == kind
    assert caught.value.problems[0].path == path


def test_what_does_not_exist_is_named_with_what_does(tmp_path: Path) -> None:
    root = base_project(tmp_path)
    with pytest.raises(StoreError, match=r'no document "7"\. Fix: use one of: 900, 901, 902'):
        load_document(root, "7")
    with pytest.raises(StoreError, match=r"there is no such layer. Fix: use one of: gold"):
        load_corpus(root, "silver")
    (root / "corpus" / "902.conllu").unlink()
    with pytest.raises(
        StoreError, match=r"no-segmentation: file: the document is not segmented. Fix: run aqwal segment 902"
    ):
        load_documents(root)
    with pytest.raises(StoreError, match="no-project"):
        find_root(tmp_path)


def test_the_corpus_hash_follows_the_segmentation_and_the_gold(tmp_path: Path) -> None:
    root = base_project(tmp_path)
    before = corpus_hash(load_corpus(root))
    assert corpus_hash(load_corpus(base_project(tmp_path / "again"))) == before
    (root / "annotations" / "notes.md").write_text("x", encoding="utf-8")
    assert corpus_hash(load_corpus(root)) == before
    claims = root / "annotations" / "gold" / "900" / "claims.tsv"
    claims.write_text(claims.read_text(encoding="utf-8").replace("time=past", "time=present", 1), encoding="utf-8")
    assert corpus_hash(load_corpus(root)) != before


def test_paths_in_messages_are_relative_to_the_project(tmp_path: Path) -> None:
    root = base_project(tmp_path)
    document = load_document(root, "900")
    shown = layer_texts(root / "annotations/gold/900", document, root)
    assert [path for path, _ in shown.values()] == [f"annotations/gold/900/{layer}.tsv" for layer in LAYERS]
    assert list(read_sources(root)) == ["900", "901", "902"]
