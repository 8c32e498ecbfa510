from __future__ import annotations

import pytest

from readingroom.which_language import can_be, language_of

TEXTS = {
    "en": "The Syrian Observatory documented the death of three civilians in the countryside of Aleppo.",
    "es": "El Observatorio documentó la muerte de tres civiles en el campo de Alepo por los bombardeos del régimen.",
    "fr": "L’Observatoire a documenté la mort de trois civils dans les campagnes d’Alep par des tirs du régime.",
    "tr": "Gözlemevi Halep kırsalında üç sivilin öldüğünü ve çok sayıda kişinin yaralandığını bu sabah için belgeledi.",
    "de": "Die Beobachtungsstelle dokumentierte den Tod von drei Zivilisten in der Umgebung von Aleppo.",
    "ar": "وثق المرصد السوري مقتل ثلاثة مدنيين في ريف حلب الجنوبي جراء قصف لقوات النظام",
    "fa": "دیده‌بان سوریه گزارش داد که سه غیرنظامی در حومه حلب کشته شدند و چند تن دیگر زخمی گردیدند",
    "ku": "ڕوانگەی سووریا ڕایگەیاند سێ کەس لە گوندەکانی حەلەب کوژران و چەند کەسێکیش بریندار بوون",
    "ur": "شامی آبزرویٹری کے مطابق حلب کے نواح میں تین شہری ہلاک ہوئے ہیں اور کئی زخمی ہیں",
    "ru": "Сирийская обсерватория сообщила о гибели трёх мирных жителей в провинции Алеппо",
    "uk": "Сирійська обсерваторія повідомила про загибель трьох цивільних у провінції Алеппо",
    "he": "שלושה אזרחים נהרגו בהפגזה",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_language_is_told_by_its_letters_and_commonest_words(language: str) -> None:
    assert language_of(TEXTS[language]) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        ("Hajin – 2018", "en"),
        ("Hayat Tahrir al-Sham ve Ahrar al-Sham", "en"),
        ("Al-Qaeda en el Levante: the statement of the group was read in the mosque of the town.", "en"),
        ("The village of Hit (حيط) in the countryside of Daraa", "en"),
        ("وثق المرصد السوري لحقوق الإنسان مقتل مقاتل من جنسية أجنبية يدعى چارلز في ريف حلب الجنوبي مساء الجمعة", "ar"),
        ("Србија је објавила извештај о борбама", "und-Cyrl"),
    ],
)
def test_what_is_not_sure_is_not_guessed(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("tag", "language", "possible"),
    [("en", "en", True), ("en-US", "ar", False), ("ar", "en", False), ("ku", "fr", True), ("ckb", "ku", True),
     ("ar-Latn", "en", True), ("uk", "ru", True), ("fr", "uk", False)],
)  # fmt: skip
def test_a_language_is_believed_only_where_the_letters_can_be_its_own(tag: str, language: str, possible: bool) -> None:  # noqa: FBT001
    assert can_be(tag, TEXTS[language]) is possible
