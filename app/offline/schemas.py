"""What a phone hands over: a box that it sealed, and what its writer allows. Nothing in it can be read here."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.intake.consent import Consent, chosen
from app.sealing import KEY_ID_BYTES, PADDING_BLOCK_BYTES, VERSION

LARGEST_SEALED_BYTES = 64 * 1024
BOX_OVERHEAD_BYTES = 48  # of a libsodium sealed box: an ephemeral public key (32) and an authenticator (16)
MALFORMED, TOO_LARGE = "malformed", "too_large"
_LONGEST_ENCODED = 4 * (LARGEST_SEALED_BYTES // 3 + 1)
_KEY_FORM = r"[0-9a-f]{32}\Z"


def sealed_bytes(encoded: str) -> bytes:
    """A sealed value of the outward shape that app/sealing.py makes, from base64. Raises ValidationError.

    Under which key it is sealed is not asked: the key may have been renewed while the phone had no network, workers
    keep the old ones, and the phone, which can no longer read what it holds, could not seal it again.
    """
    if len(encoded) > _LONGEST_ENCODED:
        raise ValidationError(TOO_LARGE, "sealed")
    try:
        sealed = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValidationError(MALFORMED, "sealed") from error
    padded = len(sealed) - len(VERSION) - KEY_ID_BYTES - BOX_OVERHEAD_BYTES
    if not sealed.startswith(VERSION) or padded <= 0 or padded % PADDING_BLOCK_BYTES:
        raise ValidationError(MALFORMED, "sealed")
    return sealed


class ConsentIn(Schema):
    """What the writer allows. Whatever isn't said is not allowed."""

    class Meta:
        unknown = EXCLUDE

    may_ask = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    share_with = fields.List(fields.String(), load_default=list, validate=validate.Length(max=10))
    with_identity = fields.Boolean(load_default=False, truthy={True}, falsy={False})

    @post_load
    def as_consent(self, said: dict[str, Any], **_: object) -> Consent:
        """The consent as intake knows it."""
        return chosen(**said)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A report as a phone hands it over. `key` was made on the phone and is the same each time it tries."""

    key: str
    sealed: bytes
    consent: Consent
    language: str
    proof: str


class SealedIn(Schema):
    """The body of POST /sealed."""

    class Meta:
        unknown = EXCLUDE

    key = fields.String(required=True, validate=validate.Regexp(_KEY_FORM, error=MALFORMED))
    sealed = fields.String(required=True)
    consent = fields.Nested(ConsentIn, required=True)
    language = fields.String(load_default="", validate=validate.Length(max=10))
    proof = fields.String(load_default="")

    @post_load
    def as_sealed(self, given: dict[str, Any], **_: object) -> Sealed:
        """The body, typed, with the box decoded."""
        return Sealed(**{**given, "sealed": sealed_bytes(given["sealed"])})


def is_too_large(error: ValidationError) -> bool:
    """Whether what was wrong is the size of the box."""
    return error.messages_dict.get("sealed") == [TOO_LARGE]
