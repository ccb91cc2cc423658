"""One document as one self-contained HTML file, right to left, everything escaped, no script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from aqwal.model import Annotations, Document, Paragraph
from aqwal.viewer.describe import chain_text, fields_of, runs, shown_of

# Colours and underlines only: padding or borders on inline boxes would break the joining of Arabic letters.
_STYLE = """
body { font: 18px/2.1 "Noto Naskh Arabic", "Amiri", serif; max-width: 60em; margin: 2em auto; color: #111; }
.text { text-align: right; } .ltr { direction: ltr; text-align: left; font: 13px/1.5 sans-serif; }
.cue { color: #b00020; font-weight: bold; } .source { background: #cfe2ff; } .medium { background: #f0d0ff; }
.content { background: #e3f4e0; } .source.content { background: #bfe6e0; }
.mention { text-decoration: underline #777 2px; text-underline-offset: 6px; }
td { vertical-align: top; padding: 1px 8px; } .ar { direction: rtl; text-align: right; font-size: 15px; }
summary { font: 13px sans-serif; direction: ltr; text-align: left; cursor: pointer; }
h2 { font: bold 14px sans-serif; direction: ltr; text-align: left; color: #555; }
"""


def _row(*cells: tuple[str, str]) -> str:
    return "<tr>" + "".join(f'<td class="{kind}">{escape(text)}</td>' for kind, text in cells) + "</tr>"


def render(
    document: Document, annotations: Annotations, paragraphs: Iterable[Paragraph], names: Mapping[str, str]
) -> str:
    """The page. Every string of the corpus is escaped."""
    body: list[str] = []
    for paragraph in paragraphs:
        repeats = f" · repeats {paragraph.repeats}" if paragraph.repeats else ""
        body.append(f"<h2>{escape(f'{document.id} {paragraph.id} · {paragraph.zone}{repeats}')}</h2>")
        for sentence in paragraph.sentences:
            spans = "".join(
                f'<span class="{" ".join(classes)}">{escape(document.text[start:end])}</span>'
                for start, end, classes in runs(annotations, sentence)
            )
            body.append(f'<p class="text">{spans}</p>')
            shown = shown_of(document, annotations, sentence)
            rows = [
                _row(
                    ("ltr", a.id),
                    ("ltr", chain_text(annotations, a, names)),
                    ("ltr", fields_of(a)),
                    (
                        "ar",
                        " · ".join(
                            f"{role}: {span.quote(document.text)}"
                            for role in ("source", "cue", "medium", "content")
                            if (span := a.role(role)) is not None
                        ),
                    ),
                )
                for a in shown.attributions
            ]
            rows += [
                _row(
                    ("ltr", c.id),
                    ("ltr", chain_text(annotations, annotations.attribution_of(c), names)),
                    (
                        "ltr",
                        f"{c.polarity}, {c.certainty}, {c.time}, verifiable {c.verifiable} · {c.cluster} · {c.gloss}",
                    ),
                    ("ar", f"{c.span.quote(document.text)} = {c.statement}"),
                )
                for c in shown.claims
            ]
            rows += [
                _row(
                    ("ltr", m.id),
                    ("ltr", f"{m.type} {m.level}"),
                    ("ltr", " ".join(filter(None, [m.entity, "metonym" if m.metonym else "", *m.framing]))),
                    ("ar", m.span.quote(document.text)),
                )
                for m in shown.mentions
            ]
            if rows:
                body.append(f"<details open><summary>{sentence.id}</summary><table>{''.join(rows)}</table></details>")
    return (
        '<!doctype html>\n<html lang="ar" dir="rtl"><head><meta charset="utf-8">'
        f"<title>{escape(document.id)}</title><style>{_STYLE}</style></head><body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )
