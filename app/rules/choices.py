"""What the conditions of a rule may be chosen from: codes with what they are called, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from babel.dates import get_day_names
from flask_babel import get_locale, gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app.casework.message_words import CHANNELS
from app.casework.wording import URGENCIES, language_label
from app.languages import page_language
from app.models import Channel, ConsentCondition, Disclosure, Weekday
from app.reference import geography
from app.reference.taxonomy import actor_categories, actor_names, violations

Options = Sequence[tuple[str, str]]

NO_INCIDENT = "none"  # a case of this kind has nothing to refer
LANGUAGES = ("fra", "bam", "fuv", "ses", "snk", "taq", "ara", "eng")  # that workers tell apart, ISO 639-3
DISCLOSURES: Mapping[str, LazyString] = {
    Disclosure.SUMMARY: lazy_gettext("summary without the account"),
    Disclosure.ANONYMISED: lazy_gettext("anonymised account"),
    Disclosure.WITH_IDENTITY: lazy_gettext("account, and identities where the reporter allows it"),
}
CONSENTS: Mapping[str, LazyString] = {
    ConsentCondition.ANY: lazy_gettext("Whether or not the reporter was asked"),
    ConsentCondition.ALLOWED: lazy_gettext("Only if the reporter was asked and allowed it"),
    ConsentCondition.NEVER_ASKED: lazy_gettext("Only if the reporter was never asked, as with an SMS"),
}
_NO_WORD_ELSEWHERE = {
    "taq": lazy_gettext("Tamasheq"),
    "ses": lazy_gettext("Songhay"),
    "snk": lazy_gettext("Soninke"),
}


def violation_options() -> Options:
    """Every violation that can be referred."""
    return [
        (kind.code, kind.label(page_language())) for kind in violations().values() if kind.code != NO_INCIDENT
    ]


def region_groups() -> Sequence[tuple[str, str, Options]]:
    """Each region with its cercles."""
    return [
        (region.code, region.name, [(each.code, each.name) for each in geography.cercles_of(region.code)])
        for region in geography.regions()
    ]


def actor_groups() -> Sequence[tuple[str, str, Options]]:
    """Each category of authors with those of it that workers tell apart."""
    names = actor_names()
    return [
        (
            code,
            category.label(page_language()),
            [(each, names[each]) for each in names if each in category.members and each != code],
        )
        for code, category in actor_categories().items()
    ]


def actor_name(code: str) -> str:
    """What an author or a category is called."""
    category = actor_categories().get(code)
    return category.label(page_language()) if category else actor_names().get(code, code)


def language_name(code: str) -> str:
    """What a language is called."""
    return str(_NO_WORD_ELSEWHERE[code]) if code in _NO_WORD_ELSEWHERE else language_label(code)


def language_options() -> Options:
    """The languages that workers tell apart."""
    return [(code, language_name(code)) for code in LANGUAGES]


def urgency_options() -> Options:
    """The levels of urgency, the lowest first."""
    return [(level, str(URGENCIES[level])) for level in sorted(URGENCIES)]


def channel_name(code: str) -> str:
    """How reports of a channel came in."""
    return str(CHANNELS[code]) if code in CHANNELS else gettext("A partner’s program")


def channel_options() -> Options:
    """The ways by which reports come in."""
    return [(channel, channel_name(channel)) for channel in Channel]


def day_name(code: str) -> str:
    """What a day of the week is called."""
    names = get_day_names("wide", locale=get_locale() or "fr")
    return str(names[list(Weekday).index(Weekday(code))])


def day_options() -> Options:
    """The days, from Monday."""
    return [(day, day_name(day)) for day in Weekday]
