"""Accounts: add people and organisations, sign in, change a password."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.open_sessions import end_all
from app.accounts.passwords import MAXIMUM_LENGTH, MINIMUM_LENGTH, hash_password, is_correct
from app.audit import Action
from app.models import Organisation, OrganisationKind, Role, User
from app.safe import user_keys

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s]{2,}")


class AccountError(ValueError):
    """Something about an account can't be as asked. `code` says what, for a message in the person's language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def add_organisation(
    session: Session,
    name: str,
    *,
    kind: OrganisationKind,
    acronym: str = "",
    conflict_actors: Sequence[str] = (),
    actor: str = "command",
) -> Organisation:
    """Add an organisation. Raises AccountError("organisation_exists") for a name that is taken."""
    if session.scalar(select(Organisation.id).where(Organisation.name == name)):
        raise AccountError("organisation_exists")
    organisation = Organisation(
        id=uuid.uuid4(), name=name, acronym=acronym, kind=kind, conflict_actors=list(conflict_actors)
    )
    session.add(organisation)
    session.flush()
    audit.record(session, Action.ORGANISATION_ADDED, f"organisation:{organisation.id}", actor=actor)
    return organisation


def add_user(
    session: Session,
    organisation: Organisation,
    *,
    email: str,
    display_name: str,
    role: Role,
    password: str,
    language: str = "fr",
    actor: str = "command",
) -> User:
    """Add a person. Raises AccountError: `email_malformed`, `email_taken`, or a password problem."""
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise AccountError("email_malformed")
    if user_by_email(session, address):
        raise AccountError("email_taken")
    check_password_rules(password)
    user = User(
        id=uuid.uuid4(),
        organisation_id=organisation.id,
        email=address,
        display_name=display_name.strip(),
        role=role,
        password_hash=hash_password(password),
        language=language,
    )
    session.add(user)
    session.flush()
    audit.record(session, Action.USER_ADDED, f"user:{user.id}", actor=actor, detail={"role": str(role)})
    return user


def check_password_rules(password: str) -> None:
    """Raises AccountError(`password_short` | `password_long`). Length is the only rule (NIST SP 800-63B)."""
    if len(password) < MINIMUM_LENGTH:
        raise AccountError("password_short")
    if len(password) > MAXIMUM_LENGTH:
        raise AccountError("password_long")


def user_by_email(session: Session, email: str) -> User | None:
    """The account with this address, whatever its case."""
    return session.scalar(select(User).where(User.email == func.lower(email.strip())))


def sign_in(session: Session, email: str, password: str, *, is_known_device: bool = False) -> User | None:
    """The person whose address and password these are, or None after the same time. A refusal is on record."""
    user = user_by_email(session, email) if "\x00" not in email else None
    is_right = is_correct(user.password_hash if user else None, password)
    is_expected = user is not None and (is_known_device or not user.must_change_password)
    if (
        user is None
        or not is_right
        or not is_expected
        or not user.is_active
        or not user.organisation.is_active
    ):
        subject = f"user:{user.id}" if user else "user:unknown"
        audit.record(session, Action.SIGN_IN_REFUSED, subject, actor="anonymous")
        return None
    return user


def change_password(session: Session, user_id: uuid.UUID, current: str, new: str) -> User:
    """Set a new password and end the person's other sessions. Raises AccountError."""
    user = session.get_one(User, user_id)
    if not is_correct(user.password_hash, current):
        raise AccountError("password_wrong")
    check_password_rules(new)
    user_keys.change_password(session, user, current, new)
    user.password_hash = hash_password(new)
    user.session_epoch += 1
    user.must_change_password = False
    end_all(session, user, actor=f"user:{user.id}")
    audit.record(session, Action.PASSWORD_CHANGED, f"user:{user.id}", actor=f"user:{user.id}")
    return user
