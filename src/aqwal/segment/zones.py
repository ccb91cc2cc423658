"""Zones of the lines of a news text: headline, kicker, byline, body, furniture."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aqwal.text import normalised_view

_FURNITURE = re.compile(
    r"""^\W*(?:
        [\d\W]+                                                        # a bare number: views, shares, a clock
      | \d+\W*(?:مشاهد|قراء|تعليق|زيار|دقيق|مشارك)\w*                    # 336 views
      | (?:عدد\ )?(?:المشاهدات|القراءات|الزيارات|مشاهدات|قراءات|زيارات)\W*\d*
      | (?:اقرا|اقراي|اقراو|شاهد|طالع|انظر)\ ايضا.*
      | (?:المصدر|المصادر|مصدر)\s*[:/-].*
      | (?:مقالات|مواضيع|اخبار|مواد|روابط)\ (?:ذات\ (?:صله|صلة)|متعلق[هة]|مشابه[هة]|اخري|اخرى)\W*
      | (?:ارشيف|ارشيفي[هة]|صور[هة]\ ارشيفي[هة]|صور[هة]|تصوير)(?:\W.*)?
      | (?:شارك|مشارك[هة]|طباع[هة]|ارسال|حفظ|تابعنا|تابعونا|للمزيد|كلمات\ (?:دليلي[هة]|مفتاحي[هة])|الوسوم|وسوم)(?:\W.*)?
      | (?:الرئيسي[هة]|سياس[هة]|العالم|اخبار|عربي\ ودولي|دولي|اقتصاد|رياض[هة]|راي|تقارير|منوعات|ثقاف[هة]|محليات)
    )\W*$""",
    re.VERBOSE,
)
_BYLINE = re.compile(r"^\W*(?:بقلم|كتب|كتبت|كتبه|اعداد|ترجم[هة]|تحرير|تقرير|المحرر)\s*[:/-].*|^\W*بقلم\s.*")
_FINAL = re.compile(r"[.…!؟?][\"“”«»'’)\]\s]*$")
#: A line with more words is a paragraph even without final punctuation.
_LONGEST_HEADLINE = 20
#: A line of fewer words among the leading lines is no headline.
_SHORTEST_HEADLINE = 4


def _plain(line: str) -> str:
    """The search view of a line, its spaces collapsed."""
    return " ".join(normalised_view(line).text.split())


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
        if _BYLINE.match(line) and counts[index] <= _LONGEST_HEADLINE:
            zones[index] = "byline"
        elif _FURNITURE.match(line):
            zones[index] = "furniture"
    open_lines = [index for index in range(len(lines)) if not zones[index]]
    body = [index for index in open_lines if _is_paragraph(plain[index], counts[index])]
    if len(open_lines) > 1:
        start = body[0] if body else open_lines[1]
    else:
        start = body[0] if body else len(lines)
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
            short = counts[index] < _SHORTEST_HEADLINE and not _FINAL.search(plain[index])
            zones[index] = "furniture" if body and index > last and short else "body"
    return zones


def _is_paragraph(line: str, count: int) -> bool:
    """True for a line of running text: closed by a full stop or too long for a headline."""
    return bool(_FINAL.search(line)) or count > _LONGEST_HEADLINE
