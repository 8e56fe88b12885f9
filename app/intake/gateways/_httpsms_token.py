"""Recognise httpSMS by the token that comes with its webhooks."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import jwt

from app.intake.gateways.protocol import InboundRequest, NotGenuine

LEAST_KEY = 32  # bytes: RFC 7518, 3.2 asks HS256 keys to be as long as the digest
_ISSUER = "api.httpsms.com"
_VALIDITY = timedelta(minutes=10)  # how long before and after its making httpSMS lets a token count
_CLAIMS = ["aud", "exp", "iss", "nbf"]


def sign(key: str, address: str, now: datetime) -> str:
    """The token that httpSMS would send to a webhook's address: `Authorization: Bearer <token>`."""
    claims = {
        "aud": address,
        "exp": now + _VALIDITY,
        "iat": now,
        "iss": _ISSUER,
        "nbf": now - _VALIDITY,
        "sub": "an-account",
    }
    return jwt.encode(claims, key, algorithm="HS256")


def authenticate(key: str, request: InboundRequest) -> None:
    """Raises NotGenuine unless the request bears a token of this key, for this address and this time.

    The token doesn't cover the body: only HTTPS protects that, so the address must be an https:// one in production.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if len(key.encode()) < LEAST_KEY:
        raise NotGenuine("no usable signing key")
    if kind.lower() != "bearer" or not token.isascii():
        raise NotGenuine("no token")
    try:
        jwt.decode(
            token,
            key,
            algorithms=["HS256"],  # never what the token itself asks for
            audience=[request.url, _without_query(request.url)],
            issuer=_ISSUER,
            options={"require": _CLAIMS, "verify_iat": False},  # nbf says it, and forgives a clock
        )
    except (jwt.PyJWTError, ValueError):
        raise NotGenuine("token") from None  # the token's claims name the account


def _without_query(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))
