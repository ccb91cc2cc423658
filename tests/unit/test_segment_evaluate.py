"""The scores of the segmenter, worked by hand."""

import pytest

from aqwal.model import Document, Paragraph, Piece, Sentence, Word
from aqwal.segment.evaluate import Counts, differences, evaluate, render_table

TEXT = "خبر\nقال إنه عاد. وقام.\nقام"


def word(start: int, *lengths: int) -> Word:
    pieces = []
    position = start
    for length in lengths:
        pieces.append(Piece(position, position + length))
        position += length
    return Word(start, position, TEXT[start:position], tuple(pieces))


def sentence(number: int, *words: Word) -> Sentence:
    return Sentence(f"s{number}", words[0].start, words[-1].end, words)


GOLD = Document(
    "d",
    TEXT,
    (
        Paragraph("p1", "headline", (sentence(1, word(0, 3)),)),
        Paragraph(
            "p2",
            "body",
            (
                sentence(2, word(4, 3), word(8, 2, 1), word(12, 3), word(15, 1)),
                sentence(3, word(17, 1, 3), word(21, 1)),
            ),
        ),
        Paragraph("p3", "furniture", (sentence(4, word(23, 3)),), repeats="p1"),
    ),
)
# Wrong: the headline is furniture, إنه is not split, قال is, one sentence for two, "عاد." one word, no repeat.
AUTO = Document(
    "d",
    TEXT,
    (
        Paragraph("p1", "furniture", (sentence(1, word(0, 3)),)),
        Paragraph(
            "p2",
            "body",
            (sentence(2, word(4, 1, 2), word(8, 3), word(12, 4), word(17, 1, 3), word(21, 1)),),
        ),
        Paragraph("p3", "furniture", (sentence(3, word(23, 3)),)),
    ),
)


def test_hand_worked_counts() -> None:
    score = evaluate([AUTO], [GOLD]).documents[0]
    assert score.sentences == Counts(3, 4, 3)  # ends 3, 16, 22, 26 against 3, 22, 26
    assert score.words == Counts(6, 8, 7)  # عاد and its full stop are missed
    assert score.pieces == Counts(5, 10, 9)  # خبر, و, قام, the last full stop, قام
    assert score.split_words == Counts(1, 2, 2)  # وقام
    assert score.zones == Counts(2, 3, 3)
    assert score.repeats == Counts(2, 3, 3)
    assert score.sentence_f1 == pytest.approx(6 / 7)
    assert score.word_f1 == pytest.approx(12 / 15)
    assert score.piece_f1 == pytest.approx(10 / 19)
    assert score.split_f1 == pytest.approx(2 / 4)
    assert score.zone_accuracy == pytest.approx(2 / 3)
    assert score.repeat_accuracy == pytest.approx(2 / 3)


def test_identity_is_one_everywhere_and_pooling_adds_counts() -> None:
    other = Document("e", TEXT, GOLD.paragraphs)
    auto_other = Document("e", TEXT, GOLD.paragraphs)
    report = evaluate([auto_other, AUTO], [GOLD, other])
    assert [score.doc_id for score in report.documents] == ["d", "e"]
    perfect = report.documents[1]
    assert {perfect.sentence_f1, perfect.word_f1, perfect.piece_f1, perfect.zone_accuracy, perfect.repeat_accuracy} == {
        1.0
    }
    assert report.pooled.words == Counts(6 + 8, 16, 7 + 8)
    assert report.pooled.doc_id == "all"


def test_the_table_has_a_row_for_each_document_and_one_for_all() -> None:
    lines = render_table(evaluate([AUTO], [GOLD])).splitlines()
    assert len(lines) == 3
    assert lines[1].split() == ["d", "3", "8", "0.857", "0.800", "0.526", "0.500", "0.667", "0.667"]
    assert lines[2].split()[0] == "all"


def test_differences_name_each_word() -> None:
    assert differences(AUTO, GOLD) == ["4: ق+ال → قال", "8: إنه → إن+ه", "12: — → عاد", "15: — → ."]


@pytest.mark.parametrize("auto", [[], [Document("e", TEXT, GOLD.paragraphs)], [AUTO, AUTO]])
def test_different_documents_are_refused(auto: list[Document]) -> None:
    with pytest.raises(ValueError, match="documents differ"):
        evaluate(auto, [GOLD])


def test_different_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="different texts"):
        evaluate([Document("d", TEXT + "!", GOLD.paragraphs)], [GOLD])
