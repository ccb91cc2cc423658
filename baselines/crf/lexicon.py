"""Small word classes from general knowledge of Arabic news prose; nothing here was read off the corpus.

A verb is given as ``perfect:imperfect:participle`` and inflected for the third person by :func:`_forms`; forms are
compared after normalisation (no marks, one alef, ى as ي), so hamza and final ya variants meet.
"""

from __future__ import annotations

from functools import lru_cache

from .normal import norm

# Verbs of telling and holding, by class. perfect:imperfect:active participle
_CUE_VERBS = {
    "neutral": (
        "قال:يقول:قائل ذكر:يذكر:ذاكر صرح:يصرح:مصرح أضاف:يضيف:مضيف تابع:يتابع:متابع أردف:يردف:مردف نقل:ينقل:ناقل "
        "روى:يروي:راو تحدث:يتحدث:متحدث كتب:يكتب:كاتب نشر:ينشر:ناشر أورد:يورد:مورد استطرد:يستطرد:مستطرد "
        "علق:يعلق:معلق رد:يرد:راد أجاب:يجيب:مجيب واصل:يواصل:مواصل"
    ),
    "formal": "أعلن:يعلن:معلن أفاد:يفيد:مفيد أبلغ:يبلغ:مبلغ أخبر:يخبر:مخبر أصدر:يصدر:مصدر أقر:يقر:مقر اعترف:يعترف:معترف",
    "endorsing": "أكد:يؤكد:مؤكد كشف:يكشف:كاشف أثبت:يثبت:مثبت بين:يبين:مبين تأكد:يتأكد:متأكد فضح:يفضح:فاضح شدد:يشدد:مشدد جزم:يجزم:جازم",
    "elucidating": "أوضح:يوضح:موضح أشار:يشير:مشير لفت:يلفت:لافت نوه:ينوه:منوه ألمح:يلمح:ملمح فسر:يفسر:مفسر شرح:يشرح:شارح استدرك:يستدرك:مستدرك",
    "opinion": (
        "رأى:يرى:راء اعتبر:يعتبر:معتبر رجح:يرجح:مرجح توقع:يتوقع:متوقع ظن:يظن:ظان اعتقد:يعتقد:معتقد وصف:يصف:واصف "
        "عد:يعد:عاد قدر:يقدر:مقدر استبعد:يستبعد:مستبعد"
    ),
    "distancing": "زعم:يزعم:زاعم ادعى:يدعي:مدع",
    "denial": "نفى:ينفي:ناف فند:يفند:مفند أنكر:ينكر:منكر كذب:يكذب:مكذب دحض:يدحض:داحض",
    "directive": (
        "طلب:يطلب:طالب طالب:يطالب:مطالب دعا:يدعو:داع ناشد:يناشد:مناشد أمر:يأمر:آمر حث:يحث:حاث حذر:يحذر:محذر "
        "اقترح:يقترح:مقترح نصح:ينصح:ناصح"
    ),
    "commissive": "وعد:يعد:واعد تعهد:يتعهد:متعهد عرض:يعرض:عارض هدد:يهدد:مهدد توعد:يتوعد:متوعد اتفق:يتفق:متفق",
    "question": "تساءل:يتساءل:متسائل سأل:يسأل:سائل استفسر:يستفسر:مستفسر",
    "accusing": "اتهم:يتهم:متهم انتقد:ينتقد:منتقد ندد:يندد:مندد أدان:يدين:مدين",
}
_OTHER_CUES = {
    "prepositional": "بحسب حسب حسبما وفق وفقا وفقًا طبقا نقلا عبر",
    "nominal": "تصريح تصريحات بيان تقرير تقارير شائعات أنباء قول زعم تعبير وصف حد رواية مزاعم ادعاء اتهامات شهادة رأي تغريدة مقابلة",
    "passive": "قيل يقال ذكر يذكر أفيد تردد يتردد نسب",
}
_WORDS = {
    "complementizer": "أن إن ان بأن بان أنّ إنّ",
    "demonstrative": "هذا هذه ذلك تلك هؤلاء أولئك",
    "relative": "الذي التي الذين اللذان اللتان اللواتي اللذين ما من",
    "negation": "لا لم لن ليس ليست ما غير عدم ليسوا",
    "modal": "ربما قد لعل يمكن محتمل يحتمل أرجح المرجح المحتمل ينبغي يجب",
    "future": "سوف",
    "conditional": "إذا لو إن لولا مهما",
    "subordinator": "بعدما عندما حينما حين قبل بعد بينما لأن منذ حيث إذ كما فيما رغم مما حتى كي لكي",
    "conjunction": "لكن بل أو أم ثم",
    "preposition": "في من إلى على عن مع بين خلال ضد عند لدى تحت فوق أمام وراء نحو ضمن حول منذ قرب",
    "copula": "كان كانت كانوا يكون تكون ظل أصبح أصبحت بات باتت مازال",
    "title": (
        "الرئيس رئيس الوزير وزير السفير سفير اللواء الفريق العقيد العميد المشير الجنرال جنرال القائد قائد الملك الأمير "
        "أمير المتحدث متحدث المدير مدير النائب نائب الدكتور الأستاذ السيد الشيخ المستشار مستشار المبعوث مبعوث الأمين "
        "المحلل الخبير الباحث الكاتب الصحفي الصحافي المفتي القاضي المحامي زعيم"
    ),
    "media_noun": "صحيفة الصحيفة جريدة الجريدة قناة القناة وكالة الوكالة موقع الموقع مجلة المجلة إذاعة تلفزيون صحف وسائل",
    "source_noun": (
        "مصدر المصدر مصادر المصادر مسؤول مسؤولون مسؤولين المسؤول شاهد شهود مراقبون محللون خبراء ناطق دبلوماسي دبلوماسيون "
        "ضابط ضباط متحدث باحثون سكان أهالي مواطنون"
    ),
    "org_head": (
        "مجلس حكومة الحكومة وزارة جماعة حزب حركة جيش الجيش حلف هيئة لجنة منظمة الأمم محكمة مفوضية برلمان البرلمان اتحاد "
        "جامعة مؤسسة جبهة كتيبة لواء قوات مليشيا شركة بنك مصرف نقابة مكتب جهاز"
    ),
    "place_head": "مدينة دولة منطقة ولاية محافظة إقليم قرية بلدة عاصمة العاصمة شبه جزيرة صحراء بحر نهر جبل شمال جنوب شرق غرب",
    "facility_head": "مطار معبر ميناء قاعدة سجن مستشفى فندق قصر مسجد طريق جسر ملعب",
    "event_head": "انتخابات مؤتمر قمة عملية معركة حرب ثورة اتفاق مهرجان",
    "country": (
        "ليبيا مصر تونس الجزائر المغرب موريتانيا السودان سوريا لبنان العراق الأردن فلسطين إسرائيل السعودية اليمن عمان "
        "الإمارات قطر البحرين الكويت تركيا إيران روسيا فرنسا إيطاليا ألمانيا بريطانيا إسبانيا اليونان مالطا أمريكا الصين "
        "الهند باكستان أفغانستان أوكرانيا تشاد النيجر مالي الصومال إثيوبيا أوروبا أفريقيا آسيا"
    ),
    "capital": (
        "القاهرة طرابلس الرباط الخرطوم دمشق بيروت بغداد عمان القدس الرياض صنعاء مسقط أبوظبي الدوحة المنامة أنقرة طهران موسكو "
        "باريس روما برلين لندن مدريد أثينا واشنطن بكين نيويورك جنيف إسطنبول دبي"
    ),
    "month": (
        "يناير فبراير مارس أبريل إبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر كانون شباط آذار نيسان أيار حزيران "
        "تموز آب أيلول تشرين جانفي فيفري أفريل ماي جوان جويلية أوت"
    ),
    "weekday": "السبت الأحد الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة",
    "time_noun": "عام العام سنة السنة شهر الشهر أسبوع الأسبوع يوم اليوم أمس الماضي الماضية المقبل الجاري صباح مساء ساعة الساعة منتصف بداية نهاية أعوام سنوات أيام أشهر",
    "number_word": (
        "واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة عشرون ثلاثون أربعون خمسون مئة مائة ألف آلاف مليون ملايين مليار "
        "ثلاث أربع خمس ست سبع ثماني تسع عشر الأول الأولى الثاني الثانية الثالث الثالثة"
    ),
    "unit": "متر كيلومتر كيلومترا كم طن كيلوغرام لتر برميل هكتار بالمئة بالمائة",
    "money": "دولار يورو دينار جنيه ريال درهم ليرة شيكل",
    "name_part": "بن ابن أبو آل عبد محمد أحمد علي حسن حسين محمود إبراهيم عمر خالد يوسف مصطفى سعيد",
}


def _forms(verb: str) -> dict[str, str]:
    """Third-person forms of a ``perfect:imperfect:participle`` with their kind and gender."""
    perfect, imperfect, participle = verb.split(":")
    made: dict[str, str] = {perfect: "perf.m"}
    base = perfect[:-1] if perfect[-1] in "ىا" and len(perfect) > 2 else perfect
    made[base + "ت"] = "perf.f"
    made[base + "وا"] = "perf.p"
    made[imperfect] = "impf.m"
    made["ت" + imperfect[1:]] = "impf.f"
    stem = imperfect[:-1] if imperfect[-1] in "ىيو" and len(imperfect) > 3 else imperfect
    made[stem + "ون"] = "impf.p"
    for ending, kind in (("", "part.m"), ("ا", "part.m"), ("ة", "part.f"), ("ين", "part.p"), ("ون", "part.p")):
        made[participle + ending] = kind
    return made


@lru_cache(maxsize=1)
def cue_forms() -> dict[str, tuple[str, str]]:
    """Normalised surface form → (cue class, form kind such as ``perf.f``); the first class that lists a form wins."""
    table: dict[str, tuple[str, str]] = {}
    for name, verbs in _CUE_VERBS.items():
        for verb in verbs.split():
            for form, kind in _forms(verb).items():
                table.setdefault(norm(form), (name, kind))
    for name, words in _OTHER_CUES.items():
        for word in words.split():
            table.setdefault(norm(word), (name, name))
    return table


@lru_cache(maxsize=1)
def word_classes() -> dict[str, tuple[str, ...]]:
    """Normalised form → the general classes that list it."""
    table: dict[str, list[str]] = {}
    for name, words in _WORDS.items():
        for word in words.split():
            held = table.setdefault(norm(word), [])
            if name not in held:
                held.append(name)
    return {form: tuple(names) for form, names in table.items()}


#: Stance that a cue's class implies under the scheme.
STANCE_OF_CLASS = {"endorsing": "endorsing", "distancing": "distancing"}
