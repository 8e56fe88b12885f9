"""How urgent a report is, by the rules written in workers/vocabularies/urgency.toml:

3 danger now, 2 someone hurt or still held or a fresh act against life or liberty, 1 recent, 0 past or nothing told.
Unsure rounds up. Danger now holds whatever else was found, or not found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from workers.contracts import Finding, FindingKind, Span
from workers.triage import context
from workers.triage.language import identify
from workers.triage.matching import Listing, Match, Occurrences, listing
from workers.triage.patterns import Lexicon, lexicon, parse
from workers.triage.reading import Reading, read
from workers.triage.violations import NONE, OTHER
from workers.triage.vocabulary import read_toml

# Groups whose words deny by themselves ("plus de nouvelles", "pas d'eau").
_SAY_NO = frozenset({"held", "hunger", "failing", "live"})
_SURE = 0.65
_GOING_ON = frozenset({"danger now", "violence now"})
_SURE_OF_TODAY = 0.55
_CALL_ALONE = 3  # a call for help that says nothing else: unsure rounds up


@dataclass(frozen=True, slots=True)
class _Rules:
    days: Mapping[str, int]
    codes: Mapping[str, frozenset[str]]
    groups: tuple[str, ...]
    patterns: Listing[str]
    lexicon: Lexicon


@cache
def _rules() -> _Rules:
    data = read_toml("urgency")
    patterns = [(name, parse(source)) for name, sources in data["patterns"].items() for source in sources]
    codes = {name: frozenset(listing.split()) for name, listing in data["codes"].items()}
    known = lexicon((pattern for _, pattern in patterns), {}, keeps_endings=True)
    return _Rules(data["days"], codes, tuple(data["patterns"]), listing(patterns), known)


@dataclass(frozen=True, slots=True)
class _Case:
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
        return bool(self.words[group])

    def tells(self, kind: str) -> bool:
        """Whether the main code, or one that is as good as sure, is of a kind."""
        return not self.weighty.isdisjoint(_rules().codes[kind])

    def is_main(self, kind: str) -> bool:
        """Whether the main code is of a kind."""
        return not self.main.isdisjoint(_rules().codes[kind])

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
        return self.days_ago is None or self.days_ago <= _rules().days[span]


@dataclass(frozen=True, slots=True)
class _Decision:
    level: int
    rule: str
    groups: tuple[str, ...] = ()


def assess(
    text: str | Reading,
    violations: Sequence[Finding],
    occurred: Finding | None,
    received_at: datetime,
    language: str | None = None,
) -> Finding:
    """The urgency of `text` (0–3) given what it tells of and when; evidence is the words that decided.

    `language` is what the text was identified as; left out, it is identified here.
    """
    reading = read(text)
    words = _told(reading, _words(reading, language or identify(reading.text)[0]))
    codes = frozenset(finding.value["code"] for finding in violations) - {NONE}
    days_ago = _days_ago(occurred, received_at)
    case = _Case(reading, words, codes, _weighty(violations) - {NONE}, _main(violations), days_ago)
    decision = max(_decisions(case), key=lambda decision: decision.level)
    if case.has("plea") and decision.level < 3 and (decision.level or not case.codes):
        level = _CALL_ALONE if case.is_call_alone else decision.level + 1
        decision = _Decision(level, f"{decision.rule}, and a plea", (*decision.groups, "plea"))
    return Finding(
        FindingKind.URGENCY,
        {"level": decision.level},
        0.9 if decision.groups else 0.6,
        decision.rule,
        _evidence(case, decision.groups) or _of_acts(violations),
    )


def happening(urgency: Finding, violations: Sequence[Finding], received_at: datetime) -> Finding | None:
    """The day of the message, for violence told as going on where no word says when; None for anything else.

    `urgency` is what `assess` gave and `violations` what it was given.
    """
    is_now = str(urgency.rule).split(",")[0] in _GOING_ON
    if not is_now or _rules().codes["happening"].isdisjoint(_main(violations)):
        return None
    day = received_at.date().isoformat()
    value = {"from": day, "to": day, "precision": "day"}
    return Finding(FindingKind.OCCURRED, value, _SURE_OF_TODAY, "date:happening", urgency.evidence)


def _words(reading: Reading, language: str) -> dict[str, list[Match]]:
    """What stands in the text of each group of words, without what it denies."""
    rules = _rules()
    occurrences = Occurrences(reading, rules.lexicon)
    words: dict[str, list[Match]] = {name: [] for name in rules.groups}
    for name, pattern in occurrences.begun(rules.patterns):
        found = occurrences.find(pattern)
        words[name] += [
            match for match in found if name in _SAY_NO or not context.is_denied(reading, match, language)
        ]
    return words


def _told(reading: Reading, words: Mapping[str, Sequence[Match]]) -> dict[str, list[Match]]:
    """The words without those in a sentence that only supposes ("si un jour on nous attaque")."""
    supposed = {reading.tokens[match.first].sentence for match in words["supposed"]}
    return {
        name: [match for match in matches if reading.tokens[match.first].sentence not in supposed]
        for name, matches in words.items()
    }


def _main(violations: Sequence[Finding]) -> frozenset[str]:
    return frozenset(str(finding.value["code"]) for finding in violations[:1])


def _weighty(violations: Sequence[Finding]) -> frozenset[str]:
    main = _main(violations)
    if main & _rules().codes["background"]:
        return main
    sure = {str(finding.value["code"]) for finding in violations if finding.confidence >= _SURE}
    return frozenset(main | sure)


def _days_ago(occurred: Finding | None, received_at: datetime) -> int | None:
    if occurred is None:
        return None
    last = date.fromisoformat(str(occurred.value["to"])[:10])
    return max(0, (received_at.date() - last).days)


def _decisions(case: _Case) -> list[_Decision]:
    """Every rule that holds, highest first."""
    return [
        decision
        for decide in (_danger_now, _live_device, _hurt, _held, _planned, _besieged, _fresh)
        if (decision := decide(case)) is not None
    ]


def _danger_now(case: _Case) -> _Decision | None:
    if case.has("danger_now") or case.has("failing"):
        return _Decision(3, "danger now", ("danger_now", "failing"))
    if case.has("surrounded") and not case.has("held"):
        return _Decision(3, "danger now", ("surrounded",))
    if case.tells("announced") and case.has("soon") and case.is_within("fresh"):
        return _Decision(3, "an attack is announced", ("soon",))
    if case.has("now") and case.is_main("violent") and case.is_of_today:
        return _Decision(3, "violence now", ("now",))
    return None


def _live_device(case: _Case) -> _Decision | None:
    """A device that hasn't gone off lies where people pass."""
    is_live = case.is_main("device") and case.has("live") and not case.has("went_off")
    return _Decision(3, "danger now", ("live",)) if is_live else None


def _hurt(case: _Case) -> _Decision | None:
    if case.has("injured") and case.codes and case.is_within("fresh"):
        return _Decision(2, "someone is hurt", ("injured",))
    return None


def _held(case: _Case) -> _Decision | None:
    """Held or missing until they are said to be back; an arrest for words spoken is a detention too."""
    is_held = case.tells("held") and (case.has("held") or case.is_main("missing"))
    is_seized = case.is_main("spoken") and case.has("seized") and case.is_within("fresh")
    if not (is_held or is_seized) or case.has("released") or not case.is_within("held"):
        return None
    return _Decision(2, "still held or missing", ("held",) if is_held else ("seized",))


def _planned(case: _Case) -> _Decision | None:
    """A marriage or excision to come: within days, some way off, or nobody says when."""
    if not case.is_main("planned") or not case.has("planned"):
        return None
    is_soon = case.has("soon") or case.has("weekdays")
    level = 3 if is_soon else 1 if case.has("later") else 2
    return _Decision(
        level, "a child or woman can still be protected", ("planned", "soon", "weekdays", "later")
    )


def _besieged(case: _Case) -> _Decision | None:
    if case.tells("besieged") and case.has("hunger") and case.is_within("recent"):
        return _Decision(2, "hunger under siege", ("hunger",))
    return None


def _fresh(case: _Case) -> _Decision:
    """A grave act while it is fresh; then recent; then past."""
    if not case.codes:
        return _Decision(0, "nothing told")
    grave = _continuing(case) & _rules().codes["grave"]
    if grave and case.is_within("fresh"):
        return _Decision(2, "fresh act")
    is_recent = case.is_within("recent") or case.is_main("lasting")
    return _Decision(1, "recent") if is_recent else _Decision(0, "past")


def _continuing(case: _Case) -> frozenset[str]:
    """The codes that weigh, without what ended with a release, and a flight that only follows from a lasting wrong."""
    ended = _rules().codes["held"] if case.has("released") else frozenset[str]()
    followed = _rules().codes["besieged"] if case.is_main("lasting") else frozenset[str]()
    return case.weighty - ended - followed


def _evidence(case: _Case, groups: Sequence[str]) -> tuple[Span, ...]:
    spans = {span for name in groups for match in case.words[name] for span in match.evidence(case.reading)}
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def _of_acts(violations: Sequence[Finding]) -> tuple[Span, ...]:
    return violations[0].evidence if violations else ()
