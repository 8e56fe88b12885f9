"""Signed heads as they are stored: whether each still fits the chain, and the one to be signed next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.chain import Break
from app.audit.digests import FIRST_DIGEST, Head, is_signed, signature_digest
from app.models import AuditEntry, SignedHead


def head_of(signed: SignedHead) -> Head:
    """What a stored signature is about."""
    return Head(
        signed.number, signed.sequence, bytes(signed.digest), signed.signed_at, bytes(signed.previous)
    )


def last_head(session: Session) -> SignedHead | None:
    """The newest signed head."""
    return session.scalar(select(SignedHead).order_by(SignedHead.number.desc()).limit(1))


def newest_heads(session: Session, limit: int) -> Sequence[SignedHead]:
    """The newest signed heads, the last first."""
    return session.scalars(select(SignedHead).order_by(SignedHead.number.desc()).limit(limit)).all()


def public_keys(session: Session) -> Sequence[bytes]:
    """Every key that heads were signed with, the oldest first."""
    found = session.scalars(select(SignedHead.public_key).order_by(SignedHead.number))
    return list(dict.fromkeys(bytes(each) for each in found))


def following(session: Session) -> tuple[int, bytes]:
    """The number of the next head, and the digest by which it holds on to the one before."""
    last = last_head(session)
    return (last.number + 1, signature_digest(bytes(last.signature))) if last else (1, FIRST_DIGEST)


def verify_heads(session: Session) -> Iterator[Break]:
    """Every head that doesn't follow the one before, isn't signed by its key, or whose entry was changed or is gone."""
    number, previous = 1, FIRST_DIGEST
    rows = session.execute(
        select(SignedHead, AuditEntry.digest)
        .outerjoin(AuditEntry, AuditEntry.sequence == SignedHead.sequence)
        .order_by(SignedHead.number)
    )
    for signed, digest in rows:
        if signed.number != number or bytes(signed.previous) != previous:
            yield Break(signed.sequence, "a signature before it is missing")
        if not is_signed(head_of(signed), bytes(signed.signature), bytes(signed.public_key)):
            yield Break(signed.sequence, "not signed by its key")
        if digest is None or bytes(digest) != bytes(signed.digest):
            yield Break(signed.sequence, "not what was signed")
        number, previous = signed.number + 1, signature_digest(bytes(signed.signature))
