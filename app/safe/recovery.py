"""Getting back in with the printed recovery code, when no present member can let somebody in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from nacl.public import PrivateKey
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.models import KeyGrant, OrganisationKey, User, UserKey
from app.safe.boxes import ClosedKey, is_pair, open_with, seal_key
from app.safe.errors import NOT_FOUND, SafeError
from app.safe.generations import add_grant, usable_keys
from app.safe.grants import check_may_act
from app.safe.holding import Unlocked
from app.safe.recovery_codes import plain


def open_with_code(keys: Sequence[OrganisationKey], typed: str) -> Mapping[uuid.UUID, PrivateKey]:
    """Those of an organisation's generations that a code opens; usually one. Slow: call it with no transaction open.

    Raises SafeError: `code_mistyped` for what can't be a code, `code_wrong` for one that opens none of them.
    """
    code = plain(typed)
    if code is None:
        raise SafeError("code_mistyped")
    tried = {key.id: _opened(key, code) for key in keys}
    opened = {key_id: private for key_id, private in tried.items() if private is not None}
    if not opened:
        raise SafeError("code_wrong")
    return opened


def _opened(key: OrganisationKey, code: str) -> PrivateKey | None:
    closed = _closed(key)
    private = open_with(code, closed) if closed else None
    return private if private is not None and is_pair(private, key.public_key) else None


def _closed(key: OrganisationKey) -> ClosedKey | None:
    sealed, salt = key.recovery_sealed, key.recovery_salt
    operations, memory_bytes = key.recovery_operations, key.recovery_memory_bytes
    if sealed is None or salt is None or operations is None or memory_bytes is None:
        return None
    return ClosedKey(bytes(sealed), bytes(salt), operations, memory_bytes)


def let_in(session: Session, user: User, unlocked: Unlocked, opened: Mapping[uuid.UUID, PrivateKey]) -> int:
    """Give the person who typed the code the generations that it opened; how many.

    Raises SafeError: `forbidden`, `factor_missing`, `not_found` for who has no key of their own.
    """
    check_may_act(user, unlocked)
    own = session.scalar(select(UserKey).where(UserKey.user_id == user.id))
    if own is None:
        raise SafeError(NOT_FOUND)
    keys = [key for key in usable_keys(session, user.organisation_id) if key.id in opened]
    for key in keys:
        session.execute(
            delete(KeyGrant).where(KeyGrant.organisation_key_id == key.id, KeyGrant.user_id == user.id)
        )
        add_grant(session, key, user.id, seal_key(opened[key.id], bytes(own.public_key)), by=None)
    audit.record(
        session,
        Action.KEY_RECOVERED,
        f"user:{user.id}",
        actor=f"user:{user.id}",
        detail={"organisation": str(user.organisation_id), "generations": [key.generation for key in keys]},
    )
    return len(keys)
