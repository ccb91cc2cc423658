"""The results page and its parts, on the small project with hand-made predictions."""

from __future__ import annotations

import dataclasses
import hashlib
import math
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.fixtures.projects import base_project

from aqwal import results
from aqwal.benchmark import SystemRun
from aqwal.formats.jsonl import write_predictions
from aqwal.metrics import Interval, score
from aqwal.metrics.example import document as make_document
from aqwal.metrics.example import quote
from aqwal.model import Annotations, Corpus, Mention
from aqwal.report import Curve, Point, write_report
from aqwal.report.collect import CEILING, FLOOR, SYSTEM, collect, rows_of
from aqwal.report.confusion import confusions
from aqwal.report.figures import all_figures
from aqwal.report.markdown import plain
from aqwal.report.markdown import render as as_markdown
from aqwal.report.mistakes import mistakes
from aqwal.report.page import render as as_page
from aqwal.report.profile import profile
from aqwal.report.readme import BEGIN, END, rewritten
from aqwal.report.words import ERROR_TYPES
from aqwal.report.write import annotated
from aqwal.store import StoreError, load_corpus
from aqwal.systems import SystemSpec

FAST = 200  # resamples
EVIL = '<script>alert("x")</script> | [a](javascript:b) `c` *d* $e$'


def changed(annotations: Annotations) -> Annotations:
    """What the toy system says of document 900: three slips by hand."""
    mentions = [
        dataclasses.replace(m, type="LOC") if m.id == "mnkm" else m  # Salt City: GPE → LOC
        for m in annotations.mentions
        if m.id != "mn37"  # Al-Sharq is missed
    ]
    attributions = [
        dataclasses.replace(a, kind="belief") if a.id == "ayk4" else a  # the paper's telling: assertion → belief
        for a in annotations.attributions
    ]
    return Annotations(annotations.doc_id, tuple(mentions), tuple(attributions), annotations.claims)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return base_project(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def corpus(root):
    return annotated(load_corpus(root))


def run_of(folder: Path, corpus: Corpus, name: str, made: list[Annotations], track: str = "closed") -> SystemRun:
    path = folder / f"{name}.jsonl"
    write_predictions(path, made)
    spec = SystemSpec(folder / name, name, track, f"made by hand, {EVIL}")
    measured = {"words": 100.0, "predict_seconds": 0.5, "fit_seconds": 12.0, "peak_mb": 300.0}
    return SystemRun(name, spec, path, measured)


@dataclasses.dataclass
class Board:
    root: Path
    corpus: Corpus
    runs: list
    scores: dict
    annotators: list


@pytest.fixture(scope="module")
def board(root, corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("predictions")
    toy = [changed(a) if a.doc_id == "900" else a for a in corpus.annotations]
    runs = [
        run_of(folder, corpus, "toy", toy),
        run_of(folder, corpus, "floor-nothing", [Annotations(d.id) for d in corpus.documents], "zero-shot"),
        SystemRun("broken", None, failure=f"no method predict {EVIL}"),
    ]
    layers = ("mentions", "attributions", "claims")
    scores = {
        "toy": score(corpus.documents, corpus.annotations, toy),
        "floor-nothing": score(corpus.documents, corpus.annotations, [], layers=layers),
    }
    passed = results.make_result(
        score(corpus.documents, corpus.annotations, corpus.annotations),
        system="annotator-a",
        track="annotator",
        date="2025-01-01",
        corpus=results.corpus_hash(corpus),
        corpus_version="0",
    )
    return Board(root, corpus, runs, scores, [passed])


def report_of(board: Board, curves=()):
    scores = {**board.scores, **{r.system: r.scores for r in board.annotators}}
    return collect(board.corpus, board.runs, scores, curves, resamples=FAST)


def write(board: Board, out: Path, **more) -> dict[str, str]:
    options = {"corpus": board.corpus, "annotators": board.annotators, "curves": (), "resamples": FAST, **more}
    files = write_report(board.root, out, board.runs, board.scores, **options)
    return {path.name: path.read_text(encoding="utf-8") for path in files}


# ---------------------------------------------------------------- values


def test_rows_hold_the_hand_computed_scores_and_are_sorted(board):
    report = report_of(board)
    assert [(row.name, row.kind) for row in report.rows] == [
        ("toy", SYSTEM),
        ("floor-nothing", FLOOR),
        ("broken", SYSTEM),
        ("annotator-a", CEILING),
    ]
    named = sum(m.level in ("NAM", "VAL") for a in board.corpus.annotations for m in a.mentions)
    right = named - 2  # one type wrong, one mention missed
    toy = report.row("toy")
    assert toy.value("entities") == pytest.approx(2 * right / (named + named - 1))
    assert toy.value("attribution") == toy.value("claims") == 1.0
    assert toy.words_per_second == 200.0 and toy.fit_seconds == 12.0
    floor = report.row("floor-nothing")
    assert floor.value("entities") == 0.0 and "claim_matching" not in floor.intervals
    assert math.isnan(floor.fit_seconds)  # nothing to train
    assert math.isnan(report.row("broken").value("entities"))
    assert report.ceiling("claims").name == "annotator-a"


def test_an_interval_is_that_of_the_scorer(board):
    from aqwal.metrics import bootstrap

    made = rows_of(board.runs, board.scores, FAST)[0].intervals["entities"]
    expected = bootstrap(board.scores["toy"]["entities"].primary, FAST)
    assert (made.low, made.high) == (expected.low, expected.high)


def test_the_page_and_the_markdown_show_the_same_values(board, tmp_path):
    files = write(board, tmp_path)
    named = sum(m.level in ("NAM", "VAL") for a in board.corpus.annotations for m in a.mentions)
    value = f"{2 * (named - 2) / (2 * named - 1):.3f}"
    line = next(line for line in files["report.md"].splitlines() if line.startswith("| toy |"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[:2] == ["toy", "closed"] and cells[2].startswith(f"{value} [") and cells[7:] == ["200", "300", "12"]
    row = re.search(r'<tr class="system"><th scope="row">toy</th>(.*?)</tr>', files["report.html"])[1]
    assert value in row and "200" in row and '<span class="bounds">[' in row
    floor = next(line for line in files["report.md"].splitlines() if line.startswith("| floor-nothing (floor) |"))
    assert floor.split("|")[7].strip() == "–" and floor.split("|")[10].strip() == "–"


def test_the_system_is_tested_against_the_best_floor(board):
    gaps = {gap.task: gap for gap in report_of(board).gaps}
    assert gaps["claims"].system == "toy" and gaps["claims"].floor == "floor-nothing"
    assert gaps["claims"].test.difference == 1.0
    assert "claim_matching" not in gaps  # the floor does not attempt it


def test_a_failed_system_is_marked_with_its_message(board, tmp_path):
    files = write(board, tmp_path)
    assert "failed: no method predict &lt;script&gt;" in files["report.html"]
    line = next(line for line in files["report.md"].splitlines() if line.startswith("| broken |"))
    assert "failed: no method predict" in line and line.replace("\\|", "").count("|") == 11
    assert "system-" not in "".join(re.findall(r'href="#(system-\d-broken)"', files["report.html"]))


def test_with_nothing_but_failures_there_is_still_a_report(board, tmp_path):
    failed = [dataclasses.replace(run, failure="out of memory") for run in board.runs]
    files = {
        path.name: path.read_text(encoding="utf-8")
        for path in write_report(board.root, tmp_path, failed, {}, corpus=board.corpus, curves=("toy",), resamples=FAST)
    }
    assert sorted(files) == ["report.html", "report.md"]
    assert files["report.html"].count("failed: out of memory") == 3
    assert "No system has a score." in files["report.md"]


def test_a_run_without_scores_is_no_success(board):
    assert rows_of(board.runs[:1], {}, FAST)[0].failure == "its predictions were not scored"


def test_undefined_is_shown_as_such(tmp_path):
    doc = make_document("قالت هآرتس إن حفتر زار الأردن")
    gold = Annotations("000", (Mention("m1", quote(doc, "هآرتس"), "ORG", entity="haaretz"),))
    corpus = Corpus((doc,), (gold,))
    run = run_of(tmp_path, corpus, "toy", [gold])
    scores = {"toy": score([doc], [gold], [gold], ["entities", "claims"])}
    report = collect(corpus, [run], scores, resamples=FAST)
    assert math.isnan(report.row("toy").value("claims"))
    line = next(line for line in as_markdown(report, {}).splitlines() if line.startswith("| toy |"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[2:7] == ["1.000", "–", "–", "n/a", "–"]  # one paragraph: a score without an interval
    assert "<td>n/a</td>" in as_page(report, {})
    assert set(all_figures(report)) == {"forest-entities"}
    assert "nan" not in as_page(report, {}).lower().replace("nanum", "")


def test_a_system_that_is_given_the_claims_is_set_apart(board, tmp_path):
    corpus = board.corpus
    given = [Annotations(a.doc_id, claims=a.claims) for a in corpus.annotations]
    spec = SystemSpec(tmp_path / "matching", "matching", "closed", tasks=("claim_matching",))
    path = tmp_path / "matching.jsonl"
    write_predictions(path, given)
    measured = {"words": 0.0, "predict_seconds": 0.0, "fit_seconds": 1.0, "peak_mb": 9.0, "average_precision": 0.25}
    runs = [*board.runs, SystemRun("matching", spec, path, measured)]
    scores = {**board.scores, "matching": score(corpus.documents, corpus.annotations, given, ["claim_matching"])}
    report = collect(corpus, runs, scores, resamples=FAST)
    assert report.row("matching").given and not report.row("toy").given
    assert "matching" not in {gap.system for gap in report.gaps}
    assert not report.confusions["matching"] and report.mistakes["matching"].layers == ()
    text = "\n".join(line for lines in profile(report, "matching").sections.values() for line in lines)
    assert "with the gold claims given: pairwise F1" in text and "average precision of the pair scores 0.250" in text
    assert "No error" not in text
    page, markdown = as_page(report, {}), as_markdown(report, {})
    assert '<span class="kind">gold claims given</span>' in page and "| matching (gold claims given) |" in markdown
    row = re.search(r'<th scope="row">matching .*?</tr>', page)[0]
    assert 'class="best"' not in row and row.count("<td>n/a</td>") == 1  # no speed: nothing was timed
    assert all_figures(report)["forest-claim_matching"] != all_figures(report_of(board))["forest-claim_matching"]


# ---------------------------------------------------------------- confusion matrices


def test_confusions_count_pairs_missed_and_spurious(board):
    toy = [changed(a) if a.doc_id == "900" else a for a in board.corpus.annotations]
    made = {c.name: c for c in confusions(board.corpus.documents, board.corpus.annotations, toy)}
    assert list(made) == [
        "mentions: type",
        "attributions: kind",
        "attributions: source type",
        "attributions: quote",
        "claims: certainty",
    ]
    types = made["mentions: type"]
    assert types.swaps() == [("GPE", "LOC", 1)] and types.total - types.right == 1
    assert types.missed[types.labels.index("ORG")] == 1 and types.missed.sum() == 1 and types.spurious.sum() == 0
    assert made["attributions: kind"].swaps() == [("assertion", "belief", 1)]
    certainty = made["claims: certainty"]
    assert certainty.labels == ("certain", "unreal") and certainty.right == certainty.total == 9
    named = sum(m.level in ("NAM", "VAL") for a in board.corpus.annotations for m in a.mentions)
    assert types.total + types.missed.sum() == named


def test_of_two_mentions_with_one_span_equal_types_are_paired():
    doc = make_document("قالت هآرتس")
    span = quote(doc, "هآرتس")
    gold = Annotations("000", (Mention("a", span, "ORG"), Mention("b", span, "WEBSITE")))
    made = Annotations("000", (Mention("x", span, "WEBSITE"), Mention("y", span, "ORG")))
    (types,) = confusions([doc], [gold], [made], ("mentions",))
    assert types.right == types.total == 2


def test_layers_that_are_not_attempted_have_no_matrix_and_no_errors(board):
    only = [Annotations(a.doc_id, a.mentions) for a in board.corpus.annotations]
    assert [c.layer for c in confusions(board.corpus.documents, board.corpus.annotations, only, ("mentions",))] == [
        "mentions"
    ]
    assert mistakes(board.corpus.documents, board.corpus.annotations, only, ("mentions",)).total == 0
    assert mistakes(board.corpus.documents, board.corpus.annotations, only).total > 0


# ---------------------------------------------------------------- errors


def test_the_commonest_errors_with_examples(board):
    toy = [changed(a) if a.doc_id == "900" else a for a in board.corpus.annotations]
    made = mistakes(board.corpus.documents, board.corpus.annotations, toy)
    assert [(m.name, m.count) for m in made.commonest] == [
        ("mentions: missed", 1),
        ("mentions: type", 1),
        ("attributions: type", 1),
    ]
    missed, typed, kind = (m.examples[0] for m in made.commonest)
    assert (missed.doc_id, missed.sentence, missed.gold, missed.pred) == ("900", "s4", "الشرق", "")
    assert (typed.sentence, typed.gold, typed.pred, typed.detail) == ("s3", "الملح", "الملح", "GPE → LOC")
    assert (kind.field, kind.detail, kind.gold) == ("kind", "assertion → belief", "قالت")


def test_only_five_types_are_shown_and_the_total_counts_all(board):
    empty = [Annotations(d.id) for d in board.corpus.documents]
    made = mistakes(board.corpus.documents, board.corpus.annotations, empty)
    objects = sum(len(a.attributions) + len(a.claims) for a in board.corpus.annotations)
    named = sum(m.level in ("NAM", "VAL") for a in board.corpus.annotations for m in a.mentions)
    assert made.total == objects + named
    assert [m.type for m in made.commonest] == ["missed"] * 3
    counts = [m.count for m in made.commonest]
    assert counts == sorted(counts, reverse=True)
    assert [e.doc_id for e in made.commonest[0].examples] == ["900", "901"]  # from several documents
    fewer = mistakes(board.corpus.documents, board.corpus.annotations, empty, shown=2, examples=1)
    assert len(fewer.commonest) == 2 and len(fewer.commonest[0].examples) == 1 and fewer.total == made.total


def test_the_types_explained_are_those_of_the_scorer():
    from aqwal.metrics.errors import TYPES

    assert tuple(ERROR_TYPES) == TYPES


# ---------------------------------------------------------------- safety and form


class Tags(HTMLParser):
    """Balanced tags, and nothing that runs or is fetched."""

    EMPTY = frozenset({"meta", "img", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.sources: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        assert not any(name.startswith("on") for name in given)
        self.seen.add(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        if tag == "img":
            self.sources.append(given["src"])
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_self_contained(board, tmp_path):
    page = write(board, tmp_path)["report.html"]
    tags = Tags()
    tags.feed(page)
    assert not tags.open
    assert not tags.seen & {"script", "link", "iframe", "object"}
    assert tags.sources and all(s.startswith("data:image/svg+xml;base64,") for s in tags.sources)
    assert len(set(tags.ids)) == len(tags.ids)
    assert {link.removeprefix("#") for link in tags.links} <= set(tags.ids)
    assert '<meta name="viewport"' in page and 'dir="rtl" lang="ar"' in page
    assert "<script>alert" not in page


def test_markup_in_a_text_or_a_name_stays_text(tmp_path):
    doc = make_document("قالت <b>هآرتس</b> إن | حفتر `زار` [الأردن](x) *الآن*")
    gold = Annotations("000", (Mention("m1", quote(doc, "<b>هآرتس</b> إن | حفتر `زار`"), "ORG", entity="haaretz"),))
    corpus = Corpus((doc,), (gold,))
    run = dataclasses.replace(run_of(tmp_path, corpus, "toy", [Annotations("000")]), name="<i>$x$</i>|`")
    scores = {run.name: score([doc], [gold], [], ["entities"])}
    report = collect(corpus, [run], scores, [Curve(run.name, failure=EVIL)], resamples=FAST)
    page, text = as_page(report, {}), as_markdown(report, {})
    for bad in ("<b>هآرتس", "<i>$x$", "<script>"):
        assert bad not in page and bad not in text
    assert "&lt;b&gt;هآرتس&lt;/b&gt; إن | حفتر" in page
    assert "&lt;b&gt;هآرتس&lt;/b&gt; إن \\| حفتر \\`زار\\`" in text
    assert all_figures(report)  # a dollar sign in a name is no formula
    tags = Tags()
    tags.feed(page)
    assert not tags.open


def test_plain_text_cannot_make_a_link_or_a_cell():
    assert plain("[a](http://x) | <b> \\") == "\\[a\\](http://x) \\| &lt;b&gt; \\\\"


def test_figures_have_the_same_bytes_and_no_date(board):
    point = Point(1, 30.0, {"entities": Interval(0.5, 0.25, 0.75, 0.95, FAST)})
    later = Point(2, 60.0, {"entities": Interval(0.75, math.nan, math.nan, 0.95, FAST)})
    report = report_of(board, [Curve("toy", (point, later))])
    figures = all_figures(report)
    assert set(figures) == {
        "forest-entities", "forest-attribution", "forest-who_said_what", "forest-claims", "forest-claim_matching",
        "learning-curve-toy",
    }  # fmt: skip
    assert figures == all_figures(report)
    for text in figures.values():
        assert text.startswith("<?xml") and "<dc:date>" not in text and "Matplotlib" not in text


def test_the_forest_plot_draws_what_the_table_says(board):
    from aqwal.report.figures import _settings, forest

    report = report_of(board)
    with _settings():
        axes = forest(report.rows, "entities").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["annotator-a", "toy", "floor-nothing"]
    drawn = [tuple(line.get_xdata()) for line in axes.lines]
    interval = report.row("toy").intervals["entities"]
    assert (interval.low, interval.high) in drawn and (interval.value,) in drawn


def test_the_user_s_own_settings_do_not_change_a_figure(board):
    matplotlib = pytest.importorskip("matplotlib")
    before = all_figures(report_of(board))
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.hashsalt": "other"}):
        assert all_figures(report_of(board)) == before
        assert matplotlib.rcParams["font.size"] == 30


def test_without_matplotlib_there_are_no_figures_and_a_note(board, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    files = write(board, tmp_path)
    assert sorted(files) == ["report.html", "report.md"]
    assert "aqwal[baselines]" in files["report.html"] and "aqwal[baselines]" in files["report.md"]


def test_all_files_have_the_same_bytes_every_time(board, tmp_path):
    one, two = write(board, tmp_path / "one"), write(board, tmp_path / "two")
    assert one == two and len(one) == 7


def test_the_bytes_do_not_depend_on_the_order_of_hashes(board, tmp_path):
    script = f"""
import hashlib
from pathlib import Path
from aqwal.benchmark import SystemRun
from aqwal.formats.jsonl import read_submission
from aqwal.metrics import score
from aqwal.report.collect import collect
from aqwal.report.markdown import render as md
from aqwal.report.page import render
from aqwal.report.write import annotated
from aqwal.store import load_corpus
corpus = annotated(load_corpus(Path({str(board.root)!r})))
path = Path({str(board.runs[0].predictions)!r})
run = SystemRun("toy", None, path)
scores = {{"toy": score(corpus.documents, corpus.annotations, read_submission(path, corpus.documents).annotations)}}
report = collect(corpus, [run], scores, resamples=50)
print(hashlib.sha256((render(report, {{}}) + md(report, {{}})).encode()).hexdigest())
"""
    made = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        out = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        made.add(out.stdout.strip())
    assert len(made) == 1 and len(made.pop()) == len(hashlib.sha256().hexdigest())


def test_old_figures_go_other_files_stay(board, tmp_path):
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "forest-gone.svg").write_text("old")
    (folder / "mine.svg").write_text("mine")
    write(board, tmp_path)
    assert not (folder / "forest-gone.svg").exists() and (folder / "mine.svg").exists()


# ---------------------------------------------------------------- sentences and README


def test_the_profile_is_made_of_measured_sentences(board):
    lines = [line for section in profile(report_of(board), "toy").sections.values() for line in section]
    text = "\n".join(lines)
    assert "Of 3 errors: mentions missed 1; mentions type 1; attributions type 1." in text
    assert "`GPE` taken for `LOC` (1)" in text
    assert "nearest to the better annotator on `who_said_what` (100 % of that score), farthest on `entities`" in text
    named = sum(m.level in ("NAM", "VAL") for a in board.corpus.annotations for m in a.mentions)
    assert f"with the type left aside {2 * (named - 1) / (2 * named - 1):.3f}" in text
    for line in lines:
        assert re.search(r"\d", line), f"nothing measured in {line!r}"
    assert "nan" not in text


def test_precision_and_recall_far_apart_are_said(board):
    half = [Annotations(a.doc_id, a.mentions[::2]) for a in board.corpus.annotations]
    scores = {"half": score(board.corpus.documents, board.corpus.annotations, half)}
    report = collect(board.corpus, [SystemRun("half", None)], scores, resamples=FAST)
    (line,) = profile(report, "half").sections["Precision and recall"]
    assert line.startswith("It misses more than it invents on `entities` (precision 1.000, recall 0.")


def test_the_readme_keeps_what_people_wrote(board, tmp_path):
    path = tmp_path / "README.md"
    path.write_text(f"# Mine\n\n{BEGIN}\nold words\n{END}\n\nafter\n", encoding="utf-8")
    write(board, tmp_path / "out", readme_path=path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# Mine\n\n{BEGIN}\n") and text.endswith(f"{END}\n\nafter\n") and "old words" not in text
    assert "## toy" in text and "## broken" in text and "## annotator-a" not in text
    assert "over 100 words a second, under 512 MB" in text
    assert "Failed in the last run: no method predict &lt;script&gt;" in text
    write(board, tmp_path / "out", readme_path=path)
    assert path.read_text(encoding="utf-8") == text
    assert "200" not in text.replace("[0.200", "")  # exact speeds would make every run a change


def test_a_readme_without_marks_gets_them_at_its_end():
    text = rewritten("# Mine\n", "new")
    assert text == f"# Mine\n\n{BEGIN}\n\nnew\n\n{END}\n"
    assert rewritten(text, "new") == text


@pytest.mark.parametrize("text", [BEGIN, END, f"{END} {BEGIN}", f"{BEGIN} {BEGIN} {END}"])
def test_broken_marks_stop_everything_before_a_file_is_written(board, tmp_path, text):
    path = tmp_path / "README.md"
    path.write_text(text)
    with pytest.raises(StoreError, match="report:begin"):
        write(board, tmp_path / "out", readme_path=path)
    assert path.read_text() == text and not (tmp_path / "out").exists()


def test_the_repository_s_readme_has_its_marks():
    text = (Path(__file__).parents[2] / "baselines" / "README.md").read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1 and text.index(BEGIN) < text.index(END)
