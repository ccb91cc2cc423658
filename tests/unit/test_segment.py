"""The segmenter on hand-made texts: one test for each thing that a new document may contain."""

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aqwal.model import Document
from aqwal.segment import segment_text
from aqwal.segment.words import _camel, recover_offsets
from aqwal.text import TextError


def sentences(text: str) -> list[str]:
    document = segment_text("t", text)
    return [text[sentence.start : sentence.end] for sentence in document.sentences]


def words(text: str) -> list[str]:
    return [word.form for word in segment_text("t", text).words]


def zones(*lines: str) -> list[str]:
    return [paragraph.zone for paragraph in segment_text("t", "\n".join(lines)).paragraphs]


BODY = "قال الوزير في مؤتمر صحفي إن المفاوضات ستستمر خلال الأسبوع المقبل في العاصمة."


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("بلغ 3.5 ثم 1,200 و٣٫٥", ["بلغ", "3.5", "ثم", "1,200", "و٣٫٥"]),
        ("في 10/6/2019 أو 2019-06-10", ["في", "10/6/2019", "أو", "2019-06-10"]),
        ("عند 10:30، ثم", ["عند", "10:30", "،", "ثم"]),
        ("قالت أ.ف.ب إن", ["قالت", "أ.ف.ب", "إن"]),
        ("(أ.ف.ب)", ["(", "أ.ف.ب", ")"]),
        ("أغسطس/آب", ["أغسطس", "/", "آب"]),
        ("بين 2015-2016", ["بين", "2015", "-", "2016"]),
        ("نسبة 40%.", ["نسبة", "40", "%", "."]),
        ("بـ”الاسم”", ["بـ", "”", "الاسم", "”"]),
        ("(78 عاما)", ["(", "78", "عاما", ")"]),
        ("وجود\u00a0المجلس", ["وجود", "المجلس"]),
        ("\u200fقال\u200e نعم", ["\u200fقال\u200e", "نعم"]),
        ("قالَتْ الکیانات", ["قالَتْ", "الکیانات"]),
        ("اقــرأ", ["اقــرأ"]),
        ("قال\r\nنعم", ["قال", "نعم"]),
        ("العدد 5.", ["العدد", "5", "."]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_offsets_are_code_points_of_the_document_across_crlf_and_astral_characters() -> None:
    text = "أول 𝔸\r\n\r\n  ثان\u00a0 ثالث\r\n"
    document = segment_text("t", text)
    assert [(word.start, word.end, word.form) for word in document.words] == [
        (0, 3, "أول"), (4, 5, "𝔸"), (11, 14, "ثان"), (16, 20, "ثالث"),
    ]  # fmt: skip
    assert [(p.start, p.end) for p in document.paragraphs] == [(0, 5), (11, 20)]


def test_offsets_of_a_token_that_is_not_the_text_are_refused() -> None:
    with pytest.raises(TextError, match="code point 4"):
        recover_offsets("قال نعم", ["قال", "لا"])


# ---------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("قال نعم. ثم خرج", ["قال نعم.", "ثم خرج"]),
        ("هل عاد؟ نعم! ثم… خرج.", ["هل عاد؟", "نعم!", "ثم…", "خرج."]),
        ("قال، ثم: خرج؛ وعاد", ["قال، ثم: خرج؛ وعاد"]),
        ("قال (ثم خرج. وعاد) ونام. وقام", ["قال (ثم خرج. وعاد) ونام.", "وقام"]),
        ("قال: “عدت.” ثم خرج", ["قال: “عدت.”", "ثم خرج"]),
        ('قال: "عدت." ثم خرج', ['قال: "عدت."', "ثم خرج"]),
        # Mismatched and nested marks: what follows a mark decides, not which mark it is.
        ("قال: ”عدت إلى “الدار“.” ثم خرج", ["قال: ”عدت إلى “الدار“.”", "ثم خرج"]),
        ("قال «نعم.»» ثم خرج", ["قال «نعم.»»", "ثم خرج"]),
        ('عاد. "ثم خرج" مرة أخرى.', ["عاد.", '"ثم خرج" مرة أخرى.']),
        ("بعد فشل خطة العاصمة”.", ["بعد فشل خطة العاصمة”."]),
        # A bracket that is never closed, or never opened, holds no full stop back.
        ("قال (ثم خرج. وعاد.", ["قال (ثم خرج.", "وعاد."]),
        ("قال) ثم خرج. وعاد.", ["قال) ثم خرج.", "وعاد."]),
        ("قالت أ.ف.ب إنه عاد. ثم خرج", ["قالت أ.ف.ب إنه عاد.", "ثم خرج"]),
        ("قال د. محمد إنه عاد", ["قال د. محمد إنه عاد"]),
        ("بلغ 3.5 مليون. ثم 1,200", ["بلغ 3.5 مليون.", "ثم 1,200"]),
        ("في موقع example.org اليوم", ["في موقع example.org اليوم"]),
        ("انتهى.وبدأ", ["انتهى.", "وبدأ"]),
        ("عاد... ثم خرج", ["عاد...", "ثم خرج"]),
        ("عاد .. ثم خرج إلى الدار.", ["عاد ..", "ثم خرج إلى الدار."]),
        ("حقا؟! نعم.", ["حقا؟!", "نعم."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_two_dots_in_a_headline_end_nothing() -> None:
    text = f"بعد الاتفاق.. هل تعود المفاوضات بين الطرفين؟\n{BODY}"
    document = segment_text("t", text)
    assert document.paragraphs[0].zone == "headline"
    assert len(document.paragraphs[0].sentences) == 1


def test_sentence_ids_run_over_the_document() -> None:
    document = segment_text("t", f"{BODY} {BODY}\n{BODY}")
    assert [s.id for s in document.sentences] == ["s1", "s2", "s3"]
    assert [p.id for p in document.paragraphs] == ["p1", "p2"]


# ---------------------------------------------------------------- zones and repeats


def test_zones_of_a_page() -> None:
    assert zones(
        "اقتصاد",
        "ثلاث دول وافقت على الخطة",
        "الوزير يعلن عودة المفاوضات بين الطرفين",
        "• 120",
        "أرشيف",
        BODY,
        "اقــرأ أيضاً",
        BODY,
        "بقلم: كاتب معروف",
        "المصدر: وكالات",
        "336 مشاهدة",
        "مقالات ذات صلة",
    ) == [
        "furniture", "kicker", "headline", "furniture", "furniture", "body", "furniture", "body", "byline", "furniture",
        "furniture", "furniture",
    ]  # fmt: skip


def test_a_repeated_headline_keeps_its_zone_and_points_back() -> None:
    head = "الوزير يعلن عودة المفاوضات بين الطرفين"
    document = segment_text("t", f"{head}\n\n  {head} \n\n{BODY}\n{BODY}")
    assert [(p.zone, p.repeats) for p in document.paragraphs] == [
        ("headline", ""), ("headline", "p1"), ("body", ""), ("body", "p3"),
    ]  # fmt: skip


def test_a_short_line_is_no_repeat() -> None:
    assert [p.repeats for p in segment_text("t", f"* * *\n{BODY}\n***\n* *").paragraphs] == [""] * 4


def test_a_text_without_headline_and_a_text_without_final_punctuation() -> None:
    assert zones(BODY, BODY) == ["body", "body"]
    assert zones("الوزير يعلن عودة المفاوضات", "قال الوزير إنه عاد إلى بلده أمس") == ["headline", "body"]
    assert zones("قال الوزير إنه عاد إلى بلده أمس") == ["body"]


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize("text", ["", "\n\n", " \u00a0\t\r\n"])
def test_an_empty_text_is_one_clear_message(text: str) -> None:
    with pytest.raises(TextError, match=r"leer\.txt: the text is empty"):
        segment_text("leer.txt", text)


def test_one_line_of_a_megabyte() -> None:
    unit = "وقال الوزير إنه عاد إلى البلاد "
    text = unit * (1_000_000 // len(unit))
    document = segment_text("t", text)
    assert len(document.sentences) == 1
    assert len(document.words) == 6 * (1_000_000 // len(unit))
    assert document.words[-1].end == len(text.rstrip())


@pytest.mark.parametrize("unit", ["قالأ", ".", "أ.", "1,", "1/2/", "(", "“”", "\u00a0ا", "\u064e"])
def test_degenerate_lines_are_segmented(unit: str) -> None:
    text = unit * (60_000 // len(unit))
    assert "".join(word.form for word in segment_text("t", text).words) == "".join(text.split())


def test_without_camel_tools_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    _camel.cache_clear()
    monkeypatch.setitem(sys.modules, "camel_tools.tokenizers.word", None)
    try:
        with pytest.raises(TextError, match=r"pip install 'aqwal\[baselines\]'"):
            segment_text("t", BODY)
    finally:
        _camel.cache_clear()


def test_importing_the_package_does_not_import_camel_tools() -> None:
    code = "import sys, aqwal.segment, aqwal.segment.evaluate; print('camel_tools' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# ---------------------------------------------------------------- properties

ARABIC = st.text(alphabet=' \n\r\t\u00a0\u200fالوبفكلسهمنايتةأإءَّـکی.،؟!…:"“”«»()[]/-0159٣a', max_size=120)
ANYTHING = st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=80)


def check_segmentation(document: Document, text: str) -> None:
    position = 0
    rebuilt = []
    for word in document.words:
        gap = text[position : word.start]
        assert not gap.strip(), "only white space lies between words"
        assert word.form == text[word.start : word.end]
        assert not any(char.isspace() for char in word.form)
        rebuilt += [gap, word.form]
        assert word.pieces[0].start == word.start
        assert word.pieces[-1].end == word.end
        assert all(piece.start < piece.end for piece in word.pieces)
        assert all(a.end == b.start for a, b in pairwise(word.pieces))
        position = word.end
    assert not text[position:].strip()
    assert "".join(rebuilt) + text[position:] == text
    spans = [(sentence.start, sentence.end) for sentence in document.sentences]
    assert all(start < end for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    for paragraph in document.paragraphs:
        assert not set("\r\n") & set(text[paragraph.start : paragraph.end])
        for sentence in paragraph.sentences:
            assert (sentence.start, sentence.end) == (sentence.words[0].start, sentence.words[-1].end)


@settings(max_examples=150)
@given(st.one_of(ARABIC, ANYTHING))
def test_any_text_is_tiled_by_words_pieces_and_sentences(text: str) -> None:
    if not text.strip():
        with pytest.raises(TextError):
            segment_text("t", text)
        return
    check_segmentation(segment_text("t", text), text)
