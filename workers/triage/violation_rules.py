"""The rules of the violation vocabulary, as they stand in its data files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from workers.triage.matching import Listing, listing
from workers.triage.patterns import Lexicon, Pattern, lexicon, parse
from workers.triage.vocabulary import classes, read_toml

_FILES = (
    "violations_life",
    "violations_property",
    "violations_rights",
    "violations_spoken",
    "violations_topics",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, the code it speaks for, and how far it does so by itself (0–1).

    A rule that absorbs takes the words it matched away from the other codes; no languages means all.
    """

    code: str
    weight: float
    pattern: Pattern
    languages: frozenset[str]
    absorbs: bool

    def speaks(self, language: str) -> bool:
        """Whether the rule is meant for texts in this language (`und`: not known, so for all)."""
        return not self.languages or language in self.languages or language == "und"


@cache
def violation_rules() -> tuple[Listing[Rule], Lexicon]:
    """All rules, listed in the order of how their patterns begin; the lexicon of their words."""
    rules = [rule for name in _FILES for table in read_toml(name)["rules"] for rule in _rules(table)]
    rules.sort(key=lambda rule: rule.pattern.beginning)
    listed = listing((rule, rule.pattern) for rule in rules)
    return listed, lexicon((rule.pattern for rule in rules), classes("violations_classes"))


def _rules(table: Mapping[str, Any]) -> Iterator[Rule]:
    languages = frozenset(table.get("languages", ()))
    for source in table["patterns"]:
        yield Rule(table["code"], table["weight"], parse(source), languages, table.get("absorbs", False))
