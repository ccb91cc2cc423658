"""The fields of an attribution: kind, stance, quote, polarity, source type, whether its content is an anaphor."""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence

from aqwal.model import Annotations, Span

from .features import bucket, classes
from .learn import Choice, Features
from .lexicon import STANCE_OF_CLASS
from .normal import stem
from .pieces import Prepared
from .roles import cue_class
from .speakers import Request, request_of

FIELDS = ("kind", "stance", "quote", "polarity", "source_type", "anaphoric", "scope")
_DEFAULTS = {
    "kind": "assertion", "stance": "neutral", "quote": "indirect", "polarity": "positive", "source_type": "person",
    "anaphoric": "False", "scope": "",
}  # fmt: skip


class FieldTagger:
    """One multinomial regression per field."""

    def __init__(self, c: float) -> None:
        self._choices = {name: Choice(_DEFAULTS[name], c) for name in FIELDS}

    def fit(
        self, data: Sequence[tuple[Prepared, Annotations]], types: Mapping[str, Sequence[tuple[Span, str]]]
    ) -> None:
        """Learn from gold attributions; ``types`` are the names (span, type) by document id."""
        examples: dict[str, list[Features]] = {name: [] for name in FIELDS}
        labels: dict[str, list[str]] = {name: [] for name in FIELDS}
        for prepared, annotations in data:
            names = NamesAt(types[prepared.document.id])
            for a in annotations.attributions:
                request = request_of(prepared, a)
                if request is None:
                    continue
                seen = describe(prepared, request, a.cue, a.content, names)
                for name in FIELDS:
                    if name == "source_type" and a.implicit:
                        continue  # an implicit source has its antecedent's type
                    examples[name].append(seen[name])
                    labels[name].append(str(getattr(a, name)))
        for name in FIELDS:
            self._choices[name].fit(examples[name], labels[name])

    def predict(
        self, prepared: Prepared, items: Sequence[tuple[Request, Span, Span | None]], names: Sequence[tuple[Span, str]]
    ) -> list[dict[str, str]]:
        """The fields of each (request, cue, content)."""
        index = NamesAt(names)
        seen = [describe(prepared, request, cue, content, index) for request, cue, content in items]
        columns = {name: self._choices[name].predict([each[name] for each in seen]) for name in FIELDS}
        return [{name: columns[name][i] for name in FIELDS} for i in range(len(items))]


class NamesAt:
    """The types of the names inside a span, found by bisection."""

    def __init__(self, names: Sequence[tuple[Span, str]]) -> None:
        self._names = sorted(names, key=lambda item: (item[0], item[1]))
        self._starts = [span.start for span, _ in self._names]

    def inside(self, span: Span | None) -> set[str]:
        """Types of the names that ``span`` covers."""
        if span is None:
            return set()
        low, high = bisect.bisect_left(self._starts, span.start), bisect.bisect_left(self._starts, span.end)
        return {label for found, label in self._names[low:high] if found.end <= span.end}


def describe(
    prepared: Prepared, request: Request, cue: Span, content: Span | None, names: NamesAt
) -> dict[str, Features]:
    """Features for each field; each field sees only what may decide it, since examples are few."""
    unit = request.unit
    kind, form = cue_class(unit, request.run)
    cue_tokens = [unit.tokens[i] for i in unit.indices(cue)]
    word = " ".join(token.norm for token in cue_tokens)
    told = [unit.tokens[i] for i in unit.indices(content) if not unit.tokens[i].punct]
    after = unit.tokens[request.run[1]] if request.run[1] < len(unit.tokens) else None
    before = unit.tokens[max(0, request.run[0] - 3) : request.run[0]]
    cue_seen: Features = {
        "word": word, "stem": stem(cue_tokens[0].form) if cue_tokens else "", "kind": kind, "kind|form": kind + form,
        "rule": STANCE_OF_CLASS.get(kind, "neutral"), "parts": len(cue.fragments) > 1,
    }  # fmt: skip
    following: dict[str, float | str | bool] = {
        "next": after.norm if after else "</s>",
        **{f"nextc={name}": 1.0 for name in (classes(after) if after else ())},
        **{f"told={name}": 1.0 for token in told[:2] for name in classes(token)},
        "mode": told[0].norm[:1] if told else "",
    }
    source_tokens = [unit.tokens[i] for i in unit.indices(request.source) if not unit.tokens[i].punct]
    inside = names.inside(request.source)
    source_seen: Features = {
        "null": request.null,
        "head": source_tokens[0].norm if source_tokens else "",
        "size": bucket(len(source_tokens)),
        "enclitic": bool(source_tokens) and not source_tokens[0].first,
        **{f"headc={name}": 1.0 for name in (classes(source_tokens[0]) if source_tokens else ())},
        **{f"inc={name}": 1.0 for token in source_tokens for name in classes(token)},
        **{f"has={label}": 1.0 for label in inside},
        "person": "PERS" in inside,
        "org": "ORG" in inside and "PERS" not in inside,
        "unnamed": not inside & {"PERS", "ORG"},
    }
    negated: Features = {
        "kind": kind, "word": word,
        **{f"before={token.norm}": 1.0 for token in before if "negation" in classes(token)},
        "negated": any("negation" in classes(token) for token in before),
    }  # fmt: skip
    short: Features = {
        "size": bucket(len(told)), "first": told[0].norm if told else "",
        "pointing": bool(told) and len(told) <= 3 and any("demonstrative" in classes(t) for t in told),
        "before": bool(content and content.end <= cue.start), "none": content is None,
    }  # fmt: skip
    return {
        "kind": {**cue_seen, **following},
        "stance": cue_seen,
        "quote": quote_features(prepared, request, content),
        "polarity": negated,
        "source_type": source_seen,
        "anaphoric": short,
        "scope": {"size": bucket(len(told)), "kind": kind},
    }


def quote_features(prepared: Prepared, request: Request, content: Span | None) -> Features:
    """How much of a content is quoted, leaving out a quotation in which the cue itself stands."""
    if content is None:
        return {"none": True}
    cue_start = request.unit.tokens[request.run[0]].start
    total = quoted = 0
    longest: dict[int, int] = {}
    for unit in prepared.units_of(content):
        for i in unit.indices(content):
            token = unit.tokens[i]
            if token.punct:
                continue
            total += 1
            if token.region >= 0:
                start, end = prepared.regions[token.region]
                if start <= cue_start < end:
                    continue
                quoted += 1
                longest[token.region] = longest.get(token.region, 0) + 1
    most = max(longest.values(), default=0)
    share = "all" if total and quoted == total else "most" if quoted * 2 > total else "some" if quoted else "no"
    return {
        "share": share,
        "longest": bucket(most),
        "share|longest": f"{share}{'s' if most <= 2 else 'm' if most <= 4 else 'l'}",
        "parts": bucket(len(longest)),
    }


def attribution_fields(values: Mapping[str, str]) -> dict[str, object]:
    """Predicted labels as constructor arguments of :class:`~aqwal.model.Attribution`."""
    made: dict[str, object] = dict(values)
    made["anaphoric"] = values["anaphoric"] == "True"
    return made
