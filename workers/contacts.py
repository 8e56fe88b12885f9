"""Knowing a phone again: a digest under the workers' key, and the number sealed to them."""

from __future__ import annotations

import uuid

import phonenumbers
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import insert_unless_there
from app.models import Contact
from app.sealing import keyed_digest, seal
from app.settings import Settings
from workers.settings import WorkerSettings

COUNTRY = "ML"  # whose numbers may be written without their prefix


def locked_contact(session: Session, settings: Settings, workers: WorkerSettings, sender: str) -> Contact:
    """The contact of a sender, made if it is new, and held until the transaction ends.

    Whoever takes in for one contact does so alone; rows that merely refer to it may still be written.
    """
    digest = contact_digest(workers, sender)
    row = {
        "id": uuid.uuid4(),
        "digest": digest,
        "sealed_address": seal({"address": sender}, settings.intake_public_key),
    }
    session.execute(insert_unless_there(session, Contact, [row], known_by=Contact.digest))
    return session.scalars(
        select(Contact)
        .where(Contact.digest == digest)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def contact_digest(workers: WorkerSettings, sender: str) -> bytes:
    """By what a phone is known again; only who holds the workers' key can work it out."""
    return keyed_digest(workers.pseudonym_key, "contact", canonical_number(sender))


def colleague_digest(workers: WorkerSettings, number: str) -> bytes:
    """By what a colleague's own phone is known again: never the contact of a reporter with the same number, so that
    nothing at rest says that a colleague reported.
    """
    return keyed_digest(workers.pseudonym_key, "colleague", canonical_number(number))


def canonical_number(sender: str) -> str:
    """E.164 where the sender is a number, so that spellings of one phone are one contact."""
    try:
        number = phonenumbers.parse(sender, COUNTRY)
    except phonenumbers.NumberParseException:
        return sender.strip().lower()
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
