"""Claims of `rules`: clauses and their fields, on invented sentences."""

from __future__ import annotations

import pytest
from baselines.rules.system import System
from tests.unit.rules_cases import build, claims, quote

from aqwal.model import Annotations, Claim, Document

SYSTEM = System({})


def read(line: str, zone: str = "body") -> tuple[Document, Annotations]:
    document = build([line], [zone])
    return document, SYSTEM.predict(document)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("وصل الوفد إلى المدينة.", ["وصل الوفد إلى المدينة"]),
        ("وصل الوفد و+غادر الوزير المدينة.", ["وصل الوفد", "غادر الوزير المدينة"]),
        ("وصل الوفد، ثم غادر الوزير المدينة.", ["وصل الوفد", "غادر الوزير المدينة"]),
        ("قال الوزير إن الوفد وصل.", ["الوفد وصل"]),  # the reporting clause is none
        ("قال الوزير إن الوفد وصل و+إن الضيف غادر.", ["الوفد وصل", "الضيف غادر"]),
        # ... unless it is itself told,
        ("قالت الصحيفة إن الوزير أكد أن الوفد وصل.", ["الوزير أكد أن الوفد وصل", "الوفد وصل"]),
        # or an intention
        ("وعدت الحكومة ب+رفع الأجور.", ["وعدت الحكومة برفع الأجور", "رفع الأجور"]),
        ("كشفت الصحيفة عن لقاء سري.", ["لقاء سري"]),
        ("غادر خالد يوسف الذي وصل أمس.", ["غادر خالد يوسف الذي وصل أمس", "الذي وصل أمس"]),
        ("غادر الوفد بعد أن وصل الوزير.", ["غادر الوفد بعد أن وصل الوزير", "وصل الوزير"]),
        ("غادر الوفد عندما وصل الوزير.", ["غادر الوفد عندما وصل الوزير", "وصل الوزير"]),
        ("الجدير ب+الذكر أن الوفد وصل.", ["الوفد وصل"]),
        ("ف+الاتفاق، ب+حسب الصحيفة، ينص على السلام.", ["الاتفاق … ينص على السلام"]),
    ],
)
def test_clauses(line: str, expected: list[str]) -> None:
    assert claims(*read(line)) == expected


def test_a_headline_is_a_claim_and_a_byline_is_none() -> None:
    assert claims(*read("وصول الوفد إلى المدينة", "headline")) == ["وصول الوفد إلى المدينة"]
    assert claims(*read("بقلم خالد يوسف", "byline")) == []


def one(line: str, text: str) -> Claim:
    document, annotations = read(line)
    (claim,) = [c for c in annotations.claims if quote(document, c.span) == text]
    return claim


@pytest.mark.parametrize(
    ("line", "text", "fields"),
    [
        ("قال الوزير إن الوفد وصل.", "الوفد وصل", ("positive", "certain", "past", "yes")),
        ("قال الوزير إن الوفد لم يصل.", "الوفد لم يصل", ("negative", "certain", "past", "yes")),
        ("قال الوزير إن الوفد س+يصل.", "الوفد سيصل", ("positive", "certain", "future", "yes")),
        ("قال الوزير إن الوفد لن يصل.", "الوفد لن يصل", ("negative", "certain", "future", "yes")),
        ("قال الوزير إن الوفد قد يصل.", "الوفد قد يصل", ("positive", "possible", "present", "yes")),
        ("قال الوزير إن الطريق مغلق.", "الطريق مغلق", ("positive", "certain", "present", "yes")),
        ("توقع الوزير أن يصل الوفد.", "يصل الوفد", ("positive", "probable", "future", "no")),
        ("طالب الوزير ب+فتح الطريق.", "فتح الطريق", ("positive", "unreal", "future", "yes")),
        ("تساءل الوزير هل وصل الوفد.", "هل وصل الوفد", ("positive", "questioned", "past", "yes")),
    ],
)
def test_fields(line: str, text: str, fields: tuple[str, str, str, str]) -> None:
    claim = one(line, text)
    assert (claim.polarity, claim.certainty, claim.time, claim.verifiable) == fields


def test_claims_belong_to_the_report_that_holds_them() -> None:
    document, annotations = read("قال الوزير إن الوفد وصل، و+غادر الضيف.")
    owners = {quote(document, c.span): annotations.attribution_of(c) for c in annotations.claims}
    assert all(owner is not None for owner in owners.values())


def test_one_event_told_in_two_documents_has_one_cluster() -> None:
    lines = ("وصل جون ماكيندي إلى باريس أمس.", "و+قالت المصادر إن جون ماكيندي وصل باريس.")
    keys = [SYSTEM.predict(build([line], id=str(n))).claims[0].cluster for n, line in enumerate(lines)]
    assert keys[0] == keys[1]
