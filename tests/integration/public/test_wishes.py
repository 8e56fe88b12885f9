"""The holder of a code says when their phone may be written to: three buttons and two hours, without script."""

from __future__ import annotations

import os
import uuid

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.clock import utcnow
from app.database import db, transaction
from app.messaging.hours import clock, minute_of
from app.models import AuditEntry, Contact, Message, Report
from app.receipts import derived_code, receipt_hash
from app.settings import Settings
from tests.integration.public.conftest import form_of

ADDRESS = "/receipt/wishes"


def keep_report(settings: Settings, channel: str = "sms") -> str:
    """A report that came by a channel, and its code."""
    reference = os.urandom(32)
    code = derived_code(settings.lookup_key, reference.hex())
    with transaction() as session:
        contact = Contact(id=uuid.uuid4(), digest=os.urandom(32), sealed_address=b"sealed")
        session.add(contact)
        session.flush()
        session.add(
            Report(
                channel=channel,
                channel_reference=reference,
                receipt_hash=receipt_hash(settings.lookup_key, code),
                received_at=utcnow(),
                contact_id=contact.id if channel != "web" else None,
            )
        )
    return code


@pytest.fixture
def code(settings: Settings, client: FlaskClient) -> str:
    """The code of a report that came by SMS."""
    return keep_report(settings)


def open_page(client: FlaskClient, code: str, language: str = "en") -> str:
    return client.post("/receipt", data={"code": code, "lang": language}).text


def wish(client: FlaskClient, code: str, **typed: str) -> TestResponse:
    """Press a button of the page that the code opens."""
    having = "first" if typed["wish"] == "between" else ""
    return client.post(ADDRESS, data={**form_of(open_page(client, code), ADDRESS, having), **typed})


def contact() -> Contact:
    db.session.rollback()
    return db.session.scalars(select(Contact)).one()


def test_at_first_one_may_write_at_any_time(client: FlaskClient, code: str) -> None:
    assert "You may be written to at any time." in open_page(client, code)


def test_never_is_kept_and_cancels_what_waits(client: FlaskClient, code: str) -> None:
    with transaction() as session:
        report = session.scalars(select(Report)).one()
        session.add(
            Message(
                report_id=report.id,
                contact_id=report.contact_id,
                direction="out",
                state="queued",
                channel="sms",
                text="?",
            )
        )
    answer = wish(client, code, wish="never")
    assert answer.status_code == 200
    assert "Noted" in answer.text
    assert "Nothing is ever sent to your phone." in answer.text
    assert contact().is_never_written
    assert db.session.scalars(select(Message.state)).all() == ["cancelled"]


def test_hours_are_kept_in_whatever_way_they_are_typed(client: FlaskClient, code: str) -> None:
    answer = wish(client, code, wish="between", first="22h", last=" 5:30 ")
    assert "You are written to only between 22:00 and 05:30." in answer.text
    assert (contact().safe_from_minute, contact().safe_until_minute) == (22 * 60, 5 * 60 + 30)


@pytest.mark.parametrize(
    ("first", "last"), [("", ""), ("25:00", "9"), ("9", "soon"), ("9:00", "9h"), ("٩", "10")]
)
def test_hours_that_make_no_sense_are_shown_again(
    client: FlaskClient, code: str, first: str, last: str
) -> None:
    answer = wish(client, code, wish="between", first=first, last=last)
    assert answer.status_code == 400
    assert 'class="error"' in answer.text
    assert contact().safe_from_minute is None


def test_choosing_any_time_takes_hours_and_never_back_but_leaves_the_cover(
    client: FlaskClient, code: str
) -> None:
    for typed in ({"wish": "between", "first": "18", "last": "21"}, {"wish": "never"}, {"wish": "cover"}):
        wish(client, code, **typed)
    answer = wish(client, code, wish="any")
    kept = contact()
    assert (kept.is_never_written, kept.safe_from_minute, kept.has_cover) == (False, None, True)
    assert "Only a cover text is sent" in answer.text
    assert "Only a cover text is sent" not in wish(client, code, wish="no_cover").text


def test_the_chain_tells_that_wishes_changed_and_not_what_they_are(client: FlaskClient, code: str) -> None:
    wish(client, code, wish="between", first="18:17", last="21:43")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "contact.wishes_changed")).one()
    assert entry.actor == "reporter"
    assert "1097" not in str(entry.detail)  # 18:17 as minutes


def test_who_wrote_stop_is_told_how_to_take_it_back(client: FlaskClient, code: str) -> None:
    with transaction() as session:
        session.scalars(select(Contact)).one().stopped_at = utcnow()
    assert "send START from that phone" in open_page(client, code)
    wish(client, code, wish="any")
    assert contact().stopped_at is not None


def test_a_report_of_the_web_has_no_phone_to_wish_for(settings: Settings, client: FlaskClient) -> None:
    code = keep_report(settings, "web")
    page = open_page(client, code)
    assert ADDRESS not in page
    access = form_of(page, "/receipt")["access"]
    assert client.post(ADDRESS, data={"access": access, "wish": "never"}).status_code == 400


def test_nobody_changes_wishes_without_the_right_of_access(client: FlaskClient, code: str) -> None:
    for access in ("", "forged", "x" * 5000):
        answer = client.post(ADDRESS, data={"access": access, "wish": "never"})
        assert answer.status_code == 400
    other_site = {"Sec-Fetch-Site": "cross-site"}
    fields = form_of(open_page(client, code), ADDRESS)
    answer = client.post(ADDRESS, data={**fields, "wish": "never"}, headers=other_site)
    assert answer.status_code == 403
    assert not contact().is_never_written


@pytest.mark.parametrize("strange", ["", "always", "\x00"])
def test_an_unknown_wish_changes_nothing(client: FlaskClient, code: str, strange: str) -> None:
    assert wish(client, code, wish=strange).status_code == 400
    assert not contact().is_never_written


@given(st.integers(0, 24 * 60 - 1))
def test_every_minute_of_a_day_is_read_as_it_is_shown(minute: int) -> None:
    shown = clock(minute)
    assert minute_of(shown) == minute
    assert minute_of(shown.replace(":", "h")) == minute


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_minute_of_a_day_or_nothing(typed: str) -> None:
    minute = minute_of(typed)
    assert minute is None or 0 <= minute < 24 * 60
