"""Mails say that something waits and nothing else, once, when people want it, encrypted where they gave a key."""

from __future__ import annotations

import smtplib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pysequoia
import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from app.casework.telling import tell
from app.clock import utcnow
from app.database import db, transaction
from app.models import (
    Case,
    MailKey,
    MailKeyState,
    NoticeDelivery,
    NoticeWay,
    Notification,
    OrganisationKind,
    Referral,
    ReferralState,
    Rhythm,
    User,
)
from app.notifications.kinds import NoticeKind
from app.notifications.preferences import offer_key
from app.notifications.service import mark_read, notify
from tests.integration.casework.desk import KORO, PILLAGE, URGENT, refer, report_case
from tests.workers.notifications.conftest import Mailbox
from workers.notifications import check_mail_key, gathering, notices, send_notices
from workers.processing import Keys

Wants = Callable[..., None]
MakeUser = Callable[..., User]
TELLING = (
    "koro",
    "pillage",
    "boeufs",
    "personne",
    "urgent",
    "s-0",
    "bandiagara",
    "referral",
    "cas ",
    "case",
    "seere",
)


def told(user: User, kind: NoticeKind = NoticeKind.NEW_DEVICE) -> None:
    """Something waits for a person."""
    with transaction() as session:
        notify(session, kind, [session.get_one(User, user.id)])


def states() -> list[str]:
    """How far each mail is."""
    db.session.rollback()
    return sorted(db.session.scalars(select(NoticeDelivery.state)))


def waiting(user: User) -> list[str]:
    """The kinds that wait for a person."""
    db.session.rollback()
    return sorted(db.session.scalars(select(Notification.kind).where(Notification.user_id == user.id)))


def test_a_mail_says_that_something_waits_and_nothing_else(
    make_user: MakeUser, wants: Wants, mailing: Keys, mailbox: Mailbox
) -> None:
    monitor = make_user(language="fr")
    wants(monitor)
    case = report_case(PILLAGE, URGENT, KORO)
    send_notices(mailing)
    send_notices(mailing)  # once
    (envelope,) = mailbox.taken
    assert envelope.rcpt_tos == [monitor.email]
    mail = message_from_bytes(mailbox.last(), policy=default)
    assert isinstance(mail, EmailMessage)
    assert "https://desk.example/desk/notifications" in mail.get_content()
    everything = mailbox.last().decode().lower() + mail.get_content().lower() + str(mail["subject"]).lower()
    for word in (*TELLING, case.reference.lower(), str(case.id), monitor.display_name.lower()):
        assert word not in everything
    assert states() == ["sent"]


def test_many_things_make_one_mail_in_the_persons_rhythm_and_not_at_night(
    make_user: MakeUser, wants: Wants, mailing: Keys, mailbox: Mailbox
) -> None:
    hourly, nightly, never = make_user(), make_user(), make_user()
    wants(hourly, email_rhythm=Rhythm.HOURLY)
    wants(nightly, quiet_from_minute=21 * 60, quiet_until_minute=6 * 60, is_woken_by_urgent=True)
    wants(never, email_rhythm=Rhythm.NEVER)
    with time_machine.travel(datetime(2026, 3, 2, 22, 10, tzinfo=UTC), tick=False) as clock:
        for user in (hourly, nightly, never):
            told(user, NoticeKind.EXPORT_READY)
            told(user, NoticeKind.SAFE_ACCESS_GIVEN)
        send_notices(mailing)
        assert mailbox.taken == []
        clock.move_to(datetime(2026, 3, 2, 23, 0, 5, tzinfo=UTC))
        send_notices(mailing)
        assert [each.rcpt_tos for each in mailbox.taken] == [[hourly.email]]
        told(nightly)  # urgent: told at once, with what waited
        send_notices(mailing)
        clock.move_to(datetime(2026, 3, 3, 6, 0, 5, tzinfo=UTC))
        send_notices(mailing)
    assert [each.rcpt_tos for each in mailbox.taken] == [[hourly.email], [nightly.email]]


def test_what_was_read_or_may_no_longer_be_seen_makes_no_mail(
    make_user: MakeUser, wants: Wants, mailing: Keys, mailbox: Mailbox
) -> None:
    reader, partner = make_user(), make_user(kind=OrganisationKind.CIVIL_SOCIETY)
    case = report_case(PILLAGE)
    referral = refer(case, partner)
    wants(reader)
    wants(partner)
    told(reader)
    with transaction() as session:
        user = session.get_one(User, partner.id)
        tell(session, NoticeKind.REFERRAL_WAITING, session.get_one(Case, case.id), user=user)
    with transaction() as session:
        gathering.gather(session, utcnow(), [NoticeWay.EMAIL])
        mark_read(session, session.get_one(User, reader.id))
        session.get_one(Referral, referral.id).state = ReferralState.REVOKED
    send_notices(mailing)
    assert mailbox.taken == []
    assert states() == ["cancelled", "cancelled"]


def test_without_a_mail_server_nothing_is_queued(make_user: MakeUser, wants: Wants, keys: Keys) -> None:
    user = make_user()
    wants(user)
    told(user)
    send_notices(keys)
    assert states() == []


def test_a_worker_that_dies_after_handing_over_sends_no_second_mail(
    make_user: MakeUser, wants: Wants, mailing: Keys, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user()
    wants(user)
    told(user)
    with monkeypatch.context() as patch:
        patch.setattr(notices, "_mark", _die)
        with pytest.raises(KeyboardInterrupt):
            send_notices(mailing)
    assert (len(mailbox.taken), states()) == (1, ["sending"])
    with time_machine.travel(utcnow() + timedelta(hours=1), tick=False):
        send_notices(mailing)
    assert (len(mailbox.taken), states()) == (1, ["unknown"])


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_told_in_the_console(
    make_user: MakeUser, wants: Wants, mailing: Keys, mailbox: Mailbox
) -> None:
    user = make_user()
    wants(user)
    told(user)
    mailbox.answers = ["451 later"]
    send_notices(mailing)
    assert states() == ["queued"]
    mailbox.answers = ["550 never"]
    with time_machine.travel(utcnow() + timedelta(minutes=6), tick=False):
        send_notices(mailing)
    assert (mailbox.taken, states()) == ([], ["failed"])
    assert waiting(user) == ["email_failed", "new_device"]


def test_a_mail_is_encrypted_to_an_openpgp_key(
    make_user: MakeUser, wants: Wants, mailing: Keys, mailbox: Mailbox
) -> None:
    secret = pysequoia.Tsk.generate(user_id="Somebody")
    user = make_user(language="fr")
    wants(user)
    give(user, str(secret.extract_certificate()))
    told(user)
    send_notices(mailing)
    assert b"/desk/notifications" not in mailbox.last()
    mail = message_from_bytes(mailbox.last(), policy=default)
    assert (mail.get_content_type(), mail.get_param("protocol")) == (
        "multipart/encrypted",
        "application/pgp-encrypted",
    )
    version, sealed = mail.iter_parts()
    assert version.get_content_type() == "application/pgp-encrypted"
    opened = pysequoia.decrypt(decryptor=secret.decryptor(), bytes=bytes(sealed.get_content())).bytes
    inner = message_from_bytes(bytes(opened or b""), policy=default)
    assert "https://desk.example/desk/notifications" in inner.get_content()


def test_a_mail_is_encrypted_to_an_smime_certificate(
    make_user: MakeUser, wants: Wants, mailing: Keys, mailbox: Mailbox
) -> None:
    key = rsa.generate_private_key(65537, 2048)
    certificate = certificate_of(key, utcnow() + timedelta(days=30))
    user = make_user()
    wants(user)
    give(user, certificate.public_bytes(serialization.Encoding.PEM).decode())
    told(user)
    send_notices(mailing)
    assert b"/desk/notifications" not in mailbox.last()
    mail = message_from_bytes(mailbox.last(), policy=default)
    assert mail.get_content_type() in {"application/pkcs7-mime", "application/x-pkcs7-mime"}
    sealed = bytes(mail.get_payload(decode=True))
    opened = pkcs7.pkcs7_decrypt_der(sealed, certificate, key, [])
    inner = message_from_bytes(opened, policy=default)
    assert "https://desk.example/desk/notifications" in inner.get_content()


def test_a_key_that_expired_meanwhile_sends_nothing_in_the_clear(
    make_user: MakeUser, wants: Wants, mailing: Keys, mailbox: Mailbox
) -> None:
    key = rsa.generate_private_key(65537, 2048)
    user = make_user()
    wants(user)
    give(
        user,
        certificate_of(key, utcnow() + timedelta(hours=1)).public_bytes(serialization.Encoding.PEM).decode(),
    )
    with time_machine.travel(utcnow() + timedelta(hours=2), tick=False):
        told(user)
        send_notices(mailing)
    assert (mailbox.taken, states()) == ([], ["failed"])
    assert "email_failed" in waiting(user)


def test_mails_wait_while_a_key_is_being_checked(
    make_user: MakeUser, wants: Wants, mailing: Keys, mailbox: Mailbox
) -> None:
    user = make_user()
    wants(user)
    with transaction() as session:
        offer_key(
            session,
            session.get_one(User, user.id),
            str(pysequoia.Tsk.generate(user_id="Somebody").extract_certificate()),
        )
    told(user)
    send_notices(mailing)
    assert (mailbox.taken, states()) == ([], ["queued"])


@pytest.mark.parametrize("problem", ["expired", "cannot_encrypt", "unreadable", "revoked", "private"])
def test_a_key_that_does_not_serve_is_refused_with_its_reason_and_the_one_in_use_stays(
    make_user: MakeUser, problem: str
) -> None:
    user = make_user()
    give(user, str(pysequoia.Tsk.generate(user_id="Somebody").extract_certificate()))
    give(user, bad_key(problem))
    db.session.rollback()
    kept = {key.state: key.problem for key in db.session.scalars(select(MailKey))}
    assert kept == {MailKeyState.USABLE: "", MailKeyState.REFUSED: problem}


def bad_key(problem: str) -> str:
    """A key with one thing wrong."""
    key = rsa.generate_private_key(65537, 1024 if problem == "cannot_encrypt" else 2048)
    if problem == "revoked":
        secret = pysequoia.Tsk.generate(user_id="Somebody")
        certificate = secret.extract_certificate()
        revocation = pysequoia.Cert.from_bytes(
            bytes(certificate) + bytes(certificate.revoke(secret.certifier()))
        )
        return str(revocation)
    if problem == "private":
        return str(pysequoia.Tsk.generate(user_id="Somebody")).replace("PRIVATE", "PUBLIC")
    if problem == "unreadable":
        return "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nnonsense\n-----END PGP PUBLIC KEY BLOCK-----"
    until = utcnow() + timedelta(days=-1 if problem == "expired" else 1)
    return certificate_of(key, until).public_bytes(serialization.Encoding.PEM).decode()


def give(user: User, text: str) -> uuid.UUID:
    """A key as a person gives it, looked at by a worker."""
    with transaction() as session:
        key_id = offer_key(session, session.get_one(User, user.id), text).id
    check_mail_key(key_id)
    check_mail_key(key_id)  # a second run changes nothing
    return key_id


def certificate_of(key: rsa.RSAPrivateKey, until: datetime) -> x509.Certificate:
    """A certificate that somebody signed for themselves."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - timedelta(days=60))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )


def test_a_server_elsewhere_must_take_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    from workers.notifications import mailing as mails

    class Plain:
        def __init__(self, *_: object, **__: object) -> None: ...

        def __enter__(self) -> Plain:
            return self

        def __exit__(self, *_: object) -> None: ...

        def starttls(self, **_: object) -> None:
            raise smtplib.SMTPNotSupportedError

        def login(self, *_: object) -> None:
            raise AssertionError("a password in the clear")

    monkeypatch.setattr("smtplib.SMTP", Plain)
    with pytest.raises(smtplib.SMTPNotSupportedError), mails.mail_server("smtp://me:secret@mail.example"):
        raise AssertionError("a connection in the clear")
