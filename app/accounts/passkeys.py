"""Passkeys (WebAuthn): a key in a phone, a computer or a security key, used with a finger, a face or a PIN.

A challenge is good once, for five minutes, in the session that asked for it. Where the server is and under which name
comes from its public address; browsers take names, not bare IP addresses (other than as "localhost").
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import webauthn
from flask import session as browser
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.clock import utcnow
from app.current import current_settings
from app.models import Passkey, User

CHALLENGE_SECONDS = 300
MOST = 10  # of one person
LONGEST_NAME = 60
_NAME = "Seere"
_TRANSPORTS = frozenset(each.value for each in AuthenticatorTransport)


def passkeys_of(session: Session, user: User) -> Sequence[Passkey]:
    """A person's passkeys, the oldest first."""
    mine = select(Passkey).where(Passkey.user_id == user.id)
    return session.scalars(mine.order_by(Passkey.created_at, Passkey.id)).all()


def options_to_add(session: Session, user: User) -> str:
    """What the browser needs to make a passkey, as JSON; the challenge in it is remembered in the session."""
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=_NAME,
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=user.display_name,
        exclude_credentials=_described(passkeys_of(session, user)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    _remember("add", options.challenge)
    return webauthn.options_to_json(options)


def options_to_ask(session: Session, user: User) -> str:
    """What the browser needs to use one of the person's passkeys, as JSON; the challenge is remembered."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        allow_credentials=_described(passkeys_of(session, user)),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _remember("ask", options.challenge)
    return webauthn.options_to_json(options)


def add(session: Session, user: User, answer: str, name: str, challenge: bytes | None) -> Passkey | None:
    """Keep the passkey that the browser made; None for an answer that doesn't hold, or one too many."""
    if challenge is None or len(passkeys_of(session, user)) >= MOST:
        return None
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return None
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)) is not None:
        return None
    passkey = Passkey(
        user_id=user.id,
        name=" ".join(name.split())[:LONGEST_NAME],
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=_transports(answer),
    )
    session.add(passkey)
    session.flush()
    return passkey


def use(session: Session, user: User, answer: str, now: datetime, challenge: bytes | None) -> bool:
    """Whether one of the person's passkeys answered the challenge that this session gave.

    A counter that went back means that the key was copied: it is refused.
    """
    passkey = _answering(session, user, answer)
    if challenge is None or passkey is None:
        return False
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        return False
    passkey.sign_count, passkey.last_used_at = verified.new_sign_count, now
    session.flush()
    return True


def take_challenge(purpose: str) -> bytes | None:
    """The challenge that this session gave for a purpose (`add`, `ask`), used up by asking; None if it is too old."""
    kept = browser.pop(f"passkey_{purpose}", None)
    if not isinstance(kept, dict) or utcnow().timestamp() - float(kept["at"]) > CHALLENGE_SECONDS:
        return None
    return base64.b64decode(str(kept["challenge"]))


def _remember(purpose: str, challenge: bytes) -> None:
    written = base64.b64encode(challenge).decode("ascii")
    browser[f"passkey_{purpose}"] = {"challenge": written, "at": utcnow().timestamp()}


def _answering(session: Session, user: User, answer: str) -> Passkey | None:
    """The person's own passkey that an answer names, held until the transaction ends."""
    try:
        credential_id = webauthn.base64url_to_bytes(str(json.loads(answer)["id"]))
    except (ValueError, TypeError, KeyError):
        return None
    mine = select(Passkey).where(Passkey.credential_id == credential_id, Passkey.user_id == user.id)
    return session.scalar(mine.with_for_update())


def _described(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=each.credential_id, transports=[AuthenticatorTransport(name) for name in each.transports]
        )
        for each in passkeys
    ]


def _transports(answer: str) -> list[str]:
    """How the key is reached, as far as we know the words; a hint for the browser and nothing more."""
    response: Any = json.loads(answer).get("response", {})
    said = response.get("transports") if isinstance(response, dict) else None
    return [str(each) for each in said if each in _TRANSPORTS] if isinstance(said, list) else []


def _host() -> str:
    return urlsplit(current_settings().public_url).hostname or ""


def _origin() -> str:
    parts = urlsplit(current_settings().public_url)
    return f"{parts.scheme}://{parts.netloc}"
