"""Recipients' OpenPGP certificates: looked at before anybody decides, and encrypted to."""

from __future__ import annotations

import uuid

import pysequoia
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.database import transaction
from app.exports.judicial.telling import tell_asker
from app.models import JudicialFile, JudicialState
from workers.notifications.mail_keys import OPENPGP, KeyRefused, examine


def check_certificate(file_id: uuid.UUID) -> None:
    """Look at the certificate of one wish: its fingerprint is shown, or why it can't be used. A second run does
    nothing.
    """
    with transaction() as session:
        file = session.get(JudicialFile, file_id, with_for_update={"of": JudicialFile})
        if file is None or file.state != JudicialState.CHECKING:
            return
        try:
            file.fingerprint = examine(OPENPGP, file.certificate).fingerprint
            file.state = JudicialState.UNCONFIRMED
        except KeyRefused as refused:
            _refuse(session, file, refused.code)
        tell_asker(session, file)


def _refuse(session: Session, file: JudicialFile, code: str) -> None:
    """Nothing can be encrypted to it: it is forgotten, and the audit trail keeps why, by a code."""
    file.state, file.problem, file.certificate = JudicialState.KEY_REFUSED, code, b""
    detail = {"judicial_file": str(file.id), "code": code}
    audit.record(
        session, Action.JUDICIAL_KEY_REFUSED, f"judicial_file:{file.id}", actor="worker", detail=detail
    )


def encrypted(content: bytes, certificate: bytes, fingerprint: str) -> bytes:
    """Bytes encrypted to a certificate (RFC 9580). Raises KeyRefused where it serves no more, or is another one than
    the fingerprint that people compared.
    """
    if examine(OPENPGP, certificate).fingerprint != fingerprint:
        raise KeyRefused("cannot_encrypt")
    try:
        recipient = pysequoia.Cert.from_bytes(certificate)
        return bytes(pysequoia.encrypt(recipients=[recipient], bytes=content, armor=False))
    except Exception as error:  # the library raises Exception itself
        raise KeyRefused("cannot_encrypt") from error
