"""What the pages show of retention: the rules with what falls due, and of one case its due date and holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.casework.visibility import visible_cases
from app.models import Case, LegalHold, RetentionDue, Role, User
from app.retention import announcing, due, holds
from app.retention.periods import days
from app.retention.rules import Rule, announced_for, rules

EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule as it stands: days (0 for never), what is announced by it, and the first cases one may see."""

    rule: Rule
    days: int
    count: int
    first_due_at: datetime | None
    examples: Sequence[Case]


@dataclass(frozen=True, slots=True)
class CustodyView:
    """Of one case: when it is erased and by which rule, unless one of the holds stands."""

    rule: str
    due_at: datetime | None
    standing: Sequence[LegalHold]
    may_hold: bool


def may_see(user: User) -> bool:
    """Whether a person reads what falls due: the desk's supervisors, administrators, auditors."""
    is_ours = user.organisation.sees_every_case or user.role in {Role.ADMINISTRATOR, Role.AUDITOR}
    return is_ours and may(user.role, Permission.SEE_RETENTION)


def rule_views(session: Session, user: User) -> list[RuleView]:
    """Every rule with what falls due by it."""
    kept, announced = days(session), announcing.counts(session)
    return [_view(session, user, each, kept[each.code], announced.get(each.code)) for each in rules()]


def _view(
    session: Session, user: User, rule: Rule, kept: int, announced: tuple[int, datetime] | None
) -> RuleView:
    count, first = announced or (0, None)
    return RuleView(rule, kept, count, first, _examples(session, user, rule) if count else ())


def _examples(session: Session, user: User, rule: Rule) -> Sequence[Case]:
    """The first cases that fall due, for those who may see cases at all."""
    if not may(user.role, Permission.READ_CASES):
        return ()
    statement = visible_cases(user).join(RetentionDue, RetentionDue.subject_id == Case.id)
    ordered = statement.where(RetentionDue.rule == rule.code).order_by(RetentionDue.due_at, Case.number)
    return session.scalars(ordered.limit(EXAMPLES)).all()


def custody_of(session: Session, user: User, case: Case) -> CustodyView | None:
    """A case's due date and holds, for the desk's people who may see what falls due."""
    if not (may_see(user) and user.organisation.sees_every_case):
        return None
    standing = holds.standing(session, case.id)
    code, due_at = due.rule_of(session, case) or ("", None)
    earliest = _earliest(session, case)
    due_at = max(due_at, earliest) if due_at and earliest else due_at
    return CustodyView(code, due_at, standing, holds.may_hold(user))


def _earliest(session: Session, case: Case) -> datetime | None:
    """Before which nothing happens, since it has to be announced for so long."""
    statement = select(RetentionDue.announced_at).where(RetentionDue.subject_id == case.id)
    announced_at = session.scalar(statement.limit(1))
    return announced_at + announced_for() if announced_at else None
