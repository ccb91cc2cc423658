"""A project read once, leniently, so that one broken file never hides the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aqwal.model import LAYERS, Attribution, Claim, Cluster, Document, Entity, Mention, Sentence, Span
from aqwal.store import registers, tsv
from aqwal.store.corpus import Source, layer_names, load_document, read_sources
from aqwal.store.files import read_text
from aqwal.store.layers import LoadedLayer, read_layer
from aqwal.store.problems import Problem, StoreError

#: Tables that say why something in the gold has no label: what each accounts for.
ACCOUNTS = {
    "non_cues.tsv": "a lexicon word that signals no attribution",
    "non_quotes.tsv": "quotation marks that are no quotation, scare quotes or name",
    "no_claims.tsv": "a sentence without a claim",
}
ACCOUNT_COLUMNS = ("doc", "sentence", "span", "reason", "text")


@dataclass(frozen=True, slots=True)
class Register:
    """A register as far as it can be read; ``lines`` gives the line of each id."""

    path: str
    text: str
    lines: dict[str, int]
    entities: dict[str, Entity] = field(default_factory=dict)
    clusters: dict[str, Cluster] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    broken: bool = False


@dataclass
class Layer:
    """One annotation layer: its documents and registers."""

    name: str
    loaded: dict[str, LoadedLayer] = field(default_factory=dict)
    entities: Register | None = None
    clusters: Register | None = None

    def known(self, entity: str) -> Entity | None:
        """The register's row of an entity."""
        return self.entities.entities.get(entity) if self.entities else None


@dataclass(frozen=True, slots=True)
class Account:
    """A row of an accounting table whose text is where it says: ``span`` is in code points of the document."""

    path: str
    line: int
    doc_id: str
    sentence: str
    span: Span
    reason: str
    text: str


@dataclass
class Context:
    """Everything that checks look at. ``problems`` are those that reading itself met, of all kinds.

    ``texts`` holds every ``.tsv`` below ``annotations/`` that is clean UTF-8, by its path relative to the project.
    """

    root: Path
    sources: dict[str, Source] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, list[Account]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def load(cls, root: Path, layers: Sequence[str] | None = None) -> Context:
        """Read the project at ``root`` with the named layers (default: all; an empty list: none).

        Raises:
            StoreError: kind ``unknown-layer`` for a layer that does not exist; nothing else.

        """
        context = cls(root)
        there = layer_names(root)
        for name in layers or ():
            if name not in there:
                known = ", ".join(there) or "none yet"
                wrong = Problem(f"annotations/{name}", 0, "unknown-layer", "layer", "there is no such layer")
                raise StoreError([Problem(*_head(wrong), f"use one of: {known}")])
        context._read_documents()
        context._read_texts()
        for name in there if layers is None else layers:
            context._read_layer(name)
        for name in ACCOUNTS:
            context._read_account(name)
        return context

    def _try(self, error: StoreError) -> None:
        self.problems.extend(error.problems)

    def _read_documents(self) -> None:
        try:
            self.sources = read_sources(self.root)
        except StoreError as error:
            self._try(error)
        for doc_id in self.sources:
            try:
                self.documents[doc_id] = load_document(self.root, doc_id)
            except StoreError as error:
                self._try(error)

    def _read_texts(self) -> None:
        folder = self.root / "annotations"
        for path in sorted(folder.rglob("*.tsv")) if folder.is_dir() else ():
            shown = path.relative_to(self.root).as_posix()
            try:
                self.texts[shown] = read_text(path, shown)
            except StoreError as error:
                self._try(error)

    def _read_layer(self, name: str) -> None:
        layer = self.layers[name] = Layer(name)
        for doc_id, document in self.documents.items():
            paths = {part: f"annotations/{name}/{doc_id}/{part}.tsv" for part in LAYERS}
            texts = {part: (path, self.texts[path]) for part, path in paths.items() if path in self.texts}
            if texts:
                layer.loaded[doc_id] = read_layer(texts, document, name)
                self.problems.extend(layer.loaded[doc_id].problems)
        path = registers.register_path(self.root, name, "entities.tsv").relative_to(self.root).as_posix()
        if path in self.texts:
            entities, lines, found = registers.parse_entities(path, self.texts[path])
            self.problems.extend(found)
            layer.entities = Register(path, self.texts[path], lines, {e.id: e for e in entities}, broken=bool(found))
        path = registers.register_path(self.root, name, "clusters.tsv").relative_to(self.root).as_posix()
        if path in self.texts:
            clusters, documents, lines, found = registers.parse_clusters(path, self.texts[path])
            self.problems.extend(found)
            layer.clusters = Register(
                path, self.texts[path], lines, {}, {c.id: c for c in clusters}, documents, bool(found)
            )

    def _read_account(self, name: str) -> None:
        path = f"annotations/{name}"
        rows = self.accounts[name] = []
        if path not in self.texts:
            return

        def wrong(line: int, kind: str, where: str, message: str, fix: str) -> None:
            self.problems.append(Problem(path, line, kind, where, message, fix))

        lines = self.texts[path].removesuffix("\n").split("\n")
        if lines[0] != "\t".join(ACCOUNT_COLUMNS):
            wrong(1, "account-columns", "header", "the header row is missing", "write: " + "⇥".join(ACCOUNT_COLUMNS))
        for number, line in enumerate(lines[1:], start=2):
            cells = line.split("\t")
            if len(cells) != len(ACCOUNT_COLUMNS) or not all(cells):
                wrong(number, "account-columns", "row", "five filled columns are needed",
                      "write " + ", ".join(ACCOUNT_COLUMNS) + ", separated by one tab each")  # fmt: skip
                continue
            doc_id, sentence_id, span, reason, text = cells
            document = self.documents.get(doc_id)
            if document is None:
                if self.sources and doc_id not in self.sources:
                    wrong(number, "account-anchor", "doc", f"there is no document {doc_id}", "correct the id")
                continue
            sentence = document.by_id.get(sentence_id)
            if sentence is None:
                wrong(number, "account-anchor", "sentence", f"document {doc_id} has no sentence {sentence_id}",
                      "correct the id")  # fmt: skip
                continue
            made = _account_span(sentence, span)
            if made is None or made.quote(document.text) != tsv.unescape(text):
                wrong(number, "account-anchor", "span", f"{span} of {sentence_id} is not the text of the row",
                      "correct the span (in its sentence; - for all of it) or the text")  # fmt: skip
                continue
            rows.append(Account(path, number, doc_id, sentence_id, made, reason, text))

    # ---------------------------------------------------------------- walking

    def annotated(self) -> Iterator[tuple[Layer, LoadedLayer]]:
        """Every annotated document of every layer."""
        for layer in self.layers.values():
            for loaded in layer.loaded.values():
                yield layer, loaded

    def gold(self) -> Iterator[tuple[Layer, LoadedLayer]]:
        """Every annotated document of the gold, if it is among the layers."""
        return ((layer, loaded) for layer, loaded in self.annotated() if layer.name == "gold")


def _head(problem: Problem) -> tuple[str, int, str, str, str]:
    return problem.path, problem.line, problem.kind, problem.field, problem.message


def _account_span(sentence: Sentence, column: str) -> Span | None:
    """The document span of an accounting row, or None if it is not one."""
    if column == "-":
        return Span.of(sentence.start, sentence.end)
    fragments, wrong = tsv.parse_span(column, sentence.id)
    if wrong or any(f.find or f.sentence != sentence.id or sentence.start + f.end > sentence.end for f in fragments):
        return None
    return Span.from_fragments([sentence.start + f.start, sentence.start + f.end] for f in fragments)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A span of an object with what is needed to report on it."""

    loaded: LoadedLayer
    object: Mention | Attribution | Claim
    role: str
    span: Span

    def problem(self, kind: str, where: str, message: str, fix: str) -> Problem:
        """A problem at the row of this span."""
        return problem(self.loaded, self.object.id, self.role, kind, where, message, fix)

    @property
    def text(self) -> str:
        """The quote."""
        return self.span.quote(self.loaded.document.text)


def problem(loaded: LoadedLayer, object_id: str, role: str, kind: str, where: str, message: str, fix: str) -> Problem:
    """A problem at a row of an object."""
    path, line = loaded.place(object_id, role)
    return Problem(path, line, kind, where, message, fix, object_id)


def labelled(loaded: LoadedLayer) -> Iterator[Labelled]:
    """Every span of one annotated document."""
    for mention in loaded.annotations.mentions:
        yield Labelled(loaded, mention, mention.type, mention.span)
    for attribution in loaded.annotations.attributions:
        yield from roles(loaded, attribution)
    for claim in loaded.annotations.claims:
        yield Labelled(loaded, claim, "claim", claim.span)


def roles(loaded: LoadedLayer, attribution: Attribution) -> Iterator[Labelled]:
    """The spans of one attribution."""
    for role in ("cue", "source", "content", "medium"):
        span = attribution.role(role)
        if span is not None:
            yield Labelled(loaded, attribution, role, span)
