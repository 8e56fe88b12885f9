"""Two cases in one table: each thing of both in words, and whether it is alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext, ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.files import files_of
from app.casework.finding_views import value_text
from app.casework.settling import standing
from app.casework.sources import standing_reports
from app.casework.wording import date_label, place_label, violation_label, word
from app.intake.sharing import consent_of
from app.models import Case, Person, User


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of both cases, in words, and whether it is alike; None where that can't be told."""

    label: str
    left: Sequence[str]
    right: Sequence[str]
    is_alike: bool | None


def compared(session: Session, user: User, left: Case, right: Case) -> list[Line]:
    """A line for each thing that can speak for or against one event."""
    tell: Mapping[str, Callable[[Case], Sequence[str]]] = {
        gettext("Place"): _place,
        gettext("Date"): _date,
        gettext("Violations"): lambda case: sorted(violation_label(act.violation_code) for act in case.acts),
        gettext("Alleged author"): lambda case: _values(case, "actor"),
        gettext("Victims"): lambda case: _values(case, "victims"),
        gettext("Persons"): lambda case: _persons(session, case),
        gettext("Evidence"): lambda case: _files(session, user, case),
        gettext("Referrals"): _referrals,
        gettext("May be passed on to"): lambda case: _allowed(session, case),
        gettext("Status"): lambda case: [word(case.status, "status")],
        gettext("Verification"): lambda case: [word(case.verification, "verification")],
    }
    return [_line(label, said(left), said(right)) for label, said in tell.items()]


def _place(case: Case) -> list[str]:
    label = place_label(case.region_code, case.cercle_code, case.place_name)
    return [label] if case.region_code or case.place_name else []


def _date(case: Case) -> list[str]:
    return [date_label(case.occurred_from, case.occurred_to)] if case.occurred_from else []


def _line(label: str, left: Sequence[str], right: Sequence[str]) -> Line:
    is_alike = (sorted(left) == sorted(right)) if left and right else None
    return Line(label, left or ["–"], right or ["–"], is_alike)


def _values(case: Case, kind: str) -> list[str]:
    found = (value_text(kind, each.current_value) for each in standing(case, kind))
    return list(dict.fromkeys(found))


def _persons(session: Session, case: Case) -> list[str]:
    """Whom people put on record, by token or plain description."""
    on_record = select(Person.label).where(Person.case_id == case.id, Person.removed_at.is_(None))
    return sorted({label for label in session.scalars(on_record) if label})


def _files(session: Session, user: User, case: Case) -> list[str]:
    messages = [message for report in case.reports for message in report.messages]
    count = sum(len(files) for files in files_of(session, user, case, messages).values())
    return [ngettext("%(num)s file", "%(num)s files", count)] if count else []


def _referrals(case: Case) -> list[str]:
    return [f"{each.organisation.short_name} – {word(each.state, 'referral')}" for each in case.referrals]


def _allowed(session: Session, case: Case) -> list[str]:
    """The kinds of organisation that every reporter of the case allows."""
    consents = [consent_of(report) for report in standing_reports(session, case)]
    if not consents:
        return []
    kinds = frozenset.intersection(*(each.share_with for each in consents))
    return sorted(word(kind, "organisation_kind") for kind in kinds) or [gettext("nobody")]
