"""The page of a case of which only the summary is disclosed: that, what is asked, and one's own organisation's part.

It takes nothing from the case page, so that what is added there is never shown here by mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.casework.disclosure import Summary, summary_of
from app.casework.referral_views import ReferralView, referral_views
from app.casework.timeline import TimelineEntry, timeline
from app.models import Case, User


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """What the page shows. `version` is the case's, for its forms."""

    summary: Summary
    version: int
    referrals: Sequence[ReferralView]
    timeline: Sequence[TimelineEntry]
    may_note: bool


def summary_page(session: Session, user: User, case: Case) -> SummaryPage:
    """Read what a person who is shown no more than the summary may read."""
    return SummaryPage(
        summary=summary_of(case),
        version=case.version,
        referrals=referral_views(session, user, case),
        timeline=timeline(session, user, case),
        may_note=may(user.role, Permission.WORK_ON_CASES),
    )
