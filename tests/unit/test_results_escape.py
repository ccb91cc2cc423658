"""Tables of untrusted text: what Markdown and LaTeX show is the text that was given, each cell in its place."""

from __future__ import annotations

import html.parser
import random
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from tests.unit.test_results import result

from aqwal.results import comparison_table, leaderboard, render, score_table
from aqwal.results.escape import latex, markdown, one_line
from aqwal.results.tables import FORMATS

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
NASTY = (
    r"a\|b", "a|b", r"a\\|b", "a\\", "<img src=x onerror=alert(1)> [a](javascript:x)", "![i](x)", "[a][b]", "[^1]",
    "`code`", "a`|`b", "**b** *i* _u_ __v__", "~~gone~~", "&lt;b&gt; &amp;", "<!-- leaderboard:end -->",
    "[0.5](javascript:x)", "[0.4, 0.6][x]", "<https://example.org>", "a\nb\r\nc\td\u2028e\x00f", "| x |", "x_y_z _a",
)  # fmt: skip
PLAIN = (
    "entity_f1(match=exact)", "attribution_f1(match=soft,source_type=named)", "floor_random", "transformer-scratch",
    "0.812 [0.750, 0.871]", "−0.012 [-0.020, 0.004]", "Δ [95 %]", "score [95 %]", "p ≥ 0.01, 1,024 swaps", "–", "n/a",
    "0.5 [n/a, n/a]", "claims: claim_f1(match=soft)", "v1.0 + x - y # 3",
)  # fmt: skip


class Cells(html.parser.HTMLParser):
    """The texts of the cells, the texts elsewhere, and the tags that belong to no table."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.other, self.tags, self.inside = "", set[str](), False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True
        elif tag not in ("table", "thead", "tbody", "p"):
            self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data
        else:
            self.other += data


def shown(page: str) -> Cells:
    return Cells(MARKDOWN.render(page))


@pytest.mark.parametrize("text", [*NASTY, *PLAIN])
def test_markdown_shows_the_text_in_one_cell(text: str) -> None:
    cells = shown(render(["h", text], [[text, "last"], ["x", text]], "markdown", caption=text))
    wanted = one_line(text)
    assert cells.rows == [["h", wanted], [wanted, "last"], ["x", wanted]]
    assert not cells.tags and cells.other.strip() == wanted


def test_markdown_shows_any_text_in_one_cell() -> None:
    rng = random.Random(1)
    for _ in range(400):
        text = one_line("".join(rng.choice("\\\\||[]()_*`<>&~!#ab 0.5,\n") for _ in range(rng.randint(1, 12))))
        cells = shown(render(["h", "k"], [[text, "last"]], "markdown"))
        assert cells.rows == [["h", "k"], [text, "last"]] and not cells.tags, repr(text)


@pytest.mark.parametrize("caption", ["# a", "- a", "+ a", "1. a", "12) a", "> a", "---", "===", "```", "* * *"])
def test_a_caption_is_a_paragraph(caption: str) -> None:
    cells = shown(render(["h"], [["x"]], "markdown", caption=caption))
    assert cells.other.strip() == caption and not cells.tags


@pytest.mark.parametrize("text", PLAIN[:9])
def test_names_measures_and_intervals_can_be_read_in_the_source(text: str) -> None:
    assert markdown(text) == text


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\x0bb", "a\u2028b", "a\x85b", "a\tb", "a\x1bb", "\n a \0 b\n"])
def test_cells_and_captions_have_one_line(form: str, text: str) -> None:
    expected = render(["h"], [["a b"]], form, caption="a b")
    assert render(["h"], [[text]], form, caption=text) == expected


def test_no_caption_leaves_its_comment_in_latex() -> None:
    table = render(["h"], [["x"]], "latex", caption="fine\n\\input{/etc/passwd}\r\\end")
    assert table.splitlines()[-1] == r"% fine \input{/etc/passwd} \end"


def test_latex_cells_are_set_as_text() -> None:
    assert latex("[x] y") == "{[}x] y" and latex("*") == "{*}" and latex("0.5 [0.4]") == "0.5 [0.4]"
    assert latex("≥≤−–Δ…") == r"$\geq$$\leq$$-$--$\Delta$\ldots{}"
    assert latex(r"\input{x}") == r"\textbackslash{}input\{x\}"
    assert latex("<a|b>") == r"\textless{}a\textbar{}b\textgreater{}"
    table = render(["h", "k"], [["[2pt]", "a"], ["* b", "c"]], "latex")
    # A row ends with \\, which takes a bracket or a star that follows it, also on the next line, for its own.
    assert r"\\" in table and re.search(r"\\\\\s*(\\hline)?\s*[\[*]", table) is None


def test_what_a_result_file_says_is_escaped_wherever_it_is_shown() -> None:
    nasty = "<b>|[a](javascript:x)"
    hostile = replace(result(), system=nasty, corpus_version=nasty)
    hostile = replace(hostile, scores=replace(hostile.scores, notes=(nasty,), set_aside={nasty: 1}))
    for table in (
        leaderboard([hostile], "markdown", resamples=20),
        score_table(hostile.scores, "markdown", resamples=20),
    ):
        cells = shown(table)
        assert not cells.tags and nasty in cells.other and len({len(row) for row in cells.rows}) == 1
    assert shown(leaderboard([hostile], "markdown", resamples=20)).rows[1][0] == nasty
    compared = shown(comparison_table({}, (nasty, "b"), "markdown"))
    assert compared.rows[0][1] == nasty and not compared.tags
    page = Cells(leaderboard([hostile], "html", resamples=20))
    assert page.rows[1][0] == nasty and page.tags == {"caption"}
