"""The closed vocabularies of the published dataset: every label in its fixed order, with its meaning in one line.

The order is that of :mod:`aqwal.model`, because a ClassLabel is stored as its index; a new label goes at the end.
"""

from __future__ import annotations

from collections.abc import Mapping

from aqwal import model

#: How a claim pair came into the table.
SELECTIONS = ("block", "linked", "sampled")
#: What two claims of different documents are to each other.
PAIR_LABELS = ("same", "specifies", "contradicts", "different")
#: Which claim of a `specifies` pair is the narrower one.
DIRECTIONS = ("none", "first_narrower", "second_narrower")
#: IOB2 tags of the entity types.
NER_TAGS = ("O", *(f"{prefix}-{kind}" for kind in model.ENTITY_TYPES for prefix in "BI"))

_TYPES = {
    "PERS": "a person by name",
    "NORP": "a people, nationality, religious or political group, adjectives included",
    "OCC": "the title, rank or office of one identified person or body; its entity is the holder",
    "ORG": "an organisation, institution, company, party, armed force or medium",
    "GPE": "a country, city or other place with a government, also where it acts as a state",
    "LOC": "a region, sea, continent or bloc as a place",
    "FAC": "a building, airport, crossing, base or other facility",
    "EVENT": "a designation that fixes one event (a war, an election, an operation)",
    "DATE": "a calendar expression, age or span of a day or more",
    "TIME": "a clock time or a span under a day",
    "LANGUAGE": "a language",
    "WEBSITE": "a web site or page",
    "LAW": "a law, treaty or agreement by name",
    "PRODUCT": "a model or brand",
    "CARDINAL": "a number that counts",
    "ORDINAL": "a number that ranks",
    "PERCENT": "a percentage",
    "QUANTITY": "a measure with its unit",
    "UNIT": "a unit of measure",
    "MONEY": "an amount of money with its currency",
    "CURR": "a currency",
}

#: Vocabulary name → label → meaning, in the order of the stored index.
VOCABULARIES: Mapping[str, Mapping[str, str]] = {
    "zone": {
        "headline": "the title",
        "kicker": "a line above or below the title",
        "byline": "the author or outlet line",
        "body": "the article itself",
        "furniture": "section names, counters, captions, related links, source lines; never annotated or scored",
    },
    "entity_type": {name: _TYPES[name] for name in model.ENTITY_TYPES},
    "level": {
        "NAM": "a name, or an expression standing for one",
        "VAL": "a value or time; it has no entity",
        "NOM": "a noun phrase that is the source or medium of an attribution",
        "PRO": "a pronoun, often a clitic, that is the source or medium of an attribution",
    },
    "framing": {
        "scare_quotes": "quotation marks that withhold recognition",
        "loaded": "a value-laden designation in place of the ordinary name",
    },
    "quote": {
        "direct": "all the content stands in quotation marks",
        "mixed": "part of the content stands in quotation marks",
        "indirect": "the content is reported in the writer's words",
    },
    "kind": {
        "assertion": "telling, writing, reporting, confirming, revealing, denying",
        "belief": "thinking, seeing as, expecting, considering",
        "intention": "asking, demanding, promising, offering, threatening, warning, announcing a purpose",
        "question": "wondering, speculating whether",
    },
    "stance": {
        "neutral": "the cue takes no side",
        "endorsing": "the cue presents the content as established (revealed, confirmed, proved)",
        "distancing": "the cue keeps the content at a distance (claimed, alleged, rumours)",
    },
    "attribution_polarity": {
        "positive": "the source tells the content",
        "denied": "the source calls the content false",
        "untold": "the telling itself is negated",
    },
    "source_type": {
        "person": "a named person",
        "organisation": "a named organisation other than a medium",
        "media": "a named outlet or its report",
        "official": "unnamed, with an institutional attribute",
        "anonymous": "unnamed",
        "collective": "observers, residents, unnamed press in the plural, reports",
        "none": "no source at all",
    },
    "scope": {
        "": "the end of the content is clear",
        "uncertain": "the end of the content is a real doubt",
    },
    "claim_polarity": {
        "positive": "the claim asserts the event or state",
        "negative": "the claim asserts that it is not so",
    },
    "certainty": {
        "certain": "put forward as so",
        "probable": "expected, likely, thought",
        "possible": "perhaps, may, speculation",
        "unreal": "conditional, asked, offered, promised, feared, warned of, intended",
        "questioned": "put as a question",
    },
    "time": {
        "past": "the event lies before publication",
        "present": "a state that lasts at publication",
        "future": "the event lies after publication",
        "none": "no time",
    },
    "verifiable": {
        "yes": "evidence could settle it",
        "no": "an evaluation, metaphor, motive or prediction that no evidence could settle",
    },
    "pair_label": {
        "same": "both claims are of one cluster: the same event or state, free of polarity and certainty",
        "specifies": "one claim's cluster is a narrower form of the other's (see direction)",
        "contradicts": "their clusters are linked as contradicting each other",
        "different": "none of these",
    },
    "direction": {
        "none": "the label is not `specifies`",
        "first_narrower": "the first claim is the narrower one",
        "second_narrower": "the second claim is the narrower one",
    },
    "selection": {
        "block": "the two claims share time and a participant",
        "linked": "outside the block, but the same, specifying or contradicting",
        "sampled": "outside the block and unlinked, drawn at random with a fixed seed",
    },
    "ner_tag": {
        tag: "outside every mention of this layer"
        if tag == "O"
        else ("first" if tag[0] == "B" else "further") + f" token of: {_TYPES[tag[2:]]}"
        for tag in NER_TAGS
    },
}

#: The model's tuple behind each vocabulary; a difference would shift stored indices, so a test compares them.
SOURCES: Mapping[str, tuple[str, ...]] = {
    "zone": model.ZONES,
    "entity_type": model.ENTITY_TYPES,
    "level": model.LEVELS,
    "framing": model.FRAMINGS,
    "quote": model.QUOTES,
    "kind": model.KINDS,
    "stance": model.STANCES,
    "attribution_polarity": model.ATTRIBUTION_POLARITIES,
    "source_type": model.SOURCE_TYPES,
    "scope": model.SCOPES,
    "claim_polarity": model.CLAIM_POLARITIES,
    "certainty": model.CERTAINTIES,
    "time": model.TIMES,
    "verifiable": model.VERIFIABLE,
    "pair_label": PAIR_LABELS,
    "direction": DIRECTIONS,
    "selection": SELECTIONS,
    "ner_tag": NER_TAGS,
}

_INDEX: Mapping[str, Mapping[str, int]] = {
    vocabulary: {name: index for index, name in enumerate(labels)} for vocabulary, labels in VOCABULARIES.items()
}


def names(vocabulary: str) -> tuple[str, ...]:
    """The labels in the order of their index."""
    return tuple(VOCABULARIES[vocabulary])


def index(vocabulary: str, label: str) -> int:
    """The stored index of a label.

    >>> index("stance", "endorsing"), names("stance")[1]
    (1, 'endorsing')
    """
    return _INDEX[vocabulary][label]
