"""L4: the scheme's rules for claims."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from aqwal.checks.attributions import sentence_mark
from aqwal.checks.context import Context, problem
from aqwal.checks.marks import COMPLEMENTIZERS, CONJUNCTIONS, first_word, proclitic
from aqwal.checks.registry import check
from aqwal.model import Claim
from aqwal.store.layers import LoadedLayer
from aqwal.store.problems import Problem


def _claims(context: Context) -> Iterator[tuple[LoadedLayer, Claim]]:
    for _, loaded in context.annotated():
        for claim in loaded.annotations.claims:
            yield loaded, claim


def _shown(loaded: LoadedLayer, claim: Claim) -> str:
    words = claim.span.quote(loaded.document.text).split()
    return '"' + " ".join(words[:6]) + ("…" if len(words) > 6 else "") + '"'


@check("claim-crossing", level=4)
def claim_crossing(context: Context) -> Iterator[Problem]:
    """Claims nest or stand apart; they never overlap in part."""
    for _, loaded in context.annotated():
        for first, second in combinations(loaded.annotations.claims, 2):
            if first.span.overlaps(second.span) and not (
                first.span.contains(second.span) or second.span.contains(first.span)
            ):
                yield problem(loaded, second.id, "claim", "claim-crossing", "span",
                              f"{_shown(loaded, second)} overlaps {first.id} {_shown(loaded, first)} in part",
                              "nest one in the other, or separate them")  # fmt: skip


@check("claim-duplicate", level=4)
def claim_duplicate(context: Context) -> Iterator[Problem]:
    """Two claims never have the same span."""
    for _, loaded in context.annotated():
        for first, second in combinations(loaded.annotations.claims, 2):
            if first.span == second.span:
                yield problem(loaded, second.id, "claim", "claim-duplicate", "span",
                              f"{first.id} has the same span", "keep one of them")  # fmt: skip


@check("claim-content", level=4, severity="warning")
def claim_content(context: Context) -> Iterator[Problem]:
    """A claim lies inside a content, outside it, or around the whole of it."""
    for loaded, claim in _claims(context):
        for a in loaded.annotations.attributions:
            content = a.content
            if content is None or a.anaphoric or not content.overlaps(claim.span):
                continue
            if not content.contains(claim.span) and not claim.span.contains(content):
                yield problem(loaded, claim.id, "claim", "claim-content", "span",
                              f"{_shown(loaded, claim)} lies partly inside the content of {a.id}",
                              "so nobody can be said to put it forward: correct one of the spans")  # fmt: skip


@check("claim-conjunction", level=4)
def claim_conjunction(context: Context) -> Iterator[Problem]:
    """A claim leaves out the conjunction before it."""
    for loaded, claim in _claims(context):
        piece = proclitic(loaded.document, claim.span.start)
        if piece is not None and loaded.document.text[piece.start : piece.end] in CONJUNCTIONS:
            yield problem(loaded, claim.id, "claim", "claim-conjunction", "span",
                          f'{_shown(loaded, claim)} begins with "{loaded.document.text[piece.start : piece.end]}"',
                          "begin after it")  # fmt: skip


@check("claim-complementizer", level=4, severity="warning")
def claim_complementizer(context: Context) -> Iterator[Problem]:
    """A claim leaves out the complementizer before it."""
    for loaded, claim in _claims(context):
        document = loaded.document
        found = first_word(document, claim.span.start)
        piece = found[0].pieces[found[1]] if found else None
        if piece is not None and document.text[piece.start : piece.end] in COMPLEMENTIZERS:
            yield problem(loaded, claim.id, "claim", "claim-complementizer", "span",
                          f"{_shown(loaded, claim)} begins with a complementizer", "begin after it")  # fmt: skip


@check("claim-punctuation", level=4)
def claim_punctuation(context: Context) -> Iterator[Problem]:
    """No claim begins or ends with sentence punctuation."""
    for loaded, claim in _claims(context):
        if edge := sentence_mark(loaded.document, claim.span):
            yield problem(loaded, claim.id, "claim", "claim-punctuation", "span", f"the claim {edge}", "leave it out")


@check("claim-unreal", level=4, severity="warning")
def claim_unreal(context: Context) -> Iterator[Problem]:
    """What is asked, offered, promised or warned of is unreal; what is wondered about is questioned."""
    right = {"intention": "unreal", "question": "questioned"}
    for loaded, claim in _claims(context):
        a = loaded.annotations.attribution_of(claim)
        if a is not None and a.kind in right and claim.certainty != right[a.kind]:
            yield problem(loaded, claim.id, "claim", "claim-unreal", "certainty",
                          f"the claim is {claim.certainty} in the content of {a.id}, which is {a.kind}",
                          f"write certainty={right[a.kind]}, unless it is a claim of its own inside")  # fmt: skip


@check("claim-missing", level=4, severity="warning")
def claim_missing(context: Context) -> Iterator[Problem]:
    """A content that is told carries a claim, unless it is an anaphor or a bare topic."""
    for _, loaded in context.annotated():
        if "claims" not in loaded.files or not loaded.annotations.claims:
            continue
        for a in loaded.annotations.attributions:
            if a.content is None or a.anaphoric or a.kind == "question" or a.polarity == "untold":
                continue
            spans = [claim.span for claim in loaded.annotations.claims]
            if not any(s.overlaps(a.content) and not s.contains(a.cue) for s in spans):
                yield problem(loaded, a.id, "content", "claim-missing", "content", "no claim stands in the content",
                              "add the claim, or check that nothing is asserted")  # fmt: skip
