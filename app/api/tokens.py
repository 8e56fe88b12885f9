"""Access tokens of organisations: made, shown once, recognised, revoked."""

from __future__ import annotations

import hmac
import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import transaction
from app.models import AccessToken, Organisation, User
from app.sealing import keyed_digest
from app.settings import Settings

PREFIX = "seere_"  # lets scanners of leaked secrets recognise one
TOKEN_BYTES = 32
LONGEST_TOKEN = 200
SCHEME = "bearer"


class UnknownToken(LookupError):
    """There is no such token, or it was revoked."""


def make_token(
    session: Session,
    settings: Settings,
    user: User,
    organisation: Organisation,
    label: str,
    field_map: Mapping[str, str] | None = None,
) -> tuple[AccessToken, str]:
    """Make a token of an organisation. Its text is given back here and never again."""
    text = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = AccessToken(
        id=uuid.uuid4(),
        organisation_id=organisation.id,
        label=label,
        token_digest=_digest(settings, text),
        field_map=dict(field_map or {}),
        created_by_id=user.id,
    )
    session.add(token)
    detail = {"organisation": str(organisation.id)}
    audit.record(session, Action.ACCESS_TOKEN_MADE, _subject(token), actor=f"user:{user.id}", detail=detail)
    return token, text


def revoke_token(session: Session, user: User, token_id: uuid.UUID) -> None:
    """Refuse whoever has the token from now on. Done twice, it is done once. Raises UnknownToken."""
    token = session.get(AccessToken, token_id, with_for_update={"of": AccessToken})
    if token is None:
        raise UnknownToken
    if token.revoked_at is None:
        token.revoked_at = utcnow()
        audit.record(session, Action.ACCESS_TOKEN_REVOKED, _subject(token), actor=f"user:{user.id}")


def change_token(
    session: Session, user: User, token_id: uuid.UUID, label: str, field_map: Mapping[str, str]
) -> None:
    """Name a token anew, and say which question of a Kobo form is which field. Raises UnknownToken."""
    token = session.get(AccessToken, token_id, with_for_update={"of": AccessToken})
    if token is None or token.revoked_at is not None:
        raise UnknownToken
    names = sorted({*token.field_map, *field_map})
    changed = [name for name in names if token.field_map.get(name) != field_map.get(name)]
    token.label, token.field_map = label, dict(field_map)
    detail = {"fields": changed}
    audit.record(
        session, Action.ACCESS_TOKEN_CHANGED, _subject(token), actor=f"user:{user.id}", detail=detail
    )


def tokens(session: Session) -> Sequence[AccessToken]:
    """Every token there was, those in use first, the newest on top."""
    return session.scalars(
        select(AccessToken).order_by(AccessToken.revoked_at.is_not(None), AccessToken.created_at.desc())
    ).all()


def recognise(settings: Settings, session: Session, authorization: str) -> AccessToken | None:
    """The token in an Authorization header, while it and its organisation may be used; None for anything else."""
    scheme, _, text = authorization.partition(" ")
    digest = _digest(settings, text.strip()[:LONGEST_TOKEN])
    token = session.scalar(select(AccessToken).where(AccessToken.token_digest == digest))
    if token is None or scheme.lower() != SCHEME or not hmac.compare_digest(token.token_digest, digest):
        return None
    return token if token.revoked_at is None and token.organisation.is_active else None


def note_use(token: AccessToken) -> None:
    """Remember the day on which a token was used; what hour it was is nobody's business."""
    today = _midnight(utcnow())
    if token.last_used_on != today:
        with transaction() as session:
            session.get_one(AccessToken, token.id).last_used_on = today


def _midnight(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


def _digest(settings: Settings, text: str) -> bytes:
    return keyed_digest(settings.lookup_key, "access-token", text)


def _subject(token: AccessToken) -> str:
    return f"access_token:{token.id}"
