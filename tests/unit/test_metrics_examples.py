"""Hand-worked examples of every measure, in Arabic: clitics, nesting, gaps, implicit sources, empty sides.

Each test says in a comment how its number comes about.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from aqwal.metrics import TASKS, score
from aqwal.metrics.example import document, quote
from aqwal.model import Annotations, Attribution, Claim, Document, Mention, Paragraph, Piece, Sentence, Span, Word

# Twelve words: 0 قالت 1 صحيفة 2 هآرتس 3 الإسرائيلية 4 إن 5 القائد 6 خليفة 7 حفتر 8 زار 9 الأردن 10 أمس 11 سرا
TEXT = "قالت صحيفة هآرتس الإسرائيلية إن القائد خليفة حفتر زار الأردن أمس سرا ."


@pytest.fixture
def doc() -> Document:
    return document(TEXT)


def measures(doc: Document | list[Document], gold: Annotations | list, pred: Annotations | list) -> dict[str, float]:  # type: ignore[type-arg]
    docs = doc if isinstance(doc, list) else [doc]
    golds = gold if isinstance(gold, list) else [gold]
    preds = pred if isinstance(pred, list) else [pred]
    made = score(docs, golds, preds, TASKS)
    return {name: m.value for task in made.tasks.values() for name, m in task.measures.items()}


def only(doc: Document, **layers: tuple) -> Annotations:  # type: ignore[type-arg]
    return Annotations(doc.id, **layers)


# ---------------------------------------------------------------- entities


def test_entities_by_kind_of_match(doc: Document) -> None:
    gold = only(
        doc,
        mentions=(
            Mention("1", quote(doc, "هآرتس"), "ORG"),
            Mention("2", quote(doc, "الإسرائيلية"), "NORP"),
            Mention("3", quote(doc, "خليفة حفتر"), "PERS"),
            Mention("4", quote(doc, "أمس"), "DATE", "VAL"),
        ),
    )
    pred = only(
        doc,
        mentions=(
            Mention("a", quote(doc, "هآرتس"), "ORG"),  # exact
            Mention("b", quote(doc, "الإسرائيلية"), "GPE"),  # right span, wrong type
            Mention("c", quote(doc, "حفتر"), "PERS"),  # overlap, right type
            Mention("d", quote(doc, "سرا"), "LOC"),  # spurious
            Mention("e", quote(doc, "القائد"), "PERS", "NOM"),  # a nominal: not scored as an entity
        ),
    )
    made = measures(doc, gold, pred)
    assert made["entity_f1(match=exact)"] == pytest.approx(1 / 4)  # 1 right of 4 and 4
    assert made["entity_f1(match=boundary)"] == pytest.approx(2 / 4)
    assert made["entity_f1(match=overlap)"] == pytest.approx((2 + 0.5) / 4)
    assert made["entity_f1(match=type)"] == pytest.approx(2 / 4)  # ORG, PERS
    assert made["entity_type_accuracy"] == pytest.approx(2 / 3)  # three overlap, two of the right type
    assert made["entity_f1(match=exact,type=ORG)"] == 1
    assert made["entity_f1(match=exact,type=GPE)"] == 0  # predicted only
    # Of the types that gold has: ORG 1, NORP 0, PERS 0, DATE 0. GPE and LOC are no types of gold.
    assert made["entity_f1(match=exact,average=macro)"] == pytest.approx(1 / 4)


def test_same_type_nesting_is_kept() -> None:
    # "إسرائيل اليوم" is a newspaper whose name holds a state: the scorer of a known corpus drops the inner one.
    doc = document("نشرت إسرائيل اليوم أن مجلس النواب الليبي وافق")
    outer, inner = quote(doc, "مجلس النواب الليبي"), quote(doc, "النواب الليبي")
    gold = only(
        doc,
        mentions=(
            Mention("1", quote(doc, "إسرائيل اليوم"), "ORG"),
            Mention("2", quote(doc, "إسرائيل"), "GPE"),
            Mention("3", outer, "ORG"),
            Mention("4", inner, "ORG"),
        ),
    )
    assert measures(doc, gold, gold)["entity_f1(match=exact,type=ORG)"] == 1
    pred = only(doc, mentions=(Mention("a", outer, "ORG"), Mention("b", quote(doc, "إسرائيل"), "GPE")))
    made = measures(doc, gold, pred)
    assert made["entity_f1(match=exact)"] == pytest.approx(2 * 2 / (4 + 2))
    # Nested in gold: إسرائيل (found) and النواب الليبي (not): recall 1/2; the found one is the only prediction there.
    assert made["entity_f1(match=exact,depth=nested)"] == pytest.approx(2 * 1 * 0.5 / 1.5)


def test_a_repeated_prediction_is_right_once(doc: Document) -> None:
    span = quote(doc, "هآرتس")
    gold = only(doc, mentions=(Mention("1", span, "ORG"),))
    pred = only(doc, mentions=(Mention("a", span, "ORG"), Mention("b", span, "ORG")))
    assert measures(doc, gold, pred)["entity_f1(match=exact)"] == pytest.approx(2 / 3)


def test_clitics_matter_for_exact_spans_but_not_for_words() -> None:
    # وللأردن is one word of two proclitics and a stem; gold marks the stem, the system the whole word.
    text = "سافر وللأردن عاد"
    words = []
    at = 0
    for form in text.split():
        pieces = (Piece(at, at + 1), Piece(at + 1, at + 2), Piece(at + 2, at + len(form)))
        words.append(Word(at, at + len(form), form, pieces if form == "وللأردن" else (Piece(at, at + len(form)),)))
        at += len(form) + 1
    doc = Document("000", text, (Paragraph("p1", "body", (Sentence("s1", 0, len(text), tuple(words)),)),))
    stem, whole = quote(doc, "لأردن"), quote(doc, "وللأردن")
    gold, pred = (only(doc, mentions=(Mention("1", span, "GPE"),)) for span in (stem, whole))
    made = measures(doc, gold, pred)
    assert made["entity_f1(match=exact)"] == 0
    assert made["entity_f1(match=words)"] == 1
    assert made["entity_f1(match=overlap)"] == 0.5


# ---------------------------------------------------------------- attribution


def relation(doc: Document, **changes: object) -> Attribution:
    gold = Attribution(
        "a1", quote(doc, "قالت"), quote(doc, "القائد خليفة حفتر زار الأردن أمس سرا"),
        quote(doc, "صحيفة هآرتس الإسرائيلية"), source_entity=("haaretz",), source_type="media",
    )  # fmt: skip
    return replace(gold, **changes)  # type: ignore[arg-type]


def test_soft_f1_is_the_mean_of_the_roles(doc: Document) -> None:
    gold = only(doc, attributions=(relation(doc),))
    pred = only(
        doc, attributions=(relation(doc, id="x", source=quote(doc, "هآرتس"), content=quote(doc, "زار الأردن أمس")),)
    )
    made = measures(doc, gold, pred)
    # cue 1; source 2·1/(1+3) = 1/2; content 2·3/(3+7) = 3/5
    assert made["attribution_f1(match=soft)"] == pytest.approx((1 + 1 / 2 + 3 / 5) / 3)
    assert made["attribution_f1(match=strict)"] == 0
    assert made["role_f1(role=cue,match=exact)"] == 1
    assert made["role_f1(role=source,match=exact)"] == 0
    assert made["role_f1(role=source,match=token)"] == pytest.approx(1 / 2)
    assert made["role_f1(role=content,match=token)"] == pytest.approx(3 / 5)
    assert math.isnan(made["role_f1(role=medium,match=exact)"])  # none on either side


def test_a_role_absent_on_one_side_counts_nothing_and_on_both_counts_one(doc: Document) -> None:
    implicit = relation(doc, source=None, implicit=True)
    gold = only(doc, attributions=(implicit,))
    made = measures(doc, gold, only(doc, attributions=(replace(implicit, id="x"),)))
    assert made["attribution_f1(match=soft)"] == 1
    made = measures(doc, gold, only(doc, attributions=(relation(doc, id="x"),)))
    assert made["attribution_f1(match=soft)"] == pytest.approx(2 / 3)


def test_no_common_word_in_cue_or_content_earns_nothing(doc: Document) -> None:
    # The sources are alike; a published scorer would give the pair credit.
    gold = only(doc, attributions=(relation(doc, content=quote(doc, "زار")),))
    pred = only(doc, attributions=(relation(doc, id="x", cue=quote(doc, "إن"), content=quote(doc, "أمس")),))
    made = measures(doc, gold, pred)
    assert made["attribution_f1(match=soft)"] == 0
    assert made["attribute_accuracy(attribute=quote)"] == 0  # end to end: the gold one has no partner


def test_a_discontinuous_content_is_a_set_of_words(doc: Document) -> None:
    gold = only(doc, attributions=(relation(doc, content=quote(doc, "القائد خليفة حفتر", "أمس سرا")),))
    pred = only(doc, attributions=(relation(doc, id="x"),))
    # content: 5 words against 7, 5 shared: 10/12
    assert measures(doc, gold, pred)["attribution_f1(match=soft)"] == pytest.approx((1 + 1 + 10 / 12) / 3)


def test_attributes_slices_and_parents() -> None:
    doc = document("قالت الصحيفة إن مصدرا أكد أن القائد غادر")
    outer = Attribution("o", quote(doc, "قالت"), quote(doc, "مصدرا أكد أن القائد غادر"), quote(doc, "الصحيفة"),
                        source_entity=("paper",), source_type="media", kind="assertion")  # fmt: skip
    inner = Attribution("i", quote(doc, "أكد"), quote(doc, "القائد غادر"), quote(doc, "مصدرا"),
                        source_entity=("source-1",), source_type="anonymous", stance="endorsing", parent="o")  # fmt: skip
    gold = only(doc, attributions=(outer, inner))
    flat = only(doc, attributions=(replace(outer, id="1"), replace(inner, id="2", parent="", stance="neutral")))
    made = measures(doc, gold, flat)
    assert made["parent_f1"] == 0
    assert made["attribute_accuracy(attribute=stance)"] == 1 / 2
    assert made["attribution_f1(match=soft,source_type=media)"] == 1
    # The outer one alone found, called anonymous: it still belongs to the slice of its gold partner.
    half = only(doc, attributions=(replace(outer, id="1", source_type="anonymous"),))
    made = measures(doc, gold, half)
    assert made["attribution_f1(match=soft,source_type=media)"] == 1
    assert made["attribution_f1(match=soft,source_type=anonymous)"] == 0
    assert made["attribute_accuracy(attribute=source_type)"] == 0
    assert made["attribute_accuracy(attribute=kind)"] == 1 / 2


# ---------------------------------------------------------------- who said what


def test_everyone_a_word_is_ascribed_to() -> None:
    # 0 قالت 1 الصحيفة 2 إن 3 مصدرا 4 أكد 5 أن 6 القائد 7 غادر
    doc = document("قالت الصحيفة إن مصدرا أكد أن القائد غادر")
    outer = Attribution("o", quote(doc, "قالت"), quote(doc, "مصدرا أكد أن القائد غادر"), quote(doc, "الصحيفة"),
                        source_entity=("paper",))  # fmt: skip
    inner = Attribution("i", quote(doc, "أكد"), quote(doc, "القائد غادر"), quote(doc, "مصدرا"),
                        source_entity=("source-1",), parent="o")  # fmt: skip
    gold = only(doc, attributions=(outer, inner))
    # Gold pairs: five words by the paper, two of these also by the source: 7.
    pred = only(doc, attributions=(replace(outer, id="x", source_entity=("e9",)),))
    made = measures(doc, gold, pred)
    assert made["speaker_f1"] == pytest.approx(2 * 5 / (5 + 7))
    # Chains: the two innermost words stand on author → paper → source in gold, on author → paper here.
    assert made["chain_f1"] == pytest.approx(2 * 3 / (5 + 5))


def test_ids_are_the_systems_own_and_an_implicit_source_is_found_by_its_mentions() -> None:
    doc = document("وصل حفتر إلى عمان\nوأضاف أن اللقاء كان سريا\nوقال سلامة إن الأمر صعب")
    mentions = (
        Mention("1", quote(doc, "حفتر"), "PERS", entity="khalifa-haftar"),
        Mention("2", quote(doc, "سلامة"), "PERS", entity="ghassan-salame"),
    )
    silent = Attribution("a", quote(doc, "وأضاف"), quote(doc, "اللقاء كان سريا"), implicit=True,
                         source_entity=("khalifa-haftar",))  # fmt: skip
    loud = Attribution("b", quote(doc, "وقال"), quote(doc, "الأمر صعب"), quote(doc, "سلامة"),
                       source_entity=("ghassan-salame",))  # fmt: skip
    gold = only(doc, mentions=mentions, attributions=(silent, loud))

    def system(who: str) -> Annotations:
        named = (replace(mentions[0], entity="X1"), replace(mentions[1], entity="X2"))
        said = (replace(silent, source_entity=(who,)), replace(loud, source_entity=("X2",)))
        return only(doc, mentions=named, attributions=said)

    right, wrong = measures(doc, gold, system("X1")), measures(doc, gold, system("X2"))
    assert right["speaker_f1"] == right["chain_f1"] == right["implicit_resolved"] == 1
    assert wrong["speaker_f1"] == pytest.approx(2 / 5)  # the two words of سلامة
    assert wrong["implicit_resolved"] == 0 and wrong["implicit_recall"] == 1
    assert wrong["source_accuracy"] == 1 / 2
    # Out of sentence: only اللقاء كان سريا, whose sentence does not name حفتر. The wrong system says سلامة there.
    assert right["speaker_f1(where=out_of_sentence)"] == 1
    assert wrong["speaker_f1(where=out_of_sentence)"] == 0


def test_a_bare_source_span_stands_for_the_first_mention_that_it_overlaps() -> None:
    # The head comes first: صحيفة هآرتس الإسرائيلية is the newspaper, not the people.
    doc = document("قالت صحيفة هآرتس الإسرائيلية إن حفتر زار الأردن\nوقالت هآرتس أيضا إنه عاد")
    mentions = (
        Mention("1", quote(doc, "هآرتس"), "ORG", entity="haaretz"),
        Mention("2", quote(doc, "الإسرائيلية"), "NORP", entity="israelis"),
        Mention("3", quote(doc, "هآرتس", nth=1), "ORG", entity="haaretz"),
    )
    said = (
        Attribution("a", quote(doc, "قالت"), quote(doc, "حفتر زار الأردن"), quote(doc, "صحيفة هآرتس الإسرائيلية")),
        Attribution("b", quote(doc, "وقالت"), quote(doc, "عاد"), quote(doc, "هآرتس", nth=1)),
    )
    gold = only(doc, mentions=mentions, attributions=tuple(replace(a, source_entity=("haaretz",)) for a in said))
    assert measures(doc, gold, only(doc, mentions=mentions, attributions=said))["speaker_f1"] == 1
    # Without mentions each bare span stands for itself: of two speakers, only one can be the newspaper.
    alone = measures(doc, gold, only(doc, attributions=said))
    assert alone["speaker_f1"] == pytest.approx(3 / 4)


def test_the_medium_is_a_step_of_the_chain_but_no_speaker() -> None:
    doc = document("قال مصدر للعربي الجديد إن القائد غادر")
    with_medium = Attribution("a", quote(doc, "قال"), quote(doc, "القائد غادر"), quote(doc, "مصدر"),
                              quote(doc, "لعربي الجديد"), source_entity=("source-1",), medium_entity=("al-araby",))  # fmt: skip
    gold = only(doc, attributions=(with_medium,))
    pred = only(doc, attributions=(replace(with_medium, medium=None, medium_entity=()),))
    made = measures(doc, gold, pred)
    assert made["speaker_f1"] == 1 and made["attribution_f1(match=soft)"] == 1
    assert made["chain_f1"] == 0
    assert made["role_f1(role=medium,match=exact)"] == 0


def test_a_speaker_whom_the_text_never_mentions_is_known_by_the_verb() -> None:
    doc = document("وأضافوا أن القائد غادر")
    said = Attribution(
        "a", quote(doc, "وأضافوا"), quote(doc, "القائد غادر"), implicit=True, source_entity=("experts-1",)
    )
    gold = only(doc, attributions=(said,))
    assert measures(doc, gold, gold)["speaker_f1"] == 1
    unknown = only(doc, attributions=(replace(said, source_entity=()),))
    assert measures(doc, gold, unknown)["speaker_f1"] == 0


# ---------------------------------------------------------------- claims


def test_claims_by_overlap_field_and_chain() -> None:
    doc = document("قالت الصحيفة إن القائد زار الأردن أمس بعد أن غادر القاهرة")
    said = Attribution("a", quote(doc, "قالت"), quote(doc, "القائد زار الأردن أمس بعد أن غادر القاهرة"),
                       quote(doc, "الصحيفة"), source_entity=("paper",))  # fmt: skip
    whole, inner = quote(doc, "القائد زار الأردن أمس بعد أن غادر القاهرة"), quote(doc, "غادر القاهرة")
    gold = only(doc, attributions=(said,), claims=(Claim("1", whole, certainty="probable"), Claim("2", inner)))
    pred = only(
        doc,
        attributions=(said,),
        claims=(Claim("x", quote(doc, "القائد زار الأردن أمس"), certainty="certain"), Claim("y", inner)),
    )
    made = measures(doc, gold, pred)
    # whole: 4 of 8 words, 2·4/12 = 2/3, union 8, so exactly half; inner: 1
    assert made["claim_f1(match=soft)"] == pytest.approx((2 / 3 + 1) / 2)
    assert made["claim_f1(match=iou50)"] == 1
    # certainty: probable 0 (said certain), certain: 1 right, said twice, once in gold: 2/3
    assert made["claim_attribute_f1(attribute=certainty,average=macro)"] == pytest.approx((0 + 2 / 3) / 2)
    assert made["claim_attribute_accuracy(attribute=certainty)"] == 1 / 2
    assert made["claim_chain_accuracy"] == 1
    author = replace(pred, attributions=())
    assert measures(doc, gold, author)["claim_chain_accuracy"] == 0


def test_a_claim_of_the_author_stands_on_the_author() -> None:
    doc = document("غادر القائد القاهرة")
    gold = only(doc, claims=(Claim("1", quote(doc, "غادر القائد القاهرة")),))
    assert measures(doc, gold, gold)["claim_chain_accuracy"] == 1


# ---------------------------------------------------------------- claim matching


def clustered(*clusters: str) -> tuple[Document, Annotations]:
    doc = document("\n".join(f"زار القائد مدينة{k}" for k in range(len(clusters))))
    spans = [Span.of(p.start, p.end) for p in doc.paragraphs]
    return doc, Annotations("000", claims=tuple(
        Claim(f"c{k}", span, cluster=name) for k, (span, name) in enumerate(zip(spans, clusters, strict=True))
    ))  # fmt: skip


def test_b_cubed_and_pairs() -> None:
    doc, gold = clustered("visit", "visit", "visit", "offer")
    _, pred = clustered("A", "A", "B", "B")
    made = measures(doc, gold, pred)
    # Precision: 1, 1, 1/2, 1/2 → 3/4. Recall: 2/3, 2/3, 1/3, 1 → 2/3.
    assert made["b_cubed_f1"] == pytest.approx(2 * (3 / 4) * (2 / 3) / (3 / 4 + 2 / 3))
    # Pairs: two predicted, three in gold, one right.
    assert made["pairwise_f1"] == pytest.approx(2 * 1 / (2 + 3))


def test_claims_without_cluster_are_alone() -> None:
    doc, gold = clustered("visit", "visit", "", "")
    _, pred = clustered("", "", "", "")
    made = measures(doc, gold, pred)
    # Precision 1; recall 1/2, 1/2, 1, 1 → 3/4
    assert made["b_cubed_f1"] == pytest.approx(2 * 0.75 / 1.75)


def test_claims_that_are_not_found_are_not_rewarded_as_singletons() -> None:
    doc, gold = clustered("visit", "visit", "", "")
    _, whole = clustered("A", "A", "", "")
    pred = replace(whole, claims=whole.claims[:2])
    made = score([doc], [gold], [pred], ["claim_matching"])["claim_matching"]
    # Precision 1 of the two that were found; recall 1, 1, 0, 0 → 1/2
    assert (made.precision, made.recall) == (1, 0.5)


# ---------------------------------------------------------------- empty sides, unscored zones


def test_empty_sides(doc: Document) -> None:
    full = only(
        doc,
        mentions=(Mention("1", quote(doc, "هآرتس"), "ORG"),),
        attributions=(relation(doc),),
        claims=(Claim("c", quote(doc, "زار الأردن"), cluster="x"),),
    )
    nothing = only(doc)
    both = score([doc], [nothing], [nothing], TASKS)
    assert all(math.isnan(s.value) and math.isnan(s.precision) for s in both.tasks.values())
    assert all(score([doc], [full], [nothing], TASKS)[task].value == 0 for task in TASKS)
    spurious = score([doc], [nothing], [full], TASKS)
    assert all(spurious[task].value == 0 for task in TASKS if task != "claim_matching")
    assert math.isnan(spurious["claim_matching"].value)  # clusters are over gold claims, and there are none


def test_a_document_left_out_counts_as_empty(doc: Document) -> None:
    other = document(TEXT, "001")
    gold = [Annotations(d.id, (Mention("1", quote(d, "هآرتس"), "ORG"),)) for d in (doc, other)]
    assert score([doc, other], gold, gold[:1])["entities"].recall == 0.5


def test_tasks_without_predictions_are_not_attempted(doc: Document) -> None:
    gold = only(doc, mentions=(Mention("1", quote(doc, "هآرتس"), "ORG"),), attributions=(relation(doc),))
    made = score([doc], [gold], [replace(gold, attributions=())])
    assert list(made.tasks) == ["entities"]
    assert made.not_attempted == ("attribution", "who_said_what", "claims", "claim_matching")
    # A submission that names the layer has attempted it, even with an empty list.
    named = score([doc], [gold], [replace(gold, attributions=())], layers=("mentions", "attributions"))
    assert named["attribution"].value == 0
    assert "not attempted" in str(made)


def test_furniture_and_repeats_are_set_aside_and_counted() -> None:
    doc = document("زار حفتر الأردن\n# furniture اقرأ أيضا حفتر في عمان\nعاد حفتر")
    gold = Annotations(
        "000", (Mention("1", quote(doc, "حفتر"), "PERS"), Mention("2", quote(doc, "حفتر", nth=2), "PERS"))
    )
    extra = replace(gold, mentions=(*gold.mentions, Mention("3", quote(doc, "حفتر", nth=1), "PERS")))
    made = score([doc], [gold], [extra])
    assert made["entities"].value == 1
    assert made.set_aside == {"predicted mentions": 1}
    # Gold there is an error of gold: it is counted, and the scores say so.
    made = score([doc], [extra], [extra])
    assert made.set_aside == {"gold mentions": 1, "predicted mentions": 1}
    assert made.notes == ("1 gold objects lie wholly in furniture or repeats, which `aqwal check` forbids.",)
    # A span that reaches into scored text is scored.
    across = replace(gold, mentions=(Mention("4", Span.of(0, len(doc.text)), "PERS"),))
    made = score([doc], [gold], [across])
    assert made.set_aside == {} and made["entities"].precision == 0


def test_predictions_without_a_place_stay_spurious(doc: Document) -> None:
    gold = only(doc, claims=(Claim("1", quote(doc, "زار الأردن")),))
    made = score([doc], [gold], [gold], unanchored={"000": {"claims": 3}})
    assert (made["claims"].precision, made["claims"].recall) == (0.25, 1)


def test_a_pair_across_paragraphs_keeps_sums_whole() -> None:
    # The system's span begins a paragraph earlier than gold's; credit and counts stay in their own blocks.
    doc = document("قال حفتر\nزار الأردن أمس")
    gold = Annotations("000", claims=(Claim("1", quote(doc, "زار الأردن أمس")),))
    pred = Annotations("000", claims=(Claim("x", Span.of(4, len(doc.text) - 1)),))
    made = score([doc], [gold], [pred])["claims"].primary
    assert made.n_pred.tolist() == [1, 0] and made.n_gold.tolist() == [0, 1]
    assert made.tp_pred.tolist() == pytest.approx([6 / 7, 0]) and made.tp_gold.tolist() == pytest.approx([0, 6 / 7])
    assert made.f1 == pytest.approx(6 / 7)


def test_what_cannot_be_scored_is_refused(doc: Document) -> None:
    with pytest.raises(ValueError, match="unknown documents: 999"):
        score([doc], [], [Annotations("999")])
    with pytest.raises(ValueError, match="two annotations"):
        score([doc], [], [Annotations("000"), Annotations("000")])
    with pytest.raises(ValueError, match="unknown task 'ner'"):
        score([doc], [], [], ["ner"])
    with pytest.raises(ValueError, match="unknown type 'PER'"):
        score([doc], [], [only(doc, mentions=(Mention("1", quote(doc, "هآرتس"), "PER"),))])
    with pytest.raises(ValueError, match="share an id"):
        score([doc, doc], [], [])


def test_nothing_at_all() -> None:
    made = score([], [], [], TASKS)
    assert made.blocks == () and all(math.isnan(s.value) for s in made.tasks.values())
    empty = Document("000", "", ())
    assert math.isnan(score([empty], [], [], TASKS)["entities"].value)
