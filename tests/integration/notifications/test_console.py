"""The bell, the list, and how a person says how they want to be told."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.casework.telling import tell
from app.database import db, transaction
from app.models import (
    Case,
    MailKey,
    NoticePhone,
    NoticePreference,
    OrganisationKind,
    OwedWork,
    Referral,
    ReferralState,
    User,
)
from app.notifications.codes import confirmation_code
from app.notifications.kinds import NoticeKind
from app.notifications.service import notify
from app.queue import JobName
from tests.integration.casework.conftest import Enter
from tests.integration.casework.desk import PILLAGE, address, post, refer, report_case

LIST = "/desk/notifications"
SETTINGS = f"{LIST}/settings"


def count(client: FlaskClient) -> int:
    """The bell's number."""
    return int(client.get(f"{LIST}/fresh").get_json()["count"])


def test_the_bell_counts_and_opening_a_case_reads_its_own(enter: Enter) -> None:
    client, user = enter()
    case, other = report_case(), report_case()
    with transaction() as session:
        notify(session, NoticeKind.NEW_DEVICE, [session.get_one(User, user.id)])
    page = client.get(LIST)
    assert count(client) == 3
    assert page.text.count("An urgent case came in") >= 2
    assert "Somebody signed in to your account from a new device" in page.text
    client.get(address(case))
    assert count(client) == 2
    post(client, LIST, f"{LIST}/read")
    assert count(client) == 0
    assert other.reference in client.get(LIST).text


def test_one_line_is_read_by_its_owner_only(enter: Enter) -> None:
    client, user = enter()
    stranger, _ = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    with transaction() as session:
        (waiting,) = notify(session, NoticeKind.NEW_DEVICE, [session.get_one(User, user.id)])
    assert post(stranger, SETTINGS, f"{LIST}/{waiting}/read").status_code == 404
    assert count(client) == 1
    assert post(client, LIST, f"{LIST}/{waiting}/read").status_code == 303
    assert count(client) == 0


def test_what_is_about_a_case_disappears_with_the_right_to_see_it(enter: Enter) -> None:
    client, user = enter(kind=OrganisationKind.CIVIL_SOCIETY)
    case = report_case(PILLAGE)
    referral = refer(case, user)
    with transaction() as session:
        tell(
            session,
            NoticeKind.REFERRAL_WAITING,
            session.get_one(Case, case.id),
            user=session.get_one(User, user.id),
        )
    assert count(client) == 1
    with transaction() as session:
        session.get_one(Referral, referral.id).state = ReferralState.REVOKED
    assert count(client) == 0
    assert case.reference not in client.get(LIST).text


def test_rhythms_and_quiet_hours_are_kept_and_nonsense_is_refused(enter: Enter) -> None:
    client, user = enter()
    wanted = {
        "email_rhythm": "daily",
        "sms_rhythm": "at_once",
        "daily": "7h30",
        "quiet_from": "20:00",
        "quiet_until": "6",
        "urgent": "true",
    }
    assert post(client, SETTINGS, SETTINGS, **wanted).status_code == 303
    kept = db.session.get_one(NoticePreference, user.id)
    assert (kept.daily_minute, kept.quiet_from_minute, kept.quiet_until_minute) == (450, 1200, 360)
    assert kept.is_woken_by_urgent
    for bad in (
        {"daily": "25:00"},
        {"daily": ""},
        {"quiet_until": ""},
        {"quiet_until": "20h"},
        {"sms_rhythm": "x"},
    ):
        refused = post(client, SETTINGS, SETTINGS, **{**wanted, **bad})
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text


def test_a_private_key_is_refused_at_once_and_never_kept_nor_shown_again(enter: Enter) -> None:
    client, _ = enter()
    private = "-----BEGIN PGP PRIVATE KEY BLOCK-----\nsecretsecret\n-----END PGP PRIVATE KEY BLOCK-----"
    refused = post(client, SETTINGS, f"{SETTINGS}/key", key=private)
    assert refused.status_code == 422
    assert "This is a private key" in refused.text
    assert "secretsecret" not in refused.text
    assert post(client, SETTINGS, f"{SETTINGS}/key", key="hello").status_code == 422
    assert db.session.scalars(select(MailKey)).all() == []


def test_a_phone_is_sealed_and_confirmed_by_the_code_that_only_it_got(enter: Enter) -> None:
    client, user = enter()
    assert post(client, SETTINGS, f"{SETTINGS}/phone", number="call me").status_code == 422
    assert post(client, SETTINGS, f"{SETTINGS}/phone", number="70 12 34 56").status_code == 303
    phone = db.session.scalars(select(NoticePhone).where(NoticePhone.user_id == user.id)).one()
    assert b"70123456" not in bytes(phone.sealed_address)
    assert db.session.scalars(select(OwedWork.job)).all() == [JobName.PREPARE_NOTICE_PHONE]
    assert "70123456" not in client.get(SETTINGS).text.replace(" ", "")


@pytest.mark.parametrize(("wrong_ones", "is_confirmed"), [(4, True), (5, False)])
def test_five_wrong_codes_end_it(
    enter: Enter, make_phone: Callable[[User], NoticePhone], wrong_ones: int, *, is_confirmed: bool
) -> None:
    client, user = enter()
    phone = make_phone(user)
    right = confirmation_code(b"2" * 32, phone.message_id or uuid.uuid4())
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(wrong_ones):
        assert post(client, SETTINGS, f"{SETTINGS}/phone/confirm", code=wrong).status_code == 422
    post(client, SETTINGS, f"{SETTINGS}/phone/confirm", code=f"{right[:3]} {right[3:]}")
    db.session.rollback()
    db.session.expire_all()
    assert (db.session.get_one(NoticePhone, phone.id).confirmed_at is not None) == is_confirmed
