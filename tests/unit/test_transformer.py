"""The transformer system end to end on invented documents, and its behaviour on odd input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from baselines.transformer import encoder  # noqa: E402
from baselines.transformer.settings import Scratch, Settings, TransformerError  # noqa: E402
from baselines.transformer.system import System  # noqa: E402
from baselines.transformer.training import draw, precision, split_windows, use_cuda  # noqa: E402
from tests.fixtures.reporting import corpus, synthetic  # noqa: E402
from transformers import BertConfig, BertModel, TrainerCallback  # noqa: E402

from aqwal.formats.jsonl import from_record, to_record  # noqa: E402
from aqwal.metrics import score  # noqa: E402
from aqwal.model import Annotations, Document, Paragraph, Piece, Sentence, Span, Word  # noqa: E402
from aqwal.systems import load_system, read_spec  # noqa: E402

FOLDER = Path(__file__).parents[2] / "baselines"
TINY: dict[str, object] = {
    "encoder": "scratch", "split": "pieces", "max_length": 96, "epochs": 8, "patience": 8, "batch_size": 2,
    "learning_rate": 2e-3, "head_learning_rate": 2e-3, "dropout": 0.05, "head_size": 48, "mention_layers": 2,
    "claim_layers": 2, "device": "cpu", "threads": 1,
    "scratch": {"vocabulary": 800, "hidden_size": 48, "layers": 1, "heads": 2, "intermediate_size": 64},
}  # fmt: skip


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


def assert_sound(document: Document, annotations: Annotations) -> int:
    """Every boundary is a piece's, the submission is valid, and no link dangles; return the number of spans."""
    count = 0
    for span in spans(annotations):
        count += 1
        for start, end in span.fragments:
            assert start in document.piece_starts and end in document.piece_ends, span.quote(document.text)
    assert from_record(to_record(annotations), document) == annotations
    known = {m.entity for m in annotations.mentions}
    assert all(entity in known for a in annotations.attributions for entity in a.source_entity)
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
    system = System({**TINY, "epochs": 20})
    system.fit(corpus(3))
    return system


@pytest.mark.parametrize(("name", "track"), [("transformer", "open"), ("transformer_scratch", "closed")])
def test_the_loader_takes_it(name: str, track: str) -> None:
    spec = read_spec(FOLDER / name)
    assert spec.track == track and spec.name == name.replace("_", "-")
    system = load_system(spec)
    assert system.settings.encoder == ("scratch" if "scratch" in name else "CAMeL-Lab/bert-base-arabic-camelbert-msa")


def test_it_learns_names_of_the_invented_language(trained: System) -> None:
    document, gold = synthetic("950", 4711)
    found = trained.predict(document)
    assert assert_sound(document, found) > 20
    assert score([document], [gold], [found])["entities"].value > 0.6
    first, last = trained.history[0], trained.history[-1]
    assert last["loss"] < first["loss"] / 2


def test_the_best_epoch_is_kept(trained: System) -> None:
    assert all({"epoch", "loss", "held_out_loss", "held_out_score"} <= set(row) for row in trained.history)
    assert max(row["held_out_score"] for row in trained.history) > trained.history[0]["held_out_score"]


def test_two_runs_agree_and_the_seed_matters() -> None:
    data = corpus(2, paragraphs=3)
    document, _ = synthetic("952", 3)

    def run(seed: int) -> tuple[Annotations, list[dict[str, float]]]:
        system = System({**TINY, "epochs": 3}, seed=seed)
        system.fit(data)
        return system.predict(document), system.history

    assert run(0) == run(0)
    assert run(0)[1] != run(1)[1]


def test_early_stopping_ends_training() -> None:
    system = System({**TINY, "epochs": 40, "patience": 1, "learning_rate": 1e-6, "head_learning_rate": 1e-6})
    system.fit(corpus(1, paragraphs=3))
    assert len(system.history) < 40


def test_odd_documents(trained: System) -> None:
    assert trained.predict(Document("957", "", ())) == Annotations("957")
    for text in (
        'The minister said : " nothing happened " , 12 % .',
        'قال سالم : “ غادر « كريم ” مدينة " مرجان » ” “',
        "…",
    ):
        document = one_sentence("959", text.split())
        assert_sound(document, trained.predict(document))
    document, _ = synthetic("958", 10)
    bare = Document("958", document.text, tuple(Paragraph(p.id, "furniture", p.sentences) for p in document.paragraphs))
    assert trained.predict(bare) == Annotations("958")


@pytest.mark.slow
def test_a_long_text_without_punctuation(trained: System) -> None:
    words = [w.form for d, _ in corpus(3) for w in d.words if not w.is_punctuation]
    document = one_sentence("961", (words * 40)[:20_000])
    assert_sound(document, trained.predict(document))


def test_a_word_longer_than_the_encoder_takes(trained: System) -> None:
    document = one_sentence("964", ["قال", "ابتثجحخدذرزسش" * 200, "إن", "كريم", "زكي", "وصل"])
    assert_sound(document, trained.predict(document))


def test_nothing_to_learn_from() -> None:
    with pytest.raises(TransformerError, match="no training text"):
        System(TINY).fit([])
    with pytest.raises(TransformerError, match="no labels"):
        System(TINY).fit([(d, Annotations(d.id)) for d, _ in corpus(2)])
    with pytest.raises(TransformerError, match="before fit"):
        System(TINY).predict(synthetic("963", 1)[0])


# ---------------------------------------------------------------- checkpoints


class Stop(Exception):
    """Stands for a killed process."""


class StopAfter(TrainerCallback):
    def __init__(self, epochs: int) -> None:
        self.epochs = epochs

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        if state.epoch is not None and state.epoch >= self.epochs:
            raise Stop


def test_an_interrupted_run_resumes_to_the_same_result(tmp_path: Path) -> None:
    data, (document, _) = corpus(2, paragraphs=4), synthetic("965", 2)
    settings = {**TINY, "epochs": 6, "output": str(tmp_path / "a"), "resume": True}
    whole = System(settings)
    whole.fit(data)
    broken = System({**settings, "output": str(tmp_path / "b")})
    broken.callbacks = [StopAfter(3)]
    with pytest.raises(Stop):
        broken.fit(data)
    left = [p for p in (tmp_path / "b").rglob("*") if p.is_file()]
    assert any(p.name == "optimizer.safetensors" for p in left)
    assert {p.suffix for p in left} <= {".safetensors", ".json"}
    again = System({**settings, "output": str(tmp_path / "b")})
    again.fit(data)
    assert [row["epoch"] for row in again.history] == [row["epoch"] for row in whole.history]
    assert again.history[-1]["loss"] == pytest.approx(whole.history[-1]["loss"], rel=1e-5)
    assert again.history[-1]["held_out_loss"] == pytest.approx(whole.history[-1]["held_out_loss"], rel=1e-5)
    assert again.predict(document) == whole.predict(document)
    assert not list((tmp_path / "b").rglob("checkpoint-*"))  # finished: nothing is left to resume


def test_no_pickle_is_written_or_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **rest: object) -> None:
        raise AssertionError("a pickle")

    for name in ("save", "load"):
        monkeypatch.setattr(torch, name, refuse)
    data = corpus(1, paragraphs=3)
    settings = {**TINY, "epochs": 3, "output": str(tmp_path), "resume": True}
    broken = System(settings)
    broken.callbacks = [StopAfter(2)]
    with pytest.raises(Stop):
        broken.fit(data)
    System(settings).fit(data)


def test_curves_are_kept_as_a_figure(tmp_path: Path) -> None:
    system = System({**TINY, "epochs": 2, "output": str(tmp_path)})
    system.fit(corpus(1, paragraphs=3))
    (figure,) = tmp_path.rglob("curves.png")
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert json.loads((figure.parent / "history.json").read_text(encoding="utf-8")) == system.history
    draw([], tmp_path / "empty.png")  # a run of no epoch still draws


# ---------------------------------------------------------------- encoders


def save_tiny(folder: Path) -> None:
    """A tiny random BERT with its tokenizer, as a checkpoint folder."""
    torch.manual_seed(0)
    lines = [d.text for d, _ in corpus(2)]
    tokenizer = encoder.train_tokenizer(lines, 500)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=48,
        max_position_embeddings=128,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def test_a_local_folder_is_loaded_and_trained(tmp_path: Path) -> None:
    save_tiny(tmp_path / "tiny")
    given = {**TINY, "encoder": str(tmp_path / "tiny"), "split": "words", "max_length": 512, "epochs": 2}
    system = System(given)
    system.fit(corpus(2, paragraphs=3))
    assert system._encoder is not None and system._encoder.limit == 128  # no longer than its positions
    document, _ = synthetic("966", 2)
    assert_sound(document, system.predict(document))


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("tokenizer*", "no tokenizer"),
        ("model.safetensors", "no safetensors weights"),
        ("config.json", "no config.json"),
    ],
)
def test_an_incomplete_checkpoint_folder(tmp_path: Path, missing: str, says: str) -> None:
    save_tiny(tmp_path / "tiny")
    for path in (tmp_path / "tiny").glob(missing):
        path.unlink()
    with pytest.raises(TransformerError, match=says) as caught:
        encoder.load(Settings(encoder=str(tmp_path / "tiny")))
    assert "\n" not in str(caught.value)


def test_a_pickled_checkpoint_is_not_read(tmp_path: Path) -> None:
    save_tiny(tmp_path / "tiny")
    (tmp_path / "tiny" / "model.safetensors").rename(tmp_path / "tiny" / "pytorch_model.bin")
    with pytest.raises(TransformerError, match="no safetensors weights"):
        encoder.load(Settings(encoder=str(tmp_path / "tiny")))


def test_a_spoilt_checkpoint_is_one_clear_line(tmp_path: Path) -> None:
    save_tiny(tmp_path / "tiny")
    (tmp_path / "tiny" / "model.safetensors").write_bytes(b"spoilt")
    with pytest.raises(TransformerError, match="cannot be read") as caught:
        encoder.load(Settings(encoder=str(tmp_path / "tiny")))
    assert "\n" not in str(caught.value)


def test_a_missing_hub_without_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(TransformerError, match=r"HF_HUB_OFFLINE is set.*not in the local cache") as caught:
        System({**TINY, "encoder": "no-such-people/no-such-model"}).fit(corpus(1, paragraphs=1))
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_not_there() -> None:
    with pytest.raises(TransformerError, match="no such folder"):
        encoder.load(Settings(encoder="./no/such/folder"))


def test_scratch_learns_its_tokenizer_from_the_training_text_alone() -> None:
    data = corpus(1, paragraphs=2)
    system = System({**TINY, "epochs": 1})
    system.fit(data)
    assert system._encoder is not None
    letters = {char for d, _ in data for char in d.text}
    vocabulary = system._encoder.tokenizer.get_vocab()
    plain = [word.removeprefix("▁") for word in vocabulary if not word.startswith("[")]
    assert plain and all(set(word) <= letters for word in plain)


def test_the_scratch_tokenizer_is_the_same_in_every_process() -> None:
    code = (
        "import sys, json; from baselines.transformer.encoder import train_tokenizer as t; "
        "print(json.dumps(t(json.loads(sys.argv[1]), 400).get_vocab(), sort_keys=True))"
    )
    lines = json.dumps([d.text for d, _ in corpus(2)])
    root = FOLDER.parent
    environment = {**os.environ, "PYTHONPATH": f"{root}/src:{root}"}
    made = {
        subprocess.run(
            [sys.executable, "-c", code, lines], env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(3)
    }
    assert len(made) == 1


# ---------------------------------------------------------------- settings and devices


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"epoch": 3}, "unknown parameter epoch"),
        ({"scratch": {"layer": 1}}, "unknown parameter scratch.layer"),
        ({"scratch": {"hidden_size": 50, "heads": 4}}, "multiple"),
        ({"epochs": 0}, "epochs"),
        ({"epochs": True}, "epochs"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"dropout": "a"}, "dropout"),
        ({"split": "letters"}, "split"),
        ({"device": "tpu"}, "device"),
        ({"resume": True, "output": ""}, "resume"),
    ],
)
def test_a_wrong_parameter_is_named(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(TransformerError, match=says):
        Settings.of(wrong)


def test_mixed_precision_is_for_gpus_only() -> None:
    assert precision(False) == {"bf16": False, "fp16": False}
    assert sum(precision(True).values()) == 1
    if not torch.cuda.is_available():
        assert not use_cuda("auto")
        with pytest.raises(TransformerError, match="no GPU"):
            use_cuda("cuda")


def test_held_out_windows_are_apart_and_seeded() -> None:
    windows: list[Any] = list(range(20))
    fitting, held = split_windows(windows, 0.2, 0)
    assert len(held) == 4 and not set(fitting) & set(held) and set(fitting) | set(held) == set(windows)
    assert (fitting, held) == split_windows(windows, 0.2, 0) != split_windows(windows, 0.2, 1)
    assert split_windows(windows[:1], 0.2, 0) == ([0], [0])


def test_the_default_sizes_are_the_configs() -> None:
    assert Settings.of({"scratch": {}}).scratch == Scratch()
