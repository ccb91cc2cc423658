"""The `rules` system: mentions, attributions and claims of a document, each with the rule that made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aqwal.model import Annotations, Attribution, Claim, Document, Mention, Span

from .attributions import Reader, continue_quotes
from .claims import Made, claims_of
from .drafts import Draft
from .entries import Analyser
from .names import Namer
from .tokens import Found, Sent, read_sentence

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_VALUES = frozenset(("DATE", "TIME", "CARDINAL", "ORDINAL", "PERCENT", "QUANTITY", "UNIT", "MONEY", "CURR"))


def _label(kind: str, number: int) -> str:
    """A short id: the layer's letter and at least three base-36 digits.

    >>> _label("m", 0), _label("a", 36)
    ('m000', 'a010')
    """
    digits = ""
    while number or len(digits) < 3:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return kind + digits


class System:
    """Zero-shot: :meth:`fit` learns nothing. One instance serves any number of documents in bounded memory."""

    def __init__(self, config: Mapping[str, object], seed: int = 0) -> None:
        params = config.get("params", config)  # the whole config.toml, or its params alone
        limit = params.get("max_tokens", 400) if isinstance(params, Mapping) else None
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 10:
            raise ValueError(f"rules: params.max_tokens must be a whole number of at least 10, not {limit!r}")
        self.max_tokens = limit
        self.seed = seed  # nothing is random here
        self._analyser = Analyser()

    def fit(self, documents: Sequence[tuple[Document, Annotations]]) -> None:
        """Nothing to learn; the documents are not looked at."""

    def predict(self, document: Document) -> Annotations:
        """All layers of one document."""
        return self._predict(document, None)

    def predict_many(self, documents: Iterator[Document]) -> Iterator[Annotations]:
        """Predictions in order, one document in memory at a time."""
        for document in documents:
            yield self._predict(document, None)

    def predict_with_rules(self, document: Document) -> tuple[Annotations, dict[str, str]]:
        """The prediction, and the rule behind every object by its id."""
        rules: dict[str, str] = {}
        return self._predict(document, rules), rules

    def _predict(self, document: Document, rules: dict[str, str] | None) -> Annotations:
        analyser, limit = self._analyser, self.max_tokens
        namer = Namer(document.id)
        paragraphs: list[list[Sent]] = []
        for paragraph in document.paragraphs:
            if not paragraph.scored:
                continue
            sents: list[Sent] = []
            for sentence in paragraph.sentences:
                sents.extend(read_sentence(analyser, sentence, paragraph.zone, limit))
            for sent in sents:
                namer.read(sent)
            paragraphs.append(sents)
        reader = Reader(document.id)
        mentions: list[Mention] = []
        claims: list[Claim] = []
        drafts: list[Draft] = []
        for sents in paragraphs:
            reader.carry = None
            for index, sent in enumerate(sents):
                namer.bare_names(sent)
                namer.finish(sent)
                if sent.zone == "byline":
                    found: list[Draft] = []
                else:
                    found = reader.read(sent)
                    continue_quotes(reader, sent, found, sents[index + 1 :])
                    for made in claims_of(sent, found, reader.region_end):
                        id_ = _label("c", len(claims))
                        claims.append(
                            Claim(
                                id_,
                                self._claim_span(sent, made),
                                polarity=made.polarity,
                                certainty=made.certainty,
                                time=made.time,
                                verifiable=made.verifiable,
                                cluster=made.cluster,
                            )
                        )
                        if rules is not None:
                            rules[id_] = made.rule
                drafts.extend(found)
                self._mentions(sent, found, mentions, rules)
        attributions = self._attributions(drafts, rules)
        return Annotations(document.id, tuple(mentions), attributions, tuple(claims), annotator="rules")

    # ---------------------------------------------------------------- to model objects

    @staticmethod
    def _claim_span(sent: Sent, made: Made) -> Span:
        last = (sent.starts[made.i], sent.ends[made.j - 1])
        if made.before is None:
            return Span((last,))
        i, j = made.before
        return Span.from_fragments([(sent.starts[i], sent.ends[j - 1]), last])

    def _mentions(self, sent: Sent, drafts: list[Draft], out: list[Mention], rules: dict[str, str] | None) -> None:
        found = sent.mentions
        extra: list[Found] = []
        if drafts:
            known = {(m.i, m.j) for m in found}
            for draft in drafts:
                if draft.source is None or draft.source in known:
                    continue
                i, j = draft.source
                pronoun = sent.syntax[i] == "e"
                named = any(i <= m.i and m.j <= j and m.entity in draft.entities for m in found)
                if named and not pronoun:
                    continue
                kind = "ORG" if draft.type in ("media", "organisation") else "PERS"
                entity = draft.entities[0] if draft.entities else ""
                made = Found(
                    i, j, kind, "source/pronoun" if pronoun else "source/nominal", entity, "PRO" if pronoun else "NOM"
                )
                extra.append(made)
                known.add(draft.source)
        if extra:
            found = sorted([*found, *extra], key=lambda m: (m.i, -m.j))
        starts, ends = sent.starts, sent.ends
        for m in found:
            id_ = _label("m", len(out))
            value = m.type in _VALUES
            out.append(
                Mention(
                    id_,
                    Span(((starts[m.i], ends[m.j - 1]),)),
                    m.type,
                    "VAL" if value else m.level,
                    "" if value else m.entity,
                    m.metonym,
                    m.framing,
                )
            )
            if rules is not None:
                rules[id_] = m.rule

    def _attributions(self, drafts: list[Draft], rules: dict[str, str] | None) -> tuple[Attribution, ...]:
        drafts.sort(key=lambda d: (d.sent.starts[d.first_cue], d.order))
        kept = {id(d) for d in drafts}
        for number, draft in enumerate(drafts):
            draft.id = _label("a", number)
        out: list[Attribution] = []
        for draft in drafts:
            parent = (
                draft.parent if draft.parent is not None and id(draft.parent) in kept and not _cyclic(draft) else None
            )
            sent = draft.sent
            starts, ends = sent.starts, sent.ends
            content = [(starts[a], ends[b - 1]) for a, b in draft.content]
            content += [(p.sent.starts[p.i], p.sent.ends[p.j - 1]) for p in draft.pending]
            medium = draft.medium
            out.append(
                Attribution(
                    draft.id,
                    cue=Span.from_fragments((starts[a], ends[b - 1]) for a, b in draft.cue),
                    content=Span.from_fragments(content),
                    source=Span(((starts[draft.source[0]], ends[draft.source[1] - 1]),)) if draft.source else None,
                    medium=Span(((starts[medium[0]], ends[medium[1] - 1]),)) if medium else None,
                    implicit=draft.implicit,
                    source_entity=draft.entities,
                    source_type=draft.type,
                    medium_entity=(medium[2],) if medium else (),
                    quote=draft.quote,
                    kind=draft.kind,
                    stance=draft.stance,
                    polarity=draft.polarity,
                    parent=parent.id if parent else "",
                    inherited=draft.inherited and parent is not None,
                    anaphoric=draft.anaphoric,
                    scope=draft.scope,
                )
            )
            if rules is not None:
                rules[draft.id] = draft.rule
        return tuple(out)


def _cyclic(draft: Draft) -> bool:
    """Whether following the parents comes back to ``draft`` (two reports inside each other's contents)."""
    seen = {id(draft)}
    current = draft.parent
    while current is not None:
        if id(current) in seen:
            return True
        seen.add(id(current))
        current = current.parent
    return False
