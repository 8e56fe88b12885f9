"""Tells every finding as one sentence that a monitor can check, in French or English.

The phrases are in workers/vocabularies/explanations.toml. Nothing is said that isn't in the finding or its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from babel.dates import format_date

from app.reference.taxonomy import violations
from workers.triage.urgency_rules import BESIDE, PLEA
from workers.triage.vocabulary import read_toml

LANGUAGES = ("fr", "en")
_MOST_WORDS, _LONGEST_WORD = 6, 60
_TAILS = {PLEA: "plea", BESIDE: "beside"}  # what else decided, after the rule
_WITH_PATTERNS = frozenset({"vocabulary", "actor words", "model"})


def explain(
    kind: str,
    value: Mapping[str, Any],
    confidence: float,
    rule: str,
    words: Sequence[str],
    language: str,
) -> str:
    """What a finding says, why, from which `words`, and how sure; in French unless `language` is `en`."""
    phrases = _phrases(language)
    return str(phrases["sentence"]).format(
        value=_value(kind, value, language),
        why=phrases["also"].join(phrases["rules"].get(name, name) for name in rule_names(rule)),
        words=_quoted(words, phrases),
        sure=round(100 * confidence),
    )


def rule_names(rule: str) -> tuple[str, ...]:
    """The names under which a rule's phrases stand: without patterns, a place's match, role and rank apart."""
    name = rule.split(":", 1)[0]
    if name in _WITH_PATTERNS:
        return (name,)
    if name == "place":
        _, match, role, *rank = rule.split(":")
        return (f"place:{match}", f"role:{role}", *rank)
    tails = [phrase for tail, phrase in _TAILS.items() if tail in rule]
    return (rule.split(", ", 1)[0], *tails) if tails else (rule,)


@cache
def _phrases(language: str) -> Mapping[str, Any]:
    tables: Mapping[str, Mapping[str, Any]] = read_toml("explanations")
    return tables[language if language in LANGUAGES else LANGUAGES[0]]


def _quoted(words: Sequence[str], phrases: Mapping[str, Any]) -> str:
    shown = [word if len(word) <= _LONGEST_WORD else word[: _LONGEST_WORD - 1] + "…" for word in words]
    listed = phrases["joined"].join(
        phrases["quoted"].format(word=word) for word in dict.fromkeys(shown[:_MOST_WORDS])
    )
    return str(phrases["words"].format(listed=listed)) if listed else str(phrases["no_words"])


def _value(kind: str, value: Mapping[str, Any], language: str) -> str:
    phrases = _phrases(language)
    told = {
        "language": _languages(value, phrases),
        "violation": _violation(str(value.get("code", "")), language),
        "place": _place(value),
        "period": _period(value, language),
        "level": value.get("level", ""),
        "name": str(value.get("name") or value.get("code", "")),
        "victims": _victims(value, phrases),
        "person": _person(value, phrases),
    }
    template = phrases["kinds"].get(kind, kind)
    return str(template).format(**told)


def _violation(code: str, language: str) -> str:
    known = violations().get(code)
    return known.label(language) if known else code


def _place(value: Mapping[str, Any]) -> str:
    parts = (value.get(part) for part in ("name", "cercle", "region"))
    return ", ".join(dict.fromkeys(str(part) for part in parts if part))


def _languages(value: Mapping[str, Any], phrases: Mapping[str, Any]) -> str:
    codes = [str(value.get("language", "")), *map(str, value.get("mixed", ()))]
    return " + ".join(phrases["languages"].get(code, code) for code in codes)


def _period(value: Mapping[str, Any], language: str) -> str:
    first, last = (_day(str(value.get(edge, "")), language) for edge in ("from", "to"))
    return first if first == last else f"{first} – {last}"


def _day(day: str, language: str) -> str:
    locale = language if language in LANGUAGES else LANGUAGES[0]
    return format_date(date.fromisoformat(day), "d MMMM y", locale=locale) if day else ""


def _person(value: Mapping[str, Any], phrases: Mapping[str, Any]) -> str:
    """`PERSONNE-1: femme, victime`: no more than the words beside the name say."""
    said = [phrases["persons"].get(value.get(part), "") for part in ("sex", "role")]
    return ", ".join([str(value.get("token", "")).strip("[]"), *filter(None, said)])


def _victims(value: Mapping[str, Any], phrases: Mapping[str, Any]) -> str:
    table = phrases["victims"]
    who = [table[part] for part in (value.get("sex"), "children" if value.get("children") else None) if part]
    status = str(value.get("status", ""))
    return str(table["sentence"]).format(
        count=value.get("count") or table["unknown"],
        who=", ".join(who) or table["people"],
        status=phrases["statuses"].get(status, status),
    )
