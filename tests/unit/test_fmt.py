"""`aqwal fmt`: offsets from quotes, ids for new rows, canonical order; it never guesses and never loses an edit."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.labels import annotations, spans
from tests.fixtures.projects import base_project
from tests.fixtures.tiny import SMALL
from typer.testing import CliRunner

from aqwal.checks import run_checks
from aqwal.cli import app
from aqwal.model import LAYERS, Annotations, Span
from aqwal.store import (
    StoreError,
    format_annotations,
    format_document,
    initial_texts,
    layer_texts,
    load_document,
    read_layer,
)
from aqwal.store.layers import sort_annotations, span_column, to_fragments

HEADERS = {layer: f"# doc=900 layer={layer} guidelines=1.0\n" for layer in LAYERS}
CUE = "kind=assertion stance=neutral quote=indirect polarity=positive"


def formatted(layer: str, rows: str) -> str:
    """The canonical file of rows below the header."""
    (made,) = format_document(SMALL, Path(), {layer: ("x.tsv", HEADERS[layer] + rows)})
    return made.after


def refused(layer: str, rows: str) -> list[str]:
    with pytest.raises(StoreError) as caught:
        formatted(layer, rows)
    return [str(problem) for problem in caught.value.problems]


def rows_of(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.split("\n") if line and not line.startswith("#")]


# ---------------------------------------------------------------- finding and allocating


def test_offsets_and_ids_of_new_rows_are_made() -> None:
    made = formatted(
        "mentions", "# s3\n+\tOCC\t?2\tlevel=NAM entity=minister\tالوزير\n+\tOCC\ts2:?\tlevel=NAM entity=x\tالوزير\n"
    )
    (first, second) = rows_of(made)
    assert [row[2] for row in (first, second)] == ["22-28", "37-43"]  # and the first is sorted into its own block, s2
    assert made.index("# s2\t") < made.index("22-28") < made.index("# s3\t") < made.index("37-43")
    assert all(re.fullmatch("m[0-9a-z]{3}", row[0]) for row in (first, second))
    assert first[0] != second[0]


def test_rows_of_one_new_object_share_its_id_and_serve_as_parent() -> None:
    made = formatted(
        "attributions",
        f"# s2\n+1\tcue\t?\t{CUE}\tقالت\n+1\tsource\t?\tentity=the-river type=media\tصحيفة “النهر”\n"
        f"# s3\n+1\tcue\t?\t{CUE} parent=s2+1 inherited=yes\tأضافت\n+1\tsource\t-\tentity=the-river type=media implicit=yes\t\n"
        "+1\tcontent\t?\t\tه قال: “الوزير لن يبقى” … الوزير غادر\n"
        f"+2\tcue\t?\t{CUE} parent=+1\tقال\n+2\tsource\t-\ttype=none\t\n+2\tcontent\t?\t\tالوزير لن يبقى\n",
    )
    by_cue = {row[4]: row for row in rows_of(made) if row[1] == "cue"}
    assert f"parent={by_cue['قالت'][0]} inherited=yes" in by_cue["أضافت"][3]
    assert by_cue["قال"][3].endswith(f"parent={by_cue['أضافت'][0]}")
    assert len({row[0] for row in rows_of(made)}) == 3
    assert [row[2] for row in rows_of(made) if row[1] == "content"] == ["9-32,37-48", "17-31"]


def test_a_number_used_once_in_the_file_is_a_parent_from_any_block() -> None:
    first = f"# s2\n+1\tcue\t?\t{CUE}\tقالت\n+1\tsource\t-\ttype=none\t\n"
    made = formatted("attributions", f"{first}# s3\n+2\tcue\t?\t{CUE} parent=+1\tأضافت\n+2\tsource\t-\ttype=none\t\n")
    ids = [row[0] for row in rows_of(made) if row[1] == "cue"]
    assert f"parent={ids[0]}" in made


def test_bare_rows_belong_to_the_head_above_them() -> None:
    claim = "polarity=positive certainty=certain time=past verifiable=yes"
    made = formatted(
        "claims", f"# s1\n+\tclaim\t?\t{claim}\tالوزير يزور العاصمة\n+\tstatement\t-\t\tنص\n+\tgloss\t-\t\tText\n"
    )
    assert [row[1] for row in rows_of(made)] == ["claim", "statement", "gloss"]
    assert len({row[0] for row in rows_of(made)}) == 1


def test_a_bare_row_below_a_row_with_an_id_is_refused() -> None:
    rows = (
        f"# s2\n+\tcue\t?\t{CUE}\tقالت\n+\tsource\t-\ttype=none\t\na111\tsource\t-\ttype=none\t\n+\tcontent\t?\t\tأمس\n"
    )
    assert any(
        "x.tsv:6: row-missing: id: a new content row without its cue row" in line
        for line in refused("attributions", rows)
    )


def test_a_quote_that_holds_the_joining_mark_is_found_whole() -> None:
    from tests.fixtures.tiny import document

    dotted = document("900", [("body", "", ["قال … ثم سكت"])])
    text = HEADERS["mentions"] + "# s1\n+\tEVENT\t?\tlevel=NAM entity=x\tقال … ثم\n"
    (made,) = format_document(dotted, Path(), {"mentions": ("x.tsv", text)})
    assert rows_of(made.after)[0][2] == "0-8"


def test_drifted_rows_are_anchored_again_and_said_so() -> None:
    rows = "# s2\nm111\tPERS\t0-4\tlevel=NAM entity=salim\tسالم\nm222\tDATE\t900-903\tlevel=VAL\tأمس\n"
    (made,) = format_document(SMALL, Path(), {"mentions": ("x.tsv", HEADERS["mentions"] + rows)})
    assert [row[:3] for row in rows_of(made.after)] == [["m111", "PERS", "29-33"], ["m222", "DATE", "38-41"]]
    assert made.notes == (
        "x.tsv:3: m111 PERS re-anchored 0-4 → 29-33",
        "x.tsv:4: m222 DATE re-anchored 900-903 → 38-41",
    )


# ---------------------------------------------------------------- what it refuses


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "+\tOCC\t?\tlevel=NAM entity=x\tالوزير",
            'anchor-ambiguous: span: "الوزير" occurs 2 times in s3. Fix: say which one: ?1 = 17-23, ?2 = 37-43',
        ),
        (
            "+\tOCC\t?3\tlevel=NAM entity=x\tالوزير",
            'anchor-missing: span: "الوزير" occurs 2 times in s3, not 3. Fix: write ?1 to ?2',
        ),
        ("+\tOCC\t?\tlevel=NAM entity=x\tالوزيرة", 'anchor-missing: span: "الوزيرة" is not in s3. Fix: copy the quote'),
        ("+\tOCC\t?\tlevel=NAM entity=x\tوزير", 'anchor-boundary: span: "وزير" begins or ends inside a clitic piece'),
        ("+\tOCC\t?\tlevel=NAM entity=x\tيبقى … لن", "anchor-boundary"),
        ("+\tOCC\t?\tlevel=NAM entity=x\t", "anchor-missing: span: the row has ? but no quote"),
        ("+\tOCC\t?,?\tlevel=NAM entity=x\tقال", "anchor-missing: span: 2 fragments in the span but 1 in the quote"),
        ("m111\tOCC\t0-6\tlevel=NAM entity=x\tالوزير", "anchor-ambiguous"),
        ("m111\tOCC\t0-6\tlevel=NAM entity=x\tغائب", "anchor-missing"),
        ("m111\tOCC\ts2:0-3,0-3\tlevel=NAM entity=x\tغائب", "anchor-missing: span: the quote of a span over several"),
        ("+\tOCC\t?\tlevel=NAM\tقال\tمرة", "tsv-columns: text: 6 columns instead of 5"),
        ("+\tTITLE\t?\tlevel=NAM entity=x\tقال", 'unknown-label: label: "TITLE" is not an entity type'),
        ("+\tOCC\t?\tlevel=NAM entity=x rank=2\tقال", "unknown-field: rank: a mention row has no field rank"),
    ],
)
def test_what_cannot_be_decided_stops_with_file_line_and_fix(row: str, message: str) -> None:
    lines = refused("mentions", f"# s3\n{row}\n")
    assert any(line.startswith("x.tsv:3: ") and message in line and "Fix: " in line for line in lines), lines


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            f"# s2\n+1\tcue\t?\t{CUE} parent=+7\tقالت\n+1\tsource\t-\ttype=none\t\n",
            "x.tsv:3: parent-unknown: parent: no new object +7",
        ),
        ("# s2\n+1\tsource\t-\ttype=none\t\n", "x.tsv:3: row-missing: id: +1 has no cue row in this block"),
        (
            f"# s2\n+1\tcue\t?\t{CUE}\tقالت\n+1\tcue\t?\t{CUE}\tوصل\n+1\tsource\t-\ttype=none\t\n",
            "x.tsv:4: id-duplicate: id: +1 has two cue rows",
        ),
        (f"# s2\n+1\tcue\t?\t{CUE}\tقالت\n", "x.tsv:3: row-missing: source"),
    ],
)
def test_incomplete_new_objects_are_refused(rows: str, message: str) -> None:
    assert any(line.startswith(message) for line in refused("attributions", rows))


def test_a_parent_that_two_blocks_could_mean_is_refused() -> None:
    block = f"+1\tcue\t?\t{CUE}\t%s\n+1\tsource\t-\ttype=none\t\n"
    rows = (
        "# s2\n"
        + block % "قالت"
        + "# s3\n"
        + block % "أضافت"
        + f"# s1\n+2\tcue\t?\t{CUE} parent=+1\tيزور\n+2\tsource\t-\ttype=none\t\n"
    )
    assert any(
        "no new object +1. Fix: write parent=+N of the same block, or parent=sM+N" in line
        for line in refused("attributions", rows)
    )


# ---------------------------------------------------------------- properties


def drafted(text: str) -> str:
    """A canonical file as it was before its objects had ids; a parent further down keeps the id that it had."""
    numbers: dict[str, str] = {}
    out = []
    for line in text.split("\n"):
        cells = line.split("\t")
        if len(cells) == 5 and not line.startswith("#"):
            cells[0] = numbers.setdefault(cells[0], f"+{len(numbers) + 1}")
            fields = [
                f"parent={numbers[i]}" if f.startswith("parent=") and (i := f[7:]) in numbers else f
                for f in cells[3].split()
            ]
            cells[3] = " ".join(fields)
        out.append("\t".join(cells))
    return "\n".join(out)


@given(annotations(SMALL))
def test_fmt_is_idempotent_and_leaves_canonical_files_alone(labels: Annotations) -> None:
    made = format_annotations(SMALL, labels)
    again = format_document(SMALL, Path(), {layer: (layer, text) for layer, text in made.items()})
    assert {f.path.stem: f.after for f in again} == made
    assert all(f.before == f.after and not f.notes for f in again)


@given(annotations(SMALL), st.randoms())
def test_order_spacing_and_blank_lines_do_not_matter(labels: Annotations, random: object) -> None:
    made = format_annotations(SMALL, labels)
    for layer, text in made.items():
        blocks = text.split("\n\n")
        body = blocks[1:]
        random.shuffle(body)  # type: ignore[attr-defined]
        messy = blocks[0] + "\n" + "\n\n\n".join(re.sub(r"^(# s\d+)\t.*", r"\1", block) for block in body) + "\n"
        (again,) = format_document(SMALL, Path(), {layer: (layer, messy)})
        assert again.after == text


@given(spans(SMALL))
def test_every_span_can_be_written_by_its_quote(span: Span) -> None:
    sentence = SMALL.sentence_of(span.start)
    assert sentence is not None
    quote = span.quote(SMALL.text)

    def row(column: str) -> str:
        return f"# {sentence.id}\n+\tEVENT\t{column}\tlevel=NAM entity=x\t{quote}\n"

    try:
        found = [rows_of(formatted("mentions", row("?")))]
    except StoreError as error:
        # It occurs more than once; one of the places that the message offers is the span.
        (problem,) = error.problems
        assert problem.kind == "anchor-ambiguous"
        found = []
        for number in itertools.count(1):
            try:
                found.append(rows_of(formatted("mentions", row(f"?{number}"))))
            except StoreError:
                break
        assert len(found) == int(re.findall(r"occurs (\d+) times", problem.message)[0]) > 1
    assert span_column(to_fragments(SMALL, span), sentence.id) in [rows[0][2] for rows in found]


@given(annotations(SMALL))
def test_new_ids_change_nothing_else(labels: Annotations) -> None:
    made = format_annotations(SMALL, labels)
    drafts = {layer: (layer, drafted(text)) for layer, text in made.items()}
    results = format_document(SMALL, Path(), drafts)
    texts = {f.path.stem: (f.path.stem, f.after) for f in results}
    read = read_layer(texts, SMALL)
    assert read.problems == []

    def shape(found: Annotations) -> list[object]:
        ordered = sort_annotations(found)
        return [
            sorted((m.span, m.type, m.level, m.entity, m.metonym, m.framing) for m in ordered.mentions),
            sorted((a.cue, str(a.content), a.source_type, a.kind, a.quote, a.scope) for a in ordered.attributions),
            sorted((c.span, c.statement, c.gloss, c.certainty, c.cluster) for c in ordered.claims),
        ]

    assert shape(read.annotations) == shape(labels)
    # The same draft always gets the same ids.
    assert [f.after for f in format_document(SMALL, Path(), drafts)] == [f.after for f in results]


# ---------------------------------------------------------------- the command


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return base_project(tmp_path)


def aqwal(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def snapshot(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


MENTIONS = "annotations/gold/900/mentions.tsv"
NEW_ROW = "+\tGPE\ts6:?\tlevel=NAM entity=flower-land\tالزهور\n"


def test_check_agrees_with_what_fmt_changes(project: Path) -> None:
    before = snapshot(project)
    assert aqwal("fmt", "--check", "--root", str(project))[0] == 0
    assert aqwal("fmt", "--root", str(project))[0] == 0
    assert snapshot(project) == before
    path = project / MENTIONS
    path.write_text(path.read_text(encoding="utf-8") + NEW_ROW, encoding="utf-8")
    edited = snapshot(project)
    code, output = aqwal("fmt", "--check", "--root", str(project))
    assert (code, MENTIONS in output) == (1, True)
    code, output = aqwal("fmt", "--diff", "--root", str(project))
    assert code == 1
    assert "+m" in output
    assert snapshot(project) == edited  # neither writes
    assert aqwal("fmt", "--root", str(project))[0] == 0
    assert {path for path, data in snapshot(project).items() if edited[path] != data} == {MENTIONS}
    assert aqwal("fmt", "--check", "--root", str(project))[0] == 0


def test_a_problem_anywhere_in_a_document_leaves_all_its_files(project: Path) -> None:
    for name, row in (("mentions", NEW_ROW), ("claims", "+\tclaim\t?\tpolarity=positive\tغائب\n")):
        path = project / f"annotations/gold/900/{name}.tsv"
        path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")
    before = snapshot(project)
    code, output = aqwal("fmt", "--root", str(project))
    assert code == 2
    assert 'annotations/gold/900/claims.tsv:35: anchor-missing: span: "غائب" is not in s6' in output
    assert snapshot(project) == before


def test_a_file_edited_while_fmt_runs_keeps_the_edit(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aqwal.cli import labels

    path = project / MENTIONS
    path.write_text(path.read_text(encoding="utf-8") + NEW_ROW, encoding="utf-8")
    edit = path.read_text(encoding="utf-8") + "+\tGPE\ts6:?\tlevel=NAM entity=flower-land\tتل\n"

    def slow(*arguments: object) -> object:
        made = format_document(*arguments)  # type: ignore[arg-type]
        path.write_text(edit, encoding="utf-8")
        return made

    monkeypatch.setattr(labels, "format_document", slow)
    code, output = aqwal("fmt", "--root", str(project))
    assert code == 2
    assert "edited-meanwhile" in output
    assert "run the command again" in output
    assert path.read_text(encoding="utf-8") == edit


def test_a_new_layer_starts_with_empty_blocks(project: Path) -> None:
    assert aqwal("fmt", "--init", "annotator-a", "--root", str(project))[0] == 0
    document = load_document(project, "900")
    folder = project / "annotations" / "annotator-a" / "900"
    assert {name: text for name, (_, text) in layer_texts(folder, document).items()} == initial_texts(document)
    assert run_checks(project, ["annotator-a"]).errors == ()


# ---------------------------------------------------------------- git


def git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "HOME": str(root)}
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "x"), ("EMAIL", "x@example.org"))
    }
    return subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *arguments],
        cwd=root, env={**os.environ, **nobody, **who}, capture_output=True, text=True, check=False,
    )  # fmt: skip


#: New labels that an annotator could add to a sentence of the base project.
ADDITIONS = {
    "s1": ("mentions", "+\tEVENT\ts1:?\tlevel=NAM entity=al-sharq\tقطار جديد\n"),
    "s2": ("mentions", "+\tNORP\ts2:?\tlevel=NAM entity=jordanians\tكتبت\n"),
    "s3": ("mentions", "+\tEVENT\ts3:?\tlevel=NAM entity=al-sharq\tزار\n"),
    "s4": ("mentions", "+\tEVENT\ts4:?\tlevel=NAM entity=al-sharq\tالجسر مغلق\n"),
    "s5": ("mentions", "+\tEVENT\ts5:?\tlevel=NAM entity=al-sharq\tالعمل\n"),
    "s6": ("mentions", "+\tEVENT\ts6:?\tlevel=NAM entity=al-sharq\tذلك\n"),
}


@pytest.mark.parametrize(("ours", "theirs"), list(itertools.combinations(ADDITIONS, 2)))
def test_branches_that_label_different_sentences_merge_and_still_check(project: Path, ours: str, theirs: str) -> None:
    def commit(branch: str, sentence: str) -> None:
        assert git(project, "checkout", "-q", "-b", branch, "main").returncode == 0
        layer, row = ADDITIONS[sentence]
        path = project / f"annotations/gold/900/{layer}.tsv"
        path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")
        assert aqwal("fmt", "--root", str(project))[0] == 0
        assert git(project, "commit", "-qam", sentence).returncode == 0

    assert git(project, "init", "-q").returncode == 0
    assert git(project, "add", ".").returncode == 0
    assert git(project, "commit", "-qm", "base").returncode == 0
    commit("ours", ours)
    commit("theirs", theirs)
    merged = git(project, "merge", "-q", "--no-edit", "ours")
    assert merged.returncode == 0, merged.stdout
    text = (project / "annotations/gold/900/mentions.tsv").read_text(encoding="utf-8")
    assert text.count("entity=al-sharq\t") + text.count("\tكتبت\n") == 3
    assert aqwal("fmt", "--check", "--root", str(project))[0] == 0
    assert [str(p) for p in run_checks(project).errors] == []
