"""The crf system end to end on invented documents, and its behaviour on odd input."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from baselines.crf.settings import Settings, SettingsError
from baselines.crf.system import NothingToLearn, System
from tests.fixtures.reporting import corpus, synthetic

from aqwal.formats.jsonl import from_record, to_record
from aqwal.metrics import score
from aqwal.model import Annotations, Document, Paragraph, Piece, Sentence, Span, Word
from aqwal.systems import load_system, read_spec

FOLDER = Path(__file__).parents[2] / "baselines" / "crf"


def params() -> dict[str, object]:
    given: dict[str, object] = tomllib.loads((FOLDER / "config.toml").read_text(encoding="utf-8"))["params"]
    return given | {"verbose": False}


def spans(annotations: Annotations) -> Iterator[Span]:
    for mention in annotations.mentions:
        yield mention.span
    for attribution in annotations.attributions:
        for role in ("cue", "source", "content", "medium"):
            span = attribution.role(role)
            if span is not None:
                yield span
    for claim in annotations.claims:
        yield claim.span


def assert_on_pieces(document: Document, annotations: Annotations) -> int:
    count = 0
    for span in spans(annotations):
        count += 1
        for start, end in span.fragments:
            assert start in document.piece_starts and end in document.piece_ends, span.quote(document.text)
    return count


def one_sentence(doc_id: str, words: list[str]) -> Document:
    made, at = [], 0
    for word in words:
        made.append(Word(at, at + len(word), word, (Piece(at, at + len(word)),)))
        at += len(word) + 1
    text = " ".join(words)
    return Document(doc_id, text, (Paragraph("p1", "body", (Sentence("s1", 0, len(text), tuple(made)),)),))


@pytest.fixture(scope="module")
def trained() -> System:
    system = System(params())
    system.fit(corpus(4))
    return system


def test_the_loader_takes_it() -> None:
    spec = read_spec(FOLDER)
    assert (spec.name, spec.track) == ("crf", "closed")
    assert callable(load_system(spec).predict)


def test_it_learns_the_invented_language(trained: System) -> None:
    document, gold = synthetic("950", 4711)
    found = score([document], [gold], [trained.predict(document)])
    for task, least in (("entities", 0.9), ("attribution", 0.9), ("who_said_what", 0.7), ("claims", 0.9)):
        assert found[task].value >= least, task


def test_a_submission_is_full_and_valid(trained: System) -> None:
    document, _ = synthetic("951", 815)
    found = trained.predict(document)
    assert assert_on_pieces(document, found) > 50
    assert from_record(to_record(found), document) == found
    ids = [x.id for layer in (found.mentions, found.attributions, found.claims) for x in layer]
    assert len(ids) == len(set(ids))
    known = {m.entity for m in found.mentions}
    assert all(entity in known for a in found.attributions for entity in a.source_entity)
    assert all(bool(m.entity) == (m.level != "VAL") for m in found.mentions)
    assert all(c.cluster and c.statement for c in found.claims)
    assert any(a.implicit and a.source_entity for a in found.attributions)
    assert any(a.parent for a in found.attributions)
    assert any(a.content is not None and len(a.content.fragments) == 2 for a in found.attributions)


def test_the_parent_of_a_relayed_attribution_holds_it(trained: System) -> None:
    document, _ = synthetic("951", 815)
    found = trained.predict(document)
    relayed = [a for a in found.attributions if a.parent and not a.inherited]
    assert relayed
    for a in relayed:
        content = found.attributions_by_id[a.parent].content
        assert content is not None and content.covers(a.cue)


def test_two_runs_agree(trained: System) -> None:
    again = System(params(), seed=7)
    again.fit(corpus(4))
    document, _ = synthetic("952", 3)
    assert again.predict(document) == trained.predict(document)


def test_predicting_does_not_change_the_system(trained: System) -> None:
    one, two = synthetic("953", 5)[0], synthetic("954", 6)[0]
    before = trained.predict(one)
    trained.predict(two)
    assert trained.predict(one) == before


def test_one_training_document_is_enough() -> None:
    system = System(params())
    system.fit(corpus(1))
    document, gold = synthetic("955", 8)
    assert score([document], [gold], [system.predict(document)])["attribution"].value > 0.5


def test_a_layer_without_labels_is_not_predicted() -> None:
    system = System(params())
    system.fit([(d, Annotations(d.id, mentions=a.mentions)) for d, a in corpus(2)])
    found = system.predict(synthetic("956", 9)[0])
    assert found.mentions and not found.attributions and not found.claims


def test_a_document_without_sentence(trained: System) -> None:
    assert trained.predict(Document("957", "", ())) == Annotations("957")


def test_furniture_is_left_alone(trained: System) -> None:
    document, _ = synthetic("958", 10)
    bare = Document("958", document.text, tuple(Paragraph(p.id, "furniture", p.sentences) for p in document.paragraphs))
    assert trained.predict(bare) == Annotations("958")


def test_latin_text(trained: System) -> None:
    document = one_sentence("959", 'The minister said : " nothing happened " , 12 % .'.split())
    assert_on_pieces(document, trained.predict(document))


def test_unclosed_and_mismatched_quotation_marks(trained: System) -> None:
    document = one_sentence("960", 'قال سالم : “ غادر « كريم ” مدينة " مرجان » ” “'.split())
    assert_on_pieces(document, trained.predict(document))


@pytest.mark.slow
def test_a_long_text_without_punctuation(trained: System) -> None:
    words = [w.form for d, _ in corpus(4) for w in d.words if not w.is_punctuation]
    document = one_sentence("961", (words * 20)[:30_000])
    assert assert_on_pieces(document, trained.predict(document)) > 1000


def test_nothing_to_learn_from() -> None:
    with pytest.raises(NothingToLearn, match="no training text"):
        System(params()).fit([])
    with pytest.raises(NothingToLearn, match="no training text"):
        System(params()).fit([(Document("962", "", ()), Annotations("962"))])
    with pytest.raises(NothingToLearn, match="no labels"):
        System(params()).fit([(d, Annotations(d.id)) for d, _ in corpus(2)])
    with pytest.raises(NothingToLearn, match="before fit"):
        System(params()).predict(synthetic("963", 1)[0])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"grids": []}, "unknown parameter grids"),
        ({"grid": [[1]]}, "grid"),
        ({"grid": [[-1, 0.1]]}, "grid"),
        ({"max_iterations": 0}, "max_iterations"),
        ({"regression_c": 0}, "regression_c"),
        ({"morphology": "yes"}, "morphology"),
    ],
)
def test_a_wrong_parameter_is_named(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        Settings.of(wrong)


def test_without_camel_data_the_run_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from baselines.crf.morphology import Morphology

    monkeypatch.setenv("CAMELTOOLS_DATA", str(tmp_path))
    made = Morphology("auto")
    assert not made.active and "not installed" in made.note and made.features("كتب") == ()


def test_a_broken_database_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from baselines.crf.morphology import Morphology

    (tmp_path / "catalogue.json").write_text("{", encoding="utf-8")
    folder = tmp_path / "data" / "morphology_db" / "calima-msa-r13"
    folder.mkdir(parents=True)
    (folder / "morphology.db").write_text("no database", encoding="utf-8")
    monkeypatch.setenv("CAMELTOOLS_DATA", str(tmp_path))
    made = Morphology("auto")
    assert not made.active and "cannot be used" in made.note
