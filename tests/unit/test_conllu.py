"""CoNLL-U files of the segmentation: the corpus, round trips, and every way a file can be wrong."""

import hashlib
import tomllib
from pathlib import Path

import conllu
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from udtools import Validator

from aqwal.model import Document
from aqwal.segment import segment_text
from aqwal.segment.evaluate import evaluate
from aqwal.store.conllu import ConlluError, escape_spaces, parse_document, read_document, write_document
from aqwal.text import decode_strict, line_spans

ROOT = Path(__file__).resolve().parents[2]
IDS = ("000", "001", "002", "003", "004")
SOURCES = tomllib.loads((ROOT / "seeds" / "sources.toml").read_text(encoding="utf-8"))


def seed(doc_id: str) -> str:
    return decode_strict((ROOT / "seeds" / SOURCES[doc_id]["file"]).read_bytes())


def gold(doc_id: str) -> Document:
    return read_document(ROOT / "corpus" / f"{doc_id}.conllu", seed(doc_id))


def level_1_errors(path: Path) -> int:
    state = Validator(lang="ar", level=1, output=None).validate_file(str(path))
    return sum(sum(counts.values()) for counts in state.error_counter.values())


# ---------------------------------------------------------------- the corpus


@pytest.mark.parametrize("doc_id", IDS)
def test_corpus_reads_and_writes_the_same_bytes(doc_id: str) -> None:
    document = gold(doc_id)
    assert write_document(document).encode() == (ROOT / "corpus" / f"{doc_id}.conllu").read_bytes()


@pytest.mark.parametrize("doc_id", IDS)
def test_corpus_passes_ud_validation_at_level_1(doc_id: str) -> None:
    assert level_1_errors(ROOT / "corpus" / f"{doc_id}.conllu") == 0


def test_the_validator_is_not_asleep(tmp_path: Path) -> None:
    path = tmp_path / "001.conllu"
    path.write_text((ROOT / "corpus" / "001.conllu").read_text(encoding="utf-8").replace("\n3\t", "\n7\t", 1), "utf-8")
    assert level_1_errors(path) > 0


@pytest.mark.parametrize("doc_id", IDS)
def test_corpus_reads_with_an_independent_library_and_rebuilds_the_seed(doc_id: str) -> None:
    text = seed(doc_id)
    content = (ROOT / "corpus" / f"{doc_id}.conllu").read_text(encoding="utf-8")
    covered = 0
    for tokens in conllu.parse(content):
        skip_to = 0
        for token in tokens:
            start, end = int(token["misc"]["StartChar"]), int(token["misc"]["EndChar"])
            assert text[start:end] == token["form"]
            if isinstance(token["id"], tuple):
                skip_to = token["id"][2]
            elif token["id"] <= skip_to:
                continue
            assert not text[covered:start].strip()
            covered = end
    assert not text[covered:].strip()


@pytest.mark.parametrize("doc_id", IDS)
def test_every_line_of_a_seed_is_a_paragraph(doc_id: str) -> None:
    text = seed(doc_id)
    lines = [text[start:end].strip() for start, end in line_spans(text) if text[start:end].strip()]
    assert [text[p.start : p.end] for p in gold(doc_id).paragraphs] == lines


def test_repeats_of_the_corpus() -> None:
    found = {doc_id: [(p.id, p.repeats) for p in gold(doc_id).paragraphs if p.repeats] for doc_id in IDS}
    assert found == {
        "000": [("p2", "p1")],
        "001": [],
        "002": [("p10", "p3"), ("p11", "p5"), ("p12", "p7"), ("p13", "p8"), ("p14", "p9")],
        "003": [],
        "004": [],
    }
    for doc_id in IDS:
        document = gold(doc_id)
        by_id = {p.id: document.text[p.start : p.end] for p in document.paragraphs}
        assert all(by_id[p.id] == by_id[p.repeats] for p in document.paragraphs if p.repeats)


def test_a_repeat_has_the_pieces_of_what_it_repeats() -> None:
    for doc_id in IDS:
        document = gold(doc_id)
        by_id = {paragraph.id: paragraph for paragraph in document.paragraphs}
        for paragraph in document.paragraphs:
            if paragraph.repeats:
                shift = paragraph.start - by_id[paragraph.repeats].start
                ours, theirs = (
                    [(piece.start, piece.end) for s in p.sentences for w in s.words for piece in w.pieces]
                    for p in (paragraph, by_id[paragraph.repeats])
                )
                assert ours == [(start + shift, end + shift) for start, end in theirs]


def test_zones_of_the_corpus() -> None:
    def lines(doc_id: str, zone: str) -> list[str]:
        document = gold(doc_id)
        return [document.text[p.start : p.end] for p in document.paragraphs if p.zone == zone]

    assert lines("000", "furniture") == ["336 مشاهدة"]
    assert lines("001", "headline") == ["على طريقة المغرب.. هل يحاول حفتر إقناع الغرب بدعمه مقابل التطبيع؟"]
    assert lines("002", "furniture") == ["اقــرأ أيضاً"]
    assert lines("003", "kicker") == ["آلاف المرتزقة الروس وصلوا إلى محاور القتال لدعمه"]
    assert lines("003", "byline") == ["الشروق أونلاين"]
    assert lines("003", "furniture") == [
        "العالم", "• 3465", "• 7", "أرشيف", "خليفة حفتر", "المصدر: وكالات", "مقالات ذات صلة",
    ]  # fmt: skip
    assert lines("004", "byline") == ["بقلم: جورجيو كافييرو"]


@pytest.mark.parametrize(
    ("doc_id", "expected"),
    [
        ("004", "ل+لإخوان"), ("001", "ل+ليبيا"), ("000", "إجابت+ه"), ("004", "ان+ه"), ("000", "و+2019م"),
        ("001", "و+ل+أول"), ("001", "بـ"), ("001", "فالكون"), ("003", "لاستامبا"), ("001", "حملت+هما"),
        ("002", "وقّع+ها"), ("001", "س+يستقوي"), ("003", "ب+حسب"), ("000", "عبدالله"), ("004", "و+الکیانات"),
        ("002", "اقــرأ"),
    ],
)  # fmt: skip
def test_decisions_of_the_review(doc_id: str, expected: str) -> None:
    document = gold(doc_id)
    form = expected.replace("+", "")
    found = {
        "+".join(document.text[p.start : p.end] for p in word.pieces) for word in document.words if word.form == form
    }
    assert found == {expected}


def test_the_same_form_is_split_in_the_same_way_everywhere() -> None:
    seen: dict[str, set[tuple[int, ...]]] = {}
    for doc_id in IDS:
        for word in gold(doc_id).words:
            seen.setdefault(word.form, set()).add(tuple(piece.end - word.start for piece in word.pieces))
    assert {form for form, ways in seen.items() if len(ways) > 1} == set()


def test_sources_name_the_seeds_and_their_hashes() -> None:
    assert tuple(SOURCES) == IDS
    for table in SOURCES.values():
        data = (ROOT / "seeds" / table["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == table["sha256"]
        assert {"outlet", "genre", "language_variety", "byline", "translator", "published_evidence", "rights"} <= set(
            table
        )


def test_the_segmenter_is_near_the_reviewed_corpus() -> None:
    documents = [gold(doc_id) for doc_id in IDS]
    pooled = evaluate([segment_text(d.id, d.text) for d in documents], documents).pooled
    assert pooled.sentence_f1 > 0.95
    assert pooled.word_f1 > 0.99
    assert pooled.piece_f1 > 0.95
    assert pooled.zone_accuracy > 0.9
    assert pooled.repeat_accuracy == 1.0


# ---------------------------------------------------------------- round trips


ARABIC = st.text(
    alphabet=' \n\r\t\u00a0\u2028\u200fالوبفكلسهمنايتةأإءَّـ.،؟:|\\"“”()#_/-0159٣a', min_size=1, max_size=100
)
ANYTHING = st.text(
    alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=60
)


@settings(max_examples=150)
@given(st.one_of(ARABIC, ANYTHING).filter(str.strip))
def test_any_text_survives_write_read_write(text: str) -> None:
    document = segment_text("x", text)
    content = write_document(document)
    again = parse_document(content, text, "x.conllu")
    assert again == document
    assert write_document(again) == content


def test_white_space_of_every_kind_is_recorded(tmp_path: Path) -> None:
    text = "\u00a0 قال  الوزير\u00a0إنه\tعاد.\r\n\r\nثم | خرج\\\n"
    content = write_document(segment_text("x", text))
    path = tmp_path / "x.conllu"
    path.write_text(content, encoding="utf-8", newline="")
    assert read_document(path, text).text == text
    assert level_1_errors(path) == 0
    # The file alone rebuilds the text: forms, SpacesBefore and SpacesAfter.
    back = {"\\s": " ", "\\t": "\t", "\\r": "\r", "\\n": "\n", "\\p": "|", "\\\\": "\\", "\\u00A0": "\u00a0"}
    rebuilt = ""
    skip = 0
    for line in content.splitlines():
        columns = line.split("\t")
        if line.startswith("#") or len(columns) != 10:
            continue
        if "-" in columns[0]:
            skip = int(columns[0].split("-")[1])
        elif int(columns[0]) <= skip:
            continue
        else:
            skip = 0
        misc = dict(item.split("=", 1) for item in columns[9].split("|"))

        def plain(value: str) -> str:
            for escape, char in back.items():
                value = value.replace(escape, char)
            return value

        after = "" if misc.get("SpaceAfter") == "No" else plain(misc.get("SpacesAfter", " "))
        rebuilt += plain(misc.get("SpacesBefore", "")) + columns[1] + after
    assert rebuilt == text


def test_escapes() -> None:
    assert escape_spaces(" \t\r\n\u00a0\u2028") == "\\s\\t\\r\\n\\u00A0\\u2028"


# ---------------------------------------------------------------- what is wrong with a file

TEXT = "خبر مهم اليوم جدا\nوقال إنه عاد. ثم خرج"
GOOD = write_document(segment_text("x", TEXT))


def refuse(content: str, text: str = TEXT, path: str = "x.conllu") -> ConlluError:
    with pytest.raises(ConlluError) as caught:
        parse_document(content, text, path)
    error = caught.value
    assert str(error).startswith(f"{path}:{error.line}: {error.field}: ")
    assert error.fix
    return error


def edit(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def line_of(content: str, part: str) -> int:
    return content[: content.index(part)].count("\n") + 1


def test_the_example_is_good() -> None:
    assert parse_document(GOOD, TEXT, "x.conllu").text == TEXT


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("1\tخبر\t_\t", "1\tخبر\t", "columns", "9 columns"),
        ("# zone = headline", "# zone = title", "zone", "unknown zone 'title'"),
        ("# zone = headline\n", "", "zone", "unknown zone ''"),
        ("StartChar=4|EndChar=7", "StartChar=5|EndChar=8", "StartChar", "not the form 'مهم'"),
        ("StartChar=4|EndChar=7", "StartChar=4|EndChar=99", "StartChar", "not the form 'مهم'"),
        ("StartChar=4|EndChar=7", "StartChar=4", "MISC", "no EndChar"),
        ("2\tمهم", "2\tمهما", "StartChar", "not the form 'مهما'"),
        ("\tخبر\t_", "\tخبر\tخبر", "LEMMA", "holds 'خبر'"),
        ("2\tمهم", "3\tمهم", "ID", "word 2 was expected"),
        ("2\tمهم", "2.1\tمهم", "ID", "no word number"),
        ("# zone = body\n", "# zone = body\n# repeats = p9\n", "repeats", "'p9' names no earlier paragraph"),
        ("# zone = body\n", "# zone = body\n# repeats = p2\n", "repeats", "'p2' names no earlier paragraph"),
        ("# zone = body\n", "# zone = body\n# note = look\n", "comment", "unknown comment"),
        ("# sent_id = x-s2", "# sent_id = x-s3", "sent_id", "out of sequence"),
        ("# newpar id = x-p2", "# newpar id = x-p3", "newpar id", "out of sequence"),
        ("# newdoc id = x", "# newdoc id = y", "newdoc id", "not the name of the file"),
        ("# newpar id = x-p2\n# zone = body\n", "", "newpar id", "ends inside a paragraph"),
        ("# text = خبر", "# text = خير", "text", "not the text"),
        ("SpaceAfter=No|StartChar=27", "StartChar=27", "layout", "not the written form"),
    ],
)
def test_one_edit_gives_one_message(old: str, new: str, field: str, message: str) -> None:
    content = edit(old, new)
    error = refuse(content)
    assert error.field == field
    assert message in error.message
    assert 0 < error.line <= content.count("\n")


def test_the_line_is_the_line_of_the_edit() -> None:
    content = edit("StartChar=4|EndChar=7", "StartChar=5|EndChar=8")
    assert refuse(content).line == line_of(content, "StartChar=5|EndChar=8")


def test_pieces_that_do_not_tile() -> None:
    rows = [line for line in GOOD.split("\n") if "\tوقال\t" in line or "\tو\t" in line or "\tقال\t" in line]
    assert len(rows) == 3
    piece = edit(rows[1] + "\n", "")
    assert "piece 1 was expected" in refuse(piece).message
    overlapping = edit(rows[2], rows[2].replace("قال", "وقال").replace("StartChar=19", "StartChar=18"))
    assert "do not tile" in refuse(overlapping).message
    short = edit(rows[2], rows[2].replace("\tقال\t", "\tقا\t").replace("EndChar=22", "EndChar=21"))
    assert "do not tile" in refuse(short).message


def test_words_out_of_order_and_overlapping() -> None:
    text = "قال قال نعم"
    good = write_document(segment_text("x", text))
    swapped = good.replace("StartChar=4|EndChar=7", "StartChar=0|EndChar=3")
    assert "overlaps or precedes" in refuse(swapped, text).message


def test_text_in_no_word() -> None:
    lines = GOOD.split("\n")
    without = "\n".join(line for line in lines if "\tجدا\t" not in line)
    error = refuse(without.replace("# text = خبر مهم اليوم جدا", "# text = خبر مهم اليوم"))
    assert (error.field, "'جدا' at code point 14 is in no word" in error.message) == ("text", True)
    tail = refuse(GOOD, TEXT + "\nسطر آخر")
    assert "'سطر آخر'" in tail.message


def test_a_paragraph_in_the_middle_of_a_line() -> None:
    content = edit("# sent_id = x-s3", "# newpar id = x-p3\n# zone = body\n# sent_id = x-s3")
    assert "begins inside a line" in refuse(content).message


@pytest.mark.parametrize("content", ["", "\n", GOOD.rstrip("\n"), GOOD[:-1], GOOD + "\n", GOOD.replace("\n", "\r\n")])
def test_broken_ends_of_lines_and_file(content: str) -> None:
    assert refuse(content).field == "line"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConlluError, match="No such file"):
        read_document(tmp_path / "x.conllu", TEXT)
    (tmp_path / "x.conllu").write_bytes(b"\xff")
    with pytest.raises(ConlluError, match="not UTF-8 at byte 0"):
        read_document(tmp_path / "x.conllu", TEXT)


@settings(max_examples=200)
@given(st.integers(0, len(GOOD) - 1), st.sampled_from(["", "\t", "\n", "0", "9", "=", "#", "ق", "_", "-", " "]))
def test_any_damage_is_a_conllu_error_or_nothing(position: int, put: str) -> None:
    content = GOOD[:position] + put + GOOD[position + 1 :]
    try:
        document = parse_document(content, TEXT, "x.conllu")
    except ConlluError:
        return
    assert write_document(document) == content
