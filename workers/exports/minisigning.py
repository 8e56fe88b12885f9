"""Signing and checking as minisign does (Ed25519), so that a recipient needs nothing of ours to check."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

import minisign  # type: ignore[import-untyped]
from nacl.signing import SigningKey

from app.exports.signing_keys import ALGORITHM, minisign_id

_PLAIN = b"\0\0"  # the secret key isn't under a password: it is kept as our other secrets are
_CHECKSUM = b"B2"
_NAMED = slice(2, 10)  # where a signature or a public key says which key it is
_NO_PASSWORD = bytes(32 + 8 + 8)  # where salt and limits would stand


class SignatureRefused(ValueError):
    """A signature that doesn't hold. `code` is `unreadable`, `unknown_key` or `wrong`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sign(content: bytes, key: SigningKey, trusted_comment: str) -> bytes:
    """The content of a `.minisig` file. The trusted comment, plain ASCII, is signed too."""
    with _secret(key) as secret:
        signature = secret.sign(content, untrusted_comment="seere export", trusted_comment=trusted_comment)
    return bytes(signature) + b"\n"


def check(content: bytes, signature: bytes, public_keys: Sequence[str]) -> str:
    """The trusted comment of a signature that one of the keys (one line each) made. Raises SignatureRefused."""
    try:
        read = minisign.Signature.from_bytes(signature)
        named = base64.b64decode(signature.splitlines()[1])[_NAMED]
        known = [each for each in public_keys if base64.b64decode(each)[_NAMED] == named]
        keys = [minisign.PublicKey.from_base64(each) for each in known]
    except ValueError as error:  # the library's own errors are such, too
        raise SignatureRefused("unreadable") from error
    if not keys:
        raise SignatureRefused("unknown_key")
    try:
        keys[0].verify(content, read)
    except minisign.VerifyError as error:
        raise SignatureRefused("wrong") from error
    return str(read.trusted_comment)


def _secret(key: SigningKey) -> minisign.SecretKey:
    public = bytes(key.verify_key)
    identifier = minisign_id(public)
    checksum = hashlib.blake2b(ALGORITHM + identifier + bytes(key) + public, digest_size=32).digest()
    parts = (ALGORITHM, _PLAIN, _CHECKSUM, _NO_PASSWORD, identifier, bytes(key), public, checksum)
    return minisign.SecretKey.from_base64(base64.b64encode(b"".join(parts)))
