"""The cue lexicon (``aqwal/data/cue_classes.toml``), the rules that follow from it, and its accounting in the gold."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aqwal.checks.context import Context, problem
from aqwal.checks.registry import check
from aqwal.model import VALUE_TYPES, Document, Piece, Span
from aqwal.store.problems import Problem
from aqwal.text import normalise_character

_PERFECT = ("", "ت", "ا", "وا", "تا", "ن", "نا")
_IMPERFECT = tuple((p, s) for p in "يتنا" for s in ("", "ون", "وا", "ان", "ا", "ين", "ن"))
_ARTICLES = ("", "ال", "ل")
_WORD_ENDS = ("", "ا", "ة", "ت", "ه", "ات", "ون", "ين", "ان", "و", "ي")
#: The strongest class wins where one act has several cues.
STRENGTH = ("endorsing", "distancing", "neutral")
#: The closing formula (على حد قوله) outweighs them all: guideline L2.
CLOSING = "على حد"


@dataclass(frozen=True, slots=True)
class Cue:
    """A row of the lexicon."""

    lemma: str
    stance: str
    kinds: tuple[str, ...]
    account: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Rows by normalised form, and by phrase (a tuple of normalised forms)."""

    forms: dict[str, tuple[Cue, ...]]
    phrases: dict[tuple[str, ...], Cue]


def normalised(form: str) -> str:
    """A form without diacritics, tatweel and hamza on alif.

    >>> normalised("أُفيدَ")
    'افيد'
    """
    return "".join(map(normalise_character, form))


def inflected(row: dict[str, list[str]]) -> Iterator[str]:
    """Every normalised form of a row: perfect, imperfect, nouns and participles, single forms.

    >>> sorted(inflected({"imperfect": ["زعم"]}))[:3]
    ['ازعم', 'ازعما', 'ازعمان']
    """
    for stem in map(normalised, row.get("perfect", ())):
        yield from (stem + end for end in _PERFECT)
    for stem in map(normalised, row.get("imperfect", ())):
        yield from (start + stem + end for start, end in _IMPERFECT)
    for word in map(normalised, row.get("words", ())):
        stem = word.removesuffix("ة")
        yield from (article + stem + end for article in _ARTICLES for end in _WORD_ENDS if stem != word or end != "ه")
    yield from map(normalised, row.get("forms", ()))


@functools.cache
def lexicon() -> Lexicon:
    """The lexicon that comes with the package."""
    path = Path(__file__).parents[1] / "data" / "cue_classes.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["cue"]
    forms: dict[str, list[Cue]] = {}
    phrases: dict[tuple[str, ...], Cue] = {}
    for row in rows:
        cue = Cue(row["lemma"], row["stance"], tuple(row.get("kinds", ())), row.get("account", True))
        for form in sorted(set(inflected(row))):
            forms.setdefault(form, []).append(cue)
        for phrase in row.get("phrases", ()):
            phrases[tuple(map(normalised, phrase.split()))] = cue
    return Lexicon({form: tuple(cues) for form, cues in forms.items()}, phrases)


def occurrences(document: Document, pieces: Sequence[Piece]) -> Iterator[tuple[tuple[Piece, ...], tuple[Cue, ...]]]:
    """Every match of the lexicon in a run of clitic pieces: phrases first, which hide the single words in them."""
    found = lexicon()
    forms = [normalised(document.text[piece.start : piece.end]) for piece in pieces]
    longest = max(map(len, found.phrases))
    index = 0
    while index < len(pieces):
        for size in range(longest, 1, -1):
            phrase = tuple(forms[index : index + size])
            if phrase in found.phrases:
                yield tuple(pieces[index : index + size]), (found.phrases[phrase],)
                index += size
                break
        else:
            if forms[index] in found.forms:
                yield (pieces[index],), found.forms[forms[index]]
            index += 1


def cues_in(document: Document, span: Span) -> list[tuple[Cue, ...]]:
    """What the lexicon says of the words of a cue span; several rows for a form that could be either."""
    pieces = [p for word in document.words for p in word.pieces if any(s <= p.start < e for s, e in span.fragments)]
    return [cues for _, cues in occurrences(document, pieces)]


def stances(document: Document, span: Span) -> set[str]:
    """The stances that a cue can have by its words: the strongest of each reading; neutral if none is listed."""
    possible = {"neutral"}
    rows = cues_in(document, span)
    if any(cue.lemma == CLOSING for cues in rows for cue in cues):
        return {"distancing"}
    for cues in rows:
        possible = {min(before, cue.stance, key=STRENGTH.index) for before in possible for cue in cues}
    return possible


@check("stance-lexicon", level=4)
def stance_lexicon(context: Context) -> Iterator[Problem]:
    """The stance of an attribution is the class of its cue in the lexicon; the strongest of several; else neutral."""
    for _, loaded in context.annotated():
        for a in loaded.annotations.attributions:
            possible = stances(loaded.document, a.cue)
            if a.stance not in possible:
                right = " or ".join(sorted(possible))
                yield problem(loaded, a.id, "cue", "stance-lexicon", "stance",
                              f'the cue "{a.cue.quote(loaded.document.text)}" is {right}, not {a.stance}',
                              f"write stance={right}, or correct the cue")  # fmt: skip


@check("kind-lexicon", level=4, severity="warning")
def kind_lexicon(context: Context) -> Iterator[Problem]:
    """The kind of an attribution is one that its cue has in the lexicon."""
    for _, loaded in context.annotated():
        for a in loaded.annotations.attributions:
            rows = cues_in(loaded.document, a.cue)
            possible = {kind for cues in rows for cue in cues for kind in cue.kinds}
            if rows and all(cue.kinds for cues in rows for cue in cues) and a.kind not in possible:
                right = " or ".join(sorted(possible))
                yield problem(loaded, a.id, "cue", "kind-lexicon", "kind",
                              f'the cue "{a.cue.quote(loaded.document.text)}" is {right} in the lexicon, not {a.kind}',
                              f"write kind={right}, or check the cue")  # fmt: skip


@check("cue-unexplained", level=5)
def cue_unexplained(context: Context) -> Iterator[Problem]:
    """Every lexicon word in the gold is in a cue, in a name, or listed with a reason in annotations/non_cues.tsv."""
    listed = context.accounts["non_cues.tsv"]
    for _, loaded in context.gold():
        document = loaded.document
        if "attributions" not in loaded.files:
            continue
        cues = [a.cue for a in loaded.annotations.attributions]
        names = [
            m.span for m in loaded.annotations.mentions if m.level == "NAM" and m.type not in ("OCC", *VALUE_TYPES)
        ]
        names += [row.span for row in listed if row.doc_id == document.id]
        parsed = loaded.files["attributions"]
        for sentence in document.scored_sentences:
            pieces = [piece for word in sentence.words for piece in word.pieces]
            for found, rows in occurrences(document, pieces):
                span = Span.of(found[0].start, found[-1].end)
                if not any(cue.account for cue in rows) or any(cue.overlaps(span) for cue in cues):
                    continue
                if any(name.contains(span) for name in names):
                    continue
                column = f"{span.start - sentence.start}-{span.end - sentence.start}"
                yield Problem(
                    parsed.path, parsed.blocks.get(sentence.id, 0), "cue-unexplained", "cue",
                    f'"{span.quote(document.text)}" ({rows[0].lemma}) in {sentence.id} is in no cue',
                    "annotate it, or add to annotations/non_cues.tsv: "
                    f"{document.id}⇥{sentence.id}⇥{column}⇥REASON⇥{span.quote(document.text)}",
                    f"{sentence.id}:{column}",
                )  # fmt: skip
