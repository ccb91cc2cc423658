"""Submissions: written and read back, and every way in which a file can be wrong."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit import metrics_cases as cases

from aqwal.columns import Geometry
from aqwal.formats import _jsonl_record as record_reader
from aqwal.formats import jsonl
from aqwal.formats._jsonl_bulk import read_columns
from aqwal.formats.jsonl import (
    Problem,
    RecordError,
    from_record,
    read_predictions,
    read_submission,
    to_record,
    write_predictions,
)
from aqwal.metrics import TASKS, score
from aqwal.metrics.example import document, quote
from aqwal.metrics.scoring import score_columns
from aqwal.model import Annotations, Attribution, Claim, Mention

DOC = document("قالت صحيفة هآرتس إن حفتر زار الأردن أمس")


def mention(**changes: Any) -> dict[str, Any]:
    return {"id": "m1", "spans": [[5, 10]], "type": "ORG"} | changes


def attribution(**changes: Any) -> dict[str, Any]:
    return {"id": "a1", "cue": [[0, 4]], "content": [[20, 30]]} | changes


def claim(**changes: Any) -> dict[str, Any]:
    return {"id": "c1", "spans": [[20, 30]]} | changes


def read(path: Path, *lines: Any) -> jsonl.Submission:
    """Write lines (objects, or raw bytes) and read them."""
    parts = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
    path.write_bytes(b"\n".join(parts) + b"\n")
    return read_submission(path, [DOC])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "predictions.jsonl"


def coded(submission: jsonl.Submission) -> list[tuple[int, str, str, str]]:
    return [(p.line, p.path, p.code, p.lost) for p in submission.problems]


# ---------------------------------------------------------------- writing and reading back


@pytest.mark.parametrize("seed", range(25))
def test_written_and_read_back(seed: int, path: Path) -> None:
    docs, gold, _ = cases.corpus(seed)
    write_predictions(path, gold[::-1])
    made = read_submission(path, docs)
    assert (list(made.annotations), made.problems, made.absent) == (gold, (), ())
    assert made.layers == ("mentions", "attributions", "claims")
    first = path.read_bytes()
    write_predictions(path, made.annotations)
    assert path.read_bytes() == first


def test_writing_leaves_nothing_half_done(path: Path) -> None:
    path.write_text("before")

    def broken():  # type: ignore[no-untyped-def]
        yield Annotations("000")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_predictions(path, broken())
    assert path.read_text() == "before" and list(path.parent.iterdir()) == [path]


def test_defaults_and_derived_values(path: Path) -> None:
    made = read(path, {
        "doc_id": "000", "model": "x", "mentions": [mention(score=0.5), mention(id="m2", type="DATE", entity="")],
        "attributions": [attribution(source=None, medium=[], chain=[["author"]])], "claims": [claim(attribution="a1")],
    })  # fmt: skip
    assert made.problems == ()
    assert made.annotations[0] == Annotations(
        "000",
        (Mention("m1", quote(DOC, "صحيفة"), "ORG"), Mention("m2", quote(DOC, "صحيفة"), "DATE", "VAL")),
        (Attribution("a1", quote(DOC, "قالت"), made.annotations[0].attributions[0].content),),
        (Claim("c1", made.annotations[0].claims[0].span),),
    )


def test_fragments_in_any_order_are_one_span(path: Path) -> None:
    made = read(path, {"doc_id": "000", "claims": [claim(spans=[[20, 24], [5, 10], [10, 12]])]})
    assert made.problems == () and made.annotations[0].claims[0].span.fragments == ((5, 12), (20, 24))


def test_layers_left_out_are_not_attempted(path: Path) -> None:
    assert read(path, {"doc_id": "000", "claims": []}).layers == ("claims",)
    assert read(path, {"doc_id": "000", "claims": [], "mentions": []}).layers == ("mentions", "claims")


def test_documents_left_out_are_empty_and_named(path: Path) -> None:
    other = document("قال", "001")
    path.write_text('{"doc_id": "001", "mentions": []}\n')
    made = read_submission(path, [other, DOC])
    assert [a.doc_id for a in made.annotations] == ["000", "001"] and made.absent == ("000",)


def test_predictions_without_a_place(path: Path) -> None:
    made = read(path, {"doc_id": "000", "claims": [], "unanchored": {"claims": 2}})
    assert made.unanchored == {"000": {"claims": 2}} and made.problems == ()
    made = read(path, {"doc_id": "000", "unanchored": {"claim": -1}})
    assert coded(made) == [(1, "$.unanchored", "wrong-type", "object")] and made.unanchored == {}


# ---------------------------------------------------------------- what can be wrong with an object

OBJECTS: list[tuple[str, dict[str, Any], str, str]] = [
    ("mentions", mention(type="PER"), "$.mentions[0].type", "unknown-label"),
    ("mentions", mention(type=None), "$.mentions[0].type", "wrong-type"),
    ("mentions", {"id": "m1", "spans": [[0, 4]]}, "$.mentions[0]", "missing-field"),
    ("mentions", {"spans": [[0, 4]], "type": "ORG"}, "$.mentions[0]", "missing-field"),
    ("mentions", {"id": "m1", "type": "ORG"}, "$.mentions[0]", "missing-field"),
    ("mentions", mention(id=""), "$.mentions[0].id", "empty-field"),
    ("mentions", mention(id=7), "$.mentions[0].id", "wrong-type"),
    ("mentions", mention(spans=[]), "$.mentions[0].spans", "no-span"),
    ("mentions", mention(spans=None), "$.mentions[0].spans", "no-span"),
    ("mentions", mention(spans="0-4"), "$.mentions[0].spans", "wrong-type"),
    ("mentions", mention(spans=[4]), "$.mentions[0].spans[0]", "wrong-type"),
    ("mentions", mention(spans=[[0]]), "$.mentions[0].spans[0]", "wrong-type"),
    ("mentions", mention(spans=[[0, 4, 5]]), "$.mentions[0].spans[0]", "wrong-type"),
    ("mentions", mention(spans=[[0, "4"]]), "$.mentions[0].spans[0][1]", "wrong-type"),
    ("mentions", mention(spans=[[0, 4.0]]), "$.mentions[0].spans[0][1]", "wrong-type"),
    ("mentions", mention(spans=[[False, 4]]), "$.mentions[0].spans[0][0]", "wrong-type"),
    ("mentions", mention(spans=[[4, 4]]), "$.mentions[0].spans[0]", "span-empty"),
    ("mentions", mention(spans=[[9, 4]]), "$.mentions[0].spans[0]", "span-empty"),
    ("mentions", mention(spans=[[-1, 4]]), "$.mentions[0].spans[0]", "span-outside"),
    ("mentions", mention(spans=[[0, 4], [30, 999]]), "$.mentions[0].spans[1]", "span-outside"),
    ("mentions", mention(spans=[[10**30, 10**30 + 1]]), "$.mentions[0].spans[0]", "span-outside"),
    ("mentions", mention(level="nam"), "$.mentions[0].level", "unknown-label"),
    ("mentions", mention(entity=["x"]), "$.mentions[0].entity", "wrong-type"),
    ("mentions", mention(metonym=1), "$.mentions[0].metonym", "wrong-type"),
    ("mentions", mention(framing="loaded"), "$.mentions[0].framing", "wrong-type"),
    ("mentions", mention(framing=["loaded", "lauded"]), "$.mentions[0].framing[1]", "unknown-label"),
    ("mentions", mention(id="a\ud800"), "$.mentions[0].id", "surrogate"),
    ("attributions", {"id": "a1"}, "$.attributions[0]", "missing-field"),
    ("attributions", attribution(cue=None), "$.attributions[0].cue", "no-span"),
    ("attributions", attribution(content=[[0, 999]]), "$.attributions[0].content[0]", "span-outside"),
    ("attributions", attribution(quote="directly"), "$.attributions[0].quote", "unknown-label"),
    ("attributions", attribution(source_type=3), "$.attributions[0].source_type", "wrong-type"),
    ("attributions", attribution(source_entity="haftar"), "$.attributions[0].source_entity", "wrong-type"),
    ("attributions", attribution(source_entity=[""]), "$.attributions[0].source_entity[0]", "wrong-type"),
    ("attributions", attribution(medium_entity=[3]), "$.attributions[0].medium_entity[0]", "wrong-type"),
    ("attributions", attribution(source_entity=["\udfff"]), "$.attributions[0].source_entity[0]", "surrogate"),
    ("attributions", attribution(parent=1), "$.attributions[0].parent", "wrong-type"),
    ("attributions", attribution(implicit="yes"), "$.attributions[0].implicit", "wrong-type"),
    ("claims", claim(certainty="sure"), "$.claims[0].certainty", "unknown-label"),
    ("claims", claim(cluster=None), "$.claims[0].cluster", "wrong-type"),
    ("claims", claim(statement=["x"]), "$.claims[0].statement", "wrong-type"),
]


@pytest.mark.parametrize(("layer", "item", "where", "code"), OBJECTS)
def test_an_invalid_object_is_set_aside_and_the_others_stay(
    layer: str, item: dict[str, Any], where: str, code: str, path: Path
) -> None:
    good = {"mentions": mention, "attributions": attribution, "claims": claim}[layer](id="good")
    line = json.dumps({"doc_id": "000", layer: [item, good]}).encode()  # ASCII, so that surrogates survive
    made = read(path, line)
    assert coded(made) == [(1, where, code, "object")]
    assert [x.id for x in getattr(made.annotations[0], layer)] == ["good"]
    assert made.problems[0].doc_id == "000" and str(made.problems[0]).startswith(f"line 1: {where}: ")
    with pytest.raises(RecordError) as caught:
        from_record({"doc_id": "000", layer: [item]}, DOC)
    assert [p.path for p in caught.value.problems] == [where]


def test_all_faults_of_an_object_are_named(path: Path) -> None:
    bad = mention(type="PRS", spans=[[0, 999], [5, 5]], level="x", metonym="no", entity=3)
    made = read(path, {"doc_id": "000", "mentions": [bad]})
    assert [p.path for p in made.problems] == [
        "$.mentions[0].entity", "$.mentions[0].level", "$.mentions[0].metonym", "$.mentions[0].spans[0]",
        "$.mentions[0].spans[1]", "$.mentions[0].type",
    ]  # fmt: skip


def test_not_a_number_is_named_where_it_stands(path: Path) -> None:
    line = b'{"doc_id": "000", "mentions": [{"id": "m1", "spans": [[NaN, 4]], "type": "ORG"}], "score": [1, Infinity]}'
    made = read(path, line)
    assert coded(made) == [
        (1, "$.mentions[0].spans[0][0]", "not-a-number", "object"), (1, "$.score[1]", "not-a-number", ""),
    ]  # fmt: skip


def test_repeated_ids_and_objects_that_are_none(path: Path) -> None:
    made = read(path, {"doc_id": "000", "mentions": [mention(), mention(spans=[[0, 4]]), 7, None], "claims": {"a": 1}})
    assert coded(made) == [
        (1, "$.claims", "wrong-type", "layer"), (1, "$.mentions[1].id", "duplicate-id", "object"),
        (1, "$.mentions[2]", "wrong-type", "object"), (1, "$.mentions[3]", "wrong-type", "object"),
    ]  # fmt: skip
    assert made.annotations[0].mentions[0].span.start == 5  # the first stays
    assert made.set_aside == {"layer": 1, "object": 3}
    assert made.lost == {"000": {"mentions": 3}}
    gold = [made.annotations[0]]
    assert score([DOC], gold, made.annotations)["entities"].value == 1
    assert score([DOC], gold, made.annotations, unanchored=made.lost)["entities"].precision == 1 / 4


def test_a_slip_in_a_field_name_is_noticed(path: Path) -> None:
    made = read(path, {"doc_id": "000", "mention": [], "claims": [claim(certaintly="probable")]})
    assert coded(made) == [(1, "$", "misspelt-field", ""), (1, "$.claims[0]", "misspelt-field", "")]
    assert "did you mean 'mentions'?" in str(made.problems[0])
    assert len(made.annotations[0].claims) == 1


def test_labels_are_suggested(path: Path) -> None:
    made = read(path, {"doc_id": "000", "mentions": [mention(type="pers")]})
    assert "did you mean 'PERS'?" in str(made.problems[0])


# ---------------------------------------------------------------- links


def parents(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"doc_id": "000", "attributions": [attribution(id=name, parent=up) for name, up in pairs]}


def test_a_dangling_parent_costs_the_link_only(path: Path) -> None:
    made = read(path, parents(("a", "zz"), ("b", "a")))
    assert coded(made) == [(1, "$.attributions[0].parent", "dangling", "link")]
    assert [a.parent for a in made.annotations[0].attributions] == ["", "a"]


def test_a_parent_that_was_set_aside_dangles(path: Path) -> None:
    record = parents(("a", ""), ("b", "a"))
    record["attributions"][0]["cue"] = []
    assert [p.code for p in read(path, record).problems] == ["no-span", "dangling"]


def test_circles_of_parents_are_cut(path: Path) -> None:
    made = read(path, parents(("a", "b"), ("b", "c"), ("c", "b"), ("d", "d"), ("e", "a")))
    assert coded(made) == [(1, f"$.attributions[{k}].parent", "circle", "link") for k in (1, 2, 3)]
    assert [a.parent for a in made.annotations[0].attributions] == ["b", "", "", "", "a"]


def test_chains_are_bounded(path: Path) -> None:
    made = read(path, parents(("n0", ""), *((f"n{k}", f"n{k - 1}") for k in range(1, 200))))
    assert [p.code for p in made.problems] == ["too-deep"] * 3
    assert max(made.annotations[0].depth(a) for a in made.annotations[0].attributions) == 64


# ---------------------------------------------------------------- what can be wrong with a line or a file


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "not-json"), (b"[[", "not-json"), (b"nonsense", "not-json"), (b'{"doc_id": "000"} x', "not-json"),
        (b"\xff\xfe", "not-utf8"), (b'{"doc_id": "\xd9"}', "not-utf8"), (b"[]", "wrong-type"), (b"3", "wrong-type"),
        (b"NaN", "wrong-type"), (b'"000"', "wrong-type"), (b"{}", "missing-field"), (b'{"doc_id": 0}', "wrong-type"),
        (b'{"doc_id": ""}', "empty-field"), (b'{"doc_id": "9"}', "unknown-document"),
        (b'{"doc_id": "000", "doc_id": "000"}', "repeated-key"), (b"[" * 100_000, "too-deep"),
        (b'{"doc_id": "000", "x": ' + b"[" * 70 + b"]" * 70 + b"}", "too-deep"),
        (b'{"doc_id": "000", "x": ' + b"1" * 5000 + b"}", "not-json"), (b"\x00", "not-json"),
        (b'{"doc_id": "000\\ud800"}', "unknown-document"),
    ],
)  # fmt: skip
def test_an_unreadable_line_is_set_aside_and_the_others_stay(line: bytes, code: str, path: Path) -> None:
    made = read(path, line, {"doc_id": "000", "mentions": [mention()]})
    assert [(p.line, p.code, p.lost) for p in made.problems] == [(1, code, "line")]
    assert len(made.annotations[0].mentions) == 1
    str(made.problems[0]).encode("utf-8")


def test_a_document_given_twice(path: Path) -> None:
    made = read(path, {"doc_id": "000", "claims": [claim()]}, {"doc_id": "000", "claims": []})
    assert coded(made) == [(2, "$.doc_id", "repeated-document", "line")] and len(made.annotations[0].claims) == 1
    assert "already on line 1" in str(made.problems[0])


def test_a_byte_order_mark_is_named_and_read_over(path: Path) -> None:
    made = read(path, b"\xef\xbb\xbf" + json.dumps({"doc_id": "000", "claims": [claim()]}).encode())
    assert coded(made) == [(1, "$", "bom", "")] and len(made.annotations[0].claims) == 1


def test_blank_lines_and_line_ends(path: Path) -> None:
    made = read(path, b"", b"  \r", json.dumps({"doc_id": "000", "claims": [claim(id="")]}).encode() + b"\r", b"")
    assert [p.line for p in made.problems] == [3]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"{}\n"])
def test_a_file_without_a_document(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    assert read_submission(path, [DOC]).problems[0].code == "empty-file"


def test_sizes_are_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE", 300)
    monkeypatch.setattr(record_reader, "MAX_SPANS", 3)
    long = {"doc_id": "000", "x": "و" * 1000}
    made = read(path, long, {"doc_id": "000", "claims": [claim(spans=[[0, 1]] * 4)]})
    assert [(p.line, p.code) for p in made.problems] == [(0, "empty-file"), (1, "line-too-long"), (2, "too-many-spans")]
    assert [(p.line, p.code) for p in read(path, long, {"doc_id": "000", "claims": [claim()]}).problems] == [
        (1, "line-too-long")
    ]


def test_a_line_of_just_the_limit_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.dumps({"doc_id": "000", "claims": []}).encode()
    monkeypatch.setattr(jsonl, "MAX_LINE", len(line))
    path.write_bytes(line)
    assert read_submission(path, [DOC]).problems == ()


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_predictions(tmp_path / "none.jsonl", [DOC])


def test_messages_are_short(path: Path) -> None:
    made = read(path, {"doc_id": "000", "mentions": [mention(type="ن" * 100_000)]})
    assert len(str(made.problems[0])) < 1000


def test_problems_sort_by_line() -> None:
    assert sorted([Problem(2, "$", "a", ""), Problem(1, "$.z", "b", "")])[0].line == 1
    listed = [f"$.claims[{k}].spans[{j}]" for k in (0, 2, 10, 1000) for j in (0, 3, 12)]
    made = [Problem(1, path, "a", "") for path in ("$", "$.claims", *listed, "$.mentions[1]")]
    assert sorted(made, key=lambda p: p.path) != made == sorted([*made[7:], *made[:7]])


def test_what_is_lost_is_counted_by_thing(path: Path) -> None:
    bad = mention(type=None, id=None, entity=3)
    nowhere = mention(spans=[["1", "2"], [9, 9]])
    made = read(path, {"doc_id": "000", "mentions": [bad, nowhere, bad], "unanchored": 3, "claims": None})
    assert len(made.problems) == 11 and made.set_aside == {"layer": 1, "object": 4}
    assert made.lost == {"000": {"mentions": 3}}
    assert read(path, {"doc_id": ""}, 3).set_aside == {"file": 1, "line": 2}


def test_the_part_that_concerns_some_documents(path: Path) -> None:
    others = [document("قال", "001"), document("قال", "002")]
    rows = [
        {"doc_id": "000", "claims": [claim(id=3)], "unanchored": {"claims": 2}},
        {"doc_id": "001", "claims": [claim(id=3)], "unanchored": {"claims": 4}},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "no json\n")
    made = read_submission(path, [DOC, *others]).only(["000", "002"])
    assert [a.doc_id for a in made.annotations] == ["000", "002"] and made.absent == ("002",)
    assert [(p.line, p.doc_id) for p in made.problems] == [(1, "000"), (3, "")]
    assert made.unanchored == {"000": {"claims": 2}} and made.layers == ("claims",)


@pytest.mark.parametrize(
    "line", ['{"doc_id": "001", "x": "\x00"}', '{"x": [1,, "doc_id" : "001"}', '{"doc_id": "001", "x": ' + "1" * 5000]
)
def test_the_document_of_a_line_that_cannot_be_parsed(line: str, path: Path) -> None:
    path.write_text('{"doc_id": "000"}\n' + line + "\n" + line.replace("001", "999") + "\n")
    made = read_submission(path, [DOC, document("قال", "001"), document("قال", "002")])
    assert [(p.line, p.doc_id) for p in made.problems] == [(2, "001"), (3, "")]
    assert made.unread == {"001": 2} and made.absent == ("001", "002")


@pytest.mark.parametrize(
    ("value", "choices", "guess"),
    [
        ("00O", ["000", "001", "004"], "000"), ("٠٠١", ["000", "001"], "001"), ("0O1", ["000", "004"], ""),
        ("0001", ["000", "001"], ""), ("sure", ["certain", "probable", "unreal"], ""), ("PER", ["PERS", "NORP"], "PERS"),
        ("per", ["PERS", "NORP"], ""), ("indirectly", ["direct", "mixed", "indirect"], "indirect"),
        ("probably", ["certain", "probable"], "probable"), (" Direct ", ["direct", "indirect"], "direct"), (7, ["7"], ""),
    ],
)  # fmt: skip
def test_only_what_is_much_alike_is_suggested(value: object, choices: list[str], guess: str) -> None:
    said = record_reader.meant(value, choices)
    assert said == (f"did you mean {guess!r}?" if guess else "use one of " + ", ".join(choices))


@pytest.mark.parametrize(("value", "said"), [(None, "'spans' is null"), ([], "'spans' is empty")])
def test_null_is_not_called_empty(value: object, said: str, path: Path) -> None:
    assert read(path, {"doc_id": "000", "claims": [claim(spans=value)]}).problems[0].message == said


# ---------------------------------------------------------------- straight into columns


@pytest.mark.parametrize("seed", range(25))
def test_columns_score_as_objects_do(seed: int, path: Path) -> None:
    docs, gold, predictions = cases.corpus(seed)
    lines = []
    for each in predictions:
        record = to_record(each)
        if seed % 2:  # plain mentions only: the fast way
            record = {"doc_id": each.doc_id, "mentions": [
                {key: m[key] for key in ("id", "spans", "type")} for m in record["mentions"] if len(m["spans"]) == 1
            ]}  # fmt: skip
        lines.append(json.dumps(record))
    path.write_text("\n".join(lines) + "\n")
    geometry = Geometry.of(docs)
    columns, layers, problems, _ = read_columns(path, geometry)
    submission = read_submission(path, docs)
    assert (layers, problems) == (submission.layers, submission.problems)
    write_predictions(path, gold)
    one = score_columns(read_columns(path, geometry)[0], columns, TASKS)
    two = score(docs, gold, submission.annotations, TASKS)
    for task in TASKS:
        assert list(one[task].measures) == list(two[task].measures)
        for name, measure in one[task].measures.items():
            np.testing.assert_allclose(measure.columns(), two[task].measures[name].columns(), atol=1e-12, err_msg=name)


@pytest.mark.parametrize(("layer", "item", "where", "code"), OBJECTS)
def test_columns_report_the_same_problems(layer: str, item: dict[str, Any], where: str, code: str, path: Path) -> None:
    path.write_bytes(json.dumps({"doc_id": "000", layer: [item]}).encode() + b"\n" + b'{"doc_id":"000","doc_id":"x"}')
    _, _, problems, _ = read_columns(path, Geometry.of([DOC]))
    assert problems == read_submission(path, [DOC]).problems and problems[0].path == where


def test_columns_notice_a_repeated_key(path: Path) -> None:
    path.write_text('{"doc_id":"000","mentions":[{"id":"m","spans":[[0,4]],"type":"ORG","type":"PERS"}]}\n')
    assert "repeated-key" in [p.code for p in read_columns(path, Geometry.of([DOC]))[2]]


def test_nothing_is_not_a_number() -> None:
    assert math.isnan(score([DOC], [], [], TASKS)["entities"].value)
