"""OpenPGP keys and S/MIME certificates that people give: whether mails can be encrypted to them, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.parser import BytesParser
from email.policy import SMTP

import pysequoia
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from app.clock import utcnow

SMALLEST_RSA_BITS = 2048
OPENPGP, SMIME = "openpgp", "smime"


class KeyRefused(ValueError):
    """A key to which no mail can be encrypted. `code` is `private`, `unreadable`, `revoked`, `expired`, `not_yet` or
    `cannot_encrypt`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """By what a key is known again, and how long it lasts; None for ever."""

    fingerprint: str
    expires_at: datetime | None


def examine(kind: str, content: bytes) -> KeyFacts:
    """What a key is, tried by encrypting to it. Raises KeyRefused."""
    return _examine_openpgp(content) if kind == OPENPGP else _examine_certificate(content)


def encrypt(message: EmailMessage, kind: str, content: bytes) -> Message:
    """The same message with its body encrypted (RFC 3156 for OpenPGP, RFC 8551 for S/MIME). Raises KeyRefused.

    The headers stay readable on the way, so they say nothing.
    """
    examine(kind, content)  # it may have expired since it was given
    body = _body(message)
    sealed = _in_openpgp(body, content) if kind == OPENPGP else _in_smime(body, content)
    for name in ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"):
        sealed[name] = str(message[name])
    return sealed


def _examine_openpgp(content: bytes) -> KeyFacts:
    try:
        certificate = pysequoia.Cert.from_bytes(content)
        whole = bytes(pysequoia.Tsk.from_bytes(content))
    except Exception as error:  # the library raises Exception itself
        raise KeyRefused("unreadable") from error
    if whole != bytes(certificate):
        raise KeyRefused("private")  # in the armour of a public key
    if certificate.is_revoked:
        raise KeyRefused("revoked")
    expires_at = certificate.expiration
    if expires_at is not None and expires_at.astimezone(UTC) <= utcnow():
        raise KeyRefused("expired")
    _openpgp(b"", certificate)
    return KeyFacts(certificate.fingerprint, expires_at.astimezone(UTC) if expires_at else None)


def _openpgp(body: bytes, certificate: pysequoia.Cert) -> bytes:
    try:
        return bytes(pysequoia.encrypt(recipients=[certificate], bytes=body))
    except Exception as error:
        raise KeyRefused("cannot_encrypt") from error


def _examine_certificate(content: bytes) -> KeyFacts:
    certificate, now = _certificate(content), utcnow()
    if certificate.not_valid_after_utc <= now:
        raise KeyRefused("expired")
    if certificate.not_valid_before_utc > now:
        raise KeyRefused("not_yet")
    key = certificate.public_key()
    if (
        not isinstance(key, rsa.RSAPublicKey)
        or key.key_size < SMALLEST_RSA_BITS
        or not _may_encrypt(certificate)
    ):
        raise KeyRefused("cannot_encrypt")
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    return KeyFacts(fingerprint, certificate.not_valid_after_utc)


def _certificate(content: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(content)
    except (ValueError, TypeError) as error:
        raise KeyRefused("unreadable") from error


def _may_encrypt(certificate: x509.Certificate) -> bool:
    """Whether the certificate's own rules let a message's key be encrypted to it (RFC 8550, 4.4.2)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_encipherment
    except x509.ExtensionNotFound:
        return True


def _body(message: EmailMessage) -> bytes:
    """The part that is encrypted: its type and its text, without the headers that carry it."""
    inner = EmailMessage(policy=SMTP)
    inner.set_content(message.get_content())
    return inner.as_bytes()


def _in_openpgp(body: bytes, content: bytes) -> Message:
    armoured = _openpgp(body, pysequoia.Cert.from_bytes(content))
    sealed = MIMEMultipart("encrypted", protocol="application/pgp-encrypted", policy=SMTP)
    sealed.attach(MIMEApplication(b"Version: 1\r\n", "pgp-encrypted", _encoder=_as_it_is))
    sealed.attach(MIMEApplication(armoured, "octet-stream", _encoder=_as_it_is))
    return sealed


def _as_it_is(part: MIMEApplication) -> None:
    """Armour is plain ASCII: it needs no transfer encoding."""
    payload = part.get_payload(decode=False)
    part.set_payload(payload.decode("ascii") if isinstance(payload, bytes) else payload)


def _in_smime(body: bytes, content: bytes) -> Message:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(body).add_recipient(_certificate(content))
    builder = builder.set_content_encryption_algorithm(algorithms.AES256)
    encrypted = builder.encrypt(Encoding.SMIME, [pkcs7.PKCS7Options.Binary])
    return BytesParser(policy=SMTP).parsebytes(encrypted)
