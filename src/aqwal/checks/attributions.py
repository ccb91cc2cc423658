"""L4: the scheme's rules for one attribution: its source, medium, quotation marks and the edges of its roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from aqwal.checks.context import Context, problem, roles
from aqwal.checks.marks import (
    COMPLEMENTIZERS,
    CONJUNCTIONS,
    QUOTATION_MARKS,
    SENTENCE_MARKS,
    proclitic,
    word_at,
)
from aqwal.checks.registry import check
from aqwal.model import Attribution, Document, Span
from aqwal.store.layers import LoadedLayer
from aqwal.store.problems import Problem


def _attributions(context: Context) -> Iterator[tuple[LoadedLayer, Attribution]]:
    for _, loaded in context.annotated():
        for attribution in loaded.annotations.attributions:
            yield loaded, attribution


@check("attribution-source", level=4)
def attribution_source(context: Context) -> Iterator[Problem]:
    """A source is a span with entities, or implicit with entities, or nobody: type none without either."""
    for loaded, a in _attributions(context):
        if a.implicit and a.source is not None:
            field, message, fix = "implicit", "an implicit source has a span", "remove implicit=yes, or write - as span"
        elif a.source_type == "none" and (a.source is not None or a.implicit or a.source_entity):
            field, message, fix = "type", "type none, but there is a source", "write the type of the source"
        elif a.source_type != "none" and a.source is None and not a.implicit:
            field, message, fix = (
                "implicit",
                f"type {a.source_type}, but neither span nor implicit",
                ("add implicit=yes if the subject is only in the verb, or write type=none"),
            )
        elif a.source_type != "none" and not a.source_entity:
            field, message, fix = "entity", "the source has no entity", "add entity=ID"
        else:
            continue
        yield problem(loaded, a.id, "source", "attribution-source", field, message, fix)


@check("source-mention", level=4)
def source_mention(context: Context) -> Iterator[Problem]:
    """Every entity of a source or medium with a span has a mention inside that span."""
    for loaded, a in _attributions(context):
        if "mentions" not in loaded.files:
            continue
        for role, span, entities in (("source", a.source, a.source_entity), ("medium", a.medium, a.medium_entity)):
            for entity in entities if span is not None else ():
                if not any(
                    entity in m.entity.split(",") and span is not None and span.contains(m.span)
                    for m in loaded.annotations.mentions
                ):
                    yield problem(loaded, a.id, role, "source-mention", "entity",
                                  f"no mention inside the {role} has the entity {entity}",
                                  "add a NOM or PRO mention of it, or correct an entity")  # fmt: skip


@check("attribution-medium", level=4)
def attribution_medium(context: Context) -> Iterator[Problem]:
    """A medium has a span and an entity, and is another than the source."""
    for loaded, a in _attributions(context):
        if a.medium is None and a.medium_entity:
            yield problem(loaded, a.id, "medium", "attribution-medium", "span", "the medium has no span",
                          "quote the words that name it, or remove the row")  # fmt: skip
        if set(a.medium_entity) & set(a.source_entity):
            yield problem(loaded, a.id, "medium", "attribution-medium", "entity",
                          "the medium is the source itself", "remove the medium")  # fmt: skip


@check("attribution-content", level=4)
def attribution_content(context: Context) -> Iterator[Problem]:
    """Every attribution has a content, if only an anaphor."""
    for loaded, a in _attributions(context):
        if a.content is None:
            yield problem(loaded, a.id, "cue", "attribution-content", "content", "the attribution has no content",
                          "add its content row; an act without content is no attribution")  # fmt: skip


@check("cue-duplicate", level=4)
def cue_duplicate(context: Context) -> Iterator[Problem]:
    """One cue signals one attribution, unless one of two relays the other."""
    for _, loaded in context.annotated():
        for first, second in combinations(loaded.annotations.attributions, 2):
            related = second.parent == first.id or first.parent == second.id
            if first.cue == second.cue and not related:
                yield problem(loaded, second.id, "cue", "cue-duplicate", "span",
                              f"{first.id} has the same cue", "coordinated contents are fragments of one")  # fmt: skip


@check("role-overlap", level=4)
def role_overlap(context: Context) -> Iterator[Problem]:
    """The cue of an attribution shares no text with its source, content or medium."""
    for loaded, a in _attributions(context):
        for item in roles(loaded, a):
            if item.role != "cue" and item.span.overlaps(a.cue):
                yield item.problem("role-overlap", "span", f"the {item.role} overlaps the cue",
                                   "cut the cue out (fragments joined by ` … `)")  # fmt: skip


@check("source-in-content", level=4, severity="warning")
def source_in_content(context: Context) -> Iterator[Problem]:
    """The source and medium of an attribution stand outside its content, and apart from each other."""
    for loaded, a in _attributions(context):
        for role, one, other in (("source", a.source, a.content), ("medium", a.medium, a.content)):
            if one is not None and other is not None and one.overlaps(other):
                yield problem(loaded, a.id, role, "source-in-content", "span", f"the {role} overlaps the content",
                              "check where the content begins")  # fmt: skip
        if a.source is not None and a.medium is not None and a.source.overlaps(a.medium):
            yield problem(loaded, a.id, "medium", "source-in-content", "span", "the medium overlaps the source",
                          "check where the source ends")  # fmt: skip


@check("role-proclitic", level=4)
def role_proclitic(context: Context) -> Iterator[Problem]:
    """A cue, source or medium leaves out the conjunction or preposition written on its first word."""
    for loaded, a in _attributions(context):
        for item in roles(loaded, a):
            if item.role == "content":
                continue
            piece = proclitic(loaded.document, item.span.start)
            text = loaded.document.text
            # A preposition may itself be (part of) the cue, as in بحسب or برأي; a conjunction never is.
            if piece is not None and (item.role != "cue" or text[piece.start : piece.end] in CONJUNCTIONS):
                yield item.problem("role-proclitic", "span",
                                   f'"{item.text}" begins with the proclitic "{text[piece.start : piece.end]}"',
                                   "begin after it")  # fmt: skip


@check("role-punctuation", level=4)
def role_punctuation(context: Context) -> Iterator[Problem]:
    """No role of an attribution begins or ends with sentence punctuation."""
    for loaded, a in _attributions(context):
        for item in roles(loaded, a):
            if edge := sentence_mark(loaded.document, item.span):
                yield item.problem("role-punctuation", "span", f'the {item.role} {edge}', "leave it out")  # fmt: skip


def sentence_mark(document: Document, span: Span) -> str:
    """Says which sentence mark a span begins or ends with; a mark that belongs to a word (أ.ف.ب) is none."""
    for position, verb in ((span.start, "begins with"), (span.end - 1, "ends in")):
        word = word_at(document, position)
        if word is not None and word.is_punctuation and set(word.form) & SENTENCE_MARKS:
            return f'{verb} "{word.form}"'
    return ""


@check("content-edges", level=4, severity="warning")
def content_edges(context: Context) -> Iterator[Problem]:
    """A content begins without conjunction and complementizer, unless they are quoted with it."""
    for loaded, a in _attributions(context):
        if a.content is None or a.quote == "direct" or a.anaphoric:
            continue
        for start, end in a.content.fragments:
            text = loaded.document.text[start:end]
            piece = proclitic(loaded.document, start)
            if piece is not None and loaded.document.text[piece.start : piece.end] in CONJUNCTIONS:
                what = "a conjunction"
            elif text.split()[0] in COMPLEMENTIZERS:
                what = "a complementizer"
            else:
                continue
            yield problem(loaded, a.id, "content", "content-edges", "span", f'"{text}" begins with {what}',
                          "begin after it")  # fmt: skip


@check("quote-direct", level=4)
def quote_direct(context: Context) -> Iterator[Problem]:
    """The content of a direct quotation is bounded by quotation marks in the text."""
    for loaded, a in _attributions(context):
        if a.quote != "direct" or a.content is None:
            continue
        opened, closed = quoted_edges(loaded.document, a.content)
        # Marks may be missing at one end of a sentence (mismatched typography), not at both.
        if not opened or not (closed or _ends_sentence(loaded.document, a.content)):
            where = "before" if not opened else "after"
            yield problem(loaded, a.id, "content", "quote-direct", "quote",
                          f"no quotation mark stands {where} the content", "write quote=mixed or indirect")  # fmt: skip


@check("quote-mixed", level=4)
def quote_mixed(context: Context) -> Iterator[Problem]:
    """The content of a mixed quotation has quotation marks in it."""
    for loaded, a in _attributions(context):
        if a.quote == "mixed" and a.content is not None:
            marks = any(set(loaded.document.text[s:e]) & QUOTATION_MARKS for s, e in a.content.fragments)
            if not marks and not any(quoted_edges(loaded.document, a.content)):
                yield problem(loaded, a.id, "content", "quote-mixed", "quote", "the content has no quotation mark",
                              "write quote=indirect")  # fmt: skip


@check("quote-indirect", level=4, severity="warning")
def quote_indirect(context: Context) -> Iterator[Problem]:
    """Content that quotation marks enclose wholly is direct."""
    for loaded, a in _attributions(context):
        if a.quote == "indirect" and a.content is not None and all(quoted_edges(loaded.document, a.content)):
            # A name or epithet in marks may be the whole content.
            if any(m.span.contains(a.content) for m in loaded.annotations.mentions):
                continue
            yield problem(loaded, a.id, "content", "quote-indirect", "quote",
                          "quotation marks enclose the content", "write quote=direct")  # fmt: skip


_MARKS = f"[{re.escape(''.join(sorted(QUOTATION_MARKS)))}]"
#: A mark, then perhaps the conjunction and complementizer that content leaves out.
_OPENED = re.compile(rf"{_MARKS}\s*[وف]?[بفك]?(?:[أإا]ن)?\s*$")
_CLOSED = re.compile(rf"\s*[{re.escape(''.join(sorted(SENTENCE_MARKS)))}]*\s*{_MARKS}")


def quoted_edges(document: Document, content: Span) -> tuple[bool, bool]:
    """Whether a quotation mark opens right before the content and closes right after it.

    Between mark and content may stand what content leaves out: a complementizer before, sentence punctuation after.
    """
    before, after = document.text[max(0, content.start - 12) : content.start], document.text[content.end :][:12]
    return _OPENED.search(before) is not None, _CLOSED.match(after) is not None


def _ends_sentence(document: Document, content: Span) -> bool:
    """True if only punctuation follows the content in its sentence."""
    sentence = document.sentence_of(content.end - 1)
    return sentence is not None and all(w.is_punctuation for w in sentence.words if w.start >= content.end)
