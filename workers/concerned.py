"""Whom an original names: organisations and people who work here, who must never get the case. Only ids are kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.conflicts import DESK_CONCERNED, Concerned, keep_found
from app.casework.sharing import may_be_shared_with
from app.casework.visibility import has_conflict
from app.models import LIVE_STATES, Case, Disclosure, Message, Organisation, OrganisationKind, Referral, User
from app.notifications.kinds import NoticeKind
from app.notifications.service import administrators, notify
from workers.escalation import send_by_machine
from workers.opening import CannotOpen, open_sealed
from workers.routing.naming import Nameable, named_in
from workers.storable import storable
from workers.understanding import original_text

if TYPE_CHECKING:
    from workers.processing import Keys


def keep_concerned(session: Session, keys: Keys, case: Case, message: Message) -> None:
    """Keep whom a message names, in the caller's transaction, before anybody is sent the case.

    A case that nobody of the desk may read then goes to CNDH, where the reporter allows it, and administrators are
    told that there is one, without its reference: also where CNDH can't read it before somebody of the desk has.
    """
    if keep_found(session, case, _named(session, keys, message)):
        return
    if not _sent_elsewhere(session, case) or case.is_held:
        _tell_administrators(session)


def _named(session: Session, keys: Keys, message: Message) -> list[Concerned]:
    """Nobody for a message that can't be opened: it goes to a person without any text."""
    try:
        content = storable(open_sealed(keys.workers, message.sealed_content or b""))
    except CannotOpen:
        return []
    organisations = {str(each.id) for each in _organisations(session)}
    found = named_in(original_text(content), _nameable(session))
    return [
        Concerned(organisation_id=uuid.UUID(each))
        if each in organisations
        else Concerned(user_id=uuid.UUID(each))
        for each in sorted(found)
    ]


def _organisations(session: Session) -> Iterable[Organisation]:
    """All but the desk: people greet it by its name, and it reads every report."""
    return session.scalars(select(Organisation).where(Organisation.kind != OrganisationKind.DESK)).all()


def _nameable(session: Session) -> list[Nameable]:
    people = session.execute(select(User.id, User.display_name).where(User.is_active)).all()
    return [
        *(
            Nameable(str(each.id), frozenset({each.name, each.acronym, *each.names_in_reports} - {""}))
            for each in _organisations(session)
        ),
        *(Nameable(str(row.id), frozenset({row.display_name}), is_person=True) for row in people),
    ]


def _sent_elsewhere(session: Session, case: Case) -> bool:
    """Whether CNDH has the case, or was sent it now; it is left alone where it refused it or had it revoked."""
    commission = select(Organisation).where(
        Organisation.kind == OrganisationKind.CNDH, Organisation.is_active
    )
    for organisation in session.scalars(commission.order_by(Organisation.name)).all():
        here = select(Referral).where(
            Referral.case_id == case.id, Referral.organisation_id == organisation.id
        )
        referral = session.scalar(here)
        if referral is not None and referral.state in LIVE_STATES:
            return True
        is_free = referral is None and not has_conflict(session, case.id, organisation)
        if is_free and may_be_shared_with(session, case, organisation):
            send_by_machine(session, case, organisation, Disclosure.ANONYMISED, why=DESK_CONCERNED)
            return True
    return False


def _tell_administrators(session: Session) -> None:
    """That a case waits for somebody who may read it; not which."""
    notify(session, NoticeKind.CASE_UNREADABLE, administrators(session))
