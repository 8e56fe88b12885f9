"""Referring against what the reporter allowed: on what grounds, by whom, and what the reporter had said.

Never with identity: who somebody is, only they give away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.casework.errors import FORBIDDEN, CaseworkError
from app.casework.grounds import Grounds, in_words, read_grounds
from app.intake.consent import Consent, read
from app.models import Case, Channel, Disclosure, Report, ReportState, User

SHORTEST_REASON = 30  # characters: a ground in a word is no reason


@dataclass(frozen=True, slots=True)
class Override:
    """Why somebody goes beyond consent: a code of override_grounds.toml, and their own words."""

    ground: str
    reason: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the writer of one report allowed; `consent` is None where nobody was asked, as by SMS."""

    report: Report
    consent: Consent | None

    @property
    def by_phone(self) -> bool:
        """Whether it came by phone, where nobody is asked."""
        return Channel(self.report.channel).is_by_phone

    @property
    def kinds(self) -> list[str]:
        """The kinds of organisation that may have it, in a fixed order."""
        return sorted(self.consent.share_with) if self.consent else []


@cache
def grounds() -> Grounds:
    """The grounds, each with its words in several languages."""
    return read_grounds("app.casework", "override_grounds.toml")


def ground_label(code: str) -> str:
    """A ground in the language of the page; the code itself for one that is no longer in the list."""
    return in_words(grounds(), code)


def may_override(user: User) -> bool:
    """Whether a person may go beyond consent: supervisors of the desk."""
    return may(user.role, Permission.OVERRIDE_CONSENT) and user.organisation.sees_every_case


def check_override(user: User, disclosure: Disclosure, override: Override) -> None:
    """Raises CaseworkError: `forbidden`, `override_identity`, `ground_unknown`, `override_reason_short`."""
    if not may_override(user):
        raise CaseworkError(FORBIDDEN)
    if disclosure is Disclosure.WITH_IDENTITY:
        raise CaseworkError("override_identity")
    if override.ground not in grounds():
        raise CaseworkError("ground_unknown")
    if len(override.reason.strip()) < SHORTEST_REASON:
        raise CaseworkError("override_reason_short")


def allowed_by_reporters(session: Session, case: Case) -> Sequence[Allowed]:
    """What each writer of the case's reports allowed, the oldest report first."""
    standing = select(Report).where(Report.case_id == case.id, Report.state != ReportState.WITHDRAWN)
    reports = session.scalars(standing.order_by(Report.received_at))
    return [Allowed(report, read(report.consent)) for report in reports]
