"""The way of a report, from its text to what is concluded: anonymise, triage, and whether a person must look.

Pure: text in, conclusions out. Storing them is app.casework's, running it is workers.jobs'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from workers.anonymise import anonymise, token_table
from workers.contracts import Anonymised, EntityLabel, Finding, FindingKind, Span
from workers.triage import triage
from workers.triage.linear_model import Model
from workers.triage.place_gazetteer import Gazetteer

SURE_OF_VIOLATION = 0.5
MOST_RESIDUAL_RISK = 0.1  # above it somebody reads the text before any organisation does
DOUBT_CONFIDENCE = 0.5  # a doubt is neither
NO_INCIDENT = frozenset({"none"})
UNSPECIFIC = frozenset({"none", "other"})


@dataclass(frozen=True, slots=True)
class AcceptedNames:
    """Words that this installation's people added to the lists of names, and words that are no names."""

    names: frozenset[str] = frozenset()
    not_names: frozenset[str] = frozenset()


NO_NAMES = AcceptedNames()


@dataclass(frozen=True, slots=True)
class Learnt:
    """What an installation has of its own: a model of violations, a gazetteer (None: the shipped one), names."""

    model: Model | None = None
    places: Gazetteer | None = None
    words: AcceptedNames = NO_NAMES


SHIPPED = Learnt()


@dataclass(frozen=True, slots=True)
class Understood:
    """One message, understood. `tokens` says which token stands for which words: to be sealed at once."""

    anonymised: Anonymised
    findings: tuple[Finding, ...]
    tokens: Mapping[str, str]
    needs_person: str

    def evidence(self, finding: Finding) -> list[list[int]]:
        """Where the words a finding rests on lie in the anonymised text; neighbours are one stretch."""
        text = self.anonymised.text
        joined: list[list[int]] = []
        for span in sorted(
            (self.anonymised.locate(span) for span in finding.evidence), key=attrgetter("start")
        ):
            if joined and not text[joined[-1][1] : span.start].strip():
                joined[-1][1] = max(joined[-1][1], span.end)
            elif span.end > span.start:
                joined.append([span.start, span.end])
        return joined


def compose(content: Mapping[str, str]) -> str:
    """One text from what the form or the phone sent; the place and date fields become lines of it."""
    lines = [content.get("text", "")]
    for field, label in (("where", "Lieu"), ("when", "Date")):
        if value := content.get(field, "").strip():
            lines.append(f"{label} : {value}")
    return "\n".join(lines)


def understand(
    text: str,
    received_at: datetime,
    known: Mapping[str, str],
    *,
    is_answer: bool = False,
    learnt: Learnt = SHIPPED,
) -> Understood:
    """Anonymise and triage one message. Any error in an engine propagates: nothing raw ever goes on."""
    anonymised = anonymise(text, known=known, names=learnt.words.names, not_names=learnt.words.not_names)
    names = [
        Span(entity.start, entity.end) for entity in anonymised.entities if entity.label is EntityLabel.PERSON
    ]
    findings = (
        *triage(text, received_at=received_at, names=names, model=learnt.model, places=learnt.places),
        *doubts(anonymised),
    )
    tokens = token_table(text, anonymised)
    reason = "" if is_answer else reason_for_person(anonymised, findings)
    return Understood(anonymised, findings, tokens, reason)


def doubts(anonymised: Anonymised) -> tuple[Finding, ...]:
    """Words left readable that may single somebody out, for the person who reads."""
    return tuple(
        Finding(FindingKind.DOUBT, {"reason": reason}, DOUBT_CONFIDENCE, f"review:{reason}", (span,))
        for span, reason in anonymised.review
    )


def reason_for_person(anonymised: Anonymised, findings: tuple[Finding, ...]) -> str:
    """Why a person must look before any organisation does; empty when the machine is sure enough."""
    if anonymised.residual_risk > MOST_RESIDUAL_RISK:
        return "residual_risk"
    violations = {
        finding.value["code"]: finding.confidence
        for finding in findings
        if finding.kind is FindingKind.VIOLATION
    }
    specific = [score for code, score in violations.items() if code not in UNSPECIFIC]
    if not specific:
        return "not_an_incident" if set(violations) == NO_INCIDENT else "no_violation"
    if max(specific) < SURE_OF_VIOLATION:
        return "uncertain_violation"
    if not any(finding.kind is FindingKind.PLACE for finding in findings):
        return "no_place"
    return ""
