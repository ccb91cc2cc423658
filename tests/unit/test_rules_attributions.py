"""What `rules` makes of reporting constructions: hand-worked invented sentences, one or more for each class of rule."""

from __future__ import annotations

import pytest
from baselines.rules.system import System
from tests.unit.rules_cases import build, by_cue, mentions, quote

from aqwal.model import Annotations, Attribution, Document

SYSTEM = System({"params": {"max_tokens": 400}})


def read(*lines: str, zones: tuple[str, ...] = ()) -> tuple[Document, Annotations]:
    document = build(lines, zones)
    return document, SYSTEM.predict(document)


def only(*lines: str, zones: tuple[str, ...] = ()) -> tuple[Document, Attribution]:
    document, annotations = read(*lines, zones=zones)
    assert len(annotations.attributions) == 1, [quote(document, a.cue) for a in annotations.attributions]
    return document, annotations.attributions[0]


def roles(document: Document, a: Attribution) -> tuple[str, str, str]:
    return quote(document, a.cue), quote(document, a.source), quote(document, a.content)


# ---------------------------------------------------------------- finite verbs


@pytest.mark.parametrize(
    ("line", "cue", "source", "content"),
    [
        ("قال الوزير إن الاتفاق قريب.", "قال", "الوزير", "الاتفاق قريب"),
        ("قال الوزير ان الاتفاق قريب.", "قال", "الوزير", "الاتفاق قريب"),  # hamza unwritten
        ("و+صرح المدير ب+أن المصنع س+يغلق.", "صرح", "المدير", "المصنع سيغلق"),
        ("ف+ذكرت المصادر أن+ه غادر.", "ذكرت", "المصادر", "ه غادر"),  # the clitic is content
        ("و+أشارت الوزيرة إلى أن المدارس مفتوحة.", "أشارت", "الوزيرة", "المدارس مفتوحة"),
        ("أكد المتحدث على أن الطرق آمنة.", "أكد", "المتحدث", "الطرق آمنة"),
        ("مصادر مطلعة قالت إن الوفد وصل.", "قالت", "مصادر مطلعة", "الوفد وصل"),  # subject first
        ("الوزير أبلغ الصحفيين أن الاجتماع تأجل.", "أبلغ", "الوزير", "الاجتماع تأجل"),
        ("و+كانت الوزارة قد ذكرت أن الحريق أخمد.", "ذكرت", "الوزارة", "الحريق أخمد"),
        ("قال خالد يوسف، مدير المستشفى، إن الوضع خطير.", "قال", "خالد يوسف، مدير المستشفى", "الوضع خطير"),
        (
            "قالت مصادر مطلعة، فضلت عدم الكشف عن هويت+ها، إن الوفد وصل.",
            "قالت",
            "مصادر مطلعة، فضلت عدم الكشف عن هويتها",
            "الوفد وصل",
        ),
        ("قال مصدر في وزارة النفط إن الإنتاج توقف.", "قال", "مصدر في وزارة النفط", "الإنتاج توقف"),
        ("و+تابع الرئيس قائلا إن الحرب انتهت.", "تابع … قائلا", "الرئيس", "الحرب انتهت"),
    ],
)
def test_finite_verb_with_clause(line: str, cue: str, source: str, content: str) -> None:
    document, found = only(line)
    assert roles(document, found) == (cue, source, content)
    assert (found.kind, found.quote, found.implicit, found.parent) == ("assertion", "indirect", False, "")


@pytest.mark.parametrize(
    ("line", "content"),
    [
        ("كشفت الصحيفة عن لقاء سري.", "لقاء سري"),
        ("نفى المتحدث صحة الأنباء.", "صحة الأنباء"),
        ("أعلنت الرئاسة، في بيان، استقبال وفد أجنبي.", "استقبال وفد أجنبي"),
        ("أفادت مصادر طبية ب+مقتل شخصين.", "مقتل شخصين"),
        ("نفت الحكومة، الثلاثاء، ما تردد عن استقالة الوزير.", "ما تردد عن استقالة الوزير"),
        ("أكد المتحدث استعداد بلاد+ه ل+لحوار.", "استعداد بلاده للحوار"),
    ],
)
def test_nominal_content(line: str, content: str) -> None:
    document, found = only(line)
    assert quote(document, found.content) == content
    assert found.source is not None


@pytest.mark.parametrize(
    "line",
    [
        "نقل الجرحى إلى المستشفى.",
        "أضاف الطباخ الملح إلى الماء.",
        "ذكر اسم الشارع.",
        "تابع الفريق تدريب+ه في الملعب.",
        "كتب الطالب رسالة طويلة.",
        "وصل الوفد وفق الجدول المقرر.",
        "جرت المباراة حسب القواعد.",
        "جلس بين المدير و+نائب+ه.",
        "يذكر أن المدينة صغيرة.",
        "عرض المتحف لوحات قديمة.",
        "بعد نشر بيان الشركة ارتفع السهم.",
    ],
)
def test_no_report(line: str) -> None:
    _, annotations = read(line)
    assert annotations.attributions == ()


@pytest.mark.parametrize(
    ("line", "kind", "stance", "polarity"),
    [
        ("أكد الوزير أن الماء نظيف.", "assertion", "endorsing", "positive"),
        ("زعم الوزير أن الماء نظيف.", "assertion", "distancing", "positive"),
        ("نفى الوزير أن الماء ملوث.", "assertion", "neutral", "denied"),
        ("لم يوضح الوزير أن الماء ملوث.", "assertion", "neutral", "untold"),
        ("يرى الوزير أن الماء نظيف.", "belief", "neutral", "positive"),
        ("طالب الوزير ب+فتح الطريق.", "intention", "neutral", "positive"),
        ("حذر الوزير من تلوث الماء.", "intention", "neutral", "positive"),
        ("تساءل الوزير عما إذا كان الماء نظيفا.", "question", "neutral", "positive"),
    ],
)
def test_fields_come_from_the_class_of_the_cue(line: str, kind: str, stance: str, polarity: str) -> None:
    _, found = only(line)
    assert (found.kind, found.stance, found.polarity) == (kind, stance, polarity)


def test_offer_and_request_need_someone_they_are_made_to() -> None:
    document, offer = only("عرض الوزير على النقابة زيادة الأجور.")
    assert (offer.kind, quote(document, offer.content)) == ("intention", "زيادة الأجور")
    document, request = only("و+طلب الرئيس من الجيش حماية الحدود.")
    assert roles(document, request) == ("طلب", "الرئيس", "حماية الحدود")


def test_small_clauses_have_two_fragments() -> None:
    document, accused = only("اتهمت الحكومة السورية إسرائيل ب+قصف الميناء.")
    assert roles(document, accused) == ("اتهمت", "الحكومة السورية", "إسرائيل … قصف الميناء")
    document, seen = only("ينظر المانحون إلى المدينة على أن+ها خطرة.")
    assert (seen.kind, roles(document, seen)) == ("belief", ("ينظر", "المانحون", "المدينة … ها خطرة"))


def test_what_is_not_told_is_untold() -> None:
    document, found = only("هبطت الطائرة في قاعدة لم يحدد+ها.")
    assert (found.polarity, found.anaphoric, quote(document, found.content)) == ("untold", True, "ها")


def test_two_reporting_verbs_in_a_row_are_one_cue() -> None:
    document, found = only("أكدت قالت الوزيرة إن الميزانية كافية.")
    assert roles(document, found) == ("أكدت قالت", "الوزيرة", "الميزانية كافية")
    assert found.stance == "endorsing"


# ---------------------------------------------------------------- light constructions, participles, coordination


def test_light_construction_takes_the_subject_of_the_light_verb() -> None:
    document, found = only("نشرت مجلة “نيوزويك” تقريرا قالت في+ه إن الوفد وصل.")
    assert roles(document, found) == ("قالت", "مجلة “نيوزويك”", "الوفد وصل")
    assert (found.source_entity, found.source_type) == (("newsweek",), "media")


def test_participle_goes_on_telling_and_ends_the_first_content() -> None:
    document, annotations = read("قال الوزير إن الطريق مغلق، مشيرا إلى أن العمال يعملون.")
    first, second = annotations.attributions
    assert quote(document, first.content) == "الطريق مغلق"
    assert roles(document, second) == ("مشيرا", "-", "العمال يعملون")
    assert second.implicit and second.source_entity == first.source_entity and second.parent == ""


def test_participle_with_addressee() -> None:
    document, annotations = read("شدد الوزير على ضرورة الهدوء، داعيا الأحزاب إلى الحوار.")
    assert quote(document, by_cue(document, annotations)["شدد"].content) == "ضرورة الهدوء"
    assert quote(document, by_cue(document, annotations)["داعيا"].content) == "الحوار"


def test_coordinated_complement_clauses_are_fragments() -> None:
    document, found = only("قال الوزير إن الطريق مغلق و+إن الجسر سليم، و+أن+ه لن يفتح.")
    assert quote(document, found.content) == "الطريق مغلق … الجسر سليم … ه لن يفتح"


def test_coordination_belongs_to_the_inner_report() -> None:
    document, annotations = read("قالت الصحيفة إن الوزير أكد أن الطريق مغلق و+أن الجسر سليم.")
    inner = by_cue(document, annotations)["أكد"]
    outer = by_cue(document, annotations)["قالت"]
    assert quote(document, inner.content) == "الطريق مغلق … الجسر سليم"
    assert quote(document, outer.content) == "الوزير أكد أن الطريق مغلق وأن الجسر سليم"
    assert inner.parent == outer.id


def test_a_new_report_after_a_comma_stands_beside_the_first() -> None:
    document, annotations = read("قال الوزير إن الطريق مغلق، و+أضاف أن الجسر سليم.")
    first, second = annotations.attributions
    assert quote(document, first.content) == "الطريق مغلق"
    assert second.implicit and second.parent == "" and second.source_entity == first.source_entity


def test_contrast_ends_a_content() -> None:
    document, annotations = read("قال الوزير إن الطريق مغلق، فيما أكد المحافظ أن+ه مفتوح.")
    assert [quote(document, a.content) for a in annotations.attributions] == ["الطريق مغلق", "ه مفتوح"]


# ---------------------------------------------------------------- quotation marks


@pytest.mark.parametrize("marks", ["“”", "””", "““", "”“", '""', "«»", "»«", "“»", "«”", "„“"])
def test_direct_quotation_survives_any_marks(marks: str) -> None:
    document, found = only(f"و+قال الوزير: {marks[0]}لن نغلق هذا الطريق أبدا{marks[1]}.")
    assert quote(document, found.content) == "لن نغلق هذا الطريق أبدا"
    assert found.quote == "direct"


def test_quotation_before_the_cue() -> None:
    document, found = only("“لن نقبل هذا الاتفاق أبدا”، قال وزير المالية اليوناني.")
    assert roles(document, found) == ("قال", "وزير المالية اليوناني", "لن نقبل هذا الاتفاق أبدا")
    assert found.quote == "direct"


def test_quotation_goes_on_through_the_next_sentences() -> None:
    document, annotations = read("قال الشاهد: “سمعنا انفجارا قويا. ثم هربنا جميعا”.")
    (found,) = annotations.attributions
    assert quote(document, found.content) == "سمعنا انفجارا قويا … ثم هربنا جميعا"


def test_part_in_quotation_marks_is_mixed() -> None:
    _, found = only("قال الوزير إن الوضع “خطير جدا و+لا يمكن السكوت عن+ه”.")
    assert found.quote == "mixed"


def test_scare_quotes_are_no_quotation() -> None:
    document, annotations = read("قال الوزير إن “المعارضة” رفضت لقاء “إسرائيل” أمس.")
    (found,) = annotations.attributions
    assert found.quote == "indirect"
    assert {m.framing for m in annotations.mentions if quote(document, m.span) == "إسرائيل"} == {("scare_quotes",)}


def test_name_of_a_newspaper_in_marks_is_not_framed() -> None:
    document, annotations = read("قالت صحيفة “الأهرام” إن الطريق مغلق.")
    assert {m.framing for m in annotations.mentions} == {()}
    assert ("ORG", "الأهرام") in mentions(document, annotations)


# ---------------------------------------------------------------- prepositional, parenthetical, nominal, passive


@pytest.mark.parametrize(
    ("line", "cue", "source", "content"),
    [
        ("ب+حسب مصادر دبلوماسية، ف+إن المفاوضات تأجلت.", "بحسب", "مصادر دبلوماسية", "المفاوضات تأجلت"),
        ("وفقا ل+لصحيفة، غادر الوفد ليلا.", "وفقا", "لصحيفة", "غادر الوفد ليلا"),
        ("ارتفعت الأسعار كثيرا، ب+حسب وكالة رويترز.", "بحسب", "وكالة رويترز", "ارتفعت الأسعار كثيرا"),
        ("ف+الاتفاق، ب+حسب الصحيفة، ينص على سحب القوات.", "بحسب", "الصحيفة", "الاتفاق … ينص على سحب القوات"),
        ("تأجل الاجتماع، كما قال الوزير.", "قال", "الوزير", "تأجل الاجتماع"),
        ("تأجل الاجتماع، وفق ما ذكرت+ه صحيفة “الأهرام”.", "وفق … ذكرت", "صحيفة “الأهرام”", "تأجل الاجتماع"),
        ("حسبما أفادت الوكالة، تأجل الاجتماع.", "حسبما … أفادت", "الوكالة", "تأجل الاجتماع"),
        ("هذا قرار خاطئ، على حد تعبير الوزير.", "على حد تعبير", "الوزير", "هذا قرار خاطئ"),
    ],
)
def test_cue_outside_the_clause(line: str, cue: str, source: str, content: str) -> None:
    document, found = only(line)
    assert roles(document, found) == (cue, source, content)


def test_to_use_his_words_joins_the_cue_of_its_speaker() -> None:
    document, found = only("أكد الرئيس أن البلاد بخير، على حد تعبير+ه.")
    assert roles(document, found) == ("أكد … على حد تعبير", "الرئيس", "البلاد بخير")
    assert found.stance == "distancing"


def test_pronoun_as_source_is_the_clitic() -> None:
    document, annotations = read("التقى خالد يوسف الوفد.", "هذا قرار خاطئ، على حد قول+ه.")
    (found,) = annotations.attributions
    assert roles(document, found) == ("على حد قول", "ه", "هذا قرار خاطئ")
    assert found.source_entity == ("khald-ywsf",) and not found.implicit
    assert ("PERS", "ه") in mentions(document, annotations, "PRO")


@pytest.mark.parametrize(
    ("line", "cue", "content", "stance"),
    [
        ("و+يقال إن الملك مريض.", "يقال", "الملك مريض", "distancing"),
        ("و+أُفيد ب+أن القطار تأخر.", "أُفيد", "القطار تأخر", "neutral"),
        ("ذُكر أن القطار تأخر.", "ذُكر", "القطار تأخر", "neutral"),
        ("انتشرت شائعات عن وفاة الفنان.", "شائعات", "وفاة الفنان", "distancing"),
    ],
)
def test_nobody_named(line: str, cue: str, content: str, stance: str) -> None:
    document, found = only(line)
    assert roles(document, found) == (cue, "-", content)
    assert (found.source_type, found.implicit, found.stance) == ("none", False, stance)


def test_this_is_what_he_denied_is_anaphoric() -> None:
    document, found = only("و+هذا ما نفا+ه الناطق ب+اسم الجيش.")
    assert roles(document, found) == ("نفا", "الناطق باسم الجيش", "هذا")
    assert found.anaphoric and found.polarity == "denied"


def test_headline_with_colon() -> None:
    document, found = only("لوموند: باريس تؤجل القمة", zones=("headline",))
    assert roles(document, found) == (":", "لوموند", "باريس تؤجل القمة")
    _, annotations = read("لوموند: باريس تؤجل القمة")
    assert annotations.attributions == ()  # in a body it may be anything


# ---------------------------------------------------------------- relays, media, speakers


def test_relay_is_two_attributions_with_one_content() -> None:
    document, annotations = read("نقلت وكالة رويترز عن مسؤول عسكري قول+ه إن القوات انسحبت.")
    outer, inner = annotations.attributions
    assert roles(document, outer) == ("نقلت", "وكالة رويترز", "القوات انسحبت")
    assert roles(document, inner) == ("قول", "مسؤول عسكري", "القوات انسحبت")
    assert inner.parent == outer.id and outer.parent == ""
    assert (outer.source_type, inner.source_type) == ("media", "official")
    assert annotations.chain(inner) == (("author",), ("reuters",), inner.source_entity)


def test_relay_of_a_pronoun() -> None:
    document, annotations = read("التقت الصحيفة خالد يوسف.", "و+نقلت عن+ه قول+ه إن القوات انسحبت.")
    outer, inner = annotations.attributions
    assert (quote(document, inner.cue), quote(document, inner.source)) == ("قول", "ه")
    assert inner.parent == outer.id and inner.source_entity == ("khald-ywsf",)


def test_the_first_person_belongs_to_whoever_is_quoted() -> None:
    document, annotations = read("قال الوزير: “لا أعتقد أن الطريق مغلق”.")
    told = by_cue(document, annotations)["أعتقد"]
    assert told.implicit and told.kind == "belief" and told.parent == annotations.attributions[0].id
    _, annotations = read("و+أعتقد أن الطريق مغلق.")
    assert annotations.attributions == ()


def test_relay_by_citing_between_verb_and_clause() -> None:
    document, annotations = read("و+ذكرت الوكالة، نقلا عن شهود عيان، أن المصنع احترق.")
    outer, inner = annotations.attributions
    assert (quote(document, inner.cue), quote(document, inner.source)) == ("نقلا عن", "شهود عيان")
    assert inner.content == outer.content and inner.parent == outer.id


def test_resumed_relayed_source_inherits_its_parent() -> None:
    document, annotations = read("نقلت وكالة رويترز عن مصدر عسكري أن القوات انسحبت.", "و+قال المصدر إن الجنود تعبوا.")
    outer, inner, resumed = annotations.attributions
    assert resumed.source_entity == inner.source_entity
    assert resumed.parent == outer.id and resumed.inherited
    assert quote(document, resumed.source) == "المصدر"


@pytest.mark.parametrize(
    "line",
    [
        "قال مصدر عسكري ل+صحيفة “الأهرام” إن الهجوم بدأ.",
        "قال مصدر عسكري ل+“الأهرام” إن الهجوم بدأ.",
        "قال مصدر عسكري، في حديث مع صحيفة الأهرام، إن الهجوم بدأ.",
    ],
)
def test_medium(line: str) -> None:
    document, found = only(line)
    assert (quote(document, found.source), quote(document, found.medium)) == ("مصدر عسكري", "الأهرام")
    assert found.medium_entity == ("al-ahram",) and found.source_type == "official"


def test_verb_without_subject_finds_the_last_speaker_that_agrees() -> None:
    document, annotations = read(
        "قالت صحيفة “الأهرام” إن الوفد وصل.",
        "و+قال الوزير إن اللقاء انتهى.",
        "و+أضافت أن الوفد غادر.",
        "و+تابع أن الموعد قريب.",
    )
    paper, minister, feminine, masculine = annotations.attributions
    assert feminine.implicit and feminine.source_entity == paper.source_entity
    assert masculine.implicit and masculine.source_entity == minister.source_entity
    assert quote(document, feminine.source) == "-"


def test_plural_verb_finds_a_plural_speaker() -> None:
    _, annotations = read("يرى مراقبون أن الأزمة س+تطول.", "و+قال الوزير إن+ها انتهت.", "و+أضافوا أن الحل بعيد.")
    first, _, third = annotations.attributions
    assert third.implicit and third.source_entity == first.source_entity


def test_definite_noun_calls_back_who_was_named_with_it() -> None:
    _, annotations = read("ذكرت صحيفة “لاستامبا” أن الوفد وصل.", "و+قالت الصحيفة إن+ه غادر.")
    first, second = annotations.attributions
    assert second.source_entity == first.source_entity == ("la-stampa",)


@pytest.mark.parametrize(
    ("line", "type_"),
    [
        ("قال خالد يوسف إن الوفد وصل.", "person"),
        ("قالت وزارة الدفاع إن الوفد وصل.", "organisation"),
        ("قالت قناة الجزيرة إن الوفد وصل.", "media"),
        ("قال مصدر أمني إن الوفد وصل.", "official"),
        ("قال مصدر إن الوفد وصل.", "anonymous"),
        ("قالت وسائل إعلام كينية إن الوفد وصل.", "collective"),
        ("قال مراقبون إن الوفد وصل.", "collective"),
        ("قالت الرياض إن الوفد وصل.", "organisation"),
    ],
)
def test_source_type_by_head(line: str, type_: str) -> None:
    _, found = only(line)
    assert found.source_type == type_


def test_capital_that_speaks_is_its_state() -> None:
    document, annotations = read("أكدت باريس أن الوفد وصل.")
    (capital,) = [m for m in annotations.mentions if quote(document, m.span) == "باريس"]
    assert (capital.entity, capital.metonym) == ("france", True)
    assert annotations.attributions[0].source_entity == ("france",)
