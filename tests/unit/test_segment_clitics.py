"""Clitic pieces, case by case, and on the corpus."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aqwal.segment.clitics import attested, letters_of, split_word


def shown(form: str, *known: str) -> str:
    pieces = []
    start = 0
    for length in split_word(form, attested(known)):
        pieces.append(form[start : start + length])
        start += length
    return "+".join(pieces)


SPLIT = """
و+أوضحت و+ب+حسب و+ل+أول و+ل+لإشارة ل+لإخوان ل+ليبيا ل+لواء ل+لبنان ب+أن ب+أن+ه و+أن+ها ف+إن ف+في ف+قد ف+هو
و+لكن و+ما و+هذا ب+ما ب+الكثير ك+المعتاد ل+ه ب+ها في+ه عن+ه من+هم علي+ها إلي+هم إن+ه ان+ه أن+هم لكن+ه بين+هما
مع+نا إجابت+ه طائرت+ها وزارت+ه ابن+ه أكد+ه يترأس+ه تفصل+ها حملت+هما و+يرأس+ها ل+والد+ه والد+ه س+يستقوي س+تواصل
و+س+يتم س+أقول ف+قال ف+إسبانيا ف+المدينة و+ب+الإضافة ب+شأن ب+هدف ل+منع ل+مواجهة ل+لمتهم ل+لغت+ه و+2019م ب+50
و+NATO التزام+هم
""".split()

WHOLE = """
وصل وصلت وصلوا وزير وزارة وكالات وقف وقع واجه والدة واشنطن ولاية في فيديو فيلم فرنسا فلسطين فصل فترة فشل بعد
بعض بلد برلمان بيان بدأ بريطانيا بين كان كانت كل كلمة كتاب كبير كما لكن لم لن ليس لقاء لجنة لندن لبنان ليبيا
لماذا لذلك سياسة سيارة سيف سنة سنوات ستة سيناء سيطرة هم هما مهم أهم متهم تفاهم فهم المتهم الاتجاه وجه مياه فقه
تنبيه توجيه يشبه هذه الله عبدالله عندما بينما فيما مما إنما ربما أيضا هذا ذلك قالوا يسعيان مسؤولون شهرين لـ بـ
و ف ، “ 2019م 3.5 NATO 𝔸
""".split()


@pytest.mark.parametrize("expected", SPLIT)
def test_split(expected: str) -> None:
    assert shown(expected.replace("+", "")) == expected


@pytest.mark.parametrize("word", WHOLE)
def test_whole(word: str) -> None:
    assert shown(word) == word


@pytest.mark.parametrize(
    "expected", ["سَ+يَكُونُ", "و+تُعدّ", "وقّع+ها", "لــ+ه", "و+الکیانات", "\u200fو+قال\u200e", "و+بِ+أنّ+ه"]
)
def test_marks_tatweel_bidi_and_persian_letters_do_not_hide_a_clitic(expected: str) -> None:
    assert shown(expected.replace("+", "")) == expected


def test_another_word_of_the_document_is_evidence() -> None:
    assert shown("كفنوكوفو") == "كفنوكوفو"
    assert shown("كفنوكوفو", "فنوكوفو") == "ك+فنوكوفو"


def test_letters_of_gives_a_mark_to_the_letter_before_it() -> None:
    assert letters_of("\u200fلـَه") == ("له", (0, 4, 5))


@given(st.text(min_size=1, max_size=40), st.sets(st.text(max_size=6), max_size=3))
def test_pieces_always_tile(form: str, known: set[str]) -> None:
    lengths = split_word(form, known)
    assert sum(lengths) == len(form)
    assert all(length > 0 for length in lengths)
