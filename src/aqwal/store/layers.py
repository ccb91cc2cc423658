"""Between rows of the annotation files and the model: reading with every problem located, and the canonical writing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aqwal import model
from aqwal.model import LAYERS, Annotations, Attribution, Claim, Document, Mention, Span
from aqwal.store import tsv
from aqwal.store.files import read_text, replace_text
from aqwal.store.problems import Problem, StoreError
from aqwal.store.tsv import Fragment, ParsedFile, Row

#: Lower-case English words with hyphens, before them a document for entities that exist only there (`002/sources-1`).
REGISTER_ID = re.compile(r"(?:[0-9A-Za-z_.-]+/)?[a-z0-9]+(?:-[a-z0-9]+)*$")

#: Allowed keys by row label, in the order they are written, with their closed vocabulary (None: a reference or list).
FIELDS: dict[str, dict[str, tuple[str, ...] | None]] = {
    "mention": {"level": model.LEVELS, "entity": None, "metonym": ("yes",), "framing": None},
    "cue": {
        "kind": model.KINDS,
        "stance": model.STANCES,
        "quote": model.QUOTES,
        "polarity": model.ATTRIBUTION_POLARITIES,
        "parent": None,
        "inherited": ("yes",),
        "anaphoric": ("yes",),
        "scope": ("uncertain",),
    },
    "source": {"entity": None, "type": model.SOURCE_TYPES, "implicit": ("yes",)},
    "medium": {"entity": None},
    "content": {},
    "claim": {
        "polarity": model.CLAIM_POLARITIES,
        "certainty": model.CERTAINTIES,
        "time": model.TIMES,
        "verifiable": model.VERIFIABLE,
        "cluster": None,
    },
    "statement": {},
    "gloss": {},
}
REQUIRED = {
    "mention": ("level",),
    "cue": ("kind", "stance", "quote", "polarity"),
    "source": ("type",),
    "medium": ("entity",),
    "claim": ("polarity", "certainty", "time", "verifiable"),
}


@dataclass
class LoadedLayer:
    """The annotations of one document as far as they can be read, and where each object stands.

    ``places`` maps ``(object id, role)`` to ``(path, line)``; role is the row's label (the type for a mention).
    """

    document: Document
    annotations: Annotations
    files: dict[str, ParsedFile] = field(default_factory=dict)
    places: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, object_id: str, role: str = "") -> tuple[str, int]:
        """Path and line of a row of the object (of any of its rows if it has none of ``role``)."""
        if (object_id, role) in self.places:
            return self.places[object_id, role]
        for (found, _), place in self.places.items():
            if found == object_id:
                return place
        return "", 0


def to_span(document: Document, fragments: Iterable[Fragment]) -> Span:
    """A document-level span from resolved sentence-local fragments."""
    starts = document.by_id
    return Span.from_fragments(
        [starts[f.sentence].start + f.start, starts[f.sentence].start + f.end] for f in fragments
    )


def to_fragments(document: Document, span: Span) -> list[Fragment]:
    """Sentence-local fragments of a span, split where it runs over a sentence's end (the gap is left out)."""
    out: list[Fragment] = []
    for start, end in span.fragments:
        for sentence in document.sentences:
            low, high = max(start, sentence.start), min(end, sentence.end)
            if low < high:
                out.append(Fragment(sentence.id, low - sentence.start, high - sentence.start))
    return out


def span_column(fragments: Iterable[Fragment], block: str) -> str:
    """The span column of resolved fragments in the block of sentence ``block``."""
    shown = [(f"{f.sentence}:" if f.sentence != block else "") + f"{f.start}-{f.end}" for f in fragments]
    return ",".join(shown) or "-"


class _Reader:
    """Turns the rows of one parsed file into objects, collecting problems."""

    def __init__(self, document: Document, parsed: ParsedFile, loaded: LoadedLayer) -> None:
        self.document, self.parsed, self.loaded = document, parsed, loaded

    def wrong(self, row: Row, kind: str, where: str, message: str, fix: str = "") -> None:
        self.loaded.problems.append(Problem(self.parsed.path, row.line, kind, where, message, fix, row.id))

    def check_fields(self, row: Row, kind: str) -> dict[str, str]:
        """The row's fields that are known; the others are problems."""
        allowed = FIELDS[kind]
        good: dict[str, str] = {}
        for key, value in row.fields.items():
            if key not in allowed:
                keys = ", ".join(allowed) or "no field"
                self.wrong(row, "unknown-field", key, f"a {kind} row has no field {key}", f"allowed: {keys}")
                continue
            vocabulary = allowed[key]
            if vocabulary is not None and value not in vocabulary:
                self.wrong(
                    row, "unknown-label", key, f'"{value}" is not a {key}', f"use one of: {', '.join(vocabulary)}"
                )
                continue
            good[key] = value
        for key in REQUIRED.get(kind, ()):
            if key not in row.fields:
                vocabulary = allowed[key]
                self.wrong(
                    row,
                    "missing-field",
                    key,
                    f"the {kind} row has no {key}",
                    f"add {key}=" + ("|".join(vocabulary) if vocabulary else "ID"),
                )
        return good

    def ids(self, row: Row, key: str) -> tuple[str, ...]:
        """A comma-separated list of register ids."""
        values = tuple(value for value in row.fields.get(key, "").split(",") if value)
        for value in values:
            if not REGISTER_ID.match(value):
                self.wrong(
                    row, "unknown-label", key, f'"{value}" is not an id', "write lower-case English words with hyphens"
                )
        return values

    def span(self, row: Row) -> Span | None:
        """The row's span if it is resolved, inside its sentences, and its quote is the slice."""
        if not row.fragments:
            return None
        for fragment in row.fragments:
            sentence = self.document.by_id[fragment.sentence]
            length = sentence.end - sentence.start
            if fragment.end > length:
                self.wrong(
                    row,
                    "anchor-range",
                    "span",
                    f"{fragment.start}-{fragment.end} ends past the sentence, which has {length} code points",
                    "write ? in the span column and run aqwal fmt",
                )
                return None
        try:
            span = to_span(self.document, row.fragments)
        except model.ModelError as error:
            self.wrong(row, "tsv-span", "span", str(error), "write the fragments in order")
            return None
        quote = span.quote(self.document.text)
        if quote != row.text:
            self.wrong(
                row,
                "anchor-quote",
                "text",
                f'the span holds "{quote}", the row quotes "{row.text}"',
                "correct the quote, or write ? in the span column and run aqwal fmt",
            )
        return span

    def grouped(self) -> dict[str, list[Row]]:
        """Rows by object id, in file order; pending rows are problems."""
        objects: dict[str, list[Row]] = {}
        for row in self.parsed.rows:
            if row.pending:
                self.wrong(
                    row,
                    "tsv-pending",
                    "id" if row.id.startswith("+") else "span",
                    "the row is not anchored yet",
                    "run aqwal fmt",
                )
                continue
            objects.setdefault(row.id, []).append(row)
        return objects

    def by_role(self, object_id: str, rows: list[Row], layer: str) -> dict[str, Row]:
        """One row per role; a second one is a duplicate id, an unknown role an unknown label."""
        roles: dict[str, Row] = {}
        for row in rows:
            if row.label not in tsv.ROW_LABELS[layer]:
                self.wrong(
                    row,
                    "unknown-label",
                    "label",
                    f'"{row.label}" is not a row of {layer}',
                    f"use one of: {', '.join(tsv.ROW_LABELS[layer])}",
                )
            elif row.label in roles:
                self.wrong(
                    row,
                    "id-duplicate",
                    "id",
                    f"{object_id} already has a {row.label} on line {roles[row.label].line}",
                    "give the new object the id + and run aqwal fmt",
                )
            else:
                roles[row.label] = row
                if not row.fragments and row.text and row.label not in ("statement", "gloss"):
                    self.wrong(
                        row,
                        "anchor-quote",
                        "text",
                        f'the row has no span but quotes "{row.text}"',
                        "write ? in the span column and run aqwal fmt",
                    )
                self.loaded.places[object_id, row.label] = (self.parsed.path, row.line)
        head = tsv.HEAD[layer]
        if head not in roles:
            self.wrong(rows[0], "row-missing", "label", f"{object_id} has no {head} row", f"add its {head} row")
        return roles

    def mentions(self) -> list[Mention]:
        out: list[Mention] = []
        for object_id, rows in self.grouped().items():
            for row in rows[1:]:
                self.wrong(
                    row,
                    "id-duplicate",
                    "id",
                    f"{object_id} is also on line {rows[0].line}",
                    "give the new object the id + and run aqwal fmt",
                )
            row = rows[0]
            if row.label not in model.ENTITY_TYPES:
                self.wrong(
                    row,
                    "unknown-label",
                    "label",
                    f'"{row.label}" is not an entity type',
                    f"use one of: {', '.join(model.ENTITY_TYPES)}",
                )
                continue
            good, span = self.check_fields(row, "mention"), self.span(row)
            entity = self.ids(row, "entity")
            framing = tuple(value for value in row.fields.get("framing", "").split(",") if value)
            for value in framing:
                if value not in model.FRAMINGS:
                    self.wrong(
                        row,
                        "unknown-label",
                        "framing",
                        f'"{value}" is not a framing',
                        f"use one of: {', '.join(model.FRAMINGS)}",
                    )
            if span is None:
                if not row.fragments:
                    self.wrong(row, "row-missing", "span", "a mention needs a span", "write ? and run aqwal fmt")
                continue
            self.loaded.places[object_id, row.label] = (self.parsed.path, row.line)
            out.append(
                Mention(
                    object_id,
                    span,
                    row.label,
                    good.get("level", "NAM"),
                    ",".join(entity),
                    "metonym" in good,
                    tuple(sorted(v for v in framing if v in model.FRAMINGS)),
                )
            )
        return out

    def attributions(self) -> list[Attribution]:
        out: list[Attribution] = []
        for object_id, rows in self.grouped().items():
            roles = self.by_role(object_id, rows, "attributions")
            if "cue" not in roles:
                continue
            cue = self.check_fields(roles["cue"], "cue")
            spans = {role: self.span(row) for role, row in roles.items()}
            source = self.check_fields(roles["source"], "source") if "source" in roles else {}
            for role in ("medium", "content"):
                if role in roles:
                    self.check_fields(roles[role], role)
            if "source" not in roles:
                self.wrong(
                    roles["cue"],
                    "row-missing",
                    "source",
                    f"{object_id} has no source row",
                    "add one; its span is - where no words name the source",
                )
            cue_span = spans["cue"]
            if cue_span is None:
                if not roles["cue"].fragments:
                    self.wrong(roles["cue"], "row-missing", "span", "a cue needs a span", "write ? and run aqwal fmt")
                continue
            out.append(
                Attribution(
                    object_id,
                    cue_span,
                    spans.get("content"),
                    spans.get("source"),
                    spans.get("medium"),
                    "implicit" in source,
                    self.ids(roles["source"], "entity") if "source" in roles else (),
                    source.get("type", "none"),
                    self.ids(roles["medium"], "entity") if "medium" in roles else (),
                    cue.get("quote", "indirect"),
                    cue.get("kind", "assertion"),
                    cue.get("stance", "neutral"),
                    cue.get("polarity", "positive"),
                    cue.get("parent", ""),
                    "inherited" in cue,
                    "anaphoric" in cue,
                    cue.get("scope", ""),
                )
            )
        return out

    def claims(self) -> list[Claim]:
        out: list[Claim] = []
        for object_id, rows in self.grouped().items():
            roles = self.by_role(object_id, rows, "claims")
            if "claim" not in roles:
                continue
            head = self.check_fields(roles["claim"], "claim")
            for role in ("statement", "gloss"):
                if role in roles:
                    self.check_fields(roles[role], role)
                    if roles[role].fragments:
                        self.wrong(roles[role], "tsv-span", "span", f"a {role} has no span", "write -")
            span = self.span(roles["claim"])
            if span is None:
                if not roles["claim"].fragments:
                    self.wrong(
                        roles["claim"], "row-missing", "span", "a claim needs a span", "write ? and run aqwal fmt"
                    )
                continue
            cluster = self.ids(roles["claim"], "cluster")
            out.append(
                Claim(
                    object_id,
                    span,
                    roles["statement"].text if "statement" in roles else "",
                    roles["gloss"].text if "gloss" in roles else "",
                    head.get("polarity", "positive"),
                    head.get("certainty", "certain"),
                    head.get("time", "none"),
                    head.get("verifiable", "yes"),
                    ",".join(cluster),
                )
            )
        return out


def read_layer(texts: Mapping[str, tuple[str, str]], document: Document, annotator: str = "") -> LoadedLayer:
    """Read annotation files leniently; ``texts`` maps a layer name to ``(path to show, text)``. Never raises."""
    loaded = LoadedLayer(document, Annotations(document.id))
    objects: dict[str, list[Mention] | list[Attribution] | list[Claim]] = {}
    for layer in LAYERS:
        if layer not in texts:
            continue
        path, text = texts[layer]
        parsed = tsv.parse(path, text, layer, document)
        loaded.files[layer] = parsed
        loaded.problems.extend(parsed.problems)
        objects[layer] = getattr(_Reader(document, parsed, loaded), layer)()
    loaded.annotations = sort_annotations(
        Annotations(
            document.id,
            tuple(objects.get("mentions", ())),  # type: ignore[arg-type]
            tuple(objects.get("attributions", ())),  # type: ignore[arg-type]
            tuple(objects.get("claims", ())),  # type: ignore[arg-type]
            annotator,
        )
    )
    loaded.problems.sort()
    return loaded


def sort_annotations(annotations: Annotations) -> Annotations:
    """The canonical order: by position, longer first, then by label and id."""
    return Annotations(
        annotations.doc_id,
        tuple(sorted(annotations.mentions, key=lambda m: (m.span.start, -m.span.end, m.span, m.type, m.id))),
        tuple(sorted(annotations.attributions, key=lambda a: (a.cue.start, -a.cue.end, a.cue, a.id))),
        tuple(sorted(annotations.claims, key=lambda c: (c.span.start, -c.span.end, c.span, c.id))),
        annotations.annotator,
    )


def layer_texts(folder: Path, document: Document, root: Path | None = None) -> dict[str, tuple[str, str]]:
    """The files of one document's layer that exist, for :func:`read_layer`."""
    texts: dict[str, tuple[str, str]] = {}
    for layer in LAYERS:
        path = folder / f"{layer}.tsv"
        if path.exists():
            shown = path.relative_to(root).as_posix() if root and path.is_relative_to(root) else path.as_posix()
            texts[layer] = (shown, read_text(path, shown))
    return texts


def read_annotations(folder: Path, document: Document, root: Path | None = None) -> Annotations:
    """The annotations in ``folder`` (``mentions.tsv``, ``attributions.tsv``, ``claims.tsv``; absent ones are empty).

    Raises:
        StoreError: listing every problem, if the files are not wholly readable.

    """
    loaded = read_layer(layer_texts(folder, document, root), document, folder.parent.name)
    if loaded.problems:
        raise StoreError(loaded.problems)
    return loaded.annotations


def format_annotations(document: Document, annotations: Annotations, guidelines: str = "1.0") -> dict[str, str]:
    """The canonical text of each of the three files."""
    annotations = sort_annotations(annotations)
    text = document.text
    rows: dict[str, list[tuple[str, list[str]]]] = {layer: [] for layer in LAYERS}

    def anchor(span: Span) -> tuple[list[Fragment], str]:
        fragments = to_fragments(document, span)
        if not fragments:
            raise StoreError(
                [
                    Problem(
                        document.id, 0, "anchor-range", "span", f"{span} lies in no sentence", "move it into a sentence"
                    )
                ]
            )
        return fragments, fragments[0].sentence

    def row(
        layer: str, block: str, object_id: str, label: str, span: Span | None, fields: str, quote: str = ""
    ) -> None:
        fragments = to_fragments(document, span) if span else []
        if span:
            # The quote of what is written: a span over a sentence's end is written as two fragments.
            quote = to_span(document, fragments).quote(text)
        rows[layer].append((block, [object_id, label, span_column(fragments, block), fields, quote]))

    for mention in annotations.mentions:
        _, block = anchor(mention.span)
        fields = tsv.format_fields(
            [
                ("level", mention.level),
                ("entity", mention.entity),
                ("metonym", "yes" if mention.metonym else ""),
                ("framing", ",".join(sorted(mention.framing))),
            ]
        )
        row("mentions", block, mention.id, mention.type, mention.span, fields)
    for a in annotations.attributions:
        _, block = anchor(a.cue)
        fields = tsv.format_fields(
            [
                ("kind", a.kind),
                ("stance", a.stance),
                ("quote", a.quote),
                ("polarity", a.polarity),
                ("parent", a.parent),
                ("inherited", "yes" if a.inherited else ""),
                ("anaphoric", "yes" if a.anaphoric else ""),
                ("scope", a.scope),
            ]
        )
        row("attributions", block, a.id, "cue", a.cue, fields)
        source = [
            ("entity", ",".join(a.source_entity)),
            ("type", a.source_type),
            ("implicit", "yes" if a.implicit else ""),
        ]
        row("attributions", block, a.id, "source", a.source, tsv.format_fields(source))
        if a.medium or a.medium_entity:
            medium = tsv.format_fields([("entity", ",".join(a.medium_entity))])
            row("attributions", block, a.id, "medium", a.medium, medium)
        if a.content:
            row("attributions", block, a.id, "content", a.content, "")
    for c in annotations.claims:
        _, block = anchor(c.span)
        fields = tsv.format_fields(
            [
                ("polarity", c.polarity),
                ("certainty", c.certainty),
                ("time", c.time),
                ("verifiable", c.verifiable),
                ("cluster", c.cluster),
            ]
        )
        row("claims", block, c.id, "claim", c.span, fields)
        if c.statement:
            row("claims", block, c.id, "statement", None, "", c.statement)
        if c.gloss:
            row("claims", block, c.id, "gloss", None, "", c.gloss)
    return {layer: tsv.format_rows(document, layer, guidelines, rows[layer]) for layer in LAYERS}


def write_annotations(folder: Path, document: Document, annotations: Annotations, guidelines: str = "1.0") -> None:
    """Write the three files of a document's layer, each replaced whole or not at all."""
    for layer, text in format_annotations(document, annotations, guidelines).items():
        replace_text(folder / f"{layer}.tsv", text)
