"""What each form of a case changes and what each line of its history changed: two that touch the same can't both stand.

A thing is an aspect and which one of it. EVERYTHING touches all: what isn't in these tables is taken for that, so that
nothing is overwritten for want of an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.casework.history import EventKind
from app.models import Case, CaseEvent

Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that can be changed, such as the status, or one finding. Without `which` all of its aspect."""

    aspect: str
    which: str = ""

    def is_touched_by(self, other: Thing) -> bool:
        """Whether two changes concern the same."""
        if EVERYTHING in {self, other}:
            return True
        is_any = not (self.which and other.which)
        return self.aspect == other.aspect and (is_any or self.which == other.which)


EVERYTHING = Thing("everything")
STATUS, ASSIGNMENT, VERIFICATION = Thing("status"), Thing("assignment"), Thing("verification")
CONVERSATION, WISHES = Thing("conversation"), Thing("wishes")
FINDINGS, REFERRALS, MESSAGES = Thing("finding"), Thing("referral"), Thing("message")
SINGLE_KINDS = frozenset({"place", "occurred", "urgency", "language"})  # a case has one of each


def _finding_of(detail: Mapping[str, Any]) -> tuple[Thing, ...]:
    kind, finding = detail.get("kind"), detail.get("finding")
    return (Thing("finding", str(kind if kind in SINGLE_KINDS else finding)),)


def _of(aspect: str, key: str) -> Callable[[Mapping[str, Any]], tuple[Thing, ...]]:
    return lambda detail: (Thing(aspect, str(detail.get(key, ""))),)


_BY_EVENT: Mapping[str, Callable[[Mapping[str, Any]], tuple[Thing, ...]] | tuple[Thing, ...]] = {
    EventKind.FINDING_DECIDED: _finding_of,
    EventKind.FINDING_ADDED: _finding_of,
    EventKind.QUESTION_ASKED: (CONVERSATION, STATUS),
    "answer_received": (CONVERSATION, STATUS, FINDINGS),
    "report_read_again": (FINDINGS,),
    EventKind.ASSIGNED: (ASSIGNMENT,),
    EventKind.STATUS_CHANGED: (STATUS,),
    EventKind.VERIFICATION_CHANGED: (VERIFICATION,),
    EventKind.REFERRAL_CREATED: _of("referral", "organisation"),
    EventKind.REFERRAL_CHANGED: _of("referral", "organisation"),
    EventKind.CONSENT_OVERRIDDEN: _of("referral", "organisation"),
    "referral_withheld": (),
    "referral_reminded": (),
    "follow_up_told": (CONVERSATION,),
    "consent_changed": (REFERRALS,),
    EventKind.CONFLICT_STATED: (REFERRALS, ASSIGNMENT),
    EventKind.CONFLICT_REMOVED: (REFERRALS,),
    "conflict_found": (REFERRALS, ASSIGNMENT),
    EventKind.NOTE: (),
    EventKind.RELEASE_DECIDED: (),
    EventKind.JUDICIAL_ASKED: (),
    EventKind.JUDICIAL_CONFIRMED: (),
    EventKind.JUDICIAL_WITHDRAWN: (),
    EventKind.JUDICIAL_APPROVED: (),
    EventKind.JUDICIAL_REFUSED: (),
    "judicial_made": (),
    "judicial_failed": (),
    "judicial_expired": (),
    EventKind.WORDS_MASKED: _of("message", "message"),
    EventKind.UNMASKING_ASKED: _of("message", "message"),
    "words_unmasked": _of("message", "message"),
    EventKind.MESSAGE_TYPED: _of("message", "message"),
    EventKind.OPENING_ASKED: (),
    EventKind.WISHES_CHANGED: (WISHES,),
    EventKind.HIDING_CHANGED: (),
    EventKind.RECORD_ADDED: _of("record", "part_id"),
    EventKind.RECORD_CHANGED: _of("record", "part_id"),
    EventKind.RECORD_REMOVED: _of("record", "part_id"),
    EventKind.RECORD_PUT_BACK: _of("record", "part_id"),
    EventKind.CHECKLIST_KEPT: (VERIFICATION,),
    EventKind.SOURCE_ASSESSED: (VERIFICATION,),
}


def touched_by_event(event: CaseEvent) -> tuple[Thing, ...]:
    """What a line of the history changed."""
    found = _BY_EVENT.get(event.kind, (EVERYTHING,))
    return found(event.detail) if callable(found) else found


_NEW = "one that isn't there yet"
_BY_FORM: Mapping[str, Thing] = {
    "status": STATUS,
    "assign": ASSIGNMENT,
    "verify": VERIFICATION,
    "ask": CONVERSATION,
    "wishes": WISHES,
    "add-place": Thing("finding", "place"),
    "add-occurred": Thing("finding", "occurred"),
    "add-urgency": Thing("finding", "urgency"),
    "add-violation": Thing("finding", _NEW),
    "add-act": Thing("record", _NEW),
    "add-person": Thing("record", _NEW),
    "add-link": Thing("record", _NEW),
    "checks": VERIFICATION,
}
_BY_FORM_OF = {
    "mask": "message",
    "unmask": "message",
    "type": "message",
    "act": "record",
    "person": "record",
    "involvement": "record",
}


def touched_by_form(case: Case, name: str, typed: Typed) -> Thing:
    """What a form of the case page is about to change."""
    if name in _BY_FORM:
        return _BY_FORM[name]
    if name == "refer":
        return Thing("referral", typed.get("organisation", ""))
    kind, _, which = name.partition("-")
    if kind in _BY_FORM_OF:
        return Thing(_BY_FORM_OF[kind], which)
    if kind == "finding":
        return _finding(case, which)
    if kind == "referral":
        return _referral(case, which)
    return EVERYTHING


def _finding(case: Case, finding_id: str) -> Thing:
    found = next((each for each in case.findings if str(each.id) == finding_id), None)
    return Thing("finding", found.kind if found and found.kind in SINGLE_KINDS else finding_id)


def _referral(case: Case, referral_id: str) -> Thing:
    found = next((each for each in case.referrals if str(each.id) == referral_id), None)
    return Thing("referral", str(found.organisation_id)) if found else REFERRALS
