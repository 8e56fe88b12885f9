"""What the rules of urgency look at: the groups of words of workers/vocabularies/urgency.toml that a report holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from workers.triage import context
from workers.triage.matching import Listing, Match, Occurrences, listing
from workers.triage.patterns import Lexicon, lexicon, parse
from workers.triage.reading import Reading
from workers.triage.violations import OTHER
from workers.triage.vocabulary import read_toml

# Groups whose words deny by themselves ("plus de nouvelles", "pas d'eau").
_SAY_NO = frozenset({"held", "hunger", "failing", "live"})


@dataclass(frozen=True, slots=True)
class Rules:
    """The vocabulary of urgency: spans in days, kinds of codes, and the patterns of each group of words."""

    days: Mapping[str, int]
    codes: Mapping[str, frozenset[str]]
    groups: tuple[str, ...]
    patterns: Listing[str]
    lexicon: Lexicon


@cache
def rules() -> Rules:
    """What ships with the project, read once; raises `ValueError` for a pattern that can't be read."""
    data = read_toml("urgency")
    patterns = [(name, parse(source)) for name, sources in data["patterns"].items() for source in sources]
    codes = {name: frozenset(listing.split()) for name, listing in data["codes"].items()}
    known = lexicon((pattern for _, pattern in patterns), {}, keeps_endings=True)
    return Rules(data["days"], codes, tuple(data["patterns"]), listing(patterns), known)


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at: the words of each group, the codes told of, and how many days ago it ended.

    `weighty` are the codes that may raise: the main one and those as good as sure.
    """

    reading: Reading
    words: Mapping[str, Sequence[Match]]
    codes: frozenset[str]
    weighty: frozenset[str]
    main: frozenset[str]
    days_ago: int | None

    def has(self, group: str) -> bool:
        """Whether words of a group stand in it."""
        return bool(self.words[group])

    def tells(self, kind: str) -> bool:
        """Whether the main code, or one that is as good as sure, is of a kind."""
        return not self.weighty.isdisjoint(rules().codes[kind])

    def is_main(self, kind: str) -> bool:
        """Whether the main code is of a kind."""
        return not self.main.isdisjoint(rules().codes[kind])

    @property
    def is_call_alone(self) -> bool:
        """Whether it calls for help and says nothing else that can be told apart."""
        return self.has("call") and not self.codes - {OTHER}

    @property
    def is_of_today(self) -> bool:
        """Whether nothing says that it was before yesterday."""
        return self.days_ago is None or self.days_ago <= 1

    def is_within(self, span: str) -> bool:
        """Whether it ended within so many days; unsure (no date) counts as within."""
        return self.days_ago is None or self.days_ago <= rules().days[span]


def told_words(reading: Reading, language: str) -> dict[str, list[Match]]:
    """What stands in a text of each group of words, without what it denies and what it only supposes."""
    words = _words(reading, language)
    supposed = {reading.tokens[match.first].sentence for match in words["supposed"]}
    return {
        name: [match for match in matches if reading.tokens[match.first].sentence not in supposed]
        for name, matches in words.items()
    }


def _words(reading: Reading, language: str) -> dict[str, list[Match]]:
    known = rules()
    occurrences = Occurrences(reading, known.lexicon)
    words: dict[str, list[Match]] = {name: [] for name in known.groups}
    for name, pattern in occurrences.begun(known.patterns):
        found = occurrences.find(pattern)
        words[name] += [
            match for match in found if name in _SAY_NO or not context.is_denied(reading, match, language)
        ]
    return words
