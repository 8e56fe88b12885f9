"""Finds where a reported incident took place, from the words of the message and the gazetteer of Mali."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.reference import geography
from workers.contracts import Finding, FindingKind, Span
from workers.triage import reading as triage_reading
from workers.triage.place_choice import Choice, choices
from workers.triage.place_cues import is_bambara
from workers.triage.place_gazetteer import Gazetteer, Place, gazetteer
from workers.triage.place_mentions import MOST_WORDS, Mention, Reading, mentions

_MOST_CHARACTERS, _MOST_FINDINGS = 40_000, 5
_LEAST_CONFIDENCE = 0.15
_ALTERNATIVE_CONFIDENCE = 0.5


def find(
    text: str | triage_reading.Reading, *, names: Sequence[Span] = (), places: Gazetteer | None = None
) -> list[Finding]:
    """The places a message may be about, likeliest first; `names` are the persons already known in the text,
    `places` the gazetteer (default: the shipped one).

    Evidence is the name as written. Regions and cercles are those of 2023; Bamako has no cercle.
    Text after the first 40,000 characters or 5,000 words is not read.
    """
    read = triage_reading.read(text)
    told, listed = read.text[:_MOST_CHARACTERS], read.words[:MOST_WORDS]
    reading = Reading(told, listed, tuple(names), is_bambara(told, listed), places or gazetteer())
    findings: dict[tuple[str, str | None, str], Finding] = {}
    for finding in _findings(choices(mentions(reading))):
        value = finding.value
        findings.setdefault((value["region_code"], value["cercle_code"], value["name"]), finding)
    return [each for each in findings.values() if each.confidence >= _LEAST_CONFIDENCE][:_MOST_FINDINGS]


def _findings(chosen: Sequence[Choice]) -> Iterator[Finding]:
    for choice in chosen:
        yield _finding(choice.mention, choice.place, choice.confidence)
    for choice in chosen[:1]:
        for place in choice.others:
            share = choice.confidence * _ALTERNATIVE_CONFIDENCE
            yield _finding(choice.mention, place, round(share, 2), "alternative")


def _finding(mention: Mention, place: Place, confidence: float, how: str = "") -> Finding:
    rule = ":".join(filter(None, ("place", mention.match.name.lower(), mention.cue.role.value, how)))
    return Finding(FindingKind.PLACE, _value(place), confidence, rule, (mention.span,))


def _value(place: Place) -> Mapping[str, Any]:
    return {
        "region": geography.region_name(place.region_code),
        "region_code": place.region_code,
        "cercle": geography.cercle_name(place.cercle_code),
        "cercle_code": place.cercle_code,
        "name": place.name,
        "lat": place.lat,
        "lon": place.lon,
    }
