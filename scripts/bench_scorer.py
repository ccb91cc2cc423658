"""Measure the scorer beside its peers on synthetic data, and print times, peak memory and ratios.

    python scripts/bench_scorer.py                          # 100, 1,000 and 10,000 documents, median of five
    python scripts/bench_scorer.py --documents 1000 --repeats 3
    python scripts/bench_scorer.py --coval PATH             # a checkout of github.com/ns-moosavi/coval, measured too

All contestants get the same input objects in memory (or the same files) and run in turns within one process. Memory is
the rise of the process's peak over what it held before the run, in a first turn that is not timed.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gc
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scorer_data as data

from aqwal.formats._jsonl_bulk import read_columns
from aqwal.metrics.clusters import Table, b_cubed, ceaf_e
from aqwal.metrics.counts import Ratio
from aqwal.metrics.iob import from_iob, iob_scores
from aqwal.metrics.resampling import bootstrap_many
from aqwal.metrics.scores import TASKS
from aqwal.metrics.scoring import score_columns
from aqwal.metrics.spans import exact_scores, schema_scores
from aqwal.model import ENTITY_TYPES

Timed = dict[str, tuple[float, float]]


def _status(field: str) -> float:
    """A field of /proc/self/status in MB, NaN where there is none."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return float("nan")


def _forget_peak() -> None:
    with contextlib.suppress(OSError):  # only Linux has it
        Path("/proc/self/clear_refs").write_text("5")


def _trim() -> None:
    """Give freed memory back to the system, lest a run that fills what another left seem to need none."""
    with contextlib.suppress(OSError, AttributeError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


def race(contestants: dict[str, Callable[[], Any]], repeats: int, once: frozenset[str] = frozenset()) -> Timed:
    """Median seconds and peak memory in MB of each, run in turns; those in ``once`` run a single time.

    Memory is of a first turn that is not timed, in which freed memory is given back before each run; the timed turns
    find the process as any long-running one.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    memory: dict[str, float] = {}
    for turn in range(repeats + 1):
        for name, run in contestants.items():
            if turn and name in once:
                continue
            gc.collect()
            if not turn:
                _trim()
                _forget_peak()
            before = _status("VmRSS")
            start = time.perf_counter()
            run()
            took = time.perf_counter() - start
            if turn or name in once:
                seconds[name].append(took)
            if not turn:
                memory[name] = _status("VmHWM") - before
            print(f"    {name}: {took:.3f} s", file=sys.stderr)
    return {name: (statistics.median(times), memory[name]) for name, times in seconds.items()}


def show(title: str, timed: Timed) -> None:
    print(f"\n{title}")
    for name, (seconds, peak) in timed.items():
        print(f"  {name:<58} {seconds:>10.4f} s {peak:>9.0f} MB")


STRICT = "seqeval classification_report (strict IOB2)"
ARRAYS = "aqwal exact, from span arrays (report)"
FILES = "aqwal from two JSONL files, all entity measures"

#: The goals are set for this many documents.
FULL = 10_000


def goal(what: str, ratio: float, least: float, documents: int, *, most: bool = False) -> None:
    """One line of the verdict; ``most`` means that the ratio must not exceed the goal, a goal of 0 that there is none."""
    verdict = ""
    if least:
        met = ratio <= least if most else ratio >= least
        verdict = f"goal {'≤' if most else '≥'} {least:g}"
        verdict += f" at {FULL:,} documents" if documents < FULL else f"  {'met' if met else 'MISSED'}"
    print(f"  {what:<86} {ratio:>9.2f}  {verdict}".rstrip())


def token_f1(gold: list[list[str]], predicted: list[list[str]]) -> float:
    from itertools import chain

    from sklearn.metrics import f1_score

    flat = [list(chain.from_iterable(tags)) for tags in (gold, predicted)]
    labels = sorted(set(flat[0]) - {"O"})
    return float(f1_score(flat[0], flat[1], labels=labels, average="micro"))


def measure(documents: int, repeats: int, slow: int) -> Timed:
    """The mention scorers and the five tasks on one size, printed and returned."""
    from nervaluate import Evaluator
    from seqeval.metrics import classification_report, f1_score
    from seqeval.scheme import IOB2

    print(f"\n=== {documents:,} documents, {documents * data.PER_DOC:,} words ===")
    gold, predicted = data.flat(documents)
    print(f"{gold.lo.size:,} gold and {predicted.lo.size:,} predicted mentions")
    g_tags, p_tags = gold.iob(), predicted.iob()
    g_spans, p_spans = from_iob(g_tags), from_iob(p_tags)
    geometry = data.geometry(documents)
    truth, system = (data.columns(geometry, m, 3, noise) for m, noise in ((gold, 0.0), (predicted, 0.2)))

    def five_tasks(breakdowns: bool, threads: int | None) -> None:
        scores = score_columns(truth, system, TASKS, breakdowns=breakdowns, threads=threads)
        bootstrap_many({task: s.primary for task, s in scores.tasks.items()})

    def schemas() -> None:
        schema_scores(from_iob(g_tags), from_iob(p_tags))

    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{name}.jsonl" for name in ("gold", "predicted")]
        for path, mentions in zip(paths, (gold, predicted), strict=True):
            data.write_jsonl(path, mentions)

        def files() -> None:
            (g, *_), (p, _, problems, _) = (read_columns(path, geometry) for path in paths)
            assert not problems
            score_columns(g, p, ["entities"])

        gc.collect()
        gc.freeze()  # the input is no garbage; nobody's collector needs to walk it
        tags = list(ENTITY_TYPES)
        timed = race(
            {
                "seqeval f1_score (its default)": lambda: f1_score(g_tags, p_tags),
                STRICT: lambda: classification_report(g_tags, p_tags, mode="strict", scheme=IOB2, output_dict=True),
                "nervaluate, four schemas": lambda: Evaluator(g_tags, p_tags, tags=tags, loader="list").evaluate(),
                "scikit-learn f1_score by token": lambda: token_f1(g_tags, p_tags),
                "aqwal exact, from tag lists (report)": lambda: iob_scores(g_tags, p_tags),
                "aqwal exact, from tag lists (lenient, report)": lambda: iob_scores(g_tags, p_tags, "lenient"),
                ARRAYS: lambda: exact_scores(g_spans, p_spans),
                "aqwal four schemas, from tag lists": schemas,
                "aqwal five tasks, primary, 10,000 resamples, 1 thread": lambda: five_tasks(False, 1),
                "aqwal five tasks, breakdowns, 10,000 resamples, 1 thread": lambda: five_tasks(True, 1),
                "aqwal five tasks, breakdowns, 10,000 resamples": lambda: five_tasks(True, None),
                FILES: files,
            },
            repeats,
            frozenset() if documents < slow else frozenset({"nervaluate, four schemas"}),
        )
    show(f"median of {repeats} (slowest peer once at {slow:,} documents and more)", timed)
    seconds = {name: value[0] for name, value in timed.items()}
    f1, report, nerval, token, exact, lenient, arrays, four, quick, full, threaded, disk = seconds.values()
    print("\nratios")
    goal("tag lists, same reading: seqeval f1_score / aqwal report", f1 / lenient, 15, documents)
    goal("tag lists, strict: seqeval strict report / aqwal report", report / exact, 40, documents)
    goal("span arrays: seqeval strict report / aqwal report", report / arrays, 300, documents)
    goal("four schemas: nervaluate / aqwal, both from tag lists", nerval / four, 10, documents)
    tasks = "+ 10,000 resamples / seqeval f1_score"
    goal(f"five tasks (primary, one thread) {tasks}", quick / f1, 0.5, documents, most=True)
    goal(f"five tasks (all breakdowns, one thread) {tasks}", full / f1, 0, documents)
    goal(f"five tasks (all breakdowns, as called) {tasks}", threaded / f1, 0.5, documents, most=True)
    goal("two JSONL files: seqeval strict report on lists in memory / aqwal", report / disk, 5, documents)
    goal("scikit-learn by token / aqwal exact from tag lists", token / exact, 0, documents)
    peak = {name: value[1] for name, value in timed.items()}
    goal(
        "peak memory: aqwal from span arrays / seqeval strict report",
        peak[ARRAYS] / peak[STRICT],
        0.6,
        documents,
        most=True,
    )
    goal("peak memory: aqwal from two JSONL files, in MB", peak[FILES], 2100, documents, most=True)
    return timed


def show_growth(made: dict[int, Timed]) -> None:
    """How the time of our own scorers grows from 1,000 to 10,000 documents; 10 is linear.

    What is not held to one thread may grow less: 1,000 documents are scored on one.
    """
    few, many = 1_000, FULL
    if not {few, many} <= set(made):
        return
    print(f"\n=== growth: {many:,} documents against {few:,} ===")
    for name in (name for name in made[many] if name.startswith("aqwal")):
        goal(name, made[many][name][0] / made[few][name][0], 11, many, most=True)


def measure_bootstrap(blocks: int, repeats: int) -> None:
    from scipy.stats import bootstrap as scipy_bootstrap

    rng = np.random.default_rng(5)
    metrics = {}
    for k in range(20):
        total = rng.integers(1, 20, blocks).astype(float)
        metrics[f"m{k}"] = Ratio(rng.binomial(total.astype(int), 0.7).astype(float), total)
    one = metrics["m0"]

    def by_scipy(batch: int | None) -> None:
        scipy_bootstrap(
            (one.hits, one.total), lambda a, b, axis: a.sum(axis=axis) / b.sum(axis=axis), paired=True,
            vectorized=True, n_resamples=10_000, batch=batch, method="percentile", rng=np.random.default_rng(1),
        )  # fmt: skip

    print(f"\n=== bootstrap: {blocks:,} blocks, 10,000 resamples ===")
    timed = race(
        {
            "scipy.stats.bootstrap, ONE metric, batches of 100": lambda: by_scipy(100),
            "scipy.stats.bootstrap, ONE metric, its default (one batch)": lambda: by_scipy(None),
            "aqwal, 20 metrics": lambda: bootstrap_many(metrics),
        },
        repeats,
    )
    show(f"median of {repeats}", timed)
    batched, default, ours = (value[0] for value in timed.values())
    print("\nratios (scipy is measured on one metric and multiplied)")
    goal("20 metrics: 20 × scipy's one in batches / aqwal", 20 * batched / ours, 15, blocks)
    goal("20 metrics: 20 × scipy's one by default / aqwal", 20 * default / ours, 15, blocks)


def conll_lines(labels: np.ndarray[Any, Any], documents: int, per_doc: int) -> str:
    """One-word mentions as a CoNLL coreference file, ten words a sentence."""
    parts = []
    for d in range(documents):
        parts.append(f"#begin document (d{d}); part 000\n")
        for k, label in enumerate(labels[d * per_doc : (d + 1) * per_doc].tolist()):
            parts.append(f"d{d} 0 {k % 10} w - ({label})\n")
            if k % 10 == 9:
                parts.append("\n")
        parts.append("\n#end document\n")
    return "".join(parts)


def measure_clusters(documents: int, per_doc: int, repeats: int, coval: Path | None) -> None:
    rng = np.random.default_rng(6)
    n = documents * per_doc
    doc = np.arange(n) // per_doc
    gold = rng.integers(0, per_doc // 3, n)
    noisy = rng.random(n) < 0.2
    pred = np.where(noisy, rng.integers(0, per_doc // 3, n), gold)
    g_label, p_label = doc * per_doc + gold, doc * per_doc + pred

    def lists(labels: np.ndarray[Any, Any]) -> list[list[tuple[int, int]]]:
        out: dict[int, list[tuple[int, int]]] = {}
        for item, label in enumerate(labels.tolist()):
            out.setdefault(label, []).append((item // per_doc, item))
        return list(out.values())

    g_lists, p_lists = lists(g_label), lists(p_label)

    def both(table: Table) -> tuple[float, float]:
        items = b_cubed(table)
        p, r = items.tp_pred.sum() / items.n_pred.sum(), items.tp_gold.sum() / items.n_gold.sum()
        return 2 * p * r / (p + r), ceaf_e(table)[2]

    contestants: dict[str, Callable[[], Any]] = {
        "aqwal B³ + CEAFe, from label arrays": lambda: both(Table.of(g_label, p_label)),
        "aqwal B³ + CEAFe, from lists of clusters": lambda: both(Table.of_clusters(g_lists, p_lists)),
    }
    try:
        from scorch import scores as scorch

        def by_document(clusters: list[list[tuple[int, int]]]) -> list[list[set[int]]]:
            out: list[list[set[int]]] = [[] for _ in range(documents)]
            for cluster in clusters:
                out[cluster[0][0]].append({item for _, item in cluster})
            return out

        g_sets, p_sets = by_document(g_lists), by_document(p_lists)
        contestants["scorch B³ + CEAFe, from sets in memory"] = lambda: [
            (scorch.b_cubed(k, r), scorch.ceaf_e(k, r)) for k, r in zip(g_sets, p_sets, strict=True)
        ]
    except ImportError:
        print("scorch is not installed: not measured")
    print(f"\n=== clusters: {documents:,} documents of {per_doc} mentions ===")
    with tempfile.TemporaryDirectory() as folder:
        if coval is not None:
            sys.path.insert(0, str(coval))
            from conll import reader
            from eval import evaluator

            paths = [str(Path(folder) / name) for name in ("key", "response")]
            for path, labels in zip(paths, (gold, pred), strict=True):
                Path(path).write_text(conll_lines(labels, documents, per_doc), encoding="utf-8")
            infos = reader.get_coref_infos(*paths)

            def scored(made: Any) -> list[Any]:
                return [
                    evaluator.evaluate_documents(made, metric)[2] for metric in (evaluator.b_cubed, evaluator.ceafe)
                ]

            ours = both(Table.of(g_label, p_label))
            assert np.allclose(scored(infos), ours, rtol=0, atol=1e-12), (scored(infos), ours)
            contestants["coval B³ + CEAFe, end to end from CoNLL files"] = lambda: scored(
                reader.get_coref_infos(*paths)
            )
            contestants["coval B³ + CEAFe, clusters in memory"] = lambda: scored(infos)
        timed = race(contestants, repeats)
    show(f"median of {repeats}", timed)
    seconds = {name: value[0] for name, value in timed.items()}
    print("\nratios")
    arrays, from_lists = (seconds[name] for name in list(seconds)[:2])
    for name, value in list(seconds.items())[2:]:
        end_to_end = "end to end" in name
        goal(f"{name} / aqwal arrays", value / arrays, 50 if end_to_end else 0, FULL)
        goal(f"{name} / aqwal lists", value / from_lists, 0, FULL)
    if coval is None:
        print("  coval was not given (--coval PATH): its goal is not measured")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--slow", type=int, default=10_000, help="from this many documents nervaluate runs only once")
    parser.add_argument("--coval", type=Path, help="the folder of a coval checkout that holds conll/ and eval/")
    parser.add_argument("--only", choices=("mentions", "bootstrap", "clusters"), help="one part")
    chosen = parser.parse_args()
    warnings.filterwarnings("ignore")
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}, {os.cpu_count()} cores")
    if chosen.only in (None, "mentions"):
        show_growth({n: measure(n, chosen.repeats, chosen.slow) for n in sorted(chosen.documents)})
    if chosen.only in (None, "bootstrap"):
        measure_bootstrap(max(chosen.documents), min(chosen.repeats, 3))
    if chosen.only in (None, "clusters"):
        measure_clusters(max(chosen.documents) // 10, 60, chosen.repeats, chosen.coval)


if __name__ == "__main__":
    main()
