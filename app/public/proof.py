"""A small proof of work: where script is on, a phone computes for a second, and its network may send more.

Nobody is refused for want of it: without script the limits are those of everybody (app/limits.py), with it ten times
as many. What is asked is bound to one form's token, so that one proof serves one form. ALTCHA's first scheme: find the
number whose SHA-256, after a salt, is the challenge (https://altcha.org).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta

from altcha.v1 import ChallengeOptions, create_challenge, verify_solution
from flask import current_app, request

from app.clock import utcnow
from app.current import current_limits
from app.limits import REPORTS, REPORTS_WITH_PROOF
from app.public.tokens import FORM_SECONDS
from app.sealing import keyed_digest

FIELD = "proof"
HIGHEST_NUMBER = 20_000  # a second or two on a cheap phone, in the background while its owner writes
LONGEST_PROOF = 1_000


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a page hands to the script that solves it."""

    challenge: str
    salt: str
    signature: str
    highest: int

    def as_json(self) -> dict[str, str | int]:
        """The same for a script that asks for it."""
        return asdict(self)


def fields(token: str = "") -> Challenge:
    """A challenge for the form with this token. Costs one digest, no database."""
    made = create_challenge(
        ChallengeOptions(
            max_number=HIGHEST_NUMBER,
            hmac_key=_key(),
            expires=utcnow() + timedelta(seconds=FORM_SECONDS),
            params={"form": _mark(token)},
        )
    )
    return Challenge(made.challenge, made.salt, made.signature, HIGHEST_NUMBER)


def is_solved(form: Mapping[str, str]) -> bool:
    """Whether a form carries the proof that was asked for with its `token`."""
    given = form.get(FIELD, "")
    if not given or len(given) > LONGEST_PROOF:
        return False
    try:
        is_right, _ = verify_solution(given, _key())
        return is_right and f"form={_mark(form.get('token', ''))}&" in f"{_salt(given)}&"
    except (ValueError, TypeError, KeyError, AttributeError):
        return False


def may_send(form: Mapping[str, str]) -> bool:
    """Use up one of this network's reports of the hour; False when there was none left.

    With a proof there are more of them. Whoever has used up those falls back to the others' share.
    """
    who, limits = request.remote_addr or "", current_limits()
    if is_solved(form) and limits.count(REPORTS_WITH_PROOF, who):
        return True
    return limits.count(REPORTS, who)


def _salt(given: str) -> str:
    """The salt in a proof that was found right, with the parameters that it carries."""
    return str(json.loads(base64.b64decode(given))["salt"]).partition("?")[2]


def _key() -> bytes:
    return keyed_digest(current_app.config["SECRET_KEY"], "proof", "key")


def _mark(token: str) -> str:
    """The form's token as a proof carries it."""
    return keyed_digest(current_app.config["SECRET_KEY"], "proof.form", token[:400])[:12].hex()
