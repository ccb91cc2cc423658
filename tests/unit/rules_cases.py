"""Invented Arabic documents for the tests of `rules` and the floors: `+` marks the cuts between clitic pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aqwal.model import Annotations, Attribution, Document, Paragraph, Piece, Sentence, Span, Word

_WORD = re.compile(r"[\w\u064B-\u0652\u0640]+(?:[.,:/][0-9٠-٩]+)*|[^\w\s]")
_CLOSERS = '"”»“'


def build(lines: Sequence[str], zones: Sequence[str] = (), id: str = "t") -> Document:
    """One paragraph a line; a sentence ends at . ؟ ! (a full stop before a closing mark takes the mark along)."""
    text = ""
    paragraphs: list[Paragraph] = []
    number = 0
    for index, line in enumerate(lines):
        offset, cuts = len(text), set()
        plain = ""
        for char in line:
            if char == "+":
                cuts.add(offset + len(plain))
            else:
                plain += char
        text += plain + "\n"
        sentences: list[Sentence] = []
        words: list[Word] = []
        matches = list(_WORD.finditer(plain))
        for at, match in enumerate(matches):
            start, end = offset + match.start(), offset + match.end()
            bounds = [start, *sorted(cut for cut in cuts if start < cut < end), end]
            words.append(Word(start, end, match.group(), tuple(map(Piece, bounds, bounds[1:]))))
            follows = matches[at + 1].group() if at + 1 < len(matches) else ""
            ends = match.group() in ".؟!" and follows not in tuple(_CLOSERS)
            ends = ends or (match.group() in _CLOSERS and len(words) > 1 and words[-2].form == ".")
            if ends or at + 1 == len(matches):
                number += 1
                sentences.append(Sentence(f"s{number}", words[0].start, words[-1].end, tuple(words)))
                words = []
        if sentences:
            zone = zones[index] if index < len(zones) else "body"
            paragraphs.append(Paragraph(f"p{index + 1}", zone, tuple(sentences)))
    return Document(id, text, tuple(paragraphs))


def quote(document: Document, span: Span | None) -> str:
    """The text of a span, `-` for none."""
    return span.quote(document.text) if span is not None else "-"


def by_cue(document: Document, annotations: Annotations) -> dict[str, Attribution]:
    """Attributions by the text of their cue."""
    return {quote(document, a.cue): a for a in annotations.attributions}


def mentions(document: Document, annotations: Annotations, *levels: str) -> set[tuple[str, str]]:
    """(type, text) of the mentions of the given levels (names and values if none is given)."""
    wanted = levels or ("NAM", "VAL")
    return {(m.type, quote(document, m.span)) for m in annotations.mentions if m.level in wanted}


def claims(document: Document, annotations: Annotations) -> list[str]:
    """Texts of the claims, in order."""
    return [quote(document, c.span) for c in annotations.claims]


def outside_pieces(document: Document, annotations: Annotations) -> list[Span]:
    """Spans with a boundary that is no clitic-piece boundary, or that reach outside the text."""
    spans = [m.span for m in annotations.mentions] + [c.span for c in annotations.claims]
    for attribution in annotations.attributions:
        spans += [s for s in map(attribution.role, ("cue", "source", "content", "medium")) if s is not None]
    return [
        span
        for span in spans
        for start, end in span.fragments
        if start not in document.piece_starts or end not in document.piece_ends
    ]


#: A small invented article with most constructions.
ARTICLE = (
    "كشفت مجلة “نيوزويك” أن وزير الدفاع التشادي إدريس مراد زار كمبالا سرا في منتصف عام 2019.",
    "و+أوضحت المجلة، في تقرير نشرت+ه أمس الأحد، أن الطائرة هبطت في مطار عنتيبي، و+أن+ها بقيت في+ه ست ساعات.",
    "و+نقلت عن مصدر دبلوماسي قول+ه إن اللقاء “كان مثمرا ل+لجانبين”، مضيفا أن الطرفين اتفقا على عقد اجتماع ثان.",
    "و+أضاف المصدر أن أوغندا طلبت 200 مليون دولار.",
    "و+نفى المتحدث ب+اسم الحكومة الأوغندية هذه الأنباء.",
    "و+ب+حسب مراقبين، ف+إن العلاقات س+تتحسن، على حد قول+هم.",
)
