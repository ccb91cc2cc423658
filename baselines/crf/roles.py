"""Features of a sentence as seen from one cue: where each piece stands between cue, complementizer, quotes, names."""

from __future__ import annotations

from collections.abc import Sequence

from .features import Rows, bucket, classes, shape
from .lexicon import cue_forms
from .pieces import Prepared, Token, Unit

#: A cue: half-open run of token indices of its first fragment.
Run = tuple[int, int]


def cue_class(unit: Unit, cue: Run) -> tuple[str, str]:
    """Lexicon class and form kind of a cue's first known piece (``unknown`` for others)."""
    for token in unit.tokens[cue[0] : cue[1]]:
        found = cue_forms().get(token.norm)
        if found:
            return found
    return "unknown", "unknown"


def is_complementizer(token: Token) -> bool:
    """أن، إن، ان and the like."""
    return "complementizer" in classes(token)


def cue_rows(prepared: Prepared, unit: Unit, cue: Run, cues: Sequence[Run], names: Sequence[str]) -> Rows:
    """One row per token of ``unit`` under the assumption that ``cue`` is told; ``names`` are mention tags."""
    tokens = unit.tokens
    known = [classes(token) for token in tokens]
    kind, form = cue_class(unit, cue)
    others = {i for run in cues if run != cue for i in range(*run)}
    comps = [i for i, token in enumerate(tokens) if is_complementizer(token)]
    first_comp = next((i for i in comps if i >= cue[1]), -1)
    commas, other_before = [0], [0]
    for i, token in enumerate(tokens):
        commas.append(commas[-1] + (token.norm in "،,؛"))
        other_before.append(other_before[-1] + (i in others and i - 1 not in others))
    head = " ".join(t.norm for t in tokens[cue[0] : cue[1]])
    rows: Rows = []
    for i, token in enumerate(tokens):
        side = "L" if i < cue[0] else "R" if i >= cue[1] else "K"
        distance = i - cue[0] if side == "L" else i - cue[1] + 1
        near, far = (i, cue[0]) if side == "L" else (cue[1], i)
        crossed = commas[max(near, far)] - commas[min(near, far)]
        between = other_before[max(near, far)] - other_before[min(near, far)]
        passed = sum(1 for j in comps if cue[1] <= j < i) if side == "R" else 0
        quoted = token.region >= 0
        region = "n"
        if quoted:
            start = prepared.regions[token.region][0]
            region = "a" if start > tokens[cue[1] - 1].end else "b" if start < tokens[cue[0]].start else "o"
            if start <= tokens[cue[0]].start < prepared.regions[token.region][1]:
                region = "s"  # the cue stands in the same quotation
        where = f"{side}{bucket(distance)}"
        state = f"{side}{'c' if passed else ''}{region}{min(crossed, 2)}{min(between, 2)}"
        row = ["b", side, "d=" + where, "st=" + state, "k=" + side + kind, "f=" + side + form, "kd=" + kind + where]
        row += [
            "x=" + state + kind,
            f"cm={min(crossed, 3)}{side}",
            f"ob={min(between, 2)}{side}",
            f"pc={min(passed, 2)}",
        ]
        row += ["w=" + token.norm, "h=" + shape(token.form), "n=" + names[i][:6], "ns=" + names[i] + side]
        row.append("hw=" + head + side)
        if abs(distance) <= 2:
            row.append(f"hd={head}{where}")
        row += [f"c={name}" for name in known[i]] + [f"cs={name}{side}" for name in known[i]]
        if i:
            row.append("w-1=" + tokens[i - 1].norm)
            row += [f"c-1={name}{side}" for name in known[i - 1]]
            row.append("n-1=" + names[i - 1][:6] + side)
            if tokens[i - 1].punct:
                row.append("u-1=" + tokens[i - 1].norm + side)
            if i - 1 == first_comp:
                row.append("begins=" + kind)
            if tokens[i - 1].region != token.region:
                row.append("qedge-" + side + region)
        else:
            row.append("w-1=<s>" + side)
        if i + 1 < len(tokens):
            row.append("w+1=" + tokens[i + 1].norm)
            row += [f"c+1={name}{side}" for name in known[i + 1]]
            row.append("n+1=" + names[i + 1][:6] + side)
            if tokens[i + 1].punct:
                row.append("u+1=" + tokens[i + 1].norm + side)
            if tokens[i + 1].region != token.region:
                row.append("qedge+" + side + region)
        else:
            row.append("w+1=</s>" + side)
        if i in others:
            row.append("other" + side)
        if i == first_comp:
            row.append("firstcomp=" + kind)
        if first_comp >= 0 and side == "R":
            row.append("fc<" if i < first_comp else "fc>")
            row.append(f"fc{'<' if i < first_comp else '>'}{form}{min(between, 1)}")
        if token.punct:
            row.append("u=" + token.norm + side)
        if len(tokens) - i <= 2:
            row.append(f"end{len(tokens) - i}")
        rows.append(row)
    return rows
