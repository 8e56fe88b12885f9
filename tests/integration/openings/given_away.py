"""A report that workers have given away: its content under its own key, which the organisations' keys open."""

from __future__ import annotations

import uuid

from nacl.public import PrivateKey
from sqlalchemy import select

from app.clock import utcnow
from app.database import transaction
from app.models import Case, KeyGrant, Message, OrganisationKey, Report, ReportKey, User, UserKey
from app.safe.boxes import seal_key
from app.safe.shares import share_report
from app.sealing import seal

DESK = PrivateKey(b"\x0d" * 32)
REPORT = PrivateKey(b"\x0e" * 32)
PUBLIC = bytes(REPORT.public_key)


def make_safe(user: User, private: PrivateKey = DESK) -> OrganisationKey:
    """A key of this person's organisation, in use, which they may open: they have signed in before."""
    with transaction() as session:
        key = OrganisationKey(
            id=uuid.uuid4(),
            organisation_id=user.organisation_id,
            generation=1,
            public_key=bytes(private.public_key),
            ready_at=utcnow(),
        )
        session.add(key)
        session.flush()
        grant(user, key, private)
    return key


def grant(user: User, key: OrganisationKey, private: PrivateKey = DESK) -> None:
    """Let this person open with the organisation's key, in the transaction that is open."""
    from app.database import db

    own = db.session.scalars(select(UserKey).where(UserKey.user_id == user.id)).one()
    sealed = seal_key(private, bytes(own.public_key))
    db.session.add(KeyGrant(organisation_key_id=key.id, user_id=user.id, sealed_private=sealed))


def give_away(case: Case, key: OrganisationKey) -> Message:
    """Seal the case's only message to its report's key, as a worker does, and give that to one organisation."""
    with transaction() as session:
        report = session.scalars(select(Report).where(Report.case_id == case.id)).one()
        message = session.scalars(select(Message).where(Message.report_id == report.id)).one()
        message.anonymised_text = "[PERSONNE-1] est blessé à Koro"
        message.sealed_content = seal({"text": "Amadou Traoré est blessé à Koro"}, PUBLIC)
        message.sealed_tokens = seal({"[PERSONNE-1]": "Amadou Traoré"}, PUBLIC)
        report_key = ReportKey(id=uuid.uuid4(), report_id=report.id, public_key=PUBLIC)
        session.add(report_key)
        session.flush()
        share_report(session, report_key, REPORT, key)
    return message
