"""Which attribution relays which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aqwal.model import Annotations, Span

from .features import bucket, classes
from .learn import Features, YesNo
from .pieces import Prepared
from .roles import cue_class
from .speakers import Request, request_of

#: An attribution may inherit its parent from one so many attributions back.
BACK = 4


@dataclass(frozen=True)
class Link:
    """An attribution as the parent regression sees it."""

    request: Request
    cue: Span
    content: Span | None


class ParentFinder:
    """The regression over (attribution, possible parent)."""

    def __init__(self, c: float) -> None:
        self._relays = YesNo(c)

    def fit(self, data: Sequence[tuple[Prepared, Annotations, int]]) -> None:
        """Learn from gold attributions; the third item is the document's inner group."""
        examples: list[Features] = []
        targets: list[float] = []
        groups: list[int] = []
        for prepared, annotations, group in data:
            held = []
            for a in sorted(annotations.attributions, key=lambda a: (a.cue, a.id)):
                request = request_of(prepared, a)
                if request is not None:
                    held.append((a.id, a.parent, Link(request, a.cue, a.content)))
            number = {name: i for i, (name, _, _) in enumerate(held)}
            given = [number.get(parent, -1) for _, parent, _ in held]
            chain = [link for _, _, link in held]
            for i, (_, parent, _) in enumerate(held):
                for j in options(chain, i):
                    examples.append(describe(chain, given, i, j))
                    targets.append(float(parent == held[j][0]))
                    groups.append(group)
        self._relays.fit(examples, targets, groups)

    def predict(self, chain: Sequence[Link]) -> list[int]:
        """The index of each attribution's parent, or -1; never a circle."""
        found = [-1] * len(chain)
        for i in range(len(chain)):
            pool = options(chain, i)
            chances = self._relays.probability([describe(chain, found, i, j) for j in pool])
            for j in sorted(pool, key=lambda j: (-round(chances[pool.index(j)], 9), j)):
                if chances[pool.index(j)] < 0.5:
                    break
                if not _circle(found, i, j):
                    found[i] = j
                    break
        return found


def _circle(parents: Sequence[int], child: int, parent: int) -> bool:
    at, steps = parent, 0
    while at >= 0 and steps <= len(parents):
        if at == child:
            return True
        at, steps = parents[at], steps + 1
    return False


def options(chain: Sequence[Link], i: int) -> list[int]:
    """Indices that may relay ``chain[i]``: those of its unit, of a content that reaches it, and a few before."""
    child = chain[i]
    made = []
    for j in range(max(0, i - 12), min(len(chain), i + 6)):
        if j == i:
            continue
        other = chain[j]
        near = other.request.unit.index == child.request.unit.index or i - BACK <= j < i
        reached = other.content is not None and other.content.overlaps(child.cue)
        if near or reached:
            made.append(j)
    return made


def describe(chain: Sequence[Link], parents: Sequence[int], i: int, j: int) -> Features:
    """Features of ``chain[j]`` as the parent of ``chain[i]``; ``parents`` are those already known."""
    child, other = chain[i], chain[j]
    holds = other.content is not None and other.content.overlaps(child.cue)
    holds_content = bool(other.content and child.content and other.content.contains(child.content))
    equal = bool(other.content and child.content and other.content == child.content)
    alike = bool(other.content and child.content and not holds and other.content.overlaps(child.content))
    inner = holds and not any(
        k not in (i, j)
        and chain[k].content is not None
        and chain[k].content.overlaps(child.cue)  # type: ignore[union-attr]
        and len(chain[k].content or ()) < len(other.content or ())
        for k in range(max(0, i - 12), min(len(chain), i + 6))
    )
    same = other.request.unit.index == child.request.unit.index
    form = cue_class(child.request.unit, child.request.run)[1]
    words = [child.request.unit.tokens[k] for k in child.request.unit.indices(child.request.source)]
    noun = bool(words) and "source_noun" in classes(words[0]) and words[0].norm.startswith("ال")
    relayed = j < i and parents[j] >= 0
    before = i > 0 and parents[i - 1] == j
    other_kind = cue_class(other.request.unit, other.request.run)[0]
    return {
        "holds": holds,
        "holds|content": f"{holds}{holds_content}",
        "inner": inner,
        "equal": equal,
        "alike": alike,
        f"alike|{other_kind}": float(alike),
        "same": same,
        "order": f"{same}{bucket(i - j)}",
        "relayed": f"{relayed}{same}{i - j == 1}",
        "resumes": f"{before}{noun}{child.request.null}{same}",
        "noun": f"{noun}{before}",
        "null": child.request.null + str(holds),
        "form": f"{form}{holds}",
        "gap": f"{bucket(child.request.unit.index - other.request.unit.index)}{before}",
    }
