"""A form about a case that changed since its writer saw it: done if it touches something else; else both are shown."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.forms import FormState
from app.casework.complaints import from_casework
from app.casework.corrections import checked
from app.casework.disclosure import disclosed, is_at_least
from app.casework.errors import CHANGED_MEANWHILE, CaseworkError
from app.casework.finding_views import value_text
from app.casework.timeline import TimelineEntry, entries
from app.casework.touching import Thing, touched_by_event, touched_by_form
from app.casework.visibility import visible_case
from app.casework.wording import word
from app.models import Case, CaseEvent, Disclosure, Finding, FindingState, User

Typed = Mapping[str, str]
_RENEWED = frozenset({"csrf_token", "version"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One field that two people changed: what it says now, and what the other one typed."""

    label: str
    now: str
    typed: str


@dataclass(frozen=True, slots=True)
class Differences:
    """What became of a case since somebody saw it, as far as they may know, and the fields that both changed."""

    lines: Sequence[TimelineEntry]
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class HeldBack(FormState):
    """A form that came back because the case had changed meanwhile."""

    differences: Differences | None = None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What to send again to put one's own value in place all the same."""
        return [(name, value) for name, value in self.values.items() if name not in _RENEWED]


def check(session: Session, user: User, case_id: uuid.UUID, name: str, typed: Typed, version: int) -> None:
    """Let a form through if nobody changed, since the version its writer saw, what it is about to change.

    Raises CaseworkError: `not_found`; `changed_meanwhile` if somebody did, or if nothing tells what was changed.
    """
    case = visible_case(session, user, case_id, least=Disclosure.SUMMARY)
    wanted = touched_by_form(case, name, typed)
    if case.version == version or not _may_know_of(user, case, wanted):
        return
    events = _since(session, case, version)
    touched = [thing for event in events for thing in touched_by_event(event)]
    if not events or any(wanted.is_touched_by(thing) for thing in touched):
        raise CaseworkError(CHANGED_MEANWHILE)


def _may_know_of(user: User, case: Case, wanted: Thing) -> bool:
    """Whether a person may learn that something was changed. Where not, the service refuses the form whatever was
    changed: a different answer would tell.
    """
    if user.organisation.sees_every_case:
        return True
    if wanted.aspect == "referral":
        return wanted.which == str(user.organisation_id)
    return is_at_least(disclosed(user, case), Disclosure.ANONYMISED)


def _since(session: Session, case: Case, version: int) -> list[CaseEvent]:
    later = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.version > version)
    return list(session.scalars(later.order_by(CaseEvent.at)))


def differences(
    session: Session, user: User, case: Case, name: str, typed: Typed, version: int
) -> Differences:
    """What to show to somebody whose form was held back by `check`."""
    events = _since(session, case, version)
    wanted = touched_by_form(case, name, typed)
    is_same_field = any(wanted.is_touched_by(thing) for event in events for thing in touched_by_event(event))
    lines = entries(session, user, case, events)
    may_choose = is_same_field and _may_know_of(user, case, wanted)
    choice = _choice(session, case, name, wanted, typed) if may_choose else None
    return Differences(lines, [choice] if choice and choice.now != choice.typed else [])


def held_back(
    session: Session, user: User, case_id: uuid.UUID, name: str, typed: Typed, error: CaseworkError
) -> FormState:
    """The form that `check` held back, as its writer left it, with what stands in its way."""
    form = from_casework(name, typed, error)
    case = visible_case(session, user, case_id, least=Disclosure.SUMMARY)
    version = int(typed.get("version") or 0)
    found = differences(session, user, case, name, typed, version)
    return HeldBack(form.name, form.values, form.errors, differences=found)


def _choice(session: Session, case: Case, name: str, wanted: Thing, typed: Typed) -> Choice | None:
    """The two values of the field that a form is about; None where a form has no single one."""
    match name:
        case "status":
            return Choice(gettext("Status"), word(case.status, "status"), word(typed.get("status"), "status"))
        case "verify":
            now, mine = (
                word(case.verification, "verification"),
                word(typed.get("verification"), "verification"),
            )
            return Choice(gettext("Verification"), now, mine)
        case "assign":
            now = case.assigned_to.display_name if case.assigned_to else gettext("nobody")
            return Choice(gettext("Assigned to"), now, _person(session, typed.get("assignee", "")))
    if wanted.aspect == "finding":
        return _finding_choice(case, name, typed)
    return _referral_choice(case, wanted, typed) if wanted.aspect == "referral" else None


def _person(session: Session, typed: str) -> str:
    try:
        person = session.get(User, uuid.UUID(typed))
    except ValueError:
        person = None
    return person.display_name if person else gettext("nobody")


def _finding_choice(case: Case, name: str, typed: Typed) -> Choice | None:
    finding = next((each for each in case.findings if name == f"finding-{each.id}"), None)
    kind = finding.kind if finding else name.removeprefix("add-")
    other = next((each for each in case.findings if str(each.id) == typed.get("alternative")), None)
    mine = value_text(other.kind, other.value) if other else _typed_value(kind, typed)
    if finding is None:
        standing = [
            each for each in case.findings if each.kind == kind and each.state != FindingState.REJECTED
        ]
        now = _finding_now(standing[-1]) if standing else "–"
    else:
        now = _finding_now(finding)
    return Choice(word(kind, "finding_kind"), now, mine)


def _finding_now(finding: Finding) -> str:
    said = value_text(finding.kind, finding.current_value)
    return f"{said} ({word(finding.state, 'finding_state')})"


def _typed_value(kind: str, typed: Typed) -> str:
    """What somebody decided or put in its place, in words."""
    decision = typed.get("decision") or FindingState.ACCEPTED
    if decision != FindingState.CORRECTED and not typed.get("kind"):
        return word(decision, "finding_state")
    try:
        return value_text(kind, checked(kind, _parts(typed)))
    except CaseworkError:
        return "–"


def _parts(typed: Typed) -> dict[str, Any]:
    level = typed.get("level", "")
    return {
        "code": typed.get("code"),
        "region_code": typed.get("region"),
        "cercle_code": typed.get("cercle"),
        "from": typed.get("date_from"),
        "to": typed.get("date_to"),
        "level": int(level) if level.isdecimal() else None,
    }


def _referral_choice(case: Case, wanted: Thing, typed: Typed) -> Choice | None:
    referral = next((each for each in case.referrals if str(each.organisation_id) == wanted.which), None)
    if referral is None:
        return None
    mine = word(typed.get("state", "sent"), "referral")
    return Choice(referral.organisation.short_name, word(referral.state, "referral"), mine)
