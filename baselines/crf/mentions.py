"""Names and values: one CRF per nesting layer, outermost first; each inner layer sees the outer one's tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aqwal.model import VALUE_TYPES, Mention, Span

from .features import Rows, with_tags
from .learn import Choice, Features
from .pieces import Prepared, Unit, bio, fragments, layers, span_of
from .settings import Settings
from .tagger import Sequences, Tagger, Weights, choose

#: Layers with fewer training spans than this are not learned.
MIN_SPANS = 5


@dataclass(frozen=True)
class Found:
    """Predicted mentions of a document before entities are grouped."""

    span: Span
    type: str
    layer: int


def unit_tags(unit: Unit, spans: Sequence[tuple[Span, str]]) -> list[str]:
    """BIO tags of ``unit`` for spans that overlap it."""
    return bio(len(unit.tokens), [(indices, label) for span, label in spans if (indices := unit.indices(span))])


def gold_layers(prepared: Prepared, mentions: Sequence[Mention], count: int) -> list[list[list[str]]]:
    """Tags by layer and unit of the gold names and values (sources by noun or pronoun are found with attributions)."""
    kept = [m for m in mentions if m.level in ("NAM", "VAL")]
    depth = layers([m.span for m in kept])
    made = []
    for layer in range(count):
        per_unit: dict[int, list[tuple[Span, str]]] = {}
        for mention, at in zip(kept, depth, strict=True):
            if at == layer:
                for unit in prepared.units_of(mention.span):
                    per_unit.setdefault(unit.index, []).append((mention.span, mention.type))
        made.append([unit_tags(unit, per_unit.get(unit.index, [])) for unit in prepared.units])
    return made


def _spans(tags: list[str]) -> set[object]:
    return set(fragments(tags))


class MentionTagger:
    """Trained layers of mention CRFs, and a classifier for metonymy."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.taggers: list[Tagger] = []
        self.weights: Weights = settings.grid[0]
        self._metonym = Choice("no", settings.regression_c)
        self._scare = Choice("no", settings.regression_c)

    def fit(
        self,
        data: Sequence[tuple[Prepared, Sequence[Mention], Sequence[int]]],
        rows: Mapping[str, list[Rows]],
    ) -> list[list[list[str]]]:
        """Train on (document, gold mentions, inner group per unit); return held-out tags per document, unit, joined.

        The held-out tags are what later stages train on, so that they meet the errors they will meet in use.
        """
        per_layer = [gold_layers(p, m, self.settings.mention_layers) for p, m, _ in data]
        groups = [g for _, _, unit_groups in data for g in unit_groups]
        held: list[list[list[str]]] = []  # layer, flat unit, tags
        context: list[Rows] = [row for p, _, _ in data for row in rows[p.document.id]]
        for layer in range(self.settings.mention_layers):
            tags = [t for document in per_layer for t in document[layer]]
            if layer and sum(tag[0] == "B" for row in tags for tag in row) < MIN_SPANS:
                break
            sequences = Sequences.of(context, tags, groups)
            grid = self.settings.grid if layer == 0 else [self.weights]
            chosen = choose(sequences, grid, self.settings.max_iterations, _spans)
            if layer == 0:
                self.weights = chosen.weights
            self.taggers.append(Tagger(chosen.weights, self.settings.max_iterations).fit(sequences))
            held.append(chosen.tags)
            # An inner layer is trained under the true outer one: its own errors are few beside the outer layer's.
            context = [with_tags(row, t, f"l{layer}") for row, t in zip(context, tags, strict=True)]
        examples: list[Features] = []
        metonyms: list[str] = []
        scares: list[str] = []
        for p, m, _ in data:
            for mention in m:
                if mention.level == "NAM":
                    examples.append(self.describe(p, mention.span, mention.type))
                    metonyms.append("yes" if mention.metonym else "no")
                    scares.append("yes" if "scare_quotes" in mention.framing else "no")
        self._metonym.fit(examples, metonyms)
        self._scare.fit(examples, scares)
        return held

    def predict(self, prepared: Prepared, rows: list[Rows]) -> list[Found]:
        """The mentions of a document, outermost layer first."""
        found: list[Found] = []
        taken: set[tuple[Span, str]] = set()
        for unit, row in zip(prepared.units, rows, strict=True):
            context = row
            for layer, tagger in enumerate(self.taggers):
                tags = tagger.tag(context)
                for first, last, label in fragments(tags):
                    span = span_of(unit, range(first, last))
                    if span is not None and (span, label) not in taken:
                        taken.add((span, label))
                        found.append(Found(span, label, layer))
                if all(tag == "O" for tag in tags):
                    break
                context = with_tags(context, tags, f"l{layer}")
        return found

    def describe(self, prepared: Prepared, span: Span, kind: str) -> Features:
        """What metonymy and scare quotes are read off."""
        unit = prepared.unit_at(span.start)
        made: dict[str, float | str | bool] = {"type": kind, "zone": unit.zone if unit else ""}
        if unit is None:
            return made
        inside = unit.indices(span)
        first, last = inside[0], inside[-1]
        made["text"] = " ".join(unit.tokens[i].norm for i in inside)
        made["before"] = unit.tokens[first - 1].norm if first else "<s>"
        made["after"] = unit.tokens[last + 1].norm if last + 1 < len(unit.tokens) else "</s>"
        region = unit.tokens[first].region
        made["region"] = region >= 0
        made["alone"] = region >= 0 and prepared.regions[region] == (span.start, span.end)
        made["type+alone"] = f"{kind}{made['alone']}"
        return made

    def flags(self, prepared: Prepared, names: Sequence[tuple[Span, str]]) -> list[tuple[bool, tuple[str, ...]]]:
        """``metonym`` and ``framing`` of names given as (span, type); values have neither."""
        examples = [self.describe(prepared, span, kind) for span, kind in names]
        metonyms, scares = self._metonym.predict(examples), self._scare.predict(examples)
        return [
            (
                m == "yes" and kind not in VALUE_TYPES,
                ("scare_quotes",) if s == "yes" and kind not in VALUE_TYPES else (),
            )
            for m, s, (_, kind) in zip(metonyms, scares, names, strict=True)
        ]
