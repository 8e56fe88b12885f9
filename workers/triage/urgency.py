"""How urgent a report is, by the rules written in workers/vocabularies/urgency.toml:

3 danger now, 2 someone hurt or still held or a fresh act against life or liberty, 1 recent, 0 past or nothing told.
Unsure rounds up. Danger now holds whatever else was found, or not found; workers/triage/urgency_voice.py is the voice
beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from workers.contracts import Finding, FindingKind, Span
from workers.triage.language import identify
from workers.triage.reading import Reading, read
from workers.triage.urgency_case import Case, rules, told_words
from workers.triage.urgency_rules import BESIDE, PLEA, Decision, decisions
from workers.triage.urgency_voice import between
from workers.triage.violations import NONE

_SURE = 0.65
_GOING_ON = frozenset({"danger now", "violence now"})
_SURE_OF_TODAY = 0.55
_CALL_ALONE = 3  # a call for help that says nothing else: unsure rounds up


def assess(
    text: str | Reading,
    violations: Sequence[Finding],
    occurred: Finding | None,
    received_at: datetime,
    language: str | None = None,
    reached: Mapping[str, float] | None = None,
) -> Finding:
    """The urgency of `text` (0–3) given what it tells of and when; evidence is the words that decided.

    `language` is what the text was identified as; left out, it is identified here. `reached` is what the second voice
    thinks of the levels; left out, the rules decide alone.
    """
    reading = read(text)
    words = told_words(reading, language or identify(reading.text)[0])
    codes = frozenset(finding.value["code"] for finding in violations) - {NONE}
    days_ago = _days_ago(occurred, received_at)
    case = Case(reading, words, codes, _weighty(violations) - {NONE}, _main(violations), days_ago)
    decision = max(decisions(case), key=lambda decision: decision.level)
    if case.has("plea") and decision.level < 3 and (decision.level or not case.codes):
        level = _CALL_ALONE if case.is_call_alone else decision.level + 1
        decision = Decision(level, f"{decision.rule}{PLEA}", (*decision.groups, "plea"))
    level = between(decision.level, reached or {})
    if level != decision.level:
        decision = Decision(level, f"{decision.rule}{BESIDE}", decision.groups)
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
    if not is_now or rules().codes["happening"].isdisjoint(_main(violations)):
        return None
    day = received_at.date().isoformat()
    value = {"from": day, "to": day, "precision": "day"}
    return Finding(FindingKind.OCCURRED, value, _SURE_OF_TODAY, "date:happening", urgency.evidence)


def _main(violations: Sequence[Finding]) -> frozenset[str]:
    return frozenset(str(finding.value["code"]) for finding in violations[:1])


def _weighty(violations: Sequence[Finding]) -> frozenset[str]:
    main = _main(violations)
    if main & rules().codes["background"]:
        return main
    sure = {str(finding.value["code"]) for finding in violations if finding.confidence >= _SURE}
    return frozenset(main | sure)


def _days_ago(occurred: Finding | None, received_at: datetime) -> int | None:
    if occurred is None:
        return None
    last = date.fromisoformat(str(occurred.value["to"])[:10])
    return max(0, (received_at.date() - last).days)


def _evidence(case: Case, groups: Sequence[str]) -> tuple[Span, ...]:
    spans = {span for name in groups for match in case.words[name] for span in match.evidence(case.reading)}
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def _of_acts(violations: Sequence[Finding]) -> tuple[Span, ...]:
    return violations[0].evidence if violations else ()
