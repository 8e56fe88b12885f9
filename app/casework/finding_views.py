"""Findings as the case page shows them: numbered, in words, with the words they rest on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.alternatives import alternatives
from app.casework.corrections import CORRECTABLE
from app.casework.findings import BY_A_PERSON
from app.casework.highlighting import Evidence, words_of
from app.casework.merged import goes_on_in
from app.casework.visibility import visible_cases
from app.casework.wording import (
    actor_label,
    date_label,
    language_label,
    person_label,
    place_label,
    victims_label,
    violation_label,
    word,
)
from app.languages import page_language
from app.models import Case, Finding, FindingState, Message, Report, ReportState, User

KINDS = (
    "doubt",
    "violation",
    "urgency",
    "place",
    "occurred",
    "actor",
    "victims",
    "person",
    "twin",
    "same_person",
    "language",
)
_OF_PEOPLE = {"actor": actor_label, "victims": victims_label, "person": person_label}
LINKS = frozenset({"twin", "same_person"})  # findings that point at another case
STATED_BY_PEOPLE = ("place", "occurred", "urgency")  # may be added where the machine found none


@dataclass(frozen=True, slots=True)
class FindingView:
    """One card. `twin_id` is the other case's id where this person may open it; `alternatives` are the ids of other
    places of the same name, each with its words.
    """

    number: int
    finding: Finding
    text: str
    words: tuple[str, ...]
    twin_id: uuid.UUID | None = None
    alternatives: tuple[tuple[uuid.UUID, str], ...] = ()

    @property
    def is_correctable(self) -> bool:
        """Whether another value can be put in its place."""
        return self.finding.kind in CORRECTABLE

    @property
    def is_rejectable(self) -> bool:
        """An urgency is corrected, never just taken away."""
        return self.finding.kind != "urgency" or self.is_by_a_person

    @property
    def is_by_a_person(self) -> bool:
        """Whether a colleague stated it, not a machine."""
        return self.finding.rule == BY_A_PERSON

    @property
    def explanation(self) -> str:
        """Why the machine concluded it, as one sentence in the page's language; empty where it gave none."""
        sentences = self.finding.explanation
        return str(sentences.get(page_language()) or sentences.get("fr") or "")

    @property
    def is_decided(self) -> bool:
        """Whether somebody decided on it."""
        return self.finding.state != FindingState.PROPOSED


def finding_views(
    session: Session, user: User, case: Case, texts: Mapping[uuid.UUID, str]
) -> list[FindingView]:
    """The findings of a case, numbered in the order of the page. `texts` are the messages' anonymised texts.

    What points at a case that this person may not see is left out: it would tell that there is one.
    """
    twins, withdrawn = _twins(session, user, case), _withdrawn(session, case)
    standing = [found for found in case.findings if found.message_id not in withdrawn]
    others = alternatives(standing)
    offered = {found.id for each in others.values() for found in each}  # on the card of the first
    shown = (found for found in standing if found.kind not in LINKS or found.value["case_id"] in twins)
    ordered = sorted((found for found in shown if found.id not in offered), key=_place_on_page)
    return [
        _view(number, finding, texts, twins, others.get(finding.id, ()))
        for number, finding in enumerate(ordered, start=1)
    ]


def _withdrawn(session: Session, case: Case) -> set[uuid.UUID]:
    """The messages that one of several writers withdrew: what was concluded from them isn't shown any more."""
    if case.is_withdrawn:
        return set()
    reports = select(Report.id).where(Report.case_id == case.id, Report.state == ReportState.WITHDRAWN)
    return set(session.scalars(select(Message.id).where(Message.report_id.in_(reports))))


def evidence_in(message: Message, views: Iterable[FindingView]) -> list[Evidence]:
    """Where findings that nobody rejected lie in one message."""
    return [
        Evidence(span[0], span[1], view.number)
        for view in views
        if view.finding.message_id == message.id and view.finding.state != FindingState.REJECTED
        for span in view.finding.evidence
        if len(span) == 2
    ]


def value_text(kind: str, value: Mapping[str, Any], twins: Mapping[str, Case] | None = None) -> str:
    """What a finding says, in words."""
    match kind:
        case "violation":
            return violation_label(value.get("code"))
        case "place":
            return place_label(value.get("region_code"), value.get("cercle_code"), value.get("name"))
        case "occurred":
            return date_label(date.fromisoformat(value["from"]), date.fromisoformat(value["to"]))
        case "urgency":
            return word(value.get("level"), "urgency")
        case "actor" | "victims" | "person":
            return _OF_PEOPLE[kind](value)
        case "doubt":
            return word(value.get("reason", ""), "doubt")
        case "twin" | "same_person":
            twin = (twins or {}).get(str(value.get("case_id")))
            return twin.reference if twin else "–"
        case _:
            codes = [value.get("language", "und"), *value.get("mixed", ())]
            return " + ".join(language_label(str(code)) for code in codes)


def _place_on_page(finding: Finding) -> tuple[int, bool, int, str]:
    kind = KINDS.index(finding.kind) if finding.kind in KINDS else len(KINDS)
    return kind, finding.state == FindingState.REJECTED, finding.position, str(finding.id)


def _view(
    number: int,
    finding: Finding,
    texts: Mapping[uuid.UUID, str],
    twins: Mapping[str, Case],
    others: Sequence[Finding],
) -> FindingView:
    text = texts.get(finding.message_id, "") if finding.message_id else ""
    twin = twins.get(str(finding.value.get("case_id"))) if finding.kind in LINKS else None
    return FindingView(
        number=number,
        finding=finding,
        text=value_text(finding.kind, finding.current_value, twins),
        words=words_of(text, finding.evidence),
        twin_id=twin.id if twin else None,
        alternatives=tuple(
            (each.id, value_text(each.kind, each.value))
            for each in others
            if each.value != finding.current_value
        ),
    )


def _twins(session: Session, user: User, case: Case) -> dict[str, Case]:
    """The other cases that twin findings point at, or that these went on in, as far as this person may see them."""
    ids = {uuid.UUID(str(found.value["case_id"])) for found in case.findings if found.kind in LINKS} - {
        case.id
    }
    if not ids:
        return {}
    seen = {str(each.id): each for each in session.scalars(visible_cases(user).where(Case.id.in_(ids)))}
    for merged in (each for each in ids if str(each) not in seen):
        survivor = goes_on_in(session, user, merged)
        if survivor is not None and survivor.id != case.id:
            seen[str(merged)] = survivor
    return seen
