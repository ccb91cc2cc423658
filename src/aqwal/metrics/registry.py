"""Every measure: what it is, and a specification that prints and parses back.

A specification names a measure and its parameters, ``attribution_f1(match=soft)``; it is the key under which
:class:`aqwal.metrics.scores.TaskScore` holds the measure's counts. *What* is measured stands here; *how* is in the
module named by ``module``, with a worked example.

>>> str(parse("attribution_f1"))
'attribution_f1(match=soft)'
>>> parse("entity_f1(type=PERS)") == parse(" entity_f1 ( type = PERS , match=exact ) ")
True
>>> parse("atribution_f1")
Traceback (most recent call last):
...
ValueError: unknown measure 'atribution_f1'; did you mean 'attribution_f1'?
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aqwal.columns import ATTRIBUTION_CODES, CLAIM_CODES
from aqwal.metrics.counts import Measure
from aqwal.metrics.scores import Scores
from aqwal.model import ENTITY_TYPES, ROLES


@dataclass(frozen=True)
class Parameter:
    """A parameter of a measure: its values, and which one is meant where none is given (empty: none, and not shown)."""

    name: str
    values: tuple[str, ...]
    default: str = ""


@dataclass(frozen=True)
class Metric:
    """A measure's declaration."""

    name: str
    task: str
    definition: str
    formula: str
    citation: str
    module: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class Spec:
    """A measure with the values of its parameters."""

    metric: Metric
    values: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        shown = [f"{p.name}={self.values[p.name]}" for p in self.metric.parameters if self.values.get(p.name)]
        return self.metric.name + (f"({','.join(shown)})" if shown else "")

    def measure(self, scores: Scores) -> Measure:
        """The counts of this measure in some scores.

        Raises:
            KeyError: if its task was not scored, or the measure has no count there (a type that does not occur).
        """
        measures = scores.tasks[self.metric.task].measures
        if str(self) not in measures:
            raise KeyError(f"no counts of {self} here; there are: {', '.join(measures)}")
        return measures[str(self)]


_MUC = "Chinchor & Sundheim 1993, MUC-5 Evaluation Metrics; Segura-Bedmar et al. 2013, SemEval-2013 task 9"
_SOFT = "Kuhn 1955 (assignment); Luo 2005, On Coreference Resolution Performance Metrics (CEAF-φ4)"
_F1 = "van Rijsbergen 1979, Information Retrieval, ch. 7"
_RECALL = "van Rijsbergen 1979, Information Retrieval, ch. 7: recall, of which gold objects are the relevant ones"
_ROLE_VALUES = Parameter("role", ROLES, "cue")

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "entity_f1",
            "entities",
            "NAM and VAL mentions, nested ones included. match: exact (span and type), boundary (span), overlap "
            "(an overlapping pair counts half unless the span is exact), type (overlap and same type), words (span "
            "projected to whole words, and type). type and depth=nested restrict it to some mentions, average=macro is "
            "the mean over the types that gold has.",
            "P = credit / predicted, R = credit / gold, F1 = 2PR / (P + R); credit by one-to-one pairs",
            _MUC,
            "aqwal.metrics.entities",
            (
                Parameter("match", ("exact", "boundary", "overlap", "type", "words"), "exact"),
                Parameter("type", ENTITY_TYPES),
                Parameter("depth", ("nested",)),
                Parameter("average", ("macro",)),
            ),
        ),
        Metric(
            "entity_type_accuracy",
            "entities",
            "Of the mentions that overlap one of the other side, paired one to one, the share with the right type.",
            "pairs of one type / pairs",
            _MUC,
            "aqwal.metrics.entities",
        ),
        Metric(
            "attribution_f1",
            "attribution",
            "Attributions. match=soft: similarity is the mean token-F1 of cue, source and content (a role absent on "
            "both sides 1, on one side 0), 0 unless the cues or the contents share a word; aligned one to one by "
            "maximum total similarity. match=strict: all three spans exact. quote, kind and source_type restrict it "
            "(a matched prediction belongs to its gold partner's label, an unmatched one to its own).",
            "P = Σ sim / predicted, R = Σ sim / gold, F1 = 2PR / (P + R)",
            _SOFT,
            "aqwal.metrics.attribution",
            (
                Parameter("match", ("soft", "strict"), "soft"),
                *(Parameter(name, ATTRIBUTION_CODES[name]) for name in ("quote", "kind", "source_type")),
            ),
        ),
        Metric(
            "role_f1",
            "attribution",
            "One role. match=exact: spans alike, whatever attribution they belong to; match=token: words shared by "
            "aligned attributions.",
            "micro P, R, F1 over spans or words",
            _F1,
            "aqwal.metrics.attribution",
            (_ROLE_VALUES, Parameter("match", ("exact", "token"), "exact")),
        ),
        Metric(
            "source_accuracy",
            "attribution",
            "Of the gold attributions with a source, the share whose partner has just the same speakers, after the "
            "alignment of entities.",
            "right / gold attributions with a source",
            _RECALL,
            "aqwal.metrics.attribution",
        ),
        Metric(
            "implicit_recall",
            "attribution",
            "Of the gold attributions whose subject is only in the verb, the share whose partner is marked implicit.",
            "right / gold implicit attributions",
            _RECALL,
            "aqwal.metrics.attribution",
        ),
        Metric(
            "implicit_resolved",
            "attribution",
            "Of the gold attributions whose subject is only in the verb, the share whose partner has the right speaker.",
            "right / gold implicit attributions",
            _RECALL,
            "aqwal.metrics.attribution",
        ),
        Metric(
            "attribute_accuracy",
            "attribution",
            "A field of the attribution, end to end: an unmatched gold attribution counts as wrong.",
            "gold attributions whose partner has the same label / gold attributions",
            _RECALL,
            "aqwal.metrics.attribution",
            (Parameter("attribute", tuple(ATTRIBUTION_CODES), "quote"),),
        ),
        Metric(
            "parent_f1",
            "attribution",
            "Links from an attribution to the one that relays it; right where both ends are aligned with both ends of "
            "a gold link.",
            "micro P, R, F1 over links",
            _F1,
            "aqwal.metrics.attribution",
        ),
        Metric(
            "speaker_f1",
            "who_said_what",
            "Pairs (word, speaker): each scored word with the sources of every attribution whose content holds it, and "
            "of all that relay these, the author excepted. where=out_of_sentence: only speakers that the word's "
            "sentence does not name.",
            "micro P, R, F1 over pairs, after a one-to-one alignment of entities",
            _F1,
            "aqwal.metrics.who_said_what",
            (Parameter("where", ("out_of_sentence",)),),
        ),
        Metric(
            "chain_f1",
            "who_said_what",
            "Pairs (word, full chain of its innermost attribution), for words inside some content.",
            "micro P, R, F1 over pairs, after a one-to-one alignment of entities",
            "Choi, Cardie, Riloff & Patwardhan 2005 (sources); Breck & Cardie 2004 (hierarchies of sources)",
            "aqwal.metrics.who_said_what",
        ),
        Metric(
            "claim_f1",
            "claims",
            "Claim spans. match=soft: token-F1, aligned one to one by maximum total; match=iou50: aligned pairs whose "
            "words overlap by at least half of their union.",
            "P = Σ sim / predicted, R = Σ sim / gold, F1 = 2PR / (P + R)",
            _SOFT,
            "aqwal.metrics.claims",
            (Parameter("match", ("soft", "iou50"), "soft"),),
        ),
        Metric(
            "claim_attribute_f1",
            "claims",
            "A field of the claims, end to end: each gold claim has the label that its match says (iou50), or none. "
            "The mean of the F1 over the labels that gold has.",
            "mean over labels of 2 right / (said + gold)",
            _F1,
            "aqwal.metrics.claims",
            (Parameter("attribute", tuple(CLAIM_CODES), "certainty"), Parameter("average", ("macro",), "macro")),
        ),
        Metric(
            "claim_attribute_accuracy",
            "claims",
            "As claim_attribute_f1, but the share of gold claims with the right label.",
            "right / gold claims",
            _RECALL,
            "aqwal.metrics.claims",
            (Parameter("attribute", tuple(CLAIM_CODES), "certainty"),),
        ),
        Metric(
            "claim_chain_accuracy",
            "claims",
            "The share of gold claims whose match (iou50) stands on the same chain of speakers, the author's own "
            "included.",
            "right / gold claims",
            _RECALL,
            "aqwal.metrics.claims",
        ),
        Metric(
            "b_cubed_f1",
            "claim_matching",
            "Clusters over the gold claims. A gold claim that the system has not found earns no recall and stands in "
            "no precision.",
            "P = mean over claims of |P ∩ G| / |P|, R = mean of |P ∩ G| / |G|, F1 = 2PR / (P + R)",
            "Bagga & Baldwin 1998, Algorithms for Scoring Coreference Chains; Stoyanov et al. 2009 (B³₀)",
            "aqwal.metrics.claim_matching",
        ),
        Metric(
            "pairwise_f1",
            "claim_matching",
            "Pairs of gold claims in one cluster.",
            "micro P, R, F1 over pairs",
            _F1,
            "aqwal.metrics.claim_matching",
        ),
    )
}

_FORM = re.compile(r"\s*(\w+)\s*(?:\(\s*([^()]*)\s*\))?\s*")


def _meant(word: str, known: Iterable[str]) -> str:
    choices = list(known)
    close = difflib.get_close_matches(word, choices, n=1)
    return f"did you mean {close[0]!r}?" if close else "use one of " + ", ".join(choices)


def parse(text: str) -> Spec:
    """The specification that a text names; parameters in any order, those left out at their defaults.

    Raises:
        ValueError: for an unknown measure, parameter or value, or a text of another form.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no measure; write name or name(parameter=value,…)")
    name, inside = found.group(1), found.group(2) or ""
    if name not in METRICS:
        raise ValueError(f"unknown measure {name!r}; {_meant(name, METRICS)}")
    metric = METRICS[name]
    parameters = {p.name: p for p in metric.parameters}
    given: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in inside.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise ValueError(f"{name}: {part!r} is no parameter=value")
        if key not in parameters:
            fix = _meant(key, parameters) if parameters else "it has none"
            raise ValueError(f"{name}: unknown parameter {key!r}; {fix}")
        if value not in parameters[key].values:
            raise ValueError(f"{name}: unknown {key} {value!r}; {_meant(value, parameters[key].values)}")
        if key in given:
            raise ValueError(f"{name}: {key} is given twice")
        given[key] = value
    return Spec(metric, {p.name: given.get(p.name, p.default) for p in metric.parameters})


def describe(spec: Spec | str) -> str:
    """A few lines for people: specification, definition, formula, citation, and where the worked example is.

    >>> print(describe("pairwise_f1"))
    pairwise_f1 (claim_matching)
      Pairs of gold claims in one cluster.
      micro P, R, F1 over pairs
      van Rijsbergen 1979, Information Retrieval, ch. 7
      example: aqwal.metrics.claim_matching
    """
    made = parse(spec) if isinstance(spec, str) else spec
    metric = made.metric
    lines = [f"{made} ({metric.task})", f"  {metric.definition}", f"  {metric.formula}"]
    if metric.citation:
        lines.append(f"  {metric.citation}")
    return "\n".join([*lines, f"  example: {metric.module}"])
