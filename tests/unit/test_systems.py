"""Loading systems from folders, the protocol's folds, and the proof that no system sees its test documents."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest
from tests.fixtures.projects import base_project

from aqwal.benchmark import find_systems, run_system
from aqwal.store import load_corpus
from aqwal.systems import BadSystem, load_system, read_spec
from aqwal.worker import main, reuse_groups, run, training_documents

SPY = """
from aqwal.model import Annotations

SEEN = []


class System:
    def __init__(self, config, seed=0):
        self.known = None

    def fit(self, documents):
        self.known = {document.id for document, _ in documents}
        texts = {document.text for document, _ in documents}
        SEEN.append(("fit", self.known, texts))

    def predict(self, document):
        SEEN.append(("predict", document.id, document.text, self.known))
        return Annotations(document.id)
"""


def system(folder: Path, code: str, track: str = "closed", name: str = "spy") -> Path:
    made = folder / name
    made.mkdir(parents=True)
    (made / "__init__.py").write_text("")
    (made / "system.py").write_text(textwrap.dedent(code))
    (made / "config.toml").write_text(f'name = "{name}"\ntrack = "{track}"\n')
    return made


def test_no_system_is_trained_on_a_document_it_is_scored_on(tmp_path):
    root = base_project(tmp_path)
    groups = reuse_groups(root)
    corpus = load_corpus(root)
    spec = read_spec(system(tmp_path, SPY))
    predictions, _ = run(spec, corpus, groups, seed=0)
    import sys

    seen = sys.modules["aqwal_systems.spy.system"].SEEN
    predicted = [entry for entry in seen if entry[0] == "predict"]
    assert {entry[1] for entry in predicted} == set(corpus.annotation) == {p.doc_id for p in predictions}
    for _, doc_id, text, known in predicted:
        assert doc_id not in known
        assert not any(groups[doc_id] == groups[other] for other in known)
        assert all(text not in texts for kind, ids, *rest in seen if kind == "fit" and ids == known for texts in rest)
    fitted = [entry[1] for entry in seen if entry[0] == "fit"]
    assert any(known for known in fitted), "a spy that was never given anything proves nothing"


def test_reuse_groups_stay_together(tmp_path):
    root = base_project(tmp_path)
    path = root / "seeds" / "sources.toml"
    text = path.read_text(encoding="utf-8")
    if "reuse_group" not in text:
        for doc_id in ("900", "901"):
            text = text.replace(f"[{doc_id}]", f'[{doc_id}]\nreuse_group = "together"')
        path.write_text(text, encoding="utf-8")
    groups = reuse_groups(root)
    corpus = load_corpus(root)
    for group in set(groups.values()):
        training = training_documents(corpus, groups, group)
        assert all(groups[document.id] != group for document, _ in training)


def test_a_zero_shot_system_is_given_no_labels(tmp_path):
    root = base_project(tmp_path)
    code = SPY.replace(
        "def fit(self, documents):", "def fit(self, documents):\n        raise AssertionError('labels!')"
    )
    spec = read_spec(system(tmp_path, code, "zero-shot", "zero"))
    predictions, record = run(spec, load_corpus(root), reuse_groups(root), seed=0)
    assert len(predictions) == 2 and record["words"] > 0


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda f: (f / "config.toml").unlink(), "no config.toml"),
        (lambda f: (f / "config.toml").write_text("track = "), "not TOML"),
        (lambda f: (f / "config.toml").write_text('track = "best"'), "zero-shot, closed, open"),
        (lambda f: (f / "system.py").unlink(), "no system.py"),
        (lambda f: (f / "system.py").write_text("x = 1"), "no class System"),
        (lambda f: (f / "system.py").write_text("class System:\n    fit = print"), "no method predict"),
        (lambda f: (f / "system.py").write_text("import no_such_module"), "no_such_module"),
    ],
)
def test_an_unusable_folder_says_what_is_missing(tmp_path, break_it, said):
    folder = system(tmp_path, SPY, name="broken")
    break_it(folder)
    with pytest.raises(BadSystem, match=said):
        load_system(read_spec(folder))


def test_a_folder_that_is_not_there():
    with pytest.raises(BadSystem, match="no such system folder"):
        read_spec(Path("nowhere/at-all"))


def test_two_systems_with_modules_of_one_name_do_not_mix(tmp_path):
    made = []
    for number in (1, 2):
        code = "from . import words\nclass System:\n    def __init__(self, config, seed=0): self.x = words.X\n    fit = predict = print"
        folder = system(tmp_path, code, name=f"twin{number}")
        (folder / "words.py").write_text(f"X = {number}")
        made.append(load_system(read_spec(folder)))
    assert [m.x for m in made] == [1, 2]


def test_config_can_name_the_code_of_another_folder(tmp_path):
    system(tmp_path, SPY, name="original")
    other = tmp_path / "variant"
    other.mkdir()
    (other / "config.toml").write_text(
        'name = "variant"\ntrack = "closed"\nsystem = "../original"\n[params]\nsize = 3\n'
    )
    spec = read_spec(other)
    assert spec.name == "variant" and spec.params == {"size": 3}
    load_system(spec)


def test_the_worker_writes_predictions_and_measurements(tmp_path):
    root = base_project(tmp_path)
    folder = system(tmp_path, SPY)
    out, record = tmp_path / "p.jsonl", tmp_path / "r.json"
    assert main([str(folder), "--root", str(root), "--out", str(out), "--record", str(record)]) == 0
    assert [json.loads(line)["doc_id"] for line in out.read_text().splitlines()] == ["900", "901"]
    assert json.loads(record.read_text())["peak_mb"] > 0


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            SPY.replace("return Annotations", "raise RuntimeError('out of luck')\n        return Annotations"),
            "out of luck",
        ),
        ("import os\nos._exit(9)", "no message"),
        ("class System: pass", "no method fit"),
    ],
)
def test_a_failing_system_is_a_failed_run_not_an_exception(tmp_path, code, said):
    root = base_project(tmp_path)
    result = run_system(system(tmp_path, code, name="bad"), root, tmp_path / "out")
    assert said in result.failure and result.predictions is None
    assert not list((tmp_path / "out").glob("*.jsonl"))


def test_systems_are_found_by_their_config(tmp_path):
    system(tmp_path / "baselines", SPY, name="b")
    system(tmp_path / "baselines", SPY, name="a")
    (tmp_path / "baselines" / "notes").mkdir()
    assert [p.name for p in find_systems(tmp_path)] == ["a", "b"]
