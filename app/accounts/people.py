"""The people of an organisation: invited, changed, given a new start, closed. Administrators everywhere, supervisors
in their own organisation and for roles that are not above theirs."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts import links
from app.accounts.links import Invited, MadeLink
from app.accounts.open_sessions import end_all
from app.accounts.permissions import Permission, may
from app.accounts.service import AccountError, user_by_email
from app.audit import Action
from app.clock import utcnow
from app.models import AccountLink, LinkPurpose, Organisation, Role, User
from app.safe import grants

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s]{2,}")
_BY_SUPERVISORS = (Role.MONITOR, Role.ANALYST, Role.SUPERVISOR)
LONGEST_NAME = 120
LONGEST_ADDRESS = 254


def roles_given_by(actor: User) -> tuple[Role, ...]:
    """The roles that a person may give, and whose holders they may change."""
    if may(actor.role, Permission.ADMINISTER):
        return tuple(Role)
    return _BY_SUPERVISORS if may(actor.role, Permission.MANAGE_PEOPLE) else ()


def organisations_of(session: Session, actor: User) -> Sequence[Organisation]:
    """The organisations whose people a person may manage."""
    every = select(Organisation).where(Organisation.is_active).order_by(Organisation.name)
    if not may(actor.role, Permission.ADMINISTER):
        every = every.where(Organisation.id == actor.organisation_id)
    return session.scalars(every).all()


def people_managed_by(session: Session, actor: User) -> Sequence[User]:
    """The people of those organisations, by organisation and name."""
    homes = [each.id for each in organisations_of(session, actor)]
    there = select(User).join(User.organisation).where(User.organisation_id.in_(homes))
    return session.scalars(there.order_by(Organisation.name, User.display_name, User.id)).unique().all()


def open_invitations(session: Session, actor: User) -> Sequence[AccountLink]:
    """Invitations that were neither accepted nor withdrawn, also those that are too old by now; newest first."""
    homes = [each.id for each in organisations_of(session, actor)]
    waiting = select(AccountLink).where(
        AccountLink.purpose == LinkPurpose.INVITATION,
        AccountLink.organisation_id.in_(homes),
        AccountLink.used_at.is_(None),
        AccountLink.withdrawn_at.is_(None),
    )
    return session.scalars(waiting.order_by(AccountLink.created_at.desc(), AccountLink.id)).all()


def managed(session: Session, actor: User, user_id: uuid.UUID) -> User:
    """Somebody whom a person may change: never themselves. Raises AccountError("not_found")."""
    user = session.get(User, user_id)
    homes = {each.id for each in organisations_of(session, actor)}
    if user is None or user.id == actor.id or user.organisation_id not in homes:
        raise AccountError("not_found")
    if user.role not in roles_given_by(actor):
        raise AccountError("not_found")
    return user


def invite(
    session: Session,
    actor: User,
    *,
    email: str,
    display_name: str,
    role: str,
    organisation_id: uuid.UUID | None,
) -> MadeLink:
    """Invite somebody. Raises AccountError: `email_malformed`, `email_taken`, `name_missing`, `role`,
    `organisation`."""
    address, name = email.strip().lower()[:LONGEST_ADDRESS], " ".join(display_name.split())[:LONGEST_NAME]
    if not _EMAIL.fullmatch(address):
        raise AccountError("email_malformed")
    if not name:
        raise AccountError("name_missing")
    home = _checked(session, actor, role, organisation_id)
    if user_by_email(session, address) is not None:
        raise AccountError("email_taken")
    _check_others_invitation(session, actor, address)
    made = links.make(session, actor, Invited(address, name, role, home), LinkPurpose.INVITATION)
    _note_link(session, actor, made, Action.INVITED)
    return made


def invite_again(session: Session, actor: User, link_id: uuid.UUID) -> MadeLink:
    """A fresh link in place of an invitation's earlier one. Raises AccountError("not_found")."""
    old = _invitation(session, actor, link_id)
    invited = Invited(old.email, old.display_name, old.role, old.organisation)
    made = links.make(session, actor, invited, LinkPurpose.INVITATION)
    _note_link(session, actor, made, Action.INVITED)
    return made


def withdraw(session: Session, actor: User, link_id: uuid.UUID) -> None:
    """Take an invitation back. Raises AccountError("not_found")."""
    old = _invitation(session, actor, link_id)
    links.withdraw_all(session, old.email)
    audit.record(session, Action.INVITATION_WITHDRAWN, f"account_link:{old.id}", actor=f"user:{actor.id}")


def change(
    session: Session, actor: User, user_id: uuid.UUID, *, role: str, organisation_id: uuid.UUID | None
) -> User:
    """Give somebody another role or organisation; who may not open any more, or moved, is out of the safe.

    Raises AccountError: `not_found`, `role`, `organisation`.
    """
    user = managed(session, actor, user_id)
    home = _checked(session, actor, role, organisation_id)
    changed = [
        name
        for name, is_new in (("role", user.role != role), ("organisation", user.organisation_id != home.id))
        if is_new
    ]
    if not changed:
        return user
    has_moved = "organisation" in changed
    user.role, user.organisation = role, home
    session.flush()
    if has_moved or not grants.may_hold(user):
        grants.member_left(session, user, actor=f"user:{actor.id}")
    end_all(session, user, actor=f"user:{actor.id}")
    detail = {"fields": changed, "role": role}
    audit.record(session, Action.USER_CHANGED, f"user:{user.id}", actor=f"user:{actor.id}", detail=detail)
    return user


def close(session: Session, actor: User, user_id: uuid.UUID) -> User:
    """Close an account: its sessions end, its links are withdrawn, its part of the safe is gone.

    Raises AccountError("not_found").
    """
    user = managed(session, actor, user_id)
    user.is_active = False
    user.session_epoch += 1
    session.flush()
    end_all(session, user, actor=f"user:{actor.id}")
    links.withdraw_made_by(session, user)
    links.withdraw_all(session, user.email)
    grants.member_left(session, user, actor=f"user:{actor.id}")
    audit.record(session, Action.USER_CLOSED, f"user:{user.id}", actor=f"user:{actor.id}")
    return user


def reopen(session: Session, actor: User, user_id: uuid.UUID) -> User:
    """Open a closed account again; the safe has to let the person in anew. Raises AccountError("not_found")."""
    user = managed(session, actor, user_id)
    user.is_active = True
    audit.record(session, Action.USER_REOPENED, f"user:{user.id}", actor=f"user:{actor.id}")
    return user


def end_sessions(session: Session, actor: User, user_id: uuid.UUID) -> int:
    """End all sessions of somebody; how many there were. Raises AccountError("not_found")."""
    return end_all(session, managed(session, actor, user_id), actor=f"user:{actor.id}")


def make_reset(session: Session, actor: User, user_id: uuid.UUID, *, with_factors: bool) -> MadeLink:
    """A link with which somebody gives themselves a new password; `with_factors` takes away their second factors
    too, once it is used. Raises AccountError("not_found")."""
    user = managed(session, actor, user_id)
    if not user.is_active:
        raise AccountError("not_found")
    purpose = LinkPurpose.RESET_ALL if with_factors else LinkPurpose.RESET
    invited = Invited(user.email, user.display_name, user.role, user.organisation)
    made = links.make(session, actor, invited, purpose, user.id)
    detail = {"link": str(made.link.id), "with_factors": with_factors}
    audit.record(session, Action.RESET_MADE, f"user:{user.id}", actor=f"user:{actor.id}", detail=detail)
    return made


def _checked(session: Session, actor: User, role: str, organisation_id: uuid.UUID | None) -> Organisation:
    if role not in roles_given_by(actor):
        raise AccountError("role")
    home = next((each for each in organisations_of(session, actor) if each.id == organisation_id), None)
    if home is None:
        raise AccountError("organisation")
    return home


def _check_others_invitation(session: Session, actor: User, address: str) -> None:
    """Nobody takes over an address that somebody else's organisation has invited."""
    waiting = select(AccountLink).where(
        AccountLink.email == address, AccountLink.used_at.is_(None), AccountLink.withdrawn_at.is_(None)
    )
    homes = {each.id for each in organisations_of(session, actor)}
    now = utcnow()
    if any(
        links.is_open(each, now) and each.organisation_id not in homes for each in session.scalars(waiting)
    ):
        raise AccountError("email_taken")


def _invitation(session: Session, actor: User, link_id: uuid.UUID) -> AccountLink:
    found = next((each for each in open_invitations(session, actor) if each.id == link_id), None)
    if found is None or found.role not in roles_given_by(actor):
        raise AccountError("not_found")
    return found


def _note_link(session: Session, actor: User, made: MadeLink, action: Action) -> None:
    detail = {"role": made.link.role, "organisation": str(made.link.organisation_id)}
    audit.record(session, action, f"account_link:{made.link.id}", actor=f"user:{actor.id}", detail=detail)
