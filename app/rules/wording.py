"""Rules in plain words: what one says in a sentence, and what two versions of one say differently."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping

from babel.lists import format_list
from flask_babel import get_locale, gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app.casework.wording import URGENCIES, violation_label
from app.models import ConsentCondition
from app.reference import geography
from app.rules.choices import CONSENTS, DISCLOSURES, actor_name, channel_name, day_name, language_name
from app.rules.content import RuleContent

Names = Mapping[uuid.UUID, str]  # organisations by id

LEAST_CONFIDENCE = 0.5  # what a new rule asks for; not worth a word in its sentence

_FIELDS: Mapping[str, LazyString] = {
    "name": lazy_gettext("Name"),
    "organisation_id": lazy_gettext("Organisation"),
    "violations": lazy_gettext("Violations"),
    "region_codes": lazy_gettext("Regions"),
    "cercle_codes": lazy_gettext("Cercles"),
    "actors": lazy_gettext("Alleged authors"),
    "languages": lazy_gettext("Languages"),
    "channels": lazy_gettext("Came in by"),
    "days": lazy_gettext("Days"),
    "from_hour": lazy_gettext("From"),
    "until_hour": lazy_gettext("Until"),
    "consent": lazy_gettext("What the reporter allowed"),
    "minimum_urgency": lazy_gettext("Urgency from"),
    "minimum_confidence": lazy_gettext("Confidence from"),
    "deadline_hours": lazy_gettext("Answer within"),
    "disclosure": lazy_gettext("What the organisation sees"),
    "sends_at_once": lazy_gettext("What happens"),
    "is_active": lazy_gettext("State"),
}


def conditions(content: RuleContent) -> str:
    """What a rule asks of a case, in one line; lists are joined by "or", conditions by commas."""
    parts = [
        _what(content),
        *_listed(content.actors, actor_name, lazy_gettext("by %(names)s")),
        *_urgency(content),
        *_listed(content.languages, language_name, lazy_gettext("written in %(names)s")),
        *_listed(content.channels, channel_name, lazy_gettext("that came by %(names)s")),
        *_time(content),
        *_confidence(content),
        *_consent(content),
    ]
    return ", ".join(parts)


def effect(content: RuleContent, names: Names) -> str:
    """What a rule does, in one line."""
    return ", ".join(
        (
            names.get(content.organisation_id, "?"),
            str(DISCLOSURES[content.disclosure]),
            gettext("answer within %(hours)s h", hours=content.deadline_hours),
            _sending(sends_at_once=content.sends_at_once),
        )
    )


def sentence(content: RuleContent, names: Names) -> str:
    """A whole rule in words."""
    return f"{conditions(content)} → {effect(content, names)}"


def differences(before: RuleContent, after: RuleContent, names: Names) -> list[str]:
    """What changed from one version to the next, a line for each field."""
    return [
        gettext(
            "%(field)s: %(before)s → %(after)s",
            field=label,
            before=field_words(before, name, names),
            after=field_words(after, name, names),
        )
        for name, label in _FIELDS.items()
        if getattr(before, name) != getattr(after, name)
    ]


def field_words(content: RuleContent, name: str, names: Names) -> str:
    """One field of a rule in words."""
    value = getattr(content, name)
    if name in _LIST_WORDS:
        return ", ".join(_LIST_WORDS[name](code) for code in value) or gettext("all")
    if name == "organisation_id":
        return names.get(value, "?")
    return _VALUE_WORDS[name](value) if name in _VALUE_WORDS else str(value)


def _what(content: RuleContent) -> str:
    what = _either(violation_label(code) for code in content.violations) or gettext("Any violation")
    where = _either(
        [
            *(geography.region_name(code) or code for code in content.region_codes),
            *(gettext("the cercle of %(name)s", name=_cercle(code)) for code in content.cercle_codes),
        ]
    )
    return gettext("%(what)s in %(where)s", what=what, where=where) if where else what


def _listed(codes: Iterable[str], name: Callable[[str], str], words: LazyString) -> list[str]:
    names = _either(name(code) for code in codes)
    return [str(words) % {"names": names}] if names else []


def _urgency(content: RuleContent) -> list[str]:
    level = content.minimum_urgency
    return [gettext("urgency “%(level)s” or more", level=_urgency_word(level))] if level else []


def _time(content: RuleContent) -> list[str]:
    parts = _listed(content.days, day_name, lazy_gettext("on %(names)s"))
    if content.from_hour is not None and content.until_hour is not None:
        parts.append(
            gettext(
                "between %(first)s and %(last)s h",
                first=content.from_hour,
                last=content.until_hour or 24,
            )
        )
    return parts


def _confidence(content: RuleContent) -> list[str]:
    if content.minimum_confidence == LEAST_CONFIDENCE:
        return []
    return [gettext("at least %(percent)s %% sure", percent=round(content.minimum_confidence * 100))]


def _consent(content: RuleContent) -> list[str]:
    if content.consent == ConsentCondition.ANY:
        return []
    words = {
        ConsentCondition.ALLOWED: gettext("asked and allowed by the reporter"),
        ConsentCondition.NEVER_ASKED: gettext("whose reporter was never asked"),
    }
    return [words[ConsentCondition(content.consent)]]


def _sending(*, sends_at_once: bool) -> str:
    return gettext("sent at once") if sends_at_once else gettext("proposed to a colleague, who sends it")


def _either(names: Iterable[str]) -> str:
    listed = list(names)
    return str(format_list(listed, style="or", locale=get_locale() or "fr")) if listed else ""


def _cercle(code: str) -> str:
    return geography.cercle_name(code) or code


def _urgency_word(level: int) -> str:
    return str(URGENCIES[str(level)])


def _hour(value: int | None) -> str:
    return "–" if value is None else gettext("%(hour)s h", hour=value)


_LIST_WORDS: Mapping[str, Callable[[str], str]] = {
    "violations": violation_label,
    "region_codes": lambda code: geography.region_name(code) or code,
    "cercle_codes": _cercle,
    "actors": actor_name,
    "languages": language_name,
    "channels": channel_name,
    "days": day_name,
}
_VALUE_WORDS: Mapping[str, Callable[..., str]] = {
    "from_hour": _hour,
    "until_hour": _hour,
    "consent": lambda value: str(CONSENTS[value]),
    "minimum_urgency": _urgency_word,
    "minimum_confidence": lambda value: f"{value:.0%}",
    "deadline_hours": lambda value: gettext("%(hours)s hours", hours=value),
    "disclosure": lambda value: str(DISCLOSURES[value]),
    "sends_at_once": lambda value: _sending(sends_at_once=value),
    "is_active": lambda value: gettext("active") if value else gettext("closed"),
}
