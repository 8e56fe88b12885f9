"""What a single-use link does when it is used: an account is made, or gets a new password."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import audit
from app.accounts import devices, factors, links
from app.accounts.open_sessions import end_all
from app.accounts.passwords import hash_password
from app.accounts.service import AccountError, add_user, check_password_rules
from app.audit import Action
from app.languages import DESK_LANGUAGES
from app.models import LinkPurpose, Role, User
from app.notifications.kinds import NoticeKind
from app.notifications.service import notify
from app.safe import user_keys

_LONGEST_NAME = 120


def accept(session: Session, token: str, *, display_name: str, language: str, password: str) -> User:
    """Make the account of an invitation. Raises AccountError: `link_gone`, `name_missing`, `language`,
    `email_taken`, or a password problem."""
    link = links.found(session, token)
    if link is None or link.purpose != LinkPurpose.INVITATION:
        raise AccountError("link_gone")
    name = " ".join(display_name.split())[:_LONGEST_NAME]
    if not name:
        raise AccountError("name_missing")
    if language not in DESK_LANGUAGES:
        raise AccountError("language")
    user = add_user(
        session,
        link.organisation,
        email=link.email,
        display_name=name,
        role=Role(link.role),
        password=password,
        language=language,
        actor=f"user:{link.made_by_id}",
    )
    if not links.use(session, link):
        raise AccountError("link_gone")
    link.user_id = user.id
    subject = f"account_link:{link.id}"
    audit.record(session, Action.INVITATION_ACCEPTED, subject, actor=f"user:{user.id}")
    return user


def set_new_password(session: Session, token: str, password: str) -> User:
    """Give an account its new password. Every session ends, every device is forgotten, and the person's key is
    thrown away with the password that closed it. Raises AccountError: `link_gone`, or a password problem."""
    link = links.found(session, token)
    user = session.get(User, link.user_id) if link is not None and link.user_id is not None else None
    if link is None or user is None or link.purpose == LinkPurpose.INVITATION or not user.is_active:
        raise AccountError("link_gone")
    check_password_rules(password)
    if not links.use(session, link):
        raise AccountError("link_gone")
    actor = f"user:{user.id}"
    user.password_hash, user.must_change_password = hash_password(password), False
    user.session_epoch += 1
    user_keys.forget(session, user, actor=actor)
    devices.forget_all(session, user)
    end_all(session, user, actor=actor)
    if link.purpose == LinkPurpose.RESET_ALL:
        factors.remove_all(session, user)
        audit.record(session, Action.FACTORS_RESET, actor, actor=f"user:{link.made_by_id}")
    audit.record(session, Action.PASSWORD_RESET, actor, actor=actor, detail={"link": str(link.id)})
    notify(session, NoticeKind.PASSWORD_RECOVERED, [user])
    return user
