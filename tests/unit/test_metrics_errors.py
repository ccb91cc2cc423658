"""Each type of error, on a text made for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit import metrics_cases as cases

from aqwal.columns import Columns, Geometry
from aqwal.metrics import intervals
from aqwal.metrics.errors import TYPES, Error, count_errors, find_errors
from aqwal.metrics.example import document, quote
from aqwal.metrics.scoring import Comparison
from aqwal.metrics.sides import Side
from aqwal.model import Annotations, Attribution, Claim, Mention, Span

DOC = document(
    "قالت صحيفة هآرتس إن القائد حفتر زار الأردن أمس سرا\n# furniture اقرأ أيضا حفتر\nوأضافت أن “الحكومة” وافقت على ذلك"
)
SAID = Attribution(
    "g1", quote(DOC, "قالت"), quote(DOC, "القائد حفتر زار الأردن أمس سرا"), quote(DOC, "صحيفة هآرتس"),
    source_entity=("haaretz",), source_type="media",
)  # fmt: skip
ADDED = Attribution(
    "g2", quote(DOC, "وأضافت"), quote(DOC, "“الحكومة” وافقت على ذلك"), implicit=True, source_entity=("haaretz",),
    source_type="media",
)  # fmt: skip
HAARETZ = Mention("m1", quote(DOC, "هآرتس"), "ORG", entity="haaretz")
HAFTAR = Mention("m2", quote(DOC, "القائد حفتر"), "PERS", entity="haftar")


def errors(gold: Annotations, pred: Annotations) -> list[Error]:
    return find_errors([DOC], [gold], [pred])


def made(*, mentions: tuple = (), attributions: tuple = (), claims: tuple = ()) -> Annotations:  # type: ignore[type-arg]
    return Annotations("000", mentions, attributions, claims)


def kinds(found: list[Error]) -> list[tuple[str, str]]:
    return [(e.type, e.field) for e in found]


def test_right_predictions_have_no_errors() -> None:
    gold = made(mentions=(HAARETZ, HAFTAR), attributions=(SAID, ADDED), claims=(Claim("c", quote(DOC, "زار الأردن")),))
    assert errors(gold, gold) == []


def test_mentions() -> None:
    gold = made(mentions=(HAARETZ, HAFTAR))
    assert kinds(errors(gold, made(mentions=(HAARETZ,)))) == [("missed", "")]
    assert kinds(errors(gold, made(mentions=(HAARETZ, HAFTAR, Mention("x", quote(DOC, "سرا"), "DATE"))))) == [
        ("spurious", "")
    ]
    assert kinds(errors(gold, made(mentions=(HAARETZ, replace(HAFTAR, span=quote(DOC, "حفتر")))))) == [
        ("boundary", "span")
    ]
    assert kinds(errors(gold, made(mentions=(HAARETZ, replace(HAFTAR, type="ORG"))))) == [("type", "type")]


def test_a_mention_in_pieces_and_two_in_one() -> None:
    pieces = made(mentions=(Mention("x", quote(DOC, "القائد"), "OCC"), Mention("y", quote(DOC, "حفتر"), "PERS")))
    whole = made(mentions=(HAFTAR,))
    assert [e.type for e in errors(whole, pieces)] == ["split", "split"]
    assert [e.type for e in errors(pieces, whole)] == ["merged", "merged"]


def test_attribution_spans_labels_and_sources() -> None:
    gold = made(mentions=(HAARETZ, HAFTAR), attributions=(SAID,))
    short = replace(SAID, content=quote(DOC, "القائد حفتر زار الأردن"), stance="endorsing")
    found = errors(gold, made(mentions=(HAARETZ, HAFTAR), attributions=(short,)))
    assert kinds(found) == [("type", "stance"), ("boundary", "content")]
    assert found[0].detail == "neutral → endorsing"
    assert found[1].pred_text == "القائد حفتر زار الأردن" and found[1].gold_text.endswith("أمس سرا")
    other = replace(SAID, source_entity=("haftar",))
    found = errors(gold, made(mentions=(HAARETZ, HAFTAR), attributions=(other,)))
    assert kinds(found) == [("wrong source", "source")] and found[0].detail == "haaretz → haftar"


def test_a_source_outside_the_sentence() -> None:
    gold = made(mentions=(HAARETZ, HAFTAR), attributions=(ADDED,))
    pred = made(mentions=(HAARETZ, HAFTAR), attributions=(replace(ADDED, source_entity=("haftar",)),))
    assert kinds(errors(gold, pred)) == [("out-of-sentence source", "source")]


def test_a_wrong_parent() -> None:
    gold = made(attributions=(SAID, replace(ADDED, parent="g1", inherited=True)))
    found = errors(gold, made(attributions=(SAID, ADDED)))
    assert kinds(found) == [("wrong parent", "parent")] and found[0].detail == "g1 → author"


def test_a_content_in_pieces_and_two_in_one() -> None:
    first = replace(SAID, id="x", content=quote(DOC, "القائد حفتر"))
    second = replace(SAID, id="y", cue=quote(DOC, "زار"), content=quote(DOC, "الأردن أمس سرا"), source=None)
    assert [e.type for e in errors(made(attributions=(SAID,)), made(attributions=(first, second)))].count("split") == 1
    found = errors(made(attributions=(first, second)), made(attributions=(SAID,)))
    assert [e.type for e in found].count("merged") == 1 and "missed" not in [e.type for e in found]


def test_a_scare_quote_taken_for_a_quotation() -> None:
    scare = Mention("m3", quote(DOC, "“الحكومة”"), "ORG", entity="gov", framing=("scare_quotes",))
    taken = Attribution("x", quote(DOC, "وافقت"), quote(DOC, "“الحكومة”"), quote="direct")
    assert kinds(errors(made(mentions=(scare,)), made(mentions=(scare,), attributions=(taken,)))) == [
        ("scare quote", "")
    ]
    indirect = replace(taken, quote="indirect")
    assert kinds(errors(made(mentions=(scare,)), made(mentions=(scare,), attributions=(indirect,)))) == [
        ("spurious", "")
    ]


def test_what_lies_in_furniture() -> None:
    found = errors(made(), made(mentions=(Mention("x", quote(DOC, "حفتر", nth=1), "PERS"),)))
    assert [(e.type, e.pred_text, e.paragraph) for e in found] == [("repeat scored", "حفتر", "p2")]


def test_claims() -> None:
    claim = Claim("c1", quote(DOC, "القائد حفتر زار الأردن أمس سرا"))
    gold = made(attributions=(SAID,), claims=(claim,))
    near = replace(claim, span=quote(DOC, "القائد حفتر زار الأردن"), time="future")
    assert kinds(errors(gold, made(attributions=(SAID,), claims=(near,)))) == [("boundary", "span"), ("type", "time")]
    assert ("wrong source", "chain") in kinds(errors(gold, made(claims=(claim,))))
    assert kinds(errors(gold, made(attributions=(SAID,)))) == [("missed", "")]
    two = (
        replace(claim, id="x", span=quote(DOC, "القائد حفتر زار")),
        replace(claim, id="y", span=quote(DOC, "أمس سرا")),
    )
    assert "split" in [e.type for e in errors(gold, made(attributions=(SAID,), claims=two))]


def test_counting() -> None:
    found = errors(made(mentions=(HAARETZ, HAFTAR), attributions=(SAID,)), made())
    assert count_errors(found) == {("mentions", "missed"): 2, ("attributions", "missed"): 1}


def test_layers_that_were_not_attempted_are_not_listed() -> None:
    gold = made(mentions=(HAARETZ,), attributions=(SAID,), claims=(Claim("c", SAID.content or SAID.cue),))
    aside = made(mentions=(Mention("x", quote(DOC, "حفتر", nth=1), "PERS"),))
    for layers, expected in (
        (["mentions"], {("mentions", "missed"), ("mentions", "repeat scored")}),
        (["attributions", "claims"], {("attributions", "missed"), ("claims", "missed")}),
        ([], set()),
    ):
        found = find_errors([DOC], [gold], [aside], layers=layers)
        assert {(e.layer, e.type) for e in found} == expected


def test_predictions_without_a_place_are_spurious() -> None:
    gold = made(mentions=(HAARETZ,))
    unanchored = {"000": {"mentions": 2, "claims": 1, "attributions": 0}}
    found = find_errors([DOC], [gold], [made()], unanchored=unanchored)
    assert [(e.start, e.layer, e.type) for e in found[:3]] == [
        (-1, "claims", "spurious"), (-1, "mentions", "spurious"), (-1, "mentions", "spurious"),
    ]  # fmt: skip
    assert count_errors(found) == {("mentions", "missed"): 1, ("mentions", "spurious"): 2, ("claims", "spurious"): 1}
    found = find_errors([DOC], [gold], [gold], layers=["mentions"], unanchored=unanchored)
    assert count_errors(found) == {("mentions", "spurious"): 2}


def test_predictions_that_overlap_one_another_are_not_paired(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred claims in one place overlap gold a hundred times, but one another ten thousand times."""
    whole = quote(DOC, "القائد حفتر زار الأردن أمس سرا")
    claims = tuple(Claim(f"x{k}", whole) for k in range(100))
    attributions = tuple(replace(SAID, id=f"y{k}") for k in range(100))
    gold = made(attributions=(SAID,), claims=(Claim("c", whole),))
    monkeypatch.setattr(intervals, "MAX_PAIRS", 300)
    for layer, predictions in (("attributions", made(attributions=attributions)), ("claims", made(claims=claims))):
        found = find_errors([DOC], [gold], [predictions], layers=[layer])
        assert count_errors(found)[layer, "spurious"] == 99


def test_pieces_with_several_fragments() -> None:
    """A further piece shares no word with the partner, wherever the fragments of both lie."""
    part = {name: quote(DOC, name) for name in ("القائد", "حفتر", "زار", "الأردن", "أمس", "سرا")}

    def of(*names: str) -> Span:
        return Span.from_fragments([(part[name].start, part[name].end) for name in names])

    gold = made(claims=(Claim("c", quote(DOC, "القائد حفتر زار الأردن أمس سرا")),))
    first = Claim("x", of("القائد", "زار", "الأردن", "سرا"))
    between, across = Claim("y", of("حفتر", "أمس")), Claim("z", of("حفتر", "زار"))
    found = find_errors([DOC], [gold], [made(claims=(first, between, across))])
    assert {e.pred: e.type for e in found if e.type != "boundary"} == {"y": "split", "z": "spurious"}


@pytest.mark.parametrize("seed", range(40))
def test_every_object_that_is_wrong_is_named(seed: int) -> None:
    docs, gold, predictions = cases.corpus(seed)
    found = find_errors(docs, gold, predictions)
    assert {e.type for e in found} <= set(TYPES)
    assert found == find_errors(docs[::-1], gold[::-1], predictions[::-1])
    geometry = Geometry.of(docs)
    both = Comparison(Side.of(Columns.of(geometry, predictions)), Side.of(Columns.of(geometry, gold)))
    for layer, aligned in (("attributions", both.attributions), ("claims", both.claims[0])):
        lost = [e for e in found if e.layer == layer and e.gold and e.type in ("missed", "merged")]
        assert len(lost) == (aligned.gold_partner < 0).sum()
        extra = [e for e in found if e.layer == layer and e.type in ("spurious", "split", "scare quote")]
        assert len(extra) == (aligned.pred_partner < 0).sum()
    aside = [e for e in found if e.type == "repeat scored"]
    assert len(aside) == sum(rows.size for rows in both.pred.aside.values())
