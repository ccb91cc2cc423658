"""Untrusted text in tables: names, notes and versions of result files, as text and nothing else, in every format."""

from __future__ import annotations

import re

#: White space of any kind, and control characters: a cell and a caption have one line.
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")

_NUMBER = r"(?:[-+−–]?[0-9]+(?:\.[0-9]+)?|n/a)"
#: What Markdown reads as markup within a line. An interval in brackets can be no link, and an underscore between two
#: letters or digits no emphasis: both stay, so that the source of a table can be read.
_MARKDOWN = re.compile(
    rf"(?P<interval>\[{_NUMBER}(?:, {_NUMBER})?(?: %)?\](?![\[(:]))|(?P<word>(?<=[^\W_])_(?=[^\W_]))|[\\|`*_\[\]~<>&]"
)
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}

_LATEX = {
    "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "\\": r"\textbackslash{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", "–": "--", "…": r"\ldots{}", "−": "$-$", "≥": r"$\geq$", "≤": r"$\leq$", "Δ": r"$\Delta$",
    "→": r"$\to$",
}  # fmt: skip


def one_line(text: str) -> str:
    """Text without line breaks, tabs and control characters: each run of them is a blank."""
    return _BLANK.sub(" ", text).strip()


def markdown(text: str) -> str:
    r"""Text that Markdown shows as it is, within a line or a cell of a table.

    >>> markdown("entity_f1(match=exact)"), markdown("0.5 [0.4, 0.6]")
    ('entity_f1(match=exact)', '0.5 [0.4, 0.6]')
    >>> print(markdown("a|b [c](d) <e> _f_"))
    a\|b \[c\](d) &lt;e&gt; \_f\_
    """

    def escaped(found: re.Match[str]) -> str:
        if found["interval"] or found["word"]:
            return found[0]
        return _ENTITIES.get(found[0], "\\" + found[0])

    return _MARKDOWN.sub(escaped, one_line(text))


def markdown_line(text: str) -> str:
    r"""As :func:`markdown`, for a line of its own, which must begin no heading and no list.

    >>> print(markdown_line("# 1"), markdown_line("1. x"), markdown_line("F1 of 3. runs"))
    \# 1 1\. x F1 of 3. runs
    """
    shown = markdown(text)
    numbered = re.match(r"[0-9]+(?=[.)])", shown)
    at = numbered.end() if numbered else 0
    return f"{shown[:at]}\\{shown[at:]}" if numbered or shown.startswith(("#", "+", "=", "-")) else shown


def latex(text: str) -> str:
    r"""Text that LaTeX sets as it is in a cell of a table.

    The brackets and the star of a first cell would otherwise be taken by the ``\\`` of the row before.

    >>> print(latex("[a_b] ≥ 5 %"))
    {[}a\_b] $\geq$ 5 \%
    """
    shown = "".join(_LATEX.get(char, char) for char in one_line(text))
    return f"{{{shown[0]}}}{shown[1:]}" if shown.startswith(("[", "*")) else shown
