"""The rules behind the checks, on small sentences: quotation marks, proclitics, cue classes, relays."""

from __future__ import annotations

import pytest
from tests.fixtures.tiny import document

from aqwal.checks.attributions import quoted_edges, sentence_mark
from aqwal.checks.corpus import shingles
from aqwal.checks.cues import cues_in, lexicon, occurrences, stances
from aqwal.checks.marks import proclitic, quotation_marks
from aqwal.model import KINDS, STANCES, Document, Span


def one(marked: str) -> Document:
    return document("900", [("body", "", [marked])])


def span_of(doc: Document, quote: str) -> Span:
    spans = []
    at = 0
    for part in quote.split(" … "):
        at = doc.text.index(part, at)
        spans.append((at, at + len(part)))
        at += len(part)
    return Span(tuple(spans))


@pytest.mark.parametrize(
    ("text", "content", "edges"),
    [
        ("قال: “الجسر مغلق”.", "الجسر مغلق", (True, True)),
        ("قال: “الجسر مغلق.”", "الجسر مغلق", (True, True)),
        ('قال إن "الجسر مغلق".', "الجسر مغلق", (True, True)),
        ("قال: « إن الجسر مغلق »", "الجسر مغلق", (True, True)),
        ("قال: “و+إن الجسر مغلق”", "الجسر مغلق", (True, True)),
        ("قال: “إن+ه مغلق”", "ه مغلق", (True, True)),
        ("قال إن الجسر “مغلق”.", "الجسر “مغلق", (False, True)),
        ("قال إن “الجسر” مغلق.", "الجسر” مغلق", (True, False)),
        ("قال إن الجسر مغلق.", "الجسر مغلق", (False, False)),
        ("قال: “الجسر مغلق", "الجسر مغلق", (True, False)),
    ],
)
def test_quotation_marks_around_a_content(text: str, content: str, edges: tuple[bool, bool]) -> None:
    doc = one(text)
    assert quoted_edges(doc, span_of(doc, content)) == edges


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("و+قال سالم", "وقال", "و"),
        ("و+قال سالم", "قال", None),
        ("ل+لإخوان", "للإخوان", "ل"),
        ("إن+ه هنا", "إنه", None),
        ("وصل سالم", "وصل", None),
    ],
)
def test_proclitics_at_the_start_of_a_span(text: str, quote: str, found: str | None) -> None:
    doc = one(text)
    piece = proclitic(doc, span_of(doc, quote).start)
    assert (doc.text[piece.start : piece.end] if piece else None) == found


def test_sentence_marks_at_the_edges() -> None:
    doc = one("، قال “نعم”.")
    assert sentence_mark(doc, span_of(doc, "“نعم”.")) == 'ends in "."'
    assert sentence_mark(doc, span_of(doc, "، قال")) == 'begins with "،"'
    assert sentence_mark(doc, span_of(doc, "“نعم”")) == ""


def test_apostrophes_inside_words_are_no_quotation_marks() -> None:
    doc = Document("900", "ال’قرآن ‘نعم’ د’ا", ())
    assert [doc.text[i : i + 2] for i in quotation_marks(doc, 0, len(doc.text))] == ["‘ن", "’ "]


@pytest.mark.parametrize(
    ("text", "cue", "stance"),
    [
        ("قالت الصحيفة", "قالت", {"neutral"}),
        ("كشفت الصحيفة", "كشفت", {"endorsing"}),
        ("و+يؤكّدون ذلك", "يؤكّدون", {"endorsing"}),
        ("أكدت قالت صحيفة", "أكدت قالت", {"endorsing"}),
        ("شائعات تأكدت", "شائعات تأكدت", {"endorsing"}),
        ("مضيفةً كلاما على حد تعبير+ها", "مضيفةً … على حد تعبير", {"distancing"}),
        ("أكد ذلك على حد قول+ه", "أكد … على حد قول", {"distancing"}),
        ("زعم فلان", "زعم", {"distancing"}),
        ("ب+حسب المصادر", "بحسب", {"neutral"}),
        ("همس فلان", "همس", {"neutral"}),
        ("يُقال إن+ه", "يُقال", {"distancing"}),
        ("نفى فلان", "نفى", {"neutral"}),
    ],
)
def test_the_stance_follows_from_the_words_of_the_cue(text: str, cue: str, stance: set[str]) -> None:
    doc = one(text)
    assert stances(doc, span_of(doc, cue)) == stance


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("الزعيم والمسؤول والكيان", []),
        ("استفاد من ذكرى زعيم", []),
        ("نصف المشير", []),
        ("وضع حدا على حد سواء", []),
        ("نقلا عن س، على حد تعبير+ه", ["نقلا", "على حد تعبير"]),
        ("لم يكشف عن اسم+ه", ["يكشف"]),
        ("شركة إعلانات", ["إعلانات"]),
        ("ل+لإشارة ف+إن", ["لإشارة"]),
    ],
)
def test_occurrences_of_the_lexicon(text: str, found: list[str]) -> None:
    doc = one(text)
    pieces = [piece for word in doc.words for piece in word.pieces]
    assert [
        doc.text[p[0].start : p[-1].end] for p, cues in occurrences(doc, pieces) if any(c.account for c in cues)
    ] == found


def test_the_lexicon_is_well_formed_and_its_classes_are_the_scheme_s() -> None:
    cues = {cue for found in lexicon().forms.values() for cue in found} | set(lexicon().phrases.values())
    assert {cue.stance for cue in cues} == set(STANCES)
    assert {kind for cue in cues for kind in cue.kinds} == set(KINDS)
    stance = {form: {cue.stance for cue in found} for form, found in lexicon().forms.items()}
    for form in ("كشف", "اكد", "اثبت", "بين", "تاكد", "فضح"):
        assert stance[form] == {"endorsing"}, form
    for form in ("زعم", "ادعى", "شائعات", "يقال"):
        assert stance[form] == {"distancing"}, form
    doc = one("قال")
    assert [[cue.lemma for cue in found] for found in cues_in(doc, Span.of(0, 3))] == [["قال"]]


def test_shingles_ignore_punctuation_diacritics_and_hamza() -> None:
    first = one("قالت الصحيفةُ: إنّ أحمد زار العاصمة")
    second = one("قالت الصحيفة ان احمد زار العاصمة.")
    assert shingles(first) == shingles(second)
    assert len(shingles(first)) == 2
    assert shingles(one("قال نعم")) == frozenset()
