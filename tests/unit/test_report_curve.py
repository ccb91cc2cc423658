"""The learning curve: nested training sets, no leak, the benchmark's own score at its end."""

from __future__ import annotations

import itertools
import math
import sys
import textwrap
from pathlib import Path

import pytest
from tests.fixtures.projects import base_project
from tests.fixtures.reporting import corpus as invented

from aqwal.metrics import Interval, score
from aqwal.model import Corpus
from aqwal.report.curve import Point, learning_curve, read_point, record_point, run_curve, training_order
from aqwal.store import load_corpus
from aqwal.systems import BadSystem, read_spec
from aqwal.worker import reuse_groups, run

LOOKUP = '''
from aqwal.model import Annotations, Mention, Span

SEEN = []


class System:
    """Marks every string that training called a name."""

    def __init__(self, config, seed=0):
        self.known = {}

    def fit(self, documents):
        SEEN.append(("fit", [d.id for d, _ in documents]))
        for document, annotations in documents:
            for m in annotations.mentions:
                self.known.setdefault(m.span.quote(document.text), m.type)

    def predict(self, document):
        SEEN.append(("predict", document.id))
        made = []
        for text, kind in sorted(self.known.items()):
            at = document.text.find(text)
            if at >= 0:
                made.append(Mention(f"m{len(made)}", Span.of(at, at + len(text)), kind))
        return Annotations(document.id, tuple(made))
'''


def system(folder: Path, code: str = LOOKUP, track: str = "closed", name: str = "lookup") -> Path:
    made = folder / name
    made.mkdir(parents=True)
    (made / "system.py").write_text(textwrap.dedent(code), encoding="utf-8")
    (made / "config.toml").write_text(f'name = "{name}"\ntrack = "{track}"\n', encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    pairs = invented(5, paragraphs=3)
    return Corpus(tuple(d for d, _ in pairs), tuple(a for _, a in pairs))


GROUPS = {"900": "900", "901": "901", "902": "902+903", "903": "902+903", "904": "904"}


def test_the_order_begins_after_the_group_and_leaves_it_out(corpus):
    def ids(group: str) -> list[str]:
        return [d.id for d, _ in training_order(corpus, GROUPS, group)]

    assert ids("900") == ["901", "902", "903", "904"]
    assert ids("902+903") == ["904", "900", "901"]
    assert ids("904") == ["900", "901", "902", "903"]


def test_training_sets_are_nested_and_never_hold_what_is_predicted(corpus, tmp_path):
    spec = read_spec(system(tmp_path, name="nested"))
    points = learning_curve(spec, corpus, GROUPS, resamples=50)
    assert [point.documents for point in points] == [1, 2, 3, 4] and not any(point.failure for point in points)
    seen = sys.modules["aqwal_systems.nested.system"].SEEN
    by_group: dict[str, list[set[str]]] = {}
    training: set[str] = set()
    for kind, what in seen:
        if kind == "fit":
            training = set(what)
            assert what == sorted(what)
        else:
            assert not any(GROUPS[what] == GROUPS[other] for other in training)
            steps = by_group.setdefault(GROUPS[what], [])
            if training not in steps:
                steps.append(training)
    assert {group: [len(step) for step in steps] for group, steps in by_group.items()} == {
        "900": [1, 2, 3, 4], "901": [1, 2, 3, 4], "902+903": [1, 2, 3], "904": [1, 2, 3, 4],
    }  # fmt: skip
    for steps in by_group.values():
        assert all(a < b for a, b in itertools.pairwise(steps))


def test_the_last_point_is_the_benchmark_s_own_score(corpus, tmp_path):
    spec = read_spec(system(tmp_path))
    points = learning_curve(spec, corpus, GROUPS, resamples=50)
    predictions, _ = run(spec, corpus, GROUPS, 0)
    whole = score(corpus.documents, corpus.annotations, predictions)
    assert points[-1].intervals["entities"].value == whole["entities"].value > 0
    assert points[0].intervals["entities"].value < points[-1].intervals["entities"].value
    size = {d.id: len(d.scored_words) for d in corpus.documents}
    first = [size["901"], size["902"], size["904"], size["900"]]  # the first document of each group
    assert points[0].words == pytest.approx(sum(first) / 4)


def test_the_same_curve_every_time(corpus, tmp_path):
    spec = read_spec(system(tmp_path))
    assert learning_curve(spec, corpus, GROUPS, resamples=50) == learning_curve(spec, corpus, GROUPS, resamples=50)


def test_a_zero_shot_system_has_no_curve(corpus, tmp_path):
    assert learning_curve(read_spec(system(tmp_path, track="zero-shot")), corpus, GROUPS) == []


def test_one_group_alone_has_no_curve(corpus, tmp_path):
    spec = read_spec(system(tmp_path))
    assert learning_curve(spec, corpus, dict.fromkeys(GROUPS, "all")) == []


def test_documents_without_labels_are_left_out(corpus, tmp_path):
    spec = read_spec(system(tmp_path))
    fewer = Corpus(corpus.documents, corpus.annotations[:3])
    alone = Corpus(corpus.documents[:3], corpus.annotations[:3])
    assert learning_curve(spec, fewer, GROUPS, resamples=50) == learning_curve(spec, alone, GROUPS, resamples=50)


def test_what_goes_wrong_at_one_point_is_noted_there(corpus, tmp_path):
    code = LOOKUP.replace(
        "        for document, annotations in documents:",
        "        if len(documents) < 2:\n            raise ValueError('too few\\ndocuments')\n        for document, annotations in documents:",
    )
    points = learning_curve(read_spec(system(tmp_path, code, name="picky")), corpus, GROUPS, resamples=50)
    assert points[0].failure == "ValueError: too few documents" and not points[0].intervals
    assert [point.failure for point in points[1:]] == ["", "", ""] and points[1].intervals


def test_an_unusable_system_says_so(corpus, tmp_path):
    with pytest.raises(BadSystem, match="no method predict"):
        learning_curve(read_spec(system(tmp_path, "class System:\n    fit = print", name="half")), corpus, GROUPS)


def test_points_survive_json():
    nan = math.nan
    point = Point(
        2,
        10.5,
        {"claims": Interval(0.5, 0.25, 0.75, 0.95, 10, 0.1), "entities": Interval(nan, nan, nan, 0.95, 10, 1.0)},
    )
    back = read_point(record_point(point))
    assert back.intervals["claims"] == point.intervals["claims"]
    assert math.isnan(back.intervals["entities"].value) and list(back.intervals) == ["entities", "claims"]


def test_in_a_process_of_its_own_it_is_the_same(tmp_path):
    root = base_project(tmp_path)
    folder = system(tmp_path)
    said: list[str] = []
    curve = run_curve(folder, root, resamples=50, say=lambda name, line: said.append(line))
    assert not curve.failure and curve.name == "lookup"
    expected = learning_curve(read_spec(folder), load_corpus(root), reuse_groups(root), resamples=50)
    assert list(curve.points) == expected and len(expected) == 1
    assert any("held out" in line for line in said)


@pytest.mark.parametrize(
    ("code", "said"), [("class System: pass", "no method fit"), ("import os\nos._exit(3)", "no message")]
)
def test_a_process_that_fails_is_a_curve_with_a_message(tmp_path, code, said):
    curve = run_curve(system(tmp_path, code), base_project(tmp_path), resamples=50)
    assert said in curve.failure and not curve.points
