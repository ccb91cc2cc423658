"""L5: the corpus as a whole: consistency of labels, copies across folds, and nothing in the gold left unexplained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from aqwal.checks.context import Account, Context, problem
from aqwal.checks.marks import quotation_marks
from aqwal.checks.registry import check
from aqwal.model import Document, Mention, Sentence, Span
from aqwal.store.layers import LoadedLayer
from aqwal.store.problems import Problem
from aqwal.text import normalise_character

#: Words in a shingle, and the share of the smaller document's shingles that makes two documents near-duplicates.
SHINGLE, TOO_MUCH = 5, 0.05


def reuse_group(context: Context, doc_id: str) -> str:
    """``reuse_group`` of seeds/sources.toml: documents of one group are never split over folds; else the id itself."""
    source = context.sources.get(doc_id)
    return str(source.fields.get("reuse_group") or doc_id) if source else doc_id


def shingles(document: Document) -> frozenset[tuple[str, ...]]:
    """Runs of five normalised words."""
    forms = ("".join(map(normalise_character, word.form)) for word in document.words if not word.is_punctuation)
    words = [form for form in forms if form]
    return frozenset(tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))


@check("near-duplicate", level=5)
def near_duplicate(context: Context) -> Iterator[Problem]:
    """Documents of different reuse groups share less than one in twenty of their five-word runs."""
    made = {doc_id: shingles(document) for doc_id, document in context.documents.items()}
    for first, second in combinations(sorted(made), 2):
        smaller = min(len(made[first]), len(made[second]))
        shared = len(made[first] & made[second])
        if smaller and shared / smaller >= TOO_MUCH and reuse_group(context, first) != reuse_group(context, second):
            yield Problem("seeds/sources.toml", 0, "near-duplicate", f"{second}.reuse_group",
                          f"{first} and {second} share {shared / smaller:.0%} of their five-word runs",
                          "give both tables the same reuse_group, so that no fold separates them",
                          f"{first},{second}")  # fmt: skip


def _names(context: Context) -> Iterator[tuple[str, str, LoadedLayer, Mention]]:
    """Names of every layer: layer, normalised string, document, mention."""
    for layer, loaded in context.annotated():
        for mention in loaded.annotations.mentions:
            if mention.level == "NAM":
                string = " ".join("".join(map(normalise_character, mention.span.quote(loaded.document.text))).split())
                yield layer.name, string, loaded, mention


def _divided(context: Context, kind: str, attribute: str, skip: tuple[str, ...] = ()) -> Iterator[Problem]:
    """A problem for every string of a layer that has two values of ``attribute``, at the first use of the rarer."""
    uses: dict[tuple[str, str], dict[str, list[tuple[LoadedLayer, Mention]]]] = defaultdict(lambda: defaultdict(list))
    for layer, string, loaded, mention in _names(context):
        if mention.type not in skip:
            uses[layer, string][getattr(mention, attribute)].append((loaded, mention))
    for values in uses.values():
        if len(values) < 2:
            continue
        ranked = sorted(values.items(), key=lambda item: (-len(item[1]), item[0]))
        shown = ", ".join(f"{value or 'nothing'} {len(places)}×" for value, places in ranked)
        loaded, mention = ranked[-1][1][0]
        yield problem(loaded, mention.id, mention.type, kind, attribute,
                      f'"{mention.span.quote(loaded.document.text)}" is labelled {shown}',
                      "make them alike, or leave them if the senses differ")  # fmt: skip


@check("string-types", level=5, severity="warning")
def string_types(context: Context) -> Iterator[Problem]:
    """One string is labelled with one type throughout a layer."""
    yield from _divided(context, "string-types", "type")


@check("string-entities", level=5, severity="warning")
def string_entities(context: Context) -> Iterator[Problem]:
    """One name means one entity throughout a layer (titles apart)."""
    yield from _divided(context, "string-entities", "entity", skip=("OCC",))


def _listed(context: Context, table: str, loaded: LoadedLayer) -> list[Account]:
    return [row for row in context.accounts[table] if row.doc_id == loaded.document.id]


def _explained_marks(loaded: LoadedLayer) -> Iterator[tuple[int, int]]:
    """Stretches of text whose quotation marks a label explains (one character of margin on either side included)."""
    text = loaded.document.text
    for mention in loaded.annotations.mentions:
        yield _with_margin(text, mention.span.start, mention.span.end)
    for a in loaded.annotations.attributions:
        if a.content is not None and a.quote in ("direct", "mixed"):
            for start, end in a.content.fragments:
                yield _with_margin(text, start, end)
            # A complementizer or a full stop may stand between the mark and the content.
            yield max(0, a.content.start - 6), a.content.start
            yield a.content.end, a.content.end + 4
        # Marks around or in the name of a source or medium.
        for span in (a.source, a.medium):
            if span is not None:
                yield _with_margin(text, span.start, span.end)


def _with_margin(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch with the white space and one more character on either side."""
    start, end = start - 1, end
    while start > 0 and text[start].isspace():
        start -= 1
    while end < len(text) and text[end].isspace():
        end += 1
    return max(start, 0), min(end + 1, len(text))


@check("quotation-mark-unexplained", level=5)
def quotation_mark_unexplained(context: Context) -> Iterator[Problem]:
    """Every quotation mark in the gold belongs to a quotation, scare quotes, a name, or a row of non_quotes.tsv."""
    for _, loaded in context.gold():
        if not {"mentions", "attributions"} <= set(loaded.files):
            continue
        document, parsed = loaded.document, loaded.files["attributions"]
        explained = list(_explained_marks(loaded))
        rows = [fragment for row in _listed(context, "non_quotes.tsv", loaded) for fragment in row.span.fragments]
        for sentence in document.scored_sentences:
            for mark in quotation_marks(document, sentence.start, sentence.end):
                if any(start <= mark < end for start, end in [*explained, *rows]):
                    continue
                column = f"{mark - sentence.start}-{mark - sentence.start + 1}"
                yield Problem(
                    parsed.path, parsed.blocks.get(sentence.id, 0), "quotation-mark-unexplained", "quote",
                    f"the mark {document.text[mark]} before “{document.text[mark + 1 : mark + 16]}” in {sentence.id} "
                    "is part of no label",
                    "annotate what it marks, or add to annotations/non_quotes.tsv: "
                    f"{document.id}⇥{sentence.id}⇥{column}⇥REASON⇥{document.text[mark]}",
                    f"{sentence.id}:{column}",
                )  # fmt: skip


def _has_claim(loaded: LoadedLayer, sentence: Sentence) -> bool:
    whole = Span.of(sentence.start, sentence.end)
    return any(claim.span.overlaps(whole) for claim in loaded.annotations.claims)


@check("claimless-sentence", level=5)
def claimless_sentence(context: Context) -> Iterator[Problem]:
    """Every scored sentence of the gold has a claim, or a row of annotations/no_claims.tsv that says why not."""
    for _, loaded in context.gold():
        if "claims" not in loaded.files:
            continue
        listed = {row.sentence for row in _listed(context, "no_claims.tsv", loaded)}
        parsed = loaded.files["claims"]
        for sentence in loaded.document.scored_sentences:
            if sentence.id not in listed and not _has_claim(loaded, sentence):
                text = loaded.document.text[sentence.start : sentence.end]
                yield Problem(
                    parsed.path, parsed.blocks.get(sentence.id, 0), "claimless-sentence", "claim",
                    f"{sentence.id} has no claim",
                    "add the claim, or add to annotations/no_claims.tsv: "
                    f"{loaded.document.id}⇥{sentence.id}⇥-⇥REASON⇥{text}",
                    sentence.id,
                )  # fmt: skip


@check("account-unused", level=5)
def account_unused(context: Context) -> Iterator[Problem]:
    """Every row of non_cues, non_quotes and no_claims explains something that is there."""
    from aqwal.checks.cues import occurrences

    gold = {loaded.document.id: loaded for _, loaded in context.gold()}
    if "gold" not in context.layers:
        return
    for table, rows in context.accounts.items():
        for row in rows:
            document, loaded = context.documents[row.doc_id], gold.get(row.doc_id)
            sentence = document.by_id[row.sentence]
            if loaded is None:
                message = f"document {row.doc_id} has no gold labels"
            elif table == "no_claims.tsv" and _has_claim(loaded, sentence):
                message = f"{row.sentence} has a claim"
            elif table == "non_quotes.tsv" and not any(
                any(quotation_marks(document, start, end)) for start, end in row.span.fragments
            ):
                message = "no quotation mark stands there"
            elif table == "non_cues.tsv" and not any(
                row.span.contains(Span.of(found[0].start, found[-1].end))
                and not any(a.cue.overlaps(row.span) for a in loaded.annotations.attributions)
                for found, _ in occurrences(document, [p for word in sentence.words for p in word.pieces])
            ):
                message = "no lexicon word outside cues stands there"
            else:
                continue
            yield Problem(row.path, row.line, "account-unused", "row", message, "remove the row")
