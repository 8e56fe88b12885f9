"""What codes mean, in the language of a file: each vocabulary that a field may name.

Those of the record (record.toml) go by their own names: sex, age_group, condition, characteristic, role, certainty,
person_kind, act_state, link, reliability, credibility, answer. So do those of fields.toml, which only exports need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from babel import Locale
from babel.core import get_global
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from app.casework import message_words, record_words, wording
from app.exports import fields
from app.exports.fields import vocabularies
from app.reference import geography, record, taxonomy
from workers.exports.wording import in_language

UNKNOWN_CODES = frozenset({"unknown", "und"})  # "nobody knows" rather than an answer
_WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "channel": message_words.CHANNELS,
    "file_kind": message_words.FILE_KINDS,
    "nature": {str(code): words for code, words in record_words.NATURES.items()},
    "organisation_kind": wording.ORGANISATION_KINDS,
    "disclosure": wording.DISCLOSURES,
    "precision": wording.PRECISIONS,
    "referral_state": wording.REFERRAL_STATES,
    "status": wording.STATUSES,
    "urgency": wording.URGENCIES,
    "verification": wording.VERIFICATIONS,
    "victim_status": wording.VICTIM_STATUSES,
}


@cache
def labels(vocabulary: str, language: str) -> Mapping[str, str]:
    """A vocabulary's codes with their labels in `fr` or `en`, in the order of lists; empty for a field without one.

    Raises KeyError for a vocabulary that there isn't.
    """
    if not vocabulary:
        return MappingProxyType({})
    if vocabulary in vocabularies():
        listed = vocabularies()[vocabulary].items()
        return MappingProxyType({code: words[language] for code, words in listed})
    if vocabulary in _WORDS:
        words = _WORDS[vocabulary].items()
        return MappingProxyType({str(code): in_language(word, language) for code, word in words})
    if vocabulary in _REFERENCE:
        return MappingProxyType(_REFERENCE[vocabulary](language))
    if vocabulary in fields.vocabularies():
        return MappingProxyType(
            {code: each[language] for code, each in fields.vocabularies()[vocabulary].items()}
        )
    entries = record.vocabulary(vocabulary).items()
    return MappingProxyType({code: entry.label(language) for code, entry in entries})


def label(code: str, vocabulary: str, language: str) -> str:
    """What one code means; the code itself where its vocabulary hasn't got it, as old data may."""
    return labels(vocabulary, language).get(code, code)


def _violations(language: str) -> dict[str, str]:
    return {code: each.label(language) for code, each in taxonomy.violations().items()}


def _actor_categories(language: str) -> dict[str, str]:
    return {code: each.label(language) for code, each in taxonomy.actor_categories().items()}


def _actors(language: str) -> dict[str, str]:
    """Those who have names of their own, and the categories of the others."""
    return {**_actor_categories(language), **taxonomy.actor_names()}


def _regions(_language: str) -> dict[str, str]:
    return {each.code: each.name for each in geography.regions()}


def _cercles(_language: str) -> dict[str, str]:
    return {each.code: each.name for each in geography.cercles()}


def _places(language: str) -> dict[str, str]:
    """Regions and cercles, for a field that was generalised from the one to the other."""
    return {**_regions(language), **_cercles(language)}


def _booleans(language: str) -> dict[str, str]:
    answers = record.vocabulary("answer")
    return {"true": answers["yes"].label(language), "false": answers["no"].label(language)}


def _languages(language: str) -> dict[str, str]:
    """The languages that reports are told apart by; CLDR knows them by the shorter of their codes."""
    names, shorter = Locale.parse(language).languages, get_global("language_aliases")
    known = {code: names.get(shorter.get(code, code), code) for code in wording.LANGUAGES if code != "und"}
    return {**known, "und": in_language(_UNKNOWN_LANGUAGE, language)}


_UNKNOWN_LANGUAGE = lazy_gettext("Unknown language")
_REFERENCE: Mapping[str, Callable[[str], dict[str, str]]] = {
    "actor": _actors,
    "actor_category": _actor_categories,
    "boolean": _booleans,
    "cercle": _cercles,
    "language": _languages,
    "place": _places,
    "region": _regions,
    "violation": _violations,
}
