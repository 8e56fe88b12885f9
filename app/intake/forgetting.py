"""Letting go of the phone that a report came from, without forgetting that it asked for silence."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.models import Arrival, CallbackRequest, Contact, Conversation, Message, Report

_EMPTY = b""


def forget_contact(session: Session, report: Report) -> None:
    """Take away the tie between a report and its phone; the phone too, unless another report came from it.

    One that asked for silence stays known by its digest alone: forgotten, it would be written to again.
    """
    contact_id, report.contact_id = report.contact_id, None
    session.flush()
    session.execute(delete(Conversation).where(Conversation.report_id == report.id))
    if contact_id is not None and not _has_other_report(session, contact_id):
        forget_phone(session, contact_id)


def forget_phone(session: Session, contact_id: uuid.UUID) -> None:
    """Take away a phone that no report came from, or none any more; of one that asked for silence only its number."""
    _untie(session, contact_id)
    contact = session.get_one(Contact, contact_id)
    if contact.stopped_at is not None or contact.is_never_written:
        contact.sealed_address = _EMPTY
    else:
        session.delete(contact)
        session.flush()


def _has_other_report(session: Session, contact_id: uuid.UUID) -> bool:
    return session.scalar(select(Report.id).where(Report.contact_id == contact_id).limit(1)) is not None


def _untie(session: Session, contact_id: uuid.UUID) -> None:
    for table in (Conversation, CallbackRequest):
        session.execute(delete(table).where(table.contact_id == contact_id))
    for tied in (Message, Arrival):
        session.execute(update(tied).where(tied.contact_id == contact_id).values(contact_id=None))
