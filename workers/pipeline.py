"""The way of a report, from its text to what is concluded: anonymise, triage, and whether a person must look.

Pure: text in, conclusions out. Storing them is app.casework's, running it is workers.jobs'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from workers.anonymise import anonymise, token_table, without
from workers.anonymise.marks import MarkedTokens
from workers.contracts import Anonymised, EntityLabel, Finding, FindingKind, Span
from workers.places import place_line
from workers.questionnaires.merging import joined, merged
from workers.questionnaires.telling import NOTHING_TOLD, Told
from workers.triage import language, triage
from workers.triage.linear_model import Model
from workers.triage.place_gazetteer import Gazetteer
from workers.triage.reading import read

SURE_OF_VIOLATION = 0.5
MOST_RESIDUAL_RISK = 0.1  # above it somebody reads the text before any organisation does
DOUBT_CONFIDENCE = 0.5  # a doubt is neither
PERSON_CONFIDENCE = 0.6  # of what stands beside a name: not measured apart, so to be checked
_SEXES = {"femme": "female", "homme": "male"}
_ROLES = {"victime": "victim", "auteur présumé": "alleged_author", "témoin": "witness", "déclarant": "source"}
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
    """One message, understood. `tokens` says which token stands for which words: to be sealed at once. `answers` are
    the codes and counts of closed questions.
    """

    anonymised: Anonymised
    findings: tuple[Finding, ...]
    tokens: Mapping[str, str]
    needs_person: str
    answers: Mapping[str, Any] | None = None

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


@dataclass(frozen=True, slots=True)
class Composed:
    """One text from all that a message says; `ours` are the stretches that came from our lists, not from a person."""

    text: str
    ours: tuple[Span, ...] = ()


def compose(content: Mapping[str, Any], typed: Iterable[str] = ()) -> Composed:
    """One text from what the form or the phone sent; place, date and free answers become lines of it."""
    account = "\n".join([str(content.get("text", "")), *_line("Lieu", content.get("where", ""))])
    chosen = _line("Lieu choisi", place_line(content))
    below = [*chosen, *_line("Date", content.get("when", "")), *typed]
    begin = len(account) + 1
    ours = tuple(Span(begin, begin + len(line)) for line in chosen)
    return Composed("\n".join([account, *below]), ours)


def _line(label: str, value: object) -> list[str]:
    """A line of the text; none where nothing was told."""
    told = str(value).strip()
    return [f"{label} : {told}"] if told else []


def understand(
    text: str,
    received_at: datetime,
    known: Mapping[str, str],
    *,
    is_answer: bool = False,
    learnt: Learnt = SHIPPED,
    told: Told = NOTHING_TOLD,
    marked: Sequence[MarkedTokens] = (),
    ours: Sequence[Span] = (),
) -> Understood:
    """Anonymise and triage one message. Any error in an engine propagates: nothing raw ever goes on.

    `known` are the tokens of the case with their words, `marked` those whose words nobody can open here any more,
    `ours` the stretches of the text that aren't a person's words: places are read there, nothing is masked.
    What was ticked stands below the text. It holds no word of the person's own, so it is not anonymised, and the
    engines that conclude from words read the text alone.
    """
    reading = read(text)
    heard = language.spoken(without(text, ours) if ours else reading)  # once, for both engines
    anonymised = anonymise(
        text,
        heard.language,
        known=known,
        marked=marked,
        ours=ours,
        names=learnt.words.names,
        not_names=learnt.words.not_names,
    )
    names = [
        Span(entity.start, entity.end) for entity in anonymised.entities if entity.label is EntityLabel.PERSON
    ]
    told_of = triage(
        reading, received_at=received_at, spoken=heard, names=names, model=learnt.model, places=learnt.places
    )
    findings = (
        *merged(told_of, told.findings, text=text, received_at=received_at),
        *doubts(anonymised),
        *persons(anonymised),
    )
    tokens = token_table(text, anonymised)
    whole = replace(anonymised, text=joined(anonymised.text, told.ticked))
    reason = "" if is_answer else reason_for_person(whole, findings)
    return Understood(whole, findings, tokens, reason, told.answers)


def doubts(anonymised: Anonymised) -> tuple[Finding, ...]:
    """Words left readable that may single somebody out, for the person who reads."""
    return tuple(
        Finding(FindingKind.DOUBT, {"reason": reason}, DOUBT_CONFIDENCE, f"review:{reason}", (span,))
        for span, reason in anonymised.review
    )


def persons(anonymised: Anonymised) -> tuple[Finding, ...]:
    """What the text says of each person beside the name: sex, and part in what happened. At the first mention."""
    described = [entity for entity in anonymised.entities if entity.sex or entity.role]
    first = {entity.token: entity for entity in reversed(described)}
    return tuple(
        Finding(
            FindingKind.PERSON,
            {"token": entity.token, "sex": _SEXES.get(entity.sex, ""), "role": _ROLES.get(entity.role, "")},
            PERSON_CONFIDENCE,
            "words beside the name",
            (Span(entity.start, entity.end),),
        )
        for entity in sorted(first.values(), key=attrgetter("start"))
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
