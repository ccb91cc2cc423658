"""L4: who relays whom: parents, inherited parents, cycles."""

from __future__ import annotations

from collections.abc import Iterator

from aqwal.checks.context import Context, problem
from aqwal.checks.registry import check
from aqwal.model import Annotations, Attribution
from aqwal.store.problems import Problem


def inside(a: Attribution, parent: Attribution) -> bool:
    """True if cue and content of ``a`` lie in the content of ``parent``."""
    whole = [a.cue] + ([a.content] if a.content else [])
    return parent.content is not None and all(parent.content.contains(span) for span in whole)


def _cyclic(annotations: Annotations, a: Attribution) -> bool:
    """True if ``a`` is among its own ancestors."""
    seen: set[str] = set()
    current: Attribution | None = a
    while current is not None and current.parent and current.parent not in seen:
        seen.add(current.parent)
        current = annotations.attributions_by_id.get(current.parent)
    return a.id in seen


@check("parent-cycle", level=4)
def parent_cycle(context: Context) -> Iterator[Problem]:
    """No attribution relays itself, directly or through others."""
    for _, loaded in context.annotated():
        for a in loaded.annotations.attributions:
            if _cyclic(loaded.annotations, a):
                yield problem(loaded, a.id, "cue", "parent-cycle", "parent", f"the parents of {a.id} lead back to it",
                              "keep only the parents whose content contains the child")  # fmt: skip


@check("parent-containment", level=4)
def parent_containment(context: Context) -> Iterator[Problem]:
    """The parent is the innermost attribution whose content contains cue and content, or one with the same content."""
    for _, loaded in context.annotated():
        annotations = loaded.annotations
        for a in annotations.attributions:
            parent = annotations.attributions_by_id.get(a.parent)
            if a.inherited or (a.parent and parent is None) or _cyclic(annotations, a):
                continue  # other checks
            expected = annotations.parent_by_containment(a)
            relay = parent is not None and a.content is not None and parent.content == a.content
            if relay or parent is expected:
                continue
            # Between outer attributions with one and the same content the annotator decides.
            if parent is not None and expected is not None and parent.content == expected.content and inside(a, parent):
                continue
            right = expected.id if expected else "empty"
            yield problem(loaded, a.id, "cue", "parent-containment", "parent",
                          f'parent is {a.parent or "empty"}, but by its place in the contents it is {right}',
                          "correct parent=, or mark inherited=yes where a relayed source is resumed")  # fmt: skip


@check("parent-inherited", level=4)
def parent_inherited(context: Context) -> Iterator[Problem]:
    """An inherited parent is set, and its content does not contain the attribution."""
    for _, loaded in context.annotated():
        for a in loaded.annotations.attributions:
            parent = loaded.annotations.attributions_by_id.get(a.parent)
            if not a.inherited or (a.parent and parent is None):
                continue
            if parent is None:
                message, fix = "inherited=yes without parent", "name the parent, or remove inherited=yes"
            elif inside(a, parent):
                message, fix = f"{a.parent} contains it, so nothing is inherited", "remove inherited=yes"
            else:
                continue
            yield problem(loaded, a.id, "cue", "parent-inherited", "inherited", message, fix)
