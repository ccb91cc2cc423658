"""Noun phrases: where a source ends, what kind of source it is, and how a verb agrees with it."""

from __future__ import annotations

from typing import Final, NamedTuple

from .entries import Entry
from .lexicon import Lexicon, slug
from .tokens import Found, Sent

_QUANTIFIERS: Final = frozenset(("اي", "اية", "كل", "جميع", "عدم", "معظم", "بعض"))
_REPORTS: Final = frozenset(("تقرير", "مقال", "مقالة", "تحقيق", "خبر"))
#: كشف النقاب عن: the object belongs to the verb.
_IDIOMS: Final = frozenset(("النقاب", "اللثام", "الستار"))
_COMPLETE: Final = frozenset(("PERS", "ORG", "GPE", "WEBSITE"))
_TIMES: Final = frozenset(("DATE", "TIME"))
#: Words after which a preposition still belongs to the noun phrase.
_TAKES_FROM: Final = frozenset(
    (
        "مقرب",
        "مقربة",
        "مقربين",
        "مقربون",
        "قريب",
        "قريبة",
        "قريبين",
        "عدد",
        "العديد",
        "كل",
        "كلا",
        "واحد",
        "عديد",
        "كثير",
        "الكثير",
        "اثنان",
        "اثنين",
        "مجموعة",
    )
)
_TAKES_ON: Final = frozenset(
    ("مطلع", "مطلعة", "مطلعين", "مطلعون", "المطلع", "المطلعة", "المشرف", "المشرفة", "القائم", "القائمة")
)
_TAKES_FOR: Final = frozenset(
    (
        "تابع",
        "تابعة",
        "تابعين",
        "التابع",
        "التابعة",
        "الموالي",
        "الموالية",
        "موالية",
        "موال",
        "المؤيد",
        "المؤيدة",
        "العام",
        "الدائم",
        "الخاص",
        "السابق",
        "الاعلى",
        "التنفيذي",
        "الرسمي",
        "المساعد",
    )
)
_STOP_AFTER_COMMA: Final = frozenset("pbVCPAwfyt&ihcnk.:;q")


class Source(NamedTuple):
    """What a source phrase refers to."""

    entities: tuple[str, ...]
    type: str
    gender: str
    number: str
    named: bool  # the entity is that of a name inside the phrase
    head: str


def phrase_end(sent: Sent, start: int, lex: Lexicon, *, after_preposition: bool = False) -> int:
    """One past the last piece of the noun phrase that begins at ``start``; ``start`` itself if none does."""
    syntax, entries, names = sent.syntax, sent.entries, sent.names
    size = len(syntax)
    k = start
    name_at = sent.name_at
    head: Entry | None = None
    limit = min(size, start + 45)
    last: Found | None = None  # the name that ends here
    ends: set[int] = set()
    while k < limit:
        found = name_at.get(k)
        if found is not None:
            if found.type in _TIMES:
                break
            if (
                last is not None
                and last.type in _COMPLETE
                and found.type in _COMPLETE
                and not (found.type == "PERS" and head is not None and head.name_tag in "TOlo")
            ):
                break  # a second name is the object: دعت س ص
            head = head or entries[k]
            last = found
            k = found.j
            ends.add(k - 1)
            continue
        tag = syntax[k]
        if last is not None and last.type in _COMPLETE and tag == "D" and names[k] in "FCGRUV":
            break
        last = None
        if tag in "NDJm":
            if tag == "m" and k == start and entries[k].norm in ("نحو", "حوالي", "بسبب", "نتيجة", "اول", "عدم", "غير"):
                break
            if tag == "N" and head is not None and entries[k].norm.endswith("ا") and entries[k].speech:
                break  # نشرت الصحيفة تقريرا
            if tag == "N" and entries[k].cue_tag == "H":
                break
            if (
                tag == "N"
                and k > start
                and names[k] in "VWfge#KzuE"
                and (entries[k - 1].definite or syntax[k - 1] == "e" or (k - 1 in ends))
            ):
                break  # an indefinite noun after a complete phrase is the object: طلب الرئيس … حماية
            rumour = entries[k].nominal
            if tag == "N" and k > start and rumour is not None and rumour.free:
                break  # وسائل إعلام | أنباء
            if entries[k].norm in _IDIOMS or (tag == "m" and k > start and entries[k].norm in _QUANTIFIERS):
                break
            head = head or entries[k]
            k += 1
            continue
        if tag == "h":
            if k == start and k + 1 < size and syntax[k + 1] in "DJ":
                k += 1
                continue
            break
        if tag == "e" and k > start:
            k += 1
            continue
        if tag == "q":
            close = sent.quotes.get(k, -2)
            inside = close - k - 1
            if (
                k > start
                and 0 < inside <= 5
                and (names[k - 1] in "mFgGNJATl_f#" or k + 1 in name_at)
                and syntax.find("A", k, close) < 0
            ):
                k = close + 1
                continue
            if k == start and 0 < inside <= 4 and k + 1 in name_at and name_at[k + 1].j >= close - 1:
                head = head or entries[k + 1]
                k = close + 1
                continue
            break
        if tag == "(":
            close = syntax.find(")", k, k + 12)
            if close > 0:
                k = close + 1
                continue
            break
        if (
            tag == "-"
            and k > start
            and k + 1 < size
            and sent.ends[k - 1] == sent.starts[k]
            and sent.ends[k] == sent.starts[k + 1]
        ):
            k += 1
            continue
        if tag == "w":
            nxt = k + 1
            if (
                nxt < size
                and nxt > start + 1
                and ((nxt in name_at and name_at[nxt].type not in _TIMES) or syntax[nxt] in "ND")
                and syntax[nxt] not in "VC"
            ):
                k += 1
                continue
            break
        if tag in "pb":
            if _keeps(sent, k, start, lex, head):
                k += 1
                if k < size and syntax[k] in "pb":
                    break
                continue
            break
        if tag == "R":
            if after_preposition and k > start and syntax[k - 1] != ",":
                pass
            end = _until(sent, k + 1, ",:A;.q", 25)
            return end
        if (
            tag in "Vn"
            and head is not None
            and not entries[start].definite
            and start not in name_at
            and head.base in lex.tellers_with_clauses
        ):
            # تقرير نشرته صحيفة س **عن** لقاء: what a document tells of begins there
            return _until(sent, k + 1, ",:;.qA", 14, about=head.base in lex.documents)
        if tag == "," and not after_preposition:
            end = _apposition(sent, k, not entries[start].definite and start not in name_at)
            if end > k:
                return end
            break
        break
    while k > start and syntax[k - 1] in "w,pb-":
        k -= 1
    return k


def _until(sent: Sent, k: int, stops: str, limit: int, about: bool = False) -> int:
    """The first piece from ``k`` on whose tag is in ``stops`` (or that is عن); names in quotation marks are passed."""
    size = len(sent.syntax)
    end = min(size, k + limit)
    while k < end and not (about and sent.entries[k].norm == "عن"):
        if sent.syntax[k] == "q" and 0 < sent.quotes.get(k, -1) - k <= 5 and k + 1 in sent.name_at:
            k = sent.quotes[k] + 1
            continue
        if sent.syntax[k] in stops:
            break
        if sent.syntax[k] == "A" and sent.entries[k - 1].norm in ("قبل", "بعد"):
            k += 1
            continue
        k += 1
    # "بأن", "إلى أن": the preposition belongs to the complementizer.
    while k > 0 and k < size and sent.syntax[k] == "A" and sent.syntax[k - 1] in "pb":
        k -= 1
    return k


def _apposition(sent: Sent, comma: int, indefinite: bool = False) -> int:
    """End of ``، phrase،`` after a name if a content follows it directly; ``comma`` itself if it is no apposition."""
    syntax, entries = sent.syntax, sent.entries
    size = len(syntax)
    k = comma + 1
    # مصادر مطلعة، فضلت عدم الكشف عن هويتها، إن: a relative clause without pronoun
    clause = indefinite and k < size and (syntax[k] in "VR" or syntax[k] == "n")
    if k >= size or (syntax[k] in _STOP_AFTER_COMMA and k not in sent.name_at and not clause):
        return comma
    stop = min(size, k + 18)
    t = k
    while t < stop and syntax[t] != ",":
        found = sent.name_at.get(t)
        if found is not None:
            t = found.j
            continue
        if syntax[t] in ".;:AVCP" and not (syntax[t] in "VC" and (syntax[k] == "R" or clause)):
            break
        t += 1
    if t < size and syntax[t] == ",":
        after = t + 1
        if after < size and (syntax[after] in "Aq:pbx" or entries[after].cue_tag in "CP"):
            return t
        return comma
    if (t < size and syntax[t] in "A:" and t > k + 1 and entries[k].name_tag in "TlOo") or (
        k in sent.name_at and sent.name_at[k].type == "OCC" and t < size and syntax[t] in "A:"
    ):
        return t
    return comma


def _keeps(sent: Sent, k: int, start: int, lex: Lexicon, head: Entry | None) -> bool:
    """Whether the preposition at ``k`` modifies the noun phrase rather than the act of telling."""
    entries, syntax = sent.entries, sent.syntax
    if k + 1 >= len(entries) or k == start or head is None:
        return False
    word, before, after = entries[k].norm, entries[k - 1].norm, entries[k + 1]
    if word in ("باسم", "لدى"):
        return True
    found = sent.name_at.get(k + 1)
    medium = (found is not None and found.sub == "media") or after.name_tag == "m" or after.base in lex.media_heads
    if word == "ب" and after.norm == "اسم":
        return True
    if word == "من":
        return (
            before in _TAKES_FROM
            or (head.base in lex.anonymous and found is not None and found.type in ("ORG", "GPE", "LOC", "FAC"))
            or (head.base in lex.mixed_heads and found is not None and found.type in ("ORG", "GPE", "LOC"))
        )
    if word == "على":
        return before in _TAKES_ON
    if word == "ل":
        if head.base in lex.documents and found is not None and found.type == "ORG" and not medium:
            return True  # بيان للجيش
        return before in _TAKES_FOR and not medium and syntax[k + 1] != "q"
    if word in ("في", "ب"):
        if head.base not in lex.mixed_heads and not (entries[start].name_tag in "TlOo" and found is not None):
            return False
        if (
            after.speech
            or after.norm == "القول"
            or (found is not None and (found.type in ("DATE", "TIME") or found.sub == "media"))
        ):
            return False
        if syntax[k + 1] == "A" or after.norm in (
            "وقت",
            "هذا",
            "ختام",
            "ذلك",
            "سياق",
            "اطار",
            "اشارة",
            "مؤتمر",
            "معرض",
            "اول",
            "نهاية",
            "بداية",
        ):
            return False
        return found is not None or after.name_tag in "gGCFTl"
    if word in ("قرب", "بين", "ضمن", "داخل", "حول"):
        return head.base in lex.mixed_heads and found is not None and found.type in ("ORG", "GPE", "LOC", "FAC")
    return False


# ---------------------------------------------------------------- what a source is


def outermost(sent: Sent, i: int, j: int) -> list[Found]:
    """The outermost mentions inside pieces ``[i, j)``, in order."""
    out: list[Found] = []
    k = i
    name_at = sent.name_at
    while k < j:
        found = name_at.get(k)
        if found is not None and found.j <= j:
            out.append(found)
            k = found.j
        else:
            k += 1
    return out


def describe(
    sent: Sent, i: int, j: int, lex: Lexicon, heads: dict[str, tuple[tuple[str, ...], str]], fresh: str
) -> Source:
    """Type, entities and agreement of the source phrase ``[i, j)``.

    ``heads`` remembers who was last called by a head noun (الصحيفة, المصادر); ``fresh`` is the id of a new unnamed source.
    """
    entries = sent.entries
    while i < j and (sent.syntax[i] in "qh(" or entries[i].base in lex.courtesy):
        i += 1
    if i >= j:
        return Source((), "anonymous", "m", "s", False, "")
    found = outermost(sent, i, j)
    head = entries[i]
    skip = i
    if found and found[0].i == i and found[0].type in ("CARDINAL", "ORDINAL") and found[0].j < j:
        skip = found[0].j
        head = entries[skip]
    elif head.syntax == "m" and i + 1 < j:
        skip = i + 1
        head = entries[skip]
    base = head.base
    plural = base in lex.plural_human
    things = base in lex.plural_things
    gender = "f" if things or (head.norm.endswith(("ة", "ات")) and not plural) else "m"
    number = "p" if plural else "s"
    persons = [m for m in found if m.type == "PERS"]
    media = [m for m in found if m.sub == "media" or m.type == "WEBSITE"]
    first = found[0] if found else None
    unnamed_head = base in lex.anonymous or base in lex.officials or base in lex.collective or base in lex.documents

    def remember(source: Source) -> Source:
        heads[base] = (source.entities, source.type)
        if source.type == "media" and source.named:
            heads["*media"] = (source.entities, source.type)
        return source

    if base in lex.media_heads or base in lex.media_plural:
        gender = "f" if base in lex.media_heads_f or base in lex.media_plural else "m"
        if media:
            return remember(Source(tuple(m.entity for m in media), "media", gender, "s", True, base))
        if head.definite and base in heads:
            entities, type_ = heads[base]
            return Source(entities, type_, gender, "s", False, base)
        if head.definite and base in lex.media_heads and "*media" in heads:
            # "the newspaper" after a newspaper that was called by its name alone
            return remember(Source(heads["*media"][0], "media", gender, "s", False, base))
        if base in lex.media_plural:
            return remember(Source((fresh,), "collective", "f", "s", False, base))
        return remember(Source((fresh,), "media", gender, "s", False, base))
    if first is not None and first.i <= skip and not (unnamed_head and not persons):
        if first.type == "PERS" or (first.type == "OCC" and persons):
            chosen = persons
            gender = "f" if chosen[0].sub == "female" or (first.type == "OCC" and head.norm.endswith("ة")) else "m"
            several = len(chosen) > 1 and sent.syntax[chosen[1].i - 1] == "w"
            entities = tuple(dict.fromkeys(m.entity for m in chosen)) if several else (chosen[0].entity,)
            return Source(entities, "person", gender, "d" if several else "s", True, base)
        if first.type == "OCC":
            return Source((first.entity,), "person", "f" if head.norm.endswith("ة") else "m", "s", True, base)
        if first.sub == "media" or first.type == "WEBSITE":
            heads["*media"] = ((first.entity,), "media")
            return Source((first.entity,), "media", "f", "s", True, base)
        if first.type in ("ORG", "FAC", "EVENT", "LAW"):
            same = [m for m in found if m.type == "ORG"]
            several = len(same) > 1 and sent.syntax[same[1].i - 1] == "w"
            if several:
                return Source(tuple(m.entity for m in same), "organisation", gender, "d", True, base)
            return Source((first.entity,), "organisation", gender, "s", True, base)
        if first.type in ("GPE", "LOC"):
            joined = len(found) > 1 and sent.syntax[found[1].i - 1] == "w"
            places = [m for m in found if m.type == first.type] if joined else [first]
            return Source(tuple(state(m, lex) for m in places), "organisation", "f", "s", True, base)
        if first.type == "NORP":
            return Source((first.entity,), "collective", "m", "p", True, base)
    if persons and not unnamed_head:
        gender = "f" if persons[0].sub == "female" else ("f" if head.norm.endswith("ة") else "m")
        return Source((persons[0].entity,), "person", gender, "s", True, base)
    if persons and base in (
        "قيادي",
        "ضابط",
        "مسؤول",
        "مسؤولة",
        "متحدث",
        "ناطق",
        "دبلوماسي",
        "شاهد",
        "مراقب",
        "نائب",
        "مطلع",
    ):
        return Source((persons[0].entity,), "person", gender, "s", True, base)
    if base == "مصدر" and head.definite and base not in heads and "*media" in heads and "e" in sent.syntax[skip:j]:
        return Source(heads["*media"][0], "media", gender, "s", False, base)  # المصدر نفسه
    if base in lex.anonymous or base in lex.officials:
        official = (
            base in lex.officials
            or any(entries[k].base in lex.institutional or sent.names[k] in "gG" for k in range(skip + 1, j))
            or any(m.type == "ORG" and m.sub != "media" for m in found)
        )
        type_ = "official" if official else "anonymous"
        if head.definite and base in heads and j - skip <= 3:
            entities, known = heads[base]
            return Source(entities, known, gender, number, False, base)
        return remember(Source((fresh,), type_, gender, number, False, base))
    if base in lex.documents or head.speech or base in lex.nominal:
        if head.definite and base in _REPORTS and base not in heads and "*media" in heads and not found:
            return Source(heads["*media"][0], "media", gender, "s", False, base)  # the report of the outlet just named
        if media:
            return Source((media[0].entity,), "media", gender, "s", True, base)
        if persons:
            return Source((persons[0].entity,), "person", gender, "s", True, base)
        organisations = [m for m in found if m.type == "ORG"]
        if organisations:
            return Source((organisations[0].entity,), "organisation", gender, "s", True, base)
        if head.definite and base in heads:
            entities, known = heads[base]
            return Source(entities, known, gender, number, False, base)
        return remember(Source((fresh,), "collective", gender, number, False, base))
    if base in lex.collective:
        return remember(Source((fresh,), "collective", gender, number, False, base))
    if head.definite and base in heads:
        entities, known = heads[base]
        return Source(entities, known, gender, number, False, base)
    if media:
        return Source((media[0].entity,), "media", gender, "s", True, base)
    if first is not None and first.type in ("ORG", "GPE") and base not in lex.common:
        return Source((first.entity,), "organisation", gender, "s", True, base)
    if head.name_tag in "TOlo":
        return remember(
            Source(
                ("holder-" + slug([base]),), "official" if head.name_tag == "l" else "person", gender, "s", False, base
            )
        )
    if head.name_tag in "Gg" or base in lex.org_heads or base in lex.org_definite:
        return remember(Source((slug([base]),), "organisation", gender, "s", False, base))
    if (head.norm.endswith(("ون", "ين")) and len(head.norm) > 4) or plural:
        return remember(Source((fresh,), "collective", "m", "p", False, base))
    if head.name_tag in "NFI":
        return remember(Source((slug([head.norm]),), "person", gender, "s", False, base))
    return remember(Source((fresh,), "anonymous", gender, number, False, base))


def state(found: Found, lex: Lexicon) -> str:
    """The entity of a place that speaks: a capital speaks for its state."""
    whole = lex.state_of_capital.get(found.entity)
    if whole:
        found.metonym = True
        found.entity = whole
    return found.entity


def agrees(gender: str, number: str, verb_gender: str, verb_number: str) -> bool:
    """Whether a verb without subject can be said of a source of this agreement.

    >>> agrees("f", "s", "f", "s"), agrees("m", "p", "m", "s"), agrees("m", "s", "", "")
    (True, False, True)
    """
    if verb_gender and gender != verb_gender:
        return False
    return not verb_number or number == verb_number or (number == "d" and verb_number == "p")
