"""The `crf` system: stages trained in order, each on what the stages before it say of held-out training text."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from aqwal.model import Annotations, Attribution, Claim, Document, Mention, Span

from .attributions import AttributionFinder, Draft
from .claims import ClaimFinder
from .clusters import ClusterFinder
from .entities import EntityGrouper
from .features import static_rows
from .fields import FieldTagger, attribution_fields
from .folds import groups_of, paragraph_groups
from .mentions import Found, MentionTagger, unit_tags
from .morphology import Morphology
from .parents import Link, ParentFinder
from .pieces import Prepared, prepare
from .settings import Settings
from .speakers import Memory, Request, Seen, SpeakerFinder


class NothingToLearn(ValueError):
    """`fit` was given no labelled text, or `predict` was called before `fit`."""


class System:
    """CRFs for spans, regressions for links and fields. Deterministic: nothing in it draws random numbers."""

    def __init__(self, config: Mapping[str, object], seed: int = 0) -> None:
        self.settings = Settings.of(config)
        self.seed = seed
        self.morphology = Morphology(self.settings.morphology)
        self._fitted = False
        c = self.settings.regression_c
        self._mentions = MentionTagger(self.settings)
        self._attributions = AttributionFinder(self.settings)
        self._claims = ClaimFinder(self.settings)
        self._entities = EntityGrouper(c)
        self._speakers = SpeakerFinder(c)
        self._parents = ParentFinder(c)
        self._fields = FieldTagger(c)
        self._clusters = ClusterFinder()

    # ------------------------------------------------------------ training

    def fit(self, documents: Sequence[tuple[Document, Annotations]]) -> None:
        """Learn from labelled documents.

        Raises:
            NothingToLearn: if there is no scored sentence, or no label at all.
        """
        data = [(prepare(document), annotations) for document, annotations in documents]
        data = [(p, a) for p, a in data if p.units]
        if not data:
            raise NothingToLearn("crf: no training text; give at least one document with a scored sentence")
        if not any(a.mentions or a.attributions or a.claims for _, a in data):
            raise NothingToLearn("crf: the training documents have no labels; annotate at least one of them")
        by_document, by_unit = self._groups([p for p, _ in data])
        rows = {p.document.id: [static_rows(p, unit, self.morphology) for unit in p.units] for p, _ in data}
        ordered = [rows[p.document.id] for p, _ in data]
        labelled = [(p, a, g) for (p, a), g in zip(data, by_unit, strict=True)]

        held = self._mentions.fit([(p, a.mentions, g) for p, a, g in labelled], rows)
        names = _by_document(held[0], [len(p.units) for p, _ in data])
        self._attributions.fit(labelled, ordered, names)
        gold = [(p, a, g) for (p, a), g in zip(data, by_document, strict=True)]
        self._entities.fit([(p, a.mentions, g) for p, a, g in gold])
        self._speakers.fit(gold)
        self._parents.fit(gold)
        types = {p.document.id: [(m.span, m.type) for m in a.mentions if m.level == "NAM"] for p, a in data}
        self._fields.fit(data, types)
        self._claims.fit(labelled, ordered, names, self._attributions.held_out(labelled, ordered, names))
        claims = [(p, claim, g) for p, a, g in gold for claim in a.claims]
        self._clusters.fit(
            [claim.span.quote(p.document.text) for p, claim, _ in claims],
            [claim.cluster for _, claim, _ in claims],
            [g for _, _, g in claims],
        )
        self._fitted = True
        if self.settings.verbose:
            self.morphology.announce()
            print(f"crf: {self.chosen()}", file=sys.stderr)

    def _groups(self, prepared: Sequence[Prepared]) -> tuple[list[int], list[list[int]]]:
        """Inner groups by document and by unit; a lone document is divided by paragraphs."""
        most = self.settings.max_inner_folds
        by_document = groups_of([p.document for p in prepared], most)
        if len(set(by_document)) > 1:
            return by_document, [[g] * len(p.units) for p, g in zip(prepared, by_document, strict=True)]
        made = []
        for p in prepared:
            order = sorted({unit.paragraph for unit in p.units})
            place = dict(zip(order, paragraph_groups(len(order), most), strict=True))
            made.append([place[unit.paragraph] for unit in p.units])
        return by_document, made

    def chosen(self) -> str:
        """What was chosen inside the training documents, in one line."""
        a, c = self._attributions, self._claims
        return (
            f"CRF weights c1,c2: mentions {self._mentions.weights}, cues {a.weights[0]}, roles {a.weights[1]}, "
            f"claims {c._begin.weights}; cut-offs: cues {a.cut}, claims {c.cut}, clusters {self._clusters.cut}"
        )

    # ------------------------------------------------------------ prediction

    def predict(self, document: Document) -> Annotations:
        """Annotate one document.

        Raises:
            NothingToLearn: before `fit`.
        """
        if not self._fitted:
            raise NothingToLearn("crf: predict before fit; train the system on labelled documents first")
        prepared = prepare(document)
        if not prepared.units:
            return Annotations(document.id)
        rows = [static_rows(prepared, unit, self.morphology) for unit in prepared.units]
        found = self._mentions.predict(prepared, rows)
        names = _outer_tags(prepared, found)
        drafts = self._attributions.predict(prepared, rows, names)
        mentions = self._name(prepared, found)
        attributions, extra = self._attribute(prepared, drafts, mentions)
        claims = self._claims.predict(prepared, rows, names, attributions)
        clusters = self._clusters.predict(document.id, [claim.statement for claim in claims])
        return Annotations(
            document.id,
            _numbered([*mentions, *extra]),
            tuple(attributions),
            tuple(_with_cluster(claim, cluster) for claim, cluster in zip(claims, clusters, strict=True)),
        )

    def _name(self, prepared: Prepared, found: Sequence[Found]) -> list[Mention]:
        """Mentions with entities, metonymy and framing."""
        from aqwal.model import VALUE_TYPES

        named = [(f.span, f.type) for f in found if f.type not in VALUE_TYPES]
        numbers = iter(self._entities.group(prepared, named))
        flags = iter(self._mentions.flags(prepared, named))
        made = []
        for f in found:
            if f.type in VALUE_TYPES:
                made.append(Mention("", f.span, f.type, "VAL"))
            else:
                metonym, framing = next(flags)
                entity = f"{prepared.document.id}/e{next(numbers)}"
                made.append(Mention("", f.span, f.type, "NAM", entity, metonym, framing))
        return made

    def _attribute(
        self, prepared: Prepared, drafts: Sequence[Draft], mentions: Sequence[Mention]
    ) -> tuple[list[Attribution], list[Mention]]:
        """Attributions with speakers, parents and fields, and the mentions by noun or pronoun that they need."""
        named = [m for m in mentions if m.level == "NAM"]
        memory = Memory(prepared, named)
        requests = [Request(d.unit, d.run, d.source, d.null) for d in drafts]
        pairs = [(m.span, m.type) for m in named]
        fields = self._fields.predict(
            prepared, [(r, d.cue, d.content) for r, d in zip(requests, drafts, strict=True)], pairs
        )
        parents = self._parents.predict([Link(r, d.cue, d.content) for r, d in zip(requests, drafts, strict=True)])
        made: list[Attribution] = []
        extra: list[Mention] = []
        for number, (draft, request, values) in enumerate(zip(drafts, requests, fields, strict=True)):
            memory.advance(request)
            entities, source_type, new = self._speak(prepared, request, values["source_type"], memory, len(extra))
            extra += new
            medium = self._medium(prepared, draft.medium, memory)
            parent = parents[number]
            given = attribution_fields({**values, "source_type": source_type})
            attribution = Attribution(
                f"a{number + 1}", draft.cue, draft.content, draft.source, draft.medium,
                implicit=draft.null == "implicit", source_entity=tuple(entities), medium_entity=medium,
                parent=f"a{parent + 1}" if parent >= 0 else "",
                inherited=parent >= 0 and _inherited(drafts[parent], draft), **given,  # type: ignore[arg-type]
            )  # fmt: skip
            made.append(attribution)
            memory.speak(request, entities, source_type)
        return made, extra

    def _speak(
        self, prepared: Prepared, request: Request, source_type: str, memory: Memory, number: int
    ) -> tuple[list[str], str, list[Mention]]:
        """Entities, source type, and a mention by noun or pronoun if the source has no name."""
        if request.null == "none":
            return [], "none", []
        if source_type == "none":
            source_type = "anonymous"
        if request.source is None:
            seen, _ = self._speakers.antecedent(request, memory)
            if seen is None:
                return [], "anonymous", []
            return [seen.entity], seen.source_type or _type_of(seen), []
        entities = self._speakers.named(request, memory.inside(request.source))
        if entities:
            return entities, source_type, []
        seen, chance = self._speakers.antecedent(request, memory)
        first = request.unit.indices(request.source)
        pronoun = bool(first) and not request.unit.tokens[first[0]].first and len(first) == 1
        level = "PRO" if pronoun else "NOM"
        entity = (
            seen.entity
            if seen is not None and (chance >= 0.5 or pronoun)
            else f"{prepared.document.id}/source-{number + 1}"
        )
        if seen is not None and entity == seen.entity and seen.source_type:
            source_type = seen.source_type
        kind = "ORG" if source_type in ("media", "organisation") else "PERS"
        return [entity], source_type, [Mention("", request.source, kind, level, entity)]

    @staticmethod
    def _medium(prepared: Prepared, medium: Span | None, memory: Memory) -> tuple[str, ...]:
        inside = memory.inside(medium)
        return (inside[0].entity,) if inside else ()


def _type_of(seen: Seen) -> str:
    return {"PERS": "person", "OCC": "person", "ORG": "organisation", "GPE": "organisation"}.get(seen.type, "anonymous")


def _inherited(parent: Draft, child: Draft) -> bool:
    """A parent in another sentence whose content does not reach the child."""
    held = parent.content is not None and parent.content.overlaps(child.cue)
    return parent.unit.sentence != child.unit.sentence and not held


def _outer_tags(prepared: Prepared, found: Sequence[Found]) -> list[list[str]]:
    per_unit: dict[int, list[tuple[Span, str]]] = {}
    for f in found:
        if f.layer == 0:
            for unit in prepared.units_of(f.span):
                per_unit.setdefault(unit.index, []).append((f.span, f.type))
    return [unit_tags(unit, per_unit.get(unit.index, [])) for unit in prepared.units]


def _by_document(tags: Sequence[list[str]], sizes: Sequence[int]) -> list[list[list[str]]]:
    made, at = [], 0
    for size in sizes:
        made.append(list(tags[at : at + size]))
        at += size
    return made


def _numbered(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    ordered = sorted(mentions, key=lambda m: (m.span.start, -m.span.end, m.type, m.level))
    return tuple(replace(m, id=f"m{i + 1}") for i, m in enumerate(ordered))


def _with_cluster(claim: Claim, cluster: str) -> Claim:
    return replace(claim, cluster=cluster)


__all__ = ["NothingToLearn", "System"]
