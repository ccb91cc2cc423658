"""Zones of the lines of a news text: headline, kicker, byline, body, furniture."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aqwal.text import normalised_view

#: Lines of the page around a text, without the punctuation at their ends.
_FURNITURE = re.compile(
    r"""(?:
        \d+\W{0,3}(?:مشاهد|قراء|تعليق|زيار|دقيق|مشارك)\w*                 # 336 views
      | (?:عدد\ )?(?:المشاهدات|القراءات|الزيارات|مشاهدات|قراءات|زيارات)\W{0,3}\d*
      | (?:اقرا|اقراي|اقراو|شاهد|طالع|انظر)\ ايضا.*
      | (?:المصدر|المصادر|مصدر)\ ?[:/-].*
      | (?:مقالات|مواضيع|اخبار|مواد|روابط)\ (?:ذات\ صل[هة]|متعلق[هة]|مشابه[هة]|اخر[يى])
      | (?:ارشيفي?|صور[هة]|صور[هة]\ ارشيفي[هة]|تصوير)
      | (?:شارك|مشارك[هة]|طباع[هة]|ارسال|حفظ|تابعنا|تابعونا|للمزيد|كلمات\ (?:دليلي[هة]|مفتاحي[هة])|الوسوم|وسوم)(?:\W.*)?
      | (?:الرئيسي[هة]|سياس[هة]|العالم|اخبار|عربي\ ودولي|دولي|اقتصاد|رياض[هة]|راي|تقارير|منوعات|ثقاف[هة]|محليات)
    )""",
    re.VERBOSE,
)
_BYLINE = re.compile(r"(?:بقلم|كتب|كتبت|كتبه|اعداد|ترجم[هة]|تحرير|تقرير|المحرر) ?[:/-].*|بقلم .*")
#: Marks that may follow the mark that ends a sentence.
_CLOSERS = "\"“”«»'’)] "
#: A line with more words is a paragraph even without final punctuation.
_LONGEST_HEADLINE = 20
#: A line of fewer words among the leading lines is no headline.
_SHORTEST_HEADLINE = 4


def _plain(line: str) -> str:
    """The search view of a line, its spaces collapsed."""
    return " ".join(normalised_view(line).text.split())


def _core(line: str) -> str:
    """The line without what is neither letter nor digit at its ends."""
    kept = [index for index, char in enumerate(line) if char.isalnum()]
    return line[kept[0] : kept[-1] + 1] if kept else ""


def _is_furniture(line: str) -> bool:
    """True for a line without letters (counts of views and shares, a clock) or a fixed expression of the page."""
    return not any(char.isalpha() for char in line) or _FURNITURE.fullmatch(_core(line)) is not None


def _is_final(line: str) -> bool:
    """True if the line ends like a sentence, closing marks aside."""
    return line.rstrip(_CLOSERS).endswith((".", "…", "!", "؟", "?"))


def classify_lines(lines: Sequence[str]) -> list[str]:
    """The zone of each (non-empty) line.

    Fixed expressions give furniture and bylines. Body begins at the first line that ends with a full stop or is
    longer than a headline; among the lines before it the last one of headline length is the headline, the others of
    that length are kickers (an equal line is the same headline), and short ones are furniture. After the body a short
    line without final punctuation is furniture.

    >>> classify_lines(["العالم", "عودة المفاوضات بين الطرفين", "قال الوزير إنه عاد.", "10 مشاهدة"])
    ['furniture', 'headline', 'body', 'furniture']
    """
    plain = [_plain(line) for line in lines]
    counts = [len(line.split()) for line in plain]
    zones = [""] * len(lines)
    for index, line in enumerate(plain):
        if counts[index] <= _LONGEST_HEADLINE and _BYLINE.fullmatch(_core(line)):
            zones[index] = "byline"
        elif _is_furniture(line):
            zones[index] = "furniture"
    open_lines = [index for index in range(len(lines)) if not zones[index]]
    body = [index for index in open_lines if _is_paragraph(plain[index], counts[index])]
    # Without any paragraph the second line begins the body, and a single line is body.
    start = (body or open_lines[1:2] or open_lines[:1] or [0])[0]
    head = [index for index in open_lines if index < start]
    candidates = [index for index in head if counts[index] >= _SHORTEST_HEADLINE] or head[:1]
    # The question or exclamation that opens a text, followed by longer lines, is its headline too.
    if not candidates and len(open_lines) > 1 and open_lines[0] == start:
        longer = all(counts[index] > counts[start] for index in open_lines[1:3])
        if not plain[start].rstrip("\"' ").endswith((".", "…")) and counts[start] <= _LONGEST_HEADLINE and longer:
            candidates = [start]
    for index in head:
        zones[index] = "furniture"
    for index in candidates:
        zones[index] = "headline" if plain[index] == plain[candidates[-1]] else "kicker"
    last = body[-1] if body else -1
    for index in open_lines:
        if not zones[index]:
            short = counts[index] < _SHORTEST_HEADLINE and not _is_final(plain[index])
            zones[index] = "furniture" if body and index > last and short else "body"
    return zones


def _is_paragraph(line: str, count: int) -> bool:
    """True for a line of running text: closed by a full stop or too long for a headline."""
    return _is_final(line) or count > _LONGEST_HEADLINE
