"""L4: the scheme's rules for mentions and entities."""

from __future__ import annotations

from collections.abc import Iterator

from aqwal.checks.context import Context, Labelled, problem
from aqwal.checks.marks import QUOTATION_MARKS, proclitic
from aqwal.checks.registry import check
from aqwal.model import VALUE_TYPES, Mention
from aqwal.store.layers import LoadedLayer
from aqwal.store.problems import Problem

#: Value types whose numbers and units are no mentions of their own.
_CLOSED_VALUES = {"DATE", "TIME", "QUANTITY", "MONEY", "PERCENT"}
_INNER_VALUES = {"CARDINAL", "ORDINAL", "UNIT", "CURR"}


def _mentions(context: Context) -> Iterator[tuple[LoadedLayer, Mention]]:
    for _, loaded in context.annotated():
        for mention in loaded.annotations.mentions:
            yield loaded, mention


def _pairs(context: Context) -> Iterator[tuple[LoadedLayer, Mention, Mention]]:
    """Pairs of mentions that share text; the first begins earlier or is longer."""
    for _, loaded in context.annotated():
        mentions = loaded.annotations.mentions
        for index, first in enumerate(mentions):
            for second in mentions[index + 1 :]:
                if second.span.start >= first.span.end:
                    break  # they are in order of their starts
                if first.span.overlaps(second.span):
                    yield loaded, first, second


def _quote(loaded: LoadedLayer, mention: Mention) -> str:
    return f'"{mention.span.quote(loaded.document.text)}"'


@check("mention-level", level=4)
def mention_level(context: Context) -> Iterator[Problem]:
    """Times and numbers have level VAL, and nothing else has."""
    for loaded, mention in _mentions(context):
        if (mention.type in VALUE_TYPES) != (mention.level == "VAL"):
            right = "VAL" if mention.type in VALUE_TYPES else "NAM, NOM or PRO"
            yield problem(loaded, mention.id, mention.type, "mention-level", "level",
                          f"a {mention.type} mention has level {mention.level}", f"write level={right}")  # fmt: skip


@check("mention-entity", level=4)
def mention_entity(context: Context) -> Iterator[Problem]:
    """A NAM mention has one entity, NOM and PRO at least one, VAL none."""
    for loaded, mention in _mentions(context):
        count = len(mention.entity.split(",")) if mention.entity else 0
        if mention.level == "VAL" and mention.type in VALUE_TYPES and count:
            message, fix = "a VAL mention has no entity", "remove entity="
        elif mention.level != "VAL" and mention.type not in VALUE_TYPES and not count:
            message, fix = f"the {mention.level} mention {_quote(loaded, mention)} has no entity", "add entity=ID"
        elif mention.level == "NAM" and count > 1:
            message, fix = "a NAM mention refers to one entity", "mark each conjunct as a mention of its own"
        else:
            continue
        yield problem(loaded, mention.id, mention.type, "mention-entity", "entity", message, fix)


@check("mention-role", level=4)
def mention_role(context: Context) -> Iterator[Problem]:
    """NOM and PRO mentions stand only where they are the source or medium of an attribution, with its entity."""
    for loaded, mention in _mentions(context):
        if mention.level not in ("NOM", "PRO"):
            continue
        roles = [
            (span, entities)
            for a in loaded.annotations.attributions
            for span, entities in ((a.source, a.source_entity), (a.medium, a.medium_entity))
            if span is not None and span.contains(mention.span)
        ]
        if not roles:
            yield problem(loaded, mention.id, mention.type, "mention-role", "level",
                          f"the {mention.level} mention {_quote(loaded, mention)} is in no source or medium",
                          "remove it, or correct the span of the source")  # fmt: skip
        elif mention.entity and not any(set(mention.entity.split(",")) & set(entities) for _, entities in roles):
            known = sorted({entity for _, entities in roles for entity in entities})
            yield problem(loaded, mention.id, mention.type, "mention-role", "entity",
                          f"{_quote(loaded, mention)} is {mention.entity}, its source or medium {', '.join(known)}",
                          "give both the same entity")  # fmt: skip


@check("occ-holder", level=4)
def occ_holder(context: Context) -> Iterator[Problem]:
    """The entity of an OCC mention is the holder: a person or a body in the register."""
    for layer, loaded in context.annotated():
        for mention in loaded.annotations.mentions:
            if mention.type != "OCC":
                continue
            for name in filter(None, mention.entity.split(",")):
                entity = layer.known(name)
                if entity is not None and entity.type not in ("PERS", "ORG", "OCC"):
                    yield problem(loaded, mention.id, "OCC", "occ-holder", "entity",
                                  f"the holder {name} is {entity.type} in the register",
                                  "name the person or body that holds the office")  # fmt: skip


@check("register-type", level=4)
def register_type(context: Context) -> Iterator[Problem]:
    """The type of an entity is what the thing is: no value type, and the holder of an office is no OCC."""
    for layer in context.layers.values():
        for entity in layer.entities.entities.values() if layer.entities else ():
            if layer.entities and entity.type in (*VALUE_TYPES, "OCC"):
                yield Problem(layer.entities.path, layer.entities.lines[entity.id], "register-type", "type",
                              f"an entity is never {entity.type}", "write PERS for a holder known only by office",
                              entity.id)  # fmt: skip


@check("type-mismatch", level=4, severity="warning")
def type_mismatch(context: Context) -> Iterator[Problem]:
    """A mention has the type of its entity in the register, unless it is an OCC, or a place used for a state."""
    for layer, loaded in context.annotated():
        for mention in loaded.annotations.mentions:
            if mention.type == "OCC" or mention.level == "VAL" or mention.metonym:
                continue
            for name in filter(None, mention.entity.split(",")):
                entity = layer.known(name)
                if entity is not None and entity.type not in (mention.type, *VALUE_TYPES, "OCC"):
                    yield problem(loaded, mention.id, mention.type, "type-mismatch", "label",
                                  f"{_quote(loaded, mention)} is {mention.type}, its entity {name} is {entity.type}",
                                  "correct one of them")  # fmt: skip


@check("metonym-type", level=4)
def metonym_type(context: Context) -> Iterator[Problem]:
    """Only a GPE mention can be a metonym: a place standing for the state or its government."""
    for loaded, mention in _mentions(context):
        if mention.metonym and mention.type != "GPE":
            yield problem(loaded, mention.id, mention.type, "metonym-type", "metonym",
                          f"a {mention.type} mention is no metonym", "remove metonym=yes, or write GPE")  # fmt: skip


@check("framing-level", level=4)
def framing_level(context: Context) -> Iterator[Problem]:
    """Framing is of names: no number, time or pronoun has it."""
    for loaded, mention in _mentions(context):
        if mention.framing and mention.level in ("VAL", "PRO"):
            yield problem(loaded, mention.id, mention.type, "framing-level", "framing",
                          f"a {mention.level} mention has no framing", "remove framing=")  # fmt: skip


@check("scare-quotes", level=4)
def scare_quotes(context: Context) -> Iterator[Problem]:
    """A mention framed by scare quotes has a quotation mark beside it or in it."""
    for loaded, mention in _mentions(context):
        if "scare_quotes" in mention.framing:
            text = loaded.document.text
            around = text[max(0, mention.span.start - 2) : mention.span.end + 2]
            if not QUOTATION_MARKS & set(around):
                yield problem(loaded, mention.id, mention.type, "scare-quotes", "framing",
                              f"no quotation mark stands at {_quote(loaded, mention)}",
                              "remove scare_quotes")  # fmt: skip


@check("mention-crossing", level=4)
def mention_crossing(context: Context) -> Iterator[Problem]:
    """Mentions nest or stand apart; they never overlap in part."""
    for loaded, first, second in _pairs(context):
        if not first.span.contains(second.span) and not second.span.contains(first.span):
            yield problem(loaded, second.id, second.type, "mention-crossing", "span",
                          f"{_quote(loaded, second)} overlaps {first.id} {_quote(loaded, first)} in part",
                          "nest one in the other, or separate them")  # fmt: skip


@check("mention-duplicate", level=4)
def mention_duplicate(context: Context) -> Iterator[Problem]:
    """Two mentions never have the same span."""
    for loaded, first, second in _pairs(context):
        if first.span == second.span:
            yield problem(loaded, second.id, second.type, "mention-duplicate", "span",
                          f"{_quote(loaded, second)} is already {first.id} ({first.type})",
                          "keep one of them")  # fmt: skip


@check("mention-nesting", level=4)
def mention_nesting(context: Context) -> Iterator[Problem]:
    """A mention nested in another is of a different entity."""
    for loaded, first, second in _pairs(context):
        if first.span != second.span and first.entity and first.entity == second.entity:
            outer, inner = (first, second) if first.span.contains(second.span) else (second, first)
            if outer.span.contains(inner.span):
                yield problem(loaded, inner.id, inner.type, "mention-nesting", "entity",
                              f"{_quote(loaded, inner)} lies in {outer.id} {_quote(loaded, outer)} of the same entity",
                              "keep the outer one, or correct an entity")  # fmt: skip


@check("value-nesting", level=4)
def value_nesting(context: Context) -> Iterator[Problem]:
    """Numbers, units and currencies inside a time or a quantity are no mentions of their own."""
    for loaded, first, second in _pairs(context):
        for outer, inner in ((first, second), (second, first)):
            if (
                outer.type in _CLOSED_VALUES
                and inner.type in _INNER_VALUES
                and outer.span != inner.span
                and outer.span.contains(inner.span)
            ):
                yield problem(loaded, inner.id, inner.type, "value-nesting", "span",
                              f"{_quote(loaded, inner)} lies in the {outer.type} {_quote(loaded, outer)}",
                              "remove it")  # fmt: skip


@check("mention-proclitic", level=4)
def mention_proclitic(context: Context) -> Iterator[Problem]:
    """A mention leaves out the proclitic before it."""
    for loaded, mention in _mentions(context):
        piece = proclitic(loaded.document, mention.span.start)
        if piece is not None and mention.level != "PRO":
            item = Labelled(loaded, mention, mention.type, mention.span)
            yield item.problem("mention-proclitic", "span",
                               f'{_quote(loaded, mention)} begins with the proclitic '
                               f'"{loaded.document.text[piece.start : piece.end]}"',
                               "begin after it")  # fmt: skip


@check("mention-quotes", level=4)
def mention_quotes(context: Context) -> Iterator[Problem]:
    """A mention leaves out the quotation marks that surround it."""
    for loaded, mention in _mentions(context):
        quote = mention.span.quote(loaded.document.text)
        if quote[0] in QUOTATION_MARKS and quote[-1] in QUOTATION_MARKS:
            yield problem(loaded, mention.id, mention.type, "mention-quotes", "span",
                          f"{quote} includes its quotation marks", "leave them out")  # fmt: skip
