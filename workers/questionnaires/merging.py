"""What was ticked, brought together with what the engines read in the account. Danger that was ticked stays danger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from workers.contracts import Finding, FindingKind, Span
from workers.triage import urgency

_NONE, _OTHER = "none", "other"
# The act by which each fate is weighed: all four are grave while they are fresh.
_ACT_OF = {
    "killed": "killing",
    "injured": "torture",
    "abducted": "abduction",
    "missing": "enforced_disappearance",
}
_AS_ENGINES_ORDER = list(FindingKind)


def joined(text: str, below: str) -> str:
    """A text with what stands below it, if there is any of either."""
    return "\n".join(part for part in (text, below) if part)


def merged(
    read: Sequence[Finding], ticked: Sequence[Finding], *, text: str, received_at: datetime
) -> tuple[Finding, ...]:
    """All findings, in the engines' order of kinds. `text` is what the engines read; what was ticked is told below."""
    if not ticked:
        return tuple(read)
    told = [_moved(finding, len(text) + 1 if text else 0) for finding in ticked]
    acts = _acts(_of(read, FindingKind.VIOLATION), _of(told, FindingKind.VIOLATION))
    occurred = next(iter(_of(read, FindingKind.OCCURRED)), None)
    assessed = urgency.assess(text, [*acts, *_implied(told)], occurred, received_at)
    level = _highest([*_of(told, FindingKind.URGENCY), assessed])
    apart = {FindingKind.VIOLATION, FindingKind.URGENCY}
    others = [finding for finding in (*told, *read) if finding.kind not in apart]
    found = [*acts, level, *_without_repeats(others)]
    return tuple(sorted(found, key=lambda finding: _AS_ENGINES_ORDER.index(finding.kind)))


def _implied(told: Sequence[Finding]) -> list[Finding]:
    """What people's fate says of how urgent it is, whatever kind of thing was ticked."""
    fates = [finding for finding in told if finding.kind is FindingKind.VICTIMS]
    return [
        replace(fate, kind=FindingKind.VIOLATION, value={"code": _ACT_OF[fate.value["status"]]})
        for fate in fates
        if fate.value["status"] in _ACT_OF
    ]


def _moved(finding: Finding, offset: int) -> Finding:
    spans = tuple(Span(span.start + offset, span.end + offset) for span in finding.evidence)
    return replace(finding, evidence=spans)


def _of(findings: Iterable[Finding], kind: FindingKind) -> list[Finding]:
    return [finding for finding in findings if finding.kind is kind]


def _acts(read: Sequence[Finding], ticked: Sequence[Finding]) -> list[Finding]:
    """First what both say, the surest first; then what was only ticked; then what was only read; "other" last."""
    codes = {finding.value["code"]: finding for finding in ticked}
    if not codes:
        return list(read)
    both = [
        _agreed(finding, codes[finding.value["code"]]) for finding in read if finding.value["code"] in codes
    ]
    known = {finding.value["code"] for finding in both}
    only_ticked = [finding for finding in ticked if finding.value["code"] not in known | {_OTHER}]
    only_read = [finding for finding in read if finding.value["code"] not in codes.keys() | {_NONE}]
    unspecific = [codes[_OTHER]] if _OTHER in codes and _OTHER not in known else []
    return [*both, *only_ticked, *only_read, *unspecific]


def _agreed(read: Finding, ticked: Finding) -> Finding:
    """Read in the account and ticked: as sure as the surer of the two, resting on the words of both."""
    surest = max(read.confidence, ticked.confidence)
    return replace(read, confidence=surest, evidence=(*read.evidence, *ticked.evidence))


def _highest(levels: Sequence[Finding]) -> Finding:
    return max(levels, key=lambda finding: int(finding.value["level"]))


def _without_repeats(findings: Sequence[Finding]) -> list[Finding]:
    """The account often says again what was ticked: of two with the same value, the one with the surer words."""
    kept: dict[str, Finding] = {}
    for finding in findings:
        key = f"{finding.kind}:{sorted(finding.value.items(), key=str)}"
        if key not in kept or kept[key].confidence < finding.confidence:
            kept[key] = finding
    return list(kept.values())
