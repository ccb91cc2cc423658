"""Random small corpora for the tests of the scorer: nesting, gaps, clitics, repeats, relays, implicit sources."""

from __future__ import annotations

import random
from dataclasses import replace

from aqwal.model import (
    ATTRIBUTION_POLARITIES,
    CERTAINTIES,
    CLAIM_POLARITIES,
    KINDS,
    QUOTES,
    SOURCE_TYPES,
    STANCES,
    TIMES,
    VERIFIABLE,
    Annotations,
    Attribution,
    Claim,
    Document,
    Mention,
    Paragraph,
    Piece,
    Sentence,
    Span,
    Word,
)

_FORMS = ["قال", "وأضافت", "حفتر", "إسرائيل", "،", "للاحتلال", "هآرتس", "إجابته", "أن", "زار", "2017", "«"]


def document(rng: random.Random, doc_id: str, paragraphs: int = 3) -> Document:
    """A document of a few short paragraphs; some are furniture or repeats, some words punctuation."""
    text, made, sentence_number = "", [], 0
    for number in range(1, paragraphs + 1):
        zone = rng.choice(["body", "body", "headline", "furniture"])
        sentences = []
        for _ in range(rng.randint(1, 2)):
            start, words = len(text), []
            for _ in range(rng.randint(1, 7)):
                form = rng.choice(_FORMS)
                words.append(Word(len(text), len(text) + len(form), form, (Piece(len(text), len(text) + len(form)),)))
                text += form + " "
            text = text[:-1]
            sentence_number += 1
            sentences.append(Sentence(f"s{sentence_number}", start, len(text), tuple(words)))
            text += " "
        text = text[:-1] + "\n"
        repeats = "p1" if number > 1 and rng.random() < 0.15 else ""
        made.append(Paragraph(f"p{number}", zone, tuple(sentences), repeats))
    return Document(doc_id, text, tuple(made))


def span(rng: random.Random, doc: Document, most: int = 8) -> Span:
    """A span of a few words, sometimes in two fragments, sometimes off the word boundaries."""
    words = doc.words
    first = rng.randrange(len(words))
    last = min(len(words) - 1, first + rng.randint(0, most))
    cut = rng.random()
    start, end = words[first].start, words[last].end
    if cut < 0.2 and last - first >= 2:
        middle = rng.randint(first + 1, last - 1)
        return Span(((start, words[middle - 1].end), (words[middle + 1].start, end)))
    if cut < 0.35 and end - start > 2:
        return Span.of(start + 1, end)
    return Span.of(start, end)


def annotations(rng: random.Random, doc: Document, size: int = 5) -> Annotations:
    """Arbitrary annotations of a document: valid for the model, not for the scheme."""
    entities = [f"e{k}" for k in range(4)]
    mentions = [
        Mention(
            f"m{k}", span(rng, doc, 3), rng.choice(["PERS", "ORG", "DATE"]), rng.choice(["NAM", "NAM", "VAL", "NOM", "PRO"]),
            rng.choice(["", *entities]),
        )
        for k in range(rng.randint(0, size))
    ]  # fmt: skip
    relations: list[Attribution] = []
    for k in range(rng.randint(0, size)):
        source = span(rng, doc, 2) if rng.random() < 0.6 else None
        relations.append(
            Attribution(
                f"a{k}", span(rng, doc, 1), span(rng, doc) if rng.random() < 0.9 else None, source,
                span(rng, doc, 1) if rng.random() < 0.2 else None,
                implicit=source is None and rng.random() < 0.6,
                source_entity=tuple(rng.sample(entities, rng.choice([0, 1, 1, 1, 2]))),
                source_type=rng.choice(SOURCE_TYPES[:3]),
                medium_entity=tuple(rng.sample(entities, rng.choice([0, 0, 0, 1]))),
                quote=rng.choice(QUOTES), kind=rng.choice(KINDS), stance=rng.choice(STANCES),
                polarity=rng.choice(ATTRIBUTION_POLARITIES),
                parent=rng.choice(["", *(a.id for a in relations)]),
            )
        )  # fmt: skip
    claims = [
        Claim(
            f"c{k}", span(rng, doc), polarity=rng.choice(CLAIM_POLARITIES), certainty=rng.choice(CERTAINTIES),
            time=rng.choice(TIMES), verifiable=rng.choice(VERIFIABLE), cluster=rng.choice(["", "x", "y", "z"]),
        )
        for k in range(rng.randint(0, size))
    ]  # fmt: skip
    return Annotations(doc.id, tuple(mentions), tuple(relations), tuple(claims))


def noisy(rng: random.Random, doc: Document, gold: Annotations) -> Annotations:
    """A system's rendering of ``gold``: some objects lost, moved, relabelled or added, under its own ids."""
    other = annotations(rng, doc, 2)
    keep = [
        m if rng.random() < 0.7 else replace(m, span=span(rng, doc, 3)) for m in gold.mentions if rng.random() < 0.8
    ]
    mentions = [replace(m, id="m" + m.id, entity=m.entity and "sys-" + m.entity) for m in keep]
    relations = [
        replace(
            a,
            id="p" + a.id,
            parent=a.parent and "p" + a.parent,
            source_entity=tuple("sys-" + e for e in a.source_entity) if rng.random() < 0.7 else (),
            medium_entity=tuple("sys-" + e for e in a.medium_entity),
            content=a.content if rng.random() < 0.7 else span(rng, doc),
            quote=a.quote if rng.random() < 0.7 else rng.choice(QUOTES),
        )
        for a in gold.attributions
        if rng.random() < 0.8
    ]
    claims = [
        replace(c, id="p" + c.id, cluster=c.cluster and rng.choice(["q", "sys-" + c.cluster]))
        for c in gold.claims
        if rng.random() < 0.8
    ]
    return Annotations(
        doc.id, (*mentions, *other.mentions), (*relations, *other.attributions), (*claims, *other.claims)
    )


def corpus(seed: int, documents: int = 3) -> tuple[list[Document], list[Annotations], list[Annotations]]:
    """Documents with gold and predictions."""
    rng = random.Random(seed)
    docs = [document(rng, f"{k:03}") for k in range(documents)]
    gold = [annotations(rng, doc) for doc in docs]
    if rng.random() < 0.2:
        predictions = [annotations(rng, doc) for doc in docs]
    else:
        predictions = [noisy(rng, doc, each) for doc, each in zip(docs, gold, strict=True)]
    return docs, gold, predictions
