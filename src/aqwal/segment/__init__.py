"""Segmentation of a new document: zones, repeats, sentences, words and clitic pieces.

:func:`segment_text` makes a draft; ``corpus/*.conllu`` holds the reviewed segmentation of the corpus, and
:mod:`aqwal.segment.evaluate` scores the one against the other.

Decisions of the review: how the reviewed corpus settles what the rules of Layer 0 leave open. A reviewer of a new
document follows them.

Split
  1. Every proclitic is a piece of its own: و+ب+حسب, و+ل+أول, و+ل+لإشارة, و+ب+هذا.
  2. Nothing is restored: ل+لإخوان, ل+لاستلاء (the second ل is the article); ل+ليبيا (the second is the stem's).
  3. Before a function word too: ب+أن, ب+أن+ه, و+أن, ف+إن, ف+في, ف+قد, ف+هو, و+لو, و+ما, و+ذلك, و+هذا, و+لكن.
  4. In fixed phrases with ب and ل: ب+شأن, ب+هدف, ب+شكل, ب+مثابة, ب+حسب, ب+اسم, ب+النسبة, ب+الفعل, ل+عدة, ل+أول.
  5. The future س and the ل of purpose: س+يكون, س+تواصل, ل+تقلع, ل+تطفو.
  6. Pronouns of particles: إن+ه, ان+ه (hamza unwritten), في+ه, ل+ها, ب+ه, من+ها, عن+ه, علي+ها, بين+ه, مع+ها.
  7. Pronouns of nouns: إجابت+ه, طائرت+ه, نفس+ها, ذات+ه, غير+ها, مسؤولي+ه; dual and plural ones are one piece:
     حملت+هما, وصول+هما, افتقار+هم.
  8. Pronouns of verbs: أكد+ه, أجرا+ه, نقلت+ه, تفصل+ها, يشن+ه, وقّع+ها, و+يرأس+ها.
  9. A proclitic before a number: و+2019م (the م of the year is not split).

Whole
 10. Particles and conjunctions written as one word, their clitic being no word of its own any more: لكن, كما, بينما,
     فيما, عندما, بعدما, حيث, إلا. By the same rule, though not in the corpus: مما, عما, إنما, كأن, كذلك, لذلك, لكي.
 11. Endings of verbs, of the plural and of the dual: وصلوا, دعموا, تعاقدا, يسعيان, مسؤولي, شهرين.
 12. Letters of the stem: وكالة, وزير, وصل, وعد, وجيزة, فترة, فايز, بنادق, كتيبة, لقاء, لجأ, لافتة, سيناء, تواجه, توجه.
 13. Foreign names inside: فالكون, بيكون, بوست, لاستامبا. Names written as one word: عبدالله.
 14. A proclitic that stands alone before a quotation mark or a space is a word: لـ, بـ (with its tatweel), و.

Words
 15. Every punctuation mark and symbol is a word, also in a pair of months, in a compound with a hyphen, and each of the
     two full stops of ``..``. Kept whole: 3.5, 1,200, 10/6/2019, 10:30, أ.ف.ب.

Zones
 16. A line above the headline with a statement of its own is a kicker (003, line 2); an outlet's name alone under it is
     the byline (003, line 6); section name, counts, photo credit and caption, source line and links are furniture.
 17. A repeated headline keeps its zone and points to the first (000, line 3); a repeated paragraph likewise.
"""

from __future__ import annotations

from aqwal.segment.segmenter import segment_text

__all__ = ["segment_text"]
