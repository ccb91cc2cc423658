"""Claims by clause segmentation: contents of attributions, main clauses, coordinated predicates, relative and temporal clauses."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from .drafts import Draft
from .lexicon import slug
from .tokens import Sent, after_formula

#: A coordinated predicate: و/ف before a verb, a negation or an auxiliary; a contrast; a semicolon; "while he is".
_BOUNDARY = re.compile(r"[,;]?w?&|,w(?=[ND]{1,3}[nks]*[VC])|[,;]?[wf](?=s|[VCk]|n[VCk])|,?w(?=h[^nR,])|,?y(?=[VCk])|;")
_SUBORDINATE = re.compile(r"t(?=[nk]*[VC])|pA(?=[nk]*[VC])|R(?=[nksb]*e?[VC])")
_VERB = re.compile(r"[VCk]")
_POSSIBLE: Final = frozenset(("ربما", "يمكن", "يحتمل", "لعل", "محتمل", "المحتمل", "محتملة"))
_REALISED: Final = frozenset(("بعد", "قبل", "منذ", "عقب", "اثر"))
_DROP_VERB = re.compile(r"^[يتان](?=..)|(?:وا|ون|ت|ا)$")


class Made(NamedTuple):
    """A claim by piece indices, with its fields."""

    i: int
    j: int
    rule: str
    polarity: str
    certainty: str
    time: str
    verifiable: str
    cluster: str
    before: tuple[int, int] | None = None  # the part before a parenthesis (س، بحسب ص، ق)


def claims_of(sent: Sent, drafts: list[Draft], end: int) -> list[Made]:
    """The claims of one sentence; ``end`` is one past its last piece without final punctuation."""
    out: dict[tuple[int, int], Made] = {}
    if end <= 0 or sent.zone == "byline":
        return []
    tops = [
        d for d in drafts if not any(o is not d and any(a <= d.first_cue < b for a, b in o.content) for o in drafts)
    ]
    taken: list[tuple[int, int]] = []
    for draft in tops:
        first = min(draft.start, draft.content[0][0])
        if first and sent.syntax[first - 1] == "k":
            first -= 1
        last = max(draft.content[-1][1], draft.cue[-1][1], draft.source[1] if draft.source else 0)
        taken.append((first, last))
        if draft.kind in ("intention", "question") and not draft.anaphoric:
            _put(out, sent, draft.start, last, "claim/reported intention", None, reporting=True)
    # the author's own clauses
    position = after_formula(sent, end)
    for first, last in [*sorted(taken), (end, end)]:
        if first > position:
            whole = first == end and not taken
            if whole or (first - position > 3 and _VERB.search(sent.syntax, position, first)):
                _region(out, sent, position, first, None, [], whole)
        position = max(position, last)
    for draft in drafts:
        if draft.anaphoric or draft.shares is not None or (draft.polarity == "untold" and draft.how == "nominal"):
            continue
        children = [d for d in drafts if d.parent is draft and d.shares is None]
        opaque = [part for child in children for part in child.content]
        fragments = draft.content[1:] if draft.accused is not None and len(draft.content) > 1 else draft.content
        if draft.how == "around" and len(fragments) == 2:
            (a, b), (c, d) = fragments
            _region(out, sent, a, b, draft, opaque, True)
            _region(out, sent, c, d, draft, opaque, True)
            _join(out, sent, (a, b), (c, d))
            continue
        for a, b in fragments:
            _region(out, sent, a, b, draft, opaque, True)
    return sorted(out.values(), key=lambda c: (c.before or (c.i, c.j), -c.j))


def _join(out: dict[tuple[int, int], Made], sent: Sent, left: tuple[int, int], right: tuple[int, int]) -> None:
    """A clause that a parenthesis cuts is one claim: join the last one before it with the first one after it."""
    before = [key for key in out if left[0] <= key[0] and key[1] == _trim(sent, *left)[1]]
    after = [key for key in out if key[0] == _trim(sent, *right)[0] and key[1] <= right[1]]
    if before and after:
        first, second = min(before), max(after, key=lambda key: key[1])
        joined = out.pop(first)
        rest = out.pop(second)
        main = joined if _VERB.search(sent.syntax, *first) else rest
        out[second] = main._replace(i=second[0], j=second[1], before=first)


def _region(
    out: dict[tuple[int, int], Made],
    sent: Sent,
    a: int,
    b: int,
    draft: Draft | None,
    opaque: list[tuple[int, int]],
    whole: bool,
) -> None:
    """Cut ``[a, b)`` at its coordinated predicates, leaving the contents of inner reports (``opaque``) whole."""
    syntax = sent.syntax
    inner = sorted(part for part in opaque if a <= part[0] and part[1] <= b and part != (a, b))
    bounds: list[tuple[int, int]] = []
    for match in _BOUNDARY.finditer(syntax, a, b):
        at, after = match.span()
        if at > a and not any(x <= at < y for x, y in inner):
            bounds.append((at, after))
    pieces: list[tuple[int, int]] = []
    start = a
    for at, after in bounds:
        # A verb must stand on the left too, or the conjunction joins no two predicates.
        if _VERB.search(syntax, start, at) or (len(pieces) == 0 and at - start > 3):
            pieces.append((start, at))
            start = after
    pieces.append((start, b))
    for i, j in pieces:
        if not whole and not _VERB.search(syntax, i, j):
            continue
        i, j = _trim(sent, i, j)
        if j - i < (1 if draft is not None and draft.how in ("nominal", "around") else 2):
            continue
        if draft is not None and draft.kind in ("intention",):
            rule = "claim/intended"
        elif draft is not None:
            rule = "claim/content"
        else:
            rule = "claim/main clause" if (i, j) == _trim(sent, a, b) else "claim/coordinated"
        _put(out, sent, i, j, rule, draft)
        _subordinate(out, sent, i, j, draft, inner)


def _subordinate(
    out: dict[tuple[int, int], Made], sent: Sent, a: int, b: int, draft: Draft | None, inner: list[tuple[int, int]]
) -> None:
    syntax, entries = sent.syntax, sent.entries
    for match in _SUBORDINATE.finditer(syntax, a, b):
        at, after = match.span()
        if any(x <= at < y for x, y in inner):
            continue
        if syntax[at] == "R":
            # Only where the clause adds something: after a name or a comma.
            if not (at and (syntax[at - 1] == "," or any(m.j == at for m in sent.mentions))):
                continue
            start = at
        elif syntax[at] == "p":
            if entries[at].norm not in _REALISED:
                continue
            start = after
        else:
            start = after
        stop = syntax.find(",", after, b)
        while stop > 0 and any(x <= stop < y for x, y in inner):
            stop = syntax.find(",", stop + 1, b)
        end = stop if stop > 0 else b
        i, j = _trim(sent, start, end)
        if j - i >= 2:
            _put(out, sent, i, j, "claim/relative" if syntax[at] == "R" else "claim/temporal", draft)


def _trim(sent: Sent, i: int, j: int) -> tuple[int, int]:
    syntax = sent.syntax
    while i < j and (syntax[i] in ",.;:-)wfy&" or (syntax[i] == "q" and sent.quotes.get(i, -1) < 0)):
        i += 1
    if i < j and syntax[i] == "A":
        i += 1
    while j > i and syntax[j - 1] in ",.;:-(wt&y":
        j -= 1
    if j - i > 2 and syntax[i] == "q" and sent.quotes.get(i, -2) == j - 1:
        i, j = i + 1, j - 1
    elif j > i and syntax[j - 1] == "q" and not any(i <= o and c == j - 1 for o, c in sent.quotes.items()):
        j -= 1
    while j > i and syntax[j - 1] in ",.;:-":
        j -= 1
    return i, j


def _put(
    out: dict[tuple[int, int], Made],
    sent: Sent,
    i: int,
    j: int,
    rule: str,
    draft: Draft | None,
    *,
    reporting: bool = False,
) -> None:
    i, j = _trim(sent, i, j)
    if j <= i or (i, j) in out:
        return
    syntax, entries = sent.syntax, sent.entries
    main = _VERB.search(syntax, i, min(j, i + 24))
    v = main.start() if main else -1
    if v >= 0 and syntax[v] == "k":
        following = _VERB.search(syntax, v + 1, min(j, v + 8))
        v2 = following.start() if following else v
    else:
        v2 = v
    polarity = "positive"
    head = syntax[i : (v2 if v2 > 0 else i) + 1]
    if "n" in head:
        at = i + head.index("n")
        if entries[at].norm != "ما" and not any(entries[x].norm in ("اذا", "لو", "ان") for x in range(i, at)):
            polarity = "negative"
    if entries[i].norm == "عدم" or (v >= 0 and entries[v].norm.startswith("ليس")):
        polarity = "negative"
    future = "s" in head or any(entries[k].norm in ("سوف", "لن") for k in range(i, max(v, i) + 1))
    certainty = "certain"
    time = "present"
    if v2 >= 0:
        time = entries[v].tense or entries[v2].tense or "past"
        if v > i and entries[v - 1].norm == "لم":
            time = "past"
    elif draft is not None and draft.how == "nominal":
        time = "past"
    if future:
        time = "future"
    elif rule == "claim/temporal":
        time = "past"
    verifiable = "yes"
    if draft is not None and not reporting:
        certainty = draft.certainty
        if draft.kind == "intention" or (certainty == "probable" and time == "present"):
            time = "future"
        if draft.from_.cls in ("opinion", "expectation", "nominal-belief"):
            verifiable = "no"
    if certainty == "certain":
        words = [entries[k].norm for k in range(i, min(j, i + 8))]
        if any(word in _POSSIBLE for word in words) or (
            v2 > v >= 0 and entries[v].norm == "قد" and entries[v2].tense == "present"
        ):
            certainty = "possible"
        elif words[0] in ("لو", "اذا"):
            certainty = "unreal"
    out[(i, j)] = Made(i, j, rule, polarity, certainty, time, verifiable, _cluster(sent, i, j, v2))


def _cluster(sent: Sent, i: int, j: int, v: int) -> str:
    """A key of predicate and participants, free of order, polarity and certainty."""
    if v >= 0:
        predicate = _DROP_VERB.sub("", _DROP_VERB.sub("", sent.entries[v].norm))
    else:
        predicate = next((sent.entries[k].base for k in range(i, j) if sent.syntax[k] in "NDJ"), "")
    who = sorted(
        {
            m.entity
            for m in sent.mentions
            if m.entity and i <= m.i and m.j <= j and m.level == "NAM" and m.type != "NORP"
        }
    )
    return "-".join([slug([predicate]), *who[:3]])
