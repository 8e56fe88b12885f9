"""Reads a report: language, violations, place, day, actors and urgency, each with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from workers.contracts import Finding, FindingKind, Span
from workers.triage import actors, dates, language, place, second_voice, urgency, victims, violations
from workers.triage.encoder import Whole, running_encoder
from workers.triage.features import features
from workers.triage.language import Spoken
from workers.triage.linear_model import Model, running_model
from workers.triage.place_gazetteer import Gazetteer
from workers.triage.reading import Reading, read
from workers.triage.urgency_voice import chances


def triage(
    text: str | Reading,
    *,
    received_at: datetime,
    language: str | None = None,
    spoken: Spoken | None = None,
    names: Sequence[Span] = (),
    model: Model | None = None,
    places: Gazetteer | None = None,
    whole: Whole | None = None,
) -> list[Finding]:
    """What `text` tells, as findings whose evidence lies in `text`, in the order of `FindingKind`, best first.

    `text` may have been read before. `language` is what the message is known to be in, if it is, `spoken` what was
    identified before, if it was; `names` are the persons already found in it. `model` and `places` are used instead of
    what ships with the project, `whole` instead of the shipped encoder's reading.
    """
    reading = read(text)
    heard = _language(reading, language, spoken)
    code = heard.value["language"]
    carried = features(reading)
    whole = whole or Whole(reading.text, running_encoder())
    acts = second_voice.weighed(carried, violations.find(reading, code), model or running_model(), whole)
    told = dates.find(reading, received_at, code)
    urgent = urgency.assess(reading, acts, told, received_at, code, chances(carried, whole))
    occurred = told or urgency.happening(urgent, acts, received_at)
    return [
        heard,
        *acts,
        *place.find(reading, names=names, places=places),
        *([occurred] if occurred else []),
        urgent,
        *actors.find(reading, acts),
        *victims.find(reading, code, names=names),
    ]


def _language(reading: Reading, known: str | None, spoken: Spoken | None) -> Finding:
    if known:
        return Finding(FindingKind.LANGUAGE, {"language": known}, 1.0, "given")
    told = spoken or language.spoken(reading)
    value: dict[str, Any] = {"language": told.language}
    if told.mixed:
        value["mixed"] = list(told.mixed)
    return Finding(FindingKind.LANGUAGE, value, told.confidence, "function words and letter groups")


def summary(text: str, findings: Iterable[Finding]) -> dict[str, Any]:
    """The findings in `text` in the shape that `seere triage` writes."""
    by_kind: dict[FindingKind, list[Finding]] = {kind: [] for kind in FindingKind}
    for finding in findings:
        by_kind[finding.kind].append(finding)
    spoken = _first(by_kind[FindingKind.LANGUAGE], {"language": "und"})
    return {
        "language": spoken["language"],
        "mixed": spoken.get("mixed", []),
        "violations": [_violation(text, finding) for finding in by_kind[FindingKind.VIOLATION]],
        "place": _place(by_kind[FindingKind.PLACE]),
        "occurred": _first(by_kind[FindingKind.OCCURRED], None),
        "urgency": _first(by_kind[FindingKind.URGENCY], {"level": 0})["level"],
        "actors": [dict(finding.value) for finding in by_kind[FindingKind.ACTOR]],
        "victims": [dict(finding.value) for finding in by_kind[FindingKind.VICTIMS]],
    }


def _first(findings: Sequence[Finding], otherwise: Any) -> Any:
    return dict(findings[0].value) if findings else otherwise


def _violation(text: str, finding: Finding) -> dict[str, Any]:
    inside = (span for span in finding.evidence if span.end <= len(text))
    evidence = [[span.start, span.end] for span in inside]
    return {"code": finding.value["code"], "confidence": finding.confidence, "evidence": evidence}


def _place(findings: Sequence[Finding]) -> dict[str, Any] | None:
    if not findings:
        return None
    value = findings[0].value
    named = {key: value.get(key) for key in ("region", "cercle", "name")}
    return {**named, "confidence": findings[0].confidence}
