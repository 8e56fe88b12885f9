"""OpenID Connect with an organisation's own service: authorisation code with PKCE, state and nonce.

Whatever doesn't hold is refused with one code; nothing of what the service said is logged. OpenID Connect Core 1.0,
section 3.1.3.7, says what is checked of an identity token; RFC 9700 why PKCE is used by a confidential client too.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.current import current_settings
from app.notifications.addresses import AddressRefused, destination

TIMEOUT_SECONDS = 10
LARGEST_ANSWER_BYTES = 256 * 1024
ALGORITHMS = (
    "RS256",
    "ES256",
    "PS256",
    "EdDSA",
)  # signed with the service's own key; never "none", never HMAC
CLOCK_SECONDS = 60
_SCOPE = "openid email"


class ServiceRefused(ValueError):
    """The service isn't there, or what came back from it doesn't hold."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to a service."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    back: str  # the address to which the service sends people back


@dataclass(frozen=True, slots=True)
class Question:
    """What has to come back unchanged, kept in the browser that asked."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the service says it is: its lasting name for the person, and an address that it has verified."""

    subject: str
    email: str = field(repr=False)


def begin(client: Client) -> tuple[str, Question]:
    """Where to send the browser, and what to keep. Raises ServiceRefused."""
    about = _about(client)
    question = Question(*(secrets.token_urlsafe(48) for _ in range(3)))
    with _session(client) as session:
        address, _ = session.create_authorization_url(
            _checked(str(about.get("authorization_endpoint", ""))),
            state=question.state,
            nonce=question.nonce,
            code_verifier=question.verifier,
        )
    return str(address), question


def finish(client: Client, question: Question, came_back: Mapping[str, str]) -> Identity:
    """Who came back. Raises ServiceRefused."""
    if not hmac.compare_digest(came_back.get("state", "").encode(), question.state.encode()):
        raise ServiceRefused
    if came_back.get("iss", client.issuer) != client.issuer or not came_back.get("code"):
        raise ServiceRefused  # RFC 9207: an answer of another service
    about = _about(client)
    token = _exchange(client, about, question, came_back["code"])
    return _identity(_claims(client, about, question, token))


def _exchange(client: Client, about: Mapping[str, Any], question: Question, code: str) -> str:
    try:
        with _session(client) as session:
            answer = session.fetch_token(
                _checked(str(about["token_endpoint"])),
                grant_type="authorization_code",
                code=code,
                code_verifier=question.verifier,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        return str(answer["id_token"])
    except (requests.RequestException, AuthlibBaseError, KeyError, ValueError) as error:
        raise ServiceRefused from error


def _claims(client: Client, about: Mapping[str, Any], question: Question, token: str) -> Mapping[str, Any]:
    rules = jwt.JWTClaimsRegistry(
        leeway=CLOCK_SECONDS,
        iss={"essential": True, "value": client.issuer},
        aud={"essential": True, "value": client.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": question.nonce},
    )
    try:
        keys = KeySet.import_key_set(_fetched(str(about["jwks_uri"])))  # type: ignore[arg-type]
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        rules.validate(claims)
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise ServiceRefused from error
    party = claims.get("azp", client.client_id)
    if party != client.client_id or (isinstance(claims["aud"], list) and claims["aud"] != [client.client_id]):
        raise ServiceRefused
    return claims


def _identity(claims: Mapping[str, Any]) -> Identity:
    subject, email = claims.get("sub"), claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str) or not isinstance(subject, str):
        raise ServiceRefused
    if not 0 < len(subject) <= 255:
        raise ServiceRefused
    return Identity(subject, email.strip().lower())


def _about(client: Client) -> Mapping[str, Any]:
    """What the service says of itself; it has to say the issuer's name as it was entered."""
    about = _fetched(client.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if about.get("issuer") != client.issuer:
        raise ServiceRefused
    return about


def _fetched(url: str) -> Mapping[str, Any]:
    try:
        answer = requests.get(_checked(url), timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True)
        with answer:
            content = answer.raw.read(LARGEST_ANSWER_BYTES, decode_content=True)
            answer.raise_for_status()
        found = json.loads(content)
    except (requests.RequestException, ValueError, OSError) as error:
        raise ServiceRefused from error
    if not isinstance(found, dict):
        raise ServiceRefused
    return found


def _checked(url: str) -> str:
    """An address that may be called: by TLS, on the public internet."""
    try:
        destination(url, allows_loopback=current_settings().demonstration)
    except AddressRefused as refused:
        raise ServiceRefused from refused
    return url


def _session(client: Client) -> OAuth2Session:
    return OAuth2Session(
        client.client_id,
        client.secret,
        scope=_SCOPE,
        redirect_uri=client.back,
        code_challenge_method="S256",
        default_timeout=TIMEOUT_SECONDS,
    )
