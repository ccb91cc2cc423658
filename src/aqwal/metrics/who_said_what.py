"""Task ``who_said_what``, the headline: the words of a text, each with everyone it is ascribed to.

*Speaker F1.* Pairs (word, speaker): a scored word is ascribed to the sources of every attribution whose content holds
it and of all that relay these (the author excepted). Speakers are aligned one to one first
(:mod:`aqwal.metrics.speakers`); a pair is right when gold has the same word with the aligned speaker. Micro F1.

*Chain F1.* Pairs (word, full chain of its innermost attribution), for words in some content: right when the ordered
chain, author → … → source, media included, is gold's.

*Out of sentence*: the pairs whose speaker is not named in the word's own sentence. A predicted pair whose speaker is
aligned is judged by where gold names that speaker, one without by the system's own mentions.

A newspaper says that a source confirmed that the commander left. Gold ascribes five words to the newspaper and two of
them to the source as well, seven pairs. The system has only the newspaper, under an id of its own: five pairs, all
right. Of the five words' chains it has three (two are author → newspaper → source in gold):

>>> from aqwal.metrics import score
>>> from aqwal.metrics.example import document, quote
>>> from aqwal.model import Annotations, Attribution
>>> doc = document("قالت الصحيفة إن مصدرا أكد أن القائد غادر")
>>> told = quote(doc, "مصدرا أكد أن القائد غادر")
>>> outer = Attribution("1", quote(doc, "قالت"), told, quote(doc, "الصحيفة"), source_entity=("paper",))
>>> inner = Attribution("2", quote(doc, "أكد"), quote(doc, "القائد غادر"), quote(doc, "مصدرا"),
...                     source_entity=("source-1",), parent="1")
>>> made = Attribution("x", outer.cue, told, outer.source, source_entity=("e7",))
>>> gold, predicted = Annotations("000", attributions=(outer, inner)), Annotations("000", attributions=(made,))
>>> scores = score([doc], [gold], [predicted])["who_said_what"]
>>> speakers = scores.measures["speaker_f1"]
>>> speakers.precision, round(speakers.recall, 3), scores.measures["chain_f1"].value
(1.0, 0.714, 0.6)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aqwal.columns import Bools, Ints
from aqwal.metrics.counts import PRF, Measure, sum_by_block
from aqwal.metrics.intervals import expand, join, split
from aqwal.metrics.sides import Side
from aqwal.metrics.speakers import Speakers, is_present


def innermost(side: Side) -> Ints:
    """The innermost attribution of each scored word, −1 outside every content; shape (words,)."""
    out = np.full(side.geometry.n_words, -1, dtype=np.int64)
    words = side.role_words["content"]
    size = np.bincount(words.owner, minlength=side.attributions.doc.size)
    offset = np.concatenate([[0], np.cumsum(size)])
    rows = side.outermost_first
    ranges, owner = expand(offset[rows], size[rows])
    word, of_range = expand(words.lo[ranges], words.hi[ranges] - words.lo[ranges])
    out[word] = rows[owner][of_range]  # of repeated indices, numpy keeps the last
    return out


def said_measures(
    who: Speakers, gold_who: Speakers, same: Ints, chains: Ints, gold_chains: Ints, *, breakdowns: bool = True
) -> Iterator[tuple[str, Measure]]:
    """All measures of the task, the primary one first."""
    geometry = gold_who.side.geometry
    n = geometry.n_blocks
    width = geometry.n_words + 1

    def pieces(speakers: Speakers) -> tuple[Ints, Ints, Ints, Ints]:
        """(lo, hi, sentence, entity) of the ascribed words, cut at the sentences."""
        words = speakers.words
        lo, hi, sentence, source = split(words.lo, words.hi, geometry.sentence_word)
        return lo, hi, sentence, words.owner[source]

    p_lo, p_hi, p_sentence, p_entity = pieces(who)
    g_lo, g_hi, g_sentence, g_entity = pieces(gold_who)
    aligned = same[p_entity]
    known = np.flatnonzero(aligned >= 0)
    shift = aligned[known] * width
    i, j = join(p_lo[known] + shift, p_hi[known] + shift, g_lo + g_entity * width, g_hi + g_entity * width)
    i = known[i]
    common = np.minimum(p_hi[i], g_hi[j]) - np.maximum(p_lo[i], g_lo[j])
    p_block, g_block = geometry.word_block[p_lo], geometry.word_block[g_lo]

    def counts(p_in: Bools, g_in: Bools) -> PRF:
        pairs = g_in[j]
        right = sum_by_block(g_block[j[pairs]], n, common[pairs])
        return PRF(
            right,
            sum_by_block(p_block[p_in], n, (p_hi - p_lo)[p_in]),
            right,
            sum_by_block(g_block[g_in], n, (g_hi - g_lo)[g_in]),
        )

    yield "speaker_f1", counts(np.ones(p_lo.size, np.bool_), np.ones(g_lo.size, np.bool_))
    if not breakdowns:
        return
    p_in, g_in = innermost(who.side), innermost(gold_who.side)
    both = np.flatnonzero((p_in >= 0) & (g_in >= 0))
    right = sum_by_block(geometry.word_block[both], n, chains[p_in[both]] == gold_chains[g_in[both]])
    yield (
        "chain_f1",
        PRF(
            right,
            sum_by_block(geometry.word_block[p_in >= 0], n),
            right,
            sum_by_block(geometry.word_block[g_in >= 0], n),
        ),
    )
    g_out = ~is_present(gold_who, g_entity, g_sentence)
    p_out = np.where(
        aligned >= 0,
        ~is_present(gold_who, np.maximum(aligned, 0), p_sentence),
        ~is_present(who, p_entity, p_sentence),
    )
    yield "speaker_f1(where=out_of_sentence)", counts(p_out, g_out)
