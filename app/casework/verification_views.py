"""The verification of a case as its page shows it: the checklist, the sources, and what may be said next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.casework.checklist import assessments_of, checks_of, missing_for_verification
from app.casework.sources import independent_sources, sources_of, standing_reports
from app.casework.verifying import END_STATES, next_verifications, standing_proposal
from app.casework.wording import VERIFICATIONS
from app.current import current_settings
from app.languages import page_language
from app.models import (
    Case,
    Report,
    SourceAssessment,
    User,
    Verification,
    VerificationCheck,
    VerificationStep,
)
from app.reference.record import Entry, vocabulary


@dataclass(frozen=True, slots=True)
class CheckView:
    """A point of the checklist, and how it was answered, if it was."""

    point: Entry
    check: VerificationCheck | None
    is_done: bool

    @property
    def label(self) -> str:
        """The point in the language of the page."""
        return self.point.label(page_language())


@dataclass(frozen=True, slots=True)
class SourceView:
    """A report and what its word is worth. `number` is its source's: reports with the same one depend on each other."""

    report: Report
    number: int
    assessment: SourceAssessment | None


@dataclass(frozen=True, slots=True)
class VerifyingView:
    """All that a verification rests on."""

    checks: Sequence[CheckView]
    sources: Sequence[SourceView]
    independent: int
    following: Sequence[tuple[str, str]]
    proposal: VerificationStep | None
    is_complete: bool
    is_by_two: bool
    is_over: bool
    may_confirm: bool

    @property
    def done(self) -> int:
        """How many points are settled."""
        return sum(check.is_done for check in self.checks)


def verifying_view(session: Session, user: User, case: Case) -> VerifyingView:
    """Read the verification of a case whose account this person may read."""
    proposal, settings = standing_proposal(session, case), current_settings()
    may_confirm = not settings.is_verified_by_two or (proposal is not None and proposal.by_id != user.id)
    is_complete = not missing_for_verification(session, case)
    following = [each for each in next_verifications(session, case)
                 if each is not Verification.VERIFIED or (may_confirm and is_complete)]  # fmt: skip
    return VerifyingView(
        checks=_checks(session, case),
        sources=_sources(session, case),
        independent=independent_sources(session, case),
        following=[(str(each), str(VERIFICATIONS[each])) for each in following],
        proposal=proposal,
        is_complete=is_complete,
        is_by_two=settings.is_verified_by_two,
        is_over=case.verification in END_STATES,
        may_confirm=may_confirm,
    )


def _checks(session: Session, case: Case) -> list[CheckView]:
    there = checks_of(session, case)
    return [
        CheckView(point, there.get(code), code in there and there[code].answer in point.needs)
        for code, point in vocabulary("check").items()
    ]


def _sources(session: Session, case: Case) -> list[SourceView]:
    reports, assessed = standing_reports(session, case), assessments_of(session, case)
    sources = sources_of(session, case)
    numbers = {source: number for number, source in enumerate(dict.fromkeys(sources.values()), start=1)}
    return [SourceView(each, numbers[sources[each.id]], assessed.get(each.id)) for each in reports]
