"""One document in a terminal: coloured text, then its mentions, attributions with chains, and claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aqwal.model import Annotations, Document, Paragraph
from aqwal.viewer.describe import chain_text, fields_of, runs, shown_of

STYLES = {
    "cue": "bold red",
    "source": "bold blue",
    "medium": "bold magenta",
    "content": "green",
    "mention": "underline",
}


def legend() -> Text:
    """The colours."""
    text = Text("legend: ")
    for role, style in STYLES.items():
        text.append(role, style=style)
        text.append("  ")
    return text


def render(
    document: Document, annotations: Annotations, paragraphs: Iterable[Paragraph], names: Mapping[str, str]
) -> RenderableType:
    """Paragraphs with their annotations. Text is never read as markup."""
    parts: list[RenderableType] = [legend()]
    for paragraph in paragraphs:
        title = f"\n{document.id} {paragraph.id} · {paragraph.zone}"
        parts.append(Text(title + (f" · repeats {paragraph.repeats}" if paragraph.repeats else ""), style="bold"))
        for sentence in paragraph.sentences:
            line = Text(f"{sentence.id} ", style="dim")
            for start, end, classes in runs(annotations, sentence):
                line.append(document.text[start:end], style=" ".join(STYLES[c] for c in classes) or "default")
            parts.append(line)
            shown = shown_of(document, annotations, sentence)
            if shown.mentions:
                table = Table("mention", "type", "entity", "text", box=None, pad_edge=False)
                for m in shown.mentions:
                    flags = " ".join(filter(None, ["metonym" if m.metonym else "", *m.framing]))
                    table.add_row(
                        m.id,
                        f"{m.type} {m.level}",
                        Text(f"{m.entity} {flags}".strip()),
                        Text(m.span.quote(document.text)),
                    )
                parts.append(table)
            for a in shown.attributions:
                block = Text(f"{a.id} {chain_text(annotations, a, names)}  ({fields_of(a)})\n", style="bold")
                for role in ("cue", "source", "medium", "content"):
                    span = a.role(role)
                    if span is not None:
                        block.append(f"     {role:8}", style="dim")
                        block.append(span.quote(document.text) + "\n", style=STYLES[role])
                parts.append(block)
            for c in shown.claims:
                who = chain_text(annotations, annotations.attribution_of(c), names)
                block = Text(f"{c.id} [{who}] {c.polarity}, {c.certainty}, {c.time}, verifiable {c.verifiable}")
                block.append(f"  {c.cluster}\n", style="cyan")
                block.append(f"     {c.span.quote(document.text)}\n")
                block.append(f"     = {c.statement}\n     = {c.gloss}\n", style="dim")
                parts.append(block)
    return Group(*parts)
