"""Cues by one CRF, roles by a second CRF run once per cue, and regressions that link each cue to its roles.

Running the role CRF per cue is what stacks nested and discontinuous contents: every cue is a layer of its own, which
sees the other cues as features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aqwal.model import Annotations, Attribution, Span

from . import candidates as cand
from .features import Rows, with_tags
from .learn import YesNo
from .pieces import Prepared, Unit, bio, fragments, runs, span_of
from .roles import Run, cue_rows
from .settings import Settings
from .tagger import Sequences, Tagger, Weights, choose, starts_above, threshold

#: A candidate that shares less than this with the true span is no example of it.
LIKE = 0.5
#: Cues whose candidates are scored together.
BATCH = 64


@dataclass(frozen=True)
class Draft:
    """An attribution whose spans are settled and whose fields are not."""

    unit: Unit
    run: Run
    cue: Span
    source: Span | None
    content: Span | None
    medium: Span | None
    null: str  # "implicit" or "none" where there is no source span


@dataclass(frozen=True)
class _Open:
    """A predicted cue whose roles are to be found: its fragments, the cues of its unit, the unit's mention tags."""

    unit: Unit
    parts: list[Run]
    cues: list[Run]
    names: list[str]


@dataclass(frozen=True)
class _Example:
    """One gold attribution as training material for the role CRF and the links."""

    prepared: Prepared
    unit: Unit
    run: Run
    runs: list[Run]
    names: list[str]
    source: list[int]
    content: list[int]
    medium: list[int]
    null: str
    group: int
    first: bool


def role_tags(example: _Example) -> list[str]:
    """BIO tags of the roles of one gold attribution in its cue's unit; the cue itself wins over what crosses it."""
    size = len(example.unit.tokens)
    tags = bio(size, [(sorted(example.content), "CON")])
    for indices, label in ((example.medium, "MED"), (example.source, "SRC")):
        for i, tag in enumerate(bio(size, [(sorted(indices), label)])):
            if tag != "O":
                tags[i] = tag
    for i in range(*example.run):
        tags[i] = "O"
    return tags


def _tag_spans(tags: list[str]) -> set[object]:
    return set(fragments(tags))


class AttributionFinder:
    """Cues, sources, contents and media of a document."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cut = 0.5
        self.weights: tuple[Weights, Weights] = (settings.grid[0], settings.grid[0])
        self._cues = Tagger()
        self._roles = Tagger()
        self._source = YesNo(settings.regression_c)
        self._content = YesNo(settings.regression_c)

    # ------------------------------------------------------------ training

    def fit(
        self,
        data: Sequence[tuple[Prepared, Annotations, Sequence[int]]],
        rows: Sequence[Sequence[Rows]],
        names: Sequence[Sequence[list[str]]],
        weights: tuple[Weights, Weights] | None = None,
    ) -> None:
        """Train on documents with inner groups per unit, static rows, and (held-out) mention tags per unit.

        ``weights`` are those of the cue and the role CRF; by default they are chosen between the inner groups.
        """
        cue_grid, role_grid = (self.settings.grid,) * 2 if weights is None else ([weights[0]], [weights[1]])
        context = [
            with_tags(r, n, "m") for rs, ns in zip(rows, names, strict=True) for r, n in zip(rs, ns, strict=True)
        ]
        tags = [t for p, a, _ in data for t in _cue_tags(p, a.attributions)]
        groups = [g for _, _, unit_groups in data for g in unit_groups]
        sequences = Sequences.of(context, tags, groups)
        chosen = choose(sequences, cue_grid, self.settings.max_iterations, _tag_spans, "B-CUE")
        self.cut = threshold(chosen, sequences, "B-CUE")
        self._cues = Tagger(chosen.weights, self.settings.max_iterations).fit(sequences)
        examples = [e for (p, a, g), n in zip(data, names, strict=True) for e in _examples(p, a, g, n)]
        role_rows = [cue_rows(e.prepared, e.unit, e.run, e.runs, e.names) for e in examples]
        roles = Sequences.of(role_rows, [role_tags(e) for e in examples], [e.group for e in examples])
        held = choose(roles, role_grid, self.settings.max_iterations, _tag_spans)
        self._roles = Tagger(held.weights, self.settings.max_iterations).fit(roles)
        self.weights = (chosen.weights, held.weights)
        self._fit_links(examples, held.tags)

    def held_out(
        self,
        data: Sequence[tuple[Prepared, Annotations, Sequence[int]]],
        rows: Sequence[Sequence[Rows]],
        names: Sequence[Sequence[list[str]]],
    ) -> list[tuple[Attribution, ...]]:
        """What this finder would say of each training document if its inner group were held out (spans only).

        Later stages learn from these, so that they meet the errors they will meet in use. With one group, or with
        groups inside a document, nothing can be held out as a whole: the gold attributions are returned.
        """
        per_document = [set(groups) for _, _, groups in data]
        everything = set().union(*per_document)
        if len(everything) < 2 or any(len(groups) > 1 for groups in per_document):
            return [annotations.attributions for _, annotations, _ in data]
        found: list[tuple[Attribution, ...]] = [()] * len(data)
        for group in sorted(everything):
            keep = [i for i, groups in enumerate(per_document) if group not in groups]
            other = AttributionFinder(self.settings)
            other.fit([data[i] for i in keep], [rows[i] for i in keep], [names[i] for i in keep], self.weights)
            for i in sorted(set(range(len(data))) - set(keep)):
                drafts = other.predict(data[i][0], rows[i], names[i])
                found[i] = tuple(
                    Attribution(f"a{n}", d.cue, d.content, d.source, d.medium) for n, d in enumerate(drafts)
                )
        return found

    def _fit_links(self, examples: list[_Example], held: list[list[str]]) -> None:
        """Teach the links to choose among candidates, given what the role CRF says when these examples are held out."""
        source_x, source_y, source_g = [], [], []
        content_x, content_y, content_g = [], [], []
        for e, tags in zip(examples, held, strict=True):
            said, told = cand.tagged(tags, "SRC"), cand.tagged(tags, "CON")
            for c in cand.sources(e.unit, e.run, e.runs, e.names, tags):
                source_x.append(cand.describe_source(e.unit, e.run, c, e.names, said, e.first))
                same = float(c.null == e.null) if c.null or e.null else cand.overlap(c.indices, e.source)
                source_y.append(_soft(same))
                source_g.append(e.group)
            for c in cand.contents(e.prepared, e.unit, e.run, e.runs, e.source, tags):
                content_x.append(cand.describe_content(e.prepared, e.unit, e.run, e.runs, e.source, c, told))
                content_y.append(_soft(float(not e.content) if c.null else cand.overlap(c.indices, e.content)))
                content_g.append(e.group)
        self._source.fit(source_x, source_y, source_g)
        self._content.fit(content_x, content_y, content_g)

    # ------------------------------------------------------------ prediction

    def predict(self, prepared: Prepared, rows: Sequence[Rows], names: Sequence[list[str]]) -> list[Draft]:
        """The attributions of a document in order of their cues."""
        drafts: list[Draft] = []
        waiting: list[_Open] = []
        for unit, row, tags in zip(prepared.units, rows, names, strict=True):
            found = self._find_cues(unit, with_tags(row, tags, "m"))
            firsts = [parts[0] for parts in found]
            waiting += [_Open(unit, parts, firsts, tags) for parts in found]
            if len(waiting) >= BATCH:
                drafts += self._link(prepared, waiting, not drafts)
                waiting = []
        return drafts + self._link(prepared, waiting, not drafts)

    def _find_cues(self, unit: Unit, row: Rows) -> list[list[Run]]:
        """The cues of a unit, each as its fragments; a stray later fragment joins the cue before it."""
        best, marginals = self._cues.beginnings(row, "B-CUE")
        found = [[run] for run in starts_above(best, marginals, self.cut, "CUE")]
        for first, last, label in fragments(best):
            earlier = [parts for parts in found if parts[0][0] < first]
            if label == "ADD" and earlier and not any(a < last and first < b for parts in found for a, b in parts):
                earlier[-1].append((first, last))
        return found

    def _link(self, prepared: Prepared, found: Sequence[_Open], first: bool) -> list[Draft]:
        """Sources, then contents, of several cues; the regressions run over the candidates of all of them at once."""
        tags = [self._roles.tag(cue_rows(prepared, o.unit, o.parts[0], o.cues, o.names)) for o in found]
        options = [cand.sources(o.unit, o.parts[0], o.cues, o.names, t) for o, t in zip(found, tags, strict=True)]
        chances = self._source.probability(
            [
                cand.describe_source(o.unit, o.parts[0], c, o.names, cand.tagged(t, "SRC"), first and o is found[0])
                for o, t, held in zip(found, tags, options, strict=True)
                for c in held
            ]
        )
        chosen = _winners(options, chances)
        options = [
            cand.contents(prepared, o.unit, o.parts[0], o.cues, c.indices, t)
            for o, c, t in zip(found, chosen, tags, strict=True)
        ]
        chances = self._content.probability(
            [
                cand.describe_content(prepared, o.unit, o.parts[0], o.cues, s.indices, c, told)
                for o, s, t, held in zip(found, chosen, tags, options, strict=True)
                for told in (cand.tagged(t, "CON"),)
                for c in held
            ]
        )
        made: list[Draft] = []
        for o, source, content, t in zip(found, chosen, _winners(options, chances), tags, strict=True):
            cue = span_of(o.unit, [i for part in o.parts for i in range(*part)])
            if cue is None:
                continue
            said = set(source.indices)
            told = [i for i in content.indices if i not in said or min(said) > o.parts[0][1]]
            medium = [i for i in cand.tagged(t, "MED") if i not in said and i not in told]
            made.append(
                Draft(
                    o.unit, o.parts[0], cue, balanced(prepared, o.unit, source.indices),
                    whole_quote(prepared, o.unit, told), balanced(prepared, o.unit, medium), source.null,
                )
            )  # fmt: skip
        return made


def _soft(similarity: float) -> float:
    return similarity if similarity >= LIKE else 0.0


def _winners(options: Sequence[Sequence[cand.Candidate]], chances: Sequence[float]) -> list[cand.Candidate]:
    """The likeliest candidate of each list (the first of equals), given the chances of all, in order."""
    made: list[cand.Candidate] = []
    at = 0
    for held in options:
        part = chances[at : at + len(held)]
        at += len(held)
        made.append(held[max(range(len(held)), key=lambda i: (round(part[i], 9), -i))])
    return made


def balanced(prepared: Prepared, unit: Unit, indices: Sequence[int]) -> Span | None:
    """The span of a noun phrase; the mark that closes a name quoted inside it belongs to it."""
    span = span_of(unit, indices)
    if span is None:
        return None
    last = unit.tokens[max(i for i in indices if not unit.tokens[i].punct)]
    opened = last.region >= 0 and prepared.regions[last.region][0] > span.start
    following = next((i for i, t in enumerate(unit.tokens) if t.start >= span.end), len(unit.tokens))
    if opened and following < len(unit.tokens) and unit.tokens[following].punct:
        closing = unit.tokens[following]
        if closing.start == prepared.regions[last.region][1]:
            return Span.from_fragments([*span.fragments, (span.end, closing.end)])
    return span


def whole_quote(prepared: Prepared, unit: Unit, indices: Sequence[int]) -> Span | None:
    """The span of a content; a quotation that it opens goes on over the following sentences to its closing mark.

    Fragments are not cut at punctuation, only trimmed at their ends.
    """
    if not indices:
        return None
    tokens = unit.tokens
    filled = set(indices)
    for a, b in zip(runs(sorted(filled))[:-1], runs(sorted(filled))[1:], strict=True):
        if all(tokens[i].punct for i in range(a[1], b[0])) and not any(
            tokens[i].norm == "،" for i in range(a[1], b[0])
        ):
            filled |= set(range(a[1], b[0]))
    span = span_of(unit, sorted(filled))
    if span is None:
        return None
    held = [i for i in indices if not tokens[i].punct]
    if not held:
        return None
    region = tokens[held[-1]].region
    if region < 0 or held[-1] < max(i for i, t in enumerate(tokens) if not t.punct):
        return span
    end = prepared.regions[region][1]
    extra = list(span.fragments)
    for later in prepared.units[unit.index + 1 :]:
        if later.start >= end or later.paragraph != unit.paragraph:
            break
        rest = span_of(later, [i for i, token in enumerate(later.tokens) if token.end <= end])
        if rest is None:
            break
        extra += rest.fragments
    return Span.from_fragments(extra)


def _cue_tags(prepared: Prepared, attributions: Sequence[Attribution]) -> list[list[str]]:
    tags = [["O"] * len(unit.tokens) for unit in prepared.units]
    for attribution in attributions:
        first = True
        for unit in prepared.units_of(attribution.cue):
            for a, b in runs(unit.indices(attribution.cue)):
                if all(tag == "O" for tag in tags[unit.index][a:b]):
                    label = "CUE" if first else "ADD"
                    tags[unit.index][a:b] = ["B-" + label] + ["I-" + label] * (b - a - 1)
                    first = False
    return tags


def _examples(
    prepared: Prepared, annotations: Annotations, groups: Sequence[int], names: Sequence[list[str]]
) -> list[_Example]:
    by_unit: dict[int, list[tuple[Run, Attribution]]] = {}
    for attribution in sorted(annotations.attributions, key=lambda a: (a.cue, a.id)):
        unit = prepared.unit_at(attribution.cue.start)
        if unit is not None:
            indices = unit.indices(attribution.cue)
            if indices:
                by_unit.setdefault(unit.index, []).append((runs(indices)[0], attribution))
    made: list[_Example] = []
    for index in sorted(by_unit):
        unit, held = prepared.units[index], by_unit[index]
        cues = [run for run, _ in held]
        for run, a in held:
            source = unit.indices(a.source)
            null = "" if source else "implicit" if a.implicit or a.source is not None else "none"
            made.append(
                _Example(
                    prepared, unit, run, cues, names[index], source, unit.indices(a.content),
                    unit.indices(a.medium), null, groups[index], not made,
                )
            )  # fmt: skip
    return made
