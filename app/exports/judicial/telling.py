"""Who is told that a judicial file waits for a second person, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework.visibility import visible_cases
from app.models import Case, JudicialFile, KeyGrant, User
from app.notifications.kinds import NoticeKind
from app.notifications.service import notify, people_of
from app.openings.subjects import may_open


def second_persons(session: Session, file: JudicialFile) -> Sequence[User]:
    """Who else of the asker's organisation may open identities of the case, and has been let into its safe."""
    colleagues = people_of(session, file.asked_by.organisation, Permission.OPEN_SEALED)
    granted = set(session.scalars(select(KeyGrant.user_id)))
    return [
        each
        for each in colleagues
        if each.id != file.asked_by_id
        and each.id in granted
        and may_open(each)
        and _sees(session, each, file)
    ]


def _sees(session: Session, user: User, file: JudicialFile) -> bool:
    statement = visible_cases(user).with_only_columns(Case.id).where(Case.id == file.case_id)
    return session.scalar(statement) is not None


def tell_second_persons(session: Session, file: JudicialFile) -> None:
    """Tell them that one of them has to decide."""
    notify(session, NoticeKind.JUDICIAL_WAITING, second_persons(session, file), case=file.case)


def tell_asker(session: Session, file: JudicialFile) -> None:
    """Tell who asked that it was decided, or that the certificate was looked at."""
    notify(session, NoticeKind.JUDICIAL_MOVED, [file.asked_by], case=file.case)
