"""The rows of the tables on a tiny project, by hand and as properties."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.hub_project import CLUSTERS, DOCUMENTS, GOLD, write_project
from tests.fixtures.tiny import SMALL

from aqwal.formats.hub import HubError
from aqwal.formats.hub.loading import release_from_rows
from aqwal.formats.hub.pairs import claim_pairs, participants, relation
from aqwal.formats.hub.release import FOLDS, Layer, Release, fold_names, read_project
from aqwal.formats.hub.schema import CONFIGS, SOURCE_COLUMNS, walk
from aqwal.formats.hub.tables import all_rows, table
from aqwal.formats.hub.tagging import layer_depths, tag_layers
from aqwal.formats.hub.vocabularies import names
from aqwal.model import (
    CERTAINTIES,
    ENTITY_TYPES,
    FRAMINGS,
    KINDS,
    QUOTES,
    SOURCE_TYPES,
    STANCES,
    TIMES,
    Annotations,
    Attribution,
    Claim,
    Document,
    Mention,
    Piece,
    Span,
)

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return read_project(write_project(tmp_path_factory.mktemp("project")))


@pytest.fixture(scope="module")
def rows(release: Release) -> Rows:
    return all_rows(release)


def one(rows: list[dict[str, Any]], **wanted: object) -> dict[str, Any]:
    found = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    assert len(found) == 1, found
    return found[0]


def spans_and_quotes(row: dict[str, Any]) -> Iterator[tuple[list[list[int]], str]]:
    """Every span of a row, nested ones too, with the quote beside it."""
    pairs = {"spans": "text", "spans_1": "text_1", "spans_2": "text_2"} | {
        role: f"{role}_text" for role in ("cue", "source", "content", "medium")
    }
    for spans, quote in pairs.items():
        if spans in row and row[spans] is not None:
            yield row[spans], row[quote]
    for value in row.values():
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict):
                yield from spans_and_quotes(item)


def test_every_span_of_every_table_is_its_quote(rows: Rows) -> None:
    seen = dict.fromkeys(CONFIGS, 0)
    for name, found in rows.items():
        for row in found:
            for spans, quote in spans_and_quotes(row):
                doc_id = row.get("doc_id") or ""
                texts = [DOCUMENTS[d].text for d in ([doc_id] if doc_id else [row["doc_id_1"], row["doc_id_2"]])]
                assert any(" … ".join(text[start:end] for start, end in spans) == quote for text in texts)
                seen[name] += 1
    assert (
        min(seen[name] for name in ("documents", "mentions", "attributions", "claims", "claim_pairs", "annotators")) > 5
    )


def test_pairs_quote_their_own_document(rows: Rows) -> None:
    for row in rows["claim_pairs"]:
        for n in (1, 2):
            text = DOCUMENTS[row[f"doc_id_{n}"]].text
            assert " … ".join(text[start:end] for start, end in row[f"spans_{n}"]) == row[f"text_{n}"]


def test_offsets_of_sentences_words_and_tokens(rows: Rows) -> None:
    for row in rows["entities"]:
        text = DOCUMENTS[row["doc_id"]].text
        assert text[row["start"] : row["end"]] == row["text"]
        for kind in ("word", "token"):
            spans = zip(row[f"{kind}_starts"], row[f"{kind}_ends"], strict=True)
            assert [text[start:end] for start, end in spans] == row[f"{kind}s"]
        joined = [
            "".join(t for t, w in zip(row["tokens"], row["word_ids"], strict=True) if w == n)
            for n in range(len(row["words"]))
        ]
        assert joined == row["words"]
    for row in rows["documents"]:
        assert row["length"] == len(row["text"])
        assert all(row["text"][w["start"] : w["end"]] == w["form"] for w in row["words"])
    for name in ("mentions", "attributions", "claims"):
        for row in rows[name]:
            assert DOCUMENTS[row["doc_id"]].text[row["sentence_start"] :].startswith(row["sentence_text"])


def test_positions_count_code_points_not_utf16(rows: Rows) -> None:
    word = one(one(rows["documents"], doc_id="000")["words"], form="𝔸𝔹")
    assert word["end"] - word["start"] == 2


def test_a_relayed_attribution_with_its_chain(rows: Rows) -> None:
    row = one(rows["attributions"], doc_id="002", id="a002")
    assert row["chain"] == [["author"], ["al-ufuq"], ["al-ufuq"], ["salem"]]
    assert row["chain_names_en"] == ["the author", "Al-Ufuq | daily", "Al-Ufuq | daily", "Salem"]
    assert row["chain_names_ar"] == ["الكاتب", "الأفق", "الأفق", "سالم"]
    assert (row["cue_text"], row["source_text"], row["medium_text"]) == ("أكد", "الوزير سالم", "الأفق")
    assert (row["depth"], row["parent"], row["fold"]) == (2, "a001", "002+003")
    assert names("stance")[row["stance"]] == "endorsing"


def test_an_implicit_source_and_a_content_in_two_fragments(rows: Rows) -> None:
    row = one(rows["attributions"], doc_id="000", id="a002")
    assert (row["source"], row["source_text"], row["implicit"], row["source_entity"]) == (None, None, True, ["al-ufuq"])
    assert len(row["content"]) == 2
    assert row["content_text"] == "ه قال: “لن نبقى في النهر” … مصدرا عسكريا نفى ذلك"


def test_two_speakers_at_one_step(rows: Rows) -> None:
    row = one(rows["attributions"], doc_id="002", id="a003")
    assert row["chain"] == [["author"], ["opponents", "al-ufuq"]]
    assert row["chain_names_en"][-1] == "his opponents and Al-Ufuq | daily"


def test_a_claim_inherits_its_chain(rows: Rows) -> None:
    told = one(rows["claims"], doc_id="000", id="c003")
    assert (told["attribution"], told["chain"][-1], told["cluster_label_en"]) == (
        "a003",
        ["salem"],
        "Salem stays in Al-Nahr",
    )
    own = one(rows["claims"], doc_id="000", id="c001")
    assert (own["attribution"], own["chain"], own["zone"]) == ("", [["author"]], 0)


def test_tags_outermost_and_nested(rows: Rows) -> None:
    row = one(rows["entities"], doc_id="000", sentence="s2")
    tags = {n: [names("ner_tag")[value] for value in row["ner_tags" if n == 1 else f"ner_tags_{n}"]] for n in (1, 2, 3)}
    at = {token: index for index, token in enumerate(row["tokens"])}
    assert [tags[1][at[token]] for token in ("مجلس", "مدينة", "النهر", "أمس", "سالم", "إلى")] == [
        "B-ORG", "I-ORG", "I-ORG", "B-DATE", "B-PERS", "O",
    ]  # fmt: skip
    assert tags[2][at["النهر"]] == "B-GPE"
    assert set(tags[3]) == {"O"}


def test_nouns_and_pronouns_are_not_tagged(rows: Rows) -> None:
    row = one(rows["entities"], doc_id="000", sentence="s3")
    assert [names("ner_tag")[tag] for tag in row["ner_tags"] if tag] == ["B-GPE"]
    assert one(rows["mentions"], doc_id="000", id="m00a")["depth"] == 0


def test_only_scored_sentences_of_annotated_documents_are_tagged(rows: Rows) -> None:
    assert [(row["doc_id"], row["sentence"]) for row in rows["entities"]] == [
        ("000", "s1"), ("000", "s2"), ("000", "s3"), ("002", "s1"), ("002", "s2"), ("003", "s1"), ("003", "s2"),
    ]  # fmt: skip


def test_a_document_without_labels_says_so(rows: Rows) -> None:
    row = one(rows["documents"], doc_id="004")
    assert (row["annotated"], row["mentions"], row["attributions"], row["claims"], row["guidelines"]) == (
        False,
        [],
        [],
        [],
        "",
    )
    assert row["sentences"] and row["words"] and row["paragraphs"][0]["zone"] == names("zone").index("byline")
    assert "004" not in {row["doc_id"] for name in ("entities", "mentions", "claims") for row in rows[name]}


def test_both_passes_have_the_columns_of_documents_and_their_differences(rows: Rows) -> None:
    assert [column.name for column in CONFIGS["annotators"].columns] == [
        "annotator",
        *(column.name for column in CONFIGS["documents"].columns),
    ]
    first, second = (one(rows["annotators"], annotator=f"annotator-{x}", doc_id="003") for x in "ab")
    assert len(first["mentions"]) == len(second["mentions"]) + 1
    assert [names("certainty")[row["claims"][0]["certainty"]] for row in (first, second)] == ["certain", "possible"]
    assert (first["guidelines"], one(rows["documents"], doc_id="003")["guidelines"]) == ("1.0", "1.1")


def test_registers_keep_the_layers_apart(rows: Rows) -> None:
    assert one(rows["entity_register"], layer="gold", id="salem")["documents"] == ["000", "002", "003"]
    assert one(rows["entity_register"], layer="annotator-a", id="rumour")["documents"] == []
    assert one(rows["cluster_register"], layer="gold", id="arrival")["documents"] == ["002", "003"]


def test_labels_name_every_stored_integer(rows: Rows) -> None:
    row = one(rows["labels"], vocabulary="stance", value=2)
    assert (row["name"], row["columns"]) == (
        "distancing",
        ["documents.attributions.stance", "attributions.stance", "annotators.attributions.stance"],
    )


def test_rows_have_exactly_the_columns_of_the_schema(rows: Rows) -> None:
    for name, found in rows.items():
        for row in found:
            assert list(row) == [column.name for column in CONFIGS[name].columns] or set(row) == {
                column.name for column in CONFIGS[name].columns
            }, name
        assert table(name, found, with_text=True).to_pylist() == [
            {column.name: row[column.name] for column in CONFIGS[name].columns} for row in found
        ]


def test_without_text_every_withheld_column_is_null_and_nothing_else(rows: Rows) -> None:
    for name, found in rows.items():
        full, bare = (table(name, found, with_text=flag).to_pylist() for flag in (True, False))
        withheld = {path for path, column in walk(CONFIGS[name].columns) if column.withheld}

        def compare(a: Any, b: Any, path: str, withheld: set[str] = withheld) -> None:
            if path in withheld:
                assert b is None, path
            elif isinstance(a, dict):
                for key in a:
                    compare(a[key], b[key], f"{path}.{key}" if path else key, withheld)
            elif isinstance(a, list):
                assert len(a) == len(b), path
                for x, y in zip(a, b, strict=True):
                    compare(x, y, path, withheld)
            else:
                assert a == b, path

        for x, y in zip(full, bare, strict=True):
            compare(x, y, "")


# ---------------------------------------------------------------- pairs


def test_relations_of_clusters() -> None:
    clusters = {cluster.id: cluster for cluster in CLUSTERS}

    def claim(cluster: str, polarity: str = "positive") -> Claim:
        return Claim("c000", Span.of(0, 1), cluster=cluster, polarity=polarity)

    def label(a: str, b: str) -> tuple[str, str]:
        return relation(claim(a), claim(b), clusters)

    assert relation(claim("arrival"), claim("arrival", "negative"), clusters) == ("same", "none")
    assert label("arrival-council", "arrival") == ("specifies", "first_narrower")
    assert label("arrival", "arrival-council") == ("specifies", "second_narrower")
    assert label("stay", "departure") == label("departure", "stay") == ("contradicts", "none")
    assert label("stay", "arrival") == label("", "") == label("", "arrival") == ("different", "none")


def test_participants_are_the_entities_inside_the_span() -> None:
    assert participants(GOLD["002"], GOLD["002"].claims[1]) == {"salem", "al-nahr"}
    assert participants(GOLD["002"], GOLD["002"].claims[0]) == {"al-nahr"}


def test_the_block_the_links_and_the_samples(rows: Rows) -> None:
    pairs = {(r["doc_id_1"], r["claim_1"], r["doc_id_2"], r["claim_2"]): r for r in rows["claim_pairs"]}
    chosen = {key: (names("selection")[r["selection"]], names("pair_label")[r["label"]]) for key, r in pairs.items()}
    assert chosen["000", "c002", "002", "c001"] == ("block", "specifies")
    assert chosen["002", "c001", "003", "c002"] == ("block", "same")
    # Present and past share no block, and the clusters are not linked.
    assert chosen.get(("000", "c001", "002", "c001"), ("sampled", "different")) == ("sampled", "different")
    # Future against past, but contradicting: kept outside the block.
    assert chosen["000", "c003", "002", "c002"] == ("linked", "contradicts")
    assert all(r["doc_id_1"] < r["doc_id_2"] for r in pairs.values())
    assert pairs["000", "c002", "002", "c001"]["fold_2"] == "002+003"


def test_pairs_are_complete_and_the_same_every_time() -> None:
    clusters = {cluster.id: cluster for cluster in CLUSTERS}
    first = claim_pairs(GOLD, clusters)
    assert first == claim_pairs(dict(reversed(GOLD.items())), clusters)
    keys = {(p.first[0], p.first[1].id, p.second[0], p.second[1].id) for p in first}
    for left in GOLD:
        for right in GOLD:
            for a in GOLD[left].claims if left < right else ():
                for b in GOLD[right].claims:
                    shared = participants(GOLD[left], a) & participants(GOLD[right], b)
                    if (shared and a.time == b.time) or relation(a, b, clusters)[0] != "different":
                        assert (left, a.id, right, b.id) in keys
    positives = sum(p.label != "different" for p in first)
    assert sum(p.selection == "sampled" for p in first) <= positives


# ---------------------------------------------------------------- folds


def test_folds_follow_reuse_groups_of_the_sources(tmp_path: Path) -> None:
    root = write_project(tmp_path)
    assert read_project(root).folds == {"000": "000", "002": "002+003", "003": "002+003", "004": "004"}
    sources = root / "seeds" / "sources.toml"
    sources.write_text(sources.read_text().replace("[004]", '[004]\nreuse_group = "000"'))
    assert read_project(root).folds["004"] == read_project(root).folds["000"] == "000+004"


def test_the_published_folds() -> None:
    assert fold_names({d: fold for fold, ids in FOLDS.items() for d in ids}) == {
        d: fold for fold, ids in FOLDS.items() for d in ids
    }


# ---------------------------------------------------------------- properties

BOUNDS = sorted(SMALL.piece_starts), sorted(SMALL.piece_ends)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    starts, ends = BOUNDS
    sentence = draw(st.sampled_from(SMALL.scored_sentences))
    inside = [start for start in starts if sentence.start <= start < sentence.end]
    start = draw(st.sampled_from(inside))
    end = draw(st.sampled_from([end for end in ends if start < end <= sentence.end]))
    later = [s for s in inside if s > end]
    if later and draw(st.booleans()):
        second = draw(st.sampled_from(later))
        return Span(((start, end), (second, draw(st.sampled_from([e for e in ends if second < e <= sentence.end])))))
    return Span.of(start, end)


def ids(prefix: str) -> st.SearchStrategy[str]:
    return st.text("abc123", min_size=3, max_size=3).map(lambda text: prefix + text)


def labels(values: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


ENTITY = st.sampled_from(["", "salem", "900/source-1", "salem,other"])
MENTIONS = st.builds(
    Mention, ids("m"), spans(), labels(ENTITY_TYPES), st.sampled_from(["NAM", "VAL", "NOM", "PRO"]), ENTITY, st.booleans(),
    st.lists(st.sampled_from(FRAMINGS), unique=True).map(lambda found: tuple(sorted(found))),
)  # fmt: skip
ATTRIBUTIONS = st.builds(
    Attribution, ids("a"), spans(), st.none() | spans(), st.none() | spans(), st.none() | spans(), st.booleans(),
    st.sampled_from([(), ("salem",), ("salem", "other")]), labels(SOURCE_TYPES), st.sampled_from([(), ("al-ufuq",)]),
    labels(QUOTES), labels(KINDS), labels(STANCES), st.sampled_from(["positive", "denied", "untold"]),
    st.sampled_from(["", "aabc", "a123"]), st.booleans(), st.booleans(), st.sampled_from(["", "uncertain"]),
)  # fmt: skip
CLAIMS = st.builds(
    Claim, ids("c"), spans(), st.sampled_from(["", "قال شيئا.", 'a\t"b"\\']), st.sampled_from(["", "He said."]),
    st.sampled_from(["positive", "negative"]), labels(CERTAINTIES), labels(TIMES), st.sampled_from(["yes", "no"]),
    st.sampled_from(["", "arrival"]),
)  # fmt: skip


def unique(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=5, unique_by=lambda item: item.id).map(tuple)


ANNOTATIONS = st.builds(Annotations, st.just(SMALL.id), unique(MENTIONS), unique(ATTRIBUTIONS), unique(CLAIMS))


@given(ANNOTATIONS, ANNOTATIONS)
def test_any_annotation_survives_the_tables(gold: Annotations, other: Annotations) -> None:
    source = {column.name: "" for column in SOURCE_COLUMNS}
    release = Release(
        (SMALL,),
        {SMALL.id: source},
        {SMALL.id: SMALL.id},
        Layer("gold", {SMALL.id: gold}, {SMALL.id: "1.1"}),
        (Layer("annotator-a", {SMALL.id: other}, {SMALL.id: "1.0"}),),
    )
    try:
        rows = all_rows(release)
    except HubError as error:
        assert "hub-depth" in str(error)
        return
    for with_text in (True, False):
        read = {name: table(name, found, with_text=with_text).to_pylist() for name, found in rows.items()}
        back = release_from_rows(read, None if with_text else {SMALL.id: SMALL.text})
        assert back == release
        assert all_rows(back) == rows


@given(unique(MENTIONS))
def test_layers_of_tags_hold_every_name_and_value(mentions: tuple[Mention, ...]) -> None:
    annotations = Annotations(SMALL.id, mentions)
    depths = layer_depths(annotations)
    pieces: list[Piece] = [piece for word in SMALL.words for piece in word.pieces]
    count = max(depths.values(), default=0)
    layers = tag_layers(pieces, annotations, depths, count)
    for depth, tags in enumerate(layers, start=1):
        here = [mention for mention in mentions if depths[mention.id] == depth]
        assert not any(a.span.overlaps(b.span) for a in here for b in here if a is not b)
        found, open_type = [], ""
        for piece, tag in zip(pieces, tags, strict=True):
            if tag.startswith("B"):
                found.append([piece.start, piece.end, tag[2:]])
                open_type = tag[2:]
            elif tag.startswith("I"):
                assert tag[2:] == open_type
                found[-1][1] = piece.end
            else:
                open_type = ""
        assert sorted(map(tuple, found)) == sorted((s, e, m.type) for m in here for s, e in m.span.fragments)
    assert all((depths[m.id] == 0) == (m.level in ("NOM", "PRO")) for m in mentions)


def test_deeper_nesting_than_the_table_has_is_refused() -> None:
    text = "ا ب ج د ه"
    words = [(0, 9), (0, 7), (0, 5), (0, 3), (0, 1)]
    from aqwal.model import Paragraph, Sentence, Word

    made = tuple(Word(i, i + 1, text[i], (Piece(i, i + 1),)) for i in range(0, 9, 2))
    document = Document("900", text, (Paragraph("p1", "body", (Sentence("s1", 0, 9, made),)),))
    gold = Annotations("900", tuple(Mention(f"m00{n}", Span.of(*w), "ORG", entity="x") for n, w in enumerate(words)))
    release = Release(
        (document,), {"900": {c.name: "" for c in SOURCE_COLUMNS}}, {"900": "900"}, Layer("gold", {"900": gold})
    )
    with pytest.raises(HubError, match=r"document 900: hub-depth: mentions: mentions are nested 5 deep.*NER_LAYERS"):
        all_rows(release)
