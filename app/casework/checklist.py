"""The checklist of a verification, and how much each report is worth. Each answer carries who gave it and when."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework import history
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.history import EventKind
from app.casework.plain_words import check_words
from app.casework.recording import check_code
from app.casework.sources import standing_reports
from app.casework.visibility import may_read_text, workable_case
from app.clock import utcnow
from app.models import Case, Report, SourceAssessment, User, VerificationCheck
from app.reference.record import vocabulary

YES = "yes"
LONGEST_NOTE = 1000
_SHORTEST_NOTE = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody found on one point; "" takes an answer back. Anything but "yes" is explained by a note."""

    answer: str
    note: str = ""


def verifiable_case(session: Session, user: User, case_id: uuid.UUID) -> Case:
    """A case this person may verify. Raises CaseworkError: `not_found`, `forbidden` or `withdrawn`."""
    case = workable_case(session, user, case_id, Permission.VERIFY_CASES)
    if not may_read_text(user, case):
        raise CaseworkError(FORBIDDEN)
    return case


def checks_of(session: Session, case: Case) -> dict[str, VerificationCheck]:
    """The answers of a case's checklist by the code of the point."""
    statement = select(VerificationCheck).where(VerificationCheck.case_id == case.id)
    return {check.code: check for check in session.scalars(statement)}


def assessments_of(session: Session, case: Case) -> dict[uuid.UUID, SourceAssessment]:
    """How much each report of a case is worth, by the report's id, as far as somebody said."""
    reports = select(Report.id).where(Report.case_id == case.id)
    statement = select(SourceAssessment).where(SourceAssessment.report_id.in_(reports))
    return {each.report_id: each for each in session.scalars(statement)}


def keep_checks(
    session: Session,
    user: User,
    case_id: uuid.UUID,
    answers: Mapping[str, Answer],
    *,
    is_plain: bool = False,
) -> Case:
    """Keep the answers that differ from those that are there, under this person's name.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `choose`, `check_note` (why not "yes"?), `check_long`,
    `looks_identifying`.
    """
    case = verifiable_case(session, user, case_id)
    there = checks_of(session, case)
    changed = sorted(
        code for code, answer in answers.items() if _keep(session, user, case, code, answer, there, is_plain)
    )
    if changed:
        history.write(session, user, case, EventKind.CHECKLIST_KEPT, detail={"points": changed})
    return case


def assess_source(
    session: Session, user: User, case_id: uuid.UUID, report_id: uuid.UUID, reliability: str, credibility: str
) -> SourceAssessment:
    """Say how reliable a report's source is (A–F) and how credible what it says (1–6).

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `choose`.
    """
    case = verifiable_case(session, user, case_id)
    report = session.get(Report, report_id)
    if report is None or report.case_id != case.id:
        raise CaseworkError(NOT_FOUND)
    assessment = assessments_of(session, case).get(report.id)
    if assessment is None:
        assessment = SourceAssessment(id=uuid.uuid4(), report_id=report.id)
        session.add(assessment)
    assessment.reliability = check_code("reliability", reliability)
    assessment.credibility = check_code("credibility", credibility)
    assessment.by_id, assessment.at = user.id, utcnow()
    detail = {"report": str(report.id), "grade": reliability + credibility}
    history.write(session, user, case, EventKind.SOURCE_ASSESSED, detail=detail)
    return assessment


def missing_for_verification(session: Session, case: Case) -> list[str]:
    """What a case lacks to be called verified: codes of points, and "sources" where a report was not assessed."""
    there = checks_of(session, case)
    lacking = [
        code
        for code, point in vocabulary("check").items()
        if code not in there or there[code].answer not in point.needs
    ]
    assessed = assessments_of(session, case)
    is_assessed = all(report.id in assessed for report in standing_reports(session, case))
    return lacking if is_assessed else ["sources", *lacking]


def _keep(
    session: Session,
    user: User,
    case: Case,
    code: str,
    given: Answer,
    there: Mapping[str, VerificationCheck],
    is_plain: bool,
) -> bool:
    """One point; whether that changed anything."""
    check = there.get(check_code("check", code))
    if given == (Answer(check.answer, check.note) if check else Answer("")):
        return False
    if not given.answer:
        if check is not None:
            session.delete(check)
        return check is not None
    _check_answer(given, is_plain=is_plain)
    if check is None:
        check = VerificationCheck(id=uuid.uuid4(), case_id=case.id, code=code)
        session.add(check)
    check.answer, check.note, check.by_id, check.at = given.answer, given.note, user.id, utcnow()
    return True


def _check_answer(given: Answer, *, is_plain: bool) -> None:
    check_code("answer", given.answer)
    if given.answer != YES and len(given.note) < _SHORTEST_NOTE:
        raise CaseworkError("check_note")
    if len(given.note) > LONGEST_NOTE:
        raise CaseworkError("check_long")
    check_words(given.note, is_confirmed=is_plain)
