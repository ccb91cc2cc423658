"""Mentions that `rules` finds: values, listed names, patterns, nesting, grouping and framing, on invented sentences."""

from __future__ import annotations

import doctest
import importlib

import pytest
from baselines.rules.lexicon import imperfect_forms, lexicon, nisba_forms, normal, perfect_forms, slug
from baselines.rules.system import System
from tests.unit.rules_cases import build, mentions, quote

from aqwal.model import Annotations, Document

SYSTEM = System({"max_tokens": 400})


def read(*lines: str) -> tuple[Document, Annotations]:
    document = build(lines)
    return document, SYSTEM.predict(document)


def found(*lines: str) -> set[tuple[str, str]]:
    return mentions(*read(*lines))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("غادر في 12 مارس 2017.", {("DATE", "12 مارس 2017")}),
        ("غادر في شباط/فبراير الماضي.", {("DATE", "شباط/فبراير الماضي")}),
        ("غادر في أوت/أغسطس و+جويلية/يوليو الماضيين.", {("DATE", "أوت/أغسطس وجويلية/يوليو الماضيين")}),
        ("غادر منتصف عام 2014.", {("DATE", "منتصف عام 2014"), ("DATE", "عام 2014")}),
        ("غادر في نهاية الشهر الماضي.", {("DATE", "نهاية الشهر الماضي"), ("DATE", "الشهر الماضي")}),
        ("غادر يوم الأحد.", {("DATE", "يوم الأحد")}),
        ("غادر أمس الاثنين.", {("DATE", "أمس الاثنين")}),
        ("غادر في كانون الثاني/يناير 2011.", {("DATE", "كانون الثاني/يناير 2011")}),
        ("غادر خلال ثلاثة أيام.", {("DATE", "ثلاثة أيام")}),
        ("بقي هناك عامين.", {("DATE", "عامين")}),
        ("هو في سن 70 عاما.", {("DATE", "70 عاما")}),
        ("غادر العام الماضي.", {("DATE", "العام الماضي")}),
        ("غادر في تسعينيات القرن الماضي.", {("DATE", "تسعينيات القرن الماضي")}),
        ("بقي ست ساعات.", {("TIME", "ست ساعات")}),
        ("وصل في الساعة الخامسة.", {("TIME", "الساعة الخامسة")}),
        ("وصل فجر الجمعة.", {("TIME", "فجر الجمعة"), ("DATE", "الجمعة")}),
        ("دفع خمسة و+عشرين مليون دولار.", {("MONEY", "خمسة وعشرين مليون دولار")}),
        ("ارتفع ب+نسبة 12 في المئة.", {("PERCENT", "12 في المئة")}),
        ("ارتفع ب+نسبة 5%.", {("PERCENT", "5%")}),
        ("سار 300 كيلومتر.", {("QUANTITY", "300 كيلومتر")}),
        ("رأى نحو 40 راكبا.", {("CARDINAL", "40")}),
        ("رأى خمسة آلاف جندي.", {("CARDINAL", "خمسة آلاف")}),
        ("هذه الزيارة الثالثة.", {("ORDINAL", "الثالثة")}),
        ("غادر ل+أول مرة.", set()),
        ("غادر بعد سنوات عديدة.", set()),
    ],
)
def test_values(line: str, expected: set[tuple[str, str]]) -> None:
    assert found(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("زار ليبيا ثم غادر إلى أديس أبابا.", {("GPE", "ليبيا"), ("GPE", "أديس أبابا")}),
        ("عاد من ل+لولايات المتحدة.", {("GPE", "لولايات المتحدة")}),  # the ل that stands for the article stays
        ("زار الوفد المصري و+الوفدين الكينيين.", {("NORP", "المصري"), ("NORP", "الكينيين")}),
        ("زار صحيفة هآرتس الإسرائيلية.", {("ORG", "هآرتس"), ("NORP", "الإسرائيلية")}),
        ("زار الجيش الوطني التشادي.", {("ORG", "الجيش الوطني التشادي"), ("NORP", "التشادي")}),
        ("زار الحكومة المصرية.", {("ORG", "الحكومة المصرية"), ("NORP", "المصرية")}),
        ("زار مجلس النواب.", {("ORG", "مجلس النواب")}),
        ("زار حزب الاستقلال المغربي.", {("ORG", "حزب الاستقلال"), ("NORP", "المغربي")}),
        ("زار وزارة الخارجية الكينية.", {("ORG", "وزارة الخارجية الكينية"), ("NORP", "الكينية")}),
        ("زار رئيس مجلس النواب.", {("OCC", "رئيس مجلس النواب"), ("ORG", "مجلس النواب")}),
        (
            "زار رئيس الوزراء الياباني شينزو تاناكا.",
            {("OCC", "رئيس الوزراء الياباني"), ("NORP", "الياباني"), ("PERS", "شينزو تاناكا")},
        ),
        ("هبط في مطار نيروبي الدولي.", {("FAC", "مطار نيروبي الدولي"), ("GPE", "نيروبي")}),
        ("زار معبر رفح.", {("FAC", "معبر رفح"), ("GPE", "رفح")}),
        ("سافر إلى شرق ليبيا.", {("LOC", "شرق ليبيا"), ("GPE", "ليبيا")}),
        ("سافر إلى الجنوب الليبي.", {("LOC", "الجنوب الليبي"), ("NORP", "الليبي")}),
        ("سافر إلى شبه جزيرة سيناء.", {("LOC", "شبه جزيرة سيناء")}),  # one entity is not nested in itself
        ("سكن مدينة كيفالونيا.", {("GPE", "كيفالونيا")}),
        ("تأجلت الانتخابات الرئاسية الكينية.", {("EVENT", "الانتخابات الرئاسية الكينية"), ("NORP", "الكينية")}),
        ("بدأت الحكومة العمل.", set()),  # an institution by its noun alone is no name
        ("فاز رئيس جديد.", set()),
        ("كتب على تويتر.", {("WEBSITE", "تويتر")}),
        ("تكلم ب+العربية.", {("LANGUAGE", "العربية")}),
        ("سافر إلى الإمارات العربية المتحدة.", {("GPE", "الإمارات العربية المتحدة")}),  # frozen adjectives
    ],
)
def test_names_and_nesting(line: str, expected: set[tuple[str, str]]) -> None:
    assert found(line) == expected


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("التقى محمد بن سالم العامري.", "محمد بن سالم العامري"),
        ("التقى عبد الرحمن شلغم.", "عبد الرحمن شلغم"),
        ("التقى أبو بكر الصديق.", "أبو بكر الصديق"),
        ("التقى جون ماكيندي أمس.", "جون ماكيندي"),
        ("التقى الجنرال كورتيغا.", "كورتيغا"),
        ("التقى وزير الدفاع الفرنسي فلورانج.", "فلورانج"),
    ],
)
def test_persons(line: str, name: str) -> None:
    assert ("PERS", name) in found(line)


def test_last_name_is_the_same_person_before_and_after_the_full_name() -> None:
    document, annotations = read("استقال ماكيندي.", "و+كان جون ماكيندي وزيرا.", "ثم عاد ماكيندي.")
    persons = [m for m in annotations.mentions if m.type == "PERS"]
    assert [quote(document, m.span) for m in persons] == ["ماكيندي", "جون ماكيندي", "ماكيندي"]
    assert len({m.entity for m in persons}) == 1


def test_title_belongs_to_its_holder() -> None:
    document, annotations = read("التقى وزير الدفاع، الجنرال جون ماكيندي، الوفد.", "و+غادر الجنرال ليلا.")
    holders = {quote(document, m.span): m.entity for m in annotations.mentions if m.type == "OCC"}
    assert holders == {"وزير الدفاع": "jwn-makyndy", "الجنرال": "jwn-makyndy"}


def test_country_and_people_are_different_entities() -> None:
    _, annotations = read("زار الوفد الليبي ليبيا.")
    assert {m.entity for m in annotations.mentions} == {"libyans", "libya"}


def test_loaded_designation() -> None:
    document, annotations = read("هاجم الكيان الصهيوني.")
    (mention,) = [m for m in annotations.mentions if m.type == "GPE"]
    assert (mention.entity, mention.metonym, mention.framing) == ("israel", True, ("loaded",))
    assert quote(document, mention.span) == "الكيان الصهيوني"


def test_values_have_no_entity_and_names_have_one() -> None:
    _, annotations = read("دفع جون ماكيندي 200 دولار في باريس عام 2014.")
    assert {m.level for m in annotations.mentions} == {"NAM", "VAL"}
    assert all((m.level == "VAL") == (m.entity == "") for m in annotations.mentions)


def test_diacritics_tatweel_and_persian_letters_do_not_matter() -> None:
    assert found("زارَ لـيبيا و+الکویت.") == {("GPE", "لـيبيا"), ("GPE", "الکویت")}


# ---------------------------------------------------------------- the lexicon's generators


@pytest.mark.parametrize("name", ["rules.lexicon", "rules.phrases", "rules.system", "floor_majority.system"])
def test_examples_in_the_docstrings(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(f"baselines.{name}"))
    assert tried and not failed


def test_verb_forms_agree() -> None:
    assert {f for f, g, n in perfect_forms("قال") if g == "f"} == {"قالت", "قالتا"}
    assert {f for f, g, n in imperfect_forms("يدعي")} >= {"يدعي", "تدعي", "يدعون", "يدع"}
    assert "مصريين" in nisba_forms("مصري")


def test_every_cue_class_uses_the_model_s_vocabulary() -> None:
    from aqwal.model import ATTRIBUTION_POLARITIES, CERTAINTIES, KINDS, STANCES

    lex = lexicon()
    cues = [*lex.finite.values(), *lex.participles.values(), *lex.passive.values(), *lex.nominal.values()]
    assert len(cues) > 1000
    for cue in cues:
        assert cue.kind in KINDS and cue.stance in STANCES
        assert cue.polarity in ATTRIBUTION_POLARITIES and cue.certainty in CERTAINTIES


def test_ids_of_names_are_ascii_and_ignore_spelling_variants() -> None:
    assert slug(["أحمد"]) == slug(["احمد"]) and slug(["أحمد"]).isascii()
    assert normal("إِيـران") == "ايران"
