"""The word lists of `data/*.toml`, read once and turned into dictionaries from normalised words to what they are.

Everything downstream works on *normalised* forms (:func:`normal`): no diacritics or tatweel, one alef, Persian letters as
Arabic ones. The lists are therefore written in ordinary spelling and normalised here, never in the data files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from aqwal.text import normalise_character

DATA = Path(__file__).parent / "data"


class _Table(dict[int, str]):
    """A `str.translate` table that fills itself from :func:`aqwal.text.normalise_character`."""

    def __missing__(self, point: int) -> str:
        made = self[point] = normalise_character(chr(point))
        return made


_TABLE = _Table()


def normal(form: str) -> str:
    """The search form of a word.

    >>> normal("أَكَّدَ"), normal("کوریـا")
    ('اكد', 'كوريا')
    """
    return form.translate(_TABLE)


@dataclass(frozen=True, slots=True)
class Cue:
    """What a cue word means: its class and fields, and the frames its content may come in (see `cues.toml`)."""

    lemma: str
    cls: str
    kind: str = "assertion"
    stance: str = "neutral"
    polarity: str = "positive"
    certainty: str = "certain"
    obj: bool = False
    clause: bool = False
    accuse: bool = False
    relay: bool = False
    offer: bool = False
    none: bool = False
    named: bool = False
    view: bool = False
    free: bool = False
    prepositions: tuple[str, ...] = ()
    gender: str = ""  # of a verb form: m, f; empty for other cues
    number: str = ""  # s, d, p
    tense: str = ""  # past, present


@dataclass(frozen=True, slots=True)
class Name:
    """A listed name: its tokens, type, entity id and tag (the letter that stands for it in tag strings)."""

    tokens: tuple[str, ...]
    type: str
    entity: str
    tag: str
    weak: bool = False  # a common word too: a name only beside a media noun or in quotation marks
    metonym: bool = False
    loaded: bool = False
    capital_of: str = ""


def _load(name: str) -> dict[str, Any]:
    with open(DATA / f"{name}.toml", "rb") as file:
        return tomllib.load(file)


def _words(text: str) -> list[str]:
    """Normalised words of a list; a trailing ``_`` switches an item off, an inner one is a space."""
    return [normal(word).replace("_", " ") for word in text.split() if not word.endswith("_")]


# ---------------------------------------------------------------- verb forms


def perfect_forms(stem: str) -> Iterator[tuple[str, str, str]]:
    """(form, gender, number) of the third persons of a perfect; ``stem`` is normalised.

    >>> [form for form, _, _ in perfect_forms("ادعي".replace("ي", "ى"))]
    ['ادعى', 'ادعا', 'ادعت', 'ادعوا', 'ادعيا', 'ادعتا']
    """
    yield stem, "m", "s"
    if stem.endswith(("ى", "ا")) and len(stem) > 2:
        cut = stem[:-1]
        if stem.endswith("ى"):
            yield cut + "ا", "m", "s"  # before a pronoun: نفاه
        yield cut + "ت", "f", "s"
        yield cut + "وا", "m", "p"
        yield cut + ("يا" if stem.endswith("ى") else "وا"), "m", "d"
        yield cut + "تا", "f", "d"
        return
    yield stem + "ت", "f", "s"
    yield stem + "وا", "m", "p"
    if len(stem) > 3 or stem[1:2] == "ا":
        yield stem + "ا", "m", "d"  # but ردا, نقلا are nouns far more often than duals
    yield stem + "تا", "f", "d"


def imperfect_forms(stem: str) -> Iterator[tuple[str, str, str]]:
    """(form, gender, number) of the third persons of an imperfect, indicative and jussive.

    >>> sorted({form for form, _, _ in imperfect_forms("يقول")})
    ['تقل', 'تقول', 'تقولان', 'يقل', 'يقول', 'يقولا', 'يقولان', 'يقولوا', 'يقولون']
    """
    rest = stem[1:]
    yield stem, "m", "s"
    yield "ت" + rest, "f", "s"
    weak = rest[-1:] in ("ي", "ى", "و")
    core = rest[:-1] if weak else rest
    yield "ي" + core + "ون", "m", "p"
    yield "ي" + core + "وا", "m", "p"
    dual = rest[:-1] + "ي" if rest.endswith("ى") else rest
    yield "ي" + dual + "ان", "m", "d"
    yield "ي" + dual + "ا", "m", "d"
    yield "ت" + dual + "ان", "f", "d"
    if weak and len(core) > 1:
        yield "ي" + core, "m", "s"
        yield "ت" + core, "f", "s"
    elif len(rest) == 3 and rest[1] in "ويا":  # hollow: يقول, لم يقل
        yield "ي" + rest[0] + rest[2], "m", "s"
        yield "ت" + rest[0] + rest[2], "f", "s"


def nisba_forms(base: str) -> tuple[str, ...]:
    """All agreement forms of a nationality adjective, without the article.

    >>> nisba_forms("مصري")[:4]
    ('مصري', 'مصرية', 'مصريون', 'مصريين')
    """
    return tuple(base + end for end in ("", "ة", "ون", "ين", "ان", "تين", "تان", "ات"))


# ---------------------------------------------------------------- the lexicon


class Lexicon:
    """All lists, as dictionaries on normalised forms."""

    def __init__(self) -> None:
        self.words = _load("words")
        self._read_cues()
        self._read_verbs()
        self._read_places()
        self._read_names()
        self._read_closed_classes()
        self.names = {first: tuple(sorted(found, key=lambda n: -len(n.tokens))) for first, found in self._names.items()}
        self.name_words = {token for found in self.names.values() for n in found for token in n.tokens}
        self.single_names = {n.tokens[0] for found in self.names.values() for n in found if len(n.tokens) == 1}

    # -- cues

    def _cue(self, group: dict[str, Any], text: str, **extra: Any) -> tuple[list[str], Cue]:
        forms, _, frames = text.partition("|")
        flags = frames.split()
        known = {"obj", "clause", "accuse", "relay", "offer", "none", "named", "view"}
        fields: dict[str, Any] = {
            key: group[key] for key in ("kind", "stance", "polarity", "certainty", "free") if key in group
        }
        raw = forms.split()
        cue = Cue(
            lemma=raw[0],
            cls=group["class"],
            prepositions=tuple(normal(flag[1:]) for flag in flags if flag.startswith("+")),
            **(fields | extra | {flag: True for flag in flags if flag in known}),
        )
        return raw, cue

    def _read_cues(self) -> None:
        data = _load("cues")
        self.finite: dict[str, Cue] = {}
        #: Forms whose reporting sense shows only in their diacritics, if they bear any (بيّن, ذُكر).
        self.marked_passive = {form for form in data["passive"]["forms"] if normal(form) != form.replace("أ", "ا")}
        for group in data["verbs"]:
            for text in group["forms"]:
                (perfect, imperfect), cue = self._cue(group, text)
                for tense, forms in (
                    ("past", perfect_forms(normal(perfect))),
                    ("present", imperfect_forms(normal(imperfect))),
                ):
                    for form, gender, number in forms:
                        made = Cue(**{**_fields(cue), "gender": gender, "number": number, "tense": tense})
                        self.finite.setdefault(form, made)
        self.participles: dict[str, Cue] = {}
        for group in data["participles"]:
            for text in group["forms"]:
                (base, *_), cue = self._cue(group, text)
                stem = normal(base)
                weak = stem.endswith("ي")
                for end, gender, number in (("ا", "m", "s"), ("ة", "f", "s"), ("ين", "m", "p"), ("تين", "f", "d")):
                    form = stem[:-1] + end if weak and end == "ين" else stem + end
                    made = Cue(**{**_fields(cue), "gender": gender, "number": number})
                    self.participles.setdefault(form, made)
        self.passive: dict[str, Cue] = {}
        self.passive_marked: dict[str, Cue] = {}
        for form in data["passive"]["forms"]:
            first = form.split()[0]
            cue = Cue(
                lemma=first,
                cls="passive",
                kind="belief" if first in data["passive"]["belief"] else "assertion",
                stance="distancing" if first in data["passive"]["distancing"] else "neutral",
                certainty="probable" if first in data["passive"]["belief"] else "certain",
                none=True,
            )
            if "ُ" in first:
                self.passive_marked[first] = cue
            else:
                self.passive[normal(first)] = cue
        self.formulas = set(map(normal, data["formulas"]["words"]))
        self.prepositional: dict[str, list[tuple[tuple[str, ...], str, Cue]]] = {}
        for group in data["prepositional"]:
            for text in group["forms"]:
                head, _, governed = text.partition("(")
                tokens = tuple(normal(head).split())
                cue = Cue(lemma=head.strip(), cls=group["class"], stance=group.get("stance", "neutral"))
                self.prepositional.setdefault(tokens[0], []).append((tokens, normal(governed.strip(" )")), cue))
        for rows in self.prepositional.values():
            rows.sort(key=lambda row: -len(row[0]))
        self.parenthetical: dict[str, list[tuple[str, ...]]] = {}
        for text in data["parenthetical"]["forms"]:
            tokens = tuple(normal(text).split())
            self.parenthetical.setdefault(tokens[0], []).append(tokens)
        for found in self.parenthetical.values():
            found.sort(key=lambda row: -len(row))
        self.not_tellers = set(map(normal, data["not_tellers"]["words"]))
        self.nominal: dict[str, Cue] = {}
        for group in data["nominal"]:
            for text in group["forms"]:
                (noun, *_), cue = self._cue(group, text)
                self.nominal.setdefault(normal(noun), cue)
        self.light: set[str] = set()
        for text in data["light"]["forms"]:
            perfect, imperfect = map(normal, text.split())
            self.light.update(form for form, _, _ in perfect_forms(perfect))
            self.light.update(form for form, _, _ in imperfect_forms(imperfect))
        self.speech_nouns = set(map(normal, data["speech_nouns"]["forms"]))
        self.speech_nouns |= {noun + "ا" for noun in self.speech_nouns if not noun.endswith(("ة", "ات"))}

    def _read_verbs(self) -> None:
        data = _load("verbs")
        self.verbs: dict[str, tuple[str, str]] = {}  # form -> (tense, gender)
        for pair in data["verbs"].replace("\n", ";").split(";"):
            if pair.split():
                perfect, imperfect = map(normal, pair.split())
                for form, gender, _ in perfect_forms(perfect):
                    self.verbs.setdefault(form, ("past", gender))
                for form, gender, _ in imperfect_forms(imperfect):
                    self.verbs.setdefault(form, ("present", gender))
                # First persons, for what is quoted.
                if not perfect.endswith(("ى", "ا")):
                    self.verbs.setdefault(perfect + "نا", ("past", ""))
                self.verbs.setdefault("ن" + imperfect[1:], ("present", ""))
        self.not_verbs = set(map(normal, data["not_verbs"].split()))
        common = _load("common")
        self.common: set[str] = set()
        for word in map(normal, common["nouns"].split()):
            self.common.update((word, word + "ا", word + "ات"))
            if word.endswith("ة"):
                self.common.add(word[:-1] + "ات")
        self.common_adjectives: set[str] = set()
        for word in map(normal, common["adjectives"].split()):
            self.common_adjectives.update(word + end for end in ("", "ة", "ين", "ون", "ات", "ا"))
        for form in (*self.common, *self.common_adjectives):
            # A noun that is spelt like a rare verb form (كتب, حكم) is a noun unless a particle says otherwise.
            self.verbs.pop(form, None)

    # -- names

    def _add(self, text: str, type_: str, entity: str, tag: str, **flags: Any) -> None:
        tokens = (
            tuple(normal(text.replace(".", ". ").replace("_", " ")).split()) if "." not in text else (normal(text),)
        )
        self._names.setdefault(tokens[0], []).append(Name(tokens, type_, entity, tag, **flags))

    def _read_places(self) -> None:
        data = _load("places")
        self._names: dict[str, list[Name]] = {}
        self.people: dict[str, str] = {}  # adjective form without article -> id of the people
        self.state_of_capital: dict[str, str] = {}
        self.gpe_names: set[str] = set()
        for row in data["countries"].strip().splitlines():
            names, capitals, nisbas, country, people = (part.strip() for part in row.split("|"))
            for name in names.split(";"):
                self._add(name.strip(), "GPE", country, "γ")
                self.gpe_names.add(normal(name.strip()))
            for capital in capitals.split(";"):
                if "=" in capital:
                    name, _, entity = capital.strip().partition("=")
                    self._add(name, "GPE", entity, "γ", capital_of=country)
                    self.state_of_capital[entity] = country
            for nisba in nisbas.split(";"):
                nisba = normal(nisba.strip())
                if nisba != "-" and not nisba.endswith("_") and people != "-":
                    self._add_people(nisba, people)
        for row in data["peoples"].strip().splitlines():
            word, people = (normal(part.strip()) for part in row.split("|"))
            if not word.endswith("_"):
                self._add_people(word, people)
        for row in data["cities"].split():
            name, _, entity = row.partition("=")
            if not name.endswith("_"):
                self._add(name, "GPE", entity, "γ")
        for part in data["locations"].replace("\n", ";").split(";"):
            name, _, entity = part.strip().partition("=")
            if entity:
                self._add(name, "LOC", entity, "λ")
        for row in data["designations"].strip().splitlines():
            name, entity, note = (part.strip() for part in row.split("|"))
            if note == "ORG":
                self._add(name, "ORG", entity, "ο")
            else:
                self._add(name, "GPE", entity, "γ", metonym=True, loaded=note == "loaded")

    def _add_people(self, word: str, people: str) -> None:
        if word.endswith("!"):
            self.people.setdefault(word[:-1], people)
        elif " " in word:
            first, second = word.split()
            for a, b in zip(nisba_forms(first), nisba_forms(second), strict=True):
                for article in ("", "ال"):
                    name = Name((article + a, article + b), "NORP", people, "ν")
                    self._names.setdefault(article + a, []).append(name)
        else:
            for form in nisba_forms(word):
                self.people.setdefault(form, people)

    def _read_names(self) -> None:
        data = _load("names")
        for row in data["organisations"].strip().splitlines():
            names, entity = (part.strip() for part in row.split("|"))
            for name in names.split(";"):
                if not name.strip().endswith("_"):
                    self._add(name.strip(), "ORG", entity, "ο")
        for row in data["websites"].strip().splitlines():
            names, entity = (part.strip() for part in row.split("|"))
            for name in names.split(";"):
                self._add(name.strip(), "WEBSITE", entity, "ω")
        for row in data["media"].strip().splitlines():
            names, entity = (part.strip() for part in row.split("|"))
            for name in names.split(";"):
                name = name.strip()
                if not name.endswith("_"):
                    self._add(name.rstrip("~"), "ORG", entity, "μ", weak=name.endswith("~"))
        female = _words(data["given_arabic_female"]) + _words(data["given_foreign_female"])
        self.given = {*_words(data["given_arabic"]), *_words(data["given_foreign"]), *female}
        self.given_female = set(female)
        closed = {word for row in _load("words")["function"].values() for word in _words(row)}
        self.given -= closed
        self.weak_given = set(_words(data["weak_given"])) & self.given
        self.compound_first = set(_words(data["compound_first"]))
        self.connectors = set(_words(data["connectors"]))

    # -- closed classes and head nouns

    def _read_closed_classes(self) -> None:
        w = self.words
        titles, org, dates, numbers, function = w["titles"], w["organisations"], w["dates"], w["numbers"], w["function"]
        self.titles = {*_words(titles["office"]), *_words(titles["rank"])} - {normal("أول"), normal("مقدم")}
        self.titles |= {"مقدم"} & set(_words(titles["rank"]))
        self.occupations = set(_words(titles["occupation"]))
        self.courtesy = set(_words(titles["courtesy"]))
        self.bare_titles = set(_words(titles["bare"]))
        self.media_heads_f = set(_words(w["media"]["heads_f"]))
        self.media_heads = self.media_heads_f | set(_words(w["media"]["heads_m"]))
        self.media_plural = set(_words(w["media"]["plural_f"]))
        self.org_heads = set(_words(org["heads"]))
        self.org_definite = set(_words(org["definite_heads"]))
        self.org_generic = set(_words(org["generic"]))
        self.org_complements = set(_words(org["common_complements"]))
        self.name_adjectives = set(_words(org["name_adjectives"]))
        self.facility_heads = set(_words(w["facilities"]["heads"]))
        self.location_heads = set(_words(w["locations"]["heads"]))
        self.directions = set(_words(w["locations"]["directions"]))
        self.direction_adjectives = set(_words(w["locations"]["direction_adj"]))
        self.place_heads = set(_words(w["locations"]["places"]))
        self.event_heads = set(_words(w["events"]["heads"]))
        self.event_definite = set(_words(w["events"]["definite"]))
        self.law_heads = set(_words(w["laws"]["heads"]))
        for month in dates["months_two"].split(";"):
            self._add(month.strip(), "MONTH", "", "b")
        self.months = set(_words(dates["months"]))
        self.months_weak = set(_words(dates["months_weak"]))
        self.days = set(_words(dates["days"]))
        self.relative_days = set(_words(dates["relative"]))
        self.time_nouns = set(_words(dates["time_nouns"]))
        self.unit_nouns = set(_words(dates["unit_nouns"]))
        self.duals = set(_words(dates["duals"]))
        self.clock_units = set(_words(dates["clock_units"]))
        self.clock_duals = set(_words(dates["clock_duals"]))
        self.modifiers = set(_words(dates["modifiers"]))
        self.extents = set(_words(dates["extents"]))
        self.parts = set(_words(dates["parts"]))
        self.after_clock = set(_words(dates["after_clock"]))
        self.decades = set(_words(dates["decades"]))
        self.cardinals = set(_words(numbers["cardinals"]))
        self.scales = set(_words(numbers["scales"]))
        self.ordinals = set(_words(numbers["ordinals"]))
        self.ordinal_idioms = set(_words(numbers["ordinal_idioms"]))
        self.currencies = set(_words(numbers["currencies"]))
        self.quantities = set(_words(numbers["quantities"]))
        self.prepositions = set(_words(function["prepositions"]))
        self.relatives = set(_words(function["relatives"]))
        self.negations = set(_words(function["negations"]))
        self.auxiliaries = set(_words(function["auxiliaries"]))
        self.adverbs = set(_words(function["adverbs"]))
        self.conjunctions = set(_words(function["conjunctions"]))
        self.pronouns = set(_words(function["pronouns"]))
        self.misc = set(_words(function["misc"]))
        self.interrogatives = set(_words(function["interrogatives"]))
        source = w["sources"]
        self.anonymous = set(_words(source["anonymous"]))
        self.officials = set(_words(source["officials"]))
        self.institutional = set(_words(source["institutional"]))
        self.collective = set(_words(source["collective"]))
        self.documents = set(_words(source["documents"]))
        self.plural_human = set(_words(source["plural_human"]))
        self.plural_things = set(_words(source["plural_things"]))
        #: Indefinite heads that take a relative clause without pronoun: مصدر طلب عدم ذكر اسمه, تقرير نشرته صحيفة س.
        self.tellers_with_clauses = self.anonymous | self.officials | self.documents
        self.mixed_heads = set(_words(source["mixed_heads"]))


def _fields(cue: Cue) -> dict[str, Any]:
    return {name: getattr(cue, name) for name in Cue.__dataclass_fields__}


@cache
def lexicon() -> Lexicon:
    """The one lexicon, read at first use."""
    return Lexicon()


_LETTERS = dict(
    zip(
        "ءاأإآبتثجحخدذرزسشصضطظعغفقكلمنهويىةئؤپچڤگ",
        "- a a a a b t th j hh kh d dh r z s sh ss dd tt zz e gh f q k l m n h w y a h y w p ch v g".split(),
        strict=True,
    )
)


def slug(words: Iterable[str]) -> str:
    """A readable ASCII id from Arabic words, the same for every spelling variant that normalises alike.

    >>> slug(["خالد", "العبيدي"])
    'khald-alebydy'
    """
    return "-".join(filter(None, map(_ascii, words))) or "x"


@lru_cache(maxsize=20_000)
def _ascii(word: str) -> str:
    return "".join(_LETTERS.get(c, c if c.isascii() and c.isalnum() else "") for c in normal(word)).strip("-").lower()
